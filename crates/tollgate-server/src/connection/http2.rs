//! Connections of HTTP/2.

use std::pin::pin;
use std::sync::Arc;

use hyper::rt::Executor;
use hyper::server::conn::http2::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};

use super::service::{ConnectionService, Protocol};
use super::tap::Tap;
use super::{Peer, Serving, isolation};
use crate::shutdown::Stop;

/// Serves a connection to its end, or to the end of the requests at hand once it is asked to end.
pub(crate) async fn serve<S>(tap: Tap<S>, peer: Peer, serving: Arc<Serving>, mut stop: Stop)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let activity = tap.activity().clone();
    let service = ConnectionService {
        activity: activity.clone(),
        peer,
        protocol: Protocol::Http2,
        serving: serving.clone(),
    };
    let (limits, timeouts) = (&serving.limits, &serving.timeouts);
    let connection = Builder::new(Isolated(serving.clone()))
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.http2_streams.0)
        .max_header_list_size(limits.http2_header_list_bytes.0)
        .max_pending_accept_reset_streams(limits.http2_pending_resets.size())
        .max_local_error_reset_streams(limits.http2_pending_resets.size())
        .keep_alive_interval(timeouts.http2_ping_interval.0.0)
        .keep_alive_timeout(timeouts.http2_ping_timeout.0.0)
        .serve_connection(TokioIo::new(tap), service);
    let mut connection = pin!(connection);
    // A client that goes away, or sends what is not HTTP, has been told so by hyper.
    tokio::select! {
        done = connection.as_mut() => return drop(done),
        () = activity.idle(timeouts.keep_alive_idle.0.0) => {}
        () = stop.asked() => {}
    }
    connection.as_mut().graceful_shutdown();
    tokio::select! {
        done = connection.as_mut() => drop(done),
        // A client that does not acknowledge the end is not waited for once it has its answers.
        () = activity.idle(timeouts.header.0.0) => {}
    }
}

/// Spawns the requests of a connection, whose panics stay with them.
#[derive(Clone, Debug)]
struct Isolated(Arc<Serving>);

impl<F> Executor<F> for Isolated
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, future: F) {
        let serving = self.0.clone();
        tokio::spawn(async move {
            isolation::isolated(&serving, "a request", future).await;
        });
    }
}
