//! Patterns that are a few characters in a row, matched without an automaton.
//!
//! Most patterns of templates are such: `\s+`, `[^a-z]`, `"`, `([aeiou])`. To set a search of an
//! automaton going takes longer than to look at a short text byte by byte.

use crate::{
    char_set::CharSet,
    spans::Spans,
    tree::{Count, Greed, Node},
};

/// Up to how many bytes a text is short: in a long one an automaton skips what cannot match.
pub(crate) const SHORT: usize = 1024;

/// How many characters a match must have at most, so that no byte is looked at more often.
const MAX_STEPS: usize = 4;

/// Characters in a row, of which the last may be repeated.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    steps: Vec<Step>,
    /// Before which step each group begins and before which it ends.
    groups: Vec<(usize, usize)>,
}

#[derive(Clone, Debug)]
struct Step {
    class: Class,
    min: u32,
    max: u32,
}

/// Where the steps of a match begin, and where the last ends.
type Bounds = [usize; MAX_STEPS + 1];

impl Row {
    /// The row that a pattern is; `None` if it is anything else.
    pub(crate) fn new(tree: &Node) -> Option<Self> {
        let mut row = Self {
            steps: Vec::new(),
            groups: Vec::new(),
        };
        row.add(tree)?;
        let least = row.steps.iter().map(|step| step.min.max(1) as usize).sum();
        (1..=MAX_STEPS).contains(&least).then_some(row)
    }

    fn add(&mut self, node: &Node) -> Option<()> {
        match node {
            Node::Empty => {}
            Node::Concat(parts) => parts.iter().try_for_each(|part| self.add(part))?,
            Node::Capture { body, .. } => {
                let group = self.groups.len();
                self.groups.push((self.steps.len(), 0));
                self.add(body)?;
                self.groups[group].1 = self.steps.len();
            }
            Node::Repeat { body, count, greed } => {
                let Count { min, max } = *count;
                let max = match greed {
                    Greed::Greedy => max,
                    // Nothing follows for which it would have to take more.
                    Greed::Lazy => min,
                    Greed::Possessive => return None,
                };
                self.step(body, min, max)?;
            }
            single => self.step(single, 1, 1)?,
        }
        Some(())
    }

    fn step(&mut self, node: &Node, min: u32, max: u32) -> Option<()> {
        let class = Class::new(&characters(node)?);
        if self.steps.last().is_some_and(|last| last.min != last.max) {
            return None;
        }
        self.steps.push(Step { class, min, max });
        Some(())
    }

    pub(crate) fn has_groups(&self) -> bool {
        !self.groups.is_empty()
    }

    /// The first match that starts at `from` or later.
    pub(crate) fn find(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        self.search(text, from, &mut Bounds::default())
    }

    /// Notes the first match that starts at `from` or later, and its groups.
    pub(crate) fn captures(
        &self,
        text: &str,
        from: usize,
        spans: &mut Spans,
    ) -> Option<(usize, usize)> {
        let mut bounds = Bounds::default();
        let whole = self.search(text, from, &mut bounds)?;
        spans.clear();
        spans.push(Some(whole));
        for &(first, last) in &self.groups {
            spans.push(Some((bounds[first], bounds[last])));
        }
        Some(whole)
    }

    fn search(&self, text: &str, from: usize, bounds: &mut Bounds) -> Option<(usize, usize)> {
        let first = self.steps.first()?;
        let bytes = text.as_bytes();
        let mut start = from;
        loop {
            if first.min > 0 {
                start += bytes[start..]
                    .iter()
                    .position(|&byte| first.class.may_begin(byte))?;
            }
            if let Some(end) = self.match_at(text, start, bounds) {
                return Some((start, end));
            }
            start += width(*bytes.get(start)?);
        }
    }

    /// Where a match that starts at `start` ends.
    fn match_at(&self, text: &str, start: usize, bounds: &mut Bounds) -> Option<usize> {
        bounds[0] = start;
        let mut at = start;
        for (index, Step { class, min, max }) in self.steps.iter().enumerate() {
            let mut count = 0;
            while count < *max
                && let Some(width) = class.width_at(text, at)
            {
                at += width;
                count += 1;
            }
            if count < *min {
                return None;
            }
            bounds[index + 1] = at;
        }
        Some(at)
    }
}

/// The characters that a node matches, if it matches just one.
fn characters(node: &Node) -> Option<CharSet> {
    match node {
        Node::Char(ch) => Some(CharSet::new(&[(*ch, *ch)])),
        Node::Set(set) => Some(set.clone()),
        Node::Alternation(branches) => branches.iter().try_fold(CharSet::empty(), |all, branch| {
            Some(all.union(&characters(branch)?))
        }),
        _ => None,
    }
}

/// A set of characters, quick to ask about those of ASCII.
#[derive(Clone, Debug)]
struct Class {
    ascii: [bool; 128],
    /// The whole set, if there is more in it.
    beyond: Option<CharSet>,
}

impl Class {
    fn new(set: &CharSet) -> Self {
        let mut ascii = [false; 128];
        for (entry, byte) in ascii.iter_mut().zip(0_u8..) {
            *entry = set.contains(byte.into());
        }
        let beyond = set.ranges().any(|(_, last)| !last.is_ascii());
        Self {
            ascii,
            beyond: beyond.then(|| set.clone()),
        }
    }

    /// Whether a character of the set can begin with this byte; not for one in the middle of a
    /// character.
    fn may_begin(&self, byte: u8) -> bool {
        match self.ascii.get(usize::from(byte)) {
            Some(&known) => known,
            None => byte >= 0xc0 && self.beyond.is_some(),
        }
    }

    /// How many bytes the character at `at` has, if it is in the set.
    fn width_at(&self, text: &str, at: usize) -> Option<usize> {
        let byte = *text.as_bytes().get(at)?;
        if let Some(&known) = self.ascii.get(usize::from(byte)) {
            return known.then_some(1);
        }
        let ch = text[at..].chars().next()?;
        let known = self.beyond.as_ref()?.contains(ch);
        known.then_some(ch.len_utf8())
    }
}

/// How many bytes the character has that begins with this one.
fn width(first: u8) -> usize {
    match first {
        0..=0x7f => 1,
        0x80..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0.. => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::Row;
    use crate::parse::parse;

    #[test]
    fn knows_rows() {
        for (pattern, expected) in [
            ("a", true),
            (r"([aeiou])", true),
            (r"\s+", true),
            ("(a)(b*)", true),
            ("((x)y{1,3}?)", true),
            ("a|[bc]", true),
            ("x*", true),
            (r"\d{4}", true),
            (r"\d{5}", false),
            ("abcde", false),
            ("a+b", false),
            ("(?:ab)+", false),
            ("(a)+", false),
            ("^a", false),
            ("", false),
            ("ab|c", false),
            ("(a|b)", true),
            ("(a)|b", false),
        ] {
            let parsed = parse(pattern).expect(pattern);
            assert_eq!(Row::new(&parsed.tree).is_some(), expected, "{pattern}");
        }
    }
}
