//! How much a search on an automaton takes, which the `regex` crate does not tell.
//!
//! A search looks further than its match where a longer way to match is open: `a*b|a` looks through
//! all of `aaaa` to find the first letter, and does so again for each. And an automaton that is made
//! as it runs can need a new state for each byte: `[ab]*a[ab]{99}` does.

use std::sync::OnceLock;

use regex_automata::{
    Input,
    hybrid::dfa::{Cache, DFA},
    nfa::thompson,
    util::syntax,
};

use crate::{linear::MAX_COMPILED_SIZE, parse::MAX_NESTING, tree::Node};

/// Up to how many bytes are not measured: the worst is taken for granted.
const FEW_BYTES: usize = 256;

/// Up to how many characters a pattern has no more states than can be kept.
const FEW_POSITIONS: usize = 12;

/// What is known of the cost of one translation of a pattern.
#[derive(Clone, Debug)]
pub(crate) struct Gauge {
    /// As the `regex` crate takes it.
    source: Box<str>,
    /// Of how many characters a match can be made, with counted repetitions written out.
    positions: usize,
    /// Whether a search ends where its match does, and no state of the automaton is lost.
    is_plain: bool,
    /// For measuring, made when first used; none if it does not fit into memory.
    dfa: OnceLock<Option<DFA>>,
}

impl Gauge {
    pub(crate) fn new(tree: &Node, source: &str) -> Self {
        let positions = tree.positions();
        Self {
            source: source.into(),
            positions,
            is_plain: positions <= FEW_POSITIONS && !looks_ahead(tree),
            dfa: OnceLock::new(),
        }
    }

    /// Whether a search ends where its match does, and no state of the automaton is lost.
    pub(crate) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Bytes looked at to find the groups of a match, each once for each character of the pattern.
    pub(crate) fn groups(&self, matched: usize) -> u64 {
        (matched as u64).saturating_mul(self.positions as u64)
    }

    /// Ready to measure searches.
    pub(crate) fn ready(&self) -> Measure<'_> {
        Measure {
            gauge: self,
            cache: None,
        }
    }

    /// The most that a search can take.
    fn worst(&self, bytes: usize) -> u64 {
        (bytes as u64).saturating_mul(1 + self.positions as u64 / 16)
    }

    fn dfa(&self) -> Option<&DFA> {
        let build = || {
            DFA::builder()
                .configure(
                    DFA::config()
                        .unicode_word_boundary(true)
                        .skip_cache_capacity_check(true),
                )
                .syntax(syntax::Config::new().nest_limit(8 * MAX_NESTING as u32))
                .thompson(thompson::Config::new().nfa_size_limit(Some(2 * MAX_COMPILED_SIZE)))
                .build(&self.source)
                .ok()
        };
        self.dfa.get_or_init(build).as_ref()
    }
}

/// Measures searches in one text.
pub(crate) struct Measure<'g> {
    gauge: &'g Gauge,
    cache: Option<Box<Cache>>,
}

impl Measure<'_> {
    /// What the search from `from` on takes whose match ends at `end`: about the bytes that are
    /// looked at, and those of the states made for them.
    pub(crate) fn search(&mut self, text: &str, from: usize, end: Option<usize>) -> u64 {
        if self.gauge.is_plain {
            return (end.unwrap_or(text.len()) - from) as u64;
        }
        let rest = text.len() - from;
        if rest <= FEW_BYTES {
            return self.gauge.worst(rest);
        }
        self.walk(text, from)
            .unwrap_or_else(|| self.gauge.worst(rest))
    }

    /// Walks the automaton until it knows the match; none where it cannot.
    fn walk(&mut self, text: &str, from: usize) -> Option<u64> {
        let dfa = self.gauge.dfa()?;
        let cache = self
            .cache
            .get_or_insert_with(|| Box::new(dfa.create_cache()));
        let before = built(dfa, cache);
        let input = Input::new(text).range(from..);
        let mut state = dfa.start_state_forward(cache, &input).ok()?;
        let mut looked_at = 0;
        for &byte in &text.as_bytes()[from..] {
            looked_at += 1;
            state = dfa.next_state(cache, state, byte).ok()?;
            if state.is_dead() {
                break;
            }
            if state.is_quit() {
                return None;
            }
        }
        Some(looked_at + built(dfa, cache).saturating_sub(before))
    }
}

/// Bytes of all states made so far.
fn built(dfa: &DFA, cache: &Cache) -> u64 {
    let cleared = dfa.get_config().get_cache_capacity() as u64 * cache.clear_count() as u64;
    cleared + cache.memory_usage() as u64
}

/// Whether a search may go on behind the end of its match, to see whether a preferred way to match
/// leads to an end; false where what goes on matches, too.
fn looks_ahead(tree: &Node) -> bool {
    match tree {
        Node::Concat(parts) => match parts.split_last() {
            Some((last, before)) => !before.iter().all(is_single) || looks_ahead(last),
            None => false,
        },
        Node::Repeat { body, .. } => !is_single(body),
        Node::Alternation(branches) => !branches.iter().all(is_single),
        Node::Capture { body, .. } => looks_ahead(body),
        other => !is_single(other),
    }
}

/// Whether a node is one character, or none.
fn is_single(node: &Node) -> bool {
    match node {
        Node::Empty | Node::Char(_) | Node::Set(_) | Node::Assertion(_) => true,
        Node::Capture { body, .. } => is_single(body),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::parse;

    #[test]
    fn knows_which_searches_end_with_their_match() {
        for (pattern, expected) in [
            ("a", false),
            (r"\s+", false),
            ("[^a-z]", false),
            ("a|b", false),
            (", *", false),
            ("(x)y*?", false),
            ("a*b|a", true),
            ("a(.*b)?", true),
            ("(?:a.*)+", true),
            ("a*b", true),
            ("a*$", true),
        ] {
            let parsed = parse(pattern).expect(pattern);
            assert_eq!(looks_ahead(&parsed.tree), expected, "{pattern}");
        }
    }
}
