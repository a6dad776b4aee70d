//! A store in one file.

mod file;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio::sync::watch;
use tollgate_throttle::{UsageJournal, UsageRecord};

use super::ConfigStore;
use crate::{BoxError, Change, Revision, State, StoreError};
use file::File;

/// A store in one file, which one process has open at a time.
///
/// What is acknowledged is on the disk. The file is readable for its owner alone (mode 0600): it holds
/// the values of API keys. After a failed write, for example on a full disk, the file is opened once
/// more by the next commit.
///
/// It keeps counts of quotas too, apart from the state: `UsageJournal` blocks, and is for threads that
/// may wait for a disk.
#[derive(Clone)]
pub struct RedbStore(Arc<Inner>);

struct Inner {
    path: PathBuf,
    /// `None` after a failed write.
    file: Mutex<Option<File>>,
    current: Mutex<Arc<State>>,
    revision: watch::Sender<Revision>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is behind them is replaced in one step; a file that was in use then is not put back.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RedbStore {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`] where somebody has it open; [`StoreError::Corrupt`] where it is no file of
    /// a store, or damaged; [`StoreError::NewerFormat`]; [`StoreError::Io`].
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let path = path.into();
        let place = path.clone();
        blocking(&place, move || {
            let (file, state) = File::open(&path)?;
            let (revision, _) = watch::channel(state.revision());
            Ok(Self(Arc::new(Inner {
                path,
                file: Mutex::new(Some(file)),
                current: Mutex::new(Arc::new(state)),
                revision,
            })))
        })
        .await
    }

    /// Fills a store in which nothing was ever kept, for example with what [`import`](crate::import)
    /// has read. It goes on at the revision of that state.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotEmpty`], and those of a commit.
    pub async fn fill(&self, state: State) -> Result<Arc<State>, StoreError> {
        let inner = Arc::clone(&self.0);
        let path = self.0.path.clone();
        blocking(&path, move || {
            inner.with_file(|file, current| {
                let revision = current.revision();
                if revision != Revision::EMPTY {
                    return Err(StoreError::NotEmpty { revision });
                }
                let records = state.records();
                let records = records.map(|(key, record)| (key, Some(record)));
                file.write(&inner.path, state.revision(), records)?;
                let state = Arc::new(state);
                inner.publish(Arc::clone(&state));
                Ok(state)
            })
        })
        .await
    }
}

/// Runs what waits for the disk. Damage that the engine does not expect makes it panic; that ends the
/// task, and not the process.
async fn blocking<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| {
            Err(StoreError::Corrupt {
                place: path.display().to_string(),
                reason: error.to_string(),
            })
        })
}

impl Inner {
    /// Does something with the file and the state that is in it.
    fn with_file<T>(
        &self,
        work: impl FnOnce(&File, Arc<State>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut slot = locked(&self.file);
        let file = match slot.take() {
            Some(file) => file,
            None => {
                let (file, state) = File::open(&self.path)?;
                self.publish(Arc::new(state));
                file
            }
        };
        let current = Arc::clone(&locked(&self.current));
        let done = work(&file, current);
        // After an error of the disk the engine refuses everything until it is opened once more.
        if !matches!(
            done,
            Err(StoreError::Io { .. } | StoreError::Corrupt { .. })
        ) {
            *slot = Some(file);
        }
        done
    }

    fn publish(&self, state: Arc<State>) {
        let revision = state.revision();
        *locked(&self.current) = state;
        self.revision.send_if_modified(|known| {
            let is_new = *known != revision;
            *known = revision;
            is_new
        });
    }
}

#[async_trait]
impl ConfigStore for RedbStore {
    async fn load(&self) -> Result<Arc<State>, StoreError> {
        Ok(Arc::clone(&locked(&self.0.current)))
    }

    async fn commit(
        &self,
        expected: Revision,
        changes: &[Change],
    ) -> Result<Arc<State>, StoreError> {
        if changes.is_empty() {
            let current = Arc::clone(&locked(&self.0.current));
            current.expect(expected)?;
            return Ok(current);
        }
        let inner = Arc::clone(&self.0);
        let changes = changes.to_vec();
        blocking(&self.0.path, move || {
            inner.with_file(|file, current| {
                current.expect(expected)?;
                let applied = current.apply(&changes)?;
                let writes = applied.writes.iter();
                let writes = writes.map(|write| (&write.key, write.record.as_ref()));
                file.write(&inner.path, applied.state.revision(), writes)?;
                let state = Arc::new(applied.state);
                inner.publish(Arc::clone(&state));
                Ok(state)
            })
        })
        .await
    }

    fn watch(&self) -> watch::Receiver<Revision> {
        self.0.revision.subscribe()
    }
}

/// Both calls wait for the disk.
impl UsageJournal for RedbStore {
    fn load(&self) -> Result<Vec<UsageRecord>, BoxError> {
        let usage = self.0.with_file(|file, _| file.usage(&self.0.path));
        Ok(usage?)
    }

    fn record(&self, records: &[UsageRecord]) -> Result<(), BoxError> {
        let written = self
            .0
            .with_file(|file, _| file.write_usage(&self.0.path, records));
        Ok(written?)
    }
}

impl fmt::Debug for RedbStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedbStore")
            .field("path", &self.0.path)
            .field("revision", &*self.0.revision.borrow())
            .finish_non_exhaustive()
    }
}
