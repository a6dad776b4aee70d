//! A store in PostgreSQL, for many processes.

mod cache;
mod journal;
mod listener;
mod options;
mod session;
mod tls;
mod worker;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tollgate_core::Random;
use tollgate_throttle::UsageJournal;

pub use options::{PostgresOptions, PostgresTransition};

use super::ConfigStore;
use crate::{Change, Revision, State, StoreError};
use cache::Cache;
use journal::Journal;
use session::Connector;
use worker::{Request, Worker};

/// The time that the server has for a connection, a small commit, or the next of many rows.
const CALL_TIMEOUT: Duration = Duration::from_secs(5);
/// The time after which a caller whose turn did not come is told that the server is away.
const WAIT_TIMEOUT: Duration = Duration::from_secs(10);
/// What is sent in a second at least: commits have more time accordingly.
const BYTES_A_SECOND: usize = 4 << 20;
/// Calls that wait for their turn.
const MOST_WAITING: usize = 256;

/// A store in a PostgreSQL database (13 or later), which many processes share.
///
/// Of two commits at the same revision one wins, and the other one is a
/// [`Conflict`](StoreError::Conflict). Commits of others are seen by a notification, or at the next
/// poll. With a [folder](PostgresOptions::with_cache) for its cache, a store that was connected once
/// begins without the server, too; commits fail then, within ten seconds.
///
/// Its tables (`tollgate_meta`, `tollgate_records`, `tollgate_usage`) are made on first use.
pub struct PostgresStore {
    shared: Arc<Shared>,
    requests: mpsc::Sender<Request>,
    tasks: Vec<JoinHandle<()>>,
}

/// What is known of the database.
struct Shared {
    known: Mutex<Option<Known>>,
    revision: watch::Sender<Revision>,
}

/// A state, and the database that it is of.
#[derive(Clone)]
struct Known {
    state: Arc<State>,
    database: Arc<str>,
}

impl Shared {
    fn known(&self) -> Option<Known> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }

    fn publish(&self, known: Known) {
        let revision = known.state.revision();
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(known);
        // The cache waits for this too, and a database can be another one at the same revision.
        self.revision.send_replace(revision);
    }
}

impl PostgresStore {
    /// Connects to the database at an address such as `postgres://user:password@host/database` or
    /// `host=/run/postgresql user=tollgate`, and reads what is in it; where the server is away, reads
    /// what the cache has of it.
    ///
    /// `sslmode` in the address says whether connections are encrypted: `prefer` (as by default) where
    /// the server can do it, `require`, or `disable`. Encrypted ones are verified in any case.
    ///
    /// It has tasks on the runtime that it is called on, which end with the store.
    ///
    /// # Errors
    ///
    /// [`StoreError::InvalidAddress`]; [`StoreError::Unavailable`] where there is neither a server nor
    /// a cache; [`StoreError::NewerFormat`] and [`StoreError::Corrupt`].
    pub async fn connect(
        address: &str,
        options: PostgresOptions,
        random: Arc<dyn Random>,
    ) -> Result<Self, StoreError> {
        let connector = Arc::new(Connector::new(address, &options)?);
        let shared = Arc::new(Shared {
            known: Mutex::new(None),
            revision: watch::channel(Revision::EMPTY).0,
        });
        let cache = options.cache.clone().map(Cache::new);
        let mut tasks = Vec::new();
        let (requests, waiting) = mpsc::channel(MOST_WAITING);
        let mut worker = Worker::new(Arc::clone(&connector), Arc::clone(&shared), waiting);
        if let Err(error) = worker.refresh().await {
            let known = match (&error, &cache) {
                (StoreError::Unavailable(_), Some(cache)) => cache.read().await?,
                _ => None,
            };
            shared.publish(known.ok_or(error)?);
        }
        if let Some(cache) = cache {
            tasks.push(tokio::spawn(cache.keep(Arc::clone(&shared))));
        }
        // Who finds neither a server nor a cache is told by the error.
        worker.observe(options.observer.clone());
        let wake = worker.wake();
        if options.listens {
            let listener = listener::listen(connector, wake, Arc::clone(&random));
            tasks.push(tokio::spawn(listener));
        }
        tasks.push(tokio::spawn(worker.run(options.poll_every, random)));
        Ok(Self {
            shared,
            requests,
            tasks,
        })
    }

    /// Counts of quotas in the same database. Both calls wait for the server, at most ten seconds: they
    /// are for threads that may wait, and not for those of a runtime.
    #[must_use]
    pub fn usage_journal(&self) -> impl UsageJournal + use<> {
        Journal::new(self.requests.clone())
    }

    /// Asks, and waits a bounded time for the answer.
    async fn ask<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Request,
        more: impl Future<Output = Option<Duration>>,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let late = || unavailable("the database did not answer in time");
        let ended = || unavailable("the store has ended");
        let sent = timeout(WAIT_TIMEOUT, self.requests.send(request(reply))).await;
        sent.map_err(|_| late())?.map_err(|_| ended())?;
        tokio::pin!(answer);
        let waiting = async {
            tokio::select! {
                biased;
                answer = &mut answer => Ok(answer),
                Some(time) = more => Err(time),
            }
        };
        let answer = match timeout(WAIT_TIMEOUT, waiting).await.map_err(|_| late())? {
            Ok(answer) => answer,
            Err(time) => timeout(time, answer).await.map_err(|_| late())?,
        };
        answer.map_err(|_| ended())?
    }
}

fn unavailable(reason: &'static str) -> StoreError {
    StoreError::Unavailable(reason.into())
}

#[async_trait]
impl ConfigStore for PostgresStore {
    async fn load(&self) -> Result<Arc<State>, StoreError> {
        let loaded = self.ask(Request::Load, std::future::pending()).await;
        match (loaded, self.shared.known()) {
            (Err(StoreError::Unavailable(_)), Some(known)) => Ok(known.state),
            (loaded, _) => loaded,
        }
    }

    async fn commit(
        &self,
        expected: Revision,
        changes: &[Change],
    ) -> Result<Arc<State>, StoreError> {
        let changes = changes.to_vec();
        let (begun, has_begun) = oneshot::channel();
        let request = |reply| Request::Commit {
            expected,
            changes,
            begun,
            reply,
        };
        self.ask(request, async { has_begun.await.ok() }).await
    }

    fn watch(&self) -> watch::Receiver<Revision> {
        self.shared.revision.subscribe()
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("revision", &*self.shared.revision.borrow())
            .finish_non_exhaustive()
    }
}
