//! What becomes of changes.

use tollgate_core::{ApiId, RateLimit, StageName};
use tollgate_deploy::{Frozen, NewCanary, NewDeployment, StageEdit};
use tollgate_gateway::address::BasePathMapping as Mapping;
use tollgate_gateway::{Gateway, Plan};
use tollgate_model::{
    ApiKey, ApiStage, BasePathMapping, Deployment, DomainName, MethodSetting, Stage, UsagePlan,
    UsagePlanKey,
};
use tollgate_node::NodeOptions;
use tollgate_store::{Change, Entity, EntityKey};

use crate::world::{API, World, now, saying, stage, unroutable};

#[tokio::test]
async fn deployments_are_served_and_go_back() {
    let world = World::new().await;
    assert_eq!(world.get("prod").await.0, 403);
    let prod = NewDeployment::to_stage("prod");
    world.deploy(saying("one"), &prod).await;
    let first = world.lifecycle().await.stages[&stage("prod")]
        .deployment_id
        .clone();
    assert_eq!(world.get("prod").await, (200, "one".to_owned()));

    // The draft alone changes nothing.
    let state = world.state().await;
    world.commit(&state.replace_draft(&saying("draft"))).await;
    assert_eq!(world.get("prod").await.1, "one");

    let status = world.deploy(saying("two"), &prod).await;
    assert_eq!(world.get("prod").await.1, "two");
    assert!(status.stages[0].is_current() && status.problems.is_empty());
    let edit = StageEdit::Deployment(first.expect("it serves one"));
    world
        .step(|all| all.update_stage(&stage("prod"), &[edit], now()))
        .await;
    assert_eq!(world.get("prod").await.1, "one");

    world.step(|all| all.delete_stage(&stage("prod"))).await;
    assert_eq!(world.get("prod").await.0, 403);
}

#[tokio::test]
async fn what_cannot_be_compiled_stays_what_it_was() {
    let world = World::new().await;
    let (prod, beta) = (
        NewDeployment::to_stage("prod"),
        NewDeployment::to_stage("beta"),
    );
    world.deploy(saying("one"), &prod).await;
    let status = world.deploy(unroutable(), &prod).await;
    let [of_prod] = &*status.stages else {
        panic!("{status:?}");
    };
    let running = of_prod.running.as_ref().expect("it serves the first");
    assert_ne!(running.deployment_id, of_prod.wanted.deployment_id);
    assert!(running.revision < of_prod.wanted.revision);
    let reason = of_prod.reason.as_ref().expect("it cannot be compiled");
    assert!(reason.has_errors(), "{reason}");
    assert_eq!(world.get("prod").await.1, "one");

    // Another stage is none of its business, and one that never ran serves nothing.
    let status = world.deploy(unroutable(), &beta).await;
    let of_beta = status.stages.iter().find(|one| one.stage == stage("beta"));
    assert!(of_beta.is_some_and(|one| one.running.is_none() && one.reason.is_some()));
    assert_eq!(world.get("beta").await.0, 403);
    for name in [&prod, &beta] {
        world.deploy(saying("three"), name).await;
    }
    for name in ["prod", "beta"] {
        assert_eq!(world.get(name).await.1, "three", "{name}");
    }
    assert!(
        world
            .node
            .status()
            .stages
            .iter()
            .all(tollgate_node::StageStatus::is_current)
    );
}

#[tokio::test]
async fn settings_take_effect_at_once() {
    let world = World::new().await;
    world
        .deploy(
            saying("$stageVariables.color"),
            &NewDeployment::to_stage("prod"),
        )
        .await;
    let plan = || {
        let table = world.gateways.table();
        table.plans().next().map(|plans| plans.production().clone())
    };
    let before = plan().expect("it is served");
    let (key, name) =
        tollgate_deploy::MethodKey::split("/*/*/throttling/burstLimit").expect("it is a path");
    let edit = StageEdit::MethodSetting {
        key,
        name,
        value: "0".to_owned(),
    };
    world
        .step(|all| all.update_stage(&stage("prod"), &[edit], now()))
        .await;
    assert_eq!(world.get("prod").await.0, 429);
    let of_prod = world.lifecycle().await.stages[&stage("prod")].clone();
    assert!(
        before.with_settings(&of_prod).is_some(),
        "nothing was compiled for it"
    );

    let (name, value) = ("color".to_owned(), "green".to_owned());
    let edits = [
        StageEdit::Variable { name, value },
        StageEdit::RemoveMethodSettings(
            tollgate_deploy::MethodKey::split("/*/*/throttling/burstLimit")
                .expect("it is a path")
                .0,
        ),
    ];
    world
        .step(|all| all.update_stage(&stage("prod"), &edits, now()))
        .await;
    assert_eq!(world.get("prod").await, (200, "green".to_owned()));
}

