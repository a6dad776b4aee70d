//! An HTTP endpoint that answers once.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

/// An endpoint, and the request that it got.
pub(crate) struct Endpoint {
    pub(crate) address: SocketAddr,
    thread: JoinHandle<String>,
}

impl Endpoint {
    /// Answers the next request with these bytes.
    pub(crate) fn answering(answer: &[u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let answer = answer.to_vec();
        let thread = thread::spawn(move || {
            let (stream, _) = listener.accept().expect("somebody calls");
            let mut stream = BufReader::new(stream);
            let mut request = String::new();
            while !request.ends_with("\r\n\r\n") {
                if stream.read_line(&mut request).expect("the head is text") == 0 {
                    return request;
                }
            }
            let lower = request.to_ascii_lowercase();
            let length = lower.split("content-length: ").nth(1);
            let length = length.and_then(|rest| rest.split('\r').next()?.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            stream.read_exact(&mut body).expect("the body is whole");
            stream
                .get_mut()
                .write_all(&answer)
                .expect("the gateway reads");
            request + &String::from_utf8(body).expect("the body is text")
        });
        Self { address, thread }
    }

    /// What it was asked, once the caller has ended; empty if nobody asked.
    pub(crate) fn request(self) -> String {
        // Who still waits for a caller is called, and asked nothing.
        drop(TcpStream::connect(self.address));
        self.thread.join().expect("it answers")
    }
}
