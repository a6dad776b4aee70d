//! Connections of HTTP/1.

use std::sync::Arc;

use hyper::server::conn::http1::Builder;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use super::service::{ConnectionService, Protocol};
use super::tap::Tap;
use super::{Peer, Serving};
use crate::shutdown::Stop;

/// Bytes that hyper may hold of what it reads, and of what it writes.
const LEAST_BUFFER: usize = 64 * 1024;

/// Serves a connection to its end, or to the end of the request at hand once it is asked to end.
pub(crate) async fn serve<S>(tap: Tap<S>, peer: Peer, serving: Arc<Serving>, mut stop: Stop)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = ConnectionService {
        activity: tap.activity().clone(),
        peer,
        protocol: Protocol::Http1,
        serving: serving.clone(),
    };
    let limits = &serving.limits;
    let head = limits.target_bytes.size() + limits.header_bytes.size();
    // The tap keeps the time for heads, and refuses what is too large of them.
    let mut connection = Builder::new()
        .header_read_timeout(None)
        .max_buf_size(LEAST_BUFFER + head)
        .serve_connection(TokioIo::new(tap), service);
    let done = tokio::select! {
        done = &mut connection => done,
        () = stop.asked() => {
            std::pin::Pin::new(&mut connection).graceful_shutdown();
            (&mut connection).await
        }
    };
    // A client that goes away needs no answer; one that is refused gets it from the tap.
    drop(done);
    connection.into_parts().io.into_inner().close().await;
}
