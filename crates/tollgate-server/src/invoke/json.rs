//! A trace for programs.

use serde_json::{Value, json};
use tollgate::core::StageName;
use tollgate::gateway::{Secrets, TraceEvent, TraceStep};

use crate::printable::printable_json;

/// The steps of a trace, and what came of them.
pub(crate) fn json(steps: &[TraceStep], stage: &StageName, secrets: &Secrets) -> String {
    let request_id = steps.iter().find_map(|step| match &step.event {
        TraceEvent::Received { request_id, .. } => Some(request_id.to_string()),
        _ => None,
    });
    let status = steps.iter().find_map(|step| match step.event {
        TraceEvent::Completed { status, .. } => Some(status.as_u16()),
        _ => None,
    });
    let shown: Vec<Value> = steps.iter().map(|step| step.to_json(secrets)).collect();
    let trace = json!({
        "stage": stage.as_str(),
        "request_id": request_id,
        "status": status,
        "is_refused": super::is_refused(steps),
        "steps": shown,
    });
    printable_json(&format!("{trace:#}"))
}
