//! From a method's authorization to what judges its callers.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use tollgate_auth::{
    AuthorizerIdentity, ClaimRule, IamAuthenticator, JwtAuthorizer, LambdaAuthorizer,
    RequestIdentity, StageAccess, TokenIdentity, TrustedIssuer,
};
use tollgate_core::{Diagnostic, Diagnostics, GatewayResponseType, Rejection, StageContext};
use tollgate_iam::sigv4::Verifier;
use tollgate_integration::aws::Identity;
use tollgate_integration::lambda::{FunctionName, LambdaFunction, RemoteFunction};
use tollgate_mapping::with_stage_variables;
use tollgate_model::{
    ApiDocument, AuthorizationType, Authorizer, AuthorizerType, JwtAdditionalClaim, JwtClaimFormat,
    JwtIssuer, Method,
};

use super::method::Place;
use super::role;
use crate::CompileOptions;
use crate::authorization::Authorization;
use crate::authorizer_function::InvokedFunction;

/// The refusal of a method that is protected by something that cannot be asked.
pub(super) fn unenforceable(reason: impl Into<Cow<'static, str>>) -> Rejection {
    Rejection::new(GatewayResponseType::AuthorizerConfigurationError).because(reason)
}

/// Everything by which the callers of a document's methods are judged.
pub(crate) struct Callers<'a> {
    document: &'a ApiDocument,
    stage: Arc<StageContext>,
    access: StageAccess,
    options: &'a CompileOptions,
    authenticator: Arc<IamAuthenticator>,
    /// Authorizers by their ids, each compiled when the first method names it.
    authorizers: RefCell<HashMap<Box<str>, Found>>,
}

impl<'a> Callers<'a> {
    pub(crate) fn new(
        document: &'a ApiDocument,
        stage: Arc<StageContext>,
        access: StageAccess,
        options: &'a CompileOptions,
    ) -> Self {
        let verifier = Verifier::new(stage.region.as_str());
        Self {
            document,
            stage,
            access,
            options,
            authenticator: Arc::new(IamAuthenticator::new(verifier, options.caller_keys.clone())),
            authorizers: RefCell::default(),
        }
    }

    pub(super) fn into_access(self) -> StageAccess {
        self.access
    }

    /// Compiles how callers of a method are authorized; where nobody could say whether they may call,
    /// it is the refusal of all of them.
    pub(super) fn authorization(
        &self,
        place: &Place<'_>,
        method: &Method,
        diagnostics: &mut Diagnostics,
    ) -> Result<Authorization, Rejection> {
        let kind = method.authorization_type;
        let refused = match kind {
            AuthorizationType::None if self.access.has_resource_policy() => {
                return Ok(Authorization::Policy);
            }
            AuthorizationType::None => return Ok(Authorization::Open),
            AuthorizationType::AwsIam => return Ok(self.signature(place, diagnostics)),
            AuthorizationType::Custom
            | AuthorizationType::CognitoUserPools
            | AuthorizationType::Jwt => {
                let id = method.authorizer_id.as_deref();
                match id.map(|id| self.find(id, diagnostics)) {
                    None => "it names no authorizer".to_owned(),
                    Some(Found::Missing(id)) => format!("there is no authorizer {id:?}"),
                    Some(Found::Broken(name)) => format!("its authorizer {name:?} cannot be asked"),
                    Some(Found::Compiled(Compiled::Lambda(authorizer)))
                        if kind == AuthorizationType::Custom =>
                    {
                        return Ok(Authorization::Lambda(authorizer));
                    }
                    Some(Found::Compiled(Compiled::Token(of, authorizer))) if kind == of => {
                        let scopes = method.authorization_scopes.iter();
                        let scopes = scopes.map(|scope| scope.as_str().into()).collect();
                        return Ok(Authorization::Token(kind, authorizer, scopes));
                    }
                    Some(_) => format!("its authorizer is of another type than {kind}"),
                }
            }
        };
        let below = match method.authorizer_id {
            Some(_) => "/authorizerId",
            None => "/authorizationType",
        };
        let message = format!("{refused}, so it answers 500");
        diagnostics.push(place.error(below, &message));
        Err(unenforceable(refused))
    }

