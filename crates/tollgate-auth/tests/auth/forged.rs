//! Tokens that somebody made who may not.

use std::sync::Arc;

use futures::executor::block_on;
use futures::future::join_all;
use serde_json::{Value, json};
use tollgate_auth::JwtAuthorizer;

use crate::issuers::{POOL, Pair, encoded, header, id_claims, pool, rsa, stranger, with};
use crate::jwt::Bench;
use crate::requests::{access, arriving};
use crate::told::{UNAUTHORIZED, told};

/// Header and claims without a signature.
fn message(header: &Value, claims: &Value) -> String {
    format!(
        "{}.{}",
        encoded(header.to_string()),
        encoded(claims.to_string())
    )
}

/// An HMAC with SHA-256, made of what everybody knows.
fn by_secret(message: &str, secret: &[u8]) -> String {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
    let signature = aws_lc_rs::hmac::sign(&key, message.as_bytes());
    format!("{message}.{}", encoded(signature))
}

#[test]
fn no_forged_token_passes() {
    let good = rsa().token(&header(), &id_claims());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (head, body) = signed.split_once('.').unwrap();
    let raw = |header: &str, claims: &str| {
        let message = format!("{}.{}", encoded(header), encoded(claims));
        let signature = rsa().sign("RS256", message.as_bytes());
        format!("{message}.{}", encoded(signature))
    };
    let claims = id_claims().to_string();
    let mut forged: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, token: String| forged.push((name.to_owned(), token));

    for algorithm in [
        "none", "None", "NONE", "nOnE", "", "HS256", "ES256", "RS384", "PS256", "rs256", "RS256 ",
    ] {
        let header = with(header(), "alg", json!(algorithm));
        let message = message(&header, &id_claims());
        add(&format!("unsigned as {algorithm:?}"), format!("{message}."));
        add(
            &format!("signature of RS256 as {algorithm:?}"),
            format!("{message}.{signature}"),
        );
        add(
            &format!("signed as {algorithm:?}"),
            rsa().token(&header, &id_claims()),
        );
    }
    let jwk = rsa().jwk("key-1");
    let confused = message(&with(header(), "alg", json!("HS256")), &id_claims());
    for secret in [jwk["n"].as_str().unwrap(), &jwk.to_string(), "key-1", ""] {
        add(
            "the public key as a secret",
            by_secret(&confused, secret.as_bytes()),
        );
    }
    let modulus = base64::Engine::decode(
        &base64::prelude::BASE64_URL_SAFE_NO_PAD,
        jwk["n"].as_str().unwrap(),
    );
    add(
        "the modulus as a secret",
        by_secret(&confused, &modulus.unwrap()),
    );

    let by_stranger = |header: &Value| stranger().token(header, &id_claims());
    add("another's key", by_stranger(&header()));
    add(
        "another's key, by its name",
        by_stranger(&with(header(), "kid", json!("key-2"))),
    );
    add(
        "another's key in the header",
        by_stranger(&with(header(), "jwk", stranger().jwk("key-1"))),
    );
    for name in ["jku", "x5u"] {
        add(
            "a place of keys in the header",
            by_stranger(&with(header(), name, json!("https://evil.test/keys"))),
        );
    }
    add(
        "certificates in the header",
        by_stranger(&with(header(), "x5c", json!(["MIIB"]))),
    );
    for kid in [
        "../../etc/passwd",
        "key-1' or '1'='1",
        "KEY-1",
        "key-1\0",
        "",
        " key-1",
    ] {
        add(
            "a name of a key",
            rsa().token(&with(header(), "kid", json!(kid)), &id_claims()),
        );
    }
    add(
        "a name that is no text",
        rsa().token(&with(header(), "kid", json!(["key-1"])), &id_claims()),
    );
    add(
        "unknown extensions",
        rsa().token(&with(header(), "crit", json!(["exp"])), &id_claims()),
    );
    add(
        "no algorithm",
        rsa().token(&json!({"kid": "key-1"}), &id_claims()),
    );
    add(
        "an algorithm twice",
        raw(
            r#"{"alg": "none", "alg": "RS256", "kid": "key-1"}"#,
            &claims,
        ),
    );
    add("header is a list", raw("[]", &claims));
    add("header is no JSON", raw("alg", &claims));
    add("claims are a list", raw(&header().to_string(), "[]"));
    add("claims are no JSON", raw(&header().to_string(), "{"));

    let other = encoded(with(id_claims(), "sub", json!("admin")).to_string());
    add("other claims", format!("{head}.{other}.{signature}"));
    add(
        "other header",
        format!(
            "{}.{body}.{signature}",
            encoded(with(header(), "x", json!(1)).to_string())
        ),
    );
    add("no signature", signed.to_owned());
    add("empty signature", format!("{signed}."));
    add(
        "half a signature",
        format!("{signed}.{}", &signature[..signature.len() / 2]),
    );
    add("a longer signature", format!("{good}AA"));
    add("padding", format!("{good}=="));
    add(
        "another alphabet",
        format!("{signed}.+/{}", &signature[2..]),
    );
    add("a fourth part", format!("{good}.x"));
    add("five parts", format!("{head}.{body}.x.y.{signature}"));
    add("a blank in it", format!("{head} .{body}.{signature}"));
    add("a blank at the end", format!("{good} x"));
    add("a list of tokens", format!("{good},{good}"));
    add("only dots", "..".to_owned());
    add("no token", "x".to_owned());
    add("zeros", format!("{signed}.{}", encoded([0; 256])));

    for (name, value) in [
        ("iss", json!("https://evil.test")),
        ("iss", json!(format!("{POOL}/"))),
        ("iss", json!(POOL.to_uppercase())),
        ("iss", json!([POOL])),
        ("iss", Value::Null),
        ("token_use", json!("access")),
        ("token_use", json!(["id"])),
        ("token_use", json!("ID")),
        ("exp", json!("9999999999")),
        ("exp", json!(true)),
        ("exp", json!({"$gt": 0})),
    ] {
        let token = rsa().token(&header(), &with(id_claims(), name, value.clone()));
        add(&format!("{name} = {value}"), token);
    }

    let bench = Bench::new();
    assert!(bench.ask(&good, &[]).is_ok());
    for (name, token) in &forged {
        let rejection = bench.ask(token, &[]).expect_err(name);
        assert_eq!(told(&rejection), UNAUTHORIZED, "{name}");
    }
    assert!(forged.len() >= 60, "{}", forged.len());
    assert_eq!(bench.published.fetches(), 1, "within five minutes");
}

