//! Integrations.

use serde_json::{Value, json};
use tollgate_core::ResourceId;
use tollgate_model::{ConnectionType, Integration, IntegrationType, Method, TlsConfig};

use super::parameters::{check_content_types, check_request_parameters};
use super::{credentials, method};
use crate::arn::Arn;
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::input::Input;
use crate::operation::{Operation, delete, get, patch, put};
use crate::outcome::Outcome;
use crate::patch::{ALL, Edit, Op, REPLACE, Row, Style, Table, Target, row};
use crate::shape::{Member, Shape, TEXT_MAP, TEXTS, optional, required};
use crate::texts::{NO_CONTENT_TYPE, NO_INTEGRATION, NO_PARAMETER};
use crate::view::{fill, wire};

const ONE: &str =
    "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration";

pub(super) const OPERATIONS: &[Operation] = &[
    put("PutIntegration", ONE, MEMBERS, create),
    get("GetIntegration", ONE, read),
    patch("UpdateIntegration", ONE, update),
    delete("DeleteIntegration", ONE, remove).answering(204),
];

pub(super) const CONTENT_HANDLING: Shape = Shape::OneOf(&["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"]);

const MEMBERS: &[Member] = &[
    required(
        "type",
        Shape::OneOf(&["HTTP", "MOCK", "AWS_PROXY", "HTTP_PROXY", "AWS"]),
    ),
    optional("httpMethod", Shape::Text),
    optional("uri", Shape::Text),
    optional("connectionType", Shape::OneOf(&["INTERNET", "VPC_LINK"])),
    optional("connectionId", Shape::Text),
    optional("credentials", Shape::Text),
    optional("requestParameters", TEXT_MAP),
    optional("requestTemplates", TEXT_MAP),
    optional("passthroughBehavior", Shape::Text),
    optional("cacheNamespace", Shape::Text),
    optional("cacheKeyParameters", TEXTS),
    optional("contentHandling", CONTENT_HANDLING),
    optional("timeoutInMillis", Shape::Integer),
    optional(
        "tlsConfig",
        Shape::Object(&[optional("insecureSkipVerification", Shape::Flag)]),
    ),
    optional(
        "responseTransferMode",
        Shape::OneOf(&["BUFFERED", "STREAM"]),
    ),
    optional("integrationTarget", Shape::Text),
];

/// How long an integration may take where nothing is said, in milliseconds.
const DEFAULT_TIMEOUT: u32 = 29_000;
const MIN_TIMEOUT: u32 = 50;
/// Past 29 seconds, the service wants a raised quota of a regional API; here it is as it is.
const MAX_TIMEOUT: u32 = 300_000;

const TABLE: Table<Integration> = Table {
    style: Style::Loose,
    rows: ROWS,
};

const ROWS: &[Row<Integration>] = &[
    row(
        "/cacheNamespace",
        REPLACE,
        Edit::Text(|one| &mut one.cache_namespace),
    ),
    row(
        "/connectionId",
        REPLACE,
        Edit::Text(|one| &mut one.connection_id),
    ),
    row("/connectionType", REPLACE, Edit::With(set_connection_type)),
    row(
        "/contentHandling",
        REPLACE,
        Edit::With(set_content_handling),
    ),
    row(
        "/credentials",
        REPLACE,
        Edit::Text(|one| &mut one.credentials),
    ),
    row(
        "/passthroughBehavior",
        REPLACE,
        Edit::With(set_passthrough_behavior),
    ),
    row("/timeoutInMillis", REPLACE, Edit::With(set_timeout)),
    row(
        "/tlsConfig/insecureSkipVerification",
        REPLACE,
        Edit::With(set_verification),
    ),
    row(
        "/responseTransferMode",
        REPLACE,
        Edit::With(set_transfer_mode),
    ),
    row(
        "/integrationTarget",
        REPLACE,
        Edit::Text(|one| &mut one.integration_target),
    ),
    row("/httpMethod", REPLACE, Edit::With(set_http_method)),
    row("/uri", REPLACE, Edit::With(set_uri)),
    row(
        "/cacheKeyParameters/{name}",
        ALL,
        Edit::With(edit_cache_key),
    ),
    row(
        "/requestParameters/{name}",
        ALL,
        Edit::Map(|one| &mut one.request_parameters, NO_PARAMETER),
    ),
    row(
        "/requestTemplates/{type}",
        ALL,
        Edit::Map(|one| &mut one.request_templates, NO_CONTENT_TYPE),
    ),
];

