//! Bearers of tokens: what a token has to say, and when keys are fetched.

use std::error::Error;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::channel::oneshot;
use futures::executor::block_on;
use futures::poll;
use serde_json::{Value, json};
use tollgate_auth::{
    Claims, InvalidJwkSet, InvalidJwtAuthorizer, JWKS_MAX_AGE, JWKS_REFRESH_INTERVAL,
    JWKS_RETRY_INTERVAL, JwkSet, JwksSource, JwtAuthorizer, JwtIssuer, MAX_IDENTITY_BYTES,
    MAX_JWKS_BYTES, TrustedIssuer,
};
use tollgate_core::{GatewayResponseType, ManualClock, Rejection};

use crate::issuers::{
    CLIENT, POOL, POOL_ARN, Pair, Published, access_claims, encoded, header, id_claims, pool, rsa,
    stranger, with,
};
use crate::requests::{NOW, access, arriving, clock, resource_policy};
use crate::told::{UNAUTHORIZED, denied, told};

const SOURCE: &str = "method.request.header.Authorization";

pub(crate) struct Bench {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) published: Arc<Published>,
    pub(crate) authorizer: JwtAuthorizer,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(|authorizer| authorizer)
    }

    pub(crate) fn with(configure: impl FnOnce(JwtAuthorizer) -> JwtAuthorizer) -> Self {
        let (clock, published) = (clock(), Published::new(&[rsa().jwk("key-1")]));
        let pools = [pool(&published, &clock)];
        let authorizer = JwtAuthorizer::user_pools(SOURCE, pools, access()).unwrap();
        Self {
            clock,
            published,
            authorizer: configure(authorizer),
        }
    }

    pub(crate) fn ask(&self, token: &str, scopes: &[&str]) -> Result<Claims, Rejection> {
        let request = http::Request::get("/pets").header("authorization", token);
        let scopes: Vec<Box<str>> = scopes.iter().map(|scope| (*scope).into()).collect();
        let context = arriving(&self.clock, request);
        block_on(self.authorizer.authorize(&context, &scopes))
    }

    fn status(&self, token: &str) -> u16 {
        let outcome = self.ask(token, &[]);
        outcome.map_or_else(|rejection| rejection.status().as_u16(), |_| 200)
    }
}

fn id_token() -> String {
    rsa().token(&header(), &id_claims())
}

#[test]
fn claims_are_known_of_whom_a_token_is_about() {
    let claims = Bench::new().ask(&id_token(), &[]).unwrap();
    assert_eq!(claims.subject(), Some("alice"));
    for (name, expected) in [
        ("sub", Some("alice")),
        ("cognito:groups", Some("a,b")),
        ("email_verified", Some("true")),
        ("exp", Some("1772370000")),
        ("missing", None),
    ] {
        assert_eq!(claims.text(name).as_deref(), expected, "{name}");
    }
    let shown = format!("{claims:?}");
    assert!(shown.contains("sub") && !shown.contains("alice"), "{shown}");
}

#[test]
fn a_token_may_be_introduced() {
    let token = id_token();
    for (value, expected) in [
        (token.clone(), 200),
        (format!("Bearer {token}"), 200),
        (format!("bearer {token}"), 200),
        (format!("BEARER   {token}"), 200),
        (format!("Basic {token}"), 401),
        (format!("Bearer Bearer {token}"), 401),
        (format!("Bearer{token}"), 401),
        ("Bearer ".to_owned(), 401),
    ] {
        assert_eq!(Bench::new().status(&value), expected, "{value}");
    }
}

