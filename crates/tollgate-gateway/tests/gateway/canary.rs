//! Canaries, section 14: two deployments on one stage, and settings that need no deployment.

use std::sync::Arc;

use http::Request;
use serde_json::{Value, json};
use tollgate_core::{Percent, RateLimit, SeededRandom};
use tollgate_gateway::address::AddressTable;
use tollgate_gateway::{CompileOptions, Gateway, Gateways, Limits, Plan, StagePlans};
use tollgate_model::{ApiDocument, MethodSetting, Stage};
use tower::ServiceExt as _;

use crate::support::{answer, document, get, mock};

const OK: &str = r#"{"statusCode": 200}"#;
/// What the recorded API answers with, and which deployment it is.
const TEMPLATE: &str = "$stageVariables.testVar $stageVariables.defaultVar \
                        $stageVariables.noStageVar $context.isCanaryRequest \
                        $context.deploymentId $context.stage";

/// An API whose deployments tell themselves apart by the beginning of their answers.
fn deployment(name: &str) -> ApiDocument {
    let mut method = mock("GET", OK, &format!("{name} {TEMPLATE}"));
    method["GET"]["methodResponses"]["200"]["responseParameters"] =
        json!({ "method.response.header.canary": true });
    method["GET"]["methodIntegration"]["integrationResponses"]["200"]["responseParameters"] =
        json!({ "method.response.header.canary": "context.isCanaryRequest" });
    let members = json!({
        "id": "a1b2c3d4e5",
        "gatewayResponses": [{
            "responseType": "MISSING_AUTHENTICATION_TOKEN",
            "responseTemplates": { "application/json": format!("{name} $context.isCanaryRequest") }
        }]
    });
    document(&[("/", method)], members)
}

fn stage(members: &Value) -> Stage {
    let mut stage = json!({
        "stageName": "prod",
        "deploymentId": "old000",
        "variables": { "testVar": "default", "defaultVar": "default" },
    });
    let stage_members = stage.as_object_mut().expect("it is an object");
    stage_members.extend(members.as_object().expect("they are an object").clone());
    serde_json::from_value(stage).expect("it is a stage")
}

fn with_canary(percent: f64) -> Stage {
    stage(&json!({
        "canarySettings": {
            "percentTraffic": percent,
            "deploymentId": "new000",
            "stageVariableOverrides": { "testVar": "canary", "noStageVar": "canary" },
        }
    }))
}

fn plan(document: &ApiDocument, stage: &Stage, limits: &Arc<Limits>) -> Plan {
    let mut options = CompileOptions::default();
    options.limits = limits.clone();
    Plan::compile_with(document, stage, &options).expect("it has a plan")
}

/// Both plans of a stage, which a canary gets so many requests of.
fn plans(percent: f64) -> StagePlans {
    let (stage, limits) = (with_canary(percent), Arc::default());
    let canary = stage.of_canary().expect("it has a canary");
    StagePlans::new(plan(&deployment("old"), &stage, &limits)).with_canary(
        plan(&deployment("new"), &canary, &limits),
        Percent::new(percent).expect("it is a share"),
    )
}

fn seeded(gateway: Gateway) -> Gateway {
    gateway.with_random(Arc::new(SeededRandom::new(14)))
}

/// Recorded: `test_invoking_canary_deployment`; and what is said of both ids beside it.
#[tokio::test]
async fn canary_requests_see_its_deployment_and_its_variables() {
    let production = "old default default  false old000 prod";
    let canary = "new canary default canary true new000 prod";
    for (percent, body, header) in [(0.0, production, "false"), (100.0, canary, "true")] {
        let gateway = seeded(Gateway::new(plans(percent)));
        for _ in 0..100 {
            let found = get(&gateway, "/").await;
            assert_eq!(found.body, body, "{percent} %");
            assert_eq!(found.headers["canary"], header, "{percent} %");
        }
        let refused = get(&gateway, "/nowhere").await.body;
        let expected = format!("{} {header}", &body[..3]);
        assert_eq!(refused, expected, "{percent} %");
    }
    // Nothing is said of a canary where there is none.
    let gateway = Gateway::new(plan(
        &deployment("old"),
        &stage(&json!({})),
        &Arc::default(),
    ));
    let found = get(&gateway, "/").await;
    assert_eq!(found.body, "old default default   old000 prod");
    assert!(!found.headers.contains_key("canary"));
}

#[tokio::test]
async fn many_stages_have_canaries_too() {
    let table = AddressTable::builder().stage(plans(100.0)).build();
    let gateways = Gateways::new(table.expect("it is a table"));
    let request = Request::get("/prod")
        .header("host", "a1b2c3d4e5.execute-api.localhost")
        .body(http_body_util::Empty::<bytes::Bytes>::new())
        .expect("it is a request");
    let response = gateways.oneshot(request).await.expect("it always answers");
    let found = answer(response).await.body;
    assert_eq!(found, "new canary default canary true new000 prod");
}

