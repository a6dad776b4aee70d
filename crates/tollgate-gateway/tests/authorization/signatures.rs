//! Callers who sign: security §1, data plane §4.9. What a signature itself can be is tested where
//! signatures are verified; here is what a gateway makes of it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tollgate_auth::{IamCaller, IamKey};
use tollgate_core::ManualClock;
use tollgate_gateway::{CallerKeys, CompileOptions};
use tollgate_iam::policy::{Policy, PolicyKind};
use tollgate_iam::sigv4::{
    Credentials, PayloadHash, Principal, SignableRequest, Signer, Timestamp,
};
use tollgate_model::ApiDocument;

use crate::api::{Answer, HOST, NOW, Server, clock, mock, pets, plan, policy, statement};

pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

pub(crate) fn iam() -> Value {
    json!({ "authorizationType": "AWS_IAM" })
}

/// A key of this identity, with one statement for it; `None`: no policy at all.
pub(crate) fn key(id: &str, arn: &str, effect: Option<&str>) -> (String, Arc<IamKey>) {
    let policies = effect.map(|effect| {
        let text = policy(&[statement(effect, &json!("*"))]).to_string();
        Policy::parse(&text, PolicyKind::Identity).expect("it is a policy")
    });
    let principal = Principal::new(arn).with_user_id("AIDAEXAMPLE");
    let caller = IamCaller::new(principal, policies).expect("it is a caller");
    let caller = caller.with_key("aws:PrincipalOrgID", ["o-example"]);
    let credentials = Credentials::new(id, SECRET);
    let credentials = match id.strip_prefix("ASIA") {
        Some("EXPIRED") => credentials
            .with_session_token("token")
            .with_expiry(Timestamp::from_unix(Duration::from_secs(NOW))),
        Some(_) => credentials.with_session_token("token"),
        None => credentials,
    };
    (
        id.to_owned(),
        Arc::new(IamKey::new(credentials, Arc::new(caller))),
    )
}

pub(crate) const ALICE: &str = "arn:aws:iam::123456789012:user/alice";
pub(crate) const BOB: &str = "arn:aws:iam::210987654321:user/bob";

pub(crate) fn keys(keys: impl IntoIterator<Item = (String, Arc<IamKey>)>) -> CompileOptions {
    let keys: HashMap<_, _> = keys.into_iter().collect();
    let mut options = CompileOptions::default();
    options.caller_keys = CallerKeys::new(keys);
    options
}

/// A request as a client signs it.
pub(crate) struct Client {
    pub(crate) credentials: Credentials,
    pub(crate) region: String,
    pub(crate) service: &'static str,
    pub(crate) at: u64,
}

impl Client {
    pub(crate) fn new(id: &str) -> Self {
        Self {
            credentials: Credentials::new(id, SECRET),
            region: "us-east-1".to_owned(),
            service: "execute-api",
            at: NOW,
        }
    }

    fn at(&self) -> Timestamp {
        Timestamp::from_unix(Duration::from_secs(self.at))
    }

    fn signer(&self) -> Signer {
        Signer::new(self.credentials.clone(), &*self.region, self.service)
    }

    /// The headers of a signed request.
    pub(crate) fn headers(
        &self,
        (verb, target, host): (&str, &str, &str),
        body: &str,
    ) -> Vec<(String, String)> {
        let request = SignableRequest::new(verb, target, [("host", host.as_bytes())]);
        let signed = self
            .signer()
            .sign(&request, &PayloadHash::of(body.as_bytes()), self.at());
        let signed = signed.expect("it can be signed");
        let headers = signed.headers();
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        [("host".to_owned(), host.to_owned())]
            .into_iter()
            .chain(headers)
            .collect()
    }

    /// A presigned target.
    fn presigned(&self, verb: &str, target: &str) -> String {
        let request = SignableRequest::new(verb, target, [("host", HOST.as_bytes())]);
        let presigned = self
            .signer()
            .presign(&request, &PayloadHash::of(b""), self.at(), 60);
        presigned.expect("it can be signed").target().to_owned()
    }

    pub(crate) async fn call(
        &self,
        server: &Server,
        verb: &str,
        target: &str,
        body: &str,
    ) -> Answer {
        let headers = self.headers((verb, target, HOST), body);
        send(server, verb, target, &headers, body).await
    }
}

