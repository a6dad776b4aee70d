//! From the text of a pattern to its tree, by the rules of `java.util.regex.Pattern` of JDK 17.

mod class;
mod escape;
mod group;
mod look_behind;
mod quantifier;

use std::collections::HashMap;

use crate::{
    case,
    char_set::CharSet,
    error::{Fault, NotSupported, PatternError},
    tree::{Assertion, Case, Lines, Node},
    unquote::{Unit, unquote},
};

/// How many bytes a pattern can have.
pub const MAX_PATTERN_LEN: usize = 10_000;

/// How deep groups and character classes can stand within each other.
pub const MAX_NESTING: usize = 100;

/// What a pattern says.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) tree: Node,
    /// How many capturing groups there are, without the whole match.
    pub(crate) groups: usize,
    pub(crate) names: HashMap<String, usize>,
}

pub(crate) fn parse(pattern: &str) -> Result<Parsed, PatternError> {
    if pattern.len() > MAX_PATTERN_LEN {
        return Err(PatternError::TooLong {
            length: pattern.len(),
        });
    }
    let mut parser = Parser {
        units: unquote(pattern),
        cursor: 0,
        end: pattern.len(),
        flags: Flags::default(),
        groups: 0,
        names: HashMap::new(),
        depth: 0,
    };
    let tree = parser.alternation()?;
    // An alternation ends at a parenthesis or at the end.
    if parser.peek().is_some() {
        return Err(parser.fault(Fault::UnmatchedParenthesis));
    }
    Ok(Parsed {
        tree,
        groups: parser.groups,
        names: parser.names,
    })
}

struct Parser {
    units: Vec<Unit>,
    cursor: usize,
    /// The length of the pattern in bytes.
    end: usize,
    flags: Flags,
    groups: usize,
    names: HashMap<String, usize>,
    depth: usize,
}

/// The flags in force, a bit each.
#[derive(Clone, Copy, Default)]
struct Flags(u8);

impl Flags {
    const CASE_INSENSITIVE: Self = Self(1);
    const UNIX_LINES: Self = Self(2);
    const MULTILINE: Self = Self(4);
    const DOT_ALL: Self = Self(8);
    const UNICODE_CASE: Self = Self(16);
    const COMMENTS: Self = Self(32);
    const UNICODE_CLASS: Self = Self(64);

    fn has(self, flag: Self) -> bool {
        self.0 & flag.0 != 0
    }

    fn set(&mut self, flags: Self, on: bool) {
        if on {
            self.0 |= flags.0;
        } else {
            self.0 &= !flags.0;
        }
    }

    fn case(self) -> Case {
        match (
            self.has(Self::CASE_INSENSITIVE),
            self.has(Self::UNICODE_CASE),
        ) {
            (false, _) => Case::Sensitive,
            (true, false) => Case::Ascii,
            (true, true) => Case::Unicode,
        }
    }

    fn lines(self) -> Lines {
        if self.has(Self::UNIX_LINES) {
            Lines::Unix
        } else {
            Lines::Java
        }
    }
}

impl Parser {
    /// Branches up to a closing parenthesis or the end.
    fn alternation(&mut self) -> Result<Node, PatternError> {
        let mut branches = vec![self.sequence()?];
        while self.eat('|') {
            branches.push(self.sequence()?);
        }
        Ok(match branches.pop() {
            Some(only) if branches.is_empty() => only,
            last => {
                branches.extend(last);
                Node::Alternation(branches)
            }
        })
    }

    fn sequence(&mut self) -> Result<Node, PatternError> {
        let mut parts = Vec::new();
        while let Some(unit) = self.peek() {
            let atom = match unit.ch {
                _ if unit.literal => {
                    self.cursor += 1;
                    self.literal(unit.ch.into())
                }
                '|' | ')' => break,
                '(' => {
                    // Flags that stand alone apply to what follows and match nothing.
                    let Some(group) = self.group()? else { continue };
                    group
                }
                '[' => Node::Set(self.class()?),
                '\\' => self.escape()?,
                '*' | '+' | '?' => return Err(self.fault(Fault::DanglingQuantifier(unit.ch))),
                // As in Java, a count after nothing or after another quantifier repeats nothing.
                '{' => Node::Empty,
                ch => {
                    self.cursor += 1;
                    match ch {
                        '^' => Node::Assertion(self.caret()),
                        '$' => Node::Assertion(self.dollar()),
                        '.' => Node::Set(self.dot()),
                        _ => self.literal(ch.into()),
                    }
                }
            };
            parts.push(self.quantified(atom)?);
        }
        Ok(match parts.pop() {
            None => Node::Empty,
            Some(only) if parts.is_empty() => only,
            Some(last) => {
                parts.push(last);
                Node::Concat(parts)
            }
        })
    }

