//! What most operations need, used where it is: strings, small numbers and truth values in variables
//! and maps.
//!
//! All of it is for who [sees globals](Renderer::sees_globals), and nothing fails or is paid for: what
//! is not at hand, or not allowed, is left to the ways that tell why.

use crate::operators;
use crate::program::{Chain, Expr, LoopMember, Reference, Slot, Step};
use crate::value::{Entries, Value};

use super::Renderer;
use super::foreach::Told;
use super::output::Output;
use super::reference::member;
use super::variables::Variable;

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

    #[inline(always)]
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

    fn of_loop(told: &Told) -> Self {
        match told {
            Told::Number(number) => match i32::try_from(*number) {
                Ok(number) => Self(Kind::Int, number),
                Err(_) => Self::OTHER,
            },
            Told::Truth(truth) => Self(Kind::Bool, (*truth).into()),
        }
    }
}

impl<'a> Renderer<'a, '_> {
    /// What a reference leads to, if it is small.
    #[inline(always)]
    fn scalar(&self, reference: &Reference) -> Scalar {
        if !reference.plain {
            return Scalar::OTHER;
        }
        match self.variables.get(reference.slot.index()) {
            Some(Variable::Value(Value::Map(map))) => {
                Scalar::of_member(&map.entries(), &reference.steps)
            }
            Some(Variable::Value(value)) if reference.steps.is_empty() => Scalar::of(value),
            Some(Variable::Loop(state)) => match LoopMember::of(&reference.steps) {
                Some(member) => Scalar::of_loop(&state.member(member)),
                None => Scalar::OTHER,
            },
            _ => Scalar::OTHER,
        }
    }

    /// Prints a reference that leads to a string, a small number or a truth value. Says whether it
    /// did.
    #[inline(always)]
    pub(super) fn print_at_once(&mut self, reference: &Reference) -> bool {
        if !reference.plain {
            return false;
        }
        let Some(variable) = self.variables.get(reference.slot.index()) else {
            return false;
        };
        match (variable, &*reference.steps) {
            (Variable::Value(Value::Map(map)), [Step::Property(property), rest @ ..]) => {
                let entries = map.entries();
                match (member(&entries, property), rest) {
                    (value, []) => print(value, &mut self.out),
                    (Value::Map(map), [Step::Property(property)]) => {
                        print_apart(member(&map.entries(), property), &mut self.out)
                    }
                    _ => false,
                }
            }
            (Variable::Value(value), []) => print(value, &mut self.out),
            (Variable::Loop(state), steps) => {
                match LoopMember::of(steps).map(|member| state.member(member)) {
                    Some(Told::Number(number)) => match i32::try_from(number) {
                        Ok(number) => self.out.takes_number(number),
                        Err(_) => false,
                    },
                    Some(Told::Truth(truth)) => self.out.takes_truth(truth),
                    None => false,
                }
            }
            _ => false,
        }
    }

    /// Whether a condition holds, if it is a small value or compares one with a number.
    #[inline(always)]
    pub(super) fn truth(&self, condition: &Expr) -> Option<bool> {
        match condition {
            Expr::Reference(reference) => match self.scalar(reference) {
                Scalar(Kind::Bool, value) => Some(value != 0),
                Scalar(Kind::Null, _) => Some(self.budget.rules().null_is_empty),
                Scalar(Kind::Int, number) => {
                    Some(number != 0 || !self.budget.rules().empty_is_false)
                }
                Scalar(Kind::Other, _) => None,
            },
            Expr::Chain(chain) => match (&chain.first, &*chain.rest) {
                (Expr::Reference(reference), [link]) => {
                    match (self.scalar(reference), &link.operand) {
                        (Scalar(Kind::Int, value), Expr::Int(number)) => {
                            link.operator.compare(value.into(), *number)
                        }
                        _ => None,
                    }
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// As [`truth`](Self::truth), or what methods of strings give, and paid for.
    #[inline(always)]
    pub(super) fn holds_at_once(&mut self, condition: &Expr) -> Option<bool> {
        if !self.sees_globals() {
            return None;
        }
        match self.truth(condition) {
            Some(holds) => {
                let steps = condition.cost_of_truth();
                self.budget.take_steps(steps).ok().map(|()| holds)
            }
            None => self.given_holds(condition),
        }
    }

    /// Sets a variable to the result of an operator on two small numbers. Says whether it did.
    #[inline(never)]
    pub(super) fn calculate(&mut self, slot: Slot, chain: &Chain) -> bool {
        let [link] = &*chain.rest else { return false };
        let (Some(left), Some(right)) = (self.small(&chain.first), self.small(&link.operand))
        else {
            return false;
        };
        let Some(result) = operators::apply_to_small(link.operator, left, right) else {
            return false;
        };
        match self.variables.get_mut(slot.index()) {
            // A number takes the place of another most of the time.
            Some(Variable::Value(Value::Int(number))) => *number = result.into(),
            Some(variable) => *variable = Variable::Value(result.into()),
            None => return false,
        }
        true
    }

    /// The value of an operand, if it is a small number.
    #[inline(always)]
    fn small(&self, operand: &Expr) -> Option<i32> {
        match operand {
            Expr::Int(number) => i32::try_from(*number).ok(),
            Expr::Reference(reference) => match self.scalar(reference) {
                Scalar(Kind::Int, number) => Some(number),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Prints a string, a small number or a truth value. Says whether it did.
#[inline(always)]
fn print(value: &Value<'_>, out: &mut Output) -> bool {
    match value {
        Value::Str(text) => out.takes(text),
        Value::Int(number) => match number.as_i32() {
            Some(number) => out.takes_number(number),
            None => false,
        },
        Value::Bool(truth) => out.takes_truth(*truth),
        _ => false,
    }
}

/// As [`print`], for what is less frequent.
#[inline(never)]
fn print_apart(value: &Value<'_>, out: &mut Output) -> bool {
    print(value, out)
}
