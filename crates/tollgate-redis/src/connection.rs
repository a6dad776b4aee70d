//! The handle of a connection.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tollgate_core::{Clock, Random};

use crate::link::Link;
use crate::{Command, Connector, Error, NoRuntime, Reply, Script};

/// A connection to Redis or Valkey, shared by all its clones.
///
/// It ends, with its task, when the last clone is dropped. See the [crate's page](crate).
#[derive(Clone)]
pub struct Connection(Arc<Owned>);

struct Owned {
    link: Arc<Link>,
    task: AbortHandle,
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Connection {
    pub(crate) fn start(
        connector: Connector,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, NoRuntime> {
        let runtime = Handle::try_current().map_err(|_| NoRuntime)?;
        let link = Arc::new(Link::new(connector, clock, random));
        let task = runtime.spawn(Arc::clone(&link).keep()).abort_handle();
        Ok(Self(Arc::new(Owned { link, task })))
    }

    /// Sends a command, among others of other tasks, and waits for its answer.
    ///
    /// Nothing is sent twice.
    ///
    /// # Errors
    ///
    /// [`Error`]; at once where Redis is away.
    pub async fn send(&self, command: &Command) -> Result<Reply, Error> {
        self.0.link.send(&command.0).await
    }

    /// Runs a script: by its hash, and by its code where Redis does not know it.
    ///
    /// In a cluster, all keys must be in one slot.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn run(
        &self,
        script: &Script,
        keys: &[impl AsRef<[u8]>],
        arguments: &[i64],
    ) -> Result<Reply, Error> {
        self.0.link.run(script, keys, arguments).await
    }

    /// How many connections there were till now, if there is one: another number than before means
    /// that Redis was away in between, and may have forgotten something.
    #[must_use]
    pub fn epoch(&self) -> Option<u64> {
        self.0.link.epoch()
    }

    /// Whether Redis can be asked.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.epoch().is_some()
    }

    /// How many gateways share this Redis and prefix, this one included; the last known number where
    /// Redis is away, and one where none was ever known.
    #[must_use]
    pub fn nodes(&self) -> u32 {
        self.0.link.nodes()
    }

    /// The number by which this gateway is told from others.
    #[must_use]
    pub fn node(&self) -> u64 {
        self.0.link.node
    }

    /// How long an answer may take.
    #[must_use]
    pub fn call_timeout(&self) -> Duration {
        self.0.link.connector.call_timeout
    }

    /// The word that all keys begin with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.0.link.connector.prefix
    }

    /// Tells the others that this gateway is gone, which they find out by themselves after
    /// [`NODE_EXPIRY`](crate::NODE_EXPIRY).
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn leave(&self) -> Result<(), Error> {
        self.0.link.leave().await
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("connector", &self.0.link.connector)
            .field("epoch", &self.epoch())
            .field("nodes", &self.nodes())
            .finish_non_exhaustive()
    }
}
