//! Offsets in a string's inside, and what they are in the whole template.

use crate::parse::Node;
use crate::program::Span;

/// A text that is parsed on its own.
#[derive(Clone, Copy)]
pub(super) struct Fragment<'f> {
    pub(super) text: &'f str,
    /// Where the text begins in the program's text.
    base: u32,
    /// Where the text stands in the template, for messages.
    origin: u32,
    /// Whether Velocity 1.7 sees nothing behind it: it reads the inside of a string with a blank
    /// there, unless there is a `##` in it.
    pub(super) is_cut_off: bool,
}

impl<'f> Fragment<'f> {
    /// The template itself.
    pub(super) fn whole(text: &'f str) -> Self {
        Self {
            text,
            base: 0,
            origin: 0,
            is_cut_off: true,
        }
    }

    /// The inside of a string: `text` stands at `span` of the program's text and comes from
    /// `origin` of the template.
    pub(super) fn inside(text: &'f str, span: Span, origin: u32) -> Self {
        Self {
            text,
            base: span.start,
            origin,
            is_cut_off: text.contains("##"),
        }
    }

    pub(super) fn span(&self, node: Node<'_>) -> Span {
        self.part(node.start(), node.end())
    }

    /// The span of a part of the text.
    pub(super) fn part(&self, start: u32, end: u32) -> Span {
        Span {
            start: self.base + start,
            end: self.base + end,
        }
    }

    /// A part of the text itself.
    pub(super) fn slice(&self, (start, end): (u32, u32)) -> &'f str {
        &self.text[start as usize..end as usize]
    }

    pub(super) fn place(&self, at: u32) -> u32 {
        self.origin + at
    }

    pub(super) fn place_of(&self, node: Node<'_>) -> u32 {
        self.place(node.start())
    }
}
