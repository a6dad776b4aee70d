//! What it takes to decide about one request: a caller who signs, by policies of 1 and of 50
//! statements of which the last one allows the call; a caller whom a Lambda authorizer knows already,
//! beside the judgement of the kept policy alone; and the bearer of a token, beside the verification of
//! its signature alone, which is all of the cost that cannot be left out.

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
use criterion::Criterion;
use futures::executor::block_on;
use serde_json::{Value, json};
use tollgate_auth::{
    Authorizer, AuthorizerAnswer, AuthorizerCache, IamCaller, JwksSource, JwtAuthorizer, JwtIssuer,
    LambdaAuthorizer, StageAccess, TokenIdentity, authorizer_fn,
};
use tollgate_core::{Context, Contexts, ManualClock, StageContext};
use tollgate_iam::policy::{Context as Keys, Policy, PolicyKind, Principal as Caller, Request};
use tollgate_iam::sigv4::Principal;

const GROUP: &str = "auth";
const NOW: u64 = 1_772_366_400;
const HEADER: &str = "method.request.header.Authorization";

fn main() {
    let clock = Arc::new(ManualClock::at_unix(Duration::from_secs(NOW)));
    let access = StageAccess::new(&StageContext::local());
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group(GROUP);

    let context = arriving(&clock, "token");
    for statements in [1, 50] {
        let caller = caller(statements);
        let decide = || access.authorize_caller(black_box(&caller), black_box(&context));
        decide().expect("the last statement allows it");
        group.bench_function(format!("iam-{statements}"), |bencher| {
            bencher.iter(decide);
        });
    }

    let authorizer = authorizer(&clock, &access);
    let answer = block_on(authorizer.authorize(&context)).expect("it is allowed");
    group.bench_function("authorizer-kept", |bencher| {
        bencher.iter(|| block_on(authorizer.authorize(black_box(&context))).is_ok());
    });
    let arn = access.method_arn(&context).expect("it is short");
    group.bench_function("policy-alone", |bencher| {
        bencher.iter(|| evaluate(black_box(&answer), black_box(&arn)));
    });

    let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    let token = token(&pair);
    let bearer = bearers(&clock, &access, &pair);
    let context = arriving(&clock, &token);
    block_on(bearer.authorize(&context, &[])).expect("the token is right");
    group.bench_function("jwt-rs256", |bencher| {
        bencher.iter(|| block_on(bearer.authorize(black_box(&context), &[])).is_ok());
    });
    let (message, signature) = token.rsplit_once('.').expect("a token");
    let signature = BASE64_URL_SAFE_NO_PAD
        .decode(signature)
        .expect("a signature");
    let key = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref());
    let key = key.expect("a key");
    group.bench_function("signature-alone", |bencher| {
        bencher.iter(|| {
            key.verify_sig(black_box(message.as_bytes()), &signature)
                .is_ok()
        });
    });
    group.finish();
    criterion.final_summary();

    tollgate_bench::print_ratios(GROUP, "iam-50", &["iam-1"]);
    tollgate_bench::print_ratios(GROUP, "authorizer-kept", &["policy-alone"]);
    tollgate_bench::print_ratios(GROUP, "jwt-rs256", &["signature-alone"]);
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
    JwtAuthorizer::new(HEADER, issuer, ["api"], access.clone()).expect("an authorizer")
}
