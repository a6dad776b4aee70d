//! Nodes of the resource tree, linked by number.

use std::num::NonZeroU32;

use crate::{MAX_PATH_PARTS, MAX_ROUTES, MethodKey, PathPart, Verb};

/// One resource of the tree: what may follow it, and what it answers itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Node {
    /// Sorted by text.
    literals: Vec<(Box<str>, NodeIx)>,
    pub(crate) parameter: Option<NodeIx>,
    pub(crate) greedy: Option<NodeIx>,
    pub(crate) methods: Methods,
}

impl Node {
    /// The child for a literal segment.
    pub(crate) fn literal(&self, segment: &[u8]) -> Option<NodeIx> {
        let at = self.locate(segment).ok()?;
        Some(self.literals[at].1)
    }

    /// The child of the same kind as `part`, whatever a parameter there is called.
    pub(crate) fn child(&self, part: PathPart<'_>) -> Option<NodeIx> {
        match part {
            PathPart::Literal(text) => self.literal(text.as_bytes()),
            PathPart::Parameter(_) => self.parameter,
            PathPart::Greedy(_) => self.greedy,
        }
    }

    /// Links a child for `part`, where there is none yet.
    pub(crate) fn link(&mut self, part: PathPart<'_>, child: NodeIx) {
        match part {
            PathPart::Literal(text) => {
                if let Err(at) = self.locate(text.as_bytes()) {
                    self.literals.insert(at, (text.into(), child));
                }
            }
            PathPart::Parameter(_) => self.parameter = Some(child),
            PathPart::Greedy(_) => self.greedy = Some(child),
        }
    }

    fn locate(&self, segment: &[u8]) -> Result<usize, usize> {
        self.literals
            .binary_search_by(|(text, _)| text.as_bytes().cmp(segment))
    }
}

/// The routes of one resource by method.
#[derive(Clone, Debug, Default)]
pub(crate) struct Methods {
    verbs: [Option<RouteIx>; Verb::ALL.len()],
    any: Option<RouteIx>,
}

impl Methods {
    /// The route that answers `verb`: its own, else that of `ANY`.
    pub(crate) fn select(&self, verb: Verb) -> Option<RouteIx> {
        self.verbs[verb as usize].or(self.any)
    }

    pub(crate) fn slot(&mut self, method: MethodKey) -> &mut Option<RouteIx> {
        match method {
            MethodKey::Verb(verb) => &mut self.verbs[verb as usize],
            MethodKey::Any => &mut self.any,
        }
    }
}

// Numbers count from one, so that an `Option` of them needs no more than four bytes. A full table
// stays far below what 32 bits can count.
const _: () = assert!(MAX_ROUTES * MAX_PATH_PARTS < u32::MAX as usize);

/// The number of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NodeIx(NonZeroU32);

impl NodeIx {
    pub(crate) const ROOT: Self = Self(NonZeroU32::MIN);

    pub(crate) fn new(position: usize) -> Self {
        Self(NonZeroU32::MIN.saturating_add(position as u32))
    }

    pub(crate) fn position(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// The number of a route, in the order of insertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RouteIx(NonZeroU32);

impl RouteIx {
    pub(crate) fn new(position: usize) -> Self {
        Self(NonZeroU32::MIN.saturating_add(position as u32))
    }

    pub(crate) fn position(self) -> usize {
        self.0.get() as usize - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_fills_one_cache_line() {
        assert_eq!(size_of::<Node>(), 64);
    }

    #[test]
    fn literals_are_found_in_any_order_of_linking() {
        let mut node = Node::default();
        for (position, text) in ["b", "a", "ab", "~", "A"].into_iter().enumerate() {
            node.link(PathPart::Literal(text), NodeIx::new(position + 1));
        }
        for (segment, expected) in [
            ("b", Some(1)),
            ("a", Some(2)),
            ("ab", Some(3)),
            ("~", Some(4)),
            ("A", Some(5)),
        ]
        .into_iter()
        .chain([("", None), ("abc", None), ("B", None)])
        {
            assert_eq!(
                node.literal(segment.as_bytes()).map(NodeIx::position),
                expected,
                "{segment}"
            );
        }
    }
}
