//! Methods of strings whose results go straight to where they are wanted: printed, looked at or
//! kept.
//!
//! They do and cost what [`call`](super::call) does and costs, but for results in values. Where
//! anything is unusual, an argument of another kind, an index outside or a limit, they give nothing,
//! and the call is made the other way.

use crate::render::Budget;
use crate::value::{Str, Value, weight};

use super::name::Name;

/// A string on its way through the calls of a reference.
#[derive(Clone, Copy)]
pub(crate) enum Piece<'t, 'a> {
    /// One that belongs to the data or the template, or a part of it.
    Lasting(&'a str),
    /// One that was made, as a value holds it.
    Whole(&'t Str<'a>),
    /// A part of such a string.
    Part(&'t str),
}

/// An argument.
#[derive(Clone, Copy)]
pub(crate) enum Argument<'t> {
    Text(&'t str),
    Number(i32),
}

/// What a method gives.
pub(crate) enum Given<'t, 'a> {
    Piece(Piece<'t, 'a>),
    Made(Made<'t>),
    Number(i32),
    Truth(bool),
}

/// A string that is to be made, and how long it will be.
pub(crate) struct Made<'t> {
    pub(crate) length: usize,
    text: &'t str,
    change: Change<'t>,
}

enum Change<'t> {
    Upper,
    Lower,
    Append(&'t str),
    Replace(&'t str, &'t str),
}

/// Whether a method is one of these that gives a string.
pub(crate) fn gives_text(name: Name, arguments: usize) -> bool {
    matches!(
        (name, arguments),
        (
            Name::Trim | Name::ToUpperCase | Name::ToLowerCase | Name::ToString,
            0
        ) | (Name::Substring | Name::Concat, 1)
            | (Name::Substring | Name::Replace, 2)
    )
}

/// Whether a method is one of these that gives a number or a truth value.
pub(crate) fn gives_scalar(name: Name, arguments: usize) -> bool {
    matches!(
        (name, arguments),
        (Name::Length | Name::IsEmpty, 0)
            | (
                Name::Contains | Name::StartsWith | Name::EndsWith | Name::IndexOf | Name::Equals,
                1
            )
    )
}

/// What a method gives, if it does so directly and if enough is left of the budget. What was taken
/// of it stays taken.
#[inline]
pub(crate) fn give<'t, 'a>(
    receiver: Piece<'t, 'a>,
    name: Name,
    arguments: &[Argument<'t>],
    budget: &mut Budget,
) -> Option<Given<'t, 'a>> {
    let text = receiver.text();
    let mut steps = match (name, arguments) {
        (Name::ToString, []) => 0,
        (Name::Equals, [Argument::Text(other)]) if text.len() != other.len() => 1,
        (Name::Equals, [_]) => 1 + Budget::steps_of_pass(text.len()),
        _ => Budget::steps_of_pass(text.len()),
    };
    for argument in arguments {
        if let Argument::Text(argument) = argument {
            steps += Budget::steps_of_pass(argument.len());
        }
    }
    budget.take_steps(steps).ok()?;
    Some(match (name, arguments) {
        (Name::ToString, []) => Given::Piece(receiver),
        (Name::Equals, [Argument::Text(other)]) => Given::Truth(text == *other),
        (Name::Trim, []) => {
            let bytes = text.as_bytes();
            let inner = |byte: &u8| *byte > b' ';
            let from = bytes.iter().position(inner).unwrap_or(bytes.len());
            let to = bytes.iter().rposition(inner).map_or(from, |last| last + 1);
            Given::Piece(receiver.part(from, to, budget)?)
        }
        (Name::Substring, [Argument::Number(from)]) if text.is_ascii() => {
            let from = usize::try_from(*from).ok()?;
            Given::Piece(receiver.part(from, text.len(), budget)?)
        }
        (Name::Substring, [Argument::Number(from), Argument::Number(to)]) if text.is_ascii() => {
            let (from, to) = (usize::try_from(*from).ok()?, usize::try_from(*to).ok()?);
            Given::Piece(receiver.part(from, to, budget)?)
        }
        (Name::ToUpperCase, []) if text.is_ascii() => {
            Given::Made(Made::of(text, text.len(), Change::Upper, budget)?)
        }
        (Name::ToLowerCase, []) if text.is_ascii() => {
            Given::Made(Made::of(text, text.len(), Change::Lower, budget)?)
        }
        (Name::Concat, [Argument::Text(other)]) => {
            let length = text.len() + other.len();
            Given::Made(Made::of(text, length, Change::Append(other), budget)?)
        }
        (Name::Replace, [Argument::Text(from), Argument::Text(to)]) if !from.is_empty() => {
            let count = count(text, from);
            if count == 0 {
                return Some(Given::Piece(receiver));
            }
            let kept = text.len() - count * from.len();
            let length = kept.saturating_add(count.saturating_mul(to.len()));
            Given::Made(Made::of(text, length, Change::Replace(from, to), budget)?)
        }
        (Name::Length, []) if text.is_ascii() => Given::Number(text.len().try_into().ok()?),
        (Name::IsEmpty, []) => Given::Truth(text.is_empty()),
        (Name::Contains, [Argument::Text(part)]) => Given::Truth(contains(text, part)),
        (Name::StartsWith, [Argument::Text(part)]) => Given::Truth(text.starts_with(part)),
        (Name::EndsWith, [Argument::Text(part)]) => Given::Truth(text.ends_with(part)),
        (Name::IndexOf, [Argument::Text(part)]) if text.is_ascii() => {
            Given::Number(text.find(part).map_or(Some(-1), |at| at.try_into().ok())?)
        }
        _ => return None,
    })
}

/// How often a part stands in a text.
fn count(text: &str, part: &str) -> usize {
    match *part.as_bytes() {
        [byte] => text.bytes().filter(|other| *other == byte).count(),
        _ => text.matches(part).count(),
    }
}

/// Whether a part stands in a text; one byte is found faster than a text.
fn contains(text: &str, part: &str) -> bool {
    match part.as_bytes() {
        [byte] => text.as_bytes().contains(byte),
        _ => text.contains(part),
    }
}

impl<'t, 'a> Piece<'t, 'a> {
    /// The string that a value holds.
    #[inline]
    pub(crate) fn of(value: &'t Value<'a>) -> Option<Self> {
        match value {
            Value::Str(text) => Some(match text.lasting() {
                Some(text) => Self::Lasting(text),
                None => Self::Whole(text),
            }),
            _ => None,
        }
    }

    #[inline]
    pub(crate) fn text(self) -> &'t str {
        match self {
            Self::Lasting(text) => text,
            Self::Whole(text) => text,
            Self::Part(text) => text,
        }
    }

    /// A part of it, if the range lies inside. One of a string that was made counts as made, too.
    #[inline]
    fn part(self, from: usize, to: usize, budget: &mut Budget) -> Option<Self> {
        if let Self::Lasting(text) = self {
            return text.get(from..to).map(Self::Lasting);
        }
        let text = self.text();
        if from == 0 && to == text.len() {
            return Some(self);
        }
        let part = text.get(from..to)?;
        budget.allocate(weight::STRING + part.len()).ok()?;
        Some(Self::Part(part))
    }

    /// It as a string to keep.
    pub(crate) fn keep(self) -> Str<'a> {
        match self {
            Self::Lasting(text) => text.into(),
            Self::Whole(text) => text.clone(),
            Self::Part(text) => Str::copied(text),
        }
    }
}

impl<'t> Made<'t> {
    /// A text with a change to it, which is paid for.
    #[inline]
    fn of(text: &'t str, length: usize, change: Change<'t>, budget: &mut Budget) -> Option<Self> {
        budget.allocate_string(length).ok()?;
        budget.allocate(weight::STRING).ok()?;
        Some(Self {
            length,
            text,
            change,
        })
    }

