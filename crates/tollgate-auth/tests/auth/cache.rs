//! What is kept of authorizers' answers, for whom and for how long.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::channel::oneshot;
use futures::executor::block_on;
use futures::future::join_all;
use futures::poll;
use http::request::Builder;
use serde_json::json;
use tollgate_auth::{
    Authorizer, AuthorizerCache, AuthorizerEvent, AuthorizerFunction, AuthorizerIdentity,
    CacheLimits, FunctionError, LambdaAuthorizer, RequestIdentity, StageAccess, TokenIdentity,
};
use tollgate_core::ManualClock;

use crate::functions::Counted;
use crate::requests::{API, access, arriving, clock, policy_of, stage_of, statement};

fn allowing(resource: &str) -> String {
    let policy = policy_of(&[statement("Allow", resource)]);
    json!({"principalId": "alice", "policyDocument": policy}).to_string()
}

/// Allows everything to everybody.
fn generous() -> Counted {
    Counted::new(|_| Ok(allowing("*")))
}

fn token() -> TokenIdentity {
    TokenIdentity::new("method.request.header.Authorization").unwrap()
}

fn get(path: &str, token: &str) -> Builder {
    http::Request::get(path).header("authorization", token)
}

/// One place where answers are kept, with what uses it.
struct Bench {
    clock: Arc<ManualClock>,
    cache: AuthorizerCache,
}

impl Bench {
    fn new() -> Self {
        let clock = clock();
        Self {
            cache: AuthorizerCache::new(clock.clone()),
            clock,
        }
    }

    fn authorizer(
        &self,
        (id, version): (&str, &str),
        identity: impl Into<AuthorizerIdentity>,
        access: StageAccess,
        function: Arc<dyn AuthorizerFunction>,
    ) -> LambdaAuthorizer {
        let authorizer = Authorizer::new(id, identity, None).unwrap();
        let authorizer = authorizer.with_version(version);
        LambdaAuthorizer::new(authorizer, access, function, self.cache.clone())
    }

    fn plain(&self, function: &Counted) -> LambdaAuthorizer {
        self.authorizer(
            ("auth01", ""),
            token(),
            access(),
            Arc::new(function.clone()),
        )
    }

    /// The status with which the request passes or not.
    fn ask(&self, authorizer: &LambdaAuthorizer, request: Builder) -> u16 {
        block_on(self.asking(authorizer, request))
    }

    async fn asking(&self, authorizer: &LambdaAuthorizer, request: Builder) -> u16 {
        let context = arriving(&self.clock, request);
        let outcome = authorizer.authorize(&context).await;
        outcome.map_or_else(|rejection| rejection.status().as_u16(), |_| 200)
    }
}

#[test]
fn the_policy_is_kept_and_not_the_decision() {
    let bench = Bench::new();
    let function = Counted::new(|_| Ok(allowing(&format!("{API}/prod/GET/pets"))));
    let authorizer = bench.plain(&function);
    for (path, status) in [
        ("/pets", 200),
        ("/orders", 403),
        ("/pets", 200),
        ("/pets/7", 403),
    ] {
        assert_eq!(bench.ask(&authorizer, get(path, "t")), status, "{path}");
    }
    let post = http::Request::post("/pets").header("authorization", "t");
    assert_eq!(bench.ask(&authorizer, post), 403);
    assert_eq!(function.calls(), 1, "a denial is kept as well");
}

#[test]
fn answers_are_good_for_as_long_as_the_authorizer_says() {
    for (ttl, seconds, calls) in [
        (None, 299, 1),
        (None, 300, 2),
        (Some(3_600), 3_599, 1),
        (Some(3_600), 3_600, 2),
        (Some(1), 1, 2),
        (Some(0), 0, 2),
    ] {
        let bench = Bench::new();
        let function = generous();
        let authorizer = LambdaAuthorizer::new(
            Authorizer::new("auth01", token(), ttl).unwrap(),
            access(),
            Arc::new(function.clone()),
            bench.cache.clone(),
        );
        assert_eq!(bench.ask(&authorizer, get("/", "t")), 200);
        bench.clock.advance(Duration::from_secs(seconds));
        assert_eq!(bench.ask(&authorizer, get("/", "t")), 200);
        assert_eq!(function.calls(), calls, "{ttl:?} after {seconds} s");
    }
}

