//! The task that talks to the database.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot};
use tollgate_core::Random;
use tollgate_throttle::UsageRecord;

use super::session::{Connector, Session};
use super::{CALL_TIMEOUT, Known, Shared, unavailable};
use crate::{BoxError, Change, Revision, State, StoreError};

/// What the task is asked for.
pub(super) enum Request {
    Load(oneshot::Sender<Result<Arc<State>, StoreError>>),
    Commit {
        expected: Revision,
        changes: Vec<Change>,
        reply: oneshot::Sender<Result<Arc<State>, StoreError>>,
    },
    Usage(std::sync::mpsc::SyncSender<Result<Vec<UsageRecord>, BoxError>>),
    RecordUsage(
        Vec<UsageRecord>,
        std::sync::mpsc::SyncSender<Result<(), BoxError>>,
    ),
}

/// Does one thing after the other, each to its end: a caller that does not wait any more cannot leave
/// half of one behind.
pub(super) struct Worker {
    connector: Arc<Connector>,
    shared: Arc<Shared>,
    requests: mpsc::Receiver<Request>,
    wake: Arc<Notify>,
    session: Option<Session>,
}

/// A time, with up to a fifth of it more or less.
pub(super) fn jittered(time: Duration, random: &dyn Random) -> Duration {
    let parts = u32::try_from(random.next_u64() % 401).unwrap_or(200);
    time / 1_000 * (800 + parts)
}

impl Worker {
    pub(super) fn new(
        connector: Arc<Connector>,
        shared: Arc<Shared>,
        requests: mpsc::Receiver<Request>,
    ) -> Self {
        Self {
            connector,
            shared,
            requests,
            wake: Arc::default(),
            session: None,
        }
    }

    /// What makes it read at once.
    pub(super) fn wake(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    pub(super) async fn run(mut self, poll_every: Duration, random: Arc<dyn Random>) {
        loop {
            let poll = tokio::time::sleep(jittered(poll_every, &*random));
            tokio::select! {
                request = self.requests.recv() => match request {
                    Some(request) => self.answer(request).await,
                    None => return,
                },
                () = self.wake.notified() => self.look().await,
                () = poll => self.look().await,
            }
        }
    }

    async fn look(&mut self) {
        // Nobody waits for it. The next poll tries once more, and whoever loads is told.
        let _ = self.refresh().await;
    }

    async fn answer(&mut self, request: Request) {
        // Where the caller is gone, nobody needs the answer; what was not begun is not begun then.
        match request {
            Request::Load(reply) if !reply.is_closed() => {
                let loaded = self.refresh().await.map(|known| known.state);
                let _ = reply.send(loaded);
            }
            Request::Commit {
                expected,
                changes,
                reply,
            } if !reply.is_closed() => {
                let _ = reply.send(self.commit(expected, &changes).await);
            }
            Request::Load(_) | Request::Commit { .. } => {}
            Request::Usage(reply) => {
                let usage = self.with_session(async |session| session.usage().await);
                let _ = reply.send(usage.await.map_err(Into::into));
            }
            Request::RecordUsage(records, reply) => {
                let records = &records;
                let recorded =
                    self.with_session(async |session| session.write_usage(records).await);
                let _ = reply.send(recorded.await.map_err(Into::into));
            }
        }
    }

    /// Does something within the time, on the connection that is there or a new one; one that failed is
    /// not used again.
    async fn with_session<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Session) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let held = self.session.take().filter(Session::is_open);
        let done = async {
            let mut session = match held {
                Some(session) => session,
                None => self.connector.session().await?,
            };
            let done = work(&mut session).await;
            Ok((session, done?))
        };
        let (session, done) = tokio::time::timeout(CALL_TIMEOUT, done)
            .await
            .unwrap_or_else(|_| Err(unavailable("the database did not answer in time")))?;
        self.session = Some(session);
        Ok(done)
    }

    /// Reads what is new.
    pub(super) async fn refresh(&mut self) -> Result<Known, StoreError> {
        let known = self.shared.known();
        let base = known.clone();
        let read = self.with_session(async |session| session.read(base).await);
        if let Some(new) = read.await? {
            self.shared.publish(new.clone());
            return Ok(new);
        }
        known.ok_or_else(|| unavailable("nothing was read"))
    }

    async fn commit(
        &mut self,
        expected: Revision,
        changes: &[Change],
    ) -> Result<Arc<State>, StoreError> {
        let known = self.shared.known();
        let known = match known {
            Some(known) if known.state.revision() == expected && self.session.is_some() => known,
            // Somebody else may have been faster, or the connection is new.
            _ => self.refresh().await?,
        };
        known.state.expect(expected)?;
        if changes.is_empty() {
            return Ok(known.state);
        }
        let applied = known.state.apply(changes)?;
        let revision = applied.state.revision();
        let database = Arc::clone(&known.database);
        let writes = &applied.writes;
        let is_written = self
            .with_session(async |session| session.write(&database, revision, writes).await)
            .await?;
        if !is_written {
            let current = self.refresh().await?.state.revision();
            return Err(StoreError::Conflict { expected, current });
        }
        let state = Arc::new(applied.state);
        self.shared.publish(Known {
            state: Arc::clone(&state),
            database: known.database,
        });
        Ok(state)
    }
}
