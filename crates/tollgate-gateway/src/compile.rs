//! From document to plan.

mod authorization;
mod cors;
mod endpoint;
mod gateway_responses;
mod integration;
mod lambda;
mod links;
mod method;
mod resource_policy;
mod role;
mod service;
mod settings;
mod streaming;
mod templates;
mod texts;
mod throttle;
mod validator;

use std::collections::BTreeMap;
use std::sync::Arc;

use tollgate_auth::AuthorizerCache;
use tollgate_core::{
    AccountId, Diagnostic, Diagnostics, Region, ResourceContext, StageContext, SystemClock,
};
use tollgate_integration::aws::AwsClient;
use tollgate_integration::lambda::LambdaFunctions;
use tollgate_integration::{ClientCertificate, HttpClient};
use tollgate_mapping::BinaryMediaTypes;
use tollgate_model::{
    ApiDocument, ApiKeySource, AuthorizationType, EndpointType, Method, Resource, Stage,
};
use tollgate_router::{MethodKey, ResourcePath, RouteTable, RouteTableBuilder};
use tollgate_validate::Models;

pub use links::{InvalidLinkTarget, LinkTarget, VpcLinks};
pub(crate) use settings::settings;

pub(crate) use self::authorization::{Broken, Callers, Compiled};
use self::templates::Templates;
use crate::limits::Limits;
use crate::plan::{Deployed, MethodIx, MethodPlan};
use crate::{CallerKeys, Plan, TokenIssuers};

/// The account that owns an API whose owner is not known.
pub const DEFAULT_ACCOUNT_ID: &str = StageContext::LOCAL_ACCOUNT_ID;
/// The region of an API whose region is not known.
pub const DEFAULT_REGION: &str = StageContext::LOCAL_REGION;
/// The id of an API whose document has none.
pub const DEFAULT_API_ID: &str = StageContext::LOCAL_API_ID;
/// The id of the deployment of a stage that names none.
pub const DEFAULT_DEPLOYMENT_ID: &str = StageContext::LOCAL_DEPLOYMENT_ID;

/// What a document and its stage do not say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompileOptions {
    /// The account that owns APIs whose documents name no [home](tollgate_model::Home).
    pub account_id: AccountId,
    /// The region that these stand in.
    pub region: Region,
    /// What integrations call HTTP endpoints with; plans that share it share its connections.
    pub http: HttpClient,
    /// What integrations call AWS services with: endpoints and credentials.
    pub aws: AwsClient,
    /// Where VPC links lead.
    pub vpc_links: VpcLinks,
    /// What stages show to HTTPS endpoints that ask for a certificate, by the ids that the stages
    /// name.
    pub client_certificates: BTreeMap<String, ClientCertificate>,
    /// The Lambda functions that integrations can call.
    pub functions: LambdaFunctions,
    /// API keys, usage plans and limits; plans that share them share what is used.
    pub limits: Arc<Limits>,
    /// What Lambda authorizers answered; plans that share it share the answers.
    pub authorizer_cache: AuthorizerCache,
    /// The issuers whose tokens methods take; plans that share them share their keys.
    pub token_issuers: Arc<TokenIssuers>,
    /// The keys of callers who sign.
    pub caller_keys: CallerKeys,
}

impl Default for CompileOptions {
    fn default() -> Self {
        Self {
            account_id: DEFAULT_ACCOUNT_ID.into(),
            region: DEFAULT_REGION.into(),
            http: HttpClient::default(),
            aws: AwsClient::default(),
            vpc_links: VpcLinks::new(),
            client_certificates: BTreeMap::new(),
            functions: LambdaFunctions::default(),
            limits: Arc::default(),
            authorizer_cache: AuthorizerCache::new(Arc::new(SystemClock::new())),
            token_issuers: Arc::default(),
            caller_keys: CallerKeys::default(),
        }
    }
}

impl CompileOptions {
    /// The same for a plan that is tried and not served: it has limits of its own, since those that
    /// count would take its methods for those that are served.
    #[must_use]
    pub fn on_trial(&self) -> Self {
        Self {
            limits: Arc::default(),
            ..self.clone()
        }
    }
}

impl Plan {
    /// Compiles a document for a stage, in the default account and region.
    ///
    /// # Errors
    ///
    /// As for [`compile_with`](Self::compile_with).
    pub fn compile(document: &ApiDocument, stage: &Stage) -> Result<Self, Diagnostics> {
        Self::compile_with(document, stage, &CompileOptions::default())
    }

