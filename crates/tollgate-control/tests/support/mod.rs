//! A control plane to be driven, without sockets.

pub(crate) mod bare;
pub(crate) mod corpus;

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, response};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tollgate_control::{Access, ControlOptions, ControlPlane};
use tollgate_core::{Body, Clock, ManualClock, SeededRandom};
use tollgate_gateway::address::AddressTable;
use tollgate_gateway::{Gateways, Limits};
use tollgate_node::{Node, NodeOptions};
use tollgate_store::{Change, ConfigStore, Entity, MemoryStore};
use tower::ServiceExt as _;

/// A control plane over a store in memory.
#[derive(Clone)]
pub(crate) struct Plane {
    service: ControlPlane,
    pub(crate) store: Arc<dyn ConfigStore>,
}

/// What it answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The value of `x-amzn-ErrorType`.
    pub(crate) error: Option<String>,
    /// `Null` where there is none.
    pub(crate) body: Value,
}

impl Plane {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(set: impl FnOnce(&mut ControlOptions)) -> Self {
        let store: Arc<dyn ConfigStore> = Arc::new(MemoryStore::new());
        let mut options = open();
        options.clock = Arc::new(ManualClock::default());
        options.random = Arc::new(SeededRandom::new(1));
        set(&mut options);
        let service = ControlPlane::new(Arc::clone(&store), options);
        Self { service, store }
    }

    /// One whose writes a data plane follows, and which can ask it.
    pub(crate) async fn served(set: impl FnOnce(&mut ControlOptions)) -> Self {
        let mut options = open();
        options.clock = Arc::new(ManualClock::default());
        options.random = Arc::new(SeededRandom::new(1));
        set(&mut options);
        Self::with_node(options, NodeOptions::default()).await
    }

    /// One with a data plane that has these limits and this clock.
    pub(crate) async fn with_limits(limits: Arc<Limits>, clock: Arc<dyn Clock>) -> Self {
        let mut node = NodeOptions::default();
        node.compile.limits = limits;
        let mut options = open();
        options.clock = clock;
        options.random = Arc::new(SeededRandom::new(1));
        Self::with_node(options, node).await
    }

    /// One with a data plane that is compiled with these options.
    pub(crate) async fn with_options(set: impl FnOnce(&mut NodeOptions)) -> Self {
        let mut node = NodeOptions::default();
        set(&mut node);
        Self::with_node(open(), node).await
    }

    async fn with_node(options: ControlOptions, node: NodeOptions) -> Self {
        let store: Arc<dyn ConfigStore> = Arc::new(MemoryStore::new());
        let table = AddressTable::builder().build().expect("it is empty");
        let node = Node::start(Arc::clone(&store), Gateways::new(table), node).await;
        let node = Arc::new(node.expect("the store is in memory"));
        let service = ControlPlane::with_node(Arc::clone(&store), node, options);
        Self { service, store }
    }

    /// Asks, and gives the answer as it is.
    pub(crate) async fn raw(&self, request: Request<Body>) -> (response::Parts, Bytes) {
        let response = self.service.clone().oneshot(request).await;
        let response = response.expect("it answers always");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("it is whole").to_bytes();
        (parts, body)
    }

