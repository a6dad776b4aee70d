//! Certificates that endpoints are shown.

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{Home, Timestamp};

/// A certificate that a stage shows the endpoints it calls, with its key.
///
/// The key is written with the rest, since the certificate is worth nothing without it: whoever tells
/// clients of a certificate leaves it out, as the service does. `Debug` does not show it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ClientCertificate {
    /// The certificate's id.
    pub client_certificate_id: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The certificate, in PEM.
    #[serde(default)]
    pub pem_encoded_certificate: String,
    /// The secret: the certificate's key, in PEM. The service shows no such member.
    #[serde(default)]
    pub private_key: String,
    /// When it was made.
    #[serde(default)]
    pub created_date: Timestamp,
    /// When it holds no more.
    #[serde(default)]
    pub expiration_date: Timestamp,
    /// Labels of the owner.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub tags: IndexMap<String, String>,
    /// The account and region that it belongs to; absent: those of the process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<Home>,
}

impl ClientCertificate {
    /// A certificate with its key, both in PEM.
    #[must_use]
    pub fn new(
        client_certificate_id: impl Into<String>,
        pem_encoded_certificate: impl Into<String>,
        private_key: impl Into<String>,
    ) -> Self {
        Self {
            client_certificate_id: client_certificate_id.into(),
            pem_encoded_certificate: pem_encoded_certificate.into(),
            private_key: private_key.into(),
            ..Self::default()
        }
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCertificate")
            .field("client_certificate_id", &self.client_certificate_id)
            .field("expiration_date", &self.expiration_date)
            .finish_non_exhaustive()
    }
}
