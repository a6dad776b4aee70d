//! The plan: a deployment and its stage, compiled.

use std::sync::Arc;

use http::Uri;
use tollgate_auth::{AuthorizerCache, StageAccess};
use tollgate_core::{Diagnostics, GatewayResponses, Rejection, ResourceContext, StageContext};
use tollgate_integration::Integration;
use tollgate_mapping::{BinaryMediaTypes, IntegrationResponses, RequestMapping};
use tollgate_model::{ApiKeySource, Stage};
use tollgate_router::RouteTable;
use tollgate_throttle::StoredLimit;
use tollgate_validate::RequestValidator;

use crate::DEFAULT_DEPLOYMENT_ID;
use crate::authorization::Authorization;
use crate::compile::settings;
use crate::cors::Cors;
use crate::limits::Limits;

/// Everything a request to one stage needs, made once and never changed.
///
/// A [`Gateway`](crate::Gateway) runs requests along the plan that was published to it last.
///
/// A plan has two parts. What a deployment and the stage's variables decide takes time to compile; the
/// stage's settings lie over it, and [`with_settings`](Self::with_settings) replaces them at once.
#[derive(Debug)]
pub struct Plan {
    pub(crate) deployed: Arc<Deployed>,
    pub(crate) settings: Settings,
    /// What there is to say about the document.
    of_document: Arc<Diagnostics>,
    /// The same, and what there is to say about the settings.
    diagnostics: Diagnostics,
}

/// A deployment, compiled with the variables of a stage.
#[derive(Debug)]
pub(crate) struct Deployed {
    pub(crate) stage: Arc<StageContext>,
    /// The API's resource policy, and how policies name its methods.
    pub(crate) access: StageAccess,
    /// Where the API keys of callers are read from.
    pub(crate) api_key_source: ApiKeySource,
    /// What its authorizers answered.
    pub(crate) authorizer_cache: AuthorizerCache,
    /// The certificate that was asked for, whether or not it is known.
    pub(crate) client_certificate_id: Option<Box<str>>,
    /// Whether the API is reached by its custom domain names only.
    pub(crate) execute_api_disabled: bool,
    pub(crate) routes: RouteTable<MethodPlan>,
    pub(crate) gateway_responses: GatewayResponses,
    /// Bytes that a response must have to be compressed; `None`: none is.
    pub(crate) minimum_compression_size: Option<u64>,
    /// Which pages may call the API, where the gateway sees to that.
    pub(crate) cors: Option<Cors>,
    pub(crate) limits: Arc<Limits>,
}

/// The place of a method among those of its deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MethodIx(pub(crate) u32);

/// What a stage sets without a deployment.
#[derive(Debug)]
pub(crate) struct Settings {
    /// In the order of the methods; none where no method has any.
    pub(crate) methods: Box<[MethodSettings]>,
}

/// What a stage sets for one method.
#[derive(Debug)]
pub(crate) struct MethodSettings {
    /// The method's own limit.
    pub(crate) throttle: Option<Arc<StoredLimit>>,
}

impl Settings {
    /// The limit of a method.
    pub(crate) fn throttle(&self, method: MethodIx) -> Option<&StoredLimit> {
        let settings = self.methods.get(method.0 as usize)?;
        settings.throttle.as_deref()
    }
}

/// One method, ready to be executed.
#[derive(Debug)]
pub(crate) struct MethodPlan {
    /// Where its settings are.
    pub(crate) index: MethodIx,
    pub(crate) resource: Arc<ResourceContext>,
    /// The names of the resource's path parameters, in the order of their spans.
    pub(crate) parameter_names: Arc<[Box<str>]>,
    /// What the method is called where it has settings of its own, such as `/pets/GET`.
    pub(crate) key: Box<str>,
    pub(crate) needs_api_key: bool,
    /// A method whose protection cannot be enforced keeps the refusal that all its callers get.
    pub(crate) authorization: Result<Authorization, Rejection>,
    /// A method that cannot be executed keeps the refusal that all its callers get.
    pub(crate) execution: Result<Execution, Rejection>,
}

impl MethodPlan {
    /// Whether nobody is asked who calls.
    pub(crate) fn is_open(&self) -> bool {
        self.authorization
            .as_ref()
            .is_ok_and(Authorization::is_open)
    }

    /// What all callers get, where the method cannot be executed.
    fn refusal(&self) -> Option<&Rejection> {
        let unprotected = self.authorization.as_ref().err();
        unprotected.or_else(|| self.execution.as_ref().err())
    }
}

