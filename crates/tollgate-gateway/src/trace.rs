//! A recorder: what happens to one request, kept.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};
use tollgate_core::{
    ClientRequest, Clock, Context, Event, MappingSide, Observer, ParameterLocation, Rejection,
    RequestId,
};

/// An observer that keeps every step of one request, for whoever asks what happened to it.
///
/// It keeps the first request that it is told of, and nothing of later ones, so that what it holds
/// is bounded by what one request may bring. All bodies are told of, and so collected. Times are
/// counted from the request's arrival, on the clock that the trace is made with: it has to be that
/// of the gateway.
///
/// What is kept is kept as it is; headers and bodies may hold secrets.
///
/// ```
/// use std::sync::Arc;
/// use tollgate_core::SystemClock;
/// use tollgate_gateway::{Gateway, Plan, Trace, TraceEvent};
/// use tollgate_model::{ApiDocument, Stage};
/// use tower::ServiceExt as _;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let plan = Plan::compile(&ApiDocument::new("pets"), &Stage::new("prod".parse()?))?;
/// let clock = Arc::new(SystemClock::new());
/// let trace = Arc::new(Trace::new(clock.clone()));
/// let gateway = Gateway::new(plan).with_clock(clock).with_observer(trace.clone());
///
/// let request = http::Request::get("/pets").body(tollgate_core::Body::empty())?;
/// gateway.oneshot(request).await?;
/// let steps = trace.take();
/// assert!(matches!(steps[0].event, TraceEvent::Received { .. }));
/// assert!(matches!(steps[1].event, TraceEvent::Refused { .. }));
/// assert!(matches!(steps[2].event, TraceEvent::Completed { .. }));
/// # Ok(())
/// # }
/// ```
pub struct Trace {
    clock: Arc<dyn Clock>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    request: Option<RequestId>,
    steps: Vec<TraceStep>,
}

/// One step of a request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TraceStep {
    /// From the request's arrival until the step was done.
    pub elapsed: Duration,
    /// What was done.
    pub event: TraceEvent,
}

/// An [`Event`] that outlives its request. Bodies are `None` where they were passed on as they
/// arrived.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TraceEvent {
    /// The request arrived.
    Received {
        /// Its id, which the client is told.
        request_id: RequestId,
        /// Its head.
        request: Box<ClientRequest>,
    },
    /// A resource and method were chosen.
    Routed {
        /// The resource's path as configured.
        resource: String,
        /// The method as configured, perhaps `ANY`.
        method: String,
        /// The path parameters with their values, in the order of the path.
        path_parameters: Vec<(String, String)>,
    },
    /// A mapping template was rendered.
    TemplateRendered {
        /// Which body it made.
        side: MappingSide,
        /// The key that the template stands under.
        media_type: String,
        /// The template's text.
        template: String,
        /// The body before.
        input: Bytes,
        /// The body after.
        output: Bytes,
    },
    /// The integration request was ready.
    IntegrationRequest {
        /// Its verb.
        method: Method,
        /// What is called; `/` where nothing is.
        uri: Uri,
        /// Its headers.
        headers: HeaderMap,
        /// Its body.
        body: Option<Bytes>,
    },
    /// The endpoint answered.
    IntegrationResponse {
        /// Its status; a mock may answer any number.
        status: i64,
        /// Its headers.
        headers: HeaderMap,
        /// Its body before transformations.
        body: Option<Bytes>,
        /// How long it took.
        latency: Duration,
    },
    /// One of the method's integration responses was for the endpoint's answer.
    IntegrationResponseSelected {
        /// Its selection pattern; `None`: it is the default one.
        pattern: Option<String>,
        /// The status that it gives to the client.
        status: StatusCode,
    },
    /// The method response was ready.
    MethodResponse {
        /// Its status.
        status: StatusCode,
        /// Its headers.
        headers: HeaderMap,
        /// Its body.
        body: Option<Bytes>,
    },
    /// The gateway refused, and its own response was ready.
    Refused {
        /// Why, and what the client may know of it.
        rejection: Rejection,
        /// The response's status.
        status: StatusCode,
        /// Its headers.
        headers: HeaderMap,
        /// Its body.
        body: Option<Bytes>,
    },
    /// The response was on its way.
    Completed {
        /// Its status.
        status: StatusCode,
        /// Bytes of its body, where that is known.
        length: Option<u64>,
    },
}

impl Trace {
    /// A trace that has seen nothing yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            kept: Mutex::default(),
        }
    }

    /// The steps so far, in their order; they are kept no longer.
    #[must_use]
    pub fn take(&self) -> Vec<TraceStep> {
        std::mem::take(&mut self.kept().steps)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        // A list of steps is whole whoever panicked beside it.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Trace {
    fn observe(&self, context: &Context, event: &Event<'_>) {
        let elapsed = self.clock.now().since(context.received_at);
        let mut kept = self.kept();
        if *kept.request.get_or_insert(context.request_id) != context.request_id {
            return;
        }
        if let Some(event) = owned(context, event) {
            kept.steps.push(TraceStep { elapsed, event });
        }
    }

    fn wants_bodies(&self) -> bool {
        true
    }
}

/// Counts what is kept: steps hold clients' secrets.
impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trace")
            .field("steps", &self.kept().steps.len())
            .finish_non_exhaustive()
    }
}

/// A copy of an event; `None` for one that this version does not know.
fn owned(context: &Context, event: &Event<'_>) -> Option<TraceEvent> {
    Some(match *event {
        Event::Received => TraceEvent::Received {
            request_id: context.request_id,
            request: Box::new(context.request.clone()),
        },
        Event::Routed { resource, method } => {
            let parameters = context.request.parameters(ParameterLocation::Path);
            let owned = parameters.into_iter();
            let owned = owned.map(|(name, value)| (name.into_owned(), value.into_owned()));
            TraceEvent::Routed {
                resource: resource.to_owned(),
                method: method.to_owned(),
                path_parameters: owned.collect(),
            }
        }
        Event::TemplateRendered {
            side,
            media_type,
            template,
            input,
            output,
        } => TraceEvent::TemplateRendered {
            side,
            media_type: media_type.to_owned(),
            template: template.to_owned(),
            input: Bytes::copy_from_slice(input),
            output: Bytes::copy_from_slice(output),
        },
        Event::IntegrationRequest {
            method,
            uri,
            headers,
            body,
        } => TraceEvent::IntegrationRequest {
            method: method.clone(),
            uri: uri.clone(),
            headers: headers.clone(),
            body: body.map(Bytes::copy_from_slice),
        },
        Event::IntegrationResponse {
            status,
            headers,
            body,
            latency,
        } => TraceEvent::IntegrationResponse {
            status,
            headers: headers.clone(),
            body: body.map(Bytes::copy_from_slice),
            latency,
        },
        Event::IntegrationResponseSelected { pattern, status } => {
            TraceEvent::IntegrationResponseSelected {
                pattern: pattern.map(str::to_owned),
                status,
            }
        }
        Event::MethodResponse {
            status,
            headers,
            body,
        } => TraceEvent::MethodResponse {
            status,
            headers: headers.clone(),
            body: body.map(Bytes::copy_from_slice),
        },
        Event::Refused {
            rejection,
            status,
            headers,
            body,
        } => TraceEvent::Refused {
            rejection: rejection.clone(),
            status,
            headers: headers.clone(),
            body: body.map(Bytes::copy_from_slice),
        },
        Event::Completed { status, length, .. } => TraceEvent::Completed { status, length },
        _ => return None,
    })
}
