//! The answers a gateway gives by itself, by type.

use std::fmt;
use std::str::FromStr;

use http::StatusCode;
use thiserror::Error;

use crate::text::text_value;

/// Which of the gateway's own answers is meant.
///
/// Types, default statuses and error types are those of the developer guide's page "Gateway
/// response types", corrected by recordings of the service where the page is silent.
///
/// ```
/// use tollgate_core::GatewayResponseType;
///
/// let unknown = GatewayResponseType::MissingAuthenticationToken;
/// assert_eq!(unknown.as_str(), "MISSING_AUTHENTICATION_TOKEN");
/// assert_eq!(unknown.default_status().as_u16(), 403);
/// assert_eq!(unknown.error_type(), "MissingAuthenticationTokenException");
/// assert_eq!("THROTTLED".parse(), Ok(GatewayResponseType::Throttled));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum GatewayResponseType {
    /// The request's body is over the limit.
    RequestTooLarge,
    /// The resource is missing after authorization; practically unseen.
    ResourceNotFound,
    /// An authorizer cannot be reached or answers nonsense.
    AuthorizerConfigurationError,
    /// No method answers to this path and verb, or an IAM method was called unsigned.
    MissingAuthenticationToken,
    /// The body does not fit the method's model.
    BadRequestBody,
    /// A signature does not fit its request.
    InvalidSignature,
    /// The API key is missing, unknown or disabled.
    InvalidApiKey,
    /// A required parameter is missing.
    BadRequestParameters,
    /// An authorizer failed to authenticate the caller.
    AuthorizerFailure,
    /// The caller is not authenticated.
    Unauthorized,
    /// The integration did not answer in time.
    IntegrationTimeout,
    /// A policy denies the call.
    AccessDenied,
    /// Any client error without a response of its own.
    Default4xx,
    /// Any server error without a response of its own.
    Default5xx,
    /// A web application firewall blocked the request.
    WafFiltered,
    /// The quota of the usage plan is used up.
    QuotaExceeded,
    /// A rate or burst limit is reached.
    Throttled,
    /// The API's configuration cannot work.
    ApiConfigurationError,
    /// No mapping template takes the request's content type.
    UnsupportedMediaType,
    /// The integration cannot be reached.
    IntegrationFailure,
    /// The caller's security token is out of date.
    ExpiredToken,
}

struct Row {
    name: &'static str,
    status: StatusCode,
    error_type: &'static str,
    message: Option<&'static str>,
}

const fn row(
    name: &'static str,
    status: StatusCode,
    error_type: &'static str,
    message: &'static str,
) -> Row {
    Row {
        name,
        status,
        error_type,
        message: Some(message),
    }
}

const fn silent(name: &'static str, status: StatusCode, error_type: &'static str) -> Row {
    Row {
        name,
        status,
        error_type,
        message: None,
    }
}

/// Of a caller whose token is out of date.
const EXPIRED: &str = "The security token included in the request is expired";
/// Of a signature that does not fit its request.
const BAD_SIGNATURE: &str = "The request signature we calculated does not match the signature you \
    provided. Check your AWS Secret Access Key and signing method. Consult the service \
    documentation for details.";

