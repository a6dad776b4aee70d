//! Headers that an API cannot set on a response.

use http::{HeaderName, header};

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
    if name == header::TRANSFER_ENCODING {
        return None;
    }
    let renamed = match name {
        header::AUTHORIZATION => "x-amzn-remapped-authorization",
        header::CONNECTION => "x-amzn-remapped-connection",
        header::CONTENT_LENGTH => "x-amzn-remapped-content-length",
        header::DATE => "x-amzn-remapped-date",
        header::EXPECT => "x-amzn-remapped-expect",
        header::HOST => "x-amzn-remapped-host",
        header::MAX_FORWARDS => "x-amzn-remapped-max-forwards",
        header::PROXY_AUTHENTICATE => "x-amzn-remapped-proxy-authenticate",
        header::SERVER => "x-amzn-remapped-server",
        header::TRAILER => "x-amzn-remapped-trailer",
        header::UPGRADE => "x-amzn-remapped-upgrade",
        header::USER_AGENT => "x-amzn-remapped-user-agent",
        header::WWW_AUTHENTICATE => "x-amzn-remapped-www-authenticate",
        _ if name == "content-md5" => "x-amzn-remapped-content-md5",
        _ if name == "keep-alive" => "x-amzn-remapped-keep-alive",
        _ => return Some(name),
    };
    Some(HeaderName::from_static(renamed))
}
