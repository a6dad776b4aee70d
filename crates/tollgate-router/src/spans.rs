//! Byte ranges of parameters, detached from the text that they belong to.

use std::{fmt, ops::Range};

/// How many parameters one resource path can have.
///
/// The ranges of a match stand inline in [`Spans`], at four bytes each.
pub const MAX_PARAMETERS: usize = 16;

/// Where the parameters of a match stand in the request path, in the order of the resource path.
///
/// A small `Copy` value that borrows nothing. To read the parameters later, give it back to
/// [`ResourcePath::parameters`](crate::ResourcePath::parameters) with a copy of the same path.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Spans {
    count: u8,
    // Those from `count` on are all zero, so that equality and hash can be derived.
    spans: [Span; MAX_PARAMETERS],
}

impl Spans {
    /// The byte ranges.
    pub fn ranges(self) -> impl Iterator<Item = Range<usize>> {
        self.spans.into_iter().take(self.len()).map(Span::range)
    }

    /// The texts at these ranges of `path`, the path that they were found in.
    ///
    /// Ends early if `path` is another one, too short for a range or cut inside a character.
    pub fn values(self, path: &str) -> impl Iterator<Item = &str> {
        self.ranges().map_while(|range| path.get(range))
    }

    pub(crate) fn len(self) -> usize {
        usize::from(self.count)
    }

    /// Appends a span. At most [`MAX_PARAMETERS`] fit, and no resource path has more.
    pub(crate) fn push(&mut self, span: Span) {
        self.spans[self.len()] = span;
        self.count += 1;
    }

    /// Takes back what was pushed since there were `len`.
    pub(crate) fn truncate(&mut self, len: usize) {
        while self.len() > len {
            self.count -= 1;
            self.spans[self.len()] = Span::default();
        }
    }
}

impl fmt::Debug for Spans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ranges()).finish()
    }
}

/// A range of a text that is at most [`u16::MAX`] bytes long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Span {
    start: u16,
    end: u16,
}

impl Span {
    /// The span `start..end`; both are positions in a text whose length was checked.
    pub(crate) fn new(start: usize, end: usize) -> Self {
        debug_assert!(
            start <= end && end <= usize::from(u16::MAX),
            "{start}..{end}"
        );
        Self {
            start: start as u16,
            end: end as u16,
        }
    }

    pub(crate) fn range(self) -> Range<usize> {
        usize::from(self.start)..usize::from(self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(ranges: &[Range<usize>]) -> Spans {
        let mut spans = Spans::default();
        for range in ranges {
            spans.push(Span::new(range.start, range.end));
        }
        spans
    }

    #[test]
    fn values_are_cut_from_the_path() {
        let spans = spans(&[1..3, 4..7]);
        assert_eq!(spans.values("/ab/cde").collect::<Vec<_>>(), ["ab", "cde"]);
    }

    #[test]
    fn a_wrong_path_ends_the_values() {
        let spans = spans(&[1..3, 4..7]);
        assert_eq!(spans.values("/ab").collect::<Vec<_>>(), ["ab"]);
        assert_eq!(spans.values("/aé/xyz").count(), 0);
    }

    #[test]
    fn what_was_truncated_leaves_no_trace() {
        let mut truncated = spans(&[1..3, 4..7, 8..9]);
        truncated.truncate(2);
        assert_eq!(truncated, spans(&[1..3, 4..7]));
    }

    #[test]
    fn as_many_fit_as_promised() {
        let full = spans(&vec![1..2; MAX_PARAMETERS]);
        assert_eq!(full.ranges().count(), MAX_PARAMETERS);
    }
}
