//! Whose a connection over loopback is, by Linux's tables of sockets.

use std::fs;
use std::net::{IpAddr, SocketAddr};

/// The number of the user that has opened the connection `from` an address `to` another of version
/// 4; `None` where the system does not say.
pub(super) fn owner(from: SocketAddr, to: SocketAddr) -> Option<u32> {
    let (IpAddr::V4(from_ip), IpAddr::V4(to_ip)) = (from.ip(), to.ip()) else {
        return None;
    };
    let from_ip = u32::from_ne_bytes(from_ip.octets());
    let to_ip = u32::from_ne_bytes(to_ip.octets());
    let (from, to) = (from.port(), to.port());
    // Programs may open connections of version 4 as mapped ones of version 6.
    let mapped = u32::from_ne_bytes([0, 0, 0xff, 0xff]);
    let prefix = format!("{:016X}{mapped:08X}", 0);
    [("/proc/net/tcp", ""), ("/proc/net/tcp6", prefix.as_str())]
        .into_iter()
        .find_map(|(file, prefix)| {
            let table = fs::read_to_string(file).ok()?;
            let from = format!("{prefix}{from_ip:08X}:{from:04X}");
            let to = format!("{prefix}{to_ip:08X}:{to:04X}");
            find(&table, &from, &to)
        })
}

/// The eighth field of the line about a connection is its owner (proc_net_tcp in Linux's
/// documentation).
fn find(table: &str, from: &str, to: &str) -> Option<u32> {
    table.lines().skip(1).find_map(|line| {
        let mut fields = line.split_ascii_whitespace().skip(1);
        let is_it = fields.next() == Some(from) && fields.next() == Some(to);
        is_it.then(|| fields.nth(4)?.parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv6Addr, TcpListener, TcpStream};

    use super::*;

    #[test]
    fn lines_are_read() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            \x20  0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1\n\
            \x20  1: 0100007F:C001 0100007F:1F90 01 00000000:00000000 02:000A75C1 00000000  1001        0 2 2\n\
            \x20  2: short\n";
        let listening = "0100007F:1F90";
        assert_eq!(find(table, "0100007F:C001", listening), Some(1001));
        assert_eq!(find(table, listening, "00000000:0000"), Some(1000));
        assert_eq!(find(table, "0100007F:C002", listening), None);
        assert_eq!(find("", "", ""), None);
    }

    #[test]
    fn our_own_connections_are_ours() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mapped = SocketAddr::from((Ipv6Addr::from_bits(0xffff_7f00_0001), address.port()));
        for address_of_peer in [address, mapped] {
            let Ok(_client) = TcpStream::connect(address_of_peer) else {
                println!("skipped: no version 6 here");
                continue;
            };
            let (_served, peer) = listener.accept().unwrap();
            let ours = rustix::process::geteuid().as_raw();
            assert_eq!(owner(peer, address), Some(ours), "{address_of_peer}");
        }
    }
}
