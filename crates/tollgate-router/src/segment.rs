//! The segments of a request path, and the words that literals are looked up by.

use crate::{MAX_PATH_PARTS, MAX_REQUEST_PATH_LEN, request_path::is_absolute, spans::Span};

/// A request path without leading and trailing slashes.
pub(crate) struct Segments<'p> {
    text: &'p [u8],
    /// How many bytes of the path stand before `text`.
    offset: usize,
    lengths: Option<&'p mut Lengths>,
}

/// How long segments are, by depth; zero where that is not known yet.
///
/// A search comes back to a segment as often as the table has nodes at its depth. Where segments
/// are long, none is therefore walked twice. The last one is for what follows the longest resource
/// path that there can be: a search looks at it before it sees that nothing is below.
pub(crate) type Lengths = [u16; MAX_PATH_PARTS + 1];

/// Nothing known yet.
pub(crate) const NO_LENGTHS: Lengths = [0; MAX_PATH_PARTS + 1];

impl<'p> Segments<'p> {
    /// How long a path is whose segments are walked again, without [`Lengths`].
    pub(crate) const SHORT: usize = 512;

    /// `None` if the path is no request's: too long, or without a leading slash.
    pub(crate) fn of(path: &'p str, lengths: Option<&'p mut Lengths>) -> Option<Self> {
        if path.len() > MAX_REQUEST_PATH_LEN || !is_absolute(path) {
            return None;
        }
        let mut text = path.as_bytes();
        while let [b'/', rest @ ..] = text {
            text = rest;
        }
        let offset = path.len() - text.len();
        while let [rest @ .., b'/'] = text {
            text = rest;
        }
        Some(Self {
            text,
            offset,
            lengths,
        })
    }

    /// All there are; `None` where there are none.
    pub(crate) fn text(&self) -> Option<&'p [u8]> {
        (!self.text.is_empty()).then_some(self.text)
    }

    /// The first segment of `rest`, a part of the path that is not empty, after `depth` others.
    #[inline]
    pub(crate) fn first_of(&mut self, rest: &'p [u8], depth: usize) -> Segment<'p> {
        let first = load(self.text, rest);
        let slash = slashes(first);
        if slash != 0 {
            return Segment {
                rest,
                length: slash.trailing_zeros() as usize / 8,
                head: Head::exact(first & (slash ^ (slash - 1))),
            };
        }
        let length = self.long(rest, depth);
        let last = rest[..length]
            .last_chunk()
            .map_or(0, |last| u64::from_le_bytes(*last));
        Segment {
            rest,
            length,
            head: Head::hash(first, last),
        }
    }

    /// The span of the first `length` bytes of `rest`.
    pub(crate) fn span(&self, rest: &[u8], length: usize) -> Span {
        let start = self.offset + self.text.len() - rest.len();
        Span::new(start, start + length)
    }

    /// The length of a segment of eight bytes or more.
    #[inline]
    fn long(&mut self, rest: &[u8], depth: usize) -> usize {
        let Some((_, tail)) = rest.split_at_checked(8) else {
            return rest.len();
        };
        if tail.is_empty() {
            return 8;
        }
        let slash = slashes(load(self.text, tail));
        if slash != 0 {
            return 8 + slash.trailing_zeros() as usize / 8;
        }
        self.longer(rest, depth)
    }

    #[cold]
    fn longer(&mut self, rest: &[u8], depth: usize) -> usize {
        let length = || {
            let slash = rest.iter().position(|byte| *byte == b'/');
            slash.unwrap_or(rest.len())
        };
        match &mut self.lengths {
            None => length(),
            Some(lengths) => {
                if lengths[depth] == 0 {
                    lengths[depth] = length() as u16;
                }
                usize::from(lengths[depth])
            }
        }
    }
}

/// One segment of a path.
pub(crate) struct Segment<'p> {
    /// It and what follows it.
    rest: &'p [u8],
    length: usize,
    head: Head,
}

impl<'p> Segment<'p> {
    pub(crate) fn is_empty(&self) -> bool {
        self.length == 0
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// What follows the slash after it, which is not empty; `None` where there is no slash.
    #[inline]
    pub(crate) fn after(&self) -> Option<&'p [u8]> {
        self.rest.get(self.length + 1..)
    }

    pub(crate) fn bytes(&self) -> &'p [u8] {
        &self.rest[..self.length]
    }

    /// The word that it is looked up by.
    pub(crate) fn head(&self) -> Head {
        self.head
    }
}

