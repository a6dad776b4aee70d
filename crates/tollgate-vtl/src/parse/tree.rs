//! The parse tree, flat and the same for every grammar.

use pest::RuleType;
use pest::iterators::{Pair, Pairs};

use super::Kind;

/// A parsed text.
pub(crate) struct Tree<'s> {
    text: &'s str,
    /// The nodes, each before its children.
    nodes: Vec<Record>,
}

struct Record {
    kind: Kind,
    start: u32,
    end: u32,
    /// Index of the first node that is not inside this one.
    next: u32,
}

impl<'s> Tree<'s> {
    pub(super) fn new<R: RuleType + Into<Kind>>(text: &'s str, pairs: Pairs<'s, R>) -> Self {
        let mut tree = Self {
            text,
            nodes: Vec::new(),
        };
        // The one pair is the whole template.
        for item in pairs.flat_map(Pair::into_inner) {
            tree.add(item);
        }
        tree
    }

    fn add<R: RuleType + Into<Kind>>(&mut self, pair: Pair<'s, R>) {
        let span = pair.as_span();
        let index = self.nodes.len();
        self.nodes.push(Record {
            kind: pair.as_rule().into(),
            start: span.start() as u32,
            end: span.end() as u32,
            next: 0,
        });
        for child in pair.into_inner() {
            self.add(child);
        }
        self.nodes[index].next = self.nodes.len() as u32;
    }

    /// The items of the template.
    pub(crate) fn items(&self) -> Children<'_> {
        Children {
            tree: self,
            next: 0,
            end: self.nodes.len() as u32,
        }
    }
}

/// One node of a tree.
#[derive(Clone, Copy)]
pub(crate) struct Node<'t> {
    tree: &'t Tree<'t>,
    index: u32,
}

impl<'t> Node<'t> {
    fn record(self) -> &'t Record {
        &self.tree.nodes[self.index as usize]
    }

    pub(crate) fn kind(self) -> Kind {
        self.record().kind
    }

    /// Where the node begins, in bytes.
    pub(crate) fn start(self) -> u32 {
        self.record().start
    }

    /// Where the node ends, in bytes.
    pub(crate) fn end(self) -> u32 {
        self.record().end
    }

    /// The text of the node.
    pub(crate) fn text(self) -> &'t str {
        &self.tree.text[self.start() as usize..self.end() as usize]
    }

    pub(crate) fn children(self) -> Children<'t> {
        Children {
            tree: self.tree,
            next: self.index + 1,
            end: self.record().next,
        }
    }

    /// The first child, for nodes to which the grammar gives one.
    pub(crate) fn only_child(self) -> Self {
        let child = self.children().next();
        child.expect("the grammar gives this node a child")
    }

    /// The first children, for nodes to which the grammar gives as many.
    pub(crate) fn first_children<const N: usize>(self) -> [Self; N] {
        let mut children = self.children();
        std::array::from_fn(|_| {
            children
                .next()
                .expect("the grammar gives this node enough children")
        })
    }
}

/// Nodes side by side.
#[derive(Clone, Copy)]
pub(crate) struct Children<'t> {
    tree: &'t Tree<'t>,
    next: u32,
    end: u32,
}

impl<'t> Iterator for Children<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        if self.next >= self.end {
            return None;
        }
        let node = Node {
            tree: self.tree,
            index: self.next,
        };
        self.next = node.record().next;
        Some(node)
    }
}
