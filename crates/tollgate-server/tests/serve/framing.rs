//! Requests that can be read in two ways, over sockets: none of them moves the next request.

use std::io::Write as _;
use std::net::TcpStream;

use crate::process::{Answer, Folder, Server, document, read_answer};

const SHOWN: &str = "$context.httpMethod $context.path";
const NEXT: &str = "GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/// What comes back for a request and one behind it on the same connection.
fn exchange(server: &Server, request: &[u8]) -> Vec<Answer> {
    let mut stream = TcpStream::connect(server.address).expect("it works in tests");
    let mut bytes = request.to_vec();
    bytes.extend_from_slice(NEXT.as_bytes());
    stream.write_all(&bytes).expect("it works in tests");
    std::iter::from_fn(|| read_answer(&mut stream)).collect()
}

fn post(fields: &str, body: &str) -> String {
    format!("POST /x HTTP/1.1\r\nHost: a\r\n{fields}\r\n{body}")
}

fn get(line: &str, fields: &str) -> String {
    format!("{line}\r\n{fields}\r\n")
}

#[test]
fn no_request_moves_the_next() {
    let folder = Folder::new();
    let file = folder.write("a.json", &document(&[("/", SHOWN), ("/{proxy+}", SHOWN)]));
    let server = Server::of_files(&[&file], &[]);
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut executed = 0;

    let host = "Host: a\r\n";
    let chunked = "Transfer-Encoding: chunked\r\n";
    let get_x = "GET /x HTTP/1.1";
    for (status, request) in [
        // Two lengths, or one that is none.
        (
            400,
            post(
                "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
                "0\r\n\r\nG",
            ),
        ),
        (
            400,
            post(
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                "0\r\n\r\n",
            ),
        ),
        (
            400,
            post("Content-Length: 0\r\nContent-Length: 35\r\n", smuggled),
        ),
        (
            400,
            post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"),
        ),
        (400, post("Content-Length: 3, 3\r\n", "abc")),
        (400, post("Content-Length: +3\r\n", "abc")),
        (400, post("Content-Length: -3\r\n", "abc")),
        (400, post("Content-Length: 0x3\r\n", "abc")),
        (400, post("Content-Length: 3a\r\n", "abc")),
        (400, post("Content-Length: 3 6\r\n", "abc")),
        (400, post("Content-Length:\r\n", "")),
        (400, post("Content-Length: 18446744073709551616\r\n", "")),
        (400, post("Content-Length : 3\r\n", "abc")),
        (400, post("Content-Length\t: 3\r\n", "abc")),
        (400, post(" Content-Length: 3\r\n", "abc")),
        (400, post("X: y\r\n Content-Length: 3\r\n", "abc")),
        (400, post("Content-Length: 3\n", "abc")),
        // Codings that another reader may know.
        (
            400,
            post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
        ),
        (
            400,
            post(
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "0\r\n\r\n",
            ),
        ),
        (400, post("Transfer-Encoding: identity\r\n", smuggled)),
        (400, post("Transfer-Encoding: xchunked\r\n", smuggled)),
        (
            400,
            post("Transfer-Encoding: chunked, identity\r\n", smuggled),
        ),
        (400, post("Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n")),
        (400, post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")),
        (400, post("Transfer-Encoding: chunked;x=y\r\n", "0\r\n\r\n")),
        (400, post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")),
        (
            400,
            post("X: y\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        ),
        (
            400,
            post("X: y\rTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        ),
        (
            400,
            "POST /x HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
        ),
        // Chunks.
        (400, post(chunked, "3\nabc\r\n0\r\n\r\n")),
        (400, post(chunked, "3\r\nabcd\r\n0\r\n\r\n")),
        (400, post(chunked, "3\r\nabc0\r\n\r\n")),
        (400, post(chunked, "x\r\n\r\n")),
        (400, post(chunked, "-1\r\n\r\n")),
        (400, post(chunked, "0x3\r\nabc\r\n0\r\n\r\n")),
        (400, post(chunked, "10000000000000003\r\nabc\r\n0\r\n\r\n")),
        (400, post(chunked, "3;\n\r\nabc\r\n0\r\n\r\n")),
        (400, post(chunked, "0\r\nX : y\r\n\r\n")),
        (400, post(chunked, "0\r\nX: y\n\r\n")),
        // Hosts.
        (400, get(get_x, "")),
        (400, get(get_x, "Host:\r\n")),
        (400, get(get_x, "Host: a\r\nHost: a\r\n")),
        (400, get(get_x, "Host: a\r\nHost: b\r\n")),
        (400, get(get_x, "Host: a, b\r\n")),
        (400, get(get_x, "Host: u@a\r\n")),
        (400, get(get_x, "Host: a/b\r\n")),
        (400, get(get_x, "Host: a b\r\n")),
        (400, get("GET http://b/x HTTP/1.1", host)),
        (400, get("GET http://u@a/x HTTP/1.1", host)),
        // Request lines.
        (400, get("GET * HTTP/1.1", host)),
        (400, get("OPTIONS * HTTP/1.1", host)),
        (400, get("CONNECT a:80 HTTP/1.1", host)),
        (400, get("GET a:80 HTTP/1.1", host)),
        (400, get("GET x HTTP/1.1", host)),
        (400, get("GET /x HTTP/1.2", host)),
        (400, get("GET /x HTTP/0.9", host)),
        (400, get("GET /x", host)),
        (400, get("GET  /x HTTP/1.1", host)),
        (400, get("GET /x  HTTP/1.1", host)),
        (400, get("GET /x y HTTP/1.1", host)),
        (400, get("G\u{1}T /x HTTP/1.1", host)),
        (400, get("GET /x\0 HTTP/1.1", host)),
        (400, format!("GET /x HTTP/1.1\n{host}\r\n")),
        // Names and values.
        (400, get(get_x, "Host: a\r\nX\u{e9}: y\r\n")),
        (400, get(get_x, "Host: a\r\n: y\r\n")),
        (400, get(get_x, "Host: a\r\nX y: z\r\n")),
        (400, get(get_x, "Host: a\r\nX\r\n")),
        (400, get(get_x, "Host: a\r\nX: y\0\r\n")),
        (400, get(get_x, "Host: a\r\nX: y\x7f\r\n")),
        (400, get(get_x, "Host: a\r\nX: y\r\n\tz\r\n")),
        // Sizes.
        (
            414,
            get(&format!("GET /{} HTTP/1.1", "x".repeat(10_240)), host),
        ),
        (414, "x".repeat(12_000)),
        (
            431,
            get(get_x, &format!("Host: a\r\nX: {}\r\n", "y".repeat(10_240))),
        ),
        (
            431,
            get(get_x, &format!("Host: a\r\n{}", "X: y\r\n".repeat(100))),
        ),
    ] {
        let answers = exchange(&server, request.as_bytes());
        let statuses: Vec<_> = answers.iter().map(|one| one.status).collect();
        assert_eq!(statuses, [status], "{request:?} {answers:?}");
        let answer = &answers[0];
        assert!(
            answer.head.contains("connection: close\r\n"),
            "{request:?} {}",
            answer.head
        );
        assert!(
            answer.body.starts_with("{\"message\":"),
            "{request:?} {}",
            answer.body
        );
        if status == 400 {
            assert_eq!(answer.body, "{\"message\":\"Bad Request\"}", "{request:?}");
        }
    }

    for (request, expected) in [
        (get(get_x, host), "GET /x"),
        (post("Content-Length: 35\r\n", smuggled), "POST /x"),
        (post("Content-Length: 0\r\n", ""), "POST /x"),
        (
            post(
                chunked,
                "23\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n\r\n0\r\n\r\n",
            ),
            "POST /x",
        ),
        (
            post(chunked, "3;x=\"y\" \r\nabc\r\n0;z\r\nT: u\r\nV:\r\n\r\n"),
            "POST /x",
        ),
        (
            post("transfer-ENCODING:\tCHUNKED \r\n", "0\r\n\r\n"),
            "POST /x",
        ),
        (get("GET http://A:80/x HTTP/1.1", host), "GET /x"),
        (format!("\r\n{}", get(get_x, host)), "GET /x"),
        (
            get(
                get_x,
                "Host: a:8080\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
            ),
            "GET /x",
        ),
        (get("GET //x HTTP/1.1", host), "GET /x"),
        (
            get(get_x, "Host: a\r\nContent-Length: 3\r\n") + "abc",
            "GET /x",
        ),
    ] {
        let answers = exchange(&server, request.as_bytes());
        let bodies: Vec<_> = answers.iter().map(|one| one.body.as_str()).collect();
        assert_eq!(bodies, [expected, "GET /next"], "{request:?}");
        executed += 2;
    }

    // What is refused takes its turn behind what is served.
    let served = get(get_x, host);
    let answers = exchange(
        &server,
        (served.clone() + &served + "GET /x\r\n\r\n").as_bytes(),
    );
    let statuses: Vec<_> = answers.iter().map(|one| one.status).collect();
    assert_eq!(statuses, [200, 200, 400]);
    executed += 2;

    server.signal("TERM");
    let (_, said) = server.wait();
    let count = said.lines().filter(|line| line.contains(" 200 ")).count();
    assert_eq!(count, executed, "{said}");
    assert!(
        said.contains(" 400 FRONT_DOOR: there are several Host lines"),
        "{said}"
    );
}

#[test]
fn names_of_headers_are_known_as_they_were_spelled() {
    let folder = Folder::new();
    // All but what the gateway adds.
    let template = "#foreach($name in $input.params().header.keySet())\
        #if(!$name.matches('X-(Forwarded|Amzn)-.*'))$name #end#end\
        $!input.params('X-pAGE') [$!input.params('x-page')]";
    let file = folder.write("a.json", &document(&[("/x", template)]));
    let server = Server::of_files(&[&file], &["--no-request-log"]);
    let mut stream = TcpStream::connect(server.address).unwrap();
    // In pieces, and then one behind the other.
    for piece in [
        "GET /x HTTP/1.1\r\nhO",
        "ST: a\r\nX-pA",
        "GE: 2\r\n\r",
        "\n",
    ] {
        stream.write_all(piece.as_bytes()).unwrap();
    }
    let body = read_answer(&mut stream).unwrap().body;
    assert_eq!(body, "hOST X-pAGE 2 []");
    stream
        .write_all(
            b"GET /x HTTP/1.1\r\nHost: a\r\nx-Page: 3\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n",
        )
        .unwrap();
    assert_eq!(read_answer(&mut stream).unwrap().body, "Host x-Page  []");
    assert_eq!(read_answer(&mut stream).unwrap().body, "Host  []");
}
