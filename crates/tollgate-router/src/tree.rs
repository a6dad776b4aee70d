//! The resource tree, packed for lookups.

use crate::{
    MAX_PATH_PARTS, MAX_RESOURCE_PATH_LEN, MAX_ROUTES, MethodKey, Verb,
    segment::{Head, Segment},
};

/// The nodes of a tree in breadth-first order.
///
/// The children of a node lie side by side: the literals in the order of their [`Head`]s, then the
/// parameter, then the greedy parameter. Heads are spread evenly, so a literal is looked for in the
/// bucket that its head falls in: as there are at least as many buckets as literals, each has about
/// one. (Whoever writes an API document can fill one bucket on purpose; those in it are compared
/// one by one.)
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub(crate) nodes: Box<[Node]>,
    /// Where each bucket's children start, and as the last one of a node, where its literals end.
    pub(crate) buckets: Box<[u32]>,
    /// The texts of literals of eight bytes or more.
    pub(crate) texts: Box<[u8]>,
    /// The routes of each node in the order of [`MethodKey`].
    pub(crate) answers: Box<[RouteIx]>,
}

// Positions are 32 bits wide: even a full table stays far below what they can count.
const _: () = assert!(MAX_ROUTES * MAX_PATH_PARTS < u32::MAX as usize);
const _: () = assert!(MAX_ROUTES * MAX_RESOURCE_PATH_LEN < u32::MAX as usize);
const _: () = assert!(MAX_RESOURCE_PATH_LEN < u16::MAX as usize);

/// One resource of the tree.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Node {
    /// What a literal is found by.
    pub(crate) head: Head,
    /// The position of the first bucket among [`Tree::buckets`].
    pub(crate) buckets: u32,
    /// The position of the first child that is no literal.
    pub(crate) others: u32,
    /// The position of the text among [`Tree::texts`].
    pub(crate) text: u32,
    /// The position of the first route among [`Tree::answers`].
    pub(crate) answers: u32,
    pub(crate) text_len: u16,
    /// What makes a bucket's number of a head; zero where there are no literals.
    pub(crate) shift: u8,
    /// What the resource itself answers.
    pub(crate) own: MethodSet,
    /// What it or a resource below it answers.
    pub(crate) reach: MethodSet,
    /// The reach of the child that is a parameter, empty where there is none.
    pub(crate) parameter: MethodSet,
    /// The reach of the child that is a greedy parameter, empty where there is none.
    pub(crate) greedy: MethodSet,
    /// The reach of both.
    pub(crate) forks: MethodSet,
}

impl Tree {
    pub(crate) fn root(&self) -> &Node {
        &self.nodes[0]
    }

    /// The child that is a parameter, if it leads to what is `wanted`.
    pub(crate) fn parameter(&self, node: &Node, wanted: MethodSet) -> Option<&Node> {
        node.parameter
            .meets(wanted)
            .then(|| &self.nodes[node.others as usize])
    }

    /// The child that is a greedy parameter, if it answers what is `wanted`.
    pub(crate) fn greedy(&self, node: &Node, wanted: MethodSet) -> Option<&Node> {
        let before = usize::from(!node.parameter.is_empty());
        node.greedy
            .meets(wanted)
            .then(|| &self.nodes[node.others as usize + before])
    }

    /// The child for a literal segment.
    #[inline(always)]
    pub(crate) fn literal(&self, node: &Node, segment: &Segment<'_>) -> Option<&Node> {
        if node.shift == 0 {
            return None;
        }
        let head = segment.head();
        let bucket = node.buckets as usize + head.bucket(node.shift);
        let end = *self.buckets.get(bucket + 1)? as usize;
        let start = *self.buckets.get(bucket)? as usize;
        self.nodes.get(start..end)?.iter().find(|child| {
            child.head == head && (segment.len() < 8 || same(self.text(child), segment.bytes()))
        })
    }

    fn text(&self, node: &Node) -> &[u8] {
        let start = node.text as usize;
        &self.texts[start..start + usize::from(node.text_len)]
    }

    /// The route of `node` that answers `verb`: its own, else that of `ANY`.
    pub(crate) fn answer(&self, node: &Node, verb: Verb) -> Option<RouteIx> {
        let rank = node.own.rank_for(verb)?;
        Some(self.answers[node.answers as usize + rank])
    }
}

/// Whether two texts of eight bytes or more are equal, without a call for the shorter ones.
#[inline]
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len()
        && one.first_chunk::<8>() == other.first_chunk()
        && one.last_chunk::<8>() == other.last_chunk()
        && (one.len() <= 16 || one == other)
}

/// A set of method keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MethodSet(u8);

impl MethodSet {
    const ANY: u8 = 1 << Verb::ALL.len();

    /// What answers `verb`: its own method, and `ANY`.
    pub(crate) fn answering(verb: Verb) -> Self {
        Self(1 << verb as u8 | Self::ANY)
    }

    pub(crate) fn insert(&mut self, method: MethodKey) {
        self.0 |= match method {
            MethodKey::Verb(verb) => 1 << verb as u8,
            MethodKey::Any => Self::ANY,
        };
    }

    pub(crate) fn join(&mut self, other: Self) {
        self.0 |= other.0;
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// How many methods of the set come before the one that answers `verb`.
    fn rank_for(self, verb: Verb) -> Option<usize> {
        let own = 1 << verb as u8;
        let chosen = if self.0 & own != 0 { own } else { Self::ANY };
        (self.0 & chosen != 0).then(|| (self.0 & (chosen - 1)).count_ones() as usize)
    }
}

/// The number of a route, in the order of insertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RouteIx(u32);

impl RouteIx {
    pub(crate) fn new(position: usize) -> Self {
        Self(position as u32)
    }

    pub(crate) fn position(self) -> usize {
        self.0 as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_small() {
        assert_eq!(size_of::<Node>(), 32);
    }

    #[test]
    fn an_own_verb_wins_over_any() {
        let mut set = MethodSet::default();
        assert_eq!(set.rank_for(Verb::Get), None);
        set.insert(MethodKey::Any);
        assert_eq!(set.rank_for(Verb::Get), Some(0));
        set.insert(Verb::Delete.into());
        set.insert(Verb::Get.into());
        for (verb, rank) in [(Verb::Delete, 0), (Verb::Get, 1), (Verb::Put, 2)] {
            assert_eq!(set.rank_for(verb), Some(rank), "{verb}");
        }
    }
}
