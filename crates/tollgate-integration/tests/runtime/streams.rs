//! Answers that arrive while the function runs.

use std::time::Duration;

use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tollgate_integration::lambda::{LambdaFunction as _, LocalFunction, StreamFailure};

use super::support::{call, event, function, log, settings};

/// What arrives of a stream, and how it breaks off if it does.
async fn stream(function: &LocalFunction, how: Value) -> (String, Option<StreamFailure>) {
    let mut body = function.invoke(event("stream", how)).await.unwrap().payload;
    let mut read = Vec::new();
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => read.extend_from_slice(frame.data_ref().unwrap()),
            Err(error) => {
                let failure = error.downcast_ref::<StreamFailure>().cloned();
                return (String::from_utf8(read).unwrap(), failure);
            }
        }
    }
    (String::from_utf8(read).unwrap(), None)
}

#[tokio::test]
async fn a_stream_is_whole_or_says_that_it_is_not() {
    let mut settings = settings();
    settings.timeout = Duration::from_millis(500);
    let function = function(settings);
    for (how, expected, error_type, error_body) in [
        (json!({"pieces": ["a", "bc"]}), "abc", None, ""),
        (json!({"pieces": []}), "", None, ""),
        (
            json!({"pieces": ["a"], "error": "Function.Oops"}),
            "a",
            Some("Function.Oops"),
            "{}",
        ),
        (
            json!({"pieces": ["a"], "then": "close"}),
            "a",
            Some("Runtime.TruncatedResponse"),
            "gone",
        ),
        (json!({"pieces": ["a"], "then": "exit"}), "a", None, ""),
        (
            json!({"pieces": ["a"], "then": "hang"}),
            "a",
            Some("Sandbox.Timedout"),
            "Task timed out after 0.50 seconds",
        ),
    ] {
        let (read, failure) = stream(&function, how.clone()).await;
        assert_eq!(read, expected, "{how}");
        let said = failure.map(|failure| (failure.error_type, failure.error_body));
        match (said, error_type) {
            (None, None) => {}
            // Whether the end of the process or of its connection is seen first is chance.
            (Some(_), None) if how["then"] == "exit" => {}
            (Some((said, body)), Some(expected)) => {
                assert_eq!(said, expected, "{how}");
                assert!(body.contains(error_body), "{how}: {body}");
            }
            (said, _) => panic!("{how}: {said:?}"),
        }
        assert!(call(&function, event("count", ())).await["count"].is_u64());
    }
}

#[tokio::test]
async fn a_stream_that_nobody_reads_is_no_burden() {
    let mut settings = settings();
    settings.max_concurrency = 1;
    let function = function(settings);
    let invoked = function
        .invoke(event("stream", json!({"pieces": [], "megabytes": 20})))
        .await;
    drop(invoked.unwrap());
    assert_eq!(call(&function, event("count", ())).await["count"], 2);
}

#[tokio::test]
async fn streams_have_a_size() {
    let mut settings = settings();
    let (log, lines) = log();
    settings.log = log;
    let function = function(settings);
    for (megabytes, error_type) in [(200, None), (201, Some("Function.ResponseSizeTooLarge"))] {
        let how = json!({"pieces": [], "megabytes": megabytes});
        let mut body = function.invoke(event("stream", how)).await.unwrap().payload;
        let (mut read, mut failure) = (0, None);
        while let Some(frame) = body.frame().await {
            match frame {
                Ok(frame) => read += frame.data_ref().unwrap().len(),
                Err(error) => failure = error.downcast_ref::<StreamFailure>().cloned(),
            }
        }
        assert!(read <= 200 * 1024 * 1024, "{read}");
        let said = failure.map(|failure| failure.error_type);
        assert_eq!(said.as_deref(), error_type);
    }
    lines.next("stream: 413").await;
}
