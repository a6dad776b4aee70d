//! API keys, usage plans and throttles, sections 3.2, 3.3, 5 and 6.

use std::sync::Arc;
use std::time::Duration;

use http::Request;
use serde_json::{Value, json};
use tollgate_core::{
    Clock, Ids, ManualClock, Quota, QuotaPeriod, RandomIds, RateLimit, SeededRandom,
};
use tollgate_gateway::{CompileOptions, Gateway, Limits, Plan, Trace, TraceEvent};
use tollgate_model::Stage;
use tollgate_throttle::{ApiKey, Day, PlanStage, UsagePlan, UsagePlans};

use crate::support::{Answer, document, mock, send};

const OK: &str = r#"{"statusCode": 200}"#;
const TEMPLATE: &str = "$context.identity.apiKeyId $context.identity.apiKey";
const FORBIDDEN: &str = r#"{"message":"Forbidden"}"#;
const TOO_MANY: &str = r#"{"message":"Too Many Requests"}"#;
const EXCEEDED: &str = r#"{"message":"Limit Exceeded"}"#;

fn rate(rate: f64, burst: u32) -> RateLimit {
    RateLimit::new(rate, burst).expect("it is a rate")
}

fn key(id: &str) -> ApiKey {
    ApiKey::new(id, value(id)).expect("it is a value")
}

fn value(id: &str) -> String {
    format!("{id}-0123456789abcdef")
}

/// A gateway with two methods, of which one needs a key, and its limits.
struct Api {
    gateway: Gateway,
    limits: Arc<Limits>,
    clock: Arc<ManualClock>,
}

impl Api {
    fn new(method_settings: &Value) -> Self {
        let clock = Arc::new(ManualClock::at_unix(Duration::from_secs(1_700_000_000)));
        let limits = Arc::new(Limits::new().with_clock(clock.clone()));
        let gateway = Gateway::new(Self::plan(method_settings, &limits));
        Self {
            gateway: gateway.with_clock(clock.clone()).with_ids(ids()),
            limits,
            clock,
        }
    }

    fn plan(method_settings: &Value, limits: &Arc<Limits>) -> Plan {
        let mut keyed = mock("GET", OK, TEMPLATE);
        keyed["GET"]["apiKeyRequired"] = json!(true);
        let open = mock("GET", OK, TEMPLATE);
        let resources = [("/keyed", keyed), ("/open", open.clone()), ("/", open)];
        let stage = json!({ "stageName": "prod", "methodSettings": method_settings });
        let stage: Stage = serde_json::from_value(stage).expect("it is a stage");
        let mut options = CompileOptions::default();
        options.limits = limits.clone();
        let document = document(&resources, json!({ "id": "a1b2c3d4e5" }));
        Plan::compile_with(&document, &stage, &options).expect("it has a plan")
    }

    fn set_plans(&self, plans: &[UsagePlan], keys: &[ApiKey]) {
        let known: Arc<UsagePlans> = self.limits.usage_plans();
        let updated = known.updated(plans, keys, self.clock.now());
        self.limits
            .set_usage_plans(updated.expect("the plans are right"));
    }

    async fn get(&self, path: &str, key: Option<&str>) -> Answer {
        let mut request = Request::get(path);
        if let Some(id) = key {
            request = request.header("X-API-Key", value(id));
        }
        let request = request.body(Default::default()).expect("it is a request");
        send(&self.gateway, request).await
    }

    /// Statuses of as many calls as are expected.
    async fn expect(&self, path: &str, key: Option<&str>, statuses: &[u16]) {
        for (turn, status) in statuses.iter().enumerate() {
            let answer = self.get(path, key).await;
            assert_eq!(answer.status, *status, "{path} {key:?}, call {turn}");
        }
    }
}

fn ids() -> Arc<dyn Ids> {
    Arc::new(RandomIds::new(Arc::new(SeededRandom::new(1))))
}

fn plan(stages: &[&str], keys: &[&str]) -> UsagePlan {
    let mut plan = UsagePlan::new("gold");
    plan.stages = stages
        .iter()
        .map(|stage| PlanStage::new("a1b2c3d4e5", *stage))
        .collect();
    plan.keys = keys.iter().map(|id| (*id).into()).collect();
    plan
}

#[tokio::test]
async fn a_method_that_needs_a_key_is_closed_without_a_plan() {
    let api = Api::new(&json!({}));
    for (plans, keys) in [
        (vec![], vec![]),
        (vec![], vec![key("one")]),
        (vec![plan(&["test"], &["one"])], vec![key("one")]),
        (
            vec![plan(&["prod"], &["two"])],
            vec![key("one"), key("two")],
        ),
        (
            vec![plan(&["prod"], &["one"])],
            vec![key("one").with_enabled(false)],
        ),
    ] {
        api.set_plans(&plans, &keys);
        for key in [None, Some("one"), Some("nobody")] {
            let answer = api.get("/keyed", key).await;
            assert_eq!(
                (answer.status, &*answer.body),
                (403, FORBIDDEN),
                "{plans:?}"
            );
            assert_eq!(answer.headers["x-amzn-errortype"], "ForbiddenException");
        }
    }
    api.set_plans(&[plan(&["prod"], &["one"])], &[key("one")]);
    let answer = api.get("/keyed", Some("one")).await;
    assert_eq!(
        (answer.status, answer.body),
        (200, format!("one {}", value("one")))
    );
    // Where none is needed, a key is not looked at.
    let answer = api.get("/open", Some("one")).await;
    assert_eq!((answer.status, &*answer.body), (200, " "));
}

