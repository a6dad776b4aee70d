//! How much a path may ask for.

/// Length of a path text in bytes.
pub const MAX_PATH_LEN: usize = 16 * 1024;

/// Steps of one path, those of the paths in its filters and arguments included. It bounds the stack
/// of an evaluation.
pub const MAX_STEPS: usize = 256;

/// How deep filters, the parentheses in them and the arguments of functions may stand in one
/// another.
pub const MAX_NESTING: usize = 16;

/// Values touched by one evaluation, those that filters and function arguments touch included.
///
/// A deep scan of a 10 MB document touches fewer; what passes it is a product of scans, such as
/// `$..*..*..*`.
pub const MAX_VISITS: usize = 5_000_000;

/// Matches of one evaluation.
pub const MAX_RESULTS: usize = 1_000_000;

/// How deep lists and maps may be nested where a filter compares them, `concat()` prints them, or
/// the lenient reader reads them.
///
/// A deep scan has no such limit: it keeps its place in a list of its own, not on the stack.
pub const MAX_DEPTH: usize = 128;

/// Length of a document text for the lenient reader in bytes; 10 MB, the payload limit of API
/// Gateway.
pub const MAX_DOCUMENT_LEN: usize = 10 * 1024 * 1024;
