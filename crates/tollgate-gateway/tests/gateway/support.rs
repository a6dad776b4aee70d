//! Documents and calls for the tests.

use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use serde_json::{Value, json};
use tollgate_core::{Body, ManualClock, RandomIds, SeededRandom};
use tollgate_gateway::{CompileOptions, Gateway, Plan};
use tollgate_model::{ApiDocument, Stage};
use tower::ServiceExt as _;

/// A document with these resources, each `(path, methods)`.
pub(crate) fn document(resources: &[(&str, Value)], members: Value) -> ApiDocument {
    let resources: Vec<Value> = resources
        .iter()
        .enumerate()
        .map(|(index, (path, methods))| {
            json!({ "id": format!("res{index:03}"), "path": path, "resourceMethods": methods })
        })
        .collect();
    let mut document = json!({ "name": "test", "resources": resources });
    let Value::Object(members) = members else {
        panic!("members are an object")
    };
    document
        .as_object_mut()
        .expect("it is an object")
        .extend(members);
    serde_json::from_value(document).expect("the test's document is one")
}

/// A MOCK method: a request template, and the response template of its only response, 200.
pub(crate) fn mock(verb: &str, request: &str, response: &str) -> Value {
    json!({
        verb: {
            "httpMethod": verb,
            "methodResponses": { "200": { "statusCode": "200" } },
            "methodIntegration": {
                "type": "MOCK",
                "requestTemplates": { "application/json": request },
                "integrationResponses": {
                    "200": {
                        "statusCode": "200",
                        "responseTemplates": { "application/json": response }
                    }
                }
            }
        }
    })
}

/// A gateway for a document, with a clock that stands still and ids that repeat.
pub(crate) fn gateway(document: &ApiDocument) -> Gateway {
    let stage = Stage::new("prod".parse().expect("it is a stage name"));
    gateway_for(document, &stage)
}

/// The same for a stage of the test's own.
pub(crate) fn gateway_for(document: &ApiDocument, stage: &Stage) -> Gateway {
    gateway_with(document, stage, &CompileOptions::default())
}

/// The same with options of the test's own.
pub(crate) fn gateway_with(
    document: &ApiDocument,
    stage: &Stage,
    options: &CompileOptions,
) -> Gateway {
    let plan = Plan::compile_with(document, stage, options).expect("the document has a plan");
    Gateway::new(plan)
        .with_clock(Arc::new(ManualClock::at_unix(Duration::from_secs(
            1_700_000_000,
        ))))
        .with_ids(Arc::new(RandomIds::new(Arc::new(SeededRandom::new(1)))))
}

/// What a client sees.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: String,
}

/// Sends a request without a body.
pub(crate) async fn get(gateway: &Gateway, path: &str) -> Answer {
    send(
        gateway,
        Request::get(path)
            .body(Full::default())
            .expect("it is a request"),
    )
    .await
}

/// Sends a request.
pub(crate) async fn send(gateway: &Gateway, request: Request<Full<bytes::Bytes>>) -> Answer {
    let response: Response<Body> = gateway
        .clone()
        .oneshot(request)
        .await
        .expect("a gateway always answers");
    answer(response).await
}

/// Reads a response whole.
pub(crate) async fn answer(response: Response<Body>) -> Answer {
    let (parts, body) = response.into_parts();
    let body = body
        .collect()
        .await
        .expect("the body is at hand")
        .to_bytes();
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).expect("the body is text"),
    }
}
