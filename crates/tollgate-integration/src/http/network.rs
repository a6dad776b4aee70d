//! What all connections of a client share.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use tokio_rustls::TlsConnector;

use super::AddressFilter;
use super::tls::TlsSettings;

/// Settings of encryption that are known at a time; documents can name any number of certificates.
const MOST_SETTINGS: usize = 256;

/// The way to endpoints: which addresses may be called, and whose certificates are trusted.
pub(super) struct Network {
    pub(super) addresses: AddressFilter,
    pub(super) connect_timeout: Duration,
    /// Roots that are trusted besides those of the operating system.
    extra_roots: Vec<CertificateDer<'static>>,
    roots: OnceLock<Arc<RootCertStore>>,
    connectors: Mutex<HashMap<TlsSettings, Result<TlsConnector, rustls::Error>>>,
}

impl Network {
    pub(super) fn new(
        addresses: AddressFilter,
        connect_timeout: Duration,
        extra_roots: Vec<CertificateDer<'static>>,
    ) -> Self {
        Self {
            addresses,
            connect_timeout,
            extra_roots,
            roots: OnceLock::new(),
            connectors: Mutex::default(),
        }
    }

    /// What encrypts connections with these settings; the roots of the operating system are read at
    /// the first.
    pub(super) fn tls(&self, settings: &TlsSettings) -> Result<TlsConnector, rustls::Error> {
        // A map of connectors is whole at all times, whoever panicked.
        let mut connectors = self
            .connectors
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = connectors.get(settings) {
            return known.clone();
        }
        if connectors.len() >= MOST_SETTINGS {
            connectors.clear();
        }
        let connector = settings.connector(self.roots());
        connectors.insert(settings.clone(), connector.clone());
        connector
    }

    fn roots(&self) -> Arc<RootCertStore> {
        let roots = self.roots.get_or_init(|| {
            // A store of the operating system that cannot be read, or holds what is no certificate,
            // leaves fewer roots: endpoints are then refused, with a reason that says so.
            let native = rustls_native_certs::load_native_certs().certs;
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(native.into_iter().chain(self.extra_roots.clone()));
            Arc::new(roots)
        });
        roots.clone()
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}
