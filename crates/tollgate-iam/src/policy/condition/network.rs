//! Blocks of IP addresses.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

/// Bits of an IPv4 address mapped into IPv6 that say that it is one (RFC 4291, section 2.5.5.2).
const MAPPED_PREFIX: u8 = 96;

/// Reads an address or a CIDR block, whose bits behind the prefix do not matter.
///
/// An address without prefix is a block of one.
pub(in crate::policy) fn network(text: &str) -> Option<IpNet> {
    let network = match text.parse::<IpNet>() {
        Ok(network) => network,
        Err(_) => IpNet::from(text.parse::<IpAddr>().ok()?),
    };
    Some(unmapped(network))
}

/// Reads the address of a caller.
///
/// A listener for both families reports IPv4 callers as `::ffff:203.0.113.10`; they are IPv4.
pub(in crate::policy) fn address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>().ok().map(|it| it.to_canonical())
}

fn unmapped(network: IpNet) -> IpNet {
    let IpNet::V6(v6) = network else {
        return network;
    };
    let v4 = v6.addr().to_ipv4_mapped();
    let prefix = v6.prefix_len().checked_sub(MAPPED_PREFIX);
    match v4.zip(prefix) {
        Some((address, prefix)) => Ipv4Net::new(address, prefix).map_or(network, IpNet::V4),
        None => network,
    }
}

#[cfg(test)]
mod tests {
    use super::{address, network};

    #[test]
    fn contains_addresses_of_its_family() {
        for (block, caller, expected) in [
            ("203.0.113.0/24", "203.0.113.255", true),
            ("203.0.113.99/24", "203.0.113.1", true),
            ("203.0.113.0/24", "203.0.114.0", false),
            ("203.0.113.10", "203.0.113.10", true),
            ("203.0.113.10", "203.0.113.11", false),
            ("0.0.0.0/0", "203.0.113.10", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "203.0.113.10", false),
            ("2001:DB8::/32", "2001:0db8:1:0::5", true),
            ("2001:db8::1", "2001:db8::1", true),
            ("2001:db8::1", "2001:db8::2", false),
            ("203.0.113.0/24", "::ffff:203.0.113.10", true),
            ("::ffff:203.0.113.0/120", "203.0.113.10", true),
        ] {
            let network = network(block).unwrap();
            let contains = network.contains(&address(caller).unwrap());
            assert_eq!(contains, expected, "{block} {caller}");
        }
    }

    #[test]
    fn refuses_other_texts() {
        for text in [
            "",
            "203.0.113.*",
            "203.0.113",
            "203.0.113.0/33",
            "203.0.113.0/",
            "010.0.0.1",
            "2001:db8::/129",
            "${aws:SourceIp}",
        ] {
            assert_eq!(network(text), None, "{text}");
        }
    }
}