#[tokio::test]
async fn canaries_get_their_share_and_are_promoted() {
    let world = World::new().await;
    world
        .deploy(
            saying("one $context.isCanaryRequest"),
            &NewDeployment::to_stage("prod"),
        )
        .await;
    let mut new = NewDeployment::to_stage("prod");
    let mut canary = NewCanary::default();
    canary.percent_traffic = 100.0;
    new.canary_settings = Some(canary);
    let status = world
        .deploy(saying("two $context.isCanaryRequest"), &new)
        .await;
    assert!(
        status.stages[0]
            .running
            .as_ref()
            .is_some_and(|one| one.canary.is_some())
    );
    assert_eq!(world.get("prod").await.1, "two true");
    let none = [StageEdit::CanaryPercent(0.0)];
    world
        .step(|all| all.update_stage(&stage("prod"), &none, now()))
        .await;
    assert_eq!(world.get("prod").await.1, "one false");
    world.step(|all| all.promote(&stage("prod"), now())).await;
    assert_eq!(world.get("prod").await.1, "two false");
    let off = [StageEdit::RemoveCanary];
    world
        .step(|all| all.update_stage(&stage("prod"), &off, now()))
        .await;
    assert_eq!(world.get("prod").await.1, "two ");
}

#[tokio::test]
async fn keys_and_plans_of_the_store_count() {
    let world = World::new().await;
    let mut document = saying("for keys");
    let root = &mut document.resources[0];
    root.resource_methods[0].api_key_required = true;
    world
        .deploy(document, &NewDeployment::to_stage("prod"))
        .await;
    assert_eq!(world.get("prod").await.0, 403);
    let mut key = ApiKey::new("key0000001");
    (key.value, key.enabled) = (Some("too short".to_owned()), true);
    let mut plan = UsagePlan::new("plan01", "gold");
    plan.api_stages
        .push(ApiStage::new(ApiId::new(API), stage("prod")));
    let in_plan = UsagePlanKey::new("plan01", "key0000001");
    let changes = |key: ApiKey| {
        [
            Change::Put(Entity::ApiKey(key)),
            Change::Put(Entity::UsagePlan(plan.clone())),
            Change::Put(Entity::UsagePlanKey(in_plan.clone())),
        ]
    };
    let status = world.commit(&changes(key.clone())).await;
    assert!(
        status.problems[0].starts_with("API key key0000001: "),
        "{status:?}"
    );
    key.value = Some("let-me-in-let-me-in-let-me".to_owned());
    let status = world.commit(&changes(key)).await;
    assert!(status.problems.is_empty(), "{status:?}");
    let host = format!("{API}.execute-api.localhost");
    let request = http::Request::get("/prod/").header("host", host);
    let request = request.header("x-api-key", "let-me-in-let-me-in-let-me");
    let request = request
        .body(tollgate_core::Body::empty())
        .expect("it is a request");
    let answer = tower::ServiceExt::oneshot(world.gateways.clone(), request).await;
    assert_eq!(answer.expect("it answers").status(), 200);
}

#[tokio::test]
async fn domain_names_lead_to_what_is_served() {
    let world = World::new().await;
    world
        .deploy(saying("here"), &NewDeployment::to_stage("prod"))
        .await;
    let domain = |name: &str| Change::Put(Entity::DomainName(DomainName::new(name)));
    let mapping = |path: &str, stage: Option<StageName>| {
        let mut mapping = BasePathMapping::new(path, ApiId::new(API));
        mapping.stage = stage;
        Change::Put(Entity::BasePathMapping("api.example.com".into(), mapping))
    };
    let status = world
        .commit(&[
            domain("api.example.com"),
            mapping("v1", Some(stage("prod"))),
            mapping(BasePathMapping::REST, None),
            mapping("gone", Some(stage("gone"))),
            domain("no domain"),
        ])
        .await;
    for path in ["/v1/", "/prod/"] {
        assert_eq!(
            world.get_from("api.example.com", path).await.1,
            "here",
            "{path}"
        );
    }
    let [gone, no_domain] = &*status.problems else {
        panic!("{status:?}");
    };
    assert!(
        gone.ends_with("base path gone: API a1b2c3d4e5, stage gone is not served"),
        "{gone}"
    );
    assert!(
        no_domain.starts_with("domain name \"no domain\": "),
        "{no_domain}"
    );
    world
        .commit(&[Change::Remove(EntityKey::DomainName(
            "api.example.com".into(),
        ))])
        .await;
    assert_eq!(world.get_from("api.example.com", "/v1/").await.0, 403);
}

