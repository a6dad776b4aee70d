//! Headers that an API cannot set on a response.

use http::HeaderName;

/// The name under which a header that an API sets reaches the client; `None` if it does not.
///
/// What frames a message, or belongs to one connection, is not an API's to set: the service sends
/// such a header as `x-amzn-remapped-…`, and `Transfer-Encoding` not at all (recorded on the
/// service). A length that does not fit its body would let one client read another's response.
///
/// ```
/// use http::header;
/// use tollgate_core::client_header;
///
/// assert_eq!(client_header(header::ETAG), Some(header::ETAG));
/// let renamed = client_header(header::CONTENT_LENGTH);
/// assert_eq!(renamed.as_ref().map(|name| name.as_str()), Some("x-amzn-remapped-content-length"));
/// assert_eq!(client_header(header::TRANSFER_ENCODING), None);
/// ```
#[must_use]
pub fn client_header(name: HeaderName) -> Option<HeaderName> {
    let renamed = match name.as_str() {
        "transfer-encoding" => return None,
        "authorization" => const { HeaderName::from_static("x-amzn-remapped-authorization") },
        "connection" => const { HeaderName::from_static("x-amzn-remapped-connection") },
        "content-length" => const { HeaderName::from_static("x-amzn-remapped-content-length") },
        "content-md5" => const { HeaderName::from_static("x-amzn-remapped-content-md5") },
        "date" => const { HeaderName::from_static("x-amzn-remapped-date") },
        "expect" => const { HeaderName::from_static("x-amzn-remapped-expect") },
        "host" => const { HeaderName::from_static("x-amzn-remapped-host") },
        "keep-alive" => const { HeaderName::from_static("x-amzn-remapped-keep-alive") },
        "max-forwards" => const { HeaderName::from_static("x-amzn-remapped-max-forwards") },
        "proxy-authenticate" => {
            const { HeaderName::from_static("x-amzn-remapped-proxy-authenticate") }
        }
        "server" => const { HeaderName::from_static("x-amzn-remapped-server") },
        "trailer" => const { HeaderName::from_static("x-amzn-remapped-trailer") },
        "upgrade" => const { HeaderName::from_static("x-amzn-remapped-upgrade") },
        "user-agent" => const { HeaderName::from_static("x-amzn-remapped-user-agent") },
        "www-authenticate" => const { HeaderName::from_static("x-amzn-remapped-www-authenticate") },
        _ => name,
    };
    Some(renamed)
}
