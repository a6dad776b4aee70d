//! CORS, added to documents.

use serde_json::{Value, json};
use tollgate_model::{ApiDocument, CorsConfiguration, CorsReport};

/// A document with these methods at `/pets/{id}`.
fn document(methods: &Value) -> ApiDocument {
    let mut document = json!({ "name": "pets", "resources": [
        { "id": "root000000", "path": "/" },
        { "id": "pets00", "path": "/pets/{id}", "resourceMethods": methods },
    ] });
    for (verb, method) in document["resources"][1]["resourceMethods"]
        .as_object_mut()
        .expect("methods have names")
    {
        method["httpMethod"] = json!(verb);
    }
    serde_json::from_value(document).expect("it is a document")
}

/// A method with one response of this status, which maps these parameters.
fn mapped(status: &str, parameters: &Value) -> Value {
    json!({
        "methodResponses": { status: { "statusCode": status } },
        "methodIntegration": { "type": "MOCK", "integrationResponses": {
            status: { "statusCode": status, "responseParameters": parameters }
        } }
    })
}

fn added(report: &CorsReport) -> Vec<String> {
    report.added.iter().map(ToString::to_string).collect()
}

fn remarks(report: &CorsReport) -> Vec<String> {
    report.remarks.iter().map(ToString::to_string).collect()
}

fn json_of(document: &ApiDocument) -> Value {
    serde_json::to_value(document).expect("documents are JSON")
}

#[test]
fn one_call_sets_all_of_it() {
    let mut document =
        document(&json!({ "GET": mapped("200", &json!({})), "POST": mapped("201", &json!({})) }));
    let mut cors = CorsConfiguration::like_console();
    cors.max_age = Some(600);
    cors.expose_headers = vec!["ETag".to_owned(), "Date".to_owned()];
    let report = document.add_cors(&cors).unwrap();
    assert_eq!(
        added(&report),
        [
            "headers of the response 200 of GET /pets/{id}",
            "headers of the response 201 of POST /pets/{id}",
            "OPTIONS /pets/{id}",
            "headers of the gateway response DEFAULT_4XX",
            "headers of the gateway response DEFAULT_5XX",
        ]
    );
    assert!(report.remarks.is_empty());
    let written = json_of(&document);
    let methods = &written["resources"][1]["resourceMethods"];
    assert_eq!(written["resources"][0].get("resourceMethods"), None);
    assert_eq!(
        methods["OPTIONS"],
        json!({
            "httpMethod": "OPTIONS",
            "authorizationType": "NONE",
            "apiKeyRequired": false,
            "requestParameters": { "method.request.path.id": true },
            "methodResponses": { "200": {
                "statusCode": "200",
                "responseParameters": {
                    "method.response.header.Access-Control-Allow-Headers": false,
                    "method.response.header.Access-Control-Allow-Methods": false,
                    "method.response.header.Access-Control-Allow-Origin": false,
                    "method.response.header.Access-Control-Max-Age": false,
                }
            } },
            "methodIntegration": {
                "type": "MOCK",
                "passthroughBehavior": "WHEN_NO_MATCH",
                "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
                "integrationResponses": { "200": {
                    "statusCode": "200",
                    "responseParameters": {
                        "method.response.header.Access-Control-Allow-Headers":
                            "'Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token'",
                        "method.response.header.Access-Control-Allow-Methods": "'GET,OPTIONS,POST'",
                        "method.response.header.Access-Control-Allow-Origin": "'*'",
                        "method.response.header.Access-Control-Max-Age": "'600'",
                    }
                } }
            }
        })
    );
    assert_eq!(
        methods["POST"]["methodResponses"]["201"]["responseParameters"],
        json!({
            "method.response.header.Access-Control-Allow-Origin": false,
            "method.response.header.Access-Control-Expose-Headers": false,
        })
    );
    let responses = &methods["POST"]["methodIntegration"]["integrationResponses"];
    assert_eq!(
        responses["201"]["responseParameters"],
        json!({
            "method.response.header.Access-Control-Allow-Origin": "'*'",
            "method.response.header.Access-Control-Expose-Headers": "'ETag,Date'",
        })
    );
    assert_eq!(
        written["gatewayResponses"][1],
        json!({
            "responseType": "DEFAULT_5XX",
            "responseParameters": {
                "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
                "gatewayresponse.header.Access-Control-Expose-Headers": "'ETag,Date'",
            }
        })
    );
}

#[test]
fn nothing_that_is_there_is_changed() {
    let own =
        json!({ "method.response.header.access-control-allow-origin": "'https://mine.example'" });
    let mut document =
        document(&json!({ "GET": mapped("200", &own), "OPTIONS": mapped("204", &json!({})) }));
    let gateway_responses = json!([
        { "responseType": "UNAUTHORIZED", "statusCode": "418" },
        { "responseType": "DEFAULT_4XX", "responseParameters": {
            "gatewayresponse.header.Access-Control-Allow-Origin": "'https://mine.example'"
        } },
    ]);
    document.gateway_responses = serde_json::from_value(gateway_responses).unwrap();
    let before = document.clone();
    let cors = CorsConfiguration::like_console();
    let report = document.add_cors(&cors).unwrap();
    assert_eq!(
        added(&report),
        [
            "headers of the gateway response UNAUTHORIZED",
            "headers of the gateway response DEFAULT_5XX"
        ]
    );
    assert_eq!(
        remarks(&report),
        ["note: OPTIONS /pets/{id} is there already, and kept (at \
          /resources/1/resourceMethods/OPTIONS)"]
    );
    assert_eq!(document.resources, before.resources);
    assert_eq!(
        document.gateway_responses[0].status_code.as_deref(),
        Some("418")
    );
    assert_eq!(document.gateway_responses[1], before.gateway_responses[1]);

    let once = document.clone();
    assert_eq!(
        added(&document.add_cors(&cors).unwrap()),
        <[&str; 0]>::default()
    );
    assert_eq!(document, once);
}

