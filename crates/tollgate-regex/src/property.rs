//! Classes with a name: `\w` and its like, and `\p{…}`.
//!
//! Names and sets are those of `java.util.regex.Pattern` and `java.lang.Character` of JDK 17; what
//! letters and the like are is up to the newer Unicode tables of the `regex` crate.

mod blocks;
mod scripts;

use crate::char_set::CharSet;
use blocks::BLOCKS;
use scripts::SCRIPTS;

/// How names of properties are looked up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lookup {
    /// Whether `(?i)` makes upper, lower and title case one.
    pub(crate) any_case: bool,
    /// Whether `(?U)` makes the POSIX names mean properties of Unicode.
    pub(crate) unicode: bool,
}

/// The set of `\d`, `\h`, `\s`, `\v` or `\w`, by the letter.
pub(crate) fn predefined(letter: char, unicode: bool) -> Option<CharSet> {
    let class = match (letter, unicode) {
        ('d', false) => "[0-9]",
        ('d', true) => r"\p{Nd}",
        ('h', _) => r"[\t\ \x{A0}\x{1680}\x{180E}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}]",
        ('s', false) => r"[\t-\r\ ]",
        ('s', true) => r"\p{White_Space}",
        ('v', _) => r"[\n-\r\x{85}\x{2028}\x{2029}]",
        ('w', false) => "[0-9A-Z_a-z]",
        ('w', true) => WORD,
        _ => return None,
    };
    CharSet::named(class)
}

/// The one property that Java has and the tables here have not.
pub(crate) fn is_mirrored(name: &str) -> bool {
    name == "javaMirrored"
}

impl Lookup {
    /// The set of a name as it stands in braces after `\p`.
    pub(crate) fn find(self, name: &str) -> Option<CharSet> {
        if let Some((key, value)) = name.split_once('=') {
            return match key.to_ascii_lowercase().as_str() {
                "sc" | "script" => script(value),
                "blk" | "block" => block(value),
                "gc" | "general_category" => self.exact(value),
                _ => None,
            };
        }
        if let Some(name) = name.strip_prefix("In") {
            return block(name);
        }
        if let Some(name) = name.strip_prefix("Is") {
            return self
                .binary(name)
                .or_else(|| self.posix(name))
                .or_else(|| self.exact(name))
                .or_else(|| script(name));
        }
        let posix = if self.unicode { self.posix(name) } else { None };
        posix.or_else(|| self.exact(name))
    }

    /// Names after `Is`, in any case.
    fn binary(self, name: &str) -> Option<CharSet> {
        let class = match name.to_ascii_uppercase().as_str() {
            "ALPHABETIC" => r"\p{Alphabetic}",
            "LETTER" => r"\p{L}",
            "IDEOGRAPHIC" => r"\p{Ideographic}",
            "LOWERCASE" | "UPPERCASE" | "TITLECASE" if self.any_case => ANY_CASE,
            "LOWERCASE" => r"\p{Lowercase}",
            "UPPERCASE" => r"\p{Uppercase}",
            "TITLECASE" => r"\p{Lt}",
            "WHITE_SPACE" | "WHITESPACE" => r"\p{White_Space}",
            "CONTROL" => r"\p{Cc}",
            "PUNCTUATION" => r"\p{P}",
            "HEX_DIGIT" | "HEXDIGIT" => HEX_DIGIT,
            "ASSIGNED" => r"\P{Cn}",
            "NONCHARACTER_CODE_POINT" | "NONCHARACTERCODEPOINT" => r"\p{Noncharacter_Code_Point}",
            "DIGIT" => r"\p{Nd}",
            "ALNUM" => r"[\p{Alphabetic}\p{Nd}]",
            "BLANK" => r"[\t\p{Zs}]",
            "GRAPH" => GRAPH,
            "PRINT" => r"[[^\p{Z}\p{Cc}\p{Cn}]\p{Zs}]",
            "WORD" => WORD,
            "JOIN_CONTROL" | "JOINCONTROL" => r"[\x{200C}\x{200D}]",
            _ => return None,
        };
        CharSet::named(class)
    }

    /// POSIX names after `Is` or under `(?U)`, in any case.
    fn posix(self, name: &str) -> Option<CharSet> {
        let binary = match name.to_ascii_uppercase().as_str() {
            "ALPHA" => "ALPHABETIC",
            "LOWER" => "LOWERCASE",
            "UPPER" => "UPPERCASE",
            "SPACE" => "WHITE_SPACE",
            "PUNCT" => "PUNCTUATION",
            "XDIGIT" => "HEX_DIGIT",
            "ALNUM" => "ALNUM",
            "CNTRL" => "CONTROL",
            "DIGIT" => "DIGIT",
            "BLANK" => "BLANK",
            "GRAPH" => "GRAPH",
            "PRINT" => "PRINT",
            _ => return None,
        };
        self.binary(binary)
    }

