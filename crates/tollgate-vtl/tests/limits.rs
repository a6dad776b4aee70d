//! What hostile templates must not get.

use tollgate_vtl::{
    CallError, LimitExceeded, Limits, ParseErrorKind, Profile, RenderErrorKind, Template, Value,
};

fn with(change: impl FnOnce(&mut Limits)) -> Profile {
    let mut limits = Limits::default();
    change(&mut limits);
    Profile::api_gateway().with_limits(limits)
}

fn failure(source: &str, profile: &Profile) -> RenderErrorKind {
    let template = Template::parse(source, profile).expect("the template is well-formed");
    match template.render(&|_: &str| None) {
        Ok(text) => panic!("{source:.60} renders {} bytes", text.len()),
        Err(error) => error.kind().clone(),
    }
}

fn exceeds(source: &str, expected: LimitExceeded) {
    exceeds_in(source, &Profile::api_gateway(), expected);
}

fn exceeds_in(source: &str, profile: &Profile, expected: LimitExceeded) {
    assert_eq!(
        failure(source, profile),
        RenderErrorKind::Limit(expected),
        "{source:.60}"
    );
}

#[test]
fn a_long_template_is_refused() {
    let profile = with(|limits| limits.template_bytes = 4);
    assert!(Template::parse("1234", &profile).is_ok());
    let error = Template::parse("12345", &profile).unwrap_err();
    assert_eq!(*error.kind(), ParseErrorKind::TooLong { limit: 4 });
}

#[test]
fn nesting_is_bounded_whatever_nests() {
    let nest = |open: &str, middle: &str, close: &str, depth: usize| {
        format!("{}{middle}{}", open.repeat(depth), close.repeat(depth))
    };
    for (before, open, middle, close, after) in [
        ("#set($x = ", "(", "1", ")", ")"),
        ("#set($x = ", "[", "1", "]", ")"),
        ("#set($x = ", "{1:", "1", "}", ")"),
        ("", "$a[", "1", "]", ""),
        ("", "${a.b(", "1", ")}", ""),
        ("", "#if(true)", "x", "#end", ""),
        ("", "#foreach($i in $l)", "x", "#end", ""),
        ("", "#define($d)", "x", "#end", ""),
        ("", "#@m()", "x", "#end", ""),
        ("#if(", "!(", "$a", ")", ")#end"),
    ] {
        for (depth, fits) in [(40, true), (101, false), (10_000, false)] {
            let source = format!("{before}{}{after}", nest(open, middle, close, depth));
            match Template::parse(&source, &Profile::api_gateway()) {
                Ok(_) => assert!(fits, "{depth} of {open}"),
                Err(error) => {
                    let expected = ParseErrorKind::TooDeep { limit: 100 };
                    assert_eq!(*error.kind(), expected, "{depth} of {open}: {error}");
                    assert!(!fits, "{depth} of {open}: {error}");
                }
            }
        }
        // Without the closing half nothing recurses either.
        let unclosed = format!("{before}{}", open.repeat(10_000));
        assert!(
            Template::parse(&unclosed, &Profile::api_gateway()).is_err(),
            "{open}"
        );
    }
}

#[test]
fn nested_strings_count_as_nesting() {
    let mut source = "$a".to_owned();
    for _ in 0..8 {
        source = format!("#set($x = \"{}\")$x", source.replace('"', "\"\""));
    }
    let profile = |nesting| with(|limits| limits.nesting = nesting);
    assert!(Template::parse(&source, &profile(100)).is_ok());
    let error = Template::parse(&source, &profile(7)).unwrap_err();
    assert_eq!(*error.kind(), ParseErrorKind::TooDeep { limit: 7 });
}

#[test]
fn long_chains_need_no_depth() {
    let sum = "1 + ".repeat(50_000);
    let template = Template::parse(&format!("#set($x = {sum}0)$x"), &Profile::api_gateway());
    assert_eq!(template.unwrap().render(&|_: &str| None).unwrap(), "50000");
    let negations = "!".repeat(100_000);
    let template = Template::parse(
        &format!("#set($x = {negations}true)$x"),
        &Profile::api_gateway(),
    );
    assert_eq!(template.unwrap().render(&|_: &str| None).unwrap(), "true");
}

