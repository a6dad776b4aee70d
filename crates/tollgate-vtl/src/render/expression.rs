//! Evaluates expressions.

use crate::error::{Interrupt, RenderErrorKind};
use crate::operators::{self, Side};
use crate::profile::Syntax;
use crate::program::{BodyIx, Chain, Expr, Link, Operator, Precedence, Reference, Span};
use crate::value::{Int, Kind, List, ListStyle, Map, Str, Value, weight};

use super::code::Code;
use super::variables::Variable;
use super::{Flow, Renderer};

impl<'a> Renderer<'a, '_> {
    /// The value of an argument of a method, which is a literal most of the time.
    #[inline]
    pub(super) fn passed(&mut self, code: &Code<'a>, expr: &Expr) -> Result<Value<'a>, Interrupt> {
        match (expr, code) {
            (Expr::Str(span), Code::Template(program)) => {
                self.budget.take_steps(1)?;
                Ok(program.text(*span).into())
            }
            (other, code) => self.value(code, other),
        }
    }

    /// The value of an expression. A reference that leads nowhere is null, or the empty string on
    /// Amazon API Gateway.
    pub(super) fn value(&mut self, code: &Code<'a>, expr: &Expr) -> Result<Value<'a>, Interrupt> {
        self.budget.take_steps(1)?;
        Ok(match expr {
            Expr::Null => Value::Null,
            Expr::Bool(value) => (*value).into(),
            Expr::Int(value) => (*value).into(),
            Expr::BigInt(digits) => {
                let limits = *self.budget.limits();
                let value = Int::parse(code.text(*digits), &limits)?.into();
                self.budget.allocate_value(&value)?;
                value
            }
            Expr::Double(value) => (*value).into(),
            Expr::Str(span) => {
                let text = code.literal(*span);
                self.budget.allocate(weight::of_part(&text))?;
                text.into()
            }
            Expr::Interpolated(body) => self.string(code, *body)?.into(),
            Expr::Reference(reference) => match self.resolve(code, reference)? {
                Value::Null if self.budget.rules().null_is_empty => "".into(),
                value => value,
            },
            compound => self.deeper(|renderer| renderer.compound(code, compound))?,
        })
    }

    /// The text of a string that is a template.
    pub(super) fn string(&mut self, code: &Code<'a>, body: BodyIx) -> Result<Str<'a>, Interrupt> {
        let (text, flow) = self.capture(|renderer| renderer.run(code, body))?;
        if flow == Flow::Break {
            return Err(Interrupt::Break);
        }
        self.budget.allocate(weight::STRING)?;
        Ok(text)
    }

    /// The value of an expression that has others inside.
    fn compound(&mut self, code: &Code<'a>, expr: &Expr) -> Result<Value<'a>, Interrupt> {
        let value = match expr {
            Expr::List(items) => {
                self.budget.allocate_items(items.len(), items.len())?;
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    values.push(self.value(code, item)?);
                }
                List::new(values, ListStyle::Java).into()
            }
            Expr::Range(bounds) => self.range(code, bounds)?,
            Expr::Map(entries) => {
                self.budget.allocate_entries(entries.len(), entries.len())?;
                let map = Map::new();
                for (key, value) in entries {
                    let key = self.value(code, key)?;
                    map.insert(key, self.value(code, value)?);
                }
                map.into()
            }
            Expr::Not(operand) => (!self.holds(code, operand)?).into(),
            Expr::Negate(operand) => {
                let value = self.value(code, operand)?;
                let negative = operators::negate(&value, &mut self.budget)?;
                if negative.is_null() && !has_text(operand) {
                    return Err(RenderErrorKind::NoResult.into());
                }
                negative
            }
            Expr::Chain(chain) => self.chain(code, chain)?,
            simple => return self.value(code, simple),
        };
        self.budget.allocate_value(&value)?;
        Ok(value)
    }

    /// Whether an expression counts as true. Arithmetic never does, nor do literals in Velocity
    /// 1.7; they are not even evaluated.
    pub(super) fn holds(&mut self, code: &Code<'a>, expr: &Expr) -> Result<bool, Interrupt> {
        Ok(match expr {
            Expr::Bool(value) => *value,
            Expr::Reference(reference) => self.reference_holds(code, reference)?,
            Expr::Not(operand) => !self.deeper(|renderer| renderer.holds(code, operand))?,
            Expr::Negate(operand) => self.deeper(|renderer| renderer.holds(code, operand))?,
            Expr::Chain(chain) if chain.is_arithmetic() => false,
            Expr::Chain(chain) => {
                if let Some(holds) = self.compare_in_place(code, chain)? {
                    return Ok(holds);
                }
                self.deeper(|renderer| match chain.decisive() {
                    Some(decisive) => renderer.logic(code, chain, decisive),
                    None => Ok(renderer.chain(code, chain)?.as_bool() == Some(true)),
                })?
            }
            Expr::Null | Expr::Range(_) => false,
            // Whether there is anything in them, which need not be evaluated for that.
            Expr::List(items) if self.budget.rules().literals_have_truth => {
                !self.budget.rules().empty_is_false || !items.is_empty()
            }
            Expr::Map(entries) if self.budget.rules().literals_have_truth => {
                !self.budget.rules().empty_is_false || !entries.is_empty()
            }
            _ if !self.budget.rules().literals_have_truth => false,
            other => {
                let value = self.value(code, other)?;
                operators::is_true(&value, &self.budget)
            }
        })
    }

    /// Compares a reference with a literal of the same kind, which takes nothing out of its place;
    /// none if the chain is anything else.
    fn compare_in_place(
        &mut self,
        code: &Code<'a>,
        chain: &Chain,
    ) -> Result<Option<bool>, Interrupt> {
        let (Expr::Reference(reference), [link]) = (&chain.first, &*chain.rest) else {
            return Ok(None);
        };
        let compared = match link.operand {
            Expr::Int(number) => self.look(reference, |value, _, _| {
                let ordering = value.as_int()?.cmp(&number);
                link.operator.accepts(ordering)
            })?,
            Expr::Str(text) if link.operator.precedence() == Precedence::Equality => {
                self.look(reference, |value, _, _| {
                    let equal = value.as_str()? == code.text(text);
                    Some(equal == (link.operator == Operator::Equal))
                })?
            }
            _ => None,
        };
        Ok(compared.flatten())
    }

    fn reference_holds(
        &mut self,
        code: &Code<'a>,
        reference: &Reference,
    ) -> Result<bool, Interrupt> {
        let holds = self.look(reference, |value, _, budget| {
            operators::is_true(value, budget)
        })?;
        if let Some(holds) = holds {
            return Ok(holds);
        }
        if reference.steps.is_empty() && reference.alternative.is_none() {
            return Ok(match self.variable(reference.slot)? {
                Variable::Block(block) => {
                    // Velocity 1.7 looks whether it prints anything but null.
                    if self.budget.rules().syntax == Syntax::V17 {
                        self.capture(|renderer| renderer.print_block(code, reference, &block))?;
                    }
                    true
                }
                Variable::Value(value) => operators::is_true(&value, &self.budget),
                Variable::Growing(text) => !self.budget.rules().empty_is_false || !text.is_empty(),
                Variable::Loop(_) => true,
                Variable::Unread | Variable::Undefined => self.budget.rules().null_is_empty,
            });
        }
        if reference.alternative.is_none() {
            let mut holds = false;
            let visited = self.visit(code, reference, &reference.steps, &mut |renderer, value| {
                holds = operators::is_true(value, &renderer.budget);
                Ok(())
            });
            visited.map_err(|interrupt| interrupt.at(reference.at))?;
            return Ok(holds);
        }
        let value = self.resolve_by_steps(code, reference)?;
        Ok(operators::is_true(&value, &self.budget))
    }

    fn chain(&mut self, code: &Code<'a>, chain: &Chain) -> Result<Value<'a>, Interrupt> {
        if let Some(decisive) = chain.decisive() {
            return self.logic(code, chain, decisive).map(Value::from);
        }
        let mut left = self.value(code, &chain.first)?;
        let mut left_source = chain.first_source;
        for link in &chain.rest {
            let right = self.value(code, &link.operand)?;
            self.budget.take_steps(1)?;
            let source = std::mem::replace(&mut left_source, link.result_source);
            if let (Value::Int(a), Value::Int(b)) = (&left, &right)
                && let Some(result) = operators::apply_to_ints(link.operator, a, b, &self.budget)?
            {
                left = result;
                continue;
            }
            left = self.join(code, (left, source, has_text(&chain.first)), link, right)?;
        }
        Ok(left)
    }

    /// Applies an operator of a chain to what stands to the left of it, with its text and whether
    /// Velocity 2.x knows that, and to the value of its operand.
    fn join(
        &mut self,
        code: &Code<'a>,
        (mut left, left_source, left_has_text): (Value<'a>, Span, bool),
        link: &Link,
        mut right: Value<'a>,
    ) -> Result<Value<'a>, Interrupt> {
        if link.operator == Operator::Add {
            // Beside a string, what has no value adds its own text.
            let null = match (&left, &right) {
                (Value::Null, Value::Str(_)) => Some((&mut left, left_source, left_has_text)),
                (Value::Str(_), Value::Null) => {
                    Some((&mut right, link.source, has_text(&link.operand)))
                }
                _ => None,
            };
            if let Some((null, source, has_text)) = null {
                if !has_text && self.budget.rules().syntax != Syntax::V17 {
                    return Err(RenderErrorKind::NoResult.into());
                }
                *null = code.literal(source).into();
            }
        }
        if self.budget.rules().strict_references
            && link.operator.precedence() == Precedence::Relation
            && !(left.is_number() && right.is_number())
        {
            return Err(RenderErrorKind::Operands.into());
        }
        let result = operators::apply(link.operator, &left, &right, &mut self.budget)?;
        if self.budget.rules().syntax != Syntax::V17 {
            // Velocity 2.x breaks where it wants to name what is at fault and cannot.
            let at_fault = match link.operator.precedence() {
                Precedence::Relation if left.is_null() => Some(Side::Left),
                Precedence::Relation if right.is_null() => Some(Side::Right),
                Precedence::Sum | Precedence::Product if result.is_null() => {
                    operators::culprit(&left, &right, &self.budget)
                }
                _ => None,
            };
            let named = match at_fault {
                Some(Side::Left) => left_has_text,
                Some(Side::Right) => has_text(&link.operand),
                None => true,
            };
            if !named {
                return Err(RenderErrorKind::NoResult.into());
            }
        }
        Ok(result)
    }

    /// Evaluates operands until one has the `decisive` truth.
    fn logic(&mut self, code: &Code<'a>, chain: &Chain, decisive: bool) -> Result<bool, Interrupt> {
        for operand in chain.operands() {
            let holds = match self.holds_at_once(operand) {
                Some(holds) => holds,
                None => self.holds(code, operand)?,
            };
            if holds == decisive {
                return Ok(decisive);
            }
        }
        Ok(!decisive)
    }

    /// `[first..last]`, downwards if `last` is the smaller; null unless both are numbers.
    fn range(&mut self, code: &Code<'a>, bounds: &(Expr, Expr)) -> Result<Value<'a>, Interrupt> {
        let Some((first, last)) = self.bounds(code, bounds)? else {
            return Ok(Value::Null);
        };
        let length = (first.abs_diff(last) as usize).saturating_add(1);
        self.budget.allocate_items(length, length)?;
        let items = if first <= last {
            (first..=last).map(Value::from).collect()
        } else {
            (last..=first).rev().map(Value::from).collect()
        };
        let kind = match self.budget.rules().syntax {
            Syntax::V17 => Kind::List,
            Syntax::V2 | Syntax::V2Hyphens => Kind::Range,
        };
        Ok(List::of_kind(items, ListStyle::Java, kind).into())
    }

    /// The bounds of a range, if both are numbers.
    pub(super) fn bounds(
        &mut self,
        code: &Code<'a>,
        bounds: &(Expr, Expr),
    ) -> Result<Option<(i64, i64)>, Interrupt> {
        let first = self.value(code, &bounds.0)?;
        let last = self.value(code, &bounds.1)?;
        let strict = self.budget.rules().strict_references;
        match (bound(&first), bound(&last)) {
            (Some(first), Some(last)) => Ok(Some((first, last))),
            _ if strict => Err(RenderErrorKind::Operands.into()),
            _ => Ok(None),
        }
    }
}

/// Whether Velocity 2.x knows the text of an operand, for which it needs that of where it begins.
fn has_text(operand: &Expr) -> bool {
    match operand {
        Expr::Reference(_)
        | Expr::Str(_)
        | Expr::Interpolated(_)
        | Expr::Not(_)
        | Expr::Negate(_) => true,
        Expr::Chain(chain) => has_text(&chain.first),
        _ => false,
    }
}

/// A bound of a range, which Java takes as an `int`.
fn bound(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Int(number) => Some((number.wrapping_i64() as i32).into()),
        Value::Double(number) => Some((*number as i32).into()),
        _ => None,
    }
}
