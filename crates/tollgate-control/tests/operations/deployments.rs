//! Deployments.

use serde_json::{Value, json};
use tollgate_gateway::CompileOptions;
use tollgate_model::{Resource, Stage};
use tollgate_store::{Change, Entity};

use crate::support::{Plane, patches};

const BAD: &str = "BadRequestException";

#[tokio::test]
async fn a_deployment_is_made_read_described_and_removed() {
    let plane = Plane::new();
    let api = plane.new_mock_api().await;
    let all = format!("{api}/deployments");
    let made = plane
        .done(201, "POST", &all, json!({"description": "the first"}))
        .await;
    let id = made["id"].as_str().expect("it has one").to_owned();
    assert_eq!(id.len(), 6);
    let mut expected = json!({"id": id, "description": "the first", "createdDate": 0});
    assert_eq!(made, expected);

    let one = format!("{all}/{id}");
    assert_eq!(plane.done(200, "GET", &one, json!(null)).await, expected);
    let listed = plane.done(200, "GET", &all, json!(null)).await;
    assert_eq!(listed, json!({"item": [expected]}));

    expected["description"] = json!("of old");
    let changed = patches([("replace", "/description", "of old")]);
    assert_eq!(plane.done(200, "PATCH", &one, changed).await, expected);
    assert_eq!(plane.done(200, "GET", &one, json!(null)).await, expected);

    // What is embedded shows what was deployed, not what there is.
    let root = plane
        .done(200, "GET", &format!("{api}/resources"), json!(null))
        .await;
    let root = root["item"][0]["id"].as_str().expect("it has one");
    let method = format!("{api}/resources/{root}/methods/GET");
    plane
        .done(
            200,
            "PATCH",
            &method,
            patches([("replace", "/apiKeyRequired", "true")]),
        )
        .await;
    expected["apiSummary"] =
        json!({"/": {"GET": {"authorizationType": "NONE", "apiKeyRequired": false}}});
    let embedded = format!("{one}?embed=apisummary");
    assert_eq!(
        plane.done(200, "GET", &embedded, json!(null)).await,
        expected
    );
    let embedded = format!("{all}?embed=apisummary");
    let listed = plane.done(200, "GET", &embedded, json!(null)).await;
    assert_eq!(listed, json!({"item": [expected]}));

    plane.done(202, "DELETE", &one, json!(null)).await;
    for verb in ["GET", "DELETE"] {
        let answer = plane.ask(verb, &one, Value::Null).await;
        let gone = "Invalid Deployment identifier specified";
        answer.refused(404, "NotFoundException", gone);
    }
    plane.done(202, "DELETE", &api, json!(null)).await;
    let state = plane.store.load().await.expect("it is in memory");
    assert!(state.is_empty(), "{state:?}");
}

