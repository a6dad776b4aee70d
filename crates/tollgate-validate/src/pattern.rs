//! Patterns of models: the regular expressions of ECMA 262, on engines whose work is bounded.

use std::borrow::Cow;
use std::fmt;

use jsonschema_regex::to_rust_regex;
use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::{Anchored, Input};
use regex_syntax::ast::ErrorKind;
use regex_syntax::hir::{self, Hir, HirKind, Look};

use crate::automaton::{Automaton, TooLarge};
use crate::ecma;
use crate::limits::{
    MAX_BACKTRACKED_BYTES, MAX_PATTERN_BYTES, MAX_PATTERN_STATES, MAX_STATES, MAX_TABLE_BYTES,
    MAX_TABLES_BYTES,
};

/// States of an automaton that it is worth while to try and make a table of.
const MAX_TABLED_STATES: usize = 1_000;

/// Bytes that are looked up in a table, in a step.
const BYTES_PER_STEP: u64 = 16;

/// Steps of backtracking, in a step of ours.
const BACKTRACKS_PER_STEP: u64 = 16;

/// A pattern, which may match anywhere in a text.
pub(crate) struct Pattern {
    engine: Engine,
}

enum Engine {
    /// Each byte is looked up: most patterns.
    Table(Box<dense::DFA<Vec<u32>>>),
    /// The table would be large.
    Automaton(Automaton),
    /// Look-around and back-references.
    Backtracking(Box<tollgate_regex::Pattern>),
}

/// What the patterns of an API leave to the next.
#[derive(Debug)]
pub(crate) struct Room {
    states: usize,
    /// Bytes. What it takes to find out that a table is too large counts, too.
    tables: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            states: MAX_STATES,
            tables: MAX_TABLES_BYTES,
        }
    }
}

/// Why a pattern is left undecided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undecided {
    /// It takes more steps than are left.
    Steps,
    /// It goes back too often, or the text is too long for a pattern that goes back.
    Backtracks,
}

impl Pattern {
    /// Compiles a pattern.
    pub(crate) fn new(pattern: &str, room: &mut Room) -> Result<Self, String> {
        if pattern.len() > MAX_PATTERN_BYTES {
            return Err(format!("a pattern has more than {MAX_PATTERN_BYTES} bytes"));
        }
        let none = || "a pattern is no regular expression".to_owned();
        let without_controls = without_controls(pattern);
        let translated = to_rust_regex(&without_controls).map_err(|()| none())?;
        let engine = match regex_syntax::parse(&translated) {
            Ok(tree) => linear(&search(tree), room)?,
            Err(regex_syntax::Error::Parse(error)) if backtracks(error.kind()) => {
                let translated = ecma::to_java(pattern).ok_or_else(none)?;
                let built = tollgate_regex::Pattern::new(&translated);
                Engine::Backtracking(Box::new(built.map_err(|_| {
                    "a pattern with look-around or a back-reference is no regular expression, \
                     or too large"
                        .to_owned()
                })?))
            }
            Err(_) => return Err(none()),
        };
        Ok(Self { engine })
    }

    /// Whether the pattern matches somewhere, and how many steps it took to tell.
    pub(crate) fn find(&self, text: &str, limit: u64) -> Result<(bool, u64), Undecided> {
        let (found, steps) = match &self.engine {
            Engine::Table(table) => {
                let input = Input::new(text).anchored(Anchored::Yes).earliest(true);
                let found = table.try_search_fwd(&input).map_err(|_| Undecided::Steps)?;
                let read = found.map_or(text.len(), |found| found.offset());
                (found.is_some(), 1 + read as u64 / BYTES_PER_STEP)
            }
            Engine::Automaton(automaton) => automaton.find(text, limit).ok_or(Undecided::Steps)?,
            Engine::Backtracking(pattern) => {
                if text.len() > MAX_BACKTRACKED_BYTES {
                    return Err(Undecided::Backtracks);
                }
                let mut matches = pattern.find_iter(text);
                let found = match matches.next() {
                    Some(Err(_)) => return Err(Undecided::Backtracks),
                    found => found.is_some(),
                };
                (found, 1 + matches.work() / BACKTRACKS_PER_STEP)
            }
        };
        if steps > limit {
            return Err(Undecided::Steps);
        }
        Ok((found, steps))
    }
}

/// Control characters such as `\cJ` by their number: the translation would read the whole pattern
/// again for each.
fn without_controls(pattern: &str) -> Cow<'_, str> {
    if !pattern.contains("\\c") {
        return Cow::Borrowed(pattern);
    }
    let mut written = String::with_capacity(pattern.len());
    let mut rest = pattern.chars().peekable();
    while let Some(ch) = rest.next() {
        match (ch, rest.peek().copied()) {
            ('\\', Some('c')) => {
                rest.next();
                match rest.next_if(char::is_ascii_alphabetic) {
                    Some(letter) => written.push_str(&format!("\\x{:02x}", letter as u8 % 32)),
                    None => written.push_str("\\c"),
                }
            }
            ('\\', Some(escaped)) => {
                rest.next();
                written.extend([ch, escaped]);
            }
            _ => written.push(ch),
        }
    }
    Cow::Owned(written)
}

