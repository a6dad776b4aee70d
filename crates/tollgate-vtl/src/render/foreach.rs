//! The rounds of `#foreach`.

use std::cell::Cell;
use std::rc::{Rc, Weak};

use crate::error::{CallError, Interrupt, RenderErrorKind};
use crate::limits::LimitExceeded;
use crate::methods;
use crate::profile::Syntax;
use crate::program::{Expr, LoopMember, Slot};
use crate::value::{Kind, List, Map, Object, Value};

use super::code::Code;
use super::variables::Variable;
use super::{Budget, Renderer};

/// The loops of a body that run.
#[derive(Default)]
pub(super) struct Loops<'a> {
    innermost: Option<Box<Loop<'a>>>,
}

impl<'a> Loops<'a> {
    fn push(&mut self, mut started: Loop<'a>) {
        started.outer = self.innermost.take();
        self.innermost = Some(Box::new(started));
    }

    /// Takes the innermost out.
    pub(super) fn pop(&mut self) -> Option<Loop<'a>> {
        let mut ended = self.innermost.take()?;
        self.innermost = ended.outer.take();
        Some(*ended)
    }

    pub(super) fn len(&self) -> usize {
        std::iter::successors(self.innermost.as_ref(), |inner| inner.outer.as_ref()).count()
    }
}

/// A loop that runs.
pub(super) struct Loop<'a> {
    /// The one around it.
    outer: Option<Box<Self>>,
    items: Items<'a>,
    variable: Slot,
    /// The round, from 0.
    index: usize,
    /// First operation of a round.
    start: usize,
    /// The operation behind the loop.
    exit: usize,
    /// How many rounds may begin [at once](Renderer::next_round_at_once).
    most: usize,
    /// What `$foreach` was before, if the template asks for it.
    state: Option<(Slot, Variable<'a>)>,
    /// What the other variables this loop sets were before it.
    saved: Vec<(Slot, Variable<'a>)>,
}

/// What a loop walks.
pub(super) enum Items<'a> {
    /// A list, walked where it is, and its length at the start.
    List(List<'a>, usize),
    /// The values of a map, and the map, which must not grow or shrink.
    Map(Vec<Value<'a>>, Map<'a>),
    /// The values of something else.
    Copy(Vec<Value<'a>>),
    /// `[first..last]`, of which nothing is made but the item at hand.
    Range {
        first: i64,
        down: bool,
        length: usize,
    },
}

impl<'a> Items<'a> {
    /// What a value has to walk; nothing if it is not a collection.
    fn of(value: &Value<'a>, budget: &mut Budget) -> Result<Option<Self>, LimitExceeded> {
        Ok(Some(match value {
            Value::List(list) => {
                // A view changes with its map, which must not.
                let shown = match list.kind() {
                    Kind::View(_, map) => map.as_ref().and_then(|map| map.upgrade()),
                    _ => None,
                };
                match shown {
                    Some(map) => Self::Map(list.to_vec(), map),
                    None => Self::List(list.clone(), list.len()),
                }
            }
            Value::Map(map) => Self::Map(map.entries().values().cloned().collect(), map.clone()),
            Value::Object(object) => {
                let entries = methods::object::entries(&**object, budget)?;
                Self::Copy(entries.into_iter().map(|(_, value)| value).collect())
            }
            _ => return Ok(None),
        }))
    }

    fn len(&self) -> usize {
        match self {
            Self::List(_, length) | Self::Range { length, .. } => *length,
            Self::Map(values, _) | Self::Copy(values) => values.len(),
        }
    }

    /// Whether there is an item at `index`, in a list as it is now. Java looks for changes of a map when
    /// it takes an item, and not when it looks for one.
    fn has(&self, index: usize) -> bool {
        match self {
            Self::List(list, _) => index != list.len(),
            other => index < other.len(),
        }
    }

    /// The item at `index`, unless the list has changed.
    #[inline]
    fn get(&self, index: usize) -> Option<Value<'a>> {
        match self {
            Self::List(list, length) => {
                let items = list.items();
                let unchanged = items.len() == *length;
                items.get(index).filter(|_| unchanged).cloned()
            }
            Self::Map(values, map) if map.len() == values.len() => values.get(index).cloned(),
            Self::Map(..) => None,
            Self::Copy(values) => values.get(index).cloned(),
            Self::Range { first, down, .. } => {
                let offset = index as i64;
                Some(Value::from(if *down {
                    first - offset
                } else {
                    first + offset
                }))
            }
        }
    }
}

impl Drop for Loop<'_> {
    /// One after the other, since there may be more of them than the stack is deep.
    fn drop(&mut self) {
        let mut outer = self.outer.take();
        while let Some(mut ended) = outer {
            outer = ended.outer.take();
        }
    }
}

