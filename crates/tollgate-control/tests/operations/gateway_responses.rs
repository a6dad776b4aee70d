//! Gateway responses.

use serde_json::{Value, json};

use crate::support::{Plane, patches};

/// The template of every type that has none of its own.
const TEMPLATE: &str = r#"{"message":$context.error.messageString}"#;

fn default(of: &str, status: &str) -> Value {
    let mut expected = json!({
        "responseType": of,
        "responseParameters": {},
        "responseTemplates": {"application/json": TEMPLATE},
        "defaultResponse": true,
    });
    if !status.is_empty() {
        expected["statusCode"] = status.into();
    }
    expected
}

#[tokio::test]
async fn all_types_are_listed() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    let all = format!("/restapis/{api}/gatewayresponses");
    let types = [
        ("ACCESS_DENIED", "403"),
        ("API_CONFIGURATION_ERROR", "500"),
        ("AUTHORIZER_CONFIGURATION_ERROR", "500"),
        ("AUTHORIZER_FAILURE", "500"),
        ("BAD_REQUEST_BODY", "400"),
        ("BAD_REQUEST_PARAMETERS", "400"),
        ("DEFAULT_4XX", ""),
        ("DEFAULT_5XX", ""),
        ("EXPIRED_TOKEN", "403"),
        ("INTEGRATION_FAILURE", "504"),
        ("INTEGRATION_TIMEOUT", "504"),
        ("INVALID_API_KEY", "403"),
        ("INVALID_SIGNATURE", "403"),
        ("MISSING_AUTHENTICATION_TOKEN", "403"),
        ("QUOTA_EXCEEDED", "429"),
        ("REQUEST_TOO_LARGE", "413"),
        ("RESOURCE_NOT_FOUND", "404"),
        ("THROTTLED", "429"),
        ("UNAUTHORIZED", "401"),
        ("UNSUPPORTED_MEDIA_TYPE", "415"),
        ("WAF_FILTERED", "403"),
    ];
    let expected: Vec<_> = types
        .iter()
        .map(|(of, status)| default(of, status))
        .collect();
    let list = plane.done(200, "GET", &all, Value::Null).await;
    assert_eq!(list, json!({ "item": expected }));
    for expected in expected {
        let of = expected["responseType"].as_str().expect("it is text");
        let read = plane
            .done(200, "GET", &format!("{all}/{of}"), Value::Null)
            .await;
        assert_eq!(read, expected);
    }
}

#[tokio::test]
async fn what_is_not_said_is_that_of_the_type() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    let all = format!("/restapis/{api}/gatewayresponses");
    let header = "gatewayresponse.header.x";
    let own = |of: &str, status: &str, parameters: Value, templates: Value| {
        let mut expected = default(of, status);
        expected["defaultResponse"] = false.into();
        expected["responseParameters"] = parameters;
        expected["responseTemplates"] = templates;
        expected
    };
    let template = json!({"application/json": TEMPLATE});
    let cases = [
        (
            json!({"statusCode": "499"}),
            own("ACCESS_DENIED", "499", json!({}), template.clone()),
        ),
        (
            json!({"responseParameters": {header: "'y'"}}),
            own(
                "AUTHORIZER_FAILURE",
                "500",
                json!({header: "'y'"}),
                template.clone(),
            ),
        ),
        (
            json!({"responseTemplates": {"a/b": "x"}}),
            own("THROTTLED", "429", json!({}), json!({"a/b": "x"})),
        ),
        (
            json!({
                "statusCode": "599",
                "responseParameters": {header: "method.request.header.z"},
                "responseTemplates": {"a/b": "5"},
            }),
            own(
                "DEFAULT_5XX",
                "599",
                json!({header: "method.request.header.z"}),
                json!({"a/b": "5"}),
            ),
        ),
        (
            json!({"responseParameters": {header: "'4'"}}),
            own("DEFAULT_4XX", "", json!({header: "'4'"}), template),
        ),
    ];
    for (body, expected) in &cases {
        let of = expected["responseType"].as_str().expect("it is text");
        let path = format!("{all}/{of}");
        assert_eq!(plane.done(201, "PUT", &path, body.clone()).await, *expected);
        assert_eq!(plane.done(200, "GET", &path, Value::Null).await, *expected);
    }
    // The defaults show through where the API has no idea of its own, and nowhere else.
    let mut server = cases[3].1.clone();
    server["responseType"] = "INTEGRATION_FAILURE".into();
    server["defaultResponse"] = true.into();
    let mut client = default("UNAUTHORIZED", "401");
    client["responseParameters"] = json!({header: "'4'"});
    for expected in [
        server,
        client,
        cases[1].1.clone(),
        default("REQUEST_TOO_LARGE", "413"),
    ] {
        let of = expected["responseType"].as_str().expect("it is text");
        let path = format!("{all}/{of}");
        assert_eq!(plane.done(200, "GET", &path, Value::Null).await, expected);
    }
    let path = format!("{all}/ACCESS_DENIED");
    for (_, expected) in &cases {
        let of = expected["responseType"].as_str().expect("it is text");
        plane
            .done(202, "DELETE", &format!("{all}/{of}"), Value::Null)
            .await;
    }
    let gone = plane.done(200, "GET", &path, Value::Null).await;
    assert_eq!(gone, default("ACCESS_DENIED", "403"));
    let answer = plane.ask("DELETE", &path, Value::Null).await;
    let none = "Gateway response type not defined on api";
    answer.refused(404, "NotFoundException", none);
}

