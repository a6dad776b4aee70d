//! One line for each request, for a person at a terminal.

use std::fmt::Write as _;

use jiff::Timestamp;
use tollgate::control::CallRecord;
use tollgate::core::{Context, Event, Observer, Rejection};

use crate::console::Console;

/// Says a line when a request is answered.
///
/// The query string is left out: it may hold secrets.
#[derive(Clone, Debug)]
pub(crate) struct RequestLog(pub(crate) Console);

impl RequestLog {
    /// Says a line for a request that no gateway sees.
    pub(crate) fn refused(&self, what: &str, status: u16, reason: &str) {
        let time = Timestamp::now().strftime("%H:%M:%S");
        let line = format!(
            "{time} {} {status} FRONT_DOOR: {}",
            shown(what),
            shown(reason)
        );
        self.0.say(line);
    }
}

impl RequestLog {
    /// Says a line for a call of the control plane: who asked for what, and what came of it.
    pub(crate) fn called(&self, what: &str, status: u16, call: &CallRecord) {
        let time = Timestamp::now().strftime("%H:%M:%S");
        let operation = call.operation.unwrap_or("CONTROL");
        let key = call.access_key_id.as_deref().unwrap_or("-");
        let home = call.home.as_ref();
        let home = home.map(|home| format!("{}/{}", home.account_id, home.region));
        let home = home.unwrap_or_else(|| "-".to_owned());
        let line = format!(
            "{time} {} {status} {operation} by {} of {home}",
            shown(what),
            shown(key)
        );
        self.0.say(line);
    }
}

impl Observer for RequestLog {
    fn observe(&self, context: &Context, event: &Event<'_>) {
        match event {
            Event::ShadowRefusal { limit, reason } => {
                self.0.say(shadow_line(context, limit, reason));
            }
            Event::Completed {
                status,
                latency,
                rejection,
                ..
            } => {
                let micros = latency.as_micros();
                self.0
                    .say(line(context, status.as_u16(), micros, *rejection));
            }
            _ => {}
        }
    }
}

/// When and what was asked for.
fn asked(context: &Context) -> String {
    let seconds = i64::try_from(context.received_at.unix_seconds()).unwrap_or(i64::MAX);
    let time = Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
    format!(
        "{} {} {}",
        time.strftime("%H:%M:%S"),
        context.request.method,
        shown(context.path()),
    )
}

/// The line of a limit that is only observed.
fn shadow_line(context: &Context, limit: &str, reason: &str) -> String {
    format!(
        "{} {} SHADOW {limit}: {}",
        asked(context),
        context.request_id,
        shown(reason)
    )
}

fn line(context: &Context, status: u16, micros: u128, rejection: Option<&Rejection>) -> String {
    let mut line = format!(
        "{} {status} {}.{:03} ms {}",
        asked(context),
        micros / 1000,
        micros % 1000,
        context.request_id,
    );
    if context.limits_degraded == Some(true) {
        line.push_str(" DEGRADED");
    }
    if let Some(rejection) = rejection {
        let name = rejection
            .response_type()
            .map_or("FRONT_DOOR", |one| one.as_str());
        write!(line, " {name}").expect("a string takes any text");
        if let Some(reason) = rejection.reason() {
            write!(line, ": {}", shown(reason)).expect("a string takes any text");
        }
    }
    line
}

/// What a client had a hand in, without control characters that would act on a terminal or look
/// like a line of ours, and not too long.
fn shown(text: &str) -> String {
    const LONGEST: usize = 1000;
    let mut shown: String = text
        .chars()
        .take(LONGEST)
        .flat_map(char::escape_debug)
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clients_send_cannot_act_on_a_terminal() {
        assert_eq!(shown("/pets/7"), "/pets/7");
        assert_eq!(shown("/a\u{9b}31m\u{2028}x\n"), r"/a\u{9b}31m\u{2028}x\n");
        assert_eq!(shown(&"a".repeat(2000)).chars().count(), 1001);
    }
}
