//! From a request to the response of its method.

use crate::support::{document, gateway, gateway_for, get, mock, send};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use serde_json::json;
use tollgate_model::Stage;

const OK: &str = r#"{"statusCode": 200}"#;

#[tokio::test]
async fn a_template_sees_path_query_and_headers() {
    let template = r#"{"id": "$input.params('id')", "page": "$input.params().querystring.page", "agent": "$input.params('User-Agent')", "none": "$input.params('none')"}"#;
    let gateway = gateway(&document(
        &[("/pets/{id}", mock("GET", OK, template))],
        json!({}),
    ));
    let request = Request::get("/pets/a%20b?page=1&page=2")
        .header("user-agent", "test/1")
        .body(Full::default())
        .unwrap();
    let answer = send(&gateway, request).await;
    assert_eq!(
        answer.body,
        r#"{"id": "a%20b", "page": "2", "agent": "test/1", "none": ""}"#
    );
    assert_eq!(answer.headers["content-type"], "application/json");
}

#[tokio::test]
async fn a_template_sees_context_and_stage_variables() {
    let template = "$context.stage $context.httpMethod $context.resourcePath $context.path \
                    $context.requestTimeEpoch [$context.identity] $stageVariables.version \
                    [$stageVariables.none] [$context.none]";
    let mut stage = Stage::new("beta".parse().unwrap());
    stage.variables.insert("version".to_owned(), "7".to_owned());
    let document = document(&[("/a/{rest+}", mock("ANY", OK, template))], json!({}));
    let answer = get(&gateway_for(&document, &stage), "/a/b/c/?q=1").await;
    assert_eq!(
        answer.body,
        "beta GET /a/{rest+} /a/b/c/ 1700000000000 [] 7 [] []"
    );
}