#[tokio::test]
async fn plans_limit_each_key_and_count_what_is_admitted() {
    let api = Api::new(&json!({}));
    let mut gold = plan(&["prod"], &["one", "two"]);
    gold.throttle = Some(rate(1.0, 2));
    gold.quota = Some(Quota::new(3, QuotaPeriod::Day, 0).expect("it has no offset"));
    api.set_plans(&[gold.clone()], &[key("one"), key("two")]);
    api.expect("/keyed", Some("one"), &[200, 200, 429, 429])
        .await;
    api.expect("/keyed", Some("two"), &[200]).await;
    let answer = api.get("/keyed", Some("one")).await;
    assert_eq!((answer.status, &*answer.body), (429, TOO_MANY));
    assert_eq!(
        answer.headers["x-amzn-errortype"],
        "TooManyRequestsException"
    );
    assert!(!answer.headers.contains_key("retry-after"));
    // What was throttled did not count.
    api.clock.advance(Duration::from_secs(10));
    api.expect("/keyed", Some("one"), &[200, 429]).await;
    let answer = api.get("/keyed", Some("one")).await;
    assert_eq!((answer.status, &*answer.body), (429, EXCEEDED));
    assert_eq!(answer.headers["x-amzn-errortype"], "LimitExceededException");
    api.expect("/keyed", Some("two"), &[200, 200]).await;
    // The count outlives a new plan of the API, and other usage plans.
    api.gateway.publish(Api::plan(&json!({}), &api.limits));
    gold.throttle = None;
    api.set_plans(&[gold], &[key("one"), key("two")]);
    api.expect("/keyed", Some("one"), &[429]).await;
    let today = Day::of(api.clock.now());
    let usage = api
        .limits
        .usage_plans()
        .usage("gold", Some("one"), (today, today));
    assert_eq!(usage.expect("it is known")[0].days, [[3, 0]]);
    api.clock.advance(Duration::from_secs(86_400));
    api.expect("/keyed", Some("one"), &[200]).await;
}

#[tokio::test]
async fn each_method_of_a_stage_has_its_own_bucket() {
    let api = Api::new(&json!({
        "*/*": { "throttlingRateLimit": 0.1, "throttlingBurstLimit": 2 },
        "open/GET": { "throttlingRateLimit": 0.1, "throttlingBurstLimit": 1 }
    }));
    api.set_plans(&[plan(&["prod"], &["one"])], &[key("one")]);
    api.expect("/open", None, &[200, 429]).await;
    api.expect("/", None, &[200, 200, 429]).await;
    api.expect("/keyed", Some("one"), &[200, 200, 429]).await;
    api.clock.advance(Duration::from_secs(10));
    api.expect("/open", None, &[200, 429]).await;
    // Buckets outlive a plan; a changed limit takes along what is there.
    let settings = json!({ "open/GET": { "throttlingRateLimit": 0.1, "throttlingBurstLimit": 5 } });
    api.gateway.publish(Api::plan(&settings, &api.limits));
    api.expect("/open", None, &[429]).await;
    api.expect("/", None, &[200, 200, 200]).await;
}

#[tokio::test]
async fn a_rate_or_burst_of_zero_admits_nothing() {
    for setting in [
        json!({ "throttlingRateLimit": 0.0, "throttlingBurstLimit": 5 }),
        json!({ "throttlingRateLimit": 5.0, "throttlingBurstLimit": 0 }),
    ] {
        let api = Api::new(&json!({ "open/GET": setting }));
        api.expect("/open", None, &[429, 429]).await;
        api.expect("/", None, &[200]).await;
    }
    let settings = json!({ "open/GET": { "throttlingRateLimit": -1.0 } });
    let plan = Api::plan(&settings, &Arc::default());
    let told = plan.diagnostics().to_string();
    assert!(told.contains("a rate of -1 requests a second"), "{told}");
}

#[tokio::test]
async fn the_account_and_the_process_come_last() {
    let api = Api::new(&json!({}));
    api.limits.set_account(Some(rate(0.1, 2)));
    api.limits.set_process(Some(rate(0.1, 3)));
    api.expect("/open", None, &[200, 200, 429]).await;
    api.limits.set_account(None);
    api.expect("/open", None, &[200, 429]).await;
    api.limits.set_process(None);
    api.expect("/open", None, &[200]).await;
    api.limits.set_most_in_flight(Some(0));
    let answer = api.get("/open", None).await;
    assert_eq!((answer.status, &*answer.body), (429, TOO_MANY));
    api.limits.set_most_in_flight(Some(1));
    api.expect("/open", None, &[200, 200]).await;
}

#[tokio::test]
async fn refusals_say_why_in_the_log() {
    let mut api = Api::new(&json!({}));
    let mut gold = plan(&["prod"], &["one"]);
    gold.throttle = Some(rate(5.0, 1));
    api.set_plans(&[gold], &[key("one")]);
    let trace = Arc::new(Trace::new(api.clock.clone()));
    api.expect("/keyed", Some("one"), &[200]).await;
    api.gateway = api.gateway.with_observer(trace.clone());
    api.expect("/keyed", Some("one"), &[429]).await;
    let steps = trace.take();
    let accepted = steps.iter().any(|step| {
        matches!(&step.event, TraceEvent::ApiKeyAccepted { key_id: Some(id), usage_plan }
            if id == "one" && usage_plan == "gold")
    });
    assert!(accepted, "{steps:?}");
    let reason = steps.iter().find_map(|step| match &step.event {
        TraceEvent::Refused { rejection, .. } => rejection.reason().map(str::to_owned),
        _ => None,
    });
    assert_eq!(
        reason.as_deref(),
        Some(
            "API Key ****************abcdef exceeded throttle limit for API Stage a1b2c3d4e5/prod: Key \
             throttle limit exceeded for Usage Plan ID gold, RestApi a1b2c3d4e5, Stage prod, Resource \
             res000, HttpMethod GET. Limit: 5.00 Burst: 1"
        )
    );
}