    fn signature(&self, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Authorization {
        if self.options.caller_keys.is_none() {
            let message = "its authorization is AWS_IAM, and nobody has a key to sign with: all \
                           callers get 403";
            let diagnostic = place.warning("/authorizationType", message);
            let help = "name keys and whose they are, in tollgate.toml under [iam_keys]";
            diagnostics.push(diagnostic.help(help));
        }
        Authorization::Signature(self.authenticator.clone())
    }

    fn find(&self, id: &str, diagnostics: &mut Diagnostics) -> Found {
        if let Some(found) = self.authorizers.borrow().get(id) {
            return found.clone();
        }
        let authorizers = self.document.authorizers.iter();
        let found = match authorizers.enumerate().find(|(_, one)| one.id == id) {
            None => Found::Missing(id.into()),
            Some((index, authorizer)) => {
                let compiled = self.compiled(authorizer).map(Found::Compiled);
                compiled.unwrap_or_else(|broken| {
                    let pointer = format!("/authorizers/{index}/{}", broken.member);
                    let message = format!("authorizer {}: {}", authorizer.name, broken.reason);
                    diagnostics.push(Diagnostic::error(pointer, message));
                    Found::Broken(authorizer.name.as_str().into())
                })
            }
        };
        self.authorizers
            .borrow_mut()
            .insert(id.into(), found.clone());
        found
    }

    /// Compiles an authorizer.
    pub(crate) fn compiled(&self, authorizer: &Authorizer) -> Result<Compiled, Broken> {
        let token = |kind| move |one| Compiled::Token(kind, Arc::new(one));
        match authorizer.kind {
            AuthorizerType::Token | AuthorizerType::Request => {
                let compiled = self.lambda(authorizer);
                compiled.map(|one| Compiled::Lambda(Arc::new(one)))
            }
            AuthorizerType::CognitoUserPools => {
                let compiled = self.user_pools(authorizer);
                compiled.map(token(AuthorizationType::CognitoUserPools))
            }
            AuthorizerType::Jwt => self.jwt(authorizer).map(token(AuthorizationType::Jwt)),
        }
    }

    fn lambda(&self, authorizer: &Authorizer) -> Result<LambdaAuthorizer, Broken> {
        let uri = authorizer.authorizer_uri.as_deref().unwrap_or_default();
        let uri = with_stage_variables(uri, &self.stage.variables);
        let function = self.function(authorizer, &uri)?;
        let ttl = authorizer.authorizer_result_ttl_in_seconds;
        let settings = tollgate_auth::Authorizer::new(&authorizer.id, identity(authorizer)?, ttl)
            .map_err(|error| Broken::at("authorizerResultTtlInSeconds")(&error))?
            .with_version(&uri);
        Ok(LambdaAuthorizer::new(
            settings,
            self.access.clone(),
            Arc::new(InvokedFunction::new(function)),
            self.options.authorizer_cache.clone(),
        ))
    }

    /// The function that the URI names: one that was registered, or else whatever Lambda's own API
    /// has.
    fn function(
        &self,
        authorizer: &Authorizer,
        uri: &str,
    ) -> Result<Arc<dyn LambdaFunction>, Broken> {
        let at_uri = Broken::at("authorizerUri");
        if FunctionName::is_streaming_uri(uri) {
            return Err(at_uri(&"functions of authorizers do not stream"));
        }
        let name = FunctionName::of_integration_uri(uri).map_err(|error| at_uri(&error))?;
        let identity = self.role(authorizer)?;
        let options = self.options;
        if let Some(function) = options.functions.find(&name) {
            return Ok(function);
        }
        if !options.aws.has_credentials() {
            let name = name.as_str();
            return Err(at_uri(&format!(
                "there is no function {name:?} here, and no key to call Lambda with"
            )));
        }
        let region = self.stage.region.as_str();
        let function = RemoteFunction::new(&options.aws, name, region).with_identity(identity);
        Ok(Arc::new(function))
    }

    /// As whom the function is called.
    fn role(&self, authorizer: &Authorizer) -> Result<Identity, Broken> {
        let at_role = Broken::at("authorizerCredentials");
        let credentials = authorizer.authorizer_credentials.as_deref();
        let Some(role) = credentials.filter(|one| !one.is_empty()) else {
            return Ok(Identity::Gateway);
        };
        match role::identity(role, &self.stage).map_err(|error| at_role(&error))? {
            Identity::Caller => Err(at_role(&"expected a role: who calls is not known yet")),
            identity => Ok(identity),
        }
    }

    fn user_pools(&self, authorizer: &Authorizer) -> Result<JwtAuthorizer, Broken> {
        let at_arns = Broken::at("providerARNs");
        let CompileOptions {
            token_issuers,
            http,
            ..
        } = self.options;
        let pools = authorizer.provider_arns.iter();
        let pools: Vec<_> = pools
            .map(|arn| token_issuers.pool(arn, http))
            .collect::<Result<_, _>>()
            .map_err(|error| at_arns(&error))?;
        if pools.is_empty() {
            return Err(at_arns(&"it names no user pool"));
        }
        let source = authorizer.identity_source.as_deref().unwrap_or_default();
        let compiled = JwtAuthorizer::user_pools(source, pools, self.access.clone())
            .map_err(|error| Broken::at("identitySource")(&error))?;
        match expression(authorizer) {
            None => Ok(compiled),
            Some(expression) => compiled
                .with_validation_expression(expression)
                .map_err(|error| Broken::at("identityValidationExpression")(&error)),
        }
    }

    fn jwt(&self, authorizer: &Authorizer) -> Result<JwtAuthorizer, Broken> {
        let at_configuration = Broken::at("jwtConfiguration");
        let configuration = authorizer.jwt_configuration.as_ref();
        let configuration =
            configuration.ok_or_else(|| at_configuration(&"it says not whose tokens it takes"))?;
        let checked = configuration.check();
        checked.map_err(|error| at_configuration(&error))?;
        let issuers = configuration.issuers.iter();
        let issuers: Vec<_> = issuers
            .map(|issuer| self.trusted(issuer))
            .collect::<Result<_, _>>()
            .map_err(|error| at_configuration(&error))?;
        let source = authorizer.identity_source.as_deref().unwrap_or_default();
        let algorithms = configuration.default_algorithms.iter();
        let compiled = JwtAuthorizer::new(source, issuers, self.access.clone())
            .map_err(|error| Broken::at("identitySource")(&error))?;
        Ok(compiled.with_algorithms(algorithms.map(|one| one.as_str())))
    }

    fn trusted(&self, issuer: &JwtIssuer) -> Result<TrustedIssuer, String> {
        let (url, options) = (&issuer.issuer, self.options);
        let found = options.token_issuers.issuer(url, &options.http);
        let found = found.map_err(|error| format!("issuer {url:?}: {error}"))?;
        let audiences = issuer.audiences.iter().map(String::as_str);
        let claims = issuer.additional_claims.iter();
        Ok(
            claims.fold(TrustedIssuer::new(found, audiences), |trusted, claim| {
                trusted.with_claim(rule(claim))
            }),
        )
    }
}

fn rule(claim: &JwtAdditionalClaim) -> ClaimRule {
    let name = claim.claim_name.as_str();
    let JwtClaimFormat::SingleString = claim.format;
    let rule = if claim.required {
        ClaimRule::required(name)
    } else {
        ClaimRule::optional(name)
    };
    rule.with_values(claim.expected_values.iter().map(String::as_str))
}

/// An authorizer that can be asked.
#[derive(Clone, Debug)]
pub(crate) enum Compiled {
    Lambda(Arc<LambdaAuthorizer>),
    /// With the type of the methods that may have it.
    Token(AuthorizationType, Arc<JwtAuthorizer>),
}

/// How a Lambda authorizer tells callers apart.
fn identity(authorizer: &Authorizer) -> Result<AuthorizerIdentity, Broken> {
    let sources = authorizer.identity_source.as_deref().unwrap_or_default();
    let invalid = |error| Broken::at("identitySource")(&error);
    if authorizer.kind == AuthorizerType::Request {
        return Ok(RequestIdentity::new(sources).map_err(invalid)?.into());
    }
    let identity = TokenIdentity::new(sources).map_err(invalid)?;
    let Some(expression) = expression(authorizer) else {
        return Ok(identity.into());
    };
    identity
        .with_validation_expression(expression)
        .map(Into::into)
        .map_err(|error| Broken::at("identityValidationExpression")(&error))
}

fn expression(authorizer: &Authorizer) -> Option<&str> {
    let expression = authorizer.identity_validation_expression.as_deref();
    expression.filter(|expression| !expression.is_empty())
}

/// What an id leads to.
#[derive(Clone, Debug)]
enum Found {
    Compiled(Compiled),
    Missing(Box<str>),
    Broken(Box<str>),
}

/// Why an authorizer cannot be asked.
#[derive(Debug)]
pub(crate) struct Broken {
    /// The member that is at fault.
    pub(crate) member: &'static str,
    pub(crate) reason: String,
}

impl Broken {
    fn at(member: &'static str) -> impl Fn(&dyn fmt::Display) -> Self {
        move |reason| Self {
            member,
            reason: reason.to_string(),
        }
    }
}
