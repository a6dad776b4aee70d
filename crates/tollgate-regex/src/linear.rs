//! Patterns that the linear-time engine can match: their translation to the `regex` crate.

use std::{fmt::Write as _, sync::OnceLock};

use regex::{CaptureLocations, Regex, RegexBuilder};

use crate::{
    char_set::CharSet,
    error::PatternError,
    gauge::{Gauge, Measure},
    parse::MAX_NESTING,
    row::{self, Row},
    spans::Spans,
    tree::{Assertion, Count, Greed, Lines, Node},
};

/// How many bytes the automaton of a pattern can take.
pub const MAX_COMPILED_SIZE: usize = 1 << 22;

/// How many bytes a translated pattern can have: more cannot compile within the limit above.
const MAX_TRANSLATED_LEN: usize = 1 << 20;

/// A pattern as automata.
#[derive(Clone, Debug)]
pub(crate) struct Linear {
    /// For the whole text.
    full: Regex,
    full_gauge: Gauge,
    /// For any place in a short text, if the pattern is that simple.
    row: Option<Row>,
    /// For any place in a text, made when first used.
    search: OnceLock<Option<Regex>>,
    search_source: Box<str>,
    search_gauge: Gauge,
    /// Where in `search` the groups of the pattern are.
    groups: Box<[usize]>,
    /// Groups of `search` that mark where a `$` stood.
    ends: Box<[usize]>,
    /// Whether line terminators or letters beyond ASCII would make a difference.
    ascii_only: bool,
}

impl Linear {
    /// Translates a pattern; `None` if it needs backtracking.
    pub(crate) fn new(tree: &Node) -> Result<Option<Self>, PatternError> {
        let Some(full) = translate(tree, Form::Full)? else {
            return Ok(None);
        };
        let Some(search) = translate(tree, Form::Search)? else {
            return Ok(None);
        };
        let full_source = format!(r"\A(?:{})\z", full.source);
        let compiled = compile(&full_source, MAX_COMPILED_SIZE).ok_or(PatternError::TooLarge)?;
        let search_gauge = Gauge::new(tree, &search.source);
        Ok(Some(Self {
            full: compiled,
            full_gauge: Gauge::new(tree, &full_source),
            row: Row::new(tree).filter(|_| search_gauge.is_plain()),
            search: OnceLock::new(),
            search_gauge,
            search_source: search.source.into(),
            groups: search.groups.into(),
            ends: search.ends.into(),
            ascii_only: search.ascii_only,
        }))
    }

    /// Whether the answers for this text are those of Java.
    pub(crate) fn covers(&self, text: &str) -> bool {
        !self.ascii_only || text.is_ascii()
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        self.full.is_match(text)
    }

    /// What it takes to tell whether the whole text matches.
    pub(crate) fn work(&self, text: &str) -> u64 {
        self.full_gauge.ready().search(text, 0, None)
    }

    /// The groups of a match of the whole text.
    pub(crate) fn full_captures(&self, text: &str) -> Option<Spans> {
        let captures = self.full.captures(text)?;
        let spans = captures.iter();
        Some(
            spans
                .map(|group| group.map(|group| (group.start(), group.end())))
                .collect(),
        )
    }

    /// The engine for searches in a text, or `None` if it fits no more into memory than allowed.
    pub(crate) fn searcher(&self, text: &str) -> Option<Searcher<'_>> {
        let engine = match &self.row {
            Some(row) if text.len() <= row::SHORT => Engine::Row(row),
            _ => {
                // It is a little larger than the other one, which did compile.
                let compiled = || compile(&self.search_source, 2 * MAX_COMPILED_SIZE);
                let regex = self.search.get_or_init(compiled).as_ref()?;
                Engine::Automaton { regex, found: None }
            }
        };
        Some(Searcher {
            engine,
            linear: self,
            measure: self.search_gauge.ready(),
            work: 0,
        })
    }
}

/// A pattern ready for searches.
pub(crate) struct Searcher<'a> {
    engine: Engine<'a>,
    linear: &'a Linear,
    measure: Measure<'a>,
    /// What the searches took so far.
    work: u64,
}

