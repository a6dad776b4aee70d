//! Puts macros where they are called.
//!
//! A macro of Velocity 1.7 runs in a context over that of its caller, and reads its arguments there
//! each time their parameters are read. Where nothing can tell, its operations stand in for the call
//! as well, with the arguments in the place of the parameters.

mod copy;
mod scope;

use crate::profile::{Profile, Rules, Syntax};
use crate::program::{BodyIx, CallIx, Label, Names, Op, Span};

use super::draft::{Draft, Ops};
use scope::Scope;

/// How much is copied at most, in operations, expressions, and texts of sixteen bytes. Macros can
/// call one another so that what one call stands for doubles with every macro.
const MOST_COPIED: usize = 8 * 1024;

/// Puts macros where the template calls them, as far as that changes nothing.
pub(super) fn inline(draft: &mut Draft, names: &Names, profile: &Profile) {
    let calls = !draft.calls.is_empty() && !draft.macros.is_empty();
    if !calls || !is_closed(draft, &profile.rules) {
        return;
    }
    let main = draft.main.0 as usize;
    let template = std::mem::take(&mut draft.bodies[main]);
    let mut inliner = Inliner {
        names,
        deepest: profile.limits().macro_depth,
        known: known_macros(draft, names),
        draft,
        strings: Vec::new(),
        text: String::new(),
        room: MOST_COPIED,
        running: Vec::new(),
        out: Ops::default(),
    };
    inliner.template(template);
    let Inliner {
        strings, text, out, ..
    } = inliner;
    draft.text.push_str(&text);
    draft.bodies.extend(strings);
    draft.bodies[main] = out;
}

/// Whether the macros of a template are all there can be when it runs, and nothing prints a block,
/// which would see the context of the macro that prints it.
fn is_closed(draft: &Draft, rules: &Rules) -> bool {
    let mut ops = draft.bodies.iter().flat_map(|body| &body.ops);
    let opens = |op: &Op| matches!(op, Op::Define { .. } | Op::Evaluate(_) | Op::Parse(_));
    rules.syntax == Syntax::V17
        && !rules.null_is_empty
        && !rules.strict_references
        && !rules.strict_macros
        && draft.calls.iter().all(|call| call.body.is_none())
        && !ops.any(opens)
}

/// The indexes of macros by the numbers of their names; the first of a name counts.
fn known_macros(draft: &Draft, names: &Names) -> Vec<Option<usize>> {
    let mut known = vec![None; names.macros.len()];
    for (index, made) in draft.macros.iter().enumerate() {
        known[made.name.0 as usize].get_or_insert(index);
    }
    known
}

/// Something cannot stand in for a call.
struct Refused;

struct Inliner<'p> {
    names: &'p Names,
    draft: &'p Draft,
    /// How deep macros may run in one another.
    deepest: usize,
    known: Vec<Option<usize>>,
    /// Copies of bodies of strings, which come behind those of the draft.
    strings: Vec<Ops>,
    /// What comes behind the text of the draft.
    text: String,
    /// How much may still be copied.
    room: usize,
    /// The macros that are being put in, each into the one before.
    running: Vec<usize>,
    /// The body under construction.
    out: Ops,
}

impl<'p> Inliner<'p> {
    /// The operations of the template, with those of macros instead of calls.
    fn template(&mut self, template: Ops) {
        let mut labels = Vec::with_capacity(template.ops.len() + 1);
        let mut jumps = Vec::new();
        for (op, at) in template.ops.into_iter().zip(template.places) {
            let start = self.out.ops.len();
            labels.push(self.out.next_label());
            if let Op::Call(call) = op
                && self.put_in(call, None).is_ok()
            {
                continue;
            }
            // What was put in before something was refused.
            self.out.ops.truncate(start);
            self.out.places.truncate(start);
            self.running.clear();
            if op.targets().next().is_some() {
                jumps.push(start);
            }
            self.out.push(op, at);
        }
        labels.push(self.out.next_label());
        self.aim(&jumps, &labels);
    }

    /// Puts the operations of a macro where it is called.
    fn put_in(&mut self, call: CallIx, caller: Option<&Scope<'_>>) -> Result<(), Refused> {
        let call = &self.draft.calls[call.0 as usize];
        let index = self.known[call.name.0 as usize].ok_or(Refused)?;
        if self.running.contains(&index) || self.running.len() >= self.deepest {
            return Err(Refused);
        }
        let made = &self.draft.macros[index];
        let scope = Scope::new(made, call, caller).ok_or(Refused)?;
        self.running.push(index);
        self.copy_ops(made.body, &scope)?;
        self.running.pop();
        Ok(())
    }

    /// Copies operations, with those of macros instead of calls.
    fn copy_ops(&mut self, body: BodyIx, scope: &Scope<'_>) -> Result<(), Refused> {
        let body = &self.draft.bodies[body.0 as usize];
        let mut labels = Vec::with_capacity(body.ops.len() + 1);
        let mut jumps = Vec::new();
        for (op, at) in body.ops.iter().zip(&body.places) {
            let start = self.out.ops.len();
            labels.push(self.out.next_label());
            self.take_room(1)?;
            match op {
                Op::Call(call) if self.is_known(*call) => self.put_in(*call, Some(scope))?,
                op => {
                    if op.targets().next().is_some() {
                        jumps.push(start);
                    }
                    let op = self.copy(op, scope)?;
                    self.out.push(op, *at);
                }
            }
        }
        labels.push(self.out.next_label());
        self.aim(&jumps, &labels);
        Ok(())
    }

    fn is_known(&self, call: CallIx) -> bool {
        let name = self.draft.calls[call.0 as usize].name;
        self.known[name.0 as usize].is_some()
    }

    /// Makes jumps lead to where the operations they led to are now.
    fn aim(&mut self, jumps: &[usize], labels: &[Label]) {
        for jump in jumps {
            for target in self.out.ops[*jump].targets_mut() {
                *target = labels[target.index()];
            }
        }
    }

    fn take_room(&mut self, count: usize) -> Result<(), Refused> {
        self.room = self.room.checked_sub(count).ok_or(Refused)?;
        Ok(())
    }

    /// Adds a text that does not stand in the draft.
    fn add_text(&mut self, text: &str) -> Span {
        let start = (self.draft.text.len() + self.text.len()) as u32;
        self.text.push_str(text);
        Span {
            start,
            end: start + text.len() as u32,
        }
    }
}
