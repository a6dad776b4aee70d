//! What maps hold.

use std::hash::Hash;
use std::sync::atomic::{AtomicU32, Ordering};

use indexmap::{Equivalent, IndexMap};

use super::Value;
use super::key::Key;

/// Up to how many entries are searched one by one.
pub(super) const FEW: usize = 16;

/// The entries of a map in order of insertion.
///
/// To search a few one by one takes less than to hash. More get a hash table, keyed at random since
/// keys come from strangers; it stays when entries are removed.
pub(crate) enum Entries<'a> {
    Few(Vec<(Key<'a>, Value<'a>)>),
    Many(Box<IndexMap<Key<'a>, Value<'a>>>),
}

impl<'a> Entries<'a> {
    fn with_capacity(capacity: usize) -> Self {
        if capacity <= FEW {
            Self::Few(Vec::with_capacity(capacity))
        } else {
            Self::Many(Box::new(IndexMap::with_capacity(capacity)))
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Few(entries) => entries.len(),
            Self::Many(entries) => entries.len(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn get<K: Hash + Equivalent<Key<'a>> + ?Sized>(
        &self,
        key: &K,
    ) -> Option<&Value<'a>> {
        match self {
            Self::Few(entries) => entries
                .iter()
                .find(|(other, _)| key.equivalent(other))
                .map(|(_, value)| value),
            Self::Many(entries) => entries.get(key),
        }
    }

    /// The entry at a position.
    #[inline(always)]
    pub(super) fn get_index(&self, index: usize) -> Option<(&Key<'a>, &Value<'a>)> {
        match self {
            Self::Few(entries) => entries.get(index).map(|(key, value)| (key, value)),
            Self::Many(entries) => entries.get_index(index),
        }
    }

    /// What is under a string key, looked for first at the position where such a key was last.
    #[inline(always)]
    pub(crate) fn get_near(&self, key: &str, position: &AtomicU32) -> Option<&Value<'a>> {
        let last = position.load(Ordering::Relaxed) as usize;
        match self.get_index(last) {
            Some((Key(Value::Str(other)), value)) if is_same(key, other) => Some(value),
            _ => self.get_and_note(key, position),
        }
    }

    #[cold]
    fn get_and_note(&self, key: &str, position: &AtomicU32) -> Option<&Value<'a>> {
        let (found, value) = match self {
            Self::Few(entries) => {
                let found = entries
                    .iter()
                    .position(|(other, _)| key.equivalent(other))?;
                (found, &entries[found].1)
            }
            Self::Many(entries) => {
                let (found, _, value) = entries.get_full(key)?;
                (found, value)
            }
        };
        position.store(found as u32, Ordering::Relaxed);
        Some(value)
    }

    /// Puts `value` under `key`, behind the others if the key is new, and returns what was there.
    pub(super) fn insert(&mut self, key: Key<'a>, value: Value<'a>) -> Option<Value<'a>> {
        match self {
            Self::Few(entries) => {
                let mut present = entries.iter_mut();
                let present = match &key.0 {
                    Value::Str(name) => present.find(|(other, _)| (**name).equivalent(other)),
                    _ => present.find(|(other, _)| *other == key),
                };
                if let Some((_, old)) = present {
                    return Some(std::mem::replace(old, value));
                }
                // Many maps have but one entry, and room for four by themselves.
                if entries.capacity() == 0 {
                    entries.reserve_exact(1);
                }
                entries.push((key, value));
                if entries.len() > FEW {
                    *self = Self::Many(Box::new(entries.drain(..).collect()));
                }
                None
            }
            Self::Many(entries) => entries.insert(key, value),
        }
    }

    /// Takes out what is under `key`; the others keep their order.
    pub(super) fn remove<K: Hash + Equivalent<Key<'a>> + ?Sized>(
        &mut self,
        key: &K,
    ) -> Option<Value<'a>> {
        match self {
            Self::Few(entries) => {
                let at = entries
                    .iter()
                    .position(|(other, _)| key.equivalent(other))?;
                Some(entries.remove(at).1)
            }
            Self::Many(entries) => entries.shift_remove(key),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Key<'a>, &Value<'a>)> {
        match self {
            Self::Few(entries) => Either::Few(entries.iter().map(|(key, value)| (key, value))),
            Self::Many(entries) => Either::Many(entries.iter()),
        }
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Value<'a>> {
        self.iter().map(|(_, value)| value)
    }

    /// The entries by themselves.
    pub(crate) fn into_pairs(self) -> impl Iterator<Item = (Key<'a>, Value<'a>)> + use<'a> {
        match self {
            Self::Few(entries) => Either::Few(entries.into_iter()),
            Self::Many(entries) => Either::Many(entries.into_iter()),
        }
    }
}

/// Whether two names are equal; most are short.
#[inline(always)]
fn is_same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    a.len() == b.len()
        && match a.len() {
            0..4 => a.iter().eq(b),
            4..8 => ends(a, u32::from_le_bytes) == ends(b, u32::from_le_bytes),
            8..=16 => ends(a, u64::from_le_bytes) == ends(b, u64::from_le_bytes),
            _ => a == b,
        }
}

/// The first bytes of a text and the last, which may overlap, as numbers.
#[inline(always)]
fn ends<const N: usize, T>(text: &[u8], number: fn([u8; N]) -> T) -> [Option<T>; 2] {
    [text.first_chunk(), text.last_chunk()].map(|bytes| bytes.copied().map(number))
}

impl Default for Entries<'_> {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl<'a> IntoIterator for Entries<'a> {
    type Item = Value<'a>;
    type IntoIter = Box<dyn Iterator<Item = Value<'a>> + 'a>;

    /// All keys and values.
    fn into_iter(self) -> Self::IntoIter {
        let entries = match self {
            Self::Few(entries) => Either::Few(entries.into_iter()),
            Self::Many(entries) => Either::Many(entries.into_iter()),
        };
        Box::new(entries.flat_map(|(key, value)| [key.0, value]))
    }
}

impl<'a> FromIterator<(Key<'a>, Value<'a>)> for Entries<'a> {
    fn from_iter<I: IntoIterator<Item = (Key<'a>, Value<'a>)>>(iter: I) -> Self {
        let iter = iter.into_iter();
        let mut entries = Self::with_capacity(iter.size_hint().0);
        for (key, value) in iter {
            entries.insert(key, value);
        }
        entries
    }
}

/// One of two iterators over the same.
enum Either<F, M> {
    Few(F),
    Many(M),
}

impl<F: Iterator, M: Iterator<Item = F::Item>> Iterator for Either<F, M> {
    type Item = F::Item;

    fn next(&mut self) -> Option<F::Item> {
        match self {
            Self::Few(entries) => entries.next(),
            Self::Many(entries) => entries.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Few(entries) => entries.size_hint(),
            Self::Many(entries) => entries.size_hint(),
        }
    }
}
