//! What a simulation found, as people and programs read it.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tollgate::throttle::{CallerReport, ReportedCaller, SimulationReport};

use crate::printable::printable_start;

/// Callers that people are shown, those with the most refusals first.
const MOST_SHOWN: usize = 20;
/// Characters of a caller's name that are shown.
const MOST_NAME: usize = 100;
const ANY_TEXT: &str = "a string takes any text";

/// What is to be said besides the report.
#[derive(Debug, Default)]
pub(super) struct Said {
    between: Option<(Duration, Duration)>,
    unread: u64,
    first_unread: Option<(u64, &'static str)>,
}

impl Said {
    /// A request was made then.
    pub(super) fn note(&mut self, at: Duration) {
        let (first, last) = self.between.unwrap_or((at, at));
        self.between = Some((first.min(at), last.max(at)));
    }

    /// A line says nothing of a request.
    pub(super) fn unread(&mut self, line: u64, reason: &'static str) {
        self.unread += 1;
        self.first_unread.get_or_insert((line, reason));
    }

    /// Whether all lines say something.
    pub(super) const fn is_whole(&self) -> bool {
        self.unread == 0
    }

    pub(super) fn text(&self, report: &SimulationReport) -> String {
        let total = &report.total;
        let requests = total.admitted + total.refused();
        let mut said = plural(requests, "request", "requests");
        if let Some((first, last)) = self.between {
            write!(said, " from {} to {}", time(first), time(last)).expect(ANY_TEXT);
        }
        writeln!(said, ": {}", counts(total)).expect(ANY_TEXT);
        let mut refused: Vec<_> = report
            .callers
            .iter()
            .filter(|(_, of)| of.refused() > 0)
            .collect();
        refused.sort_by_key(|(_, of)| std::cmp::Reverse(of.refused()));
        for (caller, of) in refused.iter().take(MOST_SHOWN) {
            let caller = caller.to_string();
            let caller = printable_start(&caller, MOST_NAME);
            writeln!(said, "  {caller}: {}", counts(of)).expect(ANY_TEXT);
        }
        let more = refused.len().saturating_sub(MOST_SHOWN);
        if more > 0 {
            writeln!(said, "  and {more} more callers, which --format json shows").expect(ANY_TEXT);
        }
        if report.others.refused() > 0 {
            let others = counts(&report.others);
            writeln!(said, "  callers beyond the list: {others}").expect(ANY_TEXT);
        }
        if let Some((line, reason)) = self.first_unread {
            let lines = plural(self.unread, "line is", "lines are");
            writeln!(said, "{lines} left out, the first is line {line}: {reason}").expect(ANY_TEXT);
        }
        said
    }

    pub(super) fn json(&self, report: &SimulationReport) -> String {
        let callers: Vec<_> = report
            .callers
            .iter()
            .map(|(caller, of)| {
                let (kind, name) = match caller {
                    ReportedCaller::Key(id) => ("key", id),
                    ReportedCaller::Client(client) => ("client", client),
                };
                let mut counts = object(of);
                counts[kind] = json!(name);
                counts
            })
            .collect();
        let first = self.first_unread;
        let document = json!({
            "from": self.between.map(|(first, _)| time(first)),
            "to": self.between.map(|(_, last)| time(last)),
            "total": object(&report.total),
            "callers": callers,
            "others": object(&report.others),
            "lines_left_out": self.unread,
            "first_line_left_out": first.map(|(line, _)| line),
            "first_reason": first.map(|(_, reason)| reason),
        });
        format!("{document:#}\n")
    }
}

fn plural(count: u64, one: &str, many: &str) -> String {
    let what = if count == 1 { one } else { many };
    format!("{count} {what}")
}

/// `3 admitted, 2 refused (plan 2) from … to …`
fn counts(of: &CallerReport) -> String {
    let mut said = format!("{} admitted, {} refused", of.admitted, of.refused());
    let mut reasons: Vec<_> = of
        .limited
        .iter()
        .map(|(scope, count)| format!("{scope} {count}"))
        .collect();
    if of.without_plan > 0 {
        reasons.push(format!("no_plan {}", of.without_plan));
    }
    if let Some((first, last)) = of.refused_between {
        let (first, last) = (time(first), time(last));
        let reasons = reasons.join(", ");
        write!(said, " ({reasons}) from {first} to {last}").expect(ANY_TEXT);
    }
    said
}

fn object(of: &CallerReport) -> Value {
    let limited = of.limited.iter();
    let mut refused: serde_json::Map<_, _> = limited
        .map(|(scope, count)| (scope.to_string(), json!(count)))
        .collect();
    if of.without_plan > 0 {
        refused.insert("no_plan".to_owned(), json!(of.without_plan));
    }
    json!({
        "admitted": of.admitted,
        "refused": refused,
        "first_refused": of.refused_between.map(|(first, _)| time(first)),
        "last_refused": of.refused_between.map(|(_, last)| time(last)),
    })
}

/// A time in UTC; one that no calendar has is left as its milliseconds.
fn time(at: Duration) -> String {
    let millis = i64::try_from(at.as_millis()).ok();
    let time = millis.and_then(|millis| Timestamp::from_millisecond(millis).ok());
    time.map_or_else(|| at.as_millis().to_string(), |time| time.to_string())
}