fn backtracks(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnsupportedLookAround | ErrorKind::UnsupportedBackreference
    )
}

fn linear(tree: &Hir, room: &mut Room) -> Result<Engine, String> {
    let most = room.states.min(MAX_PATTERN_STATES);
    let automaton = Automaton::new(tree, most).map_err(|TooLarge| {
        if most < MAX_PATTERN_STATES {
            format!("the patterns of an API have more than {MAX_STATES} states")
        } else {
            format!("a pattern has more than {MAX_PATTERN_STATES} states")
        }
    })?;
    room.states -= automaton.size().min(room.states);
    if automaton.size() <= MAX_TABLED_STATES && room.tables >= MAX_TABLE_BYTES {
        let table = table(tree);
        let taken = table
            .as_ref()
            .map_or(MAX_TABLE_BYTES, |it| it.memory_usage());
        room.tables -= taken.min(room.tables);
        if let Some(table) = table {
            return Ok(Engine::Table(Box::new(table)));
        }
    }
    Ok(Engine::Automaton(automaton))
}

/// None if it takes more than it may.
fn table(tree: &Hir) -> Option<dense::DFA<Vec<u32>>> {
    let config = thompson::Config::new()
        .which_captures(WhichCaptures::None)
        // Texts are UTF-8, and no one asks where a match lies.
        .utf8(false)
        .nfa_size_limit(Some(MAX_TABLE_BYTES));
    let mut compiler = thompson::Compiler::new();
    let nfa = compiler.configure(config).build_from_hir(tree).ok()?;
    let config = dense::Config::new()
        .start_kind(StartKind::Anchored)
        .dfa_size_limit(Some(MAX_TABLE_BYTES))
        .determinize_size_limit(Some(MAX_TABLE_BYTES));
    let mut builder = dense::Builder::new();
    builder.configure(config).build_from_nfa(&nfa).ok()
}

/// The pattern from the start of a text on, with anything before it.
fn search(tree: Hir) -> Hir {
    let looks = tree.properties().look_set();
    let tree = if looks.contains_word_unicode() {
        with_ascii_words(&tree)
    } else {
        tree
    };
    if tree.properties().look_set_prefix().contains(Look::Start) {
        return tree;
    }
    let anything = Hir::repetition(hir::Repetition {
        min: 0,
        max: None,
        greedy: false,
        // By characters: between the bytes of one there is nothing to match.
        sub: Box::new(Hir::dot(hir::Dot::AnyChar)),
    });
    Hir::concat(vec![anything, tree])
}

/// The words of ECMA 262, by which `\b` goes, are those of ASCII.
fn with_ascii_words(tree: &Hir) -> Hir {
    let all = |parts: &[Hir]| parts.iter().map(with_ascii_words).collect();
    match tree.kind() {
        HirKind::Look(look) => Hir::look(ascii(*look)),
        HirKind::Repetition(repetition) => {
            Hir::repetition(repetition.with(with_ascii_words(&repetition.sub)))
        }
        HirKind::Capture(group) => with_ascii_words(&group.sub),
        HirKind::Concat(parts) => Hir::concat(all(parts)),
        HirKind::Alternation(parts) => Hir::alternation(all(parts)),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) => tree.clone(),
    }
}

