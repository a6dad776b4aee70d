//! An endpoint of pets, as a shop may have had it long before its API: hyper, and a list in memory.

mod pets;

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub use pets::{Fault, NewPet, Pet, Pets};

/// Serves a shop of its own to all who connect.
///
/// # Errors
///
/// Those of the listener.
pub async fn serve(listener: TcpListener) -> io::Result<()> {
    let pets = Arc::new(Pets::default());
    loop {
        let (stream, _) = listener.accept().await?;
        let pets = pets.clone();
        let service = service_fn(move |request| {
            let pets = pets.clone();
            async move { Ok::<_, Infallible>(answer(&pets, request).await) }
        });
        tokio::spawn(async move {
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // A client that breaks off is none of the shop's business.
            drop(connection.await);
        });
    }
}

async fn answer(pets: &Pets, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let path: Vec<&str> = head.uri.path().split('/').skip(1).collect();
    match (&head.method, &*path) {
        (&Method::GET, ["pets"]) => {
            let query = |name: &str| {
                let pairs = head.uri.query().unwrap_or_default().split('&');
                let mut pairs = pairs.filter_map(|pair| pair.split_once('='));
                pairs.find(|(known, _)| *known == name)
            };
            let page = query("page").and_then(|(_, page)| page.parse().ok());
            let kind = query("type").map(|(_, kind)| kind);
            reply(StatusCode::OK, &json!(pets.page(page.unwrap_or(1), kind)))
        }
        (&Method::POST, ["pets"]) => {
            let Ok(body) = body.collect().await else {
                return fault("the body breaks off");
            };
            match serde_json::from_slice(&body.to_bytes()) {
                Err(_) => fault("the body is no pet in JSON"),
                Ok(pet) => match pets.take_in(pet) {
                    Ok(pet) => reply(StatusCode::OK, &json!({ "pet": pet, "message": "success" })),
                    Err(faults) => reply(StatusCode::BAD_REQUEST, &json!({ "errors": faults })),
                },
            }
        }
        (&Method::GET, ["pets", id]) => match pets.find(id) {
            Some(pet) => reply(StatusCode::OK, &json!(pet)),
            None => reply(StatusCode::NOT_FOUND, &json!({ "code": "E-0404" })),
        },
        _ => reply(StatusCode::NOT_FOUND, &json!({ "code": "E-0400" })),
    }
}

fn fault(message: &str) -> Response<Full<Bytes>> {
    let errors = json!({ "errors": [{ "key": "Pet", "message": message }] });
    reply(StatusCode::BAD_REQUEST, &errors)
}

fn reply(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body.to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
