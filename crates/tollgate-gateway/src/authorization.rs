//! Whether a caller may call a method.

use std::borrow::Cow;
use std::fmt;
use std::slice;
use std::sync::Arc;

use bytes::Bytes;
use tollgate_auth::{IamAuthenticator, IdentitySource, JwtAuthorizer, LambdaAuthorizer};
use tollgate_core::{AuthorizerContext, Event, Rejection, Signer};
use tollgate_iam::sigv4::{PayloadHash, SignableRequest};
use tollgate_model::AuthorizationType;

use crate::collect::{MAX_BODY_BYTES, collect};
use crate::exchange::Exchange;

/// How callers of a method are authorized.
#[derive(Debug)]
pub(crate) enum Authorization {
    /// Not at all.
    Open,
    /// `NONE`, of an API with a resource policy.
    Policy,
    /// `CUSTOM`.
    Lambda(Arc<LambdaAuthorizer>),
    /// `COGNITO_USER_POOLS` or `JWT`, with the method's scopes.
    Token(AuthorizationType, Arc<JwtAuthorizer>, Box<[Box<str>]>),
    /// `AWS_IAM`.
    Signature(Arc<IamAuthenticator>),
}

impl Authorization {
    pub(crate) const fn is_open(&self) -> bool {
        matches!(self, Self::Open)
    }

    /// Where it looks for who calls.
    fn sources(&self) -> &[IdentitySource] {
        match self {
            Self::Lambda(authorizer) => authorizer.authorizer().identity().sources(),
            Self::Token(_, authorizer, _) => slice::from_ref(authorizer.identity_source()),
            Self::Open | Self::Policy | Self::Signature(_) => &[],
        }
    }

    /// The type, for observers.
    const fn as_str(&self) -> &'static str {
        match self {
            Self::Open | Self::Policy => "NONE",
            Self::Lambda(_) => "CUSTOM",
            Self::Token(kind, ..) => kind.as_str(),
            Self::Signature(_) => "AWS_IAM",
        }
    }
}

/// The body of a request, after its caller is known.
pub(crate) enum Incoming<B> {
    /// As it arrives.
    Unread(B),
    /// Read whole, since a signature covers it.
    Whole(Bytes),
}

/// What was found out of a caller.
pub(crate) struct Judged {
    /// What an authorizer said.
    pub(crate) authorizer: Option<AuthorizerContext>,
    /// Who signed.
    pub(crate) signer: Option<Arc<Signer>>,
    /// Why the caller may not call.
    pub(crate) refusal: Option<Rejection>,
}

/// Stands between a gateway and what judges its callers, as a transport does for endpoints.
pub(crate) trait Doorkeeper: fmt::Debug + Send + Sync {
    /// What is known of the caller already; `None`: it is to be found out.
    fn known(&self) -> Option<Judged>;

    /// Keeps what was found out.
    fn keep(&self, judged: &Judged);
}

/// Lets a caller through, and keeps what is known of it.
pub(crate) async fn authorize<B>(
    authorization: &Authorization,
    exchange: &mut Exchange<'_>,
    body: B,
) -> Result<Incoming<B>, Rejection>
where
    B: http_body::Body,
{
    tell_identity(authorization, exchange);
    let seams = exchange.seams;
    // A resource policy alone needs nothing that the document does not have.
    let is_policy = matches!(authorization, Authorization::Policy);
    let doorkeeper = seams.doorkeeper.as_ref().filter(|_| !is_policy);
    let known = doorkeeper.and_then(|door| door.known());
    let outcome = match known {
        None => judge(authorization, exchange, body).await,
        Some(known) => {
            exchange.context.authorizer = known.authorizer;
            exchange.context.identity.signer = known.signer;
            known.refusal.map_or(Ok(Incoming::Unread(body)), Err)
        }
    };
    if let Some(door) = doorkeeper {
        door.keep(&Judged {
            authorizer: exchange.context.authorizer.clone(),
            signer: exchange.context.identity.signer.clone(),
            refusal: outcome.as_ref().err().cloned(),
        });
    }
    let body = outcome?;
    exchange.observe(|| {
        let context = &exchange.context;
        let said = context.authorizer.as_ref();
        let signer = context.identity.signer.as_ref();
        Event::Authorized {
            authorization: authorization.as_str(),
            principal: said
                .and_then(|said| said.member("principalId").or_else(|| said.member("sub")))
                .or_else(|| signer.map(|signer| &*signer.arn)),
        }
    });
    Ok(body)
}

/// Finds out who calls, and whether the caller may.
async fn judge<B>(
    authorization: &Authorization,
    exchange: &mut Exchange<'_>,
    body: B,
) -> Result<Incoming<B>, Rejection>
where
    B: http_body::Body,
{
    match authorization {
        Authorization::Open => {}
        Authorization::Policy => {
            let access = &exchange.plan.deployed.access;
            access.authorize_anyone(&exchange.context)?;
        }
        Authorization::Lambda(authorizer) => {
            let answer = authorizer.ask(&exchange.context).await?;
            // Gateway responses to callers who may not call show it, too.
            exchange.context.authorizer = Some(answer.authorizer_context().clone());
            authorizer.judge(&answer, &exchange.context)?;
            exchange.answer = Some(answer);
        }
        Authorization::Token(_, authorizer, scopes) => {
            let claims = authorizer.authorize(&exchange.context, scopes).await?;
            exchange.context.authorizer = Some(claims.authorizer_context());
        }
        Authorization::Signature(authenticator) => {
            return signed(authenticator, exchange, body).await;
        }
    }
    Ok(Incoming::Unread(body))
}

/// Tells the observer, if there is one, what identifies the caller.
fn tell_identity(authorization: &Authorization, exchange: &Exchange<'_>) {
    let sources = authorization.sources();
    if sources.is_empty() || exchange.seams.observer.is_none() {
        return;
    }
    let sources = sources.iter().map(|source| {
        let value = source.value(&exchange.context);
        (source.to_string(), value.map(Cow::into_owned))
    });
    let sources: Vec<_> = sources.collect();
    exchange.observe(|| Event::Identified {
        authorization: authorization.as_str(),
        sources: &sources,
    });
}

/// Verifies the signature of a request, and judges its signer.
async fn signed<B>(
    authenticator: &IamAuthenticator,
    exchange: &mut Exchange<'_>,
    body: B,
) -> Result<Incoming<B>, Rejection>
where
    B: http_body::Body,
{
    let now = exchange.context.received_at;
    // What needs no secret to be refused is refused before the body is read.
    let claim = authenticator.claim(&signable(exchange), now)?;
    let body = collect(body, MAX_BODY_BYTES).await;
    let body = body.map_err(|error| error.to_request_rejection())?;
    let key = authenticator.authenticate(claim, &PayloadHash::of(&body))?;
    exchange.context.identity.signer = Some(key.signer().clone());
    let access = &exchange.plan.deployed.access;
    access.authorize_caller(key.caller(), &exchange.context)?;
    exchange.key = Some(key);
    Ok(Incoming::Whole(body))
}

/// The head of a request as its client has signed it.
fn signable<'e>(exchange: &'e Exchange<'_>) -> SignableRequest<'e> {
    let request = &exchange.context.request;
    let target = exchange.sent_target.unwrap_or(&request.target);
    let headers = request.headers.iter();
    SignableRequest::new(
        request.method.as_str(),
        target.as_str(),
        headers.map(|(name, value)| (name.as_str(), value.as_bytes())),
    )
}
