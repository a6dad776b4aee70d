//! Listeners: connections accepted, each served in a task of its own, and let go at the end.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};

use crate::connection::{self, Peer, Serving};
use crate::console::Console;
use crate::plane::Plane;
use crate::shutdown::{Shutdown, Stop, stop};
use crate::tls::Tls;

/// How long to wait where no connection can be accepted, as when there are no file handles left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A socket that listens, and how its connections are encrypted.
pub(crate) struct Bound {
    pub(crate) socket: TcpListener,
    pub(crate) tls: Option<Tls>,
    pub(crate) plane: Plane,
}

/// Serves connections until the server is asked to end, then lets requests in flight finish.
pub(crate) async fn serve(listeners: Vec<Bound>, serving: Arc<Serving>, mut shutdown: Shutdown) {
    let (stopper, stop) = stop();
    // Each task holds a sender, and none ever sends: the channel ends with the last of them.
    let (alive, mut all_gone) = mpsc::channel(1);
    for listener in listeners {
        let (serving, stop, alive) = (serving.clone(), stop.clone(), alive.clone());
        tokio::spawn(accept(listener, serving, stop, alive));
    }
    drop((stop, alive));
    shutdown.asked().await;
    let console = &serving.console;
    console.say("finishing requests in flight; a second signal ends the server at once".to_owned());
    stopper.stop();
    let grace = serving.timeouts.shutdown_grace.0.0;
    tokio::select! {
        _ = all_gone.recv() => {}
        () = tokio::time::sleep(grace) => console.say("requests still in flight are dropped".to_owned()),
        () = shutdown.asked() => {}
    }
}

/// Accepts connections as long as there is room for them.
async fn accept(listener: Bound, serving: Arc<Serving>, mut stop: Stop, alive: mpsc::Sender<()>) {
    let room = Arc::new(Semaphore::new(serving.limits.connections.size()));
    let stop_of_connections = stop.clone();
    let accept_next = async || {
        // Nobody closes the semaphore. A client that finds no room waits in the kernel's queue.
        let place = room.clone().acquire_owned().await.ok();
        (listener.socket.accept().await, place)
    };
    loop {
        let (accepted, place) = tokio::select! {
            accepted = accept_next() => accepted,
            () = stop.asked() => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = connection::serve(
                    stream,
                    listener.tls.clone(),
                    Peer::new(peer, listener.plane),
                    serving.clone(),
                    stop_of_connections.clone(),
                );
                let alive = alive.clone();
                tokio::spawn(async move {
                    connection.await;
                    drop((place, alive));
                });
            }
            Err(error) => pause(&error, &serving.console).await,
        }
    }
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
