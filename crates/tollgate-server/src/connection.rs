//! One connection, from its first byte to its last.

mod activity;
mod deadline;
mod front_door;
mod http1;
mod http2;
mod isolation;
mod refusal;
mod request_body;
mod service;
mod tap;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tollgate::control::ControlPlane;
use tollgate::gateway::Gateways;

use crate::config::{Limits, Timeouts};
use crate::console::Console;
use crate::forwarded::TrustedProxies;
use crate::plane::Plane;
use crate::request_log::RequestLog;
use crate::shutdown::Stop;
use crate::tls::{KnownClient, SharedCertificates, Tls};
use tap::{Detected, Tap};

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Serving {
    pub(crate) gateways: Gateways,
    /// What answers where a listener serves the control plane.
    pub(crate) control: Option<ControlPlane>,
    /// What says which clients must have shown a certificate.
    pub(crate) certificates: SharedCertificates,
    pub(crate) trusted_proxies: TrustedProxies,
    pub(crate) limits: Limits,
    pub(crate) timeouts: Timeouts,
    pub(crate) console: Console,
    /// Where requests are noted that no gateway sees; `None`: nowhere.
    pub(crate) request_log: Option<RequestLog>,
    /// How many requests and connections ended in a panic.
    pub(crate) panics: AtomicU64,
}

/// The other end of a connection.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    address: SocketAddr,
    is_encrypted: bool,
    /// Who it is, where it has shown that.
    client: Option<Arc<KnownClient>>,
    /// What it is served.
    plane: Plane,
}

impl Peer {
    /// A peer that was accepted here; its connection is not encrypted yet.
    pub(crate) const fn new(address: SocketAddr, plane: Plane) -> Self {
        Self {
            address,
            is_encrypted: false,
            client: None,
            plane,
        }
    }

    fn encrypted(self, client: Option<Arc<KnownClient>>) -> Self {
        Self {
            is_encrypted: true,
            client,
            ..self
        }
    }
}

/// Serves one connection: whatever happens there stays there.
pub(crate) async fn serve(
    stream: TcpStream,
    tls: Option<Tls>,
    peer: Peer,
    serving: Arc<Serving>,
    stop: Stop,
) {
    // Small responses must not wait for the acknowledgement of the ones before; a socket that
    // cannot be told so still works.
    drop(stream.set_nodelay(true));
    let isolated = serving.clone();
    let connection = async move {
        match tls {
            None => speak(stream, peer, serving, stop).await,
            Some(tls) => {
                let encrypted = encrypt(stream, &tls, &serving, &mut stop.clone()).await;
                if let Some((stream, client)) = encrypted {
                    speak(stream, peer.encrypted(client), serving, stop).await;
                }
            }
        }
    };
    isolation::isolated(&isolated, "a connection", connection).await;
}

/// Shakes hands with a client; `None` if that comes to nothing.
async fn encrypt(
    stream: TcpStream,
    tls: &Tls,
    serving: &Serving,
    stop: &mut Stop,
) -> Option<(TlsStream<TcpStream>, Option<Arc<KnownClient>>)> {
    let handshake = tokio::time::timeout(serving.timeouts.handshake.0.0, tls.accept(stream));
    tokio::select! {
        // A client that cannot agree with the server has been told so by rustls.
        shaken = handshake => shaken.ok()?.ok(),
        () = stop.asked() => None,
    }
}

