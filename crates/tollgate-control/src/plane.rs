//! From a request to its answer.

use std::panic;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, HeaderValue};
use http::{Method, Request, Response, StatusCode, request};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::sync::{Mutex, Semaphore};
use tollgate_core::{Body, BoxError, Ids, RandomIds};
use tollgate_node::Node;
use tollgate_router::Verb;
use tollgate_store::{Change, ConfigStore, EntityKey, Revision, State, StoreError};

use crate::call::{Asked, Call};
use crate::caller::{self, Caller};
use crate::error::{CONCURRENT, ControlError, ErrorKind, Result};
use crate::operation::Run;
use crate::options::ControlOptions;
use crate::outcome::Outcome;
use crate::record::CallRecord;
use crate::{ask, operations, response};

/// Bytes that the body of a call may have: those of the largest document, and some more.
pub const MAX_BODY_BYTES: usize = tollgate_openapi::limits::MAX_DOCUMENT_BYTES + 64 * 1024;

/// How often a write is decided anew because another process has written meanwhile.
const ATTEMPTS: usize = 16;

/// How long a write waits until it is served.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many calls are worked on at a time; others wait.
const AT_A_TIME: usize = 8;

/// Bytes of a body that are read at once.
const QUICKLY_READ: usize = 16 * 1024;

/// The path that removes all there is, where the options allow it.
pub(crate) const RESET: &str = "/_tollgate/reset";

/// What all clones of a control plane share.
pub(crate) struct Plane {
    store: Arc<dyn ConfigStore>,
    node: Option<Arc<Node>>,
    options: ControlOptions,
    ids: RandomIds,
    /// Writers of this process come one after the other, so that none has to decide anew because of
    /// another one.
    writers: Mutex<()>,
    room: Semaphore,
}

/// A call, and who makes it.
struct Received {
    asked: Asked,
    caller: Caller,
}

/// What is decided on a state.
type Decide = Arc<dyn Fn(&State) -> Result<Outcome> + Send + Sync>;

impl Plane {
    pub(crate) fn new(
        store: Arc<dyn ConfigStore>,
        node: Option<Arc<Node>>,
        options: ControlOptions,
    ) -> Self {
        Self {
            store,
            node,
            ids: RandomIds::new(Arc::clone(&options.random)),
            options,
            writers: Mutex::new(()),
            room: Semaphore::new(AT_A_TIME),
        }
    }

    pub(crate) const fn options(&self) -> &ControlOptions {
        &self.options
    }

    /// Answers a request. The response says in its extensions what the call was: [`CallRecord`].
    pub(crate) async fn answer<B>(self: &Arc<Self>, request: Request<B>) -> Response<Body>
    where
        B: http_body::Body,
        B::Error: Into<BoxError>,
    {
        let mut record = CallRecord::default();
        let answer = self.try_answer(request, &mut record).await;
        let mut response = answer.unwrap_or_else(|error| response::refusal(&error));
        let (id, _) = self.ids.request();
        if let Ok(id) = HeaderValue::try_from(id.to_string()) {
            response.headers_mut().insert("x-amzn-requestid", id);
        }
        response.extensions_mut().insert(record);
        response
    }

    async fn try_answer<B>(
        self: &Arc<Self>,
        request: Request<B>,
        record: &mut CallRecord,
    ) -> Result<Response<Body>>
    where
        B: http_body::Body,
        B::Error: Into<BoxError>,
    {
        let (parts, body) = request.into_parts();
        let body = collect(body).await?;
        let is_long = body.len() > QUICKLY_READ;
        let plane = Arc::clone(self);
        let verify = move || {
            let caller = caller::of(&plane.options, &parts, &body)?;
            Ok((parts, body, caller))
        };
        let (parts, body, caller) = self.work(is_long, verify).await?;
        record.called_by(&caller);
        if self.options.can_reset && parts.method == Method::POST && parts.uri.path() == RESET {
            return self.reset().await;
        }
        let read = move || {
            let asked = read(&parts, body)?;
            Ok(Arc::new(Received { asked, caller }))
        };
        let received = self.work(is_long, read).await?;
        let operation = received.asked.operation;
        record.operation = Some(operation.name);
        let response = match operation.run {
            Run::Decide(decide) => self.decide(received, decide).await?,
            Run::Ask(question) => {
                let state = self.store.load().await?;
                let call = self.call(&received, &state);
                let reply = ask::answer(question, &call, self.node.as_deref(), &self.options);
                response::of(reply.await?)
            }
        };
        Ok(response::with_status(response, operation.status))
    }

