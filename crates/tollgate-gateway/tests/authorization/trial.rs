//! Authorizers of documents that are not deployed: control plane §14, `TestInvokeAuthorizer`.

use std::sync::Arc;

use http::Request;
use serde_json::{Value, json};
use tollgate_core::Contexts;
use tollgate_gateway::{
    AuthorizerTest, CompileOptions, TEST_AUTHORIZER_STAGE, TokenIssuers, test_authorizer,
};
use tollgate_model::ApiDocument;

use crate::api::{Calls, clock, custom, mock, options, pets, stage, token_authorizer};
use crate::pools::{ISSUER, Jwks, POOL, token};

async fn test(
    document: &ApiDocument,
    options: &CompileOptions,
    id: &str,
    token: &str,
) -> Option<AuthorizerTest> {
    let request = Request::get("/pets/7?q=1").header("authorization", token);
    let (head, ()) = request.body(()).expect("it is a request").into_parts();
    let contexts = Contexts::default().with_clock(clock());
    test_authorizer(
        document,
        &stage(TEST_AUTHORIZER_STAGE),
        options,
        id,
        head,
        &contexts,
    )
    .await
}

#[tokio::test]
async fn a_function_is_asked_without_a_deployment() {
    let (clock, calls) = (clock(), Calls::default());
    let options = options(&clock, &calls);
    // Neither policy nor methods matter.
    let policy = Some(crate::api::resource_policy("Deny", "execute-api:/*"));
    let document = pets(mock("", custom()), token_authorizer(json!({})), policy);
    for (token, status, principal, line) in [
        (
            "allow",
            0,
            Some("alice"),
            "Successfully completed authorizer execution",
        ),
        (
            "deny",
            0,
            Some("alice"),
            "Using valid authorizer policy for principal: ****e",
        ),
        (
            "nobody",
            401,
            None,
            "Execution failed: the function refused the caller",
        ),
        (
            "",
            401,
            None,
            "Execution failed: method.request.header.Authorization is missing or empty",
        ),
        (
            "raise it broke",
            500,
            None,
            "Execution failed: the function failed: it broke",
        ),
        (
            "answer {}",
            500,
            None,
            "Authorizer result body before parsing: {}",
        ),
    ] {
        let found = test(&document, &options, "auth01", token)
            .await
            .expect("it is there");
        assert_eq!(found.client_status, status, "{token}");
        assert_eq!(found.principal_id.as_deref(), principal, "{token}");
        assert!(found.log.contains(line), "{token}: {}", found.log);
        assert!(
            found.log.starts_with("Execution log for request "),
            "{}",
            found.log
        );
        assert!(found.log.contains(
            "\nSun Mar 01 12:00:00 UTC 2026 : Starting authorizer: auth01 for request: "
        ));
        let policy = found
            .policy
            .map(|text| serde_json::from_str::<Value>(&text).expect("it is JSON"));
        assert_eq!(policy.is_some(), principal.is_some(), "{token}");
    }
    let arn = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/ESTestInvoke-stage/GET/pets/7";
    assert_eq!(calls.last()["methodArn"], arn);
    // Nothing is kept.
    let before = calls.count();
    test(&document, &options, "auth01", "allow").await;
    test(&document, &options, "auth01", "allow").await;
    assert_eq!(calls.count(), before + 2);
    assert!(options.authorizer_cache.is_empty());
    assert!(test(&document, &options, "nobody", "allow").await.is_none());
}

#[tokio::test]
async fn an_authorizer_that_cannot_be_asked_says_why() {
    let document = pets(mock("", custom()), token_authorizer(json!({})), None);
    let found = test(&document, &CompileOptions::default(), "auth01", "allow").await;
    let found = found.expect("it is there");
    assert_eq!(found.client_status, 500);
    assert!(
        found.log.contains("authorizerUri: there is no function"),
        "{}",
        found.log
    );
}

#[tokio::test]
async fn a_token_says_its_claims() {
    let (clock, jwks) = (clock(), Jwks::start().await);
    let mut options = options(&clock, &Calls::default());
    let pools = TokenIssuers::new()
        .with_clock(clock)
        .with_pool(POOL, ISSUER, &jwks.url());
    options.token_issuers = Arc::new(pools.expect("it is a URL"));
    let authorizer = json!({
        "id": "pool01", "name": "pool", "type": "COGNITO_USER_POOLS", "providerARNs": [POOL],
        "identitySource": "method.request.header.Authorization"
    });
    let document = pets(mock("", json!({})), authorizer, None);
    let found = test(&document, &options, "pool01", &token("id", json!({}))).await;
    let found = found.expect("it is there");
    assert_eq!(found.client_status, 0, "{}", found.log);
    assert!(found.claims.contains(&("sub".to_owned(), "ada".to_owned())));
    let found = test(&document, &options, "pool01", "bad")
        .await
        .expect("it is there");
    assert_eq!((found.client_status, found.claims.len()), (401, 0));
    let shown = format!("{found:?}");
    assert!(!shown.contains("ada"), "{shown}");
}
