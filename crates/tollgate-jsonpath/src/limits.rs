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

/// Memory that one evaluation takes for its matches, for the texts, lists and maps that functions
/// make, and that a path takes for its regular expressions, in bytes.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

/// What is left for paths to do, counted down by each that is parsed or evaluated within it.
///
/// Several share one where they are parts of the same work. [`MAX_VISITS`] and [`MAX_BYTES`] to
/// begin with.
///
/// ```
/// # #[cfg(feature = "serde_json")] {
/// use tollgate_jsonpath::{Allowance, FindError, JsonPath};
///
/// let document = serde_json::json!({"pets": [1, 2, 3]});
/// let path = JsonPath::parse("$.pets[*]")?;
/// let mut left = Allowance { visits: 9, ..Allowance::default() };
/// assert!(path.find_within(&document, &mut left).is_ok());
/// assert_eq!(path.find_within(&document, &mut left), Err(FindError::TooManyVisits));
/// assert_eq!(left.visits, 0);
/// # }
/// # Ok::<(), tollgate_jsonpath::PathError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How many values may be touched; going over 32 bytes of a text counts as one.
    pub visits: usize,
    /// How many bytes of memory may be taken.
    pub bytes: usize,
}

impl Default for Allowance {
    fn default() -> Self {
        Self {
            visits: MAX_VISITS,
            bytes: MAX_BYTES,
        }
    }
}

impl Allowance {
    /// Counts visits; `None` if so many are not left.
    pub(crate) fn visit(&mut self, values: usize) -> Option<()> {
        take(&mut self.visits, values)
    }

    /// Counts memory; `None` if so much is not left.
    pub(crate) fn make(&mut self, bytes: usize) -> Option<()> {
        take(&mut self.bytes, bytes)
    }
}

/// What cannot be taken leaves nothing: whoever asks later has passed the limit too.
fn take(left: &mut usize, count: usize) -> Option<()> {
    let rest = left.checked_sub(count);
    *left = rest.unwrap_or(0);
    rest.map(|_| ())
}

/// How many bytes of a text count as a value touched.
pub(crate) const BYTES_PER_VISIT: usize = 32;

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
