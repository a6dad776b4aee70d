//! One message of an event stream: two lengths, headers, a payload, and checksums over both ("Amazon
//! event stream encoding" in the documentation of Amazon Transcribe).

use bytes::{Buf as _, Bytes, BytesMut};
use thiserror::Error;

/// Bytes that a message may have, the format's own limit.
const LONGEST: usize = 16 * 1024 * 1024;
/// Bytes that its headers may have, the format's own limit.
const LONGEST_HEADERS: usize = 128 * 1024;
/// Two lengths and their checksum.
const PRELUDE: usize = 12;
/// The checksum at the end.
const CHECKSUM: usize = 4;

/// A message; of its headers what names it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Message {
    /// `event`, `exception` or `error`.
    pub(super) kind: String,
    /// Which one.
    pub(super) name: String,
    pub(super) payload: Bytes,
}

/// Bytes that are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no event stream: {0}")]
pub(super) struct Malformed(&'static str);

/// Reads messages out of the bytes that arrive.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    bytes: BytesMut,
}

impl Decoder {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next message, once it is whole. What is malformed stays so.
    pub(super) fn next(&mut self) -> Result<Option<Message>, Malformed> {
        let Some(mut prelude) = self.bytes.get(..PRELUDE) else {
            return Ok(None);
        };
        let checksum = crc32fast::hash(&prelude[..PRELUDE - CHECKSUM]);
        let length = prelude.get_u32() as usize;
        let headers_length = prelude.get_u32() as usize;
        if prelude.get_u32() != checksum {
            return Err(Malformed("the checksum of a prelude is wrong"));
        }
        let shortest = PRELUDE + headers_length + CHECKSUM;
        if headers_length > LONGEST_HEADERS || length > LONGEST || length < shortest {
            return Err(Malformed("the lengths of a message are wrong"));
        }
        let Some(message) = self.bytes.get(..length) else {
            return Ok(None);
        };
        let (checked, mut checksum) = message.split_at(length - CHECKSUM);
        if checksum.get_u32() != crc32fast::hash(checked) {
            return Err(Malformed("the checksum of a message is wrong"));
        }
        let mut message = self.bytes.split_to(length).freeze();
        message.truncate(length - CHECKSUM);
        message.advance(PRELUDE);
        let headers = message.split_to(headers_length);
        read_headers(&headers, message).map(Some)
    }
}

fn read_headers(mut headers: &[u8], payload: Bytes) -> Result<Message, Malformed> {
    let mut message = Message {
        payload,
        ..Message::default()
    };
    let truncated = Malformed("a header ends too early");
    while !headers.is_empty() {
        let length = headers.try_get_u8().map_err(|_| truncated)?;
        let name = take(&mut headers, length.into()).ok_or(truncated)?;
        let kind = headers.try_get_u8().map_err(|_| truncated)?;
        let length = match kind {
            0 | 1 => 0,
            2 => 1,
            3 => 2,
            4 => 4,
            5 | 8 => 8,
            6 | 7 => headers.try_get_u16().map_err(|_| truncated)?.into(),
            9 => 16,
            _ => return Err(Malformed("a header is of no known type")),
        };
        let value = take(&mut headers, length).ok_or(truncated)?;
        let value = || String::from_utf8_lossy(value).into_owned();
        match name {
            b":message-type" => message.kind = value(),
            b":event-type" | b":exception-type" | b":error-code" => message.name = value(),
            _ => {}
        }
    }
    Ok(message)
}

fn take<'b>(bytes: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

/// A message with these headers, all of them strings.
#[cfg(test)]
pub(super) fn encoded(headers: &[(&str, &str)], payload: &[u8]) -> Vec<u8> {
    let mut lines = Vec::new();
    for (name, value) in headers {
        lines.push(u8::try_from(name.len()).unwrap());
        lines.extend(name.as_bytes());
        lines.push(7);
        lines.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
        lines.extend(value.as_bytes());
    }
    framed(&lines, payload)
}

