//! What holds for any policies and requests.

mod reference;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use tollgate_iam::policy::{
    Authorization, Context, Decision, Policy, PolicyKind, Principal, Request, authorize,
    denied_before_authorizer,
};

use reference::{Call, Outcome};

const CALLERS: &[&str] = &[
    "arn:aws:iam::123456789012:user/alice",
    "arn:aws:iam::999988887777:user/bob",
    "arn:aws:sts::123456789012:assumed-role/svc/job1",
];
const ACTIONS: &[&str] = &["execute-api:Invoke", "execute-api:InvalidateCache"];
const RESOURCES: &[&str] = &[
    "arn:aws:execute-api:us-east-1:123456789012:a1/prod/GET/pets",
    "arn:aws:execute-api:us-east-1:123456789012:a1/prod/GET/alice/x:y",
    "arn:aws:execute-api:eu-west-1:999988887777:b2/test/POST/",
];
const KEYS: &[&str] = &[
    "aws:username",
    "aws:SourceIp",
    "aws:CurrentTime",
    "aws:MultiFactorAuthAge",
    "aws:SecureTransport",
    "aws:PrincipalArn",
    "aws:PrincipalTag/team",
    "aws:PrincipalOrgPaths",
];
const VALUES: &[&str] = &[
    "",
    "alice",
    "ALICE",
    "*",
    "a*",
    "alice/x",
    "true",
    "False",
    "300",
    "300.0",
    "-7",
    "QQ==",
    "203.0.113.7",
    "2001:db8::7",
    "2026-03-01T12:00:00Z",
    "1772366400",
    "2026-03-01T13:00:01+01:00",
    "arn:aws:iam::123456789012:user/alice",
    "arn:aws:iam::123456789012:user/a:b",
];

/// Operators with values that each of them takes.
fn operator() -> impl Strategy<Value = (String, Vec<&'static str>)> {
    const TEXTS: &[&str] = &[
        "",
        "alice",
        "Alice",
        "*",
        "a*",
        "?lice*",
        "${aws:username}",
        "${aws:username}*",
        "${aws:PrincipalTag/team, 'alice'}",
        "${AWS:PrincipalTag/TEAM}${*}",
    ];
    const NUMBERS: &[&str] = &["300", "3e2", "299.5", "-7", "0"];
    const DATES: &[&str] = &["2026-03-01T12:00:00Z", "1772366401", "2026-03-01", "2026"];
    const NETWORKS: &[&str] = &[
        "203.0.113.0/24",
        "203.0.113.7",
        "0.0.0.0/0",
        "2001:db8::/32",
    ];
    const ARNS: &[&str] = &[
        "*",
        "arn:aws:iam::*:user/*",
        "arn:aws:*:user/alice",
        "arn:aws:iam::123456789012:user/${aws:username}",
        "arn:*:iam::1234567890??:*",
    ];
    const BOOLEANS: &[&str] = &["true", "false"];
    let family = |names: &'static [&str], values: &'static [&str]| {
        let values = proptest::collection::vec(select(values), 0..4);
        (select(names), values).boxed()
    };
    let comparison = prop_oneof![
        4 => family(
            &["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase",
              "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"],
            TEXTS,
        ),
        2 => family(&["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"], ARNS),
        1 => family(
            &["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
              "NumericGreaterThan", "NumericGreaterThanEquals"],
            NUMBERS,
        ),
        1 => family(
            &["DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals",
              "DateGreaterThan", "DateGreaterThanEquals"],
            DATES,
        ),
        1 => family(&["Bool"], BOOLEANS),
        1 => family(&["BinaryEquals"], &["QQ==", "QUI="]),
        1 => family(&["IpAddress", "NotIpAddress"], NETWORKS),
    ];
    let prefix = select(&["", "", "ForAnyValue:", "ForAllValues:"][..]);
    let suffix = select(&["", "", "IfExists"][..]);
    let compared = (prefix, comparison, suffix)
        .prop_map(|(prefix, (name, values), suffix)| (format!("{prefix}{name}{suffix}"), values));
    let null = family(&["Null"], BOOLEANS).prop_map(|(name, values)| (name.to_owned(), values));
    prop_oneof![8 => compared, 1 => null]
}

