//! Pairs `#if` and its kin with their `#end` and places the jumps between them.

use crate::error::ParseErrorKind;
use crate::program::{Body, Expr, Label, Op, Slot, Span};

/// Why a directive does not fit here, and where it stands.
pub(super) type Misplaced = (ParseErrorKind, u32);

/// A body under construction, with the blocks that are still open in it.
#[derive(Default)]
pub(super) struct Blocks {
    body: Body,
    open: Vec<Open>,
}

struct Open {
    directive: &'static str,
    at: u32,
    block: Block,
}

enum Block {
    If {
        /// The branch to aim at the next `#elseif`, `#else` or `#end`; none behind `#else`.
        branch: Option<Label>,
        /// Jumps to aim at the `#end`.
        exits: Vec<Label>,
    },
    Foreach {
        head: Label,
    },
    /// What stands inside goes to a body of its own; `outer` is the one around it.
    Apart {
        outer: Body,
        kind: Apart,
    },
}

/// What becomes of a block that is not part of the body around it.
pub(super) enum Apart {
    /// `#define`: the variable prints it.
    Define(Slot),
    /// `#macro`: it is removed.
    Macro,
    /// A block that prints as it stands, from this offset of the program's text.
    Verbatim { from: u32, with_end: bool },
}

/// A block that was ended and needs the compiler to store or print its inside.
pub(super) enum Ended {
    Inline,
    Define { slot: Slot, body: Body },
    Macro,
    Verbatim { from: u32, with_end: bool },
}

impl Blocks {
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    pub(super) fn emit(&mut self, op: Op, at: u32) -> Label {
        let label = self.next_label();
        self.body.ops.push(op);
        self.body.places.push(at);
        label
    }

    /// Prints a piece of text; adjacent pieces become one.
    pub(super) fn text(&mut self, span: Span, at: u32) {
        if span.start == span.end {
            return;
        }
        if let Some(Op::Text(last)) = self.body.ops.last_mut()
            && last.end == span.start
        {
            last.end = span.end;
            return;
        }
        self.emit(Op::Text(span), at);
    }

    pub(super) fn open_if(&mut self, condition: Expr, at: u32) {
        let branch = self.emit(
            Op::Branch {
                condition,
                otherwise: Label(0),
            },
            at,
        );
        let block = Block::If {
            branch: Some(branch),
            exits: Vec::new(),
        };
        self.open.push(Open {
            directive: "#if",
            at,
            block,
        });
    }

    pub(super) fn open_foreach(&mut self, variable: Slot, collection: Expr, at: u32) {
        let head = self.emit(
            Op::Foreach {
                variable,
                collection,
                exit: Label(0),
            },
            at,
        );
        let block = Block::Foreach { head };
        self.open.push(Open {
            directive: "#foreach",
            at,
            block,
        });
    }

    pub(super) fn open_apart(&mut self, kind: Apart, directive: &'static str, at: u32) {
        let outer = std::mem::take(&mut self.body);
        let block = Block::Apart { outer, kind };
        self.open.push(Open {
            directive,
            at,
            block,
        });
    }

    /// Ends the branch before an `#elseif`; its own condition follows.
    pub(super) fn else_if(&mut self, condition: Expr, at: u32) -> Result<(), Misplaced> {
        self.end_branch("#elseif", at)?;
        let next = self.emit(
            Op::Branch {
                condition,
                otherwise: Label(0),
            },
            at,
        );
        if let Some(Open {
            block: Block::If { branch, .. },
            ..
        }) = self.open.last_mut()
        {
            *branch = Some(next);
        }
        Ok(())
    }

    /// Ends the branch before an `#else`.
    pub(super) fn else_(&mut self, at: u32) -> Result<(), Misplaced> {
        self.end_branch("#else", at)
    }

    fn end_branch(&mut self, directive: &'static str, at: u32) -> Result<(), Misplaced> {
        let stray = (ParseErrorKind::StrayDirective { directive }, at);
        let exit = self.next_label();
        let Some(Open {
            block: Block::If { branch, exits },
            ..
        }) = self.open.last_mut()
        else {
            return Err(stray);
        };
        let branch = branch.take().ok_or(stray)?;
        exits.push(exit);
        self.emit(Op::Jump(Label(0)), at);
        self.aim(branch);
        Ok(())
    }

    /// Ends the innermost block.
    pub(super) fn end(&mut self, at: u32) -> Result<Ended, Misplaced> {
        let stray = (ParseErrorKind::StrayDirective { directive: "#end" }, at);
        match self.open.pop().ok_or(stray)?.block {
            Block::If { branch, exits } => {
                for jump in branch.into_iter().chain(exits) {
                    self.aim(jump);
                }
                Ok(Ended::Inline)
            }
            Block::Foreach { head } => {
                self.emit(Op::Next, at);
                self.aim(head);
                Ok(Ended::Inline)
            }
            Block::Apart { outer, kind } => {
                let body = std::mem::replace(&mut self.body, outer);
                Ok(match kind {
                    Apart::Define(slot) => Ended::Define { slot, body },
                    Apart::Macro => Ended::Macro,
                    Apart::Verbatim { from, with_end } => Ended::Verbatim { from, with_end },
                })
            }
        }
    }

    /// The finished body, if every block was ended.
    pub(super) fn finish(self) -> Result<Body, Misplaced> {
        match self.open.last() {
            None => Ok(self.body),
            Some(Open { directive, at, .. }) => {
                Err((ParseErrorKind::UnclosedBlock { directive }, *at))
            }
        }
    }

    fn next_label(&self) -> Label {
        Label(self.body.ops.len() as u32)
    }

    /// Makes a jump lead to the next operation.
    fn aim(&mut self, jump: Label) {
        let next = self.next_label();
        match &mut self.body.ops[jump.0 as usize] {
            Op::Branch {
                otherwise: target, ..
            }
            | Op::Foreach { exit: target, .. }
            | Op::Jump(target) => *target = next,
            other => unreachable!("{other:?} is not a jump"),
        }
    }
}
