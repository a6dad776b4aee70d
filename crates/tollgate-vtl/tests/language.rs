//! The language, rule by rule. Cases of our own; outputs follow the Velocity 1.7 manual and what
//! Amazon API Gateway is recorded to do.

use tollgate_vtl::{Map, ParseError, ParseErrorKind, Profile, RenderErrorKind, Template, Value};

fn data<'a>() -> Map<'a> {
    let entries = [
        ("name", Value::from("Ada")),
        ("none", Value::Null),
        ("yes", true.into()),
        ("no", false.into()),
        ("three", 3.into()),
        ("half", 0.5.into()),
        ("list", Value::list(["a".into(), "b".into(), "c".into()])),
        (
            "map",
            Value::map([("k", "v".into()), ("deep", Value::map([("er", 1.into())]))]),
        ),
    ];
    entries.into_iter().collect()
}

fn render(source: &str) -> String {
    let template = match Template::parse(source, &Profile::api_gateway()) {
        Ok(template) => template,
        Err(error) => panic!("{source:?} does not parse: {error}"),
    };
    match template.render(&data()) {
        Ok(text) => text,
        Err(error) => panic!("{source:?} does not render: {error}"),
    }
}

fn refused(source: &str) -> ParseError {
    match Template::parse(source, &Profile::api_gateway()) {
        Ok(_) => panic!("{source:?} parses"),
        Err(error) => error,
    }
}

fn table(rows: &[(&str, &str)]) {
    for (source, expected) in rows {
        assert_eq!(render(source), *expected, "{source:?}");
    }
}

#[test]
fn what_only_looks_like_a_template_is_text() {
    for text in [
        "costs $5.00, #fff, a@b.c, $( 'jQuery' ), C# 7, &#39;, 50% $ off",
        "\\n \\$5 \\{ \\\\",
        "#IF(x) # if ]] *# #endx #-",
        "é 漢 😀 \r\n \t",
    ] {
        assert_eq!(render(text), text);
    }
}

#[test]
fn references() {
    table(&[
        ("$name ${name}s $!name $!{name}", "Ada Adas Ada Ada"),
        ("$map.k ${map.k} $map['k'] $map.get('k')", "v v v v"),
        ("$map.deep.er $map['deep'].er $list[0] $list[-1]", "1 1 a c"),
        ("$name.toUpperCase().substring(1)", "DA"),
        ("$name. $name.. $name.1 $name(", "Ada. Ada.. Ada.1 Ada("),
        ("[$gone][${gone.x.y()}][$none][$map.gone]", "[][][][]"),
        ("$list $map", "[a, b, c] {k=v, deep={er=1}}"),
        ("$na-me|$name,", "|Ada,"),
        ("$map.k## x $name\n|$name## x", "v## x Ada\n|Ada"),
        ("$name.x(#f", "(#f"),
        ("$$name $!$name $!!name", "$Ada $!Ada $!name"),
        ("$name.class$name.getClass()", ""),
    ]);
}

