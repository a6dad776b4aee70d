//! What a method checks of a request.

use std::borrow::Borrow;
use std::sync::Arc;

use serde_json::{Map, Value};
use tollgate_core::{
    ClientRequest, GatewayResponseType, InvalidParameterSource, ParameterLocation, ParameterSource,
    Rejection,
};

use crate::Model;
use crate::by_media_type::ByMediaType;

/// Bytes of a media type that the operator is shown.
const MAX_SHOWN_TYPE: usize = 100;

/// The required parameters and the models of a method: its request validator, compiled.
///
/// What a validator does not check is not given to it: parameters are for one that validates
/// parameters, models for one that validates bodies. Parameters are checked before the body, and
/// whichever fails first answers alone.
///
/// ```
/// use tollgate_core::{ClientRequest, GatewayResponseType};
/// use tollgate_validate::{Models, RequestValidator};
///
/// let models = Models::compile([("Pet", r#"{"required": ["name"]}"#)]);
/// let pet = models.get("Pet").expect("it is there").expect("it can be used");
/// let validator = RequestValidator::new()
///     .with_required_parameter("method.request.querystring.kind")?
///     .with_model("application/json", pet.clone());
///
/// let request = ClientRequest::new(http::Method::POST, "/pets".parse()?);
/// let rejection = validator.check_parameters(&request).unwrap_err();
/// assert_eq!(rejection.message(), Some("Missing required request parameters: [kind]"));
///
/// let body = serde_json::json!({"name": "Rex"});
/// assert!(validator.check_body(Some(b"application/json"), false, || Some(&body)).is_ok());
/// let rejection = validator.check_body(None, true, || Some(&body)).unwrap_err();
/// assert_eq!(rejection.response_type(), Some(GatewayResponseType::BadRequestBody));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct RequestValidator {
    parameters: Vec<Parameter>,
    models: ByMediaType,
}

#[derive(Clone, Debug)]
struct Parameter {
    /// The whole of it, such as `method.request.header.Accept`.
    key: Box<str>,
    location: ParameterLocation,
    name: Box<str>,
    /// Whether any of several values will do, instead of the last one.
    is_multi_value: bool,
}

impl RequestValidator {
    /// A validator that checks nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Requires a parameter, by its key in `requestParameters`: `method.request.path.id`, or the same
    /// with `querystring`, `header`, `multivaluequerystring` or `multivalueheader`.
    ///
    /// # Errors
    ///
    /// [`InvalidParameterSource`] for any other text.
    pub fn with_required_parameter(mut self, key: &str) -> Result<Self, InvalidParameterSource> {
        self.require_parameter(key)?;
        Ok(self)
    }

    /// As [`with_required_parameter`](Self::with_required_parameter), for who goes on after an error.
    ///
    /// # Errors
    ///
    /// Its own; nothing more is required then.
    pub fn require_parameter(&mut self, key: &str) -> Result<(), InvalidParameterSource> {
        let (location, name, is_multi_value) = match key.parse()? {
            ParameterSource::MethodRequest(location, name) => (location, name, false),
            ParameterSource::MethodRequestMultiValue(location, name) => (location, name, true),
            _ => {
                let text = key.to_owned();
                return Err(InvalidParameterSource { text });
            }
        };
        let parameter = Parameter {
            key: key.into(),
            location,
            name,
            is_multi_value,
        };
        // Missing ones are told in the order of their keys (recorded on the service).
        let place = self
            .parameters
            .binary_search_by(|known| known.key.as_ref().cmp(key));
        if let Err(place) = place {
            self.parameters.insert(place, parameter);
        }
        Ok(())
    }

    /// Checks bodies of this media type, such as `application/json`, against a model; `$default`
    /// stands for all types that have none.
    #[must_use]
    pub fn with_model(mut self, media_type: &str, model: Arc<Model>) -> Self {
        self.models.insert(media_type, model);
        self
    }

