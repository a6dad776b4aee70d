//! Requests and stages of tests.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tollgate_auth::StageAccess;
use tollgate_core::{Context, Contexts, ManualClock, StageContext};
use tollgate_iam::policy::{Policy, PolicyKind};

pub(crate) const API: &str = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5";

/// 2026-03-01T12:00:00Z.
pub(crate) const NOW: u64 = 1_772_366_400;

pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at_unix(Duration::from_secs(NOW)))
}

pub(crate) fn stage_of(api: &str, stage: &str) -> StageContext {
    let mut context = StageContext::local();
    context.region = "eu-central-1".into();
    context.api_id = api.into();
    context.stage = stage.parse().unwrap();
    context
}

pub(crate) fn stage() -> StageContext {
    stage_of("a1b2c3d4e5", "prod")
}

pub(crate) fn access() -> StageAccess {
    StageAccess::new(&stage())
}

/// A request that arrives now, from 203.0.113.10.
pub(crate) fn arriving(clock: &Arc<ManualClock>, request: http::request::Builder) -> Context {
    let contexts = Contexts::default()
        .with_clock(clock.clone())
        .with_stage(Arc::new(stage()));
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let mut context = contexts.make(parts);
    context.identity.source_ip = Some([203, 0, 113, 10].into());
    context
}

pub(crate) fn statement(effect: &str, resource: &str) -> Value {
    json!({"Effect": effect, "Action": "execute-api:Invoke", "Resource": resource})
}

pub(crate) fn policy_of(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// A resource policy with one statement for everybody, if it says anything.
pub(crate) fn resource_policy(effect: Option<&str>) -> Policy {
    let mut statement = match effect {
        Some(effect) => statement(effect, &format!("{API}/prod/*")),
        None => statement("Allow", &format!("{API}/other/*")),
    };
    statement["Principal"] = "*".into();
    Policy::parse(&policy_of(&[statement]).to_string(), PolicyKind::Resource).unwrap()
}