#[test]
fn loops_are_bounded() {
    exceeds(
        "#foreach($i in [1..1001])x#end",
        LimitExceeded::ForeachRounds(1_000),
    );
    let nested = "#foreach($i in [1..999])".repeat(4) + "x" + &"#end".repeat(4);
    let profile = with(|limits| limits.steps = 10_000);
    exceeds_in(&nested, &profile, LimitExceeded::Steps(10_000));
}

#[test]
fn text_is_bounded() {
    let doubling = "#set($s = \"$s$s\")".repeat(40);
    exceeds(
        &format!("#set($s = 'x'){doubling}$s"),
        LimitExceeded::StringBytes(10 << 20),
    );
    let adding = "#set($s = $s + $s)".repeat(40);
    exceeds(
        &format!("#set($s = 'x'){adding}$s"),
        LimitExceeded::StringBytes(10 << 20),
    );
    let replacing = "#set($s = $s.replace('x', 'xxxx'))".repeat(20);
    exceeds(
        &format!("#set($s = 'x'){replacing}$s"),
        LimitExceeded::StringBytes(10 << 20),
    );
    let profile = with(|limits| limits.output_bytes = 10);
    exceeds_in(
        "#foreach($i in [1..11])x#end",
        &profile,
        LimitExceeded::OutputBytes(10),
    );
    let profile = with(|limits| limits.allocated_bytes = 1_000);
    let many = "#foreach($i in [1..60])#set($s = \"$s$i\")#end";
    exceeds_in(many, &profile, LimitExceeded::AllocatedBytes(1_000));
}

#[test]
fn growing_by_method_is_bounded() {
    for method in [
        "$s.repeat(2000000000)",
        "$s.format('%2000000000d', 1)",
        "$s.format('%.2000000000f', 1.5)",
        "$s.replaceAll('', $s.repeat(5000))",
    ] {
        let source = format!("#set($s = 'x')#set($s = $s.repeat(5000)){method}");
        exceeds(&source, LimitExceeded::StringBytes(10 << 20));
    }
}

#[test]
fn collections_are_bounded() {
    exceeds(
        "#set($x = [0..2147483647])",
        LimitExceeded::CollectionItems(1_000_000),
    );
    exceeds(
        "#set($x = [-2147483648..2147483647])",
        LimitExceeded::CollectionItems(1_000_000),
    );
    let doubling = "#set($i = $l.addAll($l))".repeat(30);
    exceeds(
        &format!("#set($l = [1]){doubling}"),
        LimitExceeded::CollectionItems(1_000_000),
    );
}

#[test]
fn numbers_are_bounded() {
    let squaring = "#set($x = $x * $x)".repeat(40);
    exceeds(
        &format!("#set($x = 10){squaring}"),
        LimitExceeded::Digits(1_000),
    );
    let error = Template::parse(
        &format!("#set($x = {})", "9".repeat(1_001)),
        &Profile::api_gateway(),
    );
    let expected = ParseErrorKind::NumberTooLong { limit: 1_000 };
    assert_eq!(*error.unwrap_err().kind(), expected);
}

#[test]
fn numbers_have_as_many_digits_as_the_limit_says() {
    let nines = |digits| "9".repeat(digits);
    for (left, operator, right, length) in [
        (nines(999), '+', "1".to_owned(), 1_000),
        (nines(1_000), '-', nines(999), 1_000),
        (nines(700), '+', nines(700), 701),
        (nines(500), '*', nines(500), 1_000),
    ] {
        let source = format!("#set($x = {left} {operator} {right})$x");
        let template = Template::parse(&source, &Profile::velocity2()).expect("it is well-formed");
        let text = template.render(&|_: &str| None);
        assert_eq!(text.map(|text| text.len()), Ok(length), "{operator}");
    }
    for operation in ["$x + $x", "$x - -$x", "$x * 10"] {
        let growing = format!("#set($x = {operation})").repeat(20);
        let source = format!("#set($x = {}){growing}", nines(1_000));
        let kind = failure(&source, &Profile::velocity2());
        let expected = RenderErrorKind::Limit(LimitExceeded::Digits(1_000));
        assert_eq!(kind, expected, "{operation}");
    }
}

