//! Issuers that are trusted for audiences of their own, and where their keys are.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use futures::executor::block_on;
use serde_json::{Value, json};
use tollgate_auth::{
    ClaimRule, InvalidJwtAuthorizer, JWKS_RETRY_INTERVAL, JwksSource, JwtAuthorizer, JwtIssuer,
    MAX_JWKS_BYTES, TrustedIssuer,
};
use tollgate_core::{ManualClock, Rejection};

use crate::issuers::{Pair, header, rsa, stranger, with};
use crate::requests::{NOW, access, arriving, clock};

const SOURCE: &str = "method.request.header.Authorization";
const ISSUER: &str = "https://id.test/realm";
const METADATA: &str = "https://id.test/realm/.well-known/openid-configuration";
const KEYS: &str = "https://keys.test/realm";

/// What is at which URL.
#[derive(Debug, Default)]
struct Web {
    pages: Mutex<HashMap<&'static str, String>>,
    asked: Mutex<Vec<String>>,
}

impl Web {
    fn new(pages: impl IntoIterator<Item = (&'static str, String)>) -> Arc<Self> {
        let web = Self::default();
        web.pages.lock().unwrap().extend(pages);
        Arc::new(web)
    }

    /// An issuer that says where its keys are, which are these.
    fn of_issuer(metadata: &Value, keys: &[Value]) -> Arc<Self> {
        let keys = json!({ "keys": keys }).to_string();
        Self::new([(METADATA, metadata.to_string()), (KEYS, keys)])
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl JwksSource for Web {
    async fn fetch(&self, url: &str) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
        self.asked.lock().unwrap().push(url.to_owned());
        let page = self.pages.lock().unwrap().get(url).cloned();
        Ok(page.ok_or("nobody answers")?.into())
    }
}

fn metadata() -> Value {
    json!({ "issuer": ISSUER, "jwks_uri": KEYS })
}

fn claims() -> Value {
    json!({ "iss": ISSUER, "aud": "api", "exp": NOW + 60 })
}

fn known_issuer(name: &str, clock: &Arc<ManualClock>) -> Arc<JwtIssuer> {
    let keys = json!({ "keys": [rsa().jwk("key-1")] }).to_string();
    JwtIssuer::new(name, KEYS, Web::new([(KEYS, keys)]), clock.clone())
}

fn ask(
    authorizer: &JwtAuthorizer,
    clock: &Arc<ManualClock>,
    token: String,
    scopes: &[&str],
) -> Result<(), Rejection> {
    let request = http::Request::get("/pets").header("authorization", token);
    let scopes: Vec<Box<str>> = scopes.iter().map(|scope| (*scope).into()).collect();
    let outcome = block_on(authorizer.authorize(&arriving(clock, request), &scopes));
    outcome.map(drop)
}

fn status(outcome: &Result<(), Rejection>) -> u16 {
    outcome
        .as_ref()
        .map_or_else(|it| it.status().as_u16(), |()| 200)
}

#[test]
fn tokens_are_for_an_audience_of_their_issuer() {
    let clock = clock();
    let issuer = known_issuer(ISSUER, &clock);
    let trusted = TrustedIssuer::new(issuer, ["api"]);
    let authorizer = JwtAuthorizer::new(SOURCE, [trusted], access()).unwrap();
    let with = |name, value| with(claims(), name, value);
    let client = crate::issuers::with(with("aud", Value::Null), "client_id", json!("api"));
    let scope = &["read"][..];
    for (name, claims, scopes, expected) in [
        ("audience", claims(), &[][..], 200),
        ("one of two", with("aud", json!(["x", "api"])), &[], 200),
        ("another", with("aud", json!("api2")), &[], 401),
        ("none", with("aud", Value::Null), &[], 401),
        ("empty", with("aud", json!([])), &[], 401),
        ("a client", client, &[], 401),
        ("no scope", claims(), scope, 401),
        ("scope", with("scope", json!("write read")), scope, 200),
        ("scp", with("scp", json!(["read"])), scope, 200),
    ] {
        let outcome = ask(&authorizer, &clock, rsa().token(&header(), &claims), scopes);
        assert_eq!(status(&outcome), expected, "{name}");
    }
}

#[test]
fn an_issuer_speaks_for_its_own_audiences_alone() {
    let clock = clock();
    let trusted = [("https://a.test", "for-a"), ("https://b.test", "for-b")]
        .map(|(name, audience)| TrustedIssuer::new(known_issuer(name, &clock), [audience]));
    let authorizer = JwtAuthorizer::new(SOURCE, trusted, access()).unwrap();
    for (issuer, audience, expected) in [
        ("https://a.test", "for-a", 200),
        ("https://b.test", "for-b", 200),
        ("https://a.test", "for-b", 401),
        ("https://b.test", "for-a", 401),
        ("https://b.test/", "for-b", 401),
        ("https://c.test", "for-a", 401),
    ] {
        let claims = json!({ "iss": issuer, "aud": audience, "exp": NOW + 60 });
        let outcome = ask(&authorizer, &clock, rsa().token(&header(), &claims), &[]);
        assert_eq!(status(&outcome), expected, "{issuer} {audience}");
    }
}

#[test]
fn claims_are_as_their_rules_say() {
    let tenant = || ClaimRule::required("tenant");
    let optional = || ClaimRule::optional("tenant");
    let values = ["acme", "ajax"];
    for (name, rule, value, expected) in [
        ("there", tenant(), json!("any"), 200),
        ("missing", tenant(), Value::Null, 401),
        ("a number", tenant(), json!(7), 401),
        ("a list", tenant(), json!(["acme"]), 401),
        ("a value", tenant().with_values(values), json!("ajax"), 200),
        ("another", tenant().with_values(values), json!("acm"), 401),
        ("its case", tenant().with_values(values), json!("ACME"), 401),
        (
            "may be missing",
            optional().with_values(values),
            Value::Null,
            200,
        ),
        (
            "is there and another",
            optional().with_values(values),
            json!("x"),
            401,
        ),
        ("is there and no string", optional(), json!(true), 401),
    ] {
        let clock = clock();
        let trusted = TrustedIssuer::new(known_issuer(ISSUER, &clock), ["api"]).with_claim(rule);
        let authorizer = JwtAuthorizer::new(SOURCE, [trusted], access()).unwrap();
        let token = rsa().token(&header(), &with(claims(), "tenant", value));
        assert_eq!(
            status(&ask(&authorizer, &clock, token, &[])),
            expected,
            "{name}"
        );
    }
}

#[test]
fn only_some_algorithms_may_be_taken() {
    let (ec, clock) = (Pair::ec(), clock());
    let keys = json!({ "keys": [rsa().jwk("key-1"), ec.jwk("key-2")] }).to_string();
    let issuer = JwtIssuer::new(ISSUER, KEYS, Web::new([(KEYS, keys)]), clock.clone());
    let by_rsa = rsa().token(&header(), &claims());
    let by_ec = ec.token(&json!({ "alg": "ES256", "kid": "key-2" }), &claims());
    // What it says of its algorithm is not how it is signed.
    let lie = rsa().token(&json!({ "alg": "ES256", "kid": "key-1" }), &claims());
    let without = "eyJhbGciOiJub25lIn0.e30.".to_owned();
    let tokens = [by_rsa, by_ec, lie, without];
    for (algorithms, expected) in [
        (None, [200, 200, 401, 401]),
        (Some(&["RS256"][..]), [200, 401, 401, 401]),
        (Some(&["ES256"]), [401, 200, 401, 401]),
        (Some(&["RS512", "ES256", "RS256"]), [200, 200, 401, 401]),
        (Some(&[]), [401; 4]),
    ] {
        let trusted = TrustedIssuer::new(issuer.clone(), ["api"]);
        let mut authorizer = JwtAuthorizer::new(SOURCE, [trusted], access()).unwrap();
        if let Some(algorithms) = algorithms {
            authorizer = authorizer.with_algorithms(algorithms.iter().copied());
        }
        let found = tokens
            .each_ref()
            .map(|token| status(&ask(&authorizer, &clock, token.clone(), &[])));
        assert_eq!(found, expected, "{algorithms:?}");
    }
}

#[test]
fn authorizers_need_issuers_of_different_names_with_audiences() {
    let clock = clock();
    let trust = |name| TrustedIssuer::new(known_issuer(name, &clock), ["api"]);
    let nobody: [&str; 0] = [];
    let without = TrustedIssuer::new(known_issuer("c", &clock), nobody);
    let made = |issuers| JwtAuthorizer::new(SOURCE, issuers, access()).err();
    assert_eq!(made(vec![trust("a"), trust("b")]), None);
    assert_eq!(made(vec![]), Some(InvalidJwtAuthorizer::NoIssuer));
    let twice = InvalidJwtAuthorizer::IssuerTwice("a".into());
    assert_eq!(made(vec![trust("a"), trust("a")]), Some(twice));
    let none = InvalidJwtAuthorizer::NoAudience("c".into());
    assert_eq!(made(vec![trust("a"), without]), Some(none));
}

fn discovering(web: &Arc<Web>, clock: &Arc<ManualClock>, issuer: &str) -> JwtAuthorizer {
    let issuer = JwtIssuer::discovered(issuer, web.clone(), clock.clone());
    let trusted = TrustedIssuer::new(issuer, ["api"]);
    JwtAuthorizer::new(SOURCE, [trusted], access()).unwrap()
}

#[test]
fn keys_are_where_the_issuer_says() {
    let (clock, web) = (clock(), Web::of_issuer(&metadata(), &[rsa().jwk("key-1")]));
    let authorizer = discovering(&web, &clock, ISSUER);
    let token = rsa().token(&header(), &claims());
    assert_eq!(status(&ask(&authorizer, &clock, token.clone(), &[])), 200);
    assert_eq!(status(&ask(&authorizer, &clock, token, &[])), 200);
    let strange = stranger().token(&header(), &claims());
    assert_eq!(status(&ask(&authorizer, &clock, strange, &[])), 401);
    assert_eq!(web.asked(), [METADATA, KEYS]);
}

#[test]
fn a_slash_at_the_end_of_a_name_is_not_there_twice() {
    let name = "https://id.test/realm/";
    let metadata = json!({ "issuer": name, "jwks_uri": KEYS });
    let (clock, web) = (clock(), Web::of_issuer(&metadata, &[rsa().jwk("key-1")]));
    let token = rsa().token(&header(), &with(claims(), "iss", json!(name)));
    let authorizer = discovering(&web, &clock, name);
    assert_eq!(status(&ask(&authorizer, &clock, token, &[])), 200);
    assert_eq!(web.asked(), [METADATA, KEYS]);
}

#[test]
fn an_issuer_speaks_for_itself_alone() {
    let long = format!(
        "{{\"issuer\":\"{ISSUER}\",\"x\":\"{}\"}}",
        "x".repeat(MAX_JWKS_BYTES)
    );
    for (metadata, reason) in [
        (
            json!({ "issuer": "https://id.test", "jwks_uri": KEYS }).to_string(),
            "keys of https://id.test/realm: its metadata is of \"https://id.test\"",
        ),
        (
            json!({ "issuer": ISSUER, "jwks_uri": "http://keys.test/realm" }).to_string(),
            "keys of https://id.test/realm: its keys are at \"http://keys.test/realm\", expected https://…",
        ),
        (
            json!({ "issuer": ISSUER }).to_string(),
            "keys of https://id.test/realm: its metadata: missing field `jwks_uri` at line 1 column 34",
        ),
        (
            long,
            "keys of https://id.test/realm: its metadata has more than 150000 bytes",
        ),
    ] {
        let clock = clock();
        let web = Web::new([(METADATA, metadata)]);
        let authorizer = discovering(&web, &clock, ISSUER);
        let token = rsa().token(&header(), &claims());
        let refused = ask(&authorizer, &clock, token.clone(), &[]).unwrap_err();
        assert_eq!(
            (refused.status().as_u16(), refused.reason()),
            (500, Some(reason))
        );
        // It is asked again, but not at once.
        let _ = ask(&authorizer, &clock, token.clone(), &[]);
        assert_eq!(web.asked().len(), 1);
        clock.advance(JWKS_RETRY_INTERVAL);
        let _ = ask(&authorizer, &clock, token, &[]);
        assert_eq!(web.asked(), [METADATA, METADATA]);
    }
}
