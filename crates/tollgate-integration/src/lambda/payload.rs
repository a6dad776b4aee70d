//! What a function may get and give.

/// Bytes that an event, or a function's answer, may have: six megabytes, Lambda's own limit.
pub const MAX_PAYLOAD_BYTES: usize = 6 * 1024 * 1024;