#[test]
fn a_collection_cannot_contain_itself() {
    for source in [
        "#set($m = {})#set($m.x = $m)",
        "#set($m = {})#set($n = [$m])#set($m.x = {'y': $n})",
        "#set($l = [1])#set($l[0] = [$l])",
    ] {
        assert_eq!(
            failure(source, &Profile::api_gateway()),
            RenderErrorKind::ContainsItself
        );
    }
    for (source, method) in [
        ("#set($l = [])$l.add($l)", "add"),
        ("#set($m = {})$m.put('x', [$m])", "put"),
        (
            "#set($m = {'k': 1})#foreach($e in $m.entrySet())$m.put('e', {'l': [$m]})#end",
            "put",
        ),
    ] {
        let method = method.to_owned();
        let expected = RenderErrorKind::Call {
            method,
            error: CallError::ContainsItself,
        };
        assert_eq!(
            failure(source, &Profile::api_gateway()),
            expected,
            "{source}"
        );
    }
}

#[test]
fn deep_values_are_freed_but_not_printed() {
    // Each of a million lists takes some memory.
    let profile = with(|limits| limits.allocated_bytes = 1 << 30);
    let deep =
        "#set($x = [])#foreach($i in [1..900])#foreach($j in [1..900])#set($x = [$x])#end#end";
    let template = Template::parse(deep, &profile).unwrap();
    assert_eq!(template.render(&|_: &str| None).unwrap(), "");
    let chained = "#set($x = {})#foreach($i in [1..900])#foreach($j in [1..100])\
        #set($m = {'k': $x})#foreach($e in $m.entrySet())#set($x = $e)#end#end#end";
    let template = Template::parse(chained, &profile).unwrap();
    assert_eq!(template.render(&|_: &str| None).unwrap(), "");
    exceeds_in(
        &format!("{deep}$x"),
        &profile,
        LimitExceeded::ValueDepth(200),
    );
    exceeds_in(
        &format!("{deep}#if($x == [$x])y#end"),
        &profile,
        LimitExceeded::ValueDepth(200),
    );
}

#[test]
fn shared_values_do_not_print_without_end() {
    let sharing = "#set($x = [$x, $x])".repeat(60);
    exceeds(
        &format!("#set($x = []){sharing}$x"),
        LimitExceeded::OutputBytes(10 << 20),
    );
    let twice = format!(
        "#set($x = []){sharing}#set($y = []){}",
        sharing.replace('x', "y")
    );
    let profile = with(|limits| limits.steps = 1_000_000);
    exceeds_in(
        &format!("{twice}#if($x == $y)e#end"),
        &profile,
        LimitExceeded::Steps(1_000_000),
    );
}

#[test]
fn bodies_do_not_recurse_without_end() {
    let chain: String = (0..300)
        .map(|n| format!("#define($d{n})x$d{}#end", n + 1))
        .collect();
    exceeds(&format!("{chain}$d0"), LimitExceeded::Nesting(100));
    let pair = "#define($a)$b$b#end#define($b)$a$a#end$a";
    let template = Template::parse(pair, &Profile::api_gateway()).unwrap();
    assert!(template.render(&|_: &str| None).unwrap().len() < 1_000);
}

