//! A Tollgate gateway inside an axum app: the app's own routes first, the gateway for the rest.

use std::error::Error;
use std::net::SocketAddr;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use tokio::net::TcpListener;
use tollgate::core::Diagnostics;
use tollgate::core::PeerAddress;

const DOCUMENT: &str = include_str!("../../hello-mock/openapi.yaml");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(address).await?;
    #[expect(clippy::print_stdout, reason = "an example shows where it listens")]
    {
        println!("listening on http://{}", listener.local_addr()?);
    }
    axum::serve(
        listener,
        app()?.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .await?;
    Ok(())
}

/// The app: `/health` is its own, everything else is the gateway's.
fn app() -> Result<Router, Diagnostics> {
    let gateway = tollgate::from_openapi(DOCUMENT)?;
    Ok(Router::new()
        .route("/health", get(|| async { "ok" }))
        .fallback_service(gateway)
        .layer(middleware::from_fn(tell_peer)))
}

/// Tells the gateway whom it speaks to, for `$context.identity.sourceIp`.
async fn tell_peer(mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        let peer = PeerAddress(*peer);
        request.extensions_mut().insert(peer);
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::StatusCode;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    async fn get(path: &str) -> (StatusCode, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = app().unwrap().oneshot(request).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn the_app_answers_its_own_routes_and_the_gateway_the_rest() {
        assert_eq!(get("/health").await, (StatusCode::OK, "ok".to_owned()));

        let (status, body) = get("/hello?name=Ada").await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("hello, Ada"), "{body}");

        let (status, body) = get("/nowhere").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(body.contains("there is no GET /nowhere here"), "{body}");
    }
}
