//! Custom domain names.

use std::fmt;
use std::str::FromStr;

use super::host::is_execute_api;

/// A custom domain name: `api.example.com`, or `*.example.com` for all names one label longer.
///
/// Names are kept in lower case.
///
/// ```
/// use tollgate_gateway::address::DomainName;
///
/// assert_eq!("API.example.com".parse::<DomainName>()?.as_str(), "api.example.com");
/// assert!("*.*.example.com".parse::<DomainName>().is_err());
/// # Ok::<(), tollgate_gateway::address::InvalidDomainName>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName(Box<str>);

impl DomainName {
    /// Characters that a name may have at most.
    pub const MAX_LENGTH: usize = 253;

    /// The text of the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows `*.`, of a name that stands for several.
    #[must_use]
    pub fn wildcard_of(&self) -> Option<&str> {
        self.0.strip_prefix("*.")
    }
}

/// A text that is no domain name that an API could be served at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidDomainName {
    /// The text that was refused.
    pub domain_name: String,
}

impl fmt::Display for InvalidDomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "domain name {:?}: expected a host name such as api.example.com or *.example.com, \
             without a port, and not one of an execute-api endpoint",
            self.domain_name
        )
    }
}

impl std::error::Error for InvalidDomainName {}

impl FromStr for DomainName {
    type Err = InvalidDomainName;

    fn from_str(text: &str) -> Result<Self, InvalidDomainName> {
        let host = text.strip_prefix("*.").unwrap_or(text);
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let is_label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(allowed);
        if text.len() <= Self::MAX_LENGTH && host.split('.').all(is_label) && !is_execute_api(text)
        {
            Ok(Self(text.to_ascii_lowercase().into()))
        } else {
            Err(InvalidDomainName {
                domain_name: text.to_owned(),
            })
        }
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_hosts() {
        for text in [
            "api.example.com",
            "*.example.com",
            "localhost",
            "127.0.0.1",
            "a-b_c.d",
        ] {
            assert_eq!(text.parse::<DomainName>().unwrap().as_str(), text);
        }
        for text in [
            "",
            "*",
            "*.",
            "a..b",
            ".a",
            "a.",
            "a:80",
            "a.*.b",
            "ä.example.com",
            "abc.execute-api.localhost",
            "*.Execute-API.localhost",
        ] {
            assert!(text.parse::<DomainName>().is_err(), "{text}");
        }
    }
}
