//! Tests that fail.

use std::convert::Infallible;

use serde_json::{Value, json};
use tollgate_gateway::CompileOptions;
use tollgate_integration::lambda::LambdaEvent;

use super::calls::endpoint;
use super::{OK, document, get, get_with, lines, method, mock, path};

/// The recording of `test_failed_invoke_test_method`.
#[tokio::test]
async fn an_unusable_uri_is_a_configuration_error() {
    let api = document(
        &[(
            "/",
            method(json!({ "type": "HTTP", "uri": "httpbin", "httpMethod": "GET" })),
        )],
        json!({}),
    );
    let response = get(&api, &path("/")).await;
    assert_eq!(response.status, 500);
    assert_eq!(response.body, r#"{"message": "Internal server error"}"#);
    let headers = json!({ "x-amzn-ErrorType": "InternalServerErrorException" });
    assert_eq!(json!(response.headers), headers);
    assert_eq!(
        lines(&response)[2..],
        [
            "HTTP Method: GET, Resource Path: /",
            "Method request path: {}",
            "Method request query string: {}",
            "Method request headers: {}",
            "Method request body before transformations: ",
            "Execution failed due to configuration error: Invalid endpoint address",
            "Method completed with status: 500"
        ]
    );
}

#[tokio::test]
async fn the_log_says_what_failed() {
    let working = endpoint().await;
    let listen = || std::net::TcpListener::bind("127.0.0.1:0").expect("the loopback works");
    let nobody = listen().local_addr().expect("the loopback works");
    let silent = listen();
    let silence = silent.local_addr().expect("the loopback works");
    let http = |uri: String| method(json!({ "type": "HTTP", "httpMethod": "POST", "uri": uri }));
    let mut slow = http(format!("http://{silence}/"));
    slow["GET"]["methodIntegration"]["timeoutInMillis"] = json!(50);
    let mut unmatched = http(format!("http://{working}/"));
    unmatched["GET"]["methodIntegration"]["integrationResponses"] = json!({});
    let mut checked = mock("GET", OK, "");
    checked["GET"]["requestValidatorId"] = json!("all");
    checked["GET"]["requestModels"] = json!({ "application/json": "Pet" });
    let mut required = mock("GET", OK, "");
    required["GET"]["requestValidatorId"] = json!("all");
    required["GET"]["requestParameters"] = json!({ "method.request.querystring.q": true });
    let mut open = mock("GET", OK, "");
    open["GET"]["methodIntegration"] = Value::Null;
    for (methods, status, expected) in [
        (
            http(format!("http://{nobody}/")),
            504,
            "Execution failed due to a network error communicating with endpoint",
        ),
        (slow, 504, "Execution failed due to a timeout error"),
        (
            unmatched,
            500,
            "Execution failed due to configuration error: No match for output mapping and no default \
             output mapping configured",
        ),
        (
            mock("GET", "#if(", ""),
            500,
            "Execution failed due to configuration error: ",
        ),
        (
            open,
            500,
            "Execution failed due to configuration error: The method has no integration",
        ),
        (
            checked,
            400,
            "Request body does not match model schema for content type application/json: [",
        ),
        (required, 400, ""),
    ] {
        let members = json!({
            "requestValidators": [{
                "id": "all",
                "name": "all",
                "validateRequestBody": true,
                "validateRequestParameters": true
            }],
            "models": [{
                "id": "pet",
                "name": "Pet",
                "contentType": "application/json",
                "schema": "{\"type\": \"object\", \"required\": [\"name\"]}"
            }]
        });
        let response = get(&document(&[("/", methods)], members), &path("/")).await;
        assert_eq!(response.status, status, "{}", response.log);
        let lines = lines(&response);
        let [.., failed, completed] = &lines[..] else {
            panic!("{lines:#?}");
        };
        assert!(
            failed.starts_with(expected),
            "{failed}, expected {expected}"
        );
        assert_eq!(
            *completed,
            format!("Method completed with status: {status}")
        );
        assert!(!response.log.contains("Successfully"), "{}", response.log);
    }
}

/// As in a log of a test on the service.
#[tokio::test]
async fn a_malformed_answer_is_shown_before_the_failure() {
    let mut options = CompileOptions::default();
    options
        .functions
        .register_fn("odd", async |_: LambdaEvent<Value>| {
            Ok::<_, Infallible>(json!({ "menuid": 7 }))
        });
    let uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\
               arn:aws:lambda:us-east-1:123456789012:function:odd/invocations";
    let integration = json!({ "type": "AWS_PROXY", "httpMethod": "POST", "uri": uri });
    let api = document(&[("/", method(integration))], json!({}));
    let response = get_with(&api, &options, &path("/")).await;
    let lines = lines(&response);
    let [.., body, failed, completed] = &lines[..] else {
        panic!("{lines:#?}");
    };
    assert_eq!(
        *body,
        "Endpoint response body before transformations: {\"menuid\":7}"
    );
    let expected = "Execution failed due to configuration error: Malformed Lambda proxy response";
    assert!(failed.starts_with(expected), "{failed}");
    assert_eq!(*completed, "Method completed with status: 502");
}

/// What the API says itself keeps its headers.
#[tokio::test]
async fn an_apis_own_gateway_response_is_used() {
    let mut guarded = method(json!({ "type": "HTTP", "uri": "httpbin", "httpMethod": "GET" }));
    guarded["GET"]["authorizationType"] = json!("AWS_IAM");
    let api = document(
        &[("/", guarded)],
        json!({ "gatewayResponses": [{
            "responseType": "DEFAULT_5XX",
            "statusCode": "503",
            "responseParameters": { "gatewayresponse.header.X-Why": "'config'" },
            "responseTemplates": { "text/plain": "sorry" }
        }] }),
    );
    let response = get(&api, &path("/")).await;
    assert_eq!((response.status, &*response.body), (503, "sorry"));
    let names: Vec<_> = response.headers.keys().map(String::as_str).collect();
    assert_eq!(names, ["Content-Type", "x-amzn-ErrorType", "X-Why"]);
    assert!(
        response
            .log
            .ends_with("Method completed with status: 503\n")
    );
}
