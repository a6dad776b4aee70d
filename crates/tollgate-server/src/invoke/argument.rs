//! What a request is made of, as the command line says it.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::str::FromStr;

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderName, HeaderValue, Method};
use tollgate::gateway::MAX_BODY_BYTES;

/// A header, as it was spelled.
#[derive(Clone, Debug)]
pub(crate) struct HeaderArgument {
    pub(crate) spelled: String,
    pub(crate) name: HeaderName,
    pub(crate) value: HeaderValue,
}

impl FromStr for HeaderArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text
            .split_once(':')
            .ok_or("expected a name and a value, such as 'Accept: text/plain'")?;
        let parsed = HeaderName::from_bytes(name.as_bytes());
        let parsed = parsed.map_err(|_| format!("expected the name of a header, not {name:?}"))?;
        let value = HeaderValue::from_bytes(value.trim_ascii().as_bytes());
        let mut value = value.map_err(|_| "expected a value without control characters")?;
        // It may be a secret; what prints structures for debugging leaves it out then.
        value.set_sensitive(true);
        Ok(Self {
            spelled: name.to_owned(),
            name: parsed,
            value,
        })
    }
}

/// Where a body comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BodyArgument {
    Text(String),
    File(PathBuf),
    Stdin,
}

impl FromStr for BodyArgument {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.strip_prefix('@') {
            Some(file) => Self::File(file.into()),
            None if text == "-" => Self::Stdin,
            None => Self::Text(text.to_owned()),
        })
    }
}

impl BodyArgument {
    /// Reads the body, up to the first byte that is too many for the gateway.
    pub(crate) fn read(&self) -> io::Result<Bytes> {
        match self {
            Self::Text(text) => Ok(text.clone().into()),
            Self::File(file) => read(File::open(file)?),
            Self::Stdin => read(io::stdin().lock()),
        }
    }

    /// What it is called.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Text(_) => "the command line".to_owned(),
            Self::File(file) => file.display().to_string(),
            Self::Stdin => "standard input".to_owned(),
        }
    }
}

fn read(source: impl Read) -> io::Result<Bytes> {
    let mut bytes = Vec::new();
    source
        .take(MAX_BODY_BYTES as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes.into())
}

/// Reads a verb.
pub(crate) fn verb(text: &str) -> Result<Method, String> {
    let verb = text.to_ascii_uppercase();
    Method::from_bytes(verb.as_bytes()).map_err(|_| "expected a verb such as GET".to_owned())
}

/// Reads path and query.
pub(crate) fn target(text: &str) -> Result<PathAndQuery, String> {
    let expected = || "expected a path such as '/pets/7?verbose=true', percent-encoded".to_owned();
    if !text.starts_with('/') || text.contains('#') {
        return Err(expected());
    }
    text.parse().map_err(|_| expected())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_names_and_values() {
        for (text, expected) in [
            ("Accept: text/plain", Some(("Accept", "text/plain"))),
            ("x:y", Some(("x", "y"))),
            ("x-empty:", Some(("x-empty", ""))),
            ("X-Time:  10:30 ", Some(("X-Time", "10:30"))),
            ("Accept", None),
            (": x", None),
            ("a b: x", None),
            ("a: x\ny", None),
        ] {
            let header = text.parse::<HeaderArgument>().ok();
            let header = header.as_ref();
            let parts = header.map(|one| (one.spelled.as_str(), one.value.to_str().unwrap()));
            assert_eq!(parts, expected, "{text:?}");
        }
    }

    #[test]
    fn targets_are_paths() {
        for (text, is_target) in [
            ("/", true),
            ("/pets/7?x=%20", true),
            ("pets", false),
            ("", false),
            ("http://a/b", false),
            ("/a#b", false),
            ("/a b", false),
        ] {
            assert_eq!(target(text).is_ok(), is_target, "{text:?}");
        }
        assert_eq!(verb("patch"), Ok(Method::PATCH));
        assert!(verb("a b").is_err());
    }
}