fn create(call: &Call<'_>) -> Result<Outcome> {
    method::edit(call, |resource, method| {
        let integration = made(call.input(), resource)?;
        check(call, &integration)?;
        let reply = show(&integration, resource);
        method.method_integration = Some(integration);
        Ok(reply)
    })
}

fn made(input: &Input, resource: &ResourceId) -> Result<Integration> {
    let mut input = input.clone();
    let behavior = input.text("passthroughBehavior").map(str::to_owned);
    if let Some(behavior) = behavior {
        let text = passthrough_behavior(&behavior)?;
        input = input.with("passthroughBehavior", text);
    }
    let mut one: Integration = input.read()?;
    if one.kind == IntegrationType::Mock {
        // It calls nothing (recorded).
        (one.uri, one.http_method) = (None, None);
    }
    let empty = |text: &mut Option<String>| {
        text.take_if(|text| text.is_empty());
    };
    [
        &mut one.http_method,
        &mut one.uri,
        &mut one.connection_id,
        &mut one.credentials,
        &mut one.integration_target,
        &mut one.cache_namespace,
    ]
    .into_iter()
    .for_each(empty);
    one.cache_namespace
        .get_or_insert_with(|| resource.to_string());
    Ok(one)
}

/// What must be so of any integration, in the service's words where they are recorded.
fn check(call: &Call<'_>, one: &Integration) -> Result<()> {
    let bad = |message: &'static str| Err(ControlError::bad_request(message));
    let needs_method = matches!(
        one.kind,
        IntegrationType::Http | IntegrationType::HttpProxy | IntegrationType::Aws
    );
    if needs_method && one.http_method.is_none() {
        return bad("Enumeration value for HttpMethod must be non-empty");
    }
    let uri = one.uri.as_deref().unwrap_or_default();
    match one.kind {
        IntegrationType::Mock => {}
        IntegrationType::Http | IntegrationType::HttpProxy => {
            if !(uri.starts_with("http://") || uri.starts_with("https://")) {
                return bad("Invalid HTTP endpoint specified for URI");
            }
        }
        IntegrationType::Aws | IntegrationType::AwsProxy => check_arn(one.kind, uri)?,
    }
    if one.connection_type == Some(ConnectionType::VpcLink) && one.connection_id.is_none() {
        return bad("connectionId: expected the id of a VPC link with connectionType VPC_LINK");
    }
    let timeout = one.timeout_in_millis.unwrap_or(DEFAULT_TIMEOUT);
    if !(MIN_TIMEOUT..=MAX_TIMEOUT).contains(&timeout) {
        return bad("Timeout should be between 50 ms and 300000 ms");
    }
    credentials::check(call, one.credentials.as_deref())?;
    check_request_parameters(&one.request_parameters)?;
    check_content_types(one.request_templates.keys())
}

fn check_arn(kind: IntegrationType, uri: &str) -> Result<()> {
    let bad = |message: &'static str| Err(ControlError::bad_request(message));
    let Some(Arn {
        service: "apigateway",
        account: service,
        resource: what,
        ..
    }) = Arn::of(uri)
    else {
        return bad("Invalid ARN specified in the request");
    };
    if !(what.starts_with("path/") || what.starts_with("action/")) {
        return bad("AWS ARN for integration must contain path or action");
    }
    let is_proxied = match service {
        "lambda" => what.starts_with("path/") && what.ends_with("/invocations"),
        "firehose" => true,
        _ => false,
    };
    if kind == IntegrationType::AwsProxy && !is_proxied {
        return bad(
            "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose \
             stream invocations.",
        );
    }
    Ok(())
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    let (resource, method) = method::find(call)?;
    Ok(Outcome::reply(show(find(method)?, &resource.id)))
}

fn update(call: &Call<'_>) -> Result<Outcome> {
    edit(call, |resource, integration| {
        TABLE.apply(call, integration)?;
        check(call, integration)?;
        Ok(show(integration, resource))
    })
}

fn remove(call: &Call<'_>) -> Result<Outcome> {
    let outcome = method::edit(call, |_, method| {
        find(method)?;
        method.method_integration = None;
        Ok(Value::Null)
    })?;
    Ok(outcome.unanswered())
}

/// The integration of a method.
///
/// # Errors
///
/// 404.
pub(super) fn find(method: &Method) -> Result<&Integration> {
    let integration = method.method_integration.as_ref();
    integration.ok_or_else(|| ControlError::not_found(NO_INTEGRATION))
}

