//! Conditions and whether they hold.

use crate::error::{ErrorKind, FindError};
use crate::evaluate::Scope;
use crate::found::Found;
use crate::node::Node;
use crate::step::Steps;

use super::compare::relate;
use super::operand::Operand;
use super::operator::Operator;

/// A condition on a value, `@`, and the document, `$`.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    condition: Expression,
}

#[derive(Clone, Debug)]
pub(crate) enum Expression {
    Any(Box<[Self]>),
    All(Box<[Self]>),
    Not(Box<Self>),
    Exists {
        path: Steps,
        exists: bool,
    },
    Relation {
        left: Operand,
        operator: Operator,
        right: Operand,
    },
}

/// Why a condition has no truth value.
#[derive(Debug)]
pub(super) enum Stop {
    /// The operands do not fit the operator. The value is rejected, even under a `!` or beside an
    /// `||` that holds: Jayway lets an exception end the whole condition.
    Reject,
    Fail(FindError),
}

impl From<FindError> for Stop {
    fn from(error: FindError) -> Self {
        match error.kind() {
            ErrorKind::InvalidPath | ErrorKind::PathNotFound => Self::Reject,
            _ => Self::Fail(error),
        }
    }
}

impl Filter {
    pub(crate) fn new(condition: Expression) -> Self {
        Self { condition }
    }

    pub(crate) fn accepts<N: Node>(
        &self,
        item: &Found<N>,
        scope: &mut Scope<'_, N>,
    ) -> Result<bool, FindError> {
        scope.visit(1)?;
        match self.condition.holds(item, scope) {
            Ok(holds) => Ok(holds),
            Err(Stop::Reject) => Ok(false),
            Err(Stop::Fail(error)) => Err(error),
        }
    }
}

impl Expression {
    pub(crate) fn any(alternatives: Vec<Self>) -> Self {
        match <[Self; 1]>::try_from(alternatives) {
            Ok([single]) => single,
            Err(alternatives) => Self::Any(alternatives.into()),
        }
    }

    pub(crate) fn all(conditions: Vec<Self>) -> Self {
        match <[Self; 1]>::try_from(conditions) {
            Ok([single]) => single,
            Err(conditions) => Self::All(conditions.into()),
        }
    }

    fn holds<N: Node>(&self, item: &Found<N>, scope: &mut Scope<'_, N>) -> Result<bool, Stop> {
        match self {
            Self::Any(alternatives) => {
                for alternative in alternatives {
                    if alternative.holds(item, scope)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::All(conditions) => {
                for condition in conditions {
                    if !condition.holds(item, scope)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Not(condition) => condition.holds(item, scope).map(|holds| !holds),
            Self::Exists { path, exists } => Ok(scope.exists(path, item)? == *exists),
            Self::Relation {
                left,
                operator,
                right,
            } => {
                let left = left.evaluate(item, scope)?;
                let right = right.evaluate(item, scope)?;
                relate(&left, *operator, &right, scope)
            }
        }
    }
}
