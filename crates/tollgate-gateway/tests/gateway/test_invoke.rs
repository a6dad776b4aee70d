//! Methods that are tried without being deployed.

mod calls;
mod refusals;

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use tollgate_core::{ManualClock, RandomIds, SeededRandom};
use tollgate_gateway::{CompileOptions, TestInvoke, TestInvokeError, TestRequest, TestResponse};
use tollgate_model::{ApiDocument, HttpMethod};

use crate::support::{document, mock};

const OK: &str = r#"{"statusCode": 200}"#;
/// The id that the ids of these tests begin with.
const ID: &str = "18e85d4c-d1d8-43c8-9a66-8d6a8d3a0e6a";

/// A request for this path.
fn path(path: &str) -> TestRequest {
    let mut request = TestRequest::default();
    request.path_with_query_string = Some(path.to_owned());
    request
}

/// Tries the GET method of a document's first resource, at a time that stands still.
async fn get(document: &ApiDocument, request: &TestRequest) -> TestResponse {
    get_with(document, &CompileOptions::default(), request).await
}

async fn get_with(
    document: &ApiDocument,
    options: &CompileOptions,
    request: &TestRequest,
) -> TestResponse {
    let tests = tests(document, options);
    let resource = "res000".into();
    let tried = tests.invoke(&resource, HttpMethod::Get, request).await;
    tried.expect("there is such a method")
}

fn tests<'d>(document: &'d ApiDocument, options: &'d CompileOptions) -> TestInvoke<'d> {
    let time = Duration::from_secs(1_700_000_000);
    TestInvoke::new(document, options)
        .with_clock(Arc::new(ManualClock::at_unix(time)))
        .with_ids(Arc::new(RandomIds::new(Arc::new(SeededRandom::new(1)))))
}

/// What the log says, without times.
fn lines(response: &TestResponse) -> Vec<&str> {
    let lines = response.log.lines();
    lines
        .map(|line| {
            line.strip_prefix("Tue Nov 14 22:13:20 UTC 2023 : ")
                .unwrap_or(line)
        })
        .collect()
}

/// What the log says after a name.
fn said<'r>(response: &'r TestResponse, name: &str) -> &'r str {
    let mut lines = lines(response).into_iter();
    let said = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    said.unwrap_or_else(|| panic!("{name}: {}", response.log))
}

/// The recording of `test_invoke_test_method`.
#[tokio::test]
async fn the_log_of_a_mock_has_the_services_lines() {
    let answer = "#set($id = $input.params('petId')){\"id\": \"$id\"}";
    let api = document(&[("/pets/{petId}", mock("GET", OK, answer))], json!({}));
    let mut request = path("/pets/123?foo=bar&foo=baz&a=%20b");
    request.headers.insert("X-Trace-Me".into(), "1".into());
    request.body = Some("{}\nnot a line".to_owned());
    let response = get(&api, &request).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.body, r#"{"id": "123"}"#);
    assert_eq!(response.latency, Duration::ZERO);
    let id = lines(&response)[0]
        .rsplit(' ')
        .next()
        .expect("it has an id");
    assert_eq!(
        response.log.replace(id, ID),
        format!(
            "Execution log for request {ID}\n\
             Tue Nov 14 22:13:20 UTC 2023 : Starting execution for request: {ID}\n\
             Tue Nov 14 22:13:20 UTC 2023 : HTTP Method: GET, Resource Path: /pets/123\n\
             Tue Nov 14 22:13:20 UTC 2023 : Method request path: {{petId=123}}\n\
             Tue Nov 14 22:13:20 UTC 2023 : Method request query string: {{foo=bar,baz, a= b}}\n\
             Tue Nov 14 22:13:20 UTC 2023 : Method request headers: {{X-Trace-Me=1}}\n\
             Tue Nov 14 22:13:20 UTC 2023 : Method request body before transformations: {{}}\n\
             not a line\n\
             Tue Nov 14 22:13:20 UTC 2023 : Method response body after transformations: \
             {{\"id\": \"123\"}}\n\
             Tue Nov 14 22:13:20 UTC 2023 : Method response headers: \
             {{Content-Type=application/json}}\n\
             Tue Nov 14 22:13:20 UTC 2023 : Successfully completed execution\n\
             Tue Nov 14 22:13:20 UTC 2023 : Method completed with status: 200\n"
        )
    );
    let headers = json!({ "Content-Type": "application/json" });
    assert_eq!(json!(response.headers), headers);
    let headers = json!({ "Content-Type": ["application/json"] });
    assert_eq!(json!(response.multi_value_headers), headers);
}

