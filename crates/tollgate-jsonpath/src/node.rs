//! What a path walks over.

mod number;
#[cfg(feature = "serde_json")]
mod serde_json;

pub use number::Number;

/// A handle on one value of a document.
///
/// A handle is cheap to clone: `&serde_json::Value` is one, and so is a reference-counted value
/// whose lists and maps sit behind a cell, since elements come out as handles, not as references.
pub trait Node: Clone {
    /// What this value is, with its content if it is a scalar.
    fn view(&self) -> View<'_>;

    /// The number of elements of a list or of members of a map; 0 for every other value.
    fn size(&self) -> usize;

    /// The member of a map with this name; `None` too if this is no map.
    fn member(&self, name: &str) -> Option<Self>;

    /// The element of a list at this position; `None` too if this is no list.
    fn element(&self, index: usize) -> Option<Self>;

    /// Visits the members of a map in document order until one visit fails; none if this is no
    /// map.
    ///
    /// # Errors
    ///
    /// The error of the visit that failed.
    fn try_each_member<E>(&self, visit: impl FnMut(&str, Self) -> Result<(), E>) -> Result<(), E>;

    /// Visits the elements of a list in order until one visit fails; none if this is no list.
    ///
    /// # Errors
    ///
    /// The error of the visit that failed.
    fn try_each_element<E>(&self, mut visit: impl FnMut(Self) -> Result<(), E>) -> Result<(), E> {
        for index in 0..self.size() {
            match self.element(index) {
                Some(element) => visit(element)?,
                None => break,
            }
        }
        Ok(())
    }
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum View<'a> {
    /// JSON's `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number<'a>),
    /// A string.
    Text(&'a str),
    /// An array.
    List,
    /// An object.
    Map,
    /// Anything JSON has no word for. Paths end here, and filters reject it.
    Opaque,
}
