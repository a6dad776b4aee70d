//! Filters: conditions that accept or reject values.

mod compare;
mod expression;
mod literal;
mod operand;
mod operator;

pub(crate) use expression::{Expression, Filter};
pub(crate) use literal::{Literal, LiteralBuilder, LiteralValue};
pub(crate) use operand::{Operand, weight_of_text};
pub(crate) use operator::Operator;
