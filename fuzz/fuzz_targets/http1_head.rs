//! Any bytes as the requests of a connection, cut into reads in any way.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_http1::{Event, Framing, Limits, Violation};

fuzz_target!(|input: (&[u8], &[u8])| {
    let (bytes, pieces) = input;
    assert_eq!(read(bytes, pieces), read(bytes, &[]));
});

/// The names in heads, where heads and requests end, and why it ended.
fn read(bytes: &[u8], pieces: &[u8]) -> (Vec<String>, Vec<usize>, Option<Violation>) {
    let mut framing = Framing::new(Limits::default());
    let (mut names, mut ends, mut accepted, mut available) = (Vec::new(), Vec::new(), 0, 0);
    let mut pieces = pieces.iter();
    loop {
        let progress = framing.advance(&bytes[accepted..available]);
        accepted += progress.accepted;
        match progress.event {
            Event::Head(head) => {
                names.extend(head.field_names().map(str::to_owned));
                ends.push(accepted);
            }
            Event::End => ends.push(accepted),
            Event::Violation(violation) => return (names, ends, Some(violation)),
            _ if available == bytes.len() => return (names, ends, None),
            _ => {
                assert!(available - accepted <= Limits::default().head());
                let piece = pieces
                    .next()
                    .map_or(bytes.len(), |piece| usize::from(*piece) + 1);
                available = bytes.len().min(available + piece);
            }
        }
    }
}
