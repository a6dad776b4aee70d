//! What clients are told who are refused.

use tollgate_core::{GatewayResponseType, Rejection};

/// Status, message, `x-amzn-ErrorType` and type of gateway response.
pub(crate) type Told<'a> = (
    u16,
    Option<&'a str>,
    Option<&'static str>,
    Option<GatewayResponseType>,
);

pub(crate) fn told(rejection: &Rejection) -> Told<'_> {
    (
        rejection.status().as_u16(),
        rejection.message(),
        rejection.error_type(),
        rejection.response_type(),
    )
}

pub(crate) const UNAUTHORIZED: Told<'static> = (
    401,
    Some("Unauthorized"),
    Some("UnauthorizedException"),
    Some(GatewayResponseType::Unauthorized),
);
pub(crate) const fn denied(message: &str) -> Told<'_> {
    (
        403,
        Some(message),
        Some("AccessDeniedException"),
        Some(GatewayResponseType::AccessDenied),
    )
}
