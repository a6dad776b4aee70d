//! From a text to an API document: into a new one, or over one that is there.

use std::collections::HashMap;

use serde_json::Value;
use tollgate_core::{ApiId, Diagnostics, ResourceId};
use tollgate_model::{ApiDocument, AuthorizationType, EndpointConfiguration};

use crate::error::ImportError;
use crate::ids::Ids;
use crate::members;
use crate::models::Models;
use crate::node::Node;
use crate::paths::{self, Shared};
use crate::place::Place;
use crate::places::Places;
use crate::reader::Reader;
use crate::remarks::{Findings, Remarks};
use crate::security::{self, Security};
use crate::source::Source;
use crate::validators::Validators;
use crate::version::Version;
use crate::{
    AwsVariables, ImportOptions, PutMode, aws_variables, base_path, documentation,
    gateway_responses, settings,
};

/// An API document that was read, and what there is to say about it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Imported {
    /// The document.
    pub document: ApiDocument,
    /// Remarks that did not prevent it, in the order of the text.
    pub diagnostics: Diagnostics,
    /// The warnings among them as the service lists them: in its own words where they are known.
    pub warnings: Vec<String>,
    /// Where the parts of the document stand in the text.
    pub places: Places,
}

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

/// Reads a Swagger 2.0 or OpenAPI 3.0 document.
///
/// A text whose first character is `{` is read as JSON, any other as YAML (feature `yaml`). Each
/// diagnostic names the part it means by JSON pointer and by its place in the text: a member by
/// the place of its name, an element of a list by its own.
///
/// The result follows from the text and the options alone, ids included. References between
/// models have AWS's canonical form, `https://apigateway.amazonaws.com/restapis/{id}/models/Name`;
/// where [`ImportOptions::api_id`] is absent, `api-id` stands for the id.
///
/// # Errors
///
/// All that there is to say about the document, once one thing is an error, or a warning where
/// [`ImportOptions::fail_on_warnings`] is set. Nothing is imported then.
pub fn import(text: &str, options: &ImportOptions) -> Result<Imported, ImportError> {
    let mut document = ApiDocument::default();
    document.rest_api.id.clone_from(&options.api_id);
    if let Some(kind) = options.endpoint_type {
        let endpoint = &mut document.rest_api.endpoint_configuration;
        endpoint.get_or_insert_default().types = vec![kind];
    }
    let ids = Ids::new(options.api_id.as_ref().map_or("", ApiId::as_str));
    read_over(document, ids, text, PutMode::Overwrite, options)
}

/// Reads a document over an API that is there.
///
/// The document's methods replace those for the same path and verb as a whole; so do its models,
/// validators, authorizers and gateway responses those of the same name. What the document does
/// not have is kept or deleted as [`PutMode`] says: settings that it is silent about are kept or
/// reset, and binary media types are joined or replaced. Kept in either mode are the API's id and
/// tags, the kind of its endpoint, and the ids of all that keeps its path or name.
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
/// As for [`import`], and where the two together are no API: a path such as `/pets/{name}` beside
/// one such as `/pets/{id}` that is kept.
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
/// As for [`import`].
pub fn put_documentation(
    existing: &ApiDocument,
    text: &str,
    mode: PutMode,
    options: &ImportOptions,
) -> Result<ImportedDocumentation, ImportError> {
    let api_id = existing.rest_api.id.as_ref().or(options.api_id.as_ref());
    let mut ids = Ids::of(api_id.map_or("", ApiId::as_str), existing);
    let mut document = existing.clone();
    let parts = std::mem::take(&mut document.documentation_parts);
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

/// A text that was read as a document of a known version.
struct Text<'t> {
    source: Source<'t>,
    value: Value,
    place: Place,
    version: Version,
    remarks: Remarks,
}

impl<'t> Text<'t> {
    fn read(text: &'t str, variables: &AwsVariables) -> Result<Self, Diagnostics> {
        let source = Source::new(text);
        let (mut value, place) = source.read()?;
        let remarks = aws_variables::replace(&mut value, variables);
        let version = Version::of(&Node::root(&value)).map_err(|diagnostic| {
            let remarks = Remarks::from_iter([diagnostic]);
            remarks.into_findings(&place).diagnostics
        })?;
        Ok(Self {
            source,
            value,
            place,
            version,
            remarks,
        })
    }
}

