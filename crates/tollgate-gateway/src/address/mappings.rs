//! The base path mappings of one domain.

use super::BasePath;

/// What paths lead to by their base path; of several that fit, the longest counts.
#[derive(Debug)]
pub(super) struct Mappings<T> {
    /// Ordered by key.
    entries: Vec<(BasePath, T)>,
    /// How many segments the longest key has.
    depth: usize,
}

impl<T> Mappings<T> {
    /// The mappings of these entries, or the key that comes twice.
    pub(super) fn new(mut entries: Vec<(BasePath, T)>) -> Result<Self, BasePath> {
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        if let Some(twice) = entries.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(twice[0].0.clone());
        }
        let depth = entries.iter().map(|(key, _)| key.depth()).max();
        Ok(Self {
            depth: depth.unwrap_or_default(),
            entries,
        })
    }

    /// The mapping that takes a path without slashes before it, and the length of its key.
    ///
    /// Keys are compared segment by segment: `orders` does not take `orders2`.
    pub(super) fn find(&self, path: &str) -> Option<(usize, &T)> {
        let slashes = path.bytes().enumerate().filter(|(_, byte)| *byte == b'/');
        let ends = slashes.map(|(at, _)| at).chain([path.len()]);
        let end = ends.take(self.depth).last().unwrap_or_default();
        let mut prefix = &path[..end];
        loop {
            let found = self
                .entries
                .binary_search_by(|(key, _)| key.as_str().cmp(prefix));
            if let Ok(index) = found {
                return Some((prefix.len(), &self.entries[index].1));
            }
            if prefix.is_empty() {
                return None;
            }
            prefix = &prefix[..prefix.rfind('/').unwrap_or_default()];
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::hash_set;
    use proptest::prelude::*;

    use super::*;

    fn mappings(keys: &[&'static str]) -> Mappings<&'static str> {
        let entry = |key: &&'static str| (key.parse().expect("it is a base path"), *key);
        Mappings::new(keys.iter().map(entry).collect()).expect("no key comes twice")
    }

    /// The decision table of the developer guide's page on API mappings, and its edges.
    #[test]
    fn the_longest_key_wins() {
        let keys = mappings(&[
            "",
            "orders/v1/items",
            "orders/v2/items",
            "orders/v2/items/categories",
        ]);
        for (path, expected) in [
            ("orders/v1/items", "orders/v1/items"),
            ("orders/v2/items", "orders/v2/items"),
            ("orders/v1/items/123", "orders/v1/items"),
            ("orders/v2/items/categories/5", "orders/v2/items/categories"),
            ("customers", ""),
            ("orders/v1/items2", ""),
            ("orders/v1/items/", "orders/v1/items"),
            ("orders//v1/items", ""),
            ("orders/v1", ""),
            ("orders/v2/items/categories2", "orders/v2/items"),
            ("Orders/v1/items", ""),
            ("", ""),
        ] {
            let found = keys.find(path);
            assert_eq!(found, Some((expected.len(), &expected)), "{path}");
        }
    }

    #[test]
    fn nothing_is_found_where_nothing_fits() {
        let keys = mappings(&["orders"]);
        for path in ["", "order", "orders2", "x/orders"] {
            assert_eq!(keys.find(path), None, "{path}");
        }
        assert_eq!(mappings(&[]).find("orders"), None);
    }

    #[test]
    fn a_key_comes_once() {
        let key = || "a".parse::<BasePath>().unwrap();
        assert_eq!(
            Mappings::new(vec![(key(), 1), (key(), 2)]).unwrap_err(),
            key()
        );
    }

    /// Of all keys that are a path or stand before a slash of it, the longest.
    fn longest<'k>(keys: &'k [String], path: &str) -> Option<&'k String> {
        let fits = |key: &&String| {
            let rest = path.strip_prefix(key.as_str());
            key.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        keys.iter().filter(fits).max_by_key(|key| key.len())
    }

    proptest! {
        #[test]
        fn lookups_find_what_a_search_of_all_keys_finds(
            keys in hash_set("([ab]{1,2}(/[ab]{1,2}){0,3})?", 0..8),
            path in "[ab]{0,2}(/[ab]{0,2}){0,5}",
        ) {
            let keys: Vec<String> = keys.into_iter().collect();
            let entry = |key: &String| (key.parse().expect("it is a base path"), key.clone());
            let mappings = Mappings::new(keys.iter().map(entry).collect());
            let mappings = mappings.expect("no key comes twice");
            let found = mappings.find(&path).map(|(length, key)| {
                assert_eq!(length, key.len());
                key
            });
            prop_assert_eq!(found, longest(&keys, &path));
        }
    }
}
