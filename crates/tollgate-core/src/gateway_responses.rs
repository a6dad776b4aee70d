//! The one place where a refusal becomes a response.

use http::{HeaderName, HeaderValue, Response, StatusCode, header};

use crate::{
    Body, Context, GatewayResponseType, ParameterSource, RawRejection, Rejection, ResponseOrigin,
    Substitution, client_header, json_string,
};

/// The header that names the type of an error.
pub(crate) const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const JSON: &str = "application/json";

/// What an API answers for one type of refusal, compiled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GatewayResponse {
    /// The status; `None`: that of the refusal.
    pub status: Option<StatusCode>,
    /// Headers, and where their values come from.
    pub parameters: Vec<(HeaderName, ParameterSource)>,
    /// Bodies by media type; none: the built-in one.
    pub templates: Vec<(HeaderValue, Substitution)>,
}

/// What an API answers for every type of refusal.
///
/// A type that the API does not customise answers as its `DEFAULT_4XX` or `DEFAULT_5XX` does, the
/// status included; without those it answers as the service does by itself.
#[derive(Clone, Debug, Default)]
pub struct GatewayResponses {
    customised: [Option<Box<GatewayResponse>>; GatewayResponseType::COUNT],
}

impl GatewayResponses {
    /// Customises one type; `REQUEST_TOO_LARGE` cannot be, and is left as it is.
    ///
    /// Headers that are not an API's to set are renamed or dropped, as [`client_header`] says.
    pub fn insert(&mut self, response_type: GatewayResponseType, mut response: GatewayResponse) {
        let parameters = std::mem::take(&mut response.parameters).into_iter();
        response.parameters = parameters
            .filter_map(|(name, source)| Some((client_header(name)?, source)))
            .collect();
        if response_type != GatewayResponseType::RequestTooLarge {
            self.customised[response_type.index()] = Some(Box::new(response));
        }
    }

    fn customised(&self, response_type: GatewayResponseType) -> Option<&GatewayResponse> {
        let own = self.customised[response_type.index()].as_deref();
        own.or_else(|| self.customised[response_type.fallback()?.index()].as_deref())
    }

    /// Who says what [`respond`](Self::respond) answers to a refusal.
    #[must_use]
    pub fn origin(&self, rejection: &Rejection) -> ResponseOrigin {
        let Some(response_type) = rejection.response_type() else {
            return ResponseOrigin::FrontDoor;
        };
        let types = [Some(response_type), response_type.fallback()];
        let mut types = types.into_iter().flatten();
        let chosen = types.find(|one| self.customised[one.index()].is_some());
        chosen.map_or(ResponseOrigin::BuiltIn, ResponseOrigin::Api)
    }

    /// The response for a refusal.
    ///
    /// The context already holds the refusal as `$context.error`.
    #[must_use]
    pub fn respond(&self, rejection: &Rejection, context: &Context) -> Response<Body> {
        let Some(response_type) = rejection.response_type() else {
            return default_response(rejection);
        };
        let Some(customised) = self.customised(response_type) else {
            return default_response(rejection);
        };
        let rendered = customised
            .template(context)
            .and_then(|(media_type, template)| {
                // A text that would be too long gives way to the built-in one.
                Some((media_type, template.render(context, "")?))
            });
        let mut response = match rendered {
            None => default_response(rejection),
            Some((media_type, text)) => response(rejection, media_type.clone(), Body::from(text)),
        };
        if let Some(status) = customised.status {
            *response.status_mut() = status;
        }
        for (name, source) in &customised.parameters {
            let value = context.source(source).filter(|value| !value.is_empty());
            // A value with a line break in it cannot be a header, and adds none; neither does a
            // header past the number that a response can have.
            if let Some(value) =
                value.and_then(|value| HeaderValue::from_bytes(value.as_bytes()).ok())
            {
                drop(response.headers_mut().try_insert(name, value));
            }
        }
        response
    }
}

