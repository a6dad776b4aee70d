//! What stands between a socket and hyper.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tollgate::core::OriginalHeaders;
use tollgate_http1::{Event, Framing, Limits, Violation};

use super::Serving;
use super::activity::Activity;
use super::deadline::Deadline;
use super::refusal::refusal_bytes;

/// What a client of HTTP/2 begins with (RFC 9113, section 3.4).
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Bytes that are read at once while a head is not whole.
const READ_SIZE: usize = 4096;
/// How long, and for how many bytes, a client is listened to that is not listened to any more: a
/// socket that is closed with bytes unread takes back what was written last.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 1 << 20;

/// A stream that lets through only what has one reading.
///
/// Over HTTP/1 hyper sees whole and sound heads, one at a time: the next is passed on when the last
/// is answered. What is refused never reaches it. Once everything before is answered, the tap says
/// what was wrong and ends the connection. It also ends connections that are silent for too long.
///
/// Held back are at most a head that is not whole, and what was read with it.
#[derive(Debug)]
pub(crate) struct Tap<S> {
    stream: S,
    peer: SocketAddr,
    serving: Arc<Serving>,
    activity: Arc<Activity>,
    /// `None` once the connection is known to speak HTTP/2.
    framing: Option<Framing>,
    /// What was read and not passed on.
    held: Vec<u8>,
    /// How much of it may be passed on.
    cleared: usize,
    /// Whether a head was passed on already.
    had_head: bool,
    /// Whether the client sends no more.
    ended: bool,
    refused: Option<Refused>,
    reading: Deadline,
    writing: Deadline,
    closing: Closing,
}

/// What the client is still to be told.
#[derive(Clone, Copy, Debug)]
enum Refused {
    /// Its next request is none.
    Head(Violation),
    /// The body that it sends is none; whoever reads it learns that.
    Body(Violation),
}

/// How far the end of a connection is.
#[derive(Debug)]
enum Closing {
    No,
    Telling(Vec<u8>, usize),
    Flushing,
    ShuttingDown,
    Lingering(usize, Deadline),
    Done,
}

