//! How far a look-behind reaches.

use super::MAX_PATTERN_LEN;
use crate::tree::{Count, Direction, Greed, Node};

/// The lengths at which a look-behind tries its body; `None` where Java refuses it.
///
/// Java takes a look-behind if the sums and products of lengths stay within an `int`, so that
/// `(?<=a*)` is fine and `(?<=(?:ab)*)` is not. Sums outside of repetitions wrap around unseen.
/// A repetition of a group that can match in several ways has no maximum for it at all.
pub(super) fn reach(body: &Node) -> Option<Direction> {
    let study = Study::of(body);
    let (min, max) = (study.min, study.max()?);
    Some(match u32::try_from(max) {
        Ok(max) if max >= min => Direction::Behind { min, max },
        // Wrapped around by a little more than one `*`, which has no effect in the end: the start
        // of the search wraps around as well.
        Err(_) if max.wrapping_sub(i32::MIN).unsigned_abs() <= MAX_PATTERN_LEN as u32 => {
            Direction::Behind {
                min,
                max: Count::UNBOUNDED,
            }
        }
        // As with `(?<=x*y*)`, Java then looks nowhere.
        _ => Direction::Behind {
            min: Count::UNBOUNDED,
            max: Count::UNBOUNDED,
        },
    })
}

struct Study {
    min: u32,
    /// The maximum up to the latest alternation, which Java starts anew after.
    settled: i32,
    /// The maximum since then; `None` if there is none.
    latest: Option<i32>,
}

impl Study {
    fn of(node: &Node) -> Self {
        let mut study = Self {
            min: 0,
            settled: 0,
            latest: Some(0),
        };
        study.add(node);
        study
    }

    fn max(&self) -> Option<i32> {
        self.latest.map(|latest| latest.wrapping_add(self.settled))
    }

    fn add(&mut self, node: &Node) {
        match node {
            Node::Empty | Node::Assertion(_) | Node::Look { .. } => {}
            // A grapheme cluster adds nothing to the maximum, so that Java finds none behind.
            Node::Grapheme => self.lengthen(1, 0),
            Node::Char(_) | Node::Set(_) => self.lengthen(1, 1),
            Node::LineBreak => self.lengthen(1, 2),
            Node::BackReference { .. } => self.latest = None,
            Node::Concat(parts) => parts.iter().for_each(|part| self.add(part)),
            Node::Capture { body, .. } | Node::Atomic(body) => self.add(body),
            Node::Alternation(branches) => {
                let studies: Vec<Self> = branches.iter().map(Self::of).collect();
                let min = studies.iter().map(|study| study.min).min();
                self.branch(min.unwrap_or(0), studies.iter().map(Self::max));
            }
            Node::Repeat { body, count, greed } => self.repeat(body, *count, *greed),
        }
    }

    fn branch(&mut self, min: u32, maxima: impl IntoIterator<Item = Option<i32>>) {
        self.min = self.min.saturating_add(min);
        let highest = maxima
            .into_iter()
            .try_fold(-1, |highest: i32, max| Some(highest.max(max?)));
        self.latest = self.latest.zip(highest).map(|(latest, highest)| {
            self.settled = self.settled.wrapping_add(latest).wrapping_add(highest);
            0
        });
    }

    fn repeat(&mut self, body: &Node, count: Count, greed: Greed) {
        let inner = Self::of(body);
        let single = matches!(
            body,
            Node::Char(_)
                | Node::Set(_)
                | Node::LineBreak
                | Node::Grapheme
                | Node::Empty
                | Node::Atomic(_)
        );
        if count == (Count { min: 0, max: 1 }) {
            if single {
                self.latest = self
                    .latest
                    .zip(inner.max())
                    .map(|(before, inner)| before.wrapping_add(inner));
            } else {
                self.branch(0, [inner.max(), Some(0)]);
            }
            return;
        }
        self.min = inner.min.saturating_mul(count.min).saturating_add(self.min);
        let loops = !single && !body.is_deterministic() && greed != Greed::Possessive;
        // Java does not look whether the length of `a*`, `a+` or `a{2,}` is too much.
        let unchecked = matches!(body, Node::Char(_) | Node::Set(_))
            && greed == Greed::Greedy
            && count.max == Count::UNBOUNDED;
        self.latest = match (self.latest, inner.max()) {
            (Some(before), Some(inner)) if !loops => {
                let total = inner
                    .wrapping_mul(count.max.cast_signed())
                    .wrapping_add(before);
                (unchecked || total >= before).then_some(total)
            }
            _ => None,
        };
    }

    fn lengthen(&mut self, min: u32, max: i32) {
        self.min = self.min.saturating_add(min);
        self.latest = self.latest.map(|before| before.wrapping_add(max));
    }
}
