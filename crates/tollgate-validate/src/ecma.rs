//! Patterns of ECMA 262 in the words of Java, whose engine of this workspace goes back and counts.
//!
//! Only patterns with look-around and back-references come here; no automaton can run them.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Chars;

/// White space, as a part of a class.
const SPACES: &str = r"\x09-\x0d \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";

/// `\b`, which goes by the letters of ASCII.
const BOUNDARY: &str = "(?:(?<=[A-Za-z0-9_])(?![A-Za-z0-9_])|(?<![A-Za-z0-9_])(?=[A-Za-z0-9_]))";

/// `\B`.
const NO_BOUNDARY: &str = "(?:(?<=[A-Za-z0-9_])(?=[A-Za-z0-9_])|(?<![A-Za-z0-9_])(?![A-Za-z0-9_]))";

/// The same pattern for Java; `None` for what ECMA 262 does not know.
pub(crate) fn to_java(pattern: &str) -> Option<String> {
    let mut translation = Translation {
        rest: pattern.chars().peekable(),
        java: String::with_capacity(pattern.len() + 16),
        groups: 0,
        repeats: false,
    };
    while let Some(ch) = translation.rest.next() {
        translation.next(ch)?;
    }
    Some(translation.java)
}

struct Translation<'p> {
    rest: Peekable<Chars<'p>>,
    java: String,
    /// How many have been opened.
    groups: usize,
    /// Whether what was last can be repeated.
    repeats: bool,
}

/// What an escape stands for.
enum Escape {
    Char(char),
    /// One of several characters, as Java has it inside of a class.
    Class(String),
    /// One of all that Java has inside of this class.
    Except(&'static str),
}

impl Translation<'_> {
    fn next(&mut self, ch: char) -> Option<()> {
        match ch {
            '\\' => return self.escape(),
            '[' => return self.class(),
            '(' => return self.group(),
            '*' | '+' | '?' => {
                self.java.push(ch);
                return self.repeated();
            }
            '{' if self.counts() => {
                self.java.push('{');
                self.java
                    .extend(self.rest.by_ref().take_while(|it| *it != '}'));
                self.java.push('}');
                return self.repeated();
            }
            ')' => self.java.push(')'),
            '.' => self.java.push_str(r"[^\n\r\u2028\u2029]"),
            '|' | '^' | '$' => {
                self.java.push_str(match ch {
                    '|' => "|",
                    '^' => r"\A",
                    _ => r"\z",
                });
                self.repeats = false;
                return Some(());
            }
            _ => literal(&mut self.java, ch),
        }
        self.repeats = true;
        Some(())
    }

    /// Behind a quantifier. Only one may stand, and none may be possessive.
    fn repeated(&mut self) -> Option<()> {
        if !self.repeats {
            return None;
        }
        if self.rest.next_if_eq(&'?').is_some() {
            self.java.push('?');
        }
        self.repeats = false;
        Some(())
    }

    /// Whether a brace begins a count, such as `{2}`, `{2,}` or `{2,3}`; else it stands for itself.
    fn counts(&self) -> bool {
        let mut ahead = self.rest.clone();
        let mut digits = 0;
        let mut is_second = false;
        loop {
            match ahead.next() {
                Some('0'..='9') => digits += 1,
                Some(',') if digits > 0 && !is_second => is_second = true,
                Some('}') => return digits > 0,
                _ => return false,
            }
        }
    }

    fn group(&mut self) -> Option<()> {
        self.repeats = false;
        self.java.push('(');
        if self.rest.next_if_eq(&'?').is_none() {
            self.groups += 1;
            return Some(());
        }
        self.java.push('?');
        let kind = self.rest.next()?;
        self.java.push(kind);
        match kind {
            ':' | '=' | '!' => Some(()),
            '<' => {
                if let Some(look) = self.rest.next_if(|it| matches!(it, '=' | '!')) {
                    self.java.push(look);
                    return Some(());
                }
                self.groups += 1;
                self.name()
            }
            // Without regard to case: the one flag whose meaning no translation above hides.
            'i' => {
                let end = self.rest.next_if(|it| matches!(it, ':' | ')'))?;
                self.java.push(end);
                Some(())
            }
            _ => None,
        }
    }

