//! What a render keeps of macros, blocks and texts that run inside the template.

use std::rc::Rc;

use crate::program::{BodyIx, Names, Program};

use super::Renderer;
use super::code::Code;
use super::variables::{Frame, Variable};

/// What only a template with macros, blocks or other texts needs, and only from there on.
#[derive(Default)]
pub(super) struct Nested<'a> {
    /// The names of the template and what other texts added to them.
    names: Option<Names>,
    /// The macros by the numbers of their names: the program of each and its index there.
    pub(super) macros: Vec<Option<(Code<'a>, usize)>>,
    /// How many macros run, each inside the one before.
    pub(super) macro_depth: usize,
    /// The macros of Velocity 1.7 that run.
    pub(super) frames: Vec<Frame<'a>>,
    /// Room for the next.
    pub(super) spare_frames: Vec<Frame<'a>>,
    /// What `#parse` has compiled.
    pub(super) parsed: Vec<(Box<str>, Rc<Program>)>,
    pub(super) parse_depth: usize,
    /// The variables that only they have, behind those of the template.
    pub(super) added: Vec<Variable<'a>>,
    /// The blocks that print, each inside the one before.
    pub(super) running: Vec<(usize, BodyIx)>,
}

impl<'a> Renderer<'a, '_> {
    /// It, from its first use on.
    pub(super) fn nested(&mut self) -> &mut Nested<'a> {
        self.nested.get_or_insert_default()
    }

    /// The names of the template, and what other texts added to them.
    pub(super) fn names(&self) -> &Names {
        let more = self
            .nested
            .as_ref()
            .and_then(|nested| nested.names.as_ref());
        more.unwrap_or(self.names)
    }

    /// The same, to be added to.
    pub(super) fn names_to_add_to(&mut self) -> &mut Names {
        let names = self.names;
        self.nested().names.get_or_insert_with(|| names.clone())
    }

    /// The macros of Velocity 1.7 that run, each over the context of its caller.
    pub(super) fn frames(&self) -> &[Frame<'a>] {
        match &self.nested {
            Some(nested) => &nested.frames,
            None => &[],
        }
    }
}
