//! Points that the documentation leaves to be combined, and the statement that is named.

use serde_json::Value;
use tollgate_iam::policy::{
    Authorization, Context, Decision, Policy, PolicyKind, Principal, Request, StatementRef,
    authorize,
};

/// Lines of `authorization`, policies, `caller` (Alice, if absent; `null` for nobody), `context`
/// and what is `expected`.
const CASES: &str = include_str!("data/policy_decisions.jsonl");
const ALICE: &str = "arn:aws:iam::123456789012:user/alice";

#[test]
fn decides_and_names_the_statement() {
    for line in CASES.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let parse = |document: &Value, kind| match Policy::parse(&document.to_string(), kind) {
            Ok(policy) => policy,
            Err(error) => panic!("{line}: {error}"),
        };
        let identity: Vec<Policy> = case["identity"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|document| parse(document, PolicyKind::Identity))
            .collect();
        let authorizer = case.get("authorizer");
        let authorizer = authorizer.map(|it| parse(it, PolicyKind::Authorizer));
        let resource = case.get("resource");
        let resource = resource.map(|it| parse(it, PolicyKind::Resource));

        let authorization = match case["authorization"].as_str().unwrap() {
            "NONE" => Authorization::None,
            "CUSTOM" => Authorization::Authorizer(authorizer.as_ref().unwrap()),
            "AWS_IAM" => Authorization::Iam(&identity),
            "COGNITO_USER_POOLS" => Authorization::UserPool,
            other => panic!("{other}"),
        };
        let context = context(&case["context"]);
        let caller = case.get("caller").map_or(Some(ALICE), Value::as_str);
        let request = Request {
            principal: caller.map_or(Principal::Anonymous, |arn| {
                Principal::from_arn(arn).unwrap()
            }),
            action: "execute-api:Invoke",
            resource: "arn:aws:execute-api:us-east-1:123456789012:a1/prod/GET/pets",
            context: &context,
        };
        let actual = spelled(authorize(authorization, resource.as_ref(), &request));
        assert_eq!(actual, case["expected"].as_str().unwrap(), "{line}");
    }
}

fn context(entries: &Value) -> Context {
    let mut context = Context::new();
    for (key, value) in entries.as_object().into_iter().flatten() {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        match value {
            Value::Array(values) => context.set_all(&**key, values.iter().map(text)),
            value => context.set(&**key, text(value)),
        }
    }
    context
}

fn spelled(decision: Decision<'_>) -> String {
    let by = |statement: StatementRef<'_>| {
        let StatementRef {
            kind,
            policy,
            statement,
            sid,
            ..
        } = statement;
        let sid = sid.map(|sid| format!(" {sid}")).unwrap_or_default();
        format!(" by {kind:?} {policy} statement {statement}{sid}")
    };
    match decision {
        Decision::Allow { statement } => {
            format!("allow{}", statement.map(by).unwrap_or_default())
        }
        Decision::ImplicitDeny => "implicit deny".to_owned(),
        Decision::ExplicitDeny { statement } => format!("explicit deny{}", by(statement)),
    }
}
