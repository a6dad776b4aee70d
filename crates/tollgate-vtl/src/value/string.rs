//! Strings, borrowed where possible.

use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

/// A string value: borrowed from the embedder or the template, or shared.
#[derive(Clone)]
pub struct Str<'a>(Repr<'a>);

#[derive(Clone)]
enum Repr<'a> {
    Borrowed(&'a str),
    Shared(Rc<str>),
}

impl<'a> Str<'a> {
    /// A string of its own.
    pub(crate) fn copied(text: &str) -> Self {
        Self(Repr::Shared(text.into()))
    }

    /// A string of its own, with a change made to it.
    pub(crate) fn changed(text: &str, change: impl FnOnce(&mut str)) -> Self {
        let mut made: Rc<str> = text.into();
        if let Some(text) = Rc::get_mut(&mut made) {
            change(text);
        }
        Self(Repr::Shared(made))
    }

    /// Whether this string is shared rather than borrowed.
    #[inline]
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.0, Repr::Shared(_))
    }

    /// Whether nobody else holds this string, as when it has just been made.
    pub(crate) fn is_own(&self) -> bool {
        matches!(&self.0, Repr::Shared(text) if Rc::strong_count(text) == 1)
    }

    /// The part of this string in the byte range `from..to`, borrowed if the string is.
    ///
    /// # Panics
    ///
    /// When the range does not lie on character boundaries, as with slices.
    pub(crate) fn slice(&self, from: usize, to: usize) -> Self {
        match &self.0 {
            Repr::Borrowed(text) => (&text[from..to]).into(),
            Repr::Shared(text) if from == 0 && to == text.len() => self.clone(),
            Repr::Shared(text) => Self(Repr::Shared(text[from..to].into())),
        }
    }
}

impl Deref for Str<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Repr::Borrowed(text) => text,
            Repr::Shared(text) => text,
        }
    }
}

impl<'a> From<&'a str> for Str<'a> {
    fn from(text: &'a str) -> Self {
        Self(Repr::Borrowed(text))
    }
}

impl From<String> for Str<'_> {
    fn from(text: String) -> Self {
        Self(Repr::Shared(text.into()))
    }
}

impl fmt::Debug for Str<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for Str<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl PartialEq for Str<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Str<'_> {}

/// Whether two texts are equal, where most are short.
#[inline(always)]
pub(crate) fn is_same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    a.len() == b.len() && starts_with(a, b)
}

/// Whether a text starts with another, where most are short.
#[inline(always)]
pub(crate) fn starts_with(text: &[u8], start: &[u8]) -> bool {
    let Some(text) = text.get(..start.len()) else {
        return false;
    };
    match start.len() {
        0..4 => text.iter().eq(start),
        4..8 => ends(text, u32::from_le_bytes) == ends(start, u32::from_le_bytes),
        8..=16 => ends(text, u64::from_le_bytes) == ends(start, u64::from_le_bytes),
        _ => text == start,
    }
}

/// The first bytes of a text and the last, which may overlap, as numbers.
#[inline(always)]
fn ends<const N: usize, T>(text: &[u8], number: fn([u8; N]) -> T) -> [Option<T>; 2] {
    [text.first_chunk(), text.last_chunk()].map(|bytes| bytes.copied().map(number))
}
