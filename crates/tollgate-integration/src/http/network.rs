//! What all connections of a client share.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

use super::AddressFilter;

/// The way to endpoints: which addresses may be called, and whose certificates are trusted.
pub(super) struct Network {
    pub(super) addresses: AddressFilter,
    pub(super) connect_timeout: Duration,
    /// Roots that are trusted besides those of the operating system.
    extra_roots: Vec<CertificateDer<'static>>,
    tls: OnceLock<Result<TlsConnector, rustls::Error>>,
}

impl Network {
    pub(super) const fn new(
        addresses: AddressFilter,
        connect_timeout: Duration,
        extra_roots: Vec<CertificateDer<'static>>,
    ) -> Self {
        Self {
            addresses,
            connect_timeout,
            extra_roots,
            tls: OnceLock::new(),
        }
    }

    /// What encrypts connections; the roots of the operating system are read at the first.
    pub(super) fn tls(&self) -> Result<TlsConnector, rustls::Error> {
        let tls = self.tls.get_or_init(|| connector(self.extra_roots.clone()));
        tls.clone()
    }
}

fn connector(extra_roots: Vec<CertificateDer<'static>>) -> Result<TlsConnector, rustls::Error> {
    // A store of the operating system that cannot be read, or holds what is no certificate, leaves
    // fewer roots: endpoints are then refused, with a reason that says so.
    let native = rustls_native_certs::load_native_certs().certs;
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(native.into_iter().chain(extra_roots));
    // The provider is named here: a library sets none for the whole process.
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
