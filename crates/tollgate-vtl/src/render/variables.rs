//! What the names of a template stand for.

use std::rc::Rc;

use crate::error::{Interrupt, RenderErrorKind};
use crate::limits::LimitExceeded;
use crate::program::{BodyIx, CallIx, Expr, Names, Slot, Span};
use crate::template::Globals;
use crate::value::{Str, Value};

use super::Renderer;
use super::code::Code;
use super::foreach::LoopState;
use super::slots::Slots;

/// What is known of a variable.
#[derive(Clone)]
pub(super) enum Variable<'a> {
    /// Not looked up so far.
    Unread,
    /// A string that the template adds to, and that nothing has read since.
    Growing(String),
    /// Looked up, and there is none.
    Undefined,
    Value(Value<'a>),
    /// `$foreach`, as a loop has set it.
    Loop(Rc<LoopState>),
    Block(Block<'a>),
}

/// The block of a `#define` or of the call of a macro, which prints each time it is asked for.
#[derive(Clone)]
pub(super) struct Block<'a> {
    pub(super) code: Code<'a>,
    pub(super) body: BodyIx,
    /// How often it may stand inside itself before its variable prints as written.
    pub(super) deepest: usize,
}

/// A macro of Velocity 1.7 at work: a context over that of its caller.
///
/// What is set inside is set here and in all contexts below. Arguments are kept as expressions,
/// which run in the caller's context each time their parameter is read.
#[derive(Default)]
pub(super) struct Frame<'a> {
    /// How many frames are below.
    below: usize,
    locals: Slots<Variable<'a>>,
    arguments: Slots<ArgumentSite<'a>>,
}

/// Where an argument is written.
#[derive(Clone)]
pub(super) struct ArgumentSite<'a> {
    pub(super) code: Code<'a>,
    pub(super) call: CallIx,
    pub(super) argument: usize,
}

impl<'a> Frame<'a> {
    /// Begins a macro over the context of its caller.
    pub(super) fn begin(&mut self, below: usize) {
        self.below = below;
    }

    /// Forgets all, but keeps the room for the next macro.
    pub(super) fn clear(&mut self) {
        self.locals.clear();
        self.arguments.clear();
    }

    pub(super) fn bind(&mut self, slot: Slot, argument: ArgumentSite<'a>) {
        self.arguments.insert(slot, argument);
    }

    pub(super) fn set(&mut self, slot: Slot, value: Variable<'a>) {
        self.locals.insert(slot, value);
    }

    fn local(&self, slot: Slot) -> Option<&Variable<'a>> {
        let value = self.locals.get(slot);
        value.filter(|value| !value.is_null())
    }

    fn argument(&self, slot: Slot) -> Option<&ArgumentSite<'a>> {
        self.arguments.get(slot)
    }

    fn remove(&mut self, slot: Slot) {
        self.locals.remove(slot);
        self.arguments.remove(slot);
    }
}

impl Variable<'_> {
    pub(super) fn is_null(&self) -> bool {
        match self {
            Self::Value(value) => value.is_null(),
            Self::Loop(_) | Self::Block(_) | Self::Growing(_) => false,
            Self::Unread | Self::Undefined => true,
        }
    }
}

