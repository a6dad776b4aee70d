//! An origin, and the connections with it that wait for their next request.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Context;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::time::Instant;

use super::connection::Connection;
use super::network::Network;
use super::tls::TlsSettings;

/// Connections that wait at most, for each origin.
const MOST_IDLE: usize = 256;
/// How long a connection waits for its next request.
const LONGEST_IDLE: Duration = Duration::from_secs(30);

/// Where the host of an origin comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Trust {
    /// It stands in the document, or in the configuration: any address may be called.
    Document,
    /// It comes from a stage variable or a request: the address filter decides.
    Request,
}

/// A scheme, host and port that requests go to.
pub(super) struct Origin {
    pub(super) host: Box<str>,
    pub(super) port: u16,
    /// The name on its certificate; `None` where the connection is not encrypted.
    pub(super) server_name: Option<ServerName<'static>>,
    pub(super) tls: TlsSettings,
    pub(super) trust: Trust,
    pub(super) network: Arc<Network>,
    pool: Mutex<Pool>,
}

#[derive(Default)]
struct Pool {
    /// The one used last is at the end, and used first: so the others can be let go.
    idle: Vec<Idle>,
    /// Whether a task lets go of connections that nobody needs.
    is_swept: bool,
}

struct Idle {
    connection: Connection,
    since: Instant,
}

impl Origin {
    pub(super) fn new(
        (host, port): (&str, u16),
        server_name: Option<ServerName<'static>>,
        tls: TlsSettings,
        trust: Trust,
        network: Arc<Network>,
    ) -> Self {
        Self {
            host: host.into(),
            port,
            server_name,
            tls,
            trust,
            network,
            pool: Mutex::default(),
        }
    }

    /// A connection that waits, with the time it has waited; dead ones are let go on the way.
    pub(super) fn take(&self, cx: &mut Context<'_>) -> Option<(Connection, Duration)> {
        loop {
            let Idle {
                mut connection,
                since,
            } = self.pool().idle.pop()?;
            let waited = since.elapsed();
            if waited < LONGEST_IDLE && connection.is_free(cx) {
                return Some((connection, waited));
            }
        }
    }

    /// Keeps a connection whose request is answered, for the next one.
    pub(super) fn keep(self: &Arc<Self>, connection: Connection) {
        let mut pool = self.pool();
        if pool.idle.len() == MOST_IDLE {
            return;
        }
        pool.idle.push(Idle {
            connection,
            since: Instant::now(),
        });
        if !pool.is_swept {
            pool.is_swept = true;
            drop(pool);
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
    }

    /// Lets go of connections that have waited too long; whether some still wait.
    fn let_go(&self) -> bool {
        let mut pool = self.pool();
        let is_old = |idle: &Idle| idle.since.elapsed() >= LONGEST_IDLE;
        // They are ordered by when they were used.
        let young = pool.idle.partition_point(is_old);
        let old: Vec<_> = pool.idle.drain(..young).collect();
        pool.is_swept = !pool.idle.is_empty();
        let some_wait = pool.is_swept;
        drop(pool);
        // Sockets are closed outside of the lock.
        drop(old);
        some_wait
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        // A pool is whole at all times, whoever panicked.
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets go of an origin's old connections until it has none; ends with the origin at the latest.
async fn sweep(origin: Weak<Origin>) {
    loop {
        tokio::time::sleep(LONGEST_IDLE / 2).await;
        if !origin.upgrade().is_some_and(|origin| origin.let_go()) {
            break;
        }
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Origin({self})")
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.server_name.as_ref().map_or("http", |_| "https");
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}