#[test]
fn uses_and_scopes_of_tokens_are_told_apart() {
    let (id, access) = (id_claims, access_claims);
    let read = &["pets/read"][..];
    for (name, claims, scopes, is_good) in [
        ("ID token without scopes", id(), &[][..], true),
        ("access token without scopes", access(), &[], false),
        ("ID token with scopes", id(), read, false),
        (
            "ID token with a scope of its own",
            with(id(), "scope", json!("pets/read")),
            read,
            false,
        ),
        ("access token with a scope", access(), read, true),
        (
            "one of two scopes",
            access(),
            &["other", "pets/write"],
            true,
        ),
        ("none of two scopes", access(), &["other", "more"], false),
        ("a part of a scope", access(), &["pets"], false),
        ("another case", access(), &["PETS/READ"], false),
        ("no use", with(id(), "token_use", Value::Null), &[], false),
        (
            "another use",
            with(id(), "token_use", json!("refresh")),
            &[],
            false,
        ),
        (
            "no scope",
            with(access(), "scope", Value::Null),
            read,
            false,
        ),
        (
            "empty scope",
            with(access(), "scope", json!("")),
            &[""],
            true,
        ),
        (
            "scopes as a list",
            with(access(), "scope", json!(["pets/read"])),
            read,
            true,
        ),
    ] {
        let outcome = Bench::new().ask(&rsa().token(&header(), &claims), scopes);
        match outcome {
            Ok(_) => assert!(is_good, "{name}"),
            Err(rejection) => {
                assert_eq!((told(&rejection), is_good), (UNAUTHORIZED, false), "{name}");
            }
        }
    }
}

#[test]
fn a_token_has_its_time() {
    let expired = (
        401,
        Some("The incoming token has expired"),
        Some("UnauthorizedException"),
        Some(GatewayResponseType::Unauthorized),
    );
    let leeway = 30;
    for (name, value, expected) in [
        ("exp", json!(NOW + 1), None),
        ("exp", json!(NOW - leeway + 1), None),
        ("exp", json!(NOW - leeway), Some(expired)),
        ("exp", json!(0), Some(expired)),
        ("exp", json!(-1), Some(expired)),
        ("exp", json!(1.5e300), None),
        ("exp", json!(-1.5e300), Some(expired)),
        ("exp", json!(NOW as f64 + 0.5), None),
        ("exp", Value::Null, Some(UNAUTHORIZED)),
        ("exp", json!((NOW + 60).to_string()), Some(UNAUTHORIZED)),
        ("exp", json!([NOW + 60]), Some(UNAUTHORIZED)),
        ("nbf", json!(NOW + leeway), None),
        ("nbf", json!(NOW + leeway + 1), Some(UNAUTHORIZED)),
        ("nbf", json!("now"), Some(UNAUTHORIZED)),
        ("iat", json!(NOW + leeway), None),
        ("iat", json!(NOW + leeway + 1), Some(UNAUTHORIZED)),
        ("iat", Value::Null, None),
    ] {
        let claims = with(id_claims(), name, value.clone());
        let outcome = Bench::new().ask(&rsa().token(&header(), &claims), &[]);
        let row = format!("{name} = {value}");
        match (&outcome, expected) {
            (Ok(_), None) => {}
            (Err(rejection), Some(expected)) => assert_eq!(told(rejection), expected, "{row}"),
            _ => panic!("{row}: {outcome:?}"),
        }
    }
    // Nobody learns the time of a token that is not theirs.
    let over = with(id_claims(), "exp", json!(0));
    let rejection = Bench::new().ask(&stranger().token(&header(), &over), &[]);
    assert_eq!(told(&rejection.unwrap_err()), UNAUTHORIZED);
}

#[test]
fn leeway_can_be_set() {
    let over = rsa().token(&header(), &with(id_claims(), "exp", json!(NOW)));
    for (seconds, expected) in [(0, 401), (1, 200)] {
        let leeway = Duration::from_secs(seconds);
        let bench = Bench::with(|authorizer| authorizer.with_leeway(leeway));
        assert_eq!(bench.status(&over), expected, "{seconds}");
    }
}

