//! Functions in this process: services and closures that take events.

use std::any::type_name;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tower_service::Service;

use super::background::Background;
use super::{FunctionError, Invocation, InvocationType, InvokeFailure, Invoked, LambdaFunction};

/// An event on its way to a function in this process, its payload read from JSON.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LambdaEvent<T> {
    /// What the event says.
    pub payload: T,
    /// What `X-Amzn-Trace-Id` says of the request that led here.
    pub trace_id: Option<String>,
    /// `X-Amz-Client-Context`: Base64 of a JSON object.
    pub client_context: Option<String>,
    /// How long the caller waits.
    pub timeout: Duration,
}

/// A service as a function.
pub(super) struct Handler<S, T> {
    service: S,
    background: Background,
    event: PhantomData<fn(T)>,
}

impl<S, T> Handler<S, T> {
    pub(super) fn new(service: S) -> Self {
        Self {
            service,
            background: Background::default(),
            event: PhantomData,
        }
    }
}

#[async_trait]
impl<S, T> LambdaFunction for Handler<S, T>
where
    T: DeserializeOwned + Send + 'static,
    S: Service<LambdaEvent<T>, Response: Serialize, Error: fmt::Display, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static,
{
    async fn invoke(&self, invocation: Invocation) -> Result<Invoked, InvokeFailure> {
        let service = self.service.clone();
        match invocation.invocation_type {
            InvocationType::RequestResponse => Ok(run(service, invocation).await),
            InvocationType::Event => {
                let bytes = invocation.payload.len();
                self.background.accept(bytes, async move {
                    // Nobody is told what becomes of it.
                    drop(run(service, invocation).await);
                })
            }
            InvocationType::DryRun => Ok(dry_run()),
        }
    }
}

/// The answer to an event that is not to be worked on.
pub(super) fn dry_run() -> Invoked {
    let mut invoked = Invoked::new("");
    invoked.status = 204;
    invoked
}

async fn run<S, T>(mut service: S, invocation: Invocation) -> Invoked
where
    T: DeserializeOwned,
    S: Service<LambdaEvent<T>, Response: Serialize, Error: fmt::Display>,
{
    let payload = match serde_json::from_slice(&invocation.payload) {
        Ok(payload) => payload,
        Err(error) => return failed("Runtime.UnmarshalError", &error),
    };
    let event = LambdaEvent {
        payload,
        trace_id: invocation.trace_id,
        client_context: invocation.client_context,
        timeout: invocation.timeout,
    };
    if let Err(error) = poll_fn(|cx| service.poll_ready(cx)).await {
        return failed(type_name::<S::Error>(), &error);
    }
    let answer = service.call(event).await;
    match answer.map(|answer| serde_json::to_vec(&answer)) {
        Ok(Ok(answer)) => Invoked::new(bytes::Bytes::from(answer)),
        Ok(Err(error)) => failed("Runtime.MarshalError", &error),
        Err(error) => failed(type_name::<S::Error>(), &error),
    }
}

/// The answer of a function that failed, in the form of Lambda's runtimes.
pub(super) fn failed(error_type: &str, error: &impl fmt::Display) -> Invoked {
    let mut out = String::new();
    let mut members = super::json::Members::of(&mut out);
    members.text("errorMessage", &error.to_string());
    members.text("errorType", error_type);
    members.end();
    let mut invoked = Invoked::new(out);
    invoked.function_error = Some(FunctionError::Unhandled);
    invoked
}

impl<S, T> fmt::Debug for Handler<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handler").field(&type_name::<S>()).finish()
    }
}

/// A closure as a service.
#[derive(Clone)]
pub(super) struct Closure<F>(pub(super) F);

impl<T, F, A, R, E> Service<LambdaEvent<T>> for Closure<F>
where
    F: Fn(LambdaEvent<T>) -> A,
    A: Future<Output = Result<R, E>>,
{
    type Response = R;
    type Error = E;
    type Future = A;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), E>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, event: LambdaEvent<T>) -> A {
        self.0(event)
    }
}
