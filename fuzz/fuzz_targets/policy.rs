//! Any text as a policy; and policies of any texts at the grammar's places, judged on any request.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};
use tollgate_iam::policy::{
    Authorization, CallerArn, Context, Decision, Policy, PolicyKind, Principal, Request, authorize,
};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    text: &'a str,
    statements: Vec<Statement<'a>>,
    variables: bool,
    deny_at: usize,
    caller: Option<&'a str>,
    action: &'a str,
    resource: &'a str,
    context: Vec<(Key<'a>, Vec<&'a str>)>,
}

#[derive(Arbitrary, Debug)]
struct Statement<'a> {
    deny: bool,
    not_action: bool,
    action: Option<&'a str>,
    not_resource: bool,
    resources: Vec<&'a str>,
    principal: Option<&'a str>,
    conditions: Vec<(Operator, Key<'a>, Vec<&'a str>)>,
}

#[derive(Arbitrary, Debug)]
enum Key<'a> {
    UserName,
    SourceIp,
    CurrentTime,
    PrincipalArn,
    Any(&'a str),
}

#[derive(Arbitrary, Debug)]
struct Operator {
    set: u8,
    name: u8,
    if_exists: bool,
}

const NAMES: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnNotEquals",
    "ArnLike",
    "ArnNotLike",
    "Null",
];

impl Operator {
    fn name(&self) -> String {
        let set = ["", "ForAnyValue:", "ForAllValues:"][usize::from(self.set) % 3];
        let name = NAMES[usize::from(self.name) % NAMES.len()];
        let suffix = if self.if_exists { "IfExists" } else { "" };
        format!("{set}{name}{suffix}")
    }
}

impl Key<'_> {
    fn as_str(&self) -> &str {
        match self {
            Self::UserName => "aws:username",
            Self::SourceIp => "aws:SourceIp",
            Self::CurrentTime => "aws:CurrentTime",
            Self::PrincipalArn => "aws:PrincipalArn",
            Self::Any(name) => name,
        }
    }
}

impl Statement<'_> {
    fn document(&self) -> Value {
        let mut members = Map::new();
        let mut insert = |name: &str, value: Value| members.insert(name.to_owned(), value);
        insert("Effect", if self.deny { "Deny" } else { "Allow" }.into());
        insert(
            if self.not_action {
                "NotAction"
            } else {
                "Action"
            },
            self.action.unwrap_or("*").into(),
        );
        let resources = self.resources.iter().map(|it| format!("arn:aws:x:{it}"));
        insert(
            if self.not_resource {
                "NotResource"
            } else {
                "Resource"
            },
            match self.resources[..] {
                [] => "*".into(),
                _ => resources.collect::<Vec<_>>().into(),
            },
        );
        insert(
            "Principal",
            match self.principal {
                None => "*".into(),
                Some(principal) => json!({ "AWS": principal }),
            },
        );
        let mut block = Map::new();
        for (operator, key, values) in &self.conditions {
            let keys = block.entry(operator.name()).or_insert_with(|| json!({}));
            keys[key.as_str()] = values.clone().into();
        }
        insert("Condition", block.into());
        members.into()
    }
}

fuzz_target!(|input: Input<'_>| {
    for kind in [
        PolicyKind::Identity,
        PolicyKind::Resource,
        PolicyKind::Authorizer,
    ] {
        if let Err(error) = Policy::parse(input.text, kind) {
            assert!(!error.faults().is_empty());
        }
    }

    // Statements that are refused are left out, so that the others are evaluated.
    let version = if input.variables {
        "2012-10-17"
    } else {
        "2008-10-17"
    };
    let policy = |statements: &[Value]| {
        let document = json!({ "Version": version, "Statement": statements });
        Policy::parse(&document.to_string(), PolicyKind::Resource)
    };
    let mut statements: Vec<Value> = input.statements.iter().map(Statement::document).collect();
    statements.retain(|statement| policy(std::slice::from_ref(statement)).is_ok());

    let mut context = Context::new();
    for (key, values) in &input.context {
        match values[..] {
            [value] => context.set(key.as_str(), value),
            _ => context.set_all(key.as_str(), values.iter().copied()),
        }
    }
    let caller = input.caller.and_then(|arn| CallerArn::parse(arn).ok());
    let resource = format!("arn:aws:x:{}", input.resource);
    let request = Request {
        principal: caller.map_or(Principal::Anonymous, Principal::Caller),
        action: input.action,
        resource: &resource,
        context: &context,
    };

    let Ok(forward) = policy(&statements) else {
        return;
    };
    statements.reverse();
    let backward = policy(&statements).expect("the same statements");
    let (said, said_backward) = (forward.evaluate(&request), backward.evaluate(&request));
    assert_eq!(
        std::mem::discriminant(&said),
        std::mem::discriminant(&said_backward)
    );
    if let Decision::ExplicitDeny { .. } = said {
        for authorization in [
            Authorization::None,
            Authorization::UserPool,
            Authorization::Authorizer(&backward),
            Authorization::Iam(std::slice::from_ref(&backward)),
        ] {
            assert!(!authorize(authorization, Some(&forward), &request).is_allow());
        }
    }

    let at = input.deny_at % (statements.len() + 1);
    let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"});
    statements.insert(at, deny);
    if let Ok(denying) = policy(&statements) {
        let said = denying.evaluate(&request);
        assert!(matches!(said, Decision::ExplicitDeny { .. }));
    }
});
