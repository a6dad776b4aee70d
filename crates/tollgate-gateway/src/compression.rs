//! `minimumCompressionSize`: responses made smaller for clients that ask for it.

use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{BufMut as _, Bytes, BytesMut, buf};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body::{Body as _, Frame};
use tollgate_core::{Body, BoxError};

use crate::content_coding::Coding;

/// What was done to a response.
pub(crate) struct Compressed {
    pub(crate) coding: Coding,
    /// Bytes of the body before, where that is known.
    pub(crate) plain: Option<u64>,
}

/// Compresses a response of at least so many bytes, if the client's headers ask for a coding above
/// all others that the service knows.
///
/// Bodies that pass on as they arrive, and do not say how long they are, count as long enough.
pub(crate) fn compress(
    minimum: u64,
    asked: &HeaderMap,
    response: Response<Body>,
) -> (Response<Body>, Option<Compressed>) {
    if !is_compressible(minimum, &response) {
        return (response, None);
    }
    let (mut head, body) = response.into_parts();
    // Whether it is compressed or not: the next client may ask for something else (RFC 9110, section
    // 12.5.5). There is no room only where nobody would read it.
    let vary = HeaderValue::from_static("Accept-Encoding");
    let _ = head.headers.try_append(header::VARY, vary);
    let Some(coding) = preferred(asked) else {
        return (Response::from_parts(head, body), None);
    };
    let plain = body.size_hint().exact();
    let encoder = Encoder::new(coding);
    let body = match body.try_into_bytes() {
        Ok(body) => Body::from(encoder.whole(&body)),
        Err(stream) => Body::stream(Encoded {
            body: stream,
            encoder: Some(encoder),
        }),
    };
    let value = HeaderValue::from_static(coding.as_str());
    head.headers.insert(header::CONTENT_ENCODING, value);
    if let Some(tag) = head.headers.get_mut(header::ETAG) {
        weaken(tag);
    }
    let compressed = Compressed { coding, plain };
    (Response::from_parts(head, body), Some(compressed))
}

/// Makes a tag that stands for the very bytes stand for their meaning: the bytes are others now
/// (RFC 9110, section 8.8.3.3).
fn weaken(tag: &mut HeaderValue) {
    if tag.as_bytes().starts_with(b"\"") {
        let weak = [b"W/", tag.as_bytes()].concat();
        if let Ok(weak) = HeaderValue::from_bytes(&weak) {
            *tag = weak;
        }
    }
}

fn is_compressible(minimum: u64, response: &Response<Body>) -> bool {
    let size = response.body().size_hint();
    let is_short = size.exact().is_some_and(|size| size < minimum);
    let is_empty = response.body().is_end_stream();
    let is_kept = is_coded_or_part(response) || forbids_transforms(response.headers());
    !is_short && !is_empty && !is_kept
}

/// Whether a response has a coding already, or is a range of bytes, which would be others then.
fn is_coded_or_part(response: &Response<Body>) -> bool {
    let has = |name| response.headers().contains_key(name);
    let is_part = response.status() == StatusCode::PARTIAL_CONTENT || has(header::CONTENT_RANGE);
    is_part || has(header::CONTENT_ENCODING)
}

/// RFC 9111, section 5.2.2.6.
fn forbids_transforms(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::CACHE_CONTROL).iter();
    let mut directives = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    directives.any(|one| one.trim_ascii().eq_ignore_ascii_case(b"no-transform"))
}

/// The coding that a client prefers, if it is one of ours: that of the highest weight, of several
/// the first (RFC 9110, section 12.5.3). A client that says nothing gets no coding.
fn preferred(asked: &HeaderMap) -> Option<Coding> {
    let values = asked.get_all(header::ACCEPT_ENCODING).iter();
    let items = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    let mut best: Option<(&[u8], u16)> = None;
    for item in items {
        let mut parts = item.split(|byte| *byte == b';');
        let name = parts.next().unwrap_or_default().trim_ascii();
        let weight = parts.find_map(weight).unwrap_or(FULL_WEIGHT);
        if !name.is_empty() && weight > best.map_or(0, |(_, weight)| weight) {
            best = Some((name, weight));
        }
    }
    Coding::named(best?.0)
}

/// The weight of a coding without one, in thousandths.
const FULL_WEIGHT: u16 = 1000;

