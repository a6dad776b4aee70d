//! From an API document to a text.

mod bodies;
mod dialect;
mod documentation;
mod error;
mod integration;
mod models;
mod options;
mod parameters;
mod paths;
mod schemes;
mod settings;

use serde_json::{Map, Value};
use tollgate_core::{Diagnostic, Diagnostics};
use tollgate_model::ApiDocument;

use crate::limits::MAX_SHARED_BYTES;
use crate::remarks::{Remarks, Said};
use crate::version::Version;
use crate::write::{self, Notation};

use self::documentation::Documentation;
use self::models::ModelNames;
use self::schemes::Schemes;
use self::settings::ValidatorNames;

pub use self::error::ExportError;
pub use self::options::{ExportFormat, ExportOptions, Extensions};
pub(crate) use self::{
    bodies::response_headers, integration::integration, parameters::path_parameter,
};

/// An API document as a text.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exported {
    /// The text.
    pub text: String,
    /// What the service calls the file, such as `swagger_1.0.json`: letters, digits, `.`, `_`, `-`
    /// and `:`, so that it can stand in a header.
    pub file_name: String,
    /// What the document cannot say: warnings where importing it makes another API, notes where
    /// that makes no difference to callers. Pointers are into the API document.
    pub remarks: Diagnostics,
}

impl Exported {
    /// The `Content-Type` of the service's answer.
    pub const CONTENT_TYPE: &'static str = "application/octet-stream";

    /// The `Content-Disposition` of the service's answer.
    #[must_use]
    pub fn content_disposition(&self) -> String {
        format!("attachment; filename=\"{}\"", self.file_name)
    }
}

/// Writes an API as a Swagger 2.0 or OpenAPI 3.0 document.
///
/// Its form is that of the service's `GetExport`, and [`Extensions`] say how much it holds. With
/// [`Extensions::ALL`] importing the text gives the same API again, but for ids, for what has no
/// place in such documents, of which [`Exported::remarks`] tells, and for values that are the
/// default whether they are written or not.
///
/// [`documentation_parts`](ApiDocument::documentation_parts) are what the document tells its
/// readers: those of the stage's documentation version, where that is what is asked for.
///
/// ```
/// use tollgate_model::Timestamp;
/// use tollgate_openapi::{ExportFormat, ExportOptions, Extensions, ImportOptions, export, import};
///
/// let swagger = r#"{
///     "swagger": "2.0",
///     "info": { "title": "Pets", "version": "1" },
///     "paths": { "/pets": { "get": {
///         "parameters": [{ "name": "page", "in": "query", "type": "string" }],
///         "responses": { "200": { "description": "All of them" } },
///         "x-amazon-apigateway-integration": { "type": "mock" }
///     } } }
/// }"#;
/// let pets = import(swagger, &ImportOptions::default())?.document;
///
/// let mut options = ExportOptions::new(ExportFormat::OpenApi3, Timestamp::default());
/// options.extensions = Extensions::ALL;
/// let exported = export(&pets, &options)?;
/// assert!(exported.text.starts_with("{\n  \"openapi\": \"3.0.1\""));
/// assert_eq!(exported.file_name, "oas30_1.json");
/// assert!(exported.remarks.is_empty());
///
/// let again = import(&exported.text, &ImportOptions::default())?.document;
/// assert_eq!(again, pets);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`ExportError`]: an API that has no such document, or a notation that this build does not write.
pub fn export(document: &ApiDocument, options: &ExportOptions) -> Result<Exported, ExportError> {
    if options.notation == Notation::Yaml && !cfg!(feature = "yaml") {
        return Err(ExportError::NoYaml);
    }
    models::require_json(document)?;
    let mut exporter = Exporter {
        document,
        options,
        version: options.format.version(),
        models: ModelNames::of(document),
        documentation: Documentation::of(document),
        remarks: Remarks::default(),
        shared: Some(0),
    };
    let version = exporter.api_version();
    let value = exporter.root(&version);
    if exporter.shared.is_none() || exporter.documentation.is_exhausted() {
        return Err(ExportError::TooLarge);
    }
    Ok(Exported {
        text: write::write_new(&value, options.notation),
        file_name: options.file_name(&version),
        remarks: exporter.remarks.into_diagnostics(),
    })
}

/// The members of an object that is written.
type Members = Map<String, Value>;

/// An API on its way into a document.
struct Exporter<'a> {
    document: &'a ApiDocument,
    options: &'a ExportOptions,
    version: Version,
    models: ModelNames<'a>,
    documentation: Documentation<'a>,
    remarks: Remarks,
    /// Bytes written that may be written again for other parts; absent: too many.
    shared: Option<usize>,
}

impl<'a> Exporter<'a> {
    fn root(&mut self, api_version: &str) -> Value {
        let mut root = Members::new();
        let (member, number) = self.version.head();
        put(&mut root, member, number);
        let info = self.info(api_version);
        put(&mut root, "info", info);
        self.version.put_address(&mut root, self.options);
        let about = self.documentation.api();
        self.describe(&mut root, about, &["tags", "externalDocs"]);
        let validators = ValidatorNames::of(self);
        let mut schemes = Schemes::of(self);
        let paths = self.paths(&validators, &mut schemes);
        put(&mut root, "paths", paths);
        let schemes = schemes.write(self);
        let schemas = self.schemas();
        self.version.put_parts(&mut root, schemas, schemes);
        self.put_settings(&mut root, &validators);
        self.put_documentation(&mut root);
        self.extend(&mut root, about);
        root.into()
    }

    fn has(&self, extension: Extensions) -> bool {
        self.options.extensions.contains(extension)
    }

    /// Whether the document must not say more of the API than the API itself does, for importing it
    /// to give the same.
    fn is_whole(&self) -> bool {
        self.has(Extensions::ALL)
    }

    /// Tells of what makes another API when it is imported.
    fn warn(&mut self, pointer: &str, message: impl Into<String>) -> Said<'_> {
        self.remarks.say(Diagnostic::warning(pointer, message))
    }

    /// Tells of what is left out and changes nothing for callers.
    fn note(&mut self, pointer: &str, message: impl Into<String>) {
        self.remarks.say(Diagnostic::note(pointer, message));
    }

    /// Whether so many bytes may be written once more: small APIs can name a long text thousands of
    /// times.
    fn share(&mut self, bytes: usize) -> bool {
        self.shared = self
            .shared
            .map(|shared| shared + bytes)
            .filter(|shared| *shared <= MAX_SHARED_BYTES);
        self.shared.is_some()
    }

    /// A name of something that may be named elsewhere, too.
    fn shared(&mut self, name: &'a str) -> &'a str {
        if self.share(name.len()) { name } else { "" }
    }
}

fn put(members: &mut Members, name: &str, value: impl Into<Value>) {
    members.insert(name.to_owned(), value.into());
}

fn put_if(members: &mut Members, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        put(members, name, value);
    }
}
