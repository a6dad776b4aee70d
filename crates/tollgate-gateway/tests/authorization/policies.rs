//! The tables of who may call: security §3, data plane §4.7.

use serde_json::{Value, json};
use tollgate_gateway::CompileOptions;

use crate::api::{
    Calls, HOST, Server, clock, custom, mock, options, pets, policy, says, statement,
    token_authorizer,
};
use crate::signatures::{ALICE, BOB, Client, iam, key, keys};

/// How a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Allowed,
    /// Nobody allows it.
    Implicit,
    /// Somebody denies it.
    Explicit,
}
use End::{Allowed, Explicit, Implicit};

const POLICIES: [Option<&str>; 4] = [None, Some("Allow"), Some("silent"), Some("Deny")];

fn end(status: u16, body: &str) -> End {
    match status {
        200 => Allowed,
        403 if body.contains("with an explicit deny") => Explicit,
        403 => Implicit,
        _ => panic!("{status}: {body}"),
    }
}

/// `NONE`: the policy alone.
#[tokio::test]
async fn anybody_needs_the_resource_policy() {
    let clock = clock();
    for (policy, expected) in POLICIES
        .into_iter()
        .zip([Allowed, Allowed, Implicit, Explicit])
    {
        let authorizer = token_authorizer(json!({}));
        let document = pets(mock("ok", json!({})), authorizer, says(policy));
        let server = Server::of(&document, &CompileOptions::default(), &clock).await;
        let found = server.call("GET", "/prod/pets", &[]).await;
        assert_eq!(end(found.status, &found.body), expected, "{policy:?}");
        if expected != Allowed {
            let message = "User: anonymous is not authorized to perform: execute-api:Invoke on resource: \
                           arn:aws:execute-api:us-east-1:********9012:a1b2c3d4e5/prod/GET/pets";
            assert!(
                found
                    .body
                    .starts_with(&format!("{{\"Message\":\"{message}")),
                "{}",
                found.body
            );
            assert_eq!(found.error_type(), "AccessDeniedException");
        }
        // What has no method is no secret, and no method.
        let nowhere = server.call("GET", "/prod/nowhere", &[]).await;
        assert_eq!(nowhere.error_type(), "MissingAuthenticationTokenException");
    }
}

/// Table A, with a Lambda authorizer: what the policy denies, the function is not asked about.
#[tokio::test]
async fn an_authorizer_and_a_resource_policy_decide_together() {
    for (token, expected) in [
        ("allow", [Allowed, Allowed, Allowed, Explicit]),
        ("silent", [Implicit, Allowed, Implicit, Explicit]),
        ("deny", [Explicit, Explicit, Explicit, Explicit]),
    ] {
        for (policy, expected) in POLICIES.into_iter().zip(expected) {
            let (clock, calls) = (clock(), Calls::default());
            let authorizer = token_authorizer(json!({}));
            let document = pets(mock("ok", custom()), authorizer, says(policy));
            let server = Server::of(&document, &options(&clock, &calls), &clock).await;
            let found = server.get("/pets", token).await;
            assert_eq!(
                end(found.status, &found.body),
                expected,
                "{token} {policy:?}"
            );
            let is_asked = policy != Some("Deny");
            assert_eq!(calls.count(), usize::from(is_asked), "{token} {policy:?}");
            // A token that does not do is told so before the policy is asked who else may call.
            let found = server.get("/pets", "").await;
            assert_eq!(found.status, if is_asked { 401 } else { 403 }, "{policy:?}");
        }
    }
}

/// Tables A and B, with callers who sign.
#[tokio::test]
async fn signers_and_a_resource_policy_decide_together() {
    let clock = clock();
    for (policy, same, other) in [
        (
            None,
            [Allowed, Implicit, Explicit],
            [Implicit, Implicit, Explicit],
        ),
        (
            Some("Allow"),
            [Allowed, Allowed, Explicit],
            [Allowed, Implicit, Explicit],
        ),
        (
            Some("silent"),
            [Allowed, Implicit, Explicit],
            [Implicit, Implicit, Explicit],
        ),
        (Some("Deny"), [Explicit; 3], [Explicit; 3]),
    ] {
        let options = keys([
            key("AKIDALLOW", ALICE, Some("Allow")),
            key("AKIDSILENT", ALICE, None),
            key("AKIDDENY", ALICE, Some("Deny")),
            key("OTHERALLOW", BOB, Some("Allow")),
            key("OTHERSILENT", BOB, None),
            key("OTHERDENY", BOB, Some("Deny")),
        ]);
        let authorizer = token_authorizer(json!({}));
        let document = pets(mock("ok", iam()), authorizer, says(policy));
        let server = Server::of(&document, &options, &clock).await;
        for (account, expected) in [("AKID", same), ("OTHER", other)] {
            for (own, expected) in ["ALLOW", "SILENT", "DENY"].into_iter().zip(expected) {
                let client = Client::new(&format!("{account}{own}"));
                let found = client.call(&server, "GET", "/prod/pets", "").await;
                let row = format!("{account}{own} {policy:?}");
                assert_eq!(end(found.status, &found.body), expected, "{row}");
            }
        }
        // Authentication comes first.
        let found = server.call("GET", "/prod/pets", &[("host", HOST)]).await;
        assert_eq!(found.error_type(), "MissingAuthenticationTokenException");
    }
}

