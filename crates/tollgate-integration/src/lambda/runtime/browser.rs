//! Whether a request comes from a web page, which any site can have a browser of ours make.

use std::net::IpAddr;

use http::header::{HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue};

/// What browsers say about requests to this machine (the W3C's Fetch Metadata Request Headers).
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether a page of some site has made the request.
///
/// A site may also have given its own name our address, and so be told the answer: clients of the
/// Runtime API go by an address.
pub(super) fn is_of_page(headers: &HeaderMap) -> bool {
    headers.contains_key(ORIGIN)
        || headers.contains_key(FETCH_SITE)
        || headers.get_all(HOST).iter().any(is_name)
}

/// Whether a host is neither an address nor called so by this machine itself.
fn is_name(host: &HeaderValue) -> bool {
    let host = Authority::try_from(host.as_bytes());
    host.map_or(true, |host| {
        let host = host.host();
        !host.eq_ignore_ascii_case("localhost") && host.parse::<IpAddr>().is_err()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_told_from_clients() {
        for (name, value, expected) in [
            ("user-agent", "a", false),
            ("host", "127.0.0.1:4711", false),
            ("host", "127.0.0.1", false),
            ("host", "LocalHost:4711", false),
            ("host", "site.example:4711", true),
            ("host", "localhost.site.example", true),
            ("host", "", true),
            ("origin", "https://site.example", true),
            ("origin", "null", true),
            ("sec-fetch-site", "cross-site", true),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            assert_eq!(is_of_page(&headers), expected, "{name}: {value}");
        }
        assert!(!is_of_page(&HeaderMap::new()));
    }
}
