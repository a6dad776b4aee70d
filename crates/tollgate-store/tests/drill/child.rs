//! The process that is killed: this program itself, started once more for one of its tests.

use std::path::Path;
use std::process::{Command, Stdio};

use tollgate_store::{Change, ConfigStore, EntityKey, RedbStore, Revision, State, StoreError};

use crate::support::entities::{api_key, put};

/// The file that a child writes; in other processes it is not set.
const FILE: &str = "TOLLGATE_STORE_CHILD";
/// Commits of a child that is forgotten.
const MOST_COMMITS: u32 = 100_000;
/// Characters that each record has besides, in a child that fills a disk.
const PADDING: &str = "TOLLGATE_STORE_PADDING";

/// A child that commits to a file until it is killed, or cannot.
pub(crate) fn command(file: &Path, padding: usize) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("it is this program"));
    command
        .args(["--exact", "child::commits_until_it_ends", "--nocapture"])
        .env(FILE, file)
        .env(PADDING, padding.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// The commit after a revision: a record of its own, and two that all commits change together.
pub(crate) fn next(revision: Revision, padding: usize) -> Vec<Change> {
    let next = revision.next();
    let name = format!("{next} {}", "x".repeat(padding));
    let ids = [format!("k{next}"), "one".to_owned(), "other".to_owned()];
    ids.iter().map(|id| put(api_key(id, &name))).collect()
}

/// Every commit up to the state's revision is there, and no half of one.
pub(crate) fn check(state: &State) {
    let revision = state.revision();
    let name = |id: &str| {
        let key = state.api_key(id)?;
        key.name.as_deref()?.split(' ').next().map(str::to_owned)
    };
    for number in 1..=revision.number() {
        assert_eq!(name(&format!("k{number}")), Some(number.to_string()));
    }
    let last = (revision != Revision::EMPTY).then(|| revision.to_string());
    assert_eq!(name("one"), last);
    assert_eq!(name("other"), last);
    let shared = if last.is_some() { 2 } else { 0 };
    assert_eq!(state.len() as u64, revision.number() + shared);
    assert!(state.record(&EntityKey::ApiKey("none".into())).is_none());
}

#[test]
fn commits_until_it_ends() {
    let Some(file) = std::env::var_os(FILE) else {
        return;
    };
    let padding = std::env::var(PADDING).expect("it comes with the file");
    let padding = padding.parse().expect("it is a number");
    let runtime = tokio::runtime::Runtime::new().expect("there are threads");
    runtime.block_on(async {
        let store = RedbStore::open(file).await.expect("it opens");
        let mut revision = store.load().await.expect("it is there").revision();
        println!("opened {revision}");
        for _ in 0..MOST_COMMITS {
            match store.commit(revision, &next(revision, padding)).await {
                Ok(state) => revision = state.revision(),
                Err(error) => {
                    let is_io = matches!(error, StoreError::Io { .. });
                    let left = store.load().await.expect("it is there");
                    check(&left);
                    let again = store.commit(revision, &next(revision, padding)).await;
                    let is_refused = again.is_err();
                    println!("ended {} {is_io} {is_refused} {error}", left.revision());
                    return;
                }
            }
            println!("acknowledged {revision}");
        }
    });
}
