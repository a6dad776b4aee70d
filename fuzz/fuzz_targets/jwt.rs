//! Any text as a token, which nobody signed; signed tokens of any header and claims; any key set, and
//! anything that an issuer may say of where its keys are.
#![no_main]

use std::error::Error;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use arbitrary::Arbitrary;
use async_trait::async_trait;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use futures::executor::block_on;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use tollgate_auth::{
    ClaimRule, Claims, JwkSet, JwksSource, JwtAuthorizer, JwtIssuer, StageAccess, TrustedIssuer,
};
use tollgate_core::{Contexts, ManualClock, Rejection, StageContext};

const NOW: u64 = 1_772_366_400;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    token: &'a str,
    header: Option<&'a str>,
    claims: Option<&'a str>,
    name: &'a str,
    value: &'a str,
    key_set: &'a [u8],
    metadata: &'a [u8],
    scope: Option<&'a str>,
}

static PAIR: LazyLock<Ed25519KeyPair> =
    LazyLock::new(|| Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a seed"));

#[derive(Debug)]
struct Keys;

#[async_trait]
impl JwksSource for Keys {
    async fn fetch(&self, _: &str) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
        let x = encoded(PAIR.public_key().as_ref());
        let key = json!({"kty": "OKP", "crv": "Ed25519", "kid": "key-1", "x": x});
        Ok(json!({"keys": [key]}).to_string().into())
    }
}

/// An issuer that says this of itself, at whatever place it is asked.
#[derive(Debug)]
struct Metadata(Bytes);

#[async_trait]
impl JwksSource for Metadata {
    async fn fetch(&self, _: &str) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
        Ok(self.0.clone())
    }
}

fn encoded(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn signed(header: &str, claims: &str) -> String {
    let message = format!(
        "{}.{}",
        encoded(header.as_bytes()),
        encoded(claims.as_bytes())
    );
    let signature = PAIR.sign(message.as_bytes());
    format!("{message}.{}", encoded(signature.as_ref()))
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at_unix(Duration::from_secs(NOW)))
}

fn ask(
    issuer: Arc<JwtIssuer>,
    token: &str,
    scopes: &[Box<str>],
) -> Option<Result<Claims, Rejection>> {
    let access = StageAccess::new(&StageContext::local());
    let source = "method.request.header.Authorization";
    let rule = ClaimRule::optional("tenant").with_values(["acme"]);
    let trusted = TrustedIssuer::new(issuer, ["api"]).with_claim(rule);
    let authorizer = JwtAuthorizer::new(source, [trusted], access).expect("an authorizer");
    let request = http::Request::get("/").header("authorization", token);
    let (parts, ()) = request.body(()).ok()?.into_parts();
    let context = Contexts::default().with_clock(clock()).make(parts);
    Some(block_on(authorizer.authorize(&context, scopes)))
}

fuzz_target!(|input: Input<'_>| {
    let _ = JwkSet::parse(input.key_set);

    let scopes: Vec<Box<str>> = input.scope.into_iter().map(Into::into).collect();
    let url = "https://id.test/keys";
    let known = || JwtIssuer::new("issuer", url, Arc::new(Keys), clock());
    if let Some(outcome) = ask(known(), input.token, &scopes) {
        // The key is in nobody's hands but this program's.
        assert_eq!(outcome.map_err(|it| it.status().as_u16()), Err(401));
    }

    let mut claims = json!({"iss": "issuer", "aud": "api", "exp": NOW + 60, "scope": "a b"});
    if let Ok(value) = serde_json::from_str::<Value>(input.value) {
        claims[input.name] = value;
    }
    let claims = input
        .claims
        .map_or_else(|| claims.to_string(), ToOwned::to_owned);
    let header = input
        .header
        .unwrap_or(r#"{"alg": "EdDSA", "kid": "key-1"}"#);
    let token = signed(header, &claims);
    let source = Arc::new(Metadata(Bytes::copy_from_slice(input.metadata)));
    let strange = JwtIssuer::discovered("issuer", source, clock());
    if let Some(outcome) = ask(strange, &token, &scopes) {
        // Whatever it says, it has not the key.
        assert!(outcome.is_err());
    }
    let Some(Ok(known)) = ask(known(), &token, &scopes) else {
        return;
    };
    if let Some(tenant) = known.get("tenant") {
        assert_eq!(tenant, "acme");
    }
    let header: Value = serde_json::from_str(header).expect("it was read");
    assert_eq!(header["alg"], "EdDSA");
    assert!(header.get("crit").is_none_or(Value::is_null));
    assert_eq!(known.get("iss"), Some(&"issuer".into()));
    assert!(known.get("exp").is_some_and(Value::is_number));
    for (name, text) in known.texts() {
        assert_eq!(known.text(name), Some(text));
    }
});
