//! The control plane as a service.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode, request};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tollgate_core::{Body, BoxError, Ids, RandomIds};
use tollgate_node::Node;
use tollgate_router::Verb;
use tollgate_store::{Change, ConfigStore, EntityKey, Revision, State, StoreError};
use tower_service::Service;

use crate::call::{Asked, Call};
use crate::error::{CONCURRENT, ControlError, ErrorKind, Result};
use crate::operation::Run;
use crate::options::ControlOptions;
use crate::outcome::{Outcome, Reply};
use crate::{ask, caller, operations};

/// Bytes that the body of a call may have: those of the largest document, and some more.
pub const MAX_BODY_BYTES: usize = tollgate_openapi::limits::MAX_DOCUMENT_BYTES + 64 * 1024;

/// How often a write is decided anew because another process has written meanwhile.
const ATTEMPTS: usize = 16;

/// How long a write waits until it is served.
const PATIENCE: Duration = Duration::from_secs(30);

/// The path that removes all there is, where the options allow it.
const RESET: &str = "/_tollgate/reset";

/// The REST API of Amazon API Gateway's control plane, as a [`tower::Service`] over a store.
///
/// A clone shares all of it. Every write is one commit, which is durable and visible in the data plane
/// before it is acknowledged.
///
/// [`tower::Service`]: https://docs.rs/tower/latest/tower/trait.Service.html
#[derive(Clone)]
pub struct ControlPlane {
    shared: Arc<Shared>,
}

struct Shared {
    store: Arc<dyn ConfigStore>,
    node: Option<Arc<Node>>,
    options: ControlOptions,
    ids: RandomIds,
    /// Writers of this process come one after the other, so that none has to decide anew because of
    /// another one.
    writers: tokio::sync::Mutex<()>,
}

impl ControlPlane {
    /// A control plane over a store, without a data plane of its own: nothing can be test-invoked, and
    /// nobody counts usage.
    #[must_use]
    pub fn new(store: Arc<dyn ConfigStore>, options: ControlOptions) -> Self {
        Self::with(store, None, options)
    }

    /// A control plane whose writes are acknowledged once this node serves them.
    #[must_use]
    pub fn with_node(
        store: Arc<dyn ConfigStore>,
        node: Arc<Node>,
        options: ControlOptions,
    ) -> Self {
        Self::with(store, Some(node), options)
    }

    fn with(store: Arc<dyn ConfigStore>, node: Option<Arc<Node>>, options: ControlOptions) -> Self {
        let ids = RandomIds::new(Arc::clone(&options.random));
        let shared = Shared {
            store,
            node,
            options,
            ids,
            writers: tokio::sync::Mutex::new(()),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Whether a request is meant for a control plane: by its signature, or by a path that has an
    /// operation. For who shares a port with something else.
    #[must_use]
    pub fn knows(&self, request: &request::Parts) -> bool {
        let path = request.uri.path();
        caller::is_signed_for(request)
            || operations::has_path(path)
            || (self.shared.options.can_reset && path == RESET)
    }
}

impl<B> Service<Request<B>> for ControlPlane
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, std::result::Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<std::result::Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let shared = Arc::clone(&self.shared);
        async move {
            let answer = shared.answer(request).await;
            Ok(shared.response(answer))
        }
        .boxed()
    }
}

impl Shared {
    async fn answer<B>(&self, request: Request<B>) -> Result<(u16, Reply)>
    where
        B: http_body::Body,
        B::Error: Into<BoxError>,
    {
        let (parts, body) = request.into_parts();
        let body = collect(body).await?;
        let home = caller::home(&self.options, &parts, &body)?;
        let path = parts.uri.path();
        if self.options.can_reset && parts.method == Method::POST && path == RESET {
            return self.reset().await;
        }
        let query = parts.uri.query().unwrap_or_default();
        let verb = Verb::of(&parts.method);
        let found = verb.and_then(|verb| operations::find(verb, path, query));
        let (operation, found) = found.ok_or_else(|| unknown(&parts))?;
        let accept = parts.headers.get(ACCEPT);
        let accept = accept.and_then(|accept| accept.to_str().ok());
        let accept = accept.map(str::to_owned);
        let asked = Asked::read(operation, found.parameters(), query, accept, body)?;
        let status = asked.operation.status;
        let reply = match operation.run {
            Run::Decide(decide) => {
                let decide = |state: &_| {
                    let now = self.options.clock.now().into();
                    let homes = (&home, &self.options.home);
                    let random = &*self.options.random;
                    decide(&Call::new(&asked, state, homes, now, random))
                };
                self.decide(operation.verb, decide).await?
            }
            Run::Ask(question) => {
                let state = self.store.load().await?;
                let now = self.options.clock.now().into();
                let homes = (&home, &self.options.home);
                let random = &*self.options.random;
                let call = Call::new(&asked, &state, homes, now, random);
                ask::answer(question, &call, self.node.as_deref()).await?
            }
        };
        Ok((status, reply))
    }

