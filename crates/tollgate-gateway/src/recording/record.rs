//! Making a recording: a gateway for one request, and seams that keep what they give.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use http::Response;
use tollgate_core::{
    Body, Clock, Context, ExtendedRequestId, Ids, Moment, RandomIds, Rejection, RequestId,
    SystemClock, SystemRandom,
};
use tollgate_integration::{Integration, IntegrationRequest, IntegrationResponse};
use tower_service::Service as _;

use super::caller::{Door, RecordedCaller};
use super::message::{RecordedCall, RecordedOutcome, RecordedOutgoing, RecordedRequest};
use super::wire::HeaderLine;
use crate::collect::{MAX_BODY_BYTES, collect};
use crate::integration_response::whole;
use crate::{Gateway, Plan, Trace, TraceStep, Transport};

/// Sends requests along a plan, and records each.
///
/// ```
/// use http::Method;
/// use tollgate_gateway::{Plan, Recorder, RecordedRequest, Recording, Secrets, Subject};
/// use tollgate_model::{ApiDocument, Stage};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let subject = Subject::new(ApiDocument::new("pets"), Stage::new("prod".parse()?));
/// let request = RecordedRequest::new(Method::GET, "/pets".parse()?, bytes::Bytes::new());
/// let recorded = Recorder::new(subject.compile()?).record(request).await;
/// assert_eq!(recorded.response.status(), 403);
///
/// let recording = recorded.recording(subject, &Secrets::of(&recorded.steps))?;
/// let written = recording.to_json()?;
/// let recording = Recording::from_json(written.as_bytes())?;
/// assert!(recording.replay().await?.is_equal());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Recorder {
    plan: Arc<Plan>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    /// The calls and the caller that are played; `None`: endpoints are really called, and callers
    /// judged.
    played: Option<(Vec<RecordedCall>, Option<RecordedCaller>)>,
}

/// One request and all that came of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Recorded {
    /// What the client sent.
    pub request: RecordedRequest,
    /// The steps that were taken.
    pub steps: Vec<TraceStep>,
    /// The endpoints that were called.
    pub calls: Vec<RecordedCall>,
    /// What the client got.
    pub response: Response<Bytes>,
    /// What was found out of the caller of a protected method.
    pub(super) caller: Option<RecordedCaller>,
    /// The ids that the gateway had for the request.
    pub(super) ids: (RequestId, ExtendedRequestId),
    /// All that the clock said, in order; the first is the request's arrival.
    pub(super) readings: Vec<Moment>,
}

impl Recorder {
    /// A recorder for a plan, on the machine's clock and with random ids.
    #[must_use]
    pub fn new(plan: impl Into<Arc<Plan>>) -> Self {
        Self {
            plan: plan.into(),
            clock: Arc::new(SystemClock::new()),
            ids: Arc::new(RandomIds::new(Arc::new(SystemRandom))),
            played: None,
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

    /// Calls no endpoint: what came of these calls comes once more, in order. And judges no caller who
    /// was judged before.
    pub(super) fn playing(
        mut self,
        calls: Vec<RecordedCall>,
        caller: Option<RecordedCaller>,
    ) -> Self {
        self.played = Some((calls, caller));
        self
    }

    /// Sends a request.
    pub async fn record(&self, request: RecordedRequest) -> Recorded {
        let clock = Arc::new(KeptClock::new(self.clock.clone()));
        let ids = self.ids.request();
        let trace = Arc::new(Trace::new(clock.clone()));
        let (calls, caller) = self.played.clone().unzip();
        let tap = Arc::new(Tap {
            played: calls,
            calls: Mutex::default(),
        });
        let door = Arc::new(Door::playing(caller.flatten()));
        let mut gateway = Gateway::new(self.plan.clone())
            .with_clock(clock.clone())
            .with_ids(Arc::new(FixedIds(ids)))
            .with_observer(trace.clone())
            .with_transport(tap.clone())
            .with_doorkeeper(door.clone());
        let Ok(response) = gateway.call(request.to_request()).await;
        let (head, body) = response.into_parts();
        // Bodies are at hand for whoever observes them.
        let body = body.try_into_bytes().unwrap_or_default();
        Recorded {
            request,
            steps: trace.take(),
            calls: std::mem::take(&mut *lock(&tap.calls)),
            caller: door.take(),
            response: Response::from_parts(head, body),
            ids,
            readings: std::mem::take(&mut *lock(&clock.readings)),
        }
    }
}

/// Lists are whole whoever panicked beside them.
fn lock<T>(list: &Mutex<Vec<T>>) -> std::sync::MutexGuard<'_, Vec<T>> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A clock that keeps what it says.
#[derive(Debug)]
struct KeptClock {
    clock: Arc<dyn Clock>,
    readings: Mutex<Vec<Moment>>,
}

impl KeptClock {
    fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            readings: Mutex::default(),
        }
    }
}

impl Clock for KeptClock {
    fn now(&self) -> Moment {
        let now = self.clock.now();
        lock(&self.readings).push(now);
        now
    }
}

/// A clock that says what another has said, and at the end stands still.
#[derive(Debug)]
pub(super) struct PlayedClock {
    readings: Vec<Moment>,
    next: AtomicUsize,
}

impl PlayedClock {
    pub(super) fn new(readings: Vec<Moment>) -> Self {
        Self {
            readings,
            next: AtomicUsize::new(0),
        }
    }
}

impl Clock for PlayedClock {
    fn now(&self) -> Moment {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        let reading = self.readings.get(next).or(self.readings.last());
        reading.copied().unwrap_or_default()
    }
}

/// Ids that are known before.
#[derive(Debug)]
pub(super) struct FixedIds(pub(super) (RequestId, ExtendedRequestId));

impl Ids for FixedIds {
    fn request(&self) -> (RequestId, ExtendedRequestId) {
        self.0
    }
}

/// Keeps the calls of endpoints, and plays those that are known.
#[derive(Debug)]
struct Tap {
    played: Option<Vec<RecordedCall>>,
    calls: Mutex<Vec<RecordedCall>>,
}

#[async_trait]
impl Transport for Tap {
    async fn call(
        &self,
        endpoint: &dyn Integration,
        context: &Context,
        mut request: IntegrationRequest,
    ) -> Result<IntegrationResponse, Rejection> {
        let body = collect(std::mem::take(&mut request.body), MAX_BODY_BYTES).await;
        let body = body.map_err(|error| error.to_request_rejection())?;
        let sent = RecordedOutgoing::of(&request, body.clone());
        request.body = Body::from(body);
        let outcome = match &self.played {
            None => {
                let answer = match endpoint.call(context, request).await {
                    Ok(answer) => read(answer).await,
                    Err(rejection) => Err(rejection),
                };
                RecordedOutcome::of(&answer)
            }
            Some(calls) => {
                let before = lock(&self.calls).len();
                let call = calls.get(before);
                let none = || Rejection::configuration("the recording has no answer to this call");
                call.map(|call| call.outcome.clone()).ok_or_else(none)?
            }
        };
        let answer = outcome.play();
        lock(&self.calls).push(RecordedCall {
            request: sent,
            outcome,
        });
        answer
    }
}

/// An answer with its body whole.
async fn read(answer: IntegrationResponse) -> Result<(i64, Vec<HeaderLine>, Bytes), Rejection> {
    let body = whole(answer.body).await?;
    Ok((answer.status, HeaderLine::of(&answer.headers), body))
}
