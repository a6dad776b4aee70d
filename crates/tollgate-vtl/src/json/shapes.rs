//! The shapes of objects inside lists, which tend to be alike.

use std::rc::Rc;

use crate::value::{FEW, Map, Shape, Str, Value, starts_with, weight};

/// How many nodes are made for a list that stands in no other: enough for what is alike, and little
/// for what is not.
const MOST_NODES: usize = 256;

/// How many members are told apart behind the same ones before.
const MOST_BRANCHES: usize = 4;

/// The number of a node.
pub(super) type Place = usize;

/// The place of what stands in no list, and of what is not there.
pub(super) const NOWHERE: Place = usize::MAX;

/// A tree of the members that came one behind the other in objects at the same place, as many paths
/// as there are kinds of them.
pub(super) struct Shapes<'t, 'a>(Vec<Node<'t, 'a>>);

/// A member behind those before it, or a place: the start of an object's path and the items of a
/// list.
struct Node<'t, 'a> {
    /// What the text has from the value before to the value: `,"name":`.
    lead: &'t str,
    name: Str<'a>,
    /// What the reader accounts for the name.
    weight: usize,
    /// The member before.
    before: Place,
    /// A member that came instead.
    other: Place,
    /// A member that came next.
    next: Place,
    /// The place inside its value.
    inner: Place,
    /// Whether an object ended here.
    seen: bool,
    /// The shape of objects that end here.
    shape: Option<Rc<Shape<'a>>>,
}

impl<'t, 'a> Shapes<'t, 'a> {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    /// The place inside the value at another; nowhere if there are enough already.
    #[inline]
    pub(super) fn inside(&mut self, place: Place) -> Place {
        match self.0.get(place) {
            Some(node) if node.inner != NOWHERE => node.inner,
            _ => self.add_inside(place),
        }
    }

    fn add_inside(&mut self, place: Place) -> Place {
        let inner = self.add("", "".into(), NOWHERE);
        if let Some(node) = self.0.get_mut(place) {
            node.inner = inner;
        }
        inner
    }

    /// Forgets the places inside a list that stands in no other.
    pub(super) fn forget(&mut self, list: Place) {
        self.0.truncate(list);
    }

    /// The member behind `last` that the text goes on with, if one is written as it was before: its
    /// place, the length of what leads to its value, and what that takes.
    #[inline(always)]
    pub(super) fn expected(&self, last: Place, text: &[u8]) -> Option<(Place, usize, usize)> {
        let mut next = self.0.get(last)?.next;
        while let Some(node) = self.0.get(next) {
            if starts_with(text, node.lead.as_bytes()) {
                return Some((next, node.lead.len(), node.weight));
            }
            next = node.other;
        }
        None
    }

    /// The member of a name behind `last`, the last of `before` members, as which it is kept from
    /// now on. Nowhere if there are too many, or if a member before it has the name.
    #[cold]
    pub(super) fn member(
        &mut self,
        last: Place,
        before: usize,
        lead: &'t str,
        name: &Str<'a>,
    ) -> Place {
        let Some(node) = self.0.get(last) else {
            return NOWHERE;
        };
        let (mut next, mut branches) = (node.next, 0);
        while let Some(node) = self.0.get(next) {
            if node.name == *name {
                return next;
            }
            next = node.other;
            branches += 1;
        }
        let is_new = || self.names(last).take(before).all(|other| other != name);
        if branches == MOST_BRANCHES || before == FEW || !is_new() {
            return NOWHERE;
        }
        let other = self.0[last].next;
        let member = self.add(lead, name.clone(), last);
        if let Some(node) = self.0.get_mut(member) {
            node.other = other;
            self.0[last].next = member;
        }
        member
    }

    fn add(&mut self, lead: &'t str, name: Str<'a>, before: Place) -> Place {
        if self.0.len() == MOST_NODES {
            return NOWHERE;
        }
        self.0.push(Node {
            lead,
            weight: weight::of_part(&name) + weight::ITEM,
            name,
            before,
            other: NOWHERE,
            next: NOWHERE,
            inner: NOWHERE,
            seen: false,
            shape: None,
        });
        self.0.len() - 1
    }

    /// The names of the members up to `last`, that one first.
    pub(super) fn names(&self, last: Place) -> impl Iterator<Item = &Str<'a>> {
        let last = self.0.get(last);
        let nodes = std::iter::successors(last, |node| self.0.get(node.before));
        nodes.map(|node| &node.name)
    }

    /// An object whose last member is `last`, and whose values are the items from one on.
    #[inline]
    pub(super) fn object(
        &mut self,
        last: Place,
        items: &mut Vec<Value<'a>>,
        from: usize,
    ) -> Map<'a> {
        match self.0.get(last) {
            Some(Node {
                shape: Some(shape), ..
            }) => Map::alike(shape.clone(), items.split_off(from).into()),
            _ => self.object_of_new_shape(last, items, from),
        }
    }

    /// An object of a kind that has no shape so far. The first shares nothing: it may be the only one,
    /// and what a shape takes is only accounted for by what it spares.
    #[cold]
    fn object_of_new_shape(
        &mut self,
        last: Place,
        items: &mut Vec<Value<'a>>,
        from: usize,
    ) -> Map<'a> {
        let values = items.drain(from..);
        let mut names: Vec<_> = self.names(last).take(values.len()).cloned().collect();
        names.reverse();
        let Some(node) = self.0.get_mut(last).filter(|node| node.seen) else {
            if let Some(node) = self.0.get_mut(last) {
                node.seen = true;
            }
            return names.into_iter().zip(values).collect();
        };
        let shape = Shape::new(&names);
        node.shape = Some(shape.clone());
        Map::alike(shape, values.collect())
    }
}
