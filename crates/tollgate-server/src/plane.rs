//! What a listener serves: requests to APIs, calls of the control plane, or both.

use http::request::Parts;
use tollgate::control::ControlPlane;
use tollgate::gateway::Gateways;

/// What a listener serves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Plane {
    /// Requests to APIs.
    #[default]
    Data,
    /// Calls of the control plane.
    Control,
    /// Both: what an address of an API claims, is the API's.
    Both,
}

impl Plane {
    /// Whether a request is a call of the control plane.
    ///
    /// On a port that both share, an API's host or path wins, whatever the request is signed for: so no
    /// client of an API reaches the control plane by that.
    pub(crate) fn is_control(
        self,
        control: &ControlPlane,
        gateways: &Gateways,
        parts: &Parts,
    ) -> bool {
        match self {
            Self::Data => false,
            Self::Control => true,
            Self::Both => {
                let host = host(parts);
                !gateways.table().claims(host, parts.uri.path()) && control.knows(parts)
            }
        }
    }
}

fn host(parts: &Parts) -> &str {
    let authority = parts.uri.authority().map(|authority| authority.as_str());
    let header = || parts.headers.get(http::header::HOST)?.to_str().ok();
    authority.or_else(header).unwrap_or_default()
}
