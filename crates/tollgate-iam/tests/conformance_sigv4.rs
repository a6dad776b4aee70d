//! Signing and verifying as AWS does, where its test suite is at hand.
//!
//! `TOLLGATE_CONFORMANCE` names the folder of the data; without it the tests say that they were
//! skipped, or fail if `TOLLGATE_REQUIRE_CONFORMANCE` is 1.

#![expect(
    clippy::print_stdout,
    reason = "a test that skips or falls short says so"
)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;
use tollgate_iam::sigv4::{
    Credentials, IssuedKey, PathStyle, PayloadHash, Principal, SignableRequest, SignatureError,
    Signer, Timestamp, Verifier,
};

#[test]
fn signs_as_the_suite_of_aws() {
    run("cases.jsonl", sign);
}

#[test]
fn verifies_what_the_suite_of_aws_signed() {
    run("cases.jsonl", verify_signed);
}

#[test]
fn verifies_requests_to_execute_api() {
    run("execute_api_verify.jsonl", verify);
}

/// Runs every line of a file; all must agree.
fn run(file: &str, check: fn(&Value) -> Result<(), String>) {
    let Some(folder) = std::env::var_os("TOLLGATE_CONFORMANCE") else {
        let required = std::env::var("TOLLGATE_REQUIRE_CONFORMANCE").is_ok_and(|it| it == "1");
        assert!(!required, "TOLLGATE_CONFORMANCE is not set");
        println!("skipped: TOLLGATE_CONFORMANCE is not set");
        return;
    };
    let path = PathBuf::from(folder).join("sigv4").join(file);
    let lines = std::fs::read_to_string(&path);
    let lines = lines.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (mut total, mut failed) = (0, 0);
    for line in lines.lines() {
        let case: Value = serde_json::from_str(line).expect("a case is JSON");
        total += 1;
        if let Err(report) = check(&case) {
            failed += 1;
            println!("{} ({}): {report}", case["name"], case["form"]);
        }
    }
    println!(
        "conformance: {total} cases of {file}, {} agree",
        total - failed
    );
    assert!(
        total > 0 && failed == 0,
        "{failed} of {total} cases of {file}"
    );
}

fn sign(case: &Value) -> Result<(), String> {
    let (request, payload) = request(&case["request"]);
    let signer = signer(case);
    let at = time(&case["timestamp"]);
    let expected = |name: &str| case[name].as_str().expect("a text");
    if case["form"] == "header" {
        let signed = signer.sign(&request, &payload, at);
        let signed = signed.map_err(|error| error.to_string())?;
        agree(
            "canonical request",
            signed.canonical_request(),
            expected("canonical_request"),
        )?;
        agree(
            "string to sign",
            signed.string_to_sign(),
            expected("string_to_sign"),
        )?;
        agree("signature", signed.signature(), expected("signature"))?;
        let own = pairs(&case["request"]["headers"]);
        let added = signed.headers().map(lower);
        let headers: BTreeSet<_> = own.into_iter().map(lower).chain(added).collect();
        let wanted = pairs(&case["signed_request"]["headers"]);
        let wanted: BTreeSet<_> = wanted.into_iter().map(lower).collect();
        agree("headers", &format!("{headers:?}"), &format!("{wanted:?}"))?;
        let authorization = signed.headers().last();
        let authorization = authorization.map(|(_, value)| value).unwrap_or_default();
        agree("authorization", authorization, expected("authorization"))
    } else {
        let life = case["expires_in_seconds"].as_u64().expect("a number");
        let life = u32::try_from(life).expect("a life of at most a week");
        let presigned = signer.presign(&request, &payload, at, life);
        let presigned = presigned.map_err(|error| error.to_string())?;
        agree(
            "canonical request",
            presigned.canonical_request(),
            expected("canonical_request"),
        )?;
        agree(
            "string to sign",
            presigned.string_to_sign(),
            expected("string_to_sign"),
        )?;
        agree("signature", presigned.signature(), expected("signature"))?;
        let target = case["signed_request"]["target"].as_str().expect("a text");
        agree("target", presigned.target(), target)
    }
}

fn verify_signed(case: &Value) -> Result<(), String> {
    let (request, payload) = request(&case["signed_request"]);
    let text = |name: &str| case[name].as_str().expect("a text");
    let mut verifier = Verifier::new(text("region"))
        .with_service(text("service"))
        .with_path_style(path_style(case));
    if case["omit_session_token_from_signature"] == true {
        verifier = verifier.with_session_token_unsigned();
    }
    let claim = verifier.claim(&request, time(&case["timestamp"]));
    let claim = claim.map_err(|error| error.to_string())?;
    let key = IssuedKey::new(
        credentials(case),
        Principal::new("arn:aws:iam::1:user/suite"),
    );
    let verified = verifier.verify(claim, &payload, Some(&key));
    verified.map(drop).map_err(|error| error.to_string())
}

