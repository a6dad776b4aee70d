//! Who calls, and whether they may.

use http::header::{AUTHORIZATION, FORWARDED, HOST, ORIGIN, VIA};
use http::{HeaderMap, HeaderName, Uri, request};
use tollgate_core::{ForwardedBy, PeerAddress};
use tollgate_iam::sigv4::{
    Authenticated, CredentialsSource, PayloadHash, SignableRequest, Timestamp, Verifier,
};
use tollgate_model::Home;

use crate::error::{ControlError, ErrorKind, Result};
use crate::options::{Access, ControlOptions};

/// The service's name in credential scopes.
const SERVICE: &str = "apigateway";

/// Bytes that a region may have.
const MAX_REGION_BYTES: usize = 32;

/// By these, proxies tell for whom they ask.
const OF_PROXIES: [HeaderName; 5] = [
    FORWARDED,
    VIA,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-real-ip"),
];

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The account and region that are asked about.
    pub(crate) home: Home,
    /// The key that the call is signed with, where signatures are verified.
    pub(crate) access_key_id: Option<String>,
}

/// Who sent a request.
///
/// The region is the one of the credential scope. The account is the caller's where signatures are
/// verified, and that of the options otherwise: nobody can claim another's.
///
/// # Errors
///
/// Where the caller may not call.
pub(crate) fn of(options: &ControlOptions, parts: &request::Parts, body: &[u8]) -> Result<Caller> {
    let region = region(parts)?.unwrap_or_else(|| options.home.region.as_str());
    match &options.access {
        Access::Signed(credentials) => {
            let caller = verified(&**credentials, region, options, parts, body)?;
            let account = caller.principal().account_id();
            let account = account.unwrap_or_else(|| options.home.account_id.as_str());
            return Ok(Caller {
                home: Home::new(account, region),
                access_key_id: Some(caller.access_key_id().to_owned()),
            });
        }
        Access::Local => check_is_local(parts)?,
        Access::Open => {}
    }
    Ok(Caller {
        home: Home::new(options.home.account_id.clone(), region),
        access_key_id: None,
    })
}

fn verified(
    credentials: &dyn CredentialsSource,
    region: &str,
    options: &ControlOptions,
    parts: &request::Parts,
    body: &[u8],
) -> Result<Authenticated> {
    let now = Timestamp::from_unix(options.clock.now().unix());
    // Regions are the caller's to choose, so that one verifier would not do for all.
    let verifier = Verifier::new(region).with_service(SERVICE);
    let claim = verifier.claim(&SignableRequest::from(parts), now);
    let caller = claim.and_then(|claim| {
        let key = credentials.find(claim.access_key_id());
        verifier.verify(claim, &PayloadHash::of(body), key.as_deref())
    });
    caller.map_err(|error| {
        let kind = ErrorKind::Signature(error.error_type());
        ControlError::new(kind, error.to_string())
    })
}

/// The region of the credential scope, of which the signature is verified elsewhere.
fn region(parts: &request::Parts) -> Result<Option<&str>> {
    let Some(region) = scope(parts).and_then(|mut scope| scope.nth(2)) else {
        return Ok(None);
    };
    let is_region = (1..=MAX_REGION_BYTES).contains(&region.len())
        && region
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if is_region {
        Ok(Some(region))
    } else {
        let kind = ErrorKind::Signature("IncompleteSignatureException");
        Err(ControlError::new(
            kind,
            "the credential scope has no region of lower-case letters, digits and hyphens",
        ))
    }
}

/// Whether a request says that it is signed for this service.
pub(crate) fn is_signed_for(parts: &request::Parts) -> bool {
    scope(parts).and_then(|mut scope| scope.nth(1)) == Some(SERVICE)
}

/// The parts of the credential scope, the last first.
fn scope(parts: &request::Parts) -> Option<std::str::RSplit<'_, char>> {
    let header = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (_, credential) = header.split_once("Credential=")?;
    // The access key comes first, and may have slashes.
    Some(credential.split([',', ' ']).next()?.rsplit('/'))
}

