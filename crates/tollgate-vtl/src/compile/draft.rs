//! A program under construction.

use std::sync::Arc;

use crate::methods::ConstantPatterns;
use crate::program::{Body, BodyIx, Call, Label, Macro, Op, Program, Span};

use super::texts;

/// A program under construction.
pub(super) struct Draft {
    pub(super) text: String,
    pub(super) bodies: Vec<Ops>,
    pub(super) main: BodyIx,
    pub(super) macros: Vec<Macro>,
    pub(super) calls: Vec<Call>,
    pub(super) patterns: ConstantPatterns,
}

impl Draft {
    /// The text of a span.
    pub(super) fn text(&self, span: Span) -> &str {
        &self.text[span.start as usize..span.end as usize]
    }

    /// The program itself.
    pub(super) fn finish(self) -> Program {
        let bodies = self.bodies.into_iter();
        let bodies: Box<[Body]> = bodies.map(|ops| texts::attached(ops, &self.text)).collect();
        Program {
            text: self.text.into(),
            bodies,
            main: self.main,
            macros: self.macros.into(),
            calls: self.calls.into(),
            patterns: Arc::new(self.patterns),
        }
    }
}

/// The operations of a body under construction.
#[derive(Default)]
pub(super) struct Ops {
    pub(super) ops: Vec<Op>,
    /// Where in the template each operation stands.
    pub(super) places: Vec<u32>,
}

impl Ops {
    pub(super) fn push(&mut self, op: Op, at: u32) {
        self.ops.push(op);
        self.places.push(at);
    }

    /// The operation to come.
    pub(super) fn next_label(&self) -> Label {
        Label(self.ops.len() as u32)
    }
}
