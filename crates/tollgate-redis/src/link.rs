//! Whether Redis can be asked, and the task that sees to it.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use tokio::sync::Notify;
use tollgate_core::{Clock, Random};

use crate::breaker::Breaker;
use crate::connector::Connector;
use crate::{Error, Reply, Script};

/// How often it is tried whether Redis is back, give or take a quarter.
pub const PROBE_EVERY: Duration = Duration::from_millis(250);

/// How often a node says that it is there.
pub const NODE_REFRESH: Duration = Duration::from_secs(2);

/// How long a node counts after it said so.
pub const NODE_EXPIRY: Duration = Duration::from_secs(6);

/// Nodes stand in one sorted set and not in a key each: those cannot be counted without looking
/// through all keys, and not at all in a cluster.
const BEAT: &str = include_str!("beat.lua");

/// A change that an observer is told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transition {
    /// Redis can be asked, for the first time or again.
    Connected,
    /// Redis cannot be asked any more, or not yet.
    Lost {
        /// What was wrong.
        reason: Box<str>,
    },
}

/// What the handles and the task of a connection share.
pub(crate) struct Link {
    pub(crate) connector: Connector,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    pub(crate) node: u64,
    nodes: AtomicU32,
    epoch: AtomicU64,
    state: Mutex<State>,
    lost: Notify,
    beat: Script,
    nodes_key: Box<str>,
}

#[derive(Default)]
struct State {
    /// The connection, with the epoch that it began.
    up: Option<(u64, MultiplexedConnection)>,
    breaker: Breaker,
    reason: Option<Box<str>>,
}

