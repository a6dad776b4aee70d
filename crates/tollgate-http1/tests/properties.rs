//! However bytes are cut into reads, the requests are the same.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use tollgate_http1::{Event, Framing, Limits, Violation};

/// Small limits, so that short inputs meet them.
fn limits() -> Limits {
    let mut limits = Limits::default();
    (limits.target, limits.fields, limits.field_count) = (12, 70, 4);
    limits
}

/// The heads, the lengths between events, and how it ended.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    names: Vec<Vec<String>>,
    ends: Vec<usize>,
    accepted: usize,
    violation: Option<Violation>,
}

/// Reads the input in pieces of these lengths, and then the rest.
fn read(input: &[u8], pieces: &[usize]) -> Seen {
    let mut framing = Framing::new(limits());
    let mut seen = Seen::default();
    let mut available = 0;
    let mut pieces = pieces.iter();
    loop {
        let progress = framing.advance(&input[seen.accepted..available]);
        seen.accepted += progress.accepted;
        assert!(seen.accepted <= available);
        match progress.event {
            Event::Head(head) => {
                seen.names
                    .push(head.field_names().map(str::to_owned).collect());
                seen.ends.push(seen.accepted);
            }
            Event::End => seen.ends.push(seen.accepted),
            Event::Violation(violation) => {
                seen.violation = Some(violation);
                return seen;
            }
            _ if available == input.len() => return seen,
            _ => {
                let held = available - seen.accepted;
                assert!(held <= limits().head(), "{held} bytes are held");
                let piece = pieces.next().copied().unwrap_or(input.len());
                available = input.len().min(available + piece);
            }
        }
    }
}

/// Texts that make requests, and nearly.
fn fragments() -> impl Strategy<Value = Vec<u8>> {
    let fragment = select(vec![
        "GET / HTTP/1.1\r\n",
        "POST /abc HTTP/1.1\r\n",
        "GET /0123456789ab HTTP/1.0\r\n",
        "Host: a\r\n",
        "Host: b\r\n",
        "Content-Length: 3\r\n",
        "Content-Length: 0\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip\r\n",
        "X-y: 1\r\n",
        "X: 0123456789012345678901234567890123456789\r\n",
        "\r\n",
        "\r\n",
        "\r\n",
        "abc",
        "3\r\nabc\r\n",
        "0\r\n\r\n",
        "0\r\nT: 1\r\n\r\n",
        "2;x\r\nab\r\n",
        "\n",
        "\r",
        " ",
        "x",
        "\0",
        ":",
        "GET http://a/ HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    ]);
    vec(fragment, 0..12).prop_map(|parts| parts.concat().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn cuts_change_nothing(input in fragments(), pieces in vec(1_usize..9, 0..80)) {
        prop_assert_eq!(read(&input, &pieces), read(&input, &[]));
    }

    #[test]
    fn single_bytes_change_nothing(input in fragments()) {
        prop_assert_eq!(read(&input, &vec![1; input.len()]), read(&input, &[]));
    }

    #[test]
    fn any_bytes_are_read_or_refused(input in vec(any::<u8>(), 0..200), pieces in vec(1_usize..50, 0..9)) {
        prop_assert_eq!(read(&input, &pieces), read(&input, &[]));
    }
}
