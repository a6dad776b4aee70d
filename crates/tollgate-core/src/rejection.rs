//! Refusals: typed on the request path, a response at its end.

use std::borrow::Cow;

use http::StatusCode;

use crate::{ErrorContext, GatewayResponseType};

/// Why a request is not served, and how the client is told.
///
/// Steps of the pipeline return it as their error and pass it on with `?`; one place at the end
/// turns it into a response. It is made without allocating where the type's own message will do.
///
/// ```
/// use tollgate_core::{GatewayResponseType, Rejection};
///
/// let rejection = Rejection::new(GatewayResponseType::IntegrationTimeout)
///     .because("the endpoint did not answer within 29000 ms");
/// assert_eq!(rejection.status().as_u16(), 504);
/// assert_eq!(rejection.message(), Some("Endpoint request timed out"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejection {
    kind: Kind,
    status: Option<StatusCode>,
    message: Option<Cow<'static, str>>,
    error_type: Option<&'static str>,
    validation_error: Option<Box<str>>,
    reason: Option<Cow<'static, str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A gateway response, customisable by the API.
    Typed(GatewayResponseType),
    /// An answer of the front door, before an API is known, or beyond its say.
    Raw(RawRejection),
}

/// Answers that no API can customise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RawRejection {
    /// 403 `Forbidden`: no API and stage stand behind this address.
    Forbidden,
    /// 413, in plain text: the body is over the gateway's limit.
    ContentTooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// 400 `Bad Request`: the path or the body is broken.
    BadRequest,
}

impl Rejection {
    /// A refusal with the status and message of its type.
    #[must_use]
    pub const fn new(response_type: GatewayResponseType) -> Self {
        let message = match response_type.default_message() {
            Some(message) => Some(Cow::Borrowed(message)),
            None => None,
        };
        Self {
            kind: Kind::Typed(response_type),
            status: None,
            message,
            error_type: None,
            validation_error: None,
            reason: None,
        }
    }

    /// A refusal at the front door.
    #[must_use]
    pub const fn raw(raw: RawRejection) -> Self {
        Self {
            kind: Kind::Raw(raw),
            status: None,
            message: None,
            error_type: None,
            validation_error: None,
            reason: None,
        }
    }

    /// `API_CONFIGURATION_ERROR`: 500, the API cannot work as it is written.
    #[must_use]
    pub fn configuration(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(GatewayResponseType::ApiConfigurationError).because(reason)
    }

    /// Another status than the type's: 502 and 504 share types, for example.
    #[must_use]
    pub const fn with_status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    /// Another message than the type's, for the client.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Another `x-amzn-ErrorType` than the type's: bad signatures of several kinds share a type.
    #[must_use]
    pub const fn with_error_type(mut self, error_type: &'static str) -> Self {
        self.error_type = Some(error_type);
        self
    }

    /// What exactly did not fit its model, as `$context.error.validationErrorString`.
    #[must_use]
    pub fn with_validation_error(mut self, detail: impl Into<Box<str>>) -> Self {
        self.validation_error = Some(detail.into());
        self
    }

    /// The reason for the operator's logs; clients never see it.
    #[must_use]
    pub fn because(mut self, reason: impl Into<Cow<'static, str>>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// The type of gateway response; `None` at the front door.
    #[must_use]
    pub const fn response_type(&self) -> Option<GatewayResponseType> {
        match self.kind {
            Kind::Typed(response_type) => Some(response_type),
            Kind::Raw(_) => None,
        }
    }

    /// The front door's answer; `None` for a gateway response.
    #[must_use]
    pub const fn raw_rejection(&self) -> Option<RawRejection> {
        match self.kind {
            Kind::Typed(_) => None,
            Kind::Raw(raw) => Some(raw),
        }
    }

    /// The status, where the API does not set another.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match (self.status, self.kind) {
            (Some(status), _) => status,
            (None, Kind::Typed(response_type)) => response_type.default_status(),
            (None, Kind::Raw(RawRejection::Forbidden)) => StatusCode::FORBIDDEN,
            (None, Kind::Raw(RawRejection::BadRequest)) => StatusCode::BAD_REQUEST,
            (None, Kind::Raw(RawRejection::ContentTooLarge { .. })) => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
        }
    }

    /// The message for the client.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// What `x-amzn-ErrorType` says; `None` for the plain 413, which has no such header.
    #[must_use]
    pub const fn error_type(&self) -> Option<&'static str> {
        match (self.error_type, self.kind) {
            (Some(error_type), _) => Some(error_type),
            (None, Kind::Typed(response_type)) => Some(response_type.error_type()),
            (None, Kind::Raw(RawRejection::Forbidden)) => Some("ForbiddenException"),
            (None, Kind::Raw(RawRejection::BadRequest)) => Some("BadRequestException"),
            (None, Kind::Raw(RawRejection::ContentTooLarge { .. })) => None,
        }
    }

    /// The reason for the operator.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// `$context.error`; `None` at the front door.
    #[must_use]
    pub fn error_context(&self) -> Option<ErrorContext> {
        Some(ErrorContext {
            response_type: self.response_type()?,
            message: self.message.clone(),
            validation_error: self.validation_error.clone(),
        })
    }
}

impl From<GatewayResponseType> for Rejection {
    fn from(response_type: GatewayResponseType) -> Self {
        Self::new(response_type)
    }
}

impl From<RawRejection> for Rejection {
    fn from(raw: RawRejection) -> Self {
        Self::raw(raw)
    }
}
