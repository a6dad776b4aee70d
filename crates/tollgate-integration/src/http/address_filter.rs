//! Which addresses may be called by whom.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// Addresses that a host may have which does not stand in the document word for word.
///
/// A host that comes from a stage variable or a request could name the machine that the gateway
/// runs on, its neighbours, or a cloud's metadata service. Such a host may only have public
/// addresses, and those that the operator allows.
///
/// ```
/// use tollgate_integration::AddressFilter;
///
/// let filter = AddressFilter::public_and(["10.1.0.0/16".parse()?]);
/// assert!(filter.permits([93, 184, 215, 14].into()));
/// assert!(filter.permits([10, 1, 2, 3].into()));
/// assert!(!filter.permits([10, 2, 0, 1].into()));
/// assert!(!filter.permits([169, 254, 169, 254].into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressFilter {
    allowed: Vec<IpNet>,
}

impl AddressFilter {
    /// Public addresses, and these networks.
    #[must_use]
    pub fn public_and(allowed: impl IntoIterator<Item = IpNet>) -> Self {
        Self {
            allowed: allowed.into_iter().collect(),
        }
    }

    /// Whether this address may be called.
    #[must_use]
    pub fn permits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let is_public = match address {
            IpAddr::V4(address) => is_public_v4(address),
            IpAddr::V6(address) => is_public_v6(address),
        };
        is_public
            || self
                .allowed
                .iter()
                .any(|network| network.contains(&address))
    }
}

/// Not one of IANA's special-purpose addresses (the registry of RFC 6890).
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        // This network, and what stands for no address.
        || a == 0
        // Shared by carriers (RFC 6598), and where some clouds have their metadata.
        || (a == 100 && (64..128).contains(&b))
        // Protocol assignments, benchmarks, reserved.
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19))
        || a >= 240;
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // Global unicast, and in it neither documentation, nor the ranges that carry an address of
    // version 4 to where a relay or translator would bring it.
    let is_global = segments[0] & 0xe000 == 0x2000;
    let is_documentation =
        segments[0] == 0x2001 && segments[1] == 0x0db8 || segments[0] & 0xfff0 == 0x3ff0;
    let is_protocol = segments[0] == 0x2001 && segments[1] < 0x0200;
    let is_6to4 = segments[0] == 0x2002;
    is_global && !is_documentation && !is_protocol && !is_6to4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_pass() {
        let filter = AddressFilter::default();
        for (address, expected) in [
            ("8.8.8.8", true),
            ("93.184.215.14", true),
            ("100.63.255.255", true),
            ("172.15.0.1", true),
            ("2606:2800:21f:cb07::1", true),
            ("::ffff:8.8.8.8", true),
            ("0.0.0.0", false),
            ("0.1.2.3", false),
            ("10.0.0.1", false),
            ("100.64.0.1", false),
            ("100.100.100.200", false),
            ("127.0.0.1", false),
            ("127.255.255.254", false),
            ("169.254.169.254", false),
            ("172.16.0.1", false),
            ("172.31.255.255", false),
            ("192.0.0.192", false),
            ("192.168.1.1", false),
            ("198.18.0.1", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("::", false),
            ("::1", false),
            ("::127.0.0.1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:169.254.169.254", false),
            ("64:ff9b::7f00:1", false),
            ("2002:7f00:1::", false),
            ("2001:0:7f00:1::", false),
            ("2001:db8::1", false),
            ("fc00::1", false),
            ("fd00:ec2::254", false),
            ("fe80::1", false),
            ("fec0::1", false),
            ("ff02::1", false),
        ] {
            assert_eq!(
                filter.permits(address.parse().unwrap()),
                expected,
                "{address}"
            );
        }
    }
}
