//! Where a request comes from that a proxy hands on.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName};
use ipnet::IpNet;
use serde::Deserialize;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The networks of proxies that are believed about where requests come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// The client's address, where the peer of the connection is a proxy that tells it.
    ///
    /// Each proxy writes the address that it was called from behind those that stand there already, so
    /// the last one that is no proxy's is the client's; what stands before it is the client's own word,
    /// and is not read. Where all are proxies, it is the first. `None` where that is not to be known: the
    /// peer is none of the proxies, the header is missing, or what a proxy wrote is no address.
    pub(crate) fn client(&self, peer: SocketAddr, headers: &HeaderMap) -> Option<SocketAddr> {
        if !self.holds(peer.ip()) {
            return None;
        }
        let mut first = None;
        for line in headers.get_all(FORWARDED_FOR).iter().rev() {
            for said in line.to_str().ok()?.rsplit(',') {
                let client = address(said.trim_ascii())?;
                if !self.holds(client.ip()) {
                    return Some(client);
                }
                first = Some(client);
            }
        }
        first
    }

    fn holds(&self, address: IpAddr) -> bool {
        // A socket of both families shows addresses of IPv4 within those of IPv6.
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// An address, which some proxies write with its port.
fn address(text: &str) -> Option<SocketAddr> {
    let without_port = || Some(SocketAddr::new(text.parse().ok()?, 0));
    let address = without_port().or_else(|| text.parse().ok())?;
    Some(SocketAddr::new(address.ip().to_canonical(), address.port()))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_last_address_that_is_no_proxys_is_the_clients() {
        let networks = ["10.0.0.0/8", "127.0.0.1/32", "2001:db8::/32"];
        let networks = networks.map(|one| one.parse().expect("it is a network"));
        let proxies = TrustedProxies(networks.to_vec());
        let proxy = "10.0.0.1:4";
        for (peer, lines, expected) in [
            (proxy, &["203.0.113.9"][..], Some("203.0.113.9:0")),
            (
                "[::ffff:10.0.0.1]:4",
                &["203.0.113.9"],
                Some("203.0.113.9:0"),
            ),
            ("[2001:db8::1]:4", &["203.0.113.9"], Some("203.0.113.9:0")),
            // Others are not believed.
            ("203.0.113.1:4", &["198.51.100.1"], None),
            ("[::1]:4", &["198.51.100.1"], None),
            // What the client wrote itself has no say, whatever it is.
            (proxy, &["127.0.0.1, 203.0.113.9"], Some("203.0.113.9:0")),
            (proxy, &["198.51.100.1,203.0.113.9"], Some("203.0.113.9:0")),
            (proxy, &["?, 203.0.113.9"], Some("203.0.113.9:0")),
            (proxy, &["\u{e4}", "203.0.113.9"], Some("203.0.113.9:0")),
            (proxy, &["127.0.0.1", "203.0.113.9"], Some("203.0.113.9:0")),
            // Proxies before proxies.
            (
                proxy,
                &["198.51.100.1, 203.0.113.9, 10.9.9.9"],
                Some("203.0.113.9:0"),
            ),
            (
                proxy,
                &["203.0.113.9", "10.9.9.9,10.0.0.7"],
                Some("203.0.113.9:0"),
            ),
            (proxy, &["10.0.0.2, 10.0.0.3"], Some("10.0.0.2:0")),
            (proxy, &["127.0.0.1"], Some("127.0.0.1:0")),
            // Ports, and addresses of IPv6.
            (proxy, &["203.0.113.9:81"], Some("203.0.113.9:81")),
            (proxy, &["2001:470::1"], Some("[2001:470::1]:0")),
            (proxy, &["[2001:470::1]:81"], Some("[2001:470::1]:81")),
            (proxy, &["::ffff:203.0.113.9"], Some("203.0.113.9:0")),
            (proxy, &["::ffff:10.0.0.2"], Some("10.0.0.2:0")),
            // What is no address.
            (proxy, &[], None),
            (proxy, &[""], None),
            (proxy, &["203.0.113.9,"], None),
            (proxy, &["unknown"], None),
            (proxy, &["203.0.113.9, unknown, 10.0.0.2"], None),
            (proxy, &["203.0.113.9", "\u{e4}"], None),
            (proxy, &["203.0.113.256"], None),
            (proxy, &["example.com"], None),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                let line = HeaderValue::from_bytes(line.as_bytes());
                headers.append(FORWARDED_FOR, line.expect("it is a header"));
            }
            let found = proxies.client(peer.parse().expect("it is an address"), &headers);
            let expected = expected.map(|one| one.parse().expect("it is an address"));
            assert_eq!(found, expected, "{peer} {lines:?}");
            let nobody = TrustedProxies::default();
            assert_eq!(
                nobody.client(peer.parse().expect("it is an address"), &headers),
                None
            );
        }
    }
}