#[test]
fn clients_and_audiences_are_checked() {
    let matching = |expression: &'static str| {
        Bench::with(move |authorizer| authorizer.with_validation_expression(expression).unwrap())
    };
    let clients = |ids: &'static [&'static str]| {
        Bench::with(move |authorizer| authorizer.with_client_ids(ids.iter().copied()))
    };
    let (id, access) = (id_claims, access_claims);
    let read = &["pets/read"][..];
    for (name, bench, claims, scopes, expected) in [
        ("matches", matching("client-\\d"), id(), &[][..], 200),
        ("matches in part", matching("client"), id(), &[], 401),
        (
            "access tokens have no audience",
            matching(".*"),
            access(),
            read,
            401,
        ),
        (
            "one of two matches",
            matching("client-\\d"),
            with(id(), "aud", json!(["x", "client-2"])),
            &[],
            200,
        ),
        (
            "takes too long to match",
            matching("(?=(a+)+$)(a+)+b"),
            with(id(), "aud", json!("a".repeat(2_000))),
            &[],
            401,
        ),
        ("a client", clients(&[CLIENT]), id(), &[], 200),
        (
            "a client of an access token",
            clients(&[CLIENT]),
            access(),
            read,
            200,
        ),
        ("another client", clients(&["client-2"]), id(), &[], 401),
        (
            "another client's access token",
            clients(&["client-2"]),
            access(),
            read,
            401,
        ),
        (
            "the audience counts, not the client",
            clients(&["client-2"]),
            with(access(), "aud", json!("client-3")),
            read,
            401,
        ),
        ("no client is named", clients(&[]), id(), &[], 200),
    ] {
        let outcome = bench.ask(&rsa().token(&header(), &claims), scopes);
        let found = outcome.map_or_else(|it| it.status().as_u16(), |_| 200);
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn a_resource_policy_has_to_allow_what_a_token_may() {
    let anonymous = "User: anonymous is not authorized to perform: execute-api:Invoke on resource: \
        arn:aws:execute-api:eu-central-1:********9012:a1b2c3d4e5/prod/GET/pets";
    let explicit = format!("{anonymous} with an explicit deny");
    for (effect, token, expected) in [
        (Some("Allow"), id_token(), None),
        (None, id_token(), Some(denied(anonymous))),
        (Some("Deny"), id_token(), Some(denied(&explicit))),
        (Some("Deny"), "x".to_owned(), Some(UNAUTHORIZED)),
        (Some("Allow"), "x".to_owned(), Some(UNAUTHORIZED)),
    ] {
        let (clock, published) = (clock(), Published::new(&[rsa().jwk("key-1")]));
        let access = access().with_resource_policy(resource_policy(effect));
        let pools = [pool(&published, &clock)];
        let authorizer = JwtAuthorizer::user_pools(SOURCE, pools, access).unwrap();
        let bench = Bench {
            clock,
            published,
            authorizer,
        };
        let outcome = bench.ask(&token, &[]);
        match (&outcome, expected) {
            (Ok(_), None) => {}
            (Err(rejection), Some(expected)) => assert_eq!(told(rejection), expected),
            _ => panic!("{effect:?}: {outcome:?}"),
        }
    }
}

#[test]
fn one_token_comes_once() {
    let bench = Bench::new();
    let ask = |tokens: &[&str]| {
        let mut request = http::Request::get("/pets");
        for token in tokens {
            request = request.header("authorization", *token);
        }
        let context = arriving(&bench.clock, request);
        block_on(bench.authorizer.authorize(&context, &[])).map(|_| ())
    };
    let token = id_token();
    assert_eq!(ask(&[&token]), Ok(()));
    let longest = "a".repeat(MAX_IDENTITY_BYTES + 1);
    for tokens in [
        &[][..],
        &[""],
        &[&token, &token],
        &["x", &token],
        &[&longest],
    ] {
        assert_eq!(
            told(&ask(tokens).unwrap_err()),
            UNAUTHORIZED,
            "{}",
            tokens.len()
        );
    }
}

#[test]
fn keys_are_fetched_once_and_kept() {
    let bench = Bench::new();
    for _ in 0..3 {
        assert_eq!(bench.status(&id_token()), 200);
    }
    assert_eq!(bench.published.fetches(), 1);
    bench.clock.advance(JWKS_REFRESH_INTERVAL * 2);
    assert_eq!(bench.status(&id_token()), 200);
    assert_eq!(bench.published.fetches(), 1);
}

/// A place of keys that takes its time, the first time excepted.
#[derive(Debug)]
struct Slow {
    quick: Arc<Published>,
    waiting: Mutex<Vec<oneshot::Sender<()>>>,
}

#[async_trait]
impl JwksSource for Slow {
    async fn fetch(&self, url: &str) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
        if self.quick.fetches() > 0 {
            let (sender, receiver) = oneshot::channel();
            self.waiting.lock().unwrap().push(sender);
            receiver.await?;
        }
        self.quick.fetch(url).await
    }
}