#[test]
fn nobody_answers_for_another_api_stage_or_authorizer() {
    let bench = Bench::new();
    let function = generous();
    let by = |api: &str, stage: &str, named: (&str, &str), identity: AuthorizerIdentity| {
        let access = StageAccess::new(&stage_of(api, stage));
        bench.authorizer(named, identity, access, Arc::new(function.clone()))
    };
    let request = |list: &str| RequestIdentity::new(list).unwrap().into();
    let header = "method.request.header.Authorization";
    let other_header = TokenIdentity::new("method.request.header.Token").unwrap();
    let authorizers = [
        by("api1", "prod", ("a", "1"), token().into()),
        by("api2", "prod", ("a", "1"), token().into()),
        by("api1", "test", ("a", "1"), token().into()),
        by("api1p", "rod", ("a", "1"), token().into()),
        by("api1", "prod", ("b", "1"), token().into()),
        by("api1", "prod", ("a", "2"), token().into()),
        by("api1", "prod", ("a1", ""), token().into()),
        by("api1", "prod", ("a", "1"), other_header.into()),
        by("api1", "prod", ("a", "1"), request(header)),
        by(
            "api1",
            "prod",
            ("a", "1"),
            request("method.request.header.Token"),
        ),
    ];
    for round in 1..3 {
        for (index, authorizer) in authorizers.iter().enumerate() {
            let request = get("/", "t").header("token", "t");
            assert_eq!(bench.ask(authorizer, request), 200);
            let calls = if round == 1 {
                index + 1
            } else {
                authorizers.len()
            };
            assert_eq!(function.calls(), calls, "authorizer {index}, round {round}");
        }
    }
}

#[test]
fn nobody_answers_for_another_identity() {
    let bench = Bench::new();
    let function = generous();
    let sources = "method.request.header.a, method.request.querystring.b";
    let identity = RequestIdentity::new(sources).unwrap();
    let authorizer = bench.authorizer(("r", ""), identity, access(), Arc::new(function.clone()));
    let ask = |headers: &[&str], query: &str| {
        let mut request = http::Request::get(format!("/?{query}"));
        for value in headers {
            request = request.header("a", *value);
        }
        bench.ask(&authorizer, request)
    };
    let different: [(&[&str], &str); 9] = [
        (&["ab"], "b=c"),
        (&["a"], "b=bc"),
        (&["c"], "b=ab"),
        (&["x", "ab"], "b=c"),
        (&["y", "ab"], "b=c"),
        (&["ab", "ab"], "b=c"),
        (&["ab"], "b=x&b=c"),
        (&["ab"], "b=c&b=c"),
        (&["ab"], "b=%2Fc"),
    ];
    for (index, (headers, query)) in different.iter().enumerate() {
        assert_eq!(ask(headers, query), 200);
        assert_eq!(function.calls(), index + 1, "{headers:?} {query}");
    }
    for (headers, query) in different {
        assert_eq!(ask(headers, query), 200);
    }
    assert_eq!(ask(&["ab"], "other=1&b=c"), 200);
    assert_eq!(function.calls(), different.len(), "all are kept");
}

#[test]
fn repeated_parameters_have_a_limit() {
    let bench = Bench::new();
    let function = generous();
    let identity = RequestIdentity::new("method.request.querystring.b").unwrap();
    let authorizer = bench.authorizer(("r", ""), identity, access(), Arc::new(function.clone()));
    let half = "x".repeat(tollgate_auth::MAX_IDENTITY_BYTES / 2);
    for (query, status) in [
        (format!("b={half}&b={half}"), 200),
        (format!("b={half}&b={half}x"), 401),
    ] {
        let request = http::Request::get(format!("/?{query}"));
        assert_eq!(bench.ask(&authorizer, request), status);
    }
    assert_eq!(function.calls(), 1);
}

#[test]
fn a_stage_is_flushed_alone() {
    let bench = Bench::new();
    let function = generous();
    let stages = ["prod", "prod2"].map(|stage| StageAccess::new(&stage_of("api1", stage)));
    let authorizers = stages
        .clone()
        .map(|access| bench.authorizer(("a", ""), token(), access, Arc::new(function.clone())));
    let ask_both = || {
        for authorizer in &authorizers {
            assert_eq!(bench.ask(authorizer, get("/", "t")), 200);
        }
        function.calls()
    };
    assert_eq!(ask_both(), 2);
    bench.cache.flush_stage(&stages[0]);
    assert_eq!(ask_both(), 3);
    assert_eq!(ask_both(), 3);
}

