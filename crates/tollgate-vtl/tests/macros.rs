//! Macros of Velocity 1.7 stand in for their calls where nothing can tell.

use tollgate_vtl::{Limits, Map, Profile, RenderErrorKind, Template, Value};

/// A `#define` in a template keeps macros apart from their calls, and prints nothing.
const APART: &str = "#if(false)#define($never)#end#end";

fn data<'a>() -> Map<'a> {
    let pair = |left: &'static str| Value::map([("left", left.into()), ("none", Value::Null)]);
    [
        ("a", "A".into()),
        ("pair", pair("L")),
        ("pairs", Value::list([pair("1"), pair("2")])),
    ]
    .into_iter()
    .collect()
}

fn render(source: &str) -> Result<String, RenderErrorKind> {
    let template = Template::parse(source, &Profile::velocity17()).expect(source);
    template
        .render(&data())
        .map_err(|error| error.kind().clone())
}

#[test]
fn a_macro_prints_the_same_in_its_place() {
    for (source, expected) in [
        (
            "#macro(m $x)<$x>#end#m('a')#m(7)#m(true)#m($a)",
            "<a><7><true><A>",
        ),
        ("#macro(m $x)<$x.left>#end#m($pair)#m($a)", "<L><$x.left>"),
        // A parameter without value prints as its argument is written.
        (
            "#macro(m $x)$x ${x} $!x.#end#m($no)#m($!no)",
            "$no ${x} .$!no ${x} .",
        ),
        (
            "#macro(m $x)$x#end#macro(n $y)#m($y)#end#n($pair.none)",
            "$y",
        ),
        ("#macro(m $x)$x.left.no#end#m($pair)", "$x.left.no"),
        // A macro sees the parameters of the one that calls it.
        ("#macro(m)$x#end#macro(n $x)#m()#end#n('in')#m()", "in$x"),
        ("#macro(m $x)$x$y#end#macro(n $x $y)#m($y)#end#n(1 2)", "22"),
        // Arguments are read when their parameters are.
        ("#macro(m $x)#set($a = 'B')$x#end$a#m($a)$a", "ABB"),
        (
            "#macro(m $x)#foreach($a in [1, 2])$x#end#end#m($a)$a",
            "12A",
        ),
        ("#macro(m $x)#set($s = \"$x/$a\")$s#end#m('s')$s", "s/As/A"),
        // A parameter that is set is the macro's own, and a variable too.
        ("#macro(m $x)#set($x = 'set')$x#end#m('a')$x", "setset"),
        ("#macro(m $x)#foreach($x in [1])$x#end$x#end#m('a')", "1a"),
        // A `#break` ends the macro.
        ("#macro(m)1#break 2#end#foreach($i in [1, 2])#m()#end", "11"),
        ("#macro(m)1#stop 2#end#m()3", "1"),
        // Jumps in macros and around them.
        (
            "#macro(m $x)#if($x == 'L')l#elseif($x)x#{else}0#end#end\
             #if($a)#m($pair.left)#end#if($no)#m(1)#{else}#m($a)#end#m($no)",
            "lx0",
        ),
        (
            "#macro(m $p)#foreach($i in [1..2])$i$p.left#if($foreach.hasNext),#end#end#end\
             #foreach($pair in $pairs)[#m($pair)]#end",
            "[11,21][12,22]",
        ),
        ("#macro(m)1#end#macro(m)2#end#m()#n()", "1#n()"),
        ("#macro(m $x)$!x#end#m()#m(1)", "1"),
        ("#macro(m $x)$x#if($x)#m($no)#end#end#m(1)", "1$no"),
    ] {
        assert_eq!(render(source).as_deref(), Ok(expected), "{source}");
        let apart = format!("{source}{APART}");
        assert_eq!(render(&apart).as_deref(), Ok(expected), "{source}, apart");
    }
}

#[test]
fn errors_stand_where_they_are_in_the_macro() {
    let profile = Profile::velocity17();
    let source = "#macro(m $x)\n $x.left.substring(9)#end\n#m($pair)";
    for source in [source.to_owned(), format!("{source}{APART}")] {
        let template = Template::parse(&source, &profile).unwrap();
        let error = template.render(&data()).unwrap_err();
        assert_eq!((error.line(), error.column()), (2, 2), "{source}");
    }
}

/// `count` macros, each of which calls the one before twice, and a call of the last.
fn doubling(count: usize) -> String {
    let macros = (1..count).map(|level| {
        let below = level - 1;
        format!("#macro(m{level} $x)#m{below}($x.left)#m{below}($x)#end")
    });
    let macros: String = macros.collect();
    format!("#macro(m0 $x)$x#end{macros}#m{}($pair)", count - 1)
}

#[test]
fn macros_that_double_stay_within_the_limits() {
    let mut limits = Limits::default();
    limits.steps = 10_000;
    let profile = Profile::velocity17().with_limits(limits);
    let render = |count| {
        let template = Template::parse(&doubling(count), &profile).unwrap();
        let text = template.render(&data());
        text.map_err(|error| error.kind().to_string())
    };
    assert_eq!(render(2).as_deref(), Ok("L{left=L, none=null}"));
    let too_many = "the render takes more than 10000 steps";
    assert_eq!(render(20).unwrap_err(), too_many);
    let too_deep = "macros run in one another deeper than 20 levels";
    assert_eq!(render(21).unwrap_err(), too_deep);
}
