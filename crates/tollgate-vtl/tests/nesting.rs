//! Nesting without end, on a small stack.

use std::thread;

use proptest::prelude::*;
use tollgate_vtl::{Limits, Map, ParseError, ParseErrorKind, Profile, Template};

/// Bytes of stack that no template may pass while it is parsed, also without optimization.
const STACK: usize = 1024 * 1024;

fn on_small_stack<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = thread::Builder::new().stack_size(STACK).spawn(act);
    thread
        .expect("there is room for a thread")
        .join()
        .expect("nothing panics")
}

fn profiles() -> [Profile; 3] {
    let mut limits = Limits::default();
    limits.template_bytes = usize::MAX;
    [
        Profile::velocity2(),
        Profile::velocity17(),
        Profile::velocity2()
            .with_property("parser.allow_hyphen_in_identifiers", "true")
            .expect("it is a setting of Velocity"),
    ]
    .map(|profile| profile.with_limits(limits))
}

fn parse(source: &str) -> Vec<Result<Template, ParseError>> {
    let profiles = profiles();
    let parsed = profiles.iter().map(|it| Template::parse(source, it));
    parsed.collect()
}

/// What opens a level of an expression.
const LEVELS: [&str; 14] = [
    "(",
    "[",
    "{1:",
    "$a[",
    "$a.b(",
    "${a.b(",
    "${a[",
    "!(",
    "[1, ",
    "{$a: ",
    "$a[0][",
    "$a.b().c(",
    "$!{a.b('x', ",
    "1 + (",
];

/// What stands before the levels: ways into an expression, and ways to mislead who looks for one.
const BEFORE: [&str; 21] = [
    "#if(",
    "#{if}(",
    "#set($x = ",
    "#foo(",
    "#foo@bar(",
    "#@(",
    "#@foo (",
    "$a[",
    "${a.b(",
    "${a|",
    "$a.b##$a[",
    "$a.b(# ' $a[",
    "$a.b(# \" $a.b(",
    "#*#*#$a[",
    "#*#*##if(",
    "$a.b#*'*#$a[",
    "#[[']]#$a[",
    "##'\n#if(",
    "#set($x = '$a[') \" ## ' ] #*\n$a[",
    "'$a['$a[",
    "\\#if(' \\$a[",
];

#[test]
fn a_hundred_thousand_levels_are_too_deep() {
    on_small_stack(|| {
        for before in BEFORE {
            for level in LEVELS {
                let source = before.to_owned() + &level.repeat(100_000);
                for parsed in parse(&source) {
                    let error = parsed.expect_err("it does not end");
                    let expected = ParseErrorKind::TooDeep { limit: 100 };
                    assert_eq!(*error.kind(), expected, "{before} {level}");
                }
            }
        }
    });
}

#[test]
fn a_reference_can_be_as_long_as_its_template() {
    for (step, expected) in [
        (".topmost", "0"),
        (".topmost.getTopmost()", "0"),
        ("['topmost']", "0"),
    ] {
        for count in [1, 15, 16, 17, 33, 20_000] {
            for profile in profiles() {
                let source = format!(
                    "#foreach($i in [1])$foreach{}.index#end",
                    step.repeat(count)
                );
                let text = on_small_stack(move || {
                    let template = Template::parse(&source, &profile).expect("it is a template");
                    template.render(&Map::new()).expect("it renders")
                });
                assert_eq!(text, expected, "{count} of {step}");
            }
        }
    }
}

#[test]
fn a_stack_too_small_for_the_limit_is_no_overflow() {
    let mut limits = Limits::default();
    limits.nesting = 100_000;
    let profile = Profile::velocity2().with_limits(limits);
    let source = format!("#if({}1{})#end", "(".repeat(50_000), ")".repeat(50_000));
    let error = on_small_stack(move || Template::parse(&source, &profile).err());
    let expected = ParseErrorKind::TooDeep { limit: 100_000 };
    assert_eq!(error.as_ref().map(ParseError::kind), Some(&expected));
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(&LEVELS[..]),
        prop::sample::select(&BEFORE[..]),
        prop::sample::select(
            &[
                "'", "\"", "''", ")", "]", "}", "##", "#*", "*#", "#[[", "]]#", "$", "#", "|",
                "\n", " ", "\\", "a", ".b", "#end", "#set", ";", "$a.b", "(#"
            ][..]
        ),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nothing_overflows(
        before in pieces(),
        level in pieces(),
        after in pieces(),
        closed in "[)\\]}'\"]{0,3}",
        depth in prop_oneof![1_usize..=120, Just(3_000)],
    ) {
        on_small_stack(move || {
            // Whether it is a template does not matter, as long as that is found out.
            let source = before + &level.repeat(depth) + &after + &closed.repeat(depth);
            let _ = parse(&source);
        });
    }
}

#[test]
fn the_deepest_that_is_allowed_compiles_or_is_refused() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{1:", "}"),
        ("$a[", "]"),
        ("$a.b(", ")"),
        ("!(", ")"),
    ] {
        for depth in [10, 50, 90, 99] {
            let source = format!("#set($x = {}1{})", open.repeat(depth), close.repeat(depth));
            for parsed in on_small_stack(move || parse(&source)) {
                let Err(error) = parsed else { continue };
                let refused = matches!(
                    error.kind(),
                    ParseErrorKind::TooDeep { .. } | ParseErrorKind::Unexpected { .. }
                );
                assert!(refused, "{depth} of {open}: {error}");
            }
        }
    }
}
