//! Where an authorizer finds who calls.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use http::HeaderName;
use thiserror::Error;
use tollgate_core::{Context, ParameterLocation, ParameterSource};

/// A part of a request that identifies its caller, parsed once: `method.request.header.…`,
/// `method.request.querystring.…`, `stageVariables.…` or `context.…`.
///
/// Names of headers are told apart without regard to case, as HTTP/2 sends them in lower case.
///
/// ```
/// use tollgate_auth::IdentitySource;
///
/// let source: IdentitySource = "method.request.header.Authorization".parse()?;
/// assert_eq!(source.to_string(), "method.request.header.Authorization");
/// assert!("method.request.path.id".parse::<IdentitySource>().is_err());
/// # Ok::<(), tollgate_auth::InvalidIdentitySource>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentitySource {
    source: ParameterSource,
    /// Of a header, the name as HTTP libraries have it.
    header: Option<HeaderName>,
}

/// A text that is no identity source.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "identity source {text:?}, expected method.request.header.…, method.request.querystring.…, \
     stageVariables.… or context.…"
)]
pub struct InvalidIdentitySource {
    /// The text that was refused.
    pub text: String,
}

impl IdentitySource {
    /// The header that holds a token, where the text names one header and nothing else.
    pub(crate) fn of_token(text: &str) -> Option<Self> {
        let source: Self = text.trim().parse().ok()?;
        source.header().is_some().then_some(source)
    }

    /// Reads a list that is separated by commas; of an empty text, none.
    ///
    /// # Errors
    ///
    /// [`InvalidIdentitySource`] with the first text that is none.
    pub fn parse_list(list: &str) -> Result<Vec<Self>, InvalidIdentitySource> {
        if list.trim().is_empty() {
            return Ok(Vec::new());
        }
        list.split(',').map(|one| one.trim().parse()).collect()
    }

    /// The header that it reads, if it reads one.
    #[must_use]
    pub const fn header(&self) -> Option<&HeaderName> {
        self.header.as_ref()
    }

    /// What the request has there, the last value if there are several; `None` for nothing and for
    /// an empty text.
    #[must_use]
    pub fn value<'c>(&'c self, context: &'c Context) -> Option<Cow<'c, str>> {
        let value = context.source(&self.source).or_else(|| {
            // The client may have spelled the name in another way, and would be told apart by it.
            let name = context.request.spelled(self.header.as_ref()?);
            context.parameter(ParameterLocation::Header, name)
        });
        value.filter(|value| !value.is_empty())
    }

    /// All values of a parameter that comes more than once, as bytes; otherwise nothing.
    ///
    /// A function sees all of them, so that its answer may depend on each.
    pub(crate) fn repeated<'c>(&self, context: &'c Context) -> Vec<Cow<'c, [u8]>> {
        match (&self.header, &self.source) {
            (Some(name), _) => {
                let values = context.request.headers.get_all(name);
                let is_repeated = values.iter().nth(1).is_some();
                let values = values.iter().filter(|_| is_repeated);
                values.map(|value| value.as_bytes().into()).collect()
            }
            (None, ParameterSource::MethodRequest(location, name)) => {
                let values = context.request.parameter_values(*location, name);
                let is_repeated = values.len() > 1;
                let values = values.into_iter().filter(|_| is_repeated);
                values.map(into_bytes).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn into_bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => text.as_bytes().into(),
        Cow::Owned(text) => text.into_bytes().into(),
    }
}

impl FromStr for IdentitySource {
    type Err = InvalidIdentitySource;

    fn from_str(text: &str) -> Result<Self, InvalidIdentitySource> {
        let invalid = || InvalidIdentitySource {
            text: text.to_owned(),
        };
        let source: ParameterSource = text.parse().map_err(|_| invalid())?;
        let header = match &source {
            ParameterSource::MethodRequest(ParameterLocation::Header, name) => {
                Some(HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid())?)
            }
            ParameterSource::MethodRequest(ParameterLocation::Querystring, _)
            | ParameterSource::StageVariable(_)
            | ParameterSource::Context(_) => None,
            _ => return Err(invalid()),
        };
        Ok(Self { source, header })
    }
}

impl fmt::Display for IdentitySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_with_their_blanks() {
        let list = " method.request.header.A ,method.request.querystring.b,stageVariables.c, \
                    context.identity.sourceIp";
        let sources = IdentitySource::parse_list(list).unwrap();
        let texts: Vec<_> = sources.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "method.request.header.A",
                "method.request.querystring.b",
                "stageVariables.c",
                "context.identity.sourceIp"
            ]
        );
        assert_eq!(IdentitySource::parse_list(" "), Ok(Vec::new()));
    }

    #[test]
    fn what_identifies_nobody_is_refused() {
        for text in [
            "",
            "Authorization",
            "method.request.path.id",
            "method.request.body",
            "method.request.body.token",
            "method.request.multivalueheader.A",
            "method.request.header.",
            "integration.response.header.A",
            "context.nope",
            "'me'",
        ] {
            let text = text.to_owned();
            assert_eq!(
                text.parse::<IdentitySource>(),
                Err(InvalidIdentitySource { text })
            );
        }
        assert!(IdentitySource::parse_list("method.request.header.A,").is_err());
    }
}