/// The first three rows are recorded on the service.
#[tokio::test]
async fn any_path_runs_the_method() {
    let answer = "[$input.params('petId')] $context.path $context.resourcePath";
    let api = document(&[("/pets/{petId}", mock("GET", OK, answer))], json!({}));
    for (given, path_line, expected) in [
        (Some("/pets/123"), "{petId=123}", "[123] /pets/123"),
        (Some("/random/test"), "{}", "[] /random/test"),
        (None, "{petId={petId}}", "[{petId}] /pets/{petId}"),
        (Some(""), "{petId={petId}}", "[{petId}] /pets/{petId}"),
        (Some("?a=b"), "{petId={petId}}", "[{petId}] /pets/{petId}"),
        (Some("/pets/a b"), "{petId=a%20b}", "[a%20b] /pets/a%20b"),
        (Some("/pets/1/2"), "{}", "[] /pets/1/2"),
        // No request to a stage would be let through with these.
        (Some("/pets/.."), "{}", "[] /pets/.."),
        (Some("/pets/%zz"), "{}", "[] /pets/%zz"),
    ] {
        let mut request = TestRequest::default();
        request.path_with_query_string = given.map(str::to_owned);
        let response = get(&api, &request).await;
        assert_eq!(response.status, 200, "{given:?}");
        let expected = format!("{expected} /pets/{{petId}}");
        assert_eq!(response.body, expected, "{given:?}");
        assert_eq!(
            said(&response, "Method request path"),
            path_line,
            "{given:?}"
        );
    }
}

/// What keeps callers out is left aside, and what is broken elsewhere too.
#[tokio::test]
async fn nobody_is_kept_out() {
    let mut guarded = mock("GET", OK, "open");
    guarded["GET"]["authorizationType"] = json!("CUSTOM");
    guarded["GET"]["authorizerId"] = json!("none");
    guarded["GET"]["apiKeyRequired"] = json!(true);
    let broken = mock("GET", "#if(", "#end");
    let api = document(
        &[
            ("/", guarded),
            ("/broken", broken),
            ("/{a}/{a}", mock("GET", OK, "")),
            ("no path", mock("GET", OK, "")),
        ],
        json!({
            "policy": "{}",
            "endpointConfiguration": { "types": ["PRIVATE"] },
            "minimumCompressionSize": 0,
            "models": [{ "id": "m", "name": "M", "contentType": "application/json", "schema": "[" }]
        }),
    );
    let mut request = path("/");
    request
        .headers
        .insert("Accept-Encoding".into(), "gzip".into());
    let response = get(&api, &request).await;
    assert_eq!((response.status, &*response.body), (200, "open"));
}

/// As in events of tests on the service.
#[tokio::test]
async fn the_context_is_that_of_a_test() {
    let answer = "$context.stage $context.identity.sourceIp $context.identity.apiKey \
                  $context.identity.apiKeyId $context.domainName $context.domainPrefix \
                  $stageVariables.v [$input.params().header]";
    let api = document(&[("/", mock("GET", OK, answer))], json!({}));
    let mut request = path("/");
    request.stage_variables.insert("v".into(), "7".into());
    let response = get(&api, &request).await;
    assert_eq!(
        response.body,
        "test-invoke-stage test-invoke-source-ip test-invoke-api-key test-invoke-api-key-id \
         testPrefix.testDomainName testPrefix 7 [{}]"
    );
}

/// The service's page on testing a method.
#[tokio::test]
async fn bodies_are_json_whatever_they_are_said_to_be() {
    let mut method = mock("GET", OK, "$input.params('content-type')");
    method["GET"]["methodIntegration"]["passthroughBehavior"] = json!("NEVER");
    let api = document(&[("/", method)], json!({}));
    let mut request = path("/");
    request
        .headers
        .insert("content-type".into(), "text/plain".into());
    let response = get(&api, &request).await;
    assert_eq!(
        (response.status, &*response.body),
        (200, "application/json")
    );
}

#[tokio::test]
async fn headers_come_in_both_forms_as_they_are_spelled() {
    let answer = "$input.params('X-One') $input.params('X-Two')";
    let mut method = mock("GET", OK, answer);
    let response = &mut method["GET"]["methodIntegration"]["integrationResponses"]["200"];
    response["responseParameters"] = json!({ "method.response.header.ETag": "'7'" });
    let api = document(&[("/", method)], json!({}));
    let mut request = path("/");
    request.headers.insert("X-One".into(), "1".into());
    let two = vec!["2".to_owned(), "3".to_owned()];
    request.multi_value_headers.insert("X-Two".into(), two);
    let response = get(&api, &request).await;
    assert_eq!(response.body, "1 3");
    assert_eq!(
        said(&response, "Method request headers"),
        "{X-One=1, X-Two=2,3}"
    );
    assert_eq!(response.headers["ETag"], "7");
}

