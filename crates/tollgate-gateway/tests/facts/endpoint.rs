//! An HTTP endpoint on loopback that keeps what it receives, byte for byte.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What an endpoint received.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Verb and target.
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    /// Without its framing.
    pub(crate) body: Vec<u8>,
}

/// A server that answers every request the same; it ends with its runtime.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    answer: Arc<Mutex<Option<Vec<u8>>>>,
}

impl Endpoint {
    /// An endpoint that answers nothing as yet.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("the loopback works");
        let address = listener.local_addr().expect("the loopback works");
        let (requests, answer) = (Arc::default(), Arc::default());
        let endpoint = Self {
            address,
            requests: Arc::clone(&requests),
            answer: Arc::clone(&answer),
        };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, requests.clone(), answer.clone()));
            }
        });
        endpoint
    }

    /// Says what it answers from now on, all bytes of it.
    pub(crate) fn answer(&self, bytes: Vec<u8>) {
        *self.answer.lock().expect("nobody panicked with it") = Some(bytes);
    }

    /// What it received so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        let requests = self.requests.lock().expect("nobody panicked with it");
        requests.clone()
    }
}

/// An address where nobody listens.
pub(crate) fn nowhere() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("the loopback works");
    listener.local_addr().expect("the loopback works")
}

/// Serves one request of a connection.
async fn serve(
    mut stream: TcpStream,
    requests: Arc<Mutex<Vec<Request>>>,
    answer: Arc<Mutex<Option<Vec<u8>>>>,
) {
    let Some(request) = read(&mut stream).await else {
        return;
    };
    requests
        .lock()
        .expect("nobody panicked with it")
        .push(request);
    let answer = answer.lock().expect("nobody panicked with it").clone();
    match answer {
        // A client that is gone takes nothing.
        Some(answer) => drop(stream.write_all(&answer).await),
        // Until the client gives up.
        None => drop(stream.read(&mut [0]).await),
    }
}

/// Reads a request; `None` where it does not come whole.
async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8_lossy(&head);
    let mut lines = head.lines();
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let header = |name: &str| {
        let mut headers = headers.iter();
        headers.find(|(known, _)| known.eq_ignore_ascii_case(name))
    };
    let mut body = Vec::new();
    if header("transfer-encoding").is_some() {
        while let size @ 1.. = chunk_size(stream).await? {
            read_exactly(stream, &mut body, size).await?;
            read_exactly(stream, &mut Vec::new(), 2).await?;
        }
        read_exactly(stream, &mut Vec::new(), 2).await?;
    } else if let Some((_, length)) = header("content-length") {
        read_exactly(stream, &mut body, length.parse().ok()?).await?;
    }
    Some(Request {
        line,
        headers,
        body,
    })
}

async fn chunk_size(stream: &mut TcpStream) -> Option<usize> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        line.push(stream.read_u8().await.ok()?);
    }
    usize::from_str_radix(std::str::from_utf8(&line).ok()?.trim_end(), 16).ok()
}

async fn read_exactly(stream: &mut TcpStream, into: &mut Vec<u8>, length: usize) -> Option<()> {
    let start = into.len();
    into.resize(start + length, 0);
    stream.read_exact(&mut into[start..]).await.ok()?;
    Some(())
}
