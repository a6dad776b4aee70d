//! The layer, as an embedder sees it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::executor::block_on;
use futures::stream;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, StreamBody};
use tollgate_core::{Body, GatewayResponseType, ManualClock, RawRejection, Rejection};
use tollgate_iam::sigv4::{
    Authenticated, Credentials, IssuedKey, MAX_BODY_BYTES, PayloadHash, Principal, SigV4Layer,
    SignableRequest, Signer, Timestamp, Verifier,
};
use tower::{Layer, Service, ServiceExt, service_fn};

const NOW: u64 = 1_772_366_400;
const ALICE: &str = "arn:aws:iam::123456789012:user/alice";

fn credentials() -> Credentials {
    Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
}

fn layer() -> SigV4Layer {
    let key = IssuedKey::new(credentials(), Principal::new(ALICE));
    let keys = HashMap::from([("AKIDEXAMPLE".to_owned(), Arc::new(key))]);
    let clock = ManualClock::at_unix(Duration::from_secs(NOW));
    SigV4Layer::new(Verifier::new("us-east-1"), keys, Arc::new(clock))
}

fn signed(method: &str, target: &str, body: &'static str) -> Request<Full<Bytes>> {
    let host = [("host", "api.example.com".as_bytes())];
    let view = SignableRequest::new(method, target, host);
    let at = Timestamp::from_unix(Duration::from_secs(NOW));
    let signer = Signer::new(credentials(), "us-east-1", "execute-api");
    let signed = signer
        .sign(&view, &PayloadHash::of(body.as_bytes()), at)
        .expect("a request to sign");
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in signed.headers() {
        request = request.header(name, value);
    }
    let request = request.header("host", "api.example.com");
    request.body(Full::from(body)).expect("a request to sign")
}

/// Says who calls and with what.
async fn echo(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let (parts, body) = request.into_parts();
    let caller = parts.extensions.get::<Authenticated>();
    let caller = caller.map(|caller| caller.principal().arn().to_owned());
    let authorization = parts.headers.contains_key(header::AUTHORIZATION);
    let body = body.try_into_bytes().expect("the body is at hand");
    let body = String::from_utf8_lossy(&body);
    let text = format!("{} {authorization} {body}", caller.unwrap_or_default());
    Ok(Response::new(Body::from(text)))
}

async fn text(response: Response<Body>) -> String {
    let body = response
        .into_body()
        .collect()
        .await
        .expect("a body at hand");
    String::from_utf8(body.to_bytes().to_vec()).expect("a text")
}

#[test]
fn a_verified_request_goes_on_with_its_caller_and_its_body() {
    block_on(async {
        let app = layer().layer(service_fn(echo));
        let response = app
            .oneshot(signed("POST", "/prod/pets?a=1", "hello"))
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(text(response).await, format!("{ALICE} true hello"));
    });
}

#[test]
fn a_refusal_is_a_response_with_its_reason() {
    block_on(async {
        let mut wrong = signed("GET", "/prod/pets", "");
        *wrong.uri_mut() = "/prod/admin".parse().unwrap();
        let mut unknown = signed("GET", "/prod/pets", "");
        let authorization = unknown.headers()["authorization"].to_str().unwrap();
        let authorization = authorization.replace("AKIDEXAMPLE", "AKIDUNKNOWN");
        let authorization = authorization.parse().unwrap();
        unknown.headers_mut().insert("authorization", authorization);
        let unsigned = Request::get("/prod/pets").body(Full::default()).unwrap();

        for (request, error_type, response_type, start) in [
            (
                unsigned,
                "MissingAuthenticationTokenException",
                GatewayResponseType::MissingAuthenticationToken,
                r#"{"message":"Missing Authentication Token"}"#,
            ),
            (
                wrong,
                "InvalidSignatureException",
                GatewayResponseType::InvalidSignature,
                r#"{"message":"The request signature we calculated does not match"#,
            ),
            (
                unknown,
                "UnrecognizedClientException",
                GatewayResponseType::InvalidSignature,
                r#"{"message":"The security token included in the request is invalid."}"#,
            ),
        ] {
            let app = layer().layer(service_fn(echo));
            let response = app.oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::FORBIDDEN);
            assert_eq!(response.headers()["x-amzn-errortype"], error_type);
            assert_eq!(response.headers()["content-type"], "application/json");
            let rejection = response.extensions().get::<Rejection>().unwrap();
            assert_eq!(rejection.response_type(), Some(response_type));
            let text = text(response).await;
            assert!(text.starts_with(start), "{text}");
        }
    });
}

