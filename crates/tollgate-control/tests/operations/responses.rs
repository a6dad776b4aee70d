//! Method responses and integration responses.

use serde_json::{Value, json};

use crate::support::{Plane, patches};

/// A method with a MOCK integration, by its path.
async fn method(plane: &Plane) -> String {
    let (api, root) = plane.new_api().await;
    let method = format!("/restapis/{api}/resources/{root}/methods/GET");
    let body = json!({"authorizationType": "NONE"});
    plane.done(201, "PUT", &method, body).await;
    let integration = format!("{method}/integration");
    let body = json!({"type": "MOCK"});
    plane.done(201, "PUT", &integration, body).await;
    method
}

#[tokio::test]
async fn what_is_written_of_a_response_reads_back() {
    let plane = Plane::new();
    let method = method(&plane).await;
    let own = format!("{method}/responses");
    let mapped = format!("{method}/integration/responses");
    let header = "method.response.header.x-name";
    let declared = json!({"responseParameters": {header: false}});
    plane
        .done(201, "PUT", &format!("{own}/404"), declared)
        .await;
    let cases = [
        (&own, "200", json!({}), json!({"statusCode": "200"})),
        (
            &own,
            "201",
            json!({"responseParameters": {}, "responseModels": {}}),
            json!({"statusCode": "201", "responseParameters": {}, "responseModels": {}}),
        ),
        (
            &own,
            "202",
            json!({"responseParameters": {header: true}, "responseModels": {"a/b": "Error"}}),
            json!({
                "statusCode": "202",
                "responseParameters": {header: true},
                "responseModels": {"a/b": "Error"},
            }),
        ),
        (&mapped, "200", json!({}), json!({"statusCode": "200"})),
        (
            &mapped,
            "201",
            json!({"selectionPattern": "", "responseParameters": {}, "responseTemplates": {}}),
            json!({
                "statusCode": "201",
                "selectionPattern": "",
                "responseParameters": {},
                "responseTemplates": {},
            }),
        ),
        (
            &mapped,
            "404",
            json!({
                "selectionPattern": "4\\d\\d",
                "responseParameters": {header: "integration.response.header.x"},
                "responseTemplates": {"a/b": "$input.body", "a/c": "", "a/d": null},
                "contentHandling": "CONVERT_TO_TEXT",
            }),
            json!({
                "statusCode": "404",
                "selectionPattern": "4\\d\\d",
                "responseParameters": {header: "integration.response.header.x"},
                "responseTemplates": {"a/b": "$input.body", "a/c": null, "a/d": null},
                "contentHandling": "CONVERT_TO_TEXT",
            }),
        ),
    ];
    for (all, status, body, expected) in &cases {
        let path = format!("{all}/{status}");
        assert_eq!(plane.done(201, "PUT", &path, body.clone()).await, *expected);
        assert_eq!(plane.done(200, "GET", &path, Value::Null).await, *expected);
    }
    let whole = plane.done(200, "GET", &method, Value::Null).await;
    assert_eq!(whole["methodResponses"]["201"], cases[1].3);
    assert_eq!(
        whole["methodIntegration"]["integrationResponses"]["404"],
        cases[5].3
    );
    // Only one of the two can be put again.
    let again = plane.ask("PUT", &format!("{own}/200"), json!({})).await;
    let exists = "Response already exists for this resource";
    again.refused(409, "ConflictException", exists);
    let body = json!({"selectionPattern": "new"});
    let again = plane.done(201, "PUT", &format!("{mapped}/404"), body).await;
    assert_eq!(
        again,
        json!({"statusCode": "404", "selectionPattern": "new"})
    );

    for (all, status, _, _) in &cases {
        let path = format!("{all}/{status}");
        plane.done(204, "DELETE", &path, Value::Null).await;
        let gone = plane.get(&path).await;
        gone.refused(404, "NotFoundException", NO_RESPONSE);
    }
    let whole = plane.done(200, "GET", &method, Value::Null).await;
    assert_eq!(whole["methodIntegration"].get("integrationResponses"), None);
}

const NO_RESPONSE: &str = "Invalid Response status code specified";

#[tokio::test]
async fn responses_change_by_patches() {
    let plane = Plane::new();
    let method = method(&plane).await;
    let own = format!("{method}/responses/200");
    let mapped = format!("{method}/integration/responses/200");
    plane
        .done(201, "PUT", &own, json!({"responseModels": {}}))
        .await;
    plane.done(201, "PUT", &mapped, json!({})).await;
    let header = "/responseParameters/method.response.header.x";
    let name = "method.response.header.x";
    let cases = [
        (
            &own,
            patches([("add", header, "true"), ("replace", header, "whatever")]),
            json!({"statusCode": "200", "responseModels": {}, "responseParameters": {name: false}}),
        ),
        (
            &own,
            patches([
                ("add", "/responseModels/a~1b", "Empty"),
                ("replace", "/responseModels/a~1b", "Error"),
            ]),
            json!({
                "statusCode": "200",
                "responseModels": {"a/b": "Error"},
                "responseParameters": {name: false},
            }),
        ),
        (
            &mapped,
            patches([
                ("add", header, "'x'"),
                ("add", "/responseTemplates/a~1b", ""),
                ("replace", "/selectionPattern", ".*"),
                ("replace", "/contentHandling", "CONVERT_TO_BINARY"),
            ]),
            json!({
                "statusCode": "200",
                "selectionPattern": ".*",
                "responseParameters": {name: "'x'"},
                "responseTemplates": {"a/b": null},
                "contentHandling": "CONVERT_TO_BINARY",
            }),
        ),
        // The last entry takes its map along.
        (
            &mapped,
            patches([
                ("remove", header, ""),
                ("remove", "/responseTemplates/a~1b", ""),
                ("replace", "/contentHandling", ""),
            ]),
            json!({"statusCode": "200", "selectionPattern": ".*"}),
        ),
        (
            &own,
            patches([
                ("remove", header, ""),
                ("remove", "/responseModels/a~1b", ""),
            ]),
            json!({"statusCode": "200"}),
        ),
    ];
    for (path, body, expected) in cases {
        // An update of a method response answers 201 (recorded).
        let status = if path == &own { 201 } else { 200 };
        let changed = plane.done(status, "PATCH", path, body).await;
        let read = plane.done(200, "GET", path, Value::Null).await;
        assert_eq!((changed, read), (expected.clone(), expected));
    }
}

