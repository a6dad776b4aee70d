//! `$context`: what is known about a request in flight.

mod address;
mod caller;
mod parameters;
mod path;

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

pub use caller::{AuthorizerContext, Signer};
use http::Extensions;
pub use path::{ContextPath, UnknownContextVariable};

use crate::{
    AccountId, ApiId, ClientRequest, DeploymentId, ExtendedRequestId, ForwardedBy,
    GatewayResponseType, Moment, Overrides, ParameterSource, PathAddress, PeerAddress,
    PeerCertificate, Region, RequestId, ResourceId, StageName, StageVariables,
};

/// The variables that all requests to one stage share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageContext {
    /// The owner's account.
    pub account_id: AccountId,
    /// The region that the API stands in.
    pub region: Region,
    /// The API.
    pub api_id: ApiId,
    /// The deployment that serves the request.
    pub deployment_id: DeploymentId,
    /// The stage.
    pub stage: StageName,
    /// The stage's variables.
    pub variables: StageVariables,
}

impl StageContext {
    /// The account that owns an API whose owner is not known.
    pub const LOCAL_ACCOUNT_ID: &str = "123456789012";
    /// The region of an API whose region is not known.
    pub const LOCAL_REGION: &str = "us-east-1";
    /// The id of an API that has none.
    pub const LOCAL_API_ID: &str = "local00000";
    /// The id of the deployment of a stage that names none.
    pub const LOCAL_DEPLOYMENT_ID: &str = "local0";

    /// The stage `default` of an API that nobody has given an id.
    #[must_use]
    pub fn local() -> Self {
        Self {
            account_id: Self::LOCAL_ACCOUNT_ID.into(),
            region: Self::LOCAL_REGION.into(),
            api_id: Self::LOCAL_API_ID.into(),
            deployment_id: Self::LOCAL_DEPLOYMENT_ID.into(),
            stage: StageName::default(),
            variables: StageVariables::default(),
        }
    }
}

/// The variables that all requests to one resource share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceContext {
    /// The resource's id.
    pub id: ResourceId,
    /// The path as configured, such as `/pets/{id}`.
    pub path: Arc<str>,
}

/// What is known about the caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// Where the request came from: a [`PeerAddress`].
    pub source_ip: Option<IpAddr>,
    /// The proxy that said so, if one did: a [`ForwardedBy`].
    pub forwarded_by: Option<IpAddr>,
    /// The certificate that the client showed, where the server asks for one.
    pub certificate: Option<Arc<PeerCertificate>>,
    /// The value of the API key, where the method needs one.
    pub api_key: Option<Arc<str>>,
    /// The id of the API key, where the method needs one.
    pub api_key_id: Option<Arc<str>>,
    /// Who signed the request, where the method wants a signature.
    pub signer: Option<Arc<Signer>>,
}

impl Identity {
    /// What a server put of the connection among a request's extensions.
    #[must_use]
    pub fn of_connection(extensions: &Extensions) -> Self {
        let source = extensions.get::<PeerAddress>();
        let proxy = extensions.get::<ForwardedBy>();
        Self {
            source_ip: source.map(|peer| peer.0.ip()),
            forwarded_by: proxy.map(|peer| peer.0.ip()),
            certificate: extensions.get().cloned(),
            ..Self::default()
        }
    }
}

/// Why the gateway refused, as gateway responses and access logs show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorContext {
    /// The type of the answer.
    pub response_type: GatewayResponseType,
    /// The message; `None` prints as `null`.
    pub message: Option<Cow<'static, str>>,
    /// What exactly did not fit its model.
    pub validation_error: Option<Box<str>>,
}

