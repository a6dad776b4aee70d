//! Maps with Java's reference semantics, in order of insertion.

use std::cell::{Ref, RefCell, RefMut};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use indexmap::{Equivalent, IndexMap};

use super::{Value, release};

/// A map, shared by all its clones. Any value can be a key; lists and maps are keys by identity.
#[derive(Clone)]
pub struct Map<'a>(Rc<Data<'a>>);

struct Data<'a> {
    entries: RefCell<IndexMap<Key<'a>, Value<'a>>>,
}

impl<'a> Map<'a> {
    /// An empty map.
    #[must_use]
    pub fn new() -> Self {
        Self::from_iter::<[(Value<'a>, Value<'a>); 0]>([])
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
        self.entries().get(key).cloned()
    }

    /// The value under any key.
    #[must_use]
    pub fn get_value(&self, key: &Value<'a>) -> Option<Value<'a>> {
        match key {
            Value::Str(name) => self.get(name),
            _ => self.entries().get(&KeyRef(key)).cloned(),
        }
    }

    /// Puts `value` under `key` and returns what was there before.
    pub fn insert(&self, key: impl Into<Value<'a>>, value: Value<'a>) -> Option<Value<'a>> {
        self.entries_mut().insert(Key(key.into()), value)
    }

    /// Takes out what is under `key`; the others keep their order.
    #[expect(clippy::must_use_candidate, reason = "called for its effect")]
    pub fn remove(&self, key: &Value<'a>) -> Option<Value<'a>> {
        self.entries_mut().shift_remove(&KeyRef(key))
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

    pub(crate) fn entries(&self) -> Ref<'_, IndexMap<Key<'a>, Value<'a>>> {
        self.0.entries.borrow()
    }

    pub(crate) fn entries_mut(&self) -> RefMut<'_, IndexMap<Key<'a>, Value<'a>>> {
        self.0.entries.borrow_mut()
    }

    pub(super) fn address(&self) -> usize {
        Rc::as_ptr(&self.0) as usize
    }

    /// The entries, if nobody else holds this map.
    pub(super) fn unshared(&mut self) -> Option<&mut IndexMap<Key<'a>, Value<'a>>> {
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
            .map(|(key, value)| (Key(key.into()), value))
            .collect();
        Self(Rc::new(Data {
            entries: RefCell::new(entries),
        }))
    }
}

impl fmt::Debug for Map<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Map({} entries)", self.len())
    }
}

impl Drop for Data<'_> {
    fn drop(&mut self) {
        let entries = self.entries.get_mut().drain(..);
        release::release(entries.flat_map(|(key, value)| [key.0, value]));
    }
}

/// One entry of a map: a key and the value it had when the entry was taken.
#[derive(Clone)]
pub struct Entry<'a>(Rc<EntryData<'a>>);

struct EntryData<'a> {
    key: Value<'a>,
    value: Value<'a>,
}

impl<'a> Entry<'a> {
    /// An entry of its own.
    #[must_use]
    pub fn new(key: Value<'a>, value: Value<'a>) -> Self {
        Self(Rc::new(EntryData { key, value }))
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &Value<'a> {
        &self.0.key
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &Value<'a> {
        &self.0.value
    }

    pub(super) fn address(&self) -> usize {
        Rc::as_ptr(&self.0) as usize
    }

    /// Takes out key and value, if nobody else holds this entry.
    pub(super) fn unshared(&mut self) -> Option<[Value<'a>; 2]> {
        Rc::get_mut(&mut self.0).map(EntryData::take)
    }
}

impl<'a> EntryData<'a> {
    fn take(&mut self) -> [Value<'a>; 2] {
        [&mut self.key, &mut self.value].map(|part| std::mem::replace(part, Value::Null))
    }
}

impl Drop for EntryData<'_> {
    fn drop(&mut self) {
        release::release(self.take().into_iter());
    }
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({:?}={:?})", self.key(), self.value())
    }
}

/// A value as key, compared without walking into containers.
pub(crate) struct Key<'a>(pub(crate) Value<'a>);

/// [`Key`] for lookups.
pub(crate) struct KeyRef<'v, 'a>(pub(crate) &'v Value<'a>);

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        KeyRef(&self.0).hash(state);
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        KeyRef(&self.0).equivalent(other)
    }
}

impl Eq for Key<'_> {}

impl Hash for KeyRef<'_, '_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.0 {
            // Nothing beside the text, so that a plain `str` finds its entry.
            Value::Str(text) => text.hash(state),
            Value::Null => 0.hash(state),
            Value::Bool(value) => value.hash(state),
            Value::Int(number) => number.hash(state),
            Value::Double(number) => number.to_bits().hash(state),
            Value::List(list) => list.address().hash(state),
            Value::Map(map) => map.address().hash(state),
            Value::Entry(entry) => entry.address().hash(state),
            Value::Object(object) => (Rc::as_ptr(object).cast::<()>() as usize).hash(state),
        }
    }
}

impl<'a> Equivalent<Key<'a>> for KeyRef<'_, 'a> {
    fn equivalent(&self, key: &Key<'a>) -> bool {
        match (self.0, &key.0) {
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Double(a), Value::Double(b)) => a.to_bits() == b.to_bits(),
            (Value::List(a), Value::List(b)) => a.ptr_eq(b),
            (Value::Map(a), Value::Map(b)) => a.ptr_eq(b),
            (Value::Entry(a), Value::Entry(b)) => Rc::ptr_eq(&a.0, &b.0),
            (Value::Object(a), Value::Object(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl<'a> Equivalent<Key<'a>> for str {
    fn equivalent(&self, key: &Key<'a>) -> bool {
        key.0.as_str() == Some(self)
    }
}
