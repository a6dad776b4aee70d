//! Paths: resources, and their methods.

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

/// What the document says once for all of its operations.
pub(crate) struct Shared<'a> {
    pub(crate) models: Models,
    pub(crate) validators: Validators,
    pub(crate) security: Security<'a>,
}

/// The resources of a document, with a prefix before each path.
pub(crate) fn resources<'a>(
    reader: &mut Reader<'a>,
    shared: &mut Shared<'a>,
    ids: &mut Ids,
    prefix: &str,
) -> Vec<Resource> {
    let mut tree = Tree::new(ids);
    let document = reader.document.clone();
    let Some(paths) = document.get("paths") else {
        reader.error(&document, "`paths` is missing");
        return tree.into_resources();
    };
    for (written, node) in reader.object(&paths) {
        if written.starts_with("x-") {
            continue;
        }
        let path = full_path(reader, &node, prefix, written);
        let resource = match tree.insert(ids, &path) {
            Ok(resource) => resource,
            Err(error) => {
                reader.error(&node, error.to_string());
                continue;
            }
        };
        let Some(path_item) = reader.resolve(node) else {
            continue;
        };
        for (verb, operation) in operations(reader, &path_item) {
            let method = method(reader, shared, &path_item, &operation, &resource.path, verb);
            if resource.resource_methods.insert(verb, method).is_some() {
                reader.error(&operation, format!("{verb} {path} is there already"));
            }
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

fn verb(member: &str) -> Option<HttpMethod> {
    Some(match member {
        "get" => HttpMethod::Get,
        "put" => HttpMethod::Put,
        "post" => HttpMethod::Post,
        "delete" => HttpMethod::Delete,
        "patch" => HttpMethod::Patch,
        "options" => HttpMethod::Options,
        "head" => HttpMethod::Head,
        "x-amazon-apigateway-any-method" => HttpMethod::Any,
        _ => return None,
    })
}

fn method<'a>(
    reader: &mut Reader<'a>,
    shared: &mut Shared<'a>,
    path_item: &Node<'a>,
    operation: &Node<'a>,
    path: &str,
    verb: HttpMethod,
) -> Method {
    reader.object(operation);
    reader.review(operation, &members::OPERATION);
    let mut method = Method::new(verb);
    method.operation_name = operation
        .get("operationId")
        .and_then(|name| reader.text(&name));
    let parameters = parameters::of_operation(reader, path_item, operation);
    method.request_parameters = parameters::request_parameters(reader, &parameters, path, verb);
    let name = format!("{verb} {path}");
    method.request_models =
        bodies::request_models(reader, &mut shared.models, operation, &parameters, &name);
    method.method_responses =
        bodies::method_responses(reader, &mut shared.models, operation, &name);
    method.request_validator_id = shared.validators.id_for(reader, operation);
    method.method_integration = integration::of_operation(reader, operation, path, verb);
    shared.security.protect(reader, operation, &mut method);
    method
}
