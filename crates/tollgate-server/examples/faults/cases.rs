//! What is asked of the gateway, and what the reference says that it answers.
//!
//! Sections 8.8, 10.2, 11.1, 12.1 and 16 of the data plane's reference, as `docs/compatibility.md` has
//! them for what these leave open.

/// A request, and its answer.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) path: &'static str,
    /// How often it comes, beside others.
    pub(crate) weight: u32,
    pub(crate) expected: Expected,
}

/// An answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Expected {
    /// This status and this body.
    Whole(u16, &'static str),
    /// The same after the integration's time, [`TIMEOUT_MILLIS`].
    Late(u16, &'static str),
    /// What was passed on already breaks off. Where the endpoint's reset overtakes its head, nothing was,
    /// and the answer is [`FAILURE`].
    BrokenOff,
    /// The same after the integration's time. Where the head needs all of it, as on a busy machine, the
    /// answer is [`TIMEOUT`].
    BrokenOffLate,
}

use Expected::{BrokenOff, BrokenOffLate, Late, Whole};

/// The time of integrations below `/hasty`.
pub(crate) const TIMEOUT_MILLIS: u32 = 250;
/// The time of functions that are to need more.
pub(crate) const FUNCTION_MILLIS: u64 = 200;

/// 504, INTEGRATION_FAILURE.
pub(crate) const FAILURE: Expected = Whole(
    504,
    r#"{"message": "Network error communicating with endpoint"}"#,
);
/// 504, INTEGRATION_TIMEOUT.
pub(crate) const TIMEOUT: Expected = Late(504, r#"{"message": "Endpoint request timed out"}"#);
/// A function that fails behind a proxy integration, or answers with something else than a response.
const FAILED: Expected = Whole(502, r#"{"message": "Internal server error"}"#);
/// An answer over the limit.
const TOO_LONG: Expected = Whole(500, r#"{"message": "Internal server error"}"#);
/// An answer that a template has made.
const MAPPED: Expected = Whole(200, "got well");
/// An answer as it is.
const PASSED: Expected = Whole(200, "well");

const fn case(path: &'static str, weight: u32, expected: Expected) -> Case {
    Case {
        path,
        weight,
        expected,
    }
}

pub(crate) const CASES: &[Case] = &[
    // HTTP: the answer is read whole, so that half of it is none.
    case("/http/good", 30, MAPPED),
    case("/http/slow", 10, MAPPED),
    case("/refused/http", 10, FAILURE),
    case("/http/close", 10, FAILURE),
    case("/http/reset-head", 10, FAILURE),
    case("/http/reset-body", 10, FAILURE),
    case("/http/close-body", 10, FAILURE),
    case("/http/close-chunks", 10, FAILURE),
    case("/http/no-http", 10, FAILURE),
    case("/http/no-length", 10, FAILURE),
    case("/http/long-head", 5, FAILURE),
    case("/http/long-body", 1, TOO_LONG),
    case("/http/long-chunks", 1, TOO_LONG),
    case("/hasty/http/stall", 6, TIMEOUT),
    case("/hasty/http/stall-head", 6, TIMEOUT),
    case("/hasty/http/stall-body", 6, TIMEOUT),
    // HTTP_PROXY: it is passed on as it comes.
    case("/proxy/good", 30, PASSED),
    case("/proxy/slow", 10, PASSED),
    case("/refused/proxy", 10, FAILURE),
    case("/proxy/close", 10, FAILURE),
    case("/proxy/reset-head", 10, FAILURE),
    case("/proxy/reset-body", 10, BrokenOff),
    case("/proxy/close-body", 10, BrokenOff),
    case("/proxy/close-chunks", 10, BrokenOff),
    case("/proxy/no-http", 10, FAILURE),
    case("/proxy/no-length", 10, FAILURE),
    case("/proxy/long-head", 5, FAILURE),
    case("/proxy/long-body", 1, TOO_LONG),
    case("/proxy/long-chunks", 1, BrokenOff),
    case("/hasty/proxy/stall", 6, TIMEOUT),
    case("/hasty/proxy/stall-head", 6, TIMEOUT),
    case("/hasty/proxy/stall-body", 6, BrokenOffLate),
    // AWS services, signed.
    case("/service/good", 30, MAPPED),
    case("/service/slow", 10, MAPPED),
    case("/refused/service", 10, FAILURE),
    case("/service/close", 10, FAILURE),
    case("/service/reset-head", 10, FAILURE),
    case("/service/reset-body", 10, FAILURE),
    case("/service/close-body", 10, FAILURE),
    case("/service/close-chunks", 10, FAILURE),
    case("/service/no-http", 10, FAILURE),
    case("/service/no-length", 10, FAILURE),
    case("/service/long-head", 5, FAILURE),
    case("/service/long-body", 1, TOO_LONG),
    case("/hasty/service/stall", 6, TIMEOUT),
    case("/hasty/service/stall-body", 6, TIMEOUT),
    // Functions in processes of their own.
    case("/local/proxy/good", 30, PASSED),
    case("/local/proxy/crash", 5, FAILED),
    case("/local/proxy/exit", 5, FAILED),
    case("/local/proxy/half", 5, FAILED),
    case("/local/proxy/malformed", 10, FAILED),
    case("/local/proxy/error", 10, FAILED),
    case("/local/proxy/long", 1, FAILED),
    case("/late/proxy/hang", 3, FAILED),
    case("/hasty/local/proxy/hang", 3, TIMEOUT),
    case("/local/custom/good", 30, Whole(200, "\"well\"")),
    case("/local/custom/crash", 5, Whole(409, "crashed")),
    case("/local/custom/exit", 5, Whole(418, "exited")),
    case("/local/custom/half", 5, Whole(410, "half")),
    case("/local/custom/malformed", 10, Whole(200, "no JSON{")),
    case("/local/custom/error", 10, Whole(400, "failed")),
    case("/local/custom/long", 1, Whole(413, "too long")),
    case("/late/custom/hang", 3, Whole(408, "late")),
    case("/hasty/local/custom/hang", 3, TIMEOUT),
    // Functions in this process.
    case("/here/proxy/good", 30, PASSED),
    case("/here/proxy/malformed", 10, FAILED),
    case("/here/proxy/error", 10, FAILED),
    case("/here/proxy/long", 1, FAILED),
    case("/hasty/here/proxy/hang", 6, TIMEOUT),
    case("/here/custom/good", 30, Whole(200, "\"well\"")),
    case("/here/custom/malformed", 10, Whole(200, "7")),
    case("/here/custom/error", 10, Whole(400, "failed")),
    case("/here/custom/long", 1, Whole(413, "too long")),
    case("/hasty/here/custom/hang", 6, TIMEOUT),
];

impl Expected {
    /// Whether it comes after the integration's time.
    pub(crate) const fn is_late(self) -> bool {
        matches!(self, Late(..) | BrokenOffLate)
    }
}
