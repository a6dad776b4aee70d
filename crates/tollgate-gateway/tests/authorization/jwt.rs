//! Tokens of issuers that an authorizer trusts: `JWT`.

use std::sync::Arc;

use serde_json::{Value, json};
use tollgate_core::ManualClock;
use tollgate_gateway::{CompileOptions, TokenIssuers, test_authorizer};
use tollgate_model::ApiDocument;

use crate::api::{NOW, Server, clock, document, mock, plan, resource_policy, stage, with};
use crate::pools::{ISSUER, Jwks, signed};

/// An issuer of another kind, whose key is the same one.
const PARTNER: &str = "https://partner.test";

fn options(clock: &Arc<ManualClock>, jwks: &Jwks) -> CompileOptions {
    let mut options = CompileOptions::default();
    let known = TokenIssuers::new().with_clock(clock.clone());
    let known = known
        .with_issuer(ISSUER, &jwks.url())
        .and_then(|known| known.with_issuer(PARTNER, &jwks.url()));
    options.token_issuers = Arc::new(known.expect("they are URLs"));
    options
}

fn authorizer(members: Value) -> Value {
    let authorizer = json!({
        "id": "jwt001",
        "name": "tokens",
        "type": "JWT",
        "identitySource": "method.request.header.Authorization",
        "jwtConfiguration": {
            "issuers": [
                { "issuer": ISSUER, "audiences": ["pets", "orders"] },
                {
                    "issuer": PARTNER,
                    "audiences": ["partners"],
                    "additionalClaims": [{
                        "claimName": "tenant",
                        "format": "SINGLE_STRING",
                        "required": true,
                        "expectedValues": ["acme"]
                    }]
                }
            ],
            "defaultAlgorithms": ["RS256", "ES256"]
        }
    });
    with(authorizer, members)
}

fn protected(authorizer: &Value, policy: Option<String>) -> ApiDocument {
    let of = |scopes: Value| {
        json!({
            "authorizationType": "JWT",
            "authorizerId": "jwt001",
            "authorizationScopes": scopes
        })
    };
    let template = "$context.authorizer.claims.sub";
    let resources = [
        ("/any", mock(template, of(json!([])))),
        ("/scoped", mock(template, of(json!(["pets/read"])))),
    ];
    let mut members = json!({ "authorizers": [authorizer] });
    members["policy"] = policy.into();
    document(&resources, members)
}

fn token(members: Value) -> String {
    let claims = json!({ "iss": ISSUER, "aud": "pets", "sub": "ada", "exp": NOW + 60 });
    signed(
        &json!({ "alg": "RS256", "kid": "key-1" }),
        &with(claims, members),
    )
}

