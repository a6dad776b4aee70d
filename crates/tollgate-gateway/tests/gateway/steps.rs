//! What is told of each decision.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::HeaderValue;
use http::{Request, header};
use http_body_util::Full;
use serde_json::{Value, json};
use tollgate_core::{Body, Context, ManualClock, Rejection};
use tollgate_gateway::{Secrets, Trace, Transport};
use tollgate_integration::{Integration, IntegrationRequest, IntegrationResponse};
use tower::ServiceExt as _;

use crate::support::{document, gateway, mock};

const OK: &str = r#"{"statusCode": 200}"#;

/// An endpoint that answers everybody alike.
#[derive(Debug)]
pub(crate) struct Answering {
    pub(crate) status: i64,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) body: &'static [u8],
}

#[async_trait]
impl Transport for Answering {
    async fn call(
        &self,
        _: &dyn Integration,
        _: &Context,
        _: IntegrationRequest,
    ) -> Result<IntegrationResponse, Rejection> {
        let mut answer = IntegrationResponse::new(self.status);
        for (name, value) in self.headers {
            let value = HeaderValue::from_static(value);
            answer.headers.append(*name, value);
        }
        answer.body = Body::from(Bytes::from_static(self.body));
        Ok(answer)
    }
}

/// An HTTP method: what its integration says, beside a response 200.
pub(crate) fn http(kind: &str, integration: Value) -> Value {
    let mut method = json!({
        "ANY": {
            "httpMethod": "ANY",
            "methodResponses": { "200": { "statusCode": "200" } },
            "methodIntegration": {
                "type": kind,
                "httpMethod": "POST",
                "uri": "http://127.0.0.1:9/things",
                "integrationResponses": { "200": { "statusCode": "200" } }
            }
        }
    });
    let members = method["ANY"]["methodIntegration"].as_object_mut();
    let Value::Object(integration) = integration else {
        panic!("it is an object")
    };
    members.expect("it is an object").extend(integration);
    method
}

/// The steps of a request that are of this name, without times.
async fn steps(api: &Value, members: Value, request: Request<Full<Bytes>>, name: &str) -> Value {
    let trace = Arc::new(Trace::new(Arc::new(ManualClock::default())));
    let endpoint = Answering {
        status: 200,
        headers: &[
            ("content-type", "image/png"),
            ("x-a", "1"),
            ("server", "nginx"),
            ("via", "x"),
        ],
        body: b"hello",
    };
    let gateway = gateway(&document(&[("/{id}", api.clone())], members))
        .with_observer(trace.clone())
        .with_transport(Arc::new(endpoint));
    let Ok(_) = gateway.oneshot(request).await;
    let steps = trace.take();
    let mut all = Vec::new();
    for step in &steps {
        let mut step = step.to_json(&Secrets::of(&steps));
        let members = step.as_object_mut().expect("a step is an object");
        for time in ["elapsed_micros", "took_micros"] {
            members.shift_remove(time).expect("a step has times");
        }
        if members.shift_remove("step") == Some(name.into()) {
            all.push(step);
        }
    }
    Value::Array(all)
}

fn request(headers: &[(&str, &str)], body: &'static str) -> Request<Full<Bytes>> {
    let mut request = Request::post("/7?page=2");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Full::from(body)).expect("it is a request")
}

/// Section 8.3 of the data plane's reference.
#[tokio::test]
async fn the_choice_of_a_template_is_told_with_its_rule() {
    let typed = |media_type: &str, passthrough: &str| {
        let mut method = mock("ANY", OK, "x");
        let integration = &mut method["ANY"]["methodIntegration"];
        integration["requestTemplates"] = json!({ media_type: OK });
        integration["passthroughBehavior"] = passthrough.into();
        method
    };
    for (media_type, passthrough, sent, key, rule) in [
        (
            "application/json",
            "NEVER",
            None,
            Some("application/json"),
            "unnamed_is_json",
        ),
        (
            "text/x",
            "NEVER",
            Some("text/x;a=b"),
            Some("text/x"),
            "exact",
        ),
        (
            "$default",
            "NEVER",
            Some("text/x"),
            Some("$default"),
            "default_key",
        ),
        ("text/y", "NEVER", Some("text/x"), None, "never_passes"),
        (
            "text/y",
            "WHEN_NO_TEMPLATES",
            Some("text/x"),
            None,
            "when_no_templates_refuses",
        ),
        (
            "text/y",
            "WHEN_NO_MATCH",
            Some("text/x"),
            None,
            "when_no_match_passes",
        ),
    ] {
        let api = typed(media_type, passthrough);
        let headers: Vec<_> = sent.iter().map(|sent| ("content-type", *sent)).collect();
        let request = request(&headers, "{}");
        let told = steps(&api, json!({}), request, "chosen_request_template").await;
        let expected = json!([{ "media_type": key, "rule": rule }]);
        assert_eq!(told, expected, "{media_type}, {passthrough}, {sent:?}");
    }
    for (accept, types, key, rule) in [
        (
            None,
            &["application/json"][..],
            Some("application/json"),
            "unnamed_is_json",
        ),
        (Some("text/x, */*"), &["text/x"], Some("text/x"), "exact"),
        (
            Some("text/x"),
            &["text/y", "application/json"],
            Some("application/json"),
            "json_fallback",
        ),
        (
            Some("text/x"),
            &["text/y", "text/z"],
            Some("text/y"),
            "first",
        ),
        (None, &["text/y"], Some("text/y"), "first"),
        (None, &[], None, "no_templates"),
    ] {
        let mut api = mock("ANY", OK, "x");
        let templates: serde_json::Map<_, _> = types
            .iter()
            .map(|name| ((*name).to_owned(), "x".into()))
            .collect();
        let responses = &mut api["ANY"]["methodIntegration"]["integrationResponses"];
        responses["200"]["responseTemplates"] = templates.into();
        let headers: Vec<_> = accept.iter().map(|accept| ("accept", *accept)).collect();
        let told = steps(
            &api,
            json!({}),
            request(&headers, ""),
            "chosen_response_template",
        )
        .await;
        let expected = json!([{ "media_type": key, "rule": rule }]);
        assert_eq!(told, expected, "{accept:?}, {types:?}");
    }
}

