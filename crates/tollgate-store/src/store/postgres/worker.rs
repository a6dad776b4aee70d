//! The task that talks to the database.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot};
use tollgate_core::Random;
use tollgate_throttle::UsageRecord;

use super::options::{Observer, PostgresTransition};
use super::session::{Connector, Session, within};
use super::{BYTES_A_SECOND, CALL_TIMEOUT, Known, Shared, unavailable};
use crate::{BoxError, Change, Revision, State, StoreError, Write};

/// What the task is asked for.
pub(super) enum Request {
    Load(oneshot::Sender<Result<Arc<State>, StoreError>>),
    Commit {
        expected: Revision,
        changes: Vec<Change>,
        /// Told once the commit is sent: how long that may take.
        begun: oneshot::Sender<Duration>,
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
    observer: Option<Observer>,
    /// Why the last that was asked was not answered.
    away: Option<String>,
}

/// A time, with up to a fifth of it more or less.
pub(super) fn jittered(time: Duration, random: &dyn Random) -> Duration {
    let parts = u32::try_from(random.next_u64() % 401).unwrap_or(200);
    time / 1_000 * (800 + parts)
}

/// The time that a commit of these writes has.
fn time_for(writes: &[Write]) -> Duration {
    let records = writes.iter().filter_map(|write| write.record.as_ref());
    let bytes: usize = records.map(|record| record.json().len()).sum();
    let seconds = u64::try_from(bytes / BYTES_A_SECOND).unwrap_or(u64::MAX);
    CALL_TIMEOUT.saturating_add(Duration::from_secs(seconds))
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
            observer: None,
            away: None,
        }
    }

    /// Tells somebody from now on, of a server that is away at once.
    pub(super) fn observe(&mut self, observer: Option<Observer>) {
        self.observer = observer;
        if self.away.is_some() {
            self.tell();
        }
    }

    fn tell(&self) {
        if let Some(observer) = &self.observer {
            observer(match self.away.clone() {
                Some(reason) => PostgresTransition::Lost { reason },
                None => PostgresTransition::Back,
            });
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
                begun,
                reply,
            } if !reply.is_closed() => {
                let _ = reply.send(self.commit(expected, changes, begun).await);
            }
            Request::Load(_) | Request::Commit { .. } => {}
            Request::Usage(reply) => {
                let usage =
                    self.with_session(async |session| within(CALL_TIMEOUT, session.usage()).await);
                let _ = reply.send(usage.await.map_err(Into::into));
            }
            Request::RecordUsage(records, reply) => {
                let records = &records;
                let recorded = self.with_session(async |session| {
                    within(CALL_TIMEOUT, session.write_usage(records)).await
                });
                let _ = reply.send(recorded.await.map_err(Into::into));
            }
        }
    }

    /// Does something on the connection that is there or a new one, and tells whoever observes where the
    /// server went or came back.
    async fn with_session<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Session) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let done = self.try_session(work).await;
        let was_away = self.away.is_some();
        self.away = match &done {
            Err(StoreError::Unavailable(error)) => Some(error.to_string()),
            _ => None,
        };
        if was_away != self.away.is_some() {
            self.tell();
        }
        done
    }

    /// A connection that failed is not used again.
    async fn try_session<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Session) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let held = self.session.take().filter(Session::is_open);
        let mut session = match held {
            Some(session) => session,
            None => within(CALL_TIMEOUT, self.connector.session()).await?,
        };
        let done = work(&mut session).await?;
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
        changes: Vec<Change>,
        begun: oneshot::Sender<Duration>,
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
        // Writing many records as JSON takes a while.
        let state = known.state;
        let applied = tokio::task::spawn_blocking(move || state.apply(&changes)).await;
        let applied = applied.map_err(|_| unavailable("the runtime is ending"))??;
        let revision = applied.state.revision();
        let database = Arc::clone(&known.database);
        let writes = &applied.writes;
        let time = time_for(writes);
        // Where nobody waits any more it is carried out all the same.
        let _ = begun.send(CALL_TIMEOUT + time);
        let is_written = self
            .with_session(async |session| {
                within(time, session.write(&database, revision, writes)).await
            })
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
