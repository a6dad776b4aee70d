//! Integrations with Lambda functions. Rows are recorded on the service unless they say otherwise; the
//! sections are those of the data plane's reference.

mod custom;
mod events;
mod proxy;
mod refusals;

use std::convert::Infallible;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use serde_json::{Value, json};
use tollgate_gateway::{CompileOptions, Gateway};
use tollgate_integration::lambda::LambdaEvent;
use tollgate_model::Stage;

use crate::support::{self, gateway_with};

/// The URI of an integration with this function.
fn uri(function: &str) -> String {
    format!(
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\
         arn:aws:lambda:us-east-1:123456789012:function:{function}/invocations"
    )
}

/// An AWS_PROXY method, with members of the integration besides the usual ones.
fn proxy(function: &str, members: Value) -> Value {
    method("AWS_PROXY", function, members)
}

/// A method of one of the two types.
fn method(kind: &str, function: &str, members: Value) -> Value {
    let mut integration = json!({ "type": kind, "httpMethod": "POST", "uri": uri(function) });
    let Value::Object(members) = members else {
        panic!("members are an object")
    };
    let own = integration.as_object_mut().expect("it is an object");
    own.extend(members);
    json!({
        "ANY": {
            "httpMethod": "ANY",
            "methodResponses": {
                "200": { "statusCode": "200" },
                "404": { "statusCode": "404" },
                "405": { "statusCode": "405" },
                "502": { "statusCode": "502" },
                "504": { "statusCode": "504" }
            },
            "methodIntegration": integration
        }
    })
}

/// The functions of the tests.
fn options() -> CompileOptions {
    let mut options = CompileOptions::default();
    let functions = &mut options.functions;
    // Answers a client with the whole event that it got.
    functions.register_fn("tell", async |event: LambdaEvent<Value>| {
        Ok::<_, Infallible>(json!({ "body": event.payload.to_string() }))
    });
    // Answers with its event, or what a client has sent as such.
    functions.register_fn("echo", async |event: LambdaEvent<Value>| {
        Ok::<_, Infallible>(event.payload)
    });
    functions.register_fn("answer", async |event: LambdaEvent<Value>| {
        let body = event.payload["body"].as_str().unwrap_or_default();
        serde_json::from_str::<Value>(body)
    });
    functions.register_fn("fail", async |event: LambdaEvent<Value>| {
        let said = event.payload["say"].as_str();
        Err::<(), _>(said.unwrap_or("it failed").to_owned())
    });
    functions.register_fn("aliased:live", async |_: LambdaEvent<Value>| {
        Ok::<_, Infallible>(json!({ "body": "alive" }))
    });
    options
}

fn gateway(resources: &[(&str, Value)], members: Value) -> Gateway {
    gateway_of(resources, members, &options())
}

fn gateway_of(resources: &[(&str, Value)], members: Value, options: &CompileOptions) -> Gateway {
    let document = support::document(resources, members);
    let mut stage = Stage::new("prod".parse().expect("it is a stage name"));
    for (name, value) in [("fn", "tell"), ("alias", "live")] {
        stage.variables.insert(name.to_owned(), value.to_owned());
    }
    gateway_with(&document, &stage, options)
}

fn post(path: &str, body: &str) -> Request<Full<Bytes>> {
    let body = Full::from(body.to_owned());
    Request::post(path).body(body).expect("it is a request")
}
