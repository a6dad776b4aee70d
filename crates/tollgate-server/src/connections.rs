//! Connections: accepted, served, and let go.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tollgate::Gateway;
use tollgate::core::PeerAddress;
use tower_service::Service as _;

use crate::console::Console;
use crate::shutdown::Shutdown;

/// How long a client may take to send the head of a request.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long requests in flight may take to finish once the server is asked to end.
const GRACE: Duration = Duration::from_secs(30);
/// How long to wait where no connection can be accepted, as when there are no file handles left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves connections until the server is asked to end, then lets requests in flight finish.
pub(crate) async fn serve(
    listener: TcpListener,
    gateway: Gateway,
    mut shutdown: Shutdown,
    console: &Console,
) {
    let graceful = GracefulShutdown::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => spawn(stream, peer, gateway.clone(), &graceful),
                Err(error) => pause(&error, console).await,
            },
            () = shutdown.asked() => break,
        }
    }
    drop(listener);
    console.say("finishing requests in flight; a second signal ends the server at once".to_owned());
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(GRACE) => console.say("requests still in flight are dropped".to_owned()),
        () = shutdown.asked() => {}
    }
}

/// Serves one connection in a task of its own: whatever happens there stays there.
fn spawn(stream: TcpStream, peer: SocketAddr, gateway: Gateway, graceful: &GracefulShutdown) {
    // Small responses must not wait for the acknowledgement of the ones before; a socket that
    // cannot be told so still works.
    drop(stream.set_nodelay(true));
    let service = service_fn(move |mut request: http::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(PeerAddress(peer));
        gateway.clone().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        // A client that goes away, or sends what is not HTTP, has been told so by hyper.
        drop(connection.await);
    });
}

async fn pause(error: &io::Error, console: &Console) {
    // These concern one connection that was gone before it was accepted.
    let is_of_client = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    );
    if !is_of_client {
        console.say(format!("cannot accept connections: {error}"));
        tokio::time::sleep(ACCEPT_PAUSE).await;
    }
}
