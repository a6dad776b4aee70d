//! A connection that lives in the task of the request which uses it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tollgate_core::Body;

use super::failure::Failure;

/// Bytes that the head of an answer may have.
const LONGEST_HEAD: usize = 128 * 1024;

type Driver = http1::Connection<TokioIo<Socket>, Body>;

/// An open connection to an origin.
///
/// There is no task behind it: whoever waits for an answer, or for a piece of its body, moves the
/// connection along in doing so. A request so costs no hand-over between tasks.
#[derive(Debug)]
pub(super) struct Connection(Box<Open>);

/// In a box, because it moves with each request from hand to hand.
#[derive(Debug)]
struct Open {
    sender: SendRequest<Body>,
    /// `None` once the connection has ended.
    driver: Option<Driver>,
}

/// A request that was not answered.
#[derive(Debug)]
pub(super) struct Unanswered {
    pub(super) error: hyper::Error,
    /// The request, if nothing of it was sent.
    pub(super) unsent: Option<Request<Body>>,
}

impl Connection {
    pub(super) async fn handshake(socket: TokioIo<Socket>) -> Result<Self, Failure> {
        let handshake = http1::Builder::new()
            .max_buf_size(LONGEST_HEAD)
            .handshake(socket)
            .await;
        let (sender, driver) = handshake.map_err(Failure::Exchange)?;
        Ok(Self(Box::new(Open {
            sender,
            driver: Some(driver),
        })))
    }

    /// Sends a request and waits for the head of its answer.
    pub(super) async fn send(
        &mut self,
        request: Request<Body>,
    ) -> Result<Response<Incoming>, Unanswered> {
        let Open { sender, driver } = &mut *self.0;
        let mut answer = std::pin::pin!(sender.try_send_request(request));
        let answer = std::future::poll_fn(|cx| {
            drive(driver, cx);
            answer.as_mut().poll(cx)
        });
        answer.await.map_err(|mut error| Unanswered {
            unsent: error.take_message(),
            error: error.into_error(),
        })
    }

    /// Moves the connection along: reads and writes what there is to read and write.
    pub(super) fn drive(&mut self, cx: &mut Context<'_>) {
        drive(&mut self.0.driver, cx);
    }

    /// Whether another request can be sent; the connection is moved along to find out.
    pub(super) fn is_free(&mut self, cx: &mut Context<'_>) -> bool {
        self.drive(cx);
        self.0.driver.is_some() && self.0.sender.is_ready()
    }
}

fn drive(driver: &mut Option<Driver>, cx: &mut Context<'_>) {
    if let Some(connection) = driver {
        // How it ended is told to those who wait for an answer or a body.
        if Pin::new(connection).poll(cx).is_ready() {
            *driver = None;
        }
    }
}

/// The bytes of a connection, encrypted or not.
#[derive(Debug)]
pub(super) enum Socket {
    Plain(TcpStream),
    Encrypted(Box<TlsStream<TcpStream>>),
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Encrypted(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Encrypted(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, bytes),
            Self::Encrypted(stream) => Pin::new(stream).poll_write_vectored(cx, bytes),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Encrypted(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Encrypted(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Encrypted(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
