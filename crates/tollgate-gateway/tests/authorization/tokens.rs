//! Tokens of user pools: data plane §4.8, security T18.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tollgate_core::ManualClock;
use tollgate_gateway::{CompileOptions, TokenIssuers};
use tollgate_model::ApiDocument;

use crate::api::{NOW, Server, clock, document, mock, plan, says, with};
use crate::pools::{ISSUER, Jwks, POOL, signed, token};

fn options(clock: &Arc<ManualClock>, jwks: &Jwks) -> CompileOptions {
    let mut options = CompileOptions::default();
    let pools = TokenIssuers::new().with_clock(clock.clone());
    let pools = pools.with_pool(POOL, ISSUER, &jwks.url());
    options.token_issuers = Arc::new(pools.expect("it is a URL"));
    options
}

fn pools(members: Value) -> Value {
    let authorizer = json!({
        "id": "pool01",
        "name": "pool",
        "type": "COGNITO_USER_POOLS",
        "providerARNs": [POOL],
        "identitySource": "method.request.header.Authorization"
    });
    with(authorizer, members)
}

fn protected(members: Value, policy: Option<String>) -> ApiDocument {
    let of = |scopes: Value| {
        json!({
            "authorizationType": "COGNITO_USER_POOLS",
            "authorizerId": "pool01",
            "authorizationScopes": scopes
        })
    };
    let template = "$context.authorizer.claims.sub";
    let resources = [
        ("/id", mock(template, of(json!([])))),
        (
            "/scoped",
            mock(template, of(json!(["pets/read", "pets/all"]))),
        ),
    ];
    let mut members = json!({ "authorizers": [pools(members)] });
    members["policy"] = policy.into();
    document(&resources, members)
}

const UNAUTHORIZED: (u16, &str, &str) = (
    401,
    "UnauthorizedException",
    r#"{"message":"Unauthorized"}"#,
);
const EXPIRED: (u16, &str, &str) = (
    401,
    "UnauthorizedException",
    r#"{"message":"The incoming token has expired"}"#,
);
const ADA: (u16, &str, &str) = (200, "", "ada");

#[tokio::test]
async fn bearers_are_told_what_their_tokens_are_worth() {
    let (clock, jwks) = (clock(), Jwks::start().await);
    let document = protected(json!({}), None);
    let server = Server::of(&document, &options(&clock, &jwks), &clock).await;
    let id = || token("id", json!({ "aud": "client" }));
    let scope = |scope: &str| token("access", json!({ "scope": scope }));
    let header = json!({ "alg": "RS256", "kid": "key-1" });
    let forged = |members: Value| {
        let claims = json!({ "iss": ISSUER, "token_use": "id", "sub": "ada", "exp": NOW + 60 });
        signed(&with(header.clone(), members), &claims)
    };
    let mut broken = id();
    broken.pop();
    for (row, path, token, expected) in [
        ("an ID token", "/id", id(), ADA),
        ("behind its scheme", "/id", format!("Bearer {}", id()), ADA),
        ("no token", "/id", String::new(), UNAUTHORIZED),
        ("no token at all", "/id", "a.b.c".to_owned(), UNAUTHORIZED),
        (
            "an access token where there are no scopes",
            "/id",
            scope("pets/read"),
            UNAUTHORIZED,
        ),
        ("an ID token where there are", "/scoped", id(), UNAUTHORIZED),
        ("a scope", "/scoped", scope("pets/read"), ADA),
        (
            "one of its scopes",
            "/scoped",
            scope("openid pets/all"),
            ADA,
        ),
        (
            "another scope",
            "/scoped",
            scope("pets/write"),
            UNAUTHORIZED,
        ),
        ("a part of a scope", "/scoped", scope("pets"), UNAUTHORIZED),
        (
            "no scope",
            "/scoped",
            token("access", json!({})),
            UNAUTHORIZED,
        ),
        (
            "over",
            "/id",
            token("id", json!({ "exp": NOW - 31 })),
            EXPIRED,
        ),
        (
            "not over yet",
            "/id",
            token("id", json!({ "exp": NOW - 29 })),
            ADA,
        ),
        (
            "without an end",
            "/id",
            token("id", json!({ "exp": null })),
            UNAUTHORIZED,
        ),
        (
            "not yet",
            "/id",
            token("id", json!({ "nbf": NOW + 60 })),
            UNAUTHORIZED,
        ),
        (
            "of another issuer",
            "/id",
            token("id", json!({ "iss": "https://else.test" })),
            UNAUTHORIZED,
        ),
        (
            "of no use",
            "/id",
            token("id", json!({ "token_use": null })),
            UNAUTHORIZED,
        ),
        ("another signature", "/id", broken, UNAUTHORIZED),
        (
            "signed by nobody",
            "/id",
            forged(json!({ "alg": "none" })),
            UNAUTHORIZED,
        ),
        (
            "by a public key",
            "/id",
            forged(json!({ "alg": "HS256" })),
            UNAUTHORIZED,
        ),
        (
            "by another algorithm",
            "/id",
            forged(json!({ "alg": "RS512" })),
            UNAUTHORIZED,
        ),
        (
            "with words that count",
            "/id",
            forged(json!({ "crit": ["exp"] })),
            UNAUTHORIZED,
        ),
    ] {
        assert_eq!(server.get(path, &token).await.summary(), expected, "{row}");
    }
    for headers in [
        &[][..],
        &[("authorization", &*id()), ("authorization", &*id())],
    ] {
        let found = server.call("GET", "/prod/id", headers).await;
        assert_eq!(found.summary(), UNAUTHORIZED);
    }
    assert_eq!(jwks.fetches(), 1);
}

