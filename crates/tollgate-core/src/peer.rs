//! The other end of a connection.

use std::net::SocketAddr;

/// The peer of a request's connection, as the server saw it.
///
/// A server puts it into the request's extensions; without it `$context.identity.sourceIp` is
/// empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerAddress(pub SocketAddr);

/// Marks a request whose connection is encrypted.
///
/// A server that speaks TLS puts it into the request's extensions; endpoints are then told
/// `X-Forwarded-Proto: https`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncryptedConnection;
