//! What clients are told of functions that could not be run.

use tollgate_core::{GatewayResponseType, Rejection};

use super::InvokeFailure;

/// What the service logs where a function's policy does not let it call the function; a function that
/// does not exist has no policy that would.
const NO_PERMISSION: &str = "Invalid permissions on Lambda function";

impl From<InvokeFailure> for Rejection {
    fn from(failure: InvokeFailure) -> Self {
        let response_type = match &failure {
            InvokeFailure::NotFound(_) | InvokeFailure::AccessDenied(_) => {
                return Self::configuration(format!("{NO_PERMISSION}: {failure}"));
            }
            // Reported of the service: 500, not 429.
            InvokeFailure::Throttled | InvokeFailure::InvalidAnswer(_) => {
                GatewayResponseType::Default5xx
            }
            InvokeFailure::PayloadTooLarge => GatewayResponseType::RequestTooLarge,
            InvokeFailure::TimedOut(_) => GatewayResponseType::IntegrationTimeout,
            InvokeFailure::Unreachable(_) => GatewayResponseType::IntegrationFailure,
        };
        Self::new(response_type).because(failure.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Sections 8.8, 10.2 and 16 of the data plane's reference.
    #[test]
    fn failures_become_gateway_responses() {
        let internal = "Internal server error";
        for (failure, status, message) in [
            (InvokeFailure::NotFound("f".to_owned()), 500, internal),
            (InvokeFailure::AccessDenied("no".to_owned()), 500, internal),
            (InvokeFailure::Throttled, 500, internal),
            (InvokeFailure::InvalidAnswer("x".to_owned()), 500, internal),
            (InvokeFailure::PayloadTooLarge, 413, "Request Too Long"),
            (
                InvokeFailure::TimedOut(Duration::from_secs(1)),
                504,
                "Endpoint request timed out",
            ),
            (
                InvokeFailure::Unreachable("x".to_owned()),
                504,
                "Network error communicating with endpoint",
            ),
        ] {
            let text = failure.to_string();
            let rejection = Rejection::from(failure);
            assert_eq!(rejection.status(), status, "{text}");
            assert_eq!(rejection.message(), Some(message), "{text}");
            assert!(rejection.reason().unwrap().ends_with(&text));
        }
    }
}
