//! The client that all HTTP integrations of a gateway share.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::uri::{Authority, Scheme};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use thiserror::Error;

use super::AddressFilter;
use super::network::Network;
use super::origin::{Origin, Trust};
use super::tls::TlsSettings;

/// How long a connection may take to be opened, where nothing else is said.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Origins that are known at a time; requests can name any number of them.
const MOST_ORIGINS: usize = 1024;

/// Connections to HTTP endpoints, shared by integrations.
///
/// A connection whose answer is read to its end waits for the next request to the same scheme, host
/// and port. Endpoints are called with HTTP/1.1, as the service does. Redirects are not followed,
/// nothing is decompressed, no cookie is kept.
///
/// It is cheap to clone, and clones share their connections. It must be used in a tokio runtime
/// with time and input/output enabled.
#[derive(Clone)]
pub struct HttpClient {
    network: Arc<Network>,
    origins: Arc<Mutex<HashMap<OriginKey, Arc<Origin>>>>,
}

/// Why a root certificate cannot be trusted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no certificates in PEM form: {reason}")]
pub struct InvalidCertificates {
    reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct OriginKey {
    is_encrypted: bool,
    authority: Authority,
    trust: Trust,
    tls: TlsSettings,
}

/// Settings of an [`HttpClient`] to be made.
#[derive(Clone, Debug)]
pub struct HttpClientBuilder {
    addresses: AddressFilter,
    connect_timeout: Duration,
    extra_roots: Vec<CertificateDer<'static>>,
}

impl HttpClientBuilder {
    /// Lets hosts that come from stage variables or requests have these addresses; public ones
    /// where nothing is said.
    #[must_use]
    pub fn address_filter(mut self, addresses: AddressFilter) -> Self {
        self.addresses = addresses;
        self
    }

    /// Gives up a connection that is not open after this time; ten seconds where nothing is said.
    #[must_use]
    pub const fn connect_timeout(mut self, connect_timeout: Duration) -> Self {
        self.connect_timeout = connect_timeout;
        self
    }

    /// Trusts these root certificates besides those of the operating system.
    ///
    /// # Errors
    ///
    /// [`InvalidCertificates`] where the text holds no certificate in PEM form.
    pub fn root_certificates(mut self, pem: &[u8]) -> Result<Self, InvalidCertificates> {
        let invalid = |reason: String| InvalidCertificates { reason };
        let roots: Vec<_> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|error| invalid(error.to_string()))?;
        if roots.is_empty() {
            return Err(invalid("there is none in the text".to_owned()));
        }
        self.extra_roots.extend(roots);
        Ok(self)
    }

    /// The client.
    #[must_use]
    pub fn build(self) -> HttpClient {
        let network = Network::new(self.addresses, self.connect_timeout, self.extra_roots);
        HttpClient {
            network: Arc::new(network),
            origins: Arc::default(),
        }
    }
}

/// A client with the settings that [`HttpClientBuilder`] names.
impl Default for HttpClient {
    fn default() -> Self {
        Self::builder().build()
    }
}

/// Clients are equal where they share their connections.
impl PartialEq for HttpClient {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.origins, &other.origins)
    }
}

impl Eq for HttpClient {}

impl HttpClient {
    /// Settings to be changed.
    #[must_use]
    pub fn builder() -> HttpClientBuilder {
        HttpClientBuilder {
            addresses: AddressFilter::default(),
            connect_timeout: CONNECT_TIMEOUT,
            extra_roots: Vec::new(),
        }
    }

    /// The origin of a URI; `None` where it is none.
    pub(super) fn origin(
        &self,
        scheme: &Scheme,
        authority: &Authority,
        trust: Trust,
        tls: &TlsSettings,
    ) -> Option<Arc<Origin>> {
        let is_encrypted = *scheme == Scheme::HTTPS;
        let key = OriginKey {
            is_encrypted,
            authority: authority.clone(),
            trust,
            // Connections that are not encrypted are all alike.
            tls: if is_encrypted {
                tls.clone()
            } else {
                TlsSettings::NONE
            },
        };
        // A map of origins is whole at all times, whoever panicked.
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(origin) = origins.get(&key) {
            return Some(origin.clone());
        }
        let origin = Arc::new(key.origin(self.network.clone())?);
        if origins.len() >= MOST_ORIGINS {
            // Those in use live on with their requests; what is lost are waiting connections.
            origins.clear();
        }
        origins.insert(key, origin.clone());
        Some(origin)
    }
}

impl OriginKey {
    fn origin(&self, network: Arc<Network>) -> Option<Origin> {
        let default_port = if self.is_encrypted { 443 } else { 80 };
        let port = self.authority.port_u16().unwrap_or(default_port);
        // The brackets of an address of version 6 are the URI's.
        let host = self.authority.host();
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        let server_name = match self.is_encrypted {
            true => Some(match &self.tls.server_name {
                Some(name) => name.clone(),
                None => ServerName::try_from(host.to_owned()).ok()?,
            }),
            false => None,
        };
        let tls = self.tls.clone();
        Some(Origin::new(
            (host, port),
            server_name,
            tls,
            self.trust,
            network,
        ))
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient")
            .field("addresses", &self.network.addresses)
            .finish_non_exhaustive()
    }
}
