//! One authorizer on trial.

use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use jiff::Timestamp;
use tollgate_auth::{AuthorizerTrial, JwtAuthorizer, LambdaAuthorizer, StageAccess};
use tollgate_core::{Context, Contexts, GatewayResponseType, Rejection};
use tollgate_model::{ApiDocument, Authorizer, Stage};

use crate::compile::{Broken, Callers, Compiled, stage_context};
use crate::{CompileOptions, Secrets};

/// The stage that an authorizer on trial is told of, as on the service (API Gateway Developer Guide,
/// "Call an API with API Gateway Lambda authorizers").
pub const TEST_AUTHORIZER_STAGE: &str = "ESTestInvoke-stage";

/// What came of an authorizer on trial: the answer to `TestInvokeAuthorizer` of the API Gateway API
/// reference.
///
/// `Debug` does not show what is said of the caller.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct AuthorizerTest {
    /// The status that a client would get; 0 where the authorizer said who calls.
    pub client_status: u16,
    /// What happened, a line each.
    pub log: String,
    /// How long it took.
    pub latency: Duration,
    /// Who calls, as a Lambda authorizer said.
    pub principal_id: Option<String>,
    /// The caller's policy as JSON, as a Lambda authorizer said.
    pub policy: Option<String>,
    /// The claims of a token.
    pub claims: Vec<(String, String)>,
}

impl fmt::Debug for AuthorizerTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizerTest")
            .field("client_status", &self.client_status)
            .field("latency", &self.latency)
            .finish_non_exhaustive()
    }
}

/// Runs one authorizer of a document that need not be deployed, for a request with this head; `None`
/// where the document has none with this id.
///
/// Its function is really asked, and the keys of its user pools really fetched. Nothing that is kept
/// of earlier calls counts, nothing is kept, and neither policies nor scopes are judged. The stage
/// says the variables; its name is usually [`TEST_AUTHORIZER_STAGE`]. A method ARN has the request's
/// verb and path, and time and ids come from `contexts`.
///
/// ```
/// use serde_json::json;
/// use tollgate_core::Contexts;
/// use tollgate_gateway::{CompileOptions, TEST_AUTHORIZER_STAGE, test_authorizer};
/// use tollgate_integration::lambda::LambdaEvent;
/// use tollgate_model::{ApiDocument, Stage};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let document: ApiDocument = serde_json::from_str(r#"{
///     "name": "pets",
///     "authorizers": [{
///         "id": "auth01", "name": "who", "type": "TOKEN",
///         "authorizerUri": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/who/invocations",
///         "identitySource": "method.request.header.Authorization"
///     }]
/// }"#)?;
/// let mut options = CompileOptions::default();
/// options.functions.register_fn("who", async |event: LambdaEvent<serde_json::Value>| {
///     Ok::<_, std::convert::Infallible>(json!({
///         "principalId": event.payload["authorizationToken"],
///         "policyDocument": { "Version": "2012-10-17", "Statement": [
///             { "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*" }
///         ] }
///     }))
/// });
/// let stage = Stage::new(TEST_AUTHORIZER_STAGE.parse()?);
/// let request = http::Request::get("/pets").header("authorization", "alice").body(())?;
/// let (head, ()) = request.into_parts();
/// let contexts = Contexts::default();
/// let test = test_authorizer(&document, &stage, &options, "auth01", head, &contexts).await;
/// let test = test.expect("the document has it");
/// assert_eq!((test.client_status, test.principal_id.as_deref()), (0, Some("alice")));
/// # Ok(())
/// # }
/// ```
pub async fn test_authorizer(
    document: &ApiDocument,
    stage: &Stage,
    options: &CompileOptions,
    authorizer_id: &str,
    request: Parts,
    contexts: &Contexts,
) -> Option<AuthorizerTest> {
    let authorizers = &document.authorizers;
    let authorizer = authorizers.iter().find(|one| one.id == authorizer_id)?;
    let stage = Arc::new(stage_context(document, stage, options));
    // Without the resource policy: only the authorizer is on trial.
    let access = StageAccess::new(&stage);
    let callers = Callers::new(document, stage.clone(), access, options);
    let compiled = callers.compiled(authorizer);
    let context = contexts.clone().with_stage(stage).make(request);
    let id = context.request_id;
    let mut trial = Trial {
        contexts,
        test: AuthorizerTest {
            log: format!("Execution log for request {id}\n"),
            ..AuthorizerTest::default()
        },
    };
    trial.say(format_args!(
        "Starting authorizer: {authorizer_id} for request: {id}"
    ));
    let outcome = match compiled {
        Ok(Compiled::Lambda(one)) => trial.lambda(&one, authorizer, &context).await,
        Ok(Compiled::Token(_, one)) => trial.token(&one, &context).await,
        Err(error) => Err(broken(&error)),
    };
    match outcome {
        Ok(()) => trial.say("Successfully completed authorizer execution"),
        Err(rejection) => {
            trial.test.client_status = rejection.status().as_u16();
            let reason = rejection.reason().or(rejection.message());
            trial.say(format_args!(
                "Execution failed: {}",
                reason.unwrap_or("no reason is known")
            ));
        }
    }
    trial.test.latency = contexts.now().since(context.received_at);
    Some(trial.test)
}

