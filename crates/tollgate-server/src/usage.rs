//! Counts of quotas that outlast the server.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tollgate::gateway::Limits;
use tollgate::store::StoreError;
use tollgate::throttle::{BoxError, UsageJournal};

use crate::console::Console;

/// How many seconds of counts a server that is killed loses at most.
const RECORD_EVERY: Duration = Duration::from_secs(5);

/// Counts of this process, and where they are kept.
#[derive(Clone)]
pub(crate) struct Usage {
    journal: Arc<dyn UsageJournal>,
    limits: Arc<Limits>,
    /// Whether they go on from what was recorded before. Nothing is recorded until then: it would take
    /// the place of what is there. One records at a time, so that what is older does not come last.
    is_restored: Arc<Mutex<bool>>,
}

impl Usage {
    /// Counts that begin at nothing until they are [restored](Self::restore).
    pub(crate) fn new(journal: Arc<dyn UsageJournal>, limits: Arc<Limits>) -> Self {
        Self {
            journal,
            limits,
            is_restored: Arc::default(),
        }
    }

    /// Goes on from what was recorded before, at once or as soon as it can be read. It blocks.
    ///
    /// # Errors
    ///
    /// Where it can never be read. Where a database is away, that is said.
    pub(crate) fn restore(&self, console: &Console) -> Result<(), BoxError> {
        let Err(error) = self.restore_into(&mut self.lock()) else {
            return Ok(());
        };
        let store = error.downcast_ref::<StoreError>();
        if store.is_some_and(|error| !matches!(error, StoreError::Unavailable(_))) {
            return Err(error);
        }
        console.say(format!(
            "what was counted of quotas before is missing until it can be read: {error}"
        ));
        Ok(())
    }

    fn restore_into(&self, is_restored: &mut bool) -> Result<(), BoxError> {
        if !*is_restored {
            let records = self.journal.load()?;
            self.limits.usage_plans().restore(&records);
            *is_restored = true;
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        let lock = self.is_restored.lock();
        lock.unwrap_or_else(PoisonError::into_inner)
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
        let record = move || {
            let mut is_restored = usage.lock();
            usage.restore_into(&mut is_restored)?;
            usage.journal.record(&usage.limits.usage_plans().records())
        };
        tokio::task::spawn_blocking(record).await?
    }
}

#[cfg(test)]
mod tests {
    use tollgate::core::{Clock as _, SystemClock, SystemRandom};
    use tollgate::throttle::{
        ApiKey, Day, DayCount, PlanStage, UsagePlan, UsagePlans, UsageRecord,
    };

    use super::*;

    const VALUE: &str = "let-me-in-let-me-in-let-me";

    /// A journal whose server is away or there.
    #[derive(Default)]
    struct Away(Mutex<(bool, Vec<UsageRecord>)>);

    impl Away {
        fn there(&self) -> Result<MutexGuard<'_, (bool, Vec<UsageRecord>)>, BoxError> {
            let place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if place.0 {
                return Ok(place);
            }
            Err(StoreError::Unavailable("nobody answers".into()).into())
        }
    }

    impl UsageJournal for Away {
        fn load(&self) -> Result<Vec<UsageRecord>, BoxError> {
            Ok(self.there()?.1.clone())
        }

        fn record(&self, records: &[UsageRecord]) -> Result<(), BoxError> {
            self.there()?.1 = records.to_vec();
            Ok(())
        }
    }

    #[tokio::test]
    async fn counts_are_added_to_those_of_before_once_they_can_be_read() {
        let now = SystemClock::new().now();
        let mut plan = UsagePlan::new("gold");
        plan.stages.push(PlanStage::new("api", "prod"));
        plan.keys.push("key".into());
        let key = ApiKey::new("key", VALUE).expect("it is long enough");
        let plans = UsagePlans::new(&SystemRandom).updated(&[plan], &[key], now);
        let limits = Arc::new(Limits::new());
        limits.set_usage_plans(plans.expect("they are right"));
        let today = Day::of(now);
        let journal = Arc::new(Away::default());
        let before = UsageRecord::new("gold", "key", vec![DayCount::new(today, 5, 5, 0)]);
        let lock = || journal.0.lock().unwrap_or_else(PoisonError::into_inner);
        lock().1 = vec![before];
        let usage = Usage::new(journal.clone(), limits.clone());
        let (console, writer) = Console::start().expect("there are threads");
        usage.restore(&console).expect("it may come later");
        let plans = limits.usage_plans();
        let stage = plans.stage("api", "prod").expect("it is open");
        let admission = stage.admit(Some(VALUE)).expect("it is the key");
        let taken =
            tollgate::throttle::take_all(admission.limits("/GET"), now, &SystemClock::new());
        assert!(taken.is_ok());
        assert!(usage.record().await.is_err());
        lock().0 = true;
        for _ in 0..2 {
            usage.record().await.expect("the journal is there");
            let counted: u64 = lock().1[0].days.iter().map(|day| day.used).sum();
            assert_eq!(counted, 6);
        }
        drop((console, usage));
        writer.finish();
    }
}
