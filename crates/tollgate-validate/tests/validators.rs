//! What request validators find, each row by the section of the service's documentation, or of its
//! recorded answers, that it comes from.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;
use tollgate_core::{
    ClientRequest, GatewayResponseType, OriginalHeaders, PathParameters, Rejection,
};
use tollgate_validate::{Model, Models, RequestValidator};

const REF: &str = "https://apigateway.amazonaws.com/restapis/abc123/models";

fn model(models: &Models, name: &str) -> Arc<Model> {
    let model = models.get(name).expect("it is there");
    model.expect("it can be used").clone()
}

/// A request to `/nested/{test}` with one header, spelled as given.
fn request(query: &str, header: Option<(&str, &str)>, is_spelling_known: bool) -> ClientRequest {
    let target = format!("/nested/value?{query}");
    let mut request = ClientRequest::new(Method::POST, target.parse().expect("it is a target"));
    request.path_parameters =
        PathParameters::new(Arc::from(["test".into()]), std::iter::once(8..13));
    if let Some((name, value)) = header {
        let key = HeaderName::from_bytes(name.as_bytes()).expect("it is a name");
        let value = HeaderValue::from_str(value).expect("it is a value");
        request.headers = HeaderMap::from_iter([(key, value)]);
        request.spelling = is_spelling_known.then(|| OriginalHeaders::from_iter([name]));
    }
    request
}

#[test]
fn required_parameters() {
    // Section, required, query, header, whether its spelling is known, names that are missing.
    type Row = (
        &'static str,
        &'static [&'static str],
        &'static str,
        Option<(&'static str, &'static str)>,
        bool,
        &'static str,
    );
    let recorded: &[&str] = &[
        "method.request.querystring.qs1",
        "method.request.path.issuer",
        "method.request.header.x-header-param",
    ];
    let header: &[&str] = &["method.request.header.X-Header"];
    let query: &[&str] = &["method.request.querystring.q1"];
    let several: &[&str] = &["method.request.multivaluequerystring.q1"];
    let rows: &[Row] = &[
        (
            "§3.4 order of keys",
            recorded,
            "",
            None,
            true,
            "x-header-param, issuer, qs1",
        ),
        (
            "§3.4 order of keys",
            recorded,
            "qs1=1",
            Some(("x-header-param", "1")),
            true,
            "issuer",
        ),
        (
            "§3.4 path not in resource",
            &["method.request.path.issuer"],
            "",
            None,
            true,
            "issuer",
        ),
        (
            "§3.4 path in resource",
            &["method.request.path.test"],
            "",
            None,
            true,
            "",
        ),
        (
            "§3.4 spelled exactly",
            header,
            "",
            Some(("X-Header", "1")),
            true,
            "",
        ),
        (
            "§3.4 spelled otherwise",
            header,
            "",
            Some(("x-header", "1")),
            true,
            "X-Header",
        ),
        (
            "§3.4 spelling not known",
            header,
            "",
            Some(("x-header", "1")),
            false,
            "",
        ),
        (
            "§3.4 blank header",
            header,
            "",
            Some(("X-Header", "")),
            true,
            "X-Header",
        ),
        (
            "§3.4 blank header",
            header,
            "",
            Some(("X-Header", " ")),
            true,
            "X-Header",
        ),
        ("§3.4 there", query, "q1=0", None, true, ""),
        ("§3.4 blank", query, "q1=", None, true, "q1"),
        ("§3.4 blank", query, "q1", None, true, "q1"),
        ("§3.4 blank", query, "q1=%20+", None, true, "q1"),
        ("§2.4 case of query names", query, "Q1=1", None, true, "q1"),
        ("§2.4 last value", query, "q1=1&q1=", None, true, "q1"),
        ("§2.4 last value", query, "q1=&q1=1", None, true, ""),
        ("§2.4 semicolon", query, "a=1;q1=1", None, true, ""),
        ("§3.4 several values", several, "q1=1&q1=", None, true, ""),
        ("§3.4 several values", several, "q1=&q1=", None, true, "q1"),
        (
            "§3.4 only presence",
            query,
            "q1=anything%20at%20all",
            None,
            true,
            "",
        ),
    ];
    for (section, required, query, header, known, missing) in rows {
        let validator = required
            .iter()
            .fold(RequestValidator::new(), |validator, key| {
                validator
                    .with_required_parameter(key)
                    .expect("it is a parameter")
            });
        let checked = validator.check_parameters(&request(query, *header, *known));
        let title = format!("{section}: {required:?} in {query:?}, {header:?}");
        if missing.is_empty() {
            assert_eq!(checked, Ok(()), "{title}");
            continue;
        }
        let rejection = checked.expect_err(&title);
        let kind = GatewayResponseType::BadRequestParameters;
        assert_eq!(rejection.response_type(), Some(kind), "{title}");
        assert_eq!(
            (rejection.status().as_u16(), rejection.error_type()),
            (400, Some("BadRequestException"))
        );
        let message = format!("Missing required request parameters: [{missing}]");
        assert_eq!(rejection.message(), Some(message.as_str()), "{title}");
    }
}