/// In the order in which the service lists the types in its validation errors.
const ROWS: [Row; GatewayResponseType::COUNT] = [
    row(
        "REQUEST_TOO_LARGE",
        StatusCode::PAYLOAD_TOO_LARGE,
        "BadRequestException",
        "Request Too Long",
    ),
    row(
        "RESOURCE_NOT_FOUND",
        StatusCode::NOT_FOUND,
        "ResourceNotFoundException",
        "Not Found",
    ),
    silent(
        "AUTHORIZER_CONFIGURATION_ERROR",
        StatusCode::INTERNAL_SERVER_ERROR,
        "AuthorizerConfigurationException",
    ),
    row(
        "MISSING_AUTHENTICATION_TOKEN",
        StatusCode::FORBIDDEN,
        "MissingAuthenticationTokenException",
        "Missing Authentication Token",
    ),
    row(
        "BAD_REQUEST_BODY",
        StatusCode::BAD_REQUEST,
        "BadRequestException",
        "Invalid request body",
    ),
    row(
        "INVALID_SIGNATURE",
        StatusCode::FORBIDDEN,
        "InvalidSignatureException",
        BAD_SIGNATURE,
    ),
    row(
        "INVALID_API_KEY",
        StatusCode::FORBIDDEN,
        "ForbiddenException",
        "Forbidden",
    ),
    row(
        "BAD_REQUEST_PARAMETERS",
        StatusCode::BAD_REQUEST,
        "BadRequestException",
        "Missing required request parameters",
    ),
    silent(
        "AUTHORIZER_FAILURE",
        StatusCode::INTERNAL_SERVER_ERROR,
        "AuthorizerFailureException",
    ),
    row(
        "UNAUTHORIZED",
        StatusCode::UNAUTHORIZED,
        "UnauthorizedException",
        "Unauthorized",
    ),
    row(
        "INTEGRATION_TIMEOUT",
        StatusCode::GATEWAY_TIMEOUT,
        "InternalServerErrorException",
        "Endpoint request timed out",
    ),
    row(
        "ACCESS_DENIED",
        StatusCode::FORBIDDEN,
        "AccessDeniedException",
        "User is not authorized to access this resource",
    ),
    row(
        "DEFAULT_4XX",
        StatusCode::BAD_REQUEST,
        "BadRequestException",
        "Bad Request",
    ),
    row(
        "DEFAULT_5XX",
        StatusCode::INTERNAL_SERVER_ERROR,
        "InternalServerErrorException",
        "Internal server error",
    ),
    row(
        "WAF_FILTERED",
        StatusCode::FORBIDDEN,
        "ForbiddenException",
        "Forbidden",
    ),
    row(
        "QUOTA_EXCEEDED",
        StatusCode::TOO_MANY_REQUESTS,
        "LimitExceededException",
        "Limit Exceeded",
    ),
    row(
        "THROTTLED",
        StatusCode::TOO_MANY_REQUESTS,
        "TooManyRequestsException",
        "Too Many Requests",
    ),
    row(
        "API_CONFIGURATION_ERROR",
        StatusCode::INTERNAL_SERVER_ERROR,
        "InternalServerErrorException",
        "Internal server error",
    ),
    row(
        "UNSUPPORTED_MEDIA_TYPE",
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "BadRequestException",
        "Unsupported Media Type",
    ),
    row(
        "INTEGRATION_FAILURE",
        StatusCode::GATEWAY_TIMEOUT,
        "InternalServerErrorException",
        "Network error communicating with endpoint",
    ),
    row(
        "EXPIRED_TOKEN",
        StatusCode::FORBIDDEN,
        "ExpiredTokenException",
        EXPIRED,
    ),
];

impl GatewayResponseType {
    /// How many types there are.
    pub const COUNT: usize = 21;

    /// All types, in the order in which the service lists them.
    pub const ALL: [Self; Self::COUNT] = [
        Self::RequestTooLarge,
        Self::ResourceNotFound,
        Self::AuthorizerConfigurationError,
        Self::MissingAuthenticationToken,
        Self::BadRequestBody,
        Self::InvalidSignature,
        Self::InvalidApiKey,
        Self::BadRequestParameters,
        Self::AuthorizerFailure,
        Self::Unauthorized,
        Self::IntegrationTimeout,
        Self::AccessDenied,
        Self::Default4xx,
        Self::Default5xx,
        Self::WafFiltered,
        Self::QuotaExceeded,
        Self::Throttled,
        Self::ApiConfigurationError,
        Self::UnsupportedMediaType,
        Self::IntegrationFailure,
        Self::ExpiredToken,
    ];

    /// The template of every type that has none of its own, under `application/json`.
    pub const DEFAULT_TEMPLATE: &str = r#"{"message":$context.error.messageString}"#;