#[test]
fn patterns_are_bounded() {
    let hostile = "#set($s = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')$s.matches('(.*a){20}')";
    let template = Template::parse(hostile, &Profile::api_gateway()).unwrap();
    assert_eq!(template.render(&|_: &str| None).unwrap(), "false");
    let large = "#set($s = 'a')$s.matches('((a{100}){100}){100}')";
    let failed = failure(large, &Profile::api_gateway());
    assert!(matches!(
        failed,
        RenderErrorKind::Call {
            error: CallError::Pattern { .. },
            ..
        }
    ));
    let many = "#set($s = 'a')#foreach($i in [1..999])$s.matches(\"x$i\")#end";
    let profile = with(|limits| limits.steps = 100_000);
    exceeds_in(many, &profile, LimitExceeded::Steps(100_000));
}

#[test]
fn work_on_long_values_counts() {
    let long = Value::list((0..1_000_000).map(Value::from));
    let source = "#foreach($i in [1..999])#foreach($j in [1..999])#if($l.contains(-1))#end#end#end";
    let template = Template::parse(source, &Profile::api_gateway()).unwrap();
    let failed = template
        .render(&move |_: &str| Some(long.clone()))
        .unwrap_err();
    assert_eq!(
        *failed.kind(),
        RenderErrorKind::Limit(LimitExceeded::Steps(Limits::default().steps))
    );
}

#[test]
fn runs_of_signs_take_no_more_than_their_length() {
    for sign in [
        "$", "#", "\\", "$!", "#$", "$#", "$ ", "# ", "$ #", "\\$", "$\\", "$!\\", "{", "$a",
        "$a.", "##", "#*", "#[[", "$a[0]", "#x ", "#@", " #set", "$#x()", "$!#x()", " ", "\n",
        "$a\n  ", "\\\\$", "$$!", "$!\\$", "#$\\", "\\#\\#", "#a@", "$!#{a", "#a($ ", "$a.b($ ",
    ] {
        for profile in [
            Profile::velocity2(),
            Profile::velocity17(),
            Profile::api_gateway(),
        ] {
            let source = sign.repeat(2_000 / sign.len());
            // Whether it is a template does not matter, as long as that is found out.
            let _ = Template::parse(&source, &profile);
        }
    }
}

#[test]
fn texts_that_run_themselves_end() {
    let deep = format!("#if({}true{})y#end", "(".repeat(95), ")".repeat(95));
    for (source, expected) in [
        (
            "#set($t = '#evaluate($t)')#evaluate($t)".to_owned(),
            LimitExceeded::Nesting(100),
        ),
        (
            format!("#set($t = '{deep}#evaluate($t)')#evaluate($t)"),
            LimitExceeded::Nesting(100),
        ),
        (
            "#macro(m)#evaluate('#m()')#end#m()".to_owned(),
            LimitExceeded::MacroDepth(20),
        ),
        (
            "#macro(m $x)#m(\"$x$x\")#end#m('a')".to_owned(),
            LimitExceeded::MacroDepth(20),
        ),
        (
            "#define($x)#set($l = [[[[[[[[[[\"$y\"]]]]]]]]]])#end\
             #define($y)#set($l = [[[[[[[[[[\"#evaluate('$x')\"]]]]]]]]]])#end$x"
                .to_owned(),
            LimitExceeded::Nesting(100),
        ),
    ] {
        for profile in [Profile::velocity2(), Profile::velocity17()] {
            let template = Template::parse(&source, &profile).expect("the template is well-formed");
            match template.render(&|_: &str| None) {
                Ok(text) => assert!(text.len() < 1_000_000, "{source:.60}"),
                Err(error) => assert_eq!(
                    error.kind(),
                    &RenderErrorKind::Limit(expected),
                    "{source:.60}"
                ),
            }
        }
    }
    let profile = Profile::velocity2();
    let template =
        Template::parse("x#parse('self')", &profile).expect("the template is well-formed");
    let text = template.render_with(&|_: &str| None, &|_: &str| {
        Some("x#parse('self')".to_owned())
    });
    assert_eq!(text.expect("the depth ends silently"), "x".repeat(10));
}

