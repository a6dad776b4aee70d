//! An API, its functions, and a server for it.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tollgate_auth::AuthorizerCache;
use tollgate_core::{EncryptedConnection, ManualClock, PeerAddress};
use tollgate_gateway::address::AddressTable;
use tollgate_gateway::{CompileOptions, Gateways, Plan, TokenIssuers};
use tollgate_integration::lambda::LambdaEvent;
use tollgate_model::{ApiDocument, Stage};
use tower::{ServiceExt as _, service_fn};

pub(crate) const HOST: &str = "a1b2c3d4e5.execute-api.localhost";
/// The ARN of the API, as policies know it.
pub(crate) const ARN: &str = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5";
/// 2026-03-01T12:00:00Z.
pub(crate) const NOW: u64 = 1_772_366_400;

/// A header by which a test says who the other end of its connection is; `none`: that is not known. The
/// server takes it away.
pub(crate) const PEER: &str = "x-test-peer";
/// The same for a connection that is encrypted.
pub(crate) const ENCRYPTED: &str = "x-test-encrypted";

const OK: &str = r#"{"statusCode": 200}"#;

pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at_unix(Duration::from_secs(NOW)))
}

/// Options whose state reads the time from this clock, with the function `who`.
pub(crate) fn options(clock: &Arc<ManualClock>, calls: &Calls) -> CompileOptions {
    let mut options = CompileOptions::default();
    options.authorizer_cache = AuthorizerCache::new(clock.clone());
    options.token_issuers = Arc::new(TokenIssuers::new().with_clock(clock.clone()));
    calls.register(&mut options, "who");
    options
}

/// The events that functions of authorizers got.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls {
    count: Arc<AtomicUsize>,
    last: Arc<Mutex<Value>>,
}

impl Calls {
    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    pub(crate) fn last(&self) -> Value {
        self.last.lock().expect("nobody panics with it").clone()
    }

    /// Registers a function that does what the caller's token says.
    pub(crate) fn register(&self, options: &mut CompileOptions, name: &str) {
        let calls = self.clone();
        options
            .functions
            .register_fn(name, move |event: LambdaEvent<Value>| {
                let calls = calls.clone();
                async move {
                    calls.count.fetch_add(1, Ordering::Relaxed);
                    *calls.last.lock().expect("nobody panics with it") = event.payload.clone();
                    said(&event.payload)
                }
            });
    }
}

/// What the function of authorizers says, by the token: the first word, and maybe a second one.
fn said(event: &Value) -> Result<Value, String> {
    let token = event["authorizationToken"].as_str();
    let token = token.or_else(|| event["headers"]["authorization"].as_str());
    let token = token.unwrap_or_default();
    let (word, rest) = token.split_once(' ').unwrap_or((token, ""));
    let method_arn = event["methodArn"].clone();
    match word {
        "allow" => Ok(answer("Allow", &json!("*"))),
        "only-this" => Ok(answer("Allow", &method_arn)),
        "deny" => Ok(answer("Deny", &json!("*"))),
        "silent" => Ok(answer("Allow", &json!(format!("{ARN}/prod/GET/nothing")))),
        "key" => {
            let mut answer = answer("Allow", &json!("*"));
            answer["usageIdentifierKey"] = rest.into();
            Ok(answer)
        }
        "raise" => Err(rest.to_owned()),
        "answer" => serde_json::from_str(rest).map_err(|error| error.to_string()),
        _ => Err("Unauthorized".to_owned()),
    }
}

/// An answer of an authorizer's function.
pub(crate) fn answer(effect: &str, resource: &Value) -> Value {
    json!({
        "principalId": "alice",
        "policyDocument": policy(&[statement(effect, resource)]),
        "context": { "team": 7, "is_staff": true, "note": "hello" }
    })
}

pub(crate) fn statement(effect: &str, resource: &Value) -> Value {
    json!({ "Effect": effect, "Action": "execute-api:Invoke", "Resource": resource })
}

