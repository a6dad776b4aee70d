//! Bodies read whole, within a limit.

use std::pin::pin;

use bytes::{Buf, Bytes, BytesMut};
use http_body_util::BodyExt as _;
use thiserror::Error;
use tollgate_core::{RawRejection, Rejection};

/// Bytes that the body of a request, or of a buffered response, may have: the service's own limit.
pub const MAX_BODY_BYTES: usize = 10_485_760;

/// Why a body could not be read whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Unreadable<E = ()> {
    /// It has more bytes than the limit.
    #[error("the body is too large")]
    TooLarge,
    /// It broke off, or was no body.
    #[error("the body broke off")]
    Broken(E),
}

/// Reads a body whole, holding at most `limit` bytes of it.
pub(crate) async fn collect<B>(body: B, limit: usize) -> Result<Bytes, Unreadable<B::Error>>
where
    B: http_body::Body,
{
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    if body.size_hint().lower() > limit as u64 {
        return Err(Unreadable::TooLarge);
    }
    let mut body = pin!(body);
    let mut whole = Bytes::new();
    let mut joined = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(mut data) = frame.map_err(Unreadable::Broken)?.into_data() else {
            // Trailers have no say in a request.
            continue;
        };
        let length = data.remaining();
        if length > limit - whole.len() - joined.len() {
            return Err(Unreadable::TooLarge);
        }
        // Most bodies come in one piece, which is then taken as it is.
        if whole.is_empty() && joined.is_empty() {
            whole = data.copy_to_bytes(length);
        } else {
            joined.extend_from_slice(&std::mem::take(&mut whole));
            joined.extend_from_slice(&data.copy_to_bytes(length));
        }
    }
    Ok(if joined.is_empty() {
        whole
    } else {
        joined.freeze()
    })
}

impl<E> Unreadable<E> {
    /// What a client is told whose request's body could not be read.
    pub(crate) fn to_request_rejection(&self) -> Rejection {
        Rejection::raw(match self {
            Self::TooLarge => RawRejection::ContentTooLarge {
                limit: MAX_BODY_BYTES as u64,
            },
            Self::Broken(_) => RawRejection::BadRequest,
        })
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;
    use http_body::Frame;
    use http_body_util::{Full, StreamBody};

    use super::*;

    fn streamed(
        parts: &[Result<&'static str, ()>],
    ) -> impl http_body::Body<Data = Bytes, Error = ()> {
        let frame =
            |part: &Result<&'static str, ()>| part.map(|text| Frame::data(Bytes::from(text)));
        StreamBody::new(stream::iter(parts.iter().map(frame).collect::<Vec<_>>()))
    }

    #[tokio::test]
    async fn bodies_are_read_whole_within_the_limit() {
        for (parts, limit, expected) in [
            (&[][..], 4, Ok("")),
            (&[Ok("")], 0, Ok("")),
            (&[Ok("abcd")], 4, Ok("abcd")),
            (&[Ok("ab"), Ok(""), Ok("cd")], 4, Ok("abcd")),
            (&[Ok("abcde")], 4, Err(Unreadable::TooLarge)),
            (&[Ok("abc"), Ok("de")], 4, Err(Unreadable::TooLarge)),
            (&[Ok("ab"), Ok("c"), Ok("de")], 4, Err(Unreadable::TooLarge)),
            (&[Ok("ab"), Err(())], 4, Err(Unreadable::Broken(()))),
        ] {
            let whole = collect(streamed(parts), limit).await;
            assert_eq!(whole, expected.map(Bytes::from), "{parts:?}");
        }
    }

    #[tokio::test]
    async fn an_announced_length_over_the_limit_is_refused_unread() {
        assert_eq!(
            collect(Full::new(Bytes::from("abcde")), 4).await,
            Err(Unreadable::TooLarge)
        );
    }
}
