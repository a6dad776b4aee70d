//! Limits over real connections.

use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tollgate_core::{Quota, QuotaPeriod, RateLimit};
use tollgate_throttle::{Day, KeyedQuotas, QuotaLayer, ThrottleLayer};

/// Serves an app of two routes to those who connect, as long as the test runs.
async fn serve(layer: impl FnOnce(Router) -> Router) -> SocketAddr {
    let app = Router::new()
        .route("/one", get(async || "one"))
        .route("/two", get(async || "two"));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("it listens");
    let address = listener.local_addr().expect("it has an address");
    tokio::spawn(axum::serve(listener, layer(app)).into_future());
    address
}

/// Asks on a connection that stays open; the status.
async fn ask(connection: &mut TcpStream, path: &str) -> u16 {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nx-tenant: one\r\n\r\n");
    let sent = connection.write_all(request.as_bytes()).await;
    sent.expect("it is sent");
    let mut read = Vec::new();
    loop {
        let count = connection.read_buf(&mut read).await.expect("it answers");
        assert!(count > 0, "the connection stays open");
        let text = String::from_utf8_lossy(&read);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let length = lines.find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.map_or(0, |length| length.parse().expect("it is a number"));
        if body.len() >= length {
            return status
                .expect("it has a status")
                .parse()
                .expect("it is a number");
        }
    }
}

/// What two connections and two routes get of a limit of three.
async fn statuses(address: SocketAddr) -> Vec<u16> {
    let mut one = TcpStream::connect(address).await.expect("it connects");
    let mut two = TcpStream::connect(address).await.expect("it connects");
    vec![
        ask(&mut one, "/one").await,
        ask(&mut two, "/one").await,
        ask(&mut one, "/two").await,
        ask(&mut two, "/two").await,
        ask(&mut one, "/one").await,
    ]
}

#[tokio::test]
async fn connections_and_routes_share_a_bucket() {
    let limit = RateLimit::new(0.0001, 3).expect("it is a rate");
    let address = serve(|app| app.layer(ThrottleLayer::new(limit))).await;
    assert_eq!(statuses(address).await, [200, 200, 200, 429, 429]);
}

#[tokio::test]
async fn connections_and_routes_share_a_quota() {
    let quota = Quota::new(3, QuotaPeriod::Month, 0).expect("it has no offset");
    let quotas = KeyedQuotas::new(quota, Day::default());
    let layer = QuotaLayer::per_client(quotas, |request| request.headers.get("x-tenant").cloned());
    let address = serve(|app| app.layer(layer)).await;
    assert_eq!(statuses(address).await, [200, 200, 200, 429, 429]);
}