pub(crate) fn policy(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// A resource policy with one statement for everybody.
pub(crate) fn resource_policy(effect: &str, resource: &str) -> String {
    let mut statement = statement(effect, &resource.into());
    statement["Principal"] = "*".into();
    policy(&[statement]).to_string()
}

/// What a resource policy says to a method of the stage `prod`; `None`: there is none.
pub(crate) fn says(effect: Option<&str>) -> Option<String> {
    effect.map(|effect| match effect {
        "silent" => resource_policy("Allow", "execute-api:/other/*"),
        effect => resource_policy(effect, "execute-api:/prod/*"),
    })
}

/// The URI of a function.
pub(crate) fn uri(function: &str) -> String {
    let lambda = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions";
    format!("{lambda}/arn:aws:lambda:us-east-1:123456789012:function:{function}/invocations")
}

/// A `TOKEN` authorizer with the id `auth01`, with members besides the usual ones.
pub(crate) fn token_authorizer(members: Value) -> Value {
    let authorizer = json!({
        "id": "auth01",
        "name": "who",
        "type": "TOKEN",
        "authorizerUri": uri("who"),
        "identitySource": "method.request.header.Authorization"
    });
    with(authorizer, members)
}

/// An object with these members, in the place of those that it has.
pub(crate) fn with(mut object: Value, members: Value) -> Value {
    let (Some(own), Value::Object(members)) = (object.as_object_mut(), members) else {
        panic!("both are objects")
    };
    own.extend(members);
    object
}

/// A MOCK method that answers with this template, with members besides the usual ones.
pub(crate) fn mock(template: &str, members: Value) -> Value {
    let method = json!({
        "httpMethod": "ANY",
        "methodResponses": { "200": { "statusCode": "200" } },
        "methodIntegration": {
            "type": "MOCK",
            "requestTemplates": { "application/json": OK },
            "passthroughBehavior": "NEVER",
            "integrationResponses": { "200": {
                "statusCode": "200",
                "responseTemplates": { "application/json": template }
            } }
        }
    });
    with(method, members)
}

/// Members of a method whose callers the authorizer `auth01` knows.
pub(crate) fn custom() -> Value {
    json!({ "authorizationType": "CUSTOM", "authorizerId": "auth01" })
}

/// A document with these resources, each a path with its method, which answers to any verb.
pub(crate) fn document(resources: &[(&str, Value)], members: Value) -> ApiDocument {
    let resources = resources.iter().enumerate().map(|(index, (path, method))| {
        let methods = json!({ "ANY": method });
        json!({ "id": format!("res{index:03}"), "path": path, "resourceMethods": methods })
    });
    let document = json!({
        "id": "a1b2c3d4e5",
        "name": "test",
        "resources": resources.collect::<Vec<_>>()
    });
    serde_json::from_value(with(document, members)).expect("the test's document is one")
}

/// One method at `/pets` and below, and one authorizer.
pub(crate) fn pets(method: Value, authorizer: Value, policy: Option<String>) -> ApiDocument {
    let mut members = json!({});
    members["policy"] = policy.into();
    members["authorizers"] = Value::Array(vec![authorizer]);
    let resources = [
        ("/pets", method.clone()),
        ("/pets/{proxy+}", method.clone()),
        ("/orders", method),
    ];
    document(&resources, members)
}

pub(crate) fn stage(name: &str) -> Stage {
    Stage::new(name.parse().expect("it is a stage name"))
}

/// A document on the stage `prod`.
pub(crate) fn plan(document: &ApiDocument, options: &CompileOptions) -> Arc<Plan> {
    let plan = Plan::compile_with(document, &stage("prod"), options);
    Arc::new(plan.expect("it has a plan"))
}

/// A server of one or several stages; it ends with its runtime.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) gateways: Gateways,
}

/// What a client sees.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn error_type(&self) -> &str {
        let value = self.headers.get("x-amzn-errortype");
        value.map_or("", |value| value.to_str().expect("it is text"))
    }

    /// Status, type of error and body.
    pub(crate) fn summary(&self) -> (u16, &str, &str) {
        (self.status, self.error_type(), &self.body)
    }
}

impl Server {
    pub(crate) async fn start(plans: &[Arc<Plan>], clock: &Arc<ManualClock>) -> Self {
        let gateways = Gateways::new(table(plans)).with_clock(clock.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("the loopback works");
        let address = listener.local_addr().expect("the loopback works");
        let serving = gateways.clone();
        tokio::spawn(async move {
            while let Ok((stream, peer)) = listener.accept().await {
                let gateways = serving.clone();
                let service = service_fn(move |mut request: Request<Incoming>| {
                    let said = request.headers_mut().remove(PEER);
                    let peer = match said.as_ref().map(|said| said.to_str().expect("it is text")) {
                        None => Some(peer),
                        Some("none") => None,
                        Some(ip) => Some((ip.parse::<IpAddr>().expect("it is one"), 1).into()),
                    };
                    if let Some(peer) = peer {
                        request.extensions_mut().insert(PeerAddress(peer));
                    }
                    if request.headers_mut().remove(ENCRYPTED).is_some() {
                        request.extensions_mut().insert(EncryptedConnection);
                    }
                    gateways.clone().oneshot(request)
                });
                let service = TowerToHyperService::new(service);
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service);
                tokio::spawn(async move {
                    // A client that is gone tells nobody.
                    drop(connection.await);
                });
            }
        });
        Self { address, gateways }
    }

    /// One document on the stage `prod`.
    pub(crate) async fn of(
        document: &ApiDocument,
        options: &CompileOptions,
        clock: &Arc<ManualClock>,
    ) -> Self {
        Self::start(&[plan(document, options)], clock).await
    }

    pub(crate) fn publish(&self, plans: &[Arc<Plan>]) {
        self.gateways.publish(table(plans));
    }

    /// Sends a request with these headers, and the API's host unless they name another.
    pub(crate) async fn call(&self, verb: &str, target: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(verb, target, headers, "").await
    }

    pub(crate) async fn send(
        &self,
        verb: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = Request::builder().method(verb).uri(target);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", HOST);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::from(body.to_owned())));
        let stream = TcpStream::connect(self.address).await;
        let stream = TokioIo::new(stream.expect("the server listens"));
        let (mut client, connection) = hyper::client::conn::http1::handshake(stream)
            .await
            .expect("it is a connection");
        tokio::spawn(async move { drop(connection.await) });
        let answer = client.send_request(request.expect("it is a request")).await;
        let (head, body) = answer.expect("a gateway always answers").into_parts();
        let body = body.collect().await.expect("it is whole").to_bytes();
        Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: String::from_utf8(body.to_vec()).expect("it is text"),
        }
    }

    /// Gets a path of the stage `prod` with this token.
    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        let target = format!("/prod{path}");
        self.call("GET", &target, &[("authorization", token)]).await
    }
}

fn table(plans: &[Arc<Plan>]) -> AddressTable {
    let mut table = AddressTable::builder();
    for plan in plans {
        table = table.stage(plan.clone());
    }
    table.build().expect("the stages have different addresses")
}

/// A function that tells its client of the event that it got.
pub(crate) fn register_tell(options: &mut CompileOptions) {
    options
        .functions
        .register_fn("tell", async |event: LambdaEvent<Value>| {
            Ok::<_, Infallible>(json!({ "statusCode": 200, "body": event.payload.to_string() }))
        });
}
