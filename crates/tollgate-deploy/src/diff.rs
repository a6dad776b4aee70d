//! What differs between two documents, in the words of those who call the API.

mod api;
mod collect;
mod integration;
mod judge;
mod method;
mod routes;
mod schema;

use std::fmt;

use serde::Serialize;
use tollgate_model::ApiDocument;

use collect::Collector;

/// Tells what becomes of an API when `after` is served in the place of `before`.
///
/// Ids do not count, nor when an API was made and in which account and region, and neither does an
/// order without a meaning: methods are compared by path and verb, where names of path variables do
/// not count either, and all else by its name.
///
/// ```
/// use tollgate_deploy::diff;
/// use tollgate_model::ApiDocument;
///
/// let document = |methods: &str| -> Result<ApiDocument, serde_json::Error> {
///     let json = r#"{"name": "Pets", "resources": [
///         {"id": "root000000", "path": "/", "resourceMethods": {METHODS}}]}"#;
///     serde_json::from_str(&json.replace("METHODS", methods))
/// };
/// let before = document(r#""GET": {"httpMethod": "GET"}"#)?;
/// let after = document(r#""GET": {"httpMethod": "GET", "apiKeyRequired": true}"#)?;
///
/// let diff = diff(&before, &after);
/// assert!(diff.is_breaking());
/// assert_eq!(
///     diff.to_string(),
///     "high breaking ~ GET /: apiKeyRequired: false -> true (callers without an API key are refused)\n\
///      1 difference, 1 breaking\n"
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[must_use]
pub fn diff(before: &ApiDocument, after: &ApiDocument) -> Diff {
    let mut found = Collector::default();
    api::settings(before, after, &mut found);
    routes::compare(before, after, &mut found);
    schema::models(before, after, &mut found);
    api::authorizers(before, after, &mut found);
    api::gateway_responses(before, after, &mut found);
    api::documentation(before, after, &mut found);
    Diff {
        differences: found.into_differences(),
    }
}

/// All that differs between two documents.
///
/// As text, one line a difference and a line with their number; with serde, an object for
/// programs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Diff {
    /// The differences: of the API, of its methods by path and verb, of all else by name.
    pub differences: Vec<Difference>,
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Difference {
    /// What it belongs to.
    pub area: Area,
    /// Whether it is there no more, or not yet.
    pub kind: DifferenceKind,
    /// The thing that has it, such as `GET /pets/{id}`.
    pub place: String,
    /// The member of that thing, as on the wire; empty: the thing itself.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub member: String,
    /// What it was, or the beginning of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What it is, or the beginning of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Whether clients may fail that did not.
    pub breaking: bool,
    /// How carefully it should be looked at.
    pub severity: DifferenceSeverity,
    /// Why it is judged so.
    pub reason: String,
}

/// What a difference belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Area {
    /// Names, descriptions, tags.
    Description,
    /// How the API's endpoint is reached.
    Endpoint,
    /// The resource policy.
    Policy,
    /// CORS of the gateway's own.
    Cors,
    /// Which bodies are bytes, and which are compressed.
    Bodies,
    /// Methods by path and verb.
    Route,
    /// Who may call.
    Authorization,
    /// Which methods need an API key, and where it is read.
    ApiKey,
    /// Which parts of requests are checked.
    Validation,
    /// Parameters of requests.
    Parameter,
    /// Models, and which of them bodies have.
    Model,
    /// What methods may answer.
    Response,
    /// What methods call.
    Integration,
    /// Mapping templates.
    Template,
    /// Mapped parameters.
    Mapping,
    /// What cached responses are told apart by.
    Cache,
    /// What the gateway itself answers.
    GatewayResponse,
    /// What readers are told.
    Documentation,
}

/// Whether something came, went or is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum DifferenceKind {
    /// It was not there.
    Added,
    /// It is not there any more.
    Removed,
    /// It is another.
    Changed,
}

/// How carefully a difference should be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum DifferenceSeverity {
    /// Requests and answers stay the same.
    Info,
    /// More is possible than was.
    Low,
    /// The same requests may get other answers.
    Medium,
    /// It breaks clients, or opens what was closed.
    High,
}

impl Diff {
    /// Whether clients may fail that did not.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        self.differences.iter().any(|found| found.breaking)
    }

    /// Whether nothing differs.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.differences.is_empty()
    }

    /// The greatest severity; `None` where nothing differs.
    #[must_use]
    pub fn severity(&self) -> Option<DifferenceSeverity> {
        self.differences.iter().map(|found| found.severity).max()
    }
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for found in &self.differences {
            writeln!(f, "{found}")?;
        }
        let breaking = self.differences.iter().filter(|found| found.breaking);
        match (self.differences.len(), breaking.count()) {
            (0, _) => writeln!(f, "no differences"),
            (1, breaking) => writeln!(f, "1 difference, {breaking} breaking"),
            (all, breaking) => writeln!(f, "{all} differences, {breaking} breaking"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.kind {
            DifferenceKind::Added => '+',
            DifferenceKind::Removed => '-',
            DifferenceKind::Changed => '~',
        };
        let breaking = if self.breaking { " breaking" } else { "" };
        write!(f, "{}{breaking} {sign} {}", self.severity, self.place)?;
        if !self.member.is_empty() {
            write!(f, ": {}", self.member)?;
        }
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => write!(f, ": {before} -> {after}")?,
            (Some(only), None) | (None, Some(only)) => write!(f, ": {only}")?,
            (None, None) => {}
        }
        write!(f, " ({})", self.reason)
    }
}

impl fmt::Display for DifferenceSeverity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        })
    }
}