#[test]
fn what_cannot_have_headers_is_told() {
    let mut document = document(&json!({
        "GET": { "methodIntegration": { "type": "HTTP_PROXY" } },
        "PUT": { "methodIntegration": { "type": "AWS_PROXY" } },
        "POST": {},
        "PATCH": { "methodIntegration": { "type": "MOCK" } },
        "DELETE": { "methodIntegration": { "type": "MOCK", "integrationResponses": {
            "200": { "statusCode": "200" }
        } } },
    }));
    document.rest_api.cors_configuration = Some(CorsConfiguration::default());
    let report = document
        .add_cors(&CorsConfiguration::like_console())
        .unwrap();
    let at = "(at /resources/1/resourceMethods";
    assert_eq!(
        remarks(&report),
        [
            "warning: the gateway sees to CORS by `corsConfiguration`, and drops what is added (at \
             /corsConfiguration)"
                .to_owned(),
            format!(
                "note: method GET /pets/{{id}}: its integration HTTP_PROXY passes responses on: the \
                 endpoint has to send Access-Control-Allow-Origin {at}/GET/methodIntegration/type)"
            ),
            format!(
                "note: method PUT /pets/{{id}}: its integration AWS_PROXY passes responses on: the \
                 endpoint has to send Access-Control-Allow-Origin {at}/PUT/methodIntegration/type)"
            ),
            format!(
                "warning: method POST /pets/{{id}}: it has no integration, so nothing gives its \
                 responses headers {at}/POST)"
            ),
            format!(
                "warning: method PATCH /pets/{{id}}: it has no integration response that could have \
                 headers {at}/PATCH/methodIntegration)"
            ),
            format!(
                "warning: method DELETE /pets/{{id}}: it has no method response 200 to declare \
                 headers in {at}/DELETE/methodResponses)"
            ),
        ]
    );
    assert_eq!(added(&report)[0], "OPTIONS /pets/{id}");
}

#[test]
fn a_preflight_allows_what_is_asked_for_or_what_is_there() {
    for (methods, allow, expected) in [
        (json!({ "GET": {} }), &[][..], "'GET,OPTIONS'"),
        (
            json!({ "POST": {}, "DELETE": {} }),
            &[],
            "'DELETE,OPTIONS,POST'",
        ),
        (
            json!({ "ANY": {} }),
            &[],
            "'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT'",
        ),
        (json!({ "GET": {} }), &["PUT", "GET"], "'PUT,GET'"),
        (json!({ "GET": {} }), &["*"], "'*'"),
    ] {
        let mut document = document(&methods);
        let mut cors = CorsConfiguration::like_console();
        cors.allow_methods = allow.iter().map(ToString::to_string).collect();
        document.add_cors(&cors).unwrap();
        let written = json_of(&document);
        let responses = &written["resources"][1]["resourceMethods"]["OPTIONS"]["methodIntegration"]
            ["integrationResponses"];
        let sources = &responses["200"]["responseParameters"];
        assert_eq!(
            sources["method.response.header.Access-Control-Allow-Methods"],
            expected
        );
    }
}

#[test]
fn credentials_need_an_origin_of_their_own() {
    let mut document = document(&json!({ "GET": mapped("200", &json!({})) }));
    let mut cors = CorsConfiguration::like_console();
    cors.allow_origins = vec!["https://www.example.com".to_owned()];
    cors.allow_credentials = true;
    document.add_cors(&cors).unwrap();
    let written = json_of(&document);
    let methods = &written["resources"][1]["resourceMethods"];
    for verb in ["GET", "OPTIONS"] {
        let responses = &methods[verb]["methodIntegration"]["integrationResponses"];
        let sources = &responses["200"]["responseParameters"];
        for (name, expected) in [
            ("Origin", "'https://www.example.com'"),
            ("Credentials", "'true'"),
        ] {
            let target = format!("method.response.header.Access-Control-Allow-{name}");
            assert_eq!(sources[target], expected, "{verb} {name}");
        }
    }
}

#[test]
fn origins_that_no_static_header_can_tell_are_refused() {
    for (origins, found) in [
        (&["https://a.example", "https://b.example"][..], "2"),
        (&["https://*"], "`https://*`"),
        (&[], "0"),
    ] {
        let mut document = document(&json!({ "GET": mapped("200", &json!({})) }));
        let before = document.clone();
        let mut cors = CorsConfiguration::like_console();
        cors.allow_origins = origins.iter().map(ToString::to_string).collect();
        let refused = document.add_cors(&cors).unwrap_err();
        assert_eq!(
            refused.to_string(),
            format!(
                "error: static headers cannot choose among origins: found {found}, expected one \
                 origin, or `*` (at /allowOrigins); help: `x-amazon-apigateway-cors` lets the gateway \
                 choose by the request"
            )
        );
        assert_eq!(document, before);
    }
    let mut cors = CorsConfiguration::like_console();
    cors.allow_credentials = true;
    assert!(document(&json!({})).add_cors(&cors).is_err());
}
