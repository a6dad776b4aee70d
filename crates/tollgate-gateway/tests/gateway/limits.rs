//! API keys, usage plans and throttles, sections 3.2, 3.3, 5 and 6.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::Request;
use serde_json::{Value, json};
use tollgate_core::{
    Clock, Context, Event, Ids, ManualClock, Moment, Observer, PeerAddress, Quota, QuotaPeriod,
    RandomIds, RateLimit, SeededRandom,
};
use tollgate_gateway::{CompileOptions, Gateway, Limits, Plan, Secrets, Trace, TraceEvent};
use tollgate_model::Stage;
use tollgate_throttle::{
    ApiKey, Day, DayCount, LimitScope, MemoryStore, NoUsage, PlanStage, Store, StoredLimit, Take,
    UsagePlan, UsagePlans, Verdict,
};

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

/// A future that may go to another thread.
fn sent<F: Future + Send>(future: F) -> F {
    future
}

/// Where limits are kept.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kept {
    /// In the gateway.
    Here,
    /// In a store, which decides at once.
    Store,
    /// In one that must be waited for, and says that it is away.
    Away,
}

const EACH: [Kept; 3] = [Kept::Here, Kept::Store, Kept::Away];

impl Kept {
    fn api(self, method_settings: &Value) -> Api {
        let clock = Arc::new(ManualClock::at_unix(Duration::from_secs(1_700_000_000)));
        let limits = Limits::new().with_clock(clock.clone());
        let store = Asked {
            memory: MemoryStore::new(clock.clone()),
            is_away: self == Self::Away,
            seen: Mutex::default(),
        };
        let store = Arc::new(store);
        let limits = match self {
            Self::Here => limits,
            Self::Store | Self::Away => limits.with_store(store.clone()),
        };
        let limits = Arc::new(limits);
        let gateway = Gateway::new(Api::plan(method_settings, &limits));
        Api {
            gateway: gateway.with_clock(clock.clone()).with_ids(ids()),
            limits,
            clock,
            store,
        }
    }
}

/// The limits that would have refused something.
#[derive(Debug, Default)]
struct Observed(Mutex<Vec<String>>);

impl Observer for Observed {
    fn observe(&self, _: &Context, event: &Event<'_>) {
        if let Event::ShadowRefusal { limit, reason } = event {
            assert!(reason.contains("exceeded"), "{reason}");
            self.0
                .lock()
                .expect("nobody panics")
                .push((*limit).to_owned());
        }
    }
}

/// A store that remembers which limits it was asked for.
#[derive(Debug)]
struct Asked {
    memory: MemoryStore,
    is_away: bool,
    /// Where they are, and what they are about.
    seen: Mutex<BTreeSet<(usize, String)>>,
}

impl Store for Asked {
    fn take<'a>(&'a self, limits: &'a [Option<&'a StoredLimit>], now: Moment) -> Take<'a> {
        let seen = limits.iter().flatten().map(|limit| {
            let place = std::ptr::from_ref(*limit).addr();
            (place, limit.key().to_string())
        });
        self.seen.lock().expect("nobody panics").extend(seen);
        if !self.is_away {
            return self.memory.take(limits, now);
        }
        Take::asked(async move {
            tokio::task::yield_now().await;
            let verdict = self.memory.take(limits, now).await;
            Verdict {
                degraded: true,
                ..verdict
            }
        })
    }

    fn counts<'a>(
        &'a self,
        quota: &'a StoredLimit,
        range: (Day, Day),
    ) -> tollgate_throttle::Answer<'a, Vec<DayCount>> {
        self.memory.counts(quota, range)
    }

    fn set_remaining<'a>(
        &'a self,
        quota: &'a StoredLimit,
        remaining: u64,
        now: Moment,
    ) -> tollgate_throttle::Answer<'a, ()> {
        self.memory.set_remaining(quota, remaining, now)
    }
}

/// A gateway with two methods, of which one needs a key, and its limits.
struct Api {
    gateway: Gateway,
    limits: Arc<Limits>,
    clock: Arc<ManualClock>,
    /// Where limits are kept, unless that is here.
    store: Arc<Asked>,
}

impl Api {
    fn new(method_settings: &Value) -> Self {
        Kept::Here.api(method_settings)
    }

