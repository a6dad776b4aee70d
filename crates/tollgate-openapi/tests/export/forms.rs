//! How each part of an API is written in the two versions.

use serde_json::{Value, json};
use tollgate_openapi::ExportFormat;

use crate::{FORMATS, plain, read, value, whole, with_get, written};

/// `GET /x` of an API as it is written in both versions.
fn operations(operation: Value, members: Value) -> [Value; 2] {
    let document = with_get(operation, members);
    FORMATS.map(|format| value(&document, &plain(format))["paths"]["/x"]["get"].clone())
}

fn pet() -> Value {
    json!({"schemas": {"Pet": {"type": "object"}, "Cat": {"type": "object"}}})
}

fn body_of(model: &str) -> Value {
    json!({"schema": {"$ref": format!("#/components/schemas/{model}")}})
}

#[test]
fn parameters_say_that_they_are_optional_in_swagger_alone() {
    let [swagger, openapi] = operations(
        json!({"parameters": [
            {"name": "page", "in": "query"},
            {"name": "X-Trace", "in": "header", "required": true},
        ]}),
        json!({}),
    );
    assert_eq!(
        swagger["parameters"],
        json!([
            {"name": "page", "in": "query", "required": false, "type": "string"},
            {"name": "X-Trace", "in": "header", "required": true, "type": "string"},
        ])
    );
    assert_eq!(
        openapi["parameters"],
        json!([
            {"name": "page", "in": "query", "schema": {"type": "string"}},
            {"name": "X-Trace", "in": "header", "required": true, "schema": {"type": "string"}},
        ])
    );
}

#[test]
fn bodies_are_parameters_or_have_content() {
    let [swagger, openapi] = operations(
        json!({"requestBody": {"content": {"application/json": body_of("Pet")}}}),
        json!({"components": pet()}),
    );
    assert_eq!(swagger["consumes"], json!(["application/json"]));
    assert_eq!(
        swagger["parameters"],
        json!([{
            "in": "body", "name": "Pet", "required": true,
            "schema": {"$ref": "#/definitions/Pet"},
        }])
    );
    assert_eq!(openapi.get("parameters"), None);
    assert_eq!(
        openapi["requestBody"],
        json!({"content": {"application/json": body_of("Pet")}, "required": true})
    );
}

#[test]
fn responses_have_content_in_openapi_always() {
    let [swagger, openapi] = operations(
        json!({"responses": {
            "200": {"headers": {"ETag": {}}, "content": {"application/json": body_of("Pet")}},
            "404": {"description": "Nobody"},
        }}),
        json!({"components": pet()}),
    );
    assert_eq!(swagger["produces"], json!(["application/json"]));
    assert_eq!(
        swagger["responses"],
        json!({
            "200": {
                "description": "200 response",
                "schema": {"$ref": "#/definitions/Pet"},
                "headers": {"ETag": {"type": "string"}},
            },
            "404": {"description": "404 response"},
        })
    );
    assert_eq!(openapi.get("produces"), None);
    assert_eq!(
        openapi["responses"],
        json!({
            "200": {
                "description": "200 response",
                "content": {"application/json": body_of("Pet")},
                "headers": {"ETag": {"schema": {"type": "string"}}},
            },
            "404": {"description": "404 response", "content": {}},
        })
    );
}

/// `consumes` and `produces` of an operation with bodies of these types and models, with templates
/// for others.
fn media_types(request: Value, responses: Value) -> [Value; 2] {
    let templates = json!({"text/a": "a", "text/b": "b"});
    let [swagger, _] = operations(
        json!({
            "requestBody": {"content": request},
            "responses": responses,
            "x-amazon-apigateway-integration": {
                "type": "mock",
                "requestTemplates": templates,
                "responses": {"default": {"statusCode": 200, "responseTemplates": templates}},
            },
        }),
        json!({"components": pet()}),
    );
    ["consumes", "produces"].map(|member| swagger[member].clone())
}

