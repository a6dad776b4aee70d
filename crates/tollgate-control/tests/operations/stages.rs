//! Stages.

use serde_json::{Value, json};
use tollgate_model::{ClientCertificate, DocumentationVersion, Home, Timestamp};
use tollgate_store::{Change, Entity};

use crate::support::{Plane, id_of, patches};

const BAD: &str = "BadRequestException";

/// An API with two deployments that no stage serves.
async fn deployed(plane: &Plane) -> (String, [String; 2]) {
    let api = plane.new_mock_api().await;
    let first = plane.deployed(&api, json!({})).await;
    let second = plane.deployed(&api, json!({})).await;
    (api, [first, second])
}

/// Puts what other calls make into the store.
async fn put(plane: &Plane, entities: impl IntoIterator<Item = Entity>) {
    let state = plane.store.load().await.expect("it is in memory");
    let changes: Vec<_> = entities.into_iter().map(Change::Put).collect();
    let committed = plane.store.commit(state.revision(), &changes).await;
    committed.expect("it is whole");
}

async fn put_version_and_certificate(plane: &Plane, api: &str) {
    let api = api.trim_start_matches("/restapis/").into();
    let version = DocumentationVersion::new("1.0", Timestamp::default(), Vec::new());
    let mut certificate = ClientCertificate::new("c3rt1f", "pem", "key");
    certificate.home = Some(Home::new("123456789012", "us-east-1"));
    let version = Entity::DocumentationVersion(api, version);
    put(plane, [version, Entity::ClientCertificate(certificate)]).await;
}

#[tokio::test]
async fn a_stage_is_made_read_changed_and_removed() {
    let plane = Plane::new();
    let (api, [first, second]) = deployed(&plane).await;
    put_version_and_certificate(&plane, &api).await;
    let all = format!("{api}/stages");
    let body = json!({"stageName": "prod", "deploymentId": first});
    let made = plane.done(201, "POST", &all, body).await;
    let mut expected = json!({
        "stageName": "prod",
        "deploymentId": first,
        "cacheClusterEnabled": false,
        "cacheClusterStatus": "NOT_AVAILABLE",
        "methodSettings": {},
        "tracingEnabled": false,
        "createdDate": 0,
        "lastUpdatedDate": 0,
    });
    assert_eq!(made, expected);
    let prod = format!("{all}/prod");
    assert_eq!(plane.done(200, "GET", &prod, json!(null)).await, expected);

    let whole = json!({
        "stageName": "beta",
        "deploymentId": second,
        "description": "for some",
        "cacheClusterEnabled": true,
        "cacheClusterSize": "1.6",
        "variables": {"host": "b"},
        "documentationVersion": "1.0",
        "canarySettings": {
            "percentTraffic": 12.5,
            "deploymentId": first,
            "stageVariableOverrides": {"host": "c"},
            "useStageCache": true,
        },
        "tracingEnabled": true,
        "tags": {"team": "pets"},
    });
    let mut beta = whole.clone();
    for (name, value) in [
        ("cacheClusterStatus", json!("AVAILABLE")),
        ("methodSettings", json!({})),
        ("createdDate", json!(0)),
        ("lastUpdatedDate", json!(0)),
    ] {
        beta[name] = value;
    }
    assert_eq!(plane.done(201, "POST", &all, whole).await, beta);
    let listed = plane.done(200, "GET", &all, json!(null)).await;
    assert_eq!(listed, json!({"item": [beta, expected]}));
    let filtered = format!("{all}?deploymentId={first}");
    let listed = plane.done(200, "GET", &filtered, json!(null)).await;
    assert_eq!(listed, json!({"item": [expected]}));

    let changes = patches([
        ("replace", "/deploymentId", &second),
        ("replace", "/description", "for all"),
        ("replace", "/cacheClusterEnabled", "true"),
        ("replace", "/cacheClusterSize", "0.5"),
        ("replace", "/clientCertificateId", "c3rt1f"),
        ("replace", "/documentationVersion", "1.0"),
        ("replace", "/tracingEnabled", "true"),
        ("replace", "/variables/host", "a"),
        ("replace", "/variables/gone", "a"),
        ("remove", "/variables/gone", ""),
        ("add", "/accessLogSettings/format", "$context.requestId"),
        (
            "replace",
            "/accessLogSettings/destinationArn",
            "arn:aws:logs:a:1:b",
        ),
    ]);
    for (name, value) in [
        ("deploymentId", json!(second)),
        ("description", json!("for all")),
        ("cacheClusterEnabled", json!(true)),
        ("cacheClusterSize", json!("0.5")),
        ("cacheClusterStatus", json!("AVAILABLE")),
        ("clientCertificateId", json!("c3rt1f")),
        ("documentationVersion", json!("1.0")),
        ("tracingEnabled", json!(true)),
        ("variables", json!({"host": "a"})),
        (
            "accessLogSettings",
            json!({"format": "$context.requestId", "destinationArn": "arn:aws:logs:a:1:b"}),
        ),
    ] {
        expected[name] = value;
    }
    assert_eq!(plane.done(200, "PATCH", &prod, changes).await, expected);
    assert_eq!(plane.done(200, "GET", &prod, json!(null)).await, expected);

    let cleared = patches([
        ("replace", "/description", ""),
        ("replace", "/clientCertificateId", ""),
        ("replace", "/documentationVersion", ""),
        ("replace", "/cacheClusterSize", ""),
        ("replace", "/cacheClusterEnabled", "no"),
        ("remove", "/variables/host", ""),
        ("remove", "/accessLogSettings", ""),
        ("replace", "/tracingEnabled", ""),
    ]);
    let mut bare = made;
    bare["deploymentId"] = json!(second);
    assert_eq!(plane.done(200, "PATCH", &prod, cleared).await, bare);
    let nothing = json!({"patchOperations": []});
    assert_eq!(plane.done(200, "PATCH", &prod, nothing).await, bare);

    for stage in [&prod, &format!("{all}/beta")] {
        plane.done(202, "DELETE", stage, json!(null)).await;
        let gone = "Invalid stage identifier specified";
        plane
            .get(stage)
            .await
            .refused(404, "NotFoundException", gone);
    }
    for id in [first, second] {
        let one = format!("{api}/deployments/{id}");
        plane.done(202, "DELETE", &one, json!(null)).await;
    }
}

