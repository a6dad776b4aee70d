//! What the reader makes values with.

use crate::node::Number;

/// Makes the values of a document, so that each value type keeps what it can of numbers.
pub trait Build {
    /// A finished value.
    type Value;

    /// Makes `null`.
    fn null(&mut self) -> Self::Value;

    /// Makes a boolean.
    fn bool(&mut self, value: bool) -> Self::Value;

    /// Makes a number; `NaN` and numbers past the range of doubles come as [`Number::Double`].
    fn number(&mut self, number: Number<'_>) -> Self::Value;

    /// Makes a string.
    fn text(&mut self, text: String) -> Self::Value;

    /// Makes a list of these elements.
    fn list(&mut self, elements: Vec<Self::Value>) -> Self::Value;

    /// Makes a map of these members in the order of the text. A name may occur more than once:
    /// its last value counts, at the place of its first.
    fn map(&mut self, members: Vec<(String, Self::Value)>) -> Self::Value;
}
