//! `x-amazon-apigateway-integration`: what a method calls.

use indexmap::IndexMap;
use serde_json::Value;
use tollgate_model::{
    ConnectionType, HttpMethod, Integration, IntegrationResponse, IntegrationType,
    ResponseTransferMode, TlsConfig,
};

use crate::members;
use crate::node::{Node, escape};
use crate::paths::Target;
use crate::reader::Reader;

/// Milliseconds that an integration takes at most unless told otherwise.
pub(crate) const DEFAULT_TIMEOUT_MILLIS: u32 = 29_000;
/// Milliseconds that AWS lets an integration take.
const TIMEOUT_MILLIS: (u32, u32) = (50, DEFAULT_TIMEOUT_MILLIS);
/// The same where its answer is streamed.
const STREAM_TIMEOUT_MILLIS: (u32, u32) = (50, 900_000);

/// The integration of an operation, if there is one.
pub(crate) fn of_operation<'a>(
    reader: &mut Reader<'a>,
    operation: &Node<'a>,
    target: &Target<'_>,
) -> Option<Integration> {
    let Target { path, verb, model } = *target;
    let Some(node) = operation.get("x-amazon-apigateway-integration") else {
        let message = format!("{verb} {path} has no integration: it can be imported, not deployed");
        reader
            .warn(operation, message)
            .help("add an `x-amazon-apigateway-integration`, such as `{ type: mock }`");
        return None;
    };
    let node = reader.resolve(node)?;
    reader.object(&node);
    reader.review(&node, &members::INTEGRATION);
    let Some(kind) = node.get("type") else {
        reader
            .error(&node, "an integration needs a `type`")
            .help("one of `aws`, `aws_proxy`, `http`, `http_proxy`, `mock`");
        return None;
    };
    let model = format!("{model}/methodIntegration");
    reader.trace(&model, &node);
    let mut integration = Integration::new(reader.name_of(&kind)?);
    read_endpoint(reader, &node, path, verb, &mut integration);
    read_request(reader, &node, path, verb, &mut integration);
    integration.integration_responses = responses(reader, &node, path, verb, &model);
    Some(integration)
}

fn read_endpoint(
    reader: &mut Reader<'_>,
    node: &Node<'_>,
    path: &str,
    verb: HttpMethod,
    integration: &mut Integration,
) {
    let mut text = |member| node.get(member).and_then(|node| reader.text(&node));
    integration.credentials = text("credentials");
    integration.connection_id = text("connectionId");
    integration.integration_target = text("integrationTarget");
    integration.cache_namespace = text("cacheNamespace");
    if integration.kind == IntegrationType::Mock {
        // AWS drops them, too.
        for member in ["uri", "httpMethod"] {
            if let Some(node) = node.get(member) {
                reader.note(
                    &node,
                    format!("`{member}` is not used: a MOCK calls nothing"),
                );
            }
        }
    } else {
        integration.uri = text("uri");
        if integration.uri.is_none() {
            reader.error(
                node,
                format!("an integration of type {} needs a `uri`", integration.kind),
            );
        }
        integration.http_method = node
            .get("httpMethod")
            .and_then(|method| reader.name_of::<HttpMethod>(&method))
            .map(|method| method.as_str().to_owned());
        if node.get("httpMethod").is_none() {
            let message = format!(
                "Unable to put integration on '{verb}' for resource at path '{path}': \
                 Enumeration value for HttpMethod must be non-empty"
            );
            let help = match integration.kind {
                IntegrationType::AwsProxy => "add `httpMethod: POST`: so are functions called",
                _ => "add `httpMethod`, the verb of the call",
            };
            reader.error(node, message).in_aws_words().help(help);
        }
    }
    integration.connection_type = node
        .get("connectionType")
        .and_then(|kind| reader.name_of(&kind));
    if integration.connection_type == Some(ConnectionType::VpcLink)
        && integration.connection_id.is_none()
    {
        reader
            .warn(
                node,
                "a connection of type VPC_LINK leads nowhere without a `connectionId`",
            )
            .help("add `connectionId`, the id of the link");
    }
    integration.response_transfer_mode = node
        .get("responseTransferMode")
        .and_then(|mode| reader.name_of(&mode));
    let (least, most) = match integration.response_transfer_mode {
        Some(ResponseTransferMode::Stream) => STREAM_TIMEOUT_MILLIS,
        _ => TIMEOUT_MILLIS,
    };
    integration.timeout_in_millis = node
        .get("timeoutInMillis")
        .and_then(|timeout| reader.number(&timeout, least, most));
    if let Some(tls) = node.get("tlsConfig") {
        reader.object(&tls);
        reader.review(&tls, &members::TLS_CONFIG);
        let mut config = TlsConfig::default();
        if let Some(insecure) = tls.get("insecureSkipVerification") {
            config.insecure_skip_verification = reader.flag(&insecure).unwrap_or_default();
        }
        integration.tls_config = Some(config);
    }
}