#[test]
fn nobody_waits_for_keys_but_who_has_none() {
    let (clock, quick) = (clock(), Published::new(&[rsa().jwk("key-1")]));
    let slow = Arc::new(Slow {
        quick: quick.clone(),
        waiting: Mutex::default(),
    });
    let issuer = JwtIssuer::user_pool(POOL_ARN, slow.clone(), clock.clone()).unwrap();
    let authorizer = JwtAuthorizer::user_pools(SOURCE, [issuer], access()).unwrap();
    let (old, new) = (id_token(), token_of("key-2"));
    let context = |token: &str| {
        let request = http::Request::get("/").header("authorization", token);
        arriving(&clock, request)
    };
    let old = context(&old);
    assert!(block_on(authorizer.authorize(&old, &[])).is_ok());
    quick.publish(&[rsa().jwk("key-1"), rsa().jwk("key-2")]);
    clock.advance(JWKS_REFRESH_INTERVAL);
    let new = context(&new);
    block_on(async {
        let mut leaving = Box::pin(authorizer.authorize(&new, &[]));
        assert!(poll!(&mut leaving).is_pending());
        let mut staying = pin!(authorizer.authorize(&new, &[]));
        assert!(poll!(&mut staying).is_pending());
        assert!(authorizer.authorize(&old, &[]).await.is_ok());
        drop(leaving);
        assert_eq!(slow.waiting.lock().unwrap().len(), 1);
        let done = slow.waiting.lock().unwrap().remove(0);
        assert_eq!(done.send(()), Ok(()));
        assert!(staying.await.is_ok());
    });
}

#[test]
fn whoever_begins_a_fetch_and_goes_takes_the_keys_from_nobody() {
    let bench = Bench::new();
    assert_eq!(bench.status(&id_token()), 200);
    let slow = Arc::new(Slow {
        quick: bench.published.clone(),
        waiting: Mutex::default(),
    });
    let issuer = JwtIssuer::user_pool(POOL_ARN, slow.clone(), bench.clock.clone()).unwrap();
    let authorizer = JwtAuthorizer::user_pools(SOURCE, [issuer], access()).unwrap();
    let context = |token: String| {
        let request = http::Request::get("/").header("authorization", token);
        arriving(&bench.clock, request)
    };
    let answer = || {
        let done = slow.waiting.lock().unwrap().remove(0);
        assert_eq!(done.send(()), Ok(()));
    };
    let claims = with(id_claims(), "exp", json!(u32::MAX));
    let stranger = context(stranger().token(&header(), &claims));
    let bearer = context(rsa().token(&header(), &claims));
    block_on(async {
        for _ in 0..3 {
            let mut leaving = Box::pin(authorizer.authorize(&stranger, &[]));
            assert!(poll!(&mut leaving).is_pending());
        }
        assert_eq!(slow.waiting.lock().unwrap().len(), 1);
        answer();
        assert!(authorizer.authorize(&bearer, &[]).await.is_ok());
        assert_eq!(bench.published.fetches(), 2);

        // Old keys are good until others come, which somebody begins to fetch and goes.
        bench.clock.advance(JWKS_MAX_AGE);
        let mut leaving = Box::pin(authorizer.authorize(&bearer, &[]));
        assert!(poll!(&mut leaving).is_pending());
        drop(leaving);
        assert!(authorizer.authorize(&bearer, &[]).await.is_ok());
        answer();
        assert!(authorizer.authorize(&bearer, &[]).await.is_ok());
        assert_eq!(bench.published.fetches(), 3);
        // They came: nobody has to wait.
        assert!(authorizer.authorize(&bearer, &[]).await.is_ok());
        assert_eq!(slow.waiting.lock().unwrap().len(), 0);
    });
}