#[test]
fn only_parameters_can_be_required() {
    for key in [
        "",
        "Accept",
        "'x'",
        "context.stage",
        "stageVariables.a",
        "method.request.body",
        "method.request.body.a",
        "integration.response.header.a",
        "method.request.cookie.a",
    ] {
        let refused = RequestValidator::new().with_required_parameter(key);
        assert_eq!(refused.expect_err(key).text, key);
    }
}

#[test]
fn models_by_content_type() {
    let models = Models::compile([
        ("Pet", r#"{"type": "object", "required": ["name"]}"#),
        ("List", r#"{"type": "array"}"#),
    ]);
    let json = RequestValidator::new().with_model("application/json", model(&models, "Pet"));
    let other =
        RequestValidator::new().with_model("application/vnd.pet+json", model(&models, "Pet"));
    let default = json.clone().with_model("$default", model(&models, "List"));
    let list = RequestValidator::new().with_model("application/json", model(&models, "List"));
    let empty = RequestValidator::new().with_model("application/json", Model::empty());
    let none = RequestValidator::new();
    let both = json
        .clone()
        .with_model("text/x-list", model(&models, "List"));

    // Section, models, content type, body, whether it passes.
    let rows: &[(&str, &RequestValidator, Option<&str>, &str, bool)] = &[
        (
            "§3.4 fits",
            &json,
            Some("application/json"),
            r#"{"name": 1}"#,
            true,
        ),
        (
            "§3.4 does not fit",
            &json,
            Some("application/json"),
            "{}",
            false,
        ),
        ("§3.4 no content type", &json, None, "{}", false),
        ("§3.4 no content type", &json, Some(""), "{}", false),
        ("§3.4 no content type", &json, None, r#"{"name": 1}"#, true),
        (
            "§3.4 parameters do not count",
            &json,
            Some("application/json; charset=utf-8"),
            "{}",
            false,
        ),
        (
            "§3.4 case does not count",
            &json,
            Some("Application/JSON"),
            "{}",
            false,
        ),
        (
            "§3.4 type without a model",
            &json,
            Some("text/plain"),
            "no JSON",
            true,
        ),
        (
            "§3.4 type without a model",
            &other,
            Some("application/json"),
            "{}",
            true,
        ),
        ("§3.4 type without a model", &other, None, "{}", true),
        // One header with several types: whatever the endpoint takes the body for, it fits.
        (
            "§3.4 several types",
            &json,
            Some("text/plain, application/json"),
            "{}",
            false,
        ),
        (
            "§3.4 several types",
            &json,
            Some("application/json;q=1 ,text/plain"),
            "no JSON",
            false,
        ),
        (
            "§3.4 several types",
            &json,
            Some("text/plain; a=\"b, application/json"),
            "{}",
            false,
        ),
        (
            "§3.4 several types",
            &json,
            Some("text/plain,"),
            "{}",
            false,
        ),
        (
            "§3.4 several types",
            &json,
            Some("text/plain, application/json"),
            r#"{"name": 1}"#,
            true,
        ),
        (
            "§3.4 several types, none with a model",
            &json,
            Some("text/plain, text/html"),
            "{}",
            true,
        ),
        (
            "§3.4 several types, $default",
            &default,
            Some("text/plain, text/html"),
            "{}",
            false,
        ),
        (
            "§3.4 several types, models of two",
            &both,
            Some("text/x-list, application/json"),
            "[]",
            false,
        ),
        (
            "§3.4 several types, models of two",
            &both,
            Some("text/x-list, application/json"),
            r#"{"name": 1}"#,
            false,
        ),
        (
            "§3.4 own type",
            &other,
            Some("application/vnd.pet+json"),
            "{}",
            false,
        ),
        ("§3.4 $default", &default, Some("text/plain"), "[]", true),
        ("§3.4 $default", &default, Some("text/plain"), "{}", false),
        (
            "§3.4 $default is for the others",
            &default,
            Some("application/json"),
            "[]",
            false,
        ),
        (
            "§3.4 no JSON",
            &json,
            Some("application/json"),
            "no JSON",
            false,
        ),
        (
            "§3.4 no JSON",
            &json,
            Some("application/json"),
            r#"{"name": 1"#,
            false,
        ),
        (
            "§3.4 empty body",
            &json,
            Some("application/json"),
            "",
            false,
        ),
        ("§3.4 empty body", &json, None, "", false),
        ("§3.4 empty body, list", &list, None, "", false),
        ("§3.4 empty body, Empty", &empty, None, "", true),
        (
            "§3.4 Empty takes any object",
            &empty,
            None,
            r#"{"a": []}"#,
            true,
        ),
        ("§3.4 Empty takes any object", &empty, None, "[]", false),
        (
            "§3.4 nothing is checked",
            &none,
            Some("application/json"),
            "no JSON",
            true,
        ),
    ];
    for (section, validator, content_type, body, passes) in rows {
        let title = format!("{section}: {content_type:?}, {body:?}");
        let content_type = content_type.map(str::as_bytes);
        let checked = validator.check_body(content_type, body.is_empty(), || {
            serde_json::from_str::<Value>(body).ok()
        });
        assert_eq!(checked.is_ok(), *passes, "{title}: {checked:?}");
        if let Err(rejection) = checked {
            assert!(validator.checks_body(content_type), "{title}");
            let kind = GatewayResponseType::BadRequestBody;
            assert_eq!(rejection.response_type(), Some(kind), "{title}");
            assert_eq!(rejection.message(), Some("Invalid request body"), "{title}");
            assert_eq!(
                (rejection.status().as_u16(), rejection.error_type()),
                (400, Some("BadRequestException"))
            );
        }
    }
    assert!(none.is_empty() && !none.checks_body(None));
}

#[test]
fn the_body_is_asked_for_only_if_it_is_needed() {
    let validator = RequestValidator::new().with_model("application/json", Model::empty());
    let never = || -> Option<Value> { panic!("nobody needs the body") };
    assert!(
        validator
            .check_body(Some(b"text/plain"), false, never)
            .is_ok()
    );
    assert!(validator.check_body(None, true, never).is_ok());
}

#[test]
fn what_is_wrong_is_told_to_templates_and_logs() {
    let models = Models::compile([("Pet", r#"{"required": ["b", "a"]}"#)]);
    let validator = RequestValidator::new().with_model("$default", model(&models, "Pet"));
    let refuse = |content_type: Option<&[u8]>, body: Option<Value>| -> (String, String) {
        let rejection: Rejection = validator
            .check_body(content_type, false, || body)
            .unwrap_err();
        let context = rejection.error_context().expect("it is a gateway response");
        let detail = context.validation_error.expect("it says what");
        (
            detail.into(),
            rejection.reason().expect("it says why").to_owned(),
        )
    };
    let (detail, reason) = refuse(None, Some(serde_json::json!({})));
    assert_eq!(
        detail,
        r#"[object has missing required properties (["a","b"])]"#
    );
    let log = "Request body does not match model schema for content type application/json: ";
    assert_eq!(reason, format!("{log}{detail}"));
    let (detail, reason) = refuse(Some(b"text/x; q=1"), None);
    assert_eq!(detail, "[instance is no JSON]");
    let log = "Request body does not match model schema for content type text/x: ";
    assert_eq!(reason, format!("{log}{detail}"));
}

/// The models of the recorded tests: references between models, in circles, and in `oneOf`.
#[test]
fn models_refer_to_each_other() {
    let house = format!(
        r##"{{"type": "object", "required": ["houseType"], "properties": {{
            "houseType": {{"type": "string"}},
            "contains": {{"type": "array", "items": {{"$ref": "{REF}/Person"}}}}}}}}"##
    );
    let person = r#"{"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string"}, "b": {"type": "number"},
        "house": {"$ref": "https://apigateway.amazonaws.com/restapis/api-id/models/House"}}}"#;
    let maybe = format!(
        r##"{{"type": "object", "properties": {{
            "person": {{"oneOf": [{{"type": "null"}}, {{"$ref": "{REF}/Person"}}]}}}}}}"##
    );
    let parts = r##"{"definitions": {"id": {"type": "integer"}, "a/b~c": {"type": "null"}},
        "properties": {"id": {"$ref": "#/definitions/id"}, "n": {"$ref": "#/definitions/a~1b~0c"}}}"##;
    let other =
        format!(r##"{{"properties": {{"id": {{"$ref": "{REF}/Parts#/definitions/id"}}}}}}"##);
    let alias = format!(r#"{{"$ref": "{REF}/House"}}"#);
    let models = Models::compile([
        ("House", house.as_str()),
        ("Person", person),
        ("Maybe", &maybe),
        ("Parts", parts),
        ("Other", &other),
        ("Alias", &alias),
    ]);
    assert_eq!(models.errors().count(), 0);
    for (name, body, passes) in [
        (
            "House",
            r#"{"houseType": "random", "contains": [{"name": "a", "house": {"houseType": "b"}}]}"#,
            true,
        ),
        (
            "House",
            r#"{"houseType": "random", "contains": [{"name": "a", "house": {}}]}"#,
            false,
        ),
        (
            "House",
            r#"{"houseType": "random", "contains": [{"name": 1}]}"#,
            false,
        ),
        ("Alias", r#"{"contains": []}"#, false),
        ("Maybe", r#"{"person": null}"#, true),
        ("Maybe", r#"{"person": {"name": "a"}}"#, true),
        ("Maybe", r#"{"person": {}}"#, false),
        ("Maybe", "{}", true),
        ("Parts", r#"{"id": 1, "n": null}"#, true),
        ("Parts", r#"{"id": "1"}"#, false),
        ("Parts", r#"{"n": 1}"#, false),
        ("Other", r#"{"id": "1"}"#, false),
    ] {
        let body = serde_json::from_str(body).expect("a body is JSON");
        assert_eq!(
            model(&models, name).check(&body).is_ok(),
            passes,
            "{name}: {body}"
        );
    }
}

#[test]
fn an_api_without_them_has_the_built_in_models() {
    let models = Models::compile([("Error", r#"{"type": "string"}"#)]);
    let object = serde_json::json!({"message": 1});
    assert!(model(&models, "Empty").check(&object).is_ok());
    assert!(model(&models, "Error").check(&object).is_err());
    let built_in = Models::compile::<&str, &str>([]);
    assert!(model(&built_in, "Error").check(&object).is_err());
    assert!(
        model(&built_in, "Error")
            .check(&serde_json::json!({}))
            .is_ok()
    );
    assert!(built_in.get("Other").is_none());
}
