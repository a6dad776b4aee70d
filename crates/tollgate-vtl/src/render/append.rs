//! `#set($text = "$text…")`, which adds to a string where it is.
//!
//! A template that builds a text in a loop would copy all of it in each round.

use crate::error::Interrupt;
use crate::limits::LimitExceeded;
use crate::program::{Body, BodyIx, Line, Op, Program, Slot};
use crate::value::weight;

use super::Renderer;
use super::code::Code;
use super::variables::Variable;

impl<'a> Renderer<'a, '_> {
    /// Sets a variable to a string that begins with what the variable holds, if that grows and the
    /// rest is at hand. If not, nothing changes. Says whether it did.
    #[inline(never)]
    pub(super) fn append_at_once(&mut self, program: &Program, slot: Slot, string: BodyIx) -> bool {
        let body = program.body(string);
        begins_with(body, slot) && self.sees_globals() && self.append_in_place(slot, body).is_some()
    }

    /// Sets a variable to a string that begins with what the variable holds, which has not been
    /// possible [at once](Self::append_at_once); none if the string begins otherwise.
    pub(super) fn append(
        &mut self,
        code: &Code<'a>,
        slot: Slot,
        string: BodyIx,
    ) -> Option<Result<(), Interrupt>> {
        let body = code.program().body(string);
        if !begins_with(body, slot) || !self.sees_globals() {
            return None;
        }
        // The string itself.
        if let Err(limit) = self.budget.take_steps(1) {
            return Some(Err(limit.into()));
        }
        let made = self.string(code, string);
        Some(made.map(|text| {
            // There is likely to be more.
            self.note(slot, Variable::Growing((*text).into()));
        }))
    }

    fn append_in_place(&mut self, slot: Slot, body: &Body) -> Option<()> {
        // The operations stand a level deeper.
        if self.levels <= 1 {
            return None;
        }
        let Variable::Growing(text) = self.variables.get_mut(slot.index())? else {
            return None;
        };
        let text = std::mem::take(text);
        let length = text.len();
        let before = self.budget.mark();
        let outer = self.out.begin_string(text, self.budget.limits());
        let printed = self.print_rest(slot, body);
        let mut text = self.out.end_string(outer);
        let paid = printed.and_then(|()| self.pay_for(&text).ok());
        if paid.is_none() {
            text.truncate(length);
            self.budget.return_to(before);
        }
        if let Some(Variable::Growing(place)) = self.variables.get_mut(slot.index()) {
            *place = text;
        }
        paid
    }

    /// Prints what comes behind the first operation.
    fn print_rest(&mut self, slot: Slot, body: &Body) -> Option<()> {
        // What sets the variable, the string itself, and its first operation.
        self.budget.take_steps(3).ok()?;
        for line in body.get(1..)? {
            let printed = match &line.op {
                Op::Print(reference) => {
                    let before = &*line.before.text;
                    reference.slot != slot
                        && (before.is_empty() || self.out.takes(before))
                        && self.print_at_once(reference)
                }
                Op::Jump(_) => self.out.takes(&line.before.text),
                _ => false,
            };
            if !printed {
                return None;
            }
            self.budget.take_steps(line.cost).ok()?;
        }
        Some(())
    }

    fn pay_for(&mut self, text: &str) -> Result<(), LimitExceeded> {
        self.budget.allocate(text.len())?;
        self.budget.allocate(weight::STRING)
    }
}

/// Whether a string begins with what a variable holds.
fn begins_with(body: &Body, slot: Slot) -> bool {
    match &**body {
        [
            Line {
                before,
                op: Op::Print(reference),
                ..
            },
            ..,
        ] => {
            before.text.is_empty()
                && reference.slot == slot
                && reference.plain
                && reference.steps.is_empty()
        }
        _ => false,
    }
}