/// Writes the integration that the path names as `change` leaves it, and answers what that says.
///
/// # Errors
///
/// 404, and those of `change`.
pub(super) fn edit(
    call: &Call<'_>,
    change: impl FnOnce(&ResourceId, &mut Integration) -> Result<Value>,
) -> Result<Outcome> {
    method::edit(call, |resource, method| {
        let integration = method.method_integration.as_mut();
        let integration = integration.ok_or_else(|| ControlError::not_found(NO_INTEGRATION))?;
        change(resource, integration)
    })
}

/// An integration of a method of this resource, as answers show it.
pub(super) fn show(one: &Integration, resource: &ResourceId) -> Value {
    let mut members = wire(one);
    fill(&mut members, "timeoutInMillis", DEFAULT_TIMEOUT);
    fill(&mut members, "cacheNamespace", resource.as_str());
    fill(&mut members, "cacheKeyParameters", json!([]));
    if matches!(one.kind, IntegrationType::Http | IntegrationType::HttpProxy) {
        fill(&mut members, "connectionType", "INTERNET");
    }
    Value::Object(members)
}

fn passthrough_behavior(text: &str) -> Result<&'static str> {
    let all = tollgate_model::PassthroughBehavior::ALL.iter();
    let mut names = all.map(|known| known.as_str());
    let found = names.find(|name| name.eq_ignore_ascii_case(text));
    found.ok_or_else(|| {
        ControlError::bad_request(
            "Invalid passthrough behavior specified. Valid options are WHEN_NO_MATCH, \
             WHEN_NO_TEMPLATES, NEVER",
        )
    })
}

fn set_connection_type(one: &mut Integration, target: &Target<'_>) -> Result<()> {
    one.connection_type = target.parsed()?;
    Ok(())
}

fn set_content_handling(one: &mut Integration, target: &Target<'_>) -> Result<()> {
    one.content_handling = target.parsed()?;
    Ok(())
}

fn set_passthrough_behavior(one: &mut Integration, target: &Target<'_>) -> Result<()> {
    passthrough_behavior(target.value())?;
    one.passthrough_behavior = target.parsed()?.unwrap_or_default();
    Ok(())
}

fn set_transfer_mode(one: &mut Integration, target: &Target<'_>) -> Result<()> {
    one.response_transfer_mode = target.parsed()?;
    Ok(())
}

fn set_timeout(one: &mut Integration, target: &Target<'_>) -> Result<()> {
    let timeout = target.value().parse();
    let timeout = timeout.map_err(|_| {
        ControlError::bad_request(format!(
            "timeoutInMillis {:?} is no whole number of milliseconds",
            target.value()
        ))
    })?;
    one.timeout_in_millis = Some(timeout);
    Ok(())
}

fn set_verification(one: &mut Integration, target: &Target<'_>) -> Result<()> {
    let config = one.tls_config.get_or_insert_with(TlsConfig::default);
    config.insecure_skip_verification = target.flag();
    Ok(())
}

fn set_http_method(one: &mut Integration, target: &Target<'_>) -> Result<()> {
    check_calls(one, target)?;
    one.http_method = target.some_value();
    Ok(())
}

fn set_uri(one: &mut Integration, target: &Target<'_>) -> Result<()> {
    check_calls(one, target)?;
    one.uri = target.some_value();
    Ok(())
}

/// A MOCK integration calls nothing.
fn check_calls(one: &Integration, target: &Target<'_>) -> Result<()> {
    if one.kind == IntegrationType::Mock {
        let message = format!("Invalid patch path {}", target.path());
        return Err(ControlError::bad_request(message));
    }
    Ok(())
}

/// The parameter is in the path; `replace` puts its value in its place.
fn edit_cache_key(one: &mut Integration, target: &Target<'_>) -> Result<()> {
    let (parameters, name) = (&mut one.cache_key_parameters, target.name());
    let place = parameters.iter().position(|known| known == name);
    match (target.op(), place) {
        (Op::Add, None) => parameters.push(name.to_owned()),
        (Op::Add, Some(_)) => {}
        (_, None) => return Err(ControlError::not_found(NO_PARAMETER)),
        (Op::Replace, Some(place)) => parameters[place] = target.value().to_owned(),
        (_, Some(place)) => drop(parameters.remove(place)),
    }
    Ok(())
}