    /// Compiles a document for a stage.
    ///
    /// A part that cannot work, such as a template with a syntax error or an authorizer that this
    /// build cannot ask, does not keep the rest from being served: whoever calls it is refused, and
    /// [`diagnostics`](Plan::diagnostics) says why.
    ///
    /// # Errors
    ///
    /// [`Diagnostics`], all at once, where the resources cannot be told apart or have no paths that
    /// a request could take.
    pub fn compile_with(
        document: &ApiDocument,
        stage: &Stage,
        options: &CompileOptions,
    ) -> Result<Self, Diagnostics> {
        let mut diagnostics = Diagnostics::new();
        let stage_context = Arc::new(stage_context(document, stage, options));
        let (access, policy_refusal) =
            resource_policy::compile(document, &stage_context, &mut diagnostics);
        let scope = Scope {
            document,
            callers: Callers::new(document, stage_context.clone(), access, options),
            stage: stage_context,
            http: &options.http,
            aws: &options.aws,
            vpc_links: &options.vpc_links,
            client_certificate: client_certificate(stage, options, &mut diagnostics),
            functions: &options.functions,
            binary_media_types: binary_media_types(document),
            models: Models::compile(models(document)),
            templates: Templates::default(),
        };
        let mut compiler = Compiler {
            api_refusal: private_refusal(document, &mut diagnostics).or(policy_refusal),
            routes: RouteTable::builder(),
            methods: 0,
            unroutable: false,
            diagnostics,
        };
        compiler.document(&scope);
        let gateway_responses =
            gateway_responses::compile(&document.gateway_responses, &mut compiler.diagnostics);
        let cors = document.rest_api.cors_configuration.as_ref();
        let cors = cors::compile(cors, &mut compiler.diagnostics);
        if compiler.unroutable {
            return Err(compiler.diagnostics);
        }
        let deployed = Deployed {
            access: scope.callers.into_access(),
            stage: scope.stage,
            api_key_source: document.rest_api.api_key_source,
            authorizer_cache: options.authorizer_cache.clone(),
            client_certificate_id: stage.client_certificate_id.as_deref().map(Box::from),
            execute_api_disabled: document.rest_api.disable_execute_api_endpoint,
            routes: compiler.routes.build(),
            gateway_responses,
            minimum_compression_size: document.rest_api.minimum_compression_size.map(u64::from),
            cors,
            limits: options.limits.clone(),
        };
        let diagnostics = Arc::new(compiler.diagnostics);
        Ok(Self::new(Arc::new(deployed), diagnostics, stage))
    }
}

/// What the parts of a document are compiled in.
struct Scope<'a> {
    document: &'a ApiDocument,
    callers: Callers<'a>,
    stage: Arc<StageContext>,
    http: &'a HttpClient,
    aws: &'a AwsClient,
    vpc_links: &'a VpcLinks,
    client_certificate: Option<&'a ClientCertificate>,
    functions: &'a LambdaFunctions,
    binary_media_types: Arc<BinaryMediaTypes>,
    models: Models,
    templates: Templates,
}

fn models(document: &ApiDocument) -> impl Iterator<Item = (&str, &str)> {
    let models = document.models.iter();
    models.map(|model| (model.name.as_str(), model.schema.as_str()))
}

/// What the stage shows to HTTPS endpoints.
fn client_certificate<'a>(
    stage: &Stage,
    options: &'a CompileOptions,
    diagnostics: &mut Diagnostics,
) -> Option<&'a ClientCertificate> {
    let id = stage.client_certificate_id.as_ref()?;
    let known = options.client_certificates.get(id);
    if known.is_none() {
        let message = format!(
            "stage {} shows the client certificate {id:?}, of which nothing is known: endpoints are \
             shown none",
            stage.stage_name
        );
        diagnostics.push(Diagnostic::error("", message));
    }
    known
}

fn binary_media_types(document: &ApiDocument) -> Arc<BinaryMediaTypes> {
    Arc::new(document.rest_api.binary_media_types.iter().collect())
}

pub(crate) fn stage_context(
    document: &ApiDocument,
    stage: &Stage,
    options: &CompileOptions,
) -> StageContext {
    let api_id = document.rest_api.id.clone();
    let deployment_id = stage.deployment_id.clone();
    let variables = stage.variables.iter();
    let home = document.rest_api.home.as_ref();
    StageContext {
        account_id: home
            .map_or(&options.account_id, |home| &home.account_id)
            .clone(),
        region: home.map_or(&options.region, |home| &home.region).clone(),
        api_id: api_id.unwrap_or_else(|| DEFAULT_API_ID.into()),
        deployment_id: deployment_id.unwrap_or_else(|| DEFAULT_DEPLOYMENT_ID.into()),
        stage: stage.stage_name.clone(),
        variables: variables
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect(),
    }
}

