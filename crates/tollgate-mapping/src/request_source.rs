//! The values of mapped request parameters.

use std::borrow::Cow;
use std::cell::OnceCell;

use http::StatusCode;
use tollgate_core::{Context, GatewayResponseType, ParameterLocation, ParameterSource, Rejection};
use tollgate_jsonpath::JsonPath;
use tollgate_vtl::Value;

use crate::objects::document;
use crate::uri_text::UriText;

/// The source of a parameter, JSONPaths compiled.
#[derive(Clone, Debug)]
pub(crate) enum RequestSource {
    /// Anything that the context knows.
    Context(ParameterSource),
    /// The body as it is.
    Body,
    /// A part of the body.
    BodyPath(JsonPath),
}

impl RequestSource {
    /// Compiles a source; the error says what is wrong with it.
    pub(crate) fn compile(source: ParameterSource) -> Result<Self, String> {
        Ok(match source {
            ParameterSource::MethodRequestBody(None) => Self::Body,
            ParameterSource::MethodRequestBody(Some(path)) => {
                // Paths are written without what all of them begin with.
                let path = if path.starts_with('[') {
                    format!("${path}")
                } else {
                    format!("$.{path}")
                };
                let compiled = JsonPath::parse(&path);
                Self::BodyPath(
                    compiled.map_err(|error| format!("invalid JSONPath {path:?}: {error}"))?,
                )
            }
            ParameterSource::IntegrationResponseHeader(_)
            | ParameterSource::IntegrationResponseMultiValueHeader(_)
            | ParameterSource::IntegrationResponseBody(_) => {
                return Err("a request cannot read the endpoint's answer".to_owned());
            }
            source => Self::Context(source),
        })
    }

    pub(crate) const fn reads_body(&self) -> bool {
        matches!(self, Self::Body | Self::BodyPath(_))
    }

    /// The value as one text; several are joined with a comma. `None` where there is nothing, or
    /// only the empty text: that adds no parameter (recorded on the service).
    pub(crate) fn text<'a>(
        &'a self,
        values: &'a RequestValues<'_>,
    ) -> Result<Option<Cow<'a, str>>, Rejection> {
        let text = match self {
            Self::Context(source) => values.context.source(source),
            Self::Body => Some(Cow::Borrowed(values.body)),
            Self::BodyPath(path) => values.at(path)?,
        };
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// The values one by one, where the source can have several.
    pub(crate) fn texts<'a>(
        &'a self,
        values: &'a RequestValues<'_>,
    ) -> Result<Vec<Cow<'a, str>>, Rejection> {
        if let Self::Context(ParameterSource::MethodRequestMultiValue(location, name)) = self {
            return Ok(values.context.request.parameter_values(*location, name));
        }
        Ok(self.text(values)?.into_iter().collect())
    }

    /// How a text of this source goes into a URI.
    pub(crate) fn uri_text<'a>(&self, text: Cow<'a, str>) -> UriText<'a> {
        match self {
            Self::Context(ParameterSource::MethodRequest(ParameterLocation::Path, _)) => {
                UriText::Escaped(text)
            }
            _ => UriText::Plain(text),
        }
    }
}

/// What sources read from: the context, and the body once it is asked for.
#[derive(Debug)]
pub(crate) struct RequestValues<'a> {
    context: &'a Context,
    body: &'a str,
    document: OnceCell<Value<'a>>,
}

impl<'a> RequestValues<'a> {
    pub(crate) const fn new(context: &'a Context, body: &'a str) -> Self {
        Self {
            context,
            body,
            document: OnceCell::new(),
        }
    }

    fn at(&self, path: &JsonPath) -> Result<Option<Cow<'_, str>>, Rejection> {
        let found = document::find(self.document()?, path)
            .map_err(|error| Rejection::configuration(error.to_string()))?;
        let text = match &found {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Str(text)) => text.to_string(),
            Some(value) => value
                .to_json()
                .map_err(|error| Rejection::configuration(error.to_string()))?,
        };
        Ok(Some(Cow::Owned(text)))
    }

    /// The body as a document: a body that does not look like JSON counts as an empty object.
    fn document(&self) -> Result<&Value<'a>, Rejection> {
        if let Some(document) = self.document.get() {
            return Ok(document);
        }
        let looks_like_json = self.body.trim_start().starts_with(['{', '[', '"', '\'']);
        let text = if looks_like_json { self.body } else { "{}" };
        let document = Value::from_json_str(text).map_err(|error| {
            Rejection::new(GatewayResponseType::Default4xx)
                .with_status(StatusCode::BAD_REQUEST)
                .with_message("Invalid JSON in request body")
                .with_error_type("BadRequestException")
                .because(error.to_string())
        })?;
        Ok(self.document.get_or_init(|| document))
    }
}
