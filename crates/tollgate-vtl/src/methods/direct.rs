//! Methods of strings whose results go straight to where they are wanted: printed, looked at or
//! kept.
//!
//! They do and cost what [`call`](super::call) does and costs, but for results in values. Where
//! anything is unusual, an argument of another kind, an index outside or a limit, they give nothing,
//! and the call is made the other way.

use crate::program::Slot;
use crate::render::Budget;
use crate::value::{Str, Value, weight};

use super::name::Name;

/// A call of such a method.
#[derive(Debug)]
pub(crate) struct Call {
    method: Method,
    /// The steps it takes beside those for the receiver and for variables.
    steps: u64,
    /// Whether the receiver costs a pass in any case.
    passes: bool,
}

#[derive(Debug)]
enum Method {
    Text(TextMethod),
    Number(NumberMethod),
    Truth(TruthMethod),
}

/// A method that gives a string.
#[derive(Debug)]
enum TextMethod {
    ToString,
    Trim,
    ToUpperCase,
    ToLowerCase,
    From(Argument),
    Substring(Argument, Argument),
    Concat(Argument),
    Replace(Argument, Argument),
}

/// A method that gives a number.
#[derive(Debug)]
enum NumberMethod {
    Length,
    IndexOf(Argument),
}

/// A method that gives a truth value.
#[derive(Debug)]
enum TruthMethod {
    IsEmpty,
    Contains(Argument),
    StartsWith(Argument),
    EndsWith(Argument),
    Equals(Argument),
}

/// An argument.
#[derive(Debug)]
pub(crate) enum Argument {
    Text(Box<str>),
    Number(i32),
    Variable(Slot),
}

/// Where variables have their values.
pub(crate) trait Variables<'a> {
    /// The value of a variable, if it is known and has one.
    fn value(&self, slot: Slot) -> Option<&Value<'a>>;
}

/// What is done with what a method gives, with an output at hand.
pub(crate) trait Use<'a, O> {
    type Result;

    /// Does it; none, and the output is as it was, if that does not work.
    fn use_given(given: Given<'_, 'a>, out: &mut O, budget: &mut Budget) -> Option<Self::Result>;
}

/// A string on its way through the calls of a reference: one that a value holds, or a part of it.
#[derive(Clone, Copy)]
pub(crate) struct Piece<'t, 'a> {
    pub(crate) text: &'t str,
    whole: &'t Str<'a>,
    /// Where the text begins in the whole.
    start: usize,
}

/// What a method gives.
pub(crate) enum Given<'t, 'a> {
    Piece(Piece<'t, 'a>),
    Made(Made<'t>),
    Number(i32),
    Truth(bool),
}

/// What a method gives that gives a string.
pub(crate) enum Text<'t, 'a> {
    Piece(Piece<'t, 'a>),
    Made(Made<'t>),
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

impl Call {
    /// The call of a method, if it is one of these.
    pub(crate) fn new(name: Name, arguments: Vec<Argument>) -> Option<Self> {
        let passes = arguments.iter().map(|argument| match argument {
            Argument::Text(text) => Budget::steps_of_pass(text.len()),
            Argument::Number(_) | Argument::Variable(_) => 0,
        });
        let steps = 1 + arguments.len() as u64 + passes.sum::<u64>();
        let mut arguments = arguments.into_iter();
        let arguments = (arguments.next(), arguments.next(), arguments.next());
        let method = match (name, arguments) {
            (name, (None, None, None)) => match name {
                Name::ToString => Method::Text(TextMethod::ToString),
                Name::Trim => Method::Text(TextMethod::Trim),
                Name::ToUpperCase => Method::Text(TextMethod::ToUpperCase),
                Name::ToLowerCase => Method::Text(TextMethod::ToLowerCase),
                Name::Length => Method::Number(NumberMethod::Length),
                Name::IsEmpty => Method::Truth(TruthMethod::IsEmpty),
                _ => return None,
            },
            (name, (Some(only), None, None)) => match name {
                Name::Substring => Method::Text(TextMethod::From(only)),
                Name::Concat => Method::Text(TextMethod::Concat(only)),
                Name::IndexOf => Method::Number(NumberMethod::IndexOf(only)),
                Name::Contains => Method::Truth(TruthMethod::Contains(only)),
                Name::StartsWith => Method::Truth(TruthMethod::StartsWith(only)),
                Name::EndsWith => Method::Truth(TruthMethod::EndsWith(only)),
                Name::Equals => Method::Truth(TruthMethod::Equals(only)),
                _ => return None,
            },
            (name, (Some(first), Some(second), None)) => match name {
                Name::Substring => Method::Text(TextMethod::Substring(first, second)),
                Name::Replace => Method::Text(TextMethod::Replace(first, second)),
                _ => return None,
            },
            _ => return None,
        };
        let (steps, passes) = match method {
            Method::Text(TextMethod::ToString) => (steps, false),
            // A pass over a text of another length is over at once.
            Method::Truth(TruthMethod::Equals(_)) => (steps + 1, false),
            _ => (steps, true),
        };
        Some(Self {
            method,
            steps,
            passes,
        })
    }

    /// How much it keeps: itself, its arguments, and texts of sixteen bytes.
    pub(crate) fn room(&self) -> usize {
        self.steps as usize
    }

    /// Whether the method gives a string.
    pub(crate) fn gives_text(&self) -> bool {
        matches!(self.method, Method::Text(_))
    }

    /// Does something with what the method gives, if it does so directly and if enough is left of the
    /// budget. What was taken of it stays taken.
    #[inline(always)]
    pub(crate) fn give<'t, 'a, O, U: Use<'a, O>>(
        &'t self,
        receiver: Piece<'t, 'a>,
        variables: &'t (impl Variables<'a> + ?Sized),
        out: &mut O,
        budget: &mut Budget,
    ) -> Option<U::Result> {
        let text = receiver.text;
        self.pay(text, budget)?;
        // Each kind goes its own way from here on.
        match &self.method {
            Method::Text(method) => match method.give(receiver, variables, budget)? {
                Text::Piece(piece) => U::use_given(Given::Piece(piece), out, budget),
                Text::Made(made) => U::use_given(Given::Made(made), out, budget),
            },
            Method::Number(method) => {
                let number = method.give(text, variables, budget)?;
                U::use_given(Given::Number(number), out, budget)
            }
            Method::Truth(method) => {
                let truth = method.give(text, variables, budget)?;
                U::use_given(Given::Truth(truth), out, budget)
            }
        }
    }

