//! Looking around in the text of a path.

use std::borrow::Cow;
use std::cell::Cell;

use crate::error::PathError;
use crate::limits::{Allowance, MAX_STEPS};

/// Where a part of a path stands in the whole text, and how deep.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'c> {
    pub(super) offset: usize,
    pub(super) depth: usize,
    /// What the whole text costs so far.
    pub(super) costs: &'c Costs,
}

/// What is counted while a path is parsed.
#[derive(Debug)]
pub(super) struct Costs {
    /// Whether regular expressions are compiled, not only skipped.
    pub(super) compiles: bool,
    steps: Cell<usize>,
    left: Cell<Allowance>,
}

impl Costs {
    pub(super) fn of(left: Allowance) -> Self {
        Self {
            compiles: true,
            steps: Cell::new(0),
            left: Cell::new(left),
        }
    }

    pub(super) fn without_patterns() -> Self {
        Self {
            compiles: false,
            ..Self::of(Allowance::default())
        }
    }

    /// Counts work and memory.
    pub(super) fn take(&self, visits: usize, bytes: usize) -> Result<(), PathError> {
        let mut left = self.left.get();
        let taken = left.visit(visits).and_then(|()| left.make(bytes));
        self.left.set(left);
        taken.ok_or(PathError::TooCostly)
    }

    pub(super) fn left(&self) -> Allowance {
        self.left.get()
    }
}

impl<'c> Place<'c> {
    pub(super) fn start(costs: &'c Costs) -> Self {
        Self {
            offset: 0,
            depth: 0,
            costs,
        }
    }

    /// Counts a step that starts at byte `at` of this part.
    pub(super) fn count_step(self, at: usize) -> Result<(), PathError> {
        let steps = &self.costs.steps;
        steps.set(steps.get() + 1);
        match steps.get() {
            0..=MAX_STEPS => Ok(()),
            _ => Err(PathError::TooManySteps {
                at: self.offset + at,
            }),
        }
    }

    /// The place of a part that starts at `offset` of this one, one level deeper.
    pub(super) fn inside(self, offset: usize) -> Self {
        Self {
            offset: self.offset + offset,
            depth: self.depth + 1,
            costs: self.costs,
        }
    }

    /// The error for byte `at` of this part.
    pub(super) fn expected(self, at: usize, expected: &'static str) -> PathError {
        PathError::Syntax {
            at: self.offset + at,
            expected,
        }
    }
}

/// The position of the next byte that is no blank, and that byte.
pub(super) fn significant(text: &str, from: usize) -> (usize, Option<u8>) {
    let bytes = text.as_bytes();
    let blanks = bytes[from.min(bytes.len())..]
        .iter()
        .take_while(|byte| **byte == b' ')
        .count();
    (from + blanks, bytes.get(from + blanks).copied())
}

/// The position of the next `wanted` at or after `from` without a backslash before it.
pub(super) fn unescaped(text: &str, from: usize, wanted: u8) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(from) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            _ if byte == wanted => return Some(at),
            _ => {}
        }
    }
    None
}

/// What may hide brackets from the search for a closing one.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Skip {
    Strings,
    StringsAndPatterns,
}

/// The position of the bracket that closes the one at `open`.
pub(super) fn closing(text: &str, open: usize, brackets: (u8, u8), skip: Skip) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 1_usize;
    let mut at = open + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\'' | b'"' => at = unescaped(text, at + 1, byte)?,
            b'/' if skip == Skip::StringsAndPatterns => at = unescaped(text, at + 1, byte)?,
            _ if byte == brackets.0 => depth += 1,
            _ if byte == brackets.1 => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Resolves backslashes; `None` for a broken `\u`.
pub(crate) fn unescape(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('\\') {
        return Some(Cow::Borrowed(text));
    }
    let mut units = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        units.extend(before.encode_utf16());
        let mut characters = after.chars();
        let unit = match characters.next() {
            None => u16::from(b'\\'),
            Some('b') => 8,
            Some('t') => 9,
            Some('n') => 10,
            Some('f') => 12,
            Some('r') => 13,
            Some('u') => {
                let digits = after.get(1..5)?;
                characters = after[5..].chars();
                // `from_str_radix` would take a sign.
                if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    return None;
                }
                u16::from_str_radix(digits, 16).ok()?
            }
            Some(character) => {
                units.extend_from_slice(character.encode_utf16(&mut [0; 2]));
                rest = characters.as_str();
                continue;
            }
        };
        units.push(unit);
        rest = characters.as_str();
    }
    units.extend(rest.encode_utf16());
    Some(Cow::Owned(String::from_utf16_lossy(&units)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_escapes() {
        for (text, expected) in [
            ("plain", Some("plain")),
            (r"it\'s", Some("it's")),
            (r"a\\b\/c\q", Some(r"a\b/cq")),
            (r"\t\n\u00e9", Some("\t\né")),
            (r"\ud83d\ude00", Some("😀")),
            (r"end\", Some(r"end\")),
            (r"\u12", None),
            (r"\u+123", None),
            (r"\u12é", None),
        ] {
            assert_eq!(unescape(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn finds_the_closing_bracket() {
        for (text, expected) in [
            ("(a(b)c)d", Some(6)),
            ("(')'+\")\")", Some(8)),
            (r"('\')')", Some(6)),
            ("(/)/)", Some(4)),
            ("(a", None),
            ("('a)", None),
        ] {
            let found = closing(text, 0, (b'(', b')'), Skip::StringsAndPatterns);
            assert_eq!(found, expected, "{text}");
        }
    }
}
