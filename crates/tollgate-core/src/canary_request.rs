//! Whether a request is the canary's.

/// Whether the canary serves a request: a mark among its extensions, set by the layer that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CanaryRequest(pub bool);