#[test]
fn long_precisions_and_long_runs_before_a_name_end_well() {
    let source = "#set($s = '')$s.format('%.70000f', 1.5).length()";
    let template = Template::parse(source, &Profile::velocity2()).expect("it is well-formed");
    let text = template.render(&|_: &str| None);
    assert_eq!(text.expect("it fits the limits"), "70002");
    for name in ["a", "{a}", "!a"] {
        let source = "$".repeat(20_000) + name;
        let template = Template::parse(&source, &Profile::velocity2());
        assert!(template.is_ok(), "{name}");
    }
}

#[test]
fn views_and_parts_cannot_be_put_into_what_they_show() {
    for source in [
        "#set($m = {})#set($v = $m.values())$m.put('k', $v)",
        "#set($l = [1, 2])#set($p = $l.subList(0, 2))$l.set(0, $p)",
    ] {
        let kind = failure(source, &Profile::velocity2());
        let refused = matches!(
            &kind,
            RenderErrorKind::Call {
                error: CallError::ContainsItself,
                ..
            }
        );
        assert!(refused, "{source}: {kind:?}");
    }
}

#[test]
fn long_texts_are_charged_wherever_they_are_looked_through() {
    let text = "#set($b = 'x')#foreach($i in [1..20])#set($b = $b.concat($b))#end";
    for work in [
        "'a'.indexOf($b)",
        "'a'.compareToIgnoreCase($b)",
        "$m.get($b)",
        "$m[$b]",
        "$b.equals($c)",
    ] {
        let work = work.replace("'a'", "$a");
        let source = format!(
            "#set($a = 'a')#set($m = {{}}){text}#set($c = \"$b\")\
             #foreach($i in [1..1000])#set($r = {work})#end"
        );
        let kind = failure(&source, &Profile::velocity2());
        let steps = LimitExceeded::Steps(Limits::default().steps);
        assert_eq!(kind, RenderErrorKind::Limit(steps), "{work}");
    }
}

#[test]
fn what_a_format_cuts_off_counts() {
    // Each field prints 600 KB, or looks through a megabyte, to keep nothing of it.
    let fields = "%1$.0s".repeat(1_000);
    for value in ["$l", "$s"] {
        let source = format!(
            "#set($s = 'x')#set($s = $s.repeat(1000000))#set($l = [1..99999])\
             #set($r = $s.format('{fields}', {value}))"
        );
        let kind = failure(&source, &Profile::velocity2());
        let steps = LimitExceeded::Steps(Limits::default().steps);
        assert_eq!(kind, RenderErrorKind::Limit(steps), "{value}");
    }
}

#[test]
fn parameters_without_values_count() {
    let parameters: String = (0..1_000).map(|n| format!(" $p{n}")).collect();
    let source = format!("#macro(m{parameters})#end#foreach($i in [1..9999])#m()#end");
    for profile in [Profile::velocity2(), Profile::velocity17()] {
        let steps = LimitExceeded::Steps(Limits::default().steps);
        assert_eq!(failure(&source, &profile), RenderErrorKind::Limit(steps));
    }
}

#[test]
fn compiled_patterns_take_memory() {
    let profile = with(|limits| limits.allocated_bytes = 1_000_000);
    let many = "#set($s = 'a')#foreach($i in [1..900])$s.matches(\"x$i\")#end";
    exceeds_in(many, &profile, LimitExceeded::AllocatedBytes(1_000_000));
}

#[test]
fn searches_that_start_over_and_over_count() {
    let mut limits = Limits::default();
    limits.steps = 500_000;
    let profile = Profile::velocity2().with_limits(limits);
    let text = "#set($s = 'a')#set($s = $s.repeat(100000))";
    for search in [
        "$s.replaceAll('a*b|a', 'x')",
        "$s.replaceAll('(a*b)?a', 'x')",
        "$s.split('a*b|a', -1)",
        "$s.replaceAll('(a*c)?', 'x')",
        "$s.replaceAll('[a-z]*!|.', 'x')",
    ] {
        let kind = failure(&format!("{text}#set($r = {search})"), &profile);
        let steps = LimitExceeded::Steps(limits.steps);
        assert_eq!(kind, RenderErrorKind::Limit(steps), "{search}");
    }
}