fn read_over(
    base: ApiDocument,
    ids: Ids,
    text: &str,
    mode: PutMode,
    options: &ImportOptions,
) -> Result<Imported, ImportError> {
    let Text {
        source,
        value,
        place,
        version,
        remarks,
    } = Text::read(text, &options.aws).map_err(ImportError::unreadable)?;
    let mut reader = Reader::new(Node::root(&value), version, source, &place, remarks);
    let document = read_api(&mut reader, base, ids, mode, options);
    let (findings, trail) = reader.finish();
    let Findings {
        diagnostics,
        warnings,
        ..
    } = ImportError::unless_fine(findings, options.fail_on_warnings)?;
    Ok(Imported {
        document,
        diagnostics,
        warnings,
        places: trail.into_places(place),
    })
}

fn read_api(
    reader: &mut Reader<'_>,
    mut document: ApiDocument,
    mut ids: Ids,
    mode: PutMode,
    options: &ImportOptions,
) -> ApiDocument {
    use std::mem::take;
    review_root(reader);
    settings::read(reader, &mut document.rest_api);
    let mut shared = Shared {
        models: Models::read(reader, options.api_id.as_ref(), take(&mut document.models)),
        validators: Validators::read(reader, &mut ids, take(&mut document.request_validators)),
        security: Security::read(reader, &mut ids, take(&mut document.authorizers)),
    };
    let prefix = base_path::prefix(reader, options.base_path);
    let resources = take(&mut document.resources);
    document.resources = paths::resources(reader, &mut shared, &mut ids, &prefix, resources);
    document.rest_api.root_resource_id = root_id(&document);
    document.models = shared.models.into_models();
    document.request_validators = shared.validators.into_validators();
    document.authorizers = shared.security.into_authorizers();
    document.gateway_responses =
        gateway_responses::read(reader, take(&mut document.gateway_responses));
    if !options.ignore_documentation {
        let parts = take(&mut document.documentation_parts);
        document.documentation_parts = documentation::read(reader, &mut ids, parts, mode).all;
    }
    if document.rest_api.endpoint_configuration.is_some() {
        reader.keep("/endpointConfiguration");
    }
    match mode {
        PutMode::Merge => {
            follow_authorizers(&mut document);
            keep(reader, &document);
        }
        // Nothing was there before: what has no place of its own comes from the document as a whole.
        PutMode::Overwrite => {
            let root = reader.document.clone();
            reader.trace("", &root);
        }
    }
    document
}

fn root_id(document: &ApiDocument) -> Option<ResourceId> {
    document.resource("/").map(|root| root.id.clone())
}

/// Lets methods that were there follow their authorizers, where a document changes what kind one is.
fn follow_authorizers(document: &mut ApiDocument) {
    let authorizers = document.authorizers.iter();
    let types: HashMap<_, _> = authorizers
        .map(|one| (one.id.as_str(), security::authorization_type(one.kind)))
        .collect();
    let resources = document.resources.iter_mut();
    for method in resources.flat_map(|one| one.resource_methods.values_mut()) {
        let own = method.authorizer_id.as_deref();
        if let Some(kind) = own.and_then(|id| types.get(id))
            && let AuthorizationType::Custom | AuthorizationType::CognitoUserPools =
                method.authorization_type
        {
            method.authorization_type = *kind;
        }
    }
}

/// Notes of all that was not read now that it was there before.
fn keep(reader: &mut Reader<'_>, document: &ApiDocument) {
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

/// Reviews the objects at the top that several subjects read from.
fn review_root(reader: &mut Reader<'_>) {
    let document = reader.document.clone();
    match reader.version {
        Version::Swagger2 => reader.review(&document, &members::SWAGGER_2),
        Version::OpenApi3 => {
            reader.review(&document, &members::OPENAPI_3);
            if let Some(components) = document.get("components") {
                reader.object(&components);
                reader.review(&components, &members::COMPONENTS);
            }
            if let Some(servers) = document.get("servers") {
                review_servers(reader, &servers);
            }
        }
    }
}

fn review_servers(reader: &mut Reader<'_>, servers: &Node<'_>) {
    let servers = reader.list(servers);
    for server in &servers {
        reader.object(server);
        reader.review(server, &members::SERVER);
    }
    if let Some(second) = servers.get(1) {
        reader
            .warn(
                second,
                "More than one server provided. Ignoring all but the first for defining endpoint \
                 configuration",
            )
            .in_aws_words();
    }
}
