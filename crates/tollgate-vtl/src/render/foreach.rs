//! The rounds of `#foreach`.

use std::cell::Cell;
use std::rc::{Rc, Weak};

use crate::error::{CallError, Interrupt, RenderErrorKind};
use crate::limits::LimitExceeded;
use crate::program::Slot;
use crate::value::{List, Object, Value};

use super::{Renderer, Variable};

/// A loop that runs.
pub(super) struct Loop<'a> {
    items: Items<'a>,
    variable: Slot,
    /// The round, from 0.
    index: usize,
    /// First operation of a round.
    start: usize,
    /// The operation behind the loop.
    exit: usize,
    /// What the variables this loop sets were before it.
    saved: Vec<(Slot, Variable<'a>)>,
}

/// What a loop walks.
enum Items<'a> {
    /// A list, walked where it is, and its length at the start.
    List(List<'a>, usize),
    /// A copy of the values of something else.
    Copy(Vec<Value<'a>>),
}

impl<'a> Loop<'a> {
    pub(super) fn new(variable: Slot, collection: &Value<'a>, start: usize, exit: usize) -> Self {
        let items = match collection {
            Value::List(list) => Items::List(list.clone(), list.len()),
            Value::Map(map) => Items::Copy(map.entries().values().cloned().collect()),
            Value::Object(object) => Items::Copy(
                object
                    .entries()
                    .into_iter()
                    .map(|(_, value)| value)
                    .collect(),
            ),
            _ => Items::Copy(Vec::new()),
        };
        Self {
            items,
            variable,
            index: 0,
            start,
            exit,
            saved: Vec::new(),
        }
    }

    fn len(&self) -> usize {
        match &self.items {
            Items::List(_, length) => *length,
            Items::Copy(values) => values.len(),
        }
    }

    /// The item of this round.
    fn item(&self) -> Result<Value<'a>, RenderErrorKind> {
        let item = match &self.items {
            Items::List(list, length) if list.len() == *length => list.get(self.index),
            Items::List(..) => None,
            Items::Copy(values) => values.get(self.index).cloned(),
        };
        item.ok_or(RenderErrorKind::ListChanged)
    }
}

impl<'a> Renderer<'a, '_> {
    /// Begins a loop and says where to go on.
    pub(super) fn begin_loop(
        &mut self,
        mut started: Loop<'a>,
        loops: &mut Vec<Loop<'a>>,
    ) -> Result<usize, Interrupt> {
        if started.len() == 0 {
            return Ok(started.exit);
        }
        if let Items::Copy(values) = &started.items {
            self.budget.allocate_items(values.len(), values.len())?;
        }
        let names = &self.program.loop_variables;
        if let Some(slot) = names.foreach {
            let state = Rc::new_cyclic(|this| LoopState {
                index: Cell::new(0),
                length: started.len(),
                parent: self.loops.last().cloned(),
                this: Weak::clone(this),
            });
            self.loops.push(Rc::clone(&state));
            let before = self.set_variable(slot, Variable::Value(Value::Object(state)));
            started.saved.push((slot, before));
        }
        let others = [
            names.velocity_count,
            names.velocity_has_next,
            Some(started.variable),
        ];
        for slot in others.into_iter().flatten() {
            started
                .saved
                .push((slot, self.set_variable(slot, Variable::Unread)));
        }
        self.begin_round(&started)?;
        let start = started.start;
        loops.push(started);
        Ok(start)
    }

    /// Ends a round of the innermost loop and says where to go on.
    pub(super) fn next_round(&mut self, loops: &mut Vec<Loop<'a>>) -> Result<usize, Interrupt> {
        let mut current = loops
            .pop()
            .expect("an #end of #foreach runs inside its loop");
        current.index += 1;
        if current.index == current.len() {
            return Ok(self.end_loop(current));
        }
        self.begin_round(&current)?;
        let start = current.start;
        loops.push(current);
        Ok(start)
    }

    /// Sets the variables of a round.
    fn begin_round(&mut self, current: &Loop<'a>) -> Result<(), Interrupt> {
        let most = self.budget.limits().foreach_rounds;
        if current.index >= most {
            return Err(LimitExceeded::ForeachRounds(most).into());
        }
        self.budget.take_round()?;
        let names = &self.program.loop_variables;
        if names.foreach.is_some() {
            let state = self
                .loops
                .last()
                .expect("a loop of a template with $foreach has a state");
            state.index.set(current.index);
        }
        if let Some(slot) = names.velocity_count {
            self.set_variable(slot, Variable::Value((current.index + 1).into()));
        }
        if let Some(slot) = names.velocity_has_next {
            let has_next = current.index + 1 < current.len();
            self.set_variable(slot, Variable::Value(has_next.into()));
        }
        // Last, so that a loop over `$velocityCount` gets its items.
        self.set_variable(current.variable, Variable::Value(current.item()?));
        Ok(())
    }

    /// Gives the variables of a loop their former values back and says where to go on.
    pub(super) fn end_loop(&mut self, ended: Loop<'a>) -> usize {
        if self.program.loop_variables.foreach.is_some() {
            self.loops.pop();
        }
        for (slot, before) in ended.saved.into_iter().rev() {
            self.set_variable(slot, before);
        }
        ended.exit
    }
}

/// `$foreach`
pub(super) struct LoopState {
    index: Cell<usize>,
    length: usize,
    parent: Option<Rc<Self>>,
    /// Itself, for `$foreach.topmost` of an outermost loop.
    this: Weak<Self>,
}

impl LoopState {
    fn topmost(&self) -> Option<Rc<Self>> {
        let mut topmost = self.this.upgrade()?;
        while let Some(parent) = &topmost.parent {
            topmost = Rc::clone(parent);
        }
        Some(topmost)
    }
}

impl<'a> Object<'a> for LoopState {
    fn property(&self, name: &str) -> Option<Value<'a>> {
        let index = self.index.get();
        Some(match name {
            "index" => index.into(),
            "count" => (index + 1).into(),
            "hasNext" => (index + 1 < self.length).into(),
            "first" => (index == 0).into(),
            "last" => (index + 1 == self.length).into(),
            "parent" => Value::Object(Rc::clone(self.parent.as_ref()?) as _),
            "topmost" => Value::Object(self.topmost()?),
            _ => return None,
        })
    }

    fn call(&self, method: &str, _arguments: &[Value<'a>]) -> Result<Option<Value<'a>>, CallError> {
        let property = match method {
            "getIndex" => "index",
            "getCount" => "count",
            "hasNext" | "getHasNext" | "isHasNext" => "hasNext",
            "isFirst" | "getFirst" => "first",
            "isLast" | "getLast" => "last",
            "getParent" => "parent",
            "getTopmost" => "topmost",
            _ => return Ok(None),
        };
        Ok(self.property(property))
    }

    fn print(&self, out: &mut String) {
        out.push_str("{}");
    }
}
