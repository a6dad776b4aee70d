//! `Content-Encoding` of requests, undone.

use std::io::{self, Read};

use bytes::Bytes;
use flate2::bufread::GzDecoder;
use flate2::read::{DeflateDecoder, ZlibDecoder};
use http::HeaderMap;
use tollgate_core::{GatewayResponseType, RawRejection, Rejection, content_codings};

/// A way of making bodies smaller that the service knows, besides `identity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Gzip,
    Deflate,
}

impl Coding {
    /// The name under which responses have it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
        }
    }

    /// The coding of this name (RFC 9110, section 8.4.1).
    pub(crate) fn named(name: &[u8]) -> Option<Self> {
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        if is("gzip") || is("x-gzip") {
            Some(Self::Gzip)
        } else if is("deflate") {
            Some(Self::Deflate)
        } else {
            None
        }
    }
}

/// Whether these headers say that their body is encoded.
pub(crate) fn is_coded(headers: &HeaderMap) -> bool {
    content_codings(headers).next().is_some()
}

/// A body without its coding, if that has at most `limit` bytes, and the coding.
///
/// # Errors
///
/// 415 for a coding that the service does not know, for several of them, and for a body that is not
/// encoded so; 413 where the limit is passed, however small the body was.
pub(crate) fn decode(
    headers: &HeaderMap,
    body: &[u8],
    limit: usize,
) -> Result<(Bytes, Coding), Rejection> {
    let mut codings = content_codings(headers);
    let coding = codings.next().and_then(Coding::named);
    let coding = coding.filter(|_| codings.next().is_none());
    let coding = coding.ok_or_else(|| unsupported("the body's content coding is not known"))?;
    let decoded = match coding {
        Coding::Gzip => gunzip(body, limit),
        // RFC 9110, section 8.4.1.2: the zlib format, which some senders leave out.
        Coding::Deflate if is_zlib(body) => read(ZlibDecoder::new(body), limit),
        Coding::Deflate => read(DeflateDecoder::new(body), limit),
    };
    let decoded = decoded.map_err(|error| {
        unsupported(&format!(
            "the body cannot be decoded as its headers say: {error}"
        ))
    })?;
    let decoded = decoded.ok_or_else(|| {
        Rejection::raw(RawRejection::ContentTooLarge {
            limit: limit as u64,
        })
    })?;
    Ok((decoded, coding))
}

/// Whether bytes begin like the zlib format (RFC 1950, section 2.2).
fn is_zlib(body: &[u8]) -> bool {
    let [first, second, ..] = *body else {
        return false;
    };
    first & 0x0f == 8 && u16::from_be_bytes([first, second]) % 31 == 0
}

/// Members of one gzip body: each costs as much as many bytes, however little is in it.
const MAX_GZIP_MEMBERS: usize = 16;

/// The members of a gzip body behind each other; `None` past the limit.
fn gunzip(body: &[u8], limit: usize) -> io::Result<Option<Bytes>> {
    let mut decoded = Vec::new();
    let mut rest = body;
    for _ in 0..MAX_GZIP_MEMBERS {
        let mut member = GzDecoder::new(rest);
        let room = (limit - decoded.len()) as u64;
        (&mut member).take(room + 1).read_to_end(&mut decoded)?;
        if decoded.len() > limit {
            return Ok(None);
        }
        rest = member.into_inner();
        if rest.is_empty() {
            return Ok(Some(decoded.into()));
        }
    }
    let message = format!("it has more than {MAX_GZIP_MEMBERS} members");
    Err(io::Error::other(message))
}

/// Reads to the end; `None` past the limit.
fn read(decoder: impl Read, limit: usize) -> io::Result<Option<Bytes>> {
    let mut decoded = Vec::new();
    decoder.take(limit as u64 + 1).read_to_end(&mut decoded)?;
    Ok((decoded.len() <= limit).then(|| decoded.into()))
}