fn read_request(
    reader: &mut Reader<'_>,
    node: &Node<'_>,
    path: &str,
    verb: HttpMethod,
    integration: &mut Integration,
) {
    integration.request_parameters =
        mappings(reader, node, "requestParameters", path, verb).unwrap_or_default();
    if let Some(templates) = node.get("requestTemplates") {
        // An empty template stands for a body left out, as a missing text does.
        integration.request_templates = self::templates(reader, &templates)
            .into_iter()
            .map(|(media_type, template)| (media_type, template.unwrap_or_default()))
            .collect();
    }
    integration.passthrough_behavior = node
        .get("passthroughBehavior")
        .and_then(|behavior| reader.name_of(&behavior))
        .unwrap_or_default();
    integration.content_handling = node
        .get("contentHandling")
        .and_then(|handling| reader.name_of(&handling));
    if let Some(parameters) = node.get("cacheKeyParameters") {
        integration.cache_key_parameters = reader.texts(&parameters);
    }
}

/// Integration responses by status code. The document has them by selection pattern, so that two
/// patterns may want one status; the last of them gets it.
fn responses(
    reader: &mut Reader<'_>,
    integration: &Node<'_>,
    path: &str,
    verb: HttpMethod,
    model: &str,
) -> IndexMap<String, IntegrationResponse> {
    let mut found = IndexMap::new();
    let Some(list) = integration.get("responses") else {
        return found;
    };
    reader.trace(&format!("{model}/integrationResponses"), &list);
    for (pattern, node) in reader.object(&list) {
        reader.object(&node);
        reader.review(&node, &members::INTEGRATION_RESPONSE);
        let Some(status) = node.get("statusCode") else {
            reader
                .error(&node, "an integration response needs a `statusCode`")
                .help("the status of the method response that it becomes, such as `\"200\"`");
            continue;
        };
        let Some(status) = reader.text(&status) else {
            continue;
        };
        let mut response = IntegrationResponse::default();
        response.status_code.clone_from(&status);
        response.selection_pattern = (pattern != "default").then(|| pattern.to_owned());
        response.response_parameters = mappings(reader, &node, "responseParameters", path, verb);
        response.response_templates = node
            .get("responseTemplates")
            .map(|node| templates(reader, &node));
        response.content_handling = node
            .get("contentHandling")
            .and_then(|handling| reader.name_of(&handling));
        let part = format!("{model}/integrationResponses/{}", escape(&status));
        reader.trace(&part, &node);
        if let Some(earlier) = found.insert(status.clone(), response) {
            let earlier = earlier.selection_pattern;
            let earlier = earlier.as_deref().unwrap_or("default");
            let message = format!(
                "the response `{pattern}` replaces `{earlier}`: both have the status {status}, \
                 and a method has one integration response a status"
            );
            reader
                .warn(&node, message)
                .help("join them: a selection pattern can have alternatives, `a|b`");
        }
    }
    found
}

/// Sources by target. One that is no text is dropped, as AWS does.
fn mappings(
    reader: &mut Reader<'_>,
    holder: &Node<'_>,
    member: &str,
    path: &str,
    verb: HttpMethod,
) -> Option<IndexMap<String, String>> {
    let node = holder.get(member)?;
    reader.object(&node);
    let mut found = IndexMap::new();
    for (target, source) in node.members() {
        if let Some(text) = source.value.as_str() {
            found.insert(target.to_owned(), without_dollar(text).to_owned());
        } else {
            let message = format!(
                "Invalid format for '{member}'. Expected type string for property '{target}' of \
                 resource '{path}' and method '{verb}' but got '{}'",
                source.value
            );
            reader
                .warn(&source, message)
                .in_aws_words()
                .help("a fixed value is written in quotes within the text: `\"'true'\"`");
        }
    }
    Some(found)
}

/// The page about the extension spells two sources with a dollar that the API spells without.
fn without_dollar(source: &str) -> &str {
    match source.strip_prefix('$') {
        Some(rest) if rest.starts_with("context.") || rest.starts_with("stageVariables.") => rest,
        _ => source,
    }
}

/// Templates by media type; AWS gives an empty one back as `null`.
fn templates(reader: &mut Reader<'_>, node: &Node<'_>) -> IndexMap<String, Option<String>> {
    reader.object(node);
    let mut found = IndexMap::new();
    for (media_type, template) in node.members() {
        let text = match template.value {
            Value::Null => None,
            _ => reader.text(&template).filter(|text| !text.is_empty()),
        };
        found.insert(media_type.to_owned(), text);
    }
    found
}
