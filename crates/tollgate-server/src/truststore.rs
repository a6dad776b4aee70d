//! Mutual TLS: which certificates of clients a domain trusts.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::pem::{Error as PemError, PemObject as _};
use rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, OtherError, SignatureScheme,
};
use thiserror::Error as ThisError;
use webpki::{EndEntityCert, KeyUsage, VerifiedPath, anchor_from_trusted_cert};

use crate::certificate::Certificate;

/// Certificates that a truststore may have; the service's own.
pub(crate) const MOST_CERTIFICATES: usize = 1_000;

/// Bytes that the file of a truststore may have; a certificate has two thousand or so.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// Certificates between a client's and that of the truststore, both included; the service's own.
const LONGEST_CHAIN: usize = 4;

/// Why a file is no truststore.
#[derive(Debug, ThisError)]
pub(crate) enum TruststoreError {
    #[error("error: cannot read {}: {source}, expected a PEM file", file.display())]
    Unreadable { file: PathBuf, source: PemError },
    #[error("error: there is no certificate in {}", file.display())]
    Empty { file: PathBuf },
    #[error("error: {} has more certificates than the {MOST_CERTIFICATES} that a truststore may have",
        file.display())]
    TooMany { file: PathBuf },
    #[error("error: certificate {number} in {} is none that others could be signed with: {source}",
        file.display())]
    Unusable {
        file: PathBuf,
        number: usize,
        source: webpki::Error,
    },
}

/// The certificates that those of clients must be signed with, or with what is signed so.
#[derive(Debug)]
pub(crate) struct Truststore {
    file: PathBuf,
    anchors: Vec<TrustAnchor<'static>>,
    /// The same as they were read, in the same order.
    certificates: Vec<CertificateDer<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Truststore {
    /// Reads a bundle of certificates in PEM form.
    pub(crate) fn read(file: &Path, provider: &CryptoProvider) -> Result<Self, TruststoreError> {
        let unreadable = |source| TruststoreError::Unreadable {
            file: file.to_owned(),
            source,
        };
        let bytes = bytes(file).map_err(|error| unreadable(PemError::Io(error)))?;
        let read = CertificateDer::pem_slice_iter(&bytes).take(MOST_CERTIFICATES + 1);
        let certificates: Vec<_> = read.collect::<Result<_, _>>().map_err(unreadable)?;
        let file = || file.to_owned();
        if certificates.is_empty() {
            return Err(TruststoreError::Empty { file: file() });
        }
        if certificates.len() > MOST_CERTIFICATES {
            return Err(TruststoreError::TooMany { file: file() });
        }
        let mut anchors = Vec::with_capacity(certificates.len());
        for (index, certificate) in certificates.iter().enumerate() {
            let anchor = anchor_from_trusted_cert(certificate);
            let anchor = anchor.map_err(|source| TruststoreError::Unusable {
                file: file(),
                number: index + 1,
                source,
            });
            anchors.push(anchor?.to_owned());
        }
        Ok(Self {
            file: file(),
            anchors,
            certificates,
            algorithms: provider.signature_verification_algorithms,
        })
    }

    /// What the operator should know of it.
    pub(crate) fn remark(&self) -> Option<String> {
        let (one, other) = self.ambiguous()?;
        Some(format!(
            "warning: certificates {one} and {other} in {} have the same subject and different issuers",
            self.file.display()
        ))
    }

    /// The numbers of two certificates of the same subject and of different issuers, which the service
    /// warns of: clients of either may be refused elsewhere.
    fn ambiguous(&self) -> Option<(usize, usize)> {
        let mut seen = HashMap::new();
        let certificates = self.certificates.iter().enumerate();
        let mut read =
            certificates.filter_map(|(index, one)| Some((index, Certificate::read(one)?)));
        read.find_map(|(index, one)| {
            let (first, issuer) = *seen.entry(one.subject).or_insert((index, one.issuer));
            (issuer != one.issuer).then_some((first + 1, index + 1))
        })
    }

    /// Whether a path is as short as it must be, and ends at a certificate that holds.
    fn accepts(&self, path: &VerifiedPath<'_>, now: UnixTime) -> Result<(), webpki::Error> {
        if path.intermediate_certificates().count() + 2 > LONGEST_CHAIN {
            return Err(webpki::Error::MaximumPathDepthExceeded);
        }
        let anchor = path.anchor();
        let is_it = |one: &TrustAnchor<'_>| {
            one.subject == anchor.subject
                && one.subject_public_key_info == anchor.subject_public_key_info
        };
        let certificates = self.anchors.iter().zip(&self.certificates);
        let mut fitting = certificates.filter(|(one, _)| is_it(one));
        let holds = |certificate: &CertificateDer<'_>| {
            Certificate::read(certificate).is_some_and(|one| one.holds_at(now.as_secs()))
        };
        if fitting.any(|(_, certificate)| holds(certificate)) {
            Ok(())
        } else {
            Err(webpki::Error::UnknownIssuer)
        }
    }
}

fn bytes(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let length = File::open(file)?
        .take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)?;
    if length as u64 > MOST_BYTES {
        let message = format!("it has more than {MOST_BYTES} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

impl ClientCertVerifier for Truststore {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        // A thousand names may be more than a handshake has room for; clients know what they have.
        &[]
    }

    fn verify_client_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let shown = EndEntityCert::try_from(certificate).map_err(refused)?;
        let accepts = |path: &VerifiedPath<'_>| self.accepts(path, now);
        let verified = shown.verify_for_usage(
            self.algorithms.all,
            &self.anchors,
            intermediates,
            now,
            KeyUsage::client_auth(),
            None,
            Some(&accepts),
        );
        verified
            .map(|_| ClientCertVerified::assertion())
            .map_err(refused)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// What clients are told by the alert of the handshake.
fn refused(error: webpki::Error) -> Error {
    let why = match error {
        webpki::Error::BadDer => CertificateError::BadEncoding,
        webpki::Error::CertExpired { .. } => CertificateError::Expired,
        webpki::Error::CertNotValidYet { .. } => CertificateError::NotValidYet,
        webpki::Error::UnknownIssuer => CertificateError::UnknownIssuer,
        other => CertificateError::Other(OtherError(Arc::new(other))),
    };
    Error::InvalidCertificate(why)
}
