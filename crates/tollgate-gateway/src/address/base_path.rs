//! Base paths: what stands before the path of an API behind a custom domain name.

use std::fmt;
use std::str::FromStr;

/// The key of a base path mapping, such as `orders/v1`: segments without a slash at either end.
///
/// The empty one, which AWS also writes `(none)`, takes what no other mapping of its domain takes.
///
/// ```
/// use tollgate_gateway::address::BasePath;
///
/// assert_eq!("orders/v1".parse::<BasePath>()?.as_str(), "orders/v1");
/// assert!("/orders".parse::<BasePath>().is_err());
/// # Ok::<(), tollgate_gateway::address::InvalidBasePath>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BasePath(Box<str>);

impl BasePath {
    /// Characters that a base path may have at most.
    pub const MAX_LENGTH: usize = 300;

    /// The text of the base path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many segments it has.
    pub(super) fn depth(&self) -> usize {
        self.0.split_terminator('/').count()
    }
}

/// A text that is no base path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidBasePath {
    /// The text that was refused.
    pub base_path: String,
}

impl fmt::Display for InvalidBasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "base path {:?}: expected at most {} letters, digits and $-_.+!*'() in segments with \
             single slashes between them",
            self.base_path,
            BasePath::MAX_LENGTH
        )
    }
}

impl std::error::Error for InvalidBasePath {}

impl FromStr for BasePath {
    type Err = InvalidBasePath;

    fn from_str(text: &str) -> Result<Self, InvalidBasePath> {
        if matches!(text, "" | "(none)") {
            return Ok(Self::default());
        }
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"$-_.+!*'()".contains(&byte);
        // A request with such a segment is refused, so that no request would find it.
        let is_segment = |part: &str| !matches!(part, "" | "." | "..") && part.bytes().all(allowed);
        if text.len() <= Self::MAX_LENGTH && text.split('/').all(is_segment) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidBasePath {
                base_path: text.to_owned(),
            })
        }
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_paths_are_segments() {
        for (text, expected) in [
            ("", ""),
            ("(none)", ""),
            ("a", "a"),
            ("orders/v1/items", "orders/v1/items"),
            ("$-_.+!*'()", "$-_.+!*'()"),
        ] {
            assert_eq!(text.parse::<BasePath>().unwrap().as_str(), expected);
        }
        let too_long = "a".repeat(BasePath::MAX_LENGTH + 1);
        for text in [
            "/",
            "/a",
            "a/",
            "a//b",
            "a b",
            "a%20",
            "ä",
            "a/../b",
            too_long.as_str(),
        ] {
            assert!(text.parse::<BasePath>().is_err(), "{text}");
        }
    }
}