fn unsupported(reason: &str) -> Rejection {
    Rejection::new(GatewayResponseType::UnsupportedMediaType).because(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use http::HeaderValue;

    use http::header;

    use super::*;

    fn headers(codings: &[&'static str]) -> HeaderMap {
        let named =
            |coding: &&'static str| (header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        let mut headers = HeaderMap::new();
        for (name, value) in codings.iter().map(named) {
            headers.append(name, value);
        }
        headers
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(text: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn deflate(text: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn identity_is_no_coding() {
        for (codings, expected) in [
            (&[][..], false),
            (&["identity"], false),
            (&["", "identity, IDENTITY"], false),
            (&["gzip"], true),
            (&["identity", "br"], true),
        ] {
            assert_eq!(is_coded(&headers(codings)), expected, "{codings:?}");
        }
    }

    /// Section 17.3 of the data plane's reference.
    #[test]
    fn bodies_are_decoded_or_refused() {
        let (gzipped, zlibbed, deflated) = (gzip(b"hello"), zlib(b"hello"), deflate(b"hello"));
        let twice = [gzip(b"hel"), gzip(b"lo")].concat();
        let cut = &gzipped[..gzipped.len() - 4];
        for (codings, body, limit, expected) in [
            (&["gzip"][..], &*gzipped, 5, Ok("hello")),
            (&["X-GZIP"], &*gzipped, 5, Ok("hello")),
            (&["gzip"], &*twice, 5, Ok("hello")),
            (&["identity, gzip"], &*gzipped, 5, Ok("hello")),
            (&["deflate"], &*zlibbed, 5, Ok("hello")),
            (&["deflate"], &*deflated, 5, Ok("hello")),
            (&["gzip"], &*gzipped, 4, Err(413)),
            (&["gzip"], cut, 5, Err(415)),
            (&["gzip"], b"hello", 5, Err(415)),
            (&["deflate"], b"hello", 5, Err(415)),
            (&["deflate"], b"", 5, Err(415)),
            (&["br"], b"hello", 5, Err(415)),
            (&["gzip, gzip"], &*gzipped, 5, Err(415)),
            (&["gzip", "deflate"], &*gzipped, 5, Err(415)),
        ] {
            let decoded = decode(&headers(codings), body, limit).map(|(decoded, _)| decoded);
            let decoded = decoded.map_err(|rejection| rejection.status().as_u16());
            assert_eq!(decoded, expected.map(Bytes::from), "{codings:?}, {limit}");
        }
    }

    #[test]
    fn a_body_has_few_members() {
        for (members, expected) in [
            (MAX_GZIP_MEMBERS, Ok(MAX_GZIP_MEMBERS)),
            (MAX_GZIP_MEMBERS + 1, Err(415)),
            (500_000, Err(415)),
        ] {
            let letters = gzip(b"a").repeat(members);
            let decoded = decode(&headers(&["gzip"]), &letters, 1 << 20);
            let length = decoded.map(|(decoded, _)| decoded.len());
            let length = length.map_err(|rejection| rejection.status().as_u16());
            assert_eq!(length, expected, "{members}");
        }
        // The limit is one of all members together.
        let twice = gzip(b"abc").repeat(2);
        let decoded = decode(&headers(&["gzip"]), &twice, 5);
        assert_eq!(decoded.unwrap_err().status(), 413);
    }

    #[test]
    fn a_small_body_cannot_fill_the_memory() {
        let bomb = gzip(&vec![0; 1 << 20]);
        assert!(bomb.len() < 2048);
        let rejection = decode(&headers(&["gzip"]), &bomb, 1 << 16).unwrap_err();
        assert_eq!(rejection.status(), 413);
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_sent_is_decoded_or_refused(body: Vec<u8>, is_gzip: bool) {
            let coding = if is_gzip { "gzip" } else { "deflate" };
            if let Ok((decoded, _)) = decode(&headers(&[coding]), &body, 4096) {
                proptest::prop_assert!(decoded.len() <= 4096);
            }
        }
    }
}
