//! What is answered in place of a function that did not answer.
//!
//! The types are those of Lambda's telemetry and of the answers that users of the service quote;
//! so are the messages, each behind `RequestId: … Error: `.

use std::process::ExitStatus;
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use tollgate_core::{Body, RequestId};

use super::event::LARGEST_ANSWER;
use crate::lambda::{FunctionError, Invoked};

/// Why a function has not answered.
#[derive(Debug)]
pub(super) enum Failure {
    /// Its time, so much of it, is over.
    TimedOut(Duration),
    /// Its process has ended.
    Exited(ExitStatus),
    /// Its process could not be started.
    NotStarted(String),
    /// Its answer has too many bytes.
    AnswerTooLarge,
    /// It asked for a mode of answering that there is none of.
    InvalidResponseMode,
}

impl Failure {
    pub(super) fn error_type(&self) -> &'static str {
        match self {
            Self::TimedOut(_) => "Sandbox.Timedout",
            Self::Exited(_) => "Runtime.ExitError",
            Self::NotStarted(_) => "Runtime.InvalidEntrypoint",
            Self::AnswerTooLarge => "Function.ResponseSizeTooLarge",
            Self::InvalidResponseMode => "Runtime.InvalidResponseModeHeader",
        }
    }

    pub(super) fn message(&self, id: RequestId) -> String {
        let reason = match self {
            Self::TimedOut(time) => {
                format!("Task timed out after {:.2} seconds", time.as_secs_f64())
            }
            Self::Exited(status) if status.success() => {
                "Runtime exited without providing a reason".to_owned()
            }
            Self::Exited(status) => format!("Runtime exited with error: {}", cause(*status)),
            Self::NotStarted(reason) => reason.clone(),
            Self::AnswerTooLarge => {
                // The only one that names no request, on the service.
                return format!(
                    "Response payload size exceeded maximum allowed payload size ({LARGEST_ANSWER} bytes)."
                );
            }
            Self::InvalidResponseMode => "Invalid function response mode".to_owned(),
        };
        format!("RequestId: {id} Error: {reason}")
    }

    pub(super) fn to_invoked(&self, id: RequestId) -> Invoked {
        let payload = json!({"errorType": self.error_type(), "errorMessage": self.message(id)});
        failed(payload.to_string().into(), id)
    }
}

/// The answer of a function that failed with these words.
pub(super) fn failed(payload: Bytes, id: RequestId) -> Invoked {
    Invoked {
        status: 200,
        function_error: Some(FunctionError::Unhandled),
        payload: Body::from(payload),
        request_id: Some(id.to_string()),
    }
}

/// How Go's `os/exec` says it, on which Lambda is built: `exit status 1`, `signal: killed`.
#[cfg(unix)]
fn cause(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;

    let Some(signal) = status.signal() else {
        return format!("exit status {}", status.code().unwrap_or_default());
    };
    let name = match signal {
        1 => "hangup",
        2 => "interrupt",
        3 => "quit",
        4 => "illegal instruction",
        5 => "trace/breakpoint trap",
        6 => "aborted",
        7 => "bus error",
        8 => "floating point exception",
        9 => "killed",
        11 => "segmentation fault",
        13 => "broken pipe",
        14 => "alarm clock",
        15 => "terminated",
        _ => return format!("signal: {signal}"),
    };
    let dumped = if status.core_dumped() {
        " (core dumped)"
    } else {
        ""
    };
    format!("signal: {name}{dumped}")
}

#[cfg(not(unix))]
fn cause(status: ExitStatus) -> String {
    format!("exit status {}", status.code().unwrap_or_default())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    #[test]
    fn failures_are_told_as_lambda_does() {
        let exited = |raw| Failure::Exited(ExitStatus::from_raw(raw));
        let id = "RequestId: 00000000-0000-0000-0000-000000000007 Error:";
        for (failure, error_type, message) in [
            (
                Failure::TimedOut(Duration::from_secs(3)),
                "Sandbox.Timedout",
                format!("{id} Task timed out after 3.00 seconds"),
            ),
            (
                exited(0),
                "Runtime.ExitError",
                format!("{id} Runtime exited without providing a reason"),
            ),
            (
                exited(1 << 8),
                "Runtime.ExitError",
                format!("{id} Runtime exited with error: exit status 1"),
            ),
            (
                exited(9),
                "Runtime.ExitError",
                format!("{id} Runtime exited with error: signal: killed"),
            ),
            (
                exited(64),
                "Runtime.ExitError",
                format!("{id} Runtime exited with error: signal: 64"),
            ),
            (
                Failure::AnswerTooLarge,
                "Function.ResponseSizeTooLarge",
                "Response payload size exceeded maximum allowed payload size (6291556 bytes)."
                    .to_owned(),
            ),
        ] {
            let invoked = failure.to_invoked(RequestId::from_u128(7));
            assert_eq!(invoked.function_error, Some(FunctionError::Unhandled));
            let payload = invoked.payload.try_into_bytes().unwrap();
            let expected = json!({"errorType": error_type, "errorMessage": message});
            assert_eq!(payload, expected.to_string());
        }
    }
}
