//! What a decision remembers of a limit between asking and taking.

/// Two numbers that only the limit understands which made them: what it held when it was asked, or
/// what it became when something was taken.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Note(pub(crate) u64, pub(crate) u64);
