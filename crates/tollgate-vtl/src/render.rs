//! Runs a program.

mod append;
mod budget;
mod calls;
mod code;
mod expression;
mod foreach;
mod load;
mod macros;
mod nested;
mod output;
mod reference;
mod scalar;
mod slots;
mod variables;

use std::rc::Rc;

use crate::error::{Interrupt, RenderError, RenderErrorKind};
use crate::limits::LimitExceeded;
use crate::loader::Loader;
use crate::methods::Patterns;
use crate::profile::{Profile, Syntax};
use crate::program::{BodyIx, BreakTo, Expr, Line, LoopVariables, Names, Op, Reference, Slot};
use crate::template::{Compiled, Globals};
use crate::value::{Str, Value};

pub use budget::Budget;
use code::Code;
use foreach::{LoopState, Loops};
use nested::Nested;
use output::{Output, Printed};
use variables::{Block, Variable};

/// How often the body of one `#define` may stand inside itself before its variable prints as
/// written; the number is Velocity's.
const DEFINE_DEPTH: usize = 2;

/// How many levels of bodies and expressions there may be for each level of nesting in a text.
const LEVELS: usize = 3;

/// Renders a template with the embedder's variables.
pub(crate) fn render<'a>(
    compiled: &'a Compiled,
    globals: &dyn Globals<'a>,
    loader: &dyn Loader,
    profile: &Profile,
) -> Result<String, RenderError> {
    let Compiled { program, names, .. } = compiled;
    let out = String::with_capacity(compiled.room());
    // A few variables need no room apart.
    let (mut one, mut few, mut many);
    let variables: &mut [Variable<'a>] = match names.variables.len() {
        count @ 0..=1 => {
            one = [Variable::Unread];
            &mut one[..count]
        }
        count @ 2..=4 => {
            few = [const { Variable::Unread }; 4];
            &mut few[..count]
        }
        count => {
            many = vec![Variable::Unread; count];
            &mut many
        }
    };
    let mut renderer = Renderer {
        profile,
        globals,
        loader,
        names,
        loop_variables: names.of_loops,
        variables,
        nested: None,
        frame: 0,
        out: Output::new(out, profile.limits()),
        budget: Budget::new(profile),
        // The template itself takes one.
        levels: LEVELS
            .saturating_mul(profile.limits().nesting)
            .saturating_sub(1),
        innermost: None,
    };
    if !program.patterns.is_empty() {
        *renderer.budget.patterns() = Patterns::of(&program.patterns);
    }
    let code = Code::Template(program);
    if !names.macros.is_empty() {
        renderer.define_macros(&code);
    }
    match renderer.run_ops(&code, program.main) {
        Ok(_) | Err(Interrupt::Stop | Interrupt::Break) => {
            let text = renderer.out.into_text();
            compiled.note_length(text.len());
            Ok(text)
        }
        Err(Interrupt::Failure(failure)) => {
            // Every failure passes an operation on its way out, which adds its place.
            let at = failure.at.unwrap_or_default();
            Err(RenderError::new(failure.kind, &program.text, at))
        }
    }
}

/// One render in progress.
struct Renderer<'a, 'r> {
    profile: &'r Profile,
    globals: &'r dyn Globals<'a>,
    loader: &'r dyn Loader,
    /// The names of the template.
    names: &'a Names,
    loop_variables: LoopVariables,
    /// The variables of the template, by their numbers.
    variables: &'r mut [Variable<'a>],
    nested: Option<Box<Nested<'a>>>,
    /// From which of the macros that run variables are seen; 0 is none.
    frame: usize,
    out: Output,
    budget: Budget,
    /// How much deeper bodies and expressions may stand in one another.
    levels: usize,
    /// The innermost loop that runs, if the template asks for `$foreach`.
    innermost: Option<Rc<LoopState>>,
}

/// How a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    Through,
    /// A `#break` had no loop to end in it.
    Break,
}

