//! From a text to an API document.

use std::mem::take;

use serde_json::Value;
use tollgate_core::{ApiId, Diagnostics, ResourceId};
use tollgate_model::ApiDocument;

use crate::error::ImportError;
use crate::ids::Ids;
use crate::models::Models;
use crate::node::Node;
use crate::paths::{self, Shared};
use crate::place::Place;
use crate::places::Places;
use crate::reader::Reader;
use crate::remarks::{Findings, Remarks};
use crate::security::Security;
use crate::source::Source;
use crate::validators::Validators;
use crate::version::Version;
use crate::{
    AwsVariables, ImportOptions, PutMode, aws_variables, base_path, documentation,
    gateway_responses, put, root, settings,
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

/// A text that was read as a document of a known version.
pub(crate) struct Text<'t> {
    pub(crate) source: Source<'t>,
    pub(crate) value: Value,
    pub(crate) place: Place,
    pub(crate) version: Version,
    pub(crate) remarks: Remarks,
}

impl<'t> Text<'t> {
    pub(crate) fn read(text: &'t str, variables: &AwsVariables) -> Result<Self, Diagnostics> {
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

/// Reads a document over what there is of an API, nothing of which is left where it fails.
pub(crate) fn read_over(
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
    root::review(reader);
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
            put::follow_authorizers(&mut document);
            put::keep(reader, &document);
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