#[tokio::test]
async fn a_deployment_makes_a_stage_moves_it_or_is_its_canary() {
    let plane = Plane::new();
    let api = plane.new_mock_api().await;
    let body = json!({
        "stageName": "prod",
        "stageDescription": "for all",
        "variables": {"host": "old"},
        "cacheClusterEnabled": true,
        "cacheClusterSize": "0.5",
        "tracingEnabled": true,
    });
    let first = plane.deployed(&api, body).await;
    let prod = format!("{api}/stages/prod");
    let mut expected = json!({
        "stageName": "prod",
        "deploymentId": first,
        "description": "for all",
        "variables": {"host": "old"},
        "cacheClusterEnabled": true,
        "cacheClusterSize": "0.5",
        "cacheClusterStatus": "AVAILABLE",
        "tracingEnabled": true,
        "methodSettings": {},
        "createdDate": 0,
        "lastUpdatedDate": 0,
    });
    assert_eq!(plane.done(200, "GET", &prod, json!(null)).await, expected);

    let second = plane.deployed(&api, json!({"stageName": "prod"})).await;
    expected["deploymentId"] = json!(second);
    assert_eq!(plane.done(200, "GET", &prod, json!(null)).await, expected);

    let body = json!({
        "stageName": "prod",
        "description": "new",
        "variables": {"host": "ignored"},
        "canarySettings": {
            "percentTraffic": 30,
            "stageVariableOverrides": {"host": "new"},
            "useStageCache": true,
        },
    });
    let third = plane.deployed(&api, body).await;
    expected["canarySettings"] = json!({
        "percentTraffic": 30.0,
        "deploymentId": third,
        "stageVariableOverrides": {"host": "new"},
        "useStageCache": true,
    });
    assert_eq!(plane.done(200, "GET", &prod, json!(null)).await, expected);

    // Production and canary both keep their deployments.
    for (id, is_free) in [(&first, true), (&second, false), (&third, false)] {
        let one = format!("{api}/deployments/{id}");
        let answer = plane.ask("DELETE", &one, Value::Null).await;
        if is_free {
            assert_eq!(answer.status, 202, "{answer:?}");
        } else {
            let used = "Active stages pointing to this deployment must be moved or deleted";
            answer.refused(400, BAD, used);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_deployed_is_refused_in_the_services_words() {
    let plane = Plane::new();
    let (bare, root) = plane.new_api().await;
    let bare = format!("/restapis/{bare}");
    let deploy = async |api: &str, body: Value| {
        let path = format!("{api}/deployments");
        plane.ask("POST", &path, body).await
    };
    let answer = deploy(&bare, json!({})).await;
    answer.refused(400, BAD, "The REST API doesn't contain any methods");
    let method = format!("{bare}/resources/{root}/methods/GET");
    plane
        .done(201, "PUT", &method, json!({"authorizationType": "NONE"}))
        .await;
    let answer = deploy(&bare, json!({})).await;
    answer.refused(400, BAD, "No integration defined for method");
    let answer = deploy("/restapis/none", json!({})).await;
    let gone = "Invalid API identifier specified 123456789012:none";
    answer.refused(404, "NotFoundException", gone);

    let api = plane.new_mock_api().await;
    let canary = json!({"percentTraffic": 10});
    let cases = [
        (
            json!({"canarySettings": canary}),
            "Invalid deployment content specified.Non null and non empty stageName must be provided \
             for canary deployment. Provided value is null",
        ),
        (
            json!({"canarySettings": canary, "stageName": ""}),
            "Invalid deployment content specified.Non null and non empty stageName must be provided \
             for canary deployment. Provided value is ",
        ),
        (
            json!({"canarySettings": canary, "stageName": "dev"}),
            "Invalid deployment content specified.Stage dev must already be created before making a \
             canary release deployment",
        ),
    ];
    for (body, message) in cases {
        deploy(&api, body).await.refused(400, BAD, message);
    }
    let answer = deploy(&api, json!({"stageName": "a b"})).await;
    assert_eq!(answer.error.as_deref(), Some(BAD));
    let answer = deploy(&api, json!({"cacheClusterSize": "1"})).await;
    assert_eq!(answer.error.as_deref(), Some("ValidationException"));
    let answer = deploy(&api, json!({"variables": {"a": null}})).await;
    assert_eq!(answer.error.as_deref(), Some(BAD));
    let deployments = plane.get(&format!("{api}/deployments")).await.body;
    assert_eq!(deployments, json!({"item": []}));
}

/// A resource that no request could tell from another one cannot be made by calls, but can be stored.
#[tokio::test]
async fn what_the_data_plane_could_not_serve_is_refused() {
    let plane = Plane::new();
    let api = plane.new_mock_api().await;
    let id = api.trim_start_matches("/restapis/").into();
    let state = plane.store.load().await.expect("it is in memory");
    let root = state.resources(&id).next().expect("it has a root").clone();
    let mut changes = Vec::new();
    for (name, part) in [("one", "{a}"), ("other", "{b}")] {
        let mut child: Resource = root.child(name.into(), part);
        child.resource_methods = root.resource_methods.clone();
        changes.push(Change::Put(Entity::Resource(id.clone(), child)));
    }
    let committed = plane.store.commit(state.revision(), &changes).await;
    committed.expect("it is whole");
    let answer = plane
        .ask("POST", &format!("{api}/deployments"), json!({}))
        .await;
    assert_eq!(answer.status, 400, "{answer:?}");
    let message = answer.body["message"].as_str().expect("it says why");
    let beginning = "The REST API cannot be served: method GET /{b}: ";
    assert!(message.starts_with(beginning), "{message}");
    let state = plane.store.load().await.expect("it is in memory");
    let draft = state.draft(&id).expect("it is there");
    let stage = Stage::new("prod".parse().expect("it is a name"));
    let checked = tollgate_node::check(&draft, &stage, &CompileOptions::default());
    assert!(checked.is_err(), "{checked:?}");
}

/// What cannot work is answered with 500 by the data plane, as by the service.
#[tokio::test]
async fn what_only_answers_500_is_deployed() {
    let plane = Plane::new();
    let api = plane.new_mock_api().await;
    let root = plane.get(&format!("{api}/resources")).await.body;
    let root = root["item"][0]["id"].as_str().expect("it has one");
    let integration = format!("{api}/resources/{root}/methods/GET/integration");
    let broken = patches([("add", "/requestTemplates/application~1json", "#if(")]);
    plane.done(200, "PATCH", &integration, broken).await;
    plane.deployed(&api, json!({"stageName": "prod"})).await;
}

#[tokio::test]
async fn wrong_patches_of_deployments_are_refused() {
    let plane = Plane::new();
    let api = plane.new_mock_api().await;
    let id = plane.deployed(&api, json!({})).await;
    let one = format!("{api}/deployments/{id}");
    let cases = [
        (
            patches([("replace", "/x", "y")]),
            "Invalid patch path  '/x' specified for op 'replace'. Must be one of: [/description]",
        ),
        (
            patches([("add", "/description", "y")]),
            "Invalid patch path  '/description' specified for op 'add'. Please choose supported \
             operations",
        ),
    ];
    for (body, message) in cases {
        let answer = plane.ask("PATCH", &one, body).await;
        answer.refused(400, BAD, message);
    }
}
