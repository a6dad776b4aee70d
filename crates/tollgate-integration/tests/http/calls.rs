//! What goes to an endpoint and what comes back.

use bytes::Bytes;
use http::header;
use http::{HeaderValue, Method};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use tollgate_core::{Body, BoxError};

use crate::endpoint::{Endpoint, OK, Reply};
use crate::support::{answer, call, get, http_to, request};

#[tokio::test]
async fn an_endpoint_gets_a_request_and_answers() {
    let endpoint = Endpoint::start(&[Reply::Send(
        "HTTP/1.1 201 Created\r\nX-Two: a\r\nX-Two: b\r\nTransfer-Encoding: chunked\r\n\r\n\
         3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
    )])
    .await;
    let http = http_to(&endpoint);
    let mut get = get("http://example.com:81/a%2Fb/../c?x=%20&y");
    get.headers.insert("x-sent", HeaderValue::from_static("1"));
    let answer = answer(&http, get).await;
    assert_eq!((answer.status, answer.body.as_str()), (201, "abcde"));
    let two: Vec<_> = answer.headers.get_all("x-two").iter().collect();
    assert_eq!(two, ["a", "b"]);
    // The origin is fixed, the rest of the URI is the request's.
    assert_eq!(
        endpoint.requests(),
        [
            "GET /a%2Fb/../c?x=%20&y HTTP/1.1\r\nx-sent: 1\r\ncontent-length: 0\r\n\
          host: example.com:81\r\n\r\n"
        ]
    );
}

/// As a layer gets them over HTTP/1.0, or from a program that makes its requests itself.
#[tokio::test]
async fn a_request_that_names_no_host_has_that_of_the_origin() {
    let endpoint = Endpoint::start(&[OK]).await;
    let http = http_to(&endpoint);
    let mut named = get("/named");
    named
        .headers
        .insert(header::HOST, HeaderValue::from_static("pets.example.com"));
    for request in [get("/unnamed"), named] {
        assert_eq!(answer(&http, request).await.body, "ok");
    }
    let hosts = endpoint.requests().into_iter().map(|request| {
        let mut lines = request
            .lines()
            .filter_map(|line| line.strip_prefix("host: "));
        lines.next().map(str::to_owned)
    });
    let own = endpoint.address.to_string();
    assert_eq!(
        hosts.collect::<Vec<_>>(),
        [Some(own), Some("pets.example.com".to_owned())]
    );
}

#[tokio::test]
async fn bodies_are_framed_by_what_they_are() {
    let streamed = || {
        let frames = ["ab", "", "c"].map(|text| Ok::<_, BoxError>(Frame::data(Bytes::from(text))));
        Body::stream(StreamBody::new(futures::stream::iter(frames)))
    };
    for (body, framing) in [
        (Body::from("abc"), "content-length: 3\r\n|abc"),
        (Body::empty(), "content-length: 0\r\n|"),
        (
            streamed(),
            "transfer-encoding: chunked\r\n|2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
        ),
    ] {
        let endpoint = Endpoint::start(&[OK]).await;
        let mut post = request(Method::POST, "http://a/", body);
        // None of this may decide where the body ends.
        for (name, value) in [
            (header::CONTENT_LENGTH, "5"),
            (header::TRANSFER_ENCODING, "chunked"),
            (header::CONNECTION, "close, x-hop"),
            (header::TE, "trailers"),
            (header::EXPECT, "100-continue"),
        ] {
            post.headers.insert(name, HeaderValue::from_static(value));
        }
        assert_eq!(answer(&http_to(&endpoint), post).await.body, "ok");
        let sent = &endpoint.requests()[0];
        let (head, sent_body) = sent.split_once("\r\n\r\n").unwrap();
        let of_framing: Vec<_> = head
            .lines()
            .skip(1)
            .filter(|line| !line.starts_with("host:"))
            .collect();
        assert_eq!(
            format!("{}\r\n|{sent_body}", of_framing.join("\r\n")),
            framing
        );
    }
}

#[tokio::test]
async fn there_is_one_host() {
    let endpoint = Endpoint::start(&[OK]).await;
    let http = http_to(&endpoint);
    for (mapped, expected) in [
        (&[][..], "example.com:81"),
        (&["other.example"], "other.example"),
        (&["first.example", "second.example"], "first.example"),
    ] {
        let mut get = get("http://example.com:81/");
        for host in mapped {
            get.headers
                .append(header::HOST, HeaderValue::from_static(host));
        }
        answer(&http, get).await;
        let sent = endpoint.requests().pop().unwrap();
        let hosts: Vec<_> = sent
            .lines()
            .filter_map(|line| line.strip_prefix("host: "))
            .collect();
        assert_eq!(hosts, [expected]);
    }
}

#[tokio::test]
async fn a_connection_serves_one_request_after_another() {
    let endpoint = Endpoint::start(&[OK]).await;
    let http = http_to(&endpoint);
    for _ in 0..20 {
        assert_eq!(answer(&http, get("http://a/")).await.body, "ok");
    }
    let empty = Endpoint::start(&[Reply::Send("HTTP/1.1 204 No Content\r\n\r\n")]).await;
    let http = http_to(&empty);
    for _ in 0..3 {
        assert_eq!(answer(&http, get("http://a/")).await.status, 204);
    }
    assert_eq!((endpoint.connections(), empty.connections()), (1, 1));
}

#[tokio::test]
async fn requests_at_the_same_time_have_connections_of_their_own() {
    let endpoint = Endpoint::start(&[OK]).await;
    let http = http_to(&endpoint);
    let calls = (0..50).map(|_| answer(&http, get("http://a/")));
    for answer in futures::future::join_all(calls).await {
        assert_eq!(answer.body, "ok");
    }
    let opened = endpoint.connections();
    assert!((1..=50).contains(&opened), "{opened}");
    answer(&http, get("http://a/")).await;
    assert_eq!(endpoint.connections(), opened);
}

#[tokio::test]
async fn a_connection_whose_answer_is_not_read_is_closed() {
    let endpoint = Endpoint::start(&[Reply::Send(
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde",
    )])
    .await;
    let http = http_to(&endpoint);
    drop(call(&http, get("http://a/")).await.unwrap());
    let mut half = call(&http, get("http://a/")).await.unwrap();
    assert!(half.body.frame().await.is_some());
    drop(half);
    assert_eq!(answer(&http, get("http://a/")).await.body, "abcde");
    // The second answer came in one piece, so its connection could be used again.
    assert_eq!(endpoint.connections(), 2);
}

#[tokio::test]
async fn a_request_that_cannot_be_asked_twice_is_asked_once() {
    const CLOSED: Reply = Reply::SendAndClose("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    let endpoint = Endpoint::start(&[CLOSED]).await;
    let http = http_to(&endpoint);
    for count in 1..=20 {
        // A request that cannot be asked twice, so that nothing but the check before it helps.
        let post = request(Method::POST, "http://a/", Body::from("x"));
        let response = call(&http, post).await;
        // The closing may be on its way still: then there is a refusal, and no second request.
        if let Ok(response) = response {
            drop(response.body.collect().await.unwrap());
        }
        assert!(endpoint.requests().len() <= count);
    }
}
