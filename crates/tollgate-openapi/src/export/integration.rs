//! `x-amazon-apigateway-integration`: what a method calls.

use serde_json::{Value, json};
use tollgate_model::{
    ConnectionType, HttpMethod, Integration, IntegrationResponse, IntegrationType,
};

use super::paths::Subject;
use super::{Exporter, Members, put, put_if};
use crate::integration::DEFAULT_TIMEOUT_MILLIS;

pub(super) const EXTENSION: &str = "x-amazon-apigateway-integration";

/// The name of the response without a pattern.
const DEFAULT: &str = "default";

/// An integration as the service writes it, without what is so by default. Says what is lost.
pub(super) fn written<'a>(
    exporter: &mut Exporter<'a>,
    integration: &'a Integration,
    subject: &Subject<'_, 'a>,
) -> Value {
    let pointer = format!("{}/methodIntegration", subject.pointer);
    if integration.kind != IntegrationType::Mock {
        let verb = integration.http_method.as_deref().unwrap_or_default();
        if integration.uri.is_none() || verb.parse::<HttpMethod>().is_err() {
            let message = "without a `uri` and a verb that REST APIs have, it cannot be imported";
            exporter.warn(&pointer, message);
        }
    }
    let mut names = Members::new();
    for response in integration.integration_responses.values() {
        let name = name_of(response);
        let is_named_default = response.selection_pattern.as_deref() == Some(DEFAULT);
        let earlier = names.insert(name.to_owned(), response.status_code.as_str().into());
        if let Some(earlier) = earlier {
            let message = format!(
                "the responses {earlier} and \"{}\" have one selection pattern, for which a \
                 document has one response: the first is left out",
                response.status_code
            );
            exporter.warn(&pointer, message);
        } else if is_named_default {
            let message = "the selection pattern `default` is read as that of the default response";
            exporter.warn(&pointer, message);
        }
    }
    let own_namespace = subject.resource.id.as_str();
    let mut integration = self::integration(integration);
    if integration.get("cacheNamespace") == Some(&json!(own_namespace)) {
        integration.remove("cacheNamespace");
    }
    integration.into()
}

/// An integration, without what is so by default.
pub(crate) fn integration(integration: &Integration) -> Members {
    let mut written = Members::new();
    let kind = integration.kind.as_str().to_ascii_lowercase();
    put(&mut written, "type", kind);
    let connection = integration
        .connection_type
        .filter(|kind| *kind != ConnectionType::Internet);
    let texts = [
        ("httpMethod", integration.http_method.as_deref()),
        ("uri", integration.uri.as_deref()),
        ("credentials", integration.credentials.as_deref()),
        ("connectionType", connection.map(ConnectionType::as_str)),
        ("connectionId", integration.connection_id.as_deref()),
        (
            "integrationTarget",
            integration.integration_target.as_deref(),
        ),
        ("cacheNamespace", integration.cache_namespace.as_deref()),
    ];
    for (member, text) in texts {
        put_if(&mut written, member, text);
    }
    if !integration.cache_key_parameters.is_empty() {
        let parameters = integration.cache_key_parameters.as_slice();
        put(&mut written, "cacheKeyParameters", parameters);
    }
    if !integration.request_parameters.is_empty() {
        let parameters = json!(integration.request_parameters);
        put(&mut written, "requestParameters", parameters);
    }
    if !integration.request_templates.is_empty() {
        let templates = json!(integration.request_templates);
        put(&mut written, "requestTemplates", templates);
    }
    let behavior = integration.passthrough_behavior.as_str();
    put(
        &mut written,
        "passthroughBehavior",
        behavior.to_ascii_lowercase(),
    );
    let handling = integration.content_handling.map(|one| one.as_str());
    put_if(&mut written, "contentHandling", handling);
    let timeout = integration
        .timeout_in_millis
        .filter(|millis| *millis != DEFAULT_TIMEOUT_MILLIS);
    put_if(&mut written, "timeoutInMillis", timeout);
    let mode = integration.response_transfer_mode.map(|one| one.as_str());
    put_if(&mut written, "responseTransferMode", mode);
    put_if(
        &mut written,
        "tlsConfig",
        integration.tls_config.as_ref().map(|tls| json!(tls)),
    );
    let responses = integration.integration_responses.values();
    let responses: Members = responses
        .map(|response| {
            let name = name_of(response).to_owned();
            (name, integration_response(response).into())
        })
        .collect();
    if !responses.is_empty() {
        put(&mut written, "responses", responses);
    }
    written
}

fn name_of(response: &IntegrationResponse) -> &str {
    response.selection_pattern.as_deref().unwrap_or(DEFAULT)
}

fn integration_response(response: &IntegrationResponse) -> Members {
    let mut written = Members::new();
    put(&mut written, "statusCode", response.status_code.as_str());
    put_if(
        &mut written,
        "responseParameters",
        response.response_parameters.as_ref().map(|all| json!(all)),
    );
    let templates = response.response_templates.as_ref().map(|all| {
        let all = all.iter();
        all.map(|(media_type, template)| {
            let template = template.as_deref().unwrap_or_default();
            (media_type.clone(), template.into())
        })
        .collect::<Members>()
    });
    put_if(&mut written, "responseTemplates", templates);
    let handling = response.content_handling.map(|one| one.as_str());
    put_if(&mut written, "contentHandling", handling);
    written
}
