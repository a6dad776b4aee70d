//! A function behind a proxy integration, and what its calls cost at the least.

use std::sync::Arc;

use async_trait::async_trait;
use aws_lambda_events::apigw::{ApiGatewayProxyRequest, ApiGatewayProxyResponse};
use bytes::Bytes;
use tollgate::gateway::CompileOptions;
use tollgate::integration::lambda::{
    Invocation, InvokeFailure, Invoked, LambdaFunction, LambdaFunctions,
};
use tollgate::model::Stage;
use tollgate::openapi::ImportOptions;
use tollgate::{DEFAULT_STAGE, Document, Gateway};

/// One AWS_PROXY method.
const DOCUMENT: &str = r#"{
    "openapi": "3.0.1",
    "info": { "title": "Pets", "version": "1" },
    "paths": { "/pets/{id}": { "get": {
        "parameters": [
            { "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }
        ],
        "responses": { "200": { "description": "A pet" } },
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:pets/invocations"
        }
    } } }
}"#;

/// What the function answers, whatever the event.
const ANSWER: &[u8] = br#"{"statusCode":200,"headers":{"content-type":"application/json","cache-control":"no-store"},"body":"{\"id\":\"7\",\"name\":\"Pet number 7\",\"page\":\"2\"}","isBase64Encoded":false}"#;

/// A function that costs nothing itself.
#[derive(Debug)]
struct Constant;

#[async_trait]
impl LambdaFunction for Constant {
    async fn invoke(&self, _: Invocation) -> Result<Invoked, InvokeFailure> {
        Ok(Invoked::new(Bytes::from_static(ANSWER)))
    }
}

pub(crate) fn gateway() -> Gateway {
    let mut options = CompileOptions::default();
    options.functions = LambdaFunctions::new();
    options.functions.insert("pets", Arc::new(Constant));
    let document = Document::import(DOCUMENT, &ImportOptions::default());
    let stage = DEFAULT_STAGE.parse().expect("it is a stage's name");
    let plan = document
        .and_then(|document| document.compile(&Stage::new(stage), &options))
        .expect("the document is sound");
    assert!(!plan.diagnostics().has_errors(), "{}", plan.diagnostics());
    Gateway::new(plan)
}

/// The event of [`request`](super::pets::request), as types that serde writes.
pub(crate) fn event() -> ApiGatewayProxyRequest {
    let context = tollgate::core::Contexts::default();
    let (parts, _) = super::pets::request().into_parts();
    let context = context.make(parts);
    let event = tollgate::integration::lambda::ProxyEvent::new(&context);
    let payload = event.to_payload().expect("it is small");
    serde_json::from_slice(&payload).expect("it is an event")
}

/// The least by way of serde: an event that is there already is written, and an answer read.
pub(crate) fn floor(event: &ApiGatewayProxyRequest) -> (Vec<u8>, ApiGatewayProxyResponse) {
    let event = serde_json::to_vec(event).expect("it is JSON");
    let answer = serde_json::from_slice(ANSWER).expect("it is an answer");
    (event, answer)
}
