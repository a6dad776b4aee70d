//! Which requests have one reading, and where they end.

use tollgate_http1::{Event, Framing, Limits, Violation};

/// What a connection's bytes are made of: names of a head, the bytes of each part, the end.
fn read(input: &[u8]) -> (Vec<String>, usize, Option<Violation>) {
    let mut framing = Framing::new(Limits::default());
    let (mut at, mut seen) = (0, Vec::new());
    loop {
        let progress = framing.advance(&input[at..]);
        at += progress.accepted;
        match progress.event {
            Event::Head(head) => {
                seen.push(head.field_names().collect::<Vec<_>>().join(","));
            }
            Event::End => seen.push("end".to_owned()),
            Event::Violation(violation) => return (seen, at, Some(violation)),
            _ => return (seen, at, None),
        }
    }
}

#[test]
fn sound_requests_pass_whole() {
    for (input, expected) in [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", &["Host", "end"][..]),
        (
            "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            &["Host", "end"],
        ),
        ("GET / HTTP/1.0\r\n\r\n", &["", "end"]),
        (
            "GET http://a/x?y HTTP/1.1\r\nhOsT: A:80\r\n\r\n",
            &["hOsT", "end"],
        ),
        (
            "GET HTTPS://a HTTP/1.1\r\nHost: a:443\r\n\r\n",
            &["Host", "end"],
        ),
        (
            "GET //a/../b%2e#c HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n",
            &["Host", "end"],
        ),
        (
            "GET /\u{e9} HTTP/1.1\r\nHost: a\r\nX: \u{e9}\t\u{e9} \r\n\r\n",
            &["Host,X", "end"],
        ),
        (
            "p.o-st / HTTP/1.1\r\nHost: a\r\nX:\r\nx-y: 1\r\nX:2\r\n\r\n",
            &["Host,X,x-y,X", "end"],
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            &["Host,Content-Length", "end", "Host", "end"],
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:0\r\n\r\n",
            &["Host,Content-Length", "end"],
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n\
             3\r\nabc\r\n0A;x=\"y\"\r\n0123456789\r\n0 \t;z\r\n\r\nGET / HTTP/1.1\r\nHost: b\r\n\r\n",
            &["Host,Transfer-Encoding", "end", "Host", "end"],
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-T: 1\r\nY:\r\n\r\n",
            &["Host,Transfer-Encoding", "end"],
        ),
    ] {
        let (seen, length, violation) = read(input.as_bytes());
        assert_eq!((violation, length), (None, input.len()), "{input:?}");
        assert_eq!(seen, expected, "{input:?}");
    }
}