const UNAUTHORIZED: (u16, &str) = (401, r#"{"message":"Unauthorized"}"#);
const EXPIRED: (u16, &str) = (401, r#"{"message":"The incoming token has expired"}"#);
const ADA: (u16, &str) = (200, "ada");

#[tokio::test]
async fn issuers_speak_for_their_audiences_and_by_their_rules() {
    let (clock, jwks) = (clock(), Jwks::start().await);
    let document = protected(&authorizer(json!({})), None);
    let server = Server::of(&document, &options(&clock, &jwks), &clock).await;
    let partner = |members| {
        let claims = json!({ "iss": PARTNER, "aud": "partners", "tenant": "acme" });
        token(with(claims, members))
    };
    for (row, path, token, expected) in [
        ("a token", "/any", token(json!({})), ADA),
        (
            "introduced",
            "/any",
            format!("Bearer {}", token(json!({}))),
            ADA,
        ),
        (
            "the other audience",
            "/any",
            token(json!({ "aud": ["x", "orders"] })),
            ADA,
        ),
        (
            "another audience",
            "/any",
            token(json!({ "aud": "partners" })),
            UNAUTHORIZED,
        ),
        (
            "another issuer",
            "/any",
            token(json!({ "iss": "https://evil.test" })),
            UNAUTHORIZED,
        ),
        ("over", "/any", token(json!({ "exp": NOW - 60 })), EXPIRED),
        ("none", "/any", String::new(), UNAUTHORIZED),
        ("nobody's", "/any", "a.b.c".to_owned(), UNAUTHORIZED),
        (
            "without the scope",
            "/scoped",
            token(json!({})),
            UNAUTHORIZED,
        ),
        (
            "with the scope",
            "/scoped",
            token(json!({ "scope": "x pets/read" })),
            ADA,
        ),
        (
            "with the scope elsewhere",
            "/scoped",
            token(json!({ "scp": ["pets/read"] })),
            ADA,
        ),
        ("a partner", "/any", partner(json!({})), ADA),
        (
            "a partner for others",
            "/any",
            partner(json!({ "aud": "pets" })),
            UNAUTHORIZED,
        ),
        (
            "a partner of another tenant",
            "/any",
            partner(json!({ "tenant": "ajax" })),
            UNAUTHORIZED,
        ),
        (
            "a partner of several",
            "/any",
            partner(json!({ "tenant": ["acme"] })),
            UNAUTHORIZED,
        ),
    ] {
        let found = server.get(path, &token).await;
        assert_eq!((found.status, &*found.body), expected, "{row}");
    }
    // Each issuer's keys are fetched once.
    assert_eq!(jwks.fetches(), 2);
}

#[tokio::test]
async fn algorithms_are_those_of_the_authorizer() {
    let (clock, jwks) = (clock(), Jwks::start().await);
    let mut authorizer = authorizer(json!({}));
    authorizer["jwtConfiguration"]["defaultAlgorithms"] = json!(["RS512", "ES256"]);
    let document = protected(&authorizer, None);
    let server = Server::of(&document, &options(&clock, &jwks), &clock).await;
    let found = server.get("/any", &token(json!({}))).await;
    assert_eq!((found.status, &*found.body), UNAUTHORIZED);
    // It is not even asked whose key it is.
    assert_eq!(jwks.fetches(), 0);
}

#[tokio::test]
async fn the_resource_policy_has_to_allow_it_too() {
    let (clock, jwks) = (clock(), Jwks::start().await);
    for (effect, expected) in [("Allow", 200), ("Deny", 403)] {
        let policy = resource_policy(effect, "execute-api:/prod/*");
        let document = protected(&authorizer(json!({})), Some(policy));
        let server = Server::of(&document, &options(&clock, &jwks), &clock).await;
        let found = server.get("/any", &token(json!({}))).await;
        assert_eq!(found.status, expected, "{effect}");
    }
}

#[tokio::test]
async fn what_no_token_could_be_judged_by_lets_nobody_in() {
    let (clock, jwks) = (clock(), Jwks::start().await);
    let issuer = |url: &str| {
        json!({
            "issuers": [{ "issuer": url, "audiences": ["pets"] }],
            "defaultAlgorithms": ["RS256"]
        })
    };
    for (members, told) in [
        (
            json!({ "jwtConfiguration": null }),
            "authorizer tokens: it says not whose tokens it takes",
        ),
        (
            json!({ "jwtConfiguration": { "issuers": [], "defaultAlgorithms": ["RS256"] } }),
            "authorizer tokens: issuers: 0 of them, expected 1 to 50",
        ),
        (
            json!({ "jwtConfiguration": issuer("http://127.0.0.1/") }),
            "authorizer tokens: issuers[0].issuer: \"http://127.0.0.1/\", expected https://…",
        ),
        (
            json!({ "jwtConfiguration": issuer("https://a.test:port") }),
            "authorizer tokens: issuers[0].issuer: \"https://a.test:port\", expected https://…",
        ),
        (
            json!({ "identitySource": "method.request.querystring.token" }),
            "authorizer tokens: identity source",
        ),
        (
            json!({ "type": "COGNITO_USER_POOLS", "providerARNs": [crate::pools::POOL] }),
            "its authorizer is of another type than JWT",
        ),
    ] {
        let document = protected(&authorizer(members), None);
        let options = options(&clock, &jwks);
        let plan = plan(&document, &options);
        let mut all = plan.diagnostics().iter().map(ToString::to_string);
        assert!(
            all.any(|one| one.contains(told)),
            "{told}: {:?}",
            plan.diagnostics()
        );
        let server = Server::of(&document, &options, &clock).await;
        let found = server.get("/any", &token(json!({}))).await;
        assert_eq!(found.status, 500, "{told}");
    }
}

#[tokio::test]
async fn it_can_be_tried_out() {
    let (clock, jwks) = (clock(), Jwks::start().await);
    let document = protected(&authorizer(json!({})), None);
    let options = options(&clock, &jwks);
    let contexts = tollgate_core::Contexts::default().with_clock(clock.clone());
    for (token, status, claims) in [(token(json!({})), 0, 4), ("bad".to_owned(), 401, 0)] {
        let request = http::Request::get("/").header("authorization", token);
        let (head, ()) = request.body(()).expect("it is one").into_parts();
        let stage = stage("test");
        let test = test_authorizer(&document, &stage, &options, "jwt001", head, &contexts);
        let test = test.await.expect("it is there");
        assert_eq!(
            (test.client_status, test.claims.len()),
            (status, claims),
            "{}",
            test.log
        );
    }
}
