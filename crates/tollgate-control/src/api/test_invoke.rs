//! Trying methods that need not be deployed.

use serde_json::json;
use tollgate_gateway::{
    ClientCertificate, CompileOptions, TestInvoke, TestInvokeError, TestRequest,
};
use tollgate_node::Node;
use tollgate_router::Verb;

use super::{method, stage};
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, Payload, Question, ask};
use crate::outcome::Reply;
use crate::shape::{Member, Shape, TEXT_MAP, TEXTS, optional};
use crate::texts::{NO_METHOD, NO_RESOURCE};

pub(super) const OPERATIONS: &[Operation] = &[ask(
    "TestInvokeMethod",
    Verb::Post,
    "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}",
    Payload::Members(MEMBERS),
    Question::TestInvokeMethod,
)];

const MEMBERS: &[Member] = &[
    optional("pathWithQueryString", Shape::Text),
    optional("body", Shape::Text),
    optional("headers", TEXT_MAP),
    optional("multiValueHeaders", Shape::Map(&TEXTS)),
    optional("clientCertificateId", Shape::Text),
    optional("stageVariables", TEXT_MAP),
];

/// Tries a method of the draft. Whatever fails on the way is told in the log.
///
/// # Errors
///
/// Where there is no such method, or what is sent is no request.
pub(crate) async fn invoke(call: &Call<'_>, node: &Node) -> Result<Reply> {
    let resource = call.resource()?;
    let verb = method::verb(call.label("http_method"));
    let verb = verb.ok_or_else(|| ControlError::not_found(NO_METHOD))?;
    let draft = call.state.draft(&call.api_id());
    let draft = draft.ok_or_else(|| ControlError::not_found(NO_RESOURCE))?;
    let request = request(call)?;
    let mut options = node.options().compile;
    if let Some(id) = &request.client_certificate_id {
        add_certificate(call, id, &mut options)?;
    }
    let tests = TestInvoke::new(&draft, &options);
    let response = tests.invoke(&resource.id, verb, &request).await;
    let response = response.map_err(|error| refused(&error))?;
    let latency = u64::try_from(response.latency.as_millis());
    Ok(Reply::Json(json!({
        "status": response.status,
        "body": response.body,
        "headers": response.headers,
        "multiValueHeaders": response.multi_value_headers,
        "log": response.log,
        "latency": latency.unwrap_or(u64::MAX),
    })))
}

fn request(call: &Call<'_>) -> Result<TestRequest> {
    let input = call.input();
    let mut request = TestRequest::default();
    request.path_with_query_string = input.some_text("pathWithQueryString");
    request.body = input.some_text("body");
    request.headers = input.map("headers");
    request.multi_value_headers = input.read_member("multiValueHeaders")?.unwrap_or_default();
    request.client_certificate_id = input.some_text("clientCertificateId");
    request.stage_variables = input.map("stageVariables").into_iter().collect();
    Ok(request)
}

/// Lets endpoints be shown a certificate of the store, unless the configuration has it.
fn add_certificate(call: &Call<'_>, id: &str, options: &mut CompileOptions) -> Result<()> {
    if options.client_certificates.contains_key(id) {
        return Ok(());
    }
    let stored = stage::client_certificate(call, id)?;
    let (chain, key) = (&stored.pem_encoded_certificate, &stored.private_key);
    let read = ClientCertificate::from_pem(chain.as_bytes(), key.as_bytes());
    let read = read
        .map_err(|error| ControlError::bad_request(format!("client certificate {id}: {error}")))?;
    options.client_certificates.insert(id.to_owned(), read);
    Ok(())
}

fn refused(error: &TestInvokeError) -> ControlError {
    match error {
        TestInvokeError::UnknownResource(_) => ControlError::not_found(NO_RESOURCE),
        TestInvokeError::UnknownMethod { .. } => ControlError::not_found(NO_METHOD),
        error => ControlError::bad_request(error.to_string()),
    }
}
