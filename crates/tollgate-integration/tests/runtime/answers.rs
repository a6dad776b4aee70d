//! What functions are told, and what they may answer.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tollgate_core::{ManualClock, RandomIds, SeededRandom};
use tollgate_integration::lambda::{
    Invocation, InvocationType, InvokeFailure, LambdaFunction as _, LocalFunction,
};

use super::support::{
    LONG, beginning, bytes, call, event, failure, function, log, refusal, settings,
};

#[tokio::test]
async fn an_event_is_answered() {
    let function = function(settings());
    for payload in [&b"{\"a\": 1}"[..], b"", b"null", b"\xff\x00 no JSON"] {
        let invoked = function
            .invoke(Invocation::new(payload, LONG))
            .await
            .unwrap();
        assert_eq!((invoked.status, invoked.function_error), (200, None));
        assert_eq!(invoked.request_id.as_ref().unwrap().len(), 36);
        assert_eq!(bytes(invoked).await, payload);
    }
}

#[tokio::test]
async fn functions_know_where_they_are() {
    let mut settings = settings();
    settings.handler = "app.handler".to_owned();
    settings.working_directory = Some("/".into());
    settings.memory_size = 512;
    settings.timeout = Duration::from_secs(30);
    for (name, value) in [("TABLE", "pets"), ("AWS_REGION", "moon-1"), ("TZ", "Mars")] {
        settings
            .environment
            .push((name.to_owned(), value.to_owned()));
    }
    let clock = ManualClock::at_unix(Duration::from_millis(1_764_132_000_500));
    let ids = RandomIds::new(Arc::new(SeededRandom::new(1)));
    let function = LocalFunction::with_clock(settings, Arc::new(clock), Arc::new(ids)).unwrap();
    let mut invocation = event("tell", ());
    invocation.trace_id = Some("Root=1-5759e988-bd862e3fe1be46a994272793".to_owned());
    // {"custom": {}}
    invocation.client_context = Some("eyJjdXN0b20iOiB7fX0=".to_owned());
    let told = call(&function, invocation).await;
    for (name, expected) in [
        ("lambda-runtime-deadline-ms", "1764132030500"),
        (
            "lambda-runtime-trace-id",
            "Root=1-5759e988-bd862e3fe1be46a994272793",
        ),
        ("lambda-runtime-client-context", r#"{"custom":{}}"#),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:123456789012:function:f",
        ),
        ("content-type", "application/json"),
    ] {
        assert_eq!(told["headers"][name], expected, "{name}");
    }
    assert_eq!(told["headers"].get("lambda-runtime-cognito-identity"), None);
    for (name, expected) in [
        ("_HANDLER", "app.handler"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
        ("AWS_LAMBDA_FUNCTION_NAME", "f"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/f"),
        ("AWS_REGION", "us-east-1"),
        ("LAMBDA_TASK_ROOT", "/"),
        ("TABLE", "pets"),
        ("TZ", ":UTC"),
    ] {
        assert_eq!(told["variables"][name], expected, "{name}");
    }
    let stream = told["variables"]["AWS_LAMBDA_LOG_STREAM_NAME"]
        .as_str()
        .unwrap();
    assert!(stream.starts_with("2025/11/26/[$LATEST]"), "{stream}");
    assert!(told["variables"].get("PATH").is_some());
    assert_eq!(told["directory"], "/");
}

#[tokio::test]
async fn an_error_is_the_functions_own() {
    let function = function(settings());
    let said = failure(&function, event("fail", ())).await;
    assert_eq!(
        said,
        r#"{"errorType":"Oops","errorMessage":"it failed","count":1}"#
    );
    // Its process goes on.
    assert_eq!(call(&function, event("count", ())).await["count"], 2);
}

#[tokio::test]
async fn events_have_a_size() {
    let function = function(settings());
    for (size, invocation_type, is_taken) in [
        (6 * 1024 * 1024, InvocationType::RequestResponse, true),
        (6 * 1024 * 1024 + 1, InvocationType::RequestResponse, false),
        (1024 * 1024 + 1, InvocationType::Event, false),
        (6 * 1024 * 1024 + 1, InvocationType::DryRun, false),
    ] {
        let mut invocation = Invocation::new(vec![b' '; size], LONG);
        invocation.invocation_type = invocation_type;
        let outcome = function.invoke(invocation).await.map(|_| ());
        let expected = if is_taken {
            Ok(())
        } else {
            Err(InvokeFailure::PayloadTooLarge)
        };
        assert_eq!(outcome, expected, "{size}");
    }
}

#[tokio::test]
async fn answers_have_a_size() {
    let mut settings = settings();
    let (log, lines) = log();
    settings.log = log;
    let function = function(settings);
    let most = 6 * 1024 * 1024 + 100;
    let invoked = function.invoke(event("size", most)).await.unwrap();
    assert_eq!(bytes(invoked).await.len(), most);
    let (said, lines) = lines.next("size: ").await;
    assert_eq!(said, "Output size: 202 {\"status\":\"OK\"}");
    for more in [most + 1, 10 * most] {
        let said = failure(&function, event("size", more)).await;
        let message =
            "Response payload size exceeded maximum allowed payload size (6291556 bytes).";
        let expected =
            json!({"errorType": "Function.ResponseSizeTooLarge", "errorMessage": message});
        assert_eq!(said, expected.to_string());
    }
    let (said, _) = lines.next("size: 413").await;
    assert!(said.contains("RequestEntityTooLarge"), "{said}");
    assert_eq!(call(&function, event("count", ())).await["count"], 4);
}

#[tokio::test]
async fn errors_have_a_size() {
    let mut settings = settings();
    let (log, lines) = log();
    settings.log = log;
    let wordy = function(settings);
    let said = failure(&wordy, event("fail at length", ())).await;
    assert!(said.contains("Function.ResponseSizeTooLarge"), "{said}");
    lines.next("error: 413").await;

    let mut settings = beginning("large error");
    let (log, lines) = self::log();
    settings.log = log;
    let broken = function(settings);
    let said = failure(&broken, event("echo", ())).await;
    assert!(said.contains("Function.ResponseSizeTooLarge"), "{said}");
    lines.next("init: 413").await;
}

#[tokio::test]
async fn connections_have_a_number() {
    let told = call(&function(settings()), event("connect", ())).await;
    assert_eq!(told, json!([true, 200]));
}

/// Only root can be someone else.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn other_users_are_not_heard() {
    let can_be_other = std::process::Command::new("setpriv")
        .args(["--reuid", "65534", "--clear-groups", "true"])
        .status();
    if !can_be_other.is_ok_and(|status| status.success()) {
        println!("skipped: this user cannot be another");
        return;
    }
    let function = function(settings());
    for (user, heard) in [("0", "pong"), ("65534", "")] {
        let told = call(&function, event("let another user ask", user)).await;
        let told = told
            .as_str()
            .unwrap()
            .lines()
            .last()
            .unwrap_or_default()
            .to_owned();
        assert_eq!(told, heard, "user {user}");
    }
}

#[tokio::test]
async fn wrong_requests_are_refused() {
    let mut settings = settings();
    let (log, lines) = log();
    settings.log = log;
    let function = function(settings);
    let told = call(&function, event("probe", ())).await;
    let expected = [
        "runtime/invocation/00000000-0000-4000-8000-000000000000/response 400 InvalidRequestID",
        "runtime/invocation/00000000-0000-4000-8000-000000000000/error 400 InvalidRequestID",
        "runtime/invocation/nonsense/response 400 InvalidRequestID",
        "runtime/init/error 403 InvalidStateTransition",
        "runtime/invocation/next 405 MethodNotAllowed",
        "runtime/elsewhere 404 NotFound",
        "runtime/invocation/{id}/response 403 Forbidden",
        "ping 200 none",
        "runtime/invocation/next 403 InvalidStateTransition",
        "runtime/init/error 405 MethodNotAllowed",
    ];
    assert_eq!(told, json!(expected));
    let (said, lines) = lines.next("again: ").await;
    assert!(
        said.starts_with("Output again: 403") && said.contains("InvalidStateTransition"),
        "{said}"
    );

    let said = failure(&function, event("mode", ())).await;
    assert!(said.contains("Runtime.InvalidResponseModeHeader"), "{said}");
    let (said, _) = lines.next("mode: ").await;
    assert!(
        said.contains("400") && said.contains("InvalidFunctionResponseMode"),
        "{said}"
    );
}

#[tokio::test]
async fn what_functions_write_is_told() {
    let mut settings = settings();
    let (log, lines) = log();
    settings.log = log;
    let function = function(settings);
    let invoked = function.invoke(event("print", ())).await.unwrap();
    let id = invoked.request_id.unwrap();
    let (said, lines) = lines.next("of ").await;
    assert_eq!(said, format!("Output of {id}"));
    call(&function, event("print", ())).await;
    lines.next("Error to error").await;
}

#[tokio::test]
async fn a_dry_run_starts_nothing() {
    let mut settings = settings();
    settings.program = "/nowhere".into();
    let function = function(settings);
    let mut invocation = event("exit", 1);
    invocation.invocation_type = InvocationType::DryRun;
    let invoked = function.invoke(invocation).await.unwrap();
    assert_eq!((invoked.status, invoked.function_error), (204, None));
    assert_eq!(bytes(invoked).await, b"");
}

#[tokio::test]
async fn a_caller_with_no_time_is_told_so() {
    let function = function(settings());
    let no_time = Duration::from_millis(1);
    let mut invocation = event("hang", ());
    invocation.timeout = no_time;
    let refused = refusal(&function, invocation).await;
    assert_eq!(refused, InvokeFailure::TimedOut(no_time));
}