#[tokio::test]
async fn what_is_not_there_cannot_be_tried() {
    let api = document(
        &[
            ("/", mock("GET", OK, "get")),
            ("/any", mock("ANY", OK, "any $context.httpMethod")),
            ("no path", mock("GET", OK, "")),
        ],
        json!({}),
    );
    let options = CompileOptions::default();
    let tests = tests(&api, &options);
    let mut long = TestRequest::default();
    long.path_with_query_string = Some("/".repeat(70_000));
    let mut broken = TestRequest::default();
    broken.headers.insert("a b".into(), "1".into());
    let mut breaking = TestRequest::default();
    breaking.headers.insert("a".into(), "1\r\nb: 2".into());
    let mut many = TestRequest::default();
    let values = vec![String::new(); 40_000];
    many.multi_value_headers.insert("a".into(), values);
    for name in 0..40_000 {
        many.headers.insert(format!("a{name}"), String::new());
    }
    let plain = TestRequest::default();
    for (id, verb, request, expected) in [
        ("res000", HttpMethod::Get, &plain, Ok("get")),
        ("res001", HttpMethod::Put, &plain, Ok("any PUT")),
        ("res001", HttpMethod::Any, &plain, Ok("any GET")),
        (
            "res009",
            HttpMethod::Get,
            &plain,
            Err("there is no resource \"res009\""),
        ),
        (
            "res000",
            HttpMethod::Put,
            &plain,
            Err("resource \"res000\" has no method PUT"),
        ),
        (
            "res000",
            HttpMethod::Any,
            &plain,
            Err("resource \"res000\" has no method ANY"),
        ),
        (
            "res002",
            HttpMethod::Get,
            &plain,
            Err("the resource cannot be compiled: "),
        ),
        (
            "res000",
            HttpMethod::Get,
            &long,
            Err("the path and query string cannot be"),
        ),
        (
            "res000",
            HttpMethod::Get,
            &broken,
            Err("the header \"a b\" cannot be sent"),
        ),
        (
            "res000",
            HttpMethod::Get,
            &breaking,
            Err("the header \"a\" cannot be sent"),
        ),
        ("res000", HttpMethod::Get, &many, Err("the header \"a")),
    ] {
        let tried = tests.invoke(&id.into(), verb, request).await;
        match (tried, expected) {
            (Ok(response), Ok(body)) => assert_eq!(response.body, body, "{id} {verb}"),
            (Err(error), Err(expected)) => {
                let error = error.to_string();
                assert!(error.starts_with(expected), "{error}");
            }
            (tried, expected) => panic!("{id} {verb}: {tried:?}, expected {expected:?}"),
        }
    }
}

proptest! {
    /// Whatever is sent, there is a log with a beginning and an end, or a reason why not.
    #[test]
    fn any_request_has_a_log(
        path in prop::option::of("/?[ -~\\n\\t\\PC]{0,40}"),
        body in prop::option::of("\\PC{0,40}"),
        headers in prop::collection::hash_map("[A-Za-z-]{1,12}|.{0,4}", ".{0,12}", 0..4),
    ) {
        let answer = "$input.params('id')$input.params()$input.body";
        let api = document(&[("/pets/{id}", mock("GET", OK, answer))], json!({}));
        let mut request = TestRequest::default();
        request.path_with_query_string = path;
        request.body = body;
        request.headers = headers.into_iter().collect();
        let options = CompileOptions::default();
        let resource = "res000".into();
        let tests = tests(&api, &options);
        let tried = tests.invoke(&resource, HttpMethod::Get, &request);
        match futures::executor::block_on(tried) {
            Ok(response) => {
                prop_assert!(response.log.starts_with("Execution log for request "));
                let end = format!("Method completed with status: {}\n", response.status);
                prop_assert!(response.log.ends_with(&end), "{}", response.log);
            }
            Err(error) => {
                let is_header = matches!(error, TestInvokeError::InvalidHeader { .. });
                prop_assert!(is_header, "{}", error);
            }
        }
    }
}

#[tokio::test]
async fn a_test_may_go_to_another_thread() {
    fn sent<F>(future: F) -> F
    where
        F: Future<Output = Result<TestResponse, TestInvokeError>> + Send,
    {
        future
    }
    let api = document(&[("/", mock("GET", OK, ""))], json!({}));
    let options = CompileOptions::default();
    let request = TestRequest::default();
    let resource = "res000".into();
    let tests = TestInvoke::new(&api, &options);
    let tried = sent(tests.invoke(&resource, HttpMethod::Get, &request));
    assert_eq!(tried.await.map(|response| response.status), Ok(200));
}

/// A method with this integration, which answers as its endpoint does.
fn method(integration: Value) -> Value {
    let mut integration = integration;
    integration["integrationResponses"] = json!({ "200": { "statusCode": "200" } });
    json!({ "GET": {
        "httpMethod": "GET",
        "methodResponses": { "200": { "statusCode": "200" } },
        "methodIntegration": integration
    } })
}
