//! Character classes: unions, ranges, `&&` and negation.

use super::{Parser, escape::Escaped, invalid};
use crate::{
    case,
    char_set::CharSet,
    error::{Fault, PatternError},
};

/// Whether the closing bracket belongs to the class at hand, or to the one around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Closing {
    Own,
    Outer,
}

/// What a class holds so far.
///
/// Single characters are kept apart from the rest, as Java does: `&&` treats them in one go.
#[derive(Default)]
struct Members {
    set: Option<CharSet>,
    singles: Option<CharSet>,
    /// Whether the latest member was a single character.
    single_last: bool,
}

impl Members {
    fn add(&mut self, member: &CharSet) {
        self.set = Some(match self.set.take() {
            Some(set) => set.union(member),
            None => member.clone(),
        });
        self.single_last = false;
    }

    fn add_single(&mut self, single: &CharSet) {
        self.singles = Some(match self.singles.take() {
            Some(singles) => singles.union(single),
            None => single.clone(),
        });
        self.single_last = true;
    }

    fn is_empty(&self) -> bool {
        self.set.is_none() && self.singles.is_none()
    }

    fn take_all(&mut self) -> Option<CharSet> {
        match (self.set.take(), self.singles.take()) {
            (Some(set), Some(singles)) => Some(set.union(&singles)),
            (set, singles) => set.or(singles),
        }
    }
}

impl Parser {
    /// A class; the cursor is on the opening bracket.
    pub(super) fn class(&mut self) -> Result<CharSet, PatternError> {
        self.cursor += 1;
        self.members(Closing::Own)
    }

    fn members(&mut self, closing: Closing) -> Result<CharSet, PatternError> {
        self.descend()?;
        let mut members = Members::default();
        let mut negated = false;
        let opened = self.cursor;
        loop {
            let Some(unit) = self.peek() else {
                return Err(self.fault(Fault::UnclosedClass));
            };
            match unit.ch {
                _ if unit.literal => self.member(&mut members)?,
                '^' if closing == Closing::Own && self.cursor == opened => {
                    self.cursor += 1;
                    negated = true;
                }
                '[' => {
                    let inner = self.class()?;
                    members.add(&inner);
                }
                '&' if self.raw(1).is_some_and(|next| next.is('&')) => {
                    self.cursor += 2;
                    self.intersect(&mut members)?;
                }
                ']' if !members.is_empty() => break,
                _ => self.member(&mut members)?,
            }
        }
        if closing == Closing::Own {
            self.cursor += 1;
        }
        self.ascend();
        let set = members.take_all().unwrap_or_else(CharSet::empty);
        Ok(if negated { set.negated() } else { set })
    }

    /// What follows `&&`: everything up to the end of the class or another `&`.
    fn intersect(&mut self, members: &mut Members) -> Result<(), PatternError> {
        let mut right: Option<CharSet> = None;
        loop {
            let operand = match self.peek() {
                None => return Err(self.fault(Fault::UnclosedClass)),
                Some(unit) if unit.is(']') || unit.is('&') => break,
                Some(unit) if unit.is('[') => self.class()?,
                Some(_) => self.members(Closing::Outer)?,
            };
            right = Some(match right {
                Some(right) => right.union(&operand),
                None => operand,
            });
        }
        // `[a&&]` is `[a]`, but `[\da&&]` makes Java throw a NullPointerException in a match.
        let lost = right.is_none() && members.single_last && members.set.is_some();
        members.set = match (members.take_all(), right) {
            (None, None) => return Err(self.fault(Fault::EmptyIntersection)),
            _ if lost => return Err(self.fault(Fault::EmptyIntersection)),
            (Some(left), Some(right)) => Some(left.intersection(&right)),
            (left, right) => left.or(right),
        };
        members.single_last = false;
        Ok(())
    }

    /// A character, a range or an escape that stands for a set.
    fn member(&mut self, members: &mut Members) -> Result<(), PatternError> {
        let at = self.at();
        let first = match self.class_character()? {
            Escaped::Set(set) => {
                members.add(&set);
                return Ok(());
            }
            Escaped::CodePoint(first) => first,
        };
        let hyphen = self.peek().is_some_and(|unit| unit.is('-'));
        let ends_range = |unit: super::Unit| !unit.is('[') && !unit.is(']');
        if !hyphen || !self.raw(1).is_none_or(ends_range) {
            members.add_single(
                &case::range(self.flags.case(), first, first).union(
                    &char::from_u32(first)
                        .and_then(|ch| case::variants(self.flags.case(), ch))
                        .unwrap_or_else(CharSet::empty),
                ),
            );
            return Ok(());
        }
        self.cursor += 1;
        if self.peek().is_none() {
            return Err(self.fault(Fault::UnclosedClass));
        }
        match self.class_character()? {
            Escaped::CodePoint(last) if first <= last => {
                members.add(&case::range(self.flags.case(), first, last));
                Ok(())
            }
            _ => invalid(at, Fault::ClassRange),
        }
    }

    fn class_character(&mut self) -> Result<Escaped, PatternError> {
        match self.peek() {
            Some(unit) if unit.is('\\') => self.class_escape(),
            Some(unit) => {
                self.cursor += 1;
                Ok(Escaped::CodePoint(unit.ch.into()))
            }
            None => Err(self.fault(Fault::UnclosedClass)),
        }
    }
}
