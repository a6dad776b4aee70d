//! The layers of limits and keys.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::request::Parts;
use http::{HeaderMap, Request, Response};
use tollgate_core::{
    Body, Clock, GatewayResponseType, ManualClock, PeerAddress, Quota, QuotaPeriod, RateLimit,
    Rejection, SeededRandom,
};
use tollgate_throttle::{
    ApiKey, ApiKeyId, ApiKeyLayer, ApiKeys, Current, Day, KeyedBuckets, KeyedQuotas, LimitRefusal,
    LimitScope, LimitSettings, PlanStage, QuotaLayer, ShadowRefusals, ThrottleLayer, TokenBucket,
    UsagePlan, UsagePlanLayer, UsagePlans, source_network,
};
use tower::{Layer, ServiceExt as _, service_fn};

/// Asks a layer, behind which a service says what it finds among the request's extensions.
fn ask<L, S>(layer: &L, request: Request<()>) -> Response<Body>
where
    L: Layer<Echo, Service = S>,
    S: tower::Service<Request<()>, Response = Response<Body>, Error = std::convert::Infallible>,
{
    let echo: Echo = service_fn(echo);
    futures::executor::block_on(layer.layer(echo).oneshot(request)).expect("the test says it right")
}

type Echo = tower::util::ServiceFn<
    fn(Request<()>) -> std::future::Ready<Result<Response<Body>, std::convert::Infallible>>,
>;

#[expect(
    clippy::needless_pass_by_value,
    reason = "a service takes its requests"
)]
fn echo(
    request: Request<()>,
) -> std::future::Ready<Result<Response<Body>, std::convert::Infallible>> {
    let extensions = request.extensions();
    let key = extensions.get::<ApiKeyId>().map(ApiKeyId::as_str);
    let shadow = extensions.get::<ShadowRefusals>();
    let scopes = shadow.map(|shadow| shadow.0.iter().map(LimitRefusal::scope));
    let scopes: Vec<_> = scopes.into_iter().flatten().collect();
    let mut response = Response::new(Body::from(format!("{} {scopes:?}", key.unwrap_or("-"))));
    if let Some(remaining) = request.headers().get("told-remaining") {
        let headers = response.headers_mut();
        headers.insert("ratelimit-remaining", remaining.clone());
        headers.insert(
            "ratelimit-limit",
            "7".parse().expect("the test says it right"),
        );
    }
    std::future::ready(Ok(response))
}

fn get(path: &str) -> Request<()> {
    Request::get(path).body(()).expect("the test says it right")
}

fn with(mut request: Request<()>, name: &'static str, value: &str) -> Request<()> {
    let value = value.parse().expect("the test says it right");
    request.headers_mut().append(name, value);
    request
}

fn text(response: &Response<Body>) -> &str {
    std::str::from_utf8(response.body().as_bytes().unwrap_or(b"streamed"))
        .expect("the test says it right")
}

/// Reads a body that streamed through the layer.
fn read(response: Response<Body>) -> String {
    use http_body_util::BodyExt as _;
    let body = futures::executor::block_on(response.into_body().collect());
    String::from_utf8(body.expect("the test says it right").to_bytes().to_vec())
        .expect("the test says it right")
}

fn rate(rate: f64, burst: u32) -> RateLimit {
    RateLimit::new(rate, burst).expect("the test says it right")
}

fn clock(day: &str) -> Arc<ManualClock> {
    let day: Day = day.parse().expect("the test says it right");
    Arc::new(ManualClock::at_unix(
        Duration::from_secs(86_400) * day.number(),
    ))
}

fn settings(clock: &Arc<ManualClock>) -> LimitSettings {
    LimitSettings::default().with_clock(clock.clone())
}

/// The type of a refusal, and its scope.
fn refused(response: &Response<Body>) -> Option<(GatewayResponseType, Option<LimitScope>)> {
    let rejection = response.extensions().get::<Rejection>()?;
    let limit = response.extensions().get::<LimitRefusal>();
    Some((rejection.response_type()?, limit.map(LimitRefusal::scope)))
}

