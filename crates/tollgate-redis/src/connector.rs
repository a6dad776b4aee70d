//! How to connect.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tollgate_core::{Clock, Random};

use crate::link::Transition;
use crate::{Connection, InvalidAddress, NoRuntime};

/// How long an answer may take, unless it is set otherwise.
pub const CALL_TIMEOUT: Duration = Duration::from_millis(20);

/// How long connecting may take, unless it is set otherwise.
pub const CONNECT_TIMEOUT: Duration = Duration::from_millis(250);

pub(crate) type Tell = Arc<dyn Fn(Transition) + Send + Sync>;

/// How a [`Connection`] is made.
#[derive(Clone)]
pub struct Connector {
    pub(crate) client: redis::Client,
    pub(crate) call_timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) prefix: Box<str>,
    pub(crate) tell: Tell,
}

impl Connector {
    /// For an address such as `redis://127.0.0.1:6379/0` or `unix:///run/redis.sock`; it may have a
    /// name and a password.
    ///
    /// # Errors
    ///
    /// [`InvalidAddress`], which shows the address without what stands before its `@`.
    pub fn new(address: &str) -> Result<Self, InvalidAddress> {
        let client = redis::Client::open(address).map_err(|_| {
            let place = address.rsplit('@').next().unwrap_or_default();
            InvalidAddress(place.chars().take(200).collect())
        })?;
        Ok(Self {
            client,
            call_timeout: CALL_TIMEOUT,
            connect_timeout: CONNECT_TIMEOUT,
            prefix: "tollgate".into(),
            tell: Arc::new(|_| {}),
        })
    }

    /// An answer may take so long.
    #[must_use]
    pub const fn with_call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// Connecting may take so long.
    #[must_use]
    pub const fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// All keys begin with this word; `tollgate` unless it is set otherwise. Gateways with the same
    /// word share what they keep and count each other.
    #[must_use]
    pub fn with_prefix(mut self, prefix: &str) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Tells when Redis is lost and when it is back: once each.
    ///
    /// It is called from the connection's own task, and must not block.
    #[must_use]
    pub fn with_observer(mut self, tell: impl Fn(Transition) + Send + Sync + 'static) -> Self {
        self.tell = Arc::new(tell);
        self
    }

    /// Connects in the background, now and whenever the connection is lost. It does not wait: Redis
    /// may be away.
    ///
    /// # Errors
    ///
    /// [`NoRuntime`] where it is called outside of one.
    pub fn connect(
        self,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Connection, NoRuntime> {
        Connection::start(self, clock, random)
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector")
            .field("address", self.client.get_connection_info().addr())
            .field("call_timeout", &self.call_timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}
