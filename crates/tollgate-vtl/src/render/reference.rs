//! Follows references to their values and assigns to them.

use crate::error::{CallError, Interrupt, RenderErrorKind};
use crate::methods;
use crate::operators;
use crate::program::{Reference, Step};
use crate::value::{List, Object, Printer, Str, Value, weight, would_contain_itself};

use super::code::Code;
use super::variables::Variable;
use super::{Budget, Renderer};

impl<'a> Renderer<'a, '_> {
    /// The value of a reference, null as soon as a step leads nowhere.
    pub(super) fn resolve(
        &mut self,
        code: &Code<'a>,
        reference: &Reference,
    ) -> Result<Value<'a>, Interrupt> {
        if let Some(value) = self.look(reference, |value, _| value.clone())? {
            return Ok(value);
        }
        let placed = |interrupt: Interrupt| interrupt.at(reference.at);
        let value = self
            .follow(code, reference, &reference.steps)
            .map_err(placed)?;
        let Some(alternative) = &reference.alternative else {
            return Ok(value);
        };
        if operators::is_true(&value, &self.budget) {
            return Ok(value);
        }
        self.deeper(|renderer| renderer.value(code, alternative))
    }

    /// Looks at what a reference leads to where it is, if properties lead there from a variable;
    /// none if it takes more than that.
    #[inline]
    pub(super) fn look<T>(
        &mut self,
        reference: &Reference,
        act: impl FnOnce(&Value<'a>, &mut Output<'_>) -> T,
    ) -> Result<Option<T>, Interrupt> {
        if !reference.plain || self.frame > 0 || self.budget.rules().strict_references {
            return Ok(None);
        }
        self.budget.take_steps(reference.steps.len() as u64)?;
        self.global(reference.slot);
        let Self {
            variables,
            out,
            inside_string,
            budget,
            ..
        } = self;
        let mut output = Output {
            out,
            inside_string: *inside_string,
            budget,
        };
        Ok(match &variables[reference.slot.0 as usize] {
            Variable::Value(value) => {
                let walked = walk(value, &reference.steps, &mut output, act);
                Some(walked.map_err(|interrupt| interrupt.at(reference.at))?)
            }
            Variable::Undefined => Some(act(&Value::Null, &mut output)),
            Variable::Unread | Variable::Block(_) => None,
        })
    }

    fn follow(
        &mut self,
        code: &Code<'a>,
        reference: &Reference,
        mut steps: &[Step],
    ) -> Result<Value<'a>, Interrupt> {
        let variable = self.variable(reference.slot)?;
        if reference.alternative.is_none() || !steps.is_empty() {
            self.check_defined(&variable, code, reference.source)?;
        }
        let mut value = match variable {
            Variable::Value(value) => value,
            Variable::Unread | Variable::Undefined => Value::Null,
            Variable::Block(block) => {
                let print = |renderer: &mut Self| renderer.print_block(code, reference, &block);
                // A block has one member, its text.
                if let [first, rest @ ..] = steps {
                    if !is_to_string(code, first) {
                        return Ok(Value::Null);
                    }
                    steps = rest;
                    self.capture(print)?.0.into()
                } else {
                    let text = self.capture(print)?.0;
                    self.budget.allocate(2 * weight::STRING)?;
                    // It is no string, but Velocity 2.x makes numbers of what prints as one.
                    match self.budget.rules().converts_strings {
                        true => text.into(),
                        false => Value::object(Printed(text)),
                    }
                }
            }
        };
        for step in steps {
            let next = match value.is_null() {
                true => None,
                false => self.take(code, &value, step)?,
            };
            let strict = self.budget.rules().strict_references;
            value = match next {
                Some(value) => value,
                // A map without an entry leads to null even there.
                None if matches!((&value, step), (Value::Map(_), Step::Property(_))) => Value::Null,
                None if strict => {
                    let reference = code.text(reference.source).to_owned();
                    return Err(RenderErrorKind::NoValue { reference }.into());
                }
                None => return Ok(Value::Null),
            };
        }
        Ok(value)
    }

    /// Takes one step from a value; none if the value has no such member.
    fn take(
        &mut self,
        code: &Code<'a>,
        value: &Value<'a>,
        step: &Step,
    ) -> Result<Option<Value<'a>>, Interrupt> {
        self.budget.take_steps(1)?;
        match step {
            Step::Property(property) => {
                let name = &*property.name;
                let result = methods::property(value, name, &mut self.budget);
                let member = called(name, result.map(Some))?;
                Ok(member.filter(|member| !member.is_null()))
            }
            Step::Index(index) => {
                let index = self.deeper(|renderer| renderer.value(code, index))?;
                self.index(value, &index).map(Some)
            }
            Step::Call {
                name,
                method,
                arguments,
            } => {
                let method = (*method, code.text(*name));
                // Most calls have few arguments, which then need no allocation.
                match &**arguments {
                    [] => self.call(value, method, &[]),
                    [one] => {
                        let one = self.deeper(|renderer| renderer.value(code, one))?;
                        self.call(value, method, &[one])
                    }
                    more => {
                        let arguments = self.deeper(|renderer| {
                            let arguments = more.iter().map(|it| renderer.value(code, it));
                            arguments.collect::<Result<Vec<_>, _>>()
                        })?;
                        self.call(value, method, &arguments)
                    }
                }
            }
        }
    }

    /// `$value[index]`
    fn index(&mut self, value: &Value<'a>, index: &Value<'a>) -> Result<Value<'a>, Interrupt> {
        if let (Value::Map(map), Value::Str(name)) = (value, index) {
            self.budget.take_pass(name.len())?;
            return Ok(map.get(name).unwrap_or(Value::Null));
        }
        match methods::index(value, index, &mut self.budget) {
            Err(CallError::IndexOutOfRange { index, length }) => {
                Err(RenderErrorKind::IndexOutOfRange { index, length }.into())
            }
            result => Ok(called("get", result.map(Some))?.unwrap_or(Value::Null)),
        }
    }

    fn call(
        &mut self,
        receiver: &Value<'a>,
        (method, name): (Option<methods::Name>, &str),
        arguments: &[Value<'a>],
    ) -> Result<Option<Value<'a>>, Interrupt> {
        let result = methods::call(receiver, method, name, arguments, &mut self.budget);
        if let Ok(Some(value)) = &result {
            self.budget.allocate_value(value)?;
        }
        called(name, result)
    }

    /// Assigns to the last step of a reference; without a fitting target nothing happens.
    pub(super) fn assign(
        &mut self,
        code: &Code<'a>,
        target: &Reference,
        value: Value<'a>,
    ) -> Result<(), Interrupt> {
        self.assign_member(code, target, value)
            .map_err(|interrupt| interrupt.at(target.at))
    }

    fn assign_member(
        &mut self,
        code: &Code<'a>,
        target: &Reference,
        value: Value<'a>,
    ) -> Result<(), Interrupt> {
        let Some((last, before)) = target.steps.split_last() else {
            self.set_variable(target.slot, Variable::Value(value));
            return Ok(());
        };
        let parent = self.follow(code, target, before)?;
        let strict = self.budget.rules().strict_references;
        let settable = matches!(
            parent,
            Value::Map(_) | Value::List(_) | Value::Object(_) | Value::Entry(_)
        );
        if strict && !settable && !(parent.is_null() && before.is_empty()) {
            let reference = code.text(target.source).to_owned();
            return Err(RenderErrorKind::NoValue { reference }.into());
        }
        match last {
            Step::Property(property) => {
                let name = Value::Str(code.literal(property.source));
                self.put(&parent, name, value)
            }
            Step::Index(index) => {
                let index = self.value(code, index)?;
                self.put(&parent, index, value)
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
                methods::insert(map, key, value, &mut self.budget)?;
            }
            (Value::List(list), Value::Int(_)) => {
                list.set(position(list, &key)?, value);
            }
            (Value::Object(object), Value::Str(name)) => {
                // An object may refuse; Velocity then ignores the assignment.
                methods::object::set(&**object, name, value, &mut self.budget)?;
            }
            (Value::Null, _) => {}
            _ => refuse_negative(&key)?,
        }
        Ok(())
    }
}

