//! CORS, added to the texts of documents.

use serde_json::{Value, json};
use tollgate_model::{ApiDocument, CorsConfiguration};
use tollgate_openapi::{ImportOptions, Notation, WithCors, add_cors, import};

fn api(text: &str) -> ApiDocument {
    match import(text, &ImportOptions::default()) {
        Ok(imported) => imported.document,
        Err(error) => panic!("{error}\nin {text}"),
    }
}

/// Adds CORS to a text; the law holds for all of them.
fn add(text: &str) -> WithCors {
    let cors = CorsConfiguration::like_console();
    let mut expected = api(text);
    expected.add_cors(&cors).expect("the configuration is fine");
    match add_cors(text, &cors, &ImportOptions::default()) {
        Ok(made) => {
            assert_eq!(api(&made.text), expected, "{}", made.text);
            made
        }
        Err(error) => panic!("{error}\nin {text}"),
    }
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).expect("the text is JSON")
}

/// A document whose paths these are.
fn document(paths: &Value, mut members: Value) -> String {
    members["openapi"] = json!("3.0.1");
    members["info"] = json!({ "title": "Test" });
    members["paths"] = paths.clone();
    members.to_string()
}

/// An integration with one response.
fn mock(status: &str) -> Value {
    json!({ "type": "mock", "responses": { "default": { "statusCode": status } } })
}

