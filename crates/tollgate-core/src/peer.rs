//! The other end of a connection.

use std::net::SocketAddr;

/// The client's address, as the server saw it.
///
/// A server puts it into the request's extensions; without it `$context.identity.sourceIp` is
/// empty. It is the peer of the connection, unless that is a proxy whose word the server takes for
/// where a request came from: then there is a [`ForwardedBy`] beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerAddress(pub SocketAddr);

/// The peer of the connection, where it is a proxy that was believed about the [`PeerAddress`].
///
/// Whoever lets callers in because they are near must look at both: what a proxy says is no proof of
/// that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForwardedBy(pub SocketAddr);

/// Marks a request whose connection is encrypted.
///
/// A server that speaks TLS puts it into the request's extensions; endpoints are then told
/// `X-Forwarded-Proto: https`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncryptedConnection;

/// The certificate that a client showed, as `$context.identity.clientCert` has it.
///
/// A server that asks clients for one, and has verified it, puts an `Arc<PeerCertificate>` into the
/// request's extensions. What stands here is shown as it is: to templates, to authorizers, and in
/// events of proxy integrations.
///
/// ```
/// # #[cfg(feature = "system")]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::Arc;
/// use tollgate_core::{ContextPath, Contexts, PeerCertificate};
///
/// let certificate = PeerCertificate {
///     pem: "-----BEGIN CERTIFICATE-----\n…".into(),
///     subject_dn: "C=US,O=Example,CN=client".into(),
///     issuer_dn: "C=US,O=Example,CN=issuer".into(),
///     serial_number: "1".into(),
///     not_before: "May 28 12:30:02 2019 GMT".into(),
///     not_after: "Aug  5 09:36:04 2021 GMT".into(),
/// };
/// let request = http::Request::get("/pets").extension(Arc::new(certificate));
/// let (parts, ()) = request.body(())?.into_parts();
/// let context = Contexts::default().make(parts);
/// let subject: ContextPath = "identity.clientCert.subjectDN".parse()?;
/// assert_eq!(context.value(&subject).as_deref(), Some("C=US,O=Example,CN=client"));
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "system"))]
/// # fn main() {}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerCertificate {
    /// The certificate in PEM form.
    pub pem: Box<str>,
    /// The distinguished name of whom it is about.
    pub subject_dn: Box<str>,
    /// The distinguished name of who signed it.
    pub issuer_dn: Box<str>,
    /// The number that its issuer gave it.
    pub serial_number: Box<str>,
    /// When it begins to hold, such as `May 28 12:30:02 2019 GMT`.
    pub not_before: Box<str>,
    /// When it ceases to hold, such as `Aug  5 09:36:04 2021 GMT`.
    pub not_after: Box<str>,
}
