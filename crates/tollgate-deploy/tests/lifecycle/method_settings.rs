//! Settings of methods by the paths of patches.

use crate::api::Api;
use serde_json::{Value, json};
use tollgate_core::StageName;
use tollgate_deploy::{
    DeployError, MAX_METHOD_KEY_BYTES, MAX_METHOD_SETTINGS, MethodKey, MethodSettingName,
    NewDeployment, StageEdit,
};
use tollgate_model::Stage;

fn set(path: &str, value: &str) -> Result<StageEdit, DeployError> {
    let (key, name) = MethodKey::split(path)?;
    let value = value.to_owned();
    Ok(StageEdit::MethodSetting { key, name, value })
}

fn remove(key: &str) -> StageEdit {
    StageEdit::RemoveMethodSettings(key.parse().unwrap())
}

fn served() -> Api {
    let mut api = Api::new();
    api.deploy("one", &NewDeployment::to_stage("prod")).unwrap();
    api
}

fn settings(stage: &Stage) -> Value {
    serde_json::to_value(&stage.method_settings).unwrap()
}

/// All settings as a method first has them, and some that are changed.
fn all(changed: Value) -> Value {
    let mut settings = json!({
        "metricsEnabled": false, "dataTraceEnabled": false, "throttlingBurstLimit": 5000,
        "throttlingRateLimit": 10000.0, "cachingEnabled": false, "cacheTtlInSeconds": 300,
        "cacheDataEncrypted": false, "requireAuthorizationForCacheControl": true,
        "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER"
    });
    let Value::Object(changed) = changed else {
        panic!("an object");
    };
    for (name, value) in changed {
        if value.is_null() {
            settings.as_object_mut().unwrap().remove(&name);
        } else {
            settings[name] = value;
        }
    }
    settings
}

#[test]
fn one_setting_makes_all_of_them() {
    for (path, value, changed) in [
        ("metrics/enabled", "true", json!({"metricsEnabled": true})),
        ("metrics/enabled", "yes", json!({"metricsEnabled": false})),
        ("logging/loglevel", "INFO", json!({"loggingLevel": "INFO"})),
        (
            "logging/dataTrace",
            "true",
            json!({"dataTraceEnabled": true}),
        ),
        (
            "throttling/burstLimit",
            "7",
            json!({"throttlingBurstLimit": 7}),
        ),
        (
            "throttling/burstLimit",
            "-1",
            json!({"throttlingBurstLimit": null}),
        ),
        (
            "throttling/rateLimit",
            "1.5",
            json!({"throttlingRateLimit": 1.5}),
        ),
        (
            "throttling/rateLimit",
            "-1.000000",
            json!({"throttlingRateLimit": null}),
        ),
        ("caching/enabled", "true", json!({"cachingEnabled": true})),
        ("caching/ttlInSeconds", "0", json!({"cacheTtlInSeconds": 0})),
        (
            "caching/ttlInSeconds",
            "3600",
            json!({"cacheTtlInSeconds": 3600}),
        ),
        (
            "caching/dataEncrypted",
            "true",
            json!({"cacheDataEncrypted": true}),
        ),
        (
            "caching/requireAuthorizationForCacheControl",
            "",
            json!({"requireAuthorizationForCacheControl": false}),
        ),
        (
            "caching/unauthorizedCacheControlHeaderStrategy",
            "FAIL_WITH_403",
            json!({"unauthorizedCacheControlHeaderStrategy": "FAIL_WITH_403"}),
        ),
    ] {
        let mut api = served();
        api.update("prod", &[set(&format!("/test/GET/{path}"), value).unwrap()])
            .unwrap();
        assert_eq!(
            settings(api.stage("prod")),
            json!({"test/GET": all(changed.clone())}),
            "{path} = {value}"
        );
        let name: MethodSettingName = path.parse().unwrap();
        assert!(changed.get(name.member()).is_some(), "{path}");
    }
    assert_eq!(MethodSettingName::all().count(), 10);
}

#[test]
fn values_that_a_setting_cannot_have_are_refused() {
    for (path, value) in [
        ("logging/loglevel", "info"),
        ("logging/loglevel", "DEBUG"),
        ("throttling/burstLimit", "1.5"),
        ("throttling/burstLimit", "-2"),
        ("throttling/burstLimit", "2147483648"),
        ("throttling/burstLimit", ""),
        ("throttling/rateLimit", "-0.5"),
        ("throttling/rateLimit", "NaN"),
        ("throttling/rateLimit", "inf"),
        ("throttling/rateLimit", "many"),
        ("caching/ttlInSeconds", "3601"),
        ("caching/ttlInSeconds", "-1"),
        ("caching/unauthorizedCacheControlHeaderStrategy", "FAIL"),
    ] {
        let mut api = served();
        let edit = set(&format!("/*/*/{path}"), value).unwrap();
        let error = api.update("prod", &[edit]).unwrap_err();
        assert!(
            matches!(error, DeployError::InvalidSettingValue { name, .. } if name == path),
            "{path} = {value}: {error}"
        );
        assert_eq!(settings(api.stage("prod")), json!({}), "{path} = {value}");
    }
}

