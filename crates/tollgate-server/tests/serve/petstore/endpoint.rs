//! An HTTP endpoint that does exactly what a test tells it.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// What an endpoint does with a request.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reply {
    /// It sends these bytes and waits for another request.
    Send(&'static str),
    /// It sends these bytes and closes the connection.
    SendAndClose(&'static str),
    /// It sends these bytes, and resets the connection when the test says so.
    SendAndReset(&'static str),
    /// It sends these bytes, then nothing more.
    SendAndStall(&'static str),
}

/// An answer with a pet.
pub(super) const PET: Reply = Reply::Send(
    "HTTP/1.1 200 OK\r\nContent-Length: 34\r\n\r\n{\"id\":7,\"type\":\"dog\",\"price\":1.50}",
);

/// A server on loopback; it ends with the test.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) address: SocketAddr,
    seen: Receiver<Seen>,
    resets: Sender<()>,
}

/// What an endpoint sees.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// A request, with the body that it came with.
    Request {
        /// The head as it came.
        head: String,
        /// The body, without its framing.
        body: Vec<u8>,
    },
    /// The connection ends before the request is whole, or before it is answered.
    Gone,
}

impl Endpoint {
    /// An endpoint that replies so to the first requests, and to all others as to the last.
    pub(super) fn start(replies: &'static [Reply]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback works");
        let address = listener.local_addr().expect("the loopback works");
        let (tell, seen) = mpsc::channel();
        let (resets, reset) = mpsc::channel();
        let shared = Arc::new(Shared {
            replies: Mutex::new(replies),
            reset: Mutex::new(reset),
        });
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (shared, tell) = (shared.clone(), tell.clone());
                std::thread::spawn(move || shared.serve(stream, &tell));
            }
        });
        Self {
            address,
            seen,
            resets,
        }
    }

    /// Lets an endpoint that waits for it reset a connection.
    pub(super) fn reset(&self) {
        self.resets.send(()).expect("the endpoint runs");
    }

    /// What the endpoint sees next.
    pub(super) fn seen(&self) -> Seen {
        let seen = self.seen.recv_timeout(PATIENCE);
        seen.expect("the endpoint sees something in time")
    }

    /// Whether the endpoint has seen nothing more so far.
    pub(super) fn has_seen_nothing(&self) -> bool {
        self.seen.try_recv().is_err()
    }

    /// The next request.
    pub(super) fn request(&self) -> (String, Vec<u8>) {
        match self.seen() {
            Seen::Request { head, body } => (head, body),
            Seen::Gone => panic!("the connection ended before the request was whole"),
        }
    }
}

struct Shared {
    replies: Mutex<&'static [Reply]>,
    reset: Mutex<Receiver<()>>,
}

impl Shared {
    fn next_reply(&self) -> Reply {
        let mut replies = self.replies.lock().expect("nobody panicked with it");
        let reply = replies[0];
        if replies.len() > 1 {
            *replies = &replies[1..];
        }
        reply
    }

    /// Serves a connection; a test that is over sees nothing of it any more.
    fn serve(&self, mut stream: TcpStream, tell: &Sender<Seen>) {
        loop {
            let request = read_request(&mut stream);
            let is_gone = request == Some(Seen::Gone);
            let Some(request) = request else { return };
            if tell.send(request).is_err() || is_gone {
                return;
            }
            let reply = self.next_reply();
            let (Reply::Send(bytes)
            | Reply::SendAndClose(bytes)
            | Reply::SendAndReset(bytes)
            | Reply::SendAndStall(bytes)) = reply;
            if stream.write_all(bytes.as_bytes()).is_err() {
                return;
            }
            match reply {
                Reply::Send(_) => {}
                Reply::SendAndClose(_) => return,
                Reply::SendAndReset(_) => {
                    let reset = self.reset.lock().expect("nobody panicked with it");
                    if reset.recv().is_ok() {
                        reset_connection(stream);
                    }
                    return;
                }
                Reply::SendAndStall(_) => {
                    let is_gone = matches!(stream.read(&mut [0]), Ok(0) | Err(_));
                    // Nobody asks for it where the test is over.
                    drop(is_gone.then(|| tell.send(Seen::Gone)));
                    return;
                }
            }
        }
    }
}

/// Ends a connection so that its other end is told that something is wrong.
fn reset_connection(stream: TcpStream) {
    let stream = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .and_then(|runtime| {
            let _inside = runtime.enter();
            stream.set_nonblocking(true)?;
            tokio::net::TcpStream::from_std(stream)?.set_zero_linger()
        });
    stream.expect("the loopback works");
}

/// Reads one request; `None` where none came.
fn read_request(stream: &mut TcpStream) -> Option<Seen> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1..) => head.push(byte[0]),
            _ if head.is_empty() => return None,
            _ => return Some(Seen::Gone),
        }
    }
    let head = String::from_utf8(head).expect("heads are text");
    let mut body = Vec::new();
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name))
    };
    let read = match (header("transfer-encoding"), header("content-length")) {
        (Some(_), _) => read_chunks(stream, &mut body),
        (None, Some((_, length))) => {
            let length = length.parse().expect("lengths are numbers");
            read_exactly(stream, &mut body, length)
        }
        (None, None) => Some(()),
    };
    Some(match read {
        Some(()) => Seen::Request { head, body },
        None => Seen::Gone,
    })
}

fn read_exactly(stream: &mut TcpStream, body: &mut Vec<u8>, length: usize) -> Option<()> {
    let start = body.len();
    body.resize(start + length, 0);
    stream.read_exact(&mut body[start..]).ok()
}

fn read_chunks(stream: &mut TcpStream, body: &mut Vec<u8>) -> Option<()> {
    loop {
        let mut size = Vec::new();
        while !size.ends_with(b"\r\n") {
            read_exactly(stream, &mut size, 1)?;
        }
        let size = std::str::from_utf8(&size).ok()?.trim_end();
        let size = usize::from_str_radix(size, 16).ok()?;
        read_exactly(stream, body, size)?;
        read_exactly(stream, &mut Vec::new(), 2)?;
        if size == 0 {
            return Some(());
        }
    }
}
