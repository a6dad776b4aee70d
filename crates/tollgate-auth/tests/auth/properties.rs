//! What holds of all policies and all callers.

use std::sync::Arc;

use futures::executor::block_on;
use proptest::prelude::*;
use serde_json::{Value, json};
use tollgate_auth::{
    Authorizer, AuthorizerAnswer, AuthorizerCache, AuthorizerIdentity, IamCaller, LambdaAuthorizer,
    RequestIdentity, StageAccess, TokenIdentity,
};
use tollgate_core::Rejection;
use tollgate_iam::policy::{Policy, PolicyKind};
use tollgate_iam::sigv4::Principal;

use crate::functions::Counted;
use crate::requests::{API, access, arriving, clock, policy_of, stage_of, statement};

/// A caller of one of many authorizers, spelled from few letters so that parts run into each other.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Caller {
    api: String,
    stage: String,
    id: String,
    is_request: bool,
    /// Of the headers `a` and `b`.
    values: (String, String),
}

fn callers() -> impl Strategy<Value = Vec<Caller>> {
    let caller = (
        "[ab]{1,2}",
        "[ab]{1,2}",
        "[ab]{1,2}",
        any::<bool>(),
        ("[ab]{1,3}", "[ab]{1,3}"),
    )
        .prop_map(|(api, stage, id, is_request, values)| Caller {
            api,
            stage,
            id,
            is_request,
            values,
        });
    prop::collection::vec(caller, 1..20)
}

/// Whom the function takes a caller for: everything that it could tell.
fn name(event: &str) -> String {
    let event: Value = serde_json::from_str(event).unwrap();
    let arn = event["methodArn"].as_str().unwrap();
    let headers = &event["headers"];
    match event["type"].as_str() {
        Some("TOKEN") => format!("{arn} {}", event["authorizationToken"]),
        _ => format!("{arn} {} {}", headers["a"], headers["b"]),
    }
}

proptest! {
    // Each case is many callers.
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_kept_policy_answers_for_nobody_else(callers in callers()) {
        let clock = clock();
        let cache = AuthorizerCache::new(clock.clone());
        for caller in callers {
            let id = caller.id.clone();
            let function = Counted::new(move |event| {
                let answer = json!({
                    "principalId": format!("{id} {}", name(event.json())),
                    "policyDocument": policy_of(&[statement("Allow", "*")]),
                });
                Ok(answer.to_string())
            });
            let identity: AuthorizerIdentity = if caller.is_request {
                let list = "method.request.header.a, method.request.header.b";
                RequestIdentity::new(list).unwrap().into()
            } else {
                TokenIdentity::new("method.request.header.a").unwrap().into()
            };
            let stage = stage_of(&caller.api, &caller.stage);
            let authorizer = LambdaAuthorizer::new(
                Authorizer::new(&caller.id, identity, None).unwrap(),
                StageAccess::new(&stage),
                Arc::new(function),
                cache.clone(),
            );
            let (a, b) = &caller.values;
            let request = http::Request::get("/").header("a", a).header("b", b);
            let answer = block_on(authorizer.authorize(&arriving(&clock, request))).unwrap();
            let arn = format!(
                "arn:aws:execute-api:eu-central-1:123456789012:{}/{}/GET/",
                caller.api, caller.stage
            );
            let expected = if caller.is_request {
                format!("{} {arn} {a:?} {b:?}", caller.id)
            } else {
                format!("{} {arn} {a:?}", caller.id)
            };
            prop_assert_eq!(answer.principal_id(), expected);
        }
    }
}

