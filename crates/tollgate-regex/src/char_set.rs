//! Sets of characters.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

/// A set of Unicode scalar values, as sorted ranges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CharSet(ClassUnicode);

impl CharSet {
    pub(crate) fn empty() -> Self {
        Self(ClassUnicode::empty())
    }

    pub(crate) fn new(ranges: &[(char, char)]) -> Self {
        let ranges = ranges
            .iter()
            .map(|&(first, last)| ClassUnicodeRange::new(first, last));
        Self(ClassUnicode::new(ranges))
    }

    /// The code points from `first` to `last`, without the surrogates, which no text of ours has.
    pub(crate) fn of_code_points(first: u32, last: u32) -> Self {
        let first = (first..=0x10_FFFF).find_map(char::from_u32);
        let last = (0..=last).rev().find_map(char::from_u32);
        match (first, last) {
            (Some(first), Some(last)) if first <= last => Self::new(&[(first, last)]),
            _ => Self::empty(),
        }
    }

    /// What `class` matches, written in the syntax of the `regex` crate.
    ///
    /// `None` if there is no such class.
    pub(crate) fn named(class: &str) -> Option<Self> {
        let parsed = regex_syntax::parse(class).ok()?;
        match parsed.kind() {
            HirKind::Class(Class::Unicode(set)) => Some(Self(set.clone())),
            HirKind::Class(Class::Bytes(set)) => set.to_unicode_class().map(Self),
            HirKind::Literal(literal) => {
                let text = std::str::from_utf8(&literal.0).ok()?;
                let mut chars = text.chars();
                let only = chars.next()?;
                chars.next().is_none().then(|| Self::new(&[(only, only)]))
            }
            _ => None,
        }
    }

    pub(crate) fn insert(&mut self, first: char, last: char) {
        self.0.push(ClassUnicodeRange::new(first, last));
    }

    #[must_use]
    pub(crate) fn union(mut self, other: &Self) -> Self {
        self.0.union(&other.0);
        self
    }

    #[must_use]
    pub(crate) fn intersection(mut self, other: &Self) -> Self {
        self.0.intersect(&other.0);
        self
    }

    #[must_use]
    pub(crate) fn negated(mut self) -> Self {
        self.0.negate();
        self
    }

    pub(crate) fn ranges(&self) -> impl Iterator<Item = (char, char)> {
        self.0.iter().map(|range| (range.start(), range.end()))
    }

    pub(crate) fn contains(&self, ch: char) -> bool {
        let ranges = self.0.ranges();
        let after = ranges.partition_point(|range| range.start() <= ch);
        after > 0 && ch <= ranges[after - 1].end()
    }
}

#[cfg(test)]
mod tests {
    use super::CharSet;

    #[test]
    fn leaves_out_the_surrogates() {
        assert_eq!(CharSet::of_code_points(0xD800, 0xDFFF), CharSet::empty());
        let around = CharSet::of_code_points(0xD7FF, 0xE000);
        assert!(around.contains('\u{D7FF}') && around.contains('\u{E000}'));
        assert!(!around.contains('\u{D7FE}') && !around.contains('\u{E001}'));
    }

    #[test]
    fn knows_the_classes_of_unicode() {
        let letters = CharSet::named(r"\p{L}").expect("it exists");
        assert!(letters.contains('é') && !letters.contains('1'));
        assert_eq!(CharSet::named(r"\p{Nope}"), None);
    }
}
