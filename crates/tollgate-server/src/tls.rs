//! TLS: certificates by the name that a client asks for, those that clients show, and their renewal.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{Acceptor, ClientHello, NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ServerConfig, SupportedProtocolVersion, version};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;
use tollgate::core::PeerCertificate;
use tollgate::gateway::address::DomainName;

use crate::certificate;
use crate::config::{Certificate, Config, Listener};
use crate::plane::Plane;
use crate::truststore::{Truststore, TruststoreError};

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
    #[error(transparent)]
    Truststore(#[from] TruststoreError),
    #[error(
        "error: the domain {domain} has a truststore, but no listener for APIs has tls: nobody \
        could call it"
    )]
    NeverShown { domain: DomainName },
    #[error("error: cannot use TLS: {0}")]
    Unusable(#[from] rustls::Error),
}

/// The certificates of all listeners and domains.
#[derive(Clone, Debug, Default)]
pub(crate) struct Certificates {
    /// By listener, for clients that name none of the domains.
    defaults: Vec<Option<Arc<CertifiedKey>>>,
    domains: Vec<(DomainName, Arc<CertifiedKey>)>,
    /// All domains, and how those are spoken with whose clients show certificates.
    handshakes: Vec<(DomainName, Handshakes)>,
    /// The domains that only such clients reach.
    closed: Vec<DomainName>,
    /// What the operator should know of truststores.
    remarks: Vec<String>,
}

/// By listener; empty for a domain whose clients need no certificate.
type Handshakes = Vec<Option<Arc<ServerConfig>>>;

/// The certificates shown now; they may be replaced while connections are served.
pub(crate) type SharedCertificates = Arc<ArcSwap<Certificates>>;

/// A client that has shown a certificate of those that a domain trusts.
#[derive(Debug)]
pub(crate) struct KnownClient {
    domain: DomainName,
    certificate: Arc<PeerCertificate>,
}

/// A client that has no business at a domain.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stranger;

impl Certificates {
    /// Reads the certificates of these listeners and of the configuration's domains.
    pub(crate) fn read(listeners: &[Listener], config: &Config) -> Result<Self, TlsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
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
        let is_of_apis =
            |listener: &Listener| listener.tls.is_some() && listener.plane != Plane::Control;
        let is_spoken = listeners.iter().any(is_of_apis);
        for domain in &config.domains {
            let name = domain.name.get_ref().0.clone();
            let handshakes = match &domain.truststore {
                None => Handshakes::new(),
                Some(_) if !is_spoken => return Err(TlsError::NeverShown { domain: name }),
                Some(file) => certificates.handshakes(&name, file.get_ref(), &provider)?,
            };
            certificates.handshakes.push((name, handshakes));
        }
        Ok(certificates.closing(config))
    }

    /// The same certificates, and closed what a configuration closes, whether its truststores can be
    /// read or not.
    pub(crate) fn closing(mut self, config: &Config) -> Self {
        let closed = config.truststores().map(|(name, _)| name.clone());
        self.closed = closed.collect();
        self
    }

    /// Reads the truststore of a domain.
    fn handshakes(
        &mut self,
        name: &DomainName,
        file: &Path,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Handshakes, TlsError> {
        let truststore = Truststore::read(file, provider)?;
        if let Some((one, other)) = truststore.ambiguous() {
            self.remarks.push(format!(
                "warning: certificates {one} and {other} in {} have the same subject and different \
                 issuers",
                file.display()
            ));
        }
        let truststore = Arc::new(truststore);
        let own = find(&self.domains, name.as_str()).map(|(_, key)| key);
        let keys = self.defaults.iter().map(|default| own.or(default.as_ref()));
        keys.map(|key| {
            let handshake = key.map(|key| mutual(key.clone(), truststore.clone(), provider));
            handshake.transpose()
        })
        .collect()
    }

    /// The files that the certificates of listeners and domains are read from.
    pub(crate) fn files(listeners: &[Listener], config: &Config) -> Vec<PathBuf> {
        let of_listeners = listeners.iter();
        let of_listeners = of_listeners.filter_map(|one| one.tls.as_ref()?.certificate());
        let of_domains = config.domain_certificates().map(|(_, pair)| pair.clone());
        let pairs = of_listeners.chain(of_domains);
        let truststores = config.truststores().map(|(_, file)| file.clone());
        pairs
            .flat_map(|pair| [pair.certificate, pair.private_key])
            .chain(truststores)
            .collect()
    }

    /// What the operator should know.
    pub(crate) fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// Whether some domain is only for clients with a certificate.
    pub(crate) const fn closes_any(&self) -> bool {
        !self.closed.is_empty()
    }

    /// The certificate that a request to a domain shows, if the domain asks for one.
    ///
    /// It is that of the connection where the connection was made for this domain. Whoever connected for
    /// another has shown what that one trusts, or nothing.
    pub(crate) fn shown(
        &self,
        domain: &DomainName,
        client: Option<&KnownClient>,
    ) -> Result<Option<Arc<PeerCertificate>>, Stranger> {
        if !self.closed.contains(domain) {
            return Ok(None);
        }
        let client = client.filter(|client| client.domain == *domain);
        client
            .map(|client| Some(client.certificate.clone()))
            .ok_or(Stranger)
    }
}

