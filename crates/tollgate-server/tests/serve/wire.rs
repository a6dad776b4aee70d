//! A client that tells a whole answer from one that breaks off.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

/// What came over a connection until it ended.
#[derive(Debug)]
pub(crate) struct Received {
    /// `None` where not even the head came.
    pub(crate) status: Option<u16>,
    /// Names are in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether the body came as its framing says.
    pub(crate) is_whole: bool,
}

impl Received {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known == name);
        found.map(|(_, value)| &**value)
    }

    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is text")
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        let text = self.text();
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text:?}"))
    }

    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let Some(end) = end else {
            return Self {
                status: None,
                headers: Vec::new(),
                body: Vec::new(),
                is_whole: false,
            };
        };
        let head = std::str::from_utf8(&bytes[..end]).expect("the head is text");
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let headers: Vec<_> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let mut received = Self {
            status: status.and_then(|status| status.parse().ok()),
            headers,
            body: bytes[end + 4..].to_vec(),
            is_whole: false,
        };
        if received.header("transfer-encoding").is_some() {
            let (body, is_whole) = without_chunks(&received.body);
            (received.body, received.is_whole) = (body, is_whole);
        } else {
            let length = received.header("content-length");
            received.is_whole =
                length.is_some_and(|length| length == received.body.len().to_string());
        }
        received
    }
}

/// The bytes in chunks, and whether the last chunk is there.
fn without_chunks(mut bytes: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    loop {
        let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") else {
            return (body, false);
        };
        let size = std::str::from_utf8(&bytes[..end]).expect("sizes are text");
        let size = usize::from_str_radix(size, 16).expect("sizes are numbers");
        let rest = &bytes[end + 2..];
        if rest.len() < size + 2 {
            body.extend_from_slice(&rest[..size.min(rest.len())]);
            return (body, false);
        }
        body.extend_from_slice(&rest[..size]);
        bytes = &rest[size + 2..];
        if size == 0 {
            return (body, bytes.is_empty());
        }
    }
}

/// A request on its way.
#[derive(Debug)]
pub(crate) struct Asked {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Asked {
    /// Sends a head, without its last line, and a body on a connection that is for it alone.
    pub(crate) fn send(server: SocketAddr, head: &str, body: &[u8]) -> Self {
        let mut stream = TcpStream::connect(server).expect("the server listens");
        let head = format!("{head}\r\nHost: api.example.com\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).expect("the server reads");
        stream.write_all(body).expect("the server reads");
        Self {
            stream,
            received: Vec::new(),
        }
    }

    /// Waits until a text has come.
    pub(crate) fn wait_for(&mut self, text: &str) {
        let mut buffer = [0; 1024];
        while !String::from_utf8_lossy(&self.received).contains(text) {
            let length = self.stream.read(&mut buffer).expect("the server answers");
            assert!(length > 0, "the connection ended before {text:?} came");
            self.received.extend_from_slice(&buffer[..length]);
        }
    }

    /// Reads until the connection ends, in whatever way.
    pub(crate) fn finish(mut self) -> Received {
        // What came before a reset is kept, and says itself that it is not whole.
        drop(self.stream.read_to_end(&mut self.received));
        Received::parse(&self.received)
    }
}

/// Asks for a path.
pub(crate) fn get(server: SocketAddr, path: &str) -> Received {
    Asked::send(server, &format!("GET {path} HTTP/1.1"), b"").finish()
}

/// Posts a body of a type.
pub(crate) fn post(server: SocketAddr, path: &str, content_type: &str, body: &str) -> Received {
    let length = body.len();
    let head =
        format!("POST {path} HTTP/1.1\r\nContent-Type: {content_type}\r\nContent-Length: {length}");
    Asked::send(server, &head, body.as_bytes()).finish()
}
