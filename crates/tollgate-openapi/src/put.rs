//! From a text to an API document over one that is there.

use std::collections::HashMap;
use std::mem::take;

use tollgate_core::{ApiId, Diagnostics};
use tollgate_model::{ApiDocument, EndpointConfiguration};

use crate::error::ImportError;
use crate::ids::Ids;
use crate::import::{Imported, Text, read_over};
use crate::node::Node;
use crate::reader::Reader;
use crate::remarks::Findings;
use crate::{ImportOptions, PutMode, documentation, security};

/// Documentation parts that were read, and what there is to say about them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ImportedDocumentation {
    /// The API document, in which nothing but the documentation parts has changed.
    pub document: ApiDocument,
    /// The ids of the parts that the text has.
    pub ids: Vec<String>,
    /// Remarks that did not prevent it, in the order of the text.
    pub diagnostics: Diagnostics,
    /// The warnings among them as the service lists them.
    pub warnings: Vec<String>,
}

/// Reads a document over an API that is there.
///
/// The document's methods replace those for the same path and verb as a whole; so do its models,
/// validators, authorizers and gateway responses those of the same name. What the document does
/// not have is kept or deleted as [`PutMode`] says: settings that it is silent about are kept or
/// reset, and binary media types are joined or replaced. Kept in either mode are the API's id,
/// tags, date and home, the kind of its endpoint, and the ids of all that keeps its path or name.
///
/// ```
/// use tollgate_openapi::{ImportOptions, PutMode, import, put};
///
/// let document = |path| {
///     format!(r#"{{"swagger": "2.0", "info": {{"title": "Pets"}}, "paths": {{"{path}": {{}}}}}}"#)
/// };
/// let options = ImportOptions::default();
/// let old = import(&document("/pets"), &options)?.document;
///
/// let merged = put(&old, &document("/cats"), PutMode::Merge, &options)?.document;
/// let paths: Vec<_> = merged.resources.iter().map(|one| one.path.as_str()).collect();
/// assert_eq!(paths, ["/", "/pets", "/cats"]);
///
/// let new = put(&merged, &document("/cats"), PutMode::Overwrite, &options)?.document;
/// assert_eq!(new.resource("/pets"), None);
/// assert_eq!(new.resource("/cats"), merged.resource("/cats"));
/// # Ok::<(), tollgate_openapi::ImportError>(())
/// ```
///
/// # Errors
///
/// As for [`import`](crate::import), and where the two together are no API: a path such as
/// `/pets/{name}` beside one such as `/pets/{id}` that is kept.
pub fn put(
    existing: &ApiDocument,
    text: &str,
    mode: PutMode,
    options: &ImportOptions,
) -> Result<Imported, ImportError> {
    let mut options = options.clone();
    if let Some(id) = &existing.rest_api.id {
        options.api_id = Some(id.clone());
    }
    let ids = Ids::of(options.api_id.as_ref().map_or("", ApiId::as_str), existing);
    let mut base = match mode {
        PutMode::Merge => existing.clone(),
        PutMode::Overwrite => emptied(existing, &options),
    };
    base.rest_api.id.clone_from(&options.api_id);
    read_over(base, ids, text, mode, &options)
}

/// Reads the documentation parts of a document over those of an API, and nothing else of it.
///
/// In a merge, a part for the same location keeps the properties that the new one does not have.
///
/// # Errors
///
/// As for [`import`](crate::import).
pub fn put_documentation(
    existing: &ApiDocument,
    text: &str,
    mode: PutMode,
    options: &ImportOptions,
) -> Result<ImportedDocumentation, ImportError> {
    let api_id = existing.rest_api.id.as_ref().or(options.api_id.as_ref());
    let mut ids = Ids::of(api_id.map_or("", ApiId::as_str), existing);
    let mut document = existing.clone();
    let parts = take(&mut document.documentation_parts);
    let kept = match mode {
        PutMode::Merge => parts,
        PutMode::Overwrite => Vec::new(),
    };
    let Text {
        source,
        value,
        place,
        version,
        remarks,
    } = Text::read(text, &options.aws).map_err(ImportError::no_importer)?;
    let mut reader = Reader::new(Node::root(&value), version, source, &place, remarks);
    let parts = documentation::read(&mut reader, &mut ids, kept, mode);
    document.documentation_parts = parts.all;
    let (findings, _) = reader.finish();
    let Findings {
        diagnostics,
        warnings,
        ..
    } = ImportError::unless_fine(findings, options.fail_on_warnings)?;
    Ok(ImportedDocumentation {
        document,
        ids: parts.ids,
        diagnostics,
        warnings,
    })
}

/// What an overwriting document leaves of an API.
fn emptied(existing: &ApiDocument, options: &ImportOptions) -> ApiDocument {
    let mut document = ApiDocument::default();
    let old = &existing.rest_api;
    let api = &mut document.rest_api;
    api.tags.clone_from(&old.tags);
    api.created_date = old.created_date;
    api.home.clone_from(&old.home);
    api.endpoint_configuration
        .clone_from(&old.endpoint_configuration);
    if let Some(endpoint) = &mut api.endpoint_configuration {
        endpoint.vpc_endpoint_ids.clear();
    }
    api.endpoint_configuration
        .take_if(|endpoint| *endpoint == EndpointConfiguration::default());
    if options.ignore_documentation {
        document
            .documentation_parts
            .clone_from(&existing.documentation_parts);
    }
    document
}

/// Lets methods that were there follow their authorizers, where a document changes what kind one is.
pub(crate) fn follow_authorizers(document: &mut ApiDocument) {
    let authorizers = document.authorizers.iter();
    let types: HashMap<_, _> = authorizers
        .map(|one| (one.id.as_str(), security::authorization_type(one.kind)))
        .collect();
    let resources = document.resources.iter_mut();
    for method in resources.flat_map(|one| one.resource_methods.values_mut()) {
        let own = method.authorizer_id.as_deref();
        if let Some(kind) = own.and_then(|id| types.get(id))
            && method.authorization_type.has_authorizer()
        {
            method.authorization_type = *kind;
        }
    }
}

/// Notes of all that was not read now that it was there before.
pub(crate) fn keep(reader: &mut Reader<'_>, document: &ApiDocument) {
    for (list, length) in [
        ("authorizers", document.authorizers.len()),
        ("documentationParts", document.documentation_parts.len()),
        ("gatewayResponses", document.gateway_responses.len()),
        ("models", document.models.len()),
        ("requestValidators", document.request_validators.len()),
        ("resources", document.resources.len()),
    ] {
        for place in 0..length {
            reader.keep(&format!("/{list}/{place}"));
        }
    }
    for (place, resource) in document.resources.iter().enumerate() {
        for verb in resource.resource_methods.keys() {
            reader.keep(&format!("/resources/{place}/resourceMethods/{verb}"));
        }
    }
}
