//! `requestParameters`: what of a client's request reaches the endpoint, and under which name.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use thiserror::Error;
use tollgate_core::{ParameterFate, ParameterSource, Rejection, TRACE_HEADER};

use crate::http_request::HttpMapping;
use crate::request_headers::API_ID;
use crate::source::{Followed, Source, Values};
use crate::uri_template::PathValues;
use crate::uri_text::{UriPart, UriText};

/// The mapped parameters of an integration request.
#[derive(Clone, Debug, Default)]
pub struct RequestParameters {
    mapping: HttpMapping,
    headers: Vec<(HeaderName, Source)>,
    query: Vec<(Box<str>, Source)>,
    path: Vec<(Box<str>, Source)>,
    /// A mapping that the service fails with, whatever the request.
    forbidden: Option<HeaderName>,
}

/// Why a mapping cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidRequestParameter {
    /// The target is none.
    #[error(
        "invalid mapping target {0:?}, expected integration.request.header.name, \
         integration.request.querystring.name or integration.request.path.name"
    )]
    Target(String),
    /// The source is none, or cannot be read by a request.
    #[error("{0}")]
    Source(String),
    /// The header is the gateway's own: every request fails with 500 (recorded on the service).
    #[error("the header {0} cannot be mapped; every request fails with 500")]
    Forbidden(HeaderName),
}

impl RequestParameters {
    /// No parameters yet, for an integration that takes so much; the default is for one that takes
    /// what is mapped.
    #[must_use]
    pub fn new(mapping: HttpMapping) -> Self {
        Self {
            mapping,
            ..Self::default()
        }
    }

    /// How much of a client's request these are added to.
    #[must_use]
    pub const fn mapping(&self) -> HttpMapping {
        self.mapping
    }

    /// Adds a mapping such as `integration.request.header.X-Page` from
    /// `method.request.querystring.page`.
    ///
    /// # Errors
    ///
    /// [`InvalidRequestParameter`]; but for a forbidden header, which fails all requests, the
    /// mapping is then left out.
    pub fn insert(&mut self, target: &str, source: &str) -> Result<(), InvalidRequestParameter> {
        let no_target = || InvalidRequestParameter::Target(target.to_owned());
        let (location, name) = target
            .strip_prefix("integration.request.")
            .and_then(|target| target.split_once('.'))
            .filter(|(_, name)| !name.is_empty())
            .ok_or_else(no_target)?;
        let source: ParameterSource = source
            .parse()
            .map_err(|error| InvalidRequestParameter::Source(format!("{error}")))?;
        let source = Source::of_request(source).map_err(InvalidRequestParameter::Source)?;
        match location {
            "header" => {
                let name: HeaderName = name.parse().map_err(|_| no_target())?;
                if is_forbidden(&name, self.mapping) {
                    self.forbidden = Some(name.clone());
                    return Err(InvalidRequestParameter::Forbidden(name));
                }
                self.headers.push((name, source));
            }
            "querystring" => self.query.push((name.into(), source)),
            "path" => self.path.push((name.into(), source)),
            _ => return Err(no_target()),
        }
        Ok(())
    }

    /// Whether something is mapped to `integration.request.path.{name}`.
    #[must_use]
    pub fn maps_path(&self, name: &str) -> bool {
        self.path.iter().any(|(known, _)| &**known == name)
    }

    /// Whether something is mapped to `integration.request.querystring.{name}`.
    #[must_use]
    pub fn maps_query(&self, name: &str) -> bool {
        self.query.iter().any(|(known, _)| &**known == name)
    }

    /// Whether a value comes from the request's body.
    #[must_use]
    pub fn read_body(&self) -> bool {
        let sources = self.headers.iter().map(|(_, source)| source);
        let texts = self.query.iter().chain(&self.path);
        sources
            .chain(texts.map(|(_, source)| source))
            .any(Source::reads_body)
    }

    /// Fails where a header is mapped that fails every request.
    ///
    /// # Errors
    ///
    /// `API_CONFIGURATION_ERROR`, as for [`InvalidRequestParameter::Forbidden`].
    pub fn check(&self) -> Result<(), Rejection> {
        self.forbidden
            .as_ref()
            .map_or(Ok(()), |name| Err(already_present(name)))
    }

    /// Puts the mapped headers in the place of those that are there.
    pub(crate) fn apply_headers(
        &self,
        values: &Values<'_, '_>,
        headers: &mut HeaderMap,
    ) -> Result<(), Rejection> {
        for (name, source) in &self.headers {
            let dropped = is_dropped(name, self.mapping).then_some(ParameterFate::Dropped);
            let text = match dropped {
                None => source.text(values)?,
                Some(_) => None,
            };
            values.tell(&Followed {
                target: "integration.request.header",
                name: name.as_str(),
                source,
                value: text.as_deref(),
                fate: dropped.unwrap_or_else(|| fate(text.as_deref())),
            });
            if let Some(text) = text {
                headers.remove(name);
                append(headers, name.clone(), &text)?;
            }
        }
        Ok(())
    }

