//! The cases, for the benchmark and for whoever counts instructions.

use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use futures::executor::block_on;
use serde_json::{Value, json};
use tollgate_auth::{
    Authorizer, AuthorizerAnswer, AuthorizerCache, IamCaller, JwksSource, JwtAuthorizer, JwtIssuer,
    LambdaAuthorizer, StageAccess, TokenIdentity, TrustedIssuer, authorizer_fn,
};
use tollgate_core::{Context, Contexts, ManualClock, StageContext};
use tollgate_iam::policy::{Context as Keys, Policy, PolicyKind, Principal as Caller, Request};
use tollgate_iam::sigv4::Principal;

const NOW: u64 = 1_772_366_400;
const HEADER: &str = "method.request.header.Authorization";

/// Decides once about one request; whether it may go on.
pub(crate) type Decide = Box<dyn FnMut() -> bool>;

/// All cases, by name.
pub(crate) fn cases() -> Vec<(&'static str, Decide)> {
    let clock = Arc::new(ManualClock::at_unix(Duration::from_secs(NOW)));
    let access = StageAccess::new(&StageContext::local());
    let mut cases: Vec<(&str, Decide)> = Vec::new();
    for (name, statements) in [("iam-1", 1), ("iam-50", 50)] {
        let (caller, access) = (caller(statements), access.clone());
        let context = arriving(&clock, "token");
        let decide = move || {
            access
                .authorize_caller(black_box(&caller), black_box(&context))
                .is_ok()
        };
        cases.push((name, Box::new(decide)));
    }

    let (authorizer, context) = (authorizer(&clock, &access), arriving(&clock, "token"));
    let answer = block_on(authorizer.authorize(&context)).expect("it is allowed");
    let arn = access.method_arn(&context).expect("it is short");
    let kept = move || block_on(authorizer.authorize(black_box(&context))).is_ok();
    cases.push(("authorizer-kept", Box::new(kept)));
    let alone = move || evaluate(black_box(&answer), black_box(&arn));
    cases.push(("policy-alone", Box::new(alone)));

    let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    let token = token(&pair);
    let (bearer, context) = (bearers(&clock, &access, &pair), arriving(&clock, &token));
    let verify = move || block_on(bearer.authorize(black_box(&context), &[])).is_ok();
    cases.push(("jwt-rs256", Box::new(verify)));
    let (message, signature) = token.rsplit_once('.').expect("a token");
    let (message, signature) = (message.to_owned(), BASE64_URL_SAFE_NO_PAD.decode(signature));
    let signature = signature.expect("a signature");
    let key = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref());
    let key = key.expect("a key");
    let alone = move || {
        key.verify_sig(black_box(message.as_bytes()), &signature)
            .is_ok()
    };
    cases.push(("signature-alone", Box::new(alone)));
    // Keys are fetched and policies read by the first one.
    for (name, decide) in &mut cases {
        assert!(decide(), "{name}");
    }
    cases
}

fn arriving(clock: &Arc<ManualClock>, token: &str) -> Context {
    let request = http::Request::get("/pets/7?limit=10")
        .header("host", "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com")
        .header("accept", "*/*")
        .header("user-agent", "bench/1.0")
        .header("authorization", token);
    let (parts, ()) = request.body(()).expect("a request").into_parts();
    let mut context = Contexts::default().with_clock(clock.clone()).make(parts);
    context.identity.source_ip = Some([203, 0, 113, 10].into());
    context
}

fn policy(statements: usize) -> Value {
    let statement = |index: usize| {
        let verb = if index + 1 == statements {
            "GET"
        } else {
            "PUT"
        };
        json!({
            "Effect": "Allow",
            "Action": "execute-api:Invoke",
            "Resource": format!("arn:aws:execute-api:*:*:local00000/*/{verb}/pets/*"),
        })
    };
    let statements: Vec<_> = (0..statements).map(statement).collect();
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn caller(statements: usize) -> IamCaller {
    let text = policy(statements).to_string();
    let policy = Policy::parse(&text, PolicyKind::Identity).expect("a policy");
    let alice = Principal::new("arn:aws:iam::123456789012:user/alice");
    IamCaller::new(alice, [policy]).expect("a caller")
}

fn authorizer(clock: &Arc<ManualClock>, access: &StageAccess) -> LambdaAuthorizer {
    let function = authorizer_fn(async |_| {
        Ok(json!({"principalId": "alice", "policyDocument": policy(1), "context": {"team": 7}}))
    });
    let identity = TokenIdentity::new(HEADER).expect("a header");
    LambdaAuthorizer::new(
        Authorizer::new("auth01", identity, None).expect("an authorizer"),
        access.clone(),
        Arc::new(function),
        AuthorizerCache::new(clock.clone()),
    )
}

fn evaluate(answer: &AuthorizerAnswer, arn: &str) -> bool {
    let request = Request {
        principal: Caller::Anonymous,
        action: "execute-api:Invoke",
        resource: arn,
        context: &Keys::new(),
    };
    answer.policy().evaluate(&request).is_allow()
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn token(pair: &RsaKeyPair) -> String {
    let header = json!({"alg": "RS256", "kid": "key-1"}).to_string();
    let claims = json!({
        "iss": "https://id.test", "aud": "api", "sub": "alice", "iat": NOW, "exp": NOW + 3_600,
        "email": "alice@example.com", "cognito:groups": ["readers", "writers"]
    });
    let message = format!("{}.{}", encoded(header), encoded(claims.to_string()));
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        message.as_bytes(),
        &mut signature,
    )
    .expect("a signature");
    format!("{message}.{}", encoded(signature))
}

/// The one public key.
#[derive(Debug)]
struct Published(String);

#[async_trait]
impl JwksSource for Published {
    async fn fetch(&self, _: &str) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
        Ok(self.0.clone().into())
    }
}

fn bearers(clock: &Arc<ManualClock>, access: &StageAccess, pair: &RsaKeyPair) -> JwtAuthorizer {
    // `RSAPublicKey` of RFC 8017 ends with the 256 bytes of the modulus and the exponent 65,537.
    let public = pair.public_key().as_ref();
    let modulus = &public[public.len() - 5 - 256..public.len() - 5];
    let key = json!({"kty": "RSA", "kid": "key-1", "n": encoded(modulus), "e": "AQAB"});
    let published = Published(json!({"keys": [key]}).to_string());
    let issuer = JwtIssuer::new(
        "https://id.test",
        "https://id.test/keys",
        Arc::new(published),
        clock.clone(),
    );
    JwtAuthorizer::new(
        HEADER,
        [TrustedIssuer::new(issuer, ["api"])],
        access.clone(),
    )
    .expect("an authorizer")
}