    /// The string that the method gives, if it gives one.
    #[inline(always)]
    pub(crate) fn text<'t, 'a>(
        &'t self,
        receiver: Piece<'t, 'a>,
        variables: &'t (impl Variables<'a> + ?Sized),
        budget: &mut Budget,
    ) -> Option<Text<'t, 'a>> {
        let Method::Text(method) = &self.method else {
            return None;
        };
        self.pay(receiver.text, budget)?;
        method.give(receiver, variables, budget)
    }

    /// Takes the steps that are known before a look at variables.
    #[inline(always)]
    fn pay(&self, text: &str, budget: &mut Budget) -> Option<()> {
        let pass = match self.passes {
            true => Budget::steps_of_pass(text.len()),
            false => 0,
        };
        budget.take_steps(self.steps + pass).ok()
    }
}

impl TextMethod {
    #[inline(always)]
    fn give<'t, 'a>(
        &'t self,
        receiver: Piece<'t, 'a>,
        variables: &'t (impl Variables<'a> + ?Sized),
        budget: &mut Budget,
    ) -> Option<Text<'t, 'a>> {
        let text = receiver.text;
        let made = match self {
            Self::ToString => return Some(Text::Piece(receiver)),
            Self::Trim => {
                let bytes = text.as_bytes();
                let inner = |byte: &u8| *byte > b' ';
                let from = bytes.iter().position(inner).unwrap_or(bytes.len());
                let to = bytes.iter().rposition(inner).map_or(from, |last| last + 1);
                return receiver.part(from, to, budget).map(Text::Piece);
            }
            Self::From(from) => {
                let from = from.index(variables)?;
                let part = receiver.ascii_part(from, text.len(), budget);
                return part.map(Text::Piece);
            }
            Self::Substring(from, to) => {
                let (from, to) = (from.index(variables)?, to.index(variables)?);
                return receiver.ascii_part(from, to, budget).map(Text::Piece);
            }
            Self::ToUpperCase | Self::ToLowerCase if !text.is_ascii() => return None,
            Self::ToUpperCase => Made::of(text, text.len(), Change::Upper, budget),
            Self::ToLowerCase => Made::of(text, text.len(), Change::Lower, budget),
            Self::Concat(other) => {
                let other = other.text(variables, budget)?;
                let length = text.len() + other.len();
                Made::of(text, length, Change::Append(other), budget)
            }
            Self::Replace(from, to) => {
                let from = from.text(variables, budget)?;
                let to = to.text(variables, budget)?;
                if from.is_empty() {
                    return None;
                }
                let count = match from.len() == to.len() {
                    // All that matters is whether there is any.
                    true => contains(text, from).into(),
                    false => count(text, from),
                };
                if count == 0 {
                    return Some(Text::Piece(receiver));
                }
                let kept = text.len() - count * from.len();
                let length = kept.saturating_add(count.saturating_mul(to.len()));
                Made::of(text, length, Change::Replace(from, to), budget)
            }
        };
        made.map(Text::Made)
    }
}

