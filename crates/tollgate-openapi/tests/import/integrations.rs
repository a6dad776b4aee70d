//! What a method calls.

use serde_json::{Value, json};

use crate::{accepted, method, refused, with_get};

fn with_integration(integration: Value) -> Value {
    with_get(
        json!({"x-amazon-apigateway-integration": integration}),
        json!({}),
    )
}

fn integration(integration: Value) -> (Value, Vec<String>) {
    let (document, warnings) = accepted(&with_integration(integration));
    let integration = method(&document).method_integration.as_ref().unwrap();
    (serde_json::to_value(integration).unwrap(), warnings)
}

#[test]
fn names_are_taken_in_any_case_and_stored_as_aws_spells_them() {
    let (made, warnings) = integration(json!({
        "type": "Aws_Proxy", "httpMethod": "post", "uri": "arn:x",
        "passthroughBehavior": "when_No_templates", "connectionType": "internet",
        "contentHandling": "convert_to_text", "responseTransferMode": "stream",
        "timeoutInMillis": "29000", "payloadFormatVersion": "1.0",
    }));
    assert_eq!(
        made,
        json!({
            "type": "AWS_PROXY", "httpMethod": "POST", "uri": "arn:x",
            "passthroughBehavior": "WHEN_NO_TEMPLATES", "connectionType": "INTERNET",
            "contentHandling": "CONVERT_TO_TEXT", "responseTransferMode": "STREAM",
            "timeoutInMillis": 29000,
        })
    );
    assert_eq!(warnings, [""; 0]);
}

#[test]
fn sources_that_are_no_text_are_dropped_with_the_words_of_aws() {
    let (made, warnings) = integration(json!({
        "type": "mock",
        "requestParameters": {
            "integration.request.header.static": "'True'",
            "integration.request.header.nothing": true,
        },
    }));
    assert_eq!(
        made["requestParameters"],
        json!({"integration.request.header.static": "'True'"})
    );
    assert_eq!(
        warnings,
        [
            "warning: Invalid format for 'requestParameters'. Expected type string for property \
          'integration.request.header.nothing' of resource '/x' and method 'GET' but got 'true' \
          (at /paths/~1x/get/x-amazon-apigateway-integration/requestParameters/\
          integration.request.header.nothing)"
        ]
    );
}

#[test]
fn responses_have_a_status_each_and_the_last_one_wins_it() {
    let (made, warnings) = integration(json!({
        "type": "mock",
        "responses": {
            "default": {"statusCode": 200, "responseParameters": {}, "responseTemplates": {}},
            "4..": {"statusCode": "400"},
            "5..": {"statusCode": "400", "responseTemplates": {"a/b": "", "c/d": null, "e/f": "x"}},
        },
    }));
    assert_eq!(
        made["integrationResponses"],
        json!({
            "200": {"statusCode": "200", "responseParameters": {}, "responseTemplates": {}},
            "400": {
                "statusCode": "400", "selectionPattern": "5..",
                "responseTemplates": {"a/b": null, "c/d": null, "e/f": "x"},
            },
        })
    );
    assert_eq!(
        warnings,
        [
            "warning: the response `5..` replaces `4..`: both have the status 400, and a method has \
          one integration response a status \
          (at /paths/~1x/get/x-amazon-apigateway-integration/responses/5..)"
        ]
    );
}

#[test]
fn what_an_integration_lacks() {
    for (integration, message) in [
        (json!([]), "found a list, expected an object"),
        (json!({}), "an integration needs a `type`"),
        (
            json!({"type": "http", "httpMethod": "GET"}),
            "type HTTP needs a `uri`",
        ),
        (
            json!({"type": "aws_proxy", "uri": "arn:x"}),
            "Unable to put integration on 'GET' for resource at path '/x': Enumeration value for \
             HttpMethod must be non-empty",
        ),
        (
            json!({"type": "http", "uri": "http://x", "httpMethod": "FETCH"}),
            "unknown HTTP method `FETCH`, expected one of GET, PUT, POST, DELETE, PATCH, OPTIONS, \
             HEAD, ANY",
        ),
        (
            json!({"type": "mock", "timeoutInMillis": 49}),
            "found 49, expected a whole number from 50 to 29000",
        ),
        (
            json!({"type": "http_proxy", "responseTransferMode": "STREAM", "timeoutInMillis": 900_001}),
            "found 900001, expected a whole number from 50 to 900000",
        ),
        (
            json!({"type": "mock", "responses": {"default": {}}}),
            "an integration response needs a `statusCode`",
        ),
        (
            json!({"type": "mock", "requestTemplates": {"application/json": {}}}),
            "found an object, expected a string",
        ),
        (json!({"$ref": "#/nowhere"}), "nothing is at `#/nowhere`"),
    ] {
        let found = refused(&with_integration(integration));
        assert!(found.iter().any(|one| one.contains(message)), "{found:?}");
    }
}

#[test]
fn a_method_may_have_none() {
    let mut document = with_get(json!({}), json!({}));
    document["paths"]["/x"]["get"] = json!({});
    let (document, warnings) = accepted(&document);
    assert_eq!(method(&document).method_integration, None);
    assert_eq!(
        warnings,
        [
            "warning: GET /x has no integration: it can be imported, not deployed \
          (at /paths/~1x/get)"
        ]
    );
}

#[test]
fn a_link_into_a_private_network_keeps_all_its_members() {
    let (made, warnings) = integration(json!({
        "type": "http_proxy", "httpMethod": "GET", "uri": "http://internal/{id}",
        "connectionType": "VPC_LINK", "connectionId": "${stageVariables.link}",
        "integrationTarget": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/l",
        "tlsConfig": {"insecureSkipVerification": "true", "serverNameToVerify": "internal"},
        "responseTransferMode": "STREAM", "timeoutInMillis": 900_000,
    }));
    assert_eq!(
        made,
        json!({
            "type": "HTTP_PROXY", "httpMethod": "GET", "uri": "http://internal/{id}",
            "connectionType": "VPC_LINK", "connectionId": "${stageVariables.link}",
            "integrationTarget":
                "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/l",
            "tlsConfig": {"insecureSkipVerification": true},
            "responseTransferMode": "STREAM", "timeoutInMillis": 900_000,
            "passthroughBehavior": "WHEN_NO_MATCH",
        })
    );
    assert_eq!(warnings, [""; 0]);
}
