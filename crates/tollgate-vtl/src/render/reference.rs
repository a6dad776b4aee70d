//! Follows references to their values and assigns to them.

use crate::error::{CallError, Interrupt, RenderErrorKind};
use crate::methods;
use crate::operators;
use crate::program::{LoopMember, NEAR_STEPS, Property, Reference, Step};
use crate::value::{Entries, List, Object, Str, Value, weight, would_contain_itself};

use super::code::Code;
use super::output::Output;
use super::variables::Variable;
use super::{Budget, Renderer};

/// What is to be done with a value.
pub(super) type Act<'f, 'a, R> = &'f mut dyn FnMut(&mut R, &Value<'a>) -> Result<(), Interrupt>;

impl<'a> Renderer<'a, '_> {
    /// The value of a reference, null as soon as a step leads nowhere.
    #[inline]
    pub(super) fn resolve(
        &mut self,
        code: &Code<'a>,
        reference: &Reference,
    ) -> Result<Value<'a>, Interrupt> {
        if !reference.calls.is_empty()
            && let Some(value) = self.given(reference)
        {
            return Ok(value);
        }
        match self.look(reference, |value, _, _| value.clone())? {
            Some(value) => Ok(value),
            None => self.resolve_by_steps(code, reference),
        }
    }

    /// As [`resolve`](Self::resolve), for a reference that has been looked at in vain.
    pub(super) fn resolve_by_steps(
        &mut self,
        code: &Code<'a>,
        reference: &Reference,
    ) -> Result<Value<'a>, Interrupt> {
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
        act: impl FnOnce(&Value<'a>, &mut Output, &mut Budget) -> T,
    ) -> Result<Option<T>, Interrupt> {
        if !reference.plain || !self.sees_globals() {
            return Ok(None);
        }
        let (out, budget) = (&mut self.out, &mut self.budget);
        let Some(variable) = self.variables.get(reference.slot.index()) else {
            return Ok(None);
        };
        let (value, steps) = match variable {
            Variable::Value(value) => (value, &*reference.steps),
            Variable::Undefined => (&Value::Null, &*reference.steps),
            Variable::Loop(state) => {
                budget.take_steps(reference.steps.len() as u64)?;
                let member = LoopMember::of(&reference.steps);
                return Ok(member.map(|member| act(&state.member(member).into(), out, budget)));
            }
            Variable::Block(_) => return Ok(None),
            Variable::Unread | Variable::Growing(_) => {
                self.global(reference.slot);
                return self.look(reference, act);
            }
        };
        budget.take_steps(steps.len() as u64)?;
        // Most references have a step or two, through maps.
        let walked = match (value, steps) {
            (Value::Map(map), [Step::Property(first), rest @ ..]) => {
                let entries = map.entries();
                match (member(&entries, first), rest) {
                    (Value::Map(map), [Step::Property(second), rest @ ..]) => {
                        walk(member(&map.entries(), second), rest, out, budget, act)
                    }
                    (value, rest) => walk(value, rest, out, budget, act),
                }
            }
            (value, steps) => walk(value, steps, out, budget, act),
        };
        match walked {
            Ok(result) => Ok(Some(result)),
            Err(interrupt) => Err(interrupt.at(reference.at)),
        }
    }

    /// The value some steps lead to, null as soon as one leads nowhere.
    fn follow(
        &mut self,
        code: &Code<'a>,
        reference: &Reference,
        steps: &[Step],
    ) -> Result<Value<'a>, Interrupt> {
        let mut found = Value::Null;
        self.visit(code, reference, steps, &mut |_, value| {
            found = value.clone();
            Ok(())
        })?;
        Ok(found)
    }

    /// Does something with the value that some steps lead to, where it is.
    pub(super) fn visit(
        &mut self,
        code: &Code<'a>,
        reference: &Reference,
        steps: &[Step],
        act: Act<'_, 'a, Self>,
    ) -> Result<(), Interrupt> {
        if self.frame == 0
            && !self.budget.rules().strict_references
            && let Variable::Value(value) = self.global(reference.slot)
        {
            let value = value.clone();
            return match steps.len() {
                0..=NEAR_STEPS => self.visit_near(code, reference, &value, steps, act),
                _ => self.visit_from(code, reference, &value, steps, act),
            };
        }
        let (value, steps) = self.first(code, reference, steps)?;
        self.visit_from(code, reference, &value, steps, act)
    }

    /// What the variable of a reference holds, and the steps to take from there.
    fn first<'s>(
        &mut self,
        code: &Code<'a>,
        reference: &Reference,
        steps: &'s [Step],
    ) -> Result<(Value<'a>, &'s [Step]), Interrupt> {
        let variable = self.variable(reference.slot)?;
        if reference.alternative.is_none() || !steps.is_empty() {
            self.check_defined(&variable, code, reference.source)?;
        }
        let block = match variable {
            Variable::Value(value) => return Ok((value, steps)),
            Variable::Growing(text) => return Ok((text.into(), steps)),
            Variable::Loop(state) => return Ok((Value::Object(state), steps)),
            Variable::Unread | Variable::Undefined => return Ok((Value::Null, steps)),
            Variable::Block(block) => block,
        };
        let print = |renderer: &mut Self| renderer.print_block(code, reference, &block);
        // A block has one member, its text.
        if let [first, rest @ ..] = steps {
            return Ok(match is_to_string(code, first) {
                true => (self.capture(print)?.0.into(), rest),
                false => (Value::Null, &[]),
            });
        }
        let text = self.capture(print)?.0;
        self.budget.allocate(2 * weight::STRING)?;
        // It is no string, but Velocity 2.x makes numbers of what prints as one.
        let value = match self.budget.rules().converts_strings {
            true => text.into(),
            false => Value::object(Printed(text)),
        };
        Ok((value, steps))
    }

    fn visit_from(
        &mut self,
        code: &Code<'a>,
        reference: &Reference,
        value: &Value<'a>,
        steps: &[Step],
        act: Act<'_, 'a, Self>,
    ) -> Result<(), Interrupt> {
        let Some((near, far)) = steps.split_at_checked(NEAR_STEPS) else {
            return self.visit_near(code, reference, value, steps, act);
        };
        let mut found = Value::Null;
        self.visit_near(code, reference, value, near, &mut |_, value| {
            found = value.clone();
            Ok(())
        })?;
        for steps in far.chunks(NEAR_STEPS) {
            let from = std::mem::replace(&mut found, Value::Null);
            self.visit_near(code, reference, &from, steps, &mut |_, value| {
                found = value.clone();
                Ok(())
            })?;
        }
        act(self, &found)
    }

    /// Takes a few steps from a value, each inside the one before, so that nothing is moved.
    fn visit_near(
        &mut self,
        code: &Code<'a>,
        reference: &Reference,
        value: &Value<'a>,
        steps: &[Step],
        act: Act<'_, 'a, Self>,
    ) -> Result<(), Interrupt> {
        let [step, rest @ ..] = steps else {
            return act(self, value);
        };
        if value.is_null() {
            return self.visit_nothing(code, reference, act);
        }
        self.budget.take_steps(1)?;
        match step {
            Step::Property(property) => {
                let name = &*property.name;
                let member = methods::property(value, name, &mut self.budget);
                let member = member.map_err(|error| failed(name, error))?;
                // A map without an entry leads to null even under strict rules.
                if member.is_null() && !matches!(value, Value::Map(_)) {
                    return self.visit_nothing(code, reference, act);
                }
                self.visit_near(code, reference, &member, rest, act)
            }
            Step::Index(index) => {
                let index = self.deeper(|renderer| renderer.value(code, index))?;
                let item = self.index(value, &index)?;
                self.visit_near(code, reference, &item, rest, act)
            }
            Step::Call {
                name,
                method,
                arguments,
            } => {
                // Most calls have few arguments, which then need no allocation.
                let (one, two, more);
                let arguments: &[Value<'a>] = match &**arguments {
                    [] => &[],
                    [first] => {
                        one = self.deeper(|renderer| Ok([renderer.passed(code, first)?]))?;
                        &one
                    }
                    [first, second] => {
                        two = self.deeper(|renderer| {
                            let first = renderer.passed(code, first)?;
                            Ok([first, renderer.passed(code, second)?])
                        })?;
                        &two
                    }
                    arguments => {
                        more = self.deeper(|renderer| {
                            let arguments = arguments.iter().map(|it| renderer.value(code, it));
                            arguments.collect::<Result<Vec<_>, _>>()
                        })?;
                        &more
                    }
                };
                let result = match (value, method) {
                    (Value::Object(object), method) => {
                        let name = code.text(*name);
                        let budget = &mut self.budget;
                        methods::object::call(&**object, *method, name, arguments, budget)
                    }
                    (_, Some(method)) => methods::call(value, *method, arguments, &mut self.budget),
                    (_, None) => Ok(None),
                };
                match result {
                    Ok(Some(ref given)) => {
                        self.budget.allocate_value(given)?;
                        self.visit_near(code, reference, given, rest, act)
                    }
                    Ok(None) => self.visit_nothing(code, reference, act),
                    Err(error) => Err(failed(code.text(*name), error)),
                }
            }
        }
    }

    /// Does what is to be done with null, where a step leads nowhere.
    #[cold]
    fn visit_nothing(
        &mut self,
        code: &Code<'a>,
        reference: &Reference,
        act: Act<'_, 'a, Self>,
    ) -> Result<(), Interrupt> {
        if self.budget.rules().strict_references {
            let reference = code.text(reference.source).to_owned();
            return Err(RenderErrorKind::NoValue { reference }.into());
        }
        act(self, &Value::Null)
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

/// What a map has under the name of a property, or null.
#[inline(always)]
pub(super) fn member<'m, 'a>(entries: &'m Entries<'a>, property: &Property) -> &'m Value<'a> {
    let member = entries.get_near(&property.name, &property.near);
    member.unwrap_or(&Value::Null)
}

/// Follows properties without taking anything out of the maps on the way.
#[inline(always)]
fn walk<'a, T>(
    value: &Value<'a>,
    steps: &[Step],
    out: &mut Output,
    budget: &mut Budget,
    act: impl FnOnce(&Value<'a>, &mut Output, &mut Budget) -> T,
) -> Result<T, Interrupt> {
    match (value, steps) {
        (Value::List(_), _) => walk_on(value, steps, out, budget, act),
        (value, []) | (value @ Value::Null, _) => Ok(act(value, out, budget)),
        (value, steps) => walk_on(value, steps, out, budget, act),
    }
}

/// As [`walk`], for what takes more.
fn walk_on<'a, T>(
    value: &Value<'a>,
    steps: &[Step],
    out: &mut Output,
    budget: &mut Budget,
    act: impl FnOnce(&Value<'a>, &mut Output, &mut Budget) -> T,
) -> Result<T, Interrupt> {
    let [Step::Property(property), rest @ ..] = steps else {
        if let Err(error) = methods::refresh(value, budget) {
            called("iterator", Err(error))?;
        }
        return Ok(act(value, out, budget));
    };
    let name = &*property.name;
    match value {
        Value::Map(map) => walk_on(member(&map.entries(), property), rest, out, budget, act),
        Value::Null => Ok(act(value, out, budget)),
        Value::Object(object) => {
            let member = methods::object::property(&**object, name, budget)?;
            let member = member.unwrap_or(Value::Null);
            walk_on(&member, rest, out, budget, act)
        }
        other => {
            let result = methods::property(other, name, budget);
            let member = called(name, result.map(Some))?.unwrap_or(Value::Null);
            walk_on(&member, rest, out, budget, act)
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
#[inline]
fn called<'a>(
    method: &str,
    result: Result<Option<Value<'a>>, CallError>,
) -> Result<Option<Value<'a>>, Interrupt> {
    result.map_err(|error| failed(method, error))
}

/// A method threw.
#[cold]
fn failed(method: &str, error: CallError) -> Interrupt {
    match error {
        CallError::Limit(limit) => limit.into(),
        error => {
            let method = method.to_owned();
            RenderErrorKind::Call { method, error }.into()
        }
    }
}
