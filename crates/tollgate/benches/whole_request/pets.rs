//! Requests, and services that answer them.

use std::fmt::Debug;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use axum::Router;
use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use axum::routing::get;
use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::{BodyExt as _, Empty, Full};
use serde::{Deserialize, Serialize};
use tollgate::Gateway;
use tollgate::core::SystemClock;
use tollgate::gateway::Trace;
use tower::{Service, ServiceExt as _};

/// Two MOCK methods: one whose response template reads a path and a query parameter, and one that
/// validates the request and reads its body by templates.
pub(crate) const DOCUMENT: &str = include_str!("pets.json");

/// A request as hyper hands it over.
pub(crate) fn request() -> Request<Empty<Bytes>> {
    Request::get("/pets/7?page=2")
        .header(header::HOST, "127.0.0.1:8080")
        .header(header::USER_AGENT, "bench/1")
        .header(header::ACCEPT, "*/*")
        .body(Empty::new())
        .expect("it is a request")
}

/// The body of a request that creates a pet.
pub(crate) const NEW_PET: &str = r#"{"name": "Tom", "price": 249.99, "tags": ["cat", "grey", "shy"],
    "owner": {"id": 17, "city": "Berlin"}}"#;

/// A request that creates a pet.
pub(crate) fn creation() -> Request<Full<Bytes>> {
    Request::post("/pets?dry-run=yes")
        .header(header::HOST, "127.0.0.1:8080")
        .header(header::USER_AGENT, "bench/1")
        .header(header::ACCEPT, "*/*")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::from(NEW_PET))
        .expect("it is a request")
}

pub(crate) fn gateway() -> Gateway {
    tollgate::from_openapi(DOCUMENT).expect("the document is sound")
}

/// The same gateway, with somebody who records what happens to one request.
pub(crate) fn traced(gateway: Gateway) -> Gateway {
    gateway.with_observer(Arc::new(Trace::new(Arc::new(SystemClock::new()))))
}

/// The least that must be done with the body of a creation: to parse it.
pub(crate) fn parse() -> serde_json::Value {
    serde_json::from_str(NEW_PET).expect("it is JSON")
}

/// What a programmer would write by hand in axum.
pub(crate) fn axum_app() -> Router {
    #[derive(Deserialize)]
    struct Parameters {
        page: String,
    }
    #[derive(Serialize)]
    struct Pet {
        id: String,
        name: String,
        page: String,
    }
    async fn pet(Path(id): Path<String>, Query(query): Query<Parameters>) -> impl IntoResponse {
        let name = format!("Pet number {id}");
        let body = serde_json::to_string(&Pet {
            id,
            name,
            page: query.page,
        });
        (
            [(header::CONTENT_TYPE, "application/json")],
            body.expect("strings are JSON"),
        )
    }
    Router::new().route("/pets/{id}", get(pet))
}

/// Answers one request with a service that needs no runtime, and reads the body.
pub(crate) fn answer<S, Q, B>(service: S, request: Request<Q>) -> Bytes
where
    S: Service<Request<Q>, Response = Response<B>, Error: Debug>,
    B: http_body::Body<Data = Bytes, Error: Debug>,
{
    let exchange = async {
        let response = service
            .oneshot(request)
            .await
            .expect("the service always answers");
        response
            .into_body()
            .collect()
            .await
            .expect("the body is at hand")
            .to_bytes()
    };
    match pin!(exchange).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(body) => body,
        Poll::Pending => panic!("nothing here waits for anything"),
    }
}
