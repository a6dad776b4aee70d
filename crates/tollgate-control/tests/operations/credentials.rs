//! The roles that integrations and authorizers act in.

use serde_json::json;

use crate::support::{Plane, id_of, patches};

const QUEUE: &str = "arn:aws:apigateway:us-east-1:sqs:path/123456789012/pets";
const FUNCTION: &str = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:\
                        us-east-1:123456789012:function:f/invocations";

const OTHER: (u16, &str, &str) = (
    403,
    "AccessDeniedException",
    "Cross-account pass role is not allowed.",
);
const NONE: (u16, &str, &str) = (
    400,
    "BadRequestException",
    "Invalid ARN specified in the request",
);

/// Credentials, and how they are refused: status, exception and message.
type Case = (&'static str, Option<(u16, &'static str, &'static str)>);

/// Credentials, and how they are refused.
const CASES: &[Case] = &[
    ("arn:aws:iam::123456789012:role/a", None),
    ("arn:aws:iam::*:user/*", None),
    ("${stageVariables.role}", None),
    ("arn:aws:iam::${stageVariables.account}:role/a", None),
    ("arn:aws:iam::210987654321:role/a", Some(OTHER)),
    (
        "arn:aws:iam::210987654321:role/${stageVariables.a}",
        Some(OTHER),
    ),
    ("arn:aws:iam::*:role/a", Some(OTHER)),
    ("arn:aws:iam:::role/a", Some(OTHER)),
    ("arn:aws:sts::123456789012:role/a", Some(NONE)),
    ("role/a", Some(NONE)),
];

#[tokio::test]
async fn integrations_act_in_roles_of_their_account() {
    let plane = Plane::new();
    let (api, root) = plane.new_api().await;
    let method = format!("/restapis/{api}/resources/{root}/methods/GET");
    let body = json!({"authorizationType": "AWS_IAM"});
    plane.done(201, "PUT", &method, body).await;
    let path = format!("{method}/integration");
    let body = |role: &str| json!({"type": "AWS", "httpMethod": "POST", "uri": QUEUE, "credentials": role});
    plane.done(201, "PUT", &path, body(CASES[0].0)).await;
    for (role, refusal) in CASES {
        let patch = patches([("replace", "/credentials", role)]);
        for (verb, status, body) in [("PUT", 201, body(role)), ("PATCH", 200, patch)] {
            let answer = plane.ask(verb, &path, body).await;
            match *refusal {
                Some((status, name, message)) => answer.refused(status, name, message),
                None => assert_eq!(answer.status, status, "{verb} {role}: {answer:?}"),
            }
        }
    }
}

#[tokio::test]
async fn authorizers_act_in_roles_of_their_account() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    let all = format!("/restapis/{api}/authorizers");
    let mut number = 0;
    let mut body = |role: &str| {
        number += 1;
        json!({
            "name": number.to_string(),
            "type": "TOKEN",
            "authorizerUri": FUNCTION,
            "identitySource": "method.request.header.a",
            "authorizerCredentials": role,
        })
    };
    let made = plane.done(201, "POST", &all, body(CASES[0].0)).await;
    let one = format!("{all}/{}", id_of(&made));
    for (role, refusal) in CASES {
        let patch = patches([("replace", "/authorizerCredentials", role)]);
        for (verb, path, status, body) in
            [("POST", &all, 201, body(role)), ("PATCH", &one, 200, patch)]
        {
            let answer = plane.ask(verb, path, body).await;
            match *refusal {
                Some((status, name, message)) => answer.refused(status, name, message),
                None => assert_eq!(answer.status, status, "{verb} {role}: {answer:?}"),
            }
        }
    }
}

#[tokio::test]
async fn documents_name_roles_of_their_account() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    let one = format!("/restapis/{api}");
    let document = |integration: &str, authorizer: &str| {
        json!({
            "swagger": "2.0",
            "info": {"title": "pets"},
            "securityDefinitions": {"a": {
                "type": "apiKey", "name": "a", "in": "header",
                "x-amazon-apigateway-authtype": "custom",
                "x-amazon-apigateway-authorizer": {
                    "type": "token", "authorizerUri": FUNCTION, "authorizerCredentials": authorizer,
                },
            }},
            "paths": {"/": {"get": {"x-amazon-apigateway-integration": {
                "type": "aws", "httpMethod": "POST", "uri": QUEUE, "credentials": integration,
            }}}},
        })
    };
    let (own, other) = (CASES[0].0, "arn:aws:iam::210987654321:role/a");
    for (verb, path, status) in [("PUT", &*one, 200), ("POST", "/restapis?mode=import", 201)] {
        plane.done(status, verb, path, document(own, own)).await;
        for document in [document(other, own), document(own, other)] {
            let answer = plane.ask(verb, path, document).await;
            answer.refused(OTHER.0, OTHER.1, OTHER.2);
        }
    }
}