/// A number that stands for a text, spread evenly over all there are.
///
/// It is made of up to seven bytes and the slash after them, or of a hash of a longer text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Head(u64);

impl Head {
    /// The head of a literal.
    pub(crate) fn of(literal: &str) -> Self {
        let text = literal.as_bytes();
        match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) => {
                Self::hash(u64::from_le_bytes(*first), u64::from_le_bytes(*last))
            }
            _ => Self::exact(
                text.iter()
                    .rev()
                    .fold(u64::from(b'/'), |word, byte| word << 8 | u64::from(*byte)),
            ),
        }
    }

    /// The head of no other text: multiplying by an odd number loses nothing, and the highest bit
    /// tells short texts, which end with a slash, from hashes.
    #[inline]
    fn exact(text: u64) -> Self {
        Self(text.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// Any mixture would do: it is made from both ends, as siblings such as `collection-1` and
    /// `collection-2` have one of them in common.
    #[inline]
    fn hash(first: u64, last: u64) -> Self {
        Self::exact((first.rotate_left(29) ^ last) | 1 << 63)
    }

    /// Which of `2^(64 - shift)` equal parts of all numbers this one is in; `shift` is below 64.
    #[inline]
    pub(crate) fn bucket(self, shift: u8) -> usize {
        (self.0 >> (shift & 63)) as usize
    }
}

const SLASHES: u64 = u64::from_ne_bytes([b'/'; 8]);

/// The first eight bytes of `rest`, which `text` ends with and which is not empty; the first one is
/// lowest, and slashes stand for those past the end.
#[inline]
fn load(text: &[u8], rest: &[u8]) -> u64 {
    if let Some(word) = rest.first_chunk() {
        return u64::from_le_bytes(*word);
    }
    if let Some(word) = text.last_chunk() {
        let known = 8 * rest.len() as u32;
        return u64::from_le_bytes(*word).unbounded_shr(64 - known) | SLASHES << known;
    }
    rest.iter()
        .rev()
        .fold(SLASHES, |word, byte| word << 8 | u64::from(*byte))
}

/// Has the highest bit of the first byte that is a slash as its lowest bit; zero without a slash.
#[inline]
fn slashes(word: u64) -> u64 {
    const LOWEST: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGHEST: u64 = u64::from_ne_bytes([0x80; 8]);
    let differing = word ^ SLASHES;
    differing.wrapping_sub(LOWEST) & !differing & HIGHEST
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(path: &str) -> Vec<&str> {
        let mut segments = Segments::of(path, None).unwrap();
        let mut found = Vec::new();
        let mut left = segments.text();
        while let Some(rest) = left {
            let segment = segments.first_of(rest, found.len());
            found.push(&path[segments.span(rest, segment.len()).range()]);
            left = segment.after();
        }
        found
    }

    #[test]
    fn paths_fall_into_segments() {
        for (path, expected) in [
            ("", vec![]),
            ("/", vec![]),
            ("///", vec![]),
            ("/a", vec!["a"]),
            ("//a//", vec!["a"]),
            ("/a/b", vec!["a", "b"]),
            ("/a//b", vec!["a", "", "b"]),
            (
                "/12345678/1234567/123456789/x",
                vec!["12345678", "1234567", "123456789", "x"],
            ),
            ("/1234567890123456", vec!["1234567890123456"]),
            ("/1234567890123456/", vec!["1234567890123456"]),
            ("/a/.0/0.", vec!["a", ".0", "0."]),
            ("/größe/\u{10ffff}", vec!["größe", "\u{10ffff}"]),
        ] {
            assert_eq!(split(path), expected, "{path}");
        }
    }

    #[test]
    fn a_head_depends_on_its_segment_alone() {
        let words = [
            "a",
            "b",
            "ab",
            "1234567",
            "12345678",
            "123456789",
            "a\0",
            "é",
        ];
        for word in words {
            for (before, after) in [("/", ""), ("/x/", "/y"), ("/x/", "/something-longer")] {
                let path = format!("{before}{word}{after}");
                let mut segments = Segments::of(&path, None).unwrap();
                let rest = &segments.text[before.len() - 1..];
                let head = segments.first_of(rest, 0).head();
                assert_eq!(head, Head::of(word), "{path}");
            }
            for other in words {
                assert_eq!(
                    Head::of(word) == Head::of(other),
                    word == other,
                    "{word} {other}"
                );
            }
        }
    }
}
