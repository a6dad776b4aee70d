//! Why a call is refused.

use std::borrow::Cow;

use http::StatusCode;
use thiserror::Error;
use tollgate_deploy::{DeployError, DeployErrorKind};
use tollgate_store::StoreError;

/// What a refusal is called on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// A value that its shape does not allow.
    Validation,
    /// JSON of another type than the member's.
    Serialization,
    /// What the call says makes no sense.
    BadRequest,
    /// Nobody knows this caller.
    AccessDenied,
    /// The signature is not right; the name says how.
    Signature(&'static str),
    /// No operation has this verb and path.
    UnknownOperation,
    /// What the call names is not there.
    NotFound,
    /// It is there already, or something needs it.
    Conflict,
    /// There is no room for more.
    LimitExceeded,
    /// The body has too many bytes.
    TooLarge,
    /// The store is away.
    Unavailable,
    /// This build has no such part.
    NotImplemented,
    /// A fault of ours.
    Internal,
}

/// Why a call is refused: the exception's name, its status and its message, as clients see them.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub(crate) struct ControlError {
    pub(crate) kind: ErrorKind,
    message: Cow<'static, str>,
}

pub(crate) type Result<T> = std::result::Result<T, ControlError>;

/// What every store says when two write at once.
pub(crate) const CONCURRENT: &str =
    "Unable to complete operation due to concurrent modification. Please try again later.";

impl ControlError {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        let message = message.into();
        Self { kind, message }
    }

    pub(crate) fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::BadRequest, message)
    }

    pub(crate) fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    pub(crate) fn conflict(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Conflict, message)
    }

    pub(crate) fn limit_exceeded(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::LimitExceeded, message)
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) const fn status(&self) -> StatusCode {
        match self.kind {
            ErrorKind::Validation | ErrorKind::Serialization | ErrorKind::BadRequest => {
                StatusCode::BAD_REQUEST
            }
            ErrorKind::AccessDenied | ErrorKind::Signature(_) => StatusCode::FORBIDDEN,
            ErrorKind::UnknownOperation | ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::Conflict => StatusCode::CONFLICT,
            ErrorKind::LimitExceeded => StatusCode::TOO_MANY_REQUESTS,
            ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            ErrorKind::NotImplemented => StatusCode::NOT_IMPLEMENTED,
            ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The value of `x-amzn-ErrorType`, which SDKs make their exceptions of.
    pub(crate) const fn exception(&self) -> &'static str {
        match self.kind {
            ErrorKind::Validation => "ValidationException",
            ErrorKind::Serialization => "SerializationException",
            ErrorKind::BadRequest => "BadRequestException",
            ErrorKind::AccessDenied => "AccessDeniedException",
            ErrorKind::Signature(name) => name,
            ErrorKind::UnknownOperation => "UnknownOperationException",
            ErrorKind::NotFound => "NotFoundException",
            ErrorKind::Conflict => "ConflictException",
            ErrorKind::LimitExceeded => "LimitExceededException",
            ErrorKind::TooLarge => "RequestEntityTooLargeException",
            ErrorKind::Unavailable => "ServiceUnavailableException",
            ErrorKind::NotImplemented => "NotImplementedException",
            ErrorKind::Internal => "InternalFailure",
        }
    }
}

impl From<DeployError> for ControlError {
    fn from(error: DeployError) -> Self {
        let kind = match error.kind() {
            DeployErrorKind::NotFound => ErrorKind::NotFound,
            DeployErrorKind::Conflict => ErrorKind::Conflict,
            _ => ErrorKind::BadRequest,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<StoreError> for ControlError {
    fn from(error: StoreError) -> Self {
        let kind = match error {
            StoreError::Conflict { .. } => return Self::conflict(CONCURRENT),
            StoreError::Invalid(invalid) => return Self::bad_request(invalid.to_string()),
            StoreError::Unavailable(_) => ErrorKind::Unavailable,
            // Where the store is, is nobody's business.
            _ => return Self::new(ErrorKind::Internal, "the store cannot be used"),
        };
        Self::new(kind, error.to_string())
    }
}
