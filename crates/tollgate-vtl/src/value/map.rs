//! Maps with Java's reference semantics, in order of insertion.

use std::cell::{Ref, RefCell, RefMut};
use std::fmt;
use std::rc::{Rc, Weak};

#[cfg(feature = "json")]
use super::Shape;
use super::entries::Entries;
use super::key::{Key, KeyRef};
use super::{Value, release};

/// A map, shared by all its clones. Any value can be a key; lists and maps are keys by identity.
#[derive(Clone)]
pub struct Map<'a>(Rc<Data<'a>>);

/// A map that is not kept alive.
#[derive(Clone)]
pub(crate) struct WeakMap<'a>(Weak<Data<'a>>);

impl<'a> WeakMap<'a> {
    pub(crate) fn upgrade(&self) -> Option<Map<'a>> {
        self.0.upgrade().map(Map)
    }
}

struct Data<'a> {
    entries: RefCell<Entries<'a>>,
}

impl<'a> Map<'a> {
    /// An empty map.
    #[must_use]
    pub fn new() -> Self {
        Self::with_entries(Entries::default())
    }

    fn with_entries(entries: Entries<'a>) -> Self {
        let entries = RefCell::new(entries);
        Self(Rc::new(Data { entries }))
    }

    /// A map of as many values as a shape has keys.
    #[cfg(feature = "json")]
    pub(crate) fn alike(shape: Rc<Shape<'a>>, values: Box<[Value<'a>]>) -> Self {
        debug_assert_eq!(shape.keys().len(), values.len());
        Self::with_entries(Entries::Alike(shape, values))
    }

    /// Whether both have the same keys in memory.
    #[cfg(all(test, feature = "json"))]
    pub(crate) fn shares_keys(&self, other: &Self) -> bool {
        match (&*self.entries(), &*other.entries()) {
            (Entries::Alike(shape, _), Entries::Alike(other, _)) => Rc::ptr_eq(shape, other),
            _ => false,
        }
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries().len()
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries().is_empty()
    }

    /// The value under a string key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        Some(match self.entries().get(key)? {
            // Most are, and take no call.
            Value::Str(text) => Value::Str(text.clone()),
            value => value.clone(),
        })
    }

    /// The value under any key.
    #[must_use]
    pub fn get_value(&self, key: &Value<'a>) -> Option<Value<'a>> {
        match key {
            Value::Str(name) => self.get(name),
            _ => self.entries().get(&KeyRef(key)).cloned(),
        }
    }

    /// The entry at `index` in the order of insertion, key first.
    #[must_use]
    pub fn get_index(&self, index: usize) -> Option<(Value<'a>, Value<'a>)> {
        let entries = self.entries();
        let (key, value) = entries.get_index(index)?;
        Some((key.0.clone(), value.clone()))
    }

    /// Puts `value` under `key` and returns what was there before.
    pub fn insert(&self, key: impl Into<Value<'a>>, value: Value<'a>) -> Option<Value<'a>> {
        self.entries_mut().insert(Key(key.into()), value)
    }

    /// Takes out what is under `key`; the others keep their order.
    #[expect(clippy::must_use_candidate, reason = "called for its effect")]
    pub fn remove(&self, key: &Value<'a>) -> Option<Value<'a>> {
        self.entries_mut().remove(&KeyRef(key))
    }

    /// A copy of the entries as they are now.
    #[must_use]
    pub fn to_vec(&self) -> Vec<(Value<'a>, Value<'a>)> {
        self.entries()
            .iter()
            .map(|(key, value)| (key.0.clone(), value.clone()))
            .collect()
    }

    /// Whether both are the same map, not merely equal ones.
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn entries(&self) -> Ref<'_, Entries<'a>> {
        self.0.entries.borrow()
    }

    pub(crate) fn entries_mut(&self) -> RefMut<'_, Entries<'a>> {
        self.0.entries.borrow_mut()
    }

    pub(crate) fn downgrade(&self) -> WeakMap<'a> {
        WeakMap(Rc::downgrade(&self.0))
    }

    /// Whether nobody else holds this map.
    pub(super) fn is_own(&self) -> bool {
        Rc::strong_count(&self.0) == 1
    }

    pub(super) fn address(&self) -> usize {
        Rc::as_ptr(&self.0) as usize
    }

    /// The entries, if nobody else holds this map.
    pub(super) fn unshared(&mut self) -> Option<&mut Entries<'a>> {
        Rc::get_mut(&mut self.0).map(|data| data.entries.get_mut())
    }
}

impl Default for Map<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a, K: Into<Value<'a>>> FromIterator<(K, Value<'a>)> for Map<'a> {
    fn from_iter<I: IntoIterator<Item = (K, Value<'a>)>>(entries: I) -> Self {
        let entries = entries
            .into_iter()
            .map(|(key, value)| (Key(key.into()), value));
        Self::with_entries(entries.collect())
    }
}

impl fmt::Debug for Map<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Map({} entries)", self.len())
    }
}

impl Drop for Data<'_> {
    fn drop(&mut self) {
        release::release(std::mem::take(self.entries.get_mut()));
    }
}
