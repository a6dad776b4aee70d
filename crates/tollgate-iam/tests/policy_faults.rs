//! What is wrong with a policy document is said all at once, with its place.

use serde_json::Value;
use tollgate_iam::policy::{
    FaultKind, MAX_AUTHORIZER_RESOURCE_LEN, MAX_DEPTH, MAX_TEXT_LEN, Policy, PolicyKind,
};

/// Lines of `kind`, `document` (its text, if it is a string) and the expected `faults`.
const CASES: &str = include_str!("data/policy_faults.jsonl");

#[test]
fn names_every_fault_and_its_place() {
    for line in CASES.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let kind = match case["kind"].as_str().unwrap() {
            "identity" => PolicyKind::Identity,
            "resource" => PolicyKind::Resource,
            "authorizer" => PolicyKind::Authorizer,
            kind => panic!("unknown kind {kind}"),
        };
        let text = match &case["document"] {
            Value::String(text) => text.clone(),
            document => document.to_string(),
        };
        let actual: Vec<String> = match Policy::parse(&text, kind) {
            Ok(_) => Vec::new(),
            Err(error) => error.faults().iter().map(ToString::to_string).collect(),
        };
        let expected: Vec<&str> = case["faults"]
            .as_array()
            .unwrap()
            .iter()
            .map(|fault| fault.as_str().unwrap())
            .collect();
        assert_eq!(actual, expected, "{line}");
    }
}

#[test]
fn prints_one_fault_a_line() {
    let error = Policy::parse(r#"{"Statement": {}}"#, PolicyKind::Identity).unwrap_err();
    let text = error.to_string();
    assert_eq!(text.lines().count(), error.faults().len());
    assert!(text.starts_with("/Statement: no Effect, "), "{text}");
}

fn only_fault(text: &str, kind: PolicyKind) -> FaultKind {
    let error = Policy::parse(text, kind).expect_err("a fault");
    let [fault] = error.faults() else {
        panic!("{error}");
    };
    fault.kind.clone()
}

/// An identity or authorizer policy with this resource and this much white space.
fn document(resource: &str, white_space: usize) -> String {
    let space = " ".repeat(white_space);
    format!(r#"{{"Statement":{space}{{"Effect":"Allow","Action":"*","Resource":"{resource}"}}}}"#)
}

#[test]
fn a_policy_ends_at_the_size_of_its_kind() {
    const PREFIX: &str = "arn:aws:execute-api:*:*:";
    for (kind, limit) in [
        (PolicyKind::Identity, 10_240),
        (PolicyKind::Resource, 8_192),
        (PolicyKind::Authorizer, 8_192),
    ] {
        let rest = limit - document(PREFIX, 0).len();
        let fits = document(&format!("{PREFIX}{}", "x".repeat(rest)), 100);
        if kind == PolicyKind::Identity {
            assert!(Policy::parse(&fits, kind).is_ok());
        }
        let beyond = document(&format!("{PREFIX}{}", "x".repeat(rest + 1)), 100);
        let size = limit + 1;
        assert_eq!(
            only_fault(&beyond, kind),
            FaultKind::TooLarge { size, limit },
        );
    }
}

#[test]
fn a_text_ends_at_its_length() {
    let rest = MAX_TEXT_LEN - document("*", 0).len();
    assert!(Policy::parse(&document("*", rest), PolicyKind::Identity).is_ok());
    let length = MAX_TEXT_LEN + 1;
    let fault = only_fault(&document("*", rest + 1), PolicyKind::Identity);
    assert_eq!(fault, FaultKind::TextTooLong { length });
}

#[test]
fn a_document_ends_at_its_depth() {
    let nested = |depth: usize| {
        let (open, close) = ("[".repeat(depth - 1), "]".repeat(depth - 1));
        format!(r#"{{"Id": {open}{close}, "Statement": 1}}"#)
    };
    for depth in [MAX_DEPTH + 1, 10_000] {
        let fault = only_fault(&nested(depth), PolicyKind::Identity);
        assert_eq!(fault, FaultKind::TooDeep, "{depth}");
    }
    let error = Policy::parse(&nested(MAX_DEPTH), PolicyKind::Identity).unwrap_err();
    let pointers: Vec<&str> = error.faults().iter().map(|it| &*it.pointer).collect();
    assert_eq!(pointers, ["/Id", "/Statement"]);
}

#[test]
fn a_resource_of_an_authorizer_ends_at_its_length() {
    const PREFIX: &str = "arn:aws:execute-api:*:*:";
    let resource = |length: usize| format!("{PREFIX}{}", "x".repeat(length - PREFIX.len()));
    let fits = document(&resource(MAX_AUTHORIZER_RESOURCE_LEN), 0);
    assert!(Policy::parse(&fits, PolicyKind::Authorizer).is_ok());
    let length = MAX_AUTHORIZER_RESOURCE_LEN + 1;
    let beyond = document(&resource(length), 0);
    let fault = only_fault(&beyond, PolicyKind::Authorizer);
    assert_eq!(fault, FaultKind::ResourceTooLong { length });
    assert!(Policy::parse(&beyond, PolicyKind::Identity).is_ok());
}
