//! Functions to be called, and what they say.

use std::sync::mpsc;
use std::time::Duration;

use http_body_util::BodyExt as _;
use serde_json::Value;
use tollgate_integration::lambda::{
    FunctionError, FunctionLog, FunctionSettings, Invocation, InvocationType, InvokeFailure,
    Invoked, LambdaFunction as _, LocalFunction,
};

use super::client::BEGINNING;

/// Longer than anything takes here.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// Settings of a function that is this test program, as a runtime client.
pub(crate) fn settings() -> FunctionSettings {
    beginning("ok")
}

pub(crate) fn beginning(how: &str) -> FunctionSettings {
    let mut settings = FunctionSettings::new("f", std::env::current_exe().unwrap());
    let arguments = [
        "--exact",
        "client::runtime_client",
        "--nocapture",
        "--test-threads=1",
    ];
    settings.arguments = arguments.map(str::to_owned).to_vec();
    settings.environment = vec![(BEGINNING.to_owned(), how.to_owned())];
    settings.timeout = LONG;
    settings.init_timeout = LONG;
    settings
}

pub(crate) fn function(settings: FunctionSettings) -> LocalFunction {
    LocalFunction::new(settings).unwrap()
}

/// A log whose lines can be waited for.
pub(crate) fn log() -> (FunctionLog, Lines) {
    let (sender, receiver) = mpsc::channel();
    let log = FunctionLog::new(move |line| {
        // The test may have heard enough.
        drop(sender.send(format!("{:?} {}", line.source, line.text)));
    });
    (log, Lines(receiver))
}

pub(crate) struct Lines(mpsc::Receiver<String>);

impl Lines {
    /// The next line that contains this.
    pub(crate) async fn next(self, part: &'static str) -> (String, Self) {
        let waited = tokio::task::spawn_blocking(move || {
            let found = std::iter::from_fn(|| self.0.recv_timeout(LONG).ok())
                .find(|line| line.contains(part));
            (found.unwrap_or_else(|| panic!("no line says {part}")), self)
        });
        waited.await.unwrap()
    }
}

pub(crate) fn event(what: &str, with: impl Into<Value>) -> Invocation {
    let event = serde_json::json!({"do": what, "with": with.into()});
    Invocation::new(event.to_string(), LONG)
}

pub(crate) fn asynchronous(mut invocation: Invocation) -> Invocation {
    invocation.invocation_type = InvocationType::Event;
    invocation
}

/// What a function answers, whole.
pub(crate) async fn call(function: &LocalFunction, invocation: Invocation) -> Value {
    let invoked = function.invoke(invocation).await.unwrap();
    assert_eq!(invoked.function_error, None);
    serde_json::from_slice(&bytes(invoked).await).unwrap()
}

/// How a function fails; its request id is replaced by `{id}`.
pub(crate) async fn failure(function: &LocalFunction, invocation: Invocation) -> String {
    let invoked = function.invoke(invocation).await.unwrap();
    assert_eq!(invoked.status, 200);
    assert_eq!(invoked.function_error, Some(FunctionError::Unhandled));
    let id = invoked.request_id.clone().unwrap();
    let said = String::from_utf8(bytes(invoked).await).unwrap();
    said.replace(&id, "{id}")
}

pub(crate) async fn refusal(function: &LocalFunction, invocation: Invocation) -> InvokeFailure {
    function.invoke(invocation).await.unwrap_err()
}

pub(crate) async fn bytes(invoked: Invoked) -> Vec<u8> {
    invoked.payload.collect().await.unwrap().to_bytes().to_vec()
}
