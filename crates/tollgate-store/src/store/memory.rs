//! A store that lasts as long as its process.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio::sync::watch;

use super::ConfigStore;
use crate::{Change, Revision, State, StoreError};

/// A store that lasts as long as its process. See the [crate's page](crate) for an example.
#[derive(Debug)]
pub struct MemoryStore {
    current: Mutex<Arc<State>>,
    revision: watch::Sender<Revision>,
}

impl MemoryStore {
    /// A store with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self::of(State::new())
    }

    /// A store with this in it, such as what [`import`](crate::import) has read.
    #[must_use]
    pub fn of(state: State) -> Self {
        let (revision, _) = watch::channel(state.revision());
        Self {
            current: Mutex::new(Arc::new(state)),
            revision,
        }
    }

    fn current(&self) -> MutexGuard<'_, Arc<State>> {
        // Whoever panicked had not changed it: it is replaced in one step.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl ConfigStore for MemoryStore {
    async fn load(&self) -> Result<Arc<State>, StoreError> {
        Ok(Arc::clone(&self.current()))
    }

    async fn commit(
        &self,
        expected: Revision,
        changes: &[Change],
    ) -> Result<Arc<State>, StoreError> {
        let mut current = self.current();
        current.expect(expected)?;
        if changes.is_empty() {
            return Ok(Arc::clone(&current));
        }
        *current = Arc::new(current.apply(changes)?.state);
        self.revision.send_replace(expected.next());
        Ok(Arc::clone(&current))
    }

    fn watch(&self) -> watch::Receiver<Revision> {
        self.revision.subscribe()
    }
}
