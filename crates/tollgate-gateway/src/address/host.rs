//! Hosts as requests name them.

use std::cmp::Ordering;

/// The name in a `Host` header: without the port, and without the dot that a whole name may end in.
pub(super) fn host_name(host: &str) -> &str {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name.strip_suffix('.').unwrap_or(name)
}

/// The first label of a name, and what follows its dot.
pub(super) fn first_label(name: &str) -> (&str, &str) {
    name.split_once('.').unwrap_or((name, ""))
}

/// Whether a name is that of an `execute-api` endpoint: `{api}.execute-api.{anything}`.
pub(super) fn is_execute_api(name: &str) -> bool {
    let (_, rest) = first_label(name);
    let (second, suffix) = first_label(rest);
    second.eq_ignore_ascii_case("execute-api") && !suffix.is_empty()
}

/// An order of names in which case does not matter: shorter ones come first.
pub(super) fn compare(one: &str, other: &str) -> Ordering {
    fn lower(name: &str) -> impl Iterator<Item = u8> {
        name.bytes().map(|byte| byte.to_ascii_lowercase())
    }
    let by_length = one.len().cmp(&other.len());
    by_length.then_with(|| lower(one).cmp(lower(other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_their_ports() {
        for (host, expected) in [
            ("a.b", "a.b"),
            ("a.b:80", "a.b"),
            ("a.b.", "a.b"),
            ("a.b.:8080", "a.b"),
            ("a.b:", "a.b"),
            ("[::1]:80", "[::1]"),
            ("[::1]", "[::1]"),
            ("a:b", "a:b"),
            ("", ""),
        ] {
            assert_eq!(host_name(host), expected, "{host}");
        }
    }

    #[test]
    fn endpoints_are_known_by_their_second_label() {
        for (name, expected) in [
            ("abc.execute-api.localhost", true),
            ("abc.EXECUTE-API.us-east-1.amazonaws.com", true),
            ("abc.execute-api", false),
            ("execute-api.localhost", false),
            ("a.b.execute-api.localhost", false),
        ] {
            assert_eq!(is_execute_api(name), expected, "{name}");
        }
    }

    #[test]
    fn names_are_ordered_without_case() {
        assert_eq!(compare("A.b", "a.B"), Ordering::Equal);
        assert_eq!(compare("a", "B"), Ordering::Less);
        assert_eq!(compare("b", "aa"), Ordering::Less);
    }
}