/// What the request's template knows of the body reaches the response only through the overrides.
#[tokio::test]
async fn a_request_template_reads_the_body_and_a_mock_does_not_pass_it_on() {
    let request_template = "#set($body = $input.path('$'))\
        #set($context.requestOverride.path.name = $body.pet.name)\
        {\"statusCode\": #if($body.pet)200#else 400#end}";
    let response_template =
        r#"{"name": "$context.requestOverride.path.name", "body": "$input.body"}"#;
    let gateway = gateway(&document(
        &[("/", mock("POST", request_template, response_template))],
        json!({}),
    ));
    let request = Request::post("/")
        .body(Full::from(r#"{"pet": {"name": "Tom"}}"#))
        .unwrap();
    let answer = send(&gateway, request).await;
    assert_eq!(answer.body, r#"{"name": "Tom", "body": "{}"}"#);
}

/// Recorded on the service: members without a meaning are carried and can be read.
#[tokio::test]
async fn the_next_template_reads_what_the_one_before_left() {
    let request_template = "#set($context.responseOverride.custom = 'text')\
        #set($context.requestOverride.pet = {'name': 'Tom', 'age': 3})\
        #set($name = 'n')#set($context.requestOverride.querystring[$name] = 1)\
        $!context.requestOverride.querystring.put('m', 2)\
        #set($context[\"requestOverride\"].header[\"h\"] = 3){\"statusCode\": 200}";
    let response_template = "$context.responseOverride.custom $context.requestOverride.pet.name \
        $context.requestOverride.pet.age $context.requestOverride.querystring.n \
        $context.requestOverride.querystring.m $context.requestOverride.header.h";
    let methods = mock("GET", request_template, response_template);
    let answer = get(&gateway(&document(&[("/", methods)], json!({}))), "/").await;
    assert_eq!(answer.body, "text Tom 3 1 2 3");
}

/// The developer guide's page on overrides.
#[tokio::test]
async fn a_template_overrides_a_parameter_once() {
    let status = "#set($context.responseOverride.status = 202)";
    let header = "#set($context.responseOverride.header.a = 1)";
    let twice = format!("{header}#set($context.responseOverride.header['a'] = 2)");
    for (request, response, expected) in [
        (status.to_owned(), status.to_owned(), 202),
        (format!("{status}{header}"), String::new(), 202),
        (format!("{status}{status}"), String::new(), 500),
        (twice.clone(), String::new(), 500),
        (String::new(), twice, 500),
    ] {
        let methods = mock("GET", &format!("{request}{OK}"), &format!("{response}{{}}"));
        let answer = get(&gateway(&document(&[("/", methods)], json!({}))), "/").await;
        assert_eq!(answer.status, expected, "{request} {response}");
    }
}

/// Recorded on the service: response overrides set in the request template survive.
#[tokio::test]
async fn templates_override_status_and_headers() {
    let set = "#set($context.responseOverride.status = 444)\
               #set($context.responseOverride.header.foo = 'bar')";
    for (request_template, response_template) in [
        (format!("{set}{OK}"), "{}".to_owned()),
        (OK.to_owned(), format!("{set}{{}}")),
    ] {
        let methods = mock("GET", &request_template, &response_template);
        let answer = get(&gateway(&document(&[("/", methods)], json!({}))), "/").await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (444, "{}"),
            "{request_template}"
        );
        assert_eq!(answer.headers["foo"], "bar", "{request_template}");
    }
}

/// Recorded on the service: what frames a message is renamed, or dropped.
#[tokio::test]
async fn no_api_can_set_what_frames_a_message() {
    let set = "#set($context.responseOverride.header['Content-Length'] = '1')\
               #set($context.responseOverride.header['Transfer-Encoding'] = 'chunked')ok";
    let mut methods = mock("GET", OK, set);
    methods["GET"]["methodIntegration"]["integrationResponses"]["200"]["responseParameters"] = json!({
        "method.response.header.Connection": "'close'",
        "method.response.header.transfer-encoding": "'chunked'"
    });
    let members = json!({ "gatewayResponses": [{
        "responseType": "MISSING_AUTHENTICATION_TOKEN",
        "responseParameters": { "gatewayresponse.header.Content-Length": "'1'" }
    }] });
    let gateway = gateway(&document(&[("/", methods)], members));
    let served = get(&gateway, "/").await;
    assert_eq!(served.body, "ok");
    assert_eq!(served.headers["x-amzn-remapped-content-length"], "1");
    assert_eq!(served.headers["x-amzn-remapped-connection"], "close");
    let refused = get(&gateway, "/nowhere").await;
    assert_eq!(refused.headers["x-amzn-remapped-content-length"], "1");
    for answer in [served, refused] {
        for name in ["content-length", "transfer-encoding", "connection"] {
            assert!(!answer.headers.contains_key(name), "{name}");
        }
    }
}

#[tokio::test]
async fn overrides_that_cannot_be_sent_are_a_fault_of_the_api() {
    for set in [
        "#set($context.responseOverride.header.foo = \"a\nb\")",
        "#set($context.responseOverride.header['no name'] = 'x')",
        "#set($context.responseOverride.status = 101)",
        "#foreach($i in [1..101])#set($context.responseOverride.header[\"h$i\"] = 'x')#end",
    ] {
        let answer = get(
            &gateway(&document(&[("/", mock("GET", OK, set))], json!({}))),
            "/",
        )
        .await;
        assert_eq!(answer.status, 500, "{set}");
        assert_eq!(
            answer.body, r#"{"message": "Internal server error"}"#,
            "{set}"
        );
    }
    let ignored = "#set($context.responseOverride.status = 99)x";
    let answer = get(
        &gateway(&document(&[("/", mock("GET", OK, ignored))], json!({}))),
        "/",
    )
    .await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "x"));
}