fn token_of(kid: &str) -> String {
    rsa().token(&with(header(), "kid", json!(kid)), &id_claims())
}

#[test]
fn a_new_key_is_found_after_a_while() {
    let bench = Bench::new();
    assert_eq!(bench.status(&id_token()), 200);
    bench
        .published
        .publish(&[rsa().jwk("key-2"), rsa().jwk("key-1")]);
    bench
        .clock
        .advance(JWKS_REFRESH_INTERVAL - Duration::from_secs(1));
    assert_eq!(bench.status(&token_of("key-2")), 401);
    bench.clock.advance(Duration::from_secs(1));
    assert_eq!(bench.status(&token_of("key-2")), 200);
    assert_eq!(bench.status(&id_token()), 200);
    assert_eq!(bench.published.fetches(), 2);
}

#[test]
fn names_of_keys_that_are_made_up_cause_one_fetch_in_five_minutes() {
    let bench = Bench::new();
    for round in 1..4 {
        for stranger in 0..50 {
            assert_eq!(bench.status(&token_of(&format!("made-up-{stranger}"))), 401);
        }
        assert_eq!(bench.published.fetches(), round);
        bench.clock.advance(JWKS_REFRESH_INTERVAL);
    }
}

#[test]
fn a_key_that_is_withdrawn_is_of_no_use_when_keys_are_old() {
    let bench = Bench::new();
    assert_eq!(bench.status(&id_token()), 200);
    bench.published.publish(&[stranger().jwk("key-2")]);
    bench.clock.advance(JWKS_MAX_AGE - Duration::from_secs(1));
    let fresh = |bench: &Bench| {
        let now = NOW + JWKS_MAX_AGE.as_secs();
        let claims = with(id_claims(), "exp", json!(now + 3_600));
        bench.status(&rsa().token(&header(), &claims))
    };
    assert_eq!(fresh(&bench), 200);
    bench.clock.advance(Duration::from_secs(1));
    assert_eq!(fresh(&bench), 401);
    assert_eq!(bench.published.fetches(), 2);
}

#[test]
fn keys_go_on_while_no_others_are_to_be_had() {
    let bench = Bench::new();
    assert_eq!(bench.status(&id_token()), 200);
    let later = with(id_claims(), "exp", json!(NOW + 100_000));
    let later = rsa().token(&header(), &later);
    bench.published.publish_text(None);
    bench.clock.advance(JWKS_MAX_AGE);
    for fetches in [2, 2, 3, 3] {
        assert_eq!(bench.status(&later), 200);
        assert_eq!(bench.published.fetches(), fetches);
        bench.clock.advance(JWKS_RETRY_INTERVAL / 2);
    }
}

