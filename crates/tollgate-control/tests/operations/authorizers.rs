//! Authorizers, and operations that are not there.

use serde_json::{Value, json};

use crate::support::{Plane, patches};

const URI: &str = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:\
                   us-east-1:123456789012:function:f/invocations";
const SOURCE: &str = "method.request.header.Authorization";

#[tokio::test]
async fn what_is_written_of_an_authorizer_reads_back() {
    let plane = Plane::new();
    let (api, root) = plane.new_api().await;
    let all = format!("/restapis/{api}/authorizers");
    let token = json!({
        "name": "token",
        "type": "TOKEN",
        "authorizerUri": URI,
        "identitySource": SOURCE,
    });
    let mut shown = token.clone();
    shown["authType"] = "custom".into();
    let request = json!({
        "name": "request",
        "type": "REQUEST",
        "authorizerUri": URI,
        "authorizerCredentials": "arn:aws:iam::123456789012:role/r",
        "authType": "mine",
        "identitySource": "method.request.header.a,context.path",
        "identityValidationExpression": ".+",
        "authorizerResultTtlInSeconds": 0,
    });
    let pools = json!({
        "name": "pools",
        "type": "COGNITO_USER_POOLS",
        "providerARNs": ["arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_a"],
    });
    let mut made = Vec::new();
    for (body, expected) in [
        (token, shown),
        (request.clone(), request),
        (pools.clone(), pools),
    ] {
        let mut one = plane.done(201, "POST", &all, body).await;
        let id = one["id"].as_str().expect("it has one").to_owned();
        assert_eq!(id.len(), 6);
        let path = format!("{all}/{id}");
        assert_eq!(plane.done(200, "GET", &path, Value::Null).await, one);
        made.push(one.clone());
        one.as_object_mut().map(|one| one.remove("id"));
        assert_eq!(one, expected);
    }
    let list = plane.done(200, "GET", &all, Value::Null).await;
    let mut sorted = made.clone();
    sorted.sort_by_key(|one| one["id"].to_string());
    assert_eq!(list, json!({ "item": sorted }));

    let path = |one: &Value| format!("{all}/{}", one["id"].as_str().expect("it has one"));
    let [token, request, pools] = [&made[0], &made[1], &made[2]];
    let cases = [
        (
            token,
            patches([
                ("replace", "/name", "other"),
                ("replace", "/authorizerResultTtlInSeconds", "3600"),
                ("replace", "/authType", ""),
                ("add", "/identitySource", "method.request.header.x"),
            ]),
            json!({
                "id": token["id"],
                "name": "other",
                "type": "TOKEN",
                "authorizerUri": URI,
                "identitySource": "method.request.header.x",
                "authorizerResultTtlInSeconds": 3600,
            }),
        ),
        (
            request,
            patches([
                ("remove", "/identitySource", ""),
                ("replace", "/authorizerCredentials", ""),
                ("replace", "/identityValidationExpression", ""),
            ]),
            json!({
                "id": request["id"],
                "name": "request",
                "type": "REQUEST",
                "authorizerUri": URI,
                "authType": "mine",
                "authorizerResultTtlInSeconds": 0,
            }),
        ),
        (
            pools,
            patches([
                ("add", "/providerARNs", "arn:b"),
                (
                    "remove",
                    "/providerARNs",
                    pools["providerARNs"][0].as_str().unwrap_or_default(),
                ),
            ]),
            json!({
                "id": pools["id"],
                "name": "pools",
                "type": "COGNITO_USER_POOLS",
                "providerARNs": ["arn:b"],
            }),
        ),
    ];
    for (one, change, expected) in cases {
        let path = path(one);
        assert_eq!(plane.done(200, "PATCH", &path, change).await, expected);
        assert_eq!(plane.done(200, "GET", &path, Value::Null).await, expected);
    }

    let method = format!("/restapis/{api}/resources/{root}/methods/GET");
    let body = json!({"authorizationType": "CUSTOM", "authorizerId": token["id"]});
    plane.done(201, "PUT", &method, body).await;
    let answer = plane.ask("DELETE", &path(token), Value::Null).await;
    let used = "Cannot delete authorizer 'other', is referenced in method: GET//";
    answer.refused(409, "ConflictException", used);
    plane.done(204, "DELETE", &method, Value::Null).await;
    for one in &made {
        plane.done(202, "DELETE", &path(one), Value::Null).await;
        let gone = plane.get(&path(one)).await;
        let none = "Invalid Authorizer identifier specified";
        gone.refused(404, "NotFoundException", none);
    }
}

