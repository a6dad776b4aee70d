//! A recorder: what happens to one request, kept.

mod json;
mod secrets;

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, StatusCode, Uri};
use tollgate_core::{
    BodyForm, ClientRequest, Clock, Context, Event, ExtendedRequestId, MappingSide, Observer,
    ParameterFate, ParameterLocation, Rejection, RequestId, ResponseOrigin, TemplateRule,
};

pub use secrets::Secrets;

/// An observer that keeps every step of one request, for whoever asks what happened to it.
///
/// It keeps the first request that it is told of, and nothing of later ones, so that what it holds
/// is bounded by what one request may bring. All bodies are told of, and so collected. Times are
/// counted from the request's arrival, on the clock that the trace is made with: it has to be that
/// of the gateway.
///
/// What is kept is kept as it is; [`Secrets`] hides the values that nobody should see where it is
/// shown.
///
/// ```
/// use std::sync::Arc;
/// use tollgate_core::SystemClock;
/// use tollgate_gateway::{Gateway, Plan, Secrets, Trace, TraceEvent};
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
/// let shown = steps[1].to_json(&Secrets::of(&steps));
/// assert_eq!(shown["response_type"], "MISSING_AUTHENTICATION_TOKEN");
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
    /// How long after the arrival the last step was done.
    latest: Duration,
    steps: Vec<TraceStep>,
}

/// One step of a request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TraceStep {
    /// From the request's arrival until the step was done.
    pub elapsed: Duration,
    /// From the step before until the step was done.
    pub took: Duration,
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
        /// Its second id.
        extended_request_id: ExtendedRequestId,
        /// Its arrival, since 1970-01-01T00:00:00Z.
        received_at: Duration,
        /// The peer of its connection.
        source_ip: Option<IpAddr>,
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
    /// It was decided which template makes a body, if any does.
    TemplateChosen {
        /// Which body is made.
        side: MappingSide,
        /// The key that the template stands under; `None`: none makes the body.
        media_type: Option<String>,
        /// What decided.
        rule: TemplateRule,
    },
    /// The coding of the client's body was undone.
    ContentDecoded {
        /// Its name, such as `gzip`.
        coding: &'static str,
        /// Bytes as they arrived.
        encoded: usize,
        /// Bytes without the coding.
        decoded: usize,
    },
    /// The client's body was at hand whole, without a coding.
    RequestBodyRead {
        /// The body before transformations.
        body: Bytes,
    },
    /// The request was as its method's validator wants it.
    Validated {
        /// How many parameters are required, and there.
        parameters: usize,
        /// The model that the body fits; `None`: bodies of its type are not checked.
        model: Option<String>,
    },
    /// The method is protected: where its authorizer looked for who calls, and what stood there.
    Identified {
        /// How callers are authorized, such as `CUSTOM`.
        authorization: &'static str,
        /// Such as `method.request.header.Authorization`, with its value, which is a secret.
        sources: Vec<(String, Option<String>)>,
    },
    /// The caller might call the method, which is protected.
    Authorized {
        /// How it was found out, such as `AWS_IAM`; `NONE`: by the API's resource policy alone.
        authorization: &'static str,
        /// Who called; `None`: anybody.
        principal: Option<String>,
    },
    /// The request's API key has a usage plan.
    ApiKeyAccepted {
        /// The key's id.
        key_id: Option<String>,
        /// The usage plan's id.
        usage_plan: String,
    },
    /// A limit was decided without the store that it is shared through.
    LimitsDegraded,
    /// A limit would have refused the request, if it were not only observed.
    ShadowRefusal {
        /// Which limit, such as `plan_quota`.
        limit: String,
        /// What would have been the reason.
        reason: String,
    },
    /// A body that is bytes, or became bytes or text, was in the form in which it is mapped.
    BodyFormed {
        /// Which body.
        side: MappingSide,
        /// What it was.
        from: BodyForm,
        /// What it is now.
        to: BodyForm,
        /// The `contentHandling` of the mapping.
        content_handling: Option<&'static str>,
        /// The entry of `binaryMediaTypes` that the body's own type fits.
        own_entry: Option<String>,
        /// The entry that the client's `Accept` fits; only for responses.
        accepted_entry: Option<String>,
        /// Its bytes before.
        before: usize,
        /// Its bytes after.
        after: usize,
    },
    /// A parameter mapping of the API was followed.
    ParameterMapped {
        /// Which message is made.
        side: MappingSide,
        /// What is set, such as `integration.request.header.x-page`.
        target: String,
        /// Where its value comes from, such as `method.request.querystring.page`.
        source: String,
        /// The value; `None` where there is none, which leaves the parameter out.
        value: Option<String>,
        /// What became of it.
        fate: TraceFate,
    },
    /// What a template wrote to `$context.requestOverride` or `$context.responseOverride` took
    /// effect.
    Overridden {
        /// Which message is changed.
        side: MappingSide,
        /// What is set, such as `context.responseOverride.header.x-page`.
        target: String,
        /// The value.
        value: String,
        /// What became of it.
        fate: TraceFate,
    },
    /// A proxy integration did not pass a header on as it is.
    HeaderChanged {
        /// Which message would have it.
        side: MappingSide,
        /// Its name.
        name: HeaderName,
        /// The name that it had instead; `None`: it ended here.
        sent_as: Option<HeaderName>,
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
        /// Who says what was answered.
        origin: ResponseOrigin,
        /// The response's status.
        status: StatusCode,
        /// Its headers.
        headers: HeaderMap,
        /// Its body.
        body: Option<Bytes>,
    },
    /// The response's body was made smaller.
    ResponseCompressed {
        /// The coding, such as `gzip`.
        coding: &'static str,
        /// Bytes before, where they are known.
        plain: Option<u64>,
        /// Bytes after, where they are known.
        encoded: Option<u64>,
    },
    /// The response was on its way.
    Completed {
        /// Its status.
        status: StatusCode,
        /// Bytes of its body, where that is known.
        length: Option<u64>,
    },
}