#[test]
fn without_any_key_the_authorizer_has_failed() {
    let failed = (
        500,
        None,
        Some("AuthorizerFailureException"),
        Some(GatewayResponseType::AuthorizerFailure),
    );
    for nothing in [
        None,
        Some(String::new()),
        Some("{}".to_owned()),
        Some(r#"{"keys": []}"#.to_owned()),
        Some(" ".repeat(MAX_JWKS_BYTES + 1)),
    ] {
        let bench = Bench::new();
        bench.published.publish_text(nothing);
        for fetches in [1, 1, 2] {
            let rejection = bench.ask(&id_token(), &[]).unwrap_err();
            assert_eq!(told(&rejection), failed);
            assert!(
                rejection
                    .reason()
                    .is_some_and(|reason| reason.len() > POOL.len() + 10)
            );
            assert_eq!(bench.published.fetches(), fetches);
            bench.clock.advance(JWKS_RETRY_INTERVAL / 2);
        }
        bench.published.publish(&[rsa().jwk("key-1")]);
        bench.clock.advance(JWKS_RETRY_INTERVAL);
        assert_eq!(bench.status(&id_token()), 200);
    }
}

#[test]
fn all_kinds_of_keys_verify() {
    let pairs = [
        ("RS256", Pair::rsa()),
        ("ES256", Pair::ec()),
        ("EdDSA", Pair::ed()),
    ];
    let bench = Bench::new();
    let jwks: Vec<_> = pairs.iter().map(|(name, pair)| pair.jwk(name)).collect();
    bench.published.publish(&jwks);
    for (algorithm, pair) in &pairs {
        let header = json!({"alg": algorithm, "kid": algorithm});
        assert_eq!(
            bench.status(&pair.token(&header, &id_claims())),
            200,
            "{algorithm}"
        );
        for (other, _) in pairs.iter().filter(|(other, _)| other != algorithm) {
            let header = json!({"alg": algorithm, "kid": other});
            assert_eq!(bench.status(&pair.token(&header, &id_claims())), 401);
        }
    }
}

#[test]
fn an_rsa_key_may_name_another_algorithm_of_rsa() {
    for algorithm in ["RS384", "PS256"] {
        let bench = Bench::new();
        bench
            .published
            .publish(&[with(rsa().jwk("key-1"), "alg", json!(algorithm))]);
        let header = json!({"alg": algorithm, "kid": "key-1"});
        assert_eq!(
            bench.status(&rsa().token(&header, &id_claims())),
            200,
            "{algorithm}"
        );
        assert_eq!(bench.status(&id_token()), 401, "{algorithm}");
    }
}

#[test]
fn a_token_without_a_name_of_a_key_is_for_the_only_one() {
    let bench = Bench::new();
    let unnamed = rsa().token(&json!({"alg": "RS256"}), &id_claims());
    assert_eq!(bench.status(&unnamed), 200);
    let bench = Bench::new();
    bench
        .published
        .publish(&[rsa().jwk("key-1"), stranger().jwk("key-2")]);
    assert_eq!(bench.status(&unnamed), 401);
}

#[test]
fn only_keys_for_signatures_are_of_use() {
    let good = || rsa().jwk("key-1");
    for (name, key, is_good) in [
        ("as it should be", good(), true),
        ("without a use", with(good(), "use", Value::Null), true),
        ("for encryption", with(good(), "use", json!("enc")), false),
        (
            "to verify",
            with(good(), "key_ops", json!(["verify"])),
            true,
        ),
        (
            "to encrypt",
            with(good(), "key_ops", json!(["encrypt"])),
            false,
        ),
        (
            "algorithm of a secret",
            with(good(), "alg", json!("HS256")),
            false,
        ),
        ("algorithm none", with(good(), "alg", json!("none")), false),
        (
            "algorithm of another kind",
            with(good(), "alg", json!("ES256")),
            false,
        ),
        (
            "short",
            with(good(), "n", json!(encoded([0xff; 128]))),
            false,
        ),
        ("without a modulus", with(good(), "n", Value::Null), false),
        (
            "modulus with padding",
            with(good(), "n", json!("AA==")),
            false,
        ),
        (
            "a secret",
            json!({"kty": "oct", "kid": "key-1", "k": "c2VjcmV0"}),
            false,
        ),
        ("unknown", json!({"kty": "new", "kid": "key-1"}), false),
        ("no key", json!(7), false),
        (
            "a point that is not on the curve",
            json!({"kty": "EC", "crv": "P-256", "x": encoded([1; 32]), "y": encoded([1; 32])}),
            false,
        ),
    ] {
        let set = JwkSet::parse(json!({"keys": [key]}).to_string().as_bytes());
        match set {
            Ok(set) => assert_eq!((set.len(), is_good), (1, true), "{name}"),
            Err(error) => assert_eq!((error, is_good), (InvalidJwkSet::NoKey, false), "{name}"),
        }
    }
}

#[test]
fn key_sets_end_at_their_limit() {
    let set = json!({"keys": [rsa().jwk("key-1")]}).to_string();
    let padded = |length: usize| set.clone() + &" ".repeat(length - set.len());
    assert!(JwkSet::parse(padded(MAX_JWKS_BYTES).as_bytes()).is_ok());
    assert_eq!(
        JwkSet::parse(padded(MAX_JWKS_BYTES + 1).as_bytes()).map(|_| ()),
        Err(InvalidJwkSet::TooLong(MAX_JWKS_BYTES + 1))
    );
    let deep = format!("{{\"keys\": {}", "[".repeat(100_000));
    assert!(matches!(
        JwkSet::parse(deep.as_bytes()),
        Err(InvalidJwkSet::Form(_))
    ));
}

/// RFC 7515, appendices A.2 and A.3.
#[test]
fn the_examples_of_the_standard_verify() {
    let rsa = json!({"kty": "RSA", "e": "AQAB", "n": concat!(
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddx",
        "HmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMs",
        "D1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSH",
        "SXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdV",
        "MTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8",
        "NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
    )});
    let ec = json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    });
    let claims = concat!(
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt",
        "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
    );
    let by_rsa = concat!(
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7",
        "AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4",
        "BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K",
        "0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqv",
        "hJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrB",
        "p0igcN_IoypGlUPQGe77Rw",
    );
    let by_ec =
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    for (key, header, signature) in [
        (rsa, "eyJhbGciOiJSUzI1NiJ9", by_rsa),
        (ec, "eyJhbGciOiJFUzI1NiJ9", by_ec),
    ] {
        let published = Published::new(&[key]);
        // The second before the examples are over.
        let clock = Arc::new(ManualClock::at_unix(Duration::from_secs(1_300_819_379)));
        let url = format!("{POOL}/.well-known/jwks.json");
        let issuer = JwtIssuer::new("joe", &url, published, clock.clone());
        let authorizer =
            JwtAuthorizer::new(SOURCE, [TrustedIssuer::new(issuer, ["nobody"])], access()).unwrap();
        let token = format!("{header}.{claims}.{signature}");
        let request = http::Request::get("/").header("authorization", token);
        let outcome = block_on(authorizer.authorize(&arriving(&clock, request), &[]));
        // They are verified, and for no audience.
        let rejection = outcome.unwrap_err();
        assert_eq!(rejection.reason(), Some("the token is for somebody else"));
    }
}