#[tokio::test]
async fn settings_of_methods_read_back_as_they_were_written() {
    let plane = Plane::new();
    let (api, [id, _]) = deployed(&plane).await;
    let body = json!({"stageName": "prod", "deploymentId": id});
    plane
        .done(201, "POST", &format!("{api}/stages"), body)
        .await;
    let prod = format!("{api}/stages/prod");
    let set = async |operations: Value| {
        let stage = plane.done(200, "PATCH", &prod, operations).await;
        assert_eq!(plane.done(200, "GET", &prod, json!(null)).await, stage);
        stage["methodSettings"].clone()
    };
    let mut any = json!({
        "metricsEnabled": true,
        "dataTraceEnabled": false,
        "throttlingBurstLimit": 5000,
        "throttlingRateLimit": 10000.0,
        "cachingEnabled": false,
        "cacheTtlInSeconds": 300,
        "cacheDataEncrypted": false,
        "requireAuthorizationForCacheControl": true,
        "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
    });
    let found = set(patches([("replace", "/*/*/metrics/enabled", "true")])).await;
    assert_eq!(found, json!({"*/*": any}));

    // A new key begins as `*/*` is now, and does not follow it later.
    let found = set(patches([
        ("replace", "/pets/GET/logging/loglevel", "INFO"),
        ("replace", "/pets/GET/throttling/burstLimit", "-1"),
        ("replace", "/pets/GET/throttling/rateLimit", "-1"),
        ("replace", "/~1a~1b/POST/throttling/rateLimit", "2.5"),
        ("replace", "/*/*/metrics/enabled", "false"),
    ]))
    .await;
    let (mut pets, mut nested) = (any.clone(), any.clone());
    pets["loggingLevel"] = json!("INFO");
    pets["throttlingBurstLimit"] = json!(-1);
    pets["throttlingRateLimit"] = json!(-1.0);
    nested["throttlingRateLimit"] = json!(2.5);
    any["metricsEnabled"] = json!(false);
    let all = json!({"*/*": any, "pets/GET": pets, "~1a~1b/POST": nested});
    assert_eq!(found, all);

    let found = set(patches([
        ("replace", "/*/*/logging/dataTrace", "true"),
        ("replace", "/*/*/caching/enabled", "true"),
        ("replace", "/*/*/caching/ttlInSeconds", "3600"),
        ("replace", "/*/*/caching/dataEncrypted", "true"),
        (
            "replace",
            "/*/*/caching/requireAuthorizationForCacheControl",
            "false",
        ),
        (
            "replace",
            "/*/*/caching/unauthorizedCacheControlHeaderStrategy",
            "FAIL_WITH_403",
        ),
        ("remove", "/pets/GET", ""),
        // The other spelling of the same key.
        ("remove", "/a~1b/POST", ""),
    ]))
    .await;
    for (name, value) in [
        ("dataTraceEnabled", json!(true)),
        ("cachingEnabled", json!(true)),
        ("cacheTtlInSeconds", json!(3600)),
        ("cacheDataEncrypted", json!(true)),
        ("requireAuthorizationForCacheControl", json!(false)),
        (
            "unauthorizedCacheControlHeaderStrategy",
            json!("FAIL_WITH_403"),
        ),
    ] {
        any[name] = value;
    }
    assert_eq!(found, json!({"*/*": any}));
    assert_eq!(set(patches([("remove", "/*/*", "")])).await, json!({}));
}

