//! Request paths: which are refused, and how the others fall into segments.

use crate::PathError;

/// How long a request path can be, in bytes. [`http::Uri`] holds no longer one.
pub const MAX_REQUEST_PATH_LEN: usize = u16::MAX as usize;

/// Refuses a request path that two readers may take for two different paths.
///
/// A server that forwards `/public/%2e%2e/admin` as it came lets the backend decide where it
/// leads, after authorization has judged `/public`. So a path is refused if it has a NUL, a
/// malformed percent escape, or a segment that decodes to `.` or `..`. Segments are what stands
/// between raw slashes and are decoded once: `%2F` is part of its segment, `%252e` is `%2e`.
///
/// # Errors
///
/// The first thing found, as a [`PathError`].
pub fn check_path(path: &str) -> Result<(), PathError> {
    if path.len() > MAX_REQUEST_PATH_LEN {
        return Err(PathError::TooLong { length: path.len() });
    }
    if !is_absolute(path) {
        return Err(PathError::NotAbsolute);
    }
    check_segments(path)
}

/// [`check_path`] for any text of segments, with or without a leading slash.
pub(crate) fn check_segments(text: &str) -> Result<(), PathError> {
    let bytes = text.as_bytes();
    let mut segment = DecodedSegment::starting(0);
    let mut at = 0;
    while at < bytes.len() {
        let mut width = 1;
        match bytes[at] {
            b'/' => {
                segment.finish()?;
                segment = DecodedSegment::starting(at + 1);
            }
            b'%' => {
                segment.push(unescape(bytes, at)?, at)?;
                width = 3;
            }
            byte => segment.push(byte, at)?,
        }
        at += width;
    }
    segment.finish()
}

/// Whether a path is one of an origin-form request target; an empty one is the root resource.
pub(crate) fn is_absolute(path: &str) -> bool {
    path.is_empty() || path.starts_with('/')
}

/// How much of a segment, once decoded, is dots.
struct DecodedSegment {
    start: usize,
    length: usize,
    dots: usize,
}

impl DecodedSegment {
    fn starting(start: usize) -> Self {
        Self {
            start,
            length: 0,
            dots: 0,
        }
    }

    fn push(&mut self, byte: u8, at: usize) -> Result<(), PathError> {
        if byte == 0 {
            return Err(PathError::Nul { at });
        }
        self.length += 1;
        self.dots += usize::from(byte == b'.');
        Ok(())
    }

    fn finish(&self) -> Result<(), PathError> {
        match (self.length, self.dots) {
            (1, 1) | (2, 2) => Err(PathError::DotSegment { at: self.start }),
            _ => Ok(()),
        }
    }
}

/// Decodes the escape whose percent sign stands at `at`.
fn unescape(bytes: &[u8], at: usize) -> Result<u8, PathError> {
    match bytes
        .get(at + 1..at + 3)
        .and_then(|digits| Some((hex(digits[0])?, hex(digits[1])?)))
    {
        Some((high, low)) => Ok(high << 4 | low),
        None => Err(PathError::MalformedEscape { at }),
    }
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_paths_pass() {
        for path in [
            "",
            "/",
            "//",
            "/pets/7/",
            "/a//b",
            "/...",
            "/.well-known/x.y",
            "/a..",
            "/..a",
            "/%2e%2e%2e",
            "/a%2Bb@c/plus/a+b@c",
            "/a%2Fb",
            "/..%2F..",
            "/%252e%252e",
            "/%C3%A9/é",
            "/%c0%af",
        ] {
            assert_eq!(check_path(path), Ok(()), "{path}");
        }
    }

    #[test]
    fn ambiguous_paths_are_refused() {
        for (path, expected) in [
            ("*", PathError::NotAbsolute),
            ("pets", PathError::NotAbsolute),
            ("/a\0b", PathError::Nul { at: 2 }),
            ("/a%00b", PathError::Nul { at: 2 }),
            ("/%", PathError::MalformedEscape { at: 1 }),
            ("/a%4", PathError::MalformedEscape { at: 2 }),
            ("/a%zz", PathError::MalformedEscape { at: 2 }),
            ("/a%4/1", PathError::MalformedEscape { at: 2 }),
            ("/%%41", PathError::MalformedEscape { at: 1 }),
            ("/%+1", PathError::MalformedEscape { at: 1 }),
            ("/%é1", PathError::MalformedEscape { at: 1 }),
            ("/.", PathError::DotSegment { at: 1 }),
            ("/..", PathError::DotSegment { at: 1 }),
            ("/a/./b", PathError::DotSegment { at: 3 }),
            ("/a/../b", PathError::DotSegment { at: 3 }),
            ("//..//", PathError::DotSegment { at: 2 }),
            ("/a/%2e", PathError::DotSegment { at: 3 }),
            ("/a/%2E%2e/b", PathError::DotSegment { at: 3 }),
            ("/a/.%2e", PathError::DotSegment { at: 3 }),
            ("/a/%2E./b", PathError::DotSegment { at: 3 }),
        ] {
            assert_eq!(check_path(path), Err(expected), "{path:?}");
        }
    }

    #[test]
    fn the_longest_path_is_what_an_uri_can_hold() {
        let longest = "/".repeat(MAX_REQUEST_PATH_LEN);
        assert_eq!(check_path(&longest), Ok(()));
        let length = MAX_REQUEST_PATH_LEN + 1;
        assert_eq!(
            check_path(&"/".repeat(length)),
            Err(PathError::TooLong { length })
        );
        assert!("/".repeat(length).parse::<http::Uri>().is_err());
    }
}
