//! Copies operations and expressions of macros, with arguments instead of parameters.

use crate::compile::calls::calls;
use crate::methods::direct::Call;
use crate::program::{
    BodyIx, Chain, Expr, Link, NEAR_STEPS, Op, Property, Reference, Slot, Span, Step,
};
use crate::value::Near;

use super::scope::{Meaning, Scope};
use super::{Inliner, Refused};

impl Inliner<'_> {
    pub(super) fn copy(&mut self, op: &Op, scope: &Scope<'_>) -> Result<Op, Refused> {
        Ok(match op {
            Op::Text(span) => self.text(*span)?,
            Op::Print(reference) => self.print(reference, scope)?,
            Op::SetVariable { slot, value } => {
                refuse_parameter(*slot, scope)?;
                Op::SetVariable {
                    slot: *slot,
                    value: self.expr(value, scope)?,
                }
            }
            Op::SetMember { target, value } => Op::SetMember {
                target: Box::new(self.reference(target, scope)?),
                value: self.expr(value, scope)?,
            },
            Op::Branch {
                condition,
                otherwise,
            } => Op::Branch {
                condition: self.expr(condition, scope)?,
                otherwise: *otherwise,
            },
            Op::Jump(target) => Op::Jump(*target),
            Op::Foreach {
                variable,
                collection,
                empty,
                exit,
            } => {
                let names = self.names.of_loops;
                let set = [names.foreach, names.velocity_count, names.velocity_has_next];
                for slot in set.into_iter().flatten().chain([*variable]) {
                    refuse_parameter(slot, scope)?;
                }
                Op::Foreach {
                    variable: *variable,
                    collection: self.expr(collection, scope)?,
                    empty: *empty,
                    exit: *exit,
                }
            }
            Op::Next => Op::Next,
            Op::Stop => Op::Stop,
            // The call of something that is no macro.
            Op::Call(call) => Op::Call(*call),
            // A `#break` may end the macro, and the others are rare.
            Op::Break(_)
            | Op::PrintEscaped { .. }
            | Op::Define { .. }
            | Op::Evaluate(_)
            | Op::Parse(_)
            | Op::Include(_) => return Err(Refused),
        })
    }

    fn print(&mut self, reference: &Reference, scope: &Scope<'_>) -> Result<Op, Refused> {
        let constant = match scope.meaning(reference.slot).ok_or(Refused)? {
            Meaning::Constant(constant) if reference.steps.is_empty() => constant,
            _ => return self.reference(reference, scope).map(Op::Print),
        };
        Ok(Op::Text(match constant {
            Expr::Str(span) => return self.text(*span),
            Expr::Int(number) => self.add_text(&number.to_string()),
            Expr::Bool(value) => self.add_text(&value.to_string()),
            _ => return Err(Refused),
        }))
    }

    fn text(&mut self, span: Span) -> Result<Op, Refused> {
        self.take_room((span.end - span.start) as usize / 16)?;
        Ok(Op::Text(span))
    }

    fn reference(
        &mut self,
        reference: &Reference,
        scope: &Scope<'_>,
    ) -> Result<Reference, Refused> {
        let meaning = scope.meaning(reference.slot).ok_or(Refused)?;
        let Meaning::Path(slot, path, written) = meaning else {
            return Err(Refused);
        };
        if reference.alternative.is_some() {
            return Err(Refused);
        }
        let mut steps = Vec::with_capacity(path.len() + reference.steps.len());
        self.take_room(path.len())?;
        steps.extend(path.into_iter().map(|step| Step::Property(copied(step))));
        for step in &reference.steps {
            steps.push(self.step(step, scope)?);
        }
        let plain = reference.plain && steps.len() <= NEAR_STEPS;
        let bare = reference.steps.is_empty() && is_bare(self.draft.text(reference.source));
        let calls = calls(&steps, &self.draft.text);
        self.take_room(calls.iter().map(Call::room).sum())?;
        Ok(Reference {
            slot,
            calls,
            steps: steps.into(),
            plain,
            quiet: reference.quiet,
            alternative: None,
            // A parameter that is null prints as its argument is written.
            source: written.filter(|_| bare).unwrap_or(reference.source),
            at: reference.at,
        })
    }

    fn step(&mut self, step: &Step, scope: &Scope<'_>) -> Result<Step, Refused> {
        self.take_room(1)?;
        Ok(match step {
            Step::Property(property) => Step::Property(copied(property)),
            Step::Index(index) => Step::Index(self.expr(index, scope)?),
            Step::Call {
                name,
                method,
                arguments,
            } => Step::Call {
                name: *name,
                method: *method,
                arguments: self.exprs(arguments, scope)?,
            },
        })
    }

    fn expr(&mut self, expr: &Expr, scope: &Scope<'_>) -> Result<Expr, Refused> {
        self.take_room(1)?;
        Ok(match expr {
            Expr::Null => Expr::Null,
            Expr::Bool(value) => Expr::Bool(*value),
            Expr::Int(value) => Expr::Int(*value),
            Expr::BigInt(digits) => Expr::BigInt(*digits),
            Expr::Double(value) => Expr::Double(*value),
            Expr::Str(span) => Expr::Str(*span),
            Expr::Interpolated(body) => Expr::Interpolated(self.string(*body, scope)?),
            Expr::List(items) => Expr::List(self.exprs(items, scope)?),
            Expr::Range(bounds) => Expr::Range(Box::new((
                self.expr(&bounds.0, scope)?,
                self.expr(&bounds.1, scope)?,
            ))),
            Expr::Map(entries) => {
                let entries = entries
                    .iter()
                    .map(|(key, value)| Ok((self.expr(key, scope)?, self.expr(value, scope)?)));
                Expr::Map(entries.collect::<Result<_, _>>()?)
            }
            Expr::Reference(reference) => {
                Expr::Reference(Box::new(self.reference(reference, scope)?))
            }
            Expr::Not(operand) => Expr::Not(Box::new(self.expr(operand, scope)?)),
            Expr::Negate(operand) => Expr::Negate(Box::new(self.expr(operand, scope)?)),
            Expr::Chain(chain) => {
                let first = self.expr(&chain.first, scope)?;
                let rest = chain.rest.iter().map(|link| {
                    Ok(Link {
                        operand: self.expr(&link.operand, scope)?,
                        ..*link
                    })
                });
                Expr::Chain(Box::new(Chain {
                    first,
                    rest: rest.collect::<Result<_, _>>()?,
                    ..**chain
                }))
            }
        })
    }

    fn exprs(&mut self, exprs: &[Expr], scope: &Scope<'_>) -> Result<Box<[Expr]>, Refused> {
        exprs.iter().map(|expr| self.expr(expr, scope)).collect()
    }

    /// Copies the body of a string.
    fn string(&mut self, body: BodyIx, scope: &Scope<'_>) -> Result<BodyIx, Refused> {
        let outer = std::mem::take(&mut self.out);
        let result = self.copy_ops(body, scope);
        let copy = std::mem::replace(&mut self.out, outer);
        result?;
        let index = self.draft.bodies.len() + self.strings.len();
        self.strings.push(copy);
        Ok(BodyIx(index as u32))
    }
}

/// A macro that sets its own parameter needs a context for it.
fn refuse_parameter(slot: Slot, scope: &Scope<'_>) -> Result<(), Refused> {
    match scope.binds(slot) {
        true => Err(Refused),
        false => Ok(()),
    }
}

fn copied(property: &Property) -> Property {
    Property {
        name: property.name.clone(),
        source: property.source,
        near: Near::default(),
        of_loop: property.of_loop,
    }
}

/// Whether a reference is written as `$name`.
fn is_bare(source: &str) -> bool {
    !source[1..].starts_with(['!', '{'])
}