#[tokio::test]
async fn an_update_begins_with_the_default() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    let path = format!("/restapis/{api}/gatewayresponses/QUOTA_EXCEEDED");
    let change = patches([
        ("replace", "/responseTemplates/application~1json", "{}"),
        ("add", "/responseTemplates/a~1b", "x"),
        (
            "add",
            "/responseParameters/gatewayresponse.header.x",
            "context.path",
        ),
        ("replace", "/statusCode", "420"),
    ]);
    let expected = json!({
        "responseType": "QUOTA_EXCEEDED",
        "statusCode": "420",
        "responseParameters": {"gatewayresponse.header.x": "context.path"},
        "responseTemplates": {"application/json": "{}", "a/b": "x"},
        "defaultResponse": false,
    });
    assert_eq!(plane.done(200, "PATCH", &path, change).await, expected);
    assert_eq!(plane.done(200, "GET", &path, Value::Null).await, expected);

    let (bad, none) = ("BadRequestException", "NotFoundException");
    let header = "/responseParameters/gatewayresponse.header.y";
    for ((op, at, value), status, error, message) in [
        (
            ("add", "/statusCode", "400"),
            400,
            bad,
            "Invalid patch path /statusCode",
        ),
        (
            ("remove", "/statusCode", ""),
            400,
            bad,
            "Invalid patch path /statusCode",
        ),
        (
            ("replace", "/statusCode", "0"),
            400,
            bad,
            "statusCode \"0\": expected three digits, of which the first is 1 to 5",
        ),
        (
            ("replace", "/responseType", "x"),
            400,
            bad,
            "Invalid patch path /responseType",
        ),
        (
            ("remove", header, ""),
            404,
            none,
            "Invalid parameter name specified",
        ),
        (
            ("replace", "/responseTemplates/a~1c", "x"),
            404,
            none,
            "Content-Type specified was not found",
        ),
        (
            ("add", "/responseTemplates/a~1c", ""),
            400,
            bad,
            "Invalid null or empty value in responseTemplates",
        ),
        (
            ("add", header, ""),
            400,
            bad,
            "Invalid null or empty value in responseParameters",
        ),
        (
            ("add", header, "y"),
            400,
            bad,
            "Invalid mapping expression specified: Validation Result: warnings : [], errors : \
             [Invalid mapping expression specified: y]",
        ),
        (
            ("add", "/responseTemplates/1", "x"),
            400,
            bad,
            "Validation Result: warnings : [], errors : [Invalid content type specified: 1]",
        ),
    ] {
        let answer = plane.ask("PATCH", &path, patches([(op, at, value)])).await;
        answer.refused(status, error, message);
    }
    let body = json!({"statusCode": "a"});
    let other = format!("/restapis/{api}/gatewayresponses/OTHER");
    let answer = plane.ask("PUT", &other, body).await;
    let message = answer.body["message"].as_str().unwrap_or_default();
    assert!(
        message.starts_with(
            "2 validation errors detected: Value 'OTHER' at 'putGatewayResponseInput.responseType' \
             failed to satisfy constraint: Member must satisfy enum value set: [REQUEST_TOO_LARGE, \
             RESOURCE_NOT_FOUND, "
        ),
        "{answer:?}"
    );
    let none_here = "/restapis/none/gatewayresponses";
    let answer = plane.get(none_here).await;
    let no_api = "Invalid API identifier specified 123456789012:none";
    answer.refused(404, none, no_api);
}