#[tokio::test]
async fn the_status_of_the_mock_selects_the_response() {
    let methods = json!({
        "GET": {
            "httpMethod": "GET",
            "methodResponses": { "200": { "statusCode": "200" }, "404": { "statusCode": "404" } },
            "methodIntegration": {
                "type": "MOCK",
                "requestTemplates": {
                    "application/json": "{\"statusCode\": $input.params('status')}"
                },
                "integrationResponses": {
                    "200": {
                        "statusCode": "200",
                        "responseParameters": { "method.response.header.X-Stage": "context.stage" },
                        "responseTemplates": { "application/json": "found" }
                    },
                    "404": {
                        "statusCode": "404",
                        "selectionPattern": "4\\d{2}",
                        "responseParameters": { "method.response.header.X-Why": "'gone'" },
                        "responseTemplates": { "application/json": null }
                    },
                    "500": { "statusCode": "500", "selectionPattern": "5\\d{2}" }
                }
            }
        }
    });
    let gateway = gateway(&document(&[("/", methods)], json!({})));

    let found = get(&gateway, "/?status=200").await;
    assert_eq!((found.status, found.body.as_str()), (200, "found"));
    assert_eq!(found.headers["x-stage"], "prod");

    let gone = get(&gateway, "/?status=410").await;
    assert_eq!((gone.status, gone.body.as_str()), (404, ""));
    assert_eq!(gone.headers["x-why"], "gone");

    // The method declares no 500, and a mock needs an integer.
    for status in ["503", "'200'", "x"] {
        let answer = get(&gateway, &format!("/?status={status}")).await;
        assert_eq!(answer.status, 500, "{status}");
        assert_eq!(
            answer.headers["x-amzn-errortype"],
            "InternalServerErrorException"
        );
        assert_eq!(answer.body, r#"{"message": "Internal server error"}"#);
    }
}

#[tokio::test]
async fn a_content_type_without_a_template_passes_or_is_refused() {
    for (behavior, status) in [
        ("WHEN_NO_MATCH", 200),
        ("WHEN_NO_TEMPLATES", 415),
        ("NEVER", 415),
    ] {
        let mut methods = mock("POST", OK, "ok");
        methods["POST"]["methodIntegration"]["passthroughBehavior"] = json!(behavior);
        let gateway = gateway(&document(&[("/", methods)], json!({})));
        let request = Request::post("/")
            .header("content-type", "text/plain")
            // Without a template, the mock reads the client's body.
            .body(Full::from("{statusCode: 200}"))
            .unwrap();
        assert_eq!(send(&gateway, request).await.status, status, "{behavior}");
    }
}

#[tokio::test]
async fn bodies_are_limited_and_must_be_readable() {
    let gateway = gateway(&document(&[("/", mock("POST", OK, "ok"))], json!({})));

    let largest = vec![b' '; tollgate_gateway::MAX_BODY_BYTES];
    let request = |bytes: Vec<u8>| {
        Request::post("/")
            .body(Full::from(Bytes::from(bytes)))
            .unwrap()
    };
    assert_eq!(send(&gateway, request(largest.clone())).await.status, 200);

    let mut too_large = largest;
    too_large.push(b' ');
    let answer = send(&gateway, request(too_large)).await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.body, "HTTP content length exceeded 10485760 bytes.");

    let coded = Request::post("/")
        .header("content-encoding", "identity")
        .header("content-encoding", "gzip")
        .body(Full::from("not plain"))
        .unwrap();
    assert_eq!(send(&gateway, coded).await.status, 415);
}

#[tokio::test]
async fn a_client_names_its_request() {
    let methods = mock("GET", OK, "$context.requestId");
    let gateway = gateway(&document(&[("/", methods)], json!({})));
    let uuid = "9f0c2b7e-4d4b-4d6f-8f1c-0123456789ab";
    for (sent, is_taken) in [(uuid, true), ("my-request", false), ("", false)] {
        let request = Request::get("/").header("x-amzn-requestid", sent);
        let answer = send(&gateway, request.body(Full::default()).unwrap()).await;
        assert_eq!(answer.headers["x-amzn-requestid"], answer.body.as_str());
        assert_eq!(answer.body == sent, is_taken, "{sent}");
    }
}

#[tokio::test]
async fn every_response_has_its_ids() {
    let gateway = gateway(&document(
        &[("/", mock("GET", OK, "$context.requestId"))],
        json!({}),
    ));
    let served = get(&gateway, "/").await;
    assert_eq!(served.headers["x-amzn-requestid"], served.body.as_str());
    assert!(!served.headers.contains_key("x-amzn-errortype"));
    let refused = get(&gateway, "/nowhere").await;
    for answer in [&served, &refused] {
        assert_eq!(answer.headers["x-amzn-requestid"].len(), 36);
        assert_eq!(answer.headers["x-amz-apigw-id"].len(), 16);
        // Recorded on the service: neither mocks nor errors show a trace id.
        assert!(!answer.headers.contains_key("x-amzn-trace-id"));
    }
    assert_ne!(
        served.headers["x-amzn-requestid"],
        refused.headers["x-amzn-requestid"]
    );
}
