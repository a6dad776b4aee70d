//! What most references lead to, read where it is: strings, small numbers and truth values.

use crate::error::Interrupt;
use crate::operators;
use crate::program::{Chain, Expr, LoopMember, Reference, Step};
use crate::value::{Entries, Value};

use super::code::Code;
use super::foreach::Told;
use super::output::Output;
use super::reference::member;
use super::variables::Variable;
use super::{Budget, Renderer};

/// What a reference leads to, as far as it is small: its kind, and the value of a boolean or a number.
#[derive(Clone, Copy)]
struct Scalar(Kind, i32);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Null,
    Bool,
    /// Java's `Integer`.
    Int,
    /// Anything else, or what takes more than to look it up in maps.
    Other,
}

impl Scalar {
    const OTHER: Self = Self(Kind::Other, 0);

    #[inline]
    fn of(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Self(Kind::Null, 0),
            Value::Bool(value) => Self(Kind::Bool, (*value).into()),
            Value::Int(number) => match number.as_i32() {
                Some(number) => Self(Kind::Int, number),
                None => Self::OTHER,
            },
            _ => Self::OTHER,
        }
    }

    /// What is in a map behind some steps.
    #[inline(always)]
    fn of_member(entries: &Entries<'_>, steps: &[Step]) -> Self {
        match steps {
            [Step::Property(property)] => Self::of(member(entries, property)),
            [Step::Property(property), rest @ ..] => match member(entries, property) {
                Value::Map(map) => Self::of_inner_member(&map.entries(), rest),
                Value::Null => Self(Kind::Null, 0),
                _ => Self::OTHER,
            },
            _ => Self::OTHER,
        }
    }

    #[inline(never)]
    fn of_inner_member(entries: &Entries<'_>, steps: &[Step]) -> Self {
        Self::of_member(entries, steps)
    }
}

impl<'a> Renderer<'a, '_> {
    /// What a reference leads to, if it is small and takes no work but steps.
    #[inline(never)]
    fn scalar(&self, reference: &Reference) -> Scalar {
        if !reference.plain || !self.sees_globals() {
            return Scalar::OTHER;
        }
        match &self.variables[reference.slot.0 as usize] {
            Variable::Value(Value::Map(map)) => Scalar::of_member(&map.entries(), &reference.steps),
            Variable::Value(value) if reference.steps.is_empty() => Scalar::of(value),
            Variable::Loop(state) => match LoopMember::of(&reference.steps) {
                Some(member) => match state.member(member) {
                    Told::Number(number) => i32::try_from(number)
                        .map_or(Scalar::OTHER, |number| Scalar(Kind::Int, number)),
                    Told::Truth(truth) => Scalar(Kind::Bool, truth.into()),
                },
                None => Scalar::OTHER,
            },
            _ => Scalar::OTHER,
        }
    }

    /// Prints a reference that leads to a string or a small number, if enough is left of the budget;
    /// none if it leads elsewhere.
    #[inline]
    pub(super) fn print_at_once(&mut self, reference: &Reference) -> Option<Result<(), Interrupt>> {
        if !reference.plain || !self.sees_globals() {
            return None;
        }
        let Self {
            variables,
            out,
            budget,
            ..
        } = self;
        match (&variables[reference.slot.0 as usize], &*reference.steps) {
            (Variable::Value(Value::Map(map)), [Step::Property(property)]) => {
                print(member(&map.entries(), property), 1, out, budget)
            }
            (Variable::Value(value), []) => print_apart(value, 0, out, budget),
            (
                Variable::Value(Value::Map(map)),
                [Step::Property(property), Step::Property(inner)],
            ) => match member(&map.entries(), property) {
                Value::Map(map) => print_apart(member(&map.entries(), inner), 2, out, budget),
                _ => None,
            },
            (Variable::Loop(state), steps) => {
                let told = state.member(LoopMember::of(steps)?);
                print_apart(&told.into(), 1, out, budget)
            }
            _ => None,
        }
    }

    /// Whether a condition holds, if it is a small value or compares one with a number, and if
    /// enough is left of the budget.
    #[inline]
    pub(super) fn holds_at_once(&mut self, code: &Code<'a>, condition: &Expr) -> Option<bool> {
        let (reference, holds) = match condition {
            Expr::Reference(reference) => {
                let rules = self.budget.rules();
                let holds = match self.scalar(reference) {
                    Scalar(Kind::Bool, value) => value != 0,
                    Scalar(Kind::Null, _) => rules.null_is_empty,
                    Scalar(Kind::Int, number) => number != 0 || !rules.empty_is_false,
                    Scalar(Kind::Other, _) => return self.given_holds(code, condition),
                };
                (reference, holds)
            }
            Expr::Chain(chain) => match (&chain.first, &*chain.rest) {
                (Expr::Reference(reference), [link]) => {
                    let Expr::Int(number) = link.operand else {
                        return None;
                    };
                    let Scalar(Kind::Int, value) = self.scalar(reference) else {
                        return self.given_holds(code, condition);
                    };
                    (reference, link.operator.compare(value.into(), number)?)
                }
                _ => return None,
            },
            _ => return self.given_holds(code, condition),
        };
        let steps = 1 + reference.steps.len() as u64;
        self.budget.take_steps(steps).ok().map(|()| holds)
    }

    /// The result of an operator on two small numbers, if the chain is that and if enough is left of
    /// the budget.
    pub(super) fn calculate(&mut self, chain: &Chain) -> Option<i64> {
        let [link] = &*chain.rest else { return None };
        let (left, left_steps) = self.small(&chain.first)?;
        let (right, right_steps) = self.small(&link.operand)?;
        let result = operators::apply_to_small(link.operator, left, right)?;
        let steps = 3 + left_steps + right_steps;
        self.budget.take_steps(steps as u64).ok().map(|()| result)
    }

    /// The value of an operand, if it is a small number, and how many steps lead there.
    #[inline]
    fn small(&self, operand: &Expr) -> Option<(i32, usize)> {
        match operand {
            Expr::Int(number) => Some((i32::try_from(*number).ok()?, 0)),
            Expr::Reference(reference) => match self.scalar(reference) {
                Scalar(Kind::Int, number) => Some((number, reference.steps.len())),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Prints a string or a small number that some steps have led to, if enough is left of the budget.
#[inline(always)]
fn print(
    value: &Value<'_>,
    steps: u64,
    out: &mut Output,
    budget: &mut Budget,
) -> Option<Result<(), Interrupt>> {
    let printed = match value {
        Value::Str(text) => {
            budget.take_steps(steps).ok()?;
            out.text(text)
        }
        Value::Int(number) => {
            let number = number.as_i32()?;
            budget.take_steps(steps).ok()?;
            out.number(number)
        }
        _ => return None,
    };
    Some(printed.map_err(Interrupt::from))
}

/// As [`print`], for what is less frequent.
#[inline(never)]
fn print_apart(
    value: &Value<'_>,
    steps: u64,
    out: &mut Output,
    budget: &mut Budget,
) -> Option<Result<(), Interrupt>> {
    print(value, steps, out, budget)
}
