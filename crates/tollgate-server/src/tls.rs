//! TLS: certificates by the name that a client asks for, those that clients show, and their renewal.

use std::collections::BTreeMap;
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
use crate::domains::{Domain, Domains, Handshakes, find};
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
    keys: BTreeMap<DomainName, Arc<CertifiedKey>>,
    domains: Domains,
    closes_any: bool,
    /// Whether some listener for APIs has TLS.
    is_spoken: bool,
    /// What the operator should know of truststores.
    remarks: Vec<String>,
}

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
    pub(crate) fn read(
        listeners: &[Listener],
        config: &Config,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, TlsError> {
        let is_of_apis =
            |listener: &Listener| listener.tls.is_some() && listener.plane != Plane::Control;
        let mut certificates = Self {
            is_spoken: listeners.iter().any(is_of_apis),
            ..Self::default()
        };
        for listener in listeners {
            let pair = listener.tls.as_ref().and_then(|tls| tls.certificate());
            let read = pair.map(|pair| certified_key(&pair, provider));
            certificates.defaults.push(read.transpose()?);
        }
        for (name, pair) in config.domain_certificates() {
            let key = certified_key(pair, provider)?;
            certificates.keys.insert(name.clone(), key);
        }
        for domain in &config.domains {
            let name = domain.name.get_ref().0.clone();
            let handshakes = match &domain.truststore {
                None => Handshakes::new(),
                Some(_) if !certificates.is_spoken => {
                    return Err(TlsError::NeverShown { domain: name });
                }
                Some(file) => {
                    let truststore = Arc::new(Truststore::read(file.get_ref(), provider)?);
                    certificates.remarks.extend(truststore.remark());
                    certificates.handshakes(&name, &truststore, provider)?
                }
            };
            let domain = Domain {
                is_closed: domain.truststore.is_some(),
                handshakes,
            };
            certificates.closes_any |= domain.is_closed;
            certificates.domains.insert(name, domain);
        }
        Ok(certificates)
    }

    /// Closes what a configuration closes, whether its truststores can be read or not, and nothing else.
    pub(crate) fn close_only(&mut self, config: &Config) {
        let closed = config.truststores().map(|(name, _)| name);
        self.domains.close_only(closed);
        self.closes_any = self.domains.close_any();
    }

    pub(crate) const fn domains(&self) -> &Domains {
        &self.domains
    }

    /// The same, and other domains besides.
    pub(crate) fn with(&self, others: &Domains) -> Self {
        let mut both = self.clone();
        both.domains = both.domains.with(others);
        both.closes_any = both.domains.close_any();
        both
    }

    /// How clients are spoken with whom a domain trusts.
    pub(crate) fn handshakes(
        &self,
        name: &DomainName,
        truststore: &Arc<Truststore>,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Handshakes, TlsError> {
        let own = find(&self.keys, name.as_str()).map(|(_, key)| key);
        let keys = self.defaults.iter().map(|default| own.or(default.as_ref()));
        keys.map(|key| {
            let handshake = key.map(|key| mutual(key.clone(), truststore.clone(), provider));
            handshake.transpose()
        })
        .collect()
    }

    /// Whether clients can be spoken with so.
    pub(crate) fn speak(&self, handshakes: &Handshakes) -> bool {
        self.is_spoken && handshakes.iter().any(Option::is_some)
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
        self.closes_any
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
        let found = self.domains.get(domain).filter(|one| one.is_closed);
        let Some(closed) = found else {
            return Ok(None);
        };
        // Whom a domain trusted that trusts nobody any more, is a stranger.
        let trusts_any = !closed.handshakes.is_empty();
        let client = client.filter(|client| trusts_any && client.domain == *domain);
        client
            .map(|client| Some(client.certificate.clone()))
            .ok_or(Stranger)
    }
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
        let (name, domain) = certificates.domains.find(name)?;
        let config = domain.handshakes.get(self.listener)?.clone()?;
        Some((name.clone(), config))
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
            .and_then(|name| Some(find(&certificates.keys, name)?.1));
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
