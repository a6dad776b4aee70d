//! Evaluates expressions.

use crate::error::Interrupt;
use crate::operators;
use crate::program::{Chain, Expr, Operator};
use crate::value::{Int, Map, Value};

use super::Renderer;

impl<'a> Renderer<'a, '_> {
    /// The value of an expression. A reference that leads nowhere is the empty string, as on
    /// Amazon API Gateway; null is left to arithmetic without a result.
    pub(super) fn value(&mut self, expr: &'a Expr) -> Result<Value<'a>, Interrupt> {
        self.budget.take_steps(1)?;
        Ok(match expr {
            Expr::Null => Value::Null,
            Expr::Bool(value) => (*value).into(),
            Expr::Int(value) => (*value).into(),
            Expr::BigInt(digits) => {
                let limits = *self.budget.limits();
                Int::parse(self.program.text(*digits), &limits)?.into()
            }
            Expr::Double(value) => (*value).into(),
            Expr::Str(span) => self.program.text(*span).into(),
            Expr::Interpolated(body) => self.capture(|renderer| renderer.run(*body))?.into(),
            Expr::List(items) => {
                self.budget.allocate_items(items.len(), items.len())?;
                let items = items.iter().map(|item| self.value(item));
                Value::List(items.collect::<Result<_, _>>()?)
            }
            Expr::Range(bounds) => {
                let bounds = (self.value(&bounds.0)?, self.value(&bounds.1)?);
                self.range(&bounds.0, &bounds.1)?
            }
            Expr::Map(entries) => {
                self.budget.allocate_items(entries.len(), entries.len())?;
                let map = Map::new();
                for (key, value) in entries {
                    let key = self.value(key)?;
                    map.insert(key, self.value(value)?);
                }
                map.into()
            }
            Expr::Reference(reference) => match self.resolve(reference)? {
                Value::Null => "".into(),
                value => value,
            },
            Expr::Not(operand) => (!self.holds(operand)?).into(),
            Expr::Chain(chain) => self.chain(chain)?,
        })
    }

    /// Whether an expression counts as true. Of references only `false` does not; literals and
    /// arithmetic never do, and are not even evaluated.
    pub(super) fn holds(&mut self, expr: &'a Expr) -> Result<bool, Interrupt> {
        Ok(match expr {
            Expr::Bool(value) => *value,
            Expr::Reference(reference) => self.resolve(reference)?.as_bool() != Some(false),
            Expr::Not(operand) => !self.holds(operand)?,
            Expr::Chain(chain) if chain.is_arithmetic() => false,
            Expr::Chain(chain) => self.chain(chain)?.as_bool() == Some(true),
            Expr::Null
            | Expr::Int(_)
            | Expr::BigInt(_)
            | Expr::Double(_)
            | Expr::Str(_)
            | Expr::Interpolated(_)
            | Expr::List(_)
            | Expr::Range(_)
            | Expr::Map(_) => false,
        })
    }

    fn chain(&mut self, chain: &'a Chain) -> Result<Value<'a>, Interrupt> {
        // All operators of a chain have one precedence, so the first tells whether it is logic.
        match chain.rest.first() {
            Some((Operator::Or, _)) => return self.logic(chain, true).map(Value::from),
            Some((Operator::And, _)) => return self.logic(chain, false).map(Value::from),
            _ => {}
        }
        let mut result = self.value(&chain.first)?;
        for (operator, operand) in &chain.rest {
            let operand = self.value(operand)?;
            self.budget.take_steps(1)?;
            result = operators::apply(*operator, &result, &operand, &mut self.budget)?;
        }
        Ok(result)
    }

    /// Evaluates operands until one has the `decisive` truth.
    fn logic(&mut self, chain: &'a Chain, decisive: bool) -> Result<bool, Interrupt> {
        let operands = chain.rest.iter().map(|(_, operand)| operand);
        for operand in std::iter::once(&chain.first).chain(operands) {
            if self.holds(operand)? == decisive {
                return Ok(decisive);
            }
        }
        Ok(!decisive)
    }

    /// `[first..last]`, downwards if `last` is the smaller; null unless both are numbers.
    fn range(&mut self, first: &Value<'a>, last: &Value<'a>) -> Result<Value<'a>, Interrupt> {
        let (Some(first), Some(last)) = (bound(first), bound(last)) else {
            return Ok(Value::Null);
        };
        let length = first.abs_diff(last) as usize + 1;
        self.budget.allocate_items(length, length)?;
        let numbers = (first.min(last)..=first.max(last)).map(Value::from);
        Ok(if first <= last {
            Value::list(numbers)
        } else {
            Value::list(numbers.rev())
        })
    }
}

/// A bound of a range, which Java takes as an `int`.
fn bound(value: &Value<'_>) -> Option<i32> {
    match value {
        Value::Int(number) => Some(number.wrapping_i64() as i32),
        Value::Double(number) => Some(*number as i32),
        _ => None,
    }
}