/// Whether a request that nobody signed may be answered: from this machine, and to this machine by
/// name, so that no page of a browser reaches it by a name of its own; and not by way of a proxy, which
/// asks for somebody else.
fn check_is_local(parts: &request::Parts) -> Result<()> {
    let headers = &parts.headers;
    let peer = parts.extensions.get::<PeerAddress>();
    let is_forwarded = parts.extensions.get::<ForwardedBy>().is_some();
    let is_local = peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback())
        && authority(parts).is_some_and(|authority| {
            is_loopback(authority.host()) && is_of_page(headers, authority.as_str())
        })
        && !is_forwarded
        && !OF_PROXIES.iter().any(|name| headers.contains_key(name));
    if is_local {
        return Ok(());
    }
    Err(ControlError::new(
        ErrorKind::AccessDenied,
        "without credentials, this control plane answers only calls from and to its own machine",
    ))
}

/// What the request is sent to.
fn authority(parts: &request::Parts) -> Option<http::uri::Authority> {
    let header = || {
        let mut hosts = parts.headers.get_all(HOST).iter();
        let host = hosts.next()?.to_str().ok()?;
        hosts.next().is_none().then(|| host.parse().ok())?
    };
    parts.uri.authority().cloned().or_else(header)
}

/// Whether a browser that tells whose page asks, tells our own.
fn is_of_page(headers: &HeaderMap, authority: &str) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    origins.all(|origin| {
        let uri = origin
            .to_str()
            .ok()
            .and_then(|text| text.parse::<Uri>().ok());
        let of = uri.as_ref().and_then(Uri::authority);
        of.is_some_and(|of| of.as_str().eq_ignore_ascii_case(authority))
    })
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let address = host.parse::<std::net::IpAddr>();
    host == "localhost"
        || host.ends_with(".localhost")
        || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn is_answered(peer: Option<&str>, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::get("/restapis");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).expect("it is a request").into_parts();
        if let Some(peer) = peer {
            let peer = peer.parse().expect("it is an address");
            parts.extensions.insert(PeerAddress(peer));
        }
        of(&ControlOptions::default(), &parts, b"").is_ok()
    }

    #[test]
    fn without_credentials_only_this_machine_is_answered() {
        let here = Some("127.0.0.1:5000");
        let host = ("host", "127.0.0.1:8081");
        for (peer, headers, expected) in [
            (here, &[host][..], true),
            (Some("[::1]:5000"), &[("host", "[::1]:8081")], true),
            (
                Some("[::ffff:127.0.0.1]:5000"),
                &[("host", "LOCALHOST")],
                true,
            ),
            (here, &[("host", "a1.execute-api.localhost:8081")], true),
            (here, &[host, ("origin", "http://127.0.0.1:8081")], true),
            // Nobody says from where it comes, or whom it is for.
            (None, &[host], false),
            (here, &[], false),
            (here, &[("host", "\u{e4}")], false),
            (here, &[host, host], false),
            // From elsewhere; to another name, as a page's own name may lead here.
            (Some("192.0.2.1:5000"), &[host], false),
            (here, &[("host", "evil.example")], false),
            (here, &[("host", "localhost.evil.example")], false),
            // From pages, those of this machine's other servers included.
            (here, &[host, ("origin", "http://127.0.0.1:8080")], false),
            (here, &[host, ("origin", "https://evil.example")], false),
            (here, &[host, ("origin", "null")], false),
            // By way of a proxy.
            (here, &[host, ("x-forwarded-for", "203.0.113.5")], false),
            (here, &[host, ("forwarded", "for=203.0.113.5")], false),
            (here, &[host, ("via", "1.1 proxy")], false),
        ] {
            assert_eq!(is_answered(peer, headers), expected, "{peer:?} {headers:?}");
        }
    }

    /// Not even one that is said to come from here, by a proxy that is believed elsewhere.
    #[test]
    fn nobody_is_brought_along_by_a_proxy() {
        for proxy in ["127.0.0.1:1", "10.0.0.1:1"] {
            let request = Request::get("/restapis").header("host", "localhost");
            let (mut parts, ()) = request.body(()).expect("it is a request").into_parts();
            let here = "127.0.0.1:5000".parse().expect("it is an address");
            parts.extensions.insert(PeerAddress(here));
            assert!(check_is_local(&parts).is_ok());
            let proxy = proxy.parse().expect("it is an address");
            parts.extensions.insert(ForwardedBy(proxy));
            assert!(check_is_local(&parts).is_err(), "{proxy}");
        }
    }
}