    /// Appends the mapped parameters to a query string, but for those that are overridden.
    pub(crate) fn apply_query<'a>(
        &'a self,
        values: &'a Values<'_, '_>,
        overridden: &[(Box<str>, Box<str>)],
        query: &mut QueryString<'_>,
    ) -> Result<(), Rejection> {
        for (name, source) in &self.query {
            if overridden.iter().any(|(other, _)| other == name) {
                continue;
            }
            let texts = source.texts(values)?;
            let tell = |value: Option<&str>| {
                values.tell(&Followed {
                    target: "integration.request.querystring",
                    name,
                    source,
                    value,
                    fate: fate(value),
                });
            };
            if texts.is_empty() {
                tell(None);
            }
            for text in texts {
                tell(Some(&text));
                query.push(name, &source.uri_text(text));
            }
        }
        Ok(())
    }

    /// The values of the URI's parameters.
    pub(crate) fn path_values<'a>(
        &'a self,
        values: &'a Values<'_, '_>,
    ) -> Result<MappedPath<'a>, Rejection> {
        let mut mapped = Vec::with_capacity(self.path.len());
        for (name, source) in &self.path {
            let text = source.text(values)?;
            values.tell(&Followed {
                target: "integration.request.path",
                name,
                source,
                value: text.as_deref(),
                fate: fate(text.as_deref()),
            });
            if let Some(text) = text {
                mapped.push((&**name, source.uri_text(text)));
            }
        }
        Ok(MappedPath(mapped))
    }
}

fn fate(value: Option<&str>) -> ParameterFate<'_> {
    match value {
        Some(_) => ParameterFate::Set,
        None => ParameterFate::Empty,
    }
}

/// The values of the URI's parameters; a later one counts more.
#[derive(Debug)]
pub(crate) struct MappedPath<'a>(Vec<(&'a str, UriText<'a>)>);

impl<'a> MappedPath<'a> {
    pub(crate) fn push(&mut self, name: &'a str, value: UriText<'a>) {
        self.0.push((name, value));
    }
}

impl PathValues for MappedPath<'_> {
    fn value(&self, name: &str) -> Option<UriText<'_>> {
        let mut latest_first = self.0.iter().rev();
        latest_first
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.clone())
    }
}

/// A query string that grows at the end of a URI.
#[derive(Debug)]
pub(crate) struct QueryString<'o> {
    out: &'o mut String,
    has_query: bool,
}

impl<'o> QueryString<'o> {
    /// The query string of this path, if it has one.
    pub(crate) fn of(out: &'o mut String) -> Self {
        let has_query = out.contains('?');
        Self { out, has_query }
    }

    pub(crate) fn push(&mut self, name: &str, value: &UriText<'_>) {
        self.separate();
        UriText::Plain(Cow::Borrowed(name)).write(self.out, UriPart::Query);
        self.out.push('=');
        value.write(self.out, UriPart::Query);
    }

    /// Appends parameters that are encoded already.
    pub(crate) fn push_encoded(&mut self, query: &str) {
        if !query.is_empty() {
            self.separate();
            self.out.push_str(query);
        }
    }

    fn separate(&mut self) {
        self.out.push(if self.has_query { '&' } else { '?' });
        self.has_query = true;
    }
}

/// Adds a header that a mapping or a template made of a request.
///
/// # Errors
///
/// `API_CONFIGURATION_ERROR` where the value cannot stand in a header, or there are too many.
pub(crate) fn append(
    headers: &mut HeaderMap,
    name: HeaderName,
    value: &str,
) -> Result<(), Rejection> {
    let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| {
        Rejection::configuration(format!(
            "the value mapped to header {name} holds a control character"
        ))
    })?;
    headers
        .try_append(name, value)
        .map(drop)
        .map_err(|_| Rejection::configuration("a request to an endpoint has too many headers"))
}

/// Headers that fail the request which maps them (recorded on the service).
pub(crate) fn is_forbidden(name: &HeaderName, mapping: HttpMapping) -> bool {
    [
        header::CONTENT_LENGTH,
        header::TRANSFER_ENCODING,
        TRACE_HEADER,
        API_ID,
    ]
    .contains(name)
        || mapping == HttpMapping::Service && is_forbidden_to_services(name)
}

fn is_forbidden_to_services(name: &HeaderName) -> bool {
    [
        header::AUTHORIZATION,
        header::CONNECTION,
        header::EXPECT,
        header::PROXY_AUTHENTICATE,
        header::TE,
    ]
    .contains(name)
}

/// Headers that do not reach the endpoint, mapped or not (recorded on the service).
pub(crate) fn is_dropped(name: &HeaderName, mapping: HttpMapping) -> bool {
    [
        header::CONNECTION,
        header::EXPECT,
        header::PROXY_AUTHENTICATE,
        header::TE,
        header::VIA,
    ]
    .contains(name)
        || mapping == HttpMapping::Service && *name == header::REFERER
}

pub(crate) fn already_present(name: &HeaderName) -> Rejection {
    Rejection::configuration(format!("{name} header already present"))
}
