//! The canonical path.

use crate::sigv4::percent;

/// How a service expects the path to be signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PathStyle {
    /// Dot segments and repeated slashes removed, then everything encoded once more than on the
    /// wire: all services but S3. `/a%20b` signs as `/a%2520b`, so that `%2F` never equals a slash.
    #[default]
    Normalized,
    /// Dot segments and slashes as sent, everything encoded once more.
    AsSent,
    /// Dot segments and slashes as sent, everything encoded once: S3, where they are part of keys.
    S3,
}

pub(super) fn write(out: &mut Vec<u8>, path: &str, style: PathStyle) {
    match style {
        _ if path.is_empty() => out.push(b'/'),
        PathStyle::Normalized if is_normal(path) => percent::encode_path(out, path.as_bytes()),
        PathStyle::Normalized => write_normalized(out, path),
        PathStyle::AsSent => percent::encode_path(out, path.as_bytes()),
        PathStyle::S3 => percent::recode_path(out, path.as_bytes()),
    }
}

/// Whether normalising would change nothing.
fn is_normal(path: &str) -> bool {
    let pairs = path.as_bytes().windows(2);
    path.starts_with('/') && !pairs.into_iter().any(|pair| matches!(pair, b"//" | b"/."))
}

/// As in the signers of AWS: unlike RFC 3986 (section 5.2.4), a path that ends in a dot segment
/// does not end in a slash.
fn write_normalized(out: &mut Vec<u8>, path: &str) {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            other => segments.push(other),
        }
    }
    for segment in &segments {
        out.push(b'/');
        percent::encode(out, segment.as_bytes());
    }
    if segments.is_empty() || path.ends_with('/') {
        out.push(b'/');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn canonical(path: &str, style: PathStyle) -> String {
        let mut out = Vec::new();
        write(&mut out, path, style);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_style_has_its_spelling() {
        use PathStyle::{AsSent, Normalized, S3};
        for (path, normalized, as_sent, s3) in [
            ("", "/", "/", "/"),
            ("/", "/", "/", "/"),
            ("//a//b//", "/a/b/", "//a//b//", "//a//b//"),
            ("/a/./b", "/a/b", "/a/./b", "/a/./b"),
            ("/a/../../b", "/b", "/a/../../b", "/a/../../b"),
            ("/a/b/..", "/a", "/a/b/..", "/a/b/.."),
            ("/a/b/../", "/a/", "/a/b/../", "/a/b/../"),
            ("/.a/..b/c.", "/.a/..b/c.", "/.a/..b/c.", "/.a/..b/c."),
            ("/a%20b", "/a%2520b", "/a%2520b", "/a%20b"),
            ("/a b/", "/a%20b/", "/a%20b/", "/a%20b/"),
            ("/a%2fb", "/a%252fb", "/a%252fb", "/a%2Fb"),
            ("/%2e%2e/a", "/%252e%252e/a", "/%252e%252e/a", "/../a"),
            (
                "/a+b=c:d",
                "/a%2Bb%3Dc%3Ad",
                "/a%2Bb%3Dc%3Ad",
                "/a%2Bb%3Dc%3Ad",
            ),
            ("*", "/%2A", "%2A", "%2A"),
        ] {
            assert_eq!(canonical(path, Normalized), normalized, "{path}");
            assert_eq!(canonical(path, AsSent), as_sent, "{path}");
            assert_eq!(canonical(path, S3), s3, "{path}");
        }
    }

    proptest! {
        #[test]
        fn the_short_way_is_the_long_way(path in "/([a%.]{0,3}/?){0,5}") {
            let mut long = Vec::new();
            write_normalized(&mut long, &path);
            let long = String::from_utf8(long).unwrap();
            prop_assert_eq!(canonical(&path, PathStyle::Normalized), long);
        }

        #[test]
        fn a_normalized_path_is_absolute_and_without_dot_segments(path in "[a./%\\PC]{0,12}") {
            let canonical = canonical(&path, PathStyle::Normalized);
            prop_assert!(canonical.starts_with('/') && !canonical.contains("//"));
            prop_assert!(!canonical.split('/').any(|segment| matches!(segment, "." | "..")));
        }
    }
}