#[tokio::test]
async fn keys_that_nobody_has_are_asked_for_once() {
    let (clock, jwks) = (clock(), Jwks::start().await);
    let document = protected(json!({}), None);
    let options = options(&clock, &jwks);
    let server = Server::of(&document, &options, &clock).await;
    let id = token("id", json!({}));
    let claims = json!({ "iss": ISSUER, "token_use": "id", "sub": "ada", "exp": NOW + 60 });
    for number in 0..20 {
        let header = json!({ "alg": "RS256", "kid": format!("made-up-{number}") });
        let found = server.get("/id", &signed(&header, &claims)).await;
        assert_eq!(found.summary(), UNAUTHORIZED);
    }
    assert_eq!(jwks.fetches(), 1);
    clock.advance(Duration::from_secs(300));
    server
        .get(
            "/id",
            &signed(&json!({ "alg": "RS256", "kid": "x" }), &claims),
        )
        .await;
    assert_eq!(jwks.fetches(), 2);
    // Another plan goes on with the keys that there are.
    server.publish(&[plan(&document, &options)]);
    assert_eq!(server.get("/id", &id).await.summary(), ADA);
    assert_eq!(jwks.fetches(), 2);
}

#[tokio::test]
async fn expressions_are_matched_with_the_audience() {
    let (clock, jwks) = (clock(), Jwks::start().await);
    let members = json!({ "identityValidationExpression": "client-[a-z]" });
    let document = protected(members, None);
    let server = Server::of(&document, &options(&clock, &jwks), &clock).await;
    for (row, path, token, expected) in [
        (
            "a match",
            "/id",
            token("id", json!({ "aud": "client-a" })),
            ADA,
        ),
        (
            "a part",
            "/id",
            token("id", json!({ "aud": "client-ab" })),
            UNAUTHORIZED,
        ),
        (
            "no audience",
            "/scoped",
            token("access", json!({ "scope": "pets/all" })),
            UNAUTHORIZED,
        ),
    ] {
        assert_eq!(server.get(path, &token).await.summary(), expected, "{row}");
    }
}

/// §4.7: the resource policy comes after the token, and must allow.
#[tokio::test]
async fn a_resource_policy_is_judged_after_the_token() {
    let jwks = Jwks::start().await;
    for (policy, status) in [
        (None, 200),
        (Some("Allow"), 200),
        (Some("silent"), 403),
        (Some("Deny"), 403),
    ] {
        let clock = clock();
        let document = protected(json!({}), says(policy));
        let server = Server::of(&document, &options(&clock, &jwks), &clock).await;
        assert_eq!(
            server.get("/id", &token("id", json!({}))).await.status,
            status,
            "{policy:?}"
        );
        let found = server.get("/id", "bad").await;
        assert_eq!(found.summary(), UNAUTHORIZED, "{policy:?}");
    }
}

#[tokio::test]
async fn without_keys_nobody_is_let_in() {
    let large = "x".repeat(150_001);
    for answer in [
        "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned(),
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]".to_owned(),
        format!("HTTP/1.1 200 OK\r\ncontent-length: 150001\r\n\r\n{large}"),
        "nonsense\r\n\r\n".to_owned(),
    ] {
        let (clock, jwks) = (clock(), Jwks::answering(answer.clone()).await);
        let document = protected(json!({}), None);
        let server = Server::of(&document, &options(&clock, &jwks), &clock).await;
        let found = server.get("/id", &token("id", json!({}))).await;
        let expected = (500, r#"{"message":null}"#);
        assert_eq!((found.status, &*found.body), expected, "{answer:.40}");
    }
}

#[test]
fn keys_are_at_urls() {
    for (url, is_one) in [
        ("https://a.test/keys", true),
        ("http://127.0.0.1:1/", true),
        ("/keys", false),
        ("ftp://a.test/", false),
        ("", false),
    ] {
        let pools = TokenIssuers::new().with_pool(POOL, ISSUER, url);
        assert_eq!(pools.is_ok(), is_one, "{url}");
    }
}
