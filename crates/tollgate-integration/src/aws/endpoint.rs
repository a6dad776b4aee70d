//! Where services are called instead of at their own address.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use http::Uri;
use http::uri::{Authority, Scheme};
use thiserror::Error;

/// A URL at which a service answers: scheme, host and port, and perhaps a path that goes before all
/// others.
///
/// ```
/// use tollgate_integration::aws::Endpoint;
///
/// let endpoint: Endpoint = "http://127.0.0.1:4566/".parse()?;
/// assert_eq!(endpoint.to_string(), "http://127.0.0.1:4566");
/// # Ok::<(), tollgate_integration::aws::InvalidEndpoint>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    scheme: Scheme,
    authority: Authority,
    uri: Uri,
}

/// A text that is no URL of a service.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("invalid value {text:?}, expected a URL such as http://127.0.0.1:4566")]
pub struct InvalidEndpoint {
    /// The text.
    pub text: String,
}

impl FromStr for Endpoint {
    type Err = InvalidEndpoint;

    fn from_str(text: &str) -> Result<Self, InvalidEndpoint> {
        let parsed = || {
            let uri: Uri = text.parse().ok()?;
            let scheme = uri.scheme()?.clone();
            let authority = uri.authority()?.clone();
            let is_http = [Scheme::HTTP, Scheme::HTTPS].contains(&scheme);
            let is_plain = uri.query().is_none() && !authority.as_str().contains('@');
            (is_http && is_plain).then_some(Self {
                scheme,
                authority,
                uri,
            })
        };
        parsed().ok_or_else(|| InvalidEndpoint {
            text: text.to_owned(),
        })
    }
}

impl Endpoint {
    /// `http` or `https`.
    #[must_use]
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Host and port.
    #[must_use]
    pub const fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The whole of it.
    #[must_use]
    pub const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Whether a path goes before all others.
    #[must_use]
    pub fn has_path(&self) -> bool {
        !self.path().is_empty()
    }

    /// The path that goes before all others, without a slash at its end.
    fn path(&self) -> &str {
        self.uri.path().trim_end_matches('/')
    }
}

/// The URL without a slash at its end, so that a path can follow.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.path())
    }
}

/// The name of the endpoint that is for all services.
const ALL: &str = "all";

/// Where AWS services are called instead of at their own address, all of them or one by one.
///
/// ```
/// use tollgate_integration::aws::Endpoints;
///
/// let endpoints = Endpoints::default()
///     .with_all("http://127.0.0.1:5000".parse()?)
///     .with_service("lambda", "http://127.0.0.1:9001".parse()?);
/// let port = |service| endpoints.for_service(service).and_then(|it| it.authority().port_u16());
/// assert_eq!((port("lambda"), port("s3")), (Some(9001), Some(5000)));
/// # Ok::<(), tollgate_integration::aws::InvalidEndpoint>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints {
    all: Option<Endpoint>,
    services: BTreeMap<Box<str>, Endpoint>,
}

impl Endpoints {
    /// Calls all services there that have no endpoint of their own.
    #[must_use]
    pub fn with_all(mut self, endpoint: Endpoint) -> Self {
        self.all = Some(endpoint);
        self
    }

    /// Calls a service there, by its name in URIs of integrations, such as `states`.
    #[must_use]
    pub fn with_service(mut self, service: impl Into<Box<str>>, endpoint: Endpoint) -> Self {
        self.services.insert(service.into(), endpoint);
        self
    }

    /// All of them by the services' names; that of `all` is for all others.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Endpoint)> {
        let all = self.all.iter().map(|endpoint| (ALL, endpoint));
        let services = self.services.iter();
        all.chain(services.map(|(name, endpoint)| (&**name, endpoint)))
    }

    /// Calls the services of this name there, or with `all` all that have no endpoint of their own.
    #[must_use]
    pub fn with(self, name: &str, endpoint: Endpoint) -> Self {
        match name {
            ALL => self.with_all(endpoint),
            name => self.with_service(name, endpoint),
        }
    }

    /// Where a service is called; `None`: at its own address.
    #[must_use]
    pub fn for_service(&self, service: &str) -> Option<&Endpoint> {
        self.services.get(service).or(self.all.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_urls_without_a_query() {
        for (text, expected) in [
            ("http://localhost:4566", Some("http://localhost:4566")),
            ("https://a.test/", Some("https://a.test")),
            ("https://a.test/base/", Some("https://a.test/base")),
            ("http://[::1]:80/", Some("http://[::1]:80")),
            ("", None),
            ("localhost:4566", None),
            ("ftp://a.test", None),
            ("http://user:pass@a.test", None),
            ("http://a.test/?x=y", None),
            ("/base", None),
        ] {
            let endpoint = text.parse::<Endpoint>();
            let shown = endpoint.ok().map(|endpoint| endpoint.to_string());
            assert_eq!(shown.as_deref(), expected, "{text}");
        }
    }
}
