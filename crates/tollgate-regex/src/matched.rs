//! Matches, their groups, and the way from one match to the next.

use std::{collections::HashMap, fmt, ops::Range};

use crate::{Pattern, StepLimit, backtrack::Machine, linear::Searcher, spans::Spans};

/// A part of a text that matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match<'t> {
    text: &'t str,
    start: usize,
    end: usize,
}

impl<'t> Match<'t> {
    /// Where it starts, in bytes.
    #[must_use]
    pub fn start(&self) -> usize {
        self.start
    }

    /// Where it ends, in bytes.
    #[must_use]
    pub fn end(&self) -> usize {
        self.end
    }

    /// Both, in bytes.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// The part itself.
    #[must_use]
    pub fn as_str(&self) -> &'t str {
        &self.text[self.start..self.end]
    }
}

/// What the groups of a pattern matched.
#[derive(Clone)]
pub struct Captures<'p, 't> {
    text: &'t str,
    spans: Spans,
    names: &'p HashMap<String, usize>,
}

impl<'p, 't> Captures<'p, 't> {
    pub(crate) fn new(text: &'t str, spans: Spans, names: &'p HashMap<String, usize>) -> Self {
        Self { text, spans, names }
    }

    /// The group with this number, if there is one and it took part; 0 is the whole match.
    #[must_use]
    pub fn get(&self, group: usize) -> Option<Match<'t>> {
        let (start, end) = self.spans.get(group)?;
        Some(Match {
            text: self.text,
            start,
            end,
        })
    }

    /// The group with this name, if there is one and it took part.
    #[must_use]
    pub fn name(&self, name: &str) -> Option<Match<'t>> {
        self.get(*self.names.get(name)?)
    }

    /// All groups in the order of their numbers, from the whole match on.
    pub fn iter(&self) -> impl Iterator<Item = Option<Match<'t>>> + '_ {
        (0..self.spans.len()).map(|group| self.get(group))
    }
}

impl fmt::Debug for Captures<'_, '_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}

/// The matches of a pattern in a text, from [`Pattern::find_iter`].
#[derive(Debug)]
pub struct FindIter<'p, 't> {
    search: Search<'p, 't>,
}

impl<'p, 't> FindIter<'p, 't> {
    pub(crate) fn new(pattern: &'p Pattern, text: &'t str) -> Self {
        let linear = pattern.linear().filter(|linear| linear.covers(text));
        Self {
            search: Search::new(
                pattern,
                text,
                linear.and_then(|linear| linear.searcher(text)),
            ),
        }
    }

    /// How much work the searches have taken so far, for callers who keep account: about how many
    /// bytes were looked at, or steps of backtracking taken.
    ///
    /// It can be more than the text has bytes. A search may have to look further than its match,
    /// which the next one looks at again.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.search.work()
    }
}

impl<'t> Iterator for FindIter<'_, 't> {
    type Item = Result<Match<'t>, StepLimit>;

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.search.text;
        let found = self.search.step(|engine, text, from| match engine {
            Engine::Linear(searcher) => Ok(searcher.find(text, from)),
            Engine::Backtracking(machine) => {
                Ok(machine.find(from)?.and_then(|spans| spans.whole()))
            }
        });
        Some(found?.map(|(start, end)| Match { text, start, end }))
    }
}

/// The groups of the matches of a pattern in a text, from [`Pattern::captures_iter`].
#[derive(Debug)]
pub struct CapturesIter<'p, 't> {
    captures: Captures<'p, 't>,
    search: Search<'p, 't>,
}

impl<'p, 't> CapturesIter<'p, 't> {
    pub(crate) fn new(pattern: &'p Pattern, text: &'t str) -> Self {
        let linear = pattern
            .linear()
            .filter(|linear| pattern.has_linear_captures() && linear.covers(text));
        Self {
            captures: pattern.captured(text, Spans::default()),
            search: Search::new(
                pattern,
                text,
                linear.and_then(|linear| linear.searcher(text)),
            ),
        }
    }

    /// Looks for the next match without handing out its groups; false if there is none.
    ///
    /// With [`captures`](Self::captures) it does what [`next`](Self::next) does, but in one place
    /// for all matches.
    ///
    /// # Errors
    ///
    /// [`StepLimit`] if that takes too much backtracking.
    pub fn advance(&mut self) -> Result<bool, StepLimit> {
        let spans = &mut self.captures.spans;
        let found = self.search.step(|engine, text, from| match engine {
            Engine::Linear(searcher) => Ok(searcher.captures(text, from, spans)),
            Engine::Backtracking(machine) => {
                *spans = machine.find(from)?.unwrap_or_default();
                Ok(spans.whole())
            }
        });
        found.transpose().map(|found| found.is_some())
    }

    /// The groups of the match that was found last; none before the first.
    #[must_use]
    pub fn captures(&self) -> &Captures<'p, 't> {
        &self.captures
    }

    /// How much work the searches have taken so far, for callers who keep account: about how many
    /// bytes were looked at, or steps of backtracking taken.
    ///
    /// It can be more than the text has bytes. A search may have to look further than its match,
    /// which the next one looks at again.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.search.work()
    }
}

impl<'p, 't> Iterator for CapturesIter<'p, 't> {
    type Item = Result<Captures<'p, 't>, StepLimit>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.advance() {
            Ok(true) => Some(Ok(self.captures.clone())),
            Ok(false) => None,
            Err(limit) => Some(Err(limit)),
        }
    }
}

/// A walk over a text by the rules of `Matcher.find()`.
struct Search<'p, 't> {
    text: &'t str,
    engine: Engine<'p, 't>,
    /// Where the next search starts; `None` after the last.
    from: Option<usize>,
}

enum Engine<'p, 't> {
    Linear(Searcher<'p>),
    Backtracking(Machine<'p, 't>),
}

impl<'p, 't> Search<'p, 't> {
    fn new(pattern: &'p Pattern, text: &'t str, searcher: Option<Searcher<'p>>) -> Self {
        let engine = match searcher {
            Some(searcher) => Engine::Linear(searcher),
            None => Engine::Backtracking(Machine::new(pattern.program(), text)),
        };
        Self {
            text,
            engine,
            from: Some(0),
        }
    }

    fn work(&self) -> u64 {
        match &self.engine {
            Engine::Linear(searcher) => searcher.work(),
            Engine::Backtracking(machine) => machine.work(),
        }
    }

    fn step(
        &mut self,
        find: impl FnOnce(
            &mut Engine<'p, 't>,
            &'t str,
            usize,
        ) -> Result<Option<(usize, usize)>, StepLimit>,
    ) -> Option<Result<(usize, usize), StepLimit>> {
        let from = self.from.take()?;
        let (start, end) = match find(&mut self.engine, self.text, from) {
            Ok(found) => found?,
            Err(limit) => return Some(Err(limit)),
        };
        self.from = if start < end {
            Some(end)
        } else {
            let passed = self.text[end..].chars().next();
            passed.map(|ch| end + ch.len_utf8())
        };
        Some(Ok((start, end)))
    }
}

impl fmt::Debug for Search<'_, '_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Search")
            .field("text", &self.text)
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}
