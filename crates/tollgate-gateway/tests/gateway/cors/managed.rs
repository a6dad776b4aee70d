//! `corsConfiguration`: the gateway sees to CORS itself.

use std::sync::Arc;

use serde_json::{Value, json};
use tollgate_core::SystemClock;
use tollgate_gateway::{Plan, Trace, TraceEvent};
use tollgate_model::{ApiDocument, Stage};

use super::{OK, ask, cors};
use crate::support::{document, gateway, mock};

const A: (&str, &str) = ("origin", "https://a.example");
const EVIL: (&str, &str) = ("origin", "https://evil.example");
const FOR_PUT: (&str, &str) = ("access-control-request-method", "PUT");

/// A document with GET and OPTIONS at `/pets`, whose endpoint has ideas of its own about CORS.
fn managed(configuration: &Value) -> ApiDocument {
    let template = "#set($context.responseOverride.header.Access-Control-Allow-Origin = 'x')\
                    #set($context.responseOverride.header.Access-Control-Max-Age = '1')\
                    #set($context.responseOverride.header.Vary = 'Accept')$context.httpMethod";
    let mut methods = mock("GET", OK, template);
    methods["OPTIONS"] = mock("OPTIONS", OK, template)["OPTIONS"].take();
    methods["POST"] = mock("POST", OK, "{}")["POST"].take();
    methods["POST"]["authorizationType"] = json!("AWS_IAM");
    document(
        &[("/pets", methods)],
        json!({ "corsConfiguration": configuration }),
    )
}

fn whole() -> Value {
    json!({
        "allowOrigins": ["https://a.example", "https://b.example", "http://*"],
        "allowMethods": ["GET", "PUT"],
        "allowHeaders": ["Authorization", "X-Api-Key"],
        "exposeHeaders": ["ETag"],
        "maxAge": 300,
        "allowCredentials": true,
    })
}

#[tokio::test]
async fn preflights_are_answered_before_routing_and_authorization() {
    let gateway = gateway(&managed(&whole()));
    // GET and OPTIONS are there, PUT is not; POST needs a signature; nothing is at /none.
    for (path, requested) in [
        ("/pets", "GET"),
        ("/pets", "PUT"),
        ("/pets", "POST"),
        ("/none", "GET"),
    ] {
        let headers = [A, ("access-control-request-method", requested)];
        let answer = ask(&gateway, "OPTIONS", path, &headers).await;
        assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{path}");
        assert_eq!(
            cors(&answer),
            [
                ("access-control-allow-credentials", "true"),
                ("access-control-allow-headers", "authorization,x-api-key"),
                ("access-control-allow-methods", "GET,PUT"),
                ("access-control-allow-origin", "https://a.example"),
                ("access-control-max-age", "300"),
                ("vary", "origin"),
            ],
            "{path} {requested}"
        );
        for id in ["x-amzn-requestid", "x-amz-apigw-id"] {
            assert!(answer.headers.contains_key(id), "{id}");
        }
        assert!(!answer.headers.contains_key("content-type"));
    }
}

#[tokio::test]
async fn a_preflight_of_a_stranger_allows_nothing() {
    let gateway = gateway(&managed(&whole()));
    for origin in [
        "https://evil.example",
        "https://a.example.evil.example",
        "https://A.example",
        "https://a.example:8443",
        "null",
        "",
    ] {
        let headers = [("origin", origin), FOR_PUT];
        let answer = ask(&gateway, "OPTIONS", "/pets", &headers).await;
        assert_eq!(answer.status, 204, "{origin}");
        assert_eq!(cors(&answer), [("vary", "origin")], "{origin}");
    }
}

#[tokio::test]
async fn an_options_that_is_no_preflight_goes_its_way() {
    let gateway = gateway(&managed(&whole()));
    for headers in [&[][..], &[A], &[FOR_PUT]] {
        let answer = ask(&gateway, "OPTIONS", "/pets", headers).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "OPTIONS"));
    }
    let answer = ask(&gateway, "GET", "/pets", &[A, FOR_PUT]).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "GET"));
}

