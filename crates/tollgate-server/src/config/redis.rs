//! Where limits are shared, as a file has it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::Deserialize;
use toml::Spanned;

use super::text::{Invalid, Text, TimeSpan, valid};

/// A server that keeps limits for many gateways.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Redis {
    /// It may have a password in it.
    #[serde(default)]
    pub(crate) address: Option<Spanned<String>>,
    /// The file that the address stands in.
    #[serde(default)]
    pub(crate) address_file: Option<Spanned<PathBuf>>,
    /// What all keys begin with.
    #[serde(default)]
    pub(crate) prefix: Text<Prefix>,
    /// For an answer.
    #[serde(default = "timeout")]
    pub(crate) timeout: Text<TimeSpan>,
    /// For connecting.
    #[serde(default = "connect_timeout")]
    pub(crate) connect_timeout: Text<TimeSpan>,
}

const fn timeout() -> Text<TimeSpan> {
    TimeSpan::millis(20)
}

const fn connect_timeout() -> Text<TimeSpan> {
    TimeSpan::millis(250)
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis")
            .field("address_file", &self.address_file)
            .field("prefix", &self.prefix)
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .finish_non_exhaustive()
    }
}

/// A word that keys begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prefix(pub(crate) Box<str>);

impl Default for Prefix {
    fn default() -> Self {
        Self("tollgate".into())
    }
}

impl FromStr for Prefix {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(allowed);
        let expected = "1 to 64 letters, digits and -_.";
        valid(text, fits.then(|| Self(text.into())), expected)
    }
}