#[test]
fn configurations_that_cannot_be_are_refused() {
    let (clock, published) = (clock(), Published::new(&[]));
    for arn in [
        "",
        "eu-central-1_AbCdEf",
        "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/",
        "arn:aws:cognito-idp:eu-central-1:12345:userpool/a",
        "arn:aws:cognito-idp:evil.test/:123456789012:userpool/a",
        "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/a/../b",
        "arn:aws:iam:eu-central-1:123456789012:userpool/a",
    ] {
        let issuer = JwtIssuer::user_pool(arn, published.clone(), clock.clone());
        assert_eq!(
            issuer.map(|_| ()),
            Err(InvalidJwtAuthorizer::UserPool(arn.to_owned()))
        );
    }
    let china = POOL_ARN.replace("arn:aws:", "arn:aws-cn:");
    let china = JwtIssuer::user_pool(&china, published.clone(), clock.clone()).unwrap();
    assert!(china.name().contains(".amazonaws.com.cn/"), "{china:?}");

    let pools = || [pool(&published, &clock)];
    let authorizer = JwtAuthorizer::user_pools("method.request.querystring.t", pools(), access());
    assert!(matches!(
        authorizer,
        Err(InvalidJwtAuthorizer::NotOneHeader(_))
    ));
    let authorizer = JwtAuthorizer::user_pools(SOURCE, [], access());
    assert!(matches!(authorizer, Err(InvalidJwtAuthorizer::NoIssuer)));
    let nobody: [&str; 0] = [];
    let [issuer] = pools();
    let authorizer = JwtAuthorizer::new(SOURCE, [TrustedIssuer::new(issuer, nobody)], access());
    assert!(matches!(
        authorizer,
        Err(InvalidJwtAuthorizer::NoAudience(_))
    ));
    let authorizer = JwtAuthorizer::user_pools(SOURCE, pools(), access()).unwrap();
    assert!(authorizer.with_validation_expression("(").is_err());
}
