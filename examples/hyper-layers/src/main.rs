//! A hyper service with API Gateway's routing and refusals around it, and nothing else.

use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;

use hyper::header::HeaderValue;
use hyper::server::conn::http1;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tollgate_core::{
    Body, GatewayResponse, GatewayResponseLayer, GatewayResponseType, GatewayResponses, Rejection,
    Substitution,
};
use tollgate_router::{MethodKey, RouteLayer, RouteMatch, RouteTable, Verb};
use tower::{Service, ServiceBuilder, service_fn};

/// What the service can do.
#[derive(Clone, Copy, Debug)]
enum Operation {
    Greet,
    ReadFile,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1);
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:3002")).await?;
    #[expect(clippy::print_stdout, reason = "an example shows where it listens")]
    {
        println!("listening on http://{}", listener.local_addr()?);
    }
    let service = layered()?;
    loop {
        let (stream, _) = listener.accept().await?;
        let service = TowerToHyperService::new(service.clone());
        tokio::spawn(async move {
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // A client that breaks off has nobody to tell.
            drop(connection.await);
        });
    }
}

/// The service with layers around it, the outermost first.
fn layered<B: Send>() -> Result<
    impl Service<Request<B>, Response = Response<Body>, Error = Infallible, Future: Send> + Clone,
    Box<dyn Error>,
> {
    Ok(ServiceBuilder::new()
        .layer(RouteLayer::new(Arc::new(operations()?)))
        .layer(GatewayResponseLayer::new(words()))
        .service(service_fn(answer)))
}

/// Which request asks for what. The most specific path that has the verb wins.
fn operations() -> Result<RouteTable<Operation>, Box<dyn Error>> {
    let mut table = RouteTable::builder();
    for (verb, path, operation) in [
        (Verb::Get, "/hello/{name}", Operation::Greet),
        (Verb::Get, "/files/{path+}", Operation::ReadFile),
    ] {
        table.insert(&path.parse()?, MethodKey::Verb(verb), operation)?;
    }
    Ok(table.build())
}

/// What clients are told instead of the service's own words.
fn words() -> GatewayResponses {
    let mut response = GatewayResponse::default();
    response.status = Some(StatusCode::NOT_FOUND);
    let json = HeaderValue::from_static("application/json");
    let template = r#"{"error": "there is no $context.httpMethod $context.path"}"#;
    response.templates = vec![(json, Substitution::parse(template))];
    let mut words = GatewayResponses::default();
    words.insert(GatewayResponseType::MissingAuthenticationToken, response);
    words
}

/// The service itself.
async fn answer<B>(request: Request<B>) -> Result<Response<Body>, Infallible> {
    let Some(found) = request.extensions().get::<RouteMatch<Operation>>() else {
        let unknown = Rejection::new(GatewayResponseType::MissingAuthenticationToken);
        return Ok(unknown.into_response());
    };
    Ok(match found.value() {
        Operation::Greet => {
            let name = found.parameter("name").unwrap_or("world");
            Response::new(Body::from(format!("hello, {name}\n")))
        }
        // No file is anybody's business here.
        Operation::ReadFile => Rejection::new(GatewayResponseType::AccessDenied).into_response(),
    })
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn operations_are_found_and_others_refused() {
        let service = layered().unwrap();
        for (path, status, body) in [
            ("/hello/Ada", 200, "hello, Ada\n"),
            ("/hello", 404, r#"{"error": "there is no GET /hello"}"#),
            (
                "/files/a/b",
                403,
                r#"{"Message":"User is not authorized to access this resource"}"#,
            ),
        ] {
            let request = Request::get(path).body(()).unwrap();
            let response = service.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), status, "{path}");
            let text = response.into_body().collect().await.unwrap().to_bytes();
            assert_eq!(text, body, "{path}");
        }
    }
}
