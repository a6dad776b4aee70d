//! Addresses as text.

use std::fmt::Write as _;
use std::net::IpAddr;

/// Writes an address; those of version 4 come with nearly all requests, and are quick to write.
pub(super) fn push(out: &mut String, address: IpAddr) {
    match address {
        IpAddr::V4(address) => {
            for (index, number) in address.octets().into_iter().enumerate() {
                if index > 0 {
                    out.push('.');
                }
                for (is_shown, digit) in [
                    (number > 99, number / 100),
                    (number > 9, number / 10 % 10),
                    (true, number % 10),
                ] {
                    if is_shown {
                        out.push(char::from(b'0' + digit));
                    }
                }
            }
        }
        IpAddr::V6(address) => write!(out, "{address}").expect("a string takes any text"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_as_they_are_read() {
        for text in [
            "0.9.10.255",
            "127.0.0.1",
            "203.0.113.100",
            "::1",
            "2001:db8::ff",
        ] {
            let mut out = String::new();
            push(&mut out, text.parse().unwrap());
            assert_eq!(out, text);
        }
    }
}
