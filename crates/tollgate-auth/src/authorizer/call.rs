//! An authorizer at work.

use std::error::Error as _;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt as _;
use tollgate_core::{Context, GatewayResponseType, Rejection};

use super::answer::{AuthorizerAnswer, InvalidAnswer};
use super::cache::AuthorizerCache;
use super::event::AuthorizerEvent;
use super::flight::{Call, Flight};
use super::function::{AuthorizerFunction, FunctionError};
use super::identity::unauthorized;
use super::key::{Key, Scope};
use super::settings::{Authorizer, AuthorizerIdentity};
use crate::StageAccess;
use crate::facts::Facts;

/// The message of an error by which a function refuses its caller (API Gateway Developer Guide, "Use
/// API Gateway Lambda authorizers").
const UNAUTHORIZED: &str = "Unauthorized";

/// A Lambda authorizer in one stage, with its function, ready to be asked.
///
/// ```
/// use std::sync::Arc;
///
/// use serde_json::json;
/// use tollgate_auth::{
///     Authorizer, AuthorizerCache, LambdaAuthorizer, StageAccess, TokenIdentity, authorizer_fn,
/// };
/// use tollgate_core::{Contexts, StageContext, SystemClock};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let identity = TokenIdentity::new("method.request.header.Authorization")?;
/// let authorizer = LambdaAuthorizer::new(
///     Authorizer::new("auth01", identity, None)?,
///     StageAccess::new(&StageContext::local()),
///     Arc::new(authorizer_fn(async |event| {
///         Ok(json!({
///             "principalId": event.authorization_token(),
///             "policyDocument": {
///                 "Version": "2012-10-17",
///                 "Statement": [
///                     {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
///                 ]
///             }
///         }))
///     })),
///     AuthorizerCache::new(Arc::new(SystemClock::new())),
/// );
///
/// let request = http::Request::get("/pets").header("authorization", "alice");
/// let (parts, ()) = request.body(())?.into_parts();
/// let context = Contexts::default().make(parts);
/// let answer = futures::executor::block_on(authorizer.authorize(&context)).expect("it is allowed");
/// assert_eq!(answer.principal_id(), "alice");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct LambdaAuthorizer {
    authorizer: Authorizer,
    access: StageAccess,
    scope: Scope,
    function: Arc<dyn AuthorizerFunction>,
    cache: AuthorizerCache,
}

/// Why a function's word is not to be had.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    Unauthorized,
    Function(Arc<FunctionError>),
    Answer(Arc<InvalidAnswer>),
}

impl LambdaAuthorizer {
    /// An authorizer of this stage.
    ///
    /// The cache is to outlive it: what was answered in one deployment is good in the next one.
    #[must_use]
    pub fn new(
        authorizer: Authorizer,
        access: StageAccess,
        function: Arc<dyn AuthorizerFunction>,
        cache: AuthorizerCache,
    ) -> Self {
        Self {
            scope: Scope::of(&access, &authorizer),
            authorizer,
            access,
            function,
            cache,
        }
    }

    /// What it is configured with.
    #[must_use]
    pub const fn authorizer(&self) -> &Authorizer {
        &self.authorizer
    }

    /// Judges a call: who calls, if the caller may.
    ///
    /// The resource policy of the API comes first: what it denies, the function is not asked about.
    /// The function's policy is then judged against the method that is called, together with the
    /// resource policy, whether the function was asked just now or for an earlier request.
    ///
    /// # Errors
    ///
    /// | outcome | answer |
    /// |---|---|
    /// | an identity source is missing, empty or too long; a token does not match, or is there twice | 401, `UNAUTHORIZED` |
    /// | the function fails with `Unauthorized` | 401, `UNAUTHORIZED` |
    /// | it fails otherwise, or cannot be run | 500, `AUTHORIZER_CONFIGURATION_ERROR` |
    /// | what it answers is no answer | 500, `AUTHORIZER_CONFIGURATION_ERROR` |
    /// | a policy denies the call, or none allows it | 403, `ACCESS_DENIED` |
    ///
    /// And those of [`StageAccess::method_arn`].
    pub async fn authorize(&self, context: &Context) -> Result<Arc<AuthorizerAnswer>, Rejection> {
        let answer = self.ask(context).await?;
        self.judge(&answer, context)?;
        Ok(answer)
    }

    /// The first half of [`authorize`](Self::authorize): what the function says of the caller, which may
    /// be told to a caller who may not call, too.
    ///
    /// # Errors
    ///
    /// Those of `authorize`, but for what the function's policy denies or does not allow.
    pub async fn ask(&self, context: &Context) -> Result<Arc<AuthorizerAnswer>, Rejection> {
        let method_arn = self.access.method_arn(context)?;
        self.access
            .before_authorizer(&Facts::new(context, &method_arn))?;
        match self.identify(context, &method_arn)? {
            Known::Kept(answer) => Ok(answer),
            Known::Alone(call) => Ok(call.await?),
            Known::Together(flight) => Ok(flight.await?),
        }
    }

    /// The second half: whether a caller may call of whom the function said this.
    ///
    /// # Errors
    ///
    /// `ACCESS_DENIED`, 403; those of [`StageAccess::method_arn`].
    pub fn judge(&self, answer: &AuthorizerAnswer, context: &Context) -> Result<(), Rejection> {
        let method_arn = self.access.method_arn(context)?;
        let facts = Facts::new(context, &method_arn);
        self.access.after_authorizer(answer.policy(), &facts)
    }

