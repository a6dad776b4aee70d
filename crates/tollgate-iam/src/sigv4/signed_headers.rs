//! The list of headers that a signature covers.

use std::borrow::Cow;

use super::error::SignatureError;
use super::split::split;

/// Headers that a signature may cover: as many as hyper takes in a request.
pub const MAX_SIGNED_HEADERS: usize = 100;

/// The header in which a client states the hash of the body.
pub(crate) const PAYLOAD_HASH: &str = "x-amz-content-sha256";

/// Lower-case names, sorted, with `;` between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignedHeaders<'a> {
    list: Cow<'a, str>,
    /// Whether the list was in its canonical form when it arrived.
    canonical: bool,
    has_host: bool,
    has_payload_hash: bool,
}

impl<'a> SignedHeaders<'a> {
    /// Reads a list as it arrived.
    pub(crate) fn parse(text: Cow<'a, str>) -> Result<Self, SignatureError> {
        let (arrived, count) = Self::read(text);
        if count > MAX_SIGNED_HEADERS {
            return Err(SignatureError::TooLong {
                what: "SignedHeaders",
                limit: MAX_SIGNED_HEADERS,
            });
        }
        Ok(if arrived.canonical {
            arrived
        } else {
            Self {
                canonical: false,
                ..Self::of(arrived.list.split(';'))
            }
        })
    }

    /// The list of these names.
    pub(crate) fn of<'b>(names: impl Iterator<Item = &'b str>) -> Self {
        let names = names.filter(|name| !name.is_empty());
        let mut names: Vec<String> = names.map(str::to_ascii_lowercase).collect();
        names.sort_unstable();
        names.dedup();
        Self::read(names.join(";").into()).0
    }

    /// Takes a list as it is; returns, too, how many names are on it.
    fn read(list: Cow<'a, str>) -> (Self, usize) {
        let upper = |any: bool, byte: u8| any | byte.is_ascii_uppercase();
        let mut read = Self {
            canonical: !list.bytes().fold(false, upper),
            has_host: false,
            has_payload_hash: false,
            list,
        };
        let mut count = 0;
        let mut previous = None;
        for name in names(&read.list) {
            // An empty text is not compared: the C library's masked load of none is slow.
            let is_next = previous.is_none_or(|previous| previous < name);
            read.canonical &= is_next && !name.is_empty();
            read.has_host |= name == b"host";
            read.has_payload_hash |= name == PAYLOAD_HASH.as_bytes();
            previous = Some(name);
            count += 1;
        }
        (read, count)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.list
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &[u8]> {
        names(&self.list).filter(|name| !name.is_empty())
    }

    pub(crate) const fn has_host(&self) -> bool {
        self.has_host
    }

    /// Whether the client states, and signs, the hash of the body.
    pub(crate) const fn has_payload_hash(&self) -> bool {
        self.has_payload_hash
    }

    pub(crate) const fn arrived_canonical(&self) -> bool {
        self.canonical
    }
}

fn names(list: &str) -> impl Iterator<Item = &[u8]> {
    split(list.as_bytes(), b';')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_canonical_if_it_is_lower_case_sorted_and_without_doubles() {
        for (text, list, canonical) in [
            ("host", "host", true),
            ("host;x-amz-date", "host;x-amz-date", true),
            ("x-amz-date;host", "host;x-amz-date", false),
            ("Host", "host", false),
            ("host;host", "host", false),
            ("host;", "host", false),
            (";host", "host", false),
            ("", "", false),
        ] {
            let parsed = SignedHeaders::parse(text.into()).unwrap();
            assert_eq!(parsed.as_str(), list, "{text}");
            assert_eq!(parsed.arrived_canonical(), canonical, "{text}");
        }
    }

    #[test]
    fn a_list_has_a_greatest_number_of_names() {
        let list = |count: usize| {
            let names: Vec<String> = (0..count).map(|number| format!("h{number:03}")).collect();
            names.join(";")
        };
        assert!(SignedHeaders::parse(list(MAX_SIGNED_HEADERS).into()).is_ok());
        let refused = SignedHeaders::parse(list(MAX_SIGNED_HEADERS + 1).into()).unwrap_err();
        assert!(matches!(
            refused,
            SignatureError::TooLong { limit: 100, .. }
        ));
    }
}
