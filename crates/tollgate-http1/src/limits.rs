//! How large a head may be.

/// How large the head of a request may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of the request target.
    pub target: usize,
    /// Bytes of all header lines together, line ends included; the same for all trailers.
    pub fields: usize,
    /// Header lines.
    pub field_count: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            target: 10_240,
            fields: 10_240,
            field_count: 100,
        }
    }
}

impl Limits {
    /// Bytes of a method.
    pub(crate) const METHOD: usize = 32;
    /// Bytes that a request line may have besides its target: the method, two blanks, the version.
    pub(crate) const AROUND_TARGET: usize = Self::METHOD + " ".len() + " HTTP/1.1".len();
    /// Empty lines before a request line.
    pub(crate) const EMPTY_LINES: usize = 4;
    /// Bytes of the extensions of all chunks of a body.
    pub(crate) const EXTENSIONS: usize = 8_192;

    /// Bytes that a head may have.
    #[must_use]
    pub const fn head(&self) -> usize {
        Self::EMPTY_LINES * 2 + Self::AROUND_TARGET + self.target + 2 + self.fields + 2
    }
}
