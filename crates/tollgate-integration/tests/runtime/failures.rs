//! Functions that do not answer.

use std::time::Duration;

use tollgate_integration::lambda::FunctionSettings;

use super::support::{beginning, call, event, failure, function, settings};

fn told(error_type: &str, reason: &str) -> String {
    format!(r#"{{"errorType":"{error_type}","errorMessage":"RequestId: {{id}} Error: {reason}"}}"#)
}

#[tokio::test]
async fn a_process_that_ends_is_an_error_and_replaced() {
    let function = function(settings());
    let error = |reason| told("Runtime.ExitError", reason);
    for (event, expected) in [
        (
            event("exit", 1),
            error("Runtime exited with error: exit status 1"),
        ),
        (
            event("exit", 0),
            error("Runtime exited without providing a reason"),
        ),
        (
            event("kill", ()),
            error("Runtime exited with error: signal: killed"),
        ),
    ] {
        assert_eq!(failure(&function, event).await, expected);
        assert_eq!(call(&function, self::event("count", ())).await["count"], 1);
    }
}

#[tokio::test]
async fn a_function_has_its_time() {
    let mut settings = settings();
    settings.timeout = Duration::from_millis(250);
    let function = function(settings);
    let said = failure(&function, event("hang", ())).await;
    assert_eq!(
        said,
        told("Sandbox.Timedout", "Task timed out after 0.25 seconds")
    );
    assert_eq!(call(&function, event("count", ())).await["count"], 1);
}

#[tokio::test]
async fn a_process_that_ends_between_two_events_is_no_error() {
    let function = function(settings());
    for _ in 0..5 {
        call(&function, event("answer and exit", ())).await;
        assert_eq!(call(&function, event("count", ())).await["count"], 1);
    }
}

#[tokio::test]
async fn a_function_that_cannot_begin_says_so_each_time() {
    let mut hanging = beginning("hang");
    hanging.init_timeout = Duration::from_millis(100);
    let mut missing = FunctionSettings::new("f", "./nowhere/to/be/found");
    missing.working_directory = Some("/".into());
    let mut nowhere = settings();
    nowhere.working_directory = Some("/nowhere".into());
    for (settings, expected) in [
        (
            beginning("error"),
            r#"{"errorType":"Init.Broken","errorMessage":"no luck"}"#.to_owned(),
        ),
        (
            beginning("exit"),
            told(
                "Runtime.ExitError",
                "Runtime exited with error: exit status 3",
            ),
        ),
        (
            hanging,
            told("Sandbox.Timedout", "Task timed out after 0.10 seconds"),
        ),
        (
            missing,
            told(
                "Runtime.InvalidEntrypoint",
                "cannot start ./nowhere/to/be/found: No such file or directory (os error 2)",
            ),
        ),
    ] {
        let function = function(settings);
        for _ in 0..2 {
            assert_eq!(failure(&function, event("echo", ())).await, expected);
        }
    }
    let said = failure(&function(nowhere), event("echo", ())).await;
    assert!(said.contains("Runtime.InvalidEntrypoint"), "{said}");
}
