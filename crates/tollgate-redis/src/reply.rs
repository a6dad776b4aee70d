//! What a command is answered with.

use redis::Value;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reply {
    /// Nothing is there.
    Nil,
    /// A number.
    Integer(i64),
    /// Bytes; `OK` and other states, too.
    Bytes(Vec<u8>),
    /// Several answers.
    List(Vec<Self>),
}

impl Reply {
    /// The number that it is, or spells.
    #[must_use]
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            Self::Bytes(bytes) => std::str::from_utf8(bytes).ok()?.parse().ok(),
            Self::Nil | Self::List(_) => None,
        }
    }

    /// The answers that it has; none where it is not a list.
    #[must_use]
    pub fn list(&self) -> &[Self] {
        match self {
            Self::List(list) => list,
            Self::Nil | Self::Integer(_) | Self::Bytes(_) => &[],
        }
    }

    /// A list of numbers; `None` where it is anything else.
    #[must_use]
    pub fn integers(&self) -> Option<Vec<i64>> {
        match self {
            Self::List(list) => list.iter().map(Self::integer).collect(),
            Self::Nil | Self::Integer(_) | Self::Bytes(_) => None,
        }
    }

    /// `None` where a command of version 2 of the protocol has no such answer.
    pub(crate) fn of(value: Value) -> Option<Self> {
        Some(match value {
            Value::Nil => Self::Nil,
            Value::Int(number) => Self::Integer(number),
            Value::BulkString(bytes) => Self::Bytes(bytes),
            Value::SimpleString(text) => Self::Bytes(text.into_bytes()),
            Value::Okay => Self::Bytes(b"OK".to_vec()),
            Value::Array(values) | Value::Set(values) => {
                let list: Option<_> = values.into_iter().map(Self::of).collect();
                Self::List(list?)
            }
            _ => return None,
        })
    }
}
