//! Methods and operators of the three flavours, one table each.

use tollgate_vtl::{List, ListStyle, Map, Profile, Template, Value};

/// What the templates below work on.
fn data<'a>() -> Map<'a> {
    let list = |items: Vec<Value<'a>>| Value::from(List::new(items, ListStyle::Java));
    [
        ("word", Value::from("Toll gate")),
        ("face", "a😀é".into()),
        ("row", "x;y;;z;;".into()),
        ("seven", 7.into()),
        ("none", 0.into()),
        ("long", 6_000_000_000_i64.into()),
        ("half", 0.5.into()),
        ("yes", true.into()),
        ("digits", "19".into()),
        ("names", list(vec!["p".into(), "q".into(), "r".into()])),
        ("mixed", list(vec![5.into(), 1.into(), "5".into()])),
        (
            "pairs",
            Value::map([("one", 1.into()), ("two", Value::Null)]),
        ),
    ]
    .into_iter()
    .collect()
}

fn profiles() -> [Profile; 3] {
    [
        Profile::velocity17(),
        Profile::velocity2(),
        Profile::api_gateway(),
    ]
}

fn rendered(template: &str, profile: &Profile) -> Result<String, String> {
    let parsed = Template::parse(template, profile).map_err(|error| error.to_string())?;
    parsed.render(&data()).map_err(|error| error.to_string())
}

/// Checks templates that give the same in all flavours; `ERROR` stands for a failed render.
fn agree_everywhere(cases: &[(&str, &str)]) {
    for profile in profiles() {
        for (template, expected) in cases {
            check(template, expected, &profile);
        }
    }
}

/// Checks templates that give one thing in Velocity 1.7 and API Gateway, another in Velocity 2.x.
fn differ(cases: &[(&str, &str, &str)]) {
    for (template, old, new) in cases {
        check(template, old, &Profile::velocity17());
        check(template, old, &Profile::api_gateway());
        check(template, new, &Profile::velocity2());
    }
}

fn check(template: &str, expected: &str, profile: &Profile) {
    let actual = rendered(template, profile);
    let as_expected = match &actual {
        Ok(text) => text == expected,
        Err(_) => expected == "ERROR",
    };
    assert!(as_expected, "{template}: {actual:?}, not {expected:?}");
}

#[test]
fn strings() {
    agree_everywhere(&[
        ("$word.length() $face.length()", "9 4"),
        ("$word.substring(5) $word.substring(0, 4)", "gate Toll"),
        ("$word.substring(3, 2)", "ERROR"),
        ("$face.substring(1, 3)|$face.charAt(1)", "😀|?"),
        (
            "$face.codePointAt(1) $face.codePointCount(0, 4)",
            "128512 3",
        ),
        ("$word.indexOf('l') $word.lastIndexOf('l')", "2 3"),
        ("$word.indexOf('l', 3) $word.indexOf(103)", "3 5"),
        (
            "$word.indexOf('gate', -4) $word.lastIndexOf('T', -1)",
            "5 -1",
        ),
        ("$word.compareTo('Tool') $word.compareTo('Toll')", "-3 5"),
        ("$word.replace('l', 'ü').toUpperCase()", "TOÜÜ GATE"),
        ("$word.replaceAll('(.)l+', '<$1>')", "T<o> gate"),
        ("$row.split(';').size() $row.split(';', -1).size()", "4 6"),
        (
            "$row.split(';').get(3) $row.split(';').contains('y')",
            "z true",
        ),
        ("$row.split(';').add('w')", "ERROR"),
        (
            "$word.join('-', $names) $word.join('-', 'a', 'b')",
            "p-q-r a-b",
        ),
        ("$word.join('-', $mixed)", "ERROR"),
        (
            "$word.format('%05.1f|%-3s|%x', 2.25, 'a', 255)",
            "002.3|a  |ff",
        ),
        ("$word.hashCode() $face.hashCode()", "-1133084560 57849829"),
        ("$word.repeat(2).indent(1).length()", "20"),
        ("$word.valueOf($word.toCharArray())", "Toll gate"),
        ("$word.equals(null) $!word.concat(null)", "ERROR"),
        (
            "[$!word.getClass()$!word.class$!word.bytes$!word.nothing()]",
            "[]",
        ),
    ]);
    differ(&[
        ("[$!word.substring('5')]", "[]", "[gate]"),
        ("[$!word.substring('five')]", "[]", "ERROR"),
        ("[$!word.contains(1)]", "[]", "[]"),
        ("[$!word.startsWith(1)]", "[]", "[false]"),
        ("[$!word.concat($seven)]", "[]", "[Toll gate7]"),
        ("[$!word.charAt(1.5)]", "[]", "[o]"),
        ("[$!word.indexOf(1.5)]", "[]", "[]"),
        ("[$!word.charAt($long)]", "[]", "ERROR"),
        ("[$!word.toUpperCase('en')]", "ERROR", "[TOLL GATE]"),
        ("[$!word.length(1)]", "ERROR", "[]"),
        ("[$!word.length]", "[]", "[9]"),
        ("[$!names.size]", "[]", "[3]"),
    ]);
}

