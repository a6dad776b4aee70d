//! The documented decisions that concern calls of methods, from the request to the answer.
//!
//! `TOLLGATE_CONFORMANCE` names the folder of the data; without it the test says that it was
//! skipped, or fails if `TOLLGATE_REQUIRE_CONFORMANCE` is 1.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::executor::block_on;
use serde_json::{Value, json};
use tollgate_auth::{
    Authorizer, AuthorizerCache, IamCaller, LambdaAuthorizer, StageAccess, TokenIdentity,
};
use tollgate_core::{Context, Contexts, ManualClock, Rejection, StageContext};
use tollgate_iam::policy::{Policy, PolicyKind};
use tollgate_iam::sigv4::Principal;

use crate::functions::Counted;

/// Condition keys that this crate finds in the request or the caller itself.
const FOUND: [&str; 9] = [
    "aws:SourceIp",
    "aws:SecureTransport",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:username",
    "aws:UserAgent",
    "aws:Referer",
];

#[test]
fn calls_are_decided_as_documented() {
    let Some(folder) = std::env::var_os("TOLLGATE_CONFORMANCE") else {
        let required = std::env::var("TOLLGATE_REQUIRE_CONFORMANCE").is_ok_and(|it| it == "1");
        assert!(!required, "TOLLGATE_CONFORMANCE is not set");
        println!("skipped: TOLLGATE_CONFORMANCE is not set");
        return;
    };
    let path = PathBuf::from(folder).join("iam").join("policies.jsonl");
    let lines = std::fs::read_to_string(&path).unwrap();
    let (mut count, mut left_out) = (0, 0);
    let mut disagreements = Vec::new();
    for line in lines.lines() {
        let case = Case(serde_json::from_str(line).unwrap());
        let Some(actual) = case.decide() else {
            left_out += 1;
            continue;
        };
        count += 1;
        let expected = case.text("/expected");
        if actual != expected {
            let title = format!("{} {}", case.text("/id"), case.text("/why"));
            disagreements.push(format!("{title}: expected {expected}, but {actual}"));
        }
    }
    println!("conformance: {count} cases; {left_out} are not about calls of methods");
    assert!(count > 0);
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
}

struct Case(Value);

impl Case {
    fn text(&self, pointer: &str) -> &str {
        self.0
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// `None` for cases about policies alone, or with keys that no request has here.
    fn decide(&self) -> Option<&'static str> {
        let keys = self.0.pointer("/request/context")?.as_object()?;
        if keys.keys().any(|key| !FOUND.contains(&&**key)) {
            return None;
        }
        if self.text("/request/action") != "execute-api:Invoke" {
            return None;
        }
        let (access, context) = self.request()?;
        Some(name(match self.text("/mode") {
            "none" => access.authorize_anyone(&context),
            "lambda" => self.by_authorizer(&access, &context),
            "iam_same" | "iam_cross" => access.authorize_caller(&self.caller()?, &context),
            _ => return None,
        }))
    }

    fn by_authorizer(&self, access: &StageAccess, context: &Context) -> Result<(), Rejection> {
        let policy = self.0["policies"]["authorizer"].clone();
        let answer = json!({"principalId": "user", "policyDocument": policy}).to_string();
        let function = Counted::new(move |_| Ok(answer.clone()));
        let identity = TokenIdentity::new("method.request.header.token").unwrap();
        let authorizer = LambdaAuthorizer::new(
            Authorizer::new("auth01", identity, None).unwrap(),
            access.clone(),
            Arc::new(function.clone()),
            AuthorizerCache::new(crate::requests::clock()),
        );
        let outcome = block_on(authorizer.authorize(context));
        let is_asked = self.text("/resource_policy_pre_auth") != "deny_without_calling_authorizer";
        assert_eq!(
            function.calls(),
            usize::from(is_asked),
            "{}",
            self.text("/id")
        );
        outcome.map(|_| ())
    }

    fn caller(&self) -> Option<IamCaller> {
        let policies = self.0["policies"].get("identity").and_then(Value::as_array);
        let policies = policies
            .into_iter()
            .flatten()
            .map(|document| Policy::parse(&document.to_string(), PolicyKind::Identity));
        let policies: Result<Vec<_>, _> = policies.collect();
        IamCaller::new(
            Principal::new(self.text("/request/principal")),
            policies.ok()?,
        )
        .ok()
    }

    /// The API and the request that the case's method ARN and condition keys come from.
    fn request(&self) -> Option<(StageAccess, Context)> {
        let parts: Vec<&str> = self.text("/request/resource").splitn(6, ':').collect();
        let [_, _, _, region, account, method] = parts[..] else {
            return None;
        };
        let mut method = method.splitn(4, '/');
        let mut stage = StageContext::local();
        stage.region = region.into();
        stage.account_id = account.into();
        stage.api_id = method.next()?.into();
        stage.stage = method.next()?.parse().ok()?;
        let request = http::Request::builder()
            .method(method.next()?)
            .uri(format!("/{}", method.next()?))
            .header("token", "t");
        let key = |name: &str| {
            let keys = self.0.pointer("/request/context");
            keys.and_then(|keys| keys.get(name)?.as_str())
        };
        let mut request = request;
        for (header, name) in [("user-agent", "aws:UserAgent"), ("referer", "aws:Referer")] {
            if let Some(value) = key(name) {
                request = request.header(header, value);
            }
        }
        let (parts, ()) = request.body(()).ok()?.into_parts();

        let mut access = StageAccess::new(&stage);
        if let Some(document) = self.0["policies"].get("resource") {
            let mut document = document.clone();
            access.arn().expand(&mut document);
            let policy = Policy::parse(&document.to_string(), PolicyKind::Resource).ok()?;
            access = access.with_resource_policy(policy);
        }
        let seconds = key("aws:EpochTime")?.parse().ok()?;
        let clock = ManualClock::at_unix(Duration::from_secs(seconds));
        let mut context = Contexts::default()
            .with_stage(Arc::new(stage))
            .with_clock(Arc::new(clock))
            .make(parts);
        context.identity.source_ip = key("aws:SourceIp").map(|ip| ip.parse().unwrap());
        context.request.is_encrypted = key("aws:SecureTransport") == Some("true");
        Some((access, context))
    }
}

fn name(outcome: Result<(), Rejection>) -> &'static str {
    match outcome {
        Ok(()) => "allow",
        Err(rejection) => {
            assert_eq!(rejection.status(), 403, "{rejection:?}");
            let is_explicit = rejection
                .message()
                .is_some_and(|message| message.ends_with("with an explicit deny"));
            if is_explicit {
                "explicit_deny"
            } else {
                "implicit_deny"
            }
        }
    }
}