/// Which version of HTTP a client begins to speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detected {
    Http1,
    Http2,
    /// It went away, or was silent for too long.
    Nothing,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Tap<S> {
    pub(crate) fn new(stream: S, peer: SocketAddr, serving: Arc<Serving>) -> Self {
        let mut limits = Limits::default();
        limits.target = serving.limits.target_bytes.size();
        limits.fields = serving.limits.header_bytes.size();
        Self {
            stream,
            peer,
            serving,
            activity: Arc::default(),
            framing: Some(Framing::new(limits)),
            held: Vec::new(),
            cleared: 0,
            had_head: false,
            ended: false,
            refused: None,
            reading: Deadline::default(),
            writing: Deadline::default(),
            closing: Closing::No,
        }
    }

    /// What the connection is busy with.
    pub(crate) fn activity(&self) -> &Arc<Activity> {
        &self.activity
    }

    /// Finds out which version of HTTP the client begins to speak.
    pub(crate) async fn detect(&mut self) -> Detected {
        loop {
            let known = self.held.len().min(HTTP2_PREFACE.len());
            if self.held[..known] != HTTP2_PREFACE[..known] {
                return Detected::Http1;
            }
            if known == HTTP2_PREFACE.len() {
                self.framing = None;
                self.cleared = self.held.len();
                return Detected::Http2;
            }
            match std::future::poll_fn(|cx| self.poll_read_more(cx)).await {
                Ok(0) | Err(_) => return Detected::Nothing,
                Ok(_) => {}
            }
        }
    }

    /// Ends the connection, and tells the client what it is still to be told.
    pub(crate) async fn close(&mut self) {
        // Nobody is left who could be told that it cannot be ended properly.
        drop(std::future::poll_fn(|cx| Pin::new(&mut *self).poll_shutdown(cx)).await);
    }

    /// Reads some more bytes behind those held back; zero at the end, or when it takes too long.
    fn poll_read_more(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let length = self.held.len();
        self.held.resize(length + READ_SIZE, 0);
        let mut buffer = ReadBuf::new(&mut self.held[length..]);
        let read = Pin::new(&mut self.stream).poll_read(cx, &mut buffer);
        let count = buffer.filled().len();
        self.held.truncate(length + count);
        match read {
            Poll::Ready(read) => {
                self.ended |= count == 0;
                Poll::Ready(read.map(|()| count))
            }
            Poll::Pending => self.poll_patience(cx).map(|()| Ok(0)),
        }
    }

    /// Whether a client that is to send a head has been silent for too long.
    fn poll_patience(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let timeouts = &self.serving.timeouts;
        let is_at_head = self.framing.as_ref().is_some_and(Framing::is_at_head);
        // Once the request at hand is answered, and the answer taken, the wait for the next begins.
        let is_busy = self.writing.is_running() || self.activity.poll_answered(cx).is_pending();
        if !is_at_head || is_busy {
            self.reading.clear();
            return Poll::Pending;
        }
        let is_between = self.had_head && self.held.is_empty();
        let long = if is_between {
            timeouts.keep_alive_idle
        } else {
            timeouts.header
        };
        ready!(self.reading.poll(long.0.0, cx));
        self.ended = true;
        Poll::Ready(())
    }

    /// Looks at bytes; how many of them may be passed on.
    fn inspect(&mut self, input: &[u8]) -> usize {
        let Some(framing) = &mut self.framing else {
            return input.len();
        };
        let mut accepted = 0;
        loop {
            let is_at_head = framing.is_at_head();
            if is_at_head && self.activity.is_busy() {
                return accepted;
            }
            let progress = framing.advance(&input[accepted..]);
            accepted += progress.accepted;
            match progress.event {
                Event::Head(head) => {
                    self.had_head = true;
                    self.reading.clear();
                    let names = OriginalHeaders::from_lines(head.into_field_names());
                    self.activity.passed_on(names);
                }
                Event::End => {}
                Event::Violation(violation) => {
                    if self.refused.is_none() {
                        note(&self.serving, self.peer, violation);
                        self.refused = Some(if is_at_head {
                            Refused::Head(violation)
                        } else {
                            self.activity.end();
                            Refused::Body(violation)
                        });
                    }
                    return accepted;
                }
                _ => return accepted,
            }
        }
    }

    /// Passes on what may be passed on of the bytes held back.
    fn pass_on(&mut self, buffer: &mut ReadBuf<'_>) -> bool {
        if self.cleared == 0 && !self.held.is_empty() && self.refused.is_none() {
            let held = std::mem::take(&mut self.held);
            self.cleared = self.inspect(&held);
            self.held = held;
        }
        let count = self.cleared.min(buffer.remaining());
        buffer.put_slice(&self.held[..count]);
        self.held.drain(..count);
        self.cleared -= count;
        if self.held.is_empty() {
            self.held = Vec::new();
        }
        count > 0
    }

    /// Reads into the buffer; what may not be passed on is held back.
    fn poll_read_into(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<usize>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buffer) {
            Poll::Ready(read) => read?,
            Poll::Pending => return self.poll_patience(cx).map(|()| Ok(0)),
        }
        let read = &buffer.filled()[before..];
        if read.is_empty() {
            self.ended = true;
            return Poll::Ready(Ok(0));
        }
        let accepted = self.inspect(read);
        if accepted < read.len() && self.refused.is_none() {
            self.held.extend_from_slice(&read[accepted..]);
            // The time for a head begins with its first byte.
            self.reading.clear();
        }
        let count = read.len();
        buffer.set_filled(before + accepted);
        Poll::Ready(Ok(count))
    }

    /// Whether a client that is to take bytes has not done so for too long.
    fn poll_written<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            if self.writing.is_running() {
                self.writing.clear();
                // Whoever reads may have been waiting for this.
                cx.waker().wake_by_ref();
            }
            return written;
        }
        ready!(self.writing.poll(self.serving.timeouts.write_idle.0.0, cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Whether the client may still be sending what nobody reads.
    fn may_have_more(&self) -> bool {
        let is_amid = self
            .framing
            .as_ref()
            .is_some_and(|framing| !framing.is_at_head());
        !self.ended && (self.refused.is_some() || is_amid || !self.held.is_empty())
    }
}

/// Notes that a request is refused.
fn note(serving: &Serving, peer: SocketAddr, violation: Violation) {
    if let Some(log) = &serving.request_log {
        log.refused(&peer.to_string(), violation.status(), violation.reason());
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Tap<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if this.pass_on(buffer) {
                return Poll::Ready(Ok(()));
            }
            match this.refused {
                Some(Refused::Head(_)) => {
                    ready!(this.activity.poll_answered(cx));
                    return Poll::Ready(Ok(()));
                }
                Some(Refused::Body(violation)) => {
                    let error = io::Error::new(io::ErrorKind::InvalidData, violation);
                    return Poll::Ready(Err(error));
                }
                None => {}
            }
            let count = if this.held.is_empty() {
                let before = buffer.filled().len();
                let count = ready!(this.poll_read_into(cx, buffer))?;
                if buffer.filled().len() > before {
                    return Poll::Ready(Ok(()));
                }
                count
            } else {
                let is_at_head = this.framing.as_ref().is_some_and(Framing::is_at_head);
                if is_at_head && this.activity.is_busy() {
                    ready!(this.activity.poll_answered(cx));
                    continue;
                }
                ready!(this.poll_read_more(cx))?
            };
            if count == 0 {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Tap<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.poll_written(written, cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, bytes);
        this.poll_written(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(cx);
        this.poll_written(flushed, cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            this.closing = match &mut this.closing {
                Closing::No => match this.refused {
                    Some(Refused::Head(violation)) => {
                        Closing::Telling(refusal_bytes(violation.status()), 0)
                    }
                    _ => Closing::ShuttingDown,
                },
                Closing::Telling(bytes, told) if *told == bytes.len() => Closing::Flushing,
                Closing::Telling(bytes, told) => {
                    let written = Pin::new(&mut this.stream).poll_write(cx, &bytes[*told..]);
                    let (bytes, told) = (std::mem::take(bytes), *told);
                    match this.poll_written(written, cx) {
                        Poll::Ready(Ok(count)) if count > 0 => {
                            Closing::Telling(bytes, told + count)
                        }
                        Poll::Ready(_) => Closing::ShuttingDown,
                        Poll::Pending => {
                            this.closing = Closing::Telling(bytes, told);
                            return Poll::Pending;
                        }
                    }
                }
                Closing::Flushing => {
                    let flushed = Pin::new(&mut this.stream).poll_flush(cx);
                    // What cannot be flushed cannot be told.
                    drop(ready!(this.poll_written(flushed, cx)));
                    Closing::ShuttingDown
                }
                Closing::ShuttingDown => {
                    let shut_down = Pin::new(&mut this.stream).poll_shutdown(cx);
                    let shut_down = ready!(this.poll_written(shut_down, cx));
                    match shut_down {
                        Ok(()) if this.may_have_more() => {
                            Closing::Lingering(0, Deadline::default())
                        }
                        _ => Closing::Done,
                    }
                }
                Closing::Lingering(heard, patience) => {
                    let mut buffer = [0; READ_SIZE];
                    let mut buffer = ReadBuf::new(&mut buffer);
                    match Pin::new(&mut this.stream).poll_read(cx, &mut buffer) {
                        Poll::Pending => {
                            ready!(patience.poll(LINGER, cx));
                            Closing::Done
                        }
                        Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                            *heard += buffer.filled().len();
                            if *heard < LINGER_BYTES {
                                continue;
                            }
                            Closing::Done
                        }
                        Poll::Ready(_) => Closing::Done,
                    }
                }
                Closing::Done => return Poll::Ready(Ok(())),
            };
        }
    }
}
