//! Integrations in front of a service.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use tollgate_core::{Body, Context, GatewayResponseType, PeerAddress, Rejection};
use tollgate_integration::{
    Integration, IntegrationLayer, IntegrationRequest, IntegrationResponse, IntegrationService,
};
use tower::{Layer as _, ServiceExt as _, service_fn};

/// Answers with the status that the path names, and keeps what it was called with.
#[derive(Debug, Default)]
struct Recorder(Mutex<Vec<(String, HeaderMap, Option<String>)>>);

#[async_trait]
impl Integration for Recorder {
    async fn call(
        &self,
        context: &Context,
        request: IntegrationRequest,
    ) -> Result<IntegrationResponse, Rejection> {
        let head = format!("{} {}", request.method, request.uri);
        let ip = context.identity.source_ip.map(|ip| ip.to_string());
        self.0
            .lock()
            .expect("nobody panicked")
            .push((head, request.headers, ip));
        let status = request.uri.path().trim_start_matches("/status/").parse();
        let status = status.map_err(|_| Rejection::configuration("no status in the path"))?;
        let mut response = IntegrationResponse::new(status);
        for (name, value) in [("etag", "x"), ("connection", "x-hop"), ("x-hop", "1")] {
            response
                .headers
                .insert(name, HeaderValue::from_static(value));
        }
        response.body = request.body;
        Ok(response)
    }
}

fn request(path: &str) -> Request<Full<Bytes>> {
    Request::post(path)
        .header("x-sent", "1")
        .header(header::CONTENT_LENGTH, "5")
        .header(header::CONNECTION, "x-hop")
        .header("x-hop", "1")
        .extension(PeerAddress(([192, 0, 2, 1], 9).into()))
        .body(Full::from("hello"))
        .expect("it is a request")
}

async fn text(response: Response<Body>) -> String {
    let body = response.into_body().collect().await.expect("it is whole");
    String::from_utf8(body.to_bytes().to_vec()).expect("it is text")
}

#[tokio::test]
async fn an_integration_answers_as_a_service() {
    let recorder = Arc::new(Recorder::default());
    let service = IntegrationService::new(recorder.clone());
    let response = service
        .clone()
        .oneshot(request("/status/203"))
        .await
        .unwrap();
    assert_eq!(response.status(), 203);
    let names: Vec<_> = response
        .headers()
        .keys()
        .map(http::HeaderName::as_str)
        .collect();
    assert_eq!(names, ["etag"]);
    assert_eq!(text(response).await, "hello");
    let (head, headers, ip) = recorder.0.lock().unwrap().pop().unwrap();
    assert_eq!(
        (head.as_str(), ip.as_deref()),
        ("POST /status/203", Some("192.0.2.1"))
    );
    let names: Vec<_> = headers.keys().map(http::HeaderName::as_str).collect();
    assert_eq!(names, ["x-sent"]);

    for (path, expected) in [
        ("/other", GatewayResponseType::ApiConfigurationError),
        ("/status/-1000", GatewayResponseType::IntegrationFailure),
        ("/status/101", GatewayResponseType::IntegrationFailure),
    ] {
        let response = service.clone().oneshot(request(path)).await.unwrap();
        assert_eq!(response.status(), expected.default_status(), "{path}");
        let rejection = response.extensions().get::<Rejection>().unwrap();
        assert_eq!(rejection.response_type(), Some(expected), "{path}");
    }
}

#[tokio::test]
async fn requests_that_no_integration_is_for_reach_the_service() {
    let recorder: Arc<dyn Integration> = Arc::new(Recorder::default());
    let layer = IntegrationLayer::new(move |head: &Parts| {
        head.uri
            .path()
            .starts_with("/status/")
            .then(|| recorder.clone())
    });
    let service = layer.layer(service_fn(async |request: Request<Full<Bytes>>| {
        assert_eq!(request.headers()["x-hop"], "1");
        Ok::<_, Infallible>(Response::new(Full::from("from the service")))
    }));
    for (path, status, body) in [
        ("/status/404", StatusCode::NOT_FOUND, "hello"),
        ("/other", StatusCode::OK, "from the service"),
    ] {
        let response = service.clone().oneshot(request(path)).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(text(response).await, body, "{path}");
    }
}
