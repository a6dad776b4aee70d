//! What all connections of a client share.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls_platform_verifier::Verifier;
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
    // The provider is named here: a library sets none for the whole process.
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Verifier::new_with_extra_roots(extra_roots, provider.clone())?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
