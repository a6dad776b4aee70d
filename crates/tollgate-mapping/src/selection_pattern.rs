//! Which answers an integration response is for.

use regex::bytes::{Regex, RegexBuilder};
use thiserror::Error;

/// A Java regular expression that must match the whole of an endpoint's status or error.
///
/// This build knows the part of the Java dialect that works in linear time. Look-around,
/// back-references and possessive quantifiers are refused.
///
/// ```
/// use tollgate_mapping::SelectionPattern;
///
/// let client_errors: SelectionPattern = r"4\d{2}".parse()?;
/// assert!(client_errors.matches("404"));
/// assert!(!client_errors.matches("4040"));
/// # Ok::<(), tollgate_mapping::InvalidSelectionPattern>(())
/// ```
#[derive(Clone, Debug)]
pub struct SelectionPattern(Regex);

/// Bytes that a compiled pattern may take.
const SIZE_LIMIT: usize = 1 << 20;

/// A text that is no selection pattern.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("invalid selection pattern {pattern:?}: {reason}")]
pub struct InvalidSelectionPattern {
    /// The text that was refused.
    pub pattern: String,
    /// What is wrong with it.
    pub reason: String,
}

impl SelectionPattern {
    /// Whether the pattern matches the whole of a text.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.0.is_match(text.as_bytes())
    }
}

impl std::str::FromStr for SelectionPattern {
    type Err = InvalidSelectionPattern;

    fn from_str(pattern: &str) -> Result<Self, InvalidSelectionPattern> {
        // Java's classes such as \d are those of ASCII. Parsing the pattern alone first keeps a
        // stray parenthesis from closing the group around it.
        let build = |pattern: &str| {
            RegexBuilder::new(pattern)
                .unicode(false)
                .size_limit(SIZE_LIMIT)
                .build()
        };
        build(pattern)
            .and_then(|_| build(&format!(r"\A(?:{pattern})\z")))
            .map(Self)
            .map_err(|error| InvalidSelectionPattern {
                pattern: pattern.to_owned(),
                reason: error.to_string(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_texts() {
        for (pattern, text, matches) in [
            ("404", "404", true),
            ("404", "1404", false),
            ("40", "404", false),
            ("200|201", "201", true),
            ("200|201", "2010", false),
            (r"5\d\d", "503", true),
            (r"\d+", "٣", false),
            (".*", "", true),
            (".+", "", false),
            (".*Error.*", "an Error here", true),
            (".*Error.*", "an\nError", false),
            (r"(\n|.)*Error(\n|.)*", "an\nError\nhere", true),
        ] {
            let compiled: SelectionPattern = pattern.parse().unwrap();
            assert_eq!(compiled.matches(text), matches, "{pattern} on {text:?}");
        }
    }

    #[test]
    fn what_cannot_be_matched_is_refused() {
        for pattern in ["(", ")", ")(", "a)|(b", "(?=x)", r"(a)\1", "a{1000}{1000}"] {
            assert!(pattern.parse::<SelectionPattern>().is_err(), "{pattern}");
        }
    }
}
