//! One method of a draft, tried without being deployed.

mod draft;
mod log;
mod message;
mod spelling;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use thiserror::Error;
use tollgate_core::{
    Clock, Diagnostics, Ids, PathAddress, RandomIds, ResourceId, StageName, SystemClock,
    SystemRandom, default_response,
};
use tollgate_model::{ApiDocument, HttpMethod, Stage};

use crate::integration_response::whole;
use crate::seams::Seams;
use crate::stage_plans::Chosen;
use crate::{CompileOptions, Plan, Secrets, Trace, pipeline};

use self::log::Outcome;
use self::spelling::Spelling;

/// The stage that tests run on, as events of tests on the service show it.
const STAGE: &str = "test-invoke-stage";

/// Tries methods of a document that need not be deployed: what the service calls `TestInvokeMethod`.
///
/// A request runs along the same pipeline as any other. Whatever keeps callers out is left aside:
/// authorization, API keys, usage plans, throttles and the resource policy; so are CORS and compression,
/// which are the API's. Mappings, validators and gateway responses work, and endpoints are really
/// called. Of the document only the method in question is compiled: what is wrong elsewhere does not
/// matter.
///
/// ```
/// use tollgate_gateway::{CompileOptions, TestInvoke, TestRequest};
/// use tollgate_model::{ApiDocument, HttpMethod};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let document: ApiDocument = serde_json::from_str(r#"{
///     "name": "pets",
///     "resources": [{ "id": "pet000", "path": "/pets/{petId}", "resourceMethods": { "GET": {
///         "httpMethod": "GET",
///         "methodResponses": { "200": { "statusCode": "200" } },
///         "methodIntegration": {
///             "type": "MOCK",
///             "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
///             "integrationResponses": { "200": {
///                 "statusCode": "200",
///                 "responseTemplates": { "application/json": "pet $input.params('petId')" }
///             } }
///         }
///     } } }]
/// }"#)?;
/// let options = CompileOptions::default();
/// let tests = TestInvoke::new(&document, &options);
///
/// let mut request = TestRequest::default();
/// request.path_with_query_string = Some("/pets/7".to_owned());
/// let response = tests.invoke(&"pet000".into(), HttpMethod::Get, &request).await?;
/// assert_eq!((response.status, &*response.body), (200, "pet 7"));
/// assert!(response.log.contains(" : Method request path: {petId=7}\n"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TestInvoke<'d> {
    document: &'d ApiDocument,
    options: &'d CompileOptions,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

/// What a method is tried with.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct TestRequest {
    /// Path and query string, such as `/pets/7?page=2`. Where the path is absent or empty, the
    /// resource's own stands for it, with its braces; one that is not the resource's gives no path
    /// parameters. Characters that no path can have are escaped.
    pub path_with_query_string: Option<String>,
    /// The body; absent: none. One of more than [`MAX_BODY_BYTES`](crate::MAX_BODY_BYTES) is refused as
    /// on a stage.
    pub body: Option<String>,
    /// Headers. Of `Content-Type` only the name counts: bodies of tests are JSON.
    pub headers: IndexMap<String, String>,
    /// Headers with several values; a name that is among [`headers`](Self::headers), too, has all of
    /// them.
    pub multi_value_headers: IndexMap<String, Vec<String>>,
    /// What endpoints are shown, of [`CompileOptions::client_certificates`].
    pub client_certificate_id: Option<String>,
    /// The variables of the stage.
    pub stage_variables: BTreeMap<String, String>,
}

/// Says nothing of what may be secret.
impl fmt::Debug for TestRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestRequest")
            .field("body", &self.body.as_ref().map(String::len))
            .field("headers", &self.headers.len())
            .finish_non_exhaustive()
    }
}

/// What came of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TestResponse {
    /// The status that a client would see.
    pub status: u16,
    /// The body; bytes that are no text are replaced. It has at most
    /// [`MAX_BODY_BYTES`](crate::MAX_BODY_BYTES) of them before.
    pub body: String,
    /// The headers, each with its last value.
    ///
    /// Names are spelled as the document, the request or the service spells them, and in lower case
    /// otherwise.
    pub headers: IndexMap<String, String>,
    /// The headers, each with all its values.
    pub multi_value_headers: IndexMap<String, Vec<String>>,
    /// The execution log, line by line as the service writes it: a head, and then what happened, each
    /// with its time.
    ///
    /// Secrets are masked as [`Secrets`] says. What one line says is cut at 1,024 bytes, as on the
    /// service. Line breaks in bodies stay what they are, as on the service: a body may hold what looks
    /// like another line.
    pub log: String,
    /// From the request's arrival until the response was there.
    pub latency: Duration,
}