/// Section 8.2 of the data plane's reference.
#[tokio::test]
async fn mapped_parameters_and_overrides_are_told_with_their_fate() {
    let template = "#set($context.requestOverride.header.x-over = 'o')\
        #set($context.requestOverride.header.via = 'v')\
        #set($context.requestOverride.querystring.q = 'r')\
        #set($context.responseOverride.header.Server = 's')\
        #set($context.responseOverride.status = 201){}";
    let api = http(
        "HTTP",
        json!({
            "requestTemplates": { "application/json": template },
            "requestParameters": {
                "integration.request.header.x-page": "method.request.querystring.page",
                "integration.request.header.x-none": "method.request.querystring.none",
                "integration.request.header.te": "'trailers'",
                "integration.request.querystring.id": "method.request.path.id",
                "integration.request.querystring.name": "method.request.body.name"
            },
            "integrationResponses": { "200": {
                "statusCode": "200",
                "responseParameters": {
                    "method.response.header.x-b": "integration.response.header.x-a",
                    "method.response.header.date": "'today'",
                    "method.response.header.x-none": "integration.response.header.x-none",
                    "method.response.header.transfer-encoding": "'chunked'"
                }
            } }
        }),
    );
    let sent = || request(&[], r#"{"name": "Tom"}"#);
    let told = steps(&api, json!({}), sent(), "parameter").await;
    let row = |side: &str, target: &str, source: &str, value: Option<&str>, fate: &str| json!({ "side": side, "target": target, "source": source, "value": value, "fate": fate });
    let query = "integration.request.querystring";
    let mut renamed = row(
        "response",
        "method.response.header.date",
        "'today'",
        Some("today"),
        "renamed",
    );
    renamed["renamed"] = "x-amzn-remapped-date".into();
    let expected = json!([
        row(
            "request",
            &format!("{query}.id"),
            "method.request.path.id",
            Some("7"),
            "set"
        ),
        row(
            "request",
            &format!("{query}.name"),
            "method.request.body.name",
            Some("Tom"),
            "set"
        ),
        row(
            "request",
            "integration.request.header.x-page",
            "method.request.querystring.page",
            Some("2"),
            "set"
        ),
        row(
            "request",
            "integration.request.header.x-none",
            "method.request.querystring.none",
            None,
            "empty"
        ),
        row(
            "request",
            "integration.request.header.te",
            "'trailers'",
            None,
            "dropped"
        ),
        row(
            "response",
            "method.response.header.x-b",
            "integration.response.header.x-a",
            Some("1"),
            "set"
        ),
        renamed,
        row(
            "response",
            "method.response.header.x-none",
            "integration.response.header.x-none",
            None,
            "empty"
        ),
        row(
            "response",
            "method.response.header.transfer-encoding",
            "'chunked'",
            None,
            "dropped"
        ),
    ]);
    assert_eq!(told, expected, "{told:#}");

    let told = steps(&api, json!({}), sent(), "override").await;
    let row = |side: &str, target: &str, value: &str, fate: &str| {
        let target = format!("context.{side}Override.{target}");
        json!({ "side": side, "target": target, "value": value, "fate": fate })
    };
    let mut renamed = row("response", "header.Server", "s", "renamed");
    renamed["renamed"] = "x-amzn-remapped-server".into();
    let expected = json!([
        row("request", "querystring.q", "r", "set"),
        row("request", "header.x-over", "o", "set"),
        row("request", "header.via", "v", "dropped"),
        row("response", "status", "201", "set"),
        renamed,
    ]);
    assert_eq!(told, expected, "{told:#}");
}

/// Section 8.7 of the data plane's reference, and 12.6.
#[tokio::test]
async fn headers_that_do_not_pass_a_proxy_are_told() {
    let api = http("HTTP_PROXY", json!({}));
    let request = request(&[("max-forwards", "1"), ("x-b", "c")], "hello");
    let told = steps(&api, json!({}), request, "changed_header").await;
    let row = |side: &str, name: &str, sent_as: Option<&str>| json!({ "side": side, "name": name, "sent_as": sent_as });
    let expected = json!([
        row("request", "max-forwards", None),
        row("response", "server", Some("x-amzn-remapped-server")),
        row("response", "via", None),
    ]);
    assert_eq!(told, expected);
}

/// Sections 8.4 and 17.3 of the data plane's reference.
#[tokio::test]
async fn forms_and_codings_of_bodies_are_told() {
    let api = http("HTTP", json!({ "contentHandling": "CONVERT_TO_TEXT" }));
    let members = json!({ "binaryMediaTypes": ["image/*"], "minimumCompressionSize": 0 });
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    std::io::Write::write_all(&mut encoder, b"hello").unwrap();
    let coded = encoder.finish().unwrap();
    let length = coded.len();
    let sent = || {
        let request = Request::post("/7")
            .header(header::CONTENT_TYPE, "image/png")
            .header(header::CONTENT_ENCODING, "gzip")
            .header(header::ACCEPT_ENCODING, "gzip");
        request.body(Full::from(coded.clone())).unwrap()
    };
    let told = steps(&api, members.clone(), sent(), "decoded_body").await;
    let expected = json!([{ "coding": "gzip", "encoded": length, "decoded": 5 }]);
    assert_eq!(told, expected);
    let told = steps(&api, members.clone(), sent(), "request_body").await;
    let expected = json!([{ "body": { "is_base64": false, "data": "hello" } }]);
    assert_eq!(told, expected);
    let told = steps(&api, members.clone(), sent(), "body_form").await;
    let row = |side: &str, handling: Option<&str>| {
        json!({
            "side": side, "from": "binary", "to": "text",
            "content_handling": handling, "binary_media_type": "image/*",
            "accepted_binary_media_type": null, "length_before": 5, "length": 8
        })
    };
    let expected = json!([
        row("request", Some("CONVERT_TO_TEXT")),
        row("response", None)
    ]);
    assert_eq!(told, expected);
    let told = steps(&api, members, sent(), "compressed_response").await;
    assert_eq!(told[0]["coding"], "gzip");
    assert_eq!(told[0]["plain"], 8);
    assert!(told[0]["encoded"].is_u64());
}

/// Section 3.4 of the data plane's reference.
#[tokio::test]
async fn what_was_validated_is_told() {
    let mut api = mock("ANY", OK, "x");
    let members = json!({
        "requestValidators": [{
            "id": "v1", "name": "all",
            "validateRequestBody": true, "validateRequestParameters": true,
        }],
    });
    let sent = |content_type: &str| {
        let request = Request::post("/7").header(header::CONTENT_TYPE, content_type);
        request.body(Full::from("{}")).unwrap()
    };
    let told = steps(&api, members.clone(), sent("application/json"), "validated").await;
    assert_eq!(told, json!([]));
    api["ANY"]["requestValidatorId"] = json!("v1");
    api["ANY"]["requestParameters"] = json!({ "method.request.path.id": true });
    for (content_type, model) in [
        ("application/json", json!("Empty")),
        ("text/plain", json!(null)),
    ] {
        let told = steps(&api, members.clone(), sent(content_type), "validated").await;
        assert_eq!(told, json!([{ "parameters": 1, "model": model }]));
    }
}

/// Section 12.2 of the data plane's reference.
#[tokio::test]
async fn who_answers_a_refusal_is_told() {
    let response = |name: &str| json!({ "responseType": name, "responseTemplates": { "application/json": "{}" } });
    for (customised, path, origin, chosen) in [
        (None, "/7/8", "built_in", None),
        (Some("THROTTLED"), "/7/8", "built_in", None),
        (Some("DEFAULT_4XX"), "/7/8", "api", Some("DEFAULT_4XX")),
        (
            Some("MISSING_AUTHENTICATION_TOKEN"),
            "/7/8",
            "api",
            Some("MISSING_AUTHENTICATION_TOKEN"),
        ),
        (Some("DEFAULT_4XX"), "/a/../b", "front_door", None),
    ] {
        let responses: Vec<_> = customised.into_iter().map(response).collect();
        let request = Request::get(path).body(Full::default()).unwrap();
        let members = json!({ "gatewayResponses": responses });
        let told = steps(&mock("ANY", OK, "x"), members, request, "refused").await;
        assert_eq!(told[0]["origin"], origin, "{customised:?}, {path}");
        assert_eq!(
            told[0]["gateway_response"],
            json!(chosen),
            "{customised:?}, {path}"
        );
    }
}