const fn ascii(look: Look) -> Look {
    match look {
        Look::WordUnicode => Look::WordAscii,
        Look::WordUnicodeNegate => Look::WordAsciiNegate,
        Look::WordStartUnicode => Look::WordStartAscii,
        Look::WordEndUnicode => Look::WordEndAscii,
        Look::WordStartHalfUnicode => Look::WordStartHalfAscii,
        Look::WordEndHalfUnicode => Look::WordEndHalfAscii,
        other => other,
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.engine {
            Engine::Table(_) => "Pattern(table)",
            Engine::Automaton(_) => "Pattern(automaton)",
            Engine::Backtracking(_) => "Pattern(backtracking)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compile(pattern: &str) -> Pattern {
        Pattern::new(pattern, &mut Room::default())
            .unwrap_or_else(|error| panic!("{pattern}: {error}"))
    }

    #[test]
    fn engines_agree_with_ecma() {
        for (pattern, engine, yes, no) in [
            ("b+", "table", "abc", "ac"),
            ("^b", "table", "bc", "ab"),
            ("^a|b$", "table", "xb", "ba"),
            ("a$", "table", "ba", "a\n"),
            (r"^\S\s$", "table", "x\u{feff}", "\u{a0}x"),
            (r"^\w\d$", "table", "a1", "é1"),
            (r"\bd", "table", "éd", "ed"),
            (r"^\B", "table", "é", "e"),
            (r"^\cJ[\cA-\cC]\\c$", "table", "\n\u{2}\\c", "cJ"),
            ("^.{1,1000}$", "automaton", "é", ""),
            (
                r"^[\p{L} .'-]{1,40}$",
                "automaton",
                "Müller-Lüdenscheidt",
                "R2D2",
            ),
            (r"^(?:\p{L}\b|x){1,400}$", "automaton", "x", "éé"),
            (r"^(?:[a-f]|é{2,3}|){0,400}Z$", "automaton", "aéébZ", "aéZ"),
            (
                r"x.{300,}y",
                "automaton",
                &format!("x{}y", "-".repeat(300)),
                "xyy",
            ),
            (
                "^(?=.*[0-9])(?=.*[a-z]).{8,}$",
                "backtracking",
                "correct7horse",
                "correcthorse",
            ),
            (r"^(a|b)\1$", "backtracking", "bb", "ab"),
        ] {
            let compiled = compile(pattern);
            assert_eq!(
                format!("{compiled:?}"),
                format!("Pattern({engine})"),
                "{pattern}"
            );
            let find = |text| compiled.find(text, u64::MAX).map(|(found, _)| found);
            assert_eq!(find(yes), Ok(true), "{pattern} in {yes:?}");
            assert_eq!(find(no), Ok(false), "{pattern} in {no:?}");
        }
    }

    /// Whatever a pattern is, the work is as much as was granted, and a little more for the
    /// character or the search at hand.
    #[test]
    fn work_ends_with_the_steps_that_are_left() {
        let bits: String = (0..50_000_u32)
            .map(|index| char::from(b'0' + (index.wrapping_mul(2_654_435_761) >> 31) as u8))
            .collect();
        let letters = "é".repeat(50_000);
        let same = "a".repeat(100_000);
        for (pattern, text) in [
            ("^([01]*1[01]{100}x)?$", &bits),
            ("([01]{1,100}){1,40}x", &bits),
            ("(0|1|01|10|011){1000}x", &bits),
            ("(a|b|aa|ab){1000}x", &same),
            (r"\p{L}{500}!", &letters),
            (r"(\p{L}|\w){1,3000}!", &letters),
            ("a{0,9999}a{0,9999}a{0,9999}x", &same),
            ("(a?){2000}a{2000}x", &same),
            ("(a*)*(a*)*(a|a){300}x", &same),
            ("^(?:(?=.*x)a)*$", &same),
            ("(?=a)(a+)+x", &same),
            (r"(a+)\1+x", &same),
        ] {
            let compiled = compile(pattern);
            let found = compiled.find(text, 5_000);
            assert!(found.is_err(), "{pattern}: {found:?}");
            // It is the same each time.
            assert_eq!(compiled.find(text, 5_000), found, "{pattern}");
        }
        // In proportion to the text, and no more.
        for pattern in [".*.*.*x", "(.*.*)*x", "(a|b|c)*x", "(a*)*x", "(x+x+)+y"] {
            let (found, steps) = compile(pattern).find(&same, 10_000).expect(pattern);
            assert!(
                !found && steps <= 2 + same.len() as u64 / BYTES_PER_STEP,
                "{pattern}: {steps}"
            );
        }
    }

    #[test]
    fn patterns_have_a_size_each_and_together() {
        for pattern in [
            r"(\p{L}{1000}){1000}",
            "((a{100}){100}){100}",
            "(a|b{9000}){9000}",
            "((()|a?){1000}){1000}",
        ] {
            let error = Pattern::new(pattern, &mut Room::default()).expect_err(pattern);
            assert_eq!(
                error,
                format!("a pattern has more than {MAX_PATTERN_STATES} states")
            );
        }
        let mut room = Room::default();
        let until = (0..100).find_map(|_| Pattern::new("[^a]{30000}", &mut room).err());
        let expected = format!("the patterns of an API have more than {MAX_STATES} states");
        assert_eq!(until, Some(expected));
        // Small ones are run without a table once there is no more room for tables.
        let mut room = Room {
            tables: MAX_TABLE_BYTES - 1,
            ..Room::default()
        };
        let small = Pattern::new("ab", &mut room).expect("it is small");
        assert_eq!(format!("{small:?}"), "Pattern(automaton)");
        assert_eq!(small.find("xaab", 100).map(|(found, _)| found), Ok(true));
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for pattern in ["(", "[", r"\", r"\c1", "(?<a", "(?=a", "(?=a)++", "a{2,1}"] {
            assert!(
                Pattern::new(pattern, &mut Room::default()).is_err(),
                "{pattern}"
            );
        }
    }
}