impl NumberMethod {
    #[inline(always)]
    fn give<'a>(
        &self,
        text: &str,
        variables: &(impl Variables<'a> + ?Sized),
        budget: &mut Budget,
    ) -> Option<i32> {
        if !text.is_ascii() {
            return None;
        }
        match self {
            Self::Length => text.len().try_into().ok(),
            Self::IndexOf(part) => match text.find(part.text(variables, budget)?) {
                Some(at) => at.try_into().ok(),
                None => Some(-1),
            },
        }
    }
}

impl TruthMethod {
    #[inline(always)]
    fn give<'a>(
        &self,
        text: &str,
        variables: &(impl Variables<'a> + ?Sized),
        budget: &mut Budget,
    ) -> Option<bool> {
        Some(match self {
            Self::IsEmpty => text.is_empty(),
            Self::Contains(part) => contains(text, part.text(variables, budget)?),
            Self::StartsWith(part) => {
                let part = part.text(variables, budget)?;
                text.as_bytes().starts_with(part.as_bytes())
            }
            Self::EndsWith(part) => {
                let part = part.text(variables, budget)?;
                text.as_bytes().ends_with(part.as_bytes())
            }
            Self::Equals(other) => {
                let other = other.text(variables, budget)?;
                if text.len() == other.len() {
                    let pass = Budget::steps_of_pass(text.len());
                    budget.take_steps(pass).ok()?;
                }
                text == other
            }
        })
    }
}

impl Argument {
    /// The text, which costs a pass where only a variable tells it.
    #[inline(always)]
    fn text<'t, 'a: 't>(
        &'t self,
        variables: &'t (impl Variables<'a> + ?Sized),
        budget: &mut Budget,
    ) -> Option<&'t str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) => None,
            Self::Variable(slot) => {
                let text = variables.value(*slot)?.as_str()?;
                budget.take_steps(Budget::steps_of_pass(text.len())).ok()?;
                Some(text)
            }
        }
    }

    /// The index in a text.
    #[inline(always)]
    fn index<'a>(&self, variables: &(impl Variables<'a> + ?Sized)) -> Option<usize> {
        let number = match self {
            Self::Text(_) => return None,
            Self::Number(number) => *number,
            Self::Variable(slot) => match variables.value(*slot)? {
                Value::Int(number) => number.as_i32()?,
                _ => return None,
            },
        };
        number.try_into().ok()
    }
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
    /// All of a string.
    #[inline(always)]
    pub(crate) fn all(whole: &'t Str<'a>) -> Self {
        Self {
            text: whole,
            whole,
            start: 0,
        }
    }

    /// A part of it, if the range lies inside. One of a string that was made counts as made, too.
    #[inline(always)]
    fn part(self, from: usize, to: usize, budget: &mut Budget) -> Option<Self> {
        if from == 0 && to == self.text.len() {
            return Some(self);
        }
        let text = self.text.get(from..to)?;
        if self.whole.is_shared() {
            budget.allocate(weight::STRING + text.len()).ok()?;
        }
        Some(Self {
            text,
            start: self.start + from,
            ..self
        })
    }

    /// A part of it as Java counts, if that is as bytes count.
    #[inline(always)]
    fn ascii_part(self, from: usize, to: usize, budget: &mut Budget) -> Option<Self> {
        match self.text.is_ascii() {
            true => self.part(from, to, budget),
            false => None,
        }
    }

    /// It as a string to keep.
    pub(crate) fn keep(self) -> Str<'a> {
        self.whole.slice(self.start, self.start + self.text.len())
    }
}

impl<'t> Made<'t> {
    /// A text with a change to it, which is paid for.
    #[inline]
    fn of(text: &'t str, length: usize, change: Change<'t>, budget: &mut Budget) -> Option<Self> {
        budget.check_string(length).ok()?;
        let bytes = length.saturating_add(weight::STRING);
        budget.allocate(bytes).ok()?;
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
                        for (at, other) in self.text.bytes().enumerate() {
                            if other == byte {
                                replace(at);
                            }
                        }
                    }
                    _ => {
                        for (at, _) in self.text.match_indices(from) {
                            replace(at);
                        }
                    }
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
}
