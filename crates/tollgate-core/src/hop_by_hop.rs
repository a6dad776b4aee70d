//! Headers that concern one connection only.

use http::{HeaderMap, HeaderName, header};

/// Those that every intermediary knows (RFC 9110, section 7.6.1, and what came before it).
fn is_known(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "connection"
            | "keep-alive"
            | "proxy-authenticate"
            | "proxy-authorization"
            | "proxy-connection"
            | "te"
            | "trailer"
            | "transfer-encoding"
            | "upgrade"
    )
}

/// The headers of a message that end with the connection that it came over.
///
/// Besides those that every intermediary knows, these are the ones that the message's own
/// `Connection` names (RFC 9110, section 7.6.1).
///
/// ```
/// use http::{HeaderMap, HeaderName, HeaderValue, header};
/// use tollgate_core::HopByHop;
///
/// let mut headers = HeaderMap::new();
/// headers.insert(header::CONNECTION, HeaderValue::from_static("close, X-Hop"));
/// let ends_here = HopByHop::of(&headers);
/// assert!(ends_here.contains(&header::UPGRADE));
/// assert!(ends_here.contains(&HeaderName::from_static("x-hop")));
/// assert!(!ends_here.contains(&header::ETAG));
/// ```
#[derive(Clone, Debug, Default)]
pub struct HopByHop {
    /// The names that `Connection` adds; hardly ever one.
    nominated: Vec<HeaderName>,
}

impl HopByHop {
    /// Those of a message with these headers.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all(header::CONNECTION).iter();
        let options = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
        let names = options
            .map(<[u8]>::trim_ascii)
            // Nearly all messages say one of these, which name no header.
            .filter(|option| ![&b"close"[..], b"keep-alive", b""].contains(option))
            // What is no name is no header's name.
            .filter_map(|option| HeaderName::from_bytes(option).ok());
        Self {
            nominated: names.collect(),
        }
    }

    /// Whether this header ends here.
    #[must_use]
    pub fn contains(&self, name: &HeaderName) -> bool {
        is_known(name) || self.nominated.contains(name)
    }
}