    /// Makes it at the end of another string.
    pub(crate) fn append_to(&self, out: &mut String) {
        let start = out.len();
        match self.change {
            Change::Upper => {
                out.push_str(self.text);
                out[start..].make_ascii_uppercase();
            }
            Change::Lower => {
                out.push_str(self.text);
                out[start..].make_ascii_lowercase();
            }
            Change::Append(other) => {
                out.push_str(self.text);
                out.push_str(other);
            }
            Change::Replace(from, to) => {
                let mut kept = 0;
                let mut replace = |at: usize| {
                    out.push_str(&self.text[kept..at]);
                    out.push_str(to);
                    kept = at + from.len();
                };
                match *from.as_bytes() {
                    [byte] => {
                        let bytes = self.text.bytes().enumerate();
                        let found = bytes.filter(|(_, other)| *other == byte);
                        found.for_each(|(at, _)| replace(at));
                    }
                    _ => self
                        .text
                        .match_indices(from)
                        .for_each(|(at, _)| replace(at)),
                }
                out.push_str(&self.text[kept..]);
            }
        }
    }

    /// Makes it as a string to keep.
    pub(crate) fn keep<'a>(&self, budget: &mut Budget) -> Str<'a> {
        match self.change {
            Change::Upper => Str::changed(self.text, str::make_ascii_uppercase),
            Change::Lower => Str::changed(self.text, str::make_ascii_lowercase),
            Change::Append(_) | Change::Replace(..) => {
                let mut room = budget.room();
                self.append_to(&mut room);
                budget.keep(room)
            }
        }
    }
}

impl<'a> Given<'_, 'a> {
    /// It as a value.
    pub(crate) fn keep(self, budget: &mut Budget) -> Value<'a> {
        match self {
            Self::Piece(piece) => piece.keep().into(),
            Self::Made(made) => made.keep(budget).into(),
            Self::Number(number) => number.into(),
            Self::Truth(truth) => truth.into(),
        }
    }

    /// Whether it counts as true.
    pub(crate) fn is_true(&self, budget: &Budget) -> bool {
        match self {
            Self::Truth(truth) => *truth,
            _ if !budget.rules().empty_is_false => true,
            Self::Piece(piece) => !piece.text().is_empty(),
            Self::Made(made) => made.length > 0,
            Self::Number(number) => *number != 0,
        }
    }
}