    /// The name of a group up to its `>`.
    fn name(&mut self) -> Option<()> {
        loop {
            let ch = self.rest.next()?;
            self.java.push(ch);
            match ch {
                '>' => return Some(()),
                'a'..='z' | 'A'..='Z' | '0'..='9' => {}
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<()> {
        self.repeats = true;
        match self.rest.peek().copied()? {
            ch @ ('b' | 'B') => {
                self.rest.next();
                let boundary = if ch == 'b' { BOUNDARY } else { NO_BOUNDARY };
                self.java.push_str(boundary);
                self.repeats = false;
            }
            'k' => {
                self.rest.next();
                self.rest.next_if_eq(&'<')?;
                self.java.push_str(r"\k<");
                return self.name();
            }
            '1'..='9' => {
                let mut number = 0_usize;
                while let Some(digit) = self.rest.next_if(char::is_ascii_digit) {
                    let digit = digit.to_digit(10)? as usize;
                    number = number.saturating_mul(10).saturating_add(digit);
                }
                // One that comes before its group is not worth its trouble.
                if number > self.groups {
                    return None;
                }
                write!(self.java, r"(?:\{number})").ok()?;
            }
            _ => match self.character()? {
                Escape::Char(ch) => literal(&mut self.java, ch),
                Escape::Class(class) => write!(self.java, "[{class}]").ok()?,
                Escape::Except(class) => write!(self.java, "[^{class}]").ok()?,
            },
        }
        Some(())
    }

    /// A class, behind its bracket. Classes do not nest, and know neither `&&` nor `--`.
    fn class(&mut self) -> Option<()> {
        self.repeats = true;
        let is_negated = self.rest.next_if_eq(&'^').is_some();
        let mut inside = String::new();
        // The character that a `-` would make a range of.
        let mut low = None;
        loop {
            let ch = self.rest.next()?;
            if ch == ']' {
                break;
            }
            if ch == '-'
                && let Some(first) = low
                && self.rest.peek().is_some_and(|next| *next != ']')
            {
                low = None;
                let last = self.rest.next()?;
                match self.member(last)? {
                    Escape::Char(last) if first <= last => {
                        inside.push('-');
                        literal(&mut inside, last);
                    }
                    Escape::Char(_) => return None,
                    class => {
                        inside.push_str(r"\-");
                        push_member(&mut inside, &class)?;
                    }
                }
                continue;
            }
            let member = self.member(ch)?;
            low = match member {
                Escape::Char(ch) => Some(ch),
                _ => None,
            };
            push_member(&mut inside, &member)?;
        }
        match (is_negated, inside.is_empty()) {
            (false, true) => self.java.push_str("(?!)"),
            (true, true) => self.java.push_str(r"[\x{0}-\x{10ffff}]"),
            (false, false) => write!(self.java, "[{inside}]").ok()?,
            // Not `[^…]`: of a class in there, Java negates more or less than meant.
            (true, false) => write!(self.java, r"(?:(?![{inside}])[\x{{0}}-\x{{10ffff}}])").ok()?,
        }
        Some(())
    }

    fn member(&mut self, ch: char) -> Option<Escape> {
        if ch != '\\' {
            return Some(Escape::Char(ch));
        }
        if self.rest.next_if_eq(&'b').is_some() {
            return Some(Escape::Char('\u{8}'));
        }
        self.character()
    }

    /// An escape that stands for one character, behind its backslash.
    fn character(&mut self) -> Option<Escape> {
        let ch = self.rest.next()?;
        Some(Escape::Char(match ch {
            'd' | 'D' | 'w' | 'W' => return Some(Escape::Class(format!(r"\{ch}"))),
            's' => return Some(Escape::Class(SPACES.to_owned())),
            'S' => return Some(Escape::Except(SPACES)),
            'p' | 'P' => return self.property(ch),
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            '0' if !self.rest.peek().is_some_and(char::is_ascii_digit) => '\0',
            'c' => {
                let letter = self.rest.next_if(char::is_ascii_alphabetic)?;
                char::from(letter as u8 % 32)
            }
            'x' => char::from_u32(self.hex(2)?)?,
            'u' => self.unicode()?,
            ch if ch.is_ascii_alphanumeric() => return None,
            ch => ch,
        }))
    }

    /// `\uXXXX`, two of which can make one character, or `\u{X…}`.
    fn unicode(&mut self) -> Option<char> {
        if self.rest.next_if_eq(&'{').is_some() {
            let mut code = 0_u32;
            loop {
                match self.rest.next()? {
                    '}' => return char::from_u32(code),
                    digit => code = code.checked_mul(16)?.checked_add(digit.to_digit(16)?)?,
                }
            }
        }
        let first = self.hex(4)?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        self.rest.next_if_eq(&'\\')?;
        self.rest.next_if_eq(&'u')?;
        let second = self.hex(4)?.checked_sub(0xdc00)?;
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + second)
    }

    fn hex(&mut self, digits: usize) -> Option<u32> {
        let mut code = 0;
        for _ in 0..digits {
            code = code * 16 + self.rest.next()?.to_digit(16)?;
        }
        Some(code)
    }

    /// `\p{…}`: a category by its short name, or a script.
    fn property(&mut self, kind: char) -> Option<Escape> {
        self.rest.next_if_eq(&'{')?;
        let mut name = String::new();
        loop {
            match self.rest.next()? {
                '}' => break,
                ch if ch.is_ascii_alphanumeric() || matches!(ch, '_' | '=') => name.push(ch),
                _ => return None,
            }
        }
        let (key, value) = name.split_once('=').unwrap_or(("", name.as_str()));
        let script = matches!(key, "Script" | "sc");
        let category = matches!(key, "" | "General_Category" | "gc") && value.len() <= 2;
        Some(Escape::Class(match (script, category) {
            (true, _) => format!(r"\{kind}{{Is{value}}}"),
            (_, true) => format!(r"\{kind}{{{value}}}"),
            _ => return None,
        }))
    }
}

fn push_member(inside: &mut String, member: &Escape) -> Option<()> {
    match member {
        Escape::Char(ch) => literal(inside, *ch),
        Escape::Class(class) => inside.push_str(class),
        Escape::Except(class) => write!(inside, "[^{class}]").ok()?,
    }
    Some(())
}

/// A character that stands for itself, in a class and outside.
fn literal(java: &mut String, ch: char) {
    match ch {
        'a'..='z' | 'A'..='Z' | '0'..='9' => java.push(ch),
        ch if ch.is_ascii_punctuation() => java.extend(['\\', ch]),
        // Writing to a text does not fail.
        ch => _ = write!(java, r"\x{{{:x}}}", u32::from(ch)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_in_java_what_ecma_says() {
        for (pattern, yes, no) in [
            (r"^(?=.*\d)(?=.*[a-z]).{4,}$", "abc1", "abcd"),
            (r"^(a|b)\1$", "bb", "ab"),
            (r"^(?<x>a|b)\k<x>$", "aa", "ba"),
            (r"^(a)\1{2}$", "aaa", "aaaa"),
            (r"(?!a)[^a-c\S]$", "\u{feff}", "x"),
            (r"(?!a)^\s$", "\u{3000}", "_"),
            (r"(?!x)^.$", "\u{85}", "\u{2028}"),
            (r"(?=a)a$", "ba", "a\n"),
            (r"(?=.)[[&&x]$", "[", "y"),
            (r"(?=.)^[\w-.]$", "-", "/"),
            (r"(?=.)^[a\-z]$", "-", "b"),
            (r"(?=.)^[]$|^b$", "b", ""),
            (r"(?=.|\n)^[^]$", "\n", "ab"),
            (r"(?!x)^[\b]$", "\u{8}", "b"),
            (r"(?!x)^\u0041\x42\cJ\0\v$", "AB\n\0\u{b}", "AB"),
            (r"(?!x)^\ud83d\ude00\u{1f601}$", "😀😁", "😀"),
            (r"(?!x)^a{,2}{$", "a{,2}{", "aa{"),
            (r"(?!x)\bd", "éd", "ed"),
            (r"(?!x)^\B.", "é", "e"),
            (r"(?!x)^\p{Lu}\p{Script=Greek}$", "Äβ", "äβ"),
            (r"(?!x)^\P{L}$", "1", "a"),
            (r"(?i)(?!x)^ab$", "aB", "x"),
            (r"(?!x)^ #\/$", " #/", "#/"),
        ] {
            let java = to_java(pattern).unwrap_or_else(|| panic!("{pattern} is ECMA's"));
            let built = tollgate_regex::Pattern::new(&java);
            let built = built.unwrap_or_else(|error| panic!("{pattern}: {java}: {error}"));
            let finds = |text| built.find(text).is_ok_and(|found| found.is_some());
            assert!(finds(yes), "{pattern} as {java} in {yes:?}");
            assert!(!finds(no), "{pattern} as {java} in {no:?}");
        }
    }

    #[test]
    fn refuses_what_ecma_does_not_know() {
        for pattern in [
            "a++(?=b)",
            "(?>a)(?=b)",
            "(?=a)**",
            "(?s)(?=.)",
            r"(?=a)\A",
            r"(?=a)\2(b)",
            r"(?=a)\ud800",
            r"(?=a)[b-a]",
            r"(?=a)[a",
            r"(?=a)\",
            r"(?=a)\p{Any=x}",
            "(?<_>(?=a))",
        ] {
            assert_eq!(to_java(pattern), None, "{pattern}");
        }
    }
}
