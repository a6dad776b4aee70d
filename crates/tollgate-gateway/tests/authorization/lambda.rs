//! Lambda authorizers: security §3, data plane §4.1 to 4.6.

use std::sync::Arc;
use std::time::Duration;

use http::Request;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tollgate_core::{Body, RateLimit};
use tollgate_gateway::{CompileOptions, Gateway, Limits, Plan};
use tollgate_iam::sigv4::Credentials;
use tollgate_integration::aws::{AwsClient, Endpoints};
use tollgate_integration::lambda::{Invocation, InvokeFailure, Invoked, LambdaFunction};
use tower::ServiceExt as _;

use crate::api::{
    ARN, Calls, Server, clock, custom, document, mock, options, pets, plan, stage,
    token_authorizer, uri, with,
};

const UNAUTHORIZED: (u16, &str, &str) = (
    401,
    "UnauthorizedException",
    r#"{"message":"Unauthorized"}"#,
);
const FAILED: (u16, &str, &str) = (
    500,
    "AuthorizerConfigurationException",
    r#"{"message":null}"#,
);
const DENIED: (u16, &str, &str) = (
    403,
    "AccessDeniedException",
    r#"{"Message":"User is not authorized to access this resource"}"#,
);
const EXPLICITLY: (u16, &str, &str) = (
    403,
    "AccessDeniedException",
    r#"{"Message":"User is not authorized to access this resource with an explicit deny"}"#,
);
const FINE: (u16, &str, &str) = (200, "", "ok");

fn ok() -> Value {
    mock("ok", custom())
}