    const fn row(self) -> &'static Row {
        &ROWS[self.index()]
    }

    /// The position of this type in [`ALL`](Self::ALL), for tables with an entry a type.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The name on the wire, such as `MISSING_AUTHENTICATION_TOKEN`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().name
    }

    /// The status of the answer where the API sets none.
    ///
    /// The two defaults stand for every error of their class and have no status of their own on
    /// the wire; here they give 400 and 500.
    #[must_use]
    pub const fn default_status(self) -> StatusCode {
        self.row().status
    }

    /// The value of the header `x-amzn-ErrorType`.
    #[must_use]
    pub const fn error_type(self) -> &'static str {
        self.row().error_type
    }

    /// The message where whoever refuses has no better one.
    ///
    /// `None` prints as `null`: the service says nothing about a broken authorizer.
    #[must_use]
    pub const fn default_message(self) -> Option<&'static str> {
        self.row().message
    }

    /// The type whose customisation this one falls back to: `DEFAULT_4XX` or `DEFAULT_5XX`.
    ///
    /// `None` for those two themselves, and for `REQUEST_TOO_LARGE`, which cannot be customised.
    #[must_use]
    pub const fn fallback(self) -> Option<Self> {
        match self {
            Self::Default4xx | Self::Default5xx | Self::RequestTooLarge => None,
            _ if self.default_status().as_u16() < 500 => Some(Self::Default4xx),
            _ => Some(Self::Default5xx),
        }
    }
}

/// A text that names no type of gateway response.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("unknown gateway response type {name:?}")]
pub struct UnknownGatewayResponseType {
    /// The text that was refused.
    pub name: String,
}

impl FromStr for GatewayResponseType {
    type Err = UnknownGatewayResponseType;

    fn from_str(name: &str) -> Result<Self, UnknownGatewayResponseType> {
        Self::ALL
            .into_iter()
            .find(|one| one.as_str() == name)
            .ok_or_else(|| UnknownGatewayResponseType {
                name: name.to_owned(),
            })
    }
}

text_value!(GatewayResponseType);

#[cfg(test)]
mod tests {
    use super::*;
    use GatewayResponseType as Type;

    #[test]
    fn names_come_back_as_the_types_they_name() {
        for (index, one) in Type::ALL.into_iter().enumerate() {
            assert_eq!(one.index(), index, "{one}");
            assert_eq!(one.as_str().parse(), Ok(one));
        }
        assert!("NO_SUCH_TYPE".parse::<Type>().is_err());
        assert!("throttled".parse::<Type>().is_err());
    }

    #[test]
    fn types_fall_back_to_the_default_of_their_class() {
        for (one, fallback) in [
            (Type::MissingAuthenticationToken, Some(Type::Default4xx)),
            (Type::Throttled, Some(Type::Default4xx)),
            (Type::IntegrationTimeout, Some(Type::Default5xx)),
            (Type::AuthorizerConfigurationError, Some(Type::Default5xx)),
            (Type::Default4xx, None),
            (Type::Default5xx, None),
            (Type::RequestTooLarge, None),
        ] {
            assert_eq!(one.fallback(), fallback, "{one}");
        }
    }

    /// The developer guide's page "Gateway response types".
    #[test]
    fn statuses_are_those_of_the_service() {
        for (status, types) in [
            (400, &[Type::BadRequestBody, Type::BadRequestParameters][..]),
            (401, &[Type::Unauthorized]),
            (
                403,
                &[
                    Type::AccessDenied,
                    Type::ExpiredToken,
                    Type::InvalidApiKey,
                    Type::InvalidSignature,
                    Type::MissingAuthenticationToken,
                    Type::WafFiltered,
                ],
            ),
            (404, &[Type::ResourceNotFound]),
            (413, &[Type::RequestTooLarge]),
            (415, &[Type::UnsupportedMediaType]),
            (429, &[Type::QuotaExceeded, Type::Throttled]),
            (
                500,
                &[
                    Type::ApiConfigurationError,
                    Type::AuthorizerConfigurationError,
                    Type::AuthorizerFailure,
                ],
            ),
            (504, &[Type::IntegrationFailure, Type::IntegrationTimeout]),
        ] {
            for one in types {
                assert_eq!(one.default_status().as_u16(), status, "{one}");
            }
        }
    }
}
