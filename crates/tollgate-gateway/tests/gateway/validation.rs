//! Requests that are checked before anything is made of them.

use http::Request;
use http_body_util::Full;
use serde_json::{Value, json};
use tollgate_gateway::Plan;
use tollgate_model::{ApiDocument, Stage};

use crate::support::{Answer, document, gateway, send};

/// A MOCK that takes pets, with a validator of these flags and a method's own members.
fn api(parameters: bool, body: bool, members: &Value) -> ApiDocument {
    let mut method = json!({
        "httpMethod": "ANY",
        "requestValidatorId": "v1",
        "requestModels": { "application/json": "Pet" },
        "methodResponses": { "200": { "statusCode": "200" } },
        "methodIntegration": {
            "type": "MOCK",
            "passthroughBehavior": "NEVER",
            "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
            "integrationResponses": { "200": { "statusCode": "200" } },
        },
    });
    let object = method.as_object_mut().expect("it is an object");
    object.extend(members.as_object().expect("members are an object").clone());
    let pet = r##"{
        "type": "object", "required": ["name"],
        "properties": {
            "name": { "type": "string" },
            "friend": { "oneOf": [
                { "type": "null" },
                { "$ref": "https://apigateway.amazonaws.com/restapis/abc/models/Pet" }
            ] }
        }
    }"##;
    let pets = r#"{ "type": "array", "items": {
        "$ref": "https://apigateway.amazonaws.com/restapis/abc/models/Pet" } }"#;
    let model = |name: &str, schema: &str| json!({ "name": name, "contentType": "application/json", "schema": schema });
    document(
        &[("/pets/{id}", json!({ "ANY": method }))],
        json!({
            "models": [model("Pet", pet), model("Pets", pets), model("Broken", "{\"type\": 7}")],
            "requestValidators": [{
                "id": "v1",
                "name": "checks",
                "validateRequestBody": body,
                "validateRequestParameters": parameters,
            }],
            "gatewayResponses": [{
                "responseType": "BAD_REQUEST_BODY",
                "responseTemplates": {
                    "application/json": "$context.error.message: $context.error.validationErrorString",
                },
            }],
        }),
    )
}

async fn post(document: &ApiDocument, content_type: Option<&str>, body: &str) -> Answer {
    let mut request = Request::post("/pets/7?page=1&blank=").header("x-there", "yes");
    if let Some(content_type) = content_type {
        request = request.header("content-type", content_type);
    }
    let request = request.body(Full::from(body.to_owned()));
    send(&gateway(document), request.expect("it is a request")).await
}