#[tokio::test]
async fn responses_have_the_headers_of_the_configuration_and_no_others() {
    let gateway = gateway(&managed(&whole()));
    let allowed = |origin| {
        vec![
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-origin", origin),
            ("access-control-expose-headers", "etag"),
        ]
    };
    for (origin, verb, path, status, allowed) in [
        (
            Some("https://b.example"),
            "GET",
            "/pets",
            200,
            allowed("https://b.example"),
        ),
        (
            Some("http://any.example:8080"),
            "GET",
            "/pets",
            200,
            allowed("http://any.example:8080"),
        ),
        (
            Some("https://b.example"),
            "OPTIONS",
            "/pets",
            200,
            allowed("https://b.example"),
        ),
        // What the gateway itself answers, too.
        (
            Some("https://b.example"),
            "POST",
            "/pets",
            403,
            allowed("https://b.example"),
        ),
        (
            Some("https://b.example"),
            "GET",
            "/none",
            403,
            allowed("https://b.example"),
        ),
        (
            Some("https://b.example"),
            "GET",
            "/%zz",
            400,
            allowed("https://b.example"),
        ),
        (
            Some("https://evil.example"),
            "GET",
            "/pets",
            200,
            Vec::new(),
        ),
        (
            Some("https://evil.example"),
            "GET",
            "/none",
            403,
            Vec::new(),
        ),
        (None, "GET", "/pets", 200, Vec::new()),
    ] {
        let row = format!("{origin:?} {verb} {path}");
        let headers: Vec<_> = origin
            .map(|origin| ("origin", origin))
            .into_iter()
            .collect();
        let answer = ask(&gateway, verb, path, &headers).await;
        assert_eq!(answer.status, status, "{row}");
        let mut expected = allowed;
        // The endpoint's own `Vary` stays.
        expected.extend((status == 200).then_some(("vary", "Accept")));
        expected.push(("vary", "origin"));
        assert_eq!(cors(&answer), expected, "{row}");
    }
}

#[tokio::test]
async fn wildcards_are_told_to_browsers_as_they_are() {
    let gateway = gateway(&managed(&json!({
        "allowOrigins": ["*"],
        "allowMethods": ["GET", "*"],
        "allowHeaders": ["*", "Authorization"],
        "exposeHeaders": ["*"],
    })));
    let any = ("access-control-allow-origin", "*");
    assert_eq!(
        cors(&ask(&gateway, "OPTIONS", "/pets", &[EVIL, FOR_PUT]).await),
        [
            ("access-control-allow-headers", "*,authorization"),
            ("access-control-allow-methods", "*"),
            any,
        ]
    );
    let expose = ("access-control-expose-headers", "*");
    let vary = ("vary", "Accept");
    assert_eq!(
        cors(&ask(&gateway, "GET", "/pets", &[EVIL]).await),
        [any, expose, vary]
    );
    assert_eq!(cors(&ask(&gateway, "GET", "/pets", &[]).await), [vary]);
}

#[tokio::test]
async fn a_wrong_configuration_is_told_and_allows_nothing() {
    for (configuration, pointer) in [
        (
            json!({ "allowOrigins": ["*"], "allowCredentials": true }),
            "/allowCredentials",
        ),
        (
            json!({ "allowOrigins": ["https://a.example"], "allowHeaders": ["*"], "allowCredentials": true }),
            "/allowCredentials",
        ),
        (
            json!({ "allowOrigins": ["https://a.example", "a.example/"] }),
            "/allowOrigins/1",
        ),
        (
            json!({ "allowOrigins": ["https://a.example\n"] }),
            "/allowOrigins/0",
        ),
        (
            json!({ "allowOrigins": ["https://a.example"], "allowMethods": ["G T"] }),
            "/allowMethods/0",
        ),
        (
            json!({ "allowOrigins": ["https://a.example"], "allowHeaders": ["a:b"] }),
            "/allowHeaders/0",
        ),
        (
            json!({ "allowOrigins": ["https://a.example"], "exposeHeaders": ["é"] }),
            "/exposeHeaders/0",
        ),
        (
            json!({ "allowOrigins": ["https://a.example"], "maxAge": 86_401 }),
            "/maxAge",
        ),
        (
            json!({ "allowOrigins": vec!["https://a.example"; 101] }),
            "/allowOrigins",
        ),
    ] {
        let document = managed(&configuration);
        let stage = Stage::new("prod".parse().unwrap());
        let plan = Plan::compile(&document, &stage).unwrap();
        let told = plan.diagnostics().iter().map(|one| one.pointer.as_str());
        let told: Vec<_> = told.filter(|one| one.starts_with("/cors")).collect();
        assert_eq!(told, [format!("/corsConfiguration{pointer}")]);
        let gateway = gateway(&document);
        for answer in [
            ask(&gateway, "OPTIONS", "/pets", &[A, FOR_PUT]).await,
            ask(&gateway, "GET", "/pets", &[A]).await,
        ] {
            assert_eq!(answer.headers.get("access-control-allow-origin"), None);
        }
    }
}

#[tokio::test]
async fn observers_are_told_of_preflights() {
    let clock = Arc::new(SystemClock::new());
    let trace = Arc::new(Trace::new(clock.clone()));
    let gateway = gateway(&managed(&whole()))
        .with_clock(clock)
        .with_observer(trace.clone());
    ask(&gateway, "OPTIONS", "/pets", &[A, FOR_PUT]).await;
    let steps = trace.take();
    let events: Vec<_> = steps.iter().map(|step| &step.event).collect();
    let [
        TraceEvent::Received { .. },
        TraceEvent::MethodResponse {
            status, headers, ..
        },
        TraceEvent::Completed { .. },
    ] = events.as_slice()
    else {
        panic!("{events:?}");
    };
    assert_eq!(status.as_u16(), 204);
    assert_eq!(headers["access-control-allow-origin"], "https://a.example");
}
