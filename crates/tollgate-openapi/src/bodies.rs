//! Bodies: the models of requests and responses, and what else a method may answer.

use indexmap::IndexMap;
use tollgate_model::MethodResponse;

use crate::members;
use crate::models::Models;
use crate::node::{Node, escape};
use crate::parameters::{self, Parameter};
use crate::reader::Reader;
use crate::version::Version;

/// The media type of bodies of which Swagger 2.0 says none.
pub(crate) const DEFAULT_MEDIA_TYPE: &str = "application/json";

/// What has models by media type.
struct Holder {
    /// How the service names it.
    name: String,
    /// Where in the model they are.
    model: String,
}

/// Models of the request's body, by media type.
pub(crate) fn request_models<'a>(
    reader: &mut Reader<'a>,
    models: &mut Models,
    operation: &Node<'a>,
    parameters: &[Parameter<'a>],
    method: &str,
    model: &str,
) -> IndexMap<String, String> {
    let holder = Holder {
        name: format!("body of method '{method}'"),
        model: format!("{model}/requestModels"),
    };
    match reader.version {
        Version::Swagger2 => match parameters::body(reader, parameters) {
            Some(body) => typed_models(reader, models, operation, "consumes", body, &holder),
            None => IndexMap::new(),
        },
        Version::OpenApi3 => {
            let body = operation.get("requestBody");
            let Some(body) = body.and_then(|body| reader.resolve(body)) else {
                return IndexMap::new();
            };
            reader.object(&body);
            reader.review(&body, &members::REQUEST_BODY);
            content_models(reader, models, &body, &holder)
        }
    }
}

/// What a method may answer, by status code.
pub(crate) fn method_responses<'a>(
    reader: &mut Reader<'a>,
    models: &mut Models,
    operation: &Node<'a>,
    method: &str,
    model: &str,
) -> IndexMap<String, MethodResponse> {
    let mut found = IndexMap::new();
    let Some(responses) = operation.get("responses") else {
        return found;
    };
    for (status, node) in reader.object(&responses) {
        // What `default` says of other statuses has no place in a REST API and changes no answer.
        if status.starts_with("x-") || status == "default" {
            reader.note(&node, format!("`{status}` is not used"));
            continue;
        }
        if !is_status(status) {
            let message = format!("the response `{status}` is ignored: it is for no one status");
            reader.warn(&node, message);
            continue;
        }
        let Some(node) = reader.resolve(node) else {
            continue;
        };
        let model = format!("{model}/methodResponses/{status}");
        reader.object(&node);
        reader.trace(&model, &node);
        let mut response = MethodResponse::default();
        response.status_code = status.to_owned();
        response.response_parameters = headers(reader, &node, &model);
        let holder = Holder {
            name: format!("{status} response to method '{method}'"),
            model: format!("{model}/responseModels"),
        };
        let models = match reader.version {
            Version::Swagger2 => {
                reader.review(&node, &members::RESPONSE_2);
                typed_models(reader, models, operation, "produces", &node, &holder)
            }
            Version::OpenApi3 => {
                reader.review(&node, &members::RESPONSE_3);
                content_models(reader, models, &node, &holder)
            }
        };
        response.response_models = (!models.is_empty()).then_some(models);
        found.insert(status.to_owned(), response);
    }
    found
}

fn is_status(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 3 && (b'1'..=b'5').contains(&bytes[0]) && bytes.iter().all(u8::is_ascii_digit)
}

fn headers(
    reader: &mut Reader<'_>,
    response: &Node<'_>,
    model: &str,
) -> Option<IndexMap<String, bool>> {
    let headers = reader.object(&response.get("headers")?);
    let mut found = IndexMap::new();
    for (name, node) in headers {
        reader.review(&node, &members::HEADER);
        let target = format!("method.response.header.{name}");
        let part = format!("{model}/responseParameters/{}", escape(&target));
        reader.trace(&part, &node);
        found.insert(target, false);
    }
    (!found.is_empty()).then_some(found)
}

/// The model of the `schema` in Swagger 2.0, for each type that the operation or the document
/// lists as `consumes` or `produces`.
fn typed_models(
    reader: &mut Reader<'_>,
    models: &mut Models,
    operation: &Node<'_>,
    list: &str,
    node: &Node<'_>,
    holder: &Holder,
) -> IndexMap<String, String> {
    let Some(schema) = node.get("schema") else {
        return IndexMap::new();
    };
    reader.trace(&holder.model, &schema);
    let Some(model) = models.of_schema(reader, &schema, &holder.name) else {
        return IndexMap::new();
    };
    let types = operation
        .get(list)
        .or_else(|| reader.document.get(list))
        .map(|types| {
            reader
                .share(&types)
                .map_or_else(Vec::new, |()| reader.texts(&types))
        })
        .unwrap_or_default();
    if types.is_empty() {
        return IndexMap::from([(DEFAULT_MEDIA_TYPE.to_owned(), model)]);
    }
    types
        .into_iter()
        .map(|media_type| (media_type, model.clone()))
        .collect()
}

/// The models of `content` in OpenAPI 3.0.
fn content_models(
    reader: &mut Reader<'_>,
    models: &mut Models,
    node: &Node<'_>,
    holder: &Holder,
) -> IndexMap<String, String> {
    let mut found = IndexMap::new();
    let Some(content) = node.get("content") else {
        return found;
    };
    for (media_type, node) in reader.object(&content) {
        reader.object(&node);
        reader.review(&node, &members::MEDIA_TYPE);
        if let Some(schema) = node.get("schema")
            && let Some(model) = models.of_schema(reader, &schema, &holder.name)
        {
            reader.trace(&format!("{}/{}", holder.model, escape(media_type)), &schema);
            found.insert(media_type.to_owned(), model);
        }
    }
    found
}
