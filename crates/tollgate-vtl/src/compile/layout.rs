//! The indentation that Velocity 2.x removes from blocks in its structured mode.
//!
//! What a block is indented by beyond its directive is measured where its content first says so,
//! at the first text or at the first directive with blanks in front. That much is then removed
//! from all lines of the block. Inner blocks go first.

use crate::program::{BodyIx, Op};

use super::Compiler;
use super::blocks::Blocks;
use super::draft::Ops;

/// The text pieces of a body, by the blocks they stand in.
pub(super) struct Layout {
    /// Whether anybody asks.
    pub(super) kept: bool,
    /// The template itself, then the blocks that are open.
    open: Vec<Nested>,
}

/// A block, or the template.
#[derive(Default)]
pub(super) struct Nested {
    /// The blanks in front of its directive.
    indent: String,
    is_if: bool,
    parts: Vec<Part>,
}

/// What stands between two directives of a block.
#[derive(Default)]
struct Part {
    /// Whether it begins on a line of its own.
    on_own_line: bool,
    pieces: Vec<Piece>,
}

enum Piece {
    /// A text operation, of a stored body or of the one under construction.
    Text {
        body: Option<BodyIx>,
        op: usize,
    },
    /// The blanks in front of a directive without a block.
    Directive(String),
    Block(Nested),
}

impl Layout {
    pub(super) fn new(kept: bool) -> Self {
        Self {
            kept,
            open: vec![Nested {
                parts: vec![Part::default()],
                ..Nested::default()
            }],
        }
    }

    fn add(&mut self, piece: Piece) {
        if let Some(part) = self.open.last_mut().and_then(|open| open.parts.last_mut()) {
            part.pieces.push(piece);
        }
    }

    pub(super) fn text(&mut self, op: usize) {
        if self.kept {
            self.add(Piece::Text { body: None, op });
        }
    }

    pub(super) fn directive(&mut self, indent: &str) {
        if self.kept {
            self.add(Piece::Directive(indent.to_owned()));
        }
    }

    pub(super) fn open(&mut self, indent: &str, is_if: bool, on_own_line: bool) {
        if self.kept {
            self.open.push(Nested {
                indent: indent.to_owned(),
                is_if,
                parts: vec![Part {
                    on_own_line,
                    pieces: Vec::new(),
                }],
            });
        }
    }

    pub(super) fn next_part(&mut self, on_own_line: bool) {
        if let Some(open) = self.open.last_mut() {
            open.parts.push(Part {
                on_own_line,
                pieces: Vec::new(),
            });
        }
    }
}

impl Nested {
    /// Notes that what was under construction is stored now.
    fn store(&mut self, stored: BodyIx) {
        for piece in self.parts.iter_mut().flat_map(|part| &mut part.pieces) {
            match piece {
                Piece::Text { body, .. } => _ = body.get_or_insert(stored),
                Piece::Block(inner) => inner.store(stored),
                Piece::Directive(_) => {}
            }
        }
    }
}

impl Compiler<'_> {
    /// Ends the innermost block, whose body was stored if it has one of its own, and removes its
    /// indentation if it stands on lines of its own.
    pub(super) fn close_layout(
        &mut self,
        blocks: &mut Blocks,
        stored: Option<BodyIx>,
        on_own_lines: bool,
    ) {
        if !blocks.layout.kept {
            return;
        }
        let Some(mut nested) = blocks.layout.open.pop() else {
            return;
        };
        if let Some(stored) = stored {
            nested.store(stored);
        }
        if on_own_lines {
            let mut unindent = Unindent {
                compiler: self,
                body: &mut blocks.body,
                indent: nested.indent.clone(),
                extra: None,
            };
            unindent.parts(&nested);
        }
        blocks.layout.add(Piece::Block(nested));
    }
}

/// Removes the indentation of one block.
struct Unindent<'c, 's> {
    compiler: &'c mut Compiler<'s>,
    body: &'c mut Ops,
    /// What the directive of the block is indented by.
    indent: String,
    /// What its content is indented by beyond that, once it is known.
    extra: Option<String>,
}

