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

/// Bytes of a compiled pattern.
pub const MAX_COMPILED_PATTERN_BYTES: usize = 512 * 1024;

/// Times that a pattern with look-around or a back-reference may go back and try again.
pub const MAX_BACKTRACKS: usize = 10_000;

/// Bytes of a text that such a pattern is tried on.
pub const MAX_BACKTRACKED_BYTES: usize = 64 * 1024;

/// Bytes of an `id` or a `$ref`, once it is made absolute.
pub const MAX_URI_BYTES: usize = 2_048;

/// Steps that checking one body may take: about one for each value, each keyword that looks at it,
/// each value of an `enum`, and each 64 bytes of a text that a pattern reads.
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