impl<'a> Loop<'a> {
    fn new(variable: Slot, items: Items<'a>, (start, exit): (usize, usize), most: usize) -> Self {
        Self {
            outer: None,
            items,
            variable,
            index: 0,
            start,
            exit,
            most,
            state: None,
            saved: Vec::new(),
        }
    }
}

impl<'a> Renderer<'a, '_> {
    /// What a `#foreach` walks.
    fn items(&mut self, code: &Code<'a>, collection: &Expr) -> Result<Items<'a>, Interrupt> {
        if let Expr::Range(bounds) = collection {
            let range = self.bounds(code, bounds)?;
            return Ok(match range {
                Some((first, last)) => Items::Range {
                    first,
                    down: last < first,
                    length: (first.abs_diff(last) as usize).saturating_add(1),
                },
                None => Items::Copy(Vec::new()),
            });
        }
        let value = self.value(code, collection)?;
        let items = match Items::of(&value, &mut self.budget)? {
            Some(items) => items,
            None if value.is_null() || self.skips_invalid() => Items::Copy(Vec::new()),
            None => return Err(RenderErrorKind::NotIterable.into()),
        };
        if let Items::Map(values, _) | Items::Copy(values) = &items {
            self.budget.allocate_items(values.len(), values.len())?;
        }
        Ok(items)
    }

    fn skips_invalid(&self) -> bool {
        let rules = self.budget.rules();
        rules.skips_invalid && !rules.strict_references
    }

    /// Begins a loop and says where to go on: at its first round, which is at `start`, or at `empty`
    /// if there is none. Behind the last round that is `exit`.
    #[inline(never)]
    pub(super) fn begin_loop(
        &mut self,
        code: &Code<'a>,
        variable: Slot,
        collection: &Expr,
        (start, exit, empty): (usize, usize, usize),
        loops: &mut Loops<'a>,
    ) -> Result<usize, Interrupt> {
        let items = self.items(code, collection)?;
        let most = match self.loop_variables.has_legacy() {
            true => 0,
            false => self.budget.rules().max_rounds.unwrap_or(usize::MAX),
        };
        let most = most.min(self.budget.limits().foreach_rounds);
        let mut started = Loop::new(variable, items, (start, exit), most);
        if started.items.len() == 0 || self.budget.rules().max_rounds == Some(0) {
            return Ok(empty);
        }
        let names = self.loop_variables;
        if let Some(slot) = names.foreach {
            self.budget.allocate(size_of::<LoopState>())?;
            let state = Rc::new_cyclic(|this| LoopState {
                index: Cell::new(0),
                length: started.items.len(),
                parent: self.innermost.clone(),
                this: Weak::clone(this),
            });
            self.innermost = Some(Rc::clone(&state));
            started.state = Some((slot, self.saved(slot)?));
            self.set_variable(slot, Variable::Loop(state));
        }
        let legacy = match self.budget.rules().syntax {
            Syntax::V17 => [names.velocity_count, names.velocity_has_next],
            Syntax::V2 | Syntax::V2Hyphens => [None, None],
        };
        for slot in legacy.into_iter().chain([Some(started.variable)]).flatten() {
            started.saved.push((slot, self.saved(slot)?));
        }
        self.begin_round(&started)?;
        loops.push(started);
        Ok(start)
    }

    /// Goes on with the next item of a list, if nothing is to be done for that but to set the variable
    /// of the loop, and says where.
    #[inline(always)]
    pub(super) fn next_round_at_once(&mut self, loops: &mut Loops<'a>) -> Option<usize> {
        let current = loops.innermost.as_mut()?;
        let Items::List(list, length) = &current.items else {
            return None;
        };
        let index = current.index + 1;
        let variable = self.variables.get_mut(current.variable.index())?;
        // Nobody may look at the list any more when what was in the variable is dropped.
        let item = {
            let items = list.items();
            match items.get(index).filter(|_| items.len() == *length)? {
                Value::Map(item) => Value::Map(item.clone()),
                item => item.clone(),
            }
        };
        if index >= current.most || !self.budget.spend_round() {
            return None;
        }
        match (item, variable) {
            // A map takes the place of another most of the time.
            (Value::Map(item), Variable::Value(Value::Map(map))) => *map = item,
            (item, variable) => *variable = Variable::Value(item),
        }
        current.index = index;
        if current.state.is_some()
            && let Some(state) = &self.innermost
        {
            state.index.set(index);
        }
        Some(current.start)
    }

    /// Ends a round of the innermost loop and says where to go on.
    #[inline(never)]
    pub(super) fn next_round(&mut self, loops: &mut Loops<'a>) -> Result<usize, Interrupt> {
        let current = loops
            .innermost
            .as_mut()
            .expect("an #end of #foreach runs inside its loop");
        current.index += 1;
        let most = self.budget.rules().max_rounds;
        if !current.items.has(current.index) || most.is_some_and(|most| current.index >= most) {
            return Ok(match loops.pop() {
                Some(ended) => self.end_loop(ended),
                None => 0,
            });
        }
        let start = current.start;
        self.begin_round(current)?;
        Ok(start)
    }

    /// Sets the variables of a round.
    #[inline]
    fn begin_round(&mut self, current: &Loop<'a>) -> Result<(), Interrupt> {
        let most = self.budget.limits().foreach_rounds;
        if current.index >= most {
            return Err(LimitExceeded::ForeachRounds(most).into());
        }
        self.budget.take_round()?;
        if current.state.is_some()
            && let Some(state) = &self.innermost
        {
            state.index.set(current.index);
        }
        let names = self.loop_variables;
        if names.has_legacy() && self.budget.rules().syntax == Syntax::V17 {
            if let Some(slot) = names.velocity_count {
                self.set_variable(slot, Variable::Value((current.index + 1).into()));
            }
            if let Some(slot) = names.velocity_has_next {
                let has_next = current.index + 1 < current.items.len();
                self.set_variable(slot, Variable::Value(has_next.into()));
            }
        }
        // Last, so that a loop over `$velocityCount` gets its items.
        let Some(item) = current.items.get(current.index) else {
            return Err(RenderErrorKind::ListChanged.into());
        };
        self.set_variable(current.variable, Variable::Value(item));
        Ok(())
    }

    /// Gives the variables of a loop their former values back and says where to go on.
    pub(super) fn end_loop(&mut self, mut ended: Loop<'a>) -> usize {
        for (slot, before) in std::mem::take(&mut ended.saved).into_iter().rev() {
            self.restore_variable(slot, before);
        }
        if let Some((slot, before)) = ended.state.take()
            && let Some(state) = self.innermost.take()
        {
            self.innermost = state.parent.clone();
            // What the template itself has put there stays.
            let unchanged = match self.known(slot) {
                Variable::Loop(current) => Rc::ptr_eq(current, &state),
                Variable::Value(Value::Object(object)) => {
                    std::ptr::addr_eq(Rc::as_ptr(object), Rc::as_ptr(&state))
                }
                _ => false,
            };
            if unchanged {
                self.restore_variable(slot, before);
            }
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

/// What `$foreach` tells.
pub(super) enum Told {
    Number(usize),
    Truth(bool),
}

impl From<Told> for Value<'_> {
    fn from(told: Told) -> Self {
        match told {
            Told::Number(number) => number.into(),
            Told::Truth(truth) => truth.into(),
        }
    }
}

impl LoopState {
    #[inline]
    pub(super) fn member(&self, member: LoopMember) -> Told {
        let index = self.index.get();
        match member {
            LoopMember::Index => Told::Number(index),
            LoopMember::Count => Told::Number(index + 1),
            LoopMember::HasNext => Told::Truth(index + 1 < self.length),
            LoopMember::First => Told::Truth(index == 0),
            LoopMember::Last => Told::Truth(index + 1 == self.length),
        }
    }

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
        if let Some(member) = LoopMember::named(name) {
            return Some(self.member(member).into());
        }
        Some(match name {
            "parent" => Value::Object(Rc::clone(self.parent.as_ref()?) as _),
            "topmost" => Value::Object(self.topmost()?),
            _ => return None,
        })
    }

    fn call(
        &self,
        method: &str,
        _arguments: &[Value<'a>],
        _budget: &mut Budget,
    ) -> Result<Option<Value<'a>>, CallError> {
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
