//! Counts of quotas.

use tollgate_core::{ManualClock, Moment, SeededRandom};
use tollgate_store::RedbStore;
use tollgate_throttle::{
    ApiKey, PlanStage, UsageJournal, UsagePlan, UsagePlans, UsageRecord, take_all,
};

use crate::support::Folder;

/// The record of so many requests.
fn counted(requests: usize) -> (UsagePlans, Vec<UsageRecord>) {
    let key = ApiKey::new("key", "a-value-of-twenty-bytes").expect("it is long enough");
    let mut plan = UsagePlan::new("plan");
    plan.stages.push(PlanStage::new("api", "stage"));
    plan.keys.push("key".into());
    let now = Moment::default();
    let plans = UsagePlans::new(&SeededRandom::new(1));
    let plans = plans.updated(&[plan], &[key], now).expect("it is right");
    let clock = ManualClock::at_unix(now.unix());
    for _ in 0..requests {
        let stage = plans.stage("api", "stage").expect("it is open");
        let admitted = stage.admit(Some("a-value-of-twenty-bytes"));
        let limits = admitted.expect("it has the key").limits("/GET");
        take_all(limits, now, &clock).expect("there is no limit");
    }
    let records = plans.records();
    (plans, records)
}

fn keeps_counts(journal: &dyn UsageJournal, again: impl FnOnce() -> Box<dyn UsageJournal>) {
    assert_eq!(journal.load().expect("it can be read"), []);
    let (_, few) = counted(3);
    let (_, more) = counted(5);
    journal.record(&few).expect("it can be written");
    assert_eq!(journal.load().expect("it can be read"), few);
    journal.record(&more).expect("it can be written");
    journal.record(&[]).expect("nothing can be written");
    let again = again();
    let loaded = again.load().expect("it can be read");
    assert_eq!(loaded, more);
    let (plans, _) = counted(0);
    plans.restore(&loaded);
    assert_eq!(plans.records(), more);
}

#[test]
fn a_file_keeps_counts_beside_its_state() {
    let runtime = tokio::runtime::Runtime::new().expect("there are threads");
    let folder = Folder::new();
    let path = folder.join("store");
    let store = runtime.block_on(RedbStore::open(&path)).expect("it opens");
    let journal: Box<dyn UsageJournal> = Box::new(store.clone());
    keeps_counts(&*journal, || Box::new(store));
    drop(journal);
    let store = runtime.block_on(RedbStore::open(&path)).expect("it opens");
    assert_eq!(UsageJournal::load(&store).expect("it can be read").len(), 1);
}

#[cfg(feature = "postgres")]
#[test]
fn a_database_keeps_counts_for_all_who_are_connected() {
    use std::sync::Arc;

    use tollgate_core::SystemRandom;
    use tollgate_store::{PostgresOptions, PostgresStore};

    let Some(server) = crate::support::postgres::Server::shared() else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().expect("there are threads");
    let address = runtime.block_on(server.database());
    let open = || {
        let random = Arc::new(SystemRandom);
        let store = PostgresStore::connect(&address, PostgresOptions::new(), random);
        runtime.block_on(store).expect("it connects")
    };
    let (one, other) = (open(), open());
    keeps_counts(&one.usage_journal(), || Box::new(other.usage_journal()));
}
