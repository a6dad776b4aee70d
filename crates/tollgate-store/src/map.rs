//! A sorted map whose copies share what they have in common.

use std::sync::Arc;

/// Entries of a leaf at most: what is copied when one of them changes, besides the list of leaves.
const LEAF: usize = 64;

/// A sorted map. A copy costs nothing, and a change of a copy one leaf and one pointer for each of the
/// other leaves; a change of a map that nobody shares is made in place.
#[derive(Debug)]
pub(crate) struct Map<K, V> {
    /// Sorted, and none of them empty.
    leaves: Arc<Vec<Leaf<K, V>>>,
    len: usize,
}

/// Some entries, sorted.
type Leaf<K, V> = Arc<Vec<(K, V)>>;

impl<K, V> Clone for Map<K, V> {
    fn clone(&self) -> Self {
        Self {
            leaves: Arc::clone(&self.leaves),
            len: self.len,
        }
    }
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self {
            leaves: Arc::default(),
            len: 0,
        }
    }
}

impl<K: Ord + Clone, V: Clone> Map<K, V> {
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        let leaf = self.leaves.get(self.leaf_of(key))?;
        let index = leaf.binary_search_by(|(known, _)| known.cmp(key)).ok()?;
        leaf.get(index).map(|(_, value)| value)
    }

    pub(crate) fn contains(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// The leaf that a key is in, or belongs in: the last one that does not begin behind it.
    fn leaf_of(&self, key: &K) -> usize {
        let begun = |leaf: &Leaf<K, V>| leaf.first().is_some_and(|(first, _)| first <= key);
        self.leaves.partition_point(begun).saturating_sub(1)
    }

    /// What the key had before.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let at = self.leaf_of(&key);
        let leaves = Arc::make_mut(&mut self.leaves);
        let Some(shared) = leaves.get_mut(at) else {
            leaves.push(Arc::new(vec![(key, value)]));
            self.len = 1;
            return None;
        };
        let leaf = Arc::make_mut(shared);
        match leaf.binary_search_by(|(known, _)| known.cmp(&key)) {
            Ok(index) => leaf
                .get_mut(index)
                .map(|(_, known)| std::mem::replace(known, value)),
            Err(index) => {
                leaf.insert(index, (key, value));
                self.len += 1;
                if leaf.len() > LEAF {
                    // One that grows at its end, as a map does that is read in order, stays full.
                    let middle = if index + 1 == leaf.len() {
                        LEAF
                    } else {
                        LEAF / 2
                    };
                    let rest = leaf.split_off(middle);
                    leaves.insert(at + 1, Arc::new(rest));
                }
                None
            }
        }
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        if !self.contains(key) {
            return None;
        }
        let at = self.leaf_of(key);
        let leaves = Arc::make_mut(&mut self.leaves);
        let leaf = Arc::make_mut(leaves.get_mut(at)?);
        let index = leaf.binary_search_by(|(known, _)| known.cmp(key)).ok()?;
        let (_, value) = leaf.remove(index);
        self.len -= 1;
        let left = leaf.len();
        if left == 0 {
            leaves.remove(at);
        } else if left < LEAF / 4
            && let Some(next) = leaves.get(at + 1)
            && left + next.len() <= LEAF
        {
            let next = leaves.remove(at + 1);
            if let Some(leaf) = leaves.get_mut(at) {
                Arc::make_mut(leaf).extend(next.iter().cloned());
            }
        }
        Some(value)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.leaves
            .iter()
            .flat_map(|leaf| leaf.iter())
            .map(|(key, value)| (key, value))
    }

    /// The entries from the first one on that is not before, in their order.
    pub(crate) fn iter_from(
        &self,
        is_before: impl Fn(&K) -> bool,
    ) -> impl Iterator<Item = (&K, &V)> {
        let ends_before = |leaf: &Leaf<K, V>| leaf.last().is_some_and(|(last, _)| is_before(last));
        let first = self.leaves.partition_point(ends_before);
        let inside = self
            .leaves
            .get(first)
            .map_or(0, |leaf| leaf.partition_point(|(key, _)| is_before(key)));
        self.leaves
            .iter()
            .skip(first)
            .flat_map(|leaf| leaf.iter())
            .skip(inside)
            .map(|(key, value)| (key, value))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn does_what_a_sorted_map_does(
            steps in prop::collection::vec((any::<bool>(), 0..400_u32, any::<u8>()), 0..2_000),
            from in 0..400_u32,
        ) {
            let mut map = Map::default();
            let mut model = BTreeMap::new();
            let mut copies = Vec::new();
            for (number, (is_insert, key, value)) in steps.into_iter().enumerate() {
                if number % 100 == 0 {
                    copies.push((map.clone(), model.clone()));
                }
                if is_insert {
                    prop_assert_eq!(map.insert(key, value), model.insert(key, value));
                } else {
                    prop_assert_eq!(map.remove(&key), model.remove(&key));
                }
                prop_assert_eq!(map.get(&key), model.get(&key));
                prop_assert_eq!(map.len(), model.len());
            }
            copies.push((map, model));
            for (map, model) in &copies {
                prop_assert!(map.iter().eq(model));
                prop_assert!(map.iter_from(|key| *key < from).eq(model.range(from..)));
            }
        }
    }

    #[test]
    fn a_change_of_a_copy_shares_all_other_leaves() {
        let mut map = Map::default();
        for key in 0..1_000 {
            map.insert(key, key);
        }
        let mut copy = map.clone();
        copy.insert(500, 0);
        let pairs = map.leaves.iter().zip(copy.leaves.iter());
        let copied = pairs.filter(|(one, other)| !Arc::ptr_eq(one, other));
        assert_eq!(copied.count(), 1);
        assert_eq!(map.get(&500), Some(&500));
    }
}
