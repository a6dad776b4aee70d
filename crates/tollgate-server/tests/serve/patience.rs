//! Clients that are slow, silent or many.

use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::process::{Answer, Folder, Server, document, read_answer};

const GET: &[u8] = b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

fn server(folder: &Folder, settings: &str) -> Server {
    folder.write("a.json", &document(&[("/x", "x")]));
    let text = format!(
        "[[listeners]]\naddress = \"127.0.0.1:0\"\n[[apis]]\nfile = \"a.json\"\n{settings}"
    );
    let config = folder.write("tollgate.toml", &text);
    Server::launch(&[OsStr::new("--config"), config.as_os_str()])
}

/// What comes until the server closes the connection.
fn rest(mut stream: TcpStream) -> String {
    let mut rest = Vec::new();
    // A connection that is reset is closed, too.
    drop(stream.read_to_end(&mut rest));
    // HTTP/2 is no text.
    String::from_utf8_lossy(&rest).into_owned()
}

#[test]
fn silent_clients_are_let_go() {
    let folder = Folder::new();
    let timeouts = "[timeouts]\nheader = \"1s\"\nbody_idle = \"1s\"\nkeep_alive_idle = \"2s\"\n";
    let server = server(&folder, timeouts);
    let connect = |sent: &[u8]| {
        let mut stream = TcpStream::connect(server.address).expect("the server listens");
        stream.write_all(sent).expect("the server reads");
        stream
    };
    let in_a_head = |sent: &[u8]| {
        let said = rest(connect(sent));
        assert!(
            !said.contains("HTTP/1.1"),
            "{}: {said:?}",
            sent.escape_ascii()
        );
    };
    let after_a_request = |sent: &[u8]| {
        let mut stream = connect(GET);
        assert_eq!(
            read_answer(&mut stream).map(|one| one.body).as_deref(),
            Some("x")
        );
        stream.write_all(sent).expect("the server reads");
        assert_eq!(rest(stream), "", "{}", sent.escape_ascii());
    };
    let in_a_body = |fields: &str, sent: &str| {
        let request = format!("POST /x HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n{sent}");
        let answer = Answer::read(connect(request.as_bytes()));
        assert_eq!(answer.status, 400, "{fields}");
        assert!(answer.head.contains("connection: close"), "{}", answer.head);
    };
    // Side by side, as each takes its time.
    std::thread::scope(|scope| {
        scope.spawn(|| in_a_head(b""));
        scope.spawn(|| in_a_head(b"G"));
        scope.spawn(|| in_a_head(b"GET /x HTTP/1.1\r\nHost: a\r\n"));
        scope.spawn(|| in_a_head(b"PRI * HT"));
        scope.spawn(|| in_a_head(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
        scope.spawn(|| after_a_request(b""));
        scope.spawn(|| after_a_request(b"GET /x HTTP/1.1\r\nHost: a\r\n"));
        scope.spawn(|| in_a_body("Content-Length: 10", "abc"));
        scope.spawn(|| in_a_body("Transfer-Encoding: chunked", "5\r\nabc"));
    });
}

#[test]
fn a_connection_too_many_waits() {
    let folder = Folder::new();
    let server = server(&folder, "[limits]\nconnections = 1\n");
    let mut first = TcpStream::connect(server.address).unwrap();
    first.write_all(GET).unwrap();
    assert_eq!(read_answer(&mut first).unwrap().body, "x");
    let mut second = TcpStream::connect(server.address).unwrap();
    second.write_all(GET).unwrap();
    for _ in 0..20 {
        first.write_all(GET).unwrap();
        assert_eq!(read_answer(&mut first).unwrap().body, "x");
    }
    second.set_nonblocking(true).unwrap();
    let unread = second.read(&mut [0]).unwrap_err();
    assert_eq!(unread.kind(), std::io::ErrorKind::WouldBlock);
    second.set_nonblocking(false).unwrap();
    drop(first);
    assert_eq!(read_answer(&mut second).unwrap().body, "x");
}

#[test]
fn limits_are_the_configurations() {
    let folder = Folder::new();
    let server = server(&folder, "[limits]\nheader_bytes = 300\ntarget_bytes = 64\n");
    let get = |path: &str| server.get(path).status;
    assert_eq!(get(&format!("/x?{}", "y".repeat(61))), 200);
    assert_eq!(get(&format!("/x?{}", "y".repeat(62))), 414);
    let send = |length: usize| {
        let mut stream = TcpStream::connect(server.address).unwrap();
        let fields = format!(
            "Host: a\r\nConnection: close\r\nX: {}\r\n",
            "y".repeat(length)
        );
        stream
            .write_all(format!("GET /x HTTP/1.1\r\n{fields}\r\n").as_bytes())
            .unwrap();
        Answer::read(stream)
    };
    let around = "Host: a\r\nConnection: close\r\nX: \r\n".len();
    assert_eq!(send(300 - around).status, 200);
    let refused = send(301 - around);
    assert_eq!(refused.status, 431);
    assert_eq!(
        refused.body,
        r#"{"message":"Request Header Or Cookie Too Large"}"#
    );
}

#[test]
fn a_client_that_reads_late_gets_everything() {
    let folder = Folder::new();
    // More than sockets hold.
    let large = format!("#foreach($i in [1..1000]){}#end", "x".repeat(8_000));
    folder.write("a.json", &document(&[("/x", "x"), ("/large", &large)]));
    let text = "[[listeners]]\naddress = \"127.0.0.1:0\"\n[[apis]]\nfile = \"a.json\"\n\
        [timeouts]\nkeep_alive_idle = \"300ms\"\n";
    let config = folder.write("tollgate.toml", text);
    let server = Server::launch(&[OsStr::new("--config"), config.as_os_str()]);
    let mut late = TcpStream::connect(server.address).unwrap();
    late.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        .unwrap();
    late.read_exact(&mut [0; 9]).unwrap();
    // Others are let go meanwhile, twice over.
    for _ in 0..2 {
        let mut other = TcpStream::connect(server.address).unwrap();
        other.write_all(GET).unwrap();
        read_answer(&mut other).unwrap();
        assert_eq!(rest(other), "");
    }
    let said = rest(late);
    assert!(said.len() > 8_000_000, "{} bytes", said.len());
}

#[test]
fn a_client_that_does_not_read_is_let_go() {
    let folder = Folder::new();
    folder.write("a.json", &document(&[("/x", &"x".repeat(200_000))]));
    let text = "[[listeners]]\naddress = \"127.0.0.1:0\"\n[[apis]]\nfile = \"a.json\"\n\
        [timeouts]\nwrite_idle = \"200ms\"\n[limits]\nconnections = 1\n";
    let config = folder.write("tollgate.toml", text);
    let server = Server::launch(&[OsStr::new("--config"), config.as_os_str()]);
    let mut stalled = TcpStream::connect(server.address).unwrap();
    stalled.write_all(&GET.repeat(200)).unwrap();
    // There is room for one connection: this one is served once the other is let go.
    let mut next = TcpStream::connect(server.address).unwrap();
    next.write_all(GET).unwrap();
    assert_eq!(read_answer(&mut next).unwrap().status, 200);
}