#[cfg(test)]
fn framed(headers: &[u8], payload: &[u8]) -> Vec<u8> {
    let length = PRELUDE + headers.len() + payload.len() + CHECKSUM;
    let mut out = u32::try_from(length).unwrap().to_be_bytes().to_vec();
    out.extend(u32::try_from(headers.len()).unwrap().to_be_bytes());
    out.extend(crc32fast::hash(&out).to_be_bytes());
    out.extend(headers);
    out.extend(payload);
    out.extend(crc32fast::hash(&out).to_be_bytes());
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decoded(bytes: &[u8]) -> Result<Option<Message>, Malformed> {
        let mut decoder = Decoder::default();
        decoder.push(bytes);
        decoder.next()
    }

    /// Messages of the format's own test vectors: an empty one, one with a payload, and one with a
    /// header, whose checksums others have computed.
    #[test]
    fn known_messages_are_read() {
        const EMPTY: &[u8] = &[
            0, 0, 0, 0x10, 0, 0, 0, 0, 0x05, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff,
        ];
        const PAYLOAD: &[u8] =
            b"\x00\x00\x00\x1d\x00\x00\x00\x00\xfd\x52\x8c\x5a{'foo':'bar'}\xc3\x65\x39\x36";
        assert_eq!(decoded(EMPTY), Ok(Some(Message::default())));
        let message = decoded(PAYLOAD).unwrap().unwrap();
        assert_eq!(message.payload, "{'foo':'bar'}");
    }

    #[test]
    fn headers_of_all_types_are_passed_over() {
        let mut headers = Vec::new();
        for (kind, value) in [
            (0, &[][..]),
            (1, &[]),
            (2, &[1]),
            (3, &[1; 2]),
            (4, &[1; 4]),
            (5, &[1; 8]),
            (6, &[0, 2, 1, 1]),
            (7, b"\0\x01a"),
            (8, &[1; 8]),
            (9, &[1; 16]),
        ] {
            headers.extend([1, b'x', kind]);
            headers.extend(value);
        }
        headers.extend(b"\x0b:event-type\x07\0\x01E");
        let message = decoded(&framed(&headers, b"p")).unwrap().unwrap();
        assert_eq!((message.name.as_str(), &*message.payload), ("E", &b"p"[..]));
        for wrong in [
            &[1][..],
            &[1, b'x'],
            &[1, b'x', 4, 0],
            &[1, b'x', 7, 0],
            &[1, b'x', 10],
        ] {
            assert!(decoded(&framed(wrong, b"")).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn messages_have_a_size() {
        let prelude = |length: u32, headers: u32| {
            let mut out = length.to_be_bytes().to_vec();
            out.extend(headers.to_be_bytes());
            out.extend(crc32fast::hash(&out).to_be_bytes());
            out
        };
        for (length, headers, is_allowed) in [
            (16 * 1024 * 1024, 0, true),
            (16 * 1024 * 1024 + 1, 0, false),
            (1024 * 1024, 128 * 1024, true),
            (1024 * 1024, 128 * 1024 + 1, false),
            (15, 0, false),
            (20, 5, false),
            (u32::MAX, u32::MAX, false),
        ] {
            let decoded = decoded(&prelude(length, headers));
            assert_eq!(decoded.is_ok(), is_allowed, "{length} {headers}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in any::<Vec<u8>>()) {
            drop(decoded(&bytes));
        }

        #[test]
        fn any_headers_are_read_or_refused(headers in any::<Vec<u8>>(), payload in any::<Vec<u8>>()) {
            drop(decoded(&framed(&headers, &payload)));
        }

        #[test]
        fn messages_survive(
            headers in prop::collection::vec((":event-type|:message-type|a", "[a-z]{0,9}"), 0..4),
            payload in any::<Vec<u8>>(),
        ) {
            let pairs: Vec<_> = headers.iter().map(|(name, value)| (&**name, &**value)).collect();
            let message = decoded(&encoded(&pairs, &payload)).unwrap().unwrap();
            prop_assert_eq!(&message.payload, &payload);
            let last = |wanted: &str| {
                let found = headers.iter().rfind(|(name, _)| name == wanted);
                found.map(|(_, value)| value.clone()).unwrap_or_default()
            };
            prop_assert_eq!(&message.kind, &last(":message-type"));
            prop_assert_eq!(&message.name, &last(":event-type"));
        }
    }
}
