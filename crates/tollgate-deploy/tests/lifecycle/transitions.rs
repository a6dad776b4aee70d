//! Deployments and stages, as they are made, changed and deleted.

use crate::api::{Api, name};
use serde_json::{Value, json};
use tollgate_core::DeploymentId;
use tollgate_deploy::{
    Change, DeployError, DeployErrorKind, Frozen, MAX_TAGS, MAX_TEXT_BYTES, MAX_VARIABLES,
    NewDeployment, NewStage, StageEdit, check_deployable,
};
use tollgate_model::{ApiDocument, Stage, Timestamp};

fn new_deployment(json: Value) -> NewDeployment {
    serde_json::from_value(json).unwrap()
}

fn shown(stage: &Stage) -> Value {
    serde_json::to_value(stage).unwrap()
}

fn variable(name: &str, value: &str) -> StageEdit {
    StageEdit::Variable {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn canary_variable(name: &str, value: &str) -> StageEdit {
    StageEdit::CanaryVariable {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

/// An API whose stage `prod` serves a deployment.
fn served() -> (Api, DeploymentId) {
    let mut api = Api::new();
    let id = api.deploy("one", &NewDeployment::to_stage("prod")).unwrap();
    (api, id)
}

#[test]
fn a_deployment_makes_the_stage_that_is_not_there() {
    let mut api = Api::new();
    let new = new_deployment(json!({
        "description": "first", "stageName": "prod", "stageDescription": "for all",
        "variables": {"a": "1"}, "cacheClusterEnabled": true, "cacheClusterSize": "0.5",
        "tracingEnabled": true
    }));
    let id = api.deploy("one", &new).unwrap();
    assert_eq!(
        shown(api.stage("prod")),
        json!({
            "stageName": "prod", "deploymentId": id, "description": "for all",
            "variables": {"a": "1"}, "cacheClusterEnabled": true, "cacheClusterSize": "0.5",
            "tracingEnabled": true, "createdDate": 1, "lastUpdatedDate": 1
        })
    );
    let deployment = api.lifecycle.deployment(&id).unwrap();
    assert_eq!(deployment.description.as_deref(), Some("first"));
    assert_eq!(deployment.created_date, Timestamp::from_seconds(1));
    let document = Frozen::new(ApiDocument::new("one")).unwrap();
    assert_eq!(deployment.content_hash, document.hash());
}

#[test]
fn a_deployment_without_a_stage_is_served_by_none() {
    for new in [json!({}), json!({"stageName": ""})] {
        let mut api = Api::new();
        let id = api.deploy("one", &new_deployment(new)).unwrap();
        assert!(api.lifecycle.stages.is_empty());
        assert_eq!(api.lifecycle.stages_serving(&id).count(), 0);
    }
}

#[test]
fn a_deployment_repoints_the_stage_that_is_there() {
    let mut api = Api::new();
    let first = new_deployment(json!({
        "stageName": "prod", "stageDescription": "for all", "variables": {"a": "1", "b": "2"},
        "tracingEnabled": true
    }));
    api.deploy("one", &first).unwrap();
    let second = new_deployment(json!({"stageName": "prod", "variables": {"b": "3", "c": "4"}}));
    let id = api.deploy("two", &second).unwrap();
    assert_eq!(
        shown(api.stage("prod")),
        json!({
            "stageName": "prod", "deploymentId": id, "description": "for all",
            "variables": {"a": "1", "b": "3", "c": "4"}, "cacheClusterEnabled": false,
            "tracingEnabled": true, "createdDate": 1, "lastUpdatedDate": 2
        })
    );
}

#[test]
fn a_canary_takes_the_deployments_of_its_stage() {
    let (mut api, first) = served();
    let canary = new_deployment(json!({"stageName": "prod", "variables": {"ignored": "1"},
        "canarySettings": {"percentTraffic": 12.5, "useStageCache": true,
            "stageVariableOverrides": {"host": "new"}}}));
    let second = api.deploy("two", &canary).unwrap();
    let settings = |id: &DeploymentId| {
        json!({"percentTraffic": 12.5, "deploymentId": id, "useStageCache": true,
            "stageVariableOverrides": {"host": "new"}})
    };
    let stage = shown(api.stage("prod"));
    assert_eq!(stage["deploymentId"], json!(first));
    assert_eq!(stage["canarySettings"], settings(&second));
    assert_eq!(stage.get("variables"), None);

    // Without settings of its own, a deployment is the canary's, too.
    let third = api
        .deploy("three", &NewDeployment::to_stage("prod"))
        .unwrap();
    let stage = shown(api.stage("prod"));
    assert_eq!(stage["deploymentId"], json!(first));
    assert_eq!(stage["canarySettings"], settings(&third));

    api.update("prod", &[StageEdit::RemoveCanary]).unwrap();
    let fourth = api
        .deploy("four", &NewDeployment::to_stage("prod"))
        .unwrap();
    let stage = shown(api.stage("prod"));
    assert_eq!(stage["deploymentId"], json!(fourth));
    assert_eq!(stage.get("canarySettings"), None);
}

/// Recorded on the service: an update of a stage with copy operations.
#[test]
fn promotion_merges_variables_and_keeps_the_canary() {
    let (mut api, _) = served();
    for (name, value) in [("testVar", "default"), ("defaultVar", "default")] {
        api.update("prod", &[variable(name, value)]).unwrap();
    }
    let canary = new_deployment(json!({"stageName": "prod", "canarySettings": {
        "percentTraffic": 50.0,
        "stageVariableOverrides": {"testVar": "canary", "noStageVar": "canary"}}}));
    let second = api.deploy("two", &canary).unwrap();
    let now = api.now();
    let changes = api.lifecycle.promote(&name("prod"), now).unwrap();
    api.apply(&changes);
    assert_eq!(
        shown(api.stage("prod")),
        json!({
            "stageName": "prod", "deploymentId": second,
            "variables": {"testVar": "canary", "defaultVar": "default", "noStageVar": "canary"},
            "cacheClusterEnabled": false, "tracingEnabled": false,
            "canarySettings": {"percentTraffic": 0.0, "deploymentId": second, "useStageCache": false,
                "stageVariableOverrides": {"testVar": "canary", "noStageVar": "canary"}},
            "createdDate": 1, "lastUpdatedDate": 5
        })
    );
}

/// Recorded on the service: canary members are replaced on a stage that has none.
#[test]
fn any_member_of_a_canary_makes_it() {
    let (mut api, first) = served();
    let second = api.deploy("two", &NewDeployment::default()).unwrap();
    for (edit, expected) in [
        (
            StageEdit::CanaryPercent(50.0),
            json!({"percentTraffic": 50.0, "deploymentId": first, "useStageCache": false}),
        ),
        (
            StageEdit::CanaryDeployment(second.clone()),
            json!({"percentTraffic": 0.0, "deploymentId": second, "useStageCache": false}),
        ),
        (
            StageEdit::CanaryUseStageCache(true),
            json!({"percentTraffic": 0.0, "deploymentId": first, "useStageCache": true}),
        ),
        (
            canary_variable("a", "1"),
            json!({"percentTraffic": 0.0, "deploymentId": first, "useStageCache": false,
                "stageVariableOverrides": {"a": "1"}}),
        ),
    ] {
        api.update("prod", std::slice::from_ref(&edit)).unwrap();
        let stage = shown(api.stage("prod"));
        assert_eq!(stage["canarySettings"], expected, "{edit:?}");
        api.update("prod", &[StageEdit::RemoveCanary]).unwrap();
        assert_eq!(api.stage("prod").canary_settings, None);
    }
}

#[test]
fn a_stage_goes_back_by_id_or_by_time() {
    let mut api = Api::new();
    let ids: Vec<_> = ["one", "two", "three"]
        .map(|document| {
            let id = api
                .deploy(document, &NewDeployment::to_stage("prod"))
                .unwrap();
            // So that a time between two of them exists.
            api.seconds += 9;
            id
        })
        .into();

    api.update("prod", &[StageEdit::Deployment(ids[0].clone())])
        .unwrap();
    assert_eq!(api.stage("prod").deployment_id.as_ref(), Some(&ids[0]));
    for (seconds, expected) in [
        (0, None),
        (1, Some(0)),
        (10, Some(0)),
        (11, Some(1)),
        (20, Some(1)),
        (21, Some(2)),
        (u64::MAX, Some(2)),
    ] {
        let (to, now) = (Timestamp::from_seconds(seconds), api.now());
        let changes = api.lifecycle.roll_back(&name("prod"), to, now);
        match expected {
            Some(index) => {
                api.apply(&changes.unwrap());
                let serves = api.stage("prod").deployment_id.clone();
                assert_eq!(serves.as_ref(), Some(&ids[index]), "{seconds}");
            }
            None => assert_eq!(changes, Err(DeployError::NoDeploymentBy(to))),
        }
    }
}

#[test]
fn of_deployments_of_one_second_the_last_is_the_newest() {
    let mut api = Api::new();
    let ids = ["one", "two"].map(|document| {
        api.seconds = 0;
        api.deploy(document, &NewDeployment::default()).unwrap()
    });
    let newest = api.lifecycle.deployment_by(Timestamp::from_seconds(1));
    assert_eq!(newest.unwrap().id, ids[1]);
}

#[test]
fn what_a_stage_serves_cannot_be_deleted() {
    let (mut api, first) = served();
    let canary = new_deployment(json!({"stageName": "prod", "canarySettings": {}}));
    let second = api.deploy("two", &canary).unwrap();
    let third = api.deploy("three", &NewDeployment::default()).unwrap();
    for id in [&first, &second] {
        let error = DeployError::DeploymentInUse {
            id: id.clone(),
            stages: vec![name("prod")],
        };
        assert_eq!(api.lifecycle.delete_deployment(id), Err(error));
    }
    let changes = api.lifecycle.delete_deployment(&third).unwrap();
    assert_eq!(changes, [Change::RemoveDeployment(third.clone())]);
    api.apply(&changes);
    let error = DeployError::UnknownDeployment(third.clone());
    assert_eq!(api.lifecycle.delete_deployment(&third), Err(error));

    let changes = api.lifecycle.delete_stage(&name("prod")).unwrap();
    api.apply(&changes);
    for id in [first, second] {
        let changes = api.lifecycle.delete_deployment(&id).unwrap();
        api.apply(&changes);
    }
    assert!(api.lifecycle.deployments.is_empty());
}

#[test]
fn of_a_deployment_only_the_description_changes() {
    let (mut api, id) = served();
    let before = api.lifecycle.deployment(&id).unwrap().clone();
    for (description, expected) in [(Some("best"), Some("best")), (Some(""), None), (None, None)] {
        let changes = api.lifecycle.describe_deployment(&id, description).unwrap();
        api.apply(&changes);
        let mut after = before.clone();
        after.description = expected.map(str::to_owned);
        assert_eq!(api.lifecycle.deployment(&id), Ok(&after));
    }
}

#[test]
fn a_stage_is_made_for_a_deployment() {
    let (mut api, id) = served();
    let new: NewStage = serde_json::from_value(json!({
        "stageName": "test", "deploymentId": id, "description": "for tests", "variables": {"a": "1"},
        "documentationVersion": "7", "tags": {"team": "pets"}, "canarySettings": {}
    }))
    .unwrap();
    let now = api.now();
    let changes = api.lifecycle.create_stage(new.clone(), now).unwrap();
    api.apply(&changes);
    assert_eq!(
        shown(api.stage("test")),
        json!({
            "stageName": "test", "deploymentId": id, "description": "for tests",
            "variables": {"a": "1"}, "cacheClusterEnabled": false, "documentationVersion": "7",
            "canarySettings": {"percentTraffic": 0.0, "deploymentId": id, "useStageCache": false},
            "tracingEnabled": false, "tags": {"team": "pets"}, "createdDate": 2, "lastUpdatedDate": 2
        })
    );
    let again = api.lifecycle.create_stage(new.clone(), now);
    assert_eq!(again, Err(DeployError::StageExists(name("test"))));

    let nowhere = DeploymentId::from("nowhere");
    let mut of_stage = new;
    of_stage.stage_name = name("other");
    let mut of_canary = of_stage.clone();
    of_stage.deployment_id = nowhere.clone();
    let canary = of_canary.canary_settings.as_mut().unwrap();
    canary.deployment_id = Some(nowhere.clone());
    for new in [of_stage, of_canary] {
        let error = DeployError::UnknownDeployment(nowhere.clone());
        assert_eq!(api.lifecycle.create_stage(new, now), Err(error));
    }
}

#[test]
fn settings_of_a_stage_change_one_by_one() {
    let (mut api, _) = served();
    let text = |text: &str| Some(text.to_owned());
    for (edit, member, expected) in [
        (StageEdit::Description(text("a")), "description", json!("a")),
        (StageEdit::Description(text("")), "description", Value::Null),
        (variable("a", "1"), "variables", json!({"a": "1"})),
        (
            variable("b", "-._~:/?#&=,"),
            "variables",
            json!({"a": "1", "b": "-._~:/?#&=,"}),
        ),
        (
            StageEdit::RemoveVariable("a".to_owned()),
            "variables",
            json!({"b": "-._~:/?#&=,"}),
        ),
        (
            StageEdit::CacheClusterEnabled(true),
            "cacheClusterEnabled",
            json!(true),
        ),
        (
            StageEdit::CacheClusterSize(text("118")),
            "cacheClusterSize",
            json!("118"),
        ),
        (
            StageEdit::CacheClusterSize(None),
            "cacheClusterSize",
            Value::Null,
        ),
        (
            StageEdit::ClientCertificate(text("c")),
            "clientCertificateId",
            json!("c"),
        ),
        (
            StageEdit::ClientCertificate(text("")),
            "clientCertificateId",
            Value::Null,
        ),
        (
            StageEdit::DocumentationVersion(text("2")),
            "documentationVersion",
            json!("2"),
        ),
        (StageEdit::Tracing(true), "tracingEnabled", json!(true)),
        (
            StageEdit::AccessLogFormat("f".to_owned()),
            "accessLogSettings",
            json!({"format": "f"}),
        ),
        (
            StageEdit::AccessLogDestination("d".to_owned()),
            "accessLogSettings",
            json!({"format": "f", "destinationArn": "d"}),
        ),
        (StageEdit::RemoveAccessLog, "accessLogSettings", Value::Null),
        (
            StageEdit::Tag {
                key: "k".to_owned(),
                value: String::new(),
            },
            "tags",
            json!({"k": ""}),
        ),
        (StageEdit::RemoveTag("k".to_owned()), "tags", Value::Null),
        (StageEdit::RemoveTag("k".to_owned()), "tags", Value::Null),
    ] {
        api.update("prod", std::slice::from_ref(&edit)).unwrap();
        let stage = shown(api.stage("prod"));
        assert_eq!(stage[member], expected, "{edit:?}");
        assert_eq!(stage["lastUpdatedDate"], json!(api.seconds), "{edit:?}");
    }
}

#[test]
fn edits_are_made_all_or_none() {
    let (mut api, _) = served();
    let before = api.lifecycle.clone();
    let edits = [
        StageEdit::Tracing(true),
        StageEdit::CanaryPercent(10.0),
        StageEdit::Deployment("nowhere".into()),
    ];
    let error = api.update("prod", &edits).unwrap_err();
    assert_eq!(error, DeployError::NoSuchDeployment("nowhere".into()));
    assert_eq!(api.lifecycle, before);

    api.update("prod", &[]).unwrap();
    assert_eq!(api.lifecycle, before);
}

/// The words of the service are what clients compare, to the blank at the end.
#[test]
fn errors_are_told_in_the_words_of_the_service() {
    let (mut api, _) = served();
    let now = api.now();
    let nowhere = DeploymentId::from("nowhere");
    let canary = |stage: Value| {
        new_deployment(json!({"stageName": stage, "canarySettings": {"percentTraffic": 10.0}}))
    };
    let refused: Vec<(DeployError, DeployErrorKind, &str)> = vec![
        (
            api.deploy("two", &canary(Value::Null)).unwrap_err(),
            DeployErrorKind::BadRequest,
            "Invalid deployment content specified.Non null and non empty stageName must be provided \
             for canary deployment. Provided value is null",
        ),
        (
            api.deploy("two", &canary(json!(""))).unwrap_err(),
            DeployErrorKind::BadRequest,
            "Invalid deployment content specified.Non null and non empty stageName must be provided \
             for canary deployment. Provided value is ",
        ),
        (
            api.deploy("two", &canary(json!("test"))).unwrap_err(),
            DeployErrorKind::BadRequest,
            "Invalid deployment content specified.Stage test must already be created before making \
             a canary release deployment",
        ),
        (
            api.lifecycle.promote(&name("prod"), now).unwrap_err(),
            DeployErrorKind::BadRequest,
            "Promotion not available. Canary does not exist.",
        ),
        (
            api.update("prod", &[StageEdit::PromoteVariables])
                .unwrap_err(),
            DeployErrorKind::BadRequest,
            "Promotion not available. Canary does not exist.",
        ),
        (
            api.update("prod", &[StageEdit::Deployment(nowhere.clone())])
                .unwrap_err(),
            DeployErrorKind::BadRequest,
            "Deployment id does not exist",
        ),
        (
            api.update("prod", &[StageEdit::CanaryDeployment(nowhere.clone())])
                .unwrap_err(),
            DeployErrorKind::BadRequest,
            "Deployment id does not exist",
        ),
        (
            api.update("prod", &[StageEdit::RemoveCanary]).unwrap_err(),
            DeployErrorKind::BadRequest,
            "Cannot remove method setting canarySettings because there is no method setting for \
             this method ",
        ),
        (
            api.update("prod", &[StageEdit::RemoveCanaryVariable("a".to_owned())])
                .unwrap_err(),
            DeployErrorKind::BadRequest,
            "Cannot remove method setting canarySettings/stageVariableOverrides/a because there is \
             no method setting for this method ",
        ),
        (
            api.update("prod", &[StageEdit::RemoveAccessLog])
                .unwrap_err(),
            DeployErrorKind::BadRequest,
            "Cannot remove method setting accessLogSettings because there is no method setting for \
             this method ",
        ),
        (
            api.update("prod", &[StageEdit::RemoveVariable("a".to_owned())])
                .unwrap_err(),
            DeployErrorKind::BadRequest,
            "Cannot remove method setting variables/a because there is no method setting for this \
             method ",
        ),
        (
            api.update("prod", &[StageEdit::AccessLogFormat(String::new())])
                .unwrap_err(),
            DeployErrorKind::BadRequest,
            "Access Log value must not be empty",
        ),
        (
            api.update("test", &[]).unwrap_err(),
            DeployErrorKind::NotFound,
            "Invalid stage identifier specified",
        ),
        (
            api.lifecycle.delete_stage(&name("test")).unwrap_err(),
            DeployErrorKind::NotFound,
            "Invalid stage identifier specified",
        ),
        (
            api.lifecycle
                .describe_deployment(&nowhere, None)
                .unwrap_err(),
            DeployErrorKind::NotFound,
            "Invalid Deployment identifier specified",
        ),
        (
            {
                let id = api.stage("prod").deployment_id.clone().unwrap();
                api.lifecycle.delete_deployment(&id).unwrap_err()
            },
            DeployErrorKind::BadRequest,
            "Active stages pointing to this deployment must be moved or deleted",
        ),
        (
            {
                let id = api.stage("prod").deployment_id.clone().unwrap();
                let new = NewStage::new(name("prod"), id);
                api.lifecycle.create_stage(new, now).unwrap_err()
            },
            DeployErrorKind::Conflict,
            "Stage already exists",
        ),
        (
            check_deployable(&ApiDocument::new("A")).unwrap_err(),
            DeployErrorKind::BadRequest,
            "The REST API doesn't contain any methods",
        ),
        (
            {
                let document = json!({"name": "A", "resources": [{"id": "r", "path": "/",
                    "resourceMethods": {"GET": {"httpMethod": "GET"}}}]});
                check_deployable(&serde_json::from_value(document).unwrap()).unwrap_err()
            },
            DeployErrorKind::BadRequest,
            "No integration defined for method",
        ),
    ];
    for (error, kind, text) in refused {
        assert_eq!(error.to_string(), text);
        assert_eq!(error.kind(), kind, "{text}");
    }
}

#[test]
fn values_that_are_not_allowed_are_refused() {
    let long = |length: usize| "x".repeat(length);
    let text = |text: String| Some(text);
    let tag = |key: String, value: String| StageEdit::Tag { key, value };
    for (edit, is_allowed) in [
        (StageEdit::CanaryPercent(0.0), true),
        (StageEdit::CanaryPercent(100.0), true),
        (StageEdit::CanaryPercent(-0.1), false),
        (StageEdit::CanaryPercent(100.1), false),
        (StageEdit::CanaryPercent(f64::NAN), false),
        (variable(&long(64), &long(512)), true),
        (variable(&long(65), "x"), false),
        (variable("x", &long(513)), false),
        (variable("", "x"), false),
        (variable("x", ""), false),
        (variable("a-b", "x"), false),
        (variable("a", "b c"), false),
        (variable("a", "é"), false),
        (canary_variable("a-b", "x"), false),
        (canary_variable("a", "$"), false),
        (StageEdit::CacheClusterSize(text("1.0".to_owned())), false),
        (StageEdit::Description(text(long(MAX_TEXT_BYTES))), true),
        (
            StageEdit::Description(text(long(MAX_TEXT_BYTES + 1))),
            false,
        ),
        (
            StageEdit::ClientCertificate(text(long(MAX_TEXT_BYTES + 1))),
            false,
        ),
        (
            StageEdit::DocumentationVersion(text(long(MAX_TEXT_BYTES + 1))),
            false,
        ),
        (StageEdit::AccessLogFormat(long(3072)), true),
        (StageEdit::AccessLogFormat(long(3073)), false),
        (
            StageEdit::AccessLogDestination(long(MAX_TEXT_BYTES + 1)),
            false,
        ),
        (StageEdit::AccessLogDestination(String::new()), false),
        (tag(long(128), long(256)), true),
        (tag(long(129), String::new()), false),
        (tag(String::new(), String::new()), false),
        (tag("k".to_owned(), long(257)), false),
        (tag("aws:k".to_owned(), String::new()), false),
    ] {
        let (mut api, _) = served();
        let updated = api.update("prod", std::slice::from_ref(&edit));
        assert_eq!(updated.is_ok(), is_allowed, "{edit:?}: {updated:?}");
    }
    for stage in ["a b", "a/b", &long(129)] {
        let mut api = Api::new();
        let error = api
            .deploy("one", &NewDeployment::to_stage(stage))
            .unwrap_err();
        assert!(matches!(error, DeployError::InvalidStageName(_)), "{error}");
    }
}

#[test]
fn a_stage_has_so_many_of_each_at_most() {
    let (mut api, _) = served();
    let tag = |index: usize| StageEdit::Tag {
        key: index.to_string(),
        value: String::new(),
    };
    for (edit, max) in [
        (
            Box::new(|index: usize| variable(&index.to_string(), "x")) as Box<dyn Fn(_) -> _>,
            MAX_VARIABLES,
        ),
        (
            Box::new(|index: usize| canary_variable(&index.to_string(), "x")),
            MAX_VARIABLES,
        ),
        (Box::new(tag), MAX_TAGS),
    ] {
        let edits: Vec<_> = (0..max).map(&edit).collect();
        api.update("prod", &edits).unwrap();
        let error = api.update("prod", &[edit(max)]).unwrap_err();
        assert!(
            matches!(error, DeployError::TooMany { max: told, .. } if told == max),
            "{error}"
        );
        // One that is there changes.
        api.update("prod", &[edit(0)]).unwrap();
    }
    // A hundred and a hundred others are too many together.
    api.update(
        "prod",
        &[
            StageEdit::RemoveVariable("0".to_owned()),
            variable("own", "x"),
        ],
    )
    .unwrap();
    let now = api.now();
    let error = api.lifecycle.promote(&name("prod"), now).unwrap_err();
    assert!(matches!(error, DeployError::TooMany { .. }), "{error}");
}
