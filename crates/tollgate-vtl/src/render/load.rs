//! `#evaluate`, `#parse` and `#include`.

use std::rc::Rc;

use crate::compile::compile_part;
use crate::error::{Interrupt, RenderErrorKind};
use crate::program::{Expr, Program};
use crate::value::Value;

use super::Renderer;
use super::code::Code;
use super::variables::Variable;

/// Steps that compiling a text counts as, however short it is.
const COMPILE_STEPS: u64 = 50;

/// Steps that it counts as for each byte of the text.
const COMPILE_STEPS_PER_BYTE: u64 = 4;

/// Memory that what is compiled counts as for each byte of the text.
const COMPILE_BYTES_PER_BYTE: usize = 32;

impl<'a> Renderer<'a, '_> {
    /// Runs a text as a template, in the same variables.
    pub(super) fn evaluate(&mut self, code: &Code<'a>, text: &Expr) -> Result<(), Interrupt> {
        let text = self.value(code, text)?;
        if text.is_null() {
            return Ok(());
        }
        let text = text.to_str_within(&mut self.budget)?;
        let program = self.compile(&text, "#evaluate")?;
        match self.run_made(&Code::Made(program)) {
            Err(Interrupt::Stop) if !self.budget.rules().stop_ends_all => Ok(()),
            result => result,
        }
    }

    /// Runs a template that the loader has, in the same variables.
    pub(super) fn parse(&mut self, code: &Code<'a>, name: &Expr) -> Result<(), Interrupt> {
        let name = self.value(code, name)?;
        if name.is_null() {
            if self.budget.rules().strict_references && self.budget.rules().passes_values {
                let reference = "#parse".to_owned();
                return Err(RenderErrorKind::NoValue { reference }.into());
            }
            return Ok(());
        }
        // The template itself counts as the first level.
        if self.nested().parse_depth + 1 >= self.budget.limits().parse_depth {
            return Ok(());
        }
        let name = name.to_str_within(&mut self.budget)?;
        let known = self.nested().parsed.len();
        self.budget.take_pass(known)?;
        let mut parsed = self.nested().parsed.iter();
        let program = match parsed.find(|(known, _)| **known == *name) {
            Some((_, program)) => Rc::clone(program),
            None => {
                let text = self.load("#parse", &name)?;
                let program = self.compile(&text, "#parse")?;
                let parsed = ((&*name).into(), Rc::clone(&program));
                self.nested().parsed.push(parsed);
                program
            }
        };
        self.nested().parse_depth += 1;
        let result = self.run_made(&Code::Made(program));
        self.nested().parse_depth -= 1;
        result
    }

    /// Prints texts that the loader has as they are.
    pub(super) fn include(&mut self, code: &Code<'a>, names: &[Expr]) -> Result<(), Interrupt> {
        for (position, name) in names.iter().enumerate() {
            let name = self.value(code, name)?;
            match &name {
                Value::Null => {
                    let message = match self.budget.rules().passes_values {
                        true => format!("null error with arg {position} please see log. null"),
                        false => format!(
                            "<!-- include error : error with arg {position} please see log. \
                             see error log -->"
                        ),
                    };
                    self.print_text(&message)?;
                }
                Value::Str(name) => {
                    let text = self.load("#include", name)?;
                    self.print_text(&text)?;
                }
                other => {
                    let name = other.to_str_within(&mut self.budget)?;
                    return Err(not_found("#include", &name));
                }
            }
        }
        Ok(())
    }

    fn load(&mut self, directive: &'static str, name: &str) -> Result<String, Interrupt> {
        let text = self
            .loader
            .load(name)
            .ok_or_else(|| not_found(directive, name))?;
        self.budget.allocate(text.len())?;
        Ok(text)
    }

    /// Compiles a text, and makes room for the names it brings.
    fn compile(&mut self, text: &str, directive: &'static str) -> Result<Rc<Program>, Interrupt> {
        self.budget
            .take_steps(COMPILE_STEPS + text.len() as u64 * COMPILE_STEPS_PER_BYTE)?;
        self.budget
            .allocate(text.len().saturating_mul(COMPILE_BYTES_PER_BYTE))?;
        let profile = self.profile;
        let program = compile_part(text, profile, self.names_to_add_to())
            .map_err(|error| RenderErrorKind::Template { directive, error })?;
        let names = self.names();
        let added = names.variables.len().saturating_sub(self.variables.len());
        self.loop_variables = names.of_loops;
        let variables = &mut self.nested().added;
        variables.resize_with(added, || Variable::Unread);
        let program = Rc::new(program);
        self.define_macros(&Code::Made(Rc::clone(&program)));
        Ok(program)
    }

    fn run_made(&mut self, code: &Code<'a>) -> Result<(), Interrupt> {
        // Places inside the text mean nothing to who reads the template.
        match self.run(code, code.program().main) {
            Ok(_) => Ok(()),
            Err(interrupt) => Err(interrupt.without_place()),
        }
    }
}

fn not_found(directive: &'static str, name: &str) -> Interrupt {
    let name = name.to_owned();
    RenderErrorKind::NotFound { directive, name }.into()
}
