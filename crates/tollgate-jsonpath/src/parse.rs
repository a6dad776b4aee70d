//! From the text of a path to its steps.
//!
//! The grammar is what Jayway's `PathCompiler` and `FilterCompiler` accept, oddities included:
//! a single character behind a closed step is ignored, trailing blanks too.

mod argument;
mod bracket;
mod filter;
mod text;

use crate::error::PathError;
use crate::function::Call;
use crate::limits::{Allowance, MAX_NESTING, MAX_PATH_LEN};
use crate::step::{Origin, Step, Steps};

pub(crate) use text::unescape;
use text::{Costs, Place};

/// How many bytes of the text of a path count as a value touched.
const BYTES_READ_PER_VISIT: usize = 8;

/// Parses a whole path text.
pub(crate) fn path(text: &str, left: &mut Allowance) -> Result<Steps, PathError> {
    if text.is_empty() {
        return Err(PathError::Empty);
    }
    if text.len() > MAX_PATH_LEN {
        return Err(PathError::TooLong { length: text.len() });
    }
    left.visit(work(text)).ok_or(PathError::TooCostly)?;
    let costs = Costs::of(*left);
    let steps = nested(text, Place::start(&costs));
    *left = costs.left();
    steps
}

/// How many values touched it counts as to read a text as a path, without regular expressions.
fn work(text: &str) -> usize {
    1 + text.len() / BYTES_READ_PER_VISIT
}

/// Whether Jayway would take this text for a path rather than a string. Regular expressions in it
/// are not looked into: the text comes from a document, whose author is not to make them.
pub(crate) fn is_path(text: &str) -> bool {
    let text = trimmed(text);
    let fits = text.starts_with(['$', '@']) && text.len() <= MAX_PATH_LEN;
    fits && nested(text, Place::start(&Costs::without_patterns())).is_ok()
}

/// How many values touched it counts as to tell whether a text is a path.
pub(crate) fn work_of_is_path(text: &str) -> usize {
    let text = trimmed(text);
    let is_read = text.starts_with(['$', '@']) && text.len() <= MAX_PATH_LEN;
    if is_read { work(text) } else { 0 }
}

/// Java's `trim` takes away every control character too.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|character| character <= ' ')
}

/// Parses a path that stands alone or in a filter; `$.` in front may be missing.
fn nested(text: &str, place: Place<'_>) -> Result<Steps, PathError> {
    let text = text.trim_end_matches(' ');
    if text.ends_with('.') {
        return Err(place.expected(text.len(), "a name after the last dot"));
    }
    let mut parser = PathParser::new(text, place)?;
    if text.starts_with(['$', '@']) {
        return parser.rooted();
    }
    // Read as if `$.` stood in front, so that `.a` is the deep scan `$..a`.
    if parser.peek() == Some(b'.') {
        parser.push(Step::Scan)?;
        parser.at += 1;
    }
    parser.after_dot()?;
    parser.steps_to_end()?;
    Ok(Steps::new(Origin::Document, parser.steps))
}

/// Parses a path in the arguments of a function; here trailing blanks count.
fn argument_path(text: &str, place: Place<'_>) -> Result<Steps, PathError> {
    PathParser::new(text, place)?.rooted()
}

struct PathParser<'t> {
    text: &'t str,
    at: usize,
    place: Place<'t>,
    steps: Vec<Step>,
}

impl<'t> PathParser<'t> {
    fn new(text: &'t str, place: Place<'t>) -> Result<Self, PathError> {
        if place.depth > MAX_NESTING {
            return Err(PathError::TooDeep { at: place.offset });
        }
        Ok(Self {
            text,
            at: 0,
            place,
            steps: Vec::new(),
        })
    }

    fn rooted(mut self) -> Result<Steps, PathError> {
        let origin = if self.peek() == Some(b'@') {
            Origin::Item
        } else {
            Origin::Document
        };
        self.at = 1;
        match self.peek() {
            None => {}
            Some(b'.' | b'[') => self.steps_to_end()?,
            Some(_) => return Err(self.expected("`.` or `[` after the root")),
        }
        Ok(Steps::new(origin, self.steps))
    }

    fn steps_to_end(&mut self) -> Result<(), PathError> {
        loop {
            match self.peek() {
                Some(b'.') => {
                    self.dots()?;
                    continue;
                }
                Some(b'[') => self.bracket()?,
                Some(b'*') => {
                    self.push(Step::Wildcard)?;
                    self.at += 1;
                }
                _ => self.name()?,
            }
            if self.is_tail() {
                return Ok(());
            }
        }
    }

    fn dots(&mut self) -> Result<(), PathError> {
        self.at += 1;
        if self.peek() == Some(b'.') {
            self.push(Step::Scan)?;
            self.at += 1;
        }
        self.after_dot()
    }

    fn after_dot(&self) -> Result<(), PathError> {
        match self.peek() {
            None | Some(b'.') => Err(self.expected("a name, `*` or `[` after the dot")),
            Some(_) => Ok(()),
        }
    }

    /// `name` or `name(...)`, up to the next dot or bracket.
    fn name(&mut self) -> Result<(), PathError> {
        let start = self.at;
        let rest = &self.text[start..];
        let length = rest.find(['.', '[', '(', ' ']).unwrap_or(rest.len());
        let name = &rest[..length];
        self.at += length;
        match self.peek() {
            Some(b' ') => Err(self.expected("no blank; write ['...'] around a name with blanks")),
            Some(b'(') => self.function(name),
            _ => self.push(Step::Property(name.into())),
        }
    }

    fn function(&mut self, name: &str) -> Result<(), PathError> {
        let open = self.at;
        if self.text[open..].starts_with("()") {
            // Left on the closing parenthesis, where Jayway leaves it: what follows a call
            // without arguments is read as a name that begins with `)`.
            self.at = open + 1;
            return self.push(Step::Function(Box::new(Call::new(name, Vec::new()))));
        }
        if !argument::are_closed(&self.text[open..]) {
            return Err(self.expected("a closing parenthesis for this one"));
        }
        let inner = self.place.inside(open + 1);
        let (arguments, length) = argument::parse(&self.text[open + 1..], inner)?;
        self.at = open + 1 + length;
        self.push(Step::Function(Box::new(Call::new(name, arguments))))
    }

    fn push(&mut self, step: Step) -> Result<(), PathError> {
        self.place.count_step(self.at)?;
        self.steps.push(step);
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Whether at most one character, as Java counts them, is left.
    fn is_tail(&self) -> bool {
        self.text[self.at..]
            .chars()
            .map(char::len_utf16)
            .sum::<usize>()
            <= 1
    }

    fn expected(&self, expected: &'static str) -> PathError {
        self.place.expected(self.at, expected)
    }
}