enum Engine<'a> {
    Row(&'a Row),
    Automaton {
        regex: &'a Regex,
        /// Where the groups of a match are, kept for the next.
        found: Option<CaptureLocations>,
    },
}

impl Searcher<'_> {
    /// About how many bytes the searches have looked at so far.
    pub(crate) fn work(&self) -> u64 {
        self.work
    }

    /// The range of the first match that starts at `from` or later.
    pub(crate) fn find(&mut self, text: &str, from: usize) -> Option<(usize, usize)> {
        let found = match &self.engine {
            Engine::Row(row) => row.find(text, from),
            Engine::Automaton { regex, .. } if self.linear.ends.is_empty() => {
                let found = regex.find_at(text, from);
                found.map(|it| (it.start(), it.end()))
            }
            Engine::Automaton { .. } => return self.captures(text, from, &mut Spans::default()),
        };
        self.work += self.measure.search(text, from, found.map(|(_, end)| end));
        found
    }

    /// Notes the first match that starts at `from` or later, and its groups.
    pub(crate) fn captures(
        &mut self,
        text: &str,
        from: usize,
        spans: &mut Spans,
    ) -> Option<(usize, usize)> {
        let (regex, found) = match &mut self.engine {
            Engine::Automaton { regex, found } => (*regex, found),
            Engine::Row(row) => {
                let whole = row.captures(text, from, spans);
                self.work += self.measure.search(text, from, whole.map(|(_, end)| end));
                if let Some((start, end)) = whole
                    && row.has_groups()
                {
                    self.work += self.linear.search_gauge.groups(end - start);
                }
                return whole;
            }
        };
        let found = found.get_or_insert_with(|| regex.capture_locations());
        let whole = regex.captures_read_at(found, text, from);
        self.work += self.measure.search(text, from, whole.map(|it| it.end()));
        let whole = whole?;
        if regex.captures_len() > 1 {
            self.work += self.linear.search_gauge.groups(whole.len());
        }
        let mark = self.linear.ends.iter().find_map(|&end| found.get(end));
        let end = mark.map_or(whole.end(), |(start, _)| start);
        spans.clear();
        spans.push(Some((whole.start(), end)));
        for &group in &self.linear.groups {
            // The terminator after a `$` may have been consumed within a group.
            let span = found.get(group);
            spans.push(span.map(|(start, last)| (start, last.min(end))));
        }
        Some((whole.start(), end))
    }
}

fn compile(source: &str, size: usize) -> Option<Regex> {
    RegexBuilder::new(source)
        .size_limit(size)
        // A group of ours becomes a few levels of theirs.
        .nest_limit(8 * MAX_NESTING as u32)
        .build()
        .ok()
}

/// What a translation is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Full,
    Search,
}

struct Translation {
    form: Form,
    source: String,
    groups: Vec<usize>,
    ends: Vec<usize>,
    /// How many groups have been opened.
    opened: usize,
    ascii_only: bool,
}

fn translate(tree: &Node, form: Form) -> Result<Option<Translation>, PatternError> {
    let mut translation = Translation {
        form,
        source: String::new(),
        groups: Vec::new(),
        ends: Vec::new(),
        opened: 0,
        ascii_only: false,
    };
    let rest = Rest {
        nothing: true,
        consumes: false,
    };
    match translation.node(tree, rest) {
        Ok(()) => Ok(Some(translation)),
        Err(Stop::Backtracks) => Ok(None),
        Err(Stop::TooLarge) => Err(PatternError::TooLarge),
    }
}

/// What comes after a node.
#[derive(Clone, Copy)]
struct Rest {
    /// Nothing at all.
    nothing: bool,
    /// At least one character.
    consumes: bool,
}

enum Stop {
    Backtracks,
    TooLarge,
}

