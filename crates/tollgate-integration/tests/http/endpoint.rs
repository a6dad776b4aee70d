//! An HTTP endpoint that does exactly what a test tells it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// What an endpoint does with a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reply {
    /// It sends these bytes and waits for another request.
    Send(&'static str),
    /// It sends these bytes and closes the connection.
    SendAndClose(&'static str),
    /// It sends these bytes, then nothing more.
    SendAndStall(&'static str),
}

/// A server on loopback; it ends with the test's runtime.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

pub(crate) const OK: Reply = Reply::Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

impl Endpoint {
    /// An endpoint that replies so to the first requests, and to all others as to the last.
    pub(crate) async fn start(replies: &'static [Reply]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("the loopback works");
        let endpoint = Self {
            address: listener.local_addr().expect("the loopback works"),
            connections: Arc::default(),
            requests: Arc::default(),
        };
        let served = endpoint.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                served.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(served.clone().serve(stream, replies));
            }
        });
        endpoint
    }

    /// Serves a connection until its client is gone.
    pub(crate) async fn serve(
        self,
        mut stream: impl AsyncRead + AsyncWrite + Unpin,
        replies: &[Reply],
    ) {
        let mut buffer = Vec::new();
        while let Some(request) = read_request(&mut stream, &mut buffer).await {
            let index = {
                let mut requests = self.requests.lock().expect("nobody panicked with it");
                requests.push(request);
                requests.len() - 1
            };
            let reply = replies[index.min(replies.len() - 1)];
            let (Reply::Send(bytes) | Reply::SendAndClose(bytes) | Reply::SendAndStall(bytes)) =
                reply;
            if stream.write_all(bytes.as_bytes()).await.is_err() {
                return;
            }
            match reply {
                Reply::Send(_) => {}
                Reply::SendAndClose(_) => return,
                Reply::SendAndStall(_) => {
                    // Until the client gives up.
                    drop(stream.read(&mut [0]).await);
                    return;
                }
            }
        }
    }

    /// Connections that were opened so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The requests that arrived so far, bodies included.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests
            .lock()
            .expect("nobody panicked with it")
            .clone()
    }
}

/// Reads one request; `None` where the client is gone.
async fn read_request(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
) -> Option<String> {
    loop {
        if let Some(length) = whole(buffer) {
            let request: Vec<u8> = buffer.drain(..length).collect();
            return Some(String::from_utf8(request).expect("the loopback works"));
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}

/// The bytes of the request that the buffer begins with, if all of it is there.
fn whole(buffer: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(buffer);
    let head = text.find("\r\n\r\n")? + 4;
    let header = |name: &str| {
        let lines = text[..head].lines();
        let mut values = lines.filter_map(|line| line.strip_prefix(name));
        values.next().map(|value| value.trim().to_owned())
    };
    if header("transfer-encoding:").is_some() {
        return text[head..].find("0\r\n\r\n").map(|end| head + end + 5);
    }
    let length =
        header("content-length:").map_or(0, |length| length.parse().expect("the loopback works"));
    (buffer.len() >= head + length).then_some(head + length)
}