    /// One code point that means itself; a surrogate is in no text.
    fn literal(&self, code_point: u32) -> Node {
        match char::from_u32(code_point) {
            None => Node::Set(CharSet::empty()),
            Some(ch) => match case::variants(self.flags.case(), ch) {
                None => Node::Char(ch),
                Some(set) => Node::Set(set),
            },
        }
    }

    fn caret(&self) -> Assertion {
        if self.flags.has(Flags::MULTILINE) {
            Assertion::LineStart(self.flags.lines())
        } else {
            Assertion::Start
        }
    }

    fn dollar(&self) -> Assertion {
        if self.flags.has(Flags::MULTILINE) {
            Assertion::LineEnd(self.flags.lines())
        } else {
            Assertion::FinalEnd(self.flags.lines())
        }
    }

    fn dot(&self) -> CharSet {
        let excluded: &[(char, char)] = if self.flags.has(Flags::DOT_ALL) {
            &[]
        } else {
            match self.flags.lines() {
                Lines::Unix => &[('\n', '\n')],
                Lines::Java => &[
                    ('\n', '\n'),
                    ('\r', '\r'),
                    ('\u{85}', '\u{85}'),
                    ('\u{2028}', '\u{2029}'),
                ],
            }
        };
        CharSet::new(excluded).negated()
    }

    // The cursor.

    /// The next unit, past white space and comments where `(?x)` is on.
    fn peek(&mut self) -> Option<Unit> {
        if self.flags.has(Flags::COMMENTS) {
            self.skip_ignorable();
        }
        self.raw(0)
    }

    /// Takes the next unit, past white space and comments where `(?x)` is on.
    fn next(&mut self) -> Option<Unit> {
        let unit = self.peek();
        self.cursor += usize::from(unit.is_some());
        unit
    }

    /// Takes the next unit if it is `ch` in its special meaning.
    fn eat(&mut self, ch: char) -> bool {
        let found = self.peek().is_some_and(|unit| unit.is(ch));
        self.cursor += usize::from(found);
        found
    }

    /// The unit `ahead` of the cursor, be it white space or not.
    fn raw(&self, ahead: usize) -> Option<Unit> {
        self.units.get(self.cursor + ahead).copied()
    }

    fn skip_ignorable(&mut self) {
        while let Some(unit) = self.raw(0).filter(|unit| !unit.literal) {
            match unit.ch {
                '\t' | '\n' | '\u{B}' | '\u{C}' | '\r' | ' ' => self.cursor += 1,
                '#' => {
                    while self.raw(0).is_some_and(|unit| !self.ends_comment(unit.ch)) {
                        self.cursor += 1;
                    }
                }
                _ => return,
            }
        }
    }

    fn ends_comment(&self, ch: char) -> bool {
        match self.flags.lines() {
            Lines::Unix => ch == '\n',
            Lines::Java => matches!(ch, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}'),
        }
    }

    /// Where the cursor is, in bytes.
    fn at(&self) -> usize {
        self.raw(0).map_or(self.end, |unit| unit.at)
    }

    fn fault(&self, fault: Fault) -> PatternError {
        PatternError::Invalid {
            at: self.at(),
            fault,
        }
    }

    /// Enters a group or a class.
    fn descend(&mut self) -> Result<(), PatternError> {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return Err(PatternError::TooDeep { at: self.at() });
        }
        Ok(())
    }

    fn ascend(&mut self) {
        self.depth -= 1;
    }
}

impl Unit {
    fn is(self, ch: char) -> bool {
        !self.literal && self.ch == ch
    }
}

fn invalid<T>(at: usize, fault: Fault) -> Result<T, PatternError> {
    Err(PatternError::Invalid { at, fault })
}

fn not_supported<T>(at: usize, construct: NotSupported) -> Result<T, PatternError> {
    Err(PatternError::NotSupported { at, construct })
}
