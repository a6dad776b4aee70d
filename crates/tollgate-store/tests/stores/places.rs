//! The stores that the suite runs over.

use std::sync::Arc;

use tollgate_store::{Change, ConfigStore, EntityKey, MemoryStore, RedbStore, Revision};

use crate::support::Folder;

/// Where a store keeps its state, from one opening to the next.
pub(crate) enum Place {
    Memory(Arc<MemoryStore>),
    File(Folder),
    #[cfg(feature = "postgres")]
    Database {
        address: String,
        #[expect(dead_code, reason = "the server ends with the last one that holds it")]
        server: Arc<crate::support::postgres::Server>,
    },
}

impl Place {
    /// One of each kind that can be had, with nothing in it.
    pub(crate) async fn all() -> Vec<Self> {
        let memory = Self::Memory(Arc::new(MemoryStore::new()));
        let places = [
            Some(memory),
            Some(Self::File(Folder::new())),
            Self::database().await,
        ];
        places.into_iter().flatten().collect()
    }

    #[cfg(feature = "postgres")]
    async fn database() -> Option<Self> {
        let server = crate::support::postgres::Server::shared()?;
        let address = server.database().await;
        Some(Self::Database { address, server })
    }

    #[cfg(not(feature = "postgres"))]
    async fn database() -> Option<Self> {
        None
    }

    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Memory(_) => "memory",
            Self::File(_) => "redb",
            #[cfg(feature = "postgres")]
            Self::Database { .. } => "PostgreSQL",
        }
    }

    /// The store; the one that was open before must be gone.
    pub(crate) async fn open(&self) -> Arc<dyn ConfigStore> {
        match self {
            Self::Memory(store) => Arc::clone(store) as Arc<dyn ConfigStore>,
            Self::File(folder) => {
                let store = RedbStore::open(folder.join("store.redb")).await;
                Arc::new(store.expect("it opens"))
            }
            #[cfg(feature = "postgres")]
            Self::Database { address, .. } => {
                let options = tollgate_store::PostgresOptions::new();
                let random = Arc::new(tollgate_core::SystemRandom);
                let store = tollgate_store::PostgresStore::connect(address, options, random);
                Arc::new(store.await.expect("it connects"))
            }
        }
    }
}

/// Removes all that is in a store, so that it serves for another case.
pub(crate) async fn empty(store: &dyn ConfigStore) -> Revision {
    let state = store.load().await.expect("it is there");
    let tops = state.records().map(|(key, _)| key.clone());
    let tops = tops.filter(|key| {
        matches!(
            key,
            EntityKey::RestApi(_)
                | EntityKey::ApiKey(_)
                | EntityKey::UsagePlan(_)
                | EntityKey::DomainName(_)
                | EntityKey::VpcLink(_)
                | EntityKey::ClientCertificate(_)
                | EntityKey::Account(..)
        )
    });
    let removals: Vec<_> = tops.map(Change::Remove).collect();
    let emptied = store.commit(state.revision(), &removals).await;
    let emptied = emptied.expect("nobody else writes");
    assert!(emptied.is_empty());
    emptied.revision()
}
