//! Hosts, in `Host` and in targets.

use crate::Violation;

/// Checks a host with an optional port (RFC 9110, section 7.2).
///
/// A comma is refused although a name could have one: it may have joined two values.
pub(crate) fn check(host: &[u8]) -> Result<(), Violation> {
    let (name, port) = split(host);
    let is_port = |port: &[u8]| port.iter().all(u8::is_ascii_digit);
    let is_sound = match name {
        [b'[', address @ .., b']'] => {
            let of_address = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
            !address.is_empty() && address.iter().all(of_address)
        }
        name => {
            let of_name =
                |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+;=".contains(byte);
            !name.is_empty() && name.iter().all(of_name)
        }
    };
    if is_sound && port.is_none_or(is_port) {
        Ok(())
    } else {
        Err(Violation::Host)
    }
}

/// Whether two hosts are the same for a scheme with this port.
pub(crate) fn same(one: &[u8], other: &[u8], default_port: &[u8]) -> bool {
    let parts = |host| {
        let (name, port): (&[u8], Option<&[u8]>) = split(host);
        let port = port.filter(|port| !port.is_empty());
        (name, port.unwrap_or(default_port))
    };
    let ((one, one_port), (other, other_port)) = (parts(one), parts(other));
    one.eq_ignore_ascii_case(other) && one_port == other_port
}

/// The name and the port behind its colon.
fn split(host: &[u8]) -> (&[u8], Option<&[u8]>) {
    let name_end = match host {
        [b'[', ..] => host
            .iter()
            .position(|byte| *byte == b']')
            .map_or(0, |at| at + 1),
        _ => 0,
    };
    match host[name_end..].iter().position(|byte| *byte == b':') {
        Some(colon) => {
            let (name, port) = host.split_at(name_end + colon);
            (name, Some(&port[1..]))
        }
        None => (host, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_names_or_addresses() {
        for host in [
            "a",
            "a.b",
            "a.b:80",
            "a:",
            "127.0.0.1:1",
            "[::1]",
            "[::1]:80",
            "a_b",
            "a%20",
        ] {
            assert_eq!(check(host.as_bytes()), Ok(()), "{host}");
        }
        for host in [
            "", ":80", "u@a", "u:p@a", "a b", "a/b", "a?b", "a#b", "a\\b", "a,b", "a:b", "a:80:80",
            "[::1", "[]", "[::1]a", "[::1]:a", "ä", "a\tb",
        ] {
            assert_eq!(check(host.as_bytes()), Err(Violation::Host), "{host}");
        }
    }

    #[test]
    fn ports_may_be_left_out() {
        for (one, other, expected) in [
            ("a", "A", true),
            ("a:80", "a", true),
            ("a", "a:", true),
            ("a:81", "a", false),
            ("a", "b", false),
            ("[::1]:80", "[::1]", true),
            ("[::1]", "[::2]", false),
        ] {
            assert_eq!(
                same(one.as_bytes(), other.as_bytes(), b"80"),
                expected,
                "{one} {other}"
            );
        }
    }
}