    fn call<'a>(&'a self, received: &'a Received, state: &'a State) -> Call<'a> {
        let now = self.options.clock.now().into();
        let homes = (&received.caller.home, &self.options.home);
        Call::new(&received.asked, state, homes, now, &*self.options.random)
    }

    /// Decides on the latest state, and commits what comes of it.
    async fn decide(
        self: &Arc<Self>,
        received: Arc<Received>,
        decide: fn(&Call<'_>) -> Result<Outcome>,
    ) -> Result<Response<Body>> {
        let (plane, operation) = (Arc::clone(self), received.asked.operation);
        let decide = move |state: &State| decide(&plane.call(&received, state));
        if operation.verb == Verb::Get {
            let state = self.store.load().await?;
            let read = move || Ok(response::of(decide(&state)?.reply));
            return self.work(operation.may_take_long, read).await;
        }
        self.write(Arc::new(decide)).await
    }

    /// Makes changes, and waits until they are kept and served.
    async fn write(&self, decide: Decide) -> Result<Response<Body>> {
        let (response, revision) = self.commit(decide).await?;
        if let (Some(node), Some(revision)) = (&self.node, revision) {
            // The data plane is not far behind: what it cannot serve, it says elsewhere. Where it cannot
            // read the store, the write is acknowledged all the same, since it is kept.
            drop(tokio::time::timeout(PATIENCE, node.reached(revision)).await);
        }
        Ok(response)
    }

    /// What is answered, and the revision at which it is so, if something changed.
    async fn commit(&self, decide: Decide) -> Result<(Response<Body>, Option<Revision>)> {
        let _turn = self.writers.lock().await;
        for _ in 0..ATTEMPTS {
            let state = self.store.load().await?;
            let (decide, at) = (Arc::clone(&decide), Arc::clone(&state));
            let decided = move || {
                let Outcome { changes, reply } = decide(&at)?;
                Ok((changes, response::of(reply)))
            };
            let (changes, response) = self.work(true, decided).await?;
            if changes.is_empty() {
                return Ok((response, None));
            }
            match self.store.commit(state.revision(), &changes).await {
                Ok(state) => return Ok((response, Some(state.revision()))),
                Err(StoreError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ControlError::conflict(CONCURRENT))
    }

    /// Removes all there is, of all accounts and regions.
    async fn reset(&self) -> Result<Response<Body>> {
        let remove = |state: &State| {
            let keys = state.records().map(|(key, _)| key);
            let tops = keys.filter(|key| is_top(key)).cloned();
            Ok(Outcome::silent(tops.map(Change::Remove).collect()))
        };
        let response = self.write(Arc::new(remove)).await?;
        Ok(response::with_status(
            response,
            StatusCode::NO_CONTENT.as_u16(),
        ))
    }

    /// Does what may take long on a thread for that, a few at a time, so that what else the runtime does
    /// goes on: requests to APIs among it. All else is done at once.
    async fn work<T: Send + 'static>(
        &self,
        may_take_long: bool,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if !may_take_long {
            return work();
        }
        let _place = self.room.acquire().await;
        match tokio::task::spawn_blocking(work).await {
            Ok(outcome) => outcome,
            // A panic goes on to whoever called.
            Err(error) => match error.try_into_panic() {
                Ok(panic) => panic::resume_unwind(panic),
                Err(_) => Err(ControlError::new(
                    ErrorKind::Unavailable,
                    "the control plane is ending",
                )),
            },
        }
    }
}

/// Finds the operation, and reads what it is asked with.
fn read(parts: &request::Parts, body: Bytes) -> Result<Asked> {
    let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
    let verb = Verb::of(&parts.method);
    let found = verb.and_then(|verb| operations::find(verb, path, query));
    let (operation, found) = found.ok_or_else(|| {
        let message = format!("no operation is {} {path}", parts.method);
        ControlError::new(ErrorKind::UnknownOperation, message)
    })?;
    let accept = parts.headers.get(ACCEPT);
    let accept = accept.and_then(|accept| accept.to_str().ok());
    let accept = accept.map(str::to_owned);
    Asked::read(operation, found.parameters(), query, accept, body)
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