/// A thousand strangers, of whom a hundred can be kept, and somebody who calls all the time.
#[test]
fn strangers_are_not_kept_beyond_the_limit() {
    let clock = clock();
    for limits in [
        CacheLimits::new(100, 64 << 20),
        CacheLimits::new(1_000_000, 100_000),
    ] {
        let cache = AuthorizerCache::with_limits(limits, clock.clone());
        let bench = Bench {
            clock: clock.clone(),
            cache,
        };
        let function = generous();
        let authorizer = bench.plain(&function);
        let mut at_most = 0;
        for stranger in 0..1_000 {
            assert_eq!(
                bench.ask(&authorizer, get("/", &format!("stranger-{stranger}"))),
                200
            );
            assert_eq!(bench.ask(&authorizer, get("/", "friend")), 200);
            if stranger % 100 == 0 {
                at_most = at_most.max(bench.cache.len());
            }
        }
        assert!((1..=130).contains(&at_most), "{at_most} of {limits:?}");
        let for_strangers = 1_000;
        let for_the_friend = function.calls() - for_strangers;
        assert!(for_the_friend < 10, "{for_the_friend} calls for the friend");
    }
}

/// A function that answers when it is told to.
#[derive(Debug, Default)]
struct Held {
    calls: AtomicUsize,
    waiting: Mutex<Vec<oneshot::Sender<Result<String, FunctionError>>>>,
}

