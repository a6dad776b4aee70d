//! Paths: resources, and their methods.

use std::collections::HashSet;

use tollgate_model::{HttpMethod, Method, Resource};

use crate::bodies;
use crate::ids::Ids;
use crate::integration;
use crate::members;
use crate::models::Models;
use crate::node::Node;
use crate::parameters;
use crate::reader::Reader;
use crate::resources::Tree;
use crate::security::Security;
use crate::validators::Validators;
use crate::version::Version;

/// What the document says once for all of its operations.
pub(crate) struct Shared<'a> {
    pub(crate) models: Models,
    pub(crate) validators: Validators,
    pub(crate) security: Security<'a>,
}

/// The resources of a document, with a prefix before each path, after those that were there.
pub(crate) fn resources<'a>(
    reader: &mut Reader<'a>,
    shared: &mut Shared<'a>,
    ids: &mut Ids,
    prefix: &str,
    existing: Vec<Resource>,
) -> Vec<Resource> {
    let mut tree = Tree::new(ids, existing);
    let mut declared = HashSet::new();
    let document = reader.document.clone();
    let Some(paths) = document.get("paths") else {
        reader
            .error(&document, "`paths` is missing")
            .help("write `paths: {}` where there are none yet");
        return tree.into_resources();
    };
    for (written, node) in reader.object(&paths) {
        if written.starts_with("x-") {
            reader.note(&node, format!("`{written}` is not used"));
            continue;
        }
        let path = full_path(reader, &node, prefix, written);
        let known = tree.len();
        let place = match tree.insert(ids, &path) {
            Ok(place) => place,
            Err(error) => {
                let help = error.help();
                let said = reader.error(&node, error.to_string()).help_if(|| help);
                if error.is_in_aws_words() {
                    said.in_aws_words();
                }
                continue;
            }
        };
        for made in (known..tree.len()).chain([place]) {
            reader.trace(&format!("/resources/{made}"), &node);
        }
        let Some(path_item) = reader.resolve(node) else {
            continue;
        };
        for (verb, operation) in operations(reader, &path_item) {
            if !declared.insert((place, verb)) {
                reader.error(&operation, format!("{verb} {path} is there already"));
                continue;
            }
            let model = format!("/resources/{place}/resourceMethods/{verb}");
            let target = Target {
                path: &path,
                verb,
                model: &model,
            };
            let method = method(reader, shared, &path_item, &operation, &target);
            tree.at(place).resource_methods.insert(verb, method);
        }
    }
    tree.into_resources()
}

/// The path of a resource. A slash missing at the front or left over at the end is mended.
fn full_path(reader: &mut Reader<'_>, node: &Node<'_>, prefix: &str, written: &str) -> String {
    let inner = written.strip_prefix('/').unwrap_or(written);
    let path = format!("/{}", inner.strip_suffix('/').unwrap_or(inner));
    if path != written {
        reader.warn(node, format!("the path `{written}` is read as `{path}`"));
    }
    match path.as_str() {
        "/" if !prefix.is_empty() => prefix.to_owned(),
        path => format!("{prefix}{path}"),
    }
}

fn operations<'a>(reader: &mut Reader<'a>, path_item: &Node<'a>) -> Vec<(HttpMethod, Node<'a>)> {
    reader.review(path_item, &members::PATH_ITEM);
    let members = reader.object(path_item);
    members
        .into_iter()
        .filter_map(|(name, node)| Some((verb(name)?, node)))
        .collect()
}

/// Members of a path item that are operations, in the order in which they are written.
pub(crate) const VERBS: [(&str, HttpMethod); 8] = [
    ("get", HttpMethod::Get),
    ("put", HttpMethod::Put),
    ("post", HttpMethod::Post),
    ("delete", HttpMethod::Delete),
    ("options", HttpMethod::Options),
    ("head", HttpMethod::Head),
    ("patch", HttpMethod::Patch),
    ("x-amazon-apigateway-any-method", HttpMethod::Any),
];

fn verb(member: &str) -> Option<HttpMethod> {
    let found = VERBS.iter().find(|(name, _)| *name == member);
    found.map(|(_, verb)| *verb)
}

/// The method that an operation makes.
pub(crate) struct Target<'t> {
    pub(crate) path: &'t str,
    pub(crate) verb: HttpMethod,
    /// Its pointer in the model.
    pub(crate) model: &'t str,
}

fn method<'a>(
    reader: &mut Reader<'a>,
    shared: &mut Shared<'a>,
    path_item: &Node<'a>,
    operation: &Node<'a>,
    target: &Target<'_>,
) -> Method {
    let Target { path, verb, model } = *target;
    reader.object(operation);
    reader.review(
        operation,
        match reader.version {
            Version::Swagger2 => &members::OPERATION_2,
            Version::OpenApi3 => &members::OPERATION_3,
        },
    );
    reader.trace(model, operation);
    let mut method = Method::new(verb);
    method.operation_name = operation
        .get("operationId")
        .and_then(|name| reader.text(&name));
    reader.trace_member(&format!("{model}/operationName"), operation, "operationId");
    let parameters = parameters::of_operation(reader, path_item, operation);
    method.request_parameters =
        parameters::request_parameters(reader, &parameters, path, verb, model);
    let name = format!("{verb} {path}");
    let models = &mut shared.models;
    method.request_models =
        bodies::request_models(reader, models, operation, &parameters, &name, model);
    method.method_responses = bodies::method_responses(reader, models, operation, &name, model);
    note_unused_types(reader, operation, &method);
    method.request_validator_id = shared.validators.id_for(reader, operation, model);
    method.method_integration = integration::of_operation(reader, operation, target);
    shared
        .security
        .protect(reader, operation, &mut method, model);
    method
}

/// Notes of media types that no body with a model has. OpenAPI 3.0 has them with the bodies.
fn note_unused_types(reader: &mut Reader<'_>, operation: &Node<'_>, method: &Method) {
    if reader.version != Version::Swagger2 {
        return;
    }
    let mut responses = method.method_responses.values();
    for (member, is_used) in [
        ("consumes", !method.request_models.is_empty()),
        (
            "produces",
            responses.any(|one| one.response_models.is_some()),
        ),
    ] {
        if let Some(node) = operation.get(member).filter(|_| !is_used) {
            reader.note(
                &node,
                format!("`{member}` is not used: no body has a model"),
            );
        }
    }
}
