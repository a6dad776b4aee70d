//! Where a request comes from.

use std::net::IpAddr;

use http::request::Parts;
use tollgate_core::PeerAddress;

use crate::network_of;

/// Where a request comes from: the IPv4 address of the connection's peer, or the /64 network of its IPv6
/// address. `None` where the server does not put a [`PeerAddress`] among the request's extensions.
///
/// Behind a proxy this is the proxy. A header that tells the client's address is to be believed only
/// where the proxy sets it and nobody else can.
///
/// ```
/// use http::Request;
/// use tollgate_core::PeerAddress;
/// use tollgate_throttle::source_network;
///
/// let network = |peer: &str| {
///     let peer = PeerAddress(peer.parse().unwrap());
///     let request = Request::builder().extension(peer).body(()).unwrap();
///     source_network(&request.into_parts().0).unwrap().to_string()
/// };
/// assert_eq!(network("192.0.2.1:50000"), "192.0.2.1");
/// assert_eq!(network("[::ffff:192.0.2.1]:50000"), "192.0.2.1");
/// assert_eq!(network("[2001:db8::1:2:3:4]:50000"), "2001:db8::");
/// ```
#[must_use]
pub fn source_network(request: &Parts) -> Option<IpAddr> {
    let PeerAddress(peer) = request.extensions.get()?;
    Some(network_of(peer.ip()))
}
