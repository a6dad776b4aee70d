//! `#set($text = "$text…")` adds to a string where it is, which nothing can tell but the time.

use tollgate_vtl::{Limits, Map, Profile, Template, Value};

fn data<'a>() -> Map<'a> {
    [
        ("word", Value::from("w\u{f6}rd")),
        ("number", Value::from(-7)),
        ("map", Value::map([("name", Value::from("n"))])),
        ("lent", Value::from("lent")),
    ]
    .into_iter()
    .map(|(name, value)| (Value::from(name), value))
    .collect()
}

fn outcome(source: &str, profile: &Profile) -> Result<String, String> {
    let template = Template::parse(source, profile).expect("it is a template");
    template
        .render(&data())
        .map_err(|error| error.kind().to_string())
}

#[test]
fn it_costs_what_other_variables_cost() {
    const ROUNDS: usize = 3;
    for rest in [
        "+",
        "$word",
        "$number-$word",
        "$map.name$map.none",
        "$none",
        "$!none.",
        "$word.trim()",
        "",
        "#if($word)x#end",
        "$map",
        "#set($word = 1)$word",
        "$word$lent$foreach.count",
    ] {
        for first in ["''", "$lent", "\"$lent$word\"", "7"] {
            let mut same = format!("#set($a = {first})");
            let mut other = format!("#set($a0 = {first})");
            for round in 0..ROUNDS {
                let next = round + 1;
                same += &format!("#set($a = \"$a{rest}\")");
                other += &format!("#set($a{next} = \"${{a{round}}}{rest}\")");
            }
            same += "$a";
            other += &format!("$a{ROUNDS}");
            let kinds: [fn(&mut Limits, usize); 5] = [
                |limits, left| limits.steps = left as u64,
                |limits, left| limits.allocated_bytes = left * 4,
                |limits, left| limits.string_bytes = left,
                |limits, left| limits.output_bytes = left,
                |limits, left| limits.nesting = left + 3,
            ];
            for set in kinds {
                for left in 0..120 {
                    let mut limits = Limits::default();
                    set(&mut limits, left);
                    let profile = Profile::velocity2().with_limits(limits);
                    let result = outcome(&same, &profile);
                    assert_eq!(result, outcome(&other, &profile), "{same} {limits:?}");
                    if result.is_ok() {
                        break;
                    }
                }
            }
        }
    }
}

#[test]
fn others_who_hold_the_string_keep_theirs() {
    let rendered = |source: &str| outcome(source, &Profile::velocity2());
    for (source, expected) in [
        ("#set($b = $a)#set($a = \"$a.\")", "$a: xx.. $b: xx."),
        (
            "#set($a = \"$a.\")#set($b = $a)#set($a = \"$a$a\")",
            "$a: xx..xx.. $b: xx..",
        ),
        (
            "#set($b = $a.toString())#set($a = \"$a.\")",
            "$a: xx.. $b: xx.",
        ),
        (
            "#set($b = {'k': $a})#set($a = \"$a$b.k\")",
            "$a: xx.xx. $b: {k=xx.}",
        ),
        (
            "#set($b = [$a])#set($a = \"$a.$b\")",
            "$a: xx..[xx.] $b: [xx.]",
        ),
        (
            "#foreach($b in [1, 2])#set($a = \"$a$b\")#end#set($b = 3)",
            "$a: xx.12 $b: 3",
        ),
        (
            "#set($a = \"$a$a.length()\")#set($b = $a.substring(1))",
            "$a: xx.3 $b: x.3",
        ),
    ] {
        let source = format!(
            "#set($a = '')#set($a = \"${{a}}xx\")#set($a = \"$a.\"){source}\\$a: $a \\$b: $b"
        );
        assert_eq!(rendered(&source), Ok(expected.to_owned()), "{source}");
    }
}
