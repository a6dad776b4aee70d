//! What `.ci/proxy-cost` measures against: a proxy of hyper and hyper-util's pooled client, with
//! nothing between them.

use std::error::Error;

use http::uri::{Authority, Parts, Scheme};
use http::{Request, Response, Uri, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

type PooledClient = Client<HttpConnector, Incoming>;

async fn forward(
    mut request: Request<Incoming>,
    client: PooledClient,
    upstream: Authority,
) -> Result<Response<Incoming>, Box<dyn Error + Send + Sync>> {
    let mut parts = Parts::default();
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(upstream);
    parts.path_and_query = request.uri().path_and_query().cloned();
    *request.uri_mut() = Uri::from_parts(parts)?;
    request.headers_mut().remove(header::HOST);
    Ok(client.request(request).await?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(upstream)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bare_proxy ADDRESS UPSTREAM".into());
    };
    let upstream: Authority = upstream.parse()?;
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: PooledClient = Client::builder(TokioExecutor::new()).build(connector);
    let listener = TcpListener::bind(address).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (client, upstream) = (client.clone(), upstream.clone());
        tokio::spawn(async move {
            let service =
                service_fn(move |request| forward(request, client.clone(), upstream.clone()));
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // A client that goes away is no concern of a measurement.
            drop(connection.await);
        });
    }
}