fn statement(kind: PolicyKind) -> impl Strategy<Value = Value> {
    let actions = (
        select(&["Action", "NotAction"][..]),
        select(
            &[
                "*",
                "execute-api:*",
                "EXECUTE-API:Invoke",
                "*:inv?ke",
                "s3:Get*",
            ][..],
        ),
    );
    let resources = (
        select(&["Resource", "Resource", "NotResource"][..]),
        proptest::collection::vec(
            select(
                &[
                    "*",
                    "arn:aws:execute-api:*",
                    "arn:aws:execute-api:*:*:a1/*",
                    "arn:aws:execute-api:us-*-1:123456789012:a1/prod/*",
                    "arn:aws:execute-api:??-east-1:*",
                    "arn:aws:execute-api:us-east-1:123456789012:a1/prod/GET/pets",
                    "arn:aws:execute-api:us-east-1:123456789012:a1/prod/GET/${aws:username}/*",
                    "arn:*:execute-api:*:*:y",
                ][..],
            ),
            1..3,
        ),
    );
    let principals = (
        select(&["Principal", "Principal", "NotPrincipal"][..]),
        select(vec![
            json!("*"),
            json!({"AWS": "*"}),
            json!({"AWS": ["123456789012"]}),
            json!({"AWS": ["arn:aws:iam::999988887777:root", "arn:aws:iam::123456789012:user/alice"]}),
            json!({"AWS": "arn:aws:iam::123456789012:role/path/svc"}),
            json!({"Service": "lambda.amazonaws.com"}),
            json!({"AWS": [
                "arn:aws:iam::123456789012:user/alice", "arn:aws:iam::123456789012:root"
            ]}),
        ]),
    );
    let conditions = proptest::collection::btree_map(
        operator().prop_map(|(name, values)| (name, values)),
        select(KEYS),
        0..3,
    );
    let effect = select(&["Allow", "Allow", "Deny"][..]);
    (effect, actions, resources, principals, conditions).prop_map(
        move |(effect, actions, resources, principals, conditions)| {
            let mut statement = Map::new();
            statement.insert("Effect".to_owned(), effect.into());
            statement.insert(actions.0.to_owned(), actions.1.into());
            statement.insert(resources.0.to_owned(), resources.1.into());
            if kind == PolicyKind::Resource {
                let element = if effect == "Allow" {
                    "Principal"
                } else {
                    principals.0
                };
                statement.insert(element.to_owned(), principals.1);
            }
            let mut block = Map::new();
            for ((operator, values), key) in conditions {
                let keys = block.entry(operator).or_insert_with(|| json!({}));
                let keys = keys.as_object_mut().expect("an object of keys");
                keys.entry(key).or_insert_with(|| values.into());
            }
            statement.insert("Condition".to_owned(), block.into());
            statement.into()
        },
    )
}

fn document(kind: PolicyKind) -> impl Strategy<Value = Value> {
    let version = select(&["2012-10-17", "2012-10-17", "2008-10-17"][..]);
    let statements = proptest::collection::vec(statement(kind), 1..5);
    (version, statements)
        .prop_map(|(version, statements)| json!({"Version": version, "Statement": statements}))
}

fn call() -> impl Strategy<Value = Call> {
    let values = proptest::collection::vec(select(VALUES), 0..3);
    let context = proptest::collection::btree_map(select(KEYS), values, 0..KEYS.len());
    (
        proptest::option::of(select(CALLERS)),
        select(ACTIONS),
        select(RESOURCES),
        context,
    )
        .prop_map(|(principal, action, resource, context)| Call {
            principal,
            action,
            resource,
            context,
        })
}