/// `q=0.5` in thousandths; what is no number weighs nothing.
fn weight(parameter: &[u8]) -> Option<u16> {
    let (name, value) = std::str::from_utf8(parameter).ok()?.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let value: f32 = value.trim().parse().unwrap_or_default();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is in range"
    )]
    let thousandths = (value.clamp(0.0, 1.0) * f32::from(FULL_WEIGHT)) as u16;
    Some(thousandths)
}

type Out = buf::Writer<BytesMut>;

/// A compressor that writes to memory, so that nothing can fail but by want of it.
enum Encoder {
    Gzip(GzEncoder<Out>),
    Deflate(ZlibEncoder<Out>),
}

impl Encoder {
    fn new(coding: Coding) -> Self {
        let out = BytesMut::new().writer();
        match coding {
            Coding::Gzip => Self::Gzip(GzEncoder::new(out, Compression::default())),
            Coding::Deflate => Self::Deflate(ZlibEncoder::new(out, Compression::default())),
        }
    }

    fn whole(mut self, body: &[u8]) -> Bytes {
        self.write(body)
            .and_then(|()| self.finish())
            .expect("memory takes all bytes")
    }

    fn write(&mut self, data: &[u8]) -> io::Result<()> {
        match self {
            Self::Gzip(encoder) => encoder.write_all(data),
            Self::Deflate(encoder) => encoder.write_all(data),
        }
    }

    /// What there is to send, all that was written included.
    fn flushed(&mut self) -> io::Result<Bytes> {
        let out = match self {
            Self::Gzip(encoder) => {
                encoder.flush()?;
                encoder.get_mut()
            }
            Self::Deflate(encoder) => {
                encoder.flush()?;
                encoder.get_mut()
            }
        };
        Ok(out.get_mut().split().freeze())
    }

    fn finish(self) -> io::Result<Bytes> {
        let out = match self {
            Self::Gzip(encoder) => encoder.finish()?,
            Self::Deflate(encoder) => encoder.finish()?,
        };
        Ok(out.into_inner().freeze())
    }
}

/// A body that is compressed as it passes. What has arrived is sent, so that streams stay streams.
struct Encoded {
    body: Body,
    /// `None` once the body has ended.
    encoder: Option<Encoder>,
}

