//! What the objects do and make is taken from the budget of the render.

use std::rc::Rc;
use std::sync::Arc;

use http::{HeaderValue, Method};
use tollgate_core::{
    ClientRequest, Context, ExtendedRequestId, Moment, RequestId, StageContext, StageVariables,
};
use tollgate_vtl::{
    Budget, LimitExceeded, Limits, Object, Profile, RenderErrorKind, Template, Value,
};

use crate::objects::{ContextObject, Input, Util};
use crate::{Payload, TemplateScope};

/// A request with a long head.
fn context() -> Context {
    let stage = StageContext {
        account_id: "123456789012".into(),
        region: "us-east-1".into(),
        api_id: "a1b2c3d4e5".into(),
        deployment_id: "d3p10y".into(),
        stage: "prod".parse().expect("it is a stage name"),
        variables: StageVariables::default(),
    };
    let query: Vec<String> = (0..500).map(|n| format!("name{n}=value%20{n}")).collect();
    let target = format!("/pets?{}", query.join("&"));
    let target = target.parse().expect("it is a target");
    let mut request = ClientRequest::new(Method::POST, target);
    let long = HeaderValue::from_str(&"a".repeat(4_000)).expect("it is text");
    request.headers.insert("x-forwarded-for", long.clone());
    request.headers.insert("x-long", long);
    let ids = (RequestId::from_u128(7), ExtendedRequestId::from_bits(0));
    let mut context = Context::new(Arc::new(stage), ids, Moment::default(), request);
    context.identity.source_ip = Some([127, 0, 0, 1].into());
    context
}

/// The limit that a template ends at.
fn limit_of(template: &str, body: &str, limits: Limits) -> Option<LimitExceeded> {
    let profile = Profile::api_gateway().with_limits(limits);
    let template = Template::parse(template, &profile).expect("it is a template");
    let context = context();
    let scope = TemplateScope {
        context: &context,
        payload: Payload::new(body),
    };
    let made = Rc::new(ContextObject::new(&context));
    let globals = |name: &str| match name {
        "input" => Some(Value::object(Input::new(&scope))),
        "util" => Some(Value::object(Util)),
        "context" => Some(Value::Object(made.clone())),
        _ => None,
    };
    match template.render(&globals) {
        Ok(_) => None,
        Err(error) => match error.kind() {
            RenderErrorKind::Limit(limit) => Some(*limit),
            other => panic!("{template:?}: {other}"),
        },
    }
}

/// Two thousand values, and texts among them of several kinds.
fn body() -> String {
    let long = "a\u{e9} ".repeat(1_000);
    let numbers: Vec<String> = (0..1_000).map(|n| n.to_string()).collect();
    let numbers = numbers.join(",");
    format!(
        r#"{{"a":{{"b":1}},"few":[1,2],"many":[{numbers}],"twice":[{numbers}],"long":"{long}"}}"#
    )
}

/// The same thing over and over, as often as a loop may.
fn rounds(what: &str) -> String {
    format!("#set($long = $input.path('$.long'))#foreach($i in [1..1000]){what}#end")
}

#[test]
fn what_objects_do_is_bounded() {
    // 90 steps a round, and what it takes to read the body.
    let mut limits = Limits::default();
    limits.steps = 100_000;
    let steps = Some(LimitExceeded::Steps(100_000));
    for (what, ends) in [
        ("$input.path('$.a.b')", None),
        ("$input.path('$.few[*]')", None),
        ("$input.path('$..*')", steps),
        ("$input.path('$..b')", steps),
        ("$input.path('$.many[*]')", steps),
        ("$input.path('$.many[?(@ > 999)]')", steps),
        ("$input.path('$.many[?(!@)]')", steps),
        ("$input.path('$.many.sum()')", steps),
        ("$input.path('$[?(@.long =~ /x/)]')", steps),
        ("$input.path(\"$.few[?(@ > $i)]\")", None),
        ("$input.path(\"$.few[?(@ =~ /$i/)]\")", steps),
        ("$input.path(\"$.few[?(@ =~ /[a-z]{99}/)]\")", None),
        ("$input.path(\"$.few['$long']\")", steps),
        ("$input.json('$.a')", None),
        ("$input.json('$')", steps),
        ("$input.json('$.many')", steps),
        ("$input.params('name7')", steps),
        ("$input.params('none')", steps),
        ("$input.params('X-Forwarded-For')", steps),
        ("$input.params('x-long')", steps),
        ("$input.params($long)", steps),
        ("$input.params()", steps),
        ("$util.parseJson('[1]')", None),
        ("$util.parseJson($input.body)", steps),
        ("$util.parseJson(\"\"\"$long\"\"\")", steps),
        ("$util.escapeJavaScript('a b')", None),
        ("$util.escapeJavaScript($long)", steps),
        ("$util.escapeJavaScript([$long])", steps),
        ("$util.urlEncode('a b')", None),
        ("$util.urlEncode($long)", steps),
        ("$util.urlDecode('a+b')", None),
        ("$util.urlDecode($long)", steps),
        ("$util.base64Encode('a b')", None),
        ("$util.base64Encode($long)", steps),
        ("$util.base64Decode('YSBi')", None),
        ("#set($x = $input.body)", None),
        ("$input.body.length()", steps),
        ("$context.requestId $context.identity.sourceIp", None),
        ("$context.identity[$long]", steps),
        ("$context.requestOverride.header.size()", None),
        ("#set($context.requestOverride.header[$long] = 1)", steps),
    ] {
        assert_eq!(limit_of(&rounds(what), &body(), limits), ends, "{what}");
    }
}

