//! What the service says, and the shapes of what stands in paths.

use crate::error::ControlError;
use crate::shape::Shape;

/// No resource, or a wrong API above it.
pub(crate) const NO_RESOURCE: &str = "Invalid Resource identifier specified";
/// No method.
pub(crate) const NO_METHOD: &str = "Invalid Method identifier specified";
/// No integration.
pub(crate) const NO_INTEGRATION: &str = "Invalid Integration identifier specified";
/// No method response or integration response.
pub(crate) const NO_RESPONSE: &str = "Invalid Response status code specified";
/// No authorizer.
pub(crate) const NO_AUTHORIZER: &str = "Invalid Authorizer identifier specified";
/// No API key.
pub(crate) const NO_API_KEY: &str = "Invalid API Key identifier specified";
/// No request validator.
pub(crate) const NO_VALIDATOR: &str = "Invalid Request Validator identifier specified";
/// No usage plan.
pub(crate) const NO_USAGE_PLAN: &str = "Invalid Usage Plan ID specified";
/// No custom domain name.
pub(crate) const NO_DOMAIN_NAME: &str = "Invalid domain name identifier specified";
/// No stage.
pub(crate) const NO_STAGE: &str = "Invalid stage identifier specified";
/// No link into a private network.
pub(crate) const NO_VPC_LINK: &str = "Invalid Vpc Link identifier specified";
/// No client certificate.
pub(crate) const NO_CLIENT_CERTIFICATE: &str = "Invalid Client Certificate identifier specified";
/// No parameter to be replaced or removed.
pub(crate) const NO_PARAMETER: &str = "Invalid parameter name specified";
/// No model or template of this media type to be replaced or removed.
pub(crate) const NO_CONTENT_TYPE: &str = "Content-Type specified was not found";

/// A size from which nothing can be compressed.
pub(crate) const INVALID_COMPRESSION: &str =
    "Invalid minimum compression size, must be between 0 and 10485760";

/// That a parameter cannot be mapped, in the service's words, which name the value.
pub(crate) fn invalid_mapping(value: &str) -> ControlError {
    mapping_error(&format!("Invalid mapping expression specified: {value}"))
}

/// That something is wrong with how a parameter is mapped, in the service's words.
pub(crate) fn mapping_error(error: &str) -> ControlError {
    ControlError::bad_request(format!(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : [{error}]"
    ))
}

/// Types of gateway responses, in the order in which the service tells them in errors (recorded).
pub(crate) const RESPONSE_TYPES: &[&str] = &[
    "REQUEST_TOO_LARGE",
    "RESOURCE_NOT_FOUND",
    "AUTHORIZER_CONFIGURATION_ERROR",
    "MISSING_AUTHENTICATION_TOKEN",
    "BAD_REQUEST_BODY",
    "INVALID_SIGNATURE",
    "INVALID_API_KEY",
    "BAD_REQUEST_PARAMETERS",
    "AUTHORIZER_FAILURE",
    "UNAUTHORIZED",
    "INTEGRATION_TIMEOUT",
    "ACCESS_DENIED",
    "DEFAULT_4XX",
    "DEFAULT_5XX",
    "WAF_FILTERED",
    "QUOTA_EXCEEDED",
    "THROTTLED",
    "API_CONFIGURATION_ERROR",
    "UNSUPPORTED_MEDIA_TYPE",
    "INTEGRATION_FAILURE",
    "EXPIRED_TOKEN",
];

/// The status codes that responses may have.
pub(crate) const STATUS: Shape = Shape::Like("[1-5]\\d\\d", is_status);

/// The member that a label of a path is in the service's model, and its shape, if it is held against
/// one.
pub(crate) fn label(name: &str) -> Option<(&'static str, Shape)> {
    Some(match name {
        "status_code" => ("statusCode", STATUS),
        "response_type" => ("responseType", Shape::OneOf(RESPONSE_TYPES)),
        _ => return None,
    })
}

/// Whether a text is a status code that responses may have.
pub(crate) fn is_status(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 3
        && (b'1'..=b'5').contains(&bytes[0])
        && bytes[1..].iter().all(u8::is_ascii_digit)
}