#[test]
fn automata_that_grow_with_the_text_count() {
    // Letters as if by chance, so that each leads to a state not seen before.
    let mut seed = 12_345_u32;
    let letters: String = (0..10_000)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if seed >> 31 == 0 { 'a' } else { 'b' }
        })
        .collect();
    let mut limits = Limits::default();
    limits.steps = 500_000;
    let profile = Profile::velocity2().with_limits(limits);
    for (search, fits) in [
        ("$s.matches('[ab]*b?c')", true),
        ("$s.matches('[ab]*a[ab]{500}c')", false),
        ("$s.replaceAll('a[ab]{0,500}c', '')", false),
    ] {
        let source = format!("#foreach($i in [1..20])#set($r = {search})#end");
        let template = Template::parse(&source, &profile).expect("it is well-formed");
        let result = template.render(&|_: &str| Some(Value::from(&*letters)));
        let expected = RenderErrorKind::Limit(LimitExceeded::Steps(limits.steps));
        match result {
            Ok(_) => assert!(fits, "{search}"),
            Err(error) => assert_eq!((error.kind(), fits), (&expected, false), "{search}"),
        }
    }
}

#[test]
fn plain_searches_of_long_texts_fit() {
    let text = "#set($s = 'a line; of, text\n')#set($s = $s.repeat(60000))";
    for search in [
        r"$s.replaceAll('\s+', '_')",
        r"$s.replaceAll('(\w+); of', '$1')",
        r"$s.replaceAll('\s*[;,]\s*|\s+', '-')",
        "$s.replaceFirst('x', '')",
        r"$s.split('\n')",
        "$s.matches('(?s).*of, text.*')",
    ] {
        let source = format!("{text}#set($r = {search})done");
        let template = Template::parse(&source, &Profile::velocity2()).expect("it is well-formed");
        let text = template.render(&|_: &str| None);
        assert_eq!(text.as_deref().map(str::trim), Ok("done"), "{search}");
    }
}

/// The fewest steps with which a template renders.
fn fewest_steps(source: &str, number: i64) -> u64 {
    let suffices = |steps: u64| {
        let mut limits = Limits::default();
        limits.steps = steps;
        let profile = Profile::velocity2().with_limits(limits);
        let template = Template::parse(source, &profile).expect("it is a template");
        let globals = Value::map([
            ("n", Value::from(number)),
            ("m", Value::map([("n", Value::from(number))])),
        ]);
        template.render(globals.as_map().expect("a map")).is_ok()
    };
    (0..100)
        .find(|steps| suffices(*steps))
        .expect("a hundred suffice")
}

#[test]
fn what_is_at_hand_costs_what_it_costs_otherwise() {
    for source in [
        "$n",
        "$m.n",
        "#if($n)a#end",
        "#if($m.n)a#{else}b#end",
        "#if($n > 3)a#end",
        "#if($m.n == 3)a#end",
        "#if($n && $m.n)a#end",
        "#set($x = $n + 1)",
        "#set($x = $m.n - $n)$x",
        "#foreach($i in [1..3])$n#set($x = $n * 2)#if($x > $n)a#end#end",
    ] {
        // A Java `Integer` is used where it is, a `Long` is not.
        let (at_hand, otherwise) = (fewest_steps(source, 7), fewest_steps(source, 7 << 40));
        assert_eq!(at_hand, otherwise, "{source}");
    }
}

#[test]
fn without_nesting_a_template_is_flat() {
    let mut limits = Limits::default();
    limits.nesting = 0;
    let profile = Profile::velocity2().with_limits(limits);
    let template = Template::parse("a $n b", &profile).expect("nothing is nested");
    let globals = Value::map([("n", Value::from(1))]);
    let text = template.render(globals.as_map().expect("a map"));
    assert_eq!(text.as_deref(), Ok("a 1 b"));
    for nested in ["#if($n)a#end", "$n.compareTo(1)"] {
        let error = Template::parse(nested, &profile).expect_err(nested);
        assert!(error.to_string().contains("nest"), "{nested}: {error}");
    }
}