/// Why there was nothing to try.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum TestInvokeError {
    /// The document has no such resource.
    #[error("there is no resource {:?}", .0.as_str())]
    UnknownResource(ResourceId),
    /// The resource has no such method, and no `ANY`.
    #[error("resource {:?} has no method {http_method}", .resource.as_str())]
    UnknownMethod {
        /// The resource.
        resource: ResourceId,
        /// The method.
        http_method: HttpMethod,
    },
    /// The path cannot be that of a request: it is too long.
    #[error("the path and query string cannot be those of a request")]
    InvalidPath,
    /// A header that no request can have, or one too many.
    #[error("the header {name:?} cannot be sent")]
    InvalidHeader {
        /// Its name.
        name: String,
    },
    /// No request could reach the resource.
    #[error("the resource cannot be compiled: {0}")]
    Unroutable(Diagnostics),
}

impl<'d> TestInvoke<'d> {
    /// Tests of a document, on the machine's clock and with random ids.
    #[must_use]
    pub fn new(document: &'d ApiDocument, options: &'d CompileOptions) -> Self {
        Self {
            document,
            options,
            clock: Arc::new(SystemClock::new()),
            ids: Arc::new(RandomIds::new(Arc::new(SystemRandom))),
        }
    }

    /// Reads the time from another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Takes the ids of requests from another source.
    #[must_use]
    pub fn with_ids(mut self, ids: Arc<dyn Ids>) -> Self {
        self.ids = ids;
        self
    }

    /// Tries a method of a resource: that of this verb, or else `ANY`.
    ///
    /// Whatever fails on the way is answered as on a stage, and said in the log. `ANY` itself is tried
    /// with GET.
    ///
    /// # Errors
    ///
    /// [`TestInvokeError`], where there is no such method, or what is sent is no request.
    pub async fn invoke(
        &self,
        resource: &ResourceId,
        http_method: HttpMethod,
        request: &TestRequest,
    ) -> Result<TestResponse, TestInvokeError> {
        let draft = draft::of_method(self.document, resource, http_method)?;
        let sent = message::request(&draft, http_method, request)?;
        let stage = stage(request);
        let plan = Plan::compile_with(&draft, &stage, &self.options.on_trial())
            .map_err(TestInvokeError::Unroutable)?;
        let trace = Arc::new(Trace::new(self.clock.clone()));
        let seams = Seams {
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            observer: Some(trace.clone()),
            ..Seams::default()
        };
        let chosen = Chosen {
            plan: Arc::new(plan),
            is_canary: None,
            sent_target: None,
            is_test: true,
        };
        let response = pipeline::serve(chosen, Arc::new(seams), PathAddress::Root, sent).await;
        let (head, body) = response.into_parts();
        // A stream is read to its end here, and may break off.
        let body = whole(body).await;
        let steps = trace.take();
        let outcome = Outcome {
            steps: &steps,
            request,
            broken: body.as_ref().err(),
            body: body.as_deref().unwrap_or_default(),
        };
        let spelling = Spelling::of(&draft, request);
        let log = log::write(&outcome, &spelling, &Secrets::of(&steps));
        let is_built_in = outcome.is_built_in();
        let latency = steps.last().map_or(Duration::ZERO, |step| step.elapsed);
        let (status, fields, body) = match body {
            Ok(body) => (head.status, head.headers, body),
            Err(rejection) => {
                let (head, body) = default_response(&rejection).into_parts();
                // Built-in bodies are at hand.
                let body = body.try_into_bytes().unwrap_or_default();
                (head.status, head.headers, body)
            }
        };
        let fields = message::fields(&fields, is_built_in);
        Ok(TestResponse {
            status: status.as_u16(),
            body: String::from_utf8_lossy(&body).into_owned(),
            headers: message::last_values(&fields, &spelling),
            multi_value_headers: message::all_values(&fields, &spelling),
            log,
            latency,
        })
    }
}

/// The stage of a test.
fn stage(request: &TestRequest) -> Stage {
    let name: StageName = STAGE.parse().expect("it is the name of a stage");
    let mut stage = Stage::new(name);
    let variables = request.stage_variables.iter();
    stage.variables = variables
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    stage
        .client_certificate_id
        .clone_from(&request.client_certificate_id);
    stage
}