const THROTTLED: GatewayResponseType = GatewayResponseType::Throttled;
const EXCEEDED: GatewayResponseType = GatewayResponseType::QuotaExceeded;
const INVALID: GatewayResponseType = GatewayResponseType::InvalidApiKey;

#[test]
fn refusals_are_what_the_service_says() {
    let clock = clock("2024-02-28");
    let quota = Quota::new(0, QuotaPeriod::Day, 0).unwrap();
    let throttle = ThrottleLayer::new(rate(0.0, 0)).with_settings(settings(&clock));
    let quota = QuotaLayer::per_client(KeyedQuotas::new(quota, Day::default()), |_| ());
    let keys = Current::new(ApiKeys::new([], &SeededRandom::new(1)).unwrap());
    for (response, status, error_type, body, expected) in [
        (
            ask(&throttle, get("/")),
            429,
            "TooManyRequestsException",
            r#"{"message":"Too Many Requests"}"#,
            (THROTTLED, Some(LimitScope::Rate)),
        ),
        (
            ask(&quota, get("/")),
            429,
            "LimitExceededException",
            r#"{"message":"Limit Exceeded"}"#,
            (EXCEEDED, Some(LimitScope::Quota)),
        ),
        (
            ask(&ApiKeyLayer::new(keys), get("/")),
            403,
            "ForbiddenException",
            r#"{"message":"Forbidden"}"#,
            (INVALID, None),
        ),
    ] {
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["x-amzn-errortype"], error_type);
        assert_eq!(response.headers()["content-type"], "application/json");
        assert_eq!(text(&response), body);
        assert_eq!(refused(&response), Some(expected));
        // The service tells nothing of limits.
        for name in ["retry-after", "ratelimit-limit", "ratelimit-remaining"] {
            assert!(!response.headers().contains_key(name), "{body} {name}");
        }
    }
}

#[test]
fn clients_have_buckets_of_their_own() {
    let clock = clock("2024-02-28");
    let layer = ThrottleLayer::per_client(KeyedBuckets::new(rate(1.0, 1)), source_network)
        .with_settings(settings(&clock));
    for (peer, status) in [
        ("192.0.2.1:1", 200),
        ("192.0.2.1:2", 429),
        ("[::ffff:192.0.2.1]:3", 429),
        ("192.0.2.2:1", 200),
        ("[2001:db8::1]:1", 200),
        ("[2001:db8::ffff:1]:1", 429),
        ("[2001:db8:0:1::1]:1", 200),
        // Those whose address is not known share a bucket.
        ("", 200),
        ("", 429),
    ] {
        let mut request = get("/");
        if !peer.is_empty() {
            let peer = PeerAddress(peer.parse().unwrap());
            request.extensions_mut().insert(peer);
        }
        assert_eq!(ask(&layer, request).status(), status, "{peer}");
    }
}

#[test]
fn a_bucket_is_chosen_for_each_request() {
    let bucket = Arc::new(TokenBucket::new(rate(0.1, 1)));
    let layer = ThrottleLayer::chosen(move |request: &Parts| {
        (request.uri.path() == "/slow").then(|| bucket.clone())
    });
    for (path, status) in [
        ("/slow", 200),
        ("/fast", 200),
        ("/slow", 429),
        ("/fast", 200),
    ] {
        assert_eq!(ask(&layer, get(path)).status(), status, "{path}");
    }
}

