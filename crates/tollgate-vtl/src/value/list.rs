//! Lists with Java's reference semantics.

use std::cell::{Ref, RefCell, RefMut};
use std::fmt;
use std::rc::{Rc, Weak};

use super::map::WeakMap;
use super::{Value, release};

/// A list, shared by all its clones.
#[derive(Clone)]
pub struct List<'a>(Rc<Data<'a>>);

/// How a list prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListStyle {
    /// `[a, b]`, as Java's own lists.
    #[default]
    Java,
    /// `["a","b"]`, as the lists Amazon API Gateway reads from a JSON body.
    Json,
}

/// What a list is in Java, which decides on the methods it has.
#[derive(Clone, Default)]
pub(crate) enum Kind<'a> {
    /// An `ArrayList`.
    #[default]
    List,
    /// A range of Velocity 2.x, which cannot be changed.
    Range,
    /// An array, whose length is fixed.
    Array,
    /// What an iterator has yet to give.
    Iterator,
    /// A part of another list from an index on, which changes with it.
    Part(WeakList<'a>, usize),
    /// A view of a map, which changes with it.
    View(View, Option<WeakMap<'a>>),
}

/// What of a map a view shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    Keys,
    Values,
    Entries,
}

/// A list that is not kept alive.
#[derive(Clone)]
pub(crate) struct WeakList<'a>(Weak<Data<'a>>);

impl<'a> WeakList<'a> {
    pub(crate) fn upgrade(&self) -> Option<List<'a>> {
        self.0.upgrade().map(List)
    }
}

struct Data<'a> {
    style: ListStyle,
    kind: Kind<'a>,
    items: RefCell<Vec<Value<'a>>>,
}

impl<'a> List<'a> {
    /// A list of `items` that prints in `style`.
    #[must_use]
    pub fn new(items: Vec<Value<'a>>, style: ListStyle) -> Self {
        Self(Rc::new(Data {
            style,
            kind: Kind::List,
            items: RefCell::new(items),
        }))
    }

    /// Something of Java that Velocity treats as a list.
    pub(crate) fn of_kind(items: Vec<Value<'a>>, style: ListStyle, kind: Kind<'a>) -> Self {
        Self(Rc::new(Data {
            style,
            kind,
            items: RefCell::new(items),
        }))
    }

    pub(crate) fn kind(&self) -> &Kind<'a> {
        &self.0.kind
    }

    pub(crate) fn downgrade(&self) -> WeakList<'a> {
        WeakList(Rc::downgrade(&self.0))
    }

    /// How this list prints.
    #[must_use]
    pub fn style(&self) -> ListStyle {
        self.0.style
    }

    /// Number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items().len()
    }

    /// Whether there are no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items().is_empty()
    }

    /// The item at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Value<'a>> {
        self.items().get(index).cloned()
    }

    /// Replaces the item at `index` and returns the old one; `None` if there is no such item.
    #[expect(clippy::must_use_candidate, reason = "called for its effect")]
    pub fn set(&self, index: usize, value: Value<'a>) -> Option<Value<'a>> {
        let mut items = self.items_mut();
        let item = items.get_mut(index)?;
        Some(std::mem::replace(item, value))
    }

    /// Appends an item.
    pub fn push(&self, value: Value<'a>) {
        self.items_mut().push(value);
    }

    /// A copy of the items as they are now.
    #[must_use]
    pub fn to_vec(&self) -> Vec<Value<'a>> {
        self.items().clone()
    }

    /// Whether both are the same list, not merely equal ones.
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn items(&self) -> Ref<'_, Vec<Value<'a>>> {
        self.0.items.borrow()
    }

    pub(crate) fn items_mut(&self) -> RefMut<'_, Vec<Value<'a>>> {
        self.0.items.borrow_mut()
    }

    /// Whether nobody else holds this list.
    pub(super) fn is_own(&self) -> bool {
        Rc::strong_count(&self.0) == 1
    }

    pub(super) fn address(&self) -> usize {
        Rc::as_ptr(&self.0) as usize
    }

    /// The items, if nobody else holds this list.
    pub(super) fn unshared(&mut self) -> Option<&mut Vec<Value<'a>>> {
        Rc::get_mut(&mut self.0).map(|data| data.items.get_mut())
    }
}

impl<'a> FromIterator<Value<'a>> for List<'a> {
    fn from_iter<I: IntoIterator<Item = Value<'a>>>(items: I) -> Self {
        Self::new(items.into_iter().collect(), ListStyle::Java)
    }
}

impl fmt::Debug for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "List({} items)", self.len())
    }
}

impl Drop for Data<'_> {
    fn drop(&mut self) {
        release::release(std::mem::take(self.items.get_mut()));
    }
}
