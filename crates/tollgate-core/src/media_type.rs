//! Media types in headers.

/// The first media type of a header such as `Content-Type` or `Accept`, without parameters.
///
/// ```
/// use tollgate_core::first_media_type;
///
/// assert_eq!(first_media_type(b"application/json; charset=utf-8"), b"application/json");
/// assert_eq!(first_media_type(b"text/html, application/json;q=0.9"), b"text/html");
/// ```
#[must_use]
pub fn first_media_type(header: &[u8]) -> &[u8] {
    header
        .split(|byte| b",;".contains(byte))
        .next()
        .unwrap_or_default()
        .trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_type_counts_and_no_parameters() {
        for (header, media_type) in [
            ("application/json", "application/json"),
            ("application/json; charset=utf-8", "application/json"),
            ("text/html, application/json;q=0.9", "text/html"),
            (" text/plain ;x", "text/plain"),
            ("", ""),
        ] {
            assert_eq!(
                first_media_type(header.as_bytes()),
                media_type.as_bytes(),
                "{header}"
            );
        }
    }
}
