//! Random templates: no panic, no hang, no limit passed.

use proptest::prelude::*;
use tollgate_vtl::{Limits, Map, Profile, Template, Value};

fn profile() -> Profile {
    let mut limits = Limits::default();
    limits.steps = 20_000;
    limits.output_bytes = 10_000;
    limits.string_bytes = 10_000;
    limits.allocated_bytes = 1_000_000;
    Profile::api_gateway().with_limits(limits)
}

fn data<'a>() -> Map<'a> {
    let list = Value::list(["é😀".into(), 2.into(), Value::Null, 1.5.into()]);
    let map = Value::map([("a", list.clone()), ("b", Value::map([("a", true.into())]))]);
    let entries = [
        ("a", "Ab c".into()),
        ("b", list),
        ("c", map),
        ("d", 7.into()),
        ("e", false.into()),
    ];
    entries.into_iter().collect()
}

/// Parses and, if that works, renders; whatever happens must end well and within limits.
fn run(source: &str) {
    if let Ok(template) = Template::parse(source, &profile())
        && let Ok(text) = template.render(&data())
    {
        assert!(text.len() <= 10_000, "{source:?}");
    }
}

fn name() -> impl Strategy<Value = String> {
    "[a-h]".prop_map(String::from)
}

fn reference() -> impl Strategy<Value = String> {
    let method = prop_oneof![
        "(size|length|toString|keySet|entrySet|values|isEmpty|clear|trim|toCharArray)\\(\\)",
        "(get|add|remove|contains|indexOf|substring|split|matches|charAt|concat)\\((1|-1|9|'a'|' '|'')\\)",
        "(put|replace|replaceAll|substring|add|set|subList|split|lastIndexOf)\\((0|'b'|''), ?(2|'\\$0'|'x')\\)",
    ];
    let step = prop_oneof![
        name().prop_map(|name| format!(".{name}")),
        "\\[(0|-1|5|'a')\\]".prop_map(String::from),
        method.prop_map(|call| format!(".{call}")),
    ];
    (name(), prop::collection::vec(step, 0..4), 0..3).prop_map(|(name, steps, form)| match form {
        0 => format!("${name}{}", steps.concat()),
        1 => format!("$!{name}{}", steps.concat()),
        _ => format!("${{{name}{}}}", steps.concat()),
    })
}

fn operand() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        reference(),
        "(0|1|-3|2147483647|9223372036854775807|1\\.5|true|false|'x'|''|\"\\$a #if\\(\\$e\\)y#end\")",
        "\\[(1|-2|\\$d)\\.\\.(3|\\$b|\\$d)\\]",
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3)
                .prop_map(|it| format!("[{}]", it.join(", "))),
            (inner.clone(), inner).prop_map(|(key, value)| format!("{{{key}: {value}}}")),
        ]
    })
}

fn expression() -> impl Strategy<Value = String> {
    let operator = "( \\+ | - | \\* | / | % | == | != | < | ge | && | or )";
    operand().prop_recursive(3, 16, 2, move |inner| {
        prop_oneof![
            (inner.clone(), operator, inner.clone()).prop_map(|(a, op, b)| format!("{a}{op}{b}")),
            inner.clone().prop_map(|it| format!("({it})")),
            inner.prop_map(|it| format!("!{it}")),
        ]
    })
}

fn template() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        reference(),
        (reference(), expression()).prop_map(|(to, value)| format!("#set({to} = {value})")),
        "(text |\n|\\\\|\\$|#|##c\n|#\\*c\\*#|#\\[\\[\\$a\\]\\]#|#break|#stop|#m\\(1\\)| #end)",
    ];
    let block = leaf.prop_recursive(4, 40, 4, |inner| {
        let body = prop::collection::vec(inner, 0..4).prop_map(|it| it.concat());
        prop_oneof![
            (expression(), body.clone(), body.clone())
                .prop_map(|(when, a, b)| format!("#if({when})\n{a}#{{else}}{b}#end")),
            (name(), operand(), body.clone())
                .prop_map(|(name, over, body)| format!("#foreach(${name} in {over}){body}#end\n")),
            (name(), body).prop_map(|(name, body)| format!("#define(${name}){body}#end")),
        ]
    });
    prop::collection::vec(block, 0..5).prop_map(|it| it.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn arbitrary_text(source in "\\PC*") {
        run(&source);
    }

    #[test]
    fn arbitrary_template_characters(source in "[$#!\\\\{}()\\[\\]\"'.,:=+\\-*/%<>&|a-e0-2 \n@é]{0,60}") {
        run(&source);
    }

    #[test]
    fn arbitrary_tokens(source in "(\\$a|\\$\\{|\\$!|#if\\(|#\\{else\\}|#end|#foreach\\(\\$b in |#set\\(\\$c=|\\)|\\]|\\[|\"|'|\\.a\\(|\\.\\.|##|#\\*|\\*#|#\\[\\[|\\]\\]#|\\\\|\n| |1|-|,|:|true){0,30}") {
        run(&source);
    }

    #[test]
    fn grammatical_templates(source in template()) {
        run(&source);
    }

    #[test]
    fn text_without_sigils_is_unchanged(source in "[^$#\\\\]*") {
        let template = Template::parse(&source, &profile()).unwrap();
        prop_assert_eq!(template.render(&data()).unwrap(), source);
    }
}
