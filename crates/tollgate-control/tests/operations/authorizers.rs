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
             set: [TOKEN, REQUEST, COGNITO_USER_POOLS, JWT]",
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
            token("jwtConfiguration", trusting()),
            400,
            bad,
            "jwtConfiguration: expected none but for an authorizer of type JWT",
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

/// The configuration of one that takes tokens of an issuer.
fn trusting() -> Value {
    json!({
        "issuers": [{ "issuer": "https://id.example.com", "audiences": ["pets"] }],
        "defaultAlgorithms": ["RS256"]
    })
}

fn jwt(member: &str, value: Value) -> Value {
    let mut body = json!({
        "name": "jwt",
        "type": "JWT",
        "identitySource": "method.request.header.Authorization",
        "jwtConfiguration": trusting()
    });
    body[member] = value;
    body
}

#[tokio::test]
async fn whose_tokens_are_taken_can_be_said_and_changed() {
    let plane = Plane::new();
    let (api, root) = plane.new_api().await;
    let all = format!("/restapis/{api}/authorizers");
    let mut claims = trusting();
    claims["issuers"][0]["additionalClaims"] = json!([{
        "claimName": "tenant", "format": "SINGLE_STRING", "expectedValues": ["acme"]
    }]);
    let body = jwt("jwtConfiguration", claims.clone());
    let made = plane.done(201, "POST", &all, body.clone()).await;
    let one = format!("{all}/{}", made["id"].as_str().unwrap_or_default());
    let mut expected = body;
    expected["id"] = made["id"].clone();
    expected["jwtConfiguration"]["issuers"][0]["additionalClaims"][0]["required"] = false.into();
    assert_eq!(made, expected);
    assert_eq!(plane.done(200, "GET", &one, Value::Null).await, expected);

    // It is replaced whole; what the service shows of where keys are is not taken from the caller.
    let mut other = trusting();
    other["issuers"][0]["jwksUri"] = "https://id.example.com/keys".into();
    let change = patches([("replace", "/jwtConfiguration", &*other.to_string())]);
    expected["jwtConfiguration"] = trusting();
    assert_eq!(plane.done(200, "PATCH", &one, change).await, expected);
    assert_eq!(plane.done(200, "GET", &one, Value::Null).await, expected);

    // It goes where the type does.
    let change = patches([
        ("replace", "/type", "TOKEN"),
        ("replace", "/authorizerUri", URI),
    ]);
    let other = plane.done(200, "PATCH", &one, change).await;
    assert_eq!(other["jwtConfiguration"], Value::Null);
    let change = patches([
        ("replace", "/type", "JWT"),
        ("replace", "/authorizerUri", ""),
        ("replace", "/jwtConfiguration", &*trusting().to_string()),
    ]);
    assert_eq!(plane.done(200, "PATCH", &one, change).await, expected);

    let method = format!("/restapis/{api}/resources/{root}/methods/GET");
    let body = json!({ "authorizationType": "JWT", "authorizerId": made["id"],
                       "authorizationScopes": ["pets/read"] });
    let found = plane.done(201, "PUT", &method, body).await;
    assert_eq!(found["authorizationType"], "JWT");
    assert_eq!(found["authorizerId"], made["id"]);
}

#[tokio::test]
async fn wrong_trust_is_refused() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    let all = format!("/restapis/{api}/authorizers");
    let made = plane
        .done(201, "POST", &all, jwt("name", json!("made")))
        .await;
    let one = format!("{all}/{}", made["id"].as_str().unwrap_or_default());
    let (bad, invalid) = ("BadRequestException", "ValidationException");
    let issuer = |member: &str, value: Value| {
        let mut configuration = trusting();
        configuration["issuers"][0][member] = value;
        jwt("jwtConfiguration", configuration)
    };
    let mut symmetric = trusting();
    symmetric["defaultAlgorithms"] = json!(["HS256"]);
    let mut nobody = trusting();
    nobody["issuers"] = json!([]);
    for (body, error, message) in [
        (
            jwt("jwtConfiguration", Value::Null),
            bad,
            "jwtConfiguration: a JWT authorizer needs one",
        ),
        (
            jwt("identitySource", Value::Null),
            bad,
            "identitySource: found \"\", expected one method.request.header.{name}",
        ),
        (
            jwt(
                "identitySource",
                json!("method.request.header.a, method.request.header.b"),
            ),
            bad,
            "identitySource: found \"method.request.header.a, method.request.header.b\", expected \
             one method.request.header.{name}",
        ),
        (
            jwt("authorizerUri", json!(URI)),
            bad,
            "authorizerUri: not supported for JWT authorizers",
        ),
        (
            jwt("authorizerResultTtlInSeconds", json!(60)),
            bad,
            "authorizerResultTtlInSeconds: not supported for JWT authorizers",
        ),
        (
            jwt("providerARNs", json!(["arn:a"])),
            bad,
            "providerARNs: not supported for JWT authorizers",
        ),
        (
            jwt("jwtConfiguration", nobody.clone()),
            bad,
            "jwtConfiguration.issuers: 0 of them, expected 1 to 50",
        ),
        (
            issuer("issuer", json!("http://id.example.com")),
            bad,
            "jwtConfiguration.issuers[0].issuer: \"http://id.example.com\", expected https://… with \
             a host, without user, query and fragment",
        ),
        (
            issuer("audiences", Value::Null),
            invalid,
            "1 validation error detected: Value null at \
             'createAuthorizerInput.jwtConfiguration.issuers.1.member.audiences' failed to satisfy \
             constraint: Member must not be null",
        ),
        (
            issuer("additionalClaim", json!([])),
            invalid,
            "1 validation error detected: Value 'additionalClaim' at \
             'createAuthorizerInput.jwtConfiguration.issuers.1.member' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: a known member",
        ),
        (
            jwt("jwtConfiguration", symmetric),
            invalid,
            "1 validation error detected: Value '[HS256]' at \
             'createAuthorizerInput.jwtConfiguration.defaultAlgorithms' failed to satisfy \
             constraint: Member must satisfy constraint: [Member must satisfy enum value set: [RS256, \
             RS384, RS512, ES256, ES384, ES512]]",
        ),
    ] {
        plane
            .ask("POST", &all, body)
            .await
            .refused(400, error, message);
    }
    for (value, message) in [
        (
            nobody.to_string(),
            "jwtConfiguration.issuers: 0 of them, expected 1 to 50",
        ),
        (
            json!({ "issuers": [], "defaultAlgorithms": [], "rules": [] }).to_string(),
            "jwtConfiguration: expected its JSON: unknown field `rules`, expected `issuers` or \
             `defaultAlgorithms` at line 1 column 44",
        ),
        (
            "{".to_owned(),
            "jwtConfiguration: expected its JSON: EOF while parsing an object at line 1 column 1",
        ),
        (
            json!({ "issuers": [], "defaultAlgorithms": ["none"] }).to_string(),
            "jwtConfiguration: expected its JSON: unknown variant `none`, expected one of `RS256`, \
             `RS384`, `RS512`, `ES256`, `ES384`, `ES512` at line 1 column 41",
        ),
    ] {
        let change = patches([("replace", "/jwtConfiguration", &*value)]);
        plane
            .ask("PATCH", &one, change)
            .await
            .refused(400, bad, message);
    }
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