#[test]
fn characters() {
    agree_everywhere(&[
        ("#set($c = $word.charAt(0))$c $c.hashCode()", "T 84"),
        (
            "#set($c = $word.charAt(0))$c.equals('T') $c.toString().equals('T')",
            "false true",
        ),
        ("#set($c = $word.charAt(0))#if($c == 'T')same#end", "same"),
        (
            "#set($c = $word.charAt(0))$c.isLetter($c) $c.toLowerCase($c)",
            "true t",
        ),
        ("#set($c = $word.charAt(0))[$!c.length()]", "[]"),
    ]);
}

#[test]
fn numbers() {
    agree_everywhere(&[
        (
            "$seven.parseInt('-12') $long.parseLong('7000000000')",
            "-12 7000000000",
        ),
        ("$seven.parseInt('7000000000')", "ERROR"),
        (
            "$seven.parseInt('ff', 16) $seven.toHexString(-2)",
            "255 fffffffe",
        ),
        ("$seven.valueOf('x')", "ERROR"),
        ("$half.parseDouble(' 1e2 ') $half.intValue()", "100.0 0"),
        ("$seven.max(3, 9) $half.min(2.5, 1.5)", "9 1.5"),
        (
            "$seven.equals(7) $seven.equals($seven.longValue())",
            "true false",
        ),
        ("$seven.compareTo(9) $half.compareTo(0.25)", "-1 1"),
        ("$seven.compareTo('9')", "ERROR"),
        (
            "$long.intValue() $long.hashCode() $half.hashCode()",
            "1705032704 1705032705 1071644672",
        ),
        (
            "$yes.hashCode() $yes.compareTo($yes) $yes.logicalXor($yes, $yes)",
            "1231 0 false",
        ),
        ("[$!seven.parseLong(5)$!seven.nothing]", "[]"),
    ]);
    differ(&[
        ("[$!seven.max('8', 3)]", "[]", "[8]"),
        ("[$!half.compare(1, 2)]", "[-1]", "[-1]"),
        ("[$!yes.logicalAnd(1, 'true')]", "[]", "[true]"),
    ]);
}

#[test]
fn lists() {
    agree_everywhere(&[
        (
            "$names.get(1) $names.contains('q') $names.indexOf('z')",
            "q true -1",
        ),
        ("$names.get(3)", "ERROR"),
        (
            "$names.add('s') $names.set(0, 'o') $names",
            "true p [o, q, r, s]",
        ),
        ("#set($x = $names.add(1, 'n'))$names", "[p, n, q, r]"),
        (
            "$mixed.remove(1) $mixed.remove('5') $mixed.remove('9') $mixed",
            "1 true false [5]",
        ),
        (
            "$mixed.contains(5) $mixed.contains($seven.longValue())",
            "true false",
        ),
        ("$names.hashCode() $names.equals($mixed)", "141040 false"),
        (
            "$names.subList(1, 3) $names.subList(0, 0).isEmpty()",
            "[q, r] true",
        ),
        (
            "#set($part = $names.subList(1, 3))$part.remove(0) $names",
            "q [p, r]",
        ),
        (
            "#set($it = $names.iterator())$it.next()$it.next() $it.hasNext()",
            "pq true",
        ),
        (
            "#set($x = $names.add('a'))$names.sort(null)$names $mixed.sort(null)",
            "ERROR",
        ),
        (
            "$names.add(0, 's')$names.sort(null)$names$names.clear()$names",
            "[p, q, r, s][]",
        ),
        ("$names.add($names)", "ERROR"),
        (
            "$names.containsAll($names) $names.removeAll($mixed)",
            "true false",
        ),
    ]);
    differ(&[
        ("[$!names.get('1')]", "[]", "[q]"),
        ("[$!names.get($yes)]", "[]", "[q]"),
        ("[$!names.size(1)]", "ERROR", "[]"),
    ]);
}