    /// Names spelled exactly so: general categories, POSIX classes and methods of `Character`.
    fn exact(self, name: &str) -> Option<CharSet> {
        let class = match name {
            "Lu" | "Ll" | "Lt" if self.any_case => r"[\p{Lu}\p{Ll}\p{Lt}]",
            "Cn" | "Lu" | "Ll" | "Lt" | "Lm" | "Lo" | "Mn" | "Me" | "Mc" | "Nd" | "Nl" | "No"
            | "Zs" | "Zl" | "Zp" | "Cc" | "Cf" | "Co" | "Pd" | "Ps" | "Pe" | "Pc" | "Po" | "Sm"
            | "Sc" | "Sk" | "So" | "Pi" | "Pf" | "L" | "M" | "N" | "Z" | "P" | "S" | "C" => {
                return CharSet::named(&format!(r"\p{{{name}}}"));
            }
            // Surrogates, which no text of ours has.
            "Cs" => return Some(CharSet::empty()),
            "LC" => r"[\p{Lu}\p{Ll}\p{Lt}]",
            "LD" | "javaLetterOrDigit" => r"[\p{L}\p{Nd}]",
            "L1" => r"[\x{0}-\x{FF}]",
            "all" => r"[\x{0}-\x{10FFFF}]",
            "ASCII" => r"[\x{0}-\x{7F}]",
            "Alnum" => "[0-9A-Za-z]",
            "Alpha" => "[A-Za-z]",
            "Blank" => r"[\t\ ]",
            "Cntrl" => r"[\x{0}-\x{1F}\x{7F}]",
            "Digit" => "[0-9]",
            "Graph" => "[!-~]",
            "Lower" | "Upper" if self.any_case => "[A-Za-z]",
            "Lower" => "[a-z]",
            "Upper" => "[A-Z]",
            "Print" => r"[\ -~]",
            "Punct" => r"[!-/:-@\[-`{-~]",
            "Space" => r"[\t-\r\ ]",
            "XDigit" => "[0-9A-Fa-f]",
            "javaLowerCase" | "javaUpperCase" | "javaTitleCase" if self.any_case => ANY_CASE,
            "javaLowerCase" => r"\p{Lowercase}",
            "javaUpperCase" => r"\p{Uppercase}",
            "javaTitleCase" => r"\p{Lt}",
            "javaAlphabetic" => r"\p{Alphabetic}",
            "javaIdeographic" => r"\p{Ideographic}",
            "javaDigit" => r"\p{Nd}",
            "javaDefined" => r"\P{Cn}",
            "javaLetter" => r"\p{L}",
            "javaJavaIdentifierStart" => r"[\p{L}\p{Nl}\p{Sc}\p{Pc}]",
            "javaJavaIdentifierPart" => {
                r"[\p{L}\p{Nl}\p{Sc}\p{Pc}\p{Nd}\p{Mc}\p{Mn}\p{Cf}\x{0}-\x{8}\x{E}-\x{1B}\x{7F}-\x{9F}]"
            }
            "javaUnicodeIdentifierStart" => r"\p{ID_Start}",
            "javaUnicodeIdentifierPart" => {
                r"[\p{ID_Continue}\p{Cf}\x{0}-\x{8}\x{E}-\x{1B}\x{7F}-\x{9F}]"
            }
            "javaIdentifierIgnorable" => r"[\p{Cf}\x{0}-\x{8}\x{E}-\x{1B}\x{7F}-\x{9F}]",
            "javaSpaceChar" => r"\p{Z}",
            "javaWhitespace" => r"[\t-\r\x{1C}-\x{1F}[\p{Z}--[\x{A0}\x{2007}\x{202F}]]]",
            "javaISOControl" => r"\p{Cc}",
            _ => return None,
        };
        CharSet::named(class)
    }
}

const ANY_CASE: &str = r"[\p{Lowercase}\p{Uppercase}\p{Lt}]";
const GRAPH: &str = r"[^\p{Z}\p{Cc}\p{Cn}]";
const HEX_DIGIT: &str = r"[\p{Nd}A-Fa-f\x{FF21}-\x{FF26}\x{FF41}-\x{FF46}]";
const WORD: &str = r"[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\x{200C}\x{200D}]";

fn block(name: &str) -> Option<CharSet> {
    let name = name.to_ascii_uppercase();
    let (first, last, _) = BLOCKS
        .iter()
        .find(|(.., names)| names.split('|').any(|known| known == name))?;
    Some(CharSet::of_code_points(*first, *last))
}

fn script(name: &str) -> Option<CharSet> {
    let upper = name.to_ascii_uppercase();
    let (_, name) = SCRIPTS
        .iter()
        .find(|(code, name)| *code == upper || *name == upper)?;
    if *name == "UNKNOWN" {
        return CharSet::named(r"[\p{Cn}\p{Co}]");
    }
    CharSet::named(&format!(r"\p{{sc={name}}}"))
}

#[cfg(test)]
mod tests {
    use super::{Lookup, SCRIPTS, predefined};

    const PLAIN: Lookup = Lookup {
        any_case: false,
        unicode: false,
    };

    #[test]
    fn every_listed_name_has_a_set() {
        for (code, name) in SCRIPTS {
            assert!(PLAIN.find(&format!("Is{code}")).is_some(), "{code}");
            assert!(PLAIN.find(&format!("sc={name}")).is_some(), "{name}");
        }
        for letter in "dhsvw".chars() {
            for unicode in [false, true] {
                assert!(predefined(letter, unicode).is_some(), "{letter}");
            }
        }
    }

    #[test]
    fn tells_names_apart_as_java_does() {
        for (name, known) in [
            ("Alpha", true),
            ("alpha", false),
            ("IsAlpha", true),
            ("Isalphabetic", true),
            ("IsLatin", true),
            ("isLatin", false),
            ("Latin", false),
            ("InBasicLatin", true),
            ("InBasic Latin", true),
            ("InLatin1Supplement", false),
            ("blk=Basic_Latin", true),
            ("gc=Lu", true),
            ("gc=Letter", false),
            ("age=1", false),
        ] {
            assert_eq!(PLAIN.find(name).is_some(), known, "{name}");
        }
    }
}
