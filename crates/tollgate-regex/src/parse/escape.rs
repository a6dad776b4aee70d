//! Everything that starts with a backslash.

use super::{Flags, Parser, invalid, not_supported};
use crate::{
    char_set::CharSet,
    error::{Fault, NotSupported, PatternError},
    property::{self, Lookup},
    tree::{Assertion, Node},
};

/// An escape that can stand in a character class.
pub(super) enum Escaped {
    /// A character or a lone surrogate.
    CodePoint(u32),
    Set(CharSet),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Sequence,
    Class,
}

impl Parser {
    /// An escape outside of classes; the cursor is on the backslash.
    pub(super) fn escape(&mut self) -> Result<Node, PatternError> {
        let at = self.at();
        let Some(unit) = self.raw(1) else {
            return invalid(at, Fault::DanglingBackslash);
        };
        let simple = match unit.ch {
            '1'..='9' => {
                self.cursor += 2;
                return Ok(self.numbered_reference(unit.ch));
            }
            'k' => {
                self.cursor += 2;
                return self.named_reference();
            }
            'b' => {
                self.cursor += 2;
                return Ok(Node::Assertion(self.boundary()?));
            }
            'A' => Node::Assertion(Assertion::Start),
            'B' => Node::Assertion(self.word_boundary(true)),
            'G' => Node::Assertion(Assertion::LastMatchEnd),
            'Z' => Node::Assertion(Assertion::FinalEnd(self.flags.lines())),
            'z' => Node::Assertion(Assertion::End),
            'R' => Node::LineBreak,
            'X' => Node::Grapheme,
            _ => {
                return Ok(match self.character_escape(Context::Sequence)? {
                    Escaped::CodePoint(code_point) => self.literal(code_point),
                    Escaped::Set(set) => Node::Set(set),
                });
            }
        };
        self.cursor += 2;
        Ok(simple)
    }

    /// An escape within a class; the cursor is on the backslash.
    pub(super) fn class_escape(&mut self) -> Result<Escaped, PatternError> {
        self.character_escape(Context::Class)
    }

    fn character_escape(&mut self, context: Context) -> Result<Escaped, PatternError> {
        let at = self.at();
        let Some(unit) = self.raw(1) else {
            return invalid(at, Fault::DanglingBackslash);
        };
        self.cursor += 2;
        let code_point = match unit.ch {
            '0' => self.octal(at)?,
            'x' => self.hexadecimal(at)?,
            'u' => self.unicode(at)?,
            'c' => {
                let Some(control) = self.raw(0) else {
                    return invalid(at, Fault::ControlEscape);
                };
                self.cursor += 1;
                u32::from(control.ch) ^ 64
            }
            'a' => 0x07,
            'e' => 0x1B,
            'f' => 0x0C,
            'n' => 0x0A,
            'r' => 0x0D,
            't' => 0x09,
            // A set, but as the first of a range Java takes it for a vertical tab.
            'v' if context == Context::Class && self.raw(0).is_some_and(|next| next.is('-')) => {
                0x0B
            }
            'p' | 'P' => return self.property(unit.ch == 'P').map(Escaped::Set),
            'N' => {
                let rest = &self.units[self.cursor..];
                let opened = rest.first().is_some_and(|unit| unit.is('{'));
                return if opened && rest.iter().any(|unit| unit.is('}')) {
                    not_supported(at, NotSupported::CharacterName)
                } else {
                    invalid(at, Fault::NameEscape)
                };
            }
            letter if letter.is_ascii_alphanumeric() => {
                let unicode = self.flags.has(Flags::UNICODE_CLASS);
                let Some(set) = property::predefined(letter.to_ascii_lowercase(), unicode) else {
                    return invalid(at, Fault::UnknownEscape(letter));
                };
                return Ok(Escaped::Set(if letter.is_ascii_uppercase() {
                    set.negated()
                } else {
                    set
                }));
            }
            literal => literal.into(),
        };
        Ok(Escaped::CodePoint(code_point))
    }

    /// `\p{…}`, `\pL` and their negations; the cursor is after the letter.
    fn property(&mut self, negated: bool) -> Result<CharSet, PatternError> {
        let at = self.at();
        let name = if self.eat('{') {
            let mut name = String::new();
            loop {
                let Some(unit) = self.raw(0) else {
                    return invalid(at, Fault::UnclosedProperty);
                };
                self.cursor += 1;
                if unit.is('}') {
                    break;
                }
                name.push(unit.ch);
            }
            if name.is_empty() {
                return invalid(at, Fault::EmptyProperty);
            }
            name
        } else {
            match self.next() {
                Some(unit) if !unit.literal => unit.ch.to_string(),
                _ => return invalid(at, Fault::UnknownProperty(String::new())),
            }
        };
        let lookup = Lookup {
            any_case: self.flags.has(Flags::CASE_INSENSITIVE),
            unicode: self.flags.has(Flags::UNICODE_CLASS),
        };
        if property::is_mirrored(&name) {
            return not_supported(at, NotSupported::Mirrored);
        }
        match lookup.find(&name) {
            Some(set) if negated => Ok(set.negated()),
            Some(set) => Ok(set),
            None => invalid(at, Fault::UnknownProperty(name)),
        }
    }

