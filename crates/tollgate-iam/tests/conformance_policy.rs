//! Decisions of the documented rules of AWS IAM and Amazon API Gateway, where they are at hand.
//!
//! `TOLLGATE_CONFORMANCE` names the folder of the data; without it the test says that it was
//! skipped, or fails if `TOLLGATE_REQUIRE_CONFORMANCE` is 1.

#![expect(
    clippy::print_stdout,
    reason = "a test that skips or meets an open point says so"
)]

use std::path::PathBuf;

use serde_json::Value;
use tollgate_iam::policy::{
    ApiArn, Authorization, Context, Decision, InvalidPolicy, Policy, PolicyKind, Principal,
    Request, authorize, denied_before_authorizer,
};

#[test]
fn decides_as_documented() {
    let Some(folder) = std::env::var_os("TOLLGATE_CONFORMANCE") else {
        let required = std::env::var("TOLLGATE_REQUIRE_CONFORMANCE").is_ok_and(|it| it == "1");
        assert!(!required, "TOLLGATE_CONFORMANCE is not set");
        println!("skipped: TOLLGATE_CONFORMANCE is not set");
        return;
    };
    let path = PathBuf::from(folder).join("iam").join("policies.jsonl");
    let lines = match std::fs::read_to_string(&path) {
        Ok(lines) => lines,
        Err(error) => panic!("{}: {error}", path.display()),
    };

    let mut count = 0;
    let mut disagreements = Vec::new();
    for line in lines.lines() {
        count += 1;
        let case = Case(serde_json::from_str(line).expect("a case is JSON"));
        let complaints = case.complaints();
        if case.may_be_argued() {
            let verdict = if complaints.is_empty() {
                "agrees"
            } else {
                "differs"
            };
            println!("open point, {verdict}: {}", case.title());
        }
        disagreements.extend(complaints);
    }
    println!("conformance: {count} cases");
    assert!(
        disagreements.is_empty(),
        "{} disagreements:\n{}",
        disagreements.len(),
        disagreements.join("\n")
    );
}

/// A line of the data.
struct Case(Value);

impl Case {
    fn text(&self, pointer: &str) -> Option<&str> {
        self.0.pointer(pointer).and_then(Value::as_str)
    }

    fn title(&self) -> String {
        let text = |pointer| self.text(pointer).unwrap_or("?");
        format!("{} {}: {}", text("/id"), text("/category"), text("/why"))
    }

    /// Whether AWS leaves the point open, so that another answer could be argued for.
    fn may_be_argued(&self) -> bool {
        let contested = self
            .text("/note")
            .is_some_and(|it| it.starts_with("contested"));
        contested || self.0.get("unverified").is_some()
    }

    fn complaints(&self) -> Vec<String> {
        let is_validation = self.text("/mode") == Some("validate");
        let policies = match self.policies() {
            Ok(_) if is_validation => return self.check("expected", "valid", ""),
            Ok(policies) => policies,
            Err(error) if is_validation => {
                return self.check("expected", "invalid", &error.to_string());
            }
            // What cannot be saved allows nothing.
            Err(error) => {
                println!("refused: {}: {error}", self.title());
                return self.check("expected", "implicit_deny", &error.to_string());
            }
        };
        let context = self.context();
        let principal = self.text("/request/principal");
        let request = Request {
            principal: principal.map_or(Principal::Anonymous, |arn| {
                // What is no caller of an account is a service.
                Principal::from_arn(arn).unwrap_or(Principal::Service(arn))
            }),
            action: self.text("/request/action").expect("an action"),
            resource: self.text("/request/resource").expect("a resource"),
            context: &context,
        };
        let mut complaints = self.check("expected", self.decide(&policies, &request), "");
        if self.0.get("resource_policy_pre_auth").is_some() {
            let resource_policy = policies.resource.as_ref().expect("a resource policy");
            let actual = match denied_before_authorizer(resource_policy, &request) {
                Some(_) => "deny_without_calling_authorizer",
                None => "call_authorizer",
            };
            complaints.extend(self.check("resource_policy_pre_auth", actual, ""));
        }
        if self.0.get("expanded_resource").is_some() {
            let mut document = self.0["policies"]["resource"].clone();
            self.api().expand(&mut document);
            let actual = document.pointer("/Statement/0/Resource");
            let actual = actual.and_then(Value::as_str).unwrap_or("none");
            complaints.extend(self.check("expanded_resource", actual, ""));
        }
        complaints
    }

    fn decide(&self, policies: &Policies, request: &Request<'_>) -> &'static str {
        let authorization = match self.text("/mode").expect("a mode") {
            "identity" => {
                return name(Policy::evaluate_all(&policies.identity, request));
            }
            "iam_same" | "iam_cross" => Authorization::Iam(&policies.identity),
            "lambda" => Authorization::Authorizer(policies.authorizer.as_ref().expect("a policy")),
            "cognito" if self.0["authenticated"] == Value::Bool(false) => return "unauthorized",
            "cognito" => Authorization::UserPool,
            "none" => Authorization::None,
            mode => panic!("unknown mode {mode}"),
        };
        name(authorize(
            authorization,
            policies.resource.as_ref(),
            request,
        ))
    }

    fn check(&self, member: &str, actual: &str, because: &str) -> Vec<String> {
        let expected = self.0[member].as_str().unwrap_or("nothing");
        if actual == expected {
            return Vec::new();
        }
        vec![format!(
            "{}: {member} {expected}, but {actual} {because}",
            self.title()
        )]
    }

    fn policies(&self) -> Result<Policies, InvalidPolicy> {
        let policies = &self.0["policies"];
        let one = |name: &str, kind| match policies.get(name) {
            None => Ok(None),
            Some(document) => {
                let mut document = document.clone();
                if kind == PolicyKind::Resource {
                    self.api().expand(&mut document);
                }
                Policy::parse(&document.to_string(), kind).map(Some)
            }
        };
        let identity = policies.get("identity").and_then(Value::as_array);
        let identity = identity
            .into_iter()
            .flatten()
            .map(|document| Policy::parse(&document.to_string(), PolicyKind::Identity));
        Ok(Policies {
            identity: identity.collect::<Result<_, _>>()?,
            resource: one("resource", PolicyKind::Resource)?,
            authorizer: one("authorizer", PolicyKind::Authorizer)?,
        })
    }

    /// The API that the request's resource belongs to.
    fn api(&self) -> ApiArn {
        let arn = self.text("/request/resource").unwrap_or_default();
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let [_, partition, _, region, account, resource] = parts[..] else {
            return ApiArn::new("aws", "us-east-1", "123456789012", "a1b2c3d4e5");
        };
        let api_id = resource.split('/').next().unwrap_or_default();
        ApiArn::new(partition, region, account, api_id)
    }

    fn context(&self) -> Context {
        let mut context = Context::new();
        let entries = self.0.pointer("/request/context");
        for (key, value) in entries.and_then(Value::as_object).into_iter().flatten() {
            let text = |value: &Value| value.as_str().expect("a text").to_owned();
            match value {
                Value::Array(values) => context.set_all(key.as_str(), values.iter().map(text)),
                value => context.set(key.as_str(), text(value)),
            }
        }
        context
    }
}

fn name(decision: Decision<'_>) -> &'static str {
    match decision {
        Decision::Allow { .. } => "allow",
        Decision::ImplicitDeny => "implicit_deny",
        Decision::ExplicitDeny { .. } => "explicit_deny",
    }
}

struct Policies {
    identity: Vec<Policy>,
    resource: Option<Policy>,
    authorizer: Option<Policy>,
}