impl Translation {
    fn node(&mut self, node: &Node, rest: Rest) -> Result<(), Stop> {
        if self.source.len() > MAX_TRANSLATED_LEN {
            return Err(Stop::TooLarge);
        }
        match node {
            Node::Empty => self.source.push_str("(?:)"),
            Node::Char(ch) => self.char(*ch),
            Node::Set(set) => self.set(set),
            Node::Assertion(assertion) => self.assertion(*assertion, rest)?,
            Node::LineBreak => {
                self.source
                    .push_str(r"(?:\r\n|[\n-\r\x{85}\x{2028}\x{2029}])");
            }
            Node::Concat(parts) => {
                let mut rests = vec![rest; parts.len()];
                for index in (1..parts.len()).rev() {
                    rests[index - 1] = Rest {
                        nothing: false,
                        consumes: rests[index].consumes || !parts[index].can_be_empty(),
                    };
                }
                for (part, rest) in parts.iter().zip(rests) {
                    self.node(part, rest)?;
                }
            }
            Node::Alternation(branches) => {
                self.source.push_str("(?:");
                for (index, branch) in branches.iter().enumerate() {
                    if index > 0 {
                        self.source.push('|');
                    }
                    self.node(branch, rest)?;
                }
                self.source.push(')');
            }
            Node::Capture { body, .. } => {
                self.open();
                self.groups.push(self.opened);
                self.node(body, rest)?;
                self.source.push(')');
            }
            Node::Repeat {
                body,
                count,
                greed: greed @ (Greed::Greedy | Greed::Lazy),
            } => self.repeat(body, *count, *greed, rest)?,
            Node::Repeat { .. }
            | Node::Grapheme
            | Node::Atomic(_)
            | Node::Look { .. }
            | Node::BackReference { .. } => return Err(Stop::Backtracks),
        }
        Ok(())
    }

    fn repeat(&mut self, body: &Node, count: Count, greed: Greed, rest: Rest) -> Result<(), Stop> {
        self.source.push_str("(?:");
        let rest = Rest {
            nothing: rest.nothing && count.max == 1,
            consumes: rest.consumes,
        };
        self.node(body, rest)?;
        self.source.push(')');
        let Count { min, max } = count;
        match max {
            Count::UNBOUNDED => self.write(format_args!("{{{min},}}")),
            _ => self.write(format_args!("{{{min},{max}}}")),
        }
        if greed == Greed::Lazy {
            self.source.push('?');
        }
        Ok(())
    }

    fn assertion(&mut self, assertion: Assertion, rest: Rest) -> Result<(), Stop> {
        let source = match assertion {
            Assertion::Start => r"\A",
            Assertion::End => r"\z",
            Assertion::FinalEnd(lines) => return self.final_end(lines, rest),
            // Java sees no line start at the very end of the text, so something must follow.
            Assertion::LineStart(_) if !rest.consumes => return Err(Stop::Backtracks),
            Assertion::LineStart(Lines::Unix) => "(?m:^)",
            Assertion::LineEnd(Lines::Unix) => "(?m:$)",
            Assertion::LineStart(Lines::Java) => {
                self.ascii_only = true;
                "(?Rm:^)"
            }
            Assertion::LineEnd(Lines::Java) => {
                self.ascii_only = true;
                "(?Rm:$)"
            }
            Assertion::WordBoundary { negated, unicode } => {
                // Without `(?U)`, what a word is made of is the same in both for ASCII only.
                self.ascii_only |= !unicode;
                if negated { r"\B" } else { r"\b" }
            }
            Assertion::LastMatchEnd => return Err(Stop::Backtracks),
        };
        self.source.push_str(source);
        Ok(())
    }

    /// The end, or before a line terminator there.
    ///
    /// The engine cannot look ahead. But where nothing follows it can go on to the end and say,
    /// by an empty group, where it stood before.
    fn final_end(&mut self, lines: Lines, rest: Rest) -> Result<(), Stop> {
        if !rest.nothing {
            return Err(Stop::Backtracks);
        }
        if self.form == Form::Full {
            self.source.push_str("(?:)");
            return Ok(());
        }
        self.open();
        self.ends.push(self.opened);
        self.source.push_str(match lines {
            Lines::Unix => r")\n?\z",
            // `(?Rm:$)` is not between `\r` and `\n`.
            Lines::Java => r")(?:\z|(?Rm:$)(?:\r\n|\r|\n)\z|[\x{85}\x{2028}\x{2029}]\z)",
        });
        Ok(())
    }

    fn open(&mut self) {
        self.opened += 1;
        self.source.push('(');
    }

