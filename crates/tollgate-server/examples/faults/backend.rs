//! An endpoint that does what the last segment of a path says.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};

/// An answer that is fine; it is also what comes byte by byte.
const GOOD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell";
/// An answer of which less comes.
const HALF: &str = "HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nhalf";
/// The same of unknown length.
const HALF_CHUNKS: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n";
/// More than an answer may have.
const LONG: usize = 10 * 1024 * 1024 + 1;
/// What is sent of it at a time.
const PIECE: usize = 64 * 1024;

/// A server with a runtime of its own, so that the gateway's tasks can be counted.
pub(crate) struct Backend {
    pub(crate) address: SocketAddr,
    /// An address at which nobody listens, as long as this is there.
    pub(crate) refused: SocketAddr,
    open: Arc<AtomicUsize>,
    _reserved: TcpSocket,
    _runtime: Runtime,
}

impl Backend {
    pub(crate) fn start() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = runtime.block_on(TcpListener::bind(loopback))?;
        let address = listener.local_addr()?;
        let _inside = runtime.enter();
        let reserved = TcpSocket::new_v4()?;
        reserved.bind(loopback)?;
        let refused = reserved.local_addr()?;
        let open = Arc::new(AtomicUsize::new(0));
        let counted = open.clone();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let open = counted.clone();
                open.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(async move {
                    // A client that is gone is none of its errors.
                    drop(serve(stream).await);
                    open.fetch_sub(1, Ordering::Relaxed);
                });
            }
        });
        Ok(Self {
            address,
            refused,
            open,
            _reserved: reserved,
            _runtime: runtime,
        })
    }

    /// Connections that are open.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }
}

async fn serve(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    loop {
        let Some(fault) = read_fault(&mut stream).await? else {
            return Ok(());
        };
        match &*fault {
            "good" => stream.write_all(GOOD.as_bytes()).await?,
            "slow" => {
                for byte in GOOD.as_bytes() {
                    stream.write_all(&[*byte]).await?;
                    tokio::task::yield_now().await;
                }
            }
            "close-body" => return stream.write_all(HALF.as_bytes()).await,
            "close-chunks" => return stream.write_all(HALF_CHUNKS.as_bytes()).await,
            "reset-head" => return reset(stream, "HTTP/1.1 200 OK\r\nContent-").await,
            "reset-body" => return reset(stream, HALF).await,
            "no-http" => return stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").await,
            "no-length" => {
                let answer = b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n";
                return stream.write_all(answer).await;
            }
            "long-head" => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nX: ").await?;
                return long(&mut stream, false).await;
            }
            "long-body" => {
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {LONG}\r\n\r\n");
                stream.write_all(head.as_bytes()).await?;
                return long(&mut stream, false).await;
            }
            "long-chunks" => {
                let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
                stream.write_all(head).await?;
                return long(&mut stream, true).await;
            }
            "stall" => return stall(stream, "").await,
            "stall-head" => return stall(stream, "HTTP/1.1 200 OK\r\nContent-").await,
            "stall-body" => return stall(stream, HALF).await,
            // "close", and what there is no such fault of.
            _ => return Ok(()),
        }
    }
}

/// Reads a request without a body; gives what it asks for.
async fn read_fault(stream: &mut TcpStream) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    let mut piece = [0; 4096];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut piece).await? {
            0 => return Ok(None),
            read => head.extend_from_slice(&piece[..read]),
        }
    }
    let head = String::from_utf8_lossy(&head);
    let path = head.split(' ').nth(1).unwrap_or_default();
    let fault = path.rsplit('/').next().unwrap_or_default();
    Ok(Some(fault.to_owned()))
}

/// Sends this, then tells the other end that something is wrong.
async fn reset(mut stream: TcpStream, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes()).await?;
    stream.set_zero_linger()
}

/// Sends this, then nothing more until the other end has gone.
async fn stall(mut stream: TcpStream, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes()).await?;
    stream.read_to_end(&mut Vec::new()).await.map(drop)
}

async fn long(stream: &mut TcpStream, in_chunks: bool) -> io::Result<()> {
    let piece = vec![b'a'; PIECE];
    let mut left = LONG;
    while left > 0 {
        let length = left.min(PIECE);
        if in_chunks {
            stream
                .write_all(format!("{length:x}\r\n").as_bytes())
                .await?;
        }
        stream.write_all(&piece[..length]).await?;
        if in_chunks {
            stream.write_all(b"\r\n").await?;
        }
        left -= length;
    }
    if in_chunks {
        stream.write_all(b"0\r\n\r\n").await?;
    }
    Ok(())
}
