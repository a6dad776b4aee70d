//! What goes before a streamed answer.

use bytes::{Buf as _, Bytes};

use super::{MalformedProxyResponse, ProxyResponse};
use crate::lambda::proxy_response::members::Members;

/// Bytes in which a streamed answer must have its metadata and the delimiter behind it: 16 KB (the
/// developer guide's page "Set up a Lambda proxy integration with payload response streaming").
pub const MAX_METADATA_BYTES: usize = 16 * 1024;

/// What ends the metadata: eight NUL bytes, which JSON cannot hold.
const DELIMITER: [u8; 8] = [0; 8];

/// The beginning of a streamed answer, while it arrives.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    /// What of the first bytes has arrived.
    bytes: Vec<u8>,
    /// Where the delimiter begins.
    end: Option<usize>,
}

impl Metadata {
    /// Takes the next piece; `Some` once the delimiter is there, with what of the piece follows it.
    pub(super) fn push(
        &mut self,
        mut piece: Bytes,
    ) -> Result<Option<Bytes>, MalformedProxyResponse> {
        let before = self.bytes.len();
        let room = MAX_METADATA_BYTES - before;
        let taken = piece.get(..room).unwrap_or(&piece);
        self.bytes.extend_from_slice(taken);
        self.end = self.end.or_else(|| {
            let position = taken.iter().position(|byte| *byte == 0);
            position.map(|position| before + position)
        });
        let delimiter = self
            .end
            .and_then(|end| self.bytes.get(end..end + DELIMITER.len()));
        match delimiter {
            Some(delimiter) if delimiter != DELIMITER => {
                Err(malformed("a NUL byte that is none of eight"))
            }
            Some(_) => {
                let end = self.end.unwrap_or_default();
                self.bytes.truncate(end);
                // It was not whole before this piece.
                piece.advance(end + DELIMITER.len() - before);
                Ok(Some(piece))
            }
            None if self.bytes.len() == MAX_METADATA_BYTES => Err(malformed(
                "no metadata and delimiter in the first 16384 bytes",
            )),
            None => Ok(None),
        }
    }

    /// What stands before the delimiter.
    pub(super) fn read(&self) -> Result<ProxyResponse, MalformedProxyResponse> {
        let members = Members::of_metadata(&self.bytes);
        ProxyResponse::of(members.map_err(|error| malformed(&error.to_string()))?)
    }
}

fn malformed(reason: &str) -> MalformedProxyResponse {
    MalformedProxyResponse {
        reason: format!("the beginning of its stream: {reason}"),
    }
}

/// The answer ended within its metadata.
pub(super) fn ended() -> MalformedProxyResponse {
    malformed("it ends before eight NUL bytes, behind which a streamed body begins")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is read of an answer in these pieces, and what follows.
    fn read(pieces: &[&[u8]]) -> Option<(ProxyResponse, Vec<u8>)> {
        let mut metadata = Metadata::default();
        let mut pieces = pieces.iter();
        while let Some(piece) = pieces.next() {
            if let Some(rest) = metadata.push(Bytes::copy_from_slice(piece)).ok()? {
                let mut body = rest.to_vec();
                body.extend(pieces.flat_map(|piece| piece.iter()));
                return Some((metadata.read().ok()?, body));
            }
        }
        None
    }

    #[test]
    fn metadata_ends_with_eight_nul_bytes() {
        for (answer, status, body) in [
            (&b"{}\0\0\0\0\0\0\0\0"[..], Some(200), &b""[..]),
            (b"{\"statusCode\":404}\0\0\0\0\0\0\0\0no", Some(404), b"no"),
            // What follows is the answer's own.
            (b"{}\0\0\0\0\0\0\0\0\0\0\xff", Some(200), b"\0\0\xff"),
            (b"{}\0\0\0\0\0\0\0", None, b""),
            (b"{}\0\0\0\0\0\0\0x\0\0\0\0\0\0\0\0", None, b""),
            (b"{}", None, b""),
            (b"", None, b""),
            (b"\0\0\0\0\0\0\0\0", None, b""),
            (b"[]\0\0\0\0\0\0\0\0", None, b""),
            (b"{} {}\0\0\0\0\0\0\0\0", None, b""),
            (b"{\"statusCode\":99}\0\0\0\0\0\0\0\0", None, b""),
            // Metadata has no body.
            (b"{\"body\":\"a\"}\0\0\0\0\0\0\0\0", None, b""),
            (b"{\"cookies\":\"a=1\"}\0\0\0\0\0\0\0\0", None, b""),
            (b"{\"headers\":{\"a\":1}}\0\0\0\0\0\0\0\0", None, b""),
        ] {
            let found = read(&[answer]);
            let found = found.map(|(response, rest)| (response.status.as_u16(), rest));
            let expected = status.map(|status| (status, body.to_vec()));
            assert_eq!(found, expected, "{:?}", String::from_utf8_lossy(answer));
        }
    }

    #[test]
    fn metadata_has_headers_and_cookies() {
        let answer = br#"{"statusCode":"201","headers":{"x-a":"1"},"multiValueHeaders":{"x-b":["2","3"]},"cookies":["a=1","b=2"]}"#;
        let (response, _) = read(&[answer, &DELIMITER]).expect("it is metadata");
        let values = |name: &str| {
            let values = response.headers.get_all(name).iter();
            values
                .map(|value| value.to_str().unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(response.status, 201);
        assert_eq!(values("x-a"), ["1"]);
        assert_eq!(values("x-b"), ["2", "3"]);
        assert_eq!(values("set-cookie"), ["a=1", "b=2"]);
    }

    #[test]
    fn metadata_has_a_limit() {
        let answer = |length: usize| {
            let filling = " ".repeat(length - 2 - DELIMITER.len());
            let mut answer = format!("{{{filling}}}").into_bytes();
            answer.extend(DELIMITER);
            answer
        };
        let most = answer(MAX_METADATA_BYTES);
        assert_eq!(most.len(), MAX_METADATA_BYTES);
        assert!(read(&[&most, b"body"]).is_some());
        let more = answer(MAX_METADATA_BYTES + 1);
        assert!(read(&[&more]).is_none());
        let pieces: Vec<_> = more.chunks(1).collect();
        assert!(read(&pieces).is_none());
        // It is given up at once, however long it goes on.
        let mut metadata = Metadata::default();
        assert!(
            metadata
                .push(vec![b' '; MAX_METADATA_BYTES].into())
                .is_err()
        );
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(
            metadata in r#"\{("statusCode":[2-6]0[0-9])?\}"#,
            nuls in 6_usize..10,
            body in any::<Vec<u8>>(),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        ) {
            let mut answer = metadata.into_bytes();
            answer.extend(std::iter::repeat_n(0, nuls));
            answer.extend(body);
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(answer.len())).collect();
            cuts.sort_unstable();
            let mut pieces = Vec::new();
            let mut start = 0;
            for cut in cuts {
                pieces.push(&answer[start..cut]);
                start = cut;
            }
            pieces.push(&answer[start..]);
            prop_assert_eq!(read(&pieces), read(&[&answer]));
        }
    }
}