#[tokio::test]
async fn each_request_is_drawn_anew() {
    const REQUESTS: usize = 10_000;
    let gateway = seeded(Gateway::new(plans(30.0)));
    let mut taken = 0;
    for _ in 0..REQUESTS {
        taken += usize::from(get(&gateway, "/").await.body.starts_with("new"));
    }
    // 3 sigma: sqrt(10,000 * 0.3 * 0.7) = 45.8.
    assert!((2_863..=3_137).contains(&taken), "{taken}");
}

#[tokio::test]
async fn both_plans_share_the_buckets_of_methods() {
    let mut stage = with_canary(50.0);
    let limit = RateLimit::new(0.001, 5).expect("it is a rate");
    let setting = MethodSetting::throttled(limit);
    let plans = plans(50.0);
    let plans = plans.with_settings(&stage).expect("nothing has changed");
    stage.method_settings.insert("*/*".to_owned(), setting);
    let limited = plans.with_settings(&stage).expect("settings only");
    let gateway = seeded(Gateway::new(limited.clone()));
    let admitted = async |gateway: &Gateway| {
        let mut admitted = 0;
        for _ in 0..20 {
            admitted += usize::from(get(gateway, "/").await.status == 200);
        }
        admitted
    };
    assert_eq!(admitted(&gateway).await, 5);
    // What is taken is taken, whatever else is set meanwhile.
    gateway.publish(limited.with_settings(&stage).expect("settings only"));
    assert_eq!(admitted(&gateway).await, 0);
    stage.method_settings.clear();
    gateway.publish(limited.with_settings(&stage).expect("settings only"));
    assert_eq!(admitted(&gateway).await, 20);
}

/// Which deployment answers after a change of the stage that begins with 30 %, without compiling.
#[tokio::test]
async fn what_is_compiled_is_used_again() {
    let plans = plans(30.0);
    let promoted = |percent: f64| {
        let mut stage = with_canary(percent);
        let canary = stage.of_canary().expect("it has a canary");
        (stage.deployment_id, stage.variables) = (canary.deployment_id, canary.variables);
        stage
    };
    let without = |mut stage: Stage| {
        stage.canary_settings = None;
        stage
    };
    let changed = |change: fn(&mut Stage)| {
        let mut stage = with_canary(30.0);
        change(&mut stage);
        stage
    };
    for (what, stage, expected) in [
        ("no traffic", with_canary(0.0), Some("old false")),
        ("all traffic", with_canary(100.0), Some("new true")),
        ("promoted", promoted(0.0), Some("new false")),
        ("removed", without(with_canary(30.0)), Some("old ")),
        ("promoted and removed", without(promoted(0.0)), Some("new ")),
        ("no share", with_canary(101.0), Some("old false")),
        (
            "another deployment",
            changed(|stage| stage.deployment_id = Some("other0".into())),
            None,
        ),
        (
            "another variable",
            changed(|stage| {
                stage.variables.insert("more".to_owned(), "1".to_owned());
            }),
            None,
        ),
        (
            "another variable of the canary",
            changed(|stage| {
                let canary = stage.canary_settings.as_mut().expect("it has a canary");
                canary.stage_variable_overrides.clear();
            }),
            None,
        ),
        (
            "another stage",
            changed(|stage| stage.stage_name = "test".parse().expect("it is a name")),
            None,
        ),
        (
            "another certificate",
            changed(|stage| stage.client_certificate_id = Some("c3rt".to_owned())),
            None,
        ),
    ] {
        let found = plans.with_settings(&stage);
        assert_eq!(found.is_some(), expected.is_some(), "{what}");
        let (Some(found), Some(expected)) = (found, expected) else {
            continue;
        };
        let told = found.production().diagnostics().to_string();
        assert_eq!(told.contains("101 percent"), what == "no share", "{told}");
        let gateway = seeded(Gateway::new(found));
        let body = get(&gateway, "/").await.body;
        let deployment = &body[..3];
        let is_canary = body.split(' ').nth(4).unwrap_or_default();
        assert_eq!(format!("{deployment} {is_canary}"), expected, "{what}");
    }
}

#[test]
fn diagnostics_tell_of_the_document_and_then_of_the_settings() {
    let broken = document(&[("/", mock("GET", "#if", ""))], json!({}));
    let setting =
        |rate: f64| stage(&json!({ "methodSettings": { "*/*": { "throttlingRateLimit": rate } } }));
    let plan = plan(&broken, &setting(-1.0), &Arc::default());
    let plan = plan.map_diagnostics(|of_document| {
        let in_capitals = of_document.into_iter().map(|mut one| {
            one.message.make_ascii_uppercase();
            one
        });
        in_capitals.collect()
    });
    let told = |plan: &Plan| {
        let told = plan.diagnostics().iter().map(|one| one.message.clone());
        told.collect::<Vec<_>>()
    };
    let (first, second) = match &*told(&plan) {
        [first, second] => (first.clone(), second.clone()),
        other => panic!("{other:?}"),
    };
    assert!(first.starts_with("METHOD GET"), "{first}");
    assert!(second.contains("a rate of -1"), "{second}");
    let other = plan.with_settings(&setting(-2.0)).expect("settings only");
    let third = second.replace("-1", "-2");
    assert_eq!(told(&other), [first.clone(), third]);
    let other = other.with_settings(&setting(2.0)).expect("settings only");
    assert_eq!(told(&other), [first]);
}