/// What happens between method request and method response.
#[derive(Debug)]
pub(crate) struct Execution {
    /// What is checked of a request before anything is made of it.
    pub(crate) validator: RequestValidator,
    pub(crate) integration: Arc<dyn Integration>,
    /// Whether the endpoint is called with the caller's own key.
    pub(crate) passes_caller: bool,
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
    /// A deployment under the settings of its stage.
    pub(crate) fn new(
        deployed: Arc<Deployed>,
        of_document: Arc<Diagnostics>,
        stage: &Stage,
    ) -> Self {
        let mut diagnostics = Diagnostics::clone(&of_document);
        let settings = settings(stage, &deployed, &mut diagnostics);
        Self {
            deployed,
            settings,
            of_document,
            diagnostics,
        }
    }

    /// The same deployment under other settings of its stage, without compiling anything.
    ///
    /// Settings are all that takes effect without a deployment: now the throttles of methods. What is
    /// left in their buckets goes along. `None` where the stage differs in what is compiled: its name,
    /// deployment, variables or client certificate.
    ///
    /// The document of a deployment never changes: it is the stage's as long as the deployment's id is.
    ///
    /// ```
    /// use tollgate_core::RateLimit;
    /// use tollgate_gateway::Plan;
    /// use tollgate_model::{ApiDocument, MethodSetting, Stage};
    ///
    /// let mut stage = Stage::new("prod".parse()?);
    /// let plan = Plan::compile(&ApiDocument::new("pets"), &stage)?;
    ///
    /// let setting = MethodSetting::throttled(RateLimit::new(100.0, 20)?);
    /// stage.method_settings.insert("*/*".to_owned(), setting);
    /// assert!(plan.with_settings(&stage).is_some());
    ///
    /// stage.variables.insert("version".to_owned(), "7".to_owned());
    /// assert!(plan.with_settings(&stage).is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_settings(&self, stage: &Stage) -> Option<Self> {
        let is_same = self.deployed.is_compiled_for(stage);
        is_same.then(|| Self::new(self.deployed.clone(), self.of_document.clone(), stage))
    }

    /// The API and stage that this plan serves.
    #[must_use]
    pub fn stage(&self) -> &StageContext {
        &self.deployed.stage
    }

    /// Forgets what the stage's Lambda authorizers answered (API Gateway API reference,
    /// `FlushStageAuthorizersCache`), also for other plans of the stage that share the
    /// [cache](crate::CompileOptions::authorizer_cache).
    pub fn flush_authorizers(&self) {
        let Deployed {
            access,
            authorizer_cache,
            ..
        } = &*self.deployed;
        authorizer_cache.flush_stage(access);
    }

    /// What there is to say about the document that the plan was made of, and then about the settings
    /// of the stage.
    ///
    /// Errors among these stand for parts that are served as a failure, as on the service.
    #[must_use]
    pub const fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// Says the same of the document in other words: with what an importer had to say, and with
    /// places in the text that the importer has read. What is said of settings stays as it is.
    #[must_use]
    pub fn map_diagnostics(
        mut self,
        in_other_words: impl FnOnce(Diagnostics) -> Diagnostics,
    ) -> Self {
        let of_settings = self.diagnostics.into_iter().skip(self.of_document.len());
        let of_document = in_other_words(Arc::unwrap_or_clone(self.of_document));
        self.diagnostics = of_document.iter().cloned().chain(of_settings).collect();
        self.of_document = Arc::new(of_document);
        self
    }

    /// The methods served, in the order of the document.
    pub fn methods(&self) -> impl Iterator<Item = Method<'_>> {
        self.deployed.routes.routes().iter().map(|route| Method {
            http_method: route.method().as_str(),
            path: route.path().as_str(),
            refusal: route.value().refusal(),
        })
    }
}

impl Deployed {
    /// Whether compiling the deployment for this stage would come to the same.
    fn is_compiled_for(&self, stage: &Stage) -> bool {
        let Self { stage: own, .. } = self;
        let deployment = stage.deployment_id.as_ref();
        let deployment = deployment.map_or(DEFAULT_DEPLOYMENT_ID, |id| id.as_str());
        let variables = stage.variables.iter();
        own.stage == stage.stage_name
            && own.deployment_id.as_str() == deployment
            && variables
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .eq(own.variables.iter())
            && stage.client_certificate_id.as_deref() == self.client_certificate_id.as_deref()
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
