//! Where the value of a mapped parameter comes from.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::{ContextPath, ParameterLocation};

/// The right-hand side of a parameter mapping, parsed once.
///
/// The forms are those of the developer guide's page "Parameter mapping source examples".
///
/// ```
/// use tollgate_core::{ParameterLocation, ParameterSource};
///
/// let source: ParameterSource = "method.request.querystring.page".parse()?;
/// assert_eq!(
///     source,
///     ParameterSource::MethodRequest(ParameterLocation::Querystring, "page".into())
/// );
/// assert_eq!("'*'".parse(), Ok(ParameterSource::Static("*".into())));
/// assert!("method.request.cookie.id".parse::<ParameterSource>().is_err());
/// # Ok::<(), tollgate_core::InvalidParameterSource>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParameterSource {
    /// `'text'`: the text itself.
    Static(Box<str>),
    /// `context.…`: a variable of `$context`.
    Context(ContextPath),
    /// `stageVariables.…`: a variable of the stage.
    StageVariable(Box<str>),
    /// `method.request.{header|path|querystring}.…`: a parameter of the request.
    MethodRequest(ParameterLocation, Box<str>),
    /// `method.request.multivalue{header|querystring}.…`: all its values.
    MethodRequestMultiValue(ParameterLocation, Box<str>),
    /// `method.request.body` or `method.request.body.…`: the request's body, or a JSONPath in it.
    MethodRequestBody(Option<Box<str>>),
    /// `integration.response.header.…`: a header of the endpoint's answer.
    IntegrationResponseHeader(Box<str>),
    /// `integration.response.multivalueheader.…`: all its values.
    IntegrationResponseMultiValueHeader(Box<str>),
    /// `integration.response.body` or `integration.response.body.…`: the answer's body, or a
    /// JSONPath in it.
    IntegrationResponseBody(Option<Box<str>>),
}

/// A text that is no source of a parameter.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "invalid mapping expression {text:?}, expected 'static text', context.…, stageVariables.…, \
     method.request.… or integration.response.…"
)]
pub struct InvalidParameterSource {
    /// The text that was refused.
    pub text: String,
}

impl FromStr for ParameterSource {
    type Err = InvalidParameterSource;

    fn from_str(text: &str) -> Result<Self, InvalidParameterSource> {
        parse(text).ok_or_else(|| InvalidParameterSource {
            text: text.to_owned(),
        })
    }
}

fn parse(text: &str) -> Option<ParameterSource> {
    if let Some(quoted) = text.strip_prefix('\'') {
        return Some(ParameterSource::Static(quoted.strip_suffix('\'')?.into()));
    }
    // The page on OpenAPI extensions spells these two with a dollar sign.
    let bare = text.strip_prefix('$').unwrap_or(text);
    if let Some(path) = bare.strip_prefix("context.") {
        return Some(ParameterSource::Context(path.parse().ok()?));
    }
    if let Some(variable) = bare.strip_prefix("stageVariables.") {
        return Some(ParameterSource::StageVariable(name(variable)?));
    }
    if let Some(part) = text.strip_prefix("method.request.") {
        return method_request(part);
    }
    integration_response(text.strip_prefix("integration.response.")?)
}

fn method_request(part: &str) -> Option<ParameterSource> {
    use ParameterLocation::{Header, Path, Querystring};
    let Some((location, parameter)) = part.split_once('.') else {
        return (part == "body").then_some(ParameterSource::MethodRequestBody(None));
    };
    Some(match location {
        "body" => ParameterSource::MethodRequestBody(Some(json_path(parameter)?)),
        "path" => ParameterSource::MethodRequest(Path, name(parameter)?),
        "querystring" => ParameterSource::MethodRequest(Querystring, name(parameter)?),
        "header" => ParameterSource::MethodRequest(Header, name(parameter)?),
        "multivaluequerystring" => {
            ParameterSource::MethodRequestMultiValue(Querystring, name(parameter)?)
        }
        "multivalueheader" => ParameterSource::MethodRequestMultiValue(Header, name(parameter)?),
        _ => return None,
    })
}

fn integration_response(part: &str) -> Option<ParameterSource> {
    let Some((location, header)) = part.split_once('.') else {
        return (part == "body").then_some(ParameterSource::IntegrationResponseBody(None));
    };
    Some(match location {
        "body" => ParameterSource::IntegrationResponseBody(Some(json_path(header)?)),
        "header" => ParameterSource::IntegrationResponseHeader(name(header)?),
        "multivalueheader" => ParameterSource::IntegrationResponseMultiValueHeader(name(header)?),
        _ => return None,
    })
}

/// A JSONPath without its `$.`.
fn json_path(text: &str) -> Option<Box<str>> {
    (!text.is_empty()).then(|| text.into())
}

/// Names match `^[a-zA-Z0-9._$-]+$`.
fn name(text: &str) -> Option<Box<str>> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._$-".contains(&byte);
    (!text.is_empty() && text.bytes().all(allowed)).then(|| text.into())
}

impl fmt::Display for ParameterSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = |f: &mut fmt::Formatter<'_>, side: &str, path: &Option<Box<str>>| match path {
            None => write!(f, "{side}.body"),
            Some(path) => write!(f, "{side}.body.{path}"),
        };
        match self {
            Self::Static(text) => write!(f, "'{text}'"),
            Self::Context(path) => write!(f, "context.{path}"),
            Self::StageVariable(name) => write!(f, "stageVariables.{name}"),
            Self::MethodRequest(location, name) => {
                write!(f, "method.request.{}.{name}", location.as_str())
            }
            Self::MethodRequestMultiValue(location, name) => {
                write!(f, "method.request.multivalue{}.{name}", location.as_str())
            }
            Self::MethodRequestBody(path) => body(f, "method.request", path),
            Self::IntegrationResponseHeader(name) => {
                write!(f, "integration.response.header.{name}")
            }
            Self::IntegrationResponseMultiValueHeader(name) => {
                write!(f, "integration.response.multivalueheader.{name}")
            }
            Self::IntegrationResponseBody(path) => body(f, "integration.response", path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_print_as_they_are_written() {
        for text in [
            "'*'",
            "''",
            "'it's'",
            "context.identity.sourceIp",
            "context.authorizer.principalId",
            "stageVariables.version",
            "method.request.path.id",
            "method.request.querystring.page",
            "method.request.header.X-Api.Key$1",
            "method.request.multivaluequerystring.page",
            "method.request.multivalueheader.Accept",
            "method.request.body",
            "method.request.body.pets[0].name",
            "integration.response.header.ETag",
            "integration.response.multivalueheader.Set-Cookie",
            "integration.response.body",
            "integration.response.body.errorMessage",
        ] {
            assert_eq!(text.parse::<ParameterSource>().unwrap().to_string(), text);
        }
        let dollar: ParameterSource = "$context.requestId".parse().unwrap();
        assert_eq!(dollar, ParameterSource::Context(ContextPath::RequestId));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "'",
            "'open",
            "context.",
            "context.nope",
            "stageVariables.",
            "stageVariables.a b",
            "method.request",
            "method.request.",
            "method.request.header.",
            "method.request.header.page[size]",
            "method.request.cookie.id",
            "method.request.multivaluepath.id",
            "method.request.body.",
            "method.request.bodyguard",
            "integration.response.path.id",
            "integration.request.header.X",
            "true",
        ] {
            let error = InvalidParameterSource {
                text: text.to_owned(),
            };
            assert_eq!(text.parse::<ParameterSource>(), Err(error));
        }
    }
}
