//! Pairs `#if` and its kin with their `#end` and places the jumps between them.

use crate::error::ParseErrorKind;
use crate::profile::{Rules, SpaceGobbling, Syntax};
use crate::program::{Argument, Expr, Label, MacroIx, Op, Parameter, Slot, Span};

use super::draft::Ops;
use super::layout::Layout;

/// Why a directive does not fit here, and where it stands.
pub(super) type Misplaced = (ParseErrorKind, u32);

/// A body under construction, with the blocks that are still open in it.
pub(super) struct Blocks {
    pub(super) body: Ops,
    open: Vec<Open>,
    pub(super) layout: Layout,
}

/// What stands on both sides of a directive, in a dialect that looks there.
#[derive(Clone, Copy)]
pub(super) struct Around {
    /// The blanks in front of it, if it removes them.
    pub(super) before: (u32, u32),
    /// Whether it begins a line.
    pub(super) line_start: bool,
    /// Whether a `$` or `#` touches it, which keeps the blanks around it.
    pub(super) hugged: bool,
    /// Whether it is an `#if`.
    pub(super) is_if: bool,
}

struct Open {
    directive: &'static str,
    at: u32,
    around: Around,
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
        /// Whether its `#else` was met.
        in_else: bool,
        /// Where the block ends that something else stands in for.
        replaced: Option<Label>,
    },
    /// What stands inside goes to a body of its own; `outer` is the one around it.
    Apart { outer: Ops, kind: Apart },
}

/// Name and parameters of a macro.
pub(super) type Signature = (MacroIx, Box<[Parameter]>);

/// What becomes of a block that is not part of the body around it.
pub(super) enum Apart {
    /// `#define`: the variable prints it; without one nothing does.
    Define(Option<Slot>),
    /// `#macro`: calls run it; without a name nothing does.
    Macro(Option<Signature>),
    /// `#@name`: the macro of that name runs it.
    Call {
        name: MacroIx,
        arguments: Box<[Argument]>,
        /// Where the call begins in the fragment, with the blanks it removes.
        start: u32,
    },
    /// A block that prints as it stands, from this offset of the program's text.
    Verbatim { from: u32, with_end: bool },
}

impl Blocks {
    pub(super) fn new(rules: &Rules) -> Self {
        let structured = rules.gobbling == SpaceGobbling::Structured;
        Self {
            body: Ops::default(),
            open: Vec::new(),
            layout: Layout::new(structured && rules.syntax != Syntax::V17),
        }
    }

    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// What stands around the directive that opened the innermost block.
    pub(super) fn around(&self) -> Option<Around> {
        self.open.last().map(|open| open.around)
    }

    pub(super) fn emit(&mut self, op: Op, at: u32) -> Label {
        let label = self.body.next_label();
        self.body.push(op, at);
        label
    }

    /// Prints a piece of text; adjacent pieces become one.
    pub(super) fn text(&mut self, span: Span, at: u32) {
        if span.is_empty() {
            return;
        }
        if let Some(Op::Text(last)) = self.body.ops.last_mut()
            && last.end == span.start
            && !self.layout.kept
        {
            last.end = span.end;
            return;
        }
        self.emit(Op::Text(span), at);
    }

    /// Prints a piece of text that counts when the indentation of a block is removed.
    pub(super) fn laid_out_text(&mut self, span: Span, at: u32) {
        if !span.is_empty() {
            self.layout.text(self.body.ops.len());
            self.text(span, at);
        }
    }

    pub(super) fn open_if(&mut self, condition: Expr, at: u32, around: Around) {
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
        self.open("#if", at, around, block);
    }

    pub(super) fn open_foreach(
        &mut self,
        variable: Slot,
        collection: Expr,
        at: u32,
        around: Around,
    ) {
        let head = self.emit(
            Op::Foreach {
                variable,
                collection,
                empty: Label(0),
                exit: Label(0),
            },
            at,
        );
        let block = Block::Foreach {
            head,
            in_else: false,
            replaced: None,
        };
        self.open("#foreach", at, around, block);
    }

    /// Drops what the block of a `#foreach` has from here on.
    pub(super) fn replace_block(&mut self) {
        let end = self.body.next_label();
        if let Some(Open {
            block: Block::Foreach { replaced, .. },
            ..
        }) = self.open.last_mut()
        {
            *replaced = Some(end);
        }
    }

    pub(super) fn open_apart(
        &mut self,
        kind: Apart,
        directive: &'static str,
        at: u32,
        around: Around,
    ) {
        let outer = std::mem::take(&mut self.body);
        self.open(directive, at, around, Block::Apart { outer, kind });
    }

    fn open(&mut self, directive: &'static str, at: u32, around: Around, block: Block) {
        self.open.push(Open {
            directive,
            at,
            around,
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

    /// Ends the branch before an `#else`; `of_loops` says whether `#foreach` can have one.
    pub(super) fn else_(&mut self, at: u32, of_loops: bool) -> Result<(), Misplaced> {
        if let Some(Open {
            block: Block::Foreach { head, in_else, .. },
            ..
        }) = self.open.last_mut()
            && of_loops
            && !*in_else
        {
            *in_else = true;
            let head = *head;
            self.emit(Op::Next, at);
            self.aim(head);
            return Ok(());
        }
        self.end_branch("#else", at)
    }

    fn end_branch(&mut self, directive: &'static str, at: u32) -> Result<(), Misplaced> {
        let stray = (ParseErrorKind::StrayDirective { directive }, at);
        let exit = self.body.next_label();
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

    /// Ends the innermost block. One apart gives its body, and what becomes of it.
    pub(super) fn end(&mut self, at: u32) -> Result<Option<(Apart, Ops)>, Misplaced> {
        let stray = (ParseErrorKind::StrayDirective { directive: "#end" }, at);
        match self.open.pop().ok_or(stray)?.block {
            Block::If { branch, exits } => {
                for jump in branch.into_iter().chain(exits) {
                    self.aim(jump);
                }
                Ok(None)
            }
            Block::Foreach {
                head,
                in_else,
                replaced,
            } => {
                if let Some(end) = replaced {
                    self.body.ops.truncate(end.index());
                    self.body.places.truncate(end.index());
                }
                if !in_else {
                    self.emit(Op::Next, at);
                    self.aim(head);
                }
                let next = self.body.next_label();
                if let Op::Foreach { exit, .. } = &mut self.body.ops[head.index()] {
                    *exit = next;
                }
                Ok(None)
            }
            Block::Apart { outer, kind } => {
                let body = std::mem::replace(&mut self.body, outer);
                Ok(Some((kind, body)))
            }
        }
    }

    /// The finished body, if every block was ended.
    pub(super) fn finish(self) -> Result<Ops, Misplaced> {
        match self.open.last() {
            None => Ok(self.body),
            Some(Open { directive, at, .. }) => {
                Err((ParseErrorKind::UnclosedBlock { directive }, *at))
            }
        }
    }

    /// Makes a jump lead to the next operation.
    fn aim(&mut self, jump: Label) {
        let next = self.body.next_label();
        match &mut self.body.ops[jump.index()] {
            Op::Branch {
                otherwise: target, ..
            }
            | Op::Foreach { empty: target, .. }
            | Op::Jump(target) => *target = next,
            other => unreachable!("{other:?} is not a jump"),
        }
    }
}