/// Finds out which version of HTTP the client speaks, and speaks it.
async fn speak<S>(stream: S, peer: Peer, serving: Arc<Serving>, mut stop: Stop)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut tap = Tap::new(stream, peer.address, serving.clone());
    let detected = tokio::select! {
        detected = tap.detect() => detected,
        () = stop.asked() => return,
    };
    match detected {
        // Each takes the room that it needs, and not that of the largest.
        Detected::Http1 => Box::pin(http1::serve(tap, peer, serving, stop)).await,
        Detected::Http2 => Box::pin(http2::serve(tap, peer, serving, stop)).await,
        Detected::Nothing => {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
    use tollgate::core::{Context, Event, Observer};
    use tollgate::gateway::address::{AddressTable, BasePath, BasePathMapping};
    use tollgate::model::Stage;

    use super::*;
    use crate::shutdown::stop;

    const DOCUMENT: &str = r#"{
        "openapi": "3.0.1", "info": { "title": "t", "version": "1" },
        "paths": { "/{x}": { "x-amazon-apigateway-any-method": {
            "responses": { "200": { "description": "" } },
            "x-amazon-apigateway-integration": {
                "type": "mock", "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
                "responses": { "default": {
                    "statusCode": "200", "responseTemplates": { "application/json": "$context.path" }
                } }
            }
        } } }
    }"#;

    /// Panics while a request to `/panic` is served.
    #[derive(Debug)]
    struct Panics;

    impl Observer for Panics {
        fn observe(&self, context: &Context, _: &Event<'_>) {
            assert_ne!(context.path(), "/panic");
        }
    }

    fn serving() -> Arc<Serving> {
        let stage = Stage::new("prod".parse().expect("it is a stage name"));
        let plan = tollgate::plan_from_openapi(DOCUMENT, &stage).expect("it is a document");
        let api = plan.stage().api_id.clone();
        let mapping = BasePathMapping::new(BasePath::default(), api, Some(stage.stage_name));
        let table = AddressTable::builder()
            .stage(Arc::new(plan))
            .any_host([mapping]);
        let gateways = Gateways::new(table.build().expect("it is a table"));
        let (console, _) = Console::start().expect("there is room for a thread");
        Arc::new(Serving {
            gateways: gateways.with_observer(Arc::new(Panics)),
            control: None,
            certificates: Arc::default(),
            trusted_proxies: TrustedProxies::default(),
            limits: Limits::default(),
            timeouts: Timeouts::default(),
            console,
            request_log: None,
            panics: AtomicU64::new(0),
        })
    }

    /// Status and body of each answer on a connection that gets these bytes in pieces of a size.
    async fn answers(bytes: &[u8], size: usize) -> Vec<(String, String)> {
        let (mut client, server) = duplex(1 << 20);
        let (_stopper, stop) = stop();
        let peer = Peer::new(([127, 0, 0, 1], 1).into(), Plane::Data);
        let connection = tokio::spawn(speak(server, peer, serving(), stop));
        for piece in bytes.chunks(size) {
            // A connection that is closed takes no more.
            drop(client.write_all(piece).await);
            tokio::task::yield_now().await;
        }
        drop(client.shutdown().await);
        let mut said = String::new();
        client.read_to_string(&mut said).await.expect("it is text");
        connection.await.expect("it does not panic");
        let answer = |answer: &str| {
            let (head, body) = answer.split_once("\r\n\r\n").expect("it has a head");
            (head[..3].to_owned(), body.to_owned())
        };
        said.split("HTTP/1.1 ").skip(1).map(answer).collect()
    }

    #[tokio::test]
    async fn pieces_change_nothing() {
        let post = "POST /a HTTP/1.1\r\nHost: a\r\n";
        let last = "GET /z HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        for (requests, statuses) in [
            (
                format!("GET /a HTTP/1.1\r\nHost: a\r\n\r\n{last}"),
                &["200", "200"][..],
            ),
            (
                format!("{post}Content-Length: 5\r\n\r\nGET /{last}"),
                &["200", "200"],
            ),
            (
                format!("{post}Transfer-Encoding: chunked\r\n\r\n5\r\nGET /\r\n0\r\n\r\n{last}"),
                &["200", "200"],
            ),
            (
                format!("GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\nHost: a\r\n\r\n{last}"),
                &["200", "400"],
            ),
            (format!("\r\n\r\n{last}"), &["200"]),
        ] {
            let whole = answers(requests.as_bytes(), usize::MAX).await;
            let found: Vec<_> = whole.iter().map(|(status, _)| status.as_str()).collect();
            assert_eq!(found, statuses, "{requests:?}");
            for size in [1, 2, 3, 5, 7, 16, 33, 64] {
                let pieces = answers(requests.as_bytes(), size).await;
                assert_eq!(pieces, whole, "{requests:?} in pieces of {size}");
            }
        }
    }

    #[tokio::test]
    async fn a_panic_costs_its_request_and_no_other() {
        let serving = serving();
        let (mut client, server) = duplex(4096);
        let (_stopper, stop) = stop();
        let peer = Peer::new(([127, 0, 0, 1], 1).into(), Plane::Data);
        let connection = tokio::spawn(speak(server, peer, serving.clone(), stop));
        let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        let requests = get("/a") + &get("/panic") + &get("/panic") + &get("/b");
        client.write_all(requests.as_bytes()).await.unwrap();
        let mut answers = vec![0; 8192];
        let mut length = 0;
        while !answers[..length].ends_with(b"\r\n\r\n/b") {
            let count = client.read(&mut answers[length..]).await.unwrap();
            assert_ne!(count, 0, "{}", answers[..length].escape_ascii());
            length += count;
        }
        let answers = String::from_utf8_lossy(&answers[..length]).into_owned();
        let statuses = answers
            .match_indices("HTTP/1.1 ")
            .map(|(at, _)| &answers[at + 9..at + 12]);
        assert_eq!(statuses.collect::<Vec<_>>(), ["200", "500", "500", "200"]);
        assert_eq!(
            answers
                .matches("{\"message\": \"Internal server error\"}")
                .count(),
            2
        );
        assert_eq!(serving.panics.load(Ordering::Relaxed), 2);
        drop(client);
        connection.await.unwrap();
    }
}
