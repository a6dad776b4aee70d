//! What an author may have meant by a name that is not known.

use strsim::osa_distance;

use crate::limits::MAX_SUGGESTED_NAMES;

/// Bytes up to which names are compared.
const MAX_NAME_BYTES: usize = 100;

/// How the names of all extensions of API Gateway begin.
const EXTENSION: &str = "x-amazon-apigateway-";

/// The one of these names that is nearest to another, if one is near at all: one slip for every
/// three letters, not counting which are capital.
pub(crate) fn near<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let (own, is_extension) = own_part(name);
    let most = own.len() / 3;
    names
        .into_iter()
        .take(MAX_SUGGESTED_NAMES)
        .filter(|one| is_extension == own_part(one).1)
        .filter_map(|one| Some((slips(own, own_part(one).0)?, one)))
        .filter(|(slips, _)| *slips <= most)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, one)| one)
}

/// What an extension's name has of its own, and whether it is the name of one.
fn own_part(name: &str) -> (&str, bool) {
    match name.get(..EXTENSION.len()) {
        Some(begin) if begin.eq_ignore_ascii_case(EXTENSION) => (&name[EXTENSION.len()..], true),
        _ => (name, false),
    }
}

/// Slips between two names, unless they are too long to tell or differ far too much in length.
pub(crate) fn slips(name: &str, other: &str) -> Option<usize> {
    let longest = name.len().max(other.len());
    if longest > MAX_NAME_BYTES || name.len().abs_diff(other.len()) > longest / 3 + 1 {
        return None;
    }
    let [name, other] = [name, other].map(str::to_ascii_lowercase);
    Some(osa_distance(&name, &other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_those_that_differ_by_a_slip_or_two() {
        let names = [
            "type",
            "responses",
            "requestTemplates",
            "uri",
            "x-amazon-apigateway-cors",
            "x-amazon-apigateway-integration",
        ];
        for (name, expected) in [
            ("respones", Some("responses")),
            ("resposnes", Some("responses")),
            ("requesttemplate", Some("requestTemplates")),
            ("TYPE", Some("type")),
            ("typ", Some("type")),
            ("url", Some("uri")),
            ("title", None),
            ("x-owner", None),
            ("M", None),
            ("x-amazon-apigateway-0", None),
            (
                "x-amazon-apigateway-integrations",
                Some("x-amazon-apigateway-integration"),
            ),
            (
                "X-Amazon-Apigateway-Integraton",
                Some("x-amazon-apigateway-integration"),
            ),
            ("", None),
        ] {
            assert_eq!(near(name, names), expected, "{name}");
        }
        assert_eq!(near(&"n".repeat(1_000_000), names), None);
        let far = std::iter::repeat_n("x", MAX_SUGGESTED_NAMES - 1);
        assert_eq!(near("typo", far.clone().chain(["type"])), Some("type"));
        assert_eq!(near("typo", far.chain(["x", "type"])), None);
    }
}