#[test]
fn what_objects_make_is_bounded() {
    // 600 bytes a round.
    let mut limits = Limits::default();
    limits.allocated_bytes = 600_000;
    let memory = Some(LimitExceeded::AllocatedBytes(600_000));
    for (what, ends) in [
        ("$input.path('$.a.b')", None),
        ("$input.path('$.many')", None),
        ("$input.path('$.many[0:9]')", memory),
        ("$input.path('$.few[*]')", None),
        ("$input.path(\"$.few[?(@ =~ /$i/)]\")", memory),
        ("$input.path('$.few.concat(\"x\")')", None),
        ("$input.path('$.long.concat($.long)')", memory),
        ("$input.path('$.keys()')", memory),
        ("$input.json('$.a')", None),
        ("$input.json('$.many')", memory),
        ("$input.params('name7')", None),
        ("$input.params('X-Forwarded-For')", memory),
        ("$input.params()", memory),
        ("$util.parseJson('[1]')", None),
        (
            "$util.parseJson('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]')",
            memory,
        ),
        ("$util.parseJson('[[],[],[],[]]')", memory),
        ("$util.escapeJavaScript('a b')", None),
        ("$util.escapeJavaScript($long)", memory),
        ("$util.urlEncode($long)", memory),
        ("$util.urlDecode($long)", memory),
        ("$util.base64Encode($long)", memory),
        ("#set($x = $input.body)", None),
        ("$context.identity.sourceIp", None),
        ("$context.values()", memory),
    ] {
        assert_eq!(limit_of(&rounds(what), &body(), limits), ends, "{what}");
    }
}

#[test]
fn the_body_counts_once() {
    let body = body();
    let mut limits = Limits::default();
    // It is read for less than this, but not twice.
    limits.steps = 5_000;
    limits.allocated_bytes = 120_000;
    let twice = "#set($x = $input.path('$.a'))#set($y = $input.path('$.few'))";
    assert_eq!(limit_of(twice, &body, limits), None);
    let copied = "#set($x = $input.path('$.a'))#set($y = $util.parseJson($input.body))";
    assert!(limit_of(copied, &body, limits).is_some());
    limits.allocated_bytes = 10_000;
    let memory = Some(LimitExceeded::AllocatedBytes(10_000));
    assert_eq!(limit_of("$input.path('$.a')", &body, limits), memory);
    limits.steps = 1_000;
    let steps = Some(LimitExceeded::Steps(1_000));
    assert_eq!(limit_of("$input.path('$.a')", &body, limits), steps);
}

#[test]
fn escaping_ends_at_the_longest_string() {
    let mut limits = Limits::default();
    limits.string_bytes = 6_000;
    let long = Some(LimitExceeded::StringBytes(6_000));
    for method in ["escapeJavaScript", "urlEncode"] {
        let template = format!("$util.{method}($input.path('$.long'))");
        assert_eq!(limit_of(&template, &body(), limits), long, "{method}");
    }
}

#[test]
fn overrides_are_bounded_when_they_are_read() {
    let context = context();
    let read = |names: usize| {
        let object = ContextObject::new(&context);
        let Some(Value::Object(members)) = object.property("requestOverride") else {
            panic!("it is an object");
        };
        let Some(Value::Object(headers)) = members.property("header") else {
            panic!("it is an object");
        };
        // One text under many names.
        let long = Value::from("a".repeat(1_000_000));
        for n in 0..names {
            headers.set(&n.to_string(), long.clone());
        }
        let mut budget = Budget::new(&Profile::api_gateway());
        object.overrides(&mut budget).map(|_| ())
    };
    assert_eq!(read(1), Ok(()));
    let error = read(100).expect_err("it is too much");
    assert!(error.contains("67108864 bytes"), "{error}");
}