/// What stands beside a name: that of the domain itself, else of its wildcard.
fn find<'l, T>(list: &'l [(DomainName, T)], name: &str) -> Option<&'l (DomainName, T)> {
    let find = |fits: &dyn Fn(&DomainName) -> bool| list.iter().find(|(domain, _)| fits(domain));
    let suffix = name.split_once('.').map(|(_, suffix)| suffix);
    let is_wildcard_of = |domain: &DomainName, suffix: &str| {
        domain
            .wildcard_of()
            .is_some_and(|one| one.eq_ignore_ascii_case(suffix))
    };
    find(&|domain| domain.as_str().eq_ignore_ascii_case(name))
        .or_else(|| find(&|domain| suffix.is_some_and(|suffix| is_wildcard_of(domain, suffix))))
}

/// What a listener shakes hands with.
#[derive(Clone, Debug)]
pub(crate) struct Tls {
    listener: usize,
    certificates: SharedCertificates,
    /// For clients that need no certificate.
    config: Arc<ServerConfig>,
}

impl Tls {
    /// That of a listener, by its number.
    pub(crate) fn new(listener: usize, certificates: SharedCertificates) -> Result<Self, TlsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let resolver = Arc::new(Resolver {
            listener,
            certificates: certificates.clone(),
        });
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(VERSIONS)?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = protocols();
        Ok(Self {
            listener,
            certificates,
            config: Arc::new(config),
        })
    }

    /// Shakes hands with a client, and finds out who it is where the domain that it names wants to know.
    pub(crate) async fn accept(
        &self,
        stream: TcpStream,
    ) -> io::Result<(TlsStream<TcpStream>, Option<Arc<KnownClient>>)> {
        let hello = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let name = hello.client_hello().server_name().map(str::to_owned);
        let Some((domain, config)) = name.and_then(|name| self.handshake(&name)) else {
            return Ok((hello.into_stream(self.config.clone()).await?, None));
        };
        let stream = hello.into_stream(config).await?;
        let shown = stream.get_ref().1.peer_certificates();
        let certificate = shown.and_then(|chain| certificate::Certificate::read(chain.first()?));
        // It was verified, so there is one.
        let certificate = certificate.ok_or(io::ErrorKind::InvalidData)?;
        let client = KnownClient {
            domain,
            certificate: Arc::new(certificate.shown()),
        };
        Ok((stream, Some(Arc::new(client))))
    }

    /// How clients are spoken with who name a domain that trusts some of them.
    fn handshake(&self, name: &str) -> Option<(DomainName, Arc<ServerConfig>)> {
        let certificates = self.certificates.load();
        let (domain, handshakes) = find(&certificates.handshakes, name)?;
        let config = handshakes.get(self.listener)?.clone()?;
        Some((domain.clone(), config))
    }
}

const VERSIONS: &[&SupportedProtocolVersion] = &[&version::TLS13, &version::TLS12];

fn protocols() -> Vec<Vec<u8>> {
    vec![b"h2".to_vec(), b"http/1.1".to_vec()]
}

/// What clients are spoken with who have to show a certificate.
fn mutual(
    key: Arc<CertifiedKey>,
    truststore: Arc<Truststore>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<ServerConfig>, TlsError> {
    let mut config = ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(VERSIONS)?
        .with_client_cert_verifier(truststore)
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(key)));
    config.alpn_protocols = protocols();
    // A session that is resumed is not asked for its certificate again, which may have expired.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
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
            .and_then(|name| Some(&find(&certificates.domains, name)?.1));
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
