//! The members of an answer, as strict as the service is about them.

use std::fmt;

use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};

/// What an answer says, or the metadata in front of a streamed one.
#[derive(Debug, Default)]
pub(super) struct Members {
    pub(super) status: Option<StatusCode>,
    pub(super) single: Vec<(HeaderName, HeaderValue)>,
    pub(super) multiple: Vec<(HeaderName, HeaderValue)>,
    pub(super) cookies: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: String,
    pub(super) is_base64: bool,
}

const NAMES: &[&str] = &[
    "statusCode",
    "headers",
    "multiValueHeaders",
    "body",
    "isBase64Encoded",
];
const STREAM_NAMES: &[&str] = &["statusCode", "headers", "multiValueHeaders", "cookies"];

impl Members {
    /// Reads an answer.
    pub(super) fn of_answer(payload: &[u8]) -> Result<Self, serde_json::Error> {
        Self::read(payload, MembersVisitor { is_streamed: false })
    }

    /// Reads the metadata in front of a streamed answer.
    pub(super) fn of_metadata(metadata: &[u8]) -> Result<Self, serde_json::Error> {
        Self::read(metadata, MembersVisitor { is_streamed: true })
    }

    fn read(json: &[u8], visitor: MembersVisitor) -> Result<Self, serde_json::Error> {
        let mut reader = serde_json::Deserializer::from_slice(json);
        let members = reader.deserialize_map(visitor)?;
        reader.end()?;
        Ok(members)
    }
}

struct MembersVisitor {
    is_streamed: bool,
}

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Members::default();
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "statusCode" => {
                    let status = map.next_value::<Option<Status>>()?;
                    members.status = status.map(|Status(status)| status);
                }
                "headers" => members.single = map.next_value_seed(Headers { lists: false })?,
                "multiValueHeaders" => {
                    members.multiple = map.next_value_seed(Headers { lists: true })?;
                }
                "cookies" if self.is_streamed => {
                    let cookies = map
                        .next_value::<Option<Vec<Value>>>()?
                        .into_iter()
                        .flatten();
                    let cookies = cookies.map(|Value(cookie)| (header::SET_COOKIE, cookie));
                    members.cookies = cookies.collect();
                }
                "body" if !self.is_streamed => {
                    members.body = map.next_value::<Option<String>>()?.unwrap_or_default()
                }
                "isBase64Encoded" if !self.is_streamed => {
                    members.is_base64 = map.next_value::<Option<bool>>()?.unwrap_or_default();
                }
                unknown => {
                    let names = if self.is_streamed {
                        STREAM_NAMES
                    } else {
                        NAMES
                    };
                    return Err(A::Error::unknown_field(unknown, names));
                }
            }
        }
        Ok(members)
    }
}

/// A status that can end an exchange, as a number or in a string.
struct Status(StatusCode);

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StatusVisitor)
    }
}

struct StatusVisitor;

impl StatusVisitor {
    fn status<E: Error>(self, code: u64, found: Unexpected<'_>) -> Result<Status, E> {
        u16::try_from(code)
            .ok()
            .filter(|code| (200..600).contains(code))
            .and_then(|code| StatusCode::from_u16(code).ok())
            .map(Status)
            .ok_or_else(|| E::invalid_value(found, &self))
    }
}

impl Visitor<'_> for StatusVisitor {
    type Value = Status;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a status from 200 to 599")
    }

    fn visit_u64<E: Error>(self, code: u64) -> Result<Status, E> {
        self.status(code, Unexpected::Unsigned(code))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Status, E> {
        let found = Unexpected::Str(text);
        let code = if text.bytes().all(|byte| byte.is_ascii_digit()) {
            text.parse().ok()
        } else {
            None
        };
        match code {
            Some(code) => self.status(code, found),
            None => Err(E::invalid_value(found, &self)),
        }
    }
}

/// A map of headers, with one value each or a list of them; `null` has none.
#[derive(Clone, Copy)]
struct Headers {
    lists: bool,
}

impl<'de> DeserializeSeed<'de> for Headers {
    type Value = Vec<(HeaderName, HeaderValue)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Headers {
    type Value = Vec<(HeaderName, HeaderValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of headers")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut headers = Vec::new();
        while let Some(Name(name)) = map.next_key()? {
            if self.lists {
                map.next_value_seed(Values {
                    name: &name,
                    headers: &mut headers,
                })?;
            } else {
                let Value(value) = map.next_value()?;
                headers.push((name, value));
            }
        }
        Ok(headers)
    }
}

struct Name(HeaderName);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl Visitor<'_> for NameVisitor {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a header")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Name, E> {
                HeaderName::from_bytes(text.as_bytes())
                    .map(Name)
                    .map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(NameVisitor)
    }
}

/// The value of a header: a string, or one of the words `true` and `false`.
struct Value(HeaderValue);

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ValueVisitor;
        impl Visitor<'_> for ValueVisitor {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the value of a header, a string")
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
                let text = if value { "true" } else { "false" };
                Ok(Value(HeaderValue::from_static(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
                HeaderValue::from_bytes(text.as_bytes())
                    .map(Value)
                    .map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(ValueVisitor)
    }
}

/// A list of values, pushed with their name.
struct Values<'h> {
    name: &'h HeaderName,
    headers: &'h mut Vec<(HeaderName, HeaderValue)>,
}

impl<'de> DeserializeSeed<'de> for Values<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Values<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of a header's values")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(Value(value)) = list.next_element()? {
            self.headers.push((self.name.clone(), value));
        }
        Ok(())
    }
}
