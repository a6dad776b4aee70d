//! One line for each request, for a person at a terminal.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use jiff::Timestamp;
use tollgate::core::{Context, Event, Observer, Rejection};

/// Writes a line to standard error when a request is answered.
///
/// The query string is left out: it may hold secrets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestLog;

impl Observer for RequestLog {
    fn observe(&self, context: &Context, event: &Event<'_>) {
        let Event::Completed {
            status,
            latency,
            rejection,
            ..
        } = event
        else {
            return;
        };
        let line = line(context, status.as_u16(), latency.as_micros(), *rejection);
        // If nobody can read the log any more, requests are served all the same.
        drop(io::stderr().lock().write_all(line.as_bytes()));
    }
}

fn line(context: &Context, status: u16, micros: u128, rejection: Option<&Rejection>) -> String {
    let seconds = i64::try_from(context.received_at.unix.as_secs()).unwrap_or(i64::MAX);
    let time = Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
    let mut line = format!(
        "{} {} {} {status} {}.{:03} ms {}",
        time.strftime("%H:%M:%S"),
        context.request.method,
        context.path(),
        micros / 1000,
        micros % 1000,
        context.request_id,
    );
    if let Some(rejection) = rejection {
        let name = rejection
            .response_type()
            .map_or("FRONT_DOOR", |one| one.as_str());
        write!(line, " {name}").expect("a string takes any text");
        if let Some(reason) = rejection.reason() {
            // A reason may quote the client, whose line breaks must not look like lines of ours.
            write!(line, ": {}", reason.escape_debug()).expect("a string takes any text");
        }
    }
    line.push('\n');
    line
}
