//! A store, a gateway and the node between them.

use std::sync::Arc;

use http::Request;
use http_body_util::BodyExt as _;
use tollgate_core::{ApiId, Body, SeededRandom, StageName};
use tollgate_deploy::{Change as Step, DeployError, Frozen, Lifecycle, NewDeployment};
use tollgate_gateway::Gateways;
use tollgate_gateway::address::AddressTable;
use tollgate_model::{ApiDocument, HttpMethod, Timestamp};
use tollgate_node::{Node, NodeOptions, Status};
use tollgate_store::{Change, ConfigStore, MemoryStore, State};
use tower::ServiceExt as _;

pub(crate) const API: &str = "a1b2c3d4e5";

pub(crate) struct World {
    pub(crate) store: Arc<dyn ConfigStore>,
    pub(crate) gateways: Gateways,
    pub(crate) node: Node,
    ids: SeededRandom,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::of(Arc::new(MemoryStore::new())).await
    }

    pub(crate) async fn of(store: Arc<dyn ConfigStore>) -> Self {
        let gateways = Gateways::new(AddressTable::builder().build().expect("it is empty"));
        let options = NodeOptions::default();
        let node = Node::start(store.clone(), gateways.clone(), options).await;
        Self {
            store,
            gateways,
            node: node.expect("the store is there"),
            ids: SeededRandom::new(7),
        }
    }

    pub(crate) async fn state(&self) -> Arc<State> {
        self.store.load().await.expect("the store is there")
    }

    pub(crate) async fn lifecycle(&self) -> Lifecycle {
        let state = self.state().await;
        state.lifecycle(&ApiId::new(API)).unwrap_or_default()
    }

    /// Commits, and waits for the node.
    pub(crate) async fn commit(&self, changes: &[Change]) -> Arc<Status> {
        let state = self.state().await;
        let state = self.store.commit(state.revision(), changes).await;
        let state = state.expect("the changes are whole");
        self.node.reached(state.revision()).await
    }

    /// Takes a step in the lifecycle of the API.
    pub(crate) async fn step(
        &self,
        step: impl FnOnce(&Lifecycle) -> Result<Vec<Step>, DeployError>,
    ) -> Arc<Status> {
        let steps = step(&self.lifecycle().await).expect("the step is allowed");
        let changes = steps.into_iter().map(|step| (ApiId::new(API), step).into());
        self.commit(&changes.collect::<Vec<_>>()).await
    }

    /// Makes a document the draft, and deploys it.
    pub(crate) async fn deploy(&self, document: ApiDocument, new: &NewDeployment) -> Arc<Status> {
        let mut changes = self.state().await.replace_draft(&document);
        let frozen = Frozen::new(document).expect("it is small");
        let deployed = self.lifecycle().await.deploy(frozen, new, now(), &self.ids);
        let steps = deployed.expect("it can be deployed").changes;
        changes.extend(steps.into_iter().map(|step| (ApiId::new(API), step).into()));
        self.commit(&changes).await
    }

    /// What the API's root answers on a stage.
    pub(crate) async fn get(&self, stage: &str) -> (u16, String) {
        self.get_from(
            &format!("{API}.execute-api.localhost"),
            &format!("/{stage}/"),
        )
        .await
    }

    pub(crate) async fn get_from(&self, host: &str, path: &str) -> (u16, String) {
        let request = Request::get(path).header("host", host).body(Body::empty());
        let request = request.expect("it is a request");
        let answer = self.gateways.clone().oneshot(request).await;
        let (head, body) = answer.expect("it answers").into_parts();
        let body = body.collect().await.expect("the body is whole").to_bytes();
        (
            head.status.as_u16(),
            String::from_utf8_lossy(&body).into_owned(),
        )
    }
}

pub(crate) const fn now() -> Timestamp {
    Timestamp::from_seconds(1_700_000_000)
}

pub(crate) fn stage(name: &str) -> StageName {
    name.parse().expect("it is a name")
}

/// An API whose root answers this text, in which variables of the stage and the context may stand.
pub(crate) fn saying(text: &str) -> ApiDocument {
    let mut document = ApiDocument::new("says");
    document.rest_api.id = Some(API.into());
    let mut root = tollgate_model::Resource::root("root000000".into());
    let method = serde_json::json!({
        "httpMethod": "GET",
        "methodResponses": { "200": { "statusCode": "200" } },
        "methodIntegration": {
            "type": "MOCK",
            "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
            "integrationResponses": { "200": {
                "statusCode": "200", "responseTemplates": { "application/json": text },
            } },
        },
    });
    let method = serde_json::from_value(method).expect("it is a method");
    root.resource_methods.insert(HttpMethod::Get, method);
    document.resources.push(root);
    document
}

/// An API that cannot be compiled: two of its paths cannot be told apart.
pub(crate) fn unroutable() -> ApiDocument {
    let mut document = saying("never");
    let root = document.resources[0].clone();
    for part in ["{a}", "{b}"] {
        let mut resource = root.child(format!("res{}", &part[1..2]).as_str().into(), part);
        resource.resource_methods = root.resource_methods.clone();
        document.resources.push(resource);
    }
    document
}
