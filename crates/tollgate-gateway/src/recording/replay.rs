//! A recorded request, once more.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use tollgate_core::{Diagnostics, Moment};

use super::compare::{Comparison, Difference};
use super::hide::Hide as _;
use super::record::{FixedIds, PlayedClock, Recorder};
use super::{RecordedResponse, Recording};
use crate::{Plan, Secrets};

/// What came of a replay.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replay {
    /// Steps of the replay.
    pub steps: usize,
    /// Endpoints that the replay would have called.
    pub calls: usize,
    /// The status of its response.
    pub status: u16,
    /// Bytes of its response's body.
    pub length: usize,
    /// The first difference of each part: the requests to endpoints, the steps, and the response.
    /// Times are not compared.
    pub differences: Vec<Difference>,
    /// Where the recording hides a secret, so that only the rest of the value could be compared.
    pub hidden: Vec<String>,
    /// The secrets of the exchange, for who shows the differences.
    pub secrets: Secrets,
}

impl Replay {
    /// Whether all that was compared is equal.
    #[must_use]
    pub const fn is_equal(&self) -> bool {
        self.differences.is_empty()
    }
}

impl Recording {
    /// Runs the recorded request along the plan of the recorded document, and compares.
    ///
    /// Time and ids are those of the recording, and endpoints answer what they have answered: nothing
    /// is called.
    ///
    /// # Errors
    ///
    /// [`Diagnostics`] where the document has no plan.
    pub async fn replay(&self) -> Result<Replay, Diagnostics> {
        Ok(self.replay_on(self.subject.compile()?).await)
    }

    /// The same along another plan, to see whether it answers as the recorded one did.
    pub async fn replay_on(&self, plan: impl Into<Arc<Plan>>) -> Replay {
        let readings = self.readings_nanos.iter().map(|nanos| {
            let monotonic = Duration::from_nanos(*nanos);
            Moment::new(monotonic, self.arrived_at.saturating_add(monotonic))
        });
        let recorded = Recorder::new(plan)
            .with_clock(Arc::new(PlayedClock::new(readings.collect())))
            .with_ids(Arc::new(FixedIds(self.ids)))
            .playing(self.calls.clone(), self.caller.clone())
            .record(self.request.clone())
            .await;
        // What is hidden in the recording is hidden in the same way here.
        let found = Secrets::of(&recorded.steps);
        let secrets = if self.hides_secrets {
            found.clone()
        } else {
            Secrets::shown()
        };
        let steps = recorded.steps.iter().map(|step| step.to_json(&secrets));
        let response = RecordedResponse::of(&recorded.response);
        let (status, length) = (response.status, response.body.len());
        let mut comparison = Comparison::default();
        let requests = |calls: &[super::RecordedCall]| {
            Value::Array(calls.iter().map(|call| json(&call.request)).collect())
        };
        let calls: Result<Vec<_>, _> = recorded
            .calls
            .iter()
            .map(|call| call.hide(&secrets))
            .collect();
        // What cannot be hidden is compared as it is.
        let calls = calls.unwrap_or_else(|_| recorded.calls.clone());
        let response = response.hide(&secrets).unwrap_or(response);
        let sent = (requests(&self.calls), requests(&calls));
        comparison.part("calls", &sent.0, &sent.1);
        let steps = Value::Array(steps.collect());
        comparison.part("steps", &Value::Array(self.steps.clone()), &steps);
        comparison.part("response", &json(&self.response), &json(&response));
        Replay {
            steps: recorded.steps.len(),
            calls: calls.len(),
            status,
            length,
            differences: comparison.differences,
            hidden: comparison.hidden,
            secrets: found,
        }
    }
}

/// Messages are names, numbers and texts.
fn json(message: &impl Serialize) -> Value {
    serde_json::to_value(message).expect("a message is JSON")
}