    /// Asks the function for somebody who tests the authorizer: nothing that is kept counts, nothing is
    /// kept, and no policy is judged.
    ///
    /// # Errors
    ///
    /// As for [`ask`](Self::ask), where the caller is not told who calls: the outcome of the trial says
    /// so.
    pub async fn try_out(&self, context: &Context) -> Result<AuthorizerTrial, Rejection> {
        let method_arn = self.access.method_arn(context)?;
        let event = match &self.authorizer.identity {
            AuthorizerIdentity::Token(identity) => {
                AuthorizerEvent::of_token(&identity.token(context)?, &method_arn)
            }
            AuthorizerIdentity::Request(identity) => {
                identity.values(context)?;
                AuthorizerEvent::of_request(context, &method_arn)
            }
        };
        let function = Arc::clone(&self.function);
        let answer = AssertUnwindSafe(function.invoke(event.clone())).catch_unwind();
        let answer = answer
            .await
            .unwrap_or_else(|_| Err(FunctionError::panicked()));
        let (json, outcome) = match answer {
            Ok(json) => {
                let parsed = AuthorizerAnswer::parse(&json);
                let failure = |error| Failure::Answer(Arc::new(error)).into();
                (Some(json), parsed.map_err(failure))
            }
            Err(error) => (None, Err(Failure::of(error).into())),
        };
        Ok(AuthorizerTrial {
            event,
            json,
            outcome,
        })
    }

    /// What is kept for the caller, or the call that will tell.
    fn identify(&self, context: &Context, method_arn: &str) -> Result<Known, Rejection> {
        match &self.authorizer.identity {
            AuthorizerIdentity::Token(identity) => {
                let token = identity.token(context)?;
                let key = self.key(context, [&*token])?;
                let event = || AuthorizerEvent::of_token(&token, method_arn);
                Ok(self.recall(&key, event))
            }
            AuthorizerIdentity::Request(identity) => {
                let values = identity.values(context)?;
                let key = self.key(context, values.iter().map(|value| &**value))?;
                let event = || AuthorizerEvent::of_request(context, method_arn);
                Ok(self.recall(&key, event))
            }
        }
    }

    fn key<'v>(
        &self,
        context: &Context,
        values: impl IntoIterator<Item = &'v str>,
    ) -> Result<Key, Rejection> {
        self.scope.key(&self.authorizer, context, values)
    }

    fn recall(&self, key: &Key, event: impl FnOnce() -> AuthorizerEvent) -> Known {
        let cache = &self.cache.inner;
        let Some(ttl) = self.authorizer.ttl else {
            return Known::Alone(self.invoke(event()));
        };
        match cache.get(key) {
            Some(answer) => Known::Kept(answer),
            None => {
                let call = || self.invoke(event());
                Known::Together(cache.call(key, ttl, call))
            }
        }
    }

    fn invoke(&self, event: AuthorizerEvent) -> Call {
        let function = Arc::clone(&self.function);
        Box::pin(async move {
            // One that panics fails for those who wait for it, and for nobody who comes after them.
            let answer = AssertUnwindSafe(function.invoke(event)).catch_unwind();
            let answer = answer
                .await
                .unwrap_or_else(|_| Err(FunctionError::panicked()));
            let answer = answer.map_err(Failure::of)?;
            let answer = AuthorizerAnswer::parse(&answer);
            answer
                .map(Arc::new)
                .map_err(|error| Failure::Answer(Arc::new(error)))
        })
    }
}

/// What came of asking an authorizer's function, whole: [`LambdaAuthorizer::try_out`].
///
/// `Debug` shows neither what the function was told nor its answer.
#[non_exhaustive]
pub struct AuthorizerTrial {
    /// What the function was told.
    pub event: AuthorizerEvent,
    /// What it answered, as it did; `None`: nothing.
    pub json: Option<Bytes>,
    /// The answer, or what a client would be told.
    pub outcome: Result<AuthorizerAnswer, Rejection>,
}

impl fmt::Debug for AuthorizerTrial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizerTrial")
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

/// How it becomes known who calls.
enum Known {
    /// It is, from an earlier request.
    Kept(Arc<AuthorizerAnswer>),
    /// The function is asked, for this request alone.
    Alone(Call),
    /// The function is asked, for all who come with the same identity.
    Together(Flight),
}

impl Failure {
    fn of(error: FunctionError) -> Self {
        match error {
            FunctionError::Raised { message } if message == UNAUTHORIZED => Self::Unauthorized,
            error => Self::Function(Arc::new(error)),
        }
    }
}

impl From<Failure> for Rejection {
    fn from(failure: Failure) -> Self {
        let reason = match &failure {
            Failure::Unauthorized => return unauthorized("the function refused the caller"),
            Failure::Function(error) => match error.source() {
                Some(source) => format!("{error}: {source}"),
                None => error.to_string(),
            },
            Failure::Answer(error) => format!("the answer of the function: {error}"),
        };
        Self::new(GatewayResponseType::AuthorizerConfigurationError).because(reason)
    }
}
