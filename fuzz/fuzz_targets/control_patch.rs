//! Any bytes as a patch document of each kind of thing, and patch operations with any path and value.
#![no_main]

use std::sync::{Arc, LazyLock};

use arbitrary::Arbitrary;
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tollgate_control::{Access, ControlOptions, ControlPlane};
use tollgate_core::{Body, ManualClock, SeededRandom};
use tollgate_store::{ConfigStore, MemoryStore, State};
use tower_service::Service as _;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    thing: u8,
    raw: Option<&'a [u8]>,
    operations: Vec<Operation<'a>>,
}

#[derive(Arbitrary, Debug)]
struct Operation<'a> {
    op: u8,
    path: u8,
    own_path: Option<&'a str>,
    value: Option<&'a str>,
    from: Option<&'a str>,
}

const OPS: [&str; 7] = ["add", "remove", "replace", "copy", "move", "test", "other"];

/// Paths that some thing has; all are tried on all of them.
const PATHS: [&str; 40] = [
    "/name",
    "/description",
    "/binaryMediaTypes/image~1png",
    "/minimumCompressionSize",
    "/policy",
    "/endpointConfiguration/types/0",
    "/endpointConfiguration/vpcEndpointIds",
    "/pathPart",
    "/parentId",
    "/authorizationType",
    "/authorizerId",
    "/requestParameters/method.request.header.a",
    "/requestModels/application~1json",
    "/uri",
    "/httpMethod",
    "/timeoutInMillis",
    "/cacheKeyParameters/method.request.header.a",
    "/requestTemplates/application~1json",
    "/responseTemplates/application~1json",
    "/responseParameters/method.response.header.a",
    "/selectionPattern",
    "/schema",
    "/statusCode",
    "/variables/a",
    "/variables",
    "/deploymentId",
    "/canarySettings/percentTraffic",
    "/canarySettings/stageVariableOverrides/a",
    "/canarySettings",
    "/*/*/throttling/rateLimit",
    "/a/GET/caching/ttlInSeconds",
    "/*/*",
    "/accessLogSettings/format",
    "/enabled",
    "/apiStages",
    "/apiStages/a:b/throttle",
    "/quota/limit",
    "/throttle/burstLimit",
    "/basePath",
    "/certificateArn",
];

/// A store with one of each, and the paths of all of them.
static WORLD: LazyLock<(Arc<State>, Vec<String>)> = LazyLock::new(|| {
    let store: Arc<dyn ConfigStore> = Arc::new(MemoryStore::new());
    let made = |verb: &str, path: &str, body: Value| {
        let (status, answer) = call(&store, verb, path, body.to_string().into());
        assert!(status.is_success(), "{verb} {path}: {answer}");
        answer
    };
    let text = |answer: &Value, name: &str| answer[name].as_str().expect("a text").to_owned();
    let api = made("POST", "/restapis", json!({"name": "a"}));
    let (root, api) = (
        text(&api, "rootResourceId"),
        format!("/restapis/{}", text(&api, "id")),
    );
    let resource = made(
        "POST",
        &format!("{api}/resources/{root}"),
        json!({"pathPart": "a"}),
    );
    let resource = format!("{api}/resources/{}", text(&resource, "id"));
    let method = format!("{resource}/methods/GET");
    made("PUT", &method, json!({"authorizationType": "NONE"}));
    let integration = format!("{method}/integration");
    let http = json!({"type": "HTTP", "httpMethod": "GET", "uri": "http://a.test/"});
    made("PUT", &integration, http);
    let mut paths = vec![api.clone(), resource, method.clone(), integration.clone()];
    for response in [
        format!("{method}/responses/200"),
        format!("{integration}/responses/200"),
    ] {
        made("PUT", &response, json!({}));
        paths.push(response);
    }
    let deployment = made(
        "POST",
        &format!("{api}/deployments"),
        json!({"stageName": "b"}),
    );
    paths.push(format!("{api}/deployments/{}", text(&deployment, "id")));
    paths.push(format!("{api}/stages/b"));
    paths.push(format!("{api}/models/Empty"));
    paths.push(format!("{api}/gatewayresponses/DEFAULT_4XX"));
    for (all, body) in [
        (format!("{api}/requestvalidators"), json!({"name": "v"})),
        ("/apikeys".to_owned(), json!({"name": "k"})),
        (
            "/usageplans".to_owned(),
            json!({"name": "p", "quota": {"limit": 1, "period": "DAY"}}),
        ),
    ] {
        let id = text(&made("POST", &all, body), "id");
        paths.push(format!("{all}/{id}"));
    }
    made("POST", "/domainnames", json!({"domainName": "a.test"}));
    paths.push("/domainnames/a.test".to_owned());
    paths.push("/account".to_owned());
    (block_on(store.load()).expect("it is in memory"), paths)
});

/// Calls are decided on its threads.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime")
});

fn block_on<F: Future>(future: F) -> F::Output {
    RUNTIME.block_on(future)
}

fn call(store: &Arc<dyn ConfigStore>, verb: &str, path: &str, body: Bytes) -> (StatusCode, Value) {
    let mut options = ControlOptions::default();
    options.clock = Arc::new(ManualClock::default());
    options.random = Arc::new(SeededRandom::new(1));
    options.access = Access::Open;
    let mut control = ControlPlane::new(Arc::clone(store), options);
    let request = Request::builder()
        .method(verb)
        .uri(path)
        .body(Body::from(body));
    let response = block_on(control.call(request.expect("a request"))).expect("it answers always");
    let (parts, body) = response.into_parts();
    let body = block_on(body.collect()).expect("it is whole").to_bytes();
    (
        parts.status,
        serde_json::from_slice(&body).unwrap_or_default(),
    )
}

fuzz_target!(|input: Input<'_>| {
    let (state, paths) = &*WORLD;
    let path = &paths[usize::from(input.thing) % paths.len()];
    let body = input.raw.map_or_else(
        || {
            let operations = input.operations.iter().map(|one| {
                let known = PATHS[usize::from(one.path) % PATHS.len()];
                json!({
                    "op": OPS[usize::from(one.op) % OPS.len()],
                    "path": one.own_path.unwrap_or(known),
                    "value": one.value,
                    "from": one.from,
                })
            });
            json!({"patchOperations": operations.collect::<Vec<_>>()})
                .to_string()
                .into()
        },
        Bytes::copy_from_slice,
    );
    let store: Arc<dyn ConfigStore> = Arc::new(MemoryStore::of(State::clone(state)));
    let (status, answer) = call(&store, "PATCH", path, body);
    // What is wrong is the caller's fault.
    assert!(!status.is_server_error(), "{status} {answer}");
    let after = block_on(store.load()).expect("it is in memory");
    if status.is_success() {
        let (again, read) = call(&store, "GET", path, Bytes::new());
        assert_eq!(again, StatusCode::OK, "{read}");
    } else {
        // One failure refuses all of them.
        assert_eq!(after.revision(), state.revision());
    }
});
