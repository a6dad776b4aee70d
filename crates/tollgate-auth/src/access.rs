//! What an API's policies have to do with one request.

use std::borrow::Cow;

use tollgate_core::{Context, GatewayResponseType, RawRejection, Rejection, StageContext};
use tollgate_iam::policy::{
    ApiArn, Authorization, Decision, Policy, Principal, Request, authorize, denial,
    denied_before_authorizer,
};

use crate::facts::Facts;
use crate::{IamCaller, path};

/// The action of calling a method.
const INVOKE: &str = "execute-api:Invoke";

/// The message to a caller whom the policy of a Lambda authorizer denies (recorded on the service).
const EXPLICIT_DENY: &str = "User is not authorized to access this resource with an explicit deny";

/// One stage of an API, as policies name it, and the resource policy of its deployment.
///
/// A resource policy takes effect with a deployment; abbreviated resources in it are to be expanded
/// when it is saved, by [`ApiArn::expand`] of [`arn`](Self::arn), or when it is read, by
/// [`Policy::parse_of_api`].
///
/// ```
/// use tollgate_auth::StageAccess;
/// use tollgate_core::{Contexts, StageContext};
///
/// let access = StageAccess::new(&StageContext::local());
/// let (parts, ()) = http::Request::get("/pets/7").body(())?.into_parts();
/// let arn = access.method_arn(&Contexts::default().make(parts)).expect("it is short");
/// assert_eq!(arn, "arn:aws:execute-api:us-east-1:123456789012:local00000/default/GET/pets/7");
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct StageAccess {
    arn: ApiArn,
    stage: Box<str>,
    resource_policy: Option<Policy>,
}

impl StageAccess {
    /// A stage whose API has no resource policy.
    #[must_use]
    pub fn new(stage: &StageContext) -> Self {
        let region = &stage.region;
        Self {
            arn: ApiArn::new(
                region.partition(),
                region.as_str(),
                stage.account_id.as_str(),
                stage.api_id.as_str(),
            ),
            stage: stage.stage.as_str().into(),
            resource_policy: None,
        }
    }

    /// The API has this resource policy.
    #[must_use]
    pub fn with_resource_policy(mut self, policy: Policy) -> Self {
        self.resource_policy = Some(policy);
        self
    }

    /// Whether the API has a resource policy.
    #[must_use]
    pub const fn has_resource_policy(&self) -> bool {
        self.resource_policy.is_some()
    }

    /// The API's ARN.
    #[must_use]
    pub const fn arn(&self) -> &ApiArn {
        &self.arn
    }

    /// The stage.
    #[must_use]
    pub fn stage(&self) -> &str {
        &self.stage
    }

    /// The ARN that policies know the request by: of its verb and its path, as they came.
    ///
    /// # Errors
    ///
    /// 414 for a path whose ARN has more bytes than
    /// [`MAX_METHOD_ARN_LEN`](tollgate_iam::policy::MAX_METHOD_ARN_LEN); 400 for one that could be
    /// read in two ways: with `.` or `..` as a segment, NUL, or a malformed escape.
    pub fn method_arn(&self, context: &Context) -> Result<String, Rejection> {
        let request = &context.request;
        let path = request.resource_path();
        if !path::is_unambiguous(path) {
            return Err(RawRejection::BadRequest.into());
        }
        self.arn
            .method(&self.stage, request.method.as_str(), path)
            .map_err(|_| too_long())
    }

    /// Judges a call of a method without authorization (`NONE`): the resource policy has to allow it,
    /// where there is one.
    ///
    /// # Errors
    ///
    /// `ACCESS_DENIED`, 403; those of [`method_arn`](Self::method_arn).
    pub fn authorize_anyone(&self, context: &Context) -> Result<(), Rejection> {
        self.judge_alone(context, Authorization::None)
    }

    /// Judges the call of somebody whose token is valid: the resource policy has to allow it, where
    /// there is one.
    pub(crate) fn authorize_token(&self, context: &Context) -> Result<(), Rejection> {
        self.judge_alone(context, Authorization::UserPool)
    }

    /// Judges the call of somebody whose signature was verified (`AWS_IAM`): by the policies of the
    /// caller and of the API.
    ///
    /// Within one account one of them has to allow it, across accounts both.
    ///
    /// # Errors
    ///
    /// `ACCESS_DENIED`, 403, with a message that names caller and method; those of
    /// [`method_arn`](Self::method_arn).
    pub fn authorize_caller(&self, caller: &IamCaller, context: &Context) -> Result<(), Rejection> {
        let arn = self.method_arn(context)?;
        let facts = Facts::new(context, &arn).with_caller(caller.keys());
        // Of an ARN that was checked when the caller was made.
        let principal = Principal::from_arn(caller.arn())
            .map_err(|_| Rejection::new(GatewayResponseType::AccessDenied))?;
        let authorization = Authorization::Iam(caller.policies());
        self.judge(authorization, &call(principal, &facts))
    }

    fn judge_alone(
        &self,
        context: &Context,
        authorization: Authorization<'_>,
    ) -> Result<(), Rejection> {
        let arn = self.method_arn(context)?;
        let facts = Facts::new(context, &arn);
        self.judge(authorization, &anonymous(&facts))
    }

    /// Refuses what the resource policy denies before an authorizer is asked.
    pub(crate) fn before_authorizer(&self, facts: &Facts<'_>) -> Result<(), Rejection> {
        let request = anonymous(facts);
        let denied = self.resource_policy.as_ref().and_then(|policy| {
            let statement = denied_before_authorizer(policy, &request)?;
            denial(Decision::ExplicitDeny { statement }, &request)
        });
        match denied {
            None => Ok(()),
            Some(message) => Err(denied_because(message.to_string())),
        }
    }

    /// Judges a call by what an authorizer returned.
    pub(crate) fn after_authorizer(
        &self,
        policy: &Policy,
        facts: &Facts<'_>,
    ) -> Result<(), Rejection> {
        let authorization = Authorization::Authorizer(policy);
        let request = anonymous(facts);
        match authorize(authorization, self.resource_policy.as_ref(), &request) {
            Decision::Allow { .. } => Ok(()),
            Decision::ImplicitDeny => Err(GatewayResponseType::AccessDenied.into()),
            Decision::ExplicitDeny { .. } => Err(denied_because(EXPLICIT_DENY)),
        }
    }

    /// Judges a call, and tells who is refused what.
    fn judge(
        &self,
        authorization: Authorization<'_>,
        request: &Request<'_>,
    ) -> Result<(), Rejection> {
        let decision = authorize(authorization, self.resource_policy.as_ref(), request);
        match denial(decision, request) {
            None => Ok(()),
            Some(message) => Err(denied_because(message.to_string())),
        }
    }
}

/// A call by this principal.
fn call<'a>(principal: Principal<'a>, facts: &'a Facts<'a>) -> Request<'a> {
    Request {
        principal,
        action: INVOKE,
        resource: facts.method_arn(),
        context: facts,
    }
}

fn anonymous<'a>(facts: &'a Facts<'a>) -> Request<'a> {
    call(Principal::Anonymous, facts)
}

fn denied_because(message: impl Into<Cow<'static, str>>) -> Rejection {
    Rejection::new(GatewayResponseType::AccessDenied).with_message(message)
}

/// The answer to a path that is too long for policies (API Gateway Developer Guide, "Output from an
/// API Gateway Lambda authorizer").
fn too_long() -> Rejection {
    Rejection::new(GatewayResponseType::Default4xx)
        .with_status(http::StatusCode::URI_TOO_LONG)
        .with_message("Request URI too long")
}