    /// Whether nothing is checked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty() && self.models.is_empty()
    }

    /// Whether the body of a request with this `Content-Type` is checked, and must be read for it.
    #[must_use]
    pub fn checks_body(&self, content_type: Option<&[u8]>) -> bool {
        self.model(content_type).is_some()
    }

    /// How many parameters are required.
    #[must_use]
    pub fn required_parameters(&self) -> usize {
        self.parameters.len()
    }

    /// The model for bodies with this `Content-Type`, if they are checked; the first one if the header
    /// names several types.
    #[must_use]
    pub fn model<'a>(&'a self, content_type: Option<&'a [u8]>) -> Option<&'a Model> {
        self.models
            .find(content_type)
            .next()
            .map(|(_, model)| model)
    }

    /// Checks that the required parameters are there.
    ///
    /// One that is blank is missing (developer guide, "Test basic request validation"), and so is a
    /// path parameter that the resource has not (recorded on the service). Of several values the last
    /// one counts, as in mappings.
    ///
    /// # Errors
    ///
    /// `BAD_REQUEST_PARAMETERS`, which names all that are missing.
    pub fn check_parameters(&self, request: &ClientRequest) -> Result<(), Rejection> {
        let missing = |parameter: &&Parameter| !parameter.is_in(request);
        let mut missing = self.parameters.iter().filter(missing).peekable();
        if missing.peek().is_none() {
            return Ok(());
        }
        let names: Vec<&str> = missing.map(|parameter| &*parameter.name).collect();
        let message = format!(
            "Missing required request parameters: [{}]",
            names.join(", ")
        );
        Err(Rejection::new(GatewayResponseType::BadRequestParameters)
            .with_message(message.clone())
            .because(message))
    }

    /// Checks the body against the model for its `Content-Type`; without that header it counts as
    /// `application/json`. A type that has no model passes. Where the header names several types,
    /// separated by commas, the body is checked against the model of each that has one, whatever the
    /// endpoint takes it for.
    ///
    /// An empty body counts as `{}` (recorded on the service). `json` is asked for any other: the
    /// body as it was parsed, or `None` if it is no JSON.
    ///
    /// # Errors
    ///
    /// `BAD_REQUEST_BODY`, with what is wrong for `$context.error.validationErrorString`.
    pub fn check_body<V: Borrow<Value>>(
        &self,
        content_type: Option<&[u8]>,
        is_empty: bool,
        json: impl FnOnce() -> Option<V>,
    ) -> Result<(), Rejection> {
        let mut models = self.models.find(content_type).peekable();
        let Some((media_type, _)) = models.peek() else {
            return Ok(());
        };
        let nothing = Value::Object(Map::new());
        let parsed;
        let body = if is_empty {
            &nothing
        } else {
            parsed = json().ok_or_else(|| refusal(media_type, "[instance is no JSON]"))?;
            parsed.borrow()
        };
        models.try_for_each(|(media_type, model)| {
            let checked = model.check(body);
            checked.map_err(|mismatch| refusal(media_type, &mismatch.to_string()))
        })
    }
}

impl Parameter {
    fn is_in(&self, request: &ClientRequest) -> bool {
        let is_there = |value: &str| !value.trim().is_empty();
        if self.is_multi_value {
            let values = request.parameter_values(self.location, &self.name);
            return values.iter().any(|value| is_there(value));
        }
        let value = request.parameter(self.location, &self.name);
        value.is_some_and(|value| is_there(&value))
    }
}

fn refusal(media_type: &[u8], remarks: &str) -> Rejection {
    let shown = media_type.get(..MAX_SHOWN_TYPE).unwrap_or(media_type);
    let shown = String::from_utf8_lossy(shown);
    Rejection::new(GatewayResponseType::BadRequestBody)
        .with_validation_error(remarks)
        .because(format!(
            "Request body does not match model schema for content type {shown}: {remarks}"
        ))
}
