//! What small commits cost beside much that does not change.

use std::time::{Duration, Instant};

use tollgate_store::{Change, ConfigStore, MemoryStore, RedbStore, Revision};

use crate::support::Folder;
use crate::support::entities::{api, put, resource};

/// An API with so many resources.
fn large(resources: usize) -> Vec<Change> {
    let mut changes = vec![
        put(api("a", "Large")),
        put(resource("a", "root", None, "/")),
    ];
    for number in 0..resources {
        let path = format!("/r{number}");
        changes.push(put(resource(
            "a",
            &format!("id{number}"),
            Some("root"),
            &path,
        )));
    }
    changes
}

#[expect(
    clippy::disallowed_methods,
    reason = "figures are of this machine's time"
)]
fn now() -> Instant {
    Instant::now()
}

/// The time that so many small commits take.
async fn small_commits(store: &dyn ConfigStore, resources: usize, commits: usize) -> Duration {
    let first = store.commit(Revision::EMPTY, &large(resources)).await;
    let mut revision = first.expect("it is whole").revision();
    let begun = now();
    for number in 0..commits {
        let number = number * 7 % resources;
        let path = format!("/r{number}");
        let mut changed = resource("a", &format!("id{number}"), Some("root"), &path);
        if let tollgate_store::Entity::Resource(_, resource) = &mut changed {
            resource.path_part = Some(format!("r{number}"));
        }
        let committed = store.commit(revision, &[put(changed)]).await;
        revision = committed.expect("nobody else writes").revision();
    }
    begun.elapsed()
}

/// Ten times as many resources do not make a commit ten times as dear.
#[tokio::test]
async fn a_small_commit_costs_little_beside_a_large_api() {
    let commits = usize::try_from(crate::commits(300)).expect("they are few");
    for resources in [1_000, 10_000] {
        let folder = Folder::new();
        let file = RedbStore::open(folder.join("store"))
            .await
            .expect("it opens");
        let memory = MemoryStore::new();
        let stores: [(&str, &dyn ConfigStore); 2] = [("memory", &memory), ("redb", &file)];
        for (name, store) in stores {
            let time = small_commits(store, resources, commits).await;
            let each = time / u32::try_from(commits).expect("they are few");
            let rate =
                f64::from(u32::try_from(commits).expect("they are few")) / time.as_secs_f64();
            println!(
                "{name}: {commits} commits beside {resources} resources: {each:?} each, {rate:.0} a second"
            );
        }
    }
}
