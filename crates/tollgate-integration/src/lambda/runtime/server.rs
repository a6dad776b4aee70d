//! The server that one process talks to.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tollgate_core::Clock;

use super::api;
use super::session::Session;

/// Connections that a process may have at a time; clients have one or two. Others wait.
const MOST_CONNECTIONS: usize = 16;
/// How long nothing is accepted once that has failed, for want of file descriptors for example.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// What the answers to a process are made of.
#[derive(Debug)]
pub(super) struct Api {
    pub(super) session: Arc<Session>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) function_arn: HeaderValue,
    pub(super) timeout: Duration,
}

/// Serves a process until it is dropped.
pub(super) async fn serve(listener: TcpListener, address: SocketAddr, api: Arc<Api>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < MOST_CONNECTIONS => match accepted {
                Ok((socket, peer)) => {
                    connections.spawn(connection(socket, peer, address, api.clone()));
                }
                Err(_) => tokio::time::sleep(ACCEPT_AGAIN_AFTER).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(socket: TcpStream, peer: SocketAddr, address: SocketAddr, api: Arc<Api>) {
    if !is_ours(peer, address).await {
        return;
    }
    // Answers are written at once or wait for acknowledgements; nothing is wrong with the latter.
    socket.set_nodelay(true).unwrap_or_default();
    let service = service_fn(async |request| Ok::<_, Infallible>(api::answer(&api, request).await));
    let served = http1::Builder::new().serve_connection(TokioIo::new(socket), service);
    // A process that is killed or speaks no HTTP has nobody to be told.
    served.await.unwrap_or_default();
}

/// Whether a connection comes from a process of the user that runs this one.
#[cfg(target_os = "linux")]
async fn is_ours(peer: SocketAddr, address: SocketAddr) -> bool {
    let owner = tokio::task::spawn_blocking(move || super::peer::owner(peer, address)).await;
    let ours = rustix::process::geteuid().as_raw();
    owner.ok().flatten().is_none_or(|owner| owner == ours)
}

/// Other systems do not say whose a connection is.
#[cfg(not(target_os = "linux"))]
async fn is_ours(_: SocketAddr, _: SocketAddr) -> bool {
    true
}
