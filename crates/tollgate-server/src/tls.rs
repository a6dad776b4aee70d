//! TLS: certificates by the name that a client asks for, and their renewal.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, version};
use thiserror::Error;
use tokio_rustls::TlsAcceptor;
use tollgate::gateway::address::DomainName;

use crate::config::{Certificate, Config, Listener};

/// Why a certificate cannot be used.
#[derive(Debug, Error)]
pub(crate) enum TlsError {
    #[error("error: cannot read {}: {source}, expected a PEM file", file.display())]
    Unreadable {
        file: PathBuf,
        source: rustls::pki_types::pem::Error,
    },
    #[error("error: there is no certificate in {}", file.display())]
    Empty { file: PathBuf },
    #[error("error: the certificate in {} and the key in {} do not fit: {source}",
        pair.certificate.display(), pair.private_key.display())]
    Unfit {
        pair: Certificate,
        source: rustls::Error,
    },
    #[error("error: cannot use TLS: {0}")]
    Unusable(#[from] rustls::Error),
}

/// The certificates of all listeners and domains.
#[derive(Debug, Default)]
pub(crate) struct Certificates {
    domains: Vec<(DomainName, Arc<CertifiedKey>)>,
    /// By listener, for clients that name none of the domains.
    defaults: Vec<Option<Arc<CertifiedKey>>>,
}

/// The certificates shown now; they may be replaced while connections are served.
pub(crate) type SharedCertificates = Arc<ArcSwap<Certificates>>;

impl Certificates {
    /// Reads the certificates of these listeners and of the configuration's domains.
    pub(crate) fn read(listeners: &[Listener], config: &Config) -> Result<Self, TlsError> {
        let provider = aws_lc_rs::default_provider();
        let mut certificates = Self::default();
        for listener in listeners {
            let pair = listener.tls.as_ref().and_then(|tls| tls.certificate());
            let read = pair.map(|pair| certified_key(&pair, &provider));
            certificates.defaults.push(read.transpose()?);
        }
        for (name, pair) in config.domain_certificates() {
            let key = certified_key(pair, &provider)?;
            certificates.domains.push((name.clone(), key));
        }
        Ok(certificates)
    }

    /// The files that the certificates of listeners and domains are read from.
    pub(crate) fn files(listeners: &[Listener], config: &Config) -> Vec<PathBuf> {
        let of_listeners = listeners.iter();
        let of_listeners = of_listeners.filter_map(|one| one.tls.as_ref()?.certificate());
        let of_domains = config.domain_certificates().map(|(_, pair)| pair.clone());
        let pairs = of_listeners.chain(of_domains);
        pairs
            .flat_map(|pair| [pair.certificate, pair.private_key])
            .collect()
    }

    /// The certificate for a name: that of the domain itself, else of its wildcard.
    fn of_domain(&self, name: &str) -> Option<&Arc<CertifiedKey>> {
        let find = |fits: &dyn Fn(&DomainName) -> bool| {
            let mut domains = self.domains.iter();
            domains.find(|(domain, _)| fits(domain)).map(|(_, key)| key)
        };
        let suffix = name.split_once('.').map(|(_, suffix)| suffix);
        let is_wildcard_of = |domain: &DomainName, suffix: &str| {
            domain
                .wildcard_of()
                .is_some_and(|one| one.eq_ignore_ascii_case(suffix))
        };
        find(&|domain| domain.as_str().eq_ignore_ascii_case(name))
            .or_else(|| find(&|domain| suffix.is_some_and(|suffix| is_wildcard_of(domain, suffix))))
    }
}

/// What a listener shakes hands with.
pub(crate) fn acceptor(
    listener: usize,
    certificates: SharedCertificates,
) -> Result<TlsAcceptor, TlsError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let resolver = Arc::new(Resolver {
        listener,
        certificates,
    });
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Chooses the certificates of one listener.
#[derive(Debug)]
struct Resolver {
    listener: usize,
    certificates: SharedCertificates,
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, client: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let certificates = self.certificates.load();
        let of_domain = client
            .server_name()
            .and_then(|name| certificates.of_domain(name));
        let default = || certificates.defaults.get(self.listener)?.as_ref();
        of_domain.or_else(default).cloned()
    }
}

fn certified_key(
    pair: &Certificate,
    provider: &CryptoProvider,
) -> Result<Arc<CertifiedKey>, TlsError> {
    let unreadable = |file: &Path| {
        let file = file.to_owned();
        move |source| TlsError::Unreadable { file, source }
    };
    let chain: Vec<_> = CertificateDer::pem_file_iter(&pair.certificate)
        .and_then(Iterator::collect)
        .map_err(unreadable(&pair.certificate))?;
    if chain.is_empty() {
        return Err(TlsError::Empty {
            file: pair.certificate.clone(),
        });
    }
    let key =
        PrivateKeyDer::from_pem_file(&pair.private_key).map_err(unreadable(&pair.private_key))?;
    CertifiedKey::from_der(chain, key, provider)
        .map(Arc::new)
        .map_err(|source| TlsError::Unfit {
            pair: pair.clone(),
            source,
        })
}
