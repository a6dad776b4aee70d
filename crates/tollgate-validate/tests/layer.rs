//! The layer as an embedder sees it.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, StreamBody};
use tollgate_core::{Body, BoxError, GatewayResponseType, PathParameters, RawRejection, Rejection};
use tollgate_validate::{Models, RequestValidator, ValidateLayer};
use tower::{Layer, Service, ServiceExt, service_fn};

fn validator() -> Arc<RequestValidator> {
    let models = Models::compile([("Pet", r#"{"type": "object", "required": ["name"]}"#)]);
    let pet = models
        .get("Pet")
        .expect("it is there")
        .expect("it can be used");
    let validator = RequestValidator::new()
        .with_required_parameter("method.request.querystring.q")
        .expect("it is a parameter")
        .with_model("application/json", pet.clone());
    Arc::new(validator)
}

/// A service that answers with the body that it got, behind the layer.
fn echo(
    limit: usize,
) -> impl Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone {
    let validator = validator();
    let find = move |request: &Parts| {
        let is_checked = request.uri.path() != "/free";
        is_checked.then(|| validator.clone())
    };
    ValidateLayer::new(find)
        .with_limit(limit)
        .layer(service_fn(async |request: Request<Body>| {
            let whole = request.into_body().collect().await.expect("it is whole");
            Ok::<_, Infallible>(Response::new(Body::from(whole.to_bytes())))
        }))
}

fn answer(limit: usize, request: Request<Body>) -> (StatusCode, Option<Rejection>, Bytes) {
    futures::executor::block_on(async {
        let response = echo(limit).oneshot(request).await.expect("it never fails");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("it is whole").to_bytes();
        (
            parts.status,
            parts.extensions.get::<Rejection>().cloned(),
            body,
        )
    })
}

fn post(path: &str, body: Body) -> Request<Body> {
    Request::post(path).body(body).expect("it is a request")
}

/// A body whose length nobody announces.
fn chunks(chunks: &[&'static str]) -> Body {
    let frames: Vec<Result<_, BoxError>> = chunks
        .iter()
        .map(|chunk| Ok(http_body::Frame::data(Bytes::from_static(chunk.as_bytes()))))
        .collect();
    Body::stream(StreamBody::new(futures::stream::iter(frames)))
}

#[test]
fn requests_pass_whole_or_are_refused() {
    let parameters = GatewayResponseType::BadRequestParameters;
    let body = GatewayResponseType::BadRequestBody;
    for (path, chunk, expected) in [
        ("/pets?q=1", r#"{"name": "Rex"}"#, None),
        ("/pets?q=1", "{}", Some(body)),
        ("/pets?q=1", "", Some(body)),
        ("/pets?q=1", "no JSON", Some(body)),
        ("/pets?q=1", "\u{feff}{\"name\": 1}", Some(body)),
        ("/pets", "no JSON", Some(parameters)),
        ("/free", "no JSON", None),
    ] {
        let (status, rejection, echoed) = answer(1_000, post(path, chunks(&[chunk])));
        let kind = rejection.as_ref().and_then(Rejection::response_type);
        assert_eq!(kind, expected, "{path} {chunk}");
        if expected.is_none() {
            assert_eq!((status, &echoed[..]), (StatusCode::OK, chunk.as_bytes()));
        } else {
            assert_eq!(status, StatusCode::BAD_REQUEST);
        }
    }
    let (_, _, text) = answer(1_000, post("/pets", Body::empty()));
    assert_eq!(
        text,
        r#"{"message": "Missing required request parameters: [q]"}"#
    );
    let (_, _, text) = answer(1_000, post("/pets?q=1", Body::empty()));
    assert_eq!(text, r#"{"message": "Invalid request body"}"#);
}

#[test]
fn other_media_types_stream_through() {
    let mut request = post("/pets?q=1", chunks(&["more ", "than ", "the limit"]));
    request
        .headers_mut()
        .insert("content-type", "text/plain".parse().expect("it is a value"));
    let (status, _, echoed) = answer(4, request);
    assert_eq!(
        (status, &echoed[..]),
        (StatusCode::OK, &b"more than the limit"[..])
    );
}

#[test]
fn bodies_have_a_limit() {
    let fits = r#"{"name":1}"#;
    let too_large = RawRejection::ContentTooLarge { limit: 10 };
    for (body, expected) in [
        (Body::from(fits), None),
        (chunks(&[r#"{"name""#, ":1}"]), None),
        (Body::from(r#"{"name":12}"#), Some(too_large)),
        (chunks(&[r#"{"name""#, ":12}"]), Some(too_large)),
    ] {
        let (status, rejection, text) = answer(10, post("/pets?q=1", body));
        let raw = rejection.as_ref().and_then(Rejection::raw_rejection);
        assert_eq!(raw, expected);
        if expected.is_some() {
            assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
            assert_eq!(text, "HTTP content length exceeded 10 bytes.");
        }
    }
}

#[test]
fn bodies_nested_beyond_the_parser_are_no_json() {
    let nested =
        |depth: usize| format!(r#"{{"name": {}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    let (status, _, _) = answer(1_000_000, post("/pets?q=1", Body::from(nested(100))));
    assert_eq!(status, StatusCode::OK);
    let (status, rejection, _) = answer(1_000_000, post("/pets?q=1", Body::from(nested(100_000))));
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let context = rejection.and_then(|rejection| rejection.error_context());
    let detail = context.and_then(|context| context.validation_error);
    assert_eq!(detail.as_deref(), Some("[instance is no JSON]"));
}

#[test]
fn encoded_and_broken_bodies_are_refused() {
    let mut request = post("/pets?q=1", Body::from("x"));
    request
        .headers_mut()
        .insert("content-encoding", "gzip".parse().expect("it is a value"));
    let (status, rejection, _) = answer(1_000, request);
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let kind = rejection.and_then(|rejection| rejection.response_type());
    assert_eq!(kind, Some(GatewayResponseType::UnsupportedMediaType));

    let frames: [Result<http_body::Frame<Bytes>, BoxError>; 1] = [Err("it broke off".into())];
    let broken = Body::stream(StreamBody::new(futures::stream::iter(frames)));
    let (status, rejection, _) = answer(1_000, post("/pets?q=1", broken));
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let reason = rejection.as_ref().and_then(Rejection::reason);
    assert_eq!(reason, Some("it broke off"));
}

#[test]
fn path_parameters_come_from_the_router() {
    let validator = RequestValidator::new().with_required_parameter("method.request.path.id");
    let validator = Arc::new(validator.expect("it is a parameter"));
    let layer = ValidateLayer::new(move |_: &Parts| Some(validator.clone()));
    let service = layer.layer(service_fn(async |_: Request<Body>| {
        Ok::<_, Infallible>(Response::new(Body::empty()))
    }));
    for (range, expected) in [(Some(6..7), 200), (Some(6..6), 400), (None, 400)] {
        let mut request = post("/pets/7", Body::empty());
        if let Some(range) = range.clone() {
            let parameters = PathParameters::new(Arc::from(["id".into()]), [range]);
            request.extensions_mut().insert(parameters);
        }
        let response = futures::executor::block_on(service.clone().oneshot(request));
        let status = response.expect("it never fails").status();
        assert_eq!(status, expected, "{range:?}");
    }
}
