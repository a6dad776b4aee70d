//! Ids that follow from names, so that importing a document twice gives the same.

use std::collections::{HashMap, HashSet};

use tollgate_model::ApiDocument;

use crate::documentation;

const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// What has an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Authorizer,
    DocumentationPart,
    Resource,
    Validator,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Authorizer => "authorizer",
            Self::DocumentationPart => "documentation part",
            Self::Resource => "resource",
            Self::Validator => "validator",
        }
    }
}

/// Hands out ids of lower-case letters and digits, each once.
#[derive(Debug)]
pub(crate) struct Ids {
    seed: u64,
    known: HashMap<(Kind, String), String>,
    taken: HashSet<String>,
}

impl Ids {
    /// Ids of one API, which differ from those of another.
    pub(crate) fn new(api: &str) -> Self {
        Self {
            seed: hash(0, api),
            known: HashMap::new(),
            taken: HashSet::new(),
        }
    }

    /// Ids of an API that is there: what has an id keeps it, and nothing new gets one that is or
    /// was in use.
    pub(crate) fn of(api: &str, existing: &ApiDocument) -> Self {
        let mut ids = Self::new(api);
        for resource in &existing.resources {
            ids.know(Kind::Resource, &resource.path, resource.id.as_str());
            for method in resource.resource_methods.values() {
                // A locked method names an authorizer that is not there, and that none may become.
                ids.taken.extend(method.authorizer_id.clone());
                ids.taken.extend(method.request_validator_id.clone());
            }
        }
        for validator in &existing.request_validators {
            ids.know(Kind::Validator, &validator.name, &validator.id);
        }
        for authorizer in &existing.authorizers {
            ids.know(Kind::Authorizer, &authorizer.name, &authorizer.id);
        }
        for part in &existing.documentation_parts {
            let name = documentation::name_of(&part.location);
            ids.know(Kind::DocumentationPart, &name, &part.id);
        }
        let models = existing.models.iter();
        ids.taken
            .extend(models.filter_map(|model| model.id.clone()));
        ids
    }

    fn know(&mut self, kind: Kind, name: &str, id: &str) {
        self.known.insert((kind, name.to_owned()), id.to_owned());
        self.taken.insert(id.to_owned());
    }

    /// The id of a thing, by its kind and name.
    pub(crate) fn id(&mut self, kind: Kind, name: &str, length: usize) -> String {
        if let Some(id) = self.known.remove(&(kind, name.to_owned())) {
            return id;
        }
        let mut attempt = self.seed;
        loop {
            let mut rest = hash(hash(attempt, kind.as_str()), name);
            let mut id = String::with_capacity(length);
            for _ in 0..length {
                id.push(char::from(ALPHABET[(rest % 36) as usize]));
                rest /= 36;
            }
            if self.taken.insert(id.clone()) {
                return id;
            }
            attempt = attempt.wrapping_add(1);
        }
    }
}

/// FNV-1a, begun at a seed: stable over releases, which `std`'s hashers do not promise.
pub(crate) fn hash(seed: u64, text: &str) -> u64 {
    let begin = 0xcbf2_9ce4_8422_2325 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    text.bytes().fold(begin, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use tollgate_model::RequestValidator;

    use super::*;

    #[test]
    fn ids_follow_from_api_kind_and_name() {
        let first = |api, kind, name| Ids::new(api).id(kind, name, 6);
        let id = first("", Kind::Resource, "/pets");
        assert_eq!(id.len(), 6);
        assert!(id.bytes().all(|byte| ALPHABET.contains(&byte)));
        assert_eq!(id, first("", Kind::Resource, "/pets"));
        for other in [
            first("api", Kind::Resource, "/pets"),
            first("", Kind::Validator, "/pets"),
            first("", Kind::Resource, "/pet"),
        ] {
            assert_ne!(id, other);
        }
    }

    #[test]
    fn a_taken_id_is_not_handed_out_again() {
        let mut ids = Ids::new("");
        let names = (0..36).map(|n| n.to_string());
        let all: HashSet<_> = names.map(|name| ids.id(Kind::Resource, &name, 1)).collect();
        assert_eq!(all.len(), 36);
    }

    #[test]
    fn what_has_an_id_keeps_it_and_nothing_else_gets_it() {
        let fresh = Ids::new("").id(Kind::Validator, "new", 6);
        let mut document = ApiDocument::new("T");
        let validators = [("mine00", "old"), (fresh.as_str(), "other")];
        document.request_validators = validators
            .map(|(id, name)| RequestValidator::new(id, name))
            .into();
        let mut ids = Ids::of("", &document);
        assert_eq!(ids.id(Kind::Validator, "old", 6), "mine00");
        assert_ne!(ids.id(Kind::Validator, "new", 6), fresh);
        assert_eq!(ids.id(Kind::Validator, "other", 6), fresh);
    }
}
