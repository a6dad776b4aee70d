//! Several who write, and those who watch.

use std::sync::Arc;

use tollgate_store::{Entity, Revision, StoreError};

use crate::places::Place;
use crate::support::entities::{api_key, put};

#[tokio::test]
async fn of_two_commits_at_one_revision_one_wins() {
    for place in Place::all().await {
        let on = place.name();
        let store = place.open().await;
        let writers = (0..8).map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let key = put(api_key(&format!("k{number}"), "Ada"));
                store.commit(Revision::EMPTY, &[key]).await
            })
        });
        let mut winners = 0;
        for writer in writers.collect::<Vec<_>>() {
            match writer.await.expect("it does not panic") {
                Ok(state) => {
                    assert_eq!(state.revision(), Revision::new(1), "{on}");
                    winners += 1;
                }
                Err(StoreError::Conflict { expected, current }) => {
                    assert_eq!(
                        (expected, current),
                        (Revision::EMPTY, Revision::new(1)),
                        "{on}"
                    );
                }
                Err(other) => panic!("{on}: {other:?}"),
            }
        }
        assert_eq!(winners, 1, "{on}");
        assert_eq!(store.load().await.expect(on).len(), 1, "{on}");
    }
}

#[tokio::test]
async fn those_who_watch_are_told_once_it_can_be_loaded() {
    for place in Place::all().await {
        let on = place.name();
        let store = place.open().await;
        let mut watch = store.watch();
        assert_eq!(*watch.borrow_and_update(), Revision::EMPTY, "{on}");
        let committed = store
            .commit(Revision::EMPTY, &[put(api_key("k", "Ada"))])
            .await;
        assert_eq!(committed.expect(on).revision(), Revision::new(1), "{on}");
        let told = watch
            .wait_for(|revision| *revision == Revision::new(1))
            .await;
        assert!(told.is_ok(), "{on}");
        drop(told);
        assert_eq!(
            store.load().await.expect(on).revision(),
            Revision::new(1),
            "{on}"
        );
        let nothing = store.commit(Revision::new(1), &[]).await.expect(on);
        assert_eq!(nothing.revision(), Revision::new(1), "{on}");
        let late = store.commit(Revision::EMPTY, &[]).await;
        assert!(matches!(late, Err(StoreError::Conflict { .. })), "{on}");
    }
}

/// A commit whose future is dropped is carried out whole, or not at all.
#[tokio::test]
async fn a_commit_that_nobody_waits_for_is_not_done_by_halves() {
    for place in Place::all().await {
        let on = place.name();
        let store = place.open().await;
        for polls in 0..20 {
            let revision = store.load().await.expect(on).revision();
            let name = revision.to_string();
            let both = [put(api_key("one", &name)), put(api_key("other", &name))];
            let mut commit = store.commit(revision, &both);
            for _ in 0..polls {
                let step = futures_poll_once(&mut commit).await;
                if step {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(commit);
            let state = store.load().await.expect(on);
            let name = |id| match state.entity(&tollgate_store::EntityKey::ApiKey(id)) {
                Some(Entity::ApiKey(key)) => key.name.clone(),
                _ => None,
            };
            assert_eq!(name("one".into()), name("other".into()), "{on}");
        }
    }
}

async fn futures_poll_once<T>(future: &mut (impl Future<Output = T> + Unpin)) -> bool {
    std::future::poll_fn(|cx| {
        let step = std::pin::Pin::new(&mut *future).poll(cx);
        std::task::Poll::Ready(step.is_ready())
    })
    .await
}