#[tokio::test]
async fn addresses_that_come_twice_keep_nothing_else_from_being_served() {
    let world = World::new().await;
    let prod = NewDeployment::to_stage("prod");
    world.deploy(saying("one"), &prod).await;
    let domain = |name: &str| Change::Put(Entity::DomainName(DomainName::new(name)));
    let mapping = |path: &str| {
        let mapping = BasePathMapping::new(path, ApiId::new(API));
        Change::Put(Entity::BasePathMapping("api.example.com".into(), mapping))
    };
    let mut shouting = saying("shouting");
    shouting.rest_api.id = Some(API.to_ascii_uppercase().as_str().into());
    let mut changes = world.state().await.replace_draft(&shouting);
    let frozen = Frozen::new(shouting).expect("it is small");
    let made = Deployment::new("shout1".into(), now(), frozen.hash());
    let mut same = Stage::new(stage("prod"));
    same.deployment_id = Some(made.id.clone());
    let shouted = ApiId::new(API.to_ascii_uppercase());
    changes.extend([
        Change::Put(Entity::Document(frozen)),
        Change::Put(Entity::Deployment(shouted.clone(), made)),
        Change::Put(Entity::Stage(shouted, same)),
        domain("API.example.com"),
        domain("api.example.com"),
        mapping(BasePathMapping::REST),
        domain("one.example.com"),
    ]);
    let status = world.commit(&changes).await;
    assert_eq!(
        status.problems,
        [
            "API a1b2c3d4e5, stage prod: API A1B2C3D4E5 has this address",
            "domain name api.example.com: it is the same as API.example.com",
        ]
    );
    let status = world
        .deploy(saying("two"), &NewDeployment::to_stage("beta"))
        .await;
    assert_eq!(status.problems.len(), 2, "{status:?}");
    assert_eq!(world.get("beta").await, (200, "two".to_owned()));
}

#[tokio::test]
async fn an_id_that_comes_back_is_another_deployment() {
    let world = World::new().await;
    let prod = NewDeployment::to_stage("prod");
    world.deploy(saying("one"), &prod).await;
    let state = world.state().await;
    let api = ApiId::new(API);
    let as_it_was = state.stage(&api, &stage("prod")).cloned();
    let as_it_was = as_it_was.expect("it was deployed");
    let id = as_it_was.deployment_id.clone().expect("it serves one");
    let two = Frozen::new(saying("two")).expect("it is small");
    let made = Deployment::new(id, now(), two.hash());
    world
        .commit(&[
            Change::Put(Entity::Document(two)),
            Change::Put(Entity::Deployment(api.clone(), made)),
            Change::Put(Entity::Stage(api, as_it_was)),
        ])
        .await;
    assert_eq!(world.get("prod").await.1, "two");
}

#[tokio::test]
async fn what_comes_back_is_compiled_with_the_options_of_now() {
    let world = World::new().await;
    let prod = NewDeployment::to_stage("prod");
    world.deploy(saying("$context.accountId"), &prod).await;
    let first = world.lifecycle().await.stages[&stage("prod")]
        .deployment_id
        .clone();
    world.deploy(unroutable(), &prod).await;
    let mut options = NodeOptions::default();
    options.compile.account_id = "000000000042".into();
    world.node.set_options(options).await;
    assert_eq!(world.get("prod").await.1, "123456789012");
    let back = StageEdit::Deployment(first.expect("it served one"));
    world
        .step(|all| all.update_stage(&stage("prod"), &[back], now()))
        .await;
    assert_eq!(world.get("prod").await.1, "000000000042");
}

#[tokio::test]
async fn a_check_takes_nothing_from_what_is_served() {
    let options = NodeOptions::default().compile;
    let limited = |burst: u32| {
        let mut limited = Stage::new(stage("prod"));
        let limit = RateLimit::new(0.001, burst).expect("it is a rate");
        let setting = MethodSetting::throttled(limit);
        limited.method_settings.insert("*/*".to_owned(), setting);
        limited
    };
    let document = saying("here");
    let plan = Plan::compile_with(&document, &limited(1), &options).expect("it is whole");
    let gateway = Gateway::new(plan);
    let status = async || {
        let request = http::Request::get("/").body(tollgate_core::Body::empty());
        let request = request.expect("it is a request");
        let answer = tower::ServiceExt::oneshot(gateway.clone(), request).await;
        answer.expect("it answers").status().as_u16()
    };
    assert_eq!((status().await, status().await), (200, 429));
    let said = tollgate_node::check(&document, &limited(5), &options).expect("it is whole");
    assert!(!said.has_errors(), "{said}");
    let again = gateway.plan().with_settings(&limited(1));
    gateway.publish(again.expect("it is the same stage"));
    assert_eq!(status().await, 429);
}

#[tokio::test]
async fn options_change_what_is_served() {
    let world = World::new().await;
    world
        .deploy(
            saying("$context.accountId"),
            &NewDeployment::to_stage("prod"),
        )
        .await;
    assert_eq!(world.get("prod").await.1, "123456789012");
    assert_eq!(world.get_from("localhost", "/").await.0, 403);
    let mut options = NodeOptions::default();
    options.compile.account_id = "000000000042".into();
    let prod = Mapping::new(
        "".parse().unwrap_or_default(),
        ApiId::new(API),
        Some(stage("prod")),
    );
    options.any_host = Some(vec![prod]);
    world.node.set_options(options.clone()).await;
    assert_eq!(world.get_from("localhost", "/").await.1, "000000000042");
    // The same once more is no change to wait for.
    world.node.set_options(options).await;
}