    /// Decides on the latest state, and commits what comes of it.
    async fn decide(
        &self,
        verb: Verb,
        decide: impl Fn(&State) -> Result<Outcome>,
    ) -> Result<Reply> {
        if verb == Verb::Get {
            let state = self.store.load().await?;
            return Ok(decide(&state)?.reply);
        }
        let (reply, revision) = self.write(decide).await?;
        self.wait_until_served(revision).await;
        Ok(reply)
    }

    /// What is answered, and the revision at which it is so, where the data plane has to follow.
    async fn write(
        &self,
        decide: impl Fn(&State) -> Result<Outcome>,
    ) -> Result<(Reply, Option<Revision>)> {
        let _turn = self.writers.lock().await;
        for _ in 0..ATTEMPTS {
            let state = self.store.load().await?;
            let Outcome { changes, reply } = decide(&state)?;
            if changes.is_empty() {
                return Ok((reply, None));
            }
            match self.store.commit(state.revision(), &changes).await {
                Ok(state) => return Ok((reply, Some(state.revision()))),
                Err(StoreError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ControlError::conflict(CONCURRENT))
    }

    /// Waits for the data plane, which is not far behind: what it cannot serve, it says elsewhere. Where
    /// it cannot read the store, the write is acknowledged all the same, since it is kept.
    async fn wait_until_served(&self, revision: Option<Revision>) {
        if let (Some(node), Some(revision)) = (&self.node, revision) {
            drop(tokio::time::timeout(PATIENCE, node.reached(revision)).await);
        }
    }

    /// Removes all there is, of all accounts and regions.
    async fn reset(&self) -> Result<(u16, Reply)> {
        let remove = |state: &State| {
            let keys = state.records().map(|(key, _)| key);
            let tops = keys.filter(|key| is_top(key)).cloned();
            Ok(Outcome::silent(tops.map(Change::Remove).collect()))
        };
        let (reply, revision) = self.write(remove).await?;
        self.wait_until_served(revision).await;
        Ok((StatusCode::NO_CONTENT.as_u16(), reply))
    }

    fn response(&self, answer: Result<(u16, Reply)>) -> Response<Body> {
        let mut response = match answer {
            Ok((status, reply)) => {
                let mut response = reply.into_response();
                let status = StatusCode::from_u16(status);
                *response.status_mut() = status.unwrap_or(StatusCode::OK);
                response
            }
            Err(error) => refusal(&error),
        };
        let (id, _) = self.ids.request();
        if let Ok(id) = HeaderValue::try_from(id.to_string()) {
            response.headers_mut().insert("x-amzn-requestid", id);
        }
        response
    }
}

/// Whether a record goes by itself: all others go along with one of these.
const fn is_top(key: &EntityKey) -> bool {
    matches!(
        key,
        EntityKey::RestApi(_)
            | EntityKey::ApiKey(_)
            | EntityKey::UsagePlan(_)
            | EntityKey::DomainName(_)
            | EntityKey::VpcLink(_)
            | EntityKey::ClientCertificate(_)
            | EntityKey::Account(..)
    )
}

async fn collect<B>(body: B) -> Result<Bytes>
where
    B: http_body::Body,
    B::Error: Into<BoxError>,
{
    let collected = Limited::new(body, MAX_BODY_BYTES).collect().await;
    collected.map(|body| body.to_bytes()).map_err(|error| {
        if error.is::<LengthLimitError>() {
            let message = format!("the body has more than {MAX_BODY_BYTES} bytes");
            ControlError::new(ErrorKind::TooLarge, message)
        } else {
            ControlError::bad_request(format!("the body broke off: {error}"))
        }
    })
}

fn unknown(parts: &request::Parts) -> ControlError {
    let (method, path) = (&parts.method, parts.uri.path());
    ControlError::new(
        ErrorKind::UnknownOperation,
        format!("no operation is {method} {path}"),
    )
}

fn refusal(error: &ControlError) -> Response<Body> {
    let body = serde_json::json!({ "message": error.message() });
    let mut response = Reply::Json(body).into_response();
    *response.status_mut() = error.status();
    let exception = HeaderValue::from_static(error.exception());
    response.headers_mut().insert("x-amzn-errortype", exception);
    response
}

impl Reply {
    fn into_response(self) -> Response<Body> {
        let (content_type, body, disposition) = match self {
            Self::Empty => return Response::new(Body::empty()),
            Self::Json(value) => ("application/json", value.to_string().into(), None),
            Self::File {
                content_type,
                disposition,
                content,
            } => (content_type, Body::from(content), Some(disposition)),
        };
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        let disposition = disposition.and_then(|text| HeaderValue::try_from(text).ok());
        if let Some(disposition) = disposition {
            headers.insert(CONTENT_DISPOSITION, disposition);
        }
        response
    }
}

impl std::fmt::Debug for ControlPlane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ControlPlane")
            .field("options", &self.shared.options)
            .finish_non_exhaustive()
    }
}
