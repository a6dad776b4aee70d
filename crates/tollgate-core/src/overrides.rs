//! What templates change of a request and its response.

use http::StatusCode;

/// Values by name, in the order in which they were set.
pub type OverrideMap = Vec<(Box<str>, Box<str>)>;

/// What mapping templates wrote to `$context.requestOverride` and `$context.responseOverride`.
///
/// Values set by a request template are still there when the response template runs, and response
/// overrides set in either of them apply (both recorded on the service).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Overrides {
    /// `requestOverride.header`.
    pub request_headers: OverrideMap,
    /// `requestOverride.path`.
    pub request_path: OverrideMap,
    /// `requestOverride.querystring`.
    pub request_querystring: OverrideMap,
    /// `responseOverride.header`.
    pub response_headers: OverrideMap,
    /// `responseOverride.status`.
    pub response_status: Option<StatusCode>,
    /// What else templates wrote to `requestOverride`, as JSON: it has no effect, but the next
    /// template can read it (recorded on the service).
    pub request_members: OverrideMap,
    /// The same for `responseOverride`.
    pub response_members: OverrideMap,
}
