//! Everything that starts with a parenthesis.

use super::{Flags, Parser, invalid, look_behind, not_supported};
use crate::{
    error::{Fault, NotSupported, PatternError},
    tree::{Direction, Node},
};

impl Parser {
    /// A group, or `None` for flags that stand alone; the cursor is on the parenthesis.
    pub(super) fn group(&mut self) -> Result<Option<Node>, PatternError> {
        let flags = self.flags;
        let opening = self.at();
        self.descend()?;
        self.cursor += 1;
        let group = if self.eat('?') {
            self.special(opening)?
        } else {
            Some(self.capture()?)
        };
        self.ascend();
        if group.is_none() {
            return Ok(None);
        }
        if !self.eat(')') {
            return Err(self.fault(Fault::UnclosedGroup));
        }
        self.flags = flags;
        Ok(group)
    }

    /// What follows `(?`, without the closing parenthesis unless it is just flags.
    fn special(&mut self, opening: usize) -> Result<Option<Node>, PatternError> {
        let at = self.at();
        let kind = self.raw(0).filter(|unit| !unit.literal);
        Ok(Some(match kind.map(|unit| unit.ch) {
            Some(':') => {
                self.cursor += 1;
                self.plain()?
            }
            Some('=') => self.look_ahead(false)?,
            Some('!') => self.look_ahead(true)?,
            Some('>') => {
                self.cursor += 1;
                Node::Atomic(Box::new(self.alternation()?))
            }
            Some('<') => {
                self.cursor += 1;
                match self.peek().map(|unit| unit.ch) {
                    Some('=') => self.look_behind(opening, false)?,
                    Some('!') => self.look_behind(opening, true)?,
                    _ => self.named_capture()?,
                }
            }
            _ => {
                self.flags()?;
                match self.next() {
                    Some(unit) if unit.is(')') => return Ok(None),
                    Some(unit) if unit.is(':') => self.plain()?,
                    _ => return invalid(at, Fault::UnknownGroup),
                }
            }
        }))
    }

    /// The inside of a group that does not capture.
    fn plain(&mut self) -> Result<Node, PatternError> {
        Ok(match self.alternation()? {
            // Repeated, `(?:a)` is another thing to Java than `a`, as far as look-behind goes.
            single @ (Node::Char(_) | Node::Set(_)) => Node::Concat(vec![single]),
            body => body,
        })
    }

    fn capture(&mut self) -> Result<Node, PatternError> {
        self.groups += 1;
        let group = self.groups;
        let body = Box::new(self.alternation()?);
        Ok(Node::Capture { group, body })
    }

    fn named_capture(&mut self) -> Result<Node, PatternError> {
        let at = self.at();
        let name = self.group_name()?;
        if self.names.contains_key(&name) {
            return invalid(at, Fault::DuplicateGroup(name));
        }
        self.names.insert(name, self.groups + 1);
        self.capture()
    }

    /// A name and the `>` after it.
    pub(super) fn group_name(&mut self) -> Result<String, PatternError> {
        let mut name = String::new();
        while let Some(unit) = self.peek().filter(|unit| unit.ch.is_ascii_alphanumeric()) {
            if unit.literal || (name.is_empty() && !unit.ch.is_ascii_alphabetic()) {
                break;
            }
            name.push(unit.ch);
            self.cursor += 1;
        }
        if name.is_empty() || !self.eat('>') {
            return Err(self.fault(Fault::GroupName));
        }
        Ok(name)
    }

    fn look_ahead(&mut self, negated: bool) -> Result<Node, PatternError> {
        self.cursor += 1;
        let body = Box::new(self.alternation()?);
        Ok(Node::Look {
            direction: Direction::Ahead,
            negated,
            body,
        })
    }

    fn look_behind(&mut self, opening: usize, negated: bool) -> Result<Node, PatternError> {
        self.cursor += 1;
        let body = self.alternation()?;
        let Some(direction) = look_behind::reach(&body) else {
            return invalid(opening, Fault::UnboundedLookBehind);
        };
        Ok(Node::Look {
            direction,
            negated,
            body: Box::new(body),
        })
    }

    /// Flags to switch on, and after a hyphen those to switch off.
    fn flags(&mut self) -> Result<(), PatternError> {
        let mut on = true;
        while let Some(unit) = self.peek().filter(|unit| !unit.literal) {
            let flags = match unit.ch {
                'i' => Flags::CASE_INSENSITIVE,
                'd' => Flags::UNIX_LINES,
                'm' => Flags::MULTILINE,
                's' => Flags::DOT_ALL,
                'u' => Flags::UNICODE_CASE,
                'x' => Flags::COMMENTS,
                'U' => Flags(Flags::UNICODE_CLASS.0 | Flags::UNICODE_CASE.0),
                'c' => return not_supported(unit.at, NotSupported::CanonicalEquivalence),
                '-' if on => {
                    on = false;
                    Flags::default()
                }
                _ => break,
            };
            self.cursor += 1;
            self.flags.set(flags, on);
        }
        Ok(())
    }
}