#[test]
fn media_types_are_those_of_models_or_else_of_templates() {
    let both = || json!({"application/json": body_of("Pet"), "text/xml": body_of("Pet")});
    let models = json!(["application/json", "text/xml"]);
    let templates = json!(["text/a", "text/b"]);
    let response = |content: Value| json!({"200": {"content": content}, "500": {}});
    assert_eq!(
        media_types(both(), response(json!({}))),
        [models.clone(), templates.clone()]
    );
    assert_eq!(
        media_types(json!({}), response(both())),
        [templates, models]
    );
    // A proxy says nothing at all.
    let [swagger, _] = operations(json!({}), json!({}));
    assert_eq!(swagger["produces"], json!(["application/json"]));
    assert_eq!(swagger.get("consumes"), None);
    let [swagger, _] = operations(json!({"responses": {"200": {}}}), json!({}));
    assert_eq!(swagger.get("produces"), None);
}

#[test]
fn what_is_so_by_default_is_left_out() {
    let swagger = json!({
        "swagger": "2.0",
        "info": {"title": "T"},
        "paths": {"/x": {"x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": {
            "type": "HTTP_PROXY", "httpMethod": "ANY", "uri": "https://example.com",
            "timeoutInMillis": 29000, "connectionType": "INTERNET", "cacheKeyParameters": [],
            "passthroughBehavior": "WHEN_NO_TEMPLATES", "contentHandling": "CONVERT_TO_TEXT",
        }}}},
    });
    let mut document = read(&swagger.to_string());
    let resource = &mut document.resources[1];
    let namespace = resource.id.as_str().to_owned();
    let method = resource.resource_methods.values_mut().next().unwrap();
    let integration = method.method_integration.as_mut().unwrap();
    integration.cache_namespace = Some(namespace);
    let written = value(&document, &whole(ExportFormat::OpenApi3));
    assert_eq!(
        written,
        json!({
            "openapi": "3.0.1",
            "info": {"version": "2016-11-22T22:39:14Z", "title": "T"},
            "paths": {"/x": {"x-amazon-apigateway-any-method": {
                "responses": {},
                "x-amazon-apigateway-integration": {
                    "type": "http_proxy", "httpMethod": "ANY", "uri": "https://example.com",
                    "passthroughBehavior": "when_no_templates",
                    "contentHandling": "CONVERT_TO_TEXT",
                },
            }}},
            "components": {},
        })
    );
}

#[test]
fn an_address_is_a_host_or_a_server() {
    let document = with_get(json!({}), json!({}));
    let host = "abc.execute-api.eu-west-1.amazonaws.com";
    for (has_host, has_stage, swagger, server) in [
        (false, false, json!([null, null, null]), json!(null)),
        (
            true,
            true,
            json!([host, "/prod", ["https"]]),
            json!({
                "url": format!("https://{host}/{{basePath}}"),
                "variables": {"basePath": {"default": "prod"}},
            }),
        ),
        (
            false,
            true,
            json!([null, "/prod", ["https"]]),
            json!({"url": "/{basePath}", "variables": {"basePath": {"default": "prod"}}}),
        ),
        (
            true,
            false,
            json!([host, null, ["https"]]),
            json!({"url": format!("https://{host}")}),
        ),
    ] {
        let [of_2, of_3] = FORMATS.map(|format| {
            let mut options = plain(format);
            options.host = has_host.then(|| host.to_owned());
            options.stage = has_stage.then(|| "prod".parse().unwrap());
            value(&document, &options)
        });
        let members = ["host", "basePath", "schemes"].map(|member| of_2[member].clone());
        assert_eq!(Value::from(members.to_vec()), swagger);
        assert_eq!(of_3["servers"][0], server);
    }
}

#[test]
fn the_endpoint_is_described_where_each_version_has_it() {
    let mut document = with_get(json!({}), json!({}));
    document.rest_api.disable_execute_api_endpoint = true;
    let endpoint = json!({"disableExecuteApiEndpoint": true});
    for (format, stage, pointer) in [
        (FORMATS[0], Some("prod"), ""),
        (FORMATS[1], Some("prod"), "/servers/0"),
        (FORMATS[1], None, ""),
    ] {
        let mut options = whole(format);
        options.stage = stage.map(|stage| stage.parse().unwrap());
        let written = value(&document, &options);
        let holder = written.pointer(pointer).unwrap();
        let member = "x-amazon-apigateway-endpoint-configuration";
        assert_eq!(holder[member], endpoint, "{format}");
        assert_eq!(read(&written.to_string()), document, "{format}");
    }
}