impl GatewayResponse {
    /// By the request's `Accept`, else JSON, else the first.
    fn template(&self, context: &Context) -> Option<(&HeaderValue, &Substitution)> {
        let accept = context
            .request
            .headers
            .get(header::ACCEPT)
            .map(HeaderValue::as_bytes);
        let first = accept.and_then(|accept| accept.split(|byte| b",;".contains(byte)).next());
        let of_type = |wanted: &[u8]| {
            let wanted = wanted.trim_ascii();
            self.templates
                .iter()
                .find(|(media_type, _)| media_type.as_bytes().eq_ignore_ascii_case(wanted))
        };
        first
            .and_then(of_type)
            .or_else(|| of_type(JSON.as_bytes()))
            .or_else(|| self.templates.first())
            .map(|(media_type, template)| (media_type, template))
    }
}

impl Rejection {
    /// The [`default_response`], with the refusal among its extensions.
    ///
    /// A layer that refuses answers so: who stands further out can then count the refusal, or say it
    /// in other words.
    #[must_use]
    pub fn into_response(self) -> Response<Body> {
        let mut response = default_response(&self);
        response.extensions_mut().insert(self);
        response
    }
}

/// The answer for a refusal where no API has a say, with the service's own body.
#[must_use]
pub fn default_response(rejection: &Rejection) -> Response<Body> {
    let (media_type, body) = match rejection.raw_rejection() {
        None => {
            let response_type = rejection
                .response_type()
                .unwrap_or(GatewayResponseType::Default5xx);
            (JSON, default_body(rejection, response_type))
        }
        Some(RawRejection::Forbidden) => (JSON, Body::from(r#"{"message":"Forbidden"}"#)),
        Some(RawRejection::BadRequest) => (JSON, Body::from(r#"{"message":"Bad Request"}"#)),
        Some(RawRejection::ContentTooLarge { limit }) => {
            let text = format!("HTTP content length exceeded {limit} bytes.");
            ("text; charset=utf-8", Body::from(text))
        }
    };
    response(rejection, HeaderValue::from_static(media_type), body)
}

fn response(rejection: &Rejection, media_type: HeaderValue, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = rejection.status();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media_type);
    if let Some(error_type) = rejection.error_type() {
        headers.insert(ERROR_TYPE, HeaderValue::from_static(error_type));
    }
    response
}

/// The body that the service gives by itself; its spelling tells where the refusal was made.
fn default_body(rejection: &Rejection, response_type: GatewayResponseType) -> Body {
    let spelling = Spelling::of(response_type);
    let Some(message) = rejection.message() else {
        return Body::from(format!("{}null}}", spelling.opening()));
    };
    Body::from(format!("{}{}}}", spelling.opening(), json_string(message)))
}

/// Lengths recorded on the service show three ways of writing the same thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spelling {
    /// `{"message":"…"}`: refused before the method is executed.
    Compact,
    /// `{"message": "…"}`: refused while it is executed.
    Spaced,
    /// `{"Message":"…"}`: refused by a policy.
    Capital,
}

impl Spelling {
    const fn of(response_type: GatewayResponseType) -> Self {
        match response_type {
            GatewayResponseType::AccessDenied => Self::Capital,
            GatewayResponseType::AuthorizerConfigurationError
            | GatewayResponseType::AuthorizerFailure
            | GatewayResponseType::ExpiredToken
            | GatewayResponseType::InvalidApiKey
            | GatewayResponseType::InvalidSignature
            | GatewayResponseType::MissingAuthenticationToken
            | GatewayResponseType::QuotaExceeded
            | GatewayResponseType::ResourceNotFound
            | GatewayResponseType::Throttled
            | GatewayResponseType::Unauthorized
            | GatewayResponseType::WafFiltered => Self::Compact,
            GatewayResponseType::ApiConfigurationError
            | GatewayResponseType::BadRequestBody
            | GatewayResponseType::BadRequestParameters
            | GatewayResponseType::Default4xx
            | GatewayResponseType::Default5xx
            | GatewayResponseType::IntegrationFailure
            | GatewayResponseType::IntegrationTimeout
            | GatewayResponseType::RequestTooLarge
            | GatewayResponseType::UnsupportedMediaType => Self::Spaced,
        }
    }

    const fn opening(self) -> &'static str {
        match self {
            Self::Compact => r#"{"message":"#,
            Self::Spaced => r#"{"message": "#,
            Self::Capital => r#"{"Message":"#,
        }
    }
}
