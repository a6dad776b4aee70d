//! Calls of macros.

use std::rc::Rc;

use crate::error::{Interrupt, RenderErrorKind};
use crate::limits::LimitExceeded;
use crate::program::{Call, CallIx, Expr, Macro, Slot};
use crate::value::Value;

use super::Renderer;
use super::code::Code;
use super::variables::{ArgumentSite, Block, Variable};

/// How often the block of a call may stand inside itself; the number is Velocity's.
const BLOCK_DEPTH: usize = 20;

/// The variable that prints the block of a call.
const BODY_CONTENT: &str = "bodyContent";

impl<'a> Renderer<'a, '_> {
    /// Adds the macros of a program to those that can be called; the first of a name counts.
    pub(super) fn define_macros(&mut self, code: &Code<'a>) {
        let count = self.names().macros.len();
        let known = &mut self.nested().macros;
        known.resize(count, None);
        for (index, made) in code.program().macros.iter().enumerate() {
            let known = &mut known[made.name.0 as usize];
            if known.is_none() {
                *known = Some((code.clone(), index));
            }
        }
    }

    /// Runs a macro, or prints its call as written if there is no such macro.
    pub(super) fn call_macro(&mut self, code: &Code<'a>, index: CallIx) -> Result<(), Interrupt> {
        let call = &code.program().calls[index.0 as usize];
        let Some((macro_code, macro_index)) = self.nested().macros[call.name.0 as usize].clone()
        else {
            return self.print_call(code, call);
        };
        let made = &macro_code.program().macros[macro_index];
        // Parameters take work even where nothing is passed to them.
        self.budget.take_steps(made.parameters.len() as u64)?;
        self.check_arguments(call, made)?;
        let deepest = self.budget.limits().macro_depth;
        if self.nested().macro_depth >= deepest {
            return Err(LimitExceeded::MacroDepth(deepest).into());
        }
        self.nested().macro_depth += 1;
        let block = call.body.map(|body| {
            Variable::Block(Block {
                code: code.clone(),
                body,
                deepest: BLOCK_DEPTH,
            })
        });
        let result = if self.budget.rules().passes_values {
            self.call_with_values(code, call, &macro_code, made, block)
        } else {
            self.call_with_expressions(code, index, &macro_code, made, block)
        };
        self.nested().macro_depth -= 1;
        result
    }

    fn print_call(&mut self, code: &Code<'a>, call: &Call) -> Result<(), Interrupt> {
        let literal = code.text(call.literal);
        let strict = self.budget.rules().strict_references;
        if strict && (call.body.is_some() || literal.trim_end().ends_with(')')) {
            let name = literal.trim().to_owned();
            return Err(RenderErrorKind::NoMacro { name }.into());
        }
        self.print_text(literal)
    }

    fn check_arguments(&self, call: &Call, made: &Macro) -> Result<(), Interrupt> {
        let mut values = call.arguments.iter().map(|argument| &argument.value);
        let word = values.any(|value| matches!(value, Expr::Null));
        let (given, wanted) = (call.arguments.len(), made.parameters.len());
        let required = made.parameters.iter().filter(|it| it.default.is_none());
        let misfit = given > wanted || given < required.count();
        if word || misfit && self.budget.rules().strict_macros {
            let name = self.names().macros[call.name.0 as usize].to_string();
            return Err(RenderErrorKind::MacroArguments { name }.into());
        }
        Ok(())
    }

    /// Velocity 1.7: the macro reads its arguments where they are written.
    fn call_with_expressions(
        &mut self,
        code: &Code<'a>,
        index: CallIx,
        macro_code: &Code<'a>,
        made: &Macro,
        block: Option<Variable<'a>>,
    ) -> Result<(), Interrupt> {
        let call = &code.program().calls[index.0 as usize];
        let mut frame = self.nested().spare_frames.pop().unwrap_or_default();
        frame.begin(self.frame);
        let arguments = call.arguments.iter().enumerate();
        for ((argument, written), parameter) in arguments.zip(&made.parameters) {
            match &written.value {
                Expr::Int(_) | Expr::BigInt(_) | Expr::Double(_) | Expr::Bool(_) => {
                    let value = self.value(code, &written.value)?;
                    frame.set(parameter.slot, Variable::Value(value));
                }
                _ => {
                    let site = ArgumentSite {
                        code: code.clone(),
                        call: index,
                        argument,
                    };
                    frame.bind(parameter.slot, site);
                }
            }
        }
        if let Some(block) = block
            && let Some(slot) = self.names().variables.get_index_of(BODY_CONTENT)
        {
            frame.set(Slot(slot as u32), block);
        }
        let nested = self.nested();
        nested.frames.push(frame);
        let innermost = nested.frames.len();
        let caller = std::mem::replace(&mut self.frame, innermost);
        let result = self.run_macro(macro_code, made);
        self.frame = caller;
        let nested = self.nested();
        if let Some(mut ended) = nested.frames.pop() {
            ended.clear();
            nested.spare_frames.push(ended);
        }
        result
    }

    /// Velocity 2.x: the parameters are variables like others, for as long as the macro runs.
    fn call_with_values(
        &mut self,
        code: &Code<'a>,
        call: &Call,
        macro_code: &Code<'a>,
        made: &Macro,
        block: Option<Variable<'a>>,
    ) -> Result<(), Interrupt> {
        let mut passed = Vec::with_capacity(made.parameters.len() + 1);
        for (position, parameter) in made.parameters.iter().enumerate() {
            let value = match (call.arguments.get(position), &parameter.default) {
                (Some(argument), _) => self.variable_or_value(code, &argument.value)?,
                (None, Some(default)) => self.variable_or_value(macro_code, default)?,
                (None, None) if self.budget.rules().strict_references => {
                    let name = self.names().macros[call.name.0 as usize].to_string();
                    return Err(RenderErrorKind::MacroArguments { name }.into());
                }
                (None, None) => Variable::Value(Value::Null),
            };
            passed.push((parameter.slot, value));
        }
        if let Some(block) = block
            && let Some(slot) = self.names().variables.get_index_of(BODY_CONTENT)
        {
            passed.push((Slot(slot as u32), block));
        }
        let mut before = Vec::with_capacity(passed.len());
        for (slot, _) in &passed {
            before.push(self.global(*slot).clone());
        }
        for (slot, value) in &passed {
            self.set_variable(*slot, value.clone());
        }
        let result = self.run_macro(macro_code, made);
        for ((slot, given), before) in passed.iter().zip(before) {
            // What the macro has set itself stays.
            if is_same(self.global(*slot), given) {
                self.set_variable(*slot, before);
            }
        }
        result
    }

    fn run_macro(&mut self, code: &Code<'a>, made: &Macro) -> Result<(), Interrupt> {
        // A `#break` in a macro ends the macro.
        self.run(code, made.body).map(|_| ())
    }
}

/// Whether a variable still holds what it was given: the same object, not an equal one.
fn is_same<'a>(now: &Variable<'a>, given: &Variable<'a>) -> bool {
    match (now, given) {
        (Variable::Value(now), Variable::Value(given)) => now.is_same(given),
        (Variable::Block(now), Variable::Block(given)) => {
            now.body == given.body && now.code.address() == given.code.address()
        }
        (Variable::Loop(now), Variable::Loop(given)) => Rc::ptr_eq(now, given),
        (now, given) => now.is_null() && given.is_null(),
    }
}
