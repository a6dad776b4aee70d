//! The headers of a proxy integration's answer on their way to the client.

use http::{HeaderMap, HeaderName, header};
use tollgate_core::{HopByHop, client_header};

/// Headers that the gateway adds later: there is room for them.
const ROOM: usize = 4;

/// Headers of an answer that there is room for from the start; no map can begin with any number.
const MOST_FORESEEN: usize = 100;

/// What a client sees of the headers that a proxy integration's endpoint sent.
///
/// What is the gateway's to say is renamed to `x-amzn-remapped-…`, what concerns the connection to
/// the endpoint is left out, everything else passes (recorded on the service).
///
/// ```
/// use http::{HeaderMap, HeaderValue};
/// use tollgate_mapping::proxied_headers;
///
/// let mut answer = HeaderMap::new();
/// answer.insert("etag", HeaderValue::from_static("x"));
/// answer.insert("server", HeaderValue::from_static("nginx"));
/// let headers = proxied_headers(answer);
/// assert_eq!(headers["etag"], "x");
/// assert_eq!(headers["x-amzn-remapped-server"], "nginx");
/// ```
#[must_use]
pub fn proxied_headers(answer: HeaderMap) -> HeaderMap {
    let hop_by_hop = HopByHop::of(&answer);
    let mut headers = HeaderMap::with_capacity(answer.keys_len().min(MOST_FORESEEN) + ROOM);
    let mut shown = None;
    for (name, value) in answer {
        // A name comes with the first of its values only.
        if let Some(name) = name {
            shown = proxied_header(name, &hop_by_hop);
        }
        if let Some(shown) = &shown {
            headers.append(shown, value);
        }
    }
    headers
}

/// The name under which a client sees a header of a proxy integration's endpoint; `None`: not at all.
#[must_use]
pub fn proxied_header(name: HeaderName, ends_here: &HopByHop) -> Option<HeaderName> {
    // The service shows what the endpoint said of its connection, under another name.
    let is_shown = [header::CONNECTION, header::TE].contains(&name);
    let ends_here = !is_shown && ends_here.contains(&name);
    if ends_here || name == header::VIA {
        None
    } else {
        passed(name)
    }
}

fn passed(name: HeaderName) -> Option<HeaderName> {
    match name.as_str() {
        // These pass a proxy integration, though an integration with mapping may not set them.
        "authorization" | "content-md5" | "expect" | "host" | "max-forwards" | "user-agent" => {
            Some(name)
        }
        "x-amzn-requestid" => {
            Some(const { HeaderName::from_static("x-amzn-remapped-x-amzn-requestid") })
        }
        _ => client_header(name),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    /// The rows of `HTTP_PROXY` in the recorded table of response headers.
    #[test]
    fn headers_are_renamed_dropped_or_passed() {
        for (sent, seen) in [
            ("connection", Some("x-amzn-remapped-connection")),
            ("content-length", Some("x-amzn-remapped-content-length")),
            ("date", Some("x-amzn-remapped-date")),
            ("server", Some("x-amzn-remapped-server")),
            ("www-authenticate", Some("x-amzn-remapped-www-authenticate")),
            ("x-amzn-requestid", Some("x-amzn-remapped-x-amzn-requestid")),
            ("transfer-encoding", None),
            ("via", None),
            ("te", Some("te")),
            ("upgrade", None),
            ("keep-alive", None),
            ("trailer", None),
            ("x-hop", None),
            ("authorization", Some("authorization")),
            ("content-md5", Some("content-md5")),
            ("content-type", Some("content-type")),
            ("user-agent", Some("user-agent")),
            ("x-amzn-trace-id", Some("x-amzn-trace-id")),
            ("set-cookie", Some("set-cookie")),
        ] {
            let mut answer = HeaderMap::new();
            answer.insert(sent, HeaderValue::from_static("x-hop"));
            answer.append(sent, HeaderValue::from_static("x-hop"));
            answer.insert(header::CONNECTION, HeaderValue::from_static("close, X-Hop"));
            let mut headers = proxied_headers(answer);
            if sent != "connection" {
                headers.remove("x-amzn-remapped-connection");
            }
            let names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
            assert_eq!(names, Vec::from_iter(seen), "{sent}");
        }
    }
}