    fn set(&mut self, set: &CharSet) {
        let mut ranges = set.ranges().peekable();
        if ranges.peek().is_none() {
            self.source.push_str(r"[^\x{0}-\x{10FFFF}]");
            return;
        }
        self.source.push('[');
        for (first, last) in ranges {
            self.char(first);
            if first != last {
                self.source.push('-');
                self.char(last);
            }
        }
        self.source.push(']');
    }

    fn char(&mut self, ch: char) {
        if ch.is_ascii_alphanumeric() {
            self.source.push(ch);
        } else {
            self.write(format_args!(r"\x{{{:X}}}", u32::from(ch)));
        }
    }

    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        self.source
            .write_fmt(text)
            .expect("writing to a string cannot fail");
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, Linear, Spans, translate};
    use crate::parse::parse;

    #[test]
    fn rows_and_automata_agree() {
        let texts = [
            "",
            "a",
            "b",
            "aab",
            "xaaaay",
            "é",
            "aé1ab\n",
            " \t a",
            "😀a😀",
            "1234a12345é",
            "ab12ab",
            "\u{80}a\u{7ff}é\u{ffff}",
        ];
        for pattern in [
            "a",
            "[ab]",
            "([ab])",
            "a+",
            "(a*)",
            "(a*?)",
            "a{2,3}?",
            "[^a]",
            "([^a])(a)",
            "é",
            "[é😀]+",
            r"\s+",
            r"\d{4}",
            "(((a)))b?",
            "a|b|é",
            "()a()",
            "[a&&b]",
            "(.)",
            "(?i)(A)(b*)",
            "(?s).",
            "[^\\x00-\\x7f]",
            "ab{0,2}",
        ] {
            let parsed = parse(pattern).expect(pattern);
            let row = Linear::new(&parsed.tree).expect(pattern).expect(pattern);
            assert!(row.row.is_some(), "{pattern}");
            let mut automaton = row.clone();
            automaton.row = None;
            for text in texts {
                let mut row = row.searcher(text).expect(pattern);
                let mut automaton = automaton.searcher(text).expect(pattern);
                for (from, _) in text.char_indices().chain([(text.len(), ' ')]) {
                    let at = format!("{pattern} in {text:?} from {from}");
                    assert_eq!(row.find(text, from), automaton.find(text, from), "{at}");
                    let (mut spans, mut others) = (Spans::default(), Spans::default());
                    let found = row.captures(text, from, &mut spans);
                    assert_eq!(found, automaton.captures(text, from, &mut others), "{at}");
                    assert_eq!(spans.len(), others.len(), "{at}");
                    for group in 0..spans.len() {
                        assert_eq!(spans.get(group), others.get(group), "{at}");
                    }
                    assert_eq!(row.work(), automaton.work(), "{at}");
                }
            }
        }
    }

    #[test]
    fn spells_everything_out() {
        for (pattern, expected) in [
            ("ab", "ab"),
            (
                "a.c",
                r"a[\x{0}-\x{9}\x{B}-\x{C}\x{E}-\x{84}\x{86}-\x{2027}\x{202A}-\x{10FFFF}]c",
            ),
            (r"\d+?", "(?:[0-9]){1,}?"),
            ("(?i)k", "[Kk]"),
            ("(?iu)k", r"[Kk\x{212A}]"),
            (
                "(a|)$",
                r"((?:a|(?:)))()(?:\z|(?Rm:$)(?:\r\n|\r|\n)\z|[\x{85}\x{2028}\x{2029}]\z)",
            ),
            ("(?m)^a", "(?Rm:^)a"),
        ] {
            let parsed = parse(pattern).expect(pattern);
            let translation = translate(&parsed.tree, Form::Search).expect(pattern);
            let source = translation.map(|translation| translation.source);
            assert_eq!(source.as_deref(), Some(expected), "{pattern}");
        }
    }

    #[test]
    fn leaves_to_backtracking_what_is_not_regular() {
        for pattern in [
            "(a)\\1", "(?=a)b", "(?>a)", "a++", "$a", "(?m)^", "\\X", "\\G",
        ] {
            let parsed = parse(pattern).expect(pattern);
            let translation = translate(&parsed.tree, Form::Search).expect(pattern);
            assert!(translation.is_none(), "{pattern}");
        }
    }
}
