//! The values of mapped parameters, in both directions.

use std::borrow::Cow;

use http::{HeaderMap, StatusCode};
use tollgate_core::{
    Context, Event, GatewayResponseType, MappingSide, Observer, ParameterFate, ParameterLocation,
    ParameterSource, Rejection,
};
use tollgate_jsonpath::JsonPath;
use tollgate_vtl::{Budget, Profile, Value};

use crate::Payload;
use crate::objects::document;
use crate::uri_text::UriText;

/// The source of a parameter, JSONPaths compiled.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// Anything that is not in a body.
    Parameter(ParameterSource),
    /// The body as it is.
    Body,
    /// A part of the body.
    BodyPath(Box<JsonPath>),
}

impl Source {
    /// A source of a request's parameters; the error says what is wrong with it.
    pub(crate) fn of_request(source: ParameterSource) -> Result<Self, String> {
        match source {
            ParameterSource::MethodRequestBody(path) => Self::of_body(path),
            ParameterSource::IntegrationResponseHeader(_)
            | ParameterSource::IntegrationResponseMultiValueHeader(_)
            | ParameterSource::IntegrationResponseBody(_) => {
                Err("a request cannot read the endpoint's answer".to_owned())
            }
            source => Ok(Self::Parameter(source)),
        }
    }

    /// A source of a response's parameters; the error says what is wrong with it.
    pub(crate) fn of_response(source: ParameterSource) -> Result<Self, String> {
        match source {
            ParameterSource::IntegrationResponseBody(path) => Self::of_body(path),
            ParameterSource::MethodRequestBody(_) => {
                Err("a response cannot read the request's body".to_owned())
            }
            source => Ok(Self::Parameter(source)),
        }
    }

    fn of_body(path: Option<Box<str>>) -> Result<Self, String> {
        let Some(path) = path else {
            return Ok(Self::Body);
        };
        // Paths are written without what all of them begin with.
        let path = if path.starts_with('[') {
            format!("${path}")
        } else {
            format!("$.{path}")
        };
        let compiled = JsonPath::parse(&path);
        let compiled = compiled.map_err(|error| format!("invalid JSONPath {path:?}: {error}"))?;
        Ok(Self::BodyPath(Box::new(compiled)))
    }

    /// The source as documents write it.
    fn told(&self, side: MappingSide) -> String {
        let body = match side {
            MappingSide::Request => "method.request.body",
            MappingSide::Response => "integration.response.body",
        };
        match self {
            Self::Parameter(source) => source.to_string(),
            Self::Body => body.to_owned(),
            Self::BodyPath(path) => {
                let path = path.as_str();
                let path = path.strip_prefix("$").unwrap_or(path);
                format!("{body}{path}")
            }
        }
    }

    pub(crate) const fn reads_body(&self) -> bool {
        matches!(self, Self::Body | Self::BodyPath(_))
    }

    /// The value as one text; several are joined with a comma. `None` where there is nothing, or
    /// only the empty text: that adds no parameter (recorded on the service).
    pub(crate) fn text<'a>(
        &'a self,
        values: &'a Values<'_, '_>,
    ) -> Result<Option<Cow<'a, str>>, Rejection> {
        let text = match self {
            Self::Parameter(source) => values.parameter(source),
            Self::Body => Some(Cow::Borrowed(values.payload.text())),
            Self::BodyPath(path) => values.at(path)?,
        };
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// The values one by one, where the source can have several.
    pub(crate) fn texts<'a>(
        &'a self,
        values: &'a Values<'_, '_>,
    ) -> Result<Vec<Cow<'a, str>>, Rejection> {
        if let Self::Parameter(ParameterSource::MethodRequestMultiValue(location, name)) = self {
            return Ok(values.context.request.parameter_values(*location, name));
        }
        Ok(self.text(values)?.into_iter().collect())
    }

    /// How a text of this source goes into a URI.
    pub(crate) fn uri_text<'a>(&self, text: Cow<'a, str>) -> UriText<'a> {
        match self {
            Self::Parameter(ParameterSource::MethodRequest(ParameterLocation::Path, _)) => {
                UriText::Escaped(text)
            }
            _ => UriText::Plain(text),
        }
    }
}

