//! Programs at work.

use std::rc::Rc;

use crate::program::{Program, Span};
use crate::value::Str;

/// A program that runs: the template, or one that was compiled while it runs.
#[derive(Clone)]
pub(super) enum Code<'a> {
    Template(&'a Program),
    Made(Rc<Program>),
}

impl<'a> Code<'a> {
    #[inline]
    pub(super) fn program(&self) -> &Program {
        match self {
            Self::Template(program) => program,
            Self::Made(program) => program,
        }
    }

    /// A part of the program's text.
    #[inline]
    pub(super) fn text(&self, span: Span) -> &str {
        self.program().text(span)
    }

    /// A part of the program's text as a value, which may outlive what was compiled on the way.
    #[inline]
    pub(super) fn literal(&self, span: Span) -> Str<'a> {
        match self {
            Self::Template(program) => program.text(span).into(),
            Self::Made(program) => program.text(span).to_owned().into(),
        }
    }

    /// What tells one program from another.
    pub(super) fn address(&self) -> usize {
        std::ptr::from_ref(self.program()).addr()
    }
}