    pub(crate) async fn request(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.raw(request).await;
        let error = parts.headers.get("x-amzn-errortype");
        let error = error.map(|name| name.to_str().expect("it is text").to_owned());
        let body = if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&body).expect("it is JSON")
        };
        let status = parts.status.as_u16();
        Answer {
            status,
            error,
            body,
        }
    }

    /// Asks with a body; `Null` sends none.
    pub(crate) async fn ask(&self, verb: &str, path: &str, body: Value) -> Answer {
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        self.send(verb, path, body).await
    }

    /// Asks with a text of any kind, which nothing says the kind of.
    pub(crate) async fn send(&self, verb: &str, path: &str, body: impl AsRef<[u8]>) -> Answer {
        let request = Request::builder().method(verb).uri(path);
        let request = request
            .body(Body::from(Bytes::copy_from_slice(body.as_ref())))
            .expect("it is a request");
        self.request(request).await
    }

    /// Asks in a region.
    pub(crate) async fn ask_in(&self, region: &str, verb: &str, path: &str, body: Value) -> Answer {
        let scope =
            format!("AWS4-HMAC-SHA256 Credential=any/20260101/{region}/apigateway/aws4_request");
        let request = Request::builder().method(verb).uri(path);
        let request = request.header("authorization", scope);
        let request = request.body(Body::from(body.to_string()));
        self.request(request.expect("it is a request")).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, Value::Null).await
    }

    /// Asks with a body and expects a status.
    pub(crate) async fn done(&self, status: u16, verb: &str, path: &str, body: Value) -> Value {
        let answer = self.ask(verb, path, body.clone()).await;
        assert_eq!(answer.status, status, "{verb} {path} {body}: {answer:?}");
        answer.body
    }

    /// A new API, and the id of its root.
    pub(crate) async fn new_api(&self) -> (String, String) {
        let api = self
            .done(
                201,
                "POST",
                "/restapis",
                serde_json::json!({"name": "pets"}),
            )
            .await;
        let text = |name: &str| api[name].as_str().expect("it is text").to_owned();
        (text("id"), text("rootResourceId"))
    }

    /// A new API that can be deployed: `GET /` answers by itself. Gives its path.
    pub(crate) async fn new_mock_api(&self) -> String {
        let (api, root) = self.new_api().await;
        let api = format!("/restapis/{api}");
        let method = format!("{api}/resources/{root}/methods/GET");
        let body = serde_json::json!({"authorizationType": "NONE"});
        self.done(201, "PUT", &method, body).await;
        let body = serde_json::json!({"type": "MOCK"});
        self.done(201, "PUT", &format!("{method}/integration"), body)
            .await;
        api
    }

    /// Deploys an API and gives the deployment's id.
    pub(crate) async fn deployed(&self, api: &str, body: Value) -> String {
        let path = format!("{api}/deployments");
        let made = self.done(201, "POST", &path, body).await;
        made["id"].as_str().expect("it has one").to_owned()
    }

    /// A new stage of an API, without a deployment.
    pub(crate) async fn new_stage(&self, api: &str, name: &str) {
        let stage = tollgate_model::Stage::new(name.parse().expect("it is a name"));
        let put = Change::Put(Entity::Stage(api.into(), stage));
        let revision = self.store.load().await.expect("it is in memory").revision();
        let done = self.store.commit(revision, &[put]).await;
        done.expect("nobody else writes");
    }

    /// Expects that there is nothing any more.
    pub(crate) async fn is_empty(&self) {
        let state = self.store.load().await.expect("it is in memory");
        let left: Vec<_> = state.records().map(|(key, _)| key.to_string()).collect();
        assert_eq!(left, [""; 0]);
    }
}

/// The id of something that was made.
#[track_caller]
pub(crate) fn id_of(made: &Value) -> String {
    made["id"].as_str().expect("it has one").to_owned()
}

impl Answer {
    /// Expects an error.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, error: &str, message: &str) {
        assert_eq!(self.body["message"], message, "{self:?}");
        let found = (self.status, self.error.as_deref());
        assert_eq!(found, (status, Some(error)));
    }
}

/// A patch document of one operation per row: `op`, `path`, `value`.
pub(crate) fn patches<const N: usize>(operations: [(&str, &str, &str); N]) -> Value {
    let operations = operations
        .map(|(op, path, value)| serde_json::json!({"op": op, "path": path, "value": value}));
    serde_json::json!({ "patchOperations": operations.to_vec() })
}

/// Options by which whoever calls is answered.
fn open() -> ControlOptions {
    let mut options = ControlOptions::default();
    options.access = Access::Open;
    options
}