/// A policy with a condition for everybody, and what it has to do with a call from loopback.
#[tokio::test]
async fn conditions_see_the_connection_and_no_header() {
    let clock = clock();
    let forged = [
        ("x-forwarded-for", "203.0.113.9"),
        ("forwarded", "for=203.0.113.9"),
        ("x-real-ip", "203.0.113.9"),
    ];
    let agent = [("user-agent", "good"), ("referer", "https://a.test/")];
    for (row, condition, headers, is_allowed) in [
        (
            "its address",
            json!({ "IpAddress": { "aws:SourceIp": "127.0.0.1" } }),
            &[][..],
            true,
        ),
        (
            "its network",
            json!({ "IpAddress": { "aws:SourceIp": ["10.0.0.0/8", "127.0.0.0/8"] } }),
            &[],
            true,
        ),
        (
            "another one",
            json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } }),
            &[],
            false,
        ),
        (
            "another one, forged",
            json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } }),
            &forged,
            false,
        ),
        (
            "not encrypted",
            json!({ "Bool": { "aws:SecureTransport": "true" } }),
            &[],
            false,
        ),
        (
            "not encrypted, forged",
            json!({ "Bool": { "aws:SecureTransport": "true" } }),
            &[("x-forwarded-proto", "https")],
            false,
        ),
        (
            "its program",
            json!({ "StringEquals": { "aws:UserAgent": "good" } }),
            &agent,
            true,
        ),
        (
            "its page",
            json!({ "StringLike": { "aws:Referer": "https://a.test/*" } }),
            &agent,
            true,
        ),
        (
            "no page",
            json!({ "StringLike": { "aws:Referer": "https://a.test/*" } }),
            &[],
            false,
        ),
        (
            "before",
            json!({ "DateLessThan": { "aws:CurrentTime": "2026-03-01T12:00:01Z" } }),
            &[],
            true,
        ),
        (
            "too late",
            json!({ "DateLessThan": { "aws:CurrentTime": "2026-03-01T12:00:00Z" } }),
            &[],
            false,
        ),
        (
            "no network of its own",
            json!({ "StringEquals": { "aws:SourceVpce": "vpce-1" } }),
            &[("aws-sourcevpce", "vpce-1")],
            false,
        ),
        (
            "nobody",
            json!({ "StringEquals": { "aws:PrincipalAccount": "123456789012" } }),
            &[],
            false,
        ),
    ] {
        let mut statement = statement("Allow", &json!("execute-api:/prod/GET/pets"));
        statement["Principal"] = "*".into();
        statement["Condition"] = condition;
        let text = policy(&[statement]).to_string();
        let document = pets(
            mock("ok", json!({})),
            token_authorizer(json!({})),
            Some(text),
        );
        let server = Server::of(&document, &CompileOptions::default(), &clock).await;
        let found = server.call("GET", "/prod/pets", headers).await;
        assert_eq!(found.status, if is_allowed { 200 } else { 403 }, "{row}");
        let below = server.call("GET", "/prod/pets/7", headers).await;
        assert_eq!(below.status, 403, "{row}: another path");
    }
}

/// Abbreviated ARNs, and whom a resource policy can name.
#[tokio::test]
async fn resource_policies_name_methods_and_callers() {
    let clock = clock();
    let of = |principal: Value, resource: &str| {
        let mut statement = statement("Allow", &json!(resource));
        statement["Principal"] = principal;
        policy(&[statement]).to_string()
    };
    let aws = |arn: &str| json!({ "AWS": arn });
    let full = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod/GET/pets";
    for (row, text, alice, bob) in [
        ("everybody", of(json!("*"), "execute-api:/*"), 200, 403),
        ("by its ARN", of(json!("*"), full), 200, 403),
        ("alice", of(aws(ALICE), "execute-api:/prod/GET/*"), 200, 403),
        ("bob", of(aws(BOB), "execute-api:/prod/*/pets"), 403, 403),
        (
            "an account leaves it to alice",
            of(aws("123456789012"), "execute-api:/*"),
            403,
            403,
        ),
        (
            "another stage",
            of(json!("*"), "execute-api:/test/*"),
            403,
            403,
        ),
        (
            "another verb",
            of(json!("*"), "execute-api:/prod/POST/*"),
            403,
            403,
        ),
        (
            "another API",
            of(json!("*"), &full.replace("a1b2c3d4e5", "0123456789")),
            403,
            403,
        ),
    ] {
        let options = keys([key("AKIDALICE", ALICE, None), key("AKIDBOB", BOB, None)]);
        let document = pets(mock("ok", iam()), token_authorizer(json!({})), Some(text));
        let server = Server::of(&document, &options, &clock).await;
        for (id, expected) in [("AKIDALICE", alice), ("AKIDBOB", bob)] {
            let found = Client::new(id).call(&server, "GET", "/prod/pets", "").await;
            assert_eq!(found.status, expected, "{row}: {id}: {}", found.body);
        }
    }
}
