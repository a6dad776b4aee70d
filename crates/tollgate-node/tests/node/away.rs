//! A store that is away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use tokio::sync::watch;
use tollgate_deploy::NewDeployment;
use tollgate_gateway::Gateways;
use tollgate_gateway::address::AddressTable;
use tollgate_node::{Node, NodeOptions};
use tollgate_store::{Change, ConfigStore, MemoryStore, Revision, State, StoreError};

use crate::world::{World, saying};

/// A store that can be cut off.
struct Cut {
    store: MemoryStore,
    is_away: AtomicBool,
}

#[async_trait]
impl ConfigStore for Cut {
    async fn load(&self) -> Result<Arc<State>, StoreError> {
        if self.is_away.load(Ordering::Relaxed) {
            return Err(StoreError::Unavailable("it is cut off".into()));
        }
        self.store.load().await
    }

    async fn commit(
        &self,
        expected: Revision,
        changes: &[Change],
    ) -> Result<Arc<State>, StoreError> {
        self.store.commit(expected, changes).await
    }

    fn watch(&self) -> watch::Receiver<Revision> {
        self.store.watch()
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_served_stays_and_is_caught_up_with() {
    let store = Arc::new(Cut {
        store: MemoryStore::new(),
        is_away: AtomicBool::new(false),
    });
    let world = World::of(store.clone()).await;
    let prod = NewDeployment::to_stage("prod");
    world.deploy(saying("one"), &prod).await;

    // Another node commits, and this one cannot read it.
    let state = world.state().await;
    let other = World::of(Arc::new(Clone(store.clone()))).await;
    store.is_away.store(true, Ordering::Relaxed);
    let mut status = world.node.watch();
    store
        .store
        .commit(state.revision(), &state.replace_draft(&saying("two")))
        .await
        .expect("it is there");
    let away = status.wait_for(|status| status.unavailable.is_some()).await;
    let away = away.expect("the node lives").clone();
    assert!(
        away.unavailable
            .as_ref()
            .is_some_and(|said| said == "the store is away"),
        "{away:?}"
    );
    assert_eq!(world.get("prod").await.1, "one");

    store.is_away.store(false, Ordering::Relaxed);
    let status = other.deploy(saying("three"), &prod).await;
    world.node.reached(status.revision).await;
    assert_eq!(world.get("prod").await.1, "three");
    assert_eq!(world.node.status().unavailable, None);
}

/// The same store, always there.
struct Clone(Arc<Cut>);

#[async_trait]
impl ConfigStore for Clone {
    async fn load(&self) -> Result<Arc<State>, StoreError> {
        self.0.store.load().await
    }

    async fn commit(
        &self,
        expected: Revision,
        changes: &[Change],
    ) -> Result<Arc<State>, StoreError> {
        self.0.store.commit(expected, changes).await
    }

    fn watch(&self) -> watch::Receiver<Revision> {
        self.0.store.watch()
    }
}

#[tokio::test]
async fn a_node_does_not_start_without_a_state() {
    let store = Arc::new(Cut {
        store: MemoryStore::new(),
        is_away: AtomicBool::new(true),
    });
    let gateways = Gateways::new(AddressTable::builder().build().expect("it is empty"));
    let node = Node::start(store, gateways, NodeOptions::default()).await;
    assert!(matches!(node, Err(StoreError::Unavailable(_))));
}
