//! The contract of stores.

mod memory;
#[cfg(feature = "postgres")]
mod postgres;
mod redb;

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::watch;

pub use memory::MemoryStore;
#[cfg(feature = "postgres")]
pub use postgres::{PostgresOptions, PostgresStore, PostgresTransition};
pub use redb::RedbStore;

use crate::{Change, Revision, State, StoreError};

/// Where states are kept.
///
/// A commit is atomic: all changes are there, or none. What was acknowledged is there after the
/// process was killed, or the machine lost power, except in a [`MemoryStore`]. What failed with
/// [`StoreError::Unavailable`] may be there all the same: whoever needs to know loads the state and
/// looks. All stores refuse the same changes, because [`State::apply`] decides.
///
/// A call may be dropped at any time; a commit that has begun is then carried out all the same.
#[async_trait]
pub trait ConfigStore: Send + Sync {
    /// The latest state that can be had. Where a server is away, it is the last one that was seen.
    ///
    /// # Errors
    ///
    /// Where none was seen yet, or what is kept cannot be read.
    async fn load(&self) -> Result<Arc<State>, StoreError>;

    /// Makes changes to the state at a revision, and answers the next one, once it is kept.
    /// Without changes nothing is written.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] where the state is at another revision by now;
    /// [`StoreError::Invalid`] where the changes cannot be made; others where the world fails.
    async fn commit(
        &self,
        expected: Revision,
        changes: &[Change],
    ) -> Result<Arc<State>, StoreError>;

    /// Tells of revisions as they are there to be loaded, those of other processes included. Several in
    /// a row may be told of as one, the last.
    fn watch(&self) -> watch::Receiver<Revision>;
}