    /// `\1` and on: as many digits as make the number of a group that has been opened.
    fn numbered_reference(&mut self, first: char) -> Node {
        let mut group = first.to_digit(10).unwrap_or(0) as usize;
        while let Some(digit) = self
            .peek()
            .filter(|unit| !unit.literal)
            .and_then(|unit| unit.ch.to_digit(10))
        {
            let longer = group * 10 + digit as usize;
            if longer > self.groups {
                break;
            }
            group = longer;
            self.cursor += 1;
        }
        self.reference(group)
    }

    fn named_reference(&mut self) -> Result<Node, PatternError> {
        if !self.eat('<') {
            return Err(self.fault(Fault::NoReferenceName));
        }
        let at = self.at();
        let name = self.group_name()?;
        match self.names.get(&name) {
            Some(&group) => Ok(self.reference(group)),
            None => invalid(at, Fault::NoSuchGroup(name)),
        }
    }

    fn reference(&self, group: usize) -> Node {
        Node::BackReference {
            group,
            case: self.flags.case(),
        }
    }

    /// `\b`; the cursor is after the letter.
    fn boundary(&mut self) -> Result<Assertion, PatternError> {
        let is = |ahead, ch| self.raw(ahead).is_some_and(|unit| unit.is(ch));
        if is(0, '{') && is(1, 'g') {
            return if is(2, '}') {
                not_supported(self.at(), NotSupported::GraphemeBoundary)
            } else {
                Err(self.fault(Fault::RepetitionWithoutCount))
            };
        }
        Ok(self.word_boundary(false))
    }

    fn word_boundary(&self, negated: bool) -> Assertion {
        Assertion::WordBoundary {
            negated,
            unicode: self.flags.has(Flags::UNICODE_CLASS),
        }
    }

    /// One to three octal digits, three only if the first is at most 3.
    fn octal(&mut self, at: usize) -> Result<u32, PatternError> {
        let Some(first) = self.digit(8) else {
            return invalid(at, Fault::OctalEscape);
        };
        let Some(second) = self.digit(8) else {
            return Ok(first);
        };
        let two = first * 8 + second;
        match first {
            0..=3 => Ok(self.digit(8).map_or(two, |third| two * 8 + third)),
            _ => Ok(two),
        }
    }

    fn hexadecimal(&mut self, at: usize) -> Result<u32, PatternError> {
        let bare = self.cursor;
        if let (Some(high), Some(low)) = (self.digit(16), self.digit(16)) {
            return Ok(high * 16 + low);
        }
        if self.cursor != bare || !self.eat('{') {
            return invalid(at, Fault::HexadecimalEscape);
        }
        let mut code_point = 0_u32;
        let mut digits = 0;
        while let Some(digit) = self.digit(16) {
            digits += 1;
            code_point = code_point * 16 + digit;
            if code_point > 0x10_FFFF {
                return invalid(at, Fault::CodePoint);
            }
        }
        if digits == 0 || !self.eat('}') {
            return invalid(at, Fault::HexadecimalEscape);
        }
        Ok(code_point)
    }

    /// `\uhhhh`, or two of them that make a surrogate pair.
    fn unicode(&mut self, at: usize) -> Result<u32, PatternError> {
        let first = self.four_digits(at)?;
        let pair = |ahead, ch| self.raw(ahead).is_some_and(|unit: super::Unit| unit.is(ch));
        if (0xD800..0xDC00).contains(&first) && pair(0, '\\') && pair(1, 'u') {
            let after = self.cursor;
            self.cursor += 2;
            let second = self.four_digits(at)?;
            if (0xDC00..0xE000).contains(&second) {
                return Ok(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00));
            }
            self.cursor = after;
        }
        Ok(first)
    }

    fn four_digits(&mut self, at: usize) -> Result<u32, PatternError> {
        let mut unit = 0;
        for _ in 0..4 {
            let Some(digit) = self.digit(16) else {
                return invalid(at, Fault::UnicodeEscape);
            };
            unit = unit * 16 + digit;
        }
        Ok(unit)
    }

    /// Takes the next unit if it is a digit in `radix`.
    fn digit(&mut self, radix: u32) -> Option<u32> {
        let digit = self
            .peek()
            .filter(|unit| !unit.literal)
            .and_then(|unit| unit.ch.to_digit(radix))?;
        self.cursor += 1;
        Some(digit)
    }
}
