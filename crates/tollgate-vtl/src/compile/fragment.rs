//! Offsets in a string's inside, and what they are in the whole template.

use pest::iterators::Pair;

use crate::parse::Rule;
use crate::program::Span;

/// A text that is parsed on its own.
#[derive(Clone, Copy)]
pub(super) struct Fragment<'f> {
    pub(super) text: &'f str,
    /// Where the text begins in the program's text.
    base: u32,
    /// Where the text stands in the template, for messages.
    origin: u32,
    /// Whether this is the whole template rather than the inside of a string.
    pub(super) whole: bool,
}

impl<'f> Fragment<'f> {
    /// The template itself.
    pub(super) fn whole(text: &'f str) -> Self {
        Self {
            text,
            base: 0,
            origin: 0,
            whole: true,
        }
    }

    /// The inside of a string: `text` stands at `span` of the program's text and comes from
    /// `origin` of the template.
    pub(super) fn inside(text: &'f str, span: Span, origin: u32) -> Self {
        Self {
            text,
            base: span.start,
            origin,
            whole: false,
        }
    }

    pub(super) fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        Span {
            start: self.base + span.start() as u32,
            end: self.base + span.end() as u32,
        }
    }

    pub(super) fn place(&self, at: usize) -> u32 {
        self.origin + at as u32
    }

    pub(super) fn place_of(&self, pair: &Pair<'_, Rule>) -> u32 {
        self.place(pair.as_span().start())
    }
}
