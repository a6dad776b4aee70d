//! The canonical query.

use crate::sigv4::percent::{recoded, split_unreserved};
use crate::sigv4::presigned::{SIGNATURE, name_and_value, pairs};

/// Appends the pairs, each decoded once and encoded again, sorted by name and then by value. The
/// signature, and a parameter named by `without`, are left out.
pub(super) fn write(out: &mut Vec<u8>, query: &str, without: Option<&str>) {
    if query.is_empty() {
        return;
    }
    // The names of ours hold no character that would be escaped.
    let left_out = |name: &[u8]| {
        name == SIGNATURE.as_bytes() || without.is_some_and(|without| name == without.as_bytes())
    };
    if is_canonical(query, left_out) {
        out.extend_from_slice(query.as_bytes());
        return;
    }
    write_recoded(out, query, left_out);
}

fn write_recoded(out: &mut Vec<u8>, query: &str, left_out: impl Fn(&[u8]) -> bool) {
    let recoded = |(name, value)| (recoded(name), recoded(value));
    let pairs = pairs(query).map(name_and_value).map(recoded);
    let mut pairs: Vec<_> = pairs.filter(|(name, _)| !left_out(name)).collect();
    pairs.sort_unstable();
    for (index, (name, value)) in pairs.iter().enumerate() {
        if index > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(name);
        out.push(b'=');
        out.extend_from_slice(value);
    }
}

/// Whether the pairs are spelled and sorted as they must be, which most clients see to.
fn is_canonical(query: &str, left_out: impl Fn(&[u8]) -> bool) -> bool {
    let mut previous = None;
    let mut rest = query.as_bytes();
    loop {
        let (name, after) = split_unreserved(rest);
        let Some(after) = after.strip_prefix(b"=") else {
            return false;
        };
        let (value, after) = split_unreserved(after);
        let is_next = previous.is_none_or(|previous| previous <= (name, value));
        if !is_next || left_out(name) {
            return false;
        }
        previous = Some((name, value));
        match after {
            [] => return true,
            [b'&', others @ ..] => rest = others,
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn canonical(query: &str, without: Option<&str>) -> String {
        let mut out = Vec::new();
        write(&mut out, query, without);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn pairs_are_spelled_and_sorted_one_way() {
        for (query, expected) in [
            ("", ""),
            ("b=2&a=1&a=0&A=9", "A=9&a=0&a=1&b=2"),
            ("a-b=1&a=2", "a=2&a-b=1"),
            ("flag", "flag="),
            ("a=b=c", "a=b%3Dc"),
            ("a=%7E&b=%2f", "a=~&b=%2F"),
            ("a=x y&b=+", "a=x%20y&b=%2B"),
            ("ሴ=bar", "%E1%88%B4=bar"),
            ("&&a=1&", "a=1"),
            ("=1", "=1"),
            ("a=1&X-Amz-Signature=x&X%2DAmz-Signature=y", "a=1"),
        ] {
            assert_eq!(canonical(query, None), expected, "{query}");
        }
    }

    proptest! {
        #[test]
        fn the_short_way_is_the_long_way(query in "([ab%]?[-=&]?){0,6}") {
            let mut long = Vec::new();
            write_recoded(&mut long, &query, |_| false);
            prop_assert_eq!(canonical(&query, None), String::from_utf8(long).unwrap());
        }
    }

    #[test]
    fn a_name_sorts_before_the_names_it_begins() {
        // Sorted as whole pairs, `-` would stand before `=`.
        assert_eq!(canonical("a-=1&a=2", None), "a=2&a-=1");
    }

    #[test]
    fn one_more_parameter_can_be_left_out() {
        let query = "X-Amz-Security-Token=t&a=1";
        assert_eq!(canonical(query, Some("X-Amz-Security-Token")), "a=1");
    }
}
