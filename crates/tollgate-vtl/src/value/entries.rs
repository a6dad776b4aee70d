//! What maps hold.

use std::hash::Hash;
use std::rc::Rc;

use indexmap::{Equivalent, IndexMap};

use super::Value;
use super::key::{Key, KeyRef};
use super::shape::{Near, Shape};

/// Up to how many entries are searched one by one.
pub(crate) const FEW: usize = 16;

/// The entries of a map in order of insertion.
///
/// To search a few one by one takes less than to hash. More get a hash table, keyed at random since
/// keys come from strangers; it stays when entries are removed. A few may share their keys with
/// other maps, until a key comes or goes.
pub(crate) enum Entries<'a> {
    Few(Vec<(Key<'a>, Value<'a>)>),
    /// As many values as the shape has keys.
    #[cfg_attr(not(feature = "json"), expect(dead_code, reason = "read from JSON"))]
    Alike(Rc<Shape<'a>>, Box<[Value<'a>]>),
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
            Self::Alike(_, values) => values.len(),
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
            Self::Alike(shape, values) => values.get(position_in(shape, key)?),
            Self::Many(entries) => entries.get(key),
        }
    }

    /// The entry at a position.
    pub(super) fn get_index(&self, index: usize) -> Option<(&Key<'a>, &Value<'a>)> {
        match self {
            Self::Few(entries) => entries.get(index).map(|(key, value)| (key, value)),
            Self::Alike(shape, values) => shape.keys().get(index).zip(values.get(index)),
            Self::Many(entries) => entries.get_index(index),
        }
    }

    /// What is under a string key, looked for first at the position where such a key was last.
    #[inline(always)]
    pub(crate) fn get_near(&self, key: &str, near: &Near) -> Option<&Value<'a>> {
        match self {
            Self::Alike(shape, values) => {
                if let Some(value) = values.get(near.position_in(shape)) {
                    return Some(value);
                }
            }
            Self::Few(entries) => {
                if let Some((other, value)) = entries.get(near.position())
                    && key.equivalent(other)
                {
                    return Some(value);
                }
            }
            Self::Many(_) => {}
        }
        self.get_and_note(key, near)
    }

    #[cold]
    fn get_and_note(&self, key: &str, near: &Near) -> Option<&Value<'a>> {
        match self {
            Self::Few(entries) => {
                let found = entries
                    .iter()
                    .position(|(other, _)| key.equivalent(other))?;
                near.note(None, found);
                Some(&entries[found].1)
            }
            Self::Alike(shape, _) if near.is_absent_in(shape) => None,
            Self::Alike(shape, values) => {
                let Some(found) = position_in(shape, key) else {
                    near.note_absent(shape);
                    return None;
                };
                near.note(Some(shape), found);
                values.get(found)
            }
            Self::Many(entries) => {
                if let Some((other, value)) = entries.get_index(near.position())
                    && key.equivalent(other)
                {
                    return Some(value);
                }
                let (found, _, value) = entries.get_full(key)?;
                near.note(None, found);
                Some(value)
            }
        }
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
            Self::Alike(shape, values) => match position_in(shape, &KeyRef(&key.0)) {
                Some(at) => Some(std::mem::replace(&mut values[at], value)),
                None => self.apart().insert(key, value),
            },
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
            Self::Alike(shape, _) => {
                position_in(shape, key)?;
                self.apart().remove(key)
            }
            Self::Many(entries) => entries.shift_remove(key),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Key<'a>, &Value<'a>)> {
        match self {
            Self::Few(entries) => Each::Few(entries.iter().map(|(key, value)| (key, value))),
            Self::Alike(shape, values) => Each::Alike(shape.keys().iter().zip(values)),
            Self::Many(entries) => Each::Many(entries.iter()),
        }
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Value<'a>> {
        self.iter().map(|(_, value)| value)
    }

    /// The entries by themselves.
    pub(crate) fn into_pairs(self) -> impl Iterator<Item = (Key<'a>, Value<'a>)> + use<'a> {
        match self {
            Self::Few(entries) => Each::Few(entries.into_iter()),
            Self::Alike(shape, values) => Each::Alike(pairs(&shape, values)),
            Self::Many(entries) => Each::Many(entries.into_iter()),
        }
    }

    /// Gives a map that shares its keys some of its own.
    #[cold]
    fn apart(&mut self) -> &mut Self {
        if let Self::Alike(shape, values) = self {
            *self = Self::Few(pairs(shape, std::mem::take(values)).collect());
        }
        self
    }
}

/// Where a shape has a key.
fn position_in<'a, K: Equivalent<Key<'a>> + ?Sized>(shape: &Shape<'a>, key: &K) -> Option<usize> {
    shape.keys().iter().position(|other| key.equivalent(other))
}

/// The entries of a map that shares its keys.
fn pairs<'a>(
    shape: &Shape<'a>,
    values: Box<[Value<'a>]>,
) -> impl ExactSizeIterator<Item = (Key<'a>, Value<'a>)> + use<'a> {
    let key = |key: &Key<'a>| Key(key.0.clone());
    let keys: Vec<_> = shape.keys().iter().map(key).collect();
    keys.into_iter().zip(values)
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
        Box::new(self.into_pairs().flat_map(|(key, value)| [key.0, value]))
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

/// One of the iterators over the same.
enum Each<F, A, M> {
    Few(F),
    Alike(A),
    Many(M),
}

impl<F, A, M> Iterator for Each<F, A, M>
where
    F: Iterator,
    A: Iterator<Item = F::Item>,
    M: Iterator<Item = F::Item>,
{
    type Item = F::Item;

    fn next(&mut self) -> Option<F::Item> {
        match self {
            Self::Few(entries) => entries.next(),
            Self::Alike(entries) => entries.next(),
            Self::Many(entries) => entries.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Few(entries) => entries.size_hint(),
            Self::Alike(entries) => entries.size_hint(),
            Self::Many(entries) => entries.size_hint(),
        }
    }
}
