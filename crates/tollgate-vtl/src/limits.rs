//! How much a template may ask for.

use thiserror::Error;

/// Bounds on one template and on each of its renders.
///
/// Start from [`Limits::default`] and change single fields:
///
/// ```
/// # use tollgate_vtl::Limits;
/// let mut limits = Limits::default();
/// limits.steps = 100_000;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Size of the template text in bytes; 300 KB, as on Amazon API Gateway.
    pub template_bytes: usize,
    /// How deep blocks, brackets and strings may stand in one another, and bodies run in one
    /// another while rendering. The default fits the two megabytes of stack that a thread has,
    /// parsing half of that, even without optimization.
    ///
    /// Brackets count wherever they follow a reference or a directive, also in a comment or a
    /// string.
    pub nesting: usize,
    /// Rounds of any one `#foreach`; 1,000 in [`Profile::api_gateway`](crate::Profile::api_gateway),
    /// as documented for Amazon API Gateway, else without bound.
    pub foreach_rounds: usize,
    /// Rounds of all loops of one render together.
    pub loop_rounds: usize,
    /// How deep macros may run in one another; 20, as in Velocity.
    pub macro_depth: usize,
    /// How deep `#parse` may stand in what it reads; 10, as in Velocity.
    pub parse_depth: usize,
    /// Work of one render: directives, expressions and items touched by methods, those of the
    /// embedder's objects included as far as they tell their [`Budget`](crate::Budget).
    pub steps: u64,
    /// Size of the rendered text in bytes.
    pub output_bytes: usize,
    /// Size of any one string the template makes, in bytes.
    pub string_bytes: usize,
    /// Length of any one list or map the template makes or extends.
    pub collection_items: usize,
    /// Memory all values made in one render may take together, in bytes, with what the allocator
    /// adds; what is given up counts on.
    pub allocated_bytes: usize,
    /// Digits of a whole number.
    pub digits: usize,
    /// How deep a value may be nested when it is printed or compared.
    pub value_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        const MEGABYTE: usize = 1024 * 1024;
        Self {
            template_bytes: 300 * 1024,
            nesting: 100,
            foreach_rounds: usize::MAX,
            loop_rounds: 1_000_000,
            macro_depth: 20,
            parse_depth: 10,
            steps: 5_000_000,
            output_bytes: 10 * MEGABYTE,
            string_bytes: 10 * MEGABYTE,
            collection_items: 1_000_000,
            allocated_bytes: 64 * MEGABYTE,
            digits: 1_000,
            value_depth: 200,
        }
    }
}

/// A bound of [`Limits`] that was passed; each variant carries the bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LimitExceeded {
    /// [`Limits::foreach_rounds`].
    #[error("a #foreach takes more than {0} rounds")]
    ForeachRounds(usize),
    /// [`Limits::loop_rounds`].
    #[error("all loops together take more than {0} rounds")]
    LoopRounds(usize),
    /// [`Limits::macro_depth`].
    #[error("macros run in one another deeper than {0} levels")]
    MacroDepth(usize),
    /// [`Limits::steps`].
    #[error("the render takes more than {0} steps")]
    Steps(u64),
    /// [`Limits::output_bytes`].
    #[error("the output is longer than {0} bytes")]
    OutputBytes(usize),
    /// [`Limits::string_bytes`].
    #[error("a string is longer than {0} bytes")]
    StringBytes(usize),
    /// [`Limits::collection_items`].
    #[error("a collection has more than {0} items")]
    CollectionItems(usize),
    /// [`Limits::allocated_bytes`].
    #[error("strings and collections take more than {0} bytes")]
    AllocatedBytes(usize),
    /// [`Limits::digits`].
    #[error("a number has more than {0} digits")]
    Digits(usize),
    /// [`Limits::value_depth`].
    #[error("a value is nested deeper than {0} levels")]
    ValueDepth(usize),
    /// [`Limits::nesting`], reached by bodies that run in one another.
    #[error("bodies run in one another deeper than {0} levels")]
    Nesting(usize),
}