#[test]
fn elliptic_signatures_of_nothing_do_not_pass() {
    let pair = Pair::ec();
    let bench = Bench::new();
    bench.published.publish(&[pair.jwk("key-1")]);
    let header = json!({"alg": "ES256", "kid": "key-1"});
    assert!(bench.ask(&pair.token(&header, &id_claims()), &[]).is_ok());
    let message = message(&header, &id_claims());
    for signature in [
        vec![],
        vec![0; 64],
        vec![0xff; 64],
        vec![0x30, 6, 2, 1, 0, 2, 1, 0],
    ] {
        let token = format!("{message}.{}", encoded(signature));
        assert!(bench.ask(&token, &[]).is_err());
    }
}

/// Each pool has its own keys: one cannot sign for the other.
#[test]
fn a_pool_does_not_sign_for_another() {
    let ours = Bench::new();
    let theirs = Bench::new();
    theirs.published.publish(&[stranger().jwk("key-1")]);
    let other = tollgate_auth::JwtIssuer::new(
        "https://other.test",
        &format!("{POOL}/.well-known/jwks.json"),
        theirs.published.clone(),
        theirs.clock,
    );
    let pools = [pool(&ours.published, &ours.clock), other];
    let source = "method.request.header.authorization";
    let authorizer = JwtAuthorizer::user_pools(source, pools, access()).unwrap();
    let as_other = with(id_claims(), "iss", json!("https://other.test"));
    for (name, token, is_good) in [
        ("ours", rsa().token(&header(), &id_claims()), true),
        ("theirs", stranger().token(&header(), &as_other), true),
        (
            "theirs as ours",
            stranger().token(&header(), &id_claims()),
            false,
        ),
        ("ours as theirs", rsa().token(&header(), &as_other), false),
    ] {
        let request = http::Request::get("/").header("authorization", token);
        let outcome = block_on(authorizer.authorize(&arriving(&ours.clock, request), &[]));
        assert_eq!(outcome.is_ok(), is_good, "{name}: {outcome:?}");
    }
}

#[test]
fn callers_who_come_first_wait_for_one_fetch() {
    let bench = Arc::new(Bench::new());
    let token = rsa().token(&header(), &id_claims());
    let contexts: Vec<_> = (0..20)
        .map(|_| {
            let request = http::Request::get("/").header("authorization", &token);
            arriving(&bench.clock, request)
        })
        .collect();
    let calls = contexts
        .iter()
        .map(|context| bench.authorizer.authorize(context, &[]));
    let outcomes = block_on(join_all(calls));
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(bench.published.fetches(), 1);
}
