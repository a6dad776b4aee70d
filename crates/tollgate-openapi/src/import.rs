//! From a text to an API document.

use tollgate_core::{ApiId, Checked, Diagnostics};
use tollgate_model::ApiDocument;

use crate::ids::Ids;
use crate::members;
use crate::models::Models;
use crate::node::Node;
use crate::paths::{self, Shared};
use crate::reader::Reader;
use crate::remarks::Remarks;
use crate::security::Security;
use crate::source::Source;
use crate::validators::Validators;
use crate::version::Version;
use crate::{ImportOptions, aws_variables, base_path, gateway_responses, settings};

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
/// All that there is to say about the document, once one thing is an error. Nothing is imported
/// then.
pub fn import(text: &str, options: &ImportOptions) -> Result<Checked<ApiDocument>, Diagnostics> {
    let source = Source::new(text);
    let mut value = source.read()?;
    let remarks = aws_variables::replace(&mut value, &options.aws);
    let document = Node::root(&value);
    let version = Version::of(&document)
        .map_err(|diagnostic| Remarks::from_iter([diagnostic]).into_diagnostics(source))?;
    let mut reader = Reader::new(document, version, source, remarks);
    let value = read_api(&mut reader, options);
    let diagnostics = reader.finish();
    if diagnostics.has_errors() {
        Err(diagnostics)
    } else {
        Ok(Checked { value, diagnostics })
    }
}

fn read_api(reader: &mut Reader<'_>, options: &ImportOptions) -> ApiDocument {
    review_root(reader);
    let mut ids = Ids::new(options.api_id.as_ref().map_or("", ApiId::as_str));
    let mut document = ApiDocument::default();
    document.rest_api = settings::read(reader);
    let mut shared = Shared {
        models: Models::read(reader, options.api_id.as_ref()),
        validators: Validators::read(reader, &mut ids),
        security: Security::read(reader, &mut ids),
    };
    let prefix = base_path::prefix(reader, options.base_path);
    document.resources = paths::resources(reader, &mut shared, &mut ids, &prefix);
    document.rest_api.id.clone_from(&options.api_id);
    document.rest_api.root_resource_id = document.resources.first().map(|root| root.id.clone());
    document.models = shared.models.into_models();
    document.request_validators = shared.validators.into_validators();
    document.authorizers = shared.security.into_authorizers();
    document.gateway_responses = gateway_responses::read(reader);
    document
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
        reader.warn(
            second,
            "More than one server provided. Ignoring all but the first for defining endpoint \
             configuration",
        );
    }
}
