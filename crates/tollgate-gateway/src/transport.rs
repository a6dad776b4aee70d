//! What stands between a gateway and its endpoints.

use std::fmt;

use async_trait::async_trait;
use tollgate_core::{Context, Rejection};
use tollgate_integration::{Integration, IntegrationRequest, IntegrationResponse};

/// Stands between a gateway and the endpoints that its methods call, to watch, change or replace the
/// calls.
///
/// Integrations that call nothing, such as MOCK, stay themselves.
///
/// ```
/// use std::sync::Arc;
/// use tollgate_core::{Context, Rejection};
/// use tollgate_gateway::Transport;
/// use tollgate_integration::{Integration, IntegrationRequest, IntegrationResponse};
///
/// /// Every endpoint answers 204.
/// #[derive(Debug)]
/// struct NoContent;
///
/// #[async_trait::async_trait]
/// impl Transport for NoContent {
///     async fn call(
///         &self,
///         _: &dyn Integration,
///         _: &Context,
///         _: IntegrationRequest,
///     ) -> Result<IntegrationResponse, Rejection> {
///         Ok(IntegrationResponse::new(204))
///     }
/// }
/// # let plan = tollgate_gateway::Plan::compile(
/// #     &tollgate_model::ApiDocument::new("pets"),
/// #     &tollgate_model::Stage::new("prod".parse()?),
/// # ).expect("it has a plan");
/// let gateway = tollgate_gateway::Gateway::new(plan).with_transport(Arc::new(NoContent));
/// # Ok::<(), tollgate_core::InvalidStageName>(())
/// ```
#[async_trait]
pub trait Transport: Send + Sync + fmt::Debug {
    /// Calls an endpoint: the integration of the method that a request is for.
    ///
    /// # Errors
    ///
    /// As for [`Integration::call`].
    async fn call(
        &self,
        endpoint: &dyn Integration,
        context: &Context,
        request: IntegrationRequest,
    ) -> Result<IntegrationResponse, Rejection>;
}