/// `$context`: everything a template, a log or an authorizer may ask about a request, typed and
/// filled in as the request proceeds.
///
/// Templates, access logs, events and gateway responses all read this one definition, through
/// [`value`](Self::value) and a [`ContextPath`] parsed beforehand. It holds what else they read of a
/// request, too: its parameters and the variables of its stage.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Context {
    /// What the stage's requests share.
    pub stage: Arc<StageContext>,
    /// The matched resource, once there is one.
    pub resource: Option<Arc<ResourceContext>>,
    /// The request's id.
    pub request_id: RequestId,
    /// The request's second id.
    pub extended_request_id: ExtendedRequestId,
    /// When the request arrived.
    pub received_at: Moment,
    /// What the client sent.
    pub request: ClientRequest,
    /// The caller.
    pub identity: Identity,
    /// Whether the request is the test of a method, which no client sent. There is no connection then
    /// that variables and the gateway's own headers could tell of: the address and the domain name are
    /// [`TEST_SOURCE_IP`](Self::TEST_SOURCE_IP) and [`TEST_DOMAIN_NAME`](Self::TEST_DOMAIN_NAME), and
    /// no headers are added.
    pub is_test: bool,
    /// What the method's authorizer said of the caller.
    pub authorizer: Option<AuthorizerContext>,
    /// Whether the canary serves the request; `None` where the stage has none.
    pub is_canary_request: Option<bool>,
    /// Whether a limit was decided without the store that it is shared through; `None` where limits are
    /// not shared, or none was asked.
    pub limits_degraded: Option<bool>,
    /// What templates changed of the request and the response.
    pub overrides: Overrides,
    /// Why the gateway refused, if it did.
    pub error: Option<ErrorContext>,
}

impl Context {
    /// `$context.identity.sourceIp` of a test, as events of tests on the service show it.
    pub const TEST_SOURCE_IP: &'static str = "test-invoke-source-ip";
    /// `$context.domainName` of a test, as events of tests on the service show it.
    pub const TEST_DOMAIN_NAME: &'static str = "testPrefix.testDomainName";

    /// What is known of a request when it arrives.
    #[must_use]
    pub fn new(
        stage: Arc<StageContext>,
        (request_id, extended_request_id): (RequestId, ExtendedRequestId),
        received_at: Moment,
        request: ClientRequest,
    ) -> Self {
        Self {
            stage,
            resource: None,
            request_id,
            extended_request_id,
            received_at,
            request,
            identity: Identity::default(),
            is_test: false,
            authorizer: None,
            is_canary_request: None,
            limits_degraded: None,
            overrides: Overrides::default(),
            error: None,
        }
    }

    /// The path as the client sent it, with the stage or base path in front and without the query;
    /// see [`ClientRequest::path`].
    #[must_use]
    pub fn path(&self) -> &str {
        self.request.path()
    }

    /// The key of the base path mapping that the request was addressed by.
    #[must_use]
    pub fn base_path_matched(&self) -> Option<&str> {
        match &self.request.address {
            PathAddress::BasePath { key, .. } => self.request.target.path().get(key.clone()),
            _ => None,
        }
    }

    /// The value of a variable; `None` where there is nothing to show.
    #[must_use]
    pub fn value(&self, path: &ContextPath) -> Option<Cow<'_, str>> {
        path.read(self)
    }

    /// The value of a mapping's source that needs no body; `None` where there is nothing to show,
    /// and for sources that read a body or an endpoint's answer.
    #[must_use]
    pub fn source<'a>(&'a self, source: &'a ParameterSource) -> Option<Cow<'a, str>> {
        match source {
            ParameterSource::Static(text) => Some(Cow::Borrowed(text)),
            ParameterSource::Context(path) => self.value(path),
            ParameterSource::StageVariable(name) => {
                self.stage.variables.get(name).map(Cow::Borrowed)
            }
            ParameterSource::MethodRequest(location, name) => self.parameter(*location, name),
            ParameterSource::MethodRequestMultiValue(location, name) => {
                let values = self.request.parameter_values(*location, name);
                (!values.is_empty()).then(|| Cow::Owned(values.join(",")))
            }
            ParameterSource::MethodRequestBody(_)
            | ParameterSource::IntegrationResponseHeader(_)
            | ParameterSource::IntegrationResponseMultiValueHeader(_)
            | ParameterSource::IntegrationResponseBody(_) => None,
        }
    }
}
