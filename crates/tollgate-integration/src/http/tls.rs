//! How connections are encrypted.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use thiserror::Error;
use tokio_rustls::TlsConnector;

/// What is different about connections to an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct TlsSettings {
    /// Whether certificates of unknown issuers are taken.
    pub(super) any_issuer: bool,
    /// What endpoints are shown that ask for a certificate.
    pub(super) client_certificate: Option<ClientCertificate>,
    /// What certificates must be for; `None`: the host that is connected.
    pub(super) server_name: Option<ServerName<'static>>,
}

impl TlsSettings {
    pub(super) const NONE: Self = Self {
        any_issuer: false,
        client_certificate: None,
        server_name: None,
    };

    pub(super) fn connector(&self, roots: Arc<RootCertStore>) -> Result<TlsConnector, Error> {
        // The provider is named here: a library sets none for the whole process.
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()?;
        let builder = if self.any_issuer {
            let verifier = Arc::new(AnyIssuer { provider });
            builder
                .dangerous()
                .with_custom_certificate_verifier(verifier)
        } else {
            builder.with_root_certificates(roots)
        };
        let config = match &self.client_certificate {
            None => builder.with_no_client_auth(),
            Some(certificate) => {
                let certified = certificate.0.certified.clone();
                builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(certified)))
            }
        };
        Ok(TlsConnector::from(Arc::new(config)))
    }
}

/// A certificate that the gateway shows to HTTPS endpoints, and its key.
///
/// Cheap to clone; `Debug` does not show the key.
#[derive(Clone)]
pub struct ClientCertificate(Arc<Pair>);

struct Pair {
    key: PrivateKeyDer<'static>,
    certified: Arc<CertifiedKey>,
}

/// Why a certificate cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidClientCertificate {
    /// The certificate is none in PEM form.
    #[error("no certificate in PEM form: {0}")]
    Certificate(String),
    /// The key is none in PEM form.
    #[error("no private key in PEM form: {0}")]
    Key(String),
    /// The key is another certificate's, or of a kind that cannot be used.
    #[error("the certificate and the private key do not fit: {0}")]
    Unfit(String),
}

impl ClientCertificate {
    /// Reads a chain, the gateway's own certificate first, and the key of that one.
    ///
    /// # Errors
    ///
    /// [`InvalidClientCertificate`] where one of the texts is not in PEM form, or they do not fit.
    pub fn from_pem(
        certificate: &[u8],
        private_key: &[u8],
    ) -> Result<Self, InvalidClientCertificate> {
        use InvalidClientCertificate::{Certificate, Key, Unfit};
        let chain: Vec<_> = CertificateDer::pem_slice_iter(certificate)
            .collect::<Result<_, _>>()
            .map_err(|error| Certificate(error.to_string()))?;
        if chain.is_empty() {
            return Err(Certificate("there is none in the text".to_owned()));
        }
        let key =
            PrivateKeyDer::from_pem_slice(private_key).map_err(|error| Key(error.to_string()))?;
        let provider = aws_lc_rs::default_provider();
        let certified = CertifiedKey::from_der(chain, key.clone_key(), &provider)
            .map_err(|error| Unfit(error.to_string()))?;
        Ok(Self(Arc::new(Pair {
            key,
            certified: Arc::new(certified),
        })))
    }

    fn chain(&self) -> &[CertificateDer<'static>] {
        &self.0.certified.cert
    }
}

/// Certificates are equal where their bytes and keys are.
impl PartialEq for ClientCertificate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.chain() == other.chain() && self.0.key == other.0.key
    }
}

impl Eq for ClientCertificate {}

impl Hash for ClientCertificate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.chain().hash(state);
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCertificate")
            .field("certificates", &self.chain().len())
            .finish_non_exhaustive()
    }
}

/// Takes a certificate of any issuer that is valid now, for the name that is called.
#[derive(Debug)]
struct AnyIssuer {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyIssuer {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        // Without roots the issuer is unknown at best: what is wrong with the certificate itself
        // comes before that.
        let verified = verify_server_cert_signed_by_trust_anchor(
            &certificate,
            &RootCertStore::empty(),
            intermediates,
            now,
            self.provider.signature_verification_algorithms.all,
        );
        if let Err(error) = verified
            && !is_about_issuer(&error)
        {
            return Err(error);
        }
        verify_server_name(&certificate, server_name)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}

/// Whether a certificate has no other fault than who issued it.
///
/// One that is marked as an authority's is its own issuer: the command `openssl req -x509` makes such.
/// That it is valid now is found before either of these.
fn is_about_issuer(error: &Error) -> bool {
    match error {
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => true,
        Error::InvalidCertificate(CertificateError::Other(other)) => {
            let fault = other.0.downcast_ref::<webpki::Error>();
            fault == Some(&webpki::Error::CaUsedAsEndEntity)
        }
        _ => false,
    }
}