impl Unindent<'_, '_> {
    /// Goes through the parts of a block, in an `#if` to those behind the first only if there is
    /// anything to remove by then.
    fn parts(&mut self, nested: &Nested) {
        for (index, part) in nested.parts.iter().enumerate() {
            let goes = index == 0 || !nested.is_if || self.removes();
            if goes && part.on_own_line {
                part.pieces.iter().for_each(|piece| self.piece(piece));
            }
        }
    }

    fn piece(&mut self, piece: &Piece) {
        match piece {
            Piece::Text { body, op } => self.text(*body, *op),
            Piece::Directive(indent) if !indent.is_empty() => {
                measure(&mut self.extra, &self.indent, indent);
            }
            Piece::Block(inner) if !inner.indent.is_empty() => {
                measure(&mut self.extra, &self.indent, &inner.indent);
                if self.removes() {
                    self.parts(inner);
                }
            }
            Piece::Directive(_) | Piece::Block(_) => {}
        }
    }

    fn text(&mut self, body: Option<BodyIx>, op: usize) {
        let ops = match body {
            Some(stored) => &self.compiler.bodies[stored.0 as usize].ops,
            None => &self.body.ops,
        };
        let Some(Op::Text(span)) = ops.get(op) else {
            return;
        };
        let mut text = &self.compiler.text[span.start as usize..span.end as usize];
        let mut replaced = String::with_capacity(text.len());
        while !text.is_empty() {
            let (token, rest) = text.split_at(first_token(text));
            measure(&mut self.extra, &self.indent, token);
            let extra = self.extra.as_deref().unwrap_or_default();
            match extra {
                "" => replaced.push_str(token),
                _ => {
                    let wider = format!("{}{extra}", self.indent);
                    replace_at_line_starts(token, &wider, &self.indent, &mut replaced);
                }
            }
            text = rest;
        }
        if !self.removes() {
            return;
        }
        let span = self.compiler.add_text(&replaced);
        let ops = match body {
            Some(stored) => &mut self.compiler.bodies[stored.0 as usize].ops,
            None => &mut self.body.ops,
        };
        ops[op] = Op::Text(span);
    }

    fn removes(&self) -> bool {
        self.extra.as_ref().is_some_and(|extra| !extra.is_empty())
    }
}

/// Learns the indentation from the beginning of the content, if it is not known.
fn measure(extra: &mut Option<String>, indent: &str, text: &str) {
    extra.get_or_insert_with(|| {
        let inside = text.strip_prefix(indent).unwrap_or_default();
        let rest = inside.trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
        inside[..inside.len() - rest.len()].to_owned()
    });
}

/// Length of the first piece of a text that Velocity's parser takes at once: blanks, a line end, or
/// lines of which the first is not blank.
fn first_token(text: &str) -> usize {
    let behind_blanks = text.trim_start_matches([' ', '\t']);
    let blanks = text.len() - behind_blanks.len();
    match behind_blanks.as_bytes() {
        [b'\n' | b'\r', ..] if blanks > 0 => blanks,
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        _ => text.len(),
    }
}

/// Replaces `from` by `to` wherever a line begins with it.
fn replace_at_line_starts(text: &str, from: &str, to: &str, replaced: &mut String) {
    let mut rest = text;
    let mut line_start = true;
    while !rest.is_empty() {
        if line_start && let Some(behind) = rest.strip_prefix(from) {
            replaced.push_str(to);
            line_start = from.ends_with(['\n', '\r']);
            rest = behind;
            continue;
        }
        let line = match rest.find(['\n', '\r']) {
            Some(at) if rest[at..].starts_with("\r\n") => at + 2,
            Some(at) => at + 1,
            None => rest.len(),
        };
        replaced.push_str(&rest[..line]);
        rest = &rest[line..];
        line_start = true;
    }
}
