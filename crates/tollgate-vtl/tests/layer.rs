//! The layer on services that echo, answer and fail.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::routing::post;
use bytes::Bytes;
use futures::executor::block_on;
use futures::stream;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tollgate_core::{Body, BoxError, Rejection};
use tollgate_vtl::{MAX_BODY_BYTES, Map, Message, Profile, Template, TemplateLayer, Value};
use tower::{Layer as _, ServiceExt as _, service_fn};

const JSON: &str = "application/json";

fn template(source: &str) -> Template {
    Template::parse(source, &Profile::velocity2()).expect("it is a template")
}

/// A layer whose templates know `$body`, which is JSON, `$path` and `$status`.
fn layer() -> TemplateLayer {
    TemplateLayer::new(|message: Message<'_>| {
        let status = message
            .response()
            .map(|head| i64::from(head.status.as_u16()));
        Ok(Map::from_iter([
            ("body", message.json()?),
            ("path", Value::from(message.request().uri.path())),
            ("status", Value::from(status)),
        ]))
    })
}

/// What a service behind the layer got, and what came of its answer.
struct Outcome {
    asked: Option<(HeaderMap, Bytes)>,
    response: Response<Body>,
}

/// Sends a request through the layer to a service that gives this answer.
fn send<B, R>(layer: &TemplateLayer, request: Request<B>, answer: Response<R>) -> Outcome
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    let seen = Arc::new(Mutex::new(None));
    let answer = Arc::new(Mutex::new(Some(answer)));
    let inner = {
        let seen = seen.clone();
        service_fn(move |request: Request<Body>| {
            let (seen, answer) = (seen.clone(), answer.clone());
            async move {
                let (parts, body) = request.into_parts();
                let body = body.collect().await.expect("the body is whole");
                *seen.lock().expect("nobody panicked") = Some((parts.headers, body.to_bytes()));
                let answer = answer.lock().expect("nobody panicked").take();
                Ok::<_, Infallible>(answer.expect("it is asked once"))
            }
        })
    };
    let response = block_on(layer.layer(inner).oneshot(request)).expect("it does not fail");
    let asked = seen.lock().expect("nobody panicked").take();
    Outcome { asked, response }
}

fn text(response: Response<Body>) -> String {
    let body = block_on(response.into_body().collect()).expect("the body is whole");
    String::from_utf8(body.to_bytes().to_vec()).expect("it is text")
}

fn post_json(body: &'static str) -> http::request::Builder {
    Request::post("/pets/7")
        .header(header::CONTENT_TYPE, JSON)
        .header(header::CONTENT_LENGTH, body.len())
}

fn json(body: &'static str) -> Response<Full<Bytes>> {
    Response::builder()
        .header(header::CONTENT_TYPE, "Application/JSON ; charset=utf-8")
        .header(header::CONTENT_LENGTH, body.len())
        .body(Full::from(body))
        .expect("it is a response")
}

fn empty() -> Response<Body> {
    Response::new(Body::empty())
}

/// A body that comes in pieces, and breaks off where there is none.
fn pieces(
    pieces: &[Option<&'static str>],
) -> impl http_body::Body<Data = Bytes, Error = BoxError> + Send + use<> {
    let frame = |piece: &Option<&'static str>| {
        let piece = piece.ok_or("it broke off")?;
        Ok(Frame::data(Bytes::from(piece)))
    };
    StreamBody::new(stream::iter(pieces.iter().map(frame).collect::<Vec<_>>()))
}