/// The text of a block.
struct Printed<'a>(Str<'a>);

impl<'a> Object<'a> for Printed<'a> {
    fn print(&self, out: &mut String) {
        out.push_str(&self.0);
    }
}

/// Where something prints while the variables are looked at.
pub(super) struct Output<'r> {
    out: &'r mut String,
    inside_string: bool,
    pub(super) budget: &'r mut Budget,
}

impl Output<'_> {
    pub(super) fn printer(&mut self) -> Printer<'_> {
        Printer::new(self.out, self.inside_string, self.budget.limits())
    }
}

/// Follows properties without taking anything out of the maps on the way.
fn walk<'a, T>(
    value: &Value<'a>,
    steps: &[Step],
    output: &mut Output<'_>,
    act: impl FnOnce(&Value<'a>, &mut Output<'_>) -> T,
) -> Result<T, Interrupt> {
    let [Step::Property(property), rest @ ..] = steps else {
        if let Err(error) = methods::refresh(value, output.budget) {
            called("iterator", Err(error))?;
        }
        return Ok(act(value, output));
    };
    let name = &*property.name;
    match value {
        Value::Map(map) => match map.entries().get_near(name, &property.position) {
            Some(member) => walk(member, rest, output, act),
            None => Ok(act(&Value::Null, output)),
        },
        Value::Null => Ok(act(value, output)),
        Value::Object(object) => {
            let member = methods::object::property(&**object, name, output.budget)?;
            let member = member.unwrap_or(Value::Null);
            walk(&member, rest, output, act)
        }
        other => {
            let result = methods::property(other, name, output.budget);
            let member = called(name, result.map(Some))?.unwrap_or(Value::Null);
            walk(&member, rest, output, act)
        }
    }
}

fn is_to_string(code: &Code<'_>, step: &Step) -> bool {
    let Step::Call {
        name, arguments, ..
    } = step
    else {
        return false;
    };
    arguments.is_empty() && code.text(*name) == "toString"
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

/// What a method gave.
fn called<'a>(
    method: &str,
    result: Result<Option<Value<'a>>, CallError>,
) -> Result<Option<Value<'a>>, Interrupt> {
    match result {
        Ok(result) => Ok(result),
        Err(CallError::Limit(limit)) => Err(limit.into()),
        Err(error) => {
            let method = method.to_owned();
            Err(RenderErrorKind::Call { method, error }.into())
        }
    }
}