/// Hands the call over as the library takes it.
fn with_request<T>(call: &Call, then: impl FnOnce(&Request<'_>) -> T) -> T {
    let mut context = Context::new();
    for (key, values) in &call.context {
        match values[..] {
            [value] => context.set(*key, value),
            _ => context.set_all(*key, values.iter().copied()),
        }
    }
    then(&Request {
        principal: call.principal.map_or(Principal::Anonymous, |arn| {
            Principal::from_arn(arn).expect("an identity")
        }),
        action: call.action,
        resource: call.resource,
        context: &context,
    })
}

fn outcome(decision: Decision<'_>) -> Outcome {
    match decision {
        Decision::Allow { .. } => Outcome::Allow,
        Decision::ImplicitDeny => Outcome::Silent,
        Decision::ExplicitDeny { .. } => Outcome::Deny,
    }
}

fn policy(document: &Value, kind: PolicyKind) -> Policy {
    match Policy::parse(&document.to_string(), kind) {
        Ok(policy) => policy,
        Err(error) => panic!("{document}: {error}"),
    }
}

fn statements(document: &mut Value) -> &mut Vec<Value> {
    let statements = document["Statement"].as_array_mut();
    statements.expect("a list of statements")
}

const KINDS: [PolicyKind; 3] = [
    PolicyKind::Identity,
    PolicyKind::Resource,
    PolicyKind::Authorizer,
];

fn any_policy() -> impl Strategy<Value = (PolicyKind, Value)> {
    select(&KINDS[..]).prop_flat_map(|kind| (Just(kind), document(kind)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn agrees_with_the_reference((kind, document) in any_policy(), call in call()) {
        let policy = policy(&document, kind);
        let actual = with_request(&call, |request| outcome(policy.evaluate(request)));
        prop_assert_eq!(actual, reference::evaluate(&document, &call), "{} {:?}", document, call);
    }

    #[test]
    fn a_deny_that_applies_wins(
        (kind, mut document) in any_policy(), call in call(), at in any::<prop::sample::Index>(),
    ) {
        let mut deny = json!({"Sid": "no", "Effect": "Deny", "Action": "*", "Resource": "*"});
        if kind == PolicyKind::Resource {
            deny["Principal"] = json!("*");
        }
        let list = statements(&mut document);
        let at = at.index(list.len() + 1);
        list.insert(at, deny);
        let policy = policy(&document, kind);
        let decision = with_request(&call, |request| policy.evaluate(request));
        let Decision::ExplicitDeny { statement } = decision else {
            panic!("{decision:?} {document}");
        };
        prop_assert!(statement.statement <= at);
        prop_assert_eq!(statement.sid == Some("no"), statement.statement == at);
    }

    #[test]
    fn the_order_of_statements_makes_no_difference(
        (kind, document) in any_policy(), call in call(), by in 0_usize..4,
    ) {
        let decide = |document: &Value| {
            with_request(&call, |request| outcome(policy(document, kind).evaluate(request)))
        };
        let mut turned = document.clone();
        let list = statements(&mut turned);
        let by = by % list.len();
        list.rotate_left(by);
        let mut reversed = document.clone();
        statements(&mut reversed).reverse();
        let expected = decide(&document);
        prop_assert_eq!(decide(&turned), expected);
        prop_assert_eq!(decide(&reversed), expected);
    }

    #[test]
    fn no_way_of_authorizing_allows_what_a_policy_denies(
        own in document(PolicyKind::Identity),
        resource in proptest::option::of(document(PolicyKind::Resource)),
        call in call(),
    ) {
        let own = policy(&own, PolicyKind::Identity);
        let resource = resource.map(|document| policy(&document, PolicyKind::Resource));
        let ours = std::slice::from_ref(&own);
        with_request(&call, |request| {
            let said = |policy: &Policy| outcome(policy.evaluate(request));
            let denied_by_resource = resource.as_ref().is_some_and(|it| said(it) == Outcome::Deny);
            for (authorization, asks_caller) in [
                (Authorization::None, false),
                (Authorization::UserPool, false),
                (Authorization::Authorizer(&own), true),
                (Authorization::Iam(ours), true),
            ] {
                let decision = authorize(authorization, resource.as_ref(), request);
                let denied = denied_by_resource || (asks_caller && said(&own) == Outcome::Deny);
                prop_assert_eq!(outcome(decision) == Outcome::Deny, denied);
                if asks_caller && decision.is_allow() {
                    let any = said(&own) == Outcome::Allow
                        || resource.as_ref().is_some_and(|it| said(it) == Outcome::Allow);
                    prop_assert!(any);
                }
            }
            if let Some(resource) = &resource {
                let early = denied_before_authorizer(resource, request).is_some();
                prop_assert_eq!(early, denied_by_resource);
            }
            Ok(())
        })?;
    }

    #[test]
    fn parsing_never_panics(text in ".{0,200}", kind in select(&KINDS[..])) {
        let _: Result<Policy, _> = Policy::parse(&text, kind);
    }

    #[test]
    fn parsing_a_damaged_document_never_panics(
        (kind, document) in any_policy(),
        at in any::<prop::sample::Index>(),
        by in select(&["\"", "{", "}", "[]", ",", "null", "${", "*", ":", "\\u0000", "é"][..]),
    ) {
        let mut text = document.to_string();
        let mut at = at.index(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        text.insert_str(at, by);
        if let Err(error) = Policy::parse(&text, kind) {
            prop_assert!(!error.faults().is_empty());
        }
    }

    #[test]
    fn text_and_value_are_read_alike((kind, document) in any_policy(), call in call()) {
        let parsed = policy(&document, kind);
        let from_value = Policy::from_value(&document, kind).expect("a policy");
        with_request(&call, |request| {
            prop_assert_eq!(parsed.evaluate(request), from_value.evaluate(request));
            Ok(())
        })?;
    }
}