fn remarks(made: &WithCors) -> Vec<String> {
    made.report
        .remarks
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn what_is_added_is_written_as_documents_have_it() {
    let made = add(&document(
        &json!({ "/pets/{id}": { "get": {
            "responses": { "200": { "description": "A pet" } },
            "x-amazon-apigateway-integration": mock("200"),
        } } }),
        json!({}),
    ));
    assert_eq!(made.notation, Notation::Json);
    let document = value(&made.text);
    let text = json!({ "schema": { "type": "string" } });
    assert_eq!(
        document["paths"]["/pets/{id}"],
        json!({
            "get": {
                "responses": { "200": {
                    "description": "A pet",
                    "headers": { "Access-Control-Allow-Origin": text },
                } },
                "x-amazon-apigateway-integration": { "type": "mock", "responses": { "default": {
                    "statusCode": "200",
                    "responseParameters": {
                        "method.response.header.Access-Control-Allow-Origin": "'*'"
                    },
                } } },
            },
            "options": {
                "parameters": [
                    { "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }
                ],
                "responses": { "200": {
                    "description": "200 response",
                    "headers": {
                        "Access-Control-Allow-Headers": text,
                        "Access-Control-Allow-Methods": text,
                        "Access-Control-Allow-Origin": text,
                    },
                } },
                "x-amazon-apigateway-integration": {
                    "type": "mock",
                    "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
                    "passthroughBehavior": "when_no_match",
                    "responses": { "default": {
                        "statusCode": "200",
                        "responseParameters": {
                            "method.response.header.Access-Control-Allow-Headers":
                                "'Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token'",
                            "method.response.header.Access-Control-Allow-Methods": "'GET,OPTIONS'",
                            "method.response.header.Access-Control-Allow-Origin": "'*'",
                        },
                    } },
                },
            },
        })
    );
    let headers = json!({
        "responseParameters": { "gatewayresponse.header.Access-Control-Allow-Origin": "'*'" }
    });
    assert_eq!(
        document["x-amazon-apigateway-gateway-responses"],
        json!({ "DEFAULT_4XX": headers, "DEFAULT_5XX": headers })
    );
}

#[test]
fn swagger_2_has_headers_of_its_own_kind() {
    let text = json!({
        "swagger": "2.0",
        "info": { "title": "Test" },
        "paths": { "/x/{y}": { "get": {
            "responses": { "200": { "description": "" } },
            "x-amazon-apigateway-integration": mock("200"),
        } } },
    });
    let document = value(&add(&text.to_string()).text);
    let path = &document["paths"]["/x/{y}"];
    assert_eq!(path["options"]["parameters"][0]["type"], "string");
    for verb in ["get", "options"] {
        let headers = &path[verb]["responses"]["200"]["headers"];
        assert_eq!(
            headers["Access-Control-Allow-Origin"],
            json!({ "type": "string" })
        );
    }
}

#[test]
fn members_keep_their_order_and_numbers_their_form() {
    let text = "{\"paths\": {\"/x\": {\"get\": {\"x-amazon-apigateway-integration\": \
                {\"timeoutInMillis\": 50, \"type\": \"mock\"}}}}, \
                \"info\": {\"version\": 1.10, \"title\": \"T\"}, \"openapi\": \"3.0.1\"}";
    let made = add(text);
    let order = [
        "paths",
        "get",
        "timeoutInMillis",
        "options",
        "info",
        "1.10",
        "title",
        "openapi",
    ];
    let places: Vec<_> = order.map(|one| made.text.find(one)).to_vec();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{}",
        made.text
    );
}

#[test]
fn an_api_that_asks_all_callers_for_something_answers_preflights_to_all() {
    let made = add(&document(
        &json!({ "/x": { "get": { "x-amazon-apigateway-integration": mock("200") } } }),
        json!({
            "security": [{ "key": [] }],
            "components": { "securitySchemes": {
                "key": { "type": "apiKey", "name": "x-api-key", "in": "header" }
            } },
        }),
    ));
    assert_eq!(
        value(&made.text)["paths"]["/x"]["options"]["security"],
        json!([])
    );
}

#[test]
fn parts_that_several_operations_share_mean_the_right_thing() {
    let proxy = json!({ "type": "http_proxy", "httpMethod": "GET", "uri": "http://x.example" });
    let response = json!({ "$ref": "#/components/responses/Ok" });
    let shared = json!({ "$ref": "#/components/x-amazon-apigateway-integrations/mock" });
    let get = |integration: &Value| {
        json!({
            "responses": { "200": response }, "x-amazon-apigateway-integration": integration,
        })
    };
    let components = json!({ "components": {
        "responses": { "Ok": { "description": "", "content": {
            "application/json": { "schema": { "type": "object" } }
        } } },
        "x-amazon-apigateway-integrations": { "mock": mock("200") },
    } });
    let headers = json!({ "Access-Control-Allow-Origin": { "schema": { "type": "string" } } });

    // All of them need the headers: the part itself gets them.
    let paths = json!({ "/a": { "get": get(&shared), "post": get(&shared) }, "/b": { "get": get(&shared) } });
    let made = value(&add(&document(&paths, components.clone())).text);
    assert_eq!(made["components"]["responses"]["Ok"]["headers"], headers);
    assert_eq!(made["paths"]["/a"]["get"], get(&shared));

    // A proxy declares none: the others get copies.
    let mut plain = components;
    plain["components"]["responses"]["Ok"] = json!({ "description": "" });
    let paths = json!({ "/a": { "get": get(&shared), "post": get(&proxy) } });
    let made = value(&add(&document(&paths, plain)).text);
    assert_eq!(
        made["components"]["responses"]["Ok"],
        json!({ "description": "" })
    );
    assert_eq!(
        made["paths"]["/a"]["get"]["responses"]["200"]["headers"],
        headers
    );
    assert_eq!(made["paths"]["/a"]["post"], get(&proxy));
}

#[test]
fn paths_that_share_their_operations_get_one_options() {
    let paths = json!({
        "/a": { "get": {
            "responses": { "200": { "description": "" } },
            "x-amazon-apigateway-integration": mock("200"),
        } },
        "/b/{c}": { "$ref": "#/paths/~1a" },
    });
    let made = value(&add(&document(&paths, json!({}))).text);
    assert_eq!(made["paths"]["/b/{c}"], json!({ "$ref": "#/paths/~1a" }));
    assert!(made["paths"]["/a"].get("options").is_some());
}

#[test]
fn several_patterns_and_statuses_each_get_headers() {
    let paths = json!({ "/a": { "x-amazon-apigateway-any-method": {
        "responses": { "200": { "description": "" }, "404": { "description": "" } },
        "x-amazon-apigateway-integration": { "type": "mock", "responses": {
            "default": { "statusCode": 200, "responseParameters": null },
            "4\\d{2}/~": { "statusCode": "404", "responseParameters": {
                "method.response.header.access-control-allow-origin": "'x'"
            } },
        } },
    } } });
    let made = value(&add(&document(&paths, json!({}))).text);
    let operation = &made["paths"]["/a"]["x-amazon-apigateway-any-method"];
    assert_eq!(operation["responses"]["404"], json!({ "description": "" }));
    let responses = &operation["x-amazon-apigateway-integration"]["responses"];
    assert_eq!(
        responses["default"]["responseParameters"],
        json!({ "method.response.header.Access-Control-Allow-Origin": "'*'" })
    );
}

#[test]
fn gateway_responses_that_are_there_get_headers() {
    let made = add(&document(
        &json!({}),
        json!({ "x-amazon-apigateway-gateway-responses": {
            "THROTTLED": { "responseTemplates": { "application/json": "{}" } },
            "DEFAULT_5XX": { "statusCode": 599 },
        } }),
    ));
    let made = value(&made.text);
    let responses = &made["x-amazon-apigateway-gateway-responses"];
    let names: Vec<_> = responses.as_object().unwrap().keys().collect();
    assert_eq!(names, ["THROTTLED", "DEFAULT_5XX", "DEFAULT_4XX"]);
    for name in names {
        let parameters = responses[name]["responseParameters"].as_object();
        assert_eq!(parameters.map(|all| all.len()), Some(1), "{name}");
    }
}

#[test]
fn what_holds_for_all_operations_of_a_path_holds_for_options() {
    let paths = json!({ "/a": {
        "parameters": [{ "name": "X-Tenant", "in": "header", "required": true }],
        "get": { "x-amazon-apigateway-integration": mock("200"), "responses": { "200": {} } },
    } });
    let validator = json!({ "strict": { "validateRequestParameters": true } });
    for (members, expected) in [
        (json!({}), None),
        (
            json!({
                "x-amazon-apigateway-request-validators": validator,
                "x-amazon-apigateway-request-validator": "strict",
            }),
            Some(
                "warning: OPTIONS /a requires `method.request.header.X-Tenant`, as all methods of \
                 the path: where its validator checks parameters, preflights are refused; help: \
                 move the parameter into the operations that need it",
            ),
        ),
    ] {
        let text = document(&paths, members);
        let cors = CorsConfiguration::like_console();
        let made = add_cors(&text, &cors, &ImportOptions::default()).unwrap();
        assert_eq!(remarks(&made), expected.as_slice());
    }
}

#[test]
fn remarks_have_their_places_in_the_text() {
    let text = "{\"openapi\": \"3.0.1\", \"info\": {\"title\": \"T\"},\n \"paths\": {\"/x\": {\n  \
                \"get\": {\n   \"x-amazon-apigateway-integration\": {\"type\": \"mock\"}}}}}";
    assert_eq!(
        remarks(&add(text)),
        [
            "warning: method GET /x: it has no integration response that could have headers (at 4:4, \
          /paths/~1x/get/x-amazon-apigateway-integration)"
        ]
    );
}

#[test]
fn what_cannot_be_done_is_told() {
    let refused = |text: &str, cors: &CorsConfiguration| {
        let refused = add_cors(text, cors, &ImportOptions::default()).map(|_| ());
        refused.unwrap_err().to_string()
    };
    let mut cors = CorsConfiguration::like_console();
    assert!(refused("{", &cors).starts_with("error: Invalid OpenAPI input"));
    cors.allow_origins.push("https://a.example".to_owned());
    let text = document(&json!({}), json!({}));
    assert!(refused(&text, &cors).contains("static headers cannot choose among origins: found 2"));

    // A proxy declares what another operation has.
    let mut copied = json!({ "/a": { "get": {
        "responses": { "200": { "description": "" } },
        "x-amazon-apigateway-integration": mock("200"),
    }, "post": {
        "responses": { "200": { "$ref": "#/paths/~1a/get/responses/200" } },
        "x-amazon-apigateway-integration": {
            "type": "http_proxy", "httpMethod": "GET", "uri": "http://x.example"
        },
    } } });
    cors.allow_origins.pop();
    let text = document(&copied, json!({}));
    assert!(refused(&text, &cors).contains("parts that operations share"));
    copied["/a"]["post"]["responses"] = json!({});
    add(&document(&copied, json!({})));
}

#[cfg(feature = "yaml")]
mod yaml {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn yaml_stays_yaml() {
        let text = "\
# Pets.
openapi: 3.0.1
info: {title: Pets, version: 1.10}
paths:
  /pets: # all of them
    get:
      responses:
        200: {description: \"yes\"}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates:
          application/json: |
            #if(true)
              {\"statusCode\": 200}
            #end
        responses:
          default: {statusCode: 200}
";
        let made = add(text);
        assert_eq!(made.notation, Notation::Yaml);
        let expected = "\
openapi: 3.0.1
info:
  title: Pets
  version: 1.10
paths:
  /pets:
    get:
      responses:
        \"200\":
          description: \"yes\"
          headers:
            Access-Control-Allow-Origin:
              schema:
                type: string
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates:
          application/json: |
            #if(true)
              {\"statusCode\": 200}
            #end
        responses:
          default:
            statusCode: 200
            responseParameters:
              method.response.header.Access-Control-Allow-Origin: \"'*'\"
    options:
";
        assert!(made.text.starts_with(expected), "{}", made.text);
        assert!(made.text.ends_with(
            "  DEFAULT_5XX:\n    responseParameters:\n      \
             gatewayresponse.header.Access-Control-Allow-Origin: \"'*'\"\n"
        ));
        assert_eq!(add(&made.text).text, made.text);
    }

    #[test]
    fn documents_of_every_kind_take_it() {
        for text in [
            include_str!("golden/pets.swagger.json"),
            include_str!("golden/pets.openapi.yaml"),
            include_str!("golden/accounts.openapi.yaml"),
        ] {
            let cors = CorsConfiguration::like_console();
            let made = add_cors(text, &cors, &ImportOptions::default()).unwrap();
            let twice = add_cors(&made.text, &cors, &ImportOptions::default()).unwrap();
            assert_eq!(twice.text, made.text);
        }
    }

    /// Texts that could be taken for something else.
    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![
            "\\PC{1,12}",
            "[ -~\n\t]{1,24}",
            "(a|b: | #|\n| |\t|- |\"|'|\\||>|\\{|\\[|&|\\*|!|%|@|`|~|:|\u{85}|\u{2028}|\u{0}|\r){1,8}",
            "[-+]?(0[xob]?)?[0-9_]{1,4}([.:eE-][0-9]{0,3}){0,2}",
            "(yes|No|ON|off|null|~|True|\\.inf|\\.NaN|<<|=|---|\\.\\.\\.|y|N)",
        ]
    }

    proptest! {
        #[test]
        fn every_text_and_number_comes_back(
            texts in prop::collection::vec((any_text(), any_text()), 1..4),
            eighths in any::<i32>(),
        ) {
            let number = f64::from(eighths) / 8.0;
            let mut extension = json!({ "number": number, "list": [[], [number, {}]] });
            let mut list = Vec::new();
            for (name, text) in texts {
                list.push(json!([text, { &name: &text }]));
                extension[name] = text.into();
            }
            extension["texts"] = list.into();
            // Flow style is YAML, too; and what is behind a blank line is not JSON.
            let text = document(&json!({}), json!({ "x-vendor": extension }));
            let as_json = add(&text);
            let cors = CorsConfiguration::like_console();
            let as_yaml = add_cors(&format!("---\n{text}"), &cors, &ImportOptions::default());
            let as_yaml = as_yaml.map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(as_yaml.notation, Notation::Yaml);
            let found: Value = serde_json::from_str(&as_json.text).unwrap();
            prop_assert_eq!(&found["x-vendor"], &extension);
            let found: Value = serde_saphyr::from_str(&as_yaml.text)
                .map_err(|error| TestCaseError::fail(format!("{error}\n{}", as_yaml.text)))?;
            prop_assert_eq!(&found["x-vendor"], &extension, "{}", as_yaml.text);
        }
    }
}
