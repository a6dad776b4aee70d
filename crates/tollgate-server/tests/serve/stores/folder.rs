//! One server, and the folder that is its own.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::json;
use tollgate::core::QuotaPeriod;
use tollgate_model::{ApiKey, ApiStage, QuotaSettings, UsagePlan, UsagePlanKey};
use tollgate_store::{Change, ConfigStore as _, Entity, RedbStore};

use super::{answers, command, deploy, done, pets, serve};
use crate::command::Folder;
use crate::process::Server;

const KEY: &str = "one-0123456789abcdef";

fn data(folder: &Path) -> [&OsStr; 2] {
    [OsStr::new("--data"), folder.as_os_str()]
}

#[test]
fn what_was_deployed_is_served_after_every_start() {
    let folder = Folder::new();
    let place = folder.path("data");
    let store = data(&place);
    let (first, _) = deploy(
        &store,
        &pets(&folder, "$stageVariables.color 1"),
        &["--variable", "color=green"],
    );
    for _ in 0..2 {
        let server = serve(&store);
        let greeting = &server.greeting;
        assert!(
            greeting.starts_with("serving pets, stage prod at http://"),
            "{greeting}"
        );
        answers(&server, "green 1");
        // The folder is the server's.
        for arguments in [&["stages"][..], &["promote", "pets", "prod"]] {
            let (code, written, said) = command(&store, arguments);
            assert_eq!((code, &*written), (Some(1), ""), "{arguments:?}");
            let place = place.join("tollgate.redb");
            let expected = format!(
                "error: {} is in use by another store\na folder is for one process at a time: stop \
                 the server that has it, or keep the data in a database (--database)\n",
                place.display()
            );
            assert_eq!(said, expected, "{arguments:?}");
        }
        answers(&server, "green 1");
        server.signal("TERM");
        ended(server);
    }
    // Changes while nobody serves it.
    deploy(&store, &pets(&folder, "$stageVariables.color 2"), &[]);
    answers(&serve(&store), "green 2");
    done(&store, &["rollback", "pets", "prod"]);
    answers(&serve(&store), "green 1");
    done(&store, &["rollback", "pets", "prod", "--to", &first]);
}

#[test]
fn a_canary_of_all_requests_gets_all() {
    let folder = Folder::new();
    let place = folder.path("data");
    let store = data(&place);
    deploy(
        &store,
        &pets(&folder, "$stageVariables.color 1"),
        &["--variable", "color=green"],
    );
    let canary = ["--canary", "100", "--variable", "color=blue"];
    deploy(&store, &pets(&folder, "$stageVariables.color 2"), &canary);
    answers(&serve(&store), "blue 2");
    done(&store, &["canary", "pets", "prod", "--percent", "0"]);
    answers(&serve(&store), "green 1");
    done(&store, &["promote", "pets", "prod"]);
    answers(&serve(&store), "blue 2");
}

/// A document whose method needs a key, beside one that needs none.
fn keyed(folder: &Folder) -> PathBuf {
    let method = |security: serde_json::Value| {
        json!({ "get": {
            "responses": { "200": { "description": "" } },
            "security": security,
            "x-amazon-apigateway-integration": {
                "type": "mock",
                "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
                "responses": { "default": { "statusCode": "200" } }
            }
        } })
    };
    let document = json!({
        "openapi": "3.0.1",
        "info": { "title": "limits", "version": "1" },
        "paths": { "/keyed": method(json!([{ "api_key": [] }])), "/open": method(json!([])) },
        "components": { "securitySchemes": {
            "api_key": { "type": "apiKey", "name": "x-api-key", "in": "header" }
        } }
    });
    folder.write("pets.json", &document.to_string())
}

/// Puts a key and a plan into a folder that nobody has open: so many requests a month.
fn limit(place: &Path, requests: u64) {
    let mut key = ApiKey::new("one");
    key.value = Some(KEY.to_owned());
    key.enabled = true;
    let mut plan = UsagePlan::new("gold", "gold");
    plan.quota = Some(QuotaSettings::new(requests, QuotaPeriod::Month));
    let stage = "prod".parse().expect("it is a name");
    plan.api_stages.push(ApiStage::new("pets".into(), stage));
    let changes = [
        Change::Put(Entity::ApiKey(key)),
        Change::Put(Entity::UsagePlan(plan)),
        Change::Put(Entity::UsagePlanKey(UsagePlanKey::new("gold", "one"))),
    ];
    let runtime = tokio::runtime::Runtime::new().expect("it can be had");
    runtime.block_on(async {
        let store = RedbStore::open(place.join("tollgate.redb")).await;
        let store = store.expect("nobody has it");
        let state = store.load().await.expect("it is whole");
        let committed = store.commit(state.revision(), &changes).await;
        committed.expect("they go together");
    });
}

/// Waits for a server that was asked to end, and had nothing to say.
fn ended(server: Server) {
    let (code, said) = server.wait();
    assert_eq!((code, said.lines().count()), (Some(0), 1), "{said}");
    assert!(said.starts_with("finishing requests in flight; "), "{said}");
}

fn call(server: &Server) -> u16 {
    let path = "/restapis/pets/prod/_user_request_/keyed";
    // The helper's version ends up in a header that nobody reads.
    let head = format!("GET {path} HTTP/1.1\r\nX-API-Key: {KEY}\r\nX-Rest:");
    server.send(&head, "").status
}

fn calls(server: &Server, count: usize) {
    for _ in 0..count {
        assert_eq!(call(server), 200);
    }
}

/// Waits until the server has written its file twice, which it does every five seconds.
fn until_written(server: &Server, place: &Path) {
    let written = || -> SystemTime {
        let file = std::fs::metadata(place.join("tollgate.redb"));
        let file = file.expect("it is there");
        file.modified().expect("the system tells")
    };
    let until = |is_it: &dyn Fn(SystemTime) -> bool| {
        // Requests take their time: these would take minutes.
        for _ in 0..1_000_000 {
            let time = written();
            if is_it(time) {
                return time;
            }
            let open = "/restapis/pets/prod/_user_request_/open";
            assert_eq!(server.get(open).status, 200);
        }
        panic!("nothing is written");
    };
    let before = written();
    // The first may have begun before the last call. The second is done when the third begins.
    let first = until(&|time| time != before);
    until(&|time| time > first + Duration::from_secs(8));
}

#[test]
fn counts_of_quotas_outlast_the_server() {
    const LIMIT: usize = 12;
    let folder = Folder::new();
    let place = folder.path("data");
    let store = data(&place);
    deploy(&store, &keyed(&folder), &[]);
    limit(&place, LIMIT as u64);

    let server = serve(&store);
    calls(&server, 3);
    until_written(&server, &place);
    server.signal("KILL");
    assert_eq!(server.wait().0, None);

    // A server that ends in an orderly way keeps what it has counted last.
    let server = serve(&store);
    calls(&server, 4);
    server.signal("TERM");
    ended(server);

    let server = serve(&store);
    calls(&server, LIMIT - 3 - 4);
    assert_eq!(call(&server), 429);
}