/// §4.3 and 4.5: what a caller is told, and whether the function was asked.
#[tokio::test]
async fn callers_are_told_what_the_function_says() {
    let (clock, calls) = (clock(), Calls::default());
    let authorizer = token_authorizer(json!({
        "authorizerResultTtlInSeconds": 0,
        "identityValidationExpression": "[^!]+"
    }));
    let document = pets(ok(), authorizer, None);
    let server = Server::of(&document, &options(&clock, &calls), &clock).await;
    let token = |token: &'static str| vec![("authorization", token)];
    let long = "x".repeat(10_241);
    let big = format!(r#"answer {{"principalId":"{}"}}"#, "x".repeat(8_192));
    for (row, headers, expected, is_asked) in [
        ("allowed", token("allow"), FINE, true),
        ("no token", vec![], UNAUTHORIZED, false),
        ("an empty token", token(""), UNAUTHORIZED, false),
        ("no match", token("allow!"), UNAUTHORIZED, false),
        (
            "two tokens",
            vec![("authorization", "allow"), ("authorization", "allow")],
            UNAUTHORIZED,
            false,
        ),
        (
            "a token past the limit",
            vec![("authorization", &*long)],
            UNAUTHORIZED,
            false,
        ),
        (
            "refused by the function",
            token("nobody"),
            UNAUTHORIZED,
            true,
        ),
        (
            "raises the word",
            token("raise Unauthorized"),
            UNAUTHORIZED,
            true,
        ),
        ("in lower case", token("raise unauthorized"), FAILED, true),
        ("raises more", token("raise Unauthorized: no"), FAILED, true),
        ("raises", token("raise it broke"), FAILED, true),
        ("no answer", token("answer {}"), FAILED, true),
        ("a list", token("answer []"), FAILED, true),
        (
            "no principal",
            token(r#"answer {"policyDocument":{"Version":"2012-10-17","Statement":[]}}"#),
            FAILED,
            true,
        ),
        (
            "no policy",
            token(r#"answer {"principalId":"a"}"#),
            FAILED,
            true,
        ),
        (
            "a policy that is none",
            token(
                r#"answer {"principalId":"a","policyDocument":{"Statement":{"Effect":"allow"}}}"#,
            ),
            FAILED,
            true,
        ),
        (
            "a context with an object",
            token(
                r#"answer {"principalId":"a","context":{"a":{}},"policyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}}"#,
            ),
            FAILED,
            true,
        ),
        (
            "an answer past the limit",
            vec![("authorization", &*big)],
            FAILED,
            true,
        ),
        ("denied", token("deny"), EXPLICITLY, true),
        ("not allowed", token("silent"), DENIED, true),
    ] {
        let before = calls.count();
        let found = server.call("GET", "/prod/pets", &headers).await;
        assert_eq!(found.summary(), expected, "{row}");
        assert_eq!(calls.count() - before, usize::from(is_asked), "{row}");
    }
}

/// §4.2.
#[tokio::test]
async fn functions_of_token_authorizers_get_three_members() {
    let (clock, calls) = (clock(), Calls::default());
    let document = pets(ok(), token_authorizer(json!({})), None);
    let server = Server::of(&document, &options(&clock, &calls), &clock).await;
    for (verb, path, token, arn) in [
        ("GET", "/pets", "allow", "GET/pets"),
        ("POST", "/pets/7%2F8/", "Bearer allow", "POST/pets/7%2F8"),
        ("GET", "//pets", "x", "GET/pets"),
    ] {
        server
            .call(
                verb,
                &format!("/prod{path}?a=1"),
                &[("authorization", token)],
            )
            .await;
        let expected = json!({
            "type": "TOKEN",
            "methodArn": format!("{ARN}/prod/{arn}"),
            "authorizationToken": token
        });
        assert_eq!(calls.last(), expected, "{verb} {path}");
    }
}

fn request_authorizer(members: Value) -> Value {
    let request = json!({
        "type": "REQUEST",
        "identitySource": "method.request.header.Authorization, method.request.querystring.q"
    });
    token_authorizer(with(request, members))
}

/// §4.2 and 4.3.
#[tokio::test]
async fn functions_of_request_authorizers_get_the_request() {
    let (clock, calls) = (clock(), Calls::default());
    let document = pets(ok(), request_authorizer(json!({})), None);
    let mut stage = stage("prod");
    stage.variables.insert("v".to_owned(), "1".to_owned());
    let plan = Plan::compile_with(&document, &stage, &options(&clock, &calls));
    let server = Server::start(&[Arc::new(plan.expect("it has a plan"))], &clock).await;
    for (target, headers, status) in [
        ("/prod/pets/7?q=1", &[("authorization", "allow")][..], 200),
        ("/prod/pets/7", &[("authorization", "allow")], 401),
        ("/prod/pets/7?q=", &[("authorization", "allow")], 401),
        ("/prod/pets/7?q=1", &[], 401),
    ] {
        assert_eq!(
            server.call("GET", target, headers).await.status,
            status,
            "{target}"
        );
    }
    assert_eq!(calls.count(), 1);
    let event = calls.last();
    for (pointer, expected) in [
        ("/type", json!("REQUEST")),
        ("/methodArn", json!(format!("{ARN}/prod/GET/pets/7"))),
        ("/resource", json!("/pets/{proxy+}")),
        ("/path", json!("/pets/7")),
        ("/httpMethod", json!("GET")),
        ("/headers/authorization", json!("allow")),
        ("/queryStringParameters", json!({ "q": "1" })),
        ("/multiValueQueryStringParameters", json!({ "q": ["1"] })),
        ("/pathParameters", json!({ "proxy": "7" })),
        ("/stageVariables", json!({ "v": "1" })),
        ("/requestContext/path", json!("/prod/pets/7")),
        ("/requestContext/stage", json!("prod")),
        ("/requestContext/apiId", json!("a1b2c3d4e5")),
        ("/requestContext/identity/sourceIp", json!("127.0.0.1")),
    ] {
        assert_eq!(event.pointer(pointer), Some(&expected), "{pointer}");
    }
    assert!(event.get("body").is_none());
}

/// §4.3: without a time to keep answers, identity sources may be left out.
#[tokio::test]
async fn a_request_authorizer_need_not_tell_callers_apart() {
    let (clock, calls) = (clock(), Calls::default());
    let members = json!({ "identitySource": null, "authorizerResultTtlInSeconds": 0 });
    let document = pets(ok(), request_authorizer(members), None);
    let server = Server::of(&document, &options(&clock, &calls), &clock).await;
    assert_eq!(server.get("/pets", "allow").await.summary(), FINE);
    assert_eq!(server.get("/pets", "deny").await.summary(), EXPLICITLY);
    let found = server.call("GET", "/prod/pets", &[]).await;
    assert_eq!(found.summary(), UNAUTHORIZED);
    assert_eq!(calls.count(), 3);
}

/// An authorizer comes before the API key and the body, and after the route.
#[tokio::test]
async fn strangers_learn_nothing_else() {
    let (clock, calls) = (clock(), Calls::default());
    let method = mock("ok", with(custom(), json!({ "apiKeyRequired": true })));
    let document = pets(method, token_authorizer(json!({})), None);
    let server = Server::of(&document, &options(&clock, &calls), &clock).await;
    assert_eq!(server.get("/pets", "").await.summary(), UNAUTHORIZED);
    assert_eq!(server.get("/pets", "deny").await.summary(), EXPLICITLY);
    assert_eq!(
        server.get("/pets", "allow").await.error_type(),
        "ForbiddenException"
    );
    let nowhere = server.get("/nowhere", "").await;
    assert_eq!(nowhere.error_type(), "MissingAuthenticationTokenException");
}

/// A limit of ours: nobody has a function asked without end.
#[tokio::test]
async fn clients_have_their_limit_before_a_function_is_asked() {
    let (clock, calls) = (clock(), Calls::default());
    let mut options = options(&clock, &calls);
    let limits = Limits::new().with_clock(clock.clone());
    limits.set_client(Some(RateLimit::new(1.0, 2).expect("it is a rate")));
    options.limits = Arc::new(limits);
    let resources = [("/open", mock("ok", json!({}))), ("/pets", ok())];
    let members = json!({ "authorizers": [token_authorizer(json!({}))] });
    let document = document(&resources, members);
    let server = Server::of(&document, &options, &clock).await;
    for (path, token, status) in [
        ("/pets", "a stranger", 401),
        ("/open", "", 200),
        ("/pets", "another one", 429),
        ("/open", "", 429),
    ] {
        assert_eq!(
            server.get(path, token).await.status,
            status,
            "{path} {token}"
        );
    }
    assert_eq!(calls.count(), 1);
    clock.advance(Duration::from_millis(1_001));
    assert_eq!(server.get("/pets", "allow").await.summary(), FINE);
    assert_eq!(server.get("/pets", "allow").await.status, 429);
}

/// Paths that could be read in two ways never reach a policy (security §6, T3), and those that are too
/// long are told so (§4.4).
#[tokio::test]
async fn paths_are_what_policies_take_them_for() {
    let (clock, calls) = (clock(), Calls::default());
    let document = pets(ok(), token_authorizer(json!({})), None);
    let server = Server::of(&document, &options(&clock, &calls), &clock).await;
    let long = format!("/pets/{}", "x".repeat(1_600));
    for (path, status) in [
        ("/pets/../orders", 400),
        ("/pets/%2e%2e/orders", 400),
        ("/pets/%2E", 400),
        ("/pets/%00", 400),
        ("/pets/%zz", 400),
        (&*long, 414),
    ] {
        assert_eq!(server.get(path, "allow").await.status, status, "{path}");
    }
    assert_eq!(calls.count(), 0);
    let only = format!(
        "answer {}",
        crate::api::answer("Allow", &json!(format!("{ARN}/prod/GET/pets/a/b")))
    );
    for (path, status) in [
        ("/pets/a/b", 200),
        ("/pets/a%2Fb", 403),
        ("//pets/a/b/", 200),
        ("/pets/a//b", 403),
        ("/pets/A/b", 403),
    ] {
        assert_eq!(server.get(path, &only).await.status, status, "{path}");
    }
}

/// A function that never answers.
#[derive(Debug)]
struct Silent;

#[async_trait::async_trait]
impl LambdaFunction for Silent {
    async fn invoke(&self, _: Invocation) -> Result<Invoked, InvokeFailure> {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn a_function_has_29_seconds() {
    let (clock, calls) = (clock(), Calls::default());
    let mut options = options(&clock, &calls);
    options.functions.insert("who", Arc::new(Silent));
    let document = pets(ok(), token_authorizer(json!({})), None);
    let gateway = Gateway::new(plan(&document, &options));
    let request = Request::get("/pets").header("authorization", "allow");
    let request = request.body(Body::empty()).expect("it is a request");
    let asked = tokio::time::Instant::now();
    let response = gateway.oneshot(request).await.expect("it always answers");
    assert_eq!(response.status(), 500);
    assert_eq!(asked.elapsed().as_secs(), Duration::from_secs(29).as_secs());
}

/// Functions that are not here are called by Lambda's own API, as the authorizer's role if it has one.
#[tokio::test]
async fn functions_are_called_by_lambdas_own_api() {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("the loopback works");
    let address = listener.local_addr().expect("the loopback works");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            let mut part = [0; 4096];
            while !request.ends_with(b"}") {
                let read = stream.read(&mut part).await.expect("it is readable");
                request.extend_from_slice(&part[..read]);
            }
            let request = String::from_utf8_lossy(&request).into_owned();
            let is_signed = request.contains("AWS4-HMAC-SHA256 Credential=AKIDGATEWAY/");
            let is_invoke = request.starts_with("POST /2015-03-31/functions/arn%3Aaws%3Alambda%3A");
            assert!(is_signed && is_invoke, "{request}");
            let (more, body) = if request.contains(r#""authorizationToken":"allow""#) {
                ("", crate::api::answer("Allow", &json!("*")).to_string())
            } else {
                let error = json!({ "errorMessage": "Unauthorized", "errorType": "Error" });
                ("x-amz-function-error: Unhandled\r\n", error.to_string())
            };
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\n{more}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
            stream
                .write_all(answer.as_bytes())
                .await
                .expect("it is writable");
        }
    });
    let clock = clock();
    let endpoint = format!("http://{address}")
        .parse()
        .expect("it is an endpoint");
    let mut options = CompileOptions::default();
    options.aws = AwsClient::default()
        .with_endpoints(Endpoints::default().with_service("lambda", endpoint))
        .with_credentials(Arc::new(Credentials::new("AKIDGATEWAY", "secret")));
    let authorizer = token_authorizer(json!({ "authorizerUri": uri("elsewhere") }));
    let document = pets(ok(), authorizer, None);
    let server = Server::of(&document, &options, &clock).await;
    assert_eq!(server.get("/pets", "allow").await.summary(), FINE);
    assert_eq!(server.get("/pets", "else").await.summary(), UNAUTHORIZED);
}

/// Parts that are not protected stay as they are beside those that are.
#[tokio::test]
async fn open_methods_stay_open() {
    let (clock, calls) = (clock(), Calls::default());
    let resources = [("/open", mock("open", json!({}))), ("/pets", ok())];
    let members = json!({ "authorizers": [token_authorizer(json!({}))] });
    let document = document(&resources, members);
    let server = Server::of(&document, &options(&clock, &calls), &clock).await;
    let found = server.call("GET", "/prod/open", &[]).await;
    assert_eq!(found.summary(), (200, "", "open"));
    assert_eq!(calls.count(), 0);
}