/// What sources read from: the context, the endpoint's answer where there is one, and the body
/// once it is asked for.
#[derive(Debug)]
pub(crate) struct Values<'c, 'p> {
    context: &'c Context,
    answer: Option<&'c HeaderMap>,
    payload: Payload<'p>,
    observer: Option<&'c dyn Observer>,
}

/// A mapping and its value, to be told.
#[derive(Debug)]
pub(crate) struct Followed<'a> {
    /// The target up to its name.
    pub(crate) target: &'static str,
    pub(crate) name: &'a str,
    pub(crate) source: &'a Source,
    pub(crate) value: Option<&'a str>,
    pub(crate) fate: ParameterFate<'a>,
}

impl<'c, 'p> Values<'c, 'p> {
    /// The values of a client's request.
    pub(crate) const fn of_request(
        context: &'c Context,
        payload: Payload<'p>,
        observer: Option<&'c dyn Observer>,
    ) -> Self {
        Self {
            context,
            answer: None,
            payload,
            observer,
        }
    }

    /// The values of an endpoint's answer.
    pub(crate) const fn of_response(
        context: &'c Context,
        answer: &'c HeaderMap,
        payload: Payload<'p>,
        observer: Option<&'c dyn Observer>,
    ) -> Self {
        Self {
            context,
            answer: Some(answer),
            payload,
            observer,
        }
    }

    /// Tells of a mapping that was followed, if somebody observes.
    pub(crate) fn tell(&self, followed: &Followed<'_>) {
        let Some(observer) = self.observer else {
            return;
        };
        let side = match self.answer {
            None => MappingSide::Request,
            Some(_) => MappingSide::Response,
        };
        let Followed {
            target,
            name,
            source,
            value,
            fate,
        } = *followed;
        let event = Event::ParameterMapped {
            side,
            target: &format!("{target}.{name}"),
            source: &source.told(side),
            value,
            fate,
        };
        observer.observe(self.context, &event);
    }

    /// The same for the headers of an endpoint's request that is made otherwise.
    pub(crate) const fn observer(&self) -> Option<&'c dyn Observer> {
        self.observer
    }

    fn parameter<'s>(&'s self, source: &'s ParameterSource) -> Option<Cow<'s, str>> {
        let text = |bytes: &'s [u8]| String::from_utf8_lossy(bytes);
        match source {
            ParameterSource::IntegrationResponseHeader(name) => {
                let last = self.answer?.get_all(&**name).iter().next_back()?;
                Some(text(last.as_bytes()))
            }
            ParameterSource::IntegrationResponseMultiValueHeader(name) => {
                let values = self.answer?.get_all(&**name).iter();
                let values: Vec<_> = values.map(|value| text(value.as_bytes())).collect();
                Some(Cow::Owned(values.join(",")))
            }
            source => self.context.source(source),
        }
    }

    fn at(&self, path: &JsonPath) -> Result<Option<Cow<'_, str>>, Rejection> {
        // A mapped parameter may do what a template of its own may.
        let mut budget = Budget::new(&Profile::api_gateway());
        let found = document::find(&self.document()?, path, &mut budget)
            .map_err(|error| Rejection::configuration(error.to_string()))?;
        let text = match &found {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Str(text)) => text.to_string(),
            Some(value) => value
                .to_json_within(&mut budget)
                .map_err(|error| Rejection::configuration(error.to_string()))?,
        };
        Ok(Some(Cow::Owned(text)))
    }

    /// The body as a document: a body that does not look like JSON counts as an empty object.
    fn document(&self) -> Result<Value<'p>, Rejection> {
        let text = self.payload.text().trim_start();
        if !text.starts_with(['{', '[', '"', '\'']) {
            return Ok(Value::map::<&str>([]));
        }
        let document = self.payload.document().as_ref();
        document
            .cloned()
            .map_err(|error| self.invalid_json(&error.to_string()))
    }

    fn invalid_json(&self, error: &str) -> Rejection {
        let reason = format!("a mapping reads a body that is not JSON: {error}");
        if self.answer.is_some() {
            return Rejection::configuration(reason);
        }
        Rejection::new(GatewayResponseType::Default4xx)
            .with_status(StatusCode::BAD_REQUEST)
            .with_message("Invalid JSON in request body")
            .with_error_type("BadRequestException")
            .because(reason)
    }
}