/// Recorded on the service: stages that are created and updated.
#[test]
fn a_method_begins_with_the_settings_of_all_and_keeps_them() {
    let mut api = served();
    let edits = [
        ("/*/*/caching/enabled", "true"),
        ("/*/*/throttling/rateLimit", "5"),
        ("/test/GET/throttling/burstLimit", "124"),
        ("/*/*/caching/enabled", "false"),
        ("/*/*/logging/loglevel", "ERROR"),
        ("/other/ANY/metrics/enabled", "true"),
    ];
    for (path, value) in edits {
        api.update("prod", &[set(path, value).unwrap()]).unwrap();
    }
    let expected = json!({
        "*/*": all(json!({"throttlingRateLimit": 5.0, "loggingLevel": "ERROR"})),
        "test/GET": all(json!({
            "throttlingRateLimit": 5.0, "cachingEnabled": true, "throttlingBurstLimit": 124
        })),
        "other/ANY": all(json!({
            "throttlingRateLimit": 5.0, "loggingLevel": "ERROR", "metricsEnabled": true
        })),
    });
    assert_eq!(settings(api.stage("prod")), expected);

    // A throttle that was switched off stays off when something else is set.
    api.update(
        "prod",
        &[set("/test/GET/throttling/burstLimit", "-1").unwrap()],
    )
    .unwrap();
    api.update("prod", &[set("/test/GET/metrics/enabled", "true").unwrap()])
        .unwrap();
    let setting = &api.stage("prod").method_settings["test/GET"];
    assert_eq!(setting.throttling_burst_limit, None);
    assert_eq!(setting.throttling_rate_limit, Some(5.0));
}

#[test]
fn settings_are_removed_by_method() {
    let mut api = served();
    for path in ["/*/*/metrics/enabled", "/test/GET/metrics/enabled"] {
        api.update("prod", &[set(path, "true").unwrap()]).unwrap();
    }
    api.update("prod", &[remove("*/*")]).unwrap();
    assert_eq!(
        settings(api.stage("prod")),
        json!({"test/GET": all(json!({"metricsEnabled": true}))})
    );
    api.update("prod", &[remove("test/GET")]).unwrap();
    assert_eq!(settings(api.stage("prod")), json!({}));
    for key in ["*/*", "test/GET"] {
        let error = api.update("prod", &[remove(key)]).unwrap_err();
        let told = format!(
            "Cannot remove method setting {key} because there is no method setting for this method "
        );
        assert_eq!(error.to_string(), told);
    }
}

#[test]
fn one_method_may_be_spelled_in_many_ways() {
    for (first, other, plain) in [
        ("/test/GET", "/test/GET", "test/GET"),
        ("/~1test/GET", "/test/GET", "test/GET"),
        ("/a/b/GET", "/a~1b/GET", "a/b/GET"),
        ("/~1a~1b/GET", "/a/b/GET", "a/b/GET"),
        ("/a~1{b+}/ANY", "/~1a/{b+}/ANY", "a/{b+}/ANY"),
        ("/~1/GET", "//GET", "/GET"),
        ("/a~0b/GET", "/~1a~0b/GET", "a~b/GET"),
        ("/*/*", "/*/*", "*/*"),
    ] {
        let mut api = served();
        let metrics = set(&format!("{first}/metrics/enabled"), "true").unwrap();
        let tracing = set(&format!("{other}/logging/dataTrace"), "true").unwrap();
        api.update("prod", &[metrics, tracing]).unwrap();
        let expected = all(json!({"metricsEnabled": true, "dataTraceEnabled": true}));
        // Who set it looks it up as it spelled it.
        let key = &first[1..];
        assert_eq!(
            settings(api.stage("prod")),
            json!({ key: expected }),
            "{first}"
        );
        let key: MethodKey = key.parse().unwrap();
        assert_eq!(key.plain(), plain, "{first}");
        api.update("prod", &[remove(&other[1..])]).unwrap();
        assert_eq!(settings(api.stage("prod")), json!({}), "{first}");
    }
}

#[test]
fn other_paths_name_no_setting() {
    for path in [
        "",
        "/",
        "/tags/tag1",
        "test/GET/metrics/enabled",
        "/GET/metrics/enabled",
        "/test/FETCH/metrics/enabled",
        "/test/get/metrics/enabled",
        "/test/*/metrics/enabled",
        "/*/GET/x/metrics/enabled",
        "/test/GET/metrics",
        "/test/GET/metrics/enabled/",
        "/test/GET/throttling/ratelimit",
    ] {
        let error = MethodKey::split(path).unwrap_err();
        assert!(
            matches!(error, DeployError::InvalidSettingPath { .. }),
            "{path}: {error}"
        );
        let told = error.to_string();
        let begins =
            format!("Invalid method setting path: {path}. Must be one of: [/deploymentId, ");
        assert!(told.starts_with(&begins), "{told}");
        // Where the service leaves out its commas, so does this.
        for part in [
            "/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit/{resourcePath}\
             /{httpMethod}/caching/ttlInSeconds, /{resourcePath}",
            "/*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, /*/*",
        ] {
            assert!(told.contains(part), "{told}");
        }
        assert!(
            told.ends_with("/variables/{variable_name}, /tracingEnabled]"),
            "{told}"
        );
    }
}

#[test]
fn keys_have_a_length_and_a_stage_a_number_of_them() {
    let key = format!("{}/GET", "x".repeat(MAX_METHOD_KEY_BYTES));
    let error = key.parse::<MethodKey>().unwrap_err();
    assert!(matches!(error, DeployError::TooLong { .. }), "{error}");
    let error = MethodKey::split(&format!("/{key}/metrics/enabled")).unwrap_err();
    assert!(matches!(error, DeployError::TooLong { .. }), "{error}");

    let mut api = served();
    let name: StageName = "prod".parse().unwrap();
    let stage = &mut api.lifecycle.stages[&name];
    for index in 0..MAX_METHOD_SETTINGS {
        let key = format!("{index}/GET");
        stage.method_settings.insert(key, Default::default());
    }
    let error = api.update("prod", &[set("/new/GET/metrics/enabled", "true").unwrap()]);
    assert!(
        matches!(error, Err(DeployError::TooMany { .. })),
        "{error:?}"
    );
    api.update("prod", &[set("/0/GET/metrics/enabled", "true").unwrap()])
        .unwrap();
}