async fn send(
    server: &Server,
    verb: &str,
    target: &str,
    headers: &[(String, String)],
    body: &str,
) -> Answer {
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    server.send(verb, target, &headers, body).await
}

fn document_of() -> ApiDocument {
    pets(
        mock("$context.identity.user ok", iam()),
        json!({ "id": "x", "name": "x", "type": "TOKEN" }),
        None,
    )
}

async fn server(clock: &Arc<ManualClock>) -> Server {
    let options = keys([
        key("AKIDALICE", ALICE, Some("Allow")),
        key("AKIDNOBODY", ALICE, None),
        key("ASIASESSION", ALICE, Some("Allow")),
        key("ASIAEXPIRED", ALICE, Some("Allow")),
    ]);
    Server::of(&document_of(), &options, clock).await
}

const FINE: (u16, &str) = (200, "");

#[tokio::test]
async fn signatures_are_verified() {
    let clock = clock();
    let server = server(&clock).await;
    let alice = || Client::new("AKIDALICE");
    let session = |token: Option<&str>, id: &str| {
        let mut client = Client::new(id);
        if let Some(token) = token {
            client.credentials = client.credentials.with_session_token(token);
        }
        client
    };
    let invalid = (403, "InvalidSignatureException");
    let unknown = (403, "UnrecognizedClientException");
    for (row, client, expected, text) in [
        ("signed", alice(), FINE, "AIDAEXAMPLE ok"),
        (
            "an unknown key",
            Client::new("AKIDUNKNOWN"),
            unknown,
            "The security token included in the request is invalid.",
        ),
        (
            "another secret",
            Client {
                credentials: Credentials::new("AKIDALICE", "hush"),
                ..alice()
            },
            invalid,
            "The request signature we calculated does not match the signature you provided.",
        ),
        (
            "another region",
            Client {
                region: "eu-west-1".to_owned(),
                ..alice()
            },
            invalid,
            "Credential should be scoped to a valid region, not 'eu-west-1'. ",
        ),
        (
            "another service",
            Client {
                service: "s3",
                ..alice()
            },
            invalid,
            "Credential should be scoped to correct service: 'execute-api'. ",
        ),
        (
            "five minutes ago",
            Client {
                at: NOW - 300,
                ..alice()
            },
            FINE,
            "ok",
        ),
        (
            "longer ago",
            Client {
                at: NOW - 301,
                ..alice()
            },
            invalid,
            "Signature expired: 20260301T115459Z is now earlier than 20260301T115500Z (20260301T120000Z - 5 min.)",
        ),
        (
            "in five minutes",
            Client {
                at: NOW + 300,
                ..alice()
            },
            FINE,
            "ok",
        ),
        (
            "later",
            Client {
                at: NOW + 301,
                ..alice()
            },
            invalid,
            "Signature not yet current: 20260301T120501Z is still later than 20260301T120500Z (20260301T120000Z + 5 min.)",
        ),
        (
            "a session",
            session(Some("token"), "ASIASESSION"),
            FINE,
            "ok",
        ),
        (
            "without its token",
            session(None, "ASIASESSION"),
            unknown,
            "is invalid.",
        ),
        (
            "with another one",
            session(Some("other"), "ASIASESSION"),
            unknown,
            "is invalid.",
        ),
        (
            "a session that is over",
            session(Some("token"), "ASIAEXPIRED"),
            (403, "ExpiredTokenException"),
            "The security token included in the request is expired",
        ),
        (
            "without a policy",
            Client::new("AKIDNOBODY"),
            (403, "AccessDeniedException"),
            "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: execute-api:Invoke on \
             resource: arn:aws:execute-api:us-east-1:********9012:a1b2c3d4e5/prod/GET/pets",
        ),
    ] {
        let found = client.call(&server, "GET", "/prod/pets", "").await;
        assert_eq!((found.status, found.error_type()), expected, "{row}");
        assert!(found.body.contains(text), "{row}: {}", found.body);
    }
}

