//! One request, and two services that answer it alike.

use std::fmt::Debug;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use axum::Router;
use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use axum::routing::get;
use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::{BodyExt as _, Empty};
use serde::{Deserialize, Serialize};
use tollgate::Gateway;
use tower::{Service, ServiceExt as _};

/// A MOCK method whose response template reads a path and a query parameter.
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

pub(crate) fn gateway() -> Gateway {
    tollgate::from_openapi(DOCUMENT).expect("the document is sound")
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
pub(crate) fn answer<S, B>(service: S) -> Bytes
where
    S: Service<Request<Empty<Bytes>>, Response = Response<B>, Error: Debug>,
    B: http_body::Body<Data = Bytes, Error: Debug>,
{
    let exchange = async {
        let response = service
            .oneshot(request())
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
