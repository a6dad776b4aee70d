//! How a row is written.
//!
//! A file has `apis` and `rows`. An API is a set of `methods`, by verb and path, in the JSON form of
//! the model, and whatever else stands in a document. What is the same everywhere may be left out:
//! ids, a method's verb, and the declaration of the responses that its integration makes.
//!
//! In all texts, `ENDPOINT` stands for host and port of the row's endpoint, `NOWHERE` for those of
//! one where nobody listens. Expected header values are exact, but for `*`, which is any value, and
//! those that begin with `~`, regular expressions for the whole value.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// One file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// Documents that several rows have in common.
    #[serde(default)]
    pub(crate) apis: BTreeMap<String, Value>,
    pub(crate) rows: Vec<Row>,
}

/// What the service does in one case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    /// The section of the reference, or the page of the guide.
    pub(crate) section: String,
    pub(crate) evidence: Evidence,
    pub(crate) name: String,
    /// The row fails as yet; it is an error if it does not.
    #[serde(default)]
    pub(crate) pending: bool,
    /// Why it fails, where that is more than something that is not there yet.
    pub(crate) note: Option<String>,
    /// The name of an API of the file, or one of the row's own.
    pub(crate) api: Value,
    /// Members that are added to the document.
    #[serde(default)]
    pub(crate) members: Map<String, Value>,
    /// Members that are added to each method.
    #[serde(default)]
    pub(crate) method: Map<String, Value>,
    /// Members that are added to each integration.
    #[serde(default)]
    pub(crate) integration: Map<String, Value>,
    /// The request template for JSON, of each integration.
    pub(crate) template: Option<String>,
    /// The response template for JSON, of each integration response.
    pub(crate) response: Option<String>,
    /// The stage's variables.
    #[serde(default)]
    pub(crate) variables: BTreeMap<String, String>,
    /// Called at the API's own host, so that the path begins with the stage, `prod`.
    #[serde(default)]
    pub(crate) execute_api: bool,
    pub(crate) send: Sent,
    /// What the endpoint answers.
    #[serde(default)]
    pub(crate) answer: Answer,
    /// What the endpoint must have received.
    pub(crate) endpoint: Option<Received>,
    /// The endpoint must not have been called.
    #[serde(default)]
    pub(crate) uncalled: bool,
    /// What the client must receive.
    pub(crate) client: Response,
}

/// How sure a fact is: the reference's tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) enum Evidence {
    /// Recorded on the service.
    S,
    /// Asserted by a test that was run against the service.
    T,
    /// Documented.
    D,
    /// Reported.
    R,
    /// What an emulator does.
    E,
    /// Decided here.
    U,
}

/// Bytes, written as text or as base64.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(untagged)]
pub(crate) enum Bytes {
    #[default]
    Nothing,
    Text(String),
    Base64 {
        base64: String,
    },
    Repeated {
        repeat: String,
        times: usize,
    },
    /// The bytes, compressed: `gzip` or `deflate` (which is zlib).
    Coded {
        coding: String,
        of: Box<Self>,
    },
}

/// What the client sends.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sent {
    /// Verb and target.
    pub(crate) request: String,
    /// `Name: value`, spelled as on the wire.
    #[serde(default)]
    pub(crate) headers: Vec<String>,
    #[serde(default)]
    pub(crate) body: Bytes,
}

/// What the endpoint answers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// A length is added where none is given.
    pub(crate) headers: Vec<String>,
    pub(crate) body: Bytes,
    /// It never answers.
    pub(crate) stalls: bool,
}

impl Default for Answer {
    fn default() -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: Bytes::Nothing,
            stalls: false,
        }
    }
}

/// What the endpoint must have received.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Received {
    /// Verb and target.
    pub(crate) request: Option<String>,
    /// All values of these names, in order.
    #[serde(default)]
    pub(crate) headers: Vec<String>,
    /// Names that must not be there.
    #[serde(default)]
    pub(crate) lacks: Vec<String>,
    pub(crate) body: Option<Bytes>,
    /// The body as a JSON value, however it is spaced.
    pub(crate) json: Option<Value>,
}

/// What the client must receive.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// All values of these names, in order.
    #[serde(default)]
    pub(crate) headers: Vec<String>,
    /// Names that must not be there.
    #[serde(default)]
    pub(crate) lacks: Vec<String>,
    pub(crate) body: Option<Bytes>,
    /// A regular expression for the whole body.
    pub(crate) pattern: Option<String>,
    /// The body as a JSON value, however it is spaced.
    pub(crate) json: Option<Value>,
    /// The coding that is undone before the body is compared.
    pub(crate) coding: Option<String>,
}
