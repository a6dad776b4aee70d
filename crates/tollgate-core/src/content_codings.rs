//! How bodies are encoded.

use http::{HeaderMap, header};

/// The codings that `Content-Encoding` names, in the order in which they were applied; `identity`,
/// which changes nothing, is none of them.
///
/// ```
/// use http::HeaderMap;
/// use tollgate_core::content_codings;
///
/// let mut headers = HeaderMap::new();
/// headers.append("content-encoding", "gzip, identity".parse()?);
/// headers.append("content-encoding", ",br".parse()?);
/// assert!(content_codings(&headers).eq([&b"gzip"[..], b"br"]));
/// # Ok::<(), http::header::InvalidHeaderValue>(())
/// ```
pub fn content_codings(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let values = headers.get_all(header::CONTENT_ENCODING).iter();
    let names = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    names
        .map(<[u8]>::trim_ascii)
        .filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case(b"identity"))
}