fn verify(case: &Value) -> Result<(), String> {
    let (request, payload) = request(&case["request"]);
    let text = |name: &str| case[name].as_str().expect("a text");
    let verifier = Verifier::new(text("region")).with_service(text("service"));
    let now = time(&case["server_time"]);
    let verified = verifier.claim(&request, now).and_then(|claim| {
        let id = claim.access_key_id();
        let key = case["keys"].get(id).map(|key| issued(id, key));
        verifier.verify(claim, &payload, key.as_ref())
    });
    let expected = &case["expected"];
    match (verified, expected["result"].as_str()) {
        (Ok(caller), Some("authenticated")) => {
            let principal = &case["keys"][caller.access_key_id()]["principal"];
            agree(
                "principal",
                caller.principal().arn(),
                principal.as_str().unwrap_or_default(),
            )
        }
        (Err(error), Some("rejected")) => agree_refusal(&error, expected),
        (verified, _) => Err(format!("{verified:?}, expected {expected}")),
    }
}

fn agree_refusal(error: &SignatureError, expected: &Value) -> Result<(), String> {
    if let Some(part) = expected["message_contains"].as_str() {
        let message = error.to_string();
        let contains = message.contains(part);
        contains
            .then_some(())
            .ok_or(format!("{message:?} without {part:?}"))?;
    }
    if let Some(error_type) = expected["error_type"].as_str() {
        agree("error type", error.error_type(), error_type)?;
    }
    #[cfg(feature = "tower")]
    if let Some(response_type) = expected["gateway_response"].as_str() {
        agree(
            "gateway response",
            error.response_type().as_str(),
            response_type,
        )?;
        let rejection = tollgate_core::Rejection::from(error.clone());
        agree(
            "status",
            rejection.status().as_str(),
            &expected["status"].to_string(),
        )?;
    }
    Ok(())
}

fn agree(what: &str, actual: &str, expected: &str) -> Result<(), String> {
    let same = actual == expected;
    same.then_some(()).ok_or(format!(
        "{what}\n  expected {expected:?}\n  actual   {actual:?}"
    ))
}

fn request(request: &Value) -> (SignableRequest<'_>, PayloadHash) {
    let text = |name: &str| request[name].as_str().expect("a text");
    let headers = pairs(&request["headers"]);
    let headers = headers
        .into_iter()
        .map(|(name, value)| (name, value.as_bytes()));
    let signable = SignableRequest::new(text("method"), text("target"), headers);
    (signable, PayloadHash::of(text("body").as_bytes()))
}

fn pairs(headers: &Value) -> Vec<(&str, &str)> {
    let headers = headers.as_array().expect("headers are a list");
    headers
        .iter()
        .map(|pair| {
            let text = |index: usize| pair[index].as_str().expect("a header is two texts");
            (text(0), text(1))
        })
        .collect()
}

fn lower<'a>((name, value): (&str, &'a str)) -> (String, &'a str) {
    (name.to_ascii_lowercase(), value)
}

fn signer(case: &Value) -> Signer {
    let text = |name: &str| case[name].as_str().expect("a text");
    let mut signer = Signer::new(credentials(case), text("region"), text("service"))
        .with_path_style(path_style(case));
    if case["omit_session_token_from_signature"] == true {
        signer = signer.with_session_token_unsigned();
    }
    if case["emit_content_sha256_header"] == true {
        signer = signer.with_content_sha256();
    }
    signer
}

fn credentials(case: &Value) -> Credentials {
    let credentials = &case["credentials"];
    let text = |name: &str| credentials[name].as_str();
    let id = text("access_key_id").expect("an id");
    let made = Credentials::new(id, text("secret_access_key").expect("a secret"));
    match text("token") {
        Some(token) => made.with_session_token(token),
        None => made,
    }
}

fn issued(id: &str, key: &Value) -> IssuedKey {
    let mut credentials = Credentials::new(id, key["secret"].as_str().expect("a secret"));
    if let Some(token) = key["token"].as_str() {
        credentials = credentials.with_session_token(token);
    }
    if key["expires"].is_string() {
        credentials = credentials.with_expiry(time(&key["expires"]));
    }
    let principal = key["principal"].as_str().expect("an ARN");
    IssuedKey::new(credentials, Principal::new(principal))
}

fn path_style(case: &Value) -> PathStyle {
    if case["normalize_path"] == false {
        PathStyle::AsSent
    } else {
        PathStyle::Normalized
    }
}

fn time(value: &Value) -> Timestamp {
    let extended = value.as_str().expect("a time");
    let basic = extended.replace(['-', ':'], "");
    basic.parse().expect("a time")
}
