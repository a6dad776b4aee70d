//! CORS, added to the text of a document.

mod operation;
mod tree;

use tollgate_core::{Diagnostic, Diagnostics};
use tollgate_model::{ApiDocument, CorsConfiguration, CorsReport, HttpMethod, Method};

use crate::node::Node;
use crate::source::Source;
use crate::version::Version;
use crate::write::{self, Notation};
use crate::{ImportOptions, Imported, import};

use tree::{Shared, Tree};

/// A document to which CORS has been added.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WithCors {
    /// The document's text, in the notation that it had.
    ///
    /// Members keep their order and numbers their form. Comments, anchors and tags of YAML are
    /// gone.
    pub text: String,
    /// The notation of the text.
    pub notation: Notation,
    /// What was added and what could not be; remarks have their places in the text as it was.
    pub report: CorsReport,
}

/// Adds to the text of a document what pages of another origin need.
///
/// What that is, [`ApiDocument::add_cors`] says and does: importing the text that comes out gives
/// the API that this function makes of the API in the text that went in. There is one difference:
/// what the document says for all operations of a path or of the API, such as `parameters` of a
/// path, holds for the new OPTIONS too.
///
/// ```
/// use tollgate_model::CorsConfiguration;
/// use tollgate_openapi::{ImportOptions, add_cors};
///
/// let document = r#"{
///     "openapi": "3.0.1",
///     "info": { "title": "Pets" },
///     "paths": { "/pets": { "get": {
///         "x-amazon-apigateway-integration": {
///             "type": "http_proxy", "httpMethod": "GET", "uri": "https://pets.example/"
///         }
///     } } }
/// }"#;
/// let made = add_cors(document, &CorsConfiguration::like_console(), &ImportOptions::default())?;
/// assert!(made.text.contains("\"options\": {"));
/// assert_eq!(made.report.remarks.len(), 1, "the endpoint of the proxy has to send the header");
/// # Ok::<(), tollgate_core::Diagnostics>(())
/// ```
///
/// # Errors
///
/// What is wrong with the document, as [`import`](crate::import) says it, or with the
/// configuration, by JSON pointers into it; and where parts of the document that several
/// operations refer to cannot get headers for some of them alone.
pub fn add_cors(
    text: &str,
    cors: &CorsConfiguration,
    options: &ImportOptions,
) -> Result<WithCors, Diagnostics> {
    let before = import(text, options)?;
    let mut after = before.document.clone();
    let mut report = after.add_cors(cors)?;
    report.remarks = before.places.locate_all(report.remarks);
    let source = Source::new(text);
    // What several operations refer to gets its headers for all of them, or else each of them a
    // copy of its own: whatever means the right thing.
    for shared in [Shared::Edited, Shared::Copied] {
        let Some(text) = written(source, &before, &after, shared)? else {
            continue;
        };
        let imported = import(&text, options)?.document;
        if let Some(inherited) = inherited(&after, imported) {
            report.remarks.extend(inherited);
            return Ok(WithCors {
                text,
                notation: source.notation(),
                report,
            });
        }
    }
    Err(Diagnostic::error(
        "",
        "parts that operations share cannot get headers for some alone",
    )
    .help("copy them into the operations that they are for")
    .into())
}

/// The text of a document with the difference between two APIs.
fn written(
    source: Source<'_>,
    before: &Imported,
    after: &ApiDocument,
    shared: Shared,
) -> Result<Option<String>, Diagnostics> {
    let (mut value, place) = source.read()?;
    let version = Version::of(&Node::root(&value))?;
    let tree = Tree {
        value: &mut value,
        version,
        places: &before.places,
        shared,
    };
    let made = tree.add(&before.document, after);
    Ok(made.map(|()| write::write(&value, &place, source)))
}

/// What new methods have besides of what the document says for all; `None` where the API is
/// another in anything else.
fn inherited(wanted: &ApiDocument, mut found: ApiDocument) -> Option<Vec<Diagnostic>> {
    let mut remarks = Vec::new();
    for (wanted, found) in wanted.resources.iter().zip(&mut found.resources) {
        let options = HttpMethod::Options;
        if let Some(wanted) = wanted.resource_methods.get(&options)
            && let Some(method) = found.resource_methods.get_mut(&options)
        {
            remarks.extend(refusal(method, &found.path));
            method
                .request_validator_id
                .clone_from(&wanted.request_validator_id);
            method
                .request_parameters
                .clone_from(&wanted.request_parameters);
            method.request_models.clone_from(&wanted.request_models);
        }
    }
    (found == *wanted).then_some(remarks)
}

/// That a preflight will be refused: browsers send none of an API's own parameters with it.
fn refusal(method: &Method, path: &str) -> Option<Diagnostic> {
    let mut required = method.request_parameters.iter();
    let (parameter, _) =
        required.find(|(name, is_required)| **is_required && !name.contains(".path."))?;
    method.request_validator_id.as_ref()?;
    let message = format!(
        "OPTIONS {path} requires `{parameter}`, as all methods of the path: where its validator \
         checks parameters, preflights are refused"
    );
    Some(
        Diagnostic::warning("", message)
            .help("move the parameter into the operations that need it"),
    )
}
