//! Which answers an integration response is for.

use tollgate_regex::{Pattern, PatternError};

/// A Java regular expression that must match the whole of an endpoint's status or error.
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
pub struct SelectionPattern(Pattern);

/// A text that is no selection pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid selection pattern {pattern:?}: {reason}")]
pub struct InvalidSelectionPattern {
    /// The text that was refused.
    pub pattern: String,
    /// What is wrong with it.
    pub reason: PatternError,
}

impl SelectionPattern {
    /// Whether the pattern matches the whole of a text.
    ///
    /// A pattern that gives up on a text, because it takes too many steps of backtracking, does not
    /// match it.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.0.matches(text).unwrap_or(false)
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether it takes backtracking to match it, which can be slow and may give up.
    #[must_use]
    pub fn backtracks(&self) -> bool {
        self.0.backtracks()
    }
}

impl std::str::FromStr for SelectionPattern {
    type Err = InvalidSelectionPattern;

    fn from_str(pattern: &str) -> Result<Self, InvalidSelectionPattern> {
        Pattern::new(pattern)
            .map(Self)
            .map_err(|reason| InvalidSelectionPattern {
                pattern: pattern.to_owned(),
                reason,
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
            (r"(?!200).*", "500", true),
            (r"(?!200).*", "200", false),
        ] {
            let compiled: SelectionPattern = pattern.parse().unwrap();
            assert_eq!(compiled.matches(text), matches, "{pattern} on {text:?}");
        }
    }

    #[test]
    fn what_java_refuses_is_refused() {
        for pattern in ["(", ")", ")(", "a)|(b", "*", "[z-a]", "a{2,1}"] {
            assert!(pattern.parse::<SelectionPattern>().is_err(), "{pattern}");
        }
    }
}
