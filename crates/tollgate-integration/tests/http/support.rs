//! How the tests call an integration.

use std::sync::Arc;
use std::time::Duration;

use http::uri::{Authority, Scheme};
use http::{HeaderMap, Method};
use http_body_util::BodyExt as _;
use tollgate_core::{
    Body, ClientRequest, Context, Ids as _, Moment, RandomIds, Rejection, SeededRandom,
    StageContext,
};
use tollgate_integration::{
    Http, HttpClient, Integration as _, IntegrationRequest, IntegrationResponse,
};

use crate::endpoint::Endpoint;

/// Long enough for a loaded machine; no test waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// An answer with its body read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: i64,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

pub(crate) fn context() -> Context {
    let ids = RandomIds::new(Arc::new(SeededRandom::new(1))).request();
    let request = ClientRequest::new(
        Method::GET,
        "/".parse().expect("the test knows that it works"),
    );
    let stage = Arc::new(StageContext::local());
    Context::new(stage, ids, Moment::default(), request)
}

/// An integration that calls this endpoint.
pub(crate) fn http_to(endpoint: &Endpoint) -> Http {
    let authority: Authority = endpoint
        .address
        .to_string()
        .parse()
        .expect("the test knows that it works");
    Http::new(HttpClient::default(), PATIENCE).with_origin(&Scheme::HTTP, &authority)
}

pub(crate) fn request(method: Method, uri: &str, body: Body) -> IntegrationRequest {
    let mut request = IntegrationRequest::new(method, body);
    request.uri = uri.parse().expect("the test knows that it works");
    request
}

pub(crate) fn get(uri: &str) -> IntegrationRequest {
    request(Method::GET, uri, Body::empty())
}

pub(crate) async fn call(
    http: &Http,
    request: IntegrationRequest,
) -> Result<IntegrationResponse, Rejection> {
    http.call(&context(), request).await
}

/// Calls an endpoint and reads its answer to the end.
pub(crate) async fn answer(http: &Http, request: IntegrationRequest) -> Answer {
    let response = call(http, request)
        .await
        .expect("the test knows that it works");
    let body = response
        .body
        .collect()
        .await
        .expect("the test knows that it works")
        .to_bytes();
    Answer {
        status: response.status,
        headers: response.headers,
        body: String::from_utf8(body.to_vec()).expect("the test knows that it works"),
    }
}
