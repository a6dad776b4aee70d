//! Counts of quotas that outlast the server.

use std::sync::Arc;
use std::time::Duration;

use tollgate::gateway::Limits;
use tollgate::throttle::{BoxError, UsageJournal};

use crate::console::Console;

/// How many seconds of counts a server that is killed loses at most.
const RECORD_EVERY: Duration = Duration::from_secs(5);

/// Counts of this process, and where they are kept.
#[derive(Clone)]
pub(crate) struct Usage {
    journal: Arc<dyn UsageJournal>,
    limits: Arc<Limits>,
}

impl Usage {
    /// Goes on from what was counted before. It blocks.
    pub(crate) fn restored(
        journal: Arc<dyn UsageJournal>,
        limits: Arc<Limits>,
    ) -> Result<Self, BoxError> {
        limits.usage_plans().restore(&journal.load()?);
        Ok(Self { journal, limits })
    }

    /// Records counts every few seconds.
    pub(crate) async fn run(self, console: Console) {
        let mut is_failing = false;
        loop {
            tokio::time::sleep(RECORD_EVERY).await;
            let outcome = self.record().await;
            // Said once, and not every few seconds.
            match &outcome {
                Err(error) if !is_failing => {
                    console.say(format!("counts of quotas are not kept: {error}"));
                }
                Ok(()) if is_failing => console.say("counts of quotas are kept again".to_owned()),
                _ => {}
            }
            is_failing = outcome.is_err();
        }
    }

    /// Records what was counted until now.
    pub(crate) async fn record(&self) -> Result<(), BoxError> {
        let usage = self.clone();
        let record = move || usage.journal.record(&usage.limits.usage_plans().records());
        tokio::task::spawn_blocking(record).await?
    }
}