proptest! {
    #[test]
    fn a_statement_about_something_else_changes_nothing(
        statements in prop::collection::vec(
            (prop::sample::select(&["Allow", "Deny"][..]),
             prop::sample::select(&["*", "prod/*", "prod/GET/*", "prod/*/pets", "test/*"][..])),
            1..6,
        ),
        effect in prop::sample::select(&["Allow", "Deny"][..]),
        at in any::<prop::sample::Index>(),
        path in prop::sample::select(&["/", "/pets", "/orders/7"][..]),
    ) {
        let mut statements: Vec<Value> = statements
            .into_iter()
            .map(|(effect, resource)| statement(effect, &format!("{API}/{resource}")))
            .collect();
        let before = decide(&statements, path);
        let other_api = API.replace("a1b2c3d4e5", "0123456789");
        let unrelated = statement(effect, &format!("{other_api}/*"));
        statements.insert(at.index(statements.len() + 1), unrelated);
        let after = decide(&statements, path);
        prop_assert_eq!(before.map(|_| ()), after.map(|_| ()));
    }

    #[test]
    fn nor_does_one_of_a_caller_or_an_api(
        own in statements(),
        resource in statements(),
        unrelated in unrelated(),
        is_own in any::<bool>(),
        at in any::<prop::sample::Index>(),
        arn in prop::sample::select(&[
            "arn:aws:iam::123456789012:user/alice",
            "arn:aws:iam::210987654321:user/bob",
            "arn:aws:sts::123456789012:assumed-role/app/session",
        ][..]),
        path in prop::sample::select(&["/", "/pets", "/orders/7"][..]),
    ) {
        let before = decide_by_both(&own, &resource, arn, path);
        let (mut more_own, mut more_resource) = (own, resource);
        let changed = if is_own { &mut more_own } else { &mut more_resource };
        changed.insert(at.index(changed.len() + 1), unrelated);
        let after = decide_by_both(&more_own, &more_resource, arn, path);
        prop_assert_eq!(before, after);
    }

    #[test]
    fn no_answer_makes_a_panic(answer in any::<Vec<u8>>()) {
        let _ = AuthorizerAnswer::parse(&answer);
    }
}

fn decide(statements: &[Value], path: &str) -> Result<Arc<AuthorizerAnswer>, Rejection> {
    let answer = json!({"principalId": "a", "policyDocument": policy_of(statements)}).to_string();
    let identity = TokenIdentity::new("method.request.header.a").unwrap();
    let authorizer = LambdaAuthorizer::new(
        Authorizer::new("a", identity, None).unwrap(),
        access(),
        Arc::new(Counted::new(move |_| Ok(answer.clone()))),
        AuthorizerCache::new(clock()),
    );
    let request = http::Request::get(path).header("a", "t");
    block_on(authorizer.authorize(&arriving(&clock(), request)))
}

fn statements() -> impl Strategy<Value = Vec<Value>> {
    let statement = (
        prop::sample::select(&["Allow", "Deny"][..]),
        prop::sample::select(&["*", "prod/*", "prod/GET/*", "prod/*/pets", "test/*"][..]),
    )
        .prop_map(|(effect, resource)| statement(effect, &format!("{API}/{resource}")));
    prop::collection::vec(statement, 1..4)
}

/// A statement about another API, another action, or a request that is another one.
fn unrelated() -> impl Strategy<Value = Value> {
    let effect = prop::sample::select(&["Allow", "Deny"][..]);
    (effect, 0..3).prop_map(|(effect, kind)| {
        let mut unrelated = statement(effect, &format!("{API}/*"));
        match kind {
            0 => unrelated["Resource"] = API.replace("a1b2c3d4e5", "0123456789").into(),
            1 => unrelated["Action"] = "execute-api:InvalidateCache".into(),
            _ => {
                unrelated["Condition"] = json!({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}});
            }
        }
        unrelated
    })
}

fn decide_by_both(
    own: &[Value],
    resource: &[Value],
    arn: &str,
    path: &str,
) -> Result<(), Rejection> {
    let own = Policy::parse(&policy_of(own).to_string(), PolicyKind::Identity).unwrap();
    let mut resource = policy_of(resource);
    for statement in resource["Statement"].as_array_mut().unwrap() {
        statement["Principal"] = "*".into();
    }
    let resource = Policy::parse(&resource.to_string(), PolicyKind::Resource).unwrap();
    let caller = IamCaller::new(Principal::new(arn), [own]).unwrap();
    let context = arriving(&clock(), http::Request::get(path));
    let access = access().with_resource_policy(resource);
    access.authorize_caller(&caller, &context)
}
