//! HTTP/2 without encryption, as clients speak it that know the server.

use futures::SinkExt as _;
use http::{Request, Version, header};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use crate::process::{Folder, Server, document};

type Body = Full<bytes::Bytes>;

async fn connect(
    server: &Server,
) -> (
    SendRequest<Body>,
    tokio::task::JoinHandle<hyper::Result<()>>,
) {
    let stream = TcpStream::connect(server.address)
        .await
        .expect("it works in tests");
    let (client, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .expect("it works in tests");
    (client, tokio::spawn(connection))
}

fn get(url: &str) -> http::request::Builder {
    Request::get(url).version(Version::HTTP_2)
}

async fn send(client: &mut SendRequest<Body>, request: http::request::Builder) -> (u16, String) {
    let response = client
        .send_request(request.body(Body::default()).expect("it works in tests"))
        .await
        .expect("it works in tests");
    let status = response.status().as_u16();
    let body = response
        .into_body()
        .collect()
        .await
        .expect("it works in tests")
        .to_bytes();
    (
        status,
        String::from_utf8(body.to_vec()).expect("it works in tests"),
    )
}

fn server(folder: &Folder) -> Server {
    let shown = "$context.domainName $context.protocol $!input.params('x-page') $context.path";
    let file = folder.write("a.json", &document(&[("/x", shown)]));
    Server::of_files(&[&file], &[])
}

#[tokio::test]
async fn requests_are_served_side_by_side() {
    let folder = Folder::new();
    let server = server(&folder);
    let (client, _) = connect(&server).await;
    let requests = (0..50).map(|page| {
        let mut client = client.clone();
        tokio::spawn(async move {
            let request = get("http://a.example.com/x").header("x-page", page);
            send(&mut client, request).await
        })
    });
    let requests: Vec<_> = requests.collect();
    for (page, answer) in requests.into_iter().enumerate() {
        let expected = format!("a.example.com HTTP/1.1 {page} /x");
        assert_eq!(answer.await.unwrap(), (200, expected));
    }
}

#[tokio::test]
async fn large_answers_arrive_whole() {
    let folder = Folder::new();
    let large = format!("#foreach($i in [1..100]){}#end", "x".repeat(8_000));
    let file = folder.write("a.json", &document(&[("/x", &large), ("/empty", "")]));
    let server = Server::of_files(&[&file], &[]);
    let (mut client, _) = connect(&server).await;
    for (url, length) in [("http://a/x", 800_000), ("http://a/empty", 0)] {
        let (status, body) = send(&mut client, get(url)).await;
        assert_eq!((status, body.len()), (200, length), "{url}");
    }
}

#[tokio::test]
async fn what_has_two_readings_is_refused() {
    let folder = Folder::new();
    let server = server(&folder);
    let (mut client, _) = connect(&server).await;
    let host = |request: http::request::Builder, host: &str| request.header(header::HOST, host);
    let long = format!("http://a/{}", "x".repeat(10_241));
    for (request, status) in [
        (get("http://a/x"), 200),
        (host(get("http://a/x"), "A"), 200),
        (host(get("http://a/x"), "b"), 400),
        (host(host(get("http://a/x"), "a"), "a"), 400),
        (get("http://u@a/x"), 400),
        (get(&long), 414),
        (get("http://a/x").header("x", "y".repeat(10_240)), 431),
        (get("http://a/x").header("x", "y".repeat(17_000)), 431),
        (get("http://a/x"), 200),
    ] {
        let said = format!("{:?}", request.headers_ref());
        let (found, body) = send(&mut client, request).await;
        assert_eq!(found, status, "{said} {body}");
        // What is over HTTP/2's own limit is answered by hyper, without a body.
        let is_message = body.starts_with("{\"message\":") || body.is_empty();
        assert!(status == 200 || is_message, "{body}");
    }
}

#[tokio::test]
async fn a_request_in_flight_is_finished() {
    let folder = Folder::new();
    let server = server(&folder);
    let stream = TcpStream::connect(server.address).await.unwrap();
    let (mut client, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    let connection = tokio::spawn(connection);
    let (mut body, parts) = futures::channel::mpsc::channel(1);
    let request = Request::post("http://a/x")
        .body(StreamBody::new(parts))
        .unwrap();
    let answer = tokio::spawn(client.send_request(request));
    let part =
        || Ok::<_, std::convert::Infallible>(Frame::data(bytes::Bytes::from_static(b"part")));
    body.send(part()).await.unwrap();
    // Frames are read in their order: once a later request is answered, the first has begun.
    let later =
        Request::post("http://a/x").body(StreamBody::new(futures::channel::mpsc::channel(0).1));
    assert_eq!(
        client.send_request(later.unwrap()).await.unwrap().status(),
        200
    );
    server.signal("TERM");
    // It has stopped listening once a connection is refused.
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    body.send(part()).await.unwrap();
    drop(body);
    assert_eq!(answer.await.unwrap().unwrap().status(), 200);
    drop(client);
    connection.await.unwrap().unwrap();
    assert_eq!(server.wait().0, Some(0));
}

#[tokio::test]
async fn connections_end_with_the_server() {
    let folder = Folder::new();
    let server = server(&folder);
    let (mut client, connection) = connect(&server).await;
    assert_eq!(send(&mut client, get("http://a/x")).await.0, 200);
    server.signal("TERM");
    // The server says that it goes, and the client's side ends without an error.
    connection.await.unwrap().unwrap();
    assert_eq!(server.wait().0, Some(0));
}