#[test]
fn members_stand_in_the_order_of_the_service() {
    let document = with_get(
        json!({
            "operationId": "find",
            "parameters": [{"name": "page", "in": "query"}],
            "requestBody": {"content": {"application/json": body_of("Pet")}},
            "security": [{"key": []}],
            "x-amazon-apigateway-request-validator": "all",
            "x-amazon-apigateway-integration": {"type": "mock"},
        }),
        json!({
            "components": {
                "schemas": {"Pet": {"type": "object"}},
                "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "x-api-key"}},
            },
            "x-amazon-apigateway-request-validators": {"all": {"validateRequestBody": true}},
        }),
    );
    let names = |value: &Value| {
        let names = value.as_object().unwrap().keys();
        names.cloned().collect::<Vec<_>>().join(" ")
    };
    let [swagger, openapi] = FORMATS.map(|format| {
        let mut options = whole(format);
        options.host = Some("example.com".to_owned());
        options.stage = Some("prod".parse().unwrap());
        value(&document, &options)
    });
    let validators = "x-amazon-apigateway-request-validators";
    assert_eq!(
        names(&swagger),
        format!(
            "swagger info host basePath schemes paths securityDefinitions definitions {validators}"
        )
    );
    assert_eq!(
        names(&openapi),
        format!("openapi info servers paths components {validators}")
    );
    let extensions = "x-amazon-apigateway-request-validator x-amazon-apigateway-integration";
    assert_eq!(
        names(&swagger["paths"]["/x"]["get"]),
        format!("operationId consumes produces parameters responses security {extensions}")
    );
    assert_eq!(
        names(&openapi["paths"]["/x"]["get"]),
        format!("operationId parameters requestBody responses security {extensions}")
    );
}

#[test]
fn resources_without_methods_are_told_where_nothing_else_makes_them() {
    let paths = json!({
        "/a/b/c": {"get": {}}, "/a/d": {}, "/e": {}, "/f": {}, "/f/g": {}, "/h": {"get": {}},
    });
    let document = json!({"swagger": "2.0", "info": {"title": "T"}, "paths": paths});
    let document = read(&document.to_string());
    let written = value(&document, &whole(ExportFormat::Swagger2));
    let paths = written["paths"].as_object().unwrap();
    let paths: Vec<_> = paths.keys().map(String::as_str).collect();
    assert_eq!(paths, ["/a/b/c", "/a/d", "/e", "/f/g", "/h"]);
    assert_eq!(read(&written.to_string()).resources, document.resources);
}

#[test]
fn references_between_models_are_those_of_the_document() {
    let schema = json!({
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "object",
        "properties": {
            "$ref": {"type": "string"},
            "next": {"$ref": "#/components/schemas/Pet"},
            "all": {"type": "array", "items": {"allOf": [{"$ref": "#/components/schemas/Pet"}]}},
        },
        "example": {"$ref": "#/components/schemas/Pet"},
    });
    let document = with_get(
        json!({}),
        json!({"components": {"schemas": {"Pet": schema}}}),
    );
    let mut expected = schema;
    for (format, of_schemas) in [
        (FORMATS[0], "/definitions"),
        (FORMATS[1], "/components/schemas"),
    ] {
        let prefix = format!("#{of_schemas}/Pet");
        expected["properties"]["next"]["$ref"] = json!(prefix);
        expected["properties"]["all"]["items"]["allOf"][0]["$ref"] = json!(prefix);
        let written = value(&document, &whole(format));
        assert_eq!(written.pointer(of_schemas).unwrap()["Pet"], expected);
        let mut without = expected.clone();
        without.as_object_mut().unwrap().remove("$schema");
        let written = value(&document, &plain(format));
        assert_eq!(written.pointer(of_schemas).unwrap()["Pet"], without);
    }
}

#[test]
fn the_answer_is_a_file() {
    let exported = written(
        &with_get(json!({}), json!({})),
        &plain(ExportFormat::Swagger2),
    );
    assert_eq!(
        exported.content_disposition(),
        "attachment; filename=\"swagger_1.json\""
    );
    assert!(exported.text.ends_with("}\n"));
}
