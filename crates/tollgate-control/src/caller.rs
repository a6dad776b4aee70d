//! Who calls, and whether they may.

use http::header::{AUTHORIZATION, HOST, ORIGIN};
use http::{HeaderMap, Uri, request};
use tollgate_core::PeerAddress;
use tollgate_iam::sigv4::{
    Authenticated, CredentialsSource, PayloadHash, SignableRequest, Timestamp, Verifier,
};
use tollgate_model::Home;

use crate::error::{ControlError, ErrorKind, Result};
use crate::options::ControlOptions;

/// The service's name in credential scopes.
const SERVICE: &str = "apigateway";

/// Bytes that a region may have.
const MAX_REGION_BYTES: usize = 32;

/// The account and region that a request asks about.
///
/// The region is the one of the credential scope. The account is the caller's where signatures are
/// verified, and that of the options otherwise: nobody can claim another's.
///
/// # Errors
///
/// Where the caller may not call.
pub(crate) fn home(options: &ControlOptions, parts: &request::Parts, body: &[u8]) -> Result<Home> {
    let region = region(parts)?.unwrap_or_else(|| options.home.region.as_str());
    match &options.credentials {
        Some(credentials) => {
            let caller = verified(&**credentials, region, options, parts, body)?;
            let account = caller.principal().account_id();
            let account = account.unwrap_or_else(|| options.home.account_id.as_str());
            Ok(Home::new(account, region))
        }
        None => {
            check_is_local(parts)?;
            Ok(Home::new(options.home.account_id.clone(), region))
        }
    }
}

fn verified(
    credentials: &dyn CredentialsSource,
    region: &str,
    options: &ControlOptions,
    parts: &request::Parts,
    body: &[u8],
) -> Result<Authenticated> {
    let now = Timestamp::from_unix(options.clock.now().unix());
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
/// name, so that no page of a browser reaches it by a name of its own.
fn check_is_local(parts: &request::Parts) -> Result<()> {
    let peer = parts.extensions.get::<PeerAddress>();
    let is_local = peer.is_none_or(|peer| peer.0.ip().to_canonical().is_loopback())
        && host(parts).is_none_or(|host| is_loopback(&host))
        && origin(&parts.headers);
    if is_local {
        return Ok(());
    }
    Err(ControlError::new(
        ErrorKind::AccessDenied,
        "without credentials, this control plane answers only calls from and to its own machine",
    ))
}

fn host(parts: &request::Parts) -> Option<String> {
    let authority = parts.uri.authority().map(|authority| authority.host());
    let header = || {
        let header = parts.headers.get(HOST)?.to_str().ok()?;
        Some(
            header
                .parse::<Uri>()
                .ok()?
                .host()
                .unwrap_or(header)
                .to_owned(),
        )
    };
    authority.map(str::to_owned).or_else(header)
}

/// Whether a browser that tells where a page is from tells this machine.
fn origin(headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    origins.all(|origin| {
        let uri = origin
            .to_str()
            .ok()
            .and_then(|text| text.parse::<Uri>().ok());
        uri.is_some_and(|uri| uri.host().is_some_and(is_loopback))
    })
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let host = host.trim_end_matches('.');
    let is_name = host.eq_ignore_ascii_case("localhost")
        || host
            .get(host.len().saturating_sub(".localhost".len())..)
            .is_some_and(|end| end.eq_ignore_ascii_case(".localhost"));
    let address = host.parse::<std::net::IpAddr>();
    is_name || address.is_ok_and(|address| address.to_canonical().is_loopback())
}
