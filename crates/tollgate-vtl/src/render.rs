//! Runs a program.

mod budget;
mod expression;
mod foreach;
mod reference;

use std::rc::Rc;

use crate::error::{Interrupt, RenderError};
use crate::limits::LimitExceeded;
use crate::profile::Profile;
use crate::program::{BodyIx, Op, Program, Reference, Slot};
use crate::template::Globals;
use crate::value::{Printer, Value};

pub(crate) use budget::Budget;
use foreach::{Loop, LoopState};

/// How often the body of one `#define` may stand inside itself before its variable prints as
/// written; the number is Velocity's.
const DEFINE_DEPTH: usize = 2;

/// Renders a program with the embedder's variables.
pub(crate) fn render<'a>(
    program: &'a Program,
    globals: &dyn Globals<'a>,
    profile: &Profile,
) -> Result<String, RenderError> {
    let mut renderer = Renderer {
        program,
        globals,
        variables: program.names.iter().map(|_| Variable::Unread).collect(),
        // Most of what a template prints is its own text.
        out: String::with_capacity(program.text.len()),
        inside_string: false,
        budget: Budget::new(profile),
        running: Vec::new(),
        loops: Vec::new(),
    };
    match renderer.run(program.main) {
        Ok(()) | Err(Interrupt::Stop) => Ok(renderer.out),
        Err(Interrupt::Failure { kind, at }) => {
            // Every failure passes an operation on its way out, which adds its place.
            Err(RenderError::new(
                kind,
                &program.text,
                at.unwrap_or_default(),
            ))
        }
    }
}

/// One render in progress.
struct Renderer<'a, 'g> {
    program: &'a Program,
    globals: &'g dyn Globals<'a>,
    variables: Vec<Variable<'a>>,
    /// The output, or the interpolated string under construction.
    out: String,
    inside_string: bool,
    budget: Budget,
    /// The bodies that run, each inside the one before.
    running: Vec<BodyIx>,
    /// The loops that run, if the template asks for `$foreach`.
    loops: Vec<Rc<LoopState>>,
}

/// What is known of a variable.
#[derive(Clone)]
enum Variable<'a> {
    /// Not looked up so far.
    Unread,
    Value(Value<'a>),
    /// The block of a `#define`.
    Body(BodyIx),
}

impl<'a> Renderer<'a, '_> {
    fn run(&mut self, body: BodyIx) -> Result<(), Interrupt> {
        let deepest = self.budget.limits().nesting;
        if self.running.len() > deepest {
            return Err(LimitExceeded::Nesting(deepest).into());
        }
        self.running.push(body);
        let result = self.run_ops(body);
        self.running.pop();
        result
    }

    fn run_ops(&mut self, body: BodyIx) -> Result<(), Interrupt> {
        let body = self.program.body(body);
        let mut loops = Vec::new();
        let mut next = 0;
        while let Some(op) = body.ops.get(next) {
            next = match self.step(op, next + 1, &mut loops) {
                Ok(Some(next)) => next,
                Ok(None) => break,
                Err(interrupt) => return Err(interrupt.at(body.places[next])),
            };
        }
        // A `#break` for more loops than there are leaves none, but `#define` may end inside some.
        while let Some(ended) = loops.pop() {
            self.end_loop(ended);
        }
        Ok(())
    }

    /// Runs one operation and returns the index of the next, which is `following` unless the
    /// operation jumps; none ends the body.
    fn step(
        &mut self,
        op: &'a Op,
        following: usize,
        loops: &mut Vec<Loop<'a>>,
    ) -> Result<Option<usize>, Interrupt> {
        self.budget.take_steps(1)?;
        match op {
            Op::Text(span) => {
                let text = self.program.text(*span);
                self.printer().text(text)?;
            }
            Op::Print(reference) => self.print(reference)?,
            Op::SetVariable { slot, value } => {
                let value = self.value(value)?;
                // Velocity 1.7 ignores an assignment of null, such as a division by zero.
                if !value.is_null() {
                    self.set_variable(*slot, Variable::Value(value));
                }
            }
            Op::SetMember { target, value } => {
                let value = self.value(value)?;
                if !value.is_null() {
                    self.assign(target, value)?;
                }
            }
            Op::Define { slot, body } => {
                self.set_variable(*slot, Variable::Body(*body));
            }
            Op::Branch {
                condition,
                otherwise,
            } => {
                if !self.holds(condition)? {
                    return Ok(Some(otherwise.index()));
                }
            }
            Op::Jump(target) => return Ok(Some(target.index())),
            Op::Foreach {
                variable,
                collection,
                exit,
            } => {
                let collection = self.value(collection)?;
                let started = Loop::new(*variable, &collection, following, exit.index());
                return self.begin_loop(started, loops).map(Some);
            }
            Op::Next => return self.next_round(loops).map(Some),
            Op::Break { levels } => {
                let mut exit = None;
                for _ in 0..*levels {
                    exit = loops.pop().map(|ended| self.end_loop(ended));
                }
                return Ok(exit);
            }
            Op::Stop => return Err(Interrupt::Stop),
        }
        Ok(Some(following))
    }

    /// Prints a reference; a value that is null prints nothing.
    fn print(&mut self, reference: &'a Reference) -> Result<(), Interrupt> {
        if reference.steps.is_empty()
            && let Variable::Body(body) = *self.variable(reference.slot)
        {
            return self.print_body(body, reference);
        }
        let value = self.resolve(reference)?;
        if !value.is_null() {
            self.printer().value(&value)?;
        }
        Ok(())
    }

    /// Prints the block of a `#define`.
    fn print_body(&mut self, body: BodyIx, reference: &Reference) -> Result<(), Interrupt> {
        let depth = self
            .running
            .iter()
            .filter(|running| **running == body)
            .count();
        if depth >= DEFINE_DEPTH {
            let source = self.program.text(reference.source);
            self.printer().text(source)?;
            return Ok(());
        }
        self.run(body)
    }

    /// Lets something print into a string of its own.
    fn capture(
        &mut self,
        print: impl FnOnce(&mut Self) -> Result<(), Interrupt>,
    ) -> Result<String, Interrupt> {
        let outer = std::mem::take(&mut self.out);
        let was_inside = std::mem::replace(&mut self.inside_string, true);
        let result = print(self);
        self.inside_string = was_inside;
        let text = std::mem::replace(&mut self.out, outer);
        result?;
        self.budget.allocate(text.len())?;
        Ok(text)
    }

    fn printer(&mut self) -> Printer<'_> {
        if self.inside_string {
            Printer::for_string(&mut self.out, self.budget.limits())
        } else {
            Printer::for_output(&mut self.out, self.budget.limits())
        }
    }

    /// A variable, looked up if this is its first use.
    fn variable(&mut self, slot: Slot) -> &Variable<'a> {
        let index = slot.0 as usize;
        if matches!(self.variables[index], Variable::Unread) {
            let name = &self.program.names[index];
            let value = self.globals.lookup(index, name).unwrap_or(Value::Null);
            self.variables[index] = Variable::Value(value);
        }
        &self.variables[index]
    }

    /// Sets a variable and returns what it was.
    fn set_variable(&mut self, slot: Slot, new: Variable<'a>) -> Variable<'a> {
        std::mem::replace(&mut self.variables[slot.0 as usize], new)
    }
}