#[tokio::test]
async fn a_canary_is_set_promoted_and_removed() {
    let plane = Plane::new();
    let (api, [first, second]) = deployed(&plane).await;
    let body = json!({
        "stageName": "prod",
        "deploymentId": first,
        "variables": {"host": "old", "other": "kept"},
    });
    let mut expected = plane
        .done(201, "POST", &format!("{api}/stages"), body)
        .await;
    let prod = format!("{api}/stages/prod");

    // One member makes a canary, with defaults.
    let one = patches([(
        "replace",
        "/canarySettings/stageVariableOverrides/host",
        "new",
    )]);
    expected["canarySettings"] = json!({
        "percentTraffic": 0.0,
        "deploymentId": first,
        "stageVariableOverrides": {"host": "new"},
        "useStageCache": false,
    });
    assert_eq!(plane.done(200, "PATCH", &prod, one).await, expected);

    let more = patches([
        ("replace", "/canarySettings/deploymentId", &second),
        ("replace", "/canarySettings/percentTraffic", "30"),
        ("replace", "/canarySettings/useStageCache", "true"),
        (
            "replace",
            "/canarySettings/stageVariableOverrides/gone",
            "a",
        ),
        ("remove", "/canarySettings/stageVariableOverrides/gone", ""),
    ]);
    expected["canarySettings"]["deploymentId"] = json!(second);
    expected["canarySettings"]["percentTraffic"] = json!(30.0);
    expected["canarySettings"]["useStageCache"] = json!(true);
    assert_eq!(plane.done(200, "PATCH", &prod, more).await, expected);

    // Overrides are merged into the variables (recorded).
    let promotion = json!({"patchOperations": [
        {"op": "replace", "path": "/canarySettings/percentTraffic", "value": "0.0"},
        {
            "op": "copy",
            "path": "/variables",
            "from": "/canarySettings/stageVariableOverrides",
        },
        {"op": "copy", "path": "/deploymentId", "from": "/canarySettings/deploymentId"},
    ]});
    expected["canarySettings"]["percentTraffic"] = json!(0.0);
    expected["variables"] = json!({"host": "new", "other": "kept"});
    expected["deploymentId"] = json!(second);
    assert_eq!(
        plane.done(200, "PATCH", &prod, promotion.clone()).await,
        expected
    );

    let end = patches([("remove", "/canarySettings", "")]);
    let shown = plane.done(200, "PATCH", &prod, end).await;
    assert_eq!(shown.get("canarySettings"), None);
    let answer = plane.ask("PATCH", &prod, promotion).await;
    // The first of the three makes one again.
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn wrong_patches_of_stages_are_refused_in_the_services_words() {
    let plane = Plane::new();
    let (api, [id, _]) = deployed(&plane).await;
    let body = json!({"stageName": "prod", "deploymentId": id});
    let prod = format!("{api}/stages/prod");
    let stage = plane
        .done(201, "POST", &format!("{api}/stages"), body)
        .await;
    let access_log = "Invalid accessLogSettings path. Must be one of : \
                      [/accessLogSettings/destinationArn, /accessLogSettings/format]";
    let cases = [
        (
            ("add", "/canarySettings/deploymentId", "a"),
            "Invalid add operation with path: /canarySettings/deploymentId",
        ),
        (
            ("remove", "/canarySettings/percentTraffic", ""),
            "Invalid remove operation with path: /canarySettings/percentTraffic",
        ),
        (
            ("test", "/description", ""),
            "Invalid test operation with path: /description",
        ),
        (
            ("remove", "/canarySettings/badPath", ""),
            "Cannot remove method setting canarySettings/badPath because there is no method setting \
             for this method ",
        ),
        (
            ("remove", "/canarySettings", ""),
            "Cannot remove method setting canarySettings because there is no method setting for this \
             method ",
        ),
        (
            ("remove", "/accessLogSettings/format", ""),
            "Cannot remove method setting accessLogSettings/format because there is no method setting \
             for this method ",
        ),
        (
            ("remove", "/*/*", ""),
            "Cannot remove method setting */* because there is no method setting for this method ",
        ),
        (
            ("remove", "/description", ""),
            "Cannot remove method setting description because there is no method setting for this \
             method ",
        ),
        (
            ("remove", "/variables/none", ""),
            "Cannot remove method setting variables/none because there is no method setting for this \
             method ",
        ),
        (("replace", "/accessLogSettings/x", "a"), access_log),
        (
            ("replace", "/accessLogSettings/format", ""),
            "Access Log value must not be empty",
        ),
        (
            ("replace", "/deploymentId", "none"),
            "Deployment id does not exist",
        ),
        (
            ("replace", "/canarySettings/deploymentId", "none"),
            "Deployment id does not exist",
        ),
        (
            ("replace", "/documentationVersion", "none"),
            "Invalid Documentation version specified",
        ),
        (
            ("replace", "/clientCertificateId", "none"),
            "Invalid Client Certificate identifier specified",
        ),
    ];
    for ((op, path, value), message) in cases {
        let answer = plane
            .ask("PATCH", &prod, patches([(op, path, value)]))
            .await;
        answer.refused(400, BAD, message);
    }
    let copy = |path: &str, from: &str| json!({"patchOperations": [{"op": "copy", "path": path, "from": from}]});
    let answer = plane.ask("PATCH", &prod, copy("/description", "/variables"));
    answer.await.refused(
        400,
        BAD,
        "Invalid copy operation with path: /description and from /variables. Valid copy:path are \
         [/deploymentId, /variables] and valid copy:from are [/canarySettings/deploymentId, \
         /canarySettings/stageVariableOverrides]",
    );
    let promotion = copy("/deploymentId", "/canarySettings/deploymentId");
    let answer = plane.ask("PATCH", &prod, promotion).await;
    answer.refused(400, BAD, "Promotion not available. Canary does not exist.");
    let answer = plane
        .ask("PATCH", &prod, patches([("replace", "/tags/tag1", "a")]))
        .await;
    let message = answer.body["message"].as_str().expect("it says why");
    let beginning = "Invalid method setting path: /tags/tag1. Must be one of: [/deploymentId, ";
    assert!(message.starts_with(beginning), "{message}");
    assert!(message.ends_with("/variables/{variable_name}, /tracingEnabled]"));

    for (path, value) in [
        ("/canarySettings/percentTraffic", "many"),
        ("/canarySettings/percentTraffic", "101"),
        ("/canarySettings/percentTraffic", "NaN"),
        ("/variables/a-b", "a"),
        ("/variables/a", "a b"),
        ("/cacheClusterSize", "1"),
        ("/pets/GET/throttling/burstLimit", "-2"),
        ("/*/*/caching/ttlInSeconds", "3601"),
        ("/*/*/logging/loglevel", "ALL"),
    ] {
        let answer = plane
            .ask("PATCH", &prod, patches([("replace", path, value)]))
            .await;
        let found = (answer.status, answer.error.as_deref());
        assert_eq!(found, (400, Some(BAD)), "{path} {value}");
    }
    assert_eq!(plane.done(200, "GET", &prod, json!(null)).await, stage);
}

#[tokio::test]
async fn stages_that_cannot_be_are_refused() {
    let plane = Plane::new();
    let (api, [id, _]) = deployed(&plane).await;
    let all = format!("{api}/stages");
    let body = json!({"stageName": "prod", "deploymentId": id});
    plane.done(201, "POST", &all, body.clone()).await;
    let answer = plane.ask("POST", &all, body).await;
    answer.refused(409, "ConflictException", "Stage already exists");
    let body = json!({"stageName": "dev", "deploymentId": "none"});
    let answer = plane.ask("POST", &all, body).await;
    let message = "Invalid Deployment identifier specified";
    answer.refused(404, "NotFoundException", message);
    let answer = plane.ask(
        "POST",
        "/restapis/none/stages",
        json!({"stageName": "a", "deploymentId": "b"}),
    );
    let gone = "Invalid API identifier specified 123456789012:none";
    answer.await.refused(404, "NotFoundException", gone);
    let answer = plane.ask("POST", &all, json!({})).await;
    answer.refused(
        400,
        "ValidationException",
        "2 validation errors detected: Value null at 'createStageInput.stageName' failed to satisfy \
         constraint: Member must not be null; Value null at 'createStageInput.deploymentId' failed to \
         satisfy constraint: Member must not be null",
    );
    for body in [
        json!({"stageName": "a b"}),
        json!({"stageName": ""}),
        json!({"variables": {"a": "b c"}}),
        json!({"tags": {"aws:a": "b"}}),
        json!({"canarySettings": {"percentTraffic": 101}}),
        json!({"documentationVersion": "none"}),
    ] {
        let mut whole = json!({"stageName": "dev", "deploymentId": id});
        for (name, value) in body.as_object().expect("it is one") {
            whole[name] = value.clone();
        }
        let answer = plane.ask("POST", &all, whole).await;
        let found = (answer.status, answer.error.as_deref());
        assert_eq!(found, (400, Some(BAD)), "{body}: {answer:?}");
    }
    let found = plane.get(&format!("{all}/a%20b")).await;
    found.refused(
        404,
        "NotFoundException",
        "Invalid stage identifier specified",
    );
}

#[tokio::test]
async fn what_names_a_stage_or_an_api_goes_with_it() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    let (other, _) = plane.new_api().await;
    for (of, stage) in [(&api, "prod"), (&api, "test"), (&other, "prod")] {
        plane.new_stage(of, stage).await;
    }
    let stages = [(&api, "prod"), (&api, "test"), (&other, "prod")]
        .map(|(of, stage)| json!({"apiId": of, "stage": stage}));
    let body = json!({"name": "gold", "apiStages": stages});
    let plan = plane.done(201, "POST", "/usageplans", body).await;
    let plan = format!("/usageplans/{}", id_of(&plan));
    let body = json!({"domainName": "api.example.com"});
    plane.done(201, "POST", "/domainnames", body).await;
    let mappings = "/domainnames/api.example.com/basepathmappings";
    for (path, of, stage) in [
        ("prod", &api, "prod"),
        ("test", &api, "test"),
        ("any", &api, ""),
        ("other", &other, "prod"),
    ] {
        let body = json!({"basePath": path, "restApiId": of, "stage": stage});
        plane.done(201, "POST", mappings, body).await;
    }
    let left = async || {
        let texts = |list: &Value, member: &str| -> Vec<String> {
            let all = list.as_array().into_iter().flatten();
            let text = |one: &Value| one[member].as_str().unwrap_or_default().to_owned();
            all.map(text).collect()
        };
        let plan = plane.done(200, "GET", &plan, json!(null)).await;
        let found = plane.done(200, "GET", mappings, json!(null)).await;
        (
            texts(&plan["apiStages"], "stage"),
            texts(&found["item"], "basePath"),
        )
    };
    let path = format!("/restapis/{api}/stages/prod");
    plane.done(202, "DELETE", &path, json!(null)).await;
    let (stages, paths) = left().await;
    assert_eq!(stages, ["test", "prod"]);
    assert_eq!(paths, ["any", "other", "test"]);

    let path = format!("/restapis/{api}");
    plane.done(202, "DELETE", &path, json!(null)).await;
    let (stages, paths) = left().await;
    assert_eq!(stages, ["prod"]);
    assert_eq!(paths, ["other"]);

    for path in [
        &format!("/restapis/{other}"),
        &plan,
        "/domainnames/api.example.com",
    ] {
        plane.done(202, "DELETE", path, json!(null)).await;
    }
    plane.is_empty().await;
}
