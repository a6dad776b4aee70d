//! The plan: a deployment and its stage, compiled.

use std::sync::Arc;

use http::Uri;
use tollgate_core::{Diagnostics, GatewayResponses, Rejection, ResourceContext, StageContext};
use tollgate_integration::Integration;
use tollgate_mapping::{BinaryMediaTypes, IntegrationResponses, RequestMapping};
use tollgate_router::RouteTable;
use tollgate_throttle::TokenBucket;
use tollgate_validate::RequestValidator;

use crate::cors::Cors;
use crate::limits::Limits;

/// Everything a request to one stage needs, made once and never changed.
///
/// A [`Gateway`](crate::Gateway) runs requests along the plan that was published to it last.
#[derive(Debug)]
pub struct Plan {
    pub(crate) stage: Arc<StageContext>,
    /// Whether the API is reached by its custom domain names only.
    pub(crate) execute_api_disabled: bool,
    pub(crate) routes: RouteTable<MethodPlan>,
    pub(crate) gateway_responses: GatewayResponses,
    /// Bytes that a response must have to be compressed; `None`: none is.
    pub(crate) minimum_compression_size: Option<u64>,
    /// Which pages may call the API, where the gateway sees to that.
    pub(crate) cors: Option<Cors>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) diagnostics: Diagnostics,
}

/// One method, ready to be executed.
#[derive(Debug)]
pub(crate) struct MethodPlan {
    pub(crate) resource: Arc<ResourceContext>,
    /// The names of the resource's path parameters, in the order of their spans.
    pub(crate) parameter_names: Arc<[Box<str>]>,
    /// What the method is called where it has settings of its own, such as `/pets/GET`.
    pub(crate) key: Box<str>,
    pub(crate) needs_api_key: bool,
    /// The method's own bucket.
    pub(crate) throttle: Option<Arc<TokenBucket>>,
    /// A method that cannot be executed keeps the refusal that all its callers get.
    pub(crate) execution: Result<Execution, Rejection>,
}

/// What happens between method request and method response.
#[derive(Debug)]
pub(crate) struct Execution {
    /// What is checked of a request before anything is made of it.
    pub(crate) validator: RequestValidator,
    pub(crate) integration: Arc<dyn Integration>,
    /// Where the whole request goes as an event; `None`: the mapped request goes.
    pub(crate) event: Option<EventTarget>,
    pub(crate) request: RequestMapping,
    pub(crate) response: ResponseMapping,
}

/// A function that gets whole requests as events.
#[derive(Debug)]
pub(crate) struct EventTarget {
    /// Where events go, for observers.
    pub(crate) uri: Uri,
    /// Which bodies are bytes.
    pub(crate) binary_media_types: Arc<BinaryMediaTypes>,
}

/// How an endpoint's answer becomes the client's response.
#[derive(Debug)]
pub(crate) enum ResponseMapping {
    /// As the API's integration responses say.
    Mapped(IntegrationResponses),
    /// As it is, but for its headers.
    Proxied,
    /// The same as it arrives, of any size.
    Streamed,
    /// As the API's integration responses say, which are selected by a function's error.
    Function(IntegrationResponses),
    /// As the function says; which types of body clients may get as bytes.
    FunctionProxied(Arc<BinaryMediaTypes>),
    /// As the function says, which streams.
    FunctionStreamed,
}

impl ResponseMapping {
    /// Whether the client gets the answer as it arrives, whatever else is set for responses.
    pub(crate) const fn is_streamed(&self) -> bool {
        matches!(self, Self::Streamed | Self::FunctionStreamed)
    }
}

impl Plan {
    /// The API and stage that this plan serves.
    #[must_use]
    pub fn stage(&self) -> &StageContext {
        &self.stage
    }

    /// What there is to say about the document that the plan was made of.
    ///
    /// Errors among these stand for parts that are served as a failure, as on the service.
    #[must_use]
    pub const fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// Says the same of the document in other words: with what an importer had to say, and with
    /// places in the text that the importer has read.
    #[must_use]
    pub fn with_diagnostics(mut self, diagnostics: Diagnostics) -> Self {
        self.diagnostics = diagnostics;
        self
    }

    /// The methods served, in the order of the document.
    pub fn methods(&self) -> impl Iterator<Item = Method<'_>> {
        self.routes.routes().iter().map(|route| Method {
            http_method: route.method().as_str(),
            path: route.path().as_str(),
            refusal: route.value().execution.as_ref().err(),
        })
    }
}

/// A method of a [`Plan`], as seen from outside.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Method<'p> {
    /// The verb, or `ANY`.
    pub http_method: &'p str,
    /// The resource's path, such as `/pets/{id}`.
    pub path: &'p str,
    /// What all callers get, where the method cannot be executed.
    pub refusal: Option<&'p Rejection>,
}