#[tokio::test]
async fn wrong_authorizers_are_refused() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    let all = format!("/restapis/{api}/authorizers");
    let token = |member: &str, value: Value| {
        let mut body = json!({
            "name": "a",
            "type": "TOKEN",
            "authorizerUri": URI,
            "identitySource": SOURCE,
        });
        body[member] = value;
        body
    };
    let made = plane
        .done(201, "POST", &all, token("name", json!("b")))
        .await;
    let one = format!("{all}/{}", made["id"].as_str().expect("it has one"));
    let (bad, none) = ("BadRequestException", "NotFoundException");
    let ttl = "authorizerResultTtlInSeconds: expected a whole number from 0 to 3600";
    let cases: &[(&str, &str, Value, u16, &str, &str)] = &[
        (
            "POST",
            &all,
            json!({"type": "OTHER"}),
            400,
            "ValidationException",
            "2 validation errors detected: Value null at 'createAuthorizerInput.name' failed to \
             satisfy constraint: Member must not be null; Value 'OTHER' at \
             'createAuthorizerInput.type' failed to satisfy constraint: Member must satisfy enum value \
             set: [TOKEN, REQUEST, COGNITO_USER_POOLS]",
        ),
        (
            "POST",
            "/restapis/none/authorizers",
            token("name", json!("a")),
            409,
            "ConflictException",
            "Unable to complete operation due to concurrent modification. Please try again later.",
        ),
        (
            "GET",
            "/restapis/none/authorizers",
            Value::Null,
            404,
            none,
            "Invalid API identifier specified 123456789012:none",
        ),
        (
            "POST",
            &all,
            token("name", json!("b")),
            400,
            bad,
            "Authorizer name must be unique. Authorizer b already exists in this RestApi.",
        ),
        (
            "POST",
            &all,
            token("name", json!("")),
            400,
            bad,
            "name: expected one that is not blank",
        ),
        (
            "POST",
            &all,
            token("authorizerUri", Value::Null),
            400,
            bad,
            "authorizerUri: a TOKEN or REQUEST authorizer needs one",
        ),
        (
            "POST",
            &all,
            token("authorizerUri", json!("http://localhost")),
            400,
            bad,
            "Invalid Authorizer URI: http://localhost. Authorizer URI should be a valid API Gateway \
             ARN that represents a Lambda function invocation.",
        ),
        (
            "POST",
            &all,
            token("identitySource", json!("")),
            400,
            bad,
            "identitySource: a TOKEN authorizer needs one",
        ),
        (
            "POST",
            &all,
            json!({"name": "a", "type": "REQUEST", "authorizerUri": URI}),
            400,
            bad,
            "identitySource: a REQUEST authorizer whose results are cached needs one; \
             authorizerResultTtlInSeconds 0 caches none",
        ),
        (
            "POST",
            &all,
            json!({"name": "a", "type": "COGNITO_USER_POOLS"}),
            400,
            bad,
            "providerARNs: a COGNITO_USER_POOLS authorizer needs at least one",
        ),
        (
            "POST",
            &all,
            token("authorizerResultTtlInSeconds", json!(3601)),
            400,
            bad,
            ttl,
        ),
        (
            "PATCH",
            &one,
            patches([("replace", "/authorizerResultTtlInSeconds", "3601")]),
            400,
            bad,
            ttl,
        ),
        (
            "PATCH",
            &one,
            patches([("replace", "/authorizerResultTtlInSeconds", "-1")]),
            400,
            bad,
            ttl,
        ),
        (
            "PATCH",
            &one,
            patches([("remove", "/identitySource", "")]),
            400,
            bad,
            "identitySource: a TOKEN authorizer needs one",
        ),
        (
            "PATCH",
            &one,
            patches([("replace", "/id", "x")]),
            400,
            bad,
            "Invalid patch path /id",
        ),
    ];
    for (verb, path, body, status, error, message) in cases {
        let answer = plane.ask(verb, path, body.clone()).await;
        answer.refused(*status, error, message);
    }
    let negative = token("authorizerResultTtlInSeconds", json!(-1));
    let answer = plane.ask("POST", &all, negative).await;
    answer.refused(400, bad, ttl);
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let plane = Plane::new();
    for (verb, path) in [
        ("DELETE", "/restapis/a/stages/s/cache/data"),
        ("GET", "/restapis/a/stages/s/sdks/javascript"),
        ("GET", "/sdktypes"),
        ("GET", "/sdktypes/javascript"),
    ] {
        let answer = plane.ask(verb, path, Value::Null).await;
        let found = (answer.status, answer.error.as_deref());
        assert_eq!(found, (501, Some("NotImplementedException")), "{path}");
        let message = answer.body["message"].as_str().unwrap_or_default();
        assert!(message.starts_with("This version of Tollgate lacks this operation: "));
    }
}
