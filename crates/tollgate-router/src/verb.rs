//! Verbs of requests and method keys of resources.

use std::{fmt, str::FromStr};

use http::Method;

use crate::MethodKeyError;

/// A verb that methods can have. Requests with any other verb match nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verb {
    /// `DELETE`
    Delete,
    /// `GET`
    Get,
    /// `HEAD`, which is not derived from `GET`
    Head,
    /// `OPTIONS`, which is not answered unless some resource has it
    Options,
    /// `PATCH`
    Patch,
    /// `POST`
    Post,
    /// `PUT`
    Put,
}

impl Verb {
    /// Every verb: what `ANY` stands for.
    pub const ALL: [Self; 7] = [
        Self::Delete,
        Self::Get,
        Self::Head,
        Self::Options,
        Self::Patch,
        Self::Post,
        Self::Put,
    ];

    /// The verb of a request, or `None` if no method can have it (`CONNECT`, `TRACE`, `PURGE`…).
    #[must_use]
    pub fn of(method: &Method) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|verb| verb.as_str() == method.as_str())
    }

    /// The verb in capitals, as requests spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "DELETE",
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Patch => "PATCH",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a method of a resource answers: one verb, or `ANY` of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MethodKey {
    /// One verb; it wins over `ANY` on the same resource.
    Verb(Verb),
    /// Each verb of [`Verb::ALL`] that the resource has no method of its own for.
    Any,
}

impl MethodKey {
    /// The method key in capitals, as API documents spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verb(verb) => verb.as_str(),
            Self::Any => "ANY",
        }
    }
}

impl From<Verb> for MethodKey {
    fn from(verb: Verb) -> Self {
        Self::Verb(verb)
    }
}

impl FromStr for MethodKey {
    type Err = MethodKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Verb::ALL
            .into_iter()
            .map(Self::Verb)
            .chain([Self::Any])
            .find(|key| key.as_str() == text)
            .ok_or_else(|| MethodKeyError(text.to_owned()))
    }
}

impl fmt::Display for MethodKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_verbs_are_known() {
        for (method, expected) in [
            (Method::DELETE, Some(Verb::Delete)),
            (Method::GET, Some(Verb::Get)),
            (Method::HEAD, Some(Verb::Head)),
            (Method::OPTIONS, Some(Verb::Options)),
            (Method::PATCH, Some(Verb::Patch)),
            (Method::POST, Some(Verb::Post)),
            (Method::PUT, Some(Verb::Put)),
            (Method::CONNECT, None),
            (Method::TRACE, None),
            (Method::from_bytes(b"PURGE").unwrap(), None),
            (Method::from_bytes(b"ANY").unwrap(), None),
            (Method::from_bytes(b"get").unwrap(), None),
        ] {
            assert_eq!(Verb::of(&method), expected, "{method}");
        }
    }

    #[test]
    fn method_keys_print_as_they_parse() {
        for text in [
            "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "ANY",
        ] {
            assert_eq!(text.parse::<MethodKey>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn method_keys_are_written_in_capitals() {
        for text in ["", "get", "Any", "TRACE", "GET "] {
            assert_eq!(
                text.parse::<MethodKey>(),
                Err(MethodKeyError(text.to_owned()))
            );
        }
    }
}
