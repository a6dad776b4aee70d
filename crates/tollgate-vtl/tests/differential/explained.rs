//! The classes of differences that `docs/compatibility.md` lists, by what templates of them look
//! like.

use tollgate_regex::Pattern;

use crate::case::Flavour;
use crate::differs::{Difference, Kind};

/// One row of the document.
struct Class {
    /// How the row begins.
    row: &'static str,
    flavours: &'static [Flavour],
    kinds: &'static [Kind],
    /// Is found in the template, its files and its settings; see [`abbreviated`].
    pattern: &'static str,
}

const OLD: &[Flavour] = &[Flavour::V17, Flavour::ApiGateway];
const NEW: &[Flavour] = &[Flavour::V2];
const ALL: &[Flavour] = &Flavour::ALL;

const fn class(
    row: &'static str,
    flavours: &'static [Flavour],
    kinds: &'static [Kind],
    pattern: &'static str,
) -> Class {
    Class {
        row,
        flavours,
        kinds,
        pattern,
    }
}

use Kind::{Text, TooLax, TooStrict};

/// A template may look like several classes; the first counts.
#[rustfmt::skip]
const CLASSES: &[Class] = &[
    // What values and directives do.
    class("| identity hashes", ALL, &[Text], r"\.(?:hashCode|split|toCharArray|iterator|lines)\("),
    class("| `Iterator.remove`", ALL, &[Text], r"entrySet\(\)<any><set>\$<name>[.\[]"),
    class("| signs in front of a `#define`d block", OLD, &[Text], r"<define>\$(<name>)<any>[$#\\]!?\$!?\{?\1\b"),
    class("| `equals` and other methods of `#define`d blocks", ALL, &[Text, TooLax], r"<define>\$(<name>)<any>\$!?\{?\1[.\[]"),
    class("| a `#define`d block in a list", ALL, &[Text, TooStrict], r"<define>\$(<name>)<any>[(\[,:]\s*\$!?\{?\1\b"),
    class("| the `#define`d text `1`", NEW, &[Text], r"<define><any>\+"),
    class("| `#break($foreach.parent)`", ALL, &[Text, TooStrict], r"#\{?break\}?\s*\("),
    class("| a round whose item is null", OLD, &[Text], r"<foreach>\$(<name>)<any>(?:<foreach>|<set>|<define>)\$\1\b"),
    class("| a macro that calls itself from a block", OLD, &[TooLax], r"<macro>(<name>)<any><define><any>#\{?\1\b"),
    class("| an `#evaluate` does not count", OLD, &[Text], r"#\{?parse\}?<any><evaluate><any>#\{?parse|<evaluate><any>#\{?parse\}?<any>#\{?parse"),
    class("| a macro that calls itself from a block", OLD, &[Text], r"<define>\$(<name>)<any>#\{?(?:else)?if\}?\s*\(<any>\$!?\{?\1\b"),
    class("| a macro that calls itself from a block", OLD, &[TooLax], r"<define>\$(<name>)<any><evaluate><any>\1\b"),
    class("| in strict mode `#set` of a member to null", OLD, &[TooLax], r"<set>\$<name>[.\[]<any><strict>"),
    class("| in strict mode `#set` of a member to null", OLD, &[TooLax], r"\$<name>\[<any><strict>"),
    class("| in strict mode `#set` of a member to null", OLD, &[TooLax], r"#\{?end\w<any><strict>"),
    class("| in strict mode `#set` of a member to null", OLD, &[TooStrict], r"(?:[!=]=|eq|ne)\s*\(|\)\s*(?:[!=]=|eq|ne)<any><strict>"),
    class("| in strict mode `#set` of a member to null", OLD, &[Text], r"\\\\\$!<any><strict>"),
    class("As Velocity 2.6 has it", NEW, &[TooStrict], r"#\[\["),
    class("As Velocity 2.6 has it", NEW, &[Text], r"\$<name>\.<name>"),

    // What the lexer makes of signs.
    class("| `$a#set($x=1)[`", ALL, &[TooLax], r"<ref>[ \t]*<set><any>\)[\[({]"),
    class("| `$#set($x=1)[`", OLD, &[TooLax], r"[$#]!?[ \t]*(?:\$<name>)?#\{?<name>\}?\s*\(<any>[\[(]"),
    class("| `$#set($x=1)[`", OLD, &[Text], r"[$#]!?[ \t]*<set><any>\)\{<name>\}"),
    class("| `$a[0]true`", ALL, &[TooLax, Text], r"[\])](?:true|false)"),
    class("| `$a{[`", OLD, &[TooLax], r"<ref>\{|\$!?\{\{"),
    class("| `$a{[`", OLD, &[Text], r"<ref>\{<name>|\$!?\{\{"),
    class("| `$a{[`", OLD, &[TooLax], r"<evaluate>\x22[^\x22]*\$<name>"),
    class("| `$a#*c*#[`", OLD, &[TooLax], r"(?:<ref>|\$)#\*<any>\*#[\[(]"),
    class("| `$a.b$( `", OLD, &[Text], r"<property>\$!?\("),
    class("| `$a.b$( `", ALL, &[TooLax], r"<property>\$!?(?:\{?<name>\}?(?:#<any>)?)?[\[(]"),
    class("| `$a.b$.c`", ALL, &[Text], r"<property>\$\."),
    class("| `$a.b(#set($x=1))`", OLD, &[TooLax], r#"<property>\([#"]"#),
    class("| `$a.b(#set($x=1))`", OLD, &[Text], r"<property>\(#[#)]"),
    class("| `$a.b()c.d`", OLD, &[Text], r"[\])]<name>[.\[]"),
    class("| `$a.b()c.d`", OLD, &[TooStrict], r"<foreach><any>[\])]<name>"),
    class("| `$a.b($$c)`", OLD, &[Text], r"<property>\([^)]*\$!?\$"),
    class(r"| `\$[`", OLD, &[TooLax], r"(?:[\\#]\$|\$!?\{)\[|[\\#${!]\.<name>\(|\$\.\[|#@\(|\\?\$\.<name>\(|#\$?\}\{?<name>"),
    class("| `#$.a`", OLD, &[Text], r"(?:[#\\)]\$|\$!)\.<name>"),
    class("| `$#[[c]]#`", ALL, &[Text, TooLax], r"\$!?#\[\["),
    class(r"| `#\\`", ALL, &[Text], r"[$#]\\+(?:#|\n|$)"),
    class(r"| `\$$ `", ALL, &[Text], r"\\\$[$#]"),
    class(r"| `\$!$a`", OLD, &[Text], r"\\\$!\$"),
    class("| `$!#1`", ALL, &[Text], r"\$!(?:#\d|\$\.)"),
    class(r"| `$!#$]`, `$!\!`", OLD, &[Text], r"\$!(?:#\$|\\)"),
    class("| `$! #nothing`", NEW, &[Text], r"(?:\$!|\\\$) +#"),
    class("| `$a.b#set($x=1)##c`", OLD, &[Text], r"<property>\s*(?:<set><any>\)|\$\W|#\*<any>\*#)\s*##"),
    class("| `$a.b#set($x=1)##c`", OLD, &[TooLax], r"<property>(?:\s*(?:<set><any>\)|\$\W)\s*)?##"),
    class("| `$a.b#set($x=1)##c`", OLD, &[TooStrict], r"<property>###"),
    class("| `#1 #set($x=1)`", OLD, &[Text], r"(?:#[\d.]+|\$\}|[\])]<name>)[ \t]+<set>"),
    class(r"| `\\xp` where there is a macro `p`", OLD, &[Text], r"<macro>(<name>)<any>\\\\.\1"),
    class(r"| `\\xp` where there is a macro `p`", OLD, &[Text], r"\\\\.(?:foreach|define|break|stop|macro|parse|include|evaluate|literal)"),
    class(r"| `\#p` inside of the macro `p`", OLD, &[Text], r"(?:<macro>|evaluate)<any>\\#\{?<name>"),
    class("| `#@nothing()… #) …#end`", ALL, &[Text], r"#\{?@<name><any>[$#\\]|#\{?<name>\}?\s*\(<any>\$[^\w{!]"),
    class("| `#foreach()`, `#parse()`", OLD, &[TooStrict], r"#\{?(?:foreach|parse)\}?(?:\s*\(\s*\)|(?!\s*\())"),
    class("| `#foreach('a' in $l)`", OLD, &[TooStrict], r"<foreach>[^$\s]"),
    class("| `#set($x = $ 1)`", ALL, &[TooLax], r"\(<any>\s\$!?\s"),
    class("| `#if#(…)`", ALL, &[TooStrict], r"#\{?<name>\}?[$#]|\([^()]*#|\(<any>(?:#\W|\\\$|\$!|\[\$|\$\.)"),
    class("| more than 16 signs", OLD, &[Text], r"[$#\\!]{17}"),
];

/// Patterns with words for what many of them have; a name in a class stands as it is written.
fn abbreviated(pattern: &str) -> String {
    let block = |word: &str| format!(r"#\{{?{word}\}}?\s*\(\s*");
    [
        ("<set>", block("set").as_str()),
        ("<foreach>", &block("foreach")),
        ("<define>", &block("define")),
        ("<macro>", &block("macro")),
        ("<evaluate>", &block("evaluate")),
        ("<strict>", r#""runtime.references.strict":true"#),
        (
            "<property>",
            r"\$!?\{?(?:<name>)?(?:\.<name>|\([^)]*\)|\[[^\]]*\])+",
        ),
        ("<ref>", r"\$!?\{?<name>(?:\.<name>|\([^)]*\)|\[[^\]]*\])*"),
        (r"\$<name>", r"\$!?\{?<name>"),
        (r"\$(<name>)", r"\$!?\{?(<name>)"),
        ("<name>", r"[A-Za-z_][\w-]*"),
        ("<any>", r"(?s:.*)"),
    ]
    .into_iter()
    .fold(pattern.to_owned(), |pattern, (word, meaning)| {
        pattern.replace(word, meaning)
    })
}

/// The classes, ready to be asked.
pub(crate) struct Classes(Vec<(&'static Class, Pattern)>);

impl Classes {
    pub(crate) fn new() -> Self {
        let compiled = CLASSES.iter().map(|class| {
            let pattern = Pattern::new(&abbreviated(class.pattern));
            let pattern = pattern.unwrap_or_else(|error| panic!("{}: {error}", class.row));
            (class, pattern)
        });
        Self(compiled.collect())
    }

    /// How the row begins that a difference belongs to, if any does.
    pub(crate) fn of(&self, difference: &Difference, flavour: Flavour) -> Option<&'static str> {
        let kind = difference.kind();
        let text = difference.case.written();
        let mut candidates = self
            .0
            .iter()
            .filter(|(class, _)| class.kinds.contains(&kind) && class.flavours.contains(&flavour));
        let found = candidates.find(|(_, pattern)| {
            let found = pattern.find(&text).expect("a pattern ends");
            found.is_some()
        });
        found.map(|(class, _)| class.row)
    }
}

#[test]
fn classes_stand_in_the_document() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/compatibility.md");
    let Ok(document) = std::fs::read_to_string(path) else {
        println!("skipped: {path} is not there");
        return;
    };
    for class in CLASSES {
        let row = format!("\n{}", class.row);
        assert!(document.contains(&row), "{} is not listed", class.row);
    }
}