impl<'a> Renderer<'a, '_> {
    /// What is known of a variable outside of macros that have contexts of their own.
    #[inline]
    pub(super) fn known(&self, slot: Slot) -> &Variable<'a> {
        match self.variables.get(slot.index()) {
            Some(variable) => variable,
            None => self.added(slot).unwrap_or(&Variable::Undefined),
        }
    }

    #[cold]
    fn added(&self, slot: Slot) -> Option<&Variable<'a>> {
        let index = slot.index().checked_sub(self.variables.len())?;
        self.nested.as_ref()?.added.get(index)
    }

    /// Makes something known of a variable outside of macros that have contexts of their own.
    #[inline]
    pub(super) fn note(&mut self, slot: Slot, new: Variable<'a>) {
        match self.variables.get_mut(slot.index()) {
            Some(variable) => *variable = new,
            None => self.note_added(slot, new),
        }
    }

    #[cold]
    fn note_added(&mut self, slot: Slot, new: Variable<'a>) {
        let index = slot.index().saturating_sub(self.variables.len());
        if let Some(variable) = self.nested().added.get_mut(index) {
            *variable = new;
        }
    }

    /// A variable outside of macros that have contexts of their own, looked up if this is its
    /// first use.
    #[inline]
    pub(super) fn global(&mut self, slot: Slot) -> &Variable<'a> {
        if matches!(self.known(slot), Variable::Unread | Variable::Growing(_)) {
            self.settle(slot);
        }
        self.known(slot)
    }

    /// Whether variables are those outside of macros that have contexts of their own, and may be
    /// undefined.
    #[inline]
    pub(super) fn sees_globals(&self) -> bool {
        self.frame == 0 && !self.budget.rules().strict_references
    }

    /// Looks up a variable of the template if that is new. Says whether it was.
    #[inline(always)]
    pub(super) fn reads(&mut self, slot: Slot) -> bool {
        let Some(variable @ Variable::Unread) = self.variables.get_mut(slot.index()) else {
            return false;
        };
        // Nothing is in it that had to be dropped, and each way moves its value once.
        std::mem::forget(match look_up(slot, self.globals, self.names) {
            Some(value) => std::mem::replace(variable, Variable::Value(value)),
            None => std::mem::replace(variable, Variable::Undefined),
        });
        true
    }

    /// Looks up a variable that is new, or ends the growth of one.
    #[cold]
    fn settle(&mut self, slot: Slot) {
        let settled = match self.known(slot) {
            Variable::Growing(text) => Variable::Value(Str::copied(text).into()),
            _ => match look_up(slot, self.globals, self.names()) {
                Some(value) => Variable::Value(value),
                None => Variable::Undefined,
            },
        };
        self.note(slot, settled);
    }

    /// A variable as seen from here.
    #[inline]
    pub(super) fn variable(&mut self, slot: Slot) -> Result<Variable<'a>, Interrupt> {
        if self.frame == 0 {
            return Ok(self.global(slot).clone());
        }
        self.variable_of_macro(slot)
    }

    /// What is known of a variable now, to be restored later.
    pub(super) fn saved(&mut self, slot: Slot) -> Result<Variable<'a>, Interrupt> {
        match self.frame {
            0 => Ok(match self.known(slot) {
                Variable::Growing(_) => self.global(slot).clone(),
                known => known.clone(),
            }),
            _ => self.variable_of_macro(slot),
        }
    }

    fn variable_of_macro(&mut self, slot: Slot) -> Result<Variable<'a>, Interrupt> {
        let mut at = self.frame;
        while at > 0 {
            let frame = &self.frames()[at - 1];
            if let Some(local) = frame.local(slot) {
                return Ok(local.clone());
            }
            let below = frame.below;
            if let Some(argument) = frame.argument(slot) {
                let argument = argument.clone();
                return self.in_frame(below, |renderer| renderer.argument(&argument));
            }
            at = below;
        }
        Ok(self.global(slot).clone())
    }

    /// Does something as seen from the macro at `frame`.
    fn in_frame<T>(&mut self, frame: usize, act: impl FnOnce(&mut Self) -> T) -> T {
        let inner = std::mem::replace(&mut self.frame, frame);
        let result = act(self);
        self.frame = inner;
        result
    }

    /// What an argument of a macro is worth now.
    fn argument(&mut self, site: &ArgumentSite<'a>) -> Result<Variable<'a>, Interrupt> {
        let call = &site.code.program().calls[site.call.0 as usize];
        self.deeper(|renderer| {
            renderer.variable_or_value(&site.code, &call.arguments[site.argument].value)
        })
    }

    /// The value of an expression; a plain reference to a block is that block.
    pub(super) fn variable_or_value(
        &mut self,
        code: &Code<'a>,
        expr: &Expr,
    ) -> Result<Variable<'a>, Interrupt> {
        if let Expr::Reference(reference) = expr
            && reference.steps.is_empty()
            && reference.alternative.is_none()
        {
            let variable = self.variable(reference.slot)?;
            self.check_defined(&variable, code, reference.source)?;
            return Ok(match variable {
                variable @ (Variable::Block(_) | Variable::Loop(_)) => variable,
                Variable::Value(value) if !value.is_null() => Variable::Value(value),
                _ if self.budget.rules().null_is_empty => Variable::Value("".into()),
                _ => Variable::Value(Value::Null),
            });
        }
        self.value(code, expr).map(Variable::Value)
    }

    /// How the argument of the innermost macro that a parameter stands for is written.
    pub(super) fn written_argument(&self, slot: Slot) -> Option<&str> {
        let mut at = self.frame;
        while at > 0 {
            let frame = &self.frames()[at - 1];
            if let Some(site) = frame.argument(slot) {
                let call = &site.code.program().calls[site.call.0 as usize];
                return Some(site.code.text(call.arguments[site.argument].source));
            }
            at = frame.below;
        }
        None
    }

    /// Sets a variable here and in all contexts below.
    #[inline]
    pub(super) fn set_variable(&mut self, slot: Slot, new: Variable<'a>) {
        if self.frame > 0 {
            self.set_in_frames(slot, &new);
        }
        self.note(slot, new);
    }

    #[inline(never)]
    fn set_in_frames(&mut self, slot: Slot, new: &Variable<'a>) {
        let mut at = self.frame;
        while at > 0 {
            let frame = &mut self.nested().frames[at - 1];
            frame.set(slot, new.clone());
            at = frame.below;
        }
    }

    /// Gives a variable back what it was, which may be nothing.
    pub(super) fn restore_variable(&mut self, slot: Slot, before: Variable<'a>) {
        if self.frame > 0 && before.is_null() {
            let mut at = self.frame;
            while at > 0 {
                let frame = &mut self.nested().frames[at - 1];
                frame.remove(slot);
                at = frame.below;
            }
            self.note(slot, before);
        } else {
            self.set_variable(slot, before);
        }
    }

    /// Does something one level deeper.
    #[inline]
    pub(super) fn deeper<T>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<T, Interrupt>,
    ) -> Result<T, Interrupt> {
        let Some(levels) = self.levels.checked_sub(1) else {
            let limit = self.budget.limits().nesting;
            return Err(LimitExceeded::Nesting(limit).into());
        };
        self.levels = levels;
        let result = act(self);
        self.levels += 1;
        result
    }

    /// In strict mode, refuses a variable that does not exist.
    #[inline]
    pub(super) fn check_defined(
        &self,
        variable: &Variable<'a>,
        code: &Code<'a>,
        source: Span,
    ) -> Result<(), Interrupt> {
        if self.budget.rules().strict_references && matches!(variable, Variable::Undefined) {
            let reference = code.text(source).to_owned();
            return Err(RenderErrorKind::NoValue { reference }.into());
        }
        Ok(())
    }
}

/// What the embedder has under the name of a variable.
#[inline(always)]
fn look_up<'a>(slot: Slot, globals: &dyn Globals<'a>, names: &Names) -> Option<Value<'a>> {
    let name = names.variables.get_index(slot.index())?;
    globals.lookup(slot.index(), name)
}