#[tokio::test]
async fn bodies_must_fit_their_models() {
    let missing = r#"Invalid request body: [object has missing required properties (["name"])]"#;
    let list = json!({ "requestModels": { "application/json": "Pets" } });
    let default = json!({ "requestModels": { "$default": "Pet" } });
    let none = json!({ "requestModels": {} });
    let pet = json!({});
    let tom = r#"{"name": "Tom"}"#;
    for (members, content_type, body, expected) in [
        (&pet, Some("application/json"), tom, Ok(200)),
        (
            &pet,
            Some("application/json; charset=utf-8"),
            "{}",
            Err(missing),
        ),
        (&pet, None, "{}", Err(missing)),
        // An empty body counts as an empty object.
        (&pet, None, "", Err(missing)),
        (&pet, None, r#"{"name": "Tom", "friend": null}"#, Ok(200)),
        (
            &pet,
            None,
            r#"{"name": "Tom", "friend": {"name": "Rex"}}"#,
            Ok(200),
        ),
        (
            &pet,
            None,
            "{",
            Err("Invalid request body: [instance is no JSON]"),
        ),
        // There is no model for it: it is not checked, but no template takes it.
        (&pet, Some("text/plain"), "Tom", Ok(415)),
        // The body is checked before the template is chosen.
        (&default, Some("text/plain"), "{}", Err(missing)),
        (&default, Some("text/plain"), tom, Ok(415)),
        (&list, None, r#"[{"name": "Tom"}]"#, Ok(200)),
        // The model `Empty` takes any object.
        (&none, None, "{}", Ok(200)),
    ] {
        let answer = post(&api(false, true, members), content_type, body).await;
        match expected {
            Ok(status) => assert_eq!(answer.status, status, "{members} {body}: {}", answer.body),
            Err(message) => {
                assert_eq!(
                    (answer.status, answer.body.as_str()),
                    (400, message),
                    "{body}"
                );
                assert_eq!(answer.headers["x-amzn-errortype"], "BadRequestException");
            }
        }
    }
    let answer = post(&api(false, true, &none), None, "[]").await;
    assert_eq!(answer.status, 400);
    // Nothing is checked without the flag.
    assert_eq!(post(&api(true, false, &pet), None, "{}").await.status, 200);
}

/// Nothing can be said of a number that no double holds, so no model takes it.
#[tokio::test]
async fn numbers_beyond_all_doubles_fit_no_model() {
    let model = r#"{ "properties": { "amount": { "type": ["number", "null"], "maximum": 100 } } }"#;
    let mut api = api(false, true, &json!({}));
    model.clone_into(&mut api.models[0].schema);
    for (digits, status) in [(2, 200), (308, 400), (309, 400), (1_000, 400)] {
        let body = format!(r#"{{"amount": {}}}"#, "9".repeat(digits));
        assert_eq!(post(&api, None, &body).await.status, status, "{digits}");
    }
}

/// Of several types the last one counts, so that no client has its body taken for something else
/// than what was checked.
#[tokio::test]
async fn one_content_type_counts() {
    for (types, status) in [
        (["text/plain", "application/json"], 400),
        (["application/json", "text/plain"], 415),
    ] {
        let mut request = Request::post("/pets/7").body(Full::from("{}")).unwrap();
        for one in types {
            let value = one.parse().expect("it is a header's value");
            request.headers_mut().append("content-type", value);
        }
        let answer = send(&gateway(&api(false, true, &json!({}))), request).await;
        assert_eq!(answer.status, status, "{types:?}");
    }
}

#[tokio::test]
async fn required_parameters_must_be_there() {
    let key = |key: &str| format!("method.request.{key}");
    let required = |keys: &[&str]| {
        let keys = keys.iter().map(|one| (key(one), json!(true)));
        json!({ "requestParameters": Value::Object(keys.collect()) })
    };
    for (keys, missing) in [
        (&["querystring.page", "path.id", "header.x-there"][..], ""),
        (&["querystring.blank"], "blank"),
        (
            &["querystring.page", "querystring.b", "path.a", "header.c"],
            "c, a, b",
        ),
    ] {
        let api = api(true, true, &required(keys));
        // The body would not fit either, but is not looked at.
        let answer = post(
            &api,
            None,
            if missing.is_empty() {
                r#"{"name":"a"}"#
            } else {
                "{}"
            },
        )
        .await;
        if missing.is_empty() {
            assert_eq!(answer.status, 200, "{keys:?}: {}", answer.body);
            continue;
        }
        let message = format!("Missing required request parameters: [{missing}]");
        let body = format!("{{\"message\": \"{message}\"}}");
        assert_eq!((answer.status, answer.body), (400, body), "{keys:?}");
    }
}

/// What an author wanted to keep away from the endpoint does not pass by a mistake.
#[tokio::test]
async fn checks_that_cannot_be_made_refuse_all() {
    for (members, pointer) in [
        (json!({ "requestValidatorId": "v2" }), "/requestValidatorId"),
        (
            json!({ "requestModels": { "application/json": "None" } }),
            "/requestModels/application~1json",
        ),
        (
            json!({ "requestModels": { "application/json": "Broken" } }),
            "/requestModels/application~1json",
        ),
    ] {
        let document = api(true, true, &members);
        let stage = Stage::new("prod".parse().expect("it is a stage name"));
        let plan = Plan::compile(&document, &stage).expect("it has a plan");
        let pointer = format!("/resources/0/resourceMethods/ANY{pointer}");
        let mut pointers = plan.diagnostics().iter().map(|one| &*one.pointer);
        assert!(pointers.any(|one| one == pointer), "{members}");
        let answer = post(&document, None, r#"{"name": "Tom"}"#).await;
        assert_eq!(answer.status, 500, "{members}");
    }
}
