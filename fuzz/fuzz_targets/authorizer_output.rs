//! Any bytes as the answer of an authorizer's function, and answers of any texts at the places where
//! texts may stand; each through an authorizer, for two requests.
#![no_main]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arbitrary::Arbitrary;
use async_trait::async_trait;
use bytes::Bytes;
use futures::executor::block_on;
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};
use tollgate_auth::{
    Authorizer, AuthorizerAnswer, AuthorizerCache, AuthorizerEvent, AuthorizerFunction,
    FunctionError, LambdaAuthorizer, MAX_ANSWER_BYTES, StageAccess, TokenIdentity,
};
use tollgate_core::{Context, Contexts, ManualClock, StageContext};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    bytes: &'a [u8],
    principal: &'a str,
    resources: Vec<(bool, &'a str)>,
    context: Vec<(&'a str, Scalar<'a>)>,
    key: Option<&'a str>,
    path: &'a str,
}

#[derive(Arbitrary, Debug)]
enum Scalar<'a> {
    Text(&'a str),
    Whole(i64),
    Fraction(f64),
    Bool(bool),
}

impl Scalar<'_> {
    fn value(&self) -> Value {
        match self {
            Self::Text(text) => (*text).into(),
            Self::Whole(number) => (*number).into(),
            Self::Fraction(number) => (*number).into(),
            Self::Bool(value) => (*value).into(),
        }
    }
}

#[derive(Debug)]
struct Says {
    answer: Bytes,
    calls: AtomicUsize,
}

#[async_trait]
impl AuthorizerFunction for Says {
    async fn invoke(&self, _: AuthorizerEvent) -> Result<Bytes, FunctionError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        Ok(self.answer.clone())
    }
}

fn call(path: &str, clock: &Arc<ManualClock>) -> Option<Context> {
    let request = http::Request::get(path).header("authorization", "token");
    let (parts, ()) = request.body(()).ok()?.into_parts();
    let contexts = Contexts::default().with_clock(clock.clone());
    Some(contexts.make(parts))
}

/// What becomes of two requests of one caller, of whom the function says this.
fn ask(answer: &[u8], paths: [&str; 2]) {
    let function = Arc::new(Says {
        answer: Bytes::copy_from_slice(answer),
        calls: AtomicUsize::new(0),
    });
    let clock = Arc::new(ManualClock::default());
    let identity = TokenIdentity::new("method.request.header.Authorization").expect("a header");
    let authorizer = LambdaAuthorizer::new(
        Authorizer::new("auth01", identity, None).expect("an authorizer"),
        StageAccess::new(&StageContext::local()),
        function.clone(),
        AuthorizerCache::new(clock.clone()),
    );
    let is_good = AuthorizerAnswer::parse(answer).is_ok();
    let mut asked = 0;
    for path in paths {
        let Some(context) = call(path, &clock) else {
            continue;
        };
        let outcome = block_on(authorizer.authorize(&context));
        let status = outcome.map_or_else(|rejection| rejection.status().as_u16(), |_| 200);
        match status {
            // The path is none that policies can tell; nobody was asked.
            400 | 414 => continue,
            200 | 403 => assert!(is_good),
            500 => assert!(!is_good),
            status => panic!("{status}"),
        }
        asked += 1;
        let calls = function.calls.load(Ordering::Relaxed);
        assert_eq!(
            calls,
            if is_good { 1 } else { asked },
            "only answers are kept"
        );
    }
}

fuzz_target!(|input: Input<'_>| {
    ask(input.bytes, [input.path, "/pets"]);

    let statements = input.resources.iter().map(|(deny, resource)| {
        json!({
            "Effect": if *deny { "Deny" } else { "Allow" },
            "Action": "execute-api:Invoke",
            "Resource": format!("arn:aws:execute-api:us-east-1:123456789012:local00000/{resource}"),
        })
    });
    let statements: Vec<Value> = statements.collect();
    let context: Map<String, Value> = input
        .context
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.value()))
        .collect();
    let answer = json!({
        "principalId": input.principal,
        "policyDocument": {"Version": "2012-10-17", "Statement": statements},
        "context": context,
        "usageIdentifierKey": input.key,
    })
    .to_string();
    ask(answer.as_bytes(), [input.path, "/pets"]);
    let Ok(read) = AuthorizerAnswer::parse(answer.as_bytes()) else {
        return;
    };
    assert!(answer.len() <= MAX_ANSWER_BYTES);
    assert_eq!(read.principal_id(), input.principal);
    assert_eq!(read.usage_identifier_key(), input.key);
    // A fraction may be read as its neighbour.
    let again: Value = serde_json::from_str(&answer).expect("it was read");
    let context = again["context"].as_object().expect("it was read");
    for ((name, text), (expected, value)) in read.context().zip(context) {
        assert_eq!(name, expected);
        match value {
            Value::String(value) => assert_eq!(text, value),
            value => assert_eq!(text, value.to_string()),
        }
    }
});
