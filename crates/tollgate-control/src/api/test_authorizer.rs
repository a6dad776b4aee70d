//! Trying authorizers that need not be deployed, and forgetting what deployed ones answered.

use http::request::Parts;
use http::{HeaderName, HeaderValue, Request};
use serde_json::{Map, Value, json};
use tollgate_core::{Contexts, StageName};
use tollgate_gateway::{AuthorizerTest, TEST_AUTHORIZER_STAGE, test_authorizer};
use tollgate_model::Stage;
use tollgate_node::Node;
use tollgate_router::Verb;

use super::authorizer;
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, Payload, Question, ask};
use crate::outcome::Reply;
use crate::shape::{Member, Shape, TEXT_MAP, TEXTS, optional};
use crate::texts::NO_AUTHORIZER;

pub(super) const OPERATIONS: &[Operation] = &[
    ask(
        "TestInvokeAuthorizer",
        Verb::Post,
        "/restapis/{restapi_id}/authorizers/{authorizer_id}",
        Payload::Members(MEMBERS),
        Question::TestInvokeAuthorizer,
    ),
    ask(
        "FlushStageAuthorizersCache",
        Verb::Delete,
        "/restapis/{restapi_id}/stages/{stage_name}/cache/authorizers",
        Payload::None,
        Question::FlushAuthorizers,
    )
    .answering(202),
];

const MEMBERS: &[Member] = &[
    optional("headers", TEXT_MAP),
    optional("multiValueHeaders", Shape::Map(&TEXTS)),
    optional("pathWithQueryString", Shape::Text),
    optional("body", Shape::Text),
    optional("stageVariables", TEXT_MAP),
    optional("additionalContext", TEXT_MAP),
];

/// Asks an authorizer of the draft. What it makes of it is told, whatever that is.
///
/// # Errors
///
/// Where there is no such authorizer, or what is sent is no request.
pub(crate) async fn invoke(call: &Call<'_>, node: &Node) -> Result<Reply> {
    let id = &authorizer::find(call)?.id;
    let draft = call.state.draft(&call.api_id());
    let draft = draft.ok_or_else(|| call.no_api())?;
    let input = call.input();
    if !input.map("additionalContext").is_empty() {
        return Err(ControlError::bad_request(
            "additionalContext: expected none, a test sees the context of its own request",
        ));
    }
    let name: StageName = TEST_AUTHORIZER_STAGE
        .parse()
        .map_err(|error| ControlError::bad_request(format!("{error}")))?;
    let mut stage = Stage::new(name);
    stage.variables = input.map("stageVariables");
    let options = node.options().compile;
    let request = request(call)?;
    let test = test_authorizer(&draft, &stage, &options, id, request, &Contexts::default()).await;
    let test = test.ok_or_else(|| ControlError::not_found(NO_AUTHORIZER))?;
    Ok(Reply::Json(show(test)))
}

/// The head of the request that the authorizer is asked about.
fn request(call: &Call<'_>) -> Result<Parts> {
    let input = call.input();
    let target = input.some_text("pathWithQueryString");
    let target = target.unwrap_or_else(|| "/".to_owned());
    let invalid = |what: String| ControlError::bad_request(what);
    if !target.starts_with('/') {
        return Err(invalid(format!(
            "pathWithQueryString {target:?}: expected a path that begins with a slash"
        )));
    }
    let request = Request::get(&target).body(());
    let request = request.map_err(|error| invalid(format!("pathWithQueryString: {error}")))?;
    let (mut parts, ()) = request.into_parts();
    let single = input.map("headers").into_iter();
    let several: indexmap::IndexMap<String, Vec<String>> =
        input.read_member("multiValueHeaders")?.unwrap_or_default();
    let several = several.into_iter().flat_map(|(name, values)| {
        let values = values.into_iter();
        values.map(move |value| (name.clone(), value))
    });
    for (name, value) in single.chain(several) {
        let header = HeaderName::try_from(&name);
        let header = header.map_err(|error| invalid(format!("header {name:?}: {error}")))?;
        let value = HeaderValue::try_from(value);
        let value = value.map_err(|error| invalid(format!("header {name}: {error}")))?;
        parts.headers.append(header, value);
    }
    Ok(parts)
}

fn show(test: AuthorizerTest) -> Value {
    let latency = u64::try_from(test.latency.as_millis()).unwrap_or(u64::MAX);
    let mut members = Map::new();
    let mut add = |name: &str, value: Value| members.insert(name.to_owned(), value);
    add("clientStatus", test.client_status.into());
    add("log", test.log.into());
    add("latency", latency.into());
    if let Some(principal) = test.principal_id {
        add("principalId", principal.into());
    }
    if let Some(policy) = test.policy {
        add("policy", policy.into());
    }
    if !test.claims.is_empty() {
        let claims = test.claims.into_iter();
        let claims = claims.map(|(name, value)| (name, Value::from(value)));
        add("claims", Value::Object(claims.collect()));
    }
    json!(members)
}

/// Forgets what the Lambda authorizers of a stage answered.
///
/// # Errors
///
/// Where there is no such stage.
pub(crate) fn flush(call: &Call<'_>, node: &Node) -> Result<Reply> {
    let stage = super::stage::find(call)?;
    node.flush_authorizers(&call.api_id(), &stage.stage_name);
    Ok(Reply::Empty)
}
