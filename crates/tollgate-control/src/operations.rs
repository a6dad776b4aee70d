//! All operations, and the way to each.

use std::sync::LazyLock;

use tollgate_router::{Match, MethodKey, RouteTable, Verb};

use crate::api;
use crate::operation::Operation;

/// The operations of each path and verb.
static ROUTES: LazyLock<RouteTable<Vec<&'static Operation>>> = LazyLock::new(|| {
    let mut routes: Vec<(&str, Verb, Vec<&Operation>)> = Vec::new();
    for operation in api::operations() {
        let (path, verb) = (operation.path, operation.verb);
        let known = routes
            .iter_mut()
            .find(|(known, of, _)| (*known, *of) == (path, verb));
        match known {
            Some((_, _, operations)) => operations.push(operation),
            None => routes.push((path, verb, vec![operation])),
        }
    }
    let mut table = RouteTable::builder();
    for (path, verb, operations) in routes {
        let path = path.parse().expect("the paths are resource paths");
        let inserted = table.insert(&path, MethodKey::Verb(verb), operations);
        inserted.expect("each stands once");
    }
    table.build()
});

/// What answers a request, with the labels of its path.
pub(crate) fn find<'p>(
    verb: Verb,
    path: &'p str,
    query: &str,
) -> Option<(
    &'static Operation,
    Match<'static, 'p, Vec<&'static Operation>>,
)> {
    let found = ROUTES.find(verb, path)?;
    let has = |(name, value): (&str, &str)| {
        let mut arguments = form_urlencoded::parse(query.as_bytes());
        arguments.any(|argument| argument == (name.into(), value.into()))
    };
    let all = found.value();
    // The one that asks for an argument before the one that does not.
    let meant = all.iter().find(|operation| operation.when.is_some_and(has));
    let meant = meant.or_else(|| all.iter().find(|operation| operation.when.is_none()));
    Some((*meant?, found))
}

/// Whether any operation has this path.
pub(crate) fn has_path(path: &str) -> bool {
    let verbs = [Verb::Get, Verb::Post, Verb::Put, Verb::Patch, Verb::Delete];
    verbs
        .into_iter()
        .any(|verb| ROUTES.find(verb, path).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_found_by_verb_and_path() {
        let name =
            |query| find(Verb::Post, "/restapis", query).map(|(operation, _)| operation.name);
        assert_eq!(name(""), Some("CreateRestApi"));
        assert_eq!(name("mode=other"), Some("CreateRestApi"));
        assert_eq!(
            find(Verb::Get, "/others", "").map(|(one, _)| one.name),
            None
        );
    }
}
