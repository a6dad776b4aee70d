//! A database server is killed again and again while it is committed to.

use std::sync::Arc;
use std::time::Duration;

use tollgate_core::{Random, SystemRandom};
use tollgate_store::{ConfigStore, PostgresOptions, PostgresStore, Revision, StoreError};

use crate::child;
use crate::support::postgres::Server;

/// Commits until a server is killed, on average.
const COMMITS_A_KILL: u64 = 50;
/// Within this, a server that was started is there for the store.
const SOON: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_there_after_the_server_was_killed() {
    let wanted = crate::commits(100);
    let Some(server) = Server::with(&[]).map(Arc::new) else {
        return;
    };
    let address = server.database().await;
    let options = PostgresOptions::new().with_poll_every(Duration::from_secs(3_600));
    let store = PostgresStore::connect(&address, options, Arc::new(SystemRandom)).await;
    let store = store.expect("it connects");
    let (mut revision, mut kills, mut unheard) = (Revision::EMPTY, 0, 0);
    while revision.number() < wanted {
        let lot = SystemRandom.next_u64();
        let until = revision.number() + lot % (2 * COMMITS_A_KILL);
        let mut killing = None;
        loop {
            if killing.is_none() && revision.number() >= until {
                let server = Arc::clone(&server);
                killing = Some(tokio::task::spawn_blocking(move || server.kill()));
            }
            match store.commit(revision, &child::next(revision, 0)).await {
                Ok(state) => revision = state.revision(),
                Err(StoreError::Unavailable(_)) => break,
                Err(other) => panic!("{other:?}"),
            }
        }
        let killing = killing.expect("it fails for no other reason");
        killing.await.expect("it is ours");
        kills += 1;
        let restarted = Arc::clone(&server);
        tokio::task::spawn_blocking(move || restarted.restart())
            .await
            .expect("it starts again");
        // Nothing is committed by this: it says whether the last commit is there.
        let found = async {
            loop {
                match store.commit(revision, &[]).await {
                    Ok(state) => return state.revision(),
                    Err(StoreError::Conflict { current, .. }) => return current,
                    Err(StoreError::Unavailable(_)) => tokio::task::yield_now().await,
                    Err(other) => panic!("{other:?}"),
                }
            }
        };
        let found = tokio::time::timeout(SOON, found).await.expect("it is back");
        let told = revision.number();
        assert!(
            (told..=told + 1).contains(&found.number()),
            "{told}, {found}"
        );
        unheard += found.number() - told;
        revision = found;
        let state = store.load().await.expect("it is back");
        assert_eq!(state.revision(), revision);
        child::check(&state);
    }
    // Another one reads everything.
    let random = Arc::new(SystemRandom);
    let other = PostgresStore::connect(&address, PostgresOptions::new(), random).await;
    let state = other
        .expect("it connects")
        .load()
        .await
        .expect("it is there");
    child::check(&state);
    println!(
        "PostgreSQL: {revision} commits, {kills} kills of the server, {unheard} commits that were not told of"
    );
}