    fn plan(method_settings: &Value, limits: &Arc<Limits>) -> Plan {
        let mut keyed = mock("GET", OK, TEMPLATE);
        keyed["GET"]["apiKeyRequired"] = json!(true);
        let open = mock("GET", OK, TEMPLATE);
        let degraded = mock("GET", OK, "$context.limitsDegraded");
        let resources = [
            ("/keyed", keyed),
            ("/open", open.clone()),
            ("/degraded", degraded),
            ("/", open),
        ];
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
    for kept in EACH {
        let api = kept.api(&json!({}));
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
        let usage = api.limits.usage("gold", Some("one"), (today, today)).await;
        assert_eq!(usage.expect("it is known")[0].days, [[3, 0]]);
        api.clock.advance(Duration::from_secs(86_400));
        api.expect("/keyed", Some("one"), &[200]).await;
    }
}

#[tokio::test]
async fn each_method_of_a_stage_has_its_own_bucket() {
    for kept in EACH {
        let api = kept.api(&json!({
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
        let settings =
            json!({ "open/GET": { "throttlingRateLimit": 0.1, "throttlingBurstLimit": 5 } });
        api.gateway.publish(Api::plan(&settings, &api.limits));
        api.expect("/open", None, &[429]).await;
        api.expect("/", None, &[200, 200, 200]).await;
    }
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
    for kept in EACH {
        let api = kept.api(&json!({}));
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

#[tokio::test]
async fn what_a_store_keeps_of_a_limit_goes_on() {
    let settings = json!({ "*/*": { "throttlingRateLimit": 5.0, "throttlingBurstLimit": 50 } });
    let api = Kept::Store.api(&settings);
    let mut gold = plan(&["prod"], &["one"]);
    gold.throttle = Some(rate(5.0, 50));
    gold.stages[0]
        .methods
        .push(("/keyed/GET".into(), rate(5.0, 50)));
    let set = |gold: &UsagePlan| api.set_plans(std::slice::from_ref(gold), &[key("one")]);
    let seen = || std::mem::take(&mut *api.store.seen.lock().expect("nobody panics"));
    set(&gold);
    api.limits.set_account(Some(rate(5.0, 50)));
    api.limits.set_process(Some(rate(5.0, 50)));
    api.expect("/keyed", Some("one"), &[200]).await;
    let before = seen();
    let keys: Vec<_> = before.iter().map(|(_, key)| key.as_str()).collect();
    for expected in [
        "account:123456789012 rate",
        "named:process rate",
        "plan:gold:one method:a1b2c3d4e5:prod:/keyed/GET",
        "plan:gold:one quota",
        "plan:gold:one rate",
        "stage:a1b2c3d4e5:prod method:/keyed/GET",
    ] {
        assert!(keys.contains(&expected), "{expected} {keys:?}");
    }
    // Nothing changes: each limit is the same.
    api.gateway.publish(Api::plan(&settings, &api.limits));
    gold.stages.push(PlanStage::new("a1b2c3d4e5", "test"));
    set(&gold);
    api.limits.set_account(Some(rate(5.0, 50)));
    api.limits.set_process(Some(rate(5.0, 50)));
    api.expect("/keyed", Some("one"), &[200]).await;
    assert_eq!(seen(), before);
    // Another one is about the same.
    gold.throttle = Some(rate(6.0, 50));
    set(&gold);
    api.expect("/keyed", Some("one"), &[200]).await;
    let after = seen();
    assert_eq!(after.len(), before.len());
    let mut changed = after.difference(&before).map(|(_, key)| key.as_str());
    assert_eq!(changed.next(), Some("plan:gold:one rate"));
    assert_eq!(changed.next(), None);
}

#[tokio::test]
async fn a_decision_without_the_store_is_told() {
    for (kept, expected) in [
        (Kept::Here, None),
        (Kept::Store, Some(false)),
        (Kept::Away, Some(true)),
    ] {
        let mut api = kept.api(&json!({}));
        api.limits.set_account(Some(rate(5.0, 50)));
        let trace = Arc::new(Trace::new(api.clock.clone()));
        api.gateway = api.gateway.with_observer(trace.clone());
        let answer = api.get("/degraded", None).await;
        let text = expected.map_or(String::new(), |degraded| degraded.to_string());
        assert_eq!((answer.status, answer.body), (200, text), "{kept:?}");
        let is_told = trace.take().into_iter().any(|step| {
            let told = step.to_json(&Secrets::shown())["step"] == "limits_degraded";
            assert_eq!(told, matches!(step.event, TraceEvent::LimitsDegraded));
            told
        });
        assert_eq!(is_told, expected == Some(true), "{kept:?}");
    }
}

#[tokio::test]
async fn limits_can_be_watched_without_being_enforced() {
    for kept in EACH {
        let mut api = kept.api(&json!({
            "open/GET": { "throttlingRateLimit": 0.1, "throttlingBurstLimit": 1 }
        }));
        let observer = Arc::new(Observed::default());
        api.gateway = api.gateway.clone().with_observer(observer.clone());
        let told = || std::mem::take(&mut *observer.0.lock().expect("nobody panics"));
        let mut gold = plan(&["prod"], &["one"]);
        gold.quota = Some(Quota::new(1, QuotaPeriod::Day, 0).expect("it has no offset"));
        gold.is_shadow = true;
        api.set_plans(std::slice::from_ref(&gold), &[key("one")]);
        api.expect("/keyed", Some("one"), &[200, 200, 200]).await;
        assert_eq!(told(), ["plan_quota", "plan_quota"], "{kept:?}");
        // What is enforced is, and costs what is watched nothing.
        api.limits.set_account(Some(rate(0.1, 1)));
        api.expect("/open", None, &[200, 429]).await;
        assert_eq!(told(), Vec::<String>::new(), "{kept:?}");
        api.limits
            .set_shadow(&[LimitScope::Method, LimitScope::Account]);
        api.expect("/open", None, &[200, 200]).await;
        // Both would refuse, and the first is told.
        assert_eq!(told(), ["method", "method"], "{kept:?}");
        api.limits.set_shadow(&[]);
        api.expect("/open", None, &[429]).await;
        gold.is_shadow = false;
        api.limits.set_account(None);
        api.set_plans(&[gold], &[key("one")]);
        // It was counted until it was used up.
        api.expect("/keyed", Some("one"), &[429]).await;
        let today = Day::of(api.clock.now());
        let granted = sent(api.limits.set_remaining(("gold", "one"), 2)).await;
        assert_eq!(granted, Ok(()));
        api.expect("/keyed", Some("one"), &[200, 200, 429]).await;
        let usage = sent(api.limits.usage("gold", None, (today, today))).await;
        assert_eq!(usage.expect("it is known")[0].days, [[3, 0]]);
        let unknown = api.limits.set_remaining(("gold", "two"), 2).await;
        assert_eq!(unknown, Err(NoUsage::UnknownKey));
    }
}

#[tokio::test]
async fn callers_without_a_key_are_limited_by_where_they_come_from() {
    for kept in EACH {
        let api = kept.api(&json!({}));
        api.set_plans(&[plan(&["prod"], &["one"])], &[key("one")]);
        api.limits.set_client(Some(rate(0.1, 2)));
        let call = async |path: &str, peer: Option<&str>| {
            let mut request = Request::get(path).header("x-api-key", value("one"));
            if let Some(peer) = peer {
                request = request.extension(PeerAddress(peer.parse().expect("it is one")));
            }
            let request = request.body(Default::default()).expect("it is a request");
            send(&api.gateway, request).await.status
        };
        for (peer, statuses) in [
            (Some("192.0.2.1:1"), [200, 200, 429]),
            (Some("192.0.2.2:1"), [200, 200, 429]),
            // The same as the first.
            (Some("[::ffff:192.0.2.1]:2"), [429, 429, 429]),
            (Some("[2001:db8::1]:1"), [200, 200, 429]),
            (Some("[2001:db8::2:1]:1"), [429, 429, 429]),
            // Those who come from nowhere share one.
            (None, [200, 200, 429]),
        ] {
            for status in statuses {
                assert_eq!(call("/open", peer).await, status, "{kept:?} {peer:?}");
            }
            assert_eq!(call("/keyed", peer).await, 200, "{kept:?} {peer:?}");
        }
        api.limits.set_shadow(&[LimitScope::Client]);
        assert_eq!(call("/open", None).await, 200);
        api.limits.set_shadow(&[]);
        assert_eq!(call("/open", None).await, 429);
        api.limits.set_client(Some(rate(0.1, 2)));
        assert_eq!(call("/open", None).await, 429);
        api.limits.set_client(None);
        assert_eq!(call("/open", None).await, 200);
    }
}
