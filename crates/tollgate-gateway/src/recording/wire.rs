//! How the parts of messages are written.

use std::fmt::{self, Display};
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A line of a message's head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(String, Octets)", into = "(String, Octets)")]
#[non_exhaustive]
pub struct HeaderLine {
    /// The name as it is spelled.
    pub spelled: String,
    /// The name as it is compared.
    pub name: HeaderName,
    /// The value.
    pub value: HeaderValue,
}

impl HeaderLine {
    /// A line with a name in any spelling; `None` for what is no name.
    #[must_use]
    pub fn new(spelled: impl Into<String>, value: HeaderValue) -> Option<Self> {
        let spelled = spelled.into();
        let name = HeaderName::from_bytes(spelled.as_bytes()).ok()?;
        Some(Self {
            spelled,
            name,
            value,
        })
    }

    /// The lines of headers, names in lower case.
    pub(super) fn of(headers: &HeaderMap) -> Vec<Self> {
        let lines = headers.iter().map(|(name, value)| Self {
            spelled: name.as_str().to_owned(),
            name: name.clone(),
            value: value.clone(),
        });
        lines.collect()
    }

    /// The headers that lines make.
    pub(super) fn headers(lines: &[Self]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            // What has too many lines was no message; the rest is left out of it.
            drop(headers.try_append(line.name.clone(), line.value.clone()));
        }
        headers
    }
}

impl TryFrom<(String, Octets)> for HeaderLine {
    type Error = String;

    fn try_from((spelled, value): (String, Octets)) -> Result<Self, String> {
        let value = HeaderValue::from_maybe_shared(value.0)
            .map_err(|_| format!("the value of header {spelled:?} holds a control character"))?;
        let no_name = format!("{spelled:?} is no name of a header");
        Self::new(spelled, value).ok_or(no_name)
    }
}

impl From<HeaderLine> for (String, Octets) {
    fn from(line: HeaderLine) -> Self {
        let value = Bytes::copy_from_slice(line.value.as_bytes());
        (line.spelled, Octets(value))
    }
}

/// Bytes: a text where they are one, else `{"base64": "…"}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Octets(pub(super) Bytes);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Encoded {
    base64: String,
}

impl Serialize for Octets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => Encoded {
                base64: STANDARD.encode(&self.0),
            }
            .serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OctetsVisitor)
    }
}

struct OctetsVisitor;

impl<'de> Visitor<'de> for OctetsVisitor {
    type Value = Octets;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or an object with `base64`")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Octets, E> {
        Ok(Octets(Bytes::copy_from_slice(text.as_bytes())))
    }

    fn visit_string<E: serde::de::Error>(self, text: String) -> Result<Octets, E> {
        Ok(Octets(text.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Octets, A::Error> {
        let Encoded { base64 } = Encoded::deserialize(MapAccessDeserializer::new(map))?;
        let bytes = STANDARD.decode(base64);
        let bytes = bytes.map_err(|error| A::Error::custom(format!("invalid base64: {error}")))?;
        Ok(Octets(bytes.into()))
    }
}

/// Bytes as [`Octets`].
pub(super) mod octets {
    use super::{Bytes, Deserialize as _, Deserializer, Octets, Serialize as _, Serializer};

    pub(in super::super) fn serialize<S: Serializer>(
        bytes: &Bytes,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        Octets(bytes.clone()).serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Bytes, D::Error> {
        Octets::deserialize(deserializer).map(|octets| octets.0)
    }
}

/// Values that print as they are read.
pub(super) mod text {
    use super::{Deserialize as _, Deserializer, Display, FromStr, Serializer, read};

    pub(in super::super) fn serialize<T: Display, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(in super::super) fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        read(&String::deserialize(deserializer)?)
    }
}

fn read<T: FromStr<Err: Display>, E: serde::de::Error>(text: &str) -> Result<T, E> {
    text.parse()
        .map_err(|error| E::custom(format!("{text:?}: {error}")))
}

/// The version of HTTP.
pub(super) mod version {
    use http::Version;

    use super::{Deserialize as _, Deserializer, Serializer};

    const KNOWN: [(&str, Version); 5] = [
        ("HTTP/0.9", Version::HTTP_09),
        ("HTTP/1.0", Version::HTTP_10),
        ("HTTP/1.1", Version::HTTP_11),
        ("HTTP/2.0", Version::HTTP_2),
        ("HTTP/3.0", Version::HTTP_3),
    ];

    pub(in super::super) fn serialize<S: Serializer>(
        version: &Version,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{version:?}"))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Version, D::Error> {
        let text = String::deserialize(deserializer)?;
        let known = KNOWN.into_iter().find(|(name, _)| *name == text);
        let unknown = || serde::de::Error::custom(format!("{text:?} is no version of HTTP"));
        known.map(|(_, version)| version).ok_or_else(unknown)
    }
}

/// Ids, which have no `FromStr`.
pub(super) mod ids {
    use tollgate_core::{ExtendedRequestId, RequestId};

    use super::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    pub(in super::super) fn serialize<S: Serializer>(
        (id, extended): &(RequestId, ExtendedRequestId),
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        [id.to_string(), extended.to_string()].serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<(RequestId, ExtendedRequestId), D::Error> {
        let [id, extended] = <[String; 2]>::deserialize(deserializer)?;
        let ids = RequestId::parse(&id).zip(ExtendedRequestId::parse(&extended));
        let none = || serde::de::Error::custom(format!("{id:?} and {extended:?} are no ids"));
        ids.ok_or_else(none)
    }
}