#[test]
fn heads_that_have_two_readings_are_refused() {
    for (input, expected) in [
        ("GET / HTTP/1.1\nHost: a\r\n\r\n", Violation::LineEnd),
        ("GET / HTTP/1.1\r\nHost: a\n\r\n", Violation::LineEnd),
        ("GET / HTTP/1.1\r\nHost: a\r\n\n", Violation::LineEnd),
        ("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Violation::LineEnd),
        ("\r\n\r\n\r\n\r\n\r\n", Violation::RequestLine),
        ("GET /\r\nHost: a\r\n\r\n", Violation::RequestLine),
        (" GET / HTTP/1.1\r\nHost: a\r\n\r\n", Violation::RequestLine),
        ("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", Violation::RequestLine),
        ("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", Violation::RequestLine),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", Violation::Version),
        ("GET / /x HTTP/1.1\r\nHost: a\r\n\r\n", Violation::Version),
        ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", Violation::Version),
        ("GET / HTTP/1.2\r\nHost: a\r\n\r\n", Violation::Version),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", Violation::Version),
        ("GET / http/1.1\r\nHost: a\r\n\r\n", Violation::Version),
        ("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", Violation::Target),
        ("GET /a\rb HTTP/1.1\r\nHost: a\r\n\r\n", Violation::Target),
        ("GET a HTTP/1.1\r\nHost: a\r\n\r\n", Violation::Target),
        ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", Violation::Target),
        ("GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n", Violation::Target),
        (
            "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
            Violation::Target,
        ),
        (
            "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
            Violation::Connect,
        ),
        ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", Violation::Folding),
        (
            "GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n",
            Violation::Folding,
        ),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", Violation::FieldName),
        ("GET / HTTP/1.1\r\nHost\r\n\r\n", Violation::FieldName),
        ("GET / HTTP/1.1\r\n: a\r\n\r\n", Violation::FieldName),
        ("GET / HTTP/1.1\r\nX\u{e9}: a\r\n\r\n", Violation::FieldName),
        ("GET / HTTP/1.1\r\nX\0: a\r\n\r\n", Violation::FieldName),
        ("GET / HTTP/1.1\r\nX: a\0\r\n\r\n", Violation::FieldValue),
        ("GET / HTTP/1.1\r\nX: a\rb\r\n\r\n", Violation::FieldValue),
        ("GET / HTTP/1.1\r\nX: a\x7f\r\n\r\n", Violation::FieldValue),
        ("GET / HTTP/1.1\r\n\r\n", Violation::NoHost),
        ("GET / HTTP/1.1\r\nHost:\r\n\r\n", Violation::NoHost),
        ("GET / HTTP/1.1\r\nHost: \t \r\n\r\n", Violation::NoHost),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",
            Violation::RepeatedHost,
        ),
        (
            "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
            Violation::RepeatedHost,
        ),
        ("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", Violation::Host),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", Violation::Host),
        ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", Violation::Host),
        ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", Violation::Host),
        (
            "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n",
            Violation::OtherHost,
        ),
        (
            "GET http://a:81/ HTTP/1.1\r\nHost: a\r\n\r\n",
            Violation::OtherHost,
        ),
        (
            "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n",
            Violation::Host,
        ),
        ("GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n", Violation::Host),
        ("GET http://a/ HTTP/1.1\r\n\r\n", Violation::NoHost),
    ] {
        let (_, length, violation) = read(input.as_bytes());
        assert_eq!((violation, length), (Some(expected), 0), "{input:?}");
        assert_eq!(expected.status(), 400, "{input:?}");
    }
}

#[test]
fn lengths_that_have_two_readings_are_refused() {
    for (fields, expected) in [
        (
            "Content-Length: 3\r\nContent-Length: 3",
            Violation::RepeatedLength,
        ),
        (
            "Content-Length: 3\r\ncontent-length: 4",
            Violation::RepeatedLength,
        ),
        ("Content-Length: 3, 3", Violation::Length),
        ("Content-Length: +3", Violation::Length),
        ("Content-Length: -1", Violation::Length),
        ("Content-Length: 0x3", Violation::Length),
        ("Content-Length: 3 3", Violation::Length),
        ("Content-Length:", Violation::Length),
        ("Content-Length: 99999999999999999999", Violation::Length),
        ("Content-Length: 00000000000000000003", Violation::Length),
        (
            "Content-Length: 3\r\nTransfer-Encoding: chunked",
            Violation::LengthAndTransferEncoding,
        ),
        (
            "Transfer-Encoding: chunked\r\nContent-Length: 3",
            Violation::LengthAndTransferEncoding,
        ),
        (
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            Violation::RepeatedTransferEncoding,
        ),
        (
            "Transfer-Encoding: gzip, chunked",
            Violation::TransferEncoding,
        ),
        (
            "Transfer-Encoding: chunked, chunked",
            Violation::TransferEncoding,
        ),
        ("Transfer-Encoding: identity", Violation::TransferEncoding),
        ("Transfer-Encoding: xchunked", Violation::TransferEncoding),
        (
            "Transfer-Encoding: \"chunked\"",
            Violation::TransferEncoding,
        ),
        (
            "Transfer-Encoding: chunked;q=1",
            Violation::TransferEncoding,
        ),
        ("Transfer-Encoding:", Violation::TransferEncoding),
        ("Transfer-Encoding: \x0bchunked", Violation::FieldValue),
        ("Transfer-Encoding : chunked", Violation::FieldName),
        ("Transfer-Encoding\r\n : chunked", Violation::FieldName),
    ] {
        let input = format!("POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\nabc");
        assert_eq!(
            read(input.as_bytes()),
            (vec![], 0, Some(expected)),
            "{fields:?}"
        );
    }
    let old = b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    assert_eq!(read(old).2, Some(Violation::TransferEncoding));
}

