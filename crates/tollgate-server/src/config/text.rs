//! Values of the file that are more than a text or a number.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use tollgate::core::{AccountId, ApiId, Region};
use tollgate::gateway::{DEFAULT_ACCOUNT_ID, DEFAULT_REGION};

/// A value that is written as a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text<T>(pub(crate) T);

impl<'de, T> Deserialize<'de> for Text<T>
where
    T: FromStr<Err: fmt::Display>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parse<T>(PhantomData<T>);

        impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Parse<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Parse(PhantomData)).map(Self)
    }
}

/// A whole number within bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounded<const LEAST: u32, const MOST: u32>(pub(crate) u32);

impl<const LEAST: u32, const MOST: u32> Bounded<LEAST, MOST> {
    /// The number as a size.
    pub(crate) fn size(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl<'de, const LEAST: u32, const MOST: u32> Deserialize<'de> for Bounded<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_i64(Within)
    }
}

/// Reads a number within bounds.
struct Within<const LEAST: u32, const MOST: u32>;

impl<const LEAST: u32, const MOST: u32> Visitor<'_> for Within<LEAST, MOST> {
    type Value = Bounded<LEAST, MOST>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {LEAST} to {MOST}")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        let within = u32::try_from(number).ok();
        within
            .filter(|number| (LEAST..=MOST).contains(number))
            .map(Bounded)
            .ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
    }
}

/// A text that is not what it should be.
#[derive(Debug)]
pub(crate) struct Invalid {
    text: String,
    expected: &'static str,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "invalid value {:?}, expected {}",
            self.text, self.expected
        )
    }
}

pub(super) fn valid<T>(text: &str, value: Option<T>, expected: &'static str) -> Result<T, Invalid> {
    value.ok_or_else(|| Invalid {
        text: text.to_owned(),
        expected,
    })
}

/// A number of an AWS account.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Account(pub(crate) AccountId);

impl Default for Account {
    fn default() -> Self {
        Self(DEFAULT_ACCOUNT_ID.into())
    }
}

impl FromStr for Account {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        valid(
            text,
            fits.then(|| Self(text.into())),
            "an account number of 12 digits",
        )
    }
}

/// A name of an AWS region.
#[derive(Clone, Debug)]
pub(crate) struct RegionName(pub(crate) Region);

impl Default for RegionName {
    fn default() -> Self {
        Self(DEFAULT_REGION.into())
    }
}

impl FromStr for RegionName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(allowed);
        valid(
            text,
            fits.then(|| Self(text.into())),
            "a region such as us-east-1",
        )
    }
}

/// An id of an API.
#[derive(Clone, Debug)]
pub(crate) struct ApiName(pub(crate) ApiId);

impl ApiName {
    /// Characters that an id may have at most: those of a label of a host name.
    pub(crate) const MAX_LENGTH: usize = 63;
}

impl FromStr for ApiName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let fits = (1..=Self::MAX_LENGTH).contains(&text.len()) && text.bytes().all(allowed);
        let expected = "an id of 1 to 63 lower-case letters and digits";
        valid(text, fits.then(|| Self(text.into())), expected)
    }
}

/// A span of time: a number and its unit, `ms`, `s`, `m` or `h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimeSpan(pub(crate) Duration);

impl TimeSpan {
    const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

    pub(super) const fn seconds(seconds: u64) -> Text<Self> {
        Text(Self(Duration::from_secs(seconds)))
    }

    pub(super) const fn millis(millis: u64) -> Text<Self> {
        Text(Self(Duration::from_millis(millis)))
    }
}

impl FromStr for TimeSpan {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let millis = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => 0,
        };
        let span = number.parse::<u64>().ok().and_then(|number| {
            let span = Duration::from_millis(number.checked_mul(millis)?);
            (Duration::from_millis(1)..=Self::LONGEST)
                .contains(&span)
                .then_some(Self(span))
        });
        let expected = "a time from \"1ms\" to \"24h\", in ms, s, m or h, such as \"10s\"";
        valid(text, span, expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        for (text, expected) in [
            ("1ms", Some(1)),
            ("250ms", Some(250)),
            ("10s", Some(10_000)),
            ("2m", Some(120_000)),
            ("24h", Some(86_400_000)),
            ("25h", None),
            ("0s", None),
            ("10", None),
            ("s", None),
            ("1.5s", None),
            ("-1s", None),
            ("1 s", None),
            ("99999999999999999999s", None),
            ("9999999999999999999h", None),
        ] {
            let span = text.parse::<TimeSpan>().ok().map(|span| span.0);
            assert_eq!(span, expected.map(Duration::from_millis), "{text}");
        }
    }
}
