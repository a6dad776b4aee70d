//! Follows references to their values and assigns to them.

use crate::error::{CallError, Interrupt, RenderErrorKind};
use crate::methods;
use crate::program::{Reference, Step};
use crate::value::{List, Value, would_contain_itself};

use super::{Renderer, Variable};

impl<'a> Renderer<'a, '_> {
    /// The value of a reference, null as soon as a step leads nowhere.
    pub(super) fn resolve(&mut self, reference: &'a Reference) -> Result<Value<'a>, Interrupt> {
        self.follow(reference, &reference.steps)
            .map_err(|interrupt| interrupt.at(reference.at))
    }

    fn follow(
        &mut self,
        reference: &'a Reference,
        mut steps: &'a [Step],
    ) -> Result<Value<'a>, Interrupt> {
        let mut value = match self.variable(reference.slot) {
            Variable::Value(value) => value.clone(),
            Variable::Unread => Value::Null,
            Variable::Body(body) => {
                let body = *body;
                // A block has one member, its text.
                if let [first, rest @ ..] = steps {
                    if !self.is_to_string(first) {
                        return Ok(Value::Null);
                    }
                    steps = rest;
                }
                self.capture(|renderer| renderer.print_body(body, reference))?
                    .into()
            }
        };
        for step in steps {
            if value.is_null() {
                break;
            }
            value = self.take(&value, step)?;
        }
        Ok(value)
    }

    fn is_to_string(&self, step: &Step) -> bool {
        let Step::Call { method, arguments } = step else {
            return false;
        };
        arguments.is_empty() && self.program.text(*method) == "toString"
    }

    /// Takes one step from a value.
    fn take(&mut self, value: &Value<'a>, step: &'a Step) -> Result<Value<'a>, Interrupt> {
        self.budget.take_steps(1)?;
        match step {
            Step::Property(name) => Ok(methods::property(value, self.program.text(*name))),
            Step::Index(index) => {
                let index = self.value(index)?;
                match (value, &index) {
                    (Value::List(list), Value::Int(_)) => {
                        let position = position(list, &index)?;
                        Ok(list.get(position).unwrap_or(Value::Null))
                    }
                    (Value::Map(map), key) => Ok(map.get_value(key).unwrap_or(Value::Null)),
                    (Value::Object(object), Value::Str(name)) => {
                        Ok(object.property(name).unwrap_or(Value::Null))
                    }
                    (_, index) => {
                        refuse_negative(index)?;
                        Ok(Value::Null)
                    }
                }
            }
            Step::Call { method, arguments } => {
                let method = self.program.text(*method);
                // Most calls have few arguments, which then need no allocation.
                match &**arguments {
                    [] => self.call(value, method, &[]),
                    [one] => {
                        let one = self.value(one)?;
                        self.call(value, method, &[one])
                    }
                    [one, two] => {
                        let arguments = [self.value(one)?, self.value(two)?];
                        self.call(value, method, &arguments)
                    }
                    more => {
                        let arguments = more.iter().map(|argument| self.value(argument));
                        let arguments = arguments.collect::<Result<Vec<_>, _>>()?;
                        self.call(value, method, &arguments)
                    }
                }
            }
        }
    }

    fn call(
        &mut self,
        receiver: &Value<'a>,
        method: &str,
        arguments: &[Value<'a>],
    ) -> Result<Value<'a>, Interrupt> {
        match methods::call(receiver, method, arguments, &mut self.budget) {
            Ok(result) => Ok(result.unwrap_or(Value::Null)),
            Err(CallError::Limit(limit)) => Err(limit.into()),
            Err(error) => {
                let method = method.to_owned();
                Err(RenderErrorKind::Call { method, error }.into())
            }
        }
    }

    /// Assigns to the last step of a reference; without a fitting target nothing happens.
    pub(super) fn assign(
        &mut self,
        target: &'a Reference,
        value: Value<'a>,
    ) -> Result<(), Interrupt> {
        let Some((last, before)) = target.steps.split_last() else {
            self.set_variable(target.slot, Variable::Value(value));
            return Ok(());
        };
        let placed = |interrupt: Interrupt| interrupt.at(target.at);
        let parent = self.follow(target, before).map_err(placed)?;
        match last {
            Step::Property(name) => {
                let name: Value<'a> = self.program.text(*name).into();
                self.put(&parent, name, value).map_err(placed)
            }
            Step::Index(index) => {
                let index = self.value(index).map_err(placed)?;
                self.put(&parent, index, value).map_err(placed)
            }
            Step::Call { .. } => Ok(()),
        }
    }

    fn put(
        &mut self,
        parent: &Value<'a>,
        key: Value<'a>,
        value: Value<'a>,
    ) -> Result<(), Interrupt> {
        if would_contain_itself(parent, &value, &mut self.budget)? {
            return Err(RenderErrorKind::ContainsItself.into());
        }
        match (parent, &key) {
            (Value::Map(map), _) => {
                self.budget.allocate_items(map.len() + 1, 1)?;
                map.insert(key, value);
            }
            (Value::List(list), Value::Int(_)) => {
                list.set(position(list, &key)?, value);
            }
            (Value::Object(object), Value::Str(name)) => {
                // An object may refuse; Velocity then ignores the assignment.
                object.set(name, value);
            }
            (Value::Null, _) => {}
            _ => refuse_negative(&key)?,
        }
        Ok(())
    }
}

/// To count from the end, Velocity asks a value for its size, which only collections have.
fn refuse_negative(index: &Value<'_>) -> Result<(), RenderErrorKind> {
    match index {
        Value::Int(number) if number.is_negative() => {
            let index = number.wrapping_i64();
            Err(RenderErrorKind::IndexOutOfRange { index, length: 0 })
        }
        _ => Ok(()),
    }
}

/// The position an index means in a list: negative ones count from the end.
fn position(list: &List<'_>, index: &Value<'_>) -> Result<usize, RenderErrorKind> {
    let length = list.len();
    // An index of more than 64 bits is as far outside as any.
    let index = index.as_int().unwrap_or(i64::MAX);
    let position = if index < 0 {
        index.checked_add_unsigned(length as u64)
    } else {
        Some(index)
    };
    position
        .and_then(|position| usize::try_from(position).ok())
        .filter(|position| *position < length)
        .ok_or(RenderErrorKind::IndexOutOfRange { index, length })
}