#[tokio::test]
async fn wrong_responses_are_refused_in_the_services_words() {
    let plane = Plane::new();
    let method = method(&plane).await;
    let own = |status: &str| format!("{method}/responses/{status}");
    let mapped = |status: &str| format!("{method}/integration/responses/{status}");
    let header = "method.response.header.x";
    let body = json!({"responseParameters": {header: true}});
    plane.done(201, "PUT", &own("200"), body).await;
    plane.done(201, "PUT", &mapped("200"), json!({})).await;
    let (bad, none) = ("BadRequestException", "NotFoundException");
    let mapping = |error: &str| {
        format!(
            "Invalid mapping expression specified: Validation Result: warnings : [], errors : [{error}]"
        )
    };
    let pattern = |value: &str, at: &str| {
        format!(
            "1 validation error detected: Value '{value}' at '{at}' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: [1-5]\\d\\d"
        )
    };
    let other = method.replace("/GET", "/POST");
    let cases: &[(&str, String, Value, u16, &str, String)] = &[
        (
            "PUT",
            own("wrong"),
            json!({}),
            400,
            "ValidationException",
            pattern("wrong", "putMethodResponseInput.statusCode"),
        ),
        (
            "GET",
            mapped("600"),
            Value::Null,
            400,
            "ValidationException",
            pattern("600", "getIntegrationResponseInput.statusCode"),
        ),
        (
            "PUT",
            own("201"),
            json!({"responseParameters": {"true": true}}),
            400,
            bad,
            mapping("Invalid mapping expression specified: true"),
        ),
        (
            "PUT",
            own("201"),
            json!({"responseParameters": {"method.response.header.a[b]": true}}),
            400,
            bad,
            mapping(
                "Parameter name should match the following regular expression: ^[a-zA-Z0-9._$-]+$",
            ),
        ),
        (
            "PUT",
            own("201"),
            json!({"responseModels": {"a/b": "None"}}),
            400,
            bad,
            "Invalid model identifier specified: None".to_owned(),
        ),
        (
            "PUT",
            mapped("201"),
            json!({"responseTemplates": {"123": "x"}}),
            400,
            bad,
            "Validation Result: warnings : [], errors : [Invalid content type specified: 123]"
                .to_owned(),
        ),
        (
            "PUT",
            mapped("201"),
            json!({"responseTemplates": {"a/b": 123}}),
            400,
            "SerializationException",
            "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an \
             String"
                .to_owned(),
        ),
        (
            "PUT",
            mapped("201"),
            json!({"responseParameters": {header: "'x'"}}),
            400,
            bad,
            mapping("No method response exists for method."),
        ),
        (
            "PUT",
            mapped("200"),
            json!({"responseParameters": {"method.response.header.y": "'x'"}}),
            400,
            bad,
            mapping(
                "Invalid mapping expression parameter specified: method.response.header.y",
            ),
        ),
        (
            "PATCH",
            own("200"),
            patches([("replace", "/responseParameters/wrong", "true")]),
            404,
            none,
            "Invalid parameter name specified".to_owned(),
        ),
        (
            "PATCH",
            own("200"),
            patches([("remove", "/responseModels/wrong", "")]),
            404,
            none,
            "Content-Type specified was not found".to_owned(),
        ),
        (
            "PATCH",
            own("200"),
            patches([("replace", "/statusCode", "201")]),
            400,
            bad,
            "Invalid patch path /statusCode".to_owned(),
        ),
        (
            "PATCH",
            mapped("200"),
            patches([("add", "/selectionPattern", "x")]),
            400,
            bad,
            "Invalid patch operation specified. Must be one of: [replace]".to_owned(),
        ),
        (
            "PATCH",
            mapped("404"),
            patches([]),
            404,
            none,
            NO_RESPONSE.to_owned(),
        ),
        (
            "PUT",
            format!("{other}/integration/responses/200"),
            json!({}),
            404,
            none,
            "Invalid Method identifier specified".to_owned(),
        ),
        (
            "DELETE",
            format!("{other}/integration/responses/200"),
            Value::Null,
            404,
            none,
            "Invalid Integration identifier specified".to_owned(),
        ),
        (
            "GET",
            own("200").replace("/restapis/", "/restapis/x"),
            Value::Null,
            404,
            none,
            "Invalid Resource identifier specified".to_owned(),
        ),
    ];
    for (verb, path, body, status, error, message) in cases {
        let answer = plane.ask(verb, path, body.clone()).await;
        answer.refused(*status, error, message);
    }
    let path = format!("{method}/integration");
    plane.done(204, "DELETE", &path, Value::Null).await;
    let gone = plane.ask("PUT", &mapped("200"), json!({})).await;
    gone.refused(404, none, "Invalid Integration identifier specified");
}
