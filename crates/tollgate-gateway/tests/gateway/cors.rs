//! CORS: by methods of the document, and by the gateway itself.

mod managed;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use serde_json::{Value, json};
use tollgate_gateway::Gateway;
use tollgate_model::CorsConfiguration;

use crate::support::{Answer, document, gateway, mock, send};

const OK: &str = r#"{"statusCode": 200}"#;

/// Sends a request with these headers.
async fn ask(gateway: &Gateway, verb: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(verb).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::<Bytes>::default());
    send(gateway, request.expect("it is a request")).await
}

/// The headers of an answer that CORS is about.
fn cors(answer: &Answer) -> Vec<(&str, &str)> {
    let headers = answer.headers.iter();
    let headers = headers.map(|(name, value)| (name.as_str(), value.to_str().expect("it is text")));
    let mut found: Vec<_> = headers
        .filter(|(name, _)| name.starts_with("access-control-") || *name == "vary")
        .collect();
    found.sort_unstable();
    found
}

/// OPTIONS as the CDK writes it, with another passthrough behavior perhaps.
fn cdk(passthrough: &str, templates: &Value) -> Value {
    json!({ "OPTIONS": {
        "httpMethod": "OPTIONS",
        "authorizationType": "NONE",
        "methodResponses": { "204": {
            "statusCode": "204",
            "responseParameters": {
                "method.response.header.Access-Control-Allow-Headers": true,
                "method.response.header.Access-Control-Allow-Methods": true,
                "method.response.header.Access-Control-Allow-Origin": true,
                "method.response.header.Vary": true,
            }
        } },
        "methodIntegration": {
            "type": "MOCK",
            "passthroughBehavior": passthrough,
            "requestTemplates": { "application/json": "{ statusCode: 200 }" },
            "integrationResponses": { "204": {
                "statusCode": "204",
                "responseParameters": {
                    "method.response.header.Access-Control-Allow-Headers": "'Content-Type,X-Api-Key'",
                    "method.response.header.Access-Control-Allow-Methods": "'OPTIONS,GET'",
                    "method.response.header.Access-Control-Allow-Origin": "'https://a.example'",
                    "method.response.header.Vary": "'Origin'",
                },
                "responseTemplates": templates,
            } }
        }
    } })
}

#[tokio::test]
async fn a_document_answers_preflights_by_mock() {
    for (passthrough, content_type, status) in [
        ("WHEN_NO_MATCH", None, 204),
        ("WHEN_NO_MATCH", Some("application/json"), 204),
        // The client's body stands for the template then, and has no status.
        ("WHEN_NO_MATCH", Some("text/plain"), 500),
        ("WHEN_NO_TEMPLATES", None, 204),
        ("WHEN_NO_TEMPLATES", Some("application/json"), 204),
        ("WHEN_NO_TEMPLATES", Some("text/plain"), 415),
        ("NEVER", None, 204),
        ("NEVER", Some("application/json"), 204),
        ("NEVER", Some("text/plain"), 415),
    ] {
        let row = format!("{passthrough} {content_type:?}");
        let document = document(&[("/pets", cdk(passthrough, &json!({})))], json!({}));
        let mut headers = vec![
            ("origin", "https://a.example"),
            ("access-control-request-method", "GET"),
        ];
        headers.extend(content_type.map(|content_type| ("content-type", content_type)));
        let answer = ask(&gateway(&document), "OPTIONS", "/pets", &headers).await;
        assert_eq!(answer.status, status, "{row}");
        if status != 204 {
            // What the gateway itself answers knows nothing of CORS.
            assert_eq!(cors(&answer), [], "{row}");
            continue;
        }
        assert_eq!(answer.body, "", "{row}");
        assert_eq!(
            cors(&answer),
            [
                ("access-control-allow-headers", "Content-Type,X-Api-Key"),
                ("access-control-allow-methods", "OPTIONS,GET"),
                ("access-control-allow-origin", "https://a.example"),
                ("vary", "Origin"),
            ],
            "{row}"
        );
    }
}

/// The template that the CDK writes for several origins.
#[tokio::test]
async fn a_response_template_chooses_among_origins() {
    let template = "#set($origin = $input.params().header.get(\"Origin\"))\n\
                    #if($origin == \"\") #set($origin = $input.params().header.get(\"origin\")) #end\n\
                    #if($origin.matches(\"https://b.example\"))\n  \
                    #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)\n\
                    #end";
    let methods = cdk("WHEN_NO_MATCH", &json!({ "application/json": template }));
    let gateway = gateway(&document(&[("/pets", methods)], json!({})));
    for (origin, allowed) in [
        ("https://a.example", "https://a.example"),
        ("https://b.example", "https://b.example"),
        ("https://evil.example", "https://a.example"),
    ] {
        let answer = ask(&gateway, "OPTIONS", "/pets", &[("origin", origin)]).await;
        let found = answer.headers["access-control-allow-origin"].to_str();
        assert_eq!(found.unwrap(), allowed, "{origin}");
    }
}

#[tokio::test]
async fn a_document_without_options_answers_no_preflight() {
    let document = document(&[("/pets", mock("GET", OK, "{}"))], json!({}));
    let headers = [
        ("origin", "https://a.example"),
        ("access-control-request-method", "GET"),
    ];
    let answer = ask(&gateway(&document), "OPTIONS", "/pets", &headers).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.body, r#"{"message":"Missing Authentication Token"}"#);
    assert_eq!(cors(&answer), []);
}

#[tokio::test]
async fn what_is_added_to_a_document_is_served() {
    let mut document = document(&[("/pets", mock("GET", OK, "{}"))], json!({}));
    let report = document.add_cors(&CorsConfiguration::like_console());
    assert!(report.unwrap().remarks.is_empty());
    let gateway = gateway(&document);
    let origin = ("origin", "https://a.example");
    let allow_origin = ("access-control-allow-origin", "*");

    let preflight = [origin, ("access-control-request-method", "GET")];
    let answer = ask(&gateway, "OPTIONS", "/pets", &preflight).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    assert_eq!(
        cors(&answer),
        [
            (
                "access-control-allow-headers",
                "Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token"
            ),
            ("access-control-allow-methods", "GET,OPTIONS"),
            allow_origin,
        ]
    );
    for (path, status) in [("/pets", 200), ("/cats", 403)] {
        let answer = ask(&gateway, "GET", path, &[origin]).await;
        assert_eq!(answer.status, status);
        assert_eq!(cors(&answer), [allow_origin], "{path}");
    }
}
