//! Headers that concern one connection only.

use http::{HeaderMap, HeaderName, header};

/// Those that every intermediary knows (RFC 9110, section 7.6.1, and what came before it).
const KNOWN: [HeaderName; 9] = [
    header::CONNECTION,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// Whether a header of a message ends with the connection that the message came over.
///
/// Besides those that every intermediary knows, these are the ones that the message's own
/// `Connection` names (RFC 9110, section 7.6.1).
///
/// ```
/// use http::{HeaderMap, HeaderName, HeaderValue, header};
/// use tollgate_core::is_hop_by_hop;
///
/// let mut headers = HeaderMap::new();
/// headers.insert(header::CONNECTION, HeaderValue::from_static("close, X-Hop"));
/// assert!(is_hop_by_hop(&headers, &header::UPGRADE));
/// assert!(is_hop_by_hop(&headers, &HeaderName::from_static("x-hop")));
/// assert!(!is_hop_by_hop(&headers, &header::ETAG));
/// ```
#[must_use]
pub fn is_hop_by_hop(headers: &HeaderMap, name: &HeaderName) -> bool {
    KNOWN.contains(name) || is_nominated(headers, name)
}

fn is_nominated(headers: &HeaderMap, name: &HeaderName) -> bool {
    headers.get_all(header::CONNECTION).iter().any(|value| {
        let mut options = value.as_bytes().split(|byte| *byte == b',');
        options.any(|option| {
            option
                .trim_ascii()
                .eq_ignore_ascii_case(name.as_str().as_bytes())
        })
    })
}