impl Link {
    pub(crate) fn new(
        connector: Connector,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        let nodes_key = format!("{{{}:nodes}}", connector.prefix).into();
        // Arguments of scripts have a sign.
        let node = random.next_u64() >> 1;
        Self {
            connector,
            clock,
            random,
            node,
            nodes: AtomicU32::new(1),
            epoch: AtomicU64::new(0),
            state: Mutex::default(),
            lost: Notify::new(),
            beat: Script::new(BEAT),
            nodes_key,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn nodes(&self) -> u32 {
        self.nodes.load(Ordering::Relaxed)
    }

    /// The number of connections that there were till now; `None` while there is none.
    pub(crate) fn epoch(&self) -> Option<u64> {
        self.state().up.as_ref().map(|(epoch, _)| *epoch)
    }

    /// Asks, and waits for the answer no longer than is allowed.
    pub(crate) async fn send(&self, command: &redis::Cmd) -> Result<Reply, Error> {
        let up = self.state().up.clone();
        let (epoch, mut connection) = up.ok_or(Error::Away)?;
        let answer = connection.req_packed_command(command);
        let answer = tokio::time::timeout(self.connector.call_timeout, answer).await;
        let outcome = reply(answer);
        if let Err(error) = &outcome {
            self.failed(epoch, error);
        }
        outcome
    }

    pub(crate) async fn run(
        &self,
        script: &Script,
        keys: &[impl AsRef<[u8]>],
        arguments: &[i64],
    ) -> Result<Reply, Error> {
        match self.send(&script.by_hash(keys, arguments)).await {
            Err(Error::Refused { code, .. }) if &*code == "NOSCRIPT" => {
                self.send(&script.by_code(keys, arguments)).await
            }
            outcome => outcome,
        }
    }

    fn failed(&self, epoch: u64, error: &Error) {
        let mut state = self.state();
        let is_of_this = state.up.as_ref().is_some_and(|(now, _)| *now == epoch);
        let opens = is_of_this
            && match error {
                // There is nothing left to ask.
                Error::Lost(_) => true,
                Error::Timeout => state.breaker.fail(self.clock.now()),
                Error::Refused { code, .. } => {
                    UNABLE.contains(&&**code) && state.breaker.fail(self.clock.now())
                }
                Error::Away | Error::UnexpectedReply => false,
            };
        if opens {
            state.up = None;
            state.reason = Some(text(error));
            drop(state);
            self.lost.notify_one();
        }
    }

    /// Connects and stays connected, for ever.
    pub(crate) async fn keep(self: Arc<Self>) {
        let mut is_told_lost = false;
        loop {
            match self.connect().await {
                Ok(connection) => {
                    let begun = self.clock.now();
                    self.up(connection);
                    (self.connector.tell)(Transition::Connected);
                    self.beat_until_lost().await;
                    let reason = self.state().reason.take().unwrap_or_default();
                    (self.connector.tell)(Transition::Lost { reason });
                    is_told_lost = true;
                    if self.clock.now().since(begun) > PROBE_EVERY {
                        // A server that was restarted may be there already.
                        continue;
                    }
                }
                Err(error) if !is_told_lost => {
                    let reason = text(&error);
                    (self.connector.tell)(Transition::Lost { reason });
                    is_told_lost = true;
                }
                Err(_) => {}
            }
            tokio::time::sleep(self.pause()).await;
        }
    }

    fn up(&self, connection: MultiplexedConnection) {
        let epoch = self.epoch.fetch_add(1, Ordering::Relaxed) + 1;
        let mut state = self.state();
        state.up = Some((epoch, connection));
        state.breaker = Breaker::default();
    }

    fn pause(&self) -> Duration {
        let share = u32::try_from(self.random.next_u64() % 512).unwrap_or(0);
        PROBE_EVERY * (768 + share) / 1_024
    }

    /// A connection that has answered: a server that is stopped accepts them, too, and one that only
    /// reads does not count.
    async fn connect(&self) -> Result<MultiplexedConnection, Error> {
        let connector = &self.connector;
        let config = redis::AsyncConnectionConfig::new()
            .set_connection_timeout(Some(connector.connect_timeout))
            .set_response_timeout(None);
        let connecting = async {
            let client = &connector.client;
            let connected = client.get_multiplexed_async_connection_with_config(&config);
            let mut connection = connected.await?;
            // By its code, so that the script is known from now on.
            let beat = self
                .beat
                .by_code(&[&*self.nodes_key], &self.beat_arguments());
            let answer = connection.req_packed_command(&beat).await?;
            Ok((connection, answer))
        };
        let answer = tokio::time::timeout(connector.connect_timeout, connecting).await;
        let (connection, answer) = answer
            .map_err(|_| Error::Timeout)?
            .map_err(|error| failure(&error))?;
        self.count(&Reply::of(answer).ok_or(Error::UnexpectedReply)?);
        Ok(connection)
    }

    async fn beat_until_lost(&self) {
        loop {
            tokio::select! {
                () = self.lost.notified() => {
                    if self.epoch().is_none() {
                        return;
                    }
                }
                () = tokio::time::sleep(NODE_REFRESH) => {
                    let keys = [&*self.nodes_key];
                    // What fails is counted where it is sent; the last number of nodes stays.
                    if let Ok(reply) = self.run(&self.beat, &keys, &self.beat_arguments()).await {
                        self.count(&reply);
                    }
                }
            }
        }
    }

    /// Says that this node is gone.
    pub(crate) async fn leave(&self) -> Result<(), Error> {
        let mut command = redis::cmd("ZREM");
        command.arg(&*self.nodes_key).arg(self.node);
        self.send(&command).await.map(drop)
    }

    fn beat_arguments(&self) -> [i64; 2] {
        let expiry = i64::try_from(NODE_EXPIRY.as_millis()).unwrap_or(i64::MAX);
        [self.node.cast_signed(), expiry]
    }

    fn count(&self, reply: &Reply) {
        let nodes = reply.integer().and_then(|nodes| u32::try_from(nodes).ok());
        if let Some(nodes) = nodes {
            self.nodes.store(nodes.max(1), Ordering::Relaxed);
        }
    }
}

/// Refusals of a server that cannot serve anything at the moment.
const UNABLE: [&str; 7] = [
    "BUSY",
    "CLUSTERDOWN",
    "LOADING",
    "MASTERDOWN",
    "MISCONF",
    "OOM",
    "READONLY",
];

fn reply(
    answer: Result<redis::RedisResult<redis::Value>, tokio::time::error::Elapsed>,
) -> Result<Reply, Error> {
    let answer = answer.map_err(|_| Error::Timeout)?;
    let answer = answer.and_then(redis::Value::extract_error);
    let value = answer.map_err(|error| failure(&error))?;
    Reply::of(value).ok_or(Error::UnexpectedReply)
}

fn failure(error: &redis::RedisError) -> Error {
    match error.code() {
        Some(code) => Error::Refused {
            code: code.into(),
            detail: error.detail().unwrap_or_default().into(),
        },
        None => Error::Lost(error.to_string().into()),
    }
}

/// An error with what is behind it.
fn text(error: &Error) -> Box<str> {
    let source = std::error::Error::source(error);
    source
        .map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
        .into()
}