impl<'a> Renderer<'a, '_> {
    fn run(&mut self, code: &Code<'a>, body: BodyIx) -> Result<Flow, Interrupt> {
        self.deeper(|renderer| renderer.run_ops(code, body))
    }

    fn run_ops(&mut self, code: &Code<'a>, body: BodyIx) -> Result<Flow, Interrupt> {
        let lines = code.program().body(body);
        let mut loops = Loops::default();
        let mut next = 0;
        let mut flow = Flow::Through;
        let sees_globals = self.sees_globals();
        while let Some(line) = lines.get(next) {
            next += 1;
            if !line.before.text.is_empty() && !self.out.takes(&line.before.text) {
                return Err(Interrupt::from(self.out.too_long()).at(line.before.at));
            }
            let done = sees_globals
                && loop {
                    if self.step_at_once(code, line, &mut next, &mut loops) {
                        break true;
                    }
                    if !self.reads_for(line) {
                        break false;
                    }
                };
            if done {
                continue;
            }
            match self.step(code, &line.op, &mut next, &mut loops) {
                Ok(()) => {}
                Err(Interrupt::Break) => match self.end_innermost(&mut loops) {
                    Some(exit) => next = exit,
                    None => {
                        flow = Flow::Break;
                        break;
                    }
                },
                Err(interrupt) => {
                    self.end_all(loops);
                    return Err(interrupt.at(line.at));
                }
            }
        }
        self.end_all(loops);
        Ok(flow)
    }

    /// Runs one operation if all it needs is at hand, in variables [seen](Self::sees_globals) where they
    /// are; if not, nothing has changed. Says where to go on if that is not at the following.
    #[inline]
    fn step_at_once(
        &mut self,
        code: &Code<'a>,
        line: &Line,
        next: &mut usize,
        loops: &mut Loops<'a>,
    ) -> bool {
        if !self.budget.affords(line.cost) {
            return false;
        }
        let done = match &line.op {
            Op::Print(reference) if reference.plain => self.print_at_once(reference),
            Op::Print(reference) => return self.print_given(reference),
            Op::Branch {
                condition,
                otherwise,
            } => match self.truth(condition) {
                Some(holds) => {
                    if !holds {
                        *next = otherwise.index();
                    }
                    true
                }
                None => {
                    let given = self.branch_given(condition);
                    if given == Some(false) {
                        *next = otherwise.index();
                    }
                    return given.is_some();
                }
            },
            Op::Jump(target) => {
                *next = target.index();
                true
            }
            Op::Next => match self.next_round_at_once(loops) {
                Some(start) => {
                    *next = start;
                    true
                }
                None => false,
            },
            Op::SetVariable {
                slot,
                value: Expr::Chain(chain),
            } => self.calculate(*slot, chain),
            Op::SetVariable {
                slot,
                value: Expr::Reference(reference),
            } if !reference.calls.is_empty() => return self.set_given(*slot, reference),
            Op::SetVariable {
                slot,
                value: Expr::Interpolated(string),
            } => return self.append_at_once(code.program(), *slot, *string),
            _ => false,
        };
        if done {
            self.budget.spend(line.cost);
        }
        done
    }

    /// Looks up the variable of an operation that can be paid for. Says whether that was new.
    #[inline(never)]
    fn reads_for(&mut self, line: &Line) -> bool {
        if !self.budget.affords(line.cost) {
            return false;
        }
        match &line.op {
            Op::Print(reference) => self.reads(reference.slot),
            Op::Branch {
                condition: Expr::Reference(reference),
                ..
            } => self.reads(reference.slot),
            _ => false,
        }
    }

    /// Runs one operation, and says where to go on if that is not at the following.
    #[inline(never)]
    fn step(
        &mut self,
        code: &Code<'a>,
        op: &Op,
        next: &mut usize,
        loops: &mut Loops<'a>,
    ) -> Result<(), Interrupt> {
        self.budget.take_steps(1)?;
        match op {
            Op::Print(reference) => self.print(code, reference)?,
            Op::Branch {
                condition,
                otherwise,
            } => {
                if !self.holds(code, condition)? {
                    *next = otherwise.index();
                }
            }
            Op::Jump(target) => *next = target.index(),
            Op::Foreach {
                variable,
                collection,
                empty,
                exit,
            } => {
                let place = (*next, exit.index(), empty.index());
                *next = self.begin_loop(code, *variable, collection, place, loops)?;
            }
            Op::Next => *next = self.next_round(loops)?,
            Op::SetVariable { slot, value } => self.set(code, *slot, value)?,
            Op::Break(to) => *next = self.break_to(*to, loops)?,
            rare => self.step_rarely(code, rare)?,
        }
        Ok(())
    }

    /// Runs an operation of those that are not in every loop.
    #[inline(never)]
    fn step_rarely(&mut self, code: &Code<'a>, op: &Op) -> Result<(), Interrupt> {
        match op {
            Op::PrintEscaped {
                reference,
                backslashes,
                dollars,
            } => self.print_escaped(code, reference, *backslashes, *dollars),
            Op::SetMember { target, value } => {
                let value = self.value(code, value)?;
                if self.budget.rules().sets_null || !value.is_null() {
                    self.assign(code, target, value)?;
                }
                Ok(())
            }
            Op::Define { slot, body } => {
                let block = Block {
                    code: code.clone(),
                    body: *body,
                    deepest: DEFINE_DEPTH,
                };
                self.set_variable(*slot, Variable::Block(block));
                Ok(())
            }
            Op::Stop => Err(Interrupt::Stop),
            Op::Call(call) => self.call_macro(code, *call),
            Op::Evaluate(text) => self.evaluate(code, text),
            Op::Parse(name) => self.parse(code, name),
            Op::Include(names) => self.include(code, names),
            other => unreachable!("{other:?} is no rare operation"),
        }
    }

    /// `#set($variable = value)`
    #[inline(never)]
    fn set(&mut self, code: &Code<'a>, slot: Slot, value: &Expr) -> Result<(), Interrupt> {
        if let Expr::Interpolated(string) = value
            && let Some(appended) = self.append(code, slot, *string)
        {
            return appended;
        }
        let value = self.variable_or_value(code, value)?;
        // Velocity 1.7 ignores an assignment of null, such as a division by zero.
        let rules = self.budget.rules();
        if rules.sets_null || rules.strict_references || !value.is_null() {
            self.set_variable(slot, value);
        }
        Ok(())
    }

    /// Ends loops and says where to go on.
    fn break_to(&mut self, to: BreakTo, loops: &mut Loops<'a>) -> Result<usize, Interrupt> {
        let levels = match to {
            BreakTo::Innermost => 1,
            BreakTo::Loop(levels) => levels as usize,
            BreakTo::Outermost => loops.len().max(1),
            BreakTo::Nothing => usize::MAX,
        };
        if levels > loops.len() && to != BreakTo::Innermost {
            return Err(RenderErrorKind::NotALoop.into());
        }
        for _ in 1..levels {
            self.end_innermost(loops);
        }
        // Without a loop, the body ends.
        self.end_innermost(loops).ok_or(Interrupt::Break)
    }

    /// Ends the loops that a body has ended in, as `#break` and `#stop` may.
    #[inline(never)]
    fn end_all(&mut self, mut loops: Loops<'a>) {
        while let Some(ended) = loops.pop() {
            self.end_loop(ended);
        }
    }

    /// Ends the innermost loop and says where to go on; none if none runs.
    fn end_innermost(&mut self, loops: &mut Loops<'a>) -> Option<usize> {
        loops.pop().map(|ended| self.end_loop(ended))
    }

    fn print_text(&mut self, text: &str) -> Result<(), Interrupt> {
        Ok(self.out.text(text)?)
    }

    /// Prints a reference.
    fn print(&mut self, code: &Code<'a>, reference: &Reference) -> Result<(), Interrupt> {
        match reference.plain {
            true => self.print_any(code, reference),
            false => self.print_with_work(code, reference),
        }
    }

    /// Prints a reference that leads to something else than a string.
    #[inline(never)]
    fn print_any(&mut self, code: &Code<'a>, reference: &Reference) -> Result<(), Interrupt> {
        let printed = self.look(reference, |value, out, budget| {
            out.value_unless_null(value, budget.limits())
        })?;
        match printed {
            Some(Printed::Yes) => Ok(()),
            Some(Printed::Null) => self.print_null(code, reference),
            Some(Printed::Failed(interrupt)) => Err(interrupt),
            None => self.print_with_work(code, reference),
        }
    }

    /// Prints a reference that takes more than to look at it.
    fn print_with_work(&mut self, code: &Code<'a>, reference: &Reference) -> Result<(), Interrupt> {
        if !reference.steps.is_empty() && reference.alternative.is_none() {
            return self.print_found(code, reference);
        }
        let value = match self.variable_or_block(code, reference)? {
            Variable::Block(block) => return self.print_block(code, reference, &block),
            Variable::Value(value) => value,
            Variable::Growing(text) => text.into(),
            Variable::Loop(state) => Value::Object(state),
            Variable::Unread | Variable::Undefined => Value::Null,
        };
        if value.is_null() {
            return self.print_null(code, reference);
        }
        self.print_value(&value)?;
        Ok(())
    }

    /// Prints what the steps of a reference lead to, where it is.
    fn print_found(&mut self, code: &Code<'a>, reference: &Reference) -> Result<(), Interrupt> {
        let mut printed = None;
        let visited = self.visit(code, reference, &reference.steps, &mut |renderer, value| {
            if !value.is_null() {
                printed = Some(renderer.print_value(value));
            }
            Ok(())
        });
        visited.map_err(|interrupt| interrupt.at(reference.at))?;
        match printed {
            Some(printed) => Ok(printed?),
            None => self.print_null(code, reference),
        }
    }

    /// What a reference leads to: a block, or a value, which is null if it leads nowhere.
    fn variable_or_block(
        &mut self,
        code: &Code<'a>,
        reference: &Reference,
    ) -> Result<Variable<'a>, Interrupt> {
        if reference.steps.is_empty() && reference.alternative.is_none() {
            let variable = self.variable(reference.slot)?;
            self.check_defined(&variable, code, reference.source)?;
            return Ok(variable);
        }
        self.resolve(code, reference).map(Variable::Value)
    }

    /// Prints a reference that leads nowhere: as written, unless it is quiet.
    fn print_null(&mut self, code: &Code<'a>, reference: &Reference) -> Result<(), Interrupt> {
        let rules = self.budget.rules();
        if rules.null_is_empty || reference.quiet {
            return Ok(());
        }
        if rules.strict_references {
            let reference = code.text(reference.source).to_owned();
            return Err(RenderErrorKind::NoValue { reference }.into());
        }
        self.print_source(code, reference)
    }

    /// Prints a reference as written. A parameter of a macro of Velocity 1.7 prints as its
    /// argument is written.
    fn print_source(&mut self, code: &Code<'a>, reference: &Reference) -> Result<(), Interrupt> {
        let source = code.text(reference.source);
        let plain = reference.steps.is_empty() && !source[1..].starts_with(['!', '{']);
        if self.frame > 0
            && plain
            && let Some(argument) = self.written_argument(reference.slot)
        {
            let argument = argument.to_owned();
            return self.print_text(&argument);
        }
        self.print_text(source)
    }

    /// Prints a reference behind backslashes and dollars. One that has a value loses every second
    /// backslash, and is not read if one is left over; one without keeps them.
    fn print_escaped(
        &mut self,
        code: &Code<'a>,
        reference: &Reference,
        backslashes: u32,
        dollars: u32,
    ) -> Result<(), Interrupt> {
        let variable = self.variable_or_block(code, reference)?;
        let escaped = backslashes % 2 == 1;
        if let Variable::Block(block) = &variable
            && !escaped
            && self.budget.rules().syntax == Syntax::V17
            && self.prints(block)
        {
            return self.print_block(code, reference, block);
        }
        let null = variable.is_null() && !self.budget.rules().null_is_empty;
        let kept = match (null, escaped) {
            (false, _) => backslashes / 2,
            (true, true) => backslashes / 2 + 1,
            (true, false) => backslashes,
        };
        self.print_text(&"\\".repeat(kept as usize))?;
        if escaped {
            return self.print_source(code, reference);
        }
        self.print_text(&"$".repeat(dollars as usize))?;
        match variable {
            _ if null => self.print_null(code, reference),
            Variable::Block(block) => self.print_block(code, reference, &block),
            Variable::Value(value) if !value.is_null() => Ok(self.print_value(&value)?),
            Variable::Loop(state) => Ok(self.print_value(&Value::Object(state))?),
            _ => Ok(()),
        }
    }

    /// Prints a block, unless it stands too deep in itself: then `reference` prints as null.
    fn print_block(
        &mut self,
        code: &Code<'a>,
        reference: &Reference,
        block: &Block<'a>,
    ) -> Result<(), Interrupt> {
        if !self.prints(block) {
            let rules = self.budget.rules();
            return match reference.quiet || rules.strict_references {
                true => self.print_null(code, reference),
                false => self.print_source(code, reference),
            };
        }
        let identity = (block.code.address(), block.body);
        self.nested().running.push(identity);
        let result = self.run(&block.code, block.body);
        self.nested().running.pop();
        result.map(|_| ())
    }

    /// Whether a block may stand in itself once more.
    fn prints(&mut self, block: &Block<'a>) -> bool {
        let identity = (block.code.address(), block.body);
        let running = self.nested().running.iter();
        running.filter(|other| **other == identity).count() < block.deepest
    }

    /// Lets something print into a string of its own.
    fn capture<T>(
        &mut self,
        print: impl FnOnce(&mut Self) -> Result<T, Interrupt>,
    ) -> Result<(Str<'a>, T), Interrupt> {
        let room = self.budget.room();
        let outer = self.out.begin_string(room, self.budget.limits());
        let result = print(self);
        let text = self.out.end_string(outer);
        let result = result?;
        self.budget.allocate(text.len())?;
        Ok((self.budget.keep(text), result))
    }

    fn print_value(&mut self, value: &Value<'_>) -> Result<(), LimitExceeded> {
        self.out.value(value, self.budget.limits())
    }
}