impl Held {
    fn answer(&self, answer: Result<String, FunctionError>) {
        let sender = self.waiting.lock().unwrap().remove(0);
        assert!(sender.send(answer).is_ok(), "somebody waits for it");
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl AuthorizerFunction for Held {
    async fn invoke(&self, _: AuthorizerEvent) -> Result<Bytes, FunctionError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = oneshot::channel();
        self.waiting.lock().unwrap().push(sender);
        receiver.await.expect("it is told").map(Bytes::from)
    }
}

fn held(bench: &Bench) -> (LambdaAuthorizer, Arc<Held>) {
    let function = Arc::new(Held::default());
    let authorizer = bench.authorizer(("a", ""), token(), access(), function.clone());
    (authorizer, function)
}

#[test]
fn callers_who_come_together_wait_for_one_call() {
    let bench = Bench::new();
    let (authorizer, function) = held(&bench);
    block_on(async {
        let ask = |token: &'static str| bench.asking(&authorizer, get("/", token));
        let mut waiting = pin!(join_all((0..20).map(|_| ask("t"))));
        assert!(poll!(&mut waiting).is_pending());
        let mut other = pin!(ask("other"));
        assert!(poll!(&mut other).is_pending());
        assert_eq!(function.calls(), 2);
        function.answer(Ok(allowing("*")));
        assert_eq!(waiting.await, [200; 20]);
        assert!(poll!(&mut other).is_pending());
        function.answer(Err(FunctionError::unauthorized()));
        assert_eq!(other.await, 401);
        assert_eq!(ask("t").await, 200);
        assert_eq!(function.calls(), 2);
    });
}

#[test]
fn whoever_leaves_takes_nothing_from_the_others() {
    let bench = Bench::new();
    let (authorizer, function) = held(&bench);
    block_on(async {
        let mut first = Box::pin(bench.asking(&authorizer, get("/", "t")));
        let mut second = pin!(bench.asking(&authorizer, get("/", "t")));
        assert!(poll!(&mut first).is_pending());
        assert!(poll!(&mut second).is_pending());
        drop(first);
        assert!(poll!(&mut second).is_pending());
        function.answer(Ok(allowing("*")));
        assert_eq!(second.await, 200);
        assert_eq!(function.calls(), 1);
    });
}

#[test]
fn a_call_that_nobody_waits_for_any_more_is_over() {
    let bench = Bench::new();
    let (authorizer, function) = held(&bench);
    block_on(async {
        let mut first = Box::pin(bench.asking(&authorizer, get("/", "t")));
        assert!(poll!(&mut first).is_pending());
        drop(first);
        function.waiting.lock().unwrap().clear();
        let mut second = pin!(bench.asking(&authorizer, get("/", "t")));
        assert!(poll!(&mut second).is_pending());
        assert_eq!(function.calls(), 2);
        function.answer(Ok(allowing("*")));
        assert_eq!(second.await, 200);
    });
}

#[test]
fn failures_are_shared_and_not_kept() {
    let bench = Bench::new();
    let (authorizer, function) = held(&bench);
    block_on(async {
        let mut waiting = pin!(join_all(
            (0..3).map(|_| bench.asking(&authorizer, get("/", "t")))
        ));
        assert!(poll!(&mut waiting).is_pending());
        function.answer(Ok("{}".to_owned()));
        assert_eq!(waiting.await, [500; 3]);
        let mut next = pin!(bench.asking(&authorizer, get("/", "t")));
        assert!(poll!(&mut next).is_pending());
        function.answer(Ok(allowing("*")));
        assert_eq!(next.await, 200);
        assert_eq!(function.calls(), 2);
    });
}

#[test]
fn a_function_that_panics_fails_for_those_who_wait() {
    let bench = Bench::new();
    let calls = AtomicUsize::new(0);
    let function = Counted::new(move |_| {
        assert!(calls.fetch_add(1, Ordering::Relaxed) > 0, "the first call");
        Ok(allowing("*"))
    });
    let authorizer = bench.plain(&function);
    block_on(async {
        let ask = || bench.asking(&authorizer, get("/", "t"));
        assert_eq!(join_all([ask(), ask()]).await, [500, 200]);
    });
    assert_eq!(bench.ask(&authorizer, get("/", "t")), 200);
    assert_eq!(function.calls(), 2);
}

#[test]
fn what_is_on_its_way_when_a_stage_is_flushed_is_not_kept() {
    let bench = Bench::new();
    let (authorizer, function) = held(&bench);
    block_on(async {
        let mut before = pin!(bench.asking(&authorizer, get("/", "t")));
        assert!(poll!(&mut before).is_pending());
        bench.cache.flush_stage(&access());
        let mut after = pin!(bench.asking(&authorizer, get("/", "t")));
        assert!(poll!(&mut after).is_pending());
        assert_eq!(function.calls(), 2, "nobody joins a call from before");
        function.answer(Ok(allowing("*")));
        assert_eq!(before.await, 200);
        function.answer(Err(FunctionError::unauthorized()));
        assert_eq!(after.await, 401);
        let mut again = pin!(bench.asking(&authorizer, get("/", "t")));
        assert!(poll!(&mut again).is_pending());
        assert_eq!(function.calls(), 3);
    });
}

#[test]
fn the_time_of_an_answer_begins_when_it_is_there() {
    let bench = Bench::new();
    let (authorizer, function) = held(&bench);
    block_on(async {
        let mut first = pin!(bench.asking(&authorizer, get("/", "t")));
        assert!(poll!(&mut first).is_pending());
        bench.clock.advance(Duration::from_secs(20));
        function.answer(Ok(allowing("*")));
        assert_eq!(first.await, 200);
        bench.clock.advance(Duration::from_secs(299));
        assert_eq!(bench.asking(&authorizer, get("/", "t")).await, 200);
        bench.clock.advance(Duration::from_secs(1));
        let mut over = pin!(bench.asking(&authorizer, get("/", "t")));
        assert_eq!(poll!(&mut over), Poll::Pending);
        assert_eq!(function.calls(), 2);
    });
}

/// Callers on many threads, some of whom leave.
#[test]
fn threads_wait_for_each_other() {
    let bench = Bench::new();
    let function = generous();
    let authorizer = bench.plain(&function);
    std::thread::scope(|threads| {
        for thread in 0..8 {
            let (bench, authorizer) = (&bench, &authorizer);
            threads.spawn(move || {
                for round in 0..500 {
                    let token = format!("t-{}", (round + thread) % 50);
                    let call = bench.asking(authorizer, get("/", &token));
                    if round % 7 == 0 {
                        let mut call = Box::pin(call);
                        let waker = futures::task::noop_waker();
                        let mut cx = std::task::Context::from_waker(&waker);
                        let _ = call.as_mut().poll(&mut cx);
                    } else {
                        assert_eq!(block_on(call), 200);
                    }
                }
            });
        }
    });
    assert!(
        (50..=400).contains(&function.calls()),
        "{}",
        function.calls()
    );
}
