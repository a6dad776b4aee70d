//! Where VPC links lead.

use std::collections::BTreeMap;
use std::str::FromStr;

use http::uri::{Authority, Scheme};
use thiserror::Error;
use tollgate_integration::aws::Endpoint;

/// Where VPC links lead, by their ids.
pub type VpcLinks = BTreeMap<String, LinkTarget>;

/// Where a VPC link leads: scheme, host and port.
///
/// The URI of an integration with the link says which host a request is for, and this where the
/// connection goes. The operator vouches for it: any address may be its own.
///
/// ```
/// use tollgate_gateway::LinkTarget;
///
/// let target: LinkTarget = "http://10.0.0.7:8080".parse()?;
/// assert_eq!(target.authority().port_u16(), Some(8080));
/// # Ok::<(), tollgate_gateway::InvalidLinkTarget>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkTarget(Endpoint);

/// A text that no VPC link leads to.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("invalid value {text:?}, expected http:// or https:// and a host, without a path")]
pub struct InvalidLinkTarget {
    /// The text.
    pub text: String,
}

impl FromStr for LinkTarget {
    type Err = InvalidLinkTarget;

    fn from_str(text: &str) -> Result<Self, InvalidLinkTarget> {
        let endpoint = text.parse().ok().filter(|one: &Endpoint| !one.has_path());
        endpoint.map(Self).ok_or_else(|| InvalidLinkTarget {
            text: text.to_owned(),
        })
    }
}

impl LinkTarget {
    /// `http` or `https`.
    #[must_use]
    pub const fn scheme(&self) -> &Scheme {
        self.0.scheme()
    }

    /// Host and port.
    #[must_use]
    pub const fn authority(&self) -> &Authority {
        self.0.authority()
    }
}