#[tokio::test]
async fn requests_without_a_signature_are_told_so() {
    let clock = clock();
    let server = server(&clock).await;
    for (row, headers, error_type, text) in [
        (
            "none",
            &[][..],
            "MissingAuthenticationTokenException",
            r#"{"message":"Missing Authentication Token"}"#,
        ),
        (
            "a token",
            &[("authorization", "Bearer x")],
            "IncompleteSignatureException",
            "(missing equal-sign) in Authorization header",
        ),
        (
            "half of one",
            &[(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=a/20260301/us-east-1/execute-api/aws4_request",
            )],
            "IncompleteSignatureException",
            "Authorization header requires 'Signature' parameter.",
        ),
    ] {
        let found = server.call("GET", "/prod/pets", headers).await;
        assert_eq!(
            (found.status, found.error_type()),
            (403, error_type),
            "{row}"
        );
        assert!(found.body.contains(text), "{row}: {}", found.body);
    }
}

#[tokio::test]
async fn a_signature_covers_the_whole_request() {
    let clock = clock();
    let server = server(&clock).await;
    let alice = Client::new("AKIDALICE");
    let signed = alice.headers(("POST", "/prod/pets/7?a=1&b=%20", HOST), "body");
    for (verb, target, body, status) in [
        ("POST", "/prod/pets/7?a=1&b=%20", "body", 200),
        ("POST", "/prod/pets/7?b=%20&a=1", "body", 200),
        ("PUT", "/prod/pets/7?a=1&b=%20", "body", 403),
        ("POST", "/prod/pets/8?a=1&b=%20", "body", 403),
        ("POST", "/prod/pets/7?a=2&b=%20", "body", 403),
        ("POST", "/prod/pets/7?a=1&b=%20", "Body", 403),
        ("POST", "/prod/pets/7?a=1&b=%20", "", 403),
    ] {
        let found = send(&server, verb, target, &signed, body).await;
        assert_eq!(
            found.status, status,
            "{verb} {target} {body}: {}",
            found.body
        );
    }
    // An escaped slash is not a slash.
    let found = alice.call(&server, "GET", "/prod/pets/a%2Fb%20c", "").await;
    assert_eq!(found.status, 200, "{}", found.body);
    let signed = alice.headers(("GET", "/prod/pets/a/b", HOST), "");
    let found = send(&server, "GET", "/prod/pets/a%2Fb", &signed, "").await;
    assert_eq!(found.error_type(), "InvalidSignatureException");
}

#[tokio::test]
async fn targets_can_be_signed_beforehand() {
    let clock = clock();
    let server = server(&clock).await;
    let target = Client::new("AKIDALICE").presigned("GET", "/prod/pets?a=1");
    assert_eq!(server.call("GET", &target, &[]).await.status, 200);
    let found = server.call("DELETE", &target, &[]).await;
    assert_eq!(found.error_type(), "InvalidSignatureException");
    let both = server
        .call("GET", &target, &[("authorization", "AWS4-HMAC-SHA256 a=b")])
        .await;
    assert_eq!(both.error_type(), "IncompleteSignatureException");
    clock.advance(Duration::from_secs(61));
    let found = server.call("GET", &target, &[]).await;
    assert_eq!(found.status, 403);
}

/// Requests by the other form of an API's address are signed as they are sent.
#[tokio::test]
async fn the_form_of_the_address_does_not_matter() {
    let clock = clock();
    let server = server(&clock).await;
    let host = server.address.to_string();
    let target = "/restapis/a1b2c3d4e5/prod/_user_request_/pets?a=1";
    let headers = Client::new("AKIDALICE").headers(("GET", target, &host), "");
    let found = send(&server, "GET", target, &headers, "").await;
    assert_eq!((found.status, &*found.body), (200, "AIDAEXAMPLE ok"));
    let other = target.replace("a=1", "a=2");
    let found = send(&server, "GET", &other, &headers, "").await;
    assert_eq!(found.error_type(), "InvalidSignatureException");
}

#[tokio::test]
async fn a_body_past_the_limit_is_not_hashed() {
    let clock = clock();
    let server = server(&clock).await;
    let body = "x".repeat(10_485_761);
    let found = Client::new("AKIDALICE")
        .call(&server, "POST", "/prod/pets", &body)
        .await;
    assert_eq!(found.status, 413);
}

#[test]
fn where_nobody_has_a_key_the_plan_says_so() {
    let plan = plan(&document_of(), &CompileOptions::default());
    assert!(!plan.diagnostics().has_errors());
    let told = plan
        .diagnostics()
        .iter()
        .next()
        .expect("it is told")
        .to_string();
    assert!(told.contains("nobody has a key"), "{told}");
}
