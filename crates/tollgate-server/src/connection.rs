//! One connection, from its first byte to its last.

mod activity;
mod deadline;
mod front_door;
mod http1;
mod http2;
mod isolation;
mod refusal;
mod request_body;
mod service;
mod tap;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tollgate::gateway::Gateways;

use crate::config::{Limits, Timeouts};
use crate::console::Console;
use crate::request_log::RequestLog;
use crate::shutdown::Stop;
use tap::{Detected, Tap};

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Serving {
    pub(crate) gateways: Gateways,
    pub(crate) limits: Limits,
    pub(crate) timeouts: Timeouts,
    pub(crate) console: Console,
    /// Where requests are noted that no gateway sees; `None`: nowhere.
    pub(crate) request_log: Option<RequestLog>,
    /// How many requests and connections ended in a panic.
    pub(crate) panics: AtomicU64,
}

/// Serves one connection: whatever happens there stays there.
pub(crate) async fn serve(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    peer: SocketAddr,
    serving: Arc<Serving>,
    stop: Stop,
) {
    // Small responses must not wait for the acknowledgement of the ones before; a socket that
    // cannot be told so still works.
    drop(stream.set_nodelay(true));
    let isolated = serving.clone();
    let connection = async move {
        match tls {
            None => speak(stream, peer, serving, stop).await,
            Some(tls) => {
                if let Some(stream) = encrypt(stream, &tls, &serving, &mut stop.clone()).await {
                    speak(stream, peer, serving, stop).await;
                }
            }
        }
    };
    isolation::isolated(&isolated, "a connection", connection).await;
}

/// Shakes hands with a client; `None` if that comes to nothing.
async fn encrypt(
    stream: TcpStream,
    tls: &TlsAcceptor,
    serving: &Serving,
    stop: &mut Stop,
) -> Option<TlsStream<TcpStream>> {
    let handshake = tokio::time::timeout(serving.timeouts.handshake.0.0, tls.accept(stream));
    tokio::select! {
        // A client that cannot agree with the server has been told so by rustls.
        shaken = handshake => shaken.ok()?.ok(),
        () = stop.asked() => None,
    }
}

/// Finds out which version of HTTP the client speaks, and speaks it.
async fn speak<S>(stream: S, peer: SocketAddr, serving: Arc<Serving>, mut stop: Stop)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut tap = Tap::new(stream, peer, serving.clone());
    let detected = tokio::select! {
        detected = tap.detect() => detected,
        () = stop.asked() => return,
    };
    match detected {
        // Each takes the room that it needs, and not that of the largest.
        Detected::Http1 => Box::pin(http1::serve(tap, peer, serving, stop)).await,
        Detected::Http2 => Box::pin(http2::serve(tap, peer, serving, stop)).await,
        Detected::Nothing => {}
    }
}
