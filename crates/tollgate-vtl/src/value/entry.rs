//! Entries of maps as values of their own.

use std::fmt;
use std::rc::Rc;

use super::{Value, release};

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

    /// Whether nobody else holds this entry.
    pub(super) fn is_own(&self) -> bool {
        Rc::strong_count(&self.0) == 1
    }

    pub(super) fn ptr_eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
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
        release::release(self.take());
    }
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({:?}={:?})", self.key(), self.value())
    }
}
