//! What a model or a body may cost before it is refused.
//!
//! Models come from whoever may edit an API, bodies from anybody.

/// Models that an API may have; the rest of them are errors.
pub const MAX_MODELS: usize = 10_000;

/// Bytes of one model's text.
pub const MAX_SCHEMA_BYTES: usize = 400 * 1024;

/// Schemas in all models of an API, those inside other schemas included.
pub const MAX_SCHEMAS: usize = 100_000;

/// Different patterns in all models of an API.
pub const MAX_PATTERNS: usize = 1_000;

/// Bytes of a pattern.
pub const MAX_PATTERN_BYTES: usize = 10_000;

/// States of a pattern: about its characters and classes of characters, with counted repetitions
/// written out.
pub const MAX_PATTERN_STATES: usize = 150_000;

/// States of all patterns of an API, look-around and back-references left out.
pub const MAX_STATES: usize = 1_000_000;

/// Bytes of the table that a pattern is looked up in; one that needs more is run as an automaton,
/// whose every state is counted.
pub const MAX_TABLE_BYTES: usize = 128 * 1024;

/// Bytes of the tables of all patterns of an API, those included that were given up.
pub const MAX_TABLES_BYTES: usize = 8 * 1024 * 1024;

/// Bytes of a text that a pattern with look-around or a back-reference is tried on. It may take
/// [100,000 steps back and forth](tollgate_regex::MAX_STEPS), and
/// [64](tollgate_regex::STEPS_PER_BYTE) for each byte of the text.
pub const MAX_BACKTRACKED_BYTES: usize = 64 * 1024;

/// Bytes of an `id` or a `$ref`, once it is made absolute.
pub const MAX_URI_BYTES: usize = 2_048;

/// Steps that checking one body may take: about one for each value, each keyword that looks at it,
/// each value of an `enum`, each 16 bytes that a pattern looks up in its table, each 8 states of a
/// pattern that is run without one, and each 16 steps back and forth.
pub const MAX_STEPS: u64 = 5_000_000;

/// Schemas that may be at work inside one another while a body is checked.
pub const MAX_DEPTH: u32 = 512;

/// What is said of one body: so many remarks, …
pub const MAX_REMARKS: usize = 16;

/// … of so many bytes each.
pub const MAX_REMARK_BYTES: usize = 512;

/// Bytes of a body that [`ValidateLayer`](crate::ValidateLayer) reads, unless it is told otherwise:
/// 10 MiB, the payload limit of Amazon API Gateway.
pub const MAX_BODY_BYTES: usize = 10_485_760;
