//! Whether answers are passed on as they arrive.

use std::time::Duration;

use tollgate_core::Diagnostics;
use tollgate_model::{EndpointType, Integration, IntegrationType, ResponseTransferMode};

use super::Scope;
use super::method::Place;

const POINTER: &str = "/methodIntegration/responseTransferMode";

/// How long a stream may stand still (the developer guide's page "Stream the integration response for
/// your proxy integrations").
const IDLE_TIMEOUT: Duration = Duration::from_secs(5 * 60);
/// The same at an API that its document calls edge-optimized.
const EDGE_IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// How long the answer of an integration may stand still; `None` where it is not streamed.
pub(super) fn idle_timeout(integration: &Integration, scope: &Scope<'_>) -> Option<Duration> {
    let configuration = scope.document.rest_api.endpoint_configuration.as_ref();
    let is_edge = configuration.is_some_and(|one| one.types.contains(&EndpointType::Edge));
    let time = if is_edge {
        EDGE_IDLE_TIMEOUT
    } else {
        IDLE_TIMEOUT
    };
    is_streamed(integration).then_some(time)
}

/// Only proxies stream: nothing is made of their answers.
pub(super) fn is_streamed(integration: &Integration) -> bool {
    let is_proxy = matches!(
        integration.kind,
        IntegrationType::HttpProxy | IntegrationType::AwsProxy
    );
    is_proxy && asks_for_streams(integration)
}

fn asks_for_streams(integration: &Integration) -> bool {
    integration.response_transfer_mode == Some(ResponseTransferMode::Stream)
}

/// Tells of a mode that has no effect.
pub(super) fn tell_unused(
    place: &Place<'_>,
    integration: &Integration,
    diagnostics: &mut Diagnostics,
) {
    if asks_for_streams(integration) && !is_streamed(integration) {
        let message = format!(
            "STREAM has no effect on an integration of type {}, whose answers are read whole",
            integration.kind
        );
        diagnostics.push(place.warning(POINTER, &message));
    }
}

/// Tells of a mode that the service refuses for the function's URI; the mode counts here.
pub(super) fn tell_mismatch(
    place: &Place<'_>,
    integration: &Integration,
    is_streaming_uri: bool,
    diagnostics: &mut Diagnostics,
) {
    let (what, help) = match (is_streamed(integration), is_streaming_uri) {
        (true, false) => (
            "the answer is streamed, and the service refuses STREAM beside this URI",
            "path/2021-11-15/functions/{function}/response-streaming-invocations calls functions that \
             stream",
        ),
        (false, true) => (
            "the answer is read whole, and the service refuses this URI without STREAM",
            "set responseTransferMode to STREAM, or call path/2015-03-31/functions/{function}/invocations",
        ),
        _ => return,
    };
    diagnostics.push(place.warning("/methodIntegration/uri", what).help(help));
}