impl http_body::Body for Encoded {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        let Some(encoder) = &mut this.encoder else {
            return Poll::Ready(None);
        };
        let data = match ready!(Pin::new(&mut this.body).poll_frame(cx)) {
            Some(Ok(frame)) => {
                // Trailers have no say in a response.
                let data = frame.into_data().unwrap_or_default();
                encoder.write(&data).and_then(|()| encoder.flushed())
            }
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            None => match this.encoder.take() {
                Some(encoder) => encoder.finish(),
                None => return Poll::Ready(None),
            },
        };
        Poll::Ready(Some(data.map(Frame::data).map_err(BoxError::from)))
    }

    fn is_end_stream(&self) -> bool {
        self.encoder.is_none()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::{GzDecoder, ZlibDecoder};
    use futures::stream;
    use http_body_util::{BodyExt as _, StreamBody};

    use super::*;

    fn asking(values: &[&'static str]) -> HeaderMap {
        let mut asked = HeaderMap::new();
        for value in values {
            asked.append(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
        }
        asked
    }

    async fn read(response: Response<Body>) -> (Option<String>, Vec<u8>) {
        let coding = response.headers().get(header::CONTENT_ENCODING);
        let coding = coding.map(|coding| coding.to_str().unwrap().to_owned());
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let mut plain = Vec::new();
        match coding.as_deref() {
            Some("gzip") => GzDecoder::new(&*body).read_to_end(&mut plain).unwrap(),
            Some("deflate") => ZlibDecoder::new(&*body).read_to_end(&mut plain).unwrap(),
            _ => (&*body).read_to_end(&mut plain).unwrap(),
        };
        (coding, plain)
    }

    /// Section 17.3 of the data plane's reference.
    #[tokio::test]
    async fn the_preferred_coding_decides() {
        for (asked, expected) in [
            (&[][..], None),
            (&["gzip"], Some("gzip")),
            (&["GZIP"], Some("gzip")),
            (&["x-gzip"], Some("gzip")),
            (&["deflate"], Some("deflate")),
            (&["deflate, gzip"], Some("deflate")),
            (&["deflate;q=0.5, gzip"], Some("gzip")),
            (&["deflate; q=0.5", "gzip ;Q=0.6"], Some("gzip")),
            (&["identity, gzip"], None),
            (&["identity;q=0.1, gzip;q=0.2"], Some("gzip")),
            (&["br, gzip"], None),
            (&["br;q=0.9, gzip"], Some("gzip")),
            (&["gzip;q=0"], None),
            (&["gzip;q=x"], None),
            (&["*"], None),
            (&["", ", ,"], None),
        ] {
            let response = Response::new(Body::from("hello"));
            let (coding, plain) = read(compress(0, &asking(asked), response).0).await;
            assert_eq!(coding.as_deref(), expected, "{asked:?}");
            assert_eq!(plain, b"hello", "{asked:?}");
        }
    }

    #[test]
    fn caches_are_told_what_the_coding_hangs_on() {
        for (asked, minimum, tag, expected) in [
            (
                &["gzip"][..],
                0,
                "\"1\"",
                (Some("W/\"1\""), Some("Accept-Encoding")),
            ),
            (
                &["gzip"],
                0,
                "W/\"1\"",
                (Some("W/\"1\""), Some("Accept-Encoding")),
            ),
            (
                &["br"],
                0,
                "\"1\"",
                (Some("\"1\""), Some("Accept-Encoding")),
            ),
            (&["gzip"], 100, "\"1\"", (Some("\"1\""), None)),
        ] {
            let mut response = Response::new(Body::from("hello"));
            let value = HeaderValue::from_static(tag);
            response.headers_mut().insert(header::ETAG, value);
            let (response, _) = compress(minimum, &asking(asked), response);
            let text = |name| {
                response
                    .headers()
                    .get(name)
                    .map(|value| value.to_str().unwrap())
            };
            let found = (text(header::ETAG), text(header::VARY));
            assert_eq!(found, expected, "{asked:?} {minimum} {tag}");
        }
    }

    #[tokio::test]
    async fn small_empty_and_encoded_bodies_are_left() {
        let streamed = || {
            let frames = ["hel", "lo"].map(|part| Ok::<_, BoxError>(Frame::data(part.into())));
            Body::stream(StreamBody::new(stream::iter(frames)))
        };
        for (minimum, body, own, expected) in [
            (6, Body::from("hello"), None, None),
            (5, Body::from("hello"), None, Some("gzip")),
            (0, Body::empty(), None, None),
            (0, Body::from("hello"), Some("br"), Some("br")),
            // It does not say how long it is.
            (1 << 20, streamed(), None, Some("gzip")),
        ] {
            let is_empty = body.is_end_stream();
            let mut response = Response::new(body);
            if let Some(own) = own {
                let own = HeaderValue::from_static(own);
                response.headers_mut().insert(header::CONTENT_ENCODING, own);
            }
            let (coding, plain) = read(compress(minimum, &asking(&["gzip"]), response).0).await;
            assert_eq!(coding.as_deref(), expected, "{minimum}");
            assert_eq!(
                plain,
                if is_empty { &b""[..] } else { b"hello" },
                "{minimum}"
            );
        }
    }

    #[tokio::test]
    async fn parts_and_what_must_stay_are_left() {
        for (status, name, value) in [
            (206, header::ETAG, "x"),
            (200, header::CONTENT_RANGE, "bytes 0-4/100"),
            (200, header::CACHE_CONTROL, "max-age=5, No-Transform"),
        ] {
            let mut response = Response::new(Body::from("hello"));
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            let headers = response.headers_mut();
            headers.insert(&name, HeaderValue::from_static(value));
            let (coding, _) = read(compress(0, &asking(&["gzip"]), response).0).await;
            assert_eq!(coding, None, "{status} {name}: {value}");
        }
    }

    #[tokio::test]
    async fn what_has_arrived_is_sent_before_the_rest_has() {
        let frames = [Ok(Frame::data(Bytes::from("hello"))), Err("it broke")];
        let body = Body::stream(StreamBody::new(stream::iter(frames)));
        let (response, _) = compress(0, &asking(&["gzip"]), Response::new(body));
        let mut body = response.into_body();
        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        let mut plain = [0; 5];
        GzDecoder::new(&*first).read_exact(&mut plain).unwrap();
        assert_eq!(&plain, b"hello");
        let error = body.frame().await.unwrap().unwrap_err();
        assert_eq!(error.to_string(), "it broke");
    }
}
