//! The two sides of an operator.

use tollgate_regex::Pattern;

use crate::decimal::Decimal;
use crate::error::FindError;
use crate::evaluate::Scope;
use crate::found::Found;
use crate::limits::BYTES_PER_VISIT;
use crate::node::{Node, Number, View};
use crate::step::Steps;

use super::literal::{Literal, LiteralValue};

/// A value as a filter writes it.
#[derive(Clone, Debug)]
pub(crate) enum Operand {
    Path(Steps),
    Text(Box<str>),
    Number(Number<'static>),
    Bool(bool),
    Null,
    Json(Literal),
    Pattern(Box<Pattern>),
}

impl Operand {
    /// A number in the cheapest class that holds it exactly.
    pub(crate) fn number(decimal: &Decimal) -> Self {
        let text = decimal.to_string();
        if let Ok(number) = text.parse() {
            return Self::Number(Number::Int(number));
        }
        let double = text.parse().unwrap_or(f64::NAN);
        // `1.50` must stay what it is: compared with a string it counts as text.
        let exact = Decimal::of(&Number::Double(double));
        Self::Number(match exact {
            Some(exact) if exact.to_string() == text => Number::Double(double),
            _ => Number::Decimal(text.into()),
        })
    }

    pub(crate) fn evaluate<'p, N: Node>(
        &'p self,
        item: &Found<N>,
        scope: &mut Scope<'_, N>,
    ) -> Result<Term<'p, N>, FindError> {
        Ok(match self {
            Self::Path(path) => match scope.value(path, item) {
                Ok(Found::Keys(_)) => return Err(FindError::NotJson),
                Ok(value) => match value.view() {
                    View::Opaque => return Err(FindError::NotJson),
                    _ => Term::Found(value),
                },
                Err(error) if error.is_not_found() => Term::Undefined,
                Err(error) => return Err(error),
            },
            Self::Text(text) => Term::Text(text),
            Self::Number(number) => Term::Number(number),
            Self::Bool(value) => Term::Bool(*value),
            Self::Null => Term::Null,
            Self::Json(literal) => {
                Term::Literal(literal.value().map_err(FindError::InvalidLiteral)?)
            }
            Self::Pattern(pattern) => Term::Pattern(pattern),
        })
    }
}

/// An operand with its path followed.
#[derive(Clone, Debug)]
pub(crate) enum Term<'p, N> {
    Found(Found<N>),
    Text(&'p str),
    Number(&'p Number<'static>),
    Bool(bool),
    Null,
    Literal(&'p LiteralValue),
    Pattern(&'p Pattern),
    /// What a path gives that leads to nothing. It equals nothing, itself included.
    Undefined,
}

impl<N: Node> Term<'_, N> {
    /// How many values going over this touches: elements, or a text in pieces of a word's length.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Found(value) => value.size() + weight_of_text(&value.view()),
            Self::Literal(value) => value.size(),
            _ => 1,
        }
    }

    pub(super) fn side(&self) -> Side<'_> {
        let view = match self {
            Self::Found(value) => value.view(),
            Self::Text(text) => return Side::Text(text),
            Self::Number(number) => return Side::Number((*number).clone()),
            Self::Bool(value) => return Side::Bool(*value),
            Self::Null => return Side::Null,
            Self::Literal(value) => value.view(),
            Self::Pattern(_) => return Side::Pattern,
            Self::Undefined => return Side::Undefined,
        };
        match view {
            View::Null => Side::Null,
            View::Bool(value) => Side::Bool(value),
            View::Number(number) => Side::Number(number),
            View::Text(text) => Side::Text(text),
            View::List => Side::List,
            View::Map => Side::Map,
            View::Opaque => Side::Undefined,
        }
    }
}

pub(crate) fn weight_of_text(view: &View<'_>) -> usize {
    match view {
        View::Text(text) => 1 + text.len() / BYTES_PER_VISIT,
        _ => 1,
    }
}

/// The type of a term, with its content if it is a scalar.
#[derive(Clone, Debug)]
pub(super) enum Side<'a> {
    Null,
    Bool(bool),
    Number(Number<'a>),
    Text(&'a str),
    List,
    Map,
    Pattern,
    Undefined,
}