#[test]
fn what_is_left_is_told_where_it_is_asked_for() {
    let told = |headers: &HeaderMap| {
        let number = |name: &str| {
            headers
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        [
            number("ratelimit-limit"),
            number("ratelimit-remaining"),
            number("ratelimit-reset"),
            number("retry-after"),
        ]
        .map(|number| number.unwrap_or_else(|| "-".to_owned()))
    };
    let clock = clock("2024-02-28");
    let settings = settings(&clock).with_headers();
    let throttle = ThrottleLayer::new(rate(0.5, 2)).with_settings(settings.clone());
    let quota = Quota::new(1, QuotaPeriod::Month, 0).unwrap();
    let quota = QuotaLayer::per_client(KeyedQuotas::new(quota, Day::default()), |_| ())
        .with_settings(settings.clone());
    let never = ThrottleLayer::new(rate(0.0, 0)).with_settings(settings);
    let plain = |layer: &ThrottleLayer| ask(layer, get("/"));
    for (row, response, expected) in [
        ("a token is taken", plain(&throttle), ["2", "1", "2", "-"]),
        ("the last one, too", plain(&throttle), ["2", "0", "4", "-"]),
        ("none is left", plain(&throttle), ["2", "0", "4", "2"]),
        ("none comes", plain(&never), ["0", "0", "-", "-"]),
        ("a quota", ask(&quota, get("/")), ["1", "0", "172800", "-"]),
        (
            "it is used up",
            ask(&quota, get("/")),
            ["1", "0", "172800", "172800"],
        ),
    ] {
        assert_eq!(told(response.headers()), expected, "{row}");
    }
    // An inner limit that is met sooner stays.
    let throttle = ThrottleLayer::new(rate(1.0, 10))
        .with_settings(LimitSettings::default().with_clock(clock).with_headers());
    let inner = |remaining: &str| ask(&throttle, with(get("/"), "told-remaining", remaining));
    assert_eq!(told(inner("3").headers()), ["7", "3", "-", "-"]);
    assert_eq!(told(inner("300").headers()), ["10", "8", "2", "-"]);
    assert_eq!(told(inner("many").headers()), ["10", "7", "3", "-"]);
}

#[test]
fn limits_are_observed_before_they_are_enforced() {
    let clock = clock("2024-02-28");
    let seen = Arc::new(Mutex::new(Vec::new()));
    let observe = |settings: LimitSettings| {
        let seen = seen.clone();
        settings.observing(move |request, refusal| {
            let path = request.uri.path().to_owned();
            let after = refusal.retry_after().unwrap().as_secs();
            let entry = (path, refusal.scope(), refusal.is_enforced(), after);
            seen.lock().unwrap().push(entry);
        })
    };
    let shadow = observe(settings(&clock).in_shadow().with_headers());
    let shadow = ThrottleLayer::new(rate(0.5, 1)).with_settings(shadow);
    for (path, body) in [("/a", "- []"), ("/b", "- [Rate]"), ("/c", "- [Rate]")] {
        let response = ask(&shadow, get(path));
        assert_eq!(response.status(), 200);
        assert!(response.headers().is_empty());
        assert_eq!(read(response), body, "{path}");
    }
    let enforced = ThrottleLayer::new(rate(0.25, 1)).with_settings(observe(settings(&clock)));
    assert_eq!(ask(&enforced, get("/d")).status(), 200);
    assert_eq!(ask(&enforced, get("/e")).status(), 429);
    let rate = LimitScope::Rate;
    let expected = [
        ("/b".to_owned(), rate, false, 2),
        ("/c".to_owned(), rate, false, 2),
        ("/e".to_owned(), rate, true, 4),
    ];
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[test]
fn layers_in_shadow_tell_in_their_order() {
    let shadow = LimitSettings::default().in_shadow();
    let quota = Quota::new(0, QuotaPeriod::Day, 0).unwrap();
    let quota = QuotaLayer::per_client(KeyedQuotas::new(quota, Day::default()), |_| ());
    let layers = tower::layer::util::Stack::new(
        ThrottleLayer::new(rate(0.0, 0)).with_settings(shadow.clone()),
        quota.with_settings(shadow),
    );
    assert_eq!(read(ask(&layers, get("/"))), "- [Quota, Rate]");
}

fn value(id: &str) -> String {
    format!("{id}-0123456789abcdefghij")
}

fn key(id: &str) -> ApiKey {
    ApiKey::new(id, value(id)).expect("the test says it right")
}

#[test]
fn keys_must_be_known_and_enabled() {
    let table = [key("one"), key("two").with_enabled(false)];
    let keys = Current::new(ApiKeys::new(table, &SeededRandom::new(1)).unwrap());
    let layer = ApiKeyLayer::new(keys.clone());
    let claim = |values: &[String]| {
        let mut request = get("/");
        for value in values {
            request = with(request, "x-api-key", value);
        }
        ask(&layer, request)
    };
    for (values, reason) in [
        (vec![], "the request has no API key"),
        (vec![String::new()], "the request has no API key"),
        (vec![value("none")], "the API key is not known here"),
        (vec![value("ONE")], "the API key is not known here"),
        (vec!["x".repeat(60_000)], "the API key is not known here"),
        (vec![value("two")], "the API key is disabled"),
        // The last one counts.
        (vec![value("one"), value("two")], "the API key is disabled"),
    ] {
        let response = claim(&values);
        assert_eq!(refused(&response), Some((INVALID, None)));
        let rejection = response.extensions().get::<Rejection>().unwrap();
        assert_eq!(rejection.reason(), Some(reason), "{values:?}");
    }
    let mut request = get("/");
    let bytes = http::HeaderValue::from_bytes(&[0xFF; 30]).unwrap();
    request.headers_mut().insert("x-api-key", bytes);
    assert_eq!(ask(&layer, request).status(), 403);

    assert_eq!(read(claim(&[value("two"), value("one")])), "one []");
    keys.replace(ApiKeys::new([key("two")], &SeededRandom::new(1)).unwrap());
    assert_eq!(claim(&[value("one")]).status(), 403);
    assert_eq!(read(claim(&[value("two")])), "two []");
}

#[test]
fn a_table_of_keys_has_no_value_twice() {
    let twice = [key("one"), ApiKey::new("other", value("one")).unwrap()];
    let error = ApiKeys::new(twice, &SeededRandom::new(1)).unwrap_err();
    let expected = r#"the API keys "one" and "other" have the same value"#;
    assert_eq!(error.to_string(), expected);
}

/// A plan `gold` of the keys `one` and `two` for `api:prod`, with a rate for `GET /pets`.
fn gold(burst: u32, quota: u64) -> UsagePlan {
    let mut plan = UsagePlan::new("gold");
    plan.throttle = Some(rate(0.001, burst));
    plan.quota = Some(Quota::new(quota, QuotaPeriod::Day, 0).expect("the test says it right"));
    let mut stage = PlanStage::new("api", "prod");
    stage.methods.push(("/pets/GET".into(), rate(0.001, 1)));
    plan.stages.push(stage);
    plan.keys = vec!["one".into(), "two".into()];
    plan
}

fn plans(plan: UsagePlan) -> Current<UsagePlans> {
    let empty = UsagePlans::new(&SeededRandom::new(1));
    let keys = [key("one"), key("two")];
    let now = clock("2024-02-28").now();
    Current::new(
        empty
            .updated(&[plan], &keys, now)
            .expect("the test says it right"),
    )
}

/// The method by the path; `/health` needs no key.
fn method(request: &Parts) -> Option<std::borrow::Cow<'_, str>> {
    let path = request.uri.path();
    (path != "/health").then(|| format!("{path}/{}", request.method).into())
}

fn call<L, S>(layer: &L, path: &str, id: &str) -> Response<Body>
where
    L: Layer<Echo, Service = S>,
    S: tower::Service<Request<()>, Response = Response<Body>, Error = std::convert::Infallible>,
{
    ask(layer, with(get(path), "x-api-key", &value(id)))
}

#[test]
fn plans_limit_methods_keys_and_quotas() {
    let clock = clock("2024-02-28");
    let layer = UsagePlanLayer::for_stage(plans(gold(3, 5)), "api", "prod", method)
        .with_settings(settings(&clock));
    let method = Some((THROTTLED, Some(LimitScope::PlanMethod)));
    let plan = Some((THROTTLED, Some(LimitScope::Plan)));
    let quota = Some((EXCEEDED, Some(LimitScope::PlanQuota)));
    for (path, id, expected) in [
        ("/health", "none", None),
        ("/pets", "none", Some((INVALID, None))),
        ("/pets", "one", None),
        ("/pets", "one", method),
        // What one limit refuses costs the others nothing.
        ("/cats", "one", None),
        ("/cats", "one", None),
        ("/cats", "one", plan),
        ("/health", "one", None),
        ("/cats", "two", None),
    ] {
        let response = call(&layer, path, id);
        assert_eq!(refused(&response), expected, "{path} {id}");
        if expected.is_none() && path != "/health" {
            assert_eq!(read(response), format!("{id} []"));
        }
    }
    clock.advance(Duration::from_secs(3_000));
    for (path, expected) in [("/pets", None), ("/cats", None), ("/cats", quota)] {
        assert_eq!(refused(&call(&layer, path, "one")), expected, "{path}");
    }
}

#[test]
fn a_stage_that_no_plan_opens_is_closed() {
    let plans = plans(gold(3, 5));
    let layer = UsagePlanLayer::for_stages(
        plans,
        |request| {
            let stage = request.uri.path().split('/').nth(1)?;
            (stage != "unknown").then_some(("api".into(), stage.into()))
        },
        method,
    );
    for (path, status) in [("/prod/a", 200), ("/test/a", 403), ("/unknown/a", 403)] {
        assert_eq!(call(&layer, path, "one").status(), status, "{path}");
    }
}

#[test]
fn plans_are_replaced_while_they_are_in_use() {
    let clock = clock("2024-02-28");
    let plans = plans(gold(2, 100));
    let layer = UsagePlanLayer::for_stage(plans.clone(), "api", "prod", method)
        .with_settings(settings(&clock));
    let service = layer.layer(service_fn(echo as fn(_) -> _));
    let status = |id: &str| {
        let request = with(get("/cats"), "x-api-key", &value(id));
        let response = futures::executor::block_on(service.clone().oneshot(request));
        response.unwrap().status().as_u16()
    };
    assert_eq!([(); 3].map(|()| status("one")), [200, 200, 429]);
    let mut plan = gold(3, 100);
    plan.keys.pop();
    let next = plans.load().updated(&[plan], &[key("one")], clock.now());
    plans.replace(next.unwrap());
    // What was used stays used, and a key that is gone is refused.
    assert_eq!([status("one"), status("two")], [429, 403]);
    let usage = plans.load();
    let today = Day::of(clock.now());
    let usage = usage.usage("gold", Some("one"), (today, today)).unwrap();
    assert_eq!(usage[0].days, [[2, 98]]);
}

#[test]
fn plans_tell_of_the_limit_that_is_met_first() {
    let clock = clock("2024-02-28");
    let tell = settings(&clock).with_headers();
    let layer = UsagePlanLayer::for_stage(plans(gold(3, 100)), "api", "prod", method)
        .with_settings(tell.clone());
    let told = |layer: &UsagePlanLayer, path: &str| {
        let response = call(layer, path, "one");
        let number = |name: &str| response.headers().get(name)?.to_str().ok()?.parse().ok();
        (
            number("ratelimit-limit").unwrap_or(0),
            number("ratelimit-remaining").unwrap_or(0),
        )
    };
    for (path, expected) in [("/pets", (1, 0)), ("/cats", (3, 1)), ("/health", (0, 0))] {
        assert_eq!(told(&layer, path), expected, "{path}");
    }
    let layer = UsagePlanLayer::for_stage(plans(gold(9, 4)), "api", "prod", method)
        .with_settings(tell.clone());
    assert_eq!(told(&layer, "/cats"), (4, 3));
    // A plan without limits has nothing to tell.
    let mut free = UsagePlan::new("free");
    free.stages.push(PlanStage::new("api", "prod"));
    free.keys.push("one".into());
    let layer = UsagePlanLayer::for_stage(plans(free), "api", "prod", method).with_settings(tell);
    assert_eq!(told(&layer, "/cats"), (0, 0));
}

#[test]
fn plans_in_shadow_refuse_keys_and_nothing_else() {
    let layer = UsagePlanLayer::for_stage(plans(gold(3, 0)), "api", "prod", method)
        .with_settings(LimitSettings::default().in_shadow());
    assert_eq!(read(call(&layer, "/cats", "one")), "one [PlanQuota]");
    assert_eq!(call(&layer, "/cats", "none").status(), 403);
}
