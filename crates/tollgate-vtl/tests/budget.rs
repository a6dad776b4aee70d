//! What an embedder's objects do and make is taken from the budget of the render.

#![cfg(feature = "json")]

use tollgate_vtl::{
    Budget, CallError, LimitExceeded, Limits, Map, Object, Profile, RenderErrorKind, Template,
    Value,
};

/// `$box`: members, and methods that take work and memory.
struct Tools<'a>(Map<'a>);

impl<'a> Object<'a> for Tools<'a> {
    fn property(&self, name: &str) -> Option<Value<'a>> {
        self.0.get(name)
    }

    fn call(
        &self,
        method: &str,
        arguments: &[Value<'a>],
        budget: &mut Budget,
    ) -> Result<Option<Value<'a>>, CallError> {
        match (method, arguments) {
            ("work", [Value::Int(steps)]) => {
                budget.take_steps(steps.as_i64().unwrap_or_default().unsigned_abs())?;
                Ok(Some(Value::Null))
            }
            ("read", [Value::Str(json)]) => {
                let read = Value::from_json_copied_within(json, budget)?;
                read.map(Some).map_err(CallError::new)
            }
            ("write", [value]) => Ok(Some(value.to_json_within(budget)?.into())),
            ("text", [value]) => Ok(Some(value.to_str_within(budget)?.into())),
            _ => Ok(None),
        }
    }

    fn set(&self, name: &str, value: Value<'a>) -> bool {
        self.0.insert(name.to_owned(), value);
        true
    }

    fn entries(&self) -> Vec<(Value<'a>, Value<'a>)> {
        self.0.to_vec()
    }
}

/// The limit that a template ends at that has the box and a text of a thousand digits.
fn limit_of(source: &str, limits: Limits) -> Option<LimitExceeded> {
    let profile = Profile::velocity2().with_limits(limits);
    let template = Template::parse(source, &profile).expect("it is a template");
    let digits = "1".repeat(1_000);
    let globals = |name: &str| match name {
        "box" => Some(Value::object(Tools(
            (0..100).map(|n| (n.to_string(), Value::Null)).collect(),
        ))),
        "digits" => Some(Value::from(digits.clone())),
        _ => None,
    };
    match template.render(&globals) {
        Ok(_) => None,
        Err(error) => match error.kind() {
            RenderErrorKind::Limit(limit) => Some(*limit),
            other => panic!("{source}: {other}"),
        },
    }
}

#[test]
fn what_objects_do_is_taken_from_the_budget() {
    const ROUNDS: &str = "#set($d = $digits)#foreach($i in [1..1000])";
    let mut limits = Limits::default();
    limits.steps = 30_000;
    let steps = Some(LimitExceeded::Steps(30_000));
    for (body, ends) in [
        ("$box.work(1)", None),
        ("$box.work(30)", steps),
        ("$box.nothing('')", None),
        ("$box.nothing($d)", steps),
        ("$box.read('[1]')", None),
        (
            "$box.read('[1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3]')",
            steps,
        ),
        ("$box.read(\"[$d]\")", steps),
        ("$box.write([1])", None),
        ("$box.write([$d])", steps),
        ("$box.text([1])", None),
        ("$box.text([$d])", steps),
        ("$box.size()", steps),
        ("$box.isEmpty()", steps),
        ("$box.keySet()", steps),
        ("$box.get('1')", None),
        ("$box.get($d)", steps),
        ("$box[$d]", steps),
        ("#set($box['x'] = $i)", None),
        ("#set($box[$d] = $i)", steps),
        ("$box.put($d, $i)", steps),
        ("#foreach($x in $box)#break#end", steps),
    ] {
        let source = format!("{ROUNDS}{body}#end");
        assert_eq!(limit_of(&source, limits), ends, "{body}");
    }
}

#[test]
fn what_objects_make_is_taken_from_the_budget() {
    let mut limits = Limits::default();
    limits.allocated_bytes = 250_000;
    let memory = Some(LimitExceeded::AllocatedBytes(250_000));
    for (body, ends) in [
        ("$box.work(1)", None),
        ("$box.read('[]')", None),
        ("$box.read('[[],[],[]]')", memory),
        ("$box.read('[1,2,3,4,5,6,7,8,9]')", memory),
        ("$box.read('{\"a\":1,\"b\":2}')", memory),
        (
            "$box.read('[\"a text of some length, that is copied\"]')",
            memory,
        ),
        ("$box.read('\"with \\\\n an escape\"')", None),
        ("$box.read('100000000000000000000000')", None),
        ("$box.write([$digits])", memory),
        ("$box.text([$digits])", memory),
        ("#set($box.a = 1)", memory),
        ("$box.values()", memory),
        ("#foreach($x in $box)#end", memory),
    ] {
        let source = format!("#foreach($i in [1..1000]){body}#end");
        assert_eq!(limit_of(&source, limits), ends, "{body}");
    }
}

#[test]
fn a_document_weighs_what_is_in_it() {
    let mut limits = Limits::default();
    limits.allocated_bytes = 1_000_000;
    let memory = Some(LimitExceeded::AllocatedBytes(1_000_000));
    let items = |item: &str, count: usize| {
        let items = vec![item; count].join(",");
        limit_of(&format!("#set($x = $box.read('[{items}]'))"), limits)
    };
    for (item, fits, does_not) in [
        ("0", 30_000, 50_000),
        ("[]", 5_000, 8_000),
        ("{}", 8_000, 10_000),
        ("{\"a\":1}", 4_000, 7_000),
        ("\"text\"", 10_000, 20_000),
    ] {
        assert_eq!(items(item, fits), None, "{item}");
        assert_eq!(items(item, does_not), memory, "{item}");
    }
}