struct Trial<'t> {
    contexts: &'t Contexts,
    test: AuthorizerTest,
}

impl Trial<'_> {
    async fn lambda(
        &mut self,
        compiled: &LambdaAuthorizer,
        authorizer: &Authorizer,
        context: &Context,
    ) -> Result<(), Rejection> {
        let AuthorizerTrial {
            event,
            json,
            outcome,
            ..
        } = compiled.try_out(context).await?;
        if let Some(token) = event.authorization_token() {
            self.say(format_args!("Incoming identity: {}", Secrets::mask(token)));
        }
        let uri = authorizer.authorizer_uri.as_deref().unwrap_or_default();
        self.say(format_args!("Sending request to {uri}"));
        let json = json.as_deref().map(String::from_utf8_lossy);
        if let Some(json) = &json {
            self.say(format_args!(
                "Authorizer result body before parsing: {json}"
            ));
        }
        let answer = outcome?;
        let principal = answer.principal_id();
        self.say(format_args!(
            "Using valid authorizer policy for principal: {}",
            Secrets::mask(principal)
        ));
        self.test.principal_id = Some(principal.to_owned());
        // What was an answer is JSON, with a policy in it.
        let whole = json.and_then(|json| serde_json::from_str::<serde_json::Value>(&json).ok());
        let policy = whole.and_then(|mut whole| Some(whole.get_mut("policyDocument")?.take()));
        self.test.policy = policy.map(|policy| policy.to_string());
        Ok(())
    }

    async fn token(
        &mut self,
        compiled: &JwtAuthorizer,
        context: &Context,
    ) -> Result<(), Rejection> {
        let claims = compiled.authorize(context, &[]).await?;
        let texts = claims.texts();
        self.test.claims = texts
            .map(|(name, value)| (name.to_owned(), value.into_owned()))
            .collect();
        Ok(())
    }

    /// A line of the log, in the form of the service's.
    fn say(&mut self, what: impl fmt::Display) {
        let seconds = i64::try_from(self.contexts.now().unix_seconds()).unwrap_or(i64::MAX);
        // Past the year 9999, which is the last that a timestamp can show.
        let time = Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
        let time = time.strftime("%a %b %d %H:%M:%S UTC %Y");
        writeln!(self.test.log, "{time} : {what}").expect("a string takes any text");
    }
}

/// What callers of methods with a broken authorizer get.
fn broken(broken: &Broken) -> Rejection {
    let reason = format!("{}: {}", broken.member, broken.reason);
    Rejection::new(GatewayResponseType::AuthorizerConfigurationError).because(reason)
}
