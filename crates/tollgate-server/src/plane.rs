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

/// The host that a request is for, as gateways understand it.
pub(crate) fn host(parts: &Parts) -> &str {
    let authority = parts.uri.authority().map(|authority| authority.as_str());
    let header = || parts.headers.get(http::header::HOST)?.to_str().ok();
    authority.or_else(header).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http::Request;
    use tollgate::control::ControlOptions;
    use tollgate::gateway::address::AddressTable;
    use tollgate::store::MemoryStore;

    use super::*;

    const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/apigateway/aws4_request, \
                          SignedHeaders=host, Signature=00";

    /// Whether a request to a port that both share is a call.
    fn is_call(host: &str, path: &str, authorization: &str) -> bool {
        let store = Arc::new(MemoryStore::new());
        let control = ControlPlane::new(store, ControlOptions::default());
        let domain = "api.example.com".parse().expect("it is a name");
        let table = AddressTable::builder().domain(domain, []).build();
        let gateways = Gateways::new(table.expect("it has one domain"));
        let request = Request::get(path)
            .header("host", host)
            .header("authorization", authorization);
        let (parts, ()) = request.body(()).expect("it is a request").into_parts();
        assert!(Plane::Control.is_control(&control, &gateways, &parts));
        assert!(!Plane::Data.is_control(&control, &gateways, &parts));
        Plane::Both.is_control(&control, &gateways, &parts)
    }

    #[test]
    fn on_a_shared_port_an_address_of_an_api_wins() {
        for (host, path, authorization, expected) in [
            ("127.0.0.1:8080", "/restapis", "", true),
            ("localhost:8080", "/restapis/a1/resources", "", true),
            ("127.0.0.1:8080", "/anything", SIGNED, true),
            ("127.0.0.1:8080", "/anything", "", false),
            // The host, and the path, of an API.
            ("a1.execute-api.localhost:8080", "/restapis", "", false),
            (
                "a1.execute-api.us-east-1.amazonaws.com",
                "/restapis",
                SIGNED,
                false,
            ),
            ("api.example.com", "/restapis", SIGNED, false),
            (
                "127.0.0.1:8080",
                "/restapis/a1/prod/_user_request_/restapis",
                SIGNED,
                false,
            ),
        ] {
            assert_eq!(
                is_call(host, path, authorization),
                expected,
                "{host} {path}"
            );
        }
    }
}
