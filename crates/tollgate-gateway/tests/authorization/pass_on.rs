//! Integrations that are called with the caller's own key: data plane §8.5.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tollgate_gateway::CompileOptions;
use tollgate_iam::sigv4::Credentials;
use tollgate_integration::aws::{AwsClient, Endpoints};

use crate::api::{Server, clock, document, mock, plan, uri, with};
use crate::signatures::{ALICE, Client, iam, key, keys};

const CALLER: &str = "arn:aws:iam::*:user/*";

/// An AWS endpoint that keeps the heads of requests, and answers `{}`.
async fn endpoint(options: &mut CompileOptions) -> Arc<Mutex<Vec<String>>> {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("the loopback works");
    let address = listener.local_addr().expect("the loopback works");
    let heads: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = heads.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            let mut part = [0; 4096];
            while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                let read = stream.read(&mut part).await.expect("it is readable");
                request.extend_from_slice(&part[..read]);
            }
            let head = String::from_utf8_lossy(&request).into_owned();
            kept.lock().expect("nobody panics with it").push(head);
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
            stream.write_all(answer).await.expect("it is writable");
        }
    });
    let endpoint = format!("http://{address}")
        .parse()
        .expect("it is an endpoint");
    options.aws = AwsClient::default()
        .with_endpoints(Endpoints::default().with_all(endpoint))
        .with_credentials(Arc::new(Credentials::new("AKIDGATEWAY", "secret")));
    heads
}

fn method(kind: &str, uri: &str, credentials: &str, members: Value) -> Value {
    let integration = json!({
        "type": kind, "httpMethod": "POST", "uri": uri, "credentials": credentials,
        "integrationResponses": { "200": { "statusCode": "200" } }
    });
    with(
        mock("", members),
        json!({ "methodIntegration": integration }),
    )
}

#[tokio::test]
async fn services_are_called_with_the_callers_key() {
    let mut options = keys([
        key("AKIDALICE", ALICE, Some("Allow")),
        key("ASIASESSION", ALICE, Some("Allow")),
    ]);
    let heads = endpoint(&mut options).await;
    let queue = "arn:aws:apigateway:us-east-1:sqs:path/123456789012/queue";
    let resources = [
        ("/service", method("AWS", queue, CALLER, iam())),
        ("/gateway", method("AWS", queue, "", iam())),
        ("/function", method("AWS_PROXY", &uri("far"), CALLER, iam())),
        ("/open", method("AWS", queue, CALLER, json!({}))),
    ];
    let document = document(&resources, json!({}));
    let clock = clock();
    let plan = plan(&document, &options);
    let told: Vec<_> = plan
        .diagnostics()
        .iter()
        .map(|one| one.pointer.as_str())
        .collect();
    assert_eq!(
        told,
        ["/resources/3/resourceMethods/ANY/methodIntegration/credentials"]
    );
    let server = Server::start(&[plan], &clock).await;
    let mut session = Client::new("ASIASESSION");
    session.credentials = session.credentials.with_session_token("token");
    for (client, target, id) in [
        (Client::new("AKIDALICE"), "/prod/service", "AKIDALICE"),
        (Client::new("AKIDALICE"), "/prod/gateway", "AKIDGATEWAY"),
        (Client::new("AKIDALICE"), "/prod/function", "AKIDALICE"),
        (session, "/prod/service", "ASIASESSION"),
    ] {
        client.call(&server, "POST", target, "").await;
        let head = heads
            .lock()
            .expect("nobody panics with it")
            .pop()
            .expect("it was called");
        assert!(
            head.contains(&format!("Credential={id}/")),
            "{target}: {head}"
        );
        let has_token = head.contains("x-amz-security-token: token");
        assert_eq!(has_token, id == "ASIASESSION", "{target}");
    }
    // Whoever does not sign has no key to pass on.
    let found = server.call("POST", "/prod/open", &[]).await;
    assert_eq!(found.status, 500);
    assert!(heads.lock().expect("nobody panics with it").is_empty());
}