#[test]
fn requests_are_rewritten() {
    let layer = layer().with_request(JSON, template(r#"{"name": "$body.name", "path": "$path"}"#));
    let request = post_json("")
        .header(header::TRANSFER_ENCODING, "chunked")
        .header("content-digest", "sha-256=:x:")
        .header(header::ACCEPT_ENCODING, "gzip")
        .header("x-other", "1")
        .body(pieces(&[Some("{\"name\":"), Some(" \"Rex\"}")]))
        .unwrap();
    let outcome = send(&layer, request, json("[1]"));
    let (headers, body) = outcome.asked.unwrap();
    assert_eq!(body, r#"{"name": "Rex", "path": "/pets/7"}"#);
    assert_eq!(headers[header::CONTENT_LENGTH], "34");
    let mut names: Vec<_> = headers.keys().map(header::HeaderName::as_str).collect();
    names.sort_unstable();
    let expected = [
        "accept-encoding",
        "content-length",
        "content-type",
        "x-other",
    ];
    assert_eq!(names, expected);
    // Nothing is said of responses.
    assert_eq!(outcome.response.headers()[header::CONTENT_LENGTH], "3");
    assert_eq!(text(outcome.response), "[1]");
}

#[test]
fn responses_are_rewritten() {
    let layer = layer().with_response(JSON, template("$status $path $body.name é"));
    let request = post_json("{}")
        .header(header::ACCEPT_ENCODING, "gzip")
        .header(header::RANGE, "bytes=0-1")
        .body(Full::from("{}"))
        .unwrap();
    let mut answer = json(r#"{"name": "Rex"}"#);
    *answer.status_mut() = StatusCode::NOT_FOUND;
    for (name, value) in [
        (header::ETAG, "\"x\""),
        (header::ACCEPT_RANGES, "bytes"),
        (header::CONTENT_ENCODING, "identity"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        answer.headers_mut().insert(name, value.parse().unwrap());
    }
    let outcome = send(&layer, request, answer);
    let (headers, body) = outcome.asked.unwrap();
    assert_eq!(body, "{}");
    assert!(!headers.contains_key(header::ACCEPT_ENCODING));
    assert!(!headers.contains_key(header::RANGE));
    let response = outcome.response;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(response.headers()[header::CONTENT_LENGTH], "18");
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    assert!(!response.headers().contains_key(header::ETAG));
    assert!(!response.headers().contains_key(header::ACCEPT_RANGES));
    assert_eq!(text(response), "404 /pets/7 Rex é");
}

#[test]
fn other_content_types_pass_as_they_stream() {
    let layer = layer()
        .with_request(JSON, template("request"))
        .with_response(JSON, template("response"))
        .with_limit(2);
    for content_type in [None, Some("text/plain"), Some("application/json-seq")] {
        let mut request = Request::post("/");
        let mut answer = Response::builder().header(header::ETAG, "\"x\"");
        if let Some(content_type) = content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
            answer = answer.header(header::CONTENT_TYPE, content_type);
        }
        let request = request.body(pieces(&[Some("que"), Some("stion")]));
        // It breaks off only after the response has passed.
        let answer = answer.body(pieces(&[Some("answer"), None]));
        let outcome = send(&layer, request.unwrap(), answer.unwrap());
        assert_eq!(outcome.asked.unwrap().1, "question", "{content_type:?}");
        let response = outcome.response;
        assert_eq!(response.headers()[header::ETAG], "\"x\"");
        let mut body = response.into_body();
        let frame = block_on(body.frame()).unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), "answer");
        assert!(block_on(body.frame()).unwrap().is_err());
    }
}

#[test]
fn requests_that_cannot_be_rewritten_do_not_reach_the_service() {
    let layer = layer()
        .with_request(JSON, template("$body.list[7]"))
        .with_limit(20);
    let long = "[1, 2, 3, 4, 5, 6, 7]";
    let too_long = "HTTP content length exceeded 20 bytes.";
    let bad = r#"{"message":"Bad Request"}"#;
    let fails = r#"{"message": "Internal server error"}"#;
    for (body, encoding, status, expected, reason) in [
        (&[Some(long)][..], None, 413, too_long, None),
        (
            &[Some("[1, 2, 3"), Some(", 4, 5, 6, 7]")],
            None,
            413,
            too_long,
            None,
        ),
        (&[Some("[1"), None], None, 400, bad, Some("it broke off")),
        (&[Some("[1")], None, 400, bad, Some("expected a comma")),
        (
            &[Some(r#"{"list": [1]}"#)],
            None,
            500,
            fails,
            Some("index 7 is outside a list of 1 at"),
        ),
        (
            &[Some("x")],
            Some("gzip"),
            415,
            "",
            Some("Content-Encoding \"gzip\""),
        ),
    ] {
        let mut request = Request::post("/").header(header::CONTENT_TYPE, JSON);
        if let Some(encoding) = encoding {
            request = request.header(header::CONTENT_ENCODING, encoding);
        }
        let outcome = send(&layer, request.body(pieces(body)).unwrap(), empty());
        assert!(outcome.asked.is_none(), "{body:?}");
        let response = outcome.response;
        assert_eq!(response.status(), status, "{body:?}");
        let rejection = response.extensions().get::<Rejection>().unwrap();
        let given = rejection.reason();
        let fits = reason.is_none_or(|reason| given.is_some_and(|given| given.contains(reason)));
        assert!(fits, "{given:?}");
        let text = text(response);
        assert!(text.contains(expected), "{text}");
    }
    let bytes = Full::from(&b"\xff"[..]);
    let request = Request::post("/")
        .header(header::CONTENT_TYPE, JSON)
        .body(bytes);
    assert_eq!(
        send(&layer, request.unwrap(), empty()).response.status(),
        400
    );
}

#[test]
fn an_announced_length_over_the_limit_is_refused_unread() {
    let layer = layer()
        .with_request(JSON, template("x"))
        .with_response(JSON, template("x"));
    let long = || Full::from("x".repeat(MAX_BODY_BYTES + 1));
    let request = Request::post("/")
        .header(header::CONTENT_TYPE, JSON)
        .body(long());
    assert_eq!(
        send(&layer, request.unwrap(), empty()).response.status(),
        413
    );
    let answer = Response::builder()
        .header(header::CONTENT_TYPE, JSON)
        .body(long());
    let request = Request::new(Body::empty());
    assert_eq!(
        send(&layer, request, answer.unwrap()).response.status(),
        502
    );
}

#[test]
fn nothing_remains_of_responses_that_cannot_be_rewritten() {
    let layer = layer()
        .with_response(JSON, template("$body.list[7]"))
        .with_limit(20);
    for (body, encoding, status) in [
        (&[Some("[1, 2, 3"), Some(", 4, 5, 6, 7]")][..], None, 502),
        (&[Some("[1"), None], None, 502),
        (&[Some("[1")], None, 502),
        (&[], None, 502),
        (&[Some("1")], Some("br"), 502),
        (&[Some(r#"{"list": [1]}"#)], None, 500),
    ] {
        let mut answer = Response::builder()
            .header(header::CONTENT_TYPE, JSON)
            .header("x-secret", "1");
        if let Some(encoding) = encoding {
            answer = answer.header(header::CONTENT_ENCODING, encoding);
        }
        let request = Request::new(Body::empty());
        let response = send(&layer, request, answer.body(pieces(body)).unwrap()).response;
        assert_eq!(response.status(), status, "{body:?}");
        assert!(response.extensions().get::<Rejection>().is_some());
        assert!(!response.headers().contains_key("x-secret"));
        let text = text(response);
        assert!(text.contains("essage"), "{text}");
    }
}

#[test]
fn answers_without_a_body_get_none() {
    let layer = layer().with_response(JSON, template("much"));
    for (method, status, keeps) in [
        ("HEAD", 200, false),
        ("GET", 204, true),
        ("GET", 205, true),
        ("GET", 304, true),
    ] {
        let request = Request::builder().method(method).body(Body::empty());
        let answer = Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, JSON)
            .header(header::ETAG, "\"x\"")
            .header(header::CONTENT_LENGTH, "7")
            .body(Body::empty());
        let response = send(&layer, request.unwrap(), answer.unwrap()).response;
        assert_eq!(response.status(), status, "{method}");
        let headers = response.headers();
        assert_eq!(headers.contains_key(header::ETAG), keeps, "{status}");
        assert_eq!(
            headers.contains_key(header::CONTENT_LENGTH),
            keeps,
            "{status}"
        );
        assert_eq!(text(response), "", "{status}");
    }
}

#[test]
fn the_function_of_variables_may_refuse() {
    let layer = TemplateLayer::new(|message| {
        if message.body() == "tea" {
            let refusal = tollgate_core::GatewayResponseType::AccessDenied;
            return Err(Rejection::new(refusal));
        }
        Ok(Map::new())
    });
    let layer = layer
        .with_request("TEXT/plain", template("first"))
        .with_request("text/PLAIN", template("no tea"));
    for (body, status) in [("tea", 403), ("coffee", 200)] {
        let request = Request::post("/").header(header::CONTENT_TYPE, "text/plain");
        let outcome = send(&layer, request.body(Full::from(body)).unwrap(), empty());
        assert_eq!(outcome.response.status(), status, "{body}");
        let asked = outcome.asked.map(|(_, body)| body);
        assert_eq!(asked.as_deref(), (status == 200).then_some(&b"no tea"[..]));
    }
}

#[test]
fn errors_of_the_service_pass() {
    let layer = layer()
        .with_request(JSON, template("x"))
        .with_response(JSON, template("x"));
    for content_type in [JSON, "text/plain"] {
        let fails = service_fn(async |_: Request<Body>| Err::<Response<Body>, _>("broken"));
        let request = Request::post("/").header(header::CONTENT_TYPE, content_type);
        let request = request.body(Full::<Bytes>::from("1")).unwrap();
        let error = block_on(layer.layer(fails).oneshot(request)).err();
        assert_eq!(error, Some("broken"));
    }
}

#[tokio::test]
async fn an_axum_app_is_served_with_it() {
    let layer = layer()
        .with_request(JSON, template(r#"{"question": $body.question}"#))
        .with_response(JSON, template(r#"{"answer": $body.question}"#));
    let echo = async |headers: HeaderMap, body: String| {
        assert_eq!(headers[header::CONTENT_LENGTH], body.len().to_string());
        (
            [(header::CONTENT_TYPE, JSON), (header::ETAG, "\"x\"")],
            body,
        )
    };
    let app = axum::Router::new().route("/", post(echo)).layer(layer);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, app).await });

    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = "POST / HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n\
        Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
        10\r\n{\"more\": [1, 2],\r\n10\r\n \"question\": 42}\r\n0\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, r#"{"answer": 42}"#);
    let head = head.to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 200 ok\r\n"), "{head}");
    assert_eq!(head.matches("content-length: 14").count(), 1, "{head}");
    assert!(!head.contains("transfer-encoding"), "{head}");
    assert!(!head.contains("etag"), "{head}");
    server.abort();
}