#[test]
fn maps() {
    agree_everywhere(&[
        (
            "$pairs.get('one') $pairs.containsKey('two') $pairs.containsValue(null)",
            "1 true true",
        ),
        (
            "$!pairs.getOrDefault('two', 'x')|$pairs.getOrDefault('six', 'x')",
            "|x",
        ),
        (
            "$!pairs.put('six', 6)$pairs.put('six', 5) $pairs",
            "6 {one=1, two=null, six=5}",
        ),
        (
            "$!pairs.putIfAbsent('two', 2)$pairs.replace('one', 9) $pairs",
            "1 {one=9, two=2}",
        ),
        (
            "$pairs.remove('one', 2) $pairs.remove('one') $pairs",
            "false 1 {two=null}",
        ),
        (
            "$pairs.keySet() $pairs.values() $pairs.entrySet()",
            "[one, two] [1, null] [one=1, two=null]",
        ),
        (
            "#set($keys = $pairs.keySet())$keys.remove('one') $pairs",
            "true {two=null}",
        ),
        ("$pairs.keySet().add('x')", "ERROR"),
        ("[$!pairs.keySet().get(0)$!pairs.empty$!pairs.class]", "[]"),
        (
            "#foreach($e in $pairs.entrySet())$e.key:$!e.getValue();#end",
            "one:1;two:;",
        ),
        (
            "$pairs.hashCode() $pairs.keySet().hashCode()",
            "225459 225458",
        ),
    ]);
}

#[test]
fn operators() {
    agree_everywhere(&[
        ("#set($x = 2147483647 + 1)$x", "2147483648"),
        (
            "#set($x = 9223372036854775807 * 2)$x",
            "18446744073709551614",
        ),
        ("#set($x = $seven / 2)$x#set($x = $seven % -4)$x", "33"),
        (
            "#set($x = $seven / 2.0)$x#set($x = $half + 1) $x",
            "3.5 1.5",
        ),
        ("#set($x = 'a' + $half + $yes)$x", "a0.5true"),
        (
            "#if(7 == 7.0 && '7' == 7 && $yes == 'true')same#end",
            "same",
        ),
        ("#if('b' > 'a' || $yes < 1)yes#{else}no#end", "no"),
        ("#if(1 <= 1.0 && 10000000000 > 9999999999.5)yes#end", "yes"),
        ("#set($x = 12345678901234567890 % -7)$x", "ERROR"),
    ]);
    differ(&[
        ("#set($x = '')#set($x = $digits * 2)$!x", "", "38.0"),
        ("#set($x = '')#set($x = $digits - '1.25')$!x", "", "17.75"),
        ("#set($x = '')#set($x = $digits % 2)$!x", "", "ERROR"),
        ("#if($digits > 9)yes#{else}no#end", "no", "yes"),
        ("#if('10' > '9')yes#{else}no#end", "no", "no"),
        ("#if('7.0' == $seven)yes#{else}no#end", "no", "yes"),
        (
            "#set($x = 12345678901234567890 + 0.1)$x",
            "12345678901234567890.1000000000000000055511151231257827021181583404541015625",
            "12345678901234567890.1",
        ),
    ]);
}

#[test]
fn nothing_grows_without_bound() {
    agree_everywhere(&[
        ("$word.indent(2147483647)", "ERROR"),
        ("$word.repeat(2147483647)", "ERROR"),
        ("$word.format('%2147483647d', 1)", "ERROR"),
        ("$word.format('%.2147483647f', $half)", "ERROR"),
        ("#set($x = 99999999999999999999)$x.pow(2147483647)", "ERROR"),
        (
            "#set($x = 99999999999999999999)$x.shiftLeft(2147483647)",
            "ERROR",
        ),
        (
            "#set($x = 99999999999999999999)$x.shiftRight(-2147483648)",
            "ERROR",
        ),
        (
            "#set($part = $names.subList(0, 1))$part.add($names)",
            "ERROR",
        ),
        (
            "#set($part = $names.subList(0, 1).subList(0, 1))$part.add($names)",
            "true",
        ),
    ]);
    differ(&[(
        "#foreach($i in [1..900])#set($digits = $digits / '1e-900')#end$digits",
        "19",
        "ERROR",
    )]);
}