#[test]
fn backslashes() {
    table(&[
        (r"\$name \\$name \\\$name", r"$name \Ada \$name"),
        (r"\$gone \\$gone", r"$gone \"),
        (r"\#if \\#if(true)x#end \\\#end", r"#if \x \#end"),
        (r"\#set($x=1)|\\#set($x=1)$x", r"#set(=1)|\\1"),
        (r"\#unknown \#[[x]]#", r"\#unknown \x"),
    ]);
}

#[test]
fn assignments() {
    table(&[
        ("#set($x = 1)$x#set($x = 'b')$x", "1b"),
        (
            "#set($map.k = 2)$map.k|#set($map['new key'] = 3)$map",
            "2|{k=2, deep={er=1}, new key=3}",
        ),
        ("#set($map.deep.er = [1])$map.deep.er[0]", "1"),
        (
            "#set($list[1] = 'B')#set($list[-1] = 'C')$list",
            "[a, B, C]",
        ),
        ("#set($gone.x = 1)$gone#set($name.x = 1)$name", "Ada"),
        ("#set($!x = 1)#set(${x} = 2)[$x]", "[]"),
        ("$name #set($x = 1)|$name\n #set($x = 2)|", "Ada|Ada\n |"),
        ("#set($x = [1])#set($y = $x)$y.add(2)$x", "true[1, 2]"),
        ("#set($x = 1)#set($x = 7 / 0)$x", "1"),
        ("#set($x = 1)#set($x = $gone)[$x]", "[]"),
    ]);
}

#[test]
fn conditions() {
    table(&[
        ("#if($yes)a#{else}b#end", "a"),
        ("#if($no)a#elseif($yes)b#{else}c#end", "b"),
        ("#if($no)a#elseif($no)b#{else}c#end|", "c|"),
        (
            "#if($gone)a#end#if(!$gone)b#end#if($gone == '')c#end#if($gone == $null)d#end",
            "acd",
        ),
        ("#if('x')a#end#if(1)b#end#if([1])c#end#if(true)d#end", "d"),
        (
            "#if($yes && $no || $yes)a#end#if($yes and ($no or $no))b#end",
            "a",
        ),
        ("#if(not $no)a#end#if(!!$yes)b#end#if(!!!$yes)c#end", "ab"),
        ("#{if}($yes)a#{end}b", "ab"),
    ]);
}

#[test]
fn comparisons_and_arithmetic() {
    for (expression, expected) in [
        ("1 + 2 * 3 - 4 / 2 % 3", "5"),
        ("(1 + 2) * 3", "9"),
        ("-7 / 2", "-3"),
        ("-7 % 3", "-1"),
        ("7 / 2.0", "3.5"),
        ("2147483647 + 1", "2147483648"),
        ("9223372036854775807 * 9", "83010348331692982263"),
        ("'a' + 1 + 2.50 + $list", "a12.5[a, b, c]"),
        ("1 + 2 + 'a'", "3a"),
        ("5 + $gone", "5"),
        ("1 == 1.0", "true"),
        ("'1' == 1", "true"),
        ("1 ne 2 and 1 lt 2 and 2 ge 2", "true"),
        ("'a' < 'b'", "false"),
        ("[1, 'x'] == [1, 'x']", "true"),
        ("$map == {'deep': {'er': 1}, 'k': 'v'}", "true"),
        ("1 < 2 == true", "true"),
    ] {
        assert_eq!(
            render(&format!("#set($x = {expression})$x")),
            expected,
            "{expression}"
        );
    }
}

#[test]
fn literals() {
    table(&[
        (
            "#set($x = [1, 'a', [2.5], {'k': true}])$x",
            "[1, a, [2.5], {k=true}]",
        ),
        (
            "#set($x = [3..1])$x#set($x = [$three..4])$x",
            "[3, 2, 1][3, 4]",
        ),
        ("#set($x = {})$x#set($x = [])$x", "{}[]"),
        ("#set($x = 'it''s $name')$x", "it's $name"),
        (
            "#set($x = \"say \"\"$name\"\" $map['k'] #if($yes)y#end ## c\")$x",
            "say \"Ada\" v y ",
        ),
        (
            "#set($x = 1e3)$x#set($x = .5)$x#set($x = 007)$x",
            "1000.00.57",
        ),
        ("$map.put('k', null)|$map", "v|{k=null, deep={er=1}}"),
    ]);
}

#[test]
fn loops() {
    table(&[
        (
            "#foreach($i in $list)$i#if($foreach.hasNext),#end#end$i",
            "a,b,c",
        ),
        (
            "#foreach($i in $list)$foreach.index$foreach.count$foreach.first$foreach.last #end",
            "01truefalse 12falsefalse 23falsetrue ",
        ),
        (
            "#foreach($i in [1..2])#foreach($j in [1..2])$foreach.parent.count$velocityCount #end#end",
            "11 12 21 22 ",
        ),
        (
            "#foreach($i in $list)$velocityHasNext #end",
            "true true false ",
        ),
        (
            "#foreach($v in $map.deep)$v#end#foreach($e in $map.entrySet())$e.key:#end",
            "1k:deep:",
        ),
        ("#foreach($i in $list)#if($i == 'b')#break#end$i#end|", "a|"),
        (
            "#foreach($i in [1..3])#foreach($j in [1..3])#break($foreach.parent)#end$i#end|",
            "|",
        ),
        ("#foreach($i in $name)x#end#foreach($i in $gone)x#end", ""),
        ("#set($i = 'kept')#foreach($i in $list)#end$i", "kept"),
        (
            "#foreach($i in $list)#set($name = $name + $i)#end$name",
            "Adaabc",
        ),
        ("a#foreach($i in $list)$i#stop#end b", "aa"),
    ]);
}

#[test]
fn definitions() {
    table(&[
        ("#define($d)<$x>#end#set($x = 1)$d#set($x = 2)$d", "<1><2>"),
        (
            "#define($d)x#end$d.toString().length() $d.length()|$d()",
            "1 |x()",
        ),
        ("#define($d)a$d#end$d", "aa$d"),
        (
            "#macro(m $a)[$a]#end#m(1) #@m(2)body#end #other('x') #evaluate('$name')",
            "#m(1) #@m(2)body#end #other('x') #evaluate('$name')",
        ),
    ]);
}

#[test]
fn blanks_around_directives() {
    table(&[
        ("a\n  #set($x = 1)  \n  b", "a\n    b"),
        ("  #if($yes)\n    x\n  #end\ny", "      x\n  y"),
        ("#foreach($i in [1..2])\n$i\n#end\n", "1\n2\n"),
        ("#if($yes) a #else b #end c", " a  c"),
        ("a##c\nb #* c\n *# d\n#[[ $x ## ]]#\n", "ab  d\n $x ## \n"),
        ("$name\n#set($x=1)\r\n\n$x", "Ada\n\n1"),
    ]);
}

#[test]
fn broken_templates_tell_where() {
    for (source, line, column) in [
        ("#if(true)\n a", 1, 1),
        ("a\n #end", 2, 2),
        ("#if(true)#else#else#end", 1, 15),
        ("é ${name", 1, 9),
        ("#set($x = 3 -1)", 1, 13),
        ("x\n#set($x = \"a\n #if(\")", 3, 6),
        ("C#", 1, 3),
    ] {
        let error = refused(source);
        assert_eq!(
            (error.line(), error.column()),
            (line, column),
            "{source:?}: {error}"
        );
    }
    let unclosed = ParseErrorKind::UnclosedBlock {
        directive: "#foreach",
    };
    assert_eq!(*refused("#if(true)#foreach($i in $l)").kind(), unclosed);
    let message = refused("#set($x = )").to_string();
    assert!(message.contains("at line 1, column 11"), "{message}");
    let message = refused("a #[[b").to_string();
    assert_eq!(message, "expected ]]# behind #[[ at line 1, column 3");
}

#[test]
fn failures_tell_where() {
    let error = |source: &str| {
        let template = Template::parse(source, &Profile::api_gateway()).unwrap();
        template.render(&data()).unwrap_err()
    };
    let failed = error("a\n  $list[7]");
    assert_eq!(
        *failed.kind(),
        RenderErrorKind::IndexOutOfRange {
            index: 7,
            length: 3
        }
    );
    assert_eq!((failed.line(), failed.column()), (2, 3));

    let failed = error("#if($yes)#set($x = $name.substring(9))#end");
    assert_eq!(
        failed.to_string(),
        "substring() failed: index 9 is outside a value of length 3 at line 1, column 20"
    );
    let failed = error("$name.replaceAll('(', '')");
    assert!(failed.to_string().contains("pattern \"(\""), "{failed}");
    let failed = error("$name.matches('(x+x+)+(?=y)z*')$name.replaceAll('a', '$2')");
    assert!(
        failed.to_string().contains("replacement \"$2\""),
        "{failed}"
    );
    assert_eq!(
        *error("#foreach($i in $list)$list.add(1)#end").kind(),
        RenderErrorKind::ListChanged
    );
}

#[test]
fn patterns_are_those_of_java() {
    table(&[
        (
            "$name.matches('(?=A).da') $name.matches('a++a')",
            "true false",
        ),
        ("$name.replaceAll('(.)\\1', '')", "Ada"),
        (
            "#set($x = 'aab٣1')$x.replaceAll('\\d', '#') $x.replaceFirst('(a)\\1', '<$1>')",
            "aab٣# <a>b٣1",
        ),
        ("$name.replaceAll('[A-Z&&[^B-Z]]', '$0$0')", "AAda"),
    ]);
}

#[test]
fn hostile_patterns_use_the_steps_up() {
    let render = |source: &str| {
        Template::parse(source, &Profile::api_gateway())
            .unwrap()
            .render(&data())
    };
    // Each is short of a pattern's own limit.
    let compiles =
        "#foreach($i in [1..900])#set($p = \"[a-z]{$i}[^a-z]{900}\")$name.matches($p)#end";
    let backtracks = "#set($x = 'aaaaaaaaaaaaaa')#foreach($i in [1..900])\
        #foreach($j in [1..900])$x.matches('(a|a)*+b')#end#end";
    for source in [compiles, backtracks] {
        let failed = render(source).unwrap_err();
        assert!(failed.to_string().contains("steps"), "{failed}");
    }
}
