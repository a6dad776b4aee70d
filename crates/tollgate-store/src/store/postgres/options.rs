//! Settings.

use std::path::PathBuf;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::StoreError;

/// How a [`PostgresStore`](crate::PostgresStore) goes about it.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    pub(super) cache: Option<PathBuf>,
    pub(super) poll_every: Duration,
    pub(super) listens: bool,
    pub(super) roots: Vec<CertificateDer<'static>>,
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
