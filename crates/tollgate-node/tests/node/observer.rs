//! Observers of states.

use std::sync::{Arc, Mutex};

use tollgate_gateway::Gateways;
use tollgate_gateway::address::AddressTable;
use tollgate_model::DomainName;
use tollgate_node::{Node, NodeOptions, StateObserver};
use tollgate_store::{Change, ConfigStore as _, Entity, EntityKey, MemoryStore, State};

const NAME: &str = "api.example.com";

/// Notes what it is told, and whether requests reach the domain name then.
#[derive(Debug)]
struct Notes {
    gateways: Gateways,
    notes: Mutex<Vec<(&'static str, bool, bool)>>,
}

impl Notes {
    fn note(&self, what: &'static str, state: &State) {
        let has = state.domain_name(NAME).is_some();
        let reached = self.gateways.table().domain_name(NAME).is_some();
        let mut notes = self.notes.lock().expect("nobody panics");
        notes.push((what, has, reached));
    }
}

impl StateObserver for Notes {
    fn coming(&self, state: &State) {
        self.note("coming", state);
    }

    fn served(&self, state: &State) {
        self.note("served", state);
    }
}

#[tokio::test]
async fn an_observer_hears_of_states_before_and_after_they_are_served() {
    let gateways = Gateways::new(AddressTable::builder().build().expect("it is empty"));
    let notes = Arc::new(Notes {
        gateways: gateways.clone(),
        notes: Mutex::default(),
    });
    let store = Arc::new(MemoryStore::new());
    let (options, observer) = (NodeOptions::default(), notes.clone());
    let node = Node::start_observed(store.clone(), gateways, options, observer).await;
    let node = node.expect("the store is there");
    let put = Change::Put(Entity::DomainName(DomainName::new(NAME)));
    let remove = Change::Remove(EntityKey::DomainName(NAME.into()));
    for (change, had, has) in [
        (None, false, false),
        (Some(put), false, true),
        (Some(remove), true, false),
    ] {
        if let Some(change) = change {
            let state = store.load().await.expect("the store is there");
            let state = store.commit(state.revision(), &[change]).await;
            node.reached(state.expect("it is whole").revision()).await;
        }
        let mut notes = notes.notes.lock().expect("nobody panics");
        assert_eq!(*notes, [("coming", has, had), ("served", has, has)]);
        notes.clear();
    }
}