/// What became of a value, as [`ParameterFate`] says it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TraceFate {
    /// A word for it: `set`, `renamed`, `empty` or `dropped`.
    pub word: &'static str,
    /// The name that the value has instead, where it is renamed.
    pub renamed: Option<String>,
}

impl From<ParameterFate<'_>> for TraceFate {
    fn from(fate: ParameterFate<'_>) -> Self {
        Self {
            word: fate.as_str(),
            renamed: match fate {
                ParameterFate::Renamed(name) => Some(name.to_owned()),
                _ => None,
            },
        }
    }
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
            let took = elapsed.saturating_sub(kept.latest);
            kept.latest = elapsed;
            kept.steps.push(TraceStep {
                elapsed,
                took,
                event,
            });
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
            extended_request_id: context.extended_request_id,
            received_at: context.received_at.unix(),
            source_ip: context.identity.source_ip,
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
        Event::TemplateChosen {
            side,
            media_type,
            rule,
        } => TraceEvent::TemplateChosen {
            side,
            media_type: media_type.map(str::to_owned),
            rule,
        },
        Event::ContentDecoded {
            coding,
            encoded,
            decoded,
        } => TraceEvent::ContentDecoded {
            coding,
            encoded,
            decoded,
        },
        Event::RequestBodyRead { body } => TraceEvent::RequestBodyRead {
            body: Bytes::copy_from_slice(body),
        },
        Event::Identified {
            authorization,
            sources,
        } => TraceEvent::Identified {
            authorization,
            sources: sources.to_vec(),
        },
        Event::Authorized {
            authorization,
            principal,
        } => TraceEvent::Authorized {
            authorization,
            principal: principal.map(str::to_owned),
        },
        Event::ApiKeyAccepted { usage_plan } => TraceEvent::ApiKeyAccepted {
            key_id: context.identity.api_key_id.as_deref().map(str::to_owned),
            usage_plan: (*usage_plan).to_owned(),
        },
        Event::LimitsDegraded => TraceEvent::LimitsDegraded,
        Event::ShadowRefusal { limit, reason } => TraceEvent::ShadowRefusal {
            limit: (*limit).to_owned(),
            reason: (*reason).to_owned(),
        },
        Event::Validated { parameters, model } => TraceEvent::Validated {
            parameters,
            model: model.map(str::to_owned),
        },
        Event::BodyFormed {
            side,
            from,
            to,
            content_handling,
            own_entry,
            accepted_entry,
            before,
            after,
        } => TraceEvent::BodyFormed {
            side,
            from,
            to,
            content_handling,
            own_entry: own_entry.map(str::to_owned),
            accepted_entry: accepted_entry.map(str::to_owned),
            before,
            after,
        },
        Event::ParameterMapped {
            side,
            target,
            source,
            value,
            fate,
        } => TraceEvent::ParameterMapped {
            side,
            target: target.to_owned(),
            source: source.to_owned(),
            value: value.map(str::to_owned),
            fate: fate.into(),
        },
        Event::Overridden {
            side,
            target,
            value,
            fate,
        } => TraceEvent::Overridden {
            side,
            target: target.to_owned(),
            value: value.to_owned(),
            fate: fate.into(),
        },
        Event::HeaderChanged {
            side,
            name,
            sent_as,
        } => TraceEvent::HeaderChanged {
            side,
            name: name.clone(),
            sent_as: sent_as.cloned(),
        },
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
            origin,
            status,
            headers,
            body,
        } => TraceEvent::Refused {
            rejection: rejection.clone(),
            origin,
            status,
            headers: headers.clone(),
            body: body.map(Bytes::copy_from_slice),
        },
        Event::ResponseCompressed {
            coding,
            plain,
            encoded,
        } => TraceEvent::ResponseCompressed {
            coding,
            plain,
            encoded,
        },
        Event::Completed { status, length, .. } => TraceEvent::Completed { status, length },
        _ => return None,
    })
}
