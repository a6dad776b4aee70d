//! One connection, from its first byte to its last.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tollgate::core::PeerAddress;
use tollgate::gateway::Gateways;
use tower_service::Service as _;

use crate::config::{Limits, Timeouts};
use crate::console::Console;
use crate::shutdown::Stop;

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Serving {
    pub(crate) gateways: Gateways,
    pub(crate) limits: Limits,
    pub(crate) timeouts: Timeouts,
    pub(crate) console: Console,
}

/// Serves one connection: whatever happens there stays there.
pub(crate) async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    serving: Arc<Serving>,
    mut stop: Stop,
) {
    // Small responses must not wait for the acknowledgement of the ones before; a socket that
    // cannot be told so still works.
    drop(stream.set_nodelay(true));
    let gateways = serving.gateways.clone();
    let service = service_fn(move |mut request: http::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(PeerAddress(peer));
        gateways.clone().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(serving.timeouts.header.0.0)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    // A client that goes away, or sends what is not HTTP, has been told so by hyper.
    tokio::select! {
        done = connection.as_mut() => drop(done),
        () = stop.asked() => {
            connection.as_mut().graceful_shutdown();
            drop(connection.await);
        }
    }
}
