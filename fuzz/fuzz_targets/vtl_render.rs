//! Any template of each flavour, with any text to parse, include and evaluate: renders end soon and
//! keep to the limits.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_vtl::{Limits, ListStyle, Map, Profile, Template, Value};

const DATA: &str = r##"{
    "a": "Ab c", "b": [1, "é😀", null, 1.5, [true]], "c": {"k": {"k": []}, "size": 0},
    "d": 7, "e": "", "f": false, "g": 9223372036854775807
}"##;

const LIBRARY: &str = "#macro(m $x $y)[$x|$!y|$!bodyContent]#set($x = 'set')#end
#define($n)$n#set($a = \"$a.\")#end
";

/// Small enough for many runs a second.
fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.steps = 20_000;
    limits.loop_rounds = 2_000;
    limits.output_bytes = 10_000;
    limits.string_bytes = 10_000;
    limits.allocated_bytes = 1_000_000;
    limits
}

fn data(text: &str) -> Map<'_> {
    let data = Value::from_json_str_with(DATA, ListStyle::Java).expect("it is JSON");
    let data = data.as_map().expect("it is an object");
    data.insert("t", text.into());
    data.clone()
}

fuzz_target!(|input: (&str, &str)| {
    let (source, text) = input;
    let loader = |name: &str| match name {
        "a" => Some(text.to_owned()),
        "b" => Some(LIBRARY.to_owned()),
        _ => None,
    };
    for profile in [
        Profile::api_gateway(),
        Profile::velocity17(),
        Profile::velocity2(),
    ] {
        let profile = profile.with_limits(limits());
        let Ok(template) = Template::parse(source, &profile) else {
            continue;
        };
        match template.render_with(&data(text), &loader) {
            Ok(output) => assert!(output.len() <= profile.limits().output_bytes),
            Err(error) => assert!(error.line() > 0 && error.column() > 0, "{error}"),
        }
    }
});