struct Compiler {
    /// Why no method of the API may be served.
    api_refusal: Option<String>,
    routes: RouteTableBuilder<MethodPlan>,
    /// How many methods have their place.
    methods: u32,
    /// Whether a method could not be given its place.
    unroutable: bool,
    diagnostics: Diagnostics,
}

impl Compiler {
    fn document(&mut self, scope: &Scope<'_>) {
        for (name, error) in scope.models.errors() {
            self.diagnostics
                .push(validator::broken_model(scope.document, name, error));
        }
        for (index, resource) in scope.document.resources.iter().enumerate() {
            self.resource(&format!("/resources/{index}"), resource, scope);
        }
    }

    fn resource(&mut self, pointer: &str, resource: &Resource, scope: &Scope<'_>) {
        let path: ResourcePath = match resource.path.parse() {
            Ok(path) => path,
            Err(error) => {
                let message = format!("resource {:?}: {error}", resource.path);
                return self.unroutable(Diagnostic::error(format!("{pointer}/path"), message));
            }
        };
        let context = Arc::new(ResourceContext {
            id: resource.id.clone(),
            path: resource.path.as_str().into(),
        });
        let parameter_names: Arc<[Box<str>]> = path.parameter_names().map(Box::from).collect();
        for (verb, method) in &resource.resource_methods {
            let pointer = format!("{pointer}/resourceMethods/{verb}");
            let place = method::Place {
                pointer: &pointer,
                verb: *verb,
                path: &resource.path,
            };
            let authorization = match &self.api_refusal {
                Some(reason) => Err(authorization::unenforceable(reason.clone())),
                None => scope
                    .callers
                    .authorization(&place, method, &mut self.diagnostics),
            };
            tell_unnamed_key(&place, method, scope.document, &mut self.diagnostics);
            let execution = method::compile(&place, method, scope, &mut self.diagnostics);
            let plan = MethodPlan {
                index: MethodIx(self.methods),
                resource: context.clone(),
                parameter_names: parameter_names.clone(),
                key: format!("{}/{verb}", resource.path).into(),
                needs_api_key: method.api_key_required,
                authorization,
                execution,
            };
            let key: MethodKey = match verb.as_str().parse() {
                Ok(key) => key,
                Err(error) => {
                    self.unroutable(Diagnostic::error(
                        pointer,
                        format!("method {verb}: {error}"),
                    ));
                    continue;
                }
            };
            if let Err(error) = self.routes.insert(&path, key, plan) {
                let message = format!("method {verb} {}: {error}", resource.path);
                self.unroutable(Diagnostic::error(pointer, message));
            } else {
                self.methods += 1;
            }
        }
    }

    fn unroutable(&mut self, diagnostic: Diagnostic) {
        self.unroutable = true;
        self.diagnostics.push(diagnostic);
    }
}

/// Tells of a method whose callers need an API key that nobody names.
fn tell_unnamed_key(
    place: &method::Place<'_>,
    method: &Method,
    document: &ApiDocument,
    diagnostics: &mut Diagnostics,
) {
    let is_named_by_authorizer = document.rest_api.api_key_source == ApiKeySource::Authorizer;
    let has_authorizer = method.authorization_type == AuthorizationType::Custom;
    if method.api_key_required && is_named_by_authorizer && !has_authorizer {
        let message = "its API key is the one that a Lambda authorizer names, and it has none: all \
                       callers get 403";
        diagnostics.push(place.warning("/apiKeyRequired", message));
    }
}

/// Why nothing of a private API may be served, whatever its methods say.
fn private_refusal(document: &ApiDocument, diagnostics: &mut Diagnostics) -> Option<String> {
    const REASON: &str = "the API is private, which this build cannot enforce";
    // Only a private API has endpoints in a private network.
    let configuration = document.rest_api.endpoint_configuration.as_ref()?;
    let is_private = configuration.types.contains(&EndpointType::Private)
        || !configuration.vpc_endpoint_ids.is_empty();
    is_private.then(|| {
        let message = format!("{REASON}: every method answers 500");
        diagnostics.push(Diagnostic::error("/endpointConfiguration", message));
        REASON.to_owned()
    })
}
