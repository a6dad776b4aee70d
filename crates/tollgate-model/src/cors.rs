//! CORS: which pages of other origins may read an API's answers.

mod add;
mod check;
mod report;

use serde::{Deserialize, Serialize};

pub use check::{MAX_CORS_AGE_SECONDS, MAX_CORS_ENTRIES, MAX_CORS_ENTRY_BYTES};
pub use report::{CorsAddition, CorsReport};

/// Request headers that the service's console allows.
const CONSOLE_HEADERS: [&str; 5] = [
    "Content-Type",
    "X-Amz-Date",
    "Authorization",
    "X-Api-Key",
    "X-Amz-Security-Token",
];

/// Which pages may call an API, and what of its answers they may read.
///
/// It has two uses. As `corsConfiguration` of a [`RestApi`](crate::RestApi), which documents write
/// as `x-amazon-apigateway-cors`, the gateway answers preflights by it and sets the headers of all
/// responses. Given to [`ApiDocument::add_cors`](crate::ApiDocument::add_cors), it becomes methods
/// and mappings of the document, as the service's console makes them.
///
/// The members are those of the service's "x-amazon-apigateway-cors object".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CorsConfiguration {
    /// Origins such as `https://www.example.com`; `https://*` and `http://*` for all with that
    /// beginning; `*` for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow_origins: Vec<String>,
    /// Verbs, or `*`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow_methods: Vec<String>,
    /// Names of headers that requests may have, or `*`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow_headers: Vec<String>,
    /// Names of headers of responses that pages may read, or `*`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expose_headers: Vec<String>,
    /// Seconds for which a browser may remember the answer to a preflight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u32>,
    /// Whether requests may bring cookies and the like.
    #[serde(default)]
    pub allow_credentials: bool,
}

impl CorsConfiguration {
    /// What the service's console proposes: all origins, the headers that clients of AWS send, and
    /// on each resource the verbs that it has.
    ///
    /// ```
    /// use tollgate_model::CorsConfiguration;
    ///
    /// let mut cors = CorsConfiguration::like_console();
    /// cors.allow_origins = vec!["https://www.example.com".to_owned()];
    /// cors.allow_credentials = true;
    /// assert!(cors.check().is_empty());
    /// ```
    #[must_use]
    pub fn like_console() -> Self {
        Self {
            allow_origins: vec!["*".to_owned()],
            allow_headers: CONSOLE_HEADERS.map(str::to_owned).to_vec(),
            ..Self::default()
        }
    }
}
