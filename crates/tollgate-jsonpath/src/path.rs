//! The compiled path as callers hold it.

use std::fmt;
use std::str::FromStr;

use crate::error::{FindError, PathError};
use crate::evaluate;
use crate::found::Found;
use crate::limits::Allowance;
use crate::node::Node;
use crate::parse;
use crate::step::Steps;

/// A JSONPath in Jayway's dialect, compiled.
///
/// It prints as the text it was parsed from.
#[derive(Clone, Debug)]
pub struct JsonPath {
    text: Box<str>,
    steps: Steps,
}

impl JsonPath {
    /// Compiles a path.
    ///
    /// ```
    /// # use tollgate_jsonpath::JsonPath;
    /// assert!(JsonPath::parse("$.pets[0].name").is_ok());
    /// assert!(JsonPath::parse("pets").is_ok(), "`$.` may be left out");
    /// let error = JsonPath::parse("$.pets[name]").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "byte 6 of the path: expected a quoted name, a position, `*` or `?(` after `[`"
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// [`PathError`] for a text the Java library does not compile either, and past the limits of
    /// this crate.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        Self::parse_within(text, &mut Allowance::default())
    }

    /// Compiles a path as [`parse`](Self::parse) does, with no more than is left for it: eight bytes
    /// of the text count as a visit, and a regular expression as thousands.
    ///
    /// # Errors
    ///
    /// As for [`parse`](Self::parse).
    pub fn parse_within(text: &str, left: &mut Allowance) -> Result<Self, PathError> {
        Ok(Self {
            text: text.into(),
            steps: parse::path(text, left)?,
        })
    }

    /// Whether the path leads to one value, not to a list of matches.
    #[must_use]
    pub fn is_definite(&self) -> bool {
        self.steps.is_definite()
    }

    /// The text this was parsed from.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Applies the path to a document.
    ///
    /// A definite path gives one value, an indefinite one always a [`Found::List`]. A path of
    /// single names and positions allocates nothing.
    ///
    /// # Errors
    ///
    /// [`FindError::NotFound`] if a definite path leads to nothing, other variants for what the
    /// path cannot do with this document; see there.
    pub fn find<N: Node>(&self, root: N) -> Result<Found<N>, FindError> {
        self.find_within(root, &mut Allowance::default())
    }

    /// Applies the path as [`find`](Self::find) does, with no more than is left for it.
    ///
    /// # Errors
    ///
    /// As for [`find`](Self::find).
    pub fn find_within<N: Node>(
        &self,
        root: N,
        left: &mut Allowance,
    ) -> Result<Found<N>, FindError> {
        evaluate::find(&self.steps, root, left)
    }
}

impl FromStr for JsonPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        Self::parse(text)
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