#[test]
fn an_expired_session_is_told_so() {
    block_on(async {
        let end = Timestamp::from_unix(Duration::from_secs(NOW));
        let key = IssuedKey::new(credentials().with_expiry(end), Principal::new(ALICE));
        let key = Arc::new(key);
        let find = move |id: &str| (id == "AKIDEXAMPLE").then(|| Arc::clone(&key));
        let clock = ManualClock::at_unix(Duration::from_secs(NOW));
        let layer = SigV4Layer::new(Verifier::new("us-east-1"), find, Arc::new(clock));
        let app = layer.layer(service_fn(echo));
        let response = app.oneshot(signed("GET", "/", "")).await.unwrap();
        assert_eq!(
            response.headers()["x-amzn-errortype"],
            "ExpiredTokenException"
        );
        let rejection = response.extensions().get::<Rejection>().unwrap();
        let expired = Some(GatewayResponseType::ExpiredToken);
        assert_eq!(rejection.response_type(), expired);
    });
}

#[test]
fn a_body_over_the_limit_is_refused_whether_its_length_is_known_or_not() {
    block_on(async {
        const CHUNK: usize = 1 << 20;
        let chunks = MAX_BODY_BYTES / CHUNK + 1;
        let frame = || Ok::<_, Infallible>(http_body::Frame::data(Bytes::from_static(&[0; CHUNK])));
        let streamed = StreamBody::new(stream::iter((0..chunks).map(|_| frame())));
        let request = signed("POST", "/", "").map(|_| streamed);
        let response = layer()
            .layer(service_fn(echo))
            .oneshot(request)
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let rejection = response.extensions().get::<Rejection>().unwrap();
        let limit = MAX_BODY_BYTES as u64;
        let too_large = Some(RawRejection::ContentTooLarge { limit });
        assert_eq!(rejection.raw_rejection(), too_large);

        let long = Full::new(Bytes::from(vec![0; MAX_BODY_BYTES + 1]));
        let request = signed("POST", "/", "").map(|_| long);
        let response = layer()
            .layer(service_fn(echo))
            .oneshot(request)
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let expected = format!("HTTP content length exceeded {limit} bytes.");
        assert_eq!(text(response).await, expected);
    });
}

#[test]
fn a_body_that_breaks_off_is_a_bad_request() {
    block_on(async {
        let broken = stream::iter([Err::<http_body::Frame<Bytes>, _>("the connection closed")]);
        let request = signed("POST", "/", "").map(|_| StreamBody::new(broken));
        let response = layer()
            .layer(service_fn(echo))
            .oneshot(request)
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    });
}

#[test]
fn errors_of_the_inner_service_pass() {
    block_on(async {
        let fail = service_fn(|_: Request<Body>| async { Err::<Response<Body>, _>("away") });
        let app = layer().layer(fail);
        let error = app
            .clone()
            .oneshot(signed("GET", "/", ""))
            .await
            .unwrap_err();
        assert_eq!(error, "away");
        let unsigned = Request::get("/").body(Body::empty()).unwrap();
        let refused = app.oneshot(unsigned).await.unwrap();
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    });
}

/// Panics when it is called without having been ready; a clone is not ready.
#[derive(Debug, Default)]
struct Strict {
    ready: bool,
}

impl Clone for Strict {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Service<Request<Body>> for Strict {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        assert!(
            std::mem::take(&mut self.ready),
            "called without being ready"
        );
        std::future::ready(Ok(Response::new(Body::empty())))
    }
}

#[test]
fn the_service_that_was_ready_is_the_one_that_is_called() {
    block_on(async {
        let mut app = layer().layer(Strict::default());
        for _ in 0..2 {
            let ready = ServiceExt::<Request<Full<Bytes>>>::ready(&mut app)
                .await
                .unwrap();
            let response = ready.call(signed("GET", "/", "")).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
        }
    });
}
