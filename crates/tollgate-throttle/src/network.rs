//! Who a client without a key is.

use std::net::{IpAddr, Ipv6Addr};

/// Bits of an IPv6 address that name a network; within one everybody takes the address that they like.
const NETWORK_BITS: u32 = 64;

/// What a client without a key is told apart by: its IPv4 address, or the /64 network of its IPv6
/// address.
///
/// ```
/// use tollgate_throttle::network_of;
///
/// let network = |address: &str| network_of(address.parse().unwrap()).to_string();
/// assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
/// assert_eq!(network("2001:db8::1:2:3:4"), "2001:db8::");
/// ```
#[must_use]
pub fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = address.to_bits() & (u128::MAX << NETWORK_BITS);
            Ipv6Addr::from_bits(network).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}
