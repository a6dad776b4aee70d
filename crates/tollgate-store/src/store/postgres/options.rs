//! Settings.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::StoreError;

/// How a [`PostgresStore`](crate::PostgresStore) goes about it.
#[derive(Clone)]
pub struct PostgresOptions {
    pub(super) cache: Option<PathBuf>,
    pub(super) poll_every: Duration,
    pub(super) listens: bool,
    pub(super) roots: Vec<CertificateDer<'static>>,
    pub(super) observer: Option<Observer>,
}

/// What is told when the database goes or comes back.
pub(super) type Observer = Arc<dyn Fn(PostgresTransition) + Send + Sync>;

/// What became of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PostgresTransition {
    /// It is away: what was seen last is what there is.
    Lost {
        /// What it said last, without its address.
        reason: String,
    },
    /// It is there again.
    Back,
}

impl PostgresOptions {
    /// No cache, a poll every five seconds, notifications, and the root certificates of the system.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            cache: None,
            poll_every: Duration::from_secs(5),
            listens: true,
            roots: Vec::new(),
            observer: None,
        }
    }

    /// Keeps the latest state in a folder of its own, in a file that its owner alone can read.
    #[must_use]
    pub fn with_cache(mut self, folder: impl Into<PathBuf>) -> Self {
        self.cache = Some(folder.into());
        self
    }

    /// Asks for the revision so often, more or less: up to a fifth of it is added or taken away at
    /// random.
    #[must_use]
    pub const fn with_poll_every(mut self, time: Duration) -> Self {
        self.poll_every = time;
        self
    }

    /// Whether notifications are listened for, on a connection of its own. Poolers that hand a
    /// connection to another client after each transaction cannot do that.
    #[must_use]
    pub const fn with_notifications(mut self, listens: bool) -> Self {
        self.listens = listens;
        self
    }

    /// Tells somebody when the database goes or comes back, once each time. It is told on the store's own
    /// task, and must not block.
    #[must_use]
    pub fn with_observer(
        mut self,
        observer: impl Fn(PostgresTransition) + Send + Sync + 'static,
    ) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Trusts these root certificates alone, in PEM form.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] where the text holds none.
    pub fn with_root_certificates(mut self, pem: &[u8]) -> Result<Self, StoreError> {
        let invalid = |reason: String| StoreError::Corrupt {
            place: "the text of root certificates".to_owned(),
            reason,
        };
        let roots: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        self.roots = roots.map_err(|error| invalid(error.to_string()))?;
        if self.roots.is_empty() {
            return Err(invalid("there is none in it".to_owned()));
        }
        Ok(self)
    }
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for PostgresOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresOptions")
            .field("cache", &self.cache)
            .field("poll_every", &self.poll_every)
            .field("listens", &self.listens)
            .finish_non_exhaustive()
    }
}
