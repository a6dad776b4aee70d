//! An API whose methods call functions.

use serde_json::{Value, json};

fn uri(function: &str) -> String {
    format!(
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\
         arn:aws:lambda:us-east-1:123456789012:function:{function}/invocations"
    )
}

/// A method behind which a function gets the whole request.
fn proxied(function: &str, timeout_millis: u32) -> Value {
    json!({ "x-amazon-apigateway-any-method": {
        "parameters": [{ "name": "what", "in": "path", "required": true, "type": "string" }],
        "responses": {},
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy", "httpMethod": "POST", "uri": uri(function),
            "timeoutInMillis": timeout_millis,
        }
    } })
}

/// A method behind which a function gets an event that a template makes.
fn mapped(function: &str, event: &str, responses: &Value) -> Value {
    let statuses = ["200", "400", "408", "418"];
    let declared: serde_json::Map<String, Value> = statuses
        .map(|status| (status.to_owned(), json!({ "description": status })))
        .into_iter()
        .collect();
    json!({ "post": {
        "responses": declared,
        "x-amazon-apigateway-integration": {
            "type": "aws", "httpMethod": "POST", "uri": uri(function),
            "contentHandling": "CONVERT_TO_TEXT",
            "requestTemplates": { "application/json": event, "image/png": event },
            "responses": responses,
        }
    } })
}

/// A response with a template.
fn response(status: &str, template: &str) -> Value {
    json!({ "statusCode": status, "responseTemplates": { "application/json": template } })
}

pub(super) fn document() -> Value {
    let whole = "$input.body";
    let failed = r#"{"failed": $input.json('$.errorMessage')}"#;
    let responses = json!({
        "default": response("200", r#"{"got": $input.json('$')}"#),
        ".*no luck.*": response("400", failed),
        ".*timed out.*": response("408", failed),
        ".*exit status 7": response("418", "#if(false)#end"),
    });
    let bytes = json!({ "default": response("200", "$input.json('$')") });
    let message = json!({ "default": response("200", "$input.json('$.errorMessage')") });
    json!({
        "swagger": "2.0",
        "info": { "title": "functions", "version": "1" },
        "x-amazon-apigateway-binary-media-types": ["image/png"],
        "paths": {
            "/proxy/{what}": proxied("proxy", 29_000),
            "/hasty/{what}": proxied("hasty:proxy", 29_000),
            "/impatient/{what}": proxied("hasty:proxy", 200),
            "/custom": mapped("custom:live", whole, &responses),
            "/hasty": mapped("hasty", whole, &responses),
            "/bytes": mapped("custom", r#"{"do": "echo", "with": "$input.body"}"#, &bytes),
            "/unmapped": mapped("custom", whole, &message),
        }
    })
}