#[test]
fn broken_chunks_end_the_connection_where_they_break() {
    for (body, sound, expected) in [
        ("\r\n", 0, Violation::ChunkSize),
        ("x\r\n", 0, Violation::ChunkSize),
        (" 3\r\n", 0, Violation::ChunkSize),
        ("-3\r\n", 0, Violation::ChunkSize),
        ("0x3\r\n", 1, Violation::ChunkSize),
        ("3\nabc", 1, Violation::ChunkSize),
        ("3\rabc", 2, Violation::ChunkSize),
        ("3 3\r\n", 2, Violation::ChunkSize),
        ("00000000000000003\r\n", 16, Violation::ChunkSize),
        ("3;a\nabc", 3, Violation::ChunkExtension),
        ("3;\0\r\n", 2, Violation::ChunkExtension),
        ("3\r\nabcd", 6, Violation::ChunkEnd),
        ("3\r\nabc\n", 6, Violation::ChunkEnd),
        ("3\r\nabc\rx", 7, Violation::ChunkEnd),
        ("0\r\nX: 1\n\r\n", 7, Violation::Trailer),
        ("0\r\n X: 1\r\n", 3, Violation::Trailer),
        ("0\r\nX : 1\r\n", 4, Violation::Trailer),
        ("0\r\nX\r\n", 4, Violation::Trailer),
        ("0\r\n: 1\r\n", 3, Violation::Trailer),
        ("0\r\nX: 1\r\n\rx", 10, Violation::Trailer),
    ] {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        let (_, length, violation) = read(format!("{head}{body}").as_bytes());
        assert_eq!(
            (violation, length - head.len()),
            (Some(expected), sound),
            "{body:?}"
        );
    }
}

#[test]
fn sizes_are_bounded() {
    let limits = Limits::default();
    let head = |target: usize, fields: &str| {
        let target = "/".repeat(target);
        format!("GET {target} HTTP/1.1\r\nHost: a\r\n{fields}\r\n")
    };
    // `Host: a` and the name of the other line, with their line ends.
    let value = |more: usize| format!("X: {}\r\n", "x".repeat(limits.fields - 9 - 5 + more));
    let many = |count: usize| "X:\r\n".repeat(count);
    for (input, expected) in [
        (head(limits.target, ""), None),
        (head(limits.target + 1, ""), Some(Violation::TargetTooLong)),
        (
            head(limits.target + 100, ""),
            Some(Violation::TargetTooLong),
        ),
        (head(1, &value(0)), None),
        (head(1, &value(1)), Some(Violation::FieldsTooLarge)),
        (head(1, &many(99)), None),
        (head(1, &many(100)), Some(Violation::TooManyFields)),
        ("x".repeat(20_000), Some(Violation::TargetTooLong)),
        (
            format!("GET / HTTP/1.1\r\n{}", "x".repeat(20_000)),
            Some(Violation::FieldsTooLarge),
        ),
        ("GET / HTTP/1.1\r\nX: ".to_owned(), None),
    ] {
        let (_, _, violation) = read(input.as_bytes());
        assert_eq!(violation, expected, "{} {}", input.len(), &input[..20]);
    }
    let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (body, expected) in [
        (
            format!("1;{}\r\n", "x".repeat(9_000)),
            Violation::ChunkExtension,
        ),
        ("1;x\r\na\r\n".repeat(9_000), Violation::ChunkExtension),
        (
            format!("1{}\r\n", " ".repeat(9_000)),
            Violation::ChunkExtension,
        ),
        (
            format!("0\r\nX:{}\r\n", "x".repeat(limits.fields)),
            Violation::Trailer,
        ),
    ] {
        let (_, _, violation) = read(format!("{chunked}{body}").as_bytes());
        assert_eq!(violation, Some(expected), "{}", &body[..20]);
    }
    assert_eq!(Violation::TargetTooLong.status(), 414);
    assert_eq!(Violation::FieldsTooLarge.status(), 431);
    assert_eq!(Violation::TooManyFields.status(), 431);
}

#[test]
fn a_refused_connection_stays_refused() {
    let mut framing = Framing::new(Limits::default());
    for _ in 0..2 {
        let progress = framing.advance(b"GET / HTTP/3\r\n\r\n");
        assert_eq!(progress.accepted, 0);
        assert_eq!(progress.event, Event::Violation(Violation::Version));
        assert!(!framing.is_at_head());
    }
}
