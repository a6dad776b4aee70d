//! What an API is, whatever its parts are called behind the scenes.

use std::collections::HashMap;

use serde_json::Value;
use tollgate_core::{Diagnostics, Severity};
use tollgate_model::{ApiDocument, ConnectionType, EndpointConfiguration, Method, Timestamp};
use tollgate_openapi::{ExportOptions, ImportOptions, export, import};

/// Milliseconds of an integration without a timeout of its own.
const DEFAULT_TIMEOUT: u32 = 29_000;

/// The date of exports in tests.
pub(crate) const DATE: Timestamp = Timestamp::from_seconds(1_479_854_354);
pub(crate) const DATE_TEXT: &str = "2016-11-22T22:39:14Z";

/// Exports an API and imports it again. Gives what cannot be said, as the export tells.
///
/// # Panics
///
/// Panics where the two differ although nothing was told that makes a difference.
pub(crate) fn there_and_back(
    document: &ApiDocument,
    options: &ExportOptions,
    name: &str,
) -> Diagnostics {
    let exported = export(document, options).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut told = exported.remarks.iter();
    if told.all(|one| one.severity == Severity::Note) {
        let text = &exported.text;
        let again = import(text, &ImportOptions::default())
            .unwrap_or_else(|error| panic!("{name}: {error}\nin {text}"))
            .document;
        assert_eq!(bare(&again), bare(document), "{name}: {text}");
        // Once more is the same, to the letter.
        let twice = export(&again, options).map(|twice| twice.text);
        assert_eq!(twice.as_ref(), Ok(text), "{name}");
    }
    exported.remarks
}

/// An API without ids, without values that are the default whether they are set or not, without what
/// documents have no place for and callers do not notice, and with JSON texts in one form; an API without a version
/// has the date, as exports say.
fn bare(document: &ApiDocument) -> ApiDocument {
    let mut bare = document.clone();
    let api = &mut bare.rest_api;
    api.id = None;
    api.root_resource_id = None;
    api.version.get_or_insert_with(|| DATE_TEXT.to_owned());
    api.tags.clear();
    if let Some(endpoint) = &mut api.endpoint_configuration {
        endpoint.types.clear();
        endpoint.ip_address_type = None;
    }
    let endpoint = &mut api.endpoint_configuration;
    endpoint.take_if(|endpoint| *endpoint == EndpointConfiguration::default());
    api.policy = api.policy.as_deref().map(in_one_form);
    let authorizers = names(
        bare.authorizers
            .iter_mut()
            .map(|one| (&mut one.id, &one.name)),
    );
    let validators = names(
        bare.request_validators
            .iter_mut()
            .map(|one| (&mut one.id, &one.name)),
    );
    for model in &mut bare.models {
        model.id = None;
        model.schema = in_one_form(&model.schema);
    }
    for part in &mut bare.documentation_parts {
        part.id.clear();
        part.properties = in_one_form(&part.properties);
    }
    for resource in &mut bare.resources {
        let id = resource.id.clone();
        resource.parent_id = None;
        resource.id = "".into();
        for method in resource.resource_methods.values_mut() {
            bare_method(method, &authorizers, &validators, id.as_str());
        }
    }
    bare
}

type Names = HashMap<String, String>;

/// Names by ids, which are taken away.
fn names<'n>(named: impl Iterator<Item = (&'n mut String, &'n String)>) -> Names {
    named
        .map(|(id, name)| (std::mem::take(id), name.clone()))
        .collect()
}

fn bare_method(method: &mut Method, authorizers: &Names, validators: &Names, resource: &str) {
    for response in method.method_responses.values_mut() {
        let parameters = &mut response.response_parameters;
        parameters.take_if(|all| all.is_empty());
        for (_, required) in parameters.iter_mut().flatten() {
            *required = false;
        }
        response.response_models.take_if(|all| all.is_empty());
    }
    if let Some(id) = &mut method.authorizer_id {
        *id = authorizers
            .get(id)
            .map_or("nobody", String::as_str)
            .to_owned();
    }
    if let Some(id) = &mut method.request_validator_id {
        *id = validators[id].clone();
    }
    if let Some(integration) = &mut method.method_integration {
        let namespace = &mut integration.cache_namespace;
        namespace.take_if(|one| one == resource);
        let timeout = &mut integration.timeout_in_millis;
        timeout.take_if(|one| *one == DEFAULT_TIMEOUT);
        let connection = &mut integration.connection_type;
        connection.take_if(|one| *one == ConnectionType::Internet);
    }
}

fn in_one_form(text: &str) -> String {
    let value = serde_json::from_str::<Value>(text);
    value.map_or_else(|_| text.to_owned(), |value| value.to_string())
}
