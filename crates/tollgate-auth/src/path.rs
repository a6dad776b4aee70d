//! Paths that everybody reads in the same way.

/// Whether a path has no segment that is `.` or `..` once it is decoded, no NUL, and no malformed
/// escape: a policy must not allow what a service behind takes for another path.
pub(crate) fn is_unambiguous(path: &str) -> bool {
    path.split('/').all(is_plain)
}

fn is_plain(segment: &str) -> bool {
    let bytes = segment.as_bytes();
    let (mut length, mut dots, mut at) = (0, 0, 0);
    while let Some(byte) = bytes.get(at) {
        let (byte, width) = match byte {
            b'%' => match bytes.get(at + 1..at + 3).and_then(decoded) {
                Some(byte) => (byte, 3),
                None => return false,
            },
            byte => (*byte, 1),
        };
        if byte == 0 {
            return false;
        }
        length += 1;
        dots += usize::from(byte == b'.');
        at += width;
    }
    !(dots == length && (1..=2).contains(&dots))
}

fn decoded(digits: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let value = digit(digits[0])? * 16 + digit(digits[1])?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::is_unambiguous;

    #[test]
    fn ordinary_paths_pass() {
        for path in [
            "/",
            "//",
            "/a//b",
            "/...",
            "/a..",
            "/a%2Fb",
            "/%252e%252e",
            "/..%2F..",
            "/%C3%A9",
        ] {
            assert!(is_unambiguous(path), "{path}");
        }
    }

    #[test]
    fn paths_that_can_be_read_in_two_ways_do_not() {
        for path in [
            "/.",
            "/a/../b",
            "/%2e%2E/b",
            "/a/.%2e",
            "/%2e",
            "/a%00b",
            "/%",
            "/%2",
            "/%zz",
            "/%+1",
        ] {
            assert!(!is_unambiguous(path), "{path}");
        }
    }
}
