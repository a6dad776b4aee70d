//! Stages and canaries of services that know nothing of them.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::routing::get;
use futures::executor::block_on;
use futures::future::{Ready, ready};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use tollgate_core::{
    CanaryRequest, Contexts, Percent, Rejection, SeededRandom, StageContext, StageVariables,
};
use tollgate_deploy::{Canary, CanaryLayer, StageLayer};
use tower::{Layer, Service, ServiceExt};

/// Answers with its own name and with what it was told.
#[derive(Clone)]
struct Named {
    name: &'static str,
    is_ready: bool,
}

type Told = (&'static str, Option<CanaryRequest>);

impl Service<Request<()>> for Named {
    type Response = Told;
    type Error = Infallible;
    type Future = Ready<Result<Told, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        if self.is_ready {
            Poll::Ready(Ok(()))
        } else {
            Poll::Pending
        }
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        ready(Ok((self.name, request.extensions().get().copied())))
    }
}

const fn named(name: &'static str) -> Named {
    Named {
        name,
        is_ready: true,
    }
}

fn percent(number: f64) -> Percent {
    Percent::new(number).unwrap()
}

fn layer(share: f64) -> CanaryLayer<Named> {
    CanaryLayer::new(named("new"), percent(share)).with_random(Arc::new(SeededRandom::new(7)))
}

fn of_user(user: &str) -> Request<()> {
    let request = Request::get("/").header("x-user", user);
    request.body(()).unwrap()
}

/// Whether the canary answered, which both services must have been told.
fn is_canary(service: &mut Canary<Named, Named>, request: Request<()>) -> bool {
    let ready = block_on(service.ready()).unwrap();
    let (name, mark) = block_on(ready.call(request)).unwrap();
    let is_canary = name == "new";
    assert_eq!(mark, Some(CanaryRequest(is_canary)));
    is_canary
}

const REQUESTS: u32 = 10_000;

fn count(mut request: impl FnMut(u32) -> bool) -> f64 {
    f64::from(
        (0..REQUESTS)
            .map(|index| u32::from(request(index)))
            .sum::<u32>(),
    )
}

/// Within three standard deviations of what is to be expected.
fn assert_share(counted: f64, share: f64) {
    let (requests, part) = (f64::from(REQUESTS), share / 100.0);
    let sigma = (requests * part * (1.0 - part)).sqrt();
    let off = (counted - requests * part).abs();
    assert!(off <= 3.0 * sigma, "{share} %: {counted}, sigma {sigma}");
}

#[test]
fn a_canary_gets_its_share() {
    for share in [0.0, 0.5, 12.5, 30.0, 50.0, 99.0, 100.0] {
        let mut service = layer(share).layer(named("old"));
        let counted = count(|_| is_canary(&mut service, Request::new(())));
        assert_share(counted, share);
    }
}

#[test]
fn a_share_changes_while_requests_are_served() {
    let layer = layer(0.0);
    let mut service = layer.layer(named("old"));
    let mut clone = service.clone();
    for share in [0.0, 100.0, 30.0, 0.0] {
        layer.share().set(percent(share));
        assert_share(count(|_| is_canary(&mut service, Request::new(()))), share);
        assert_share(count(|_| is_canary(&mut clone, Request::new(()))), share);
    }
}

#[test]
fn requests_with_a_key_go_the_same_way() {
    let sticky = |share: f64| {
        let layer =
            layer(share).sticky_by(|request| Some(request.headers.get("x-user")?.as_bytes()));
        layer.layer(named("old"))
    };
    let (mut one, mut other, mut more) = (sticky(30.0), sticky(30.0), sticky(60.0));
    let counted = count(|user| {
        let user = user.to_string();
        let went = is_canary(&mut one, of_user(&user));
        assert_eq!(is_canary(&mut one, of_user(&user)), went, "{user}");
        assert_eq!(is_canary(&mut other, of_user(&user)), went, "{user}");
        // Who was there stays when there are more.
        assert!(!went || is_canary(&mut more, of_user(&user)), "{user}");
        went
    });
    assert_share(counted, 30.0);
    for share in [0.0, 100.0] {
        let mut service = sticky(share);
        assert_share(
            count(|user| is_canary(&mut service, of_user(&user.to_string()))),
            share,
        );
    }
    // Those without a key are drawn for.
    assert_share(count(|_| is_canary(&mut one, Request::new(()))), 30.0);
}

#[test]
fn the_canary_holds_up_others_only_where_it_has_a_share() {
    let busy = Named {
        name: "new",
        is_ready: false,
    };
    let layer = CanaryLayer::new(busy, percent(0.0));
    let mut service = layer.layer(named("old"));
    let mut cx = Context::from_waker(std::task::Waker::noop());
    let mut poll =
        |service: &mut Canary<Named, Named>| Service::<Request<()>>::poll_ready(service, &mut cx);
    assert!(poll(&mut service).is_ready());
    // A request that was let in before the share grew does not go to a canary that is not ready.
    layer.share().set(percent(100.0));
    let (name, _) = block_on(service.call(Request::new(()))).unwrap();
    assert_eq!(name, "old");
    assert!(poll(&mut service).is_pending());
    layer.share().set(percent(0.0));
    assert!(poll(&mut service).is_ready());
}

#[test]
fn contexts_of_layers_within_know_stage_and_canary() {
    let mut stage = StageContext::local();
    stage.stage = "prod".parse().unwrap();
    stage.variables = StageVariables::from_iter([("host", "example.com")]);
    let told = tower::service_fn(async |request: Request<()>| {
        let (parts, ()) = request.into_parts();
        let context = Contexts::default().make(parts);
        let host = context
            .stage
            .variables
            .get("host")
            .unwrap_or_default()
            .to_owned();
        let text = format!(
            "{} {host} {:?}",
            context.stage.stage, context.is_canary_request
        );
        Ok::<_, Infallible>(Response::new(text))
    });
    let canary = CanaryLayer::new(told, percent(100.0)).layer(told);
    let service = StageLayer::fixed(Arc::new(stage)).layer(canary);
    let response = block_on(service.oneshot(Request::new(()))).unwrap();
    let body = block_on(response.into_body().collect()).unwrap().to_bytes();
    assert_eq!(body, "prod example.com Some(true)");
}

#[test]
fn the_first_segment_names_the_stage() {
    let stage = |name: &str| {
        let mut stage = StageContext::local();
        stage.stage = name.parse().unwrap();
        stage
    };
    let echo = tower::service_fn(async |request: Request<()>| {
        let stage = request.extensions().get::<Arc<StageContext>>().unwrap();
        let text = format!("{} {}", stage.stage, request.uri());
        Ok::<_, Infallible>(Response::new(text))
    });
    let service = StageLayer::by_path([stage("dev"), stage("prod")]).layer(echo);
    for (target, expected) in [
        ("/prod/pets", Some("prod /pets")),
        ("/dev/pets/7?a=b&c", Some("dev /pets/7?a=b&c")),
        ("/prod", Some("prod /")),
        ("/prod/", Some("prod /")),
        ("/prod?a=/b", Some("prod /?a=/b")),
        ("/prod/prod/a", Some("prod /prod/a")),
        ("/prod/%2e%2e/a", Some("prod /%2e%2e/a")),
        ("/prod//a", Some("prod //a")),
        (
            "http://example.com/prod/a?b",
            Some("prod http://example.com/a?b"),
        ),
        ("/", None),
        ("*", None),
        ("//prod/a", None),
        ("/Prod/a", None),
        ("/prods/a", None),
        ("/%70rod/a", None),
        ("/?/prod", None),
        ("example.com:443", None),
    ] {
        let request = Request::builder().uri(target).body(()).unwrap();
        let response = block_on(service.clone().oneshot(request)).unwrap();
        let (parts, body) = response.into_parts();
        let body = block_on(body.collect()).unwrap().to_bytes();
        match expected {
            Some(expected) => assert_eq!(body, expected, "{target}"),
            None => {
                assert_eq!(parts.status, StatusCode::FORBIDDEN, "{target}");
                assert_eq!(body, r#"{"message":"Forbidden"}"#, "{target}");
                assert_eq!(parts.headers["x-amzn-errortype"], "ForbiddenException");
                assert!(parts.extensions.get::<Rejection>().is_some(), "{target}");
            }
        }
    }
}

/// Two routers of axum behind one, as an embedder has them.
#[test]
fn routers_of_axum_are_services_like_others() {
    let old = Router::new().route("/pets", get(async || "old"));
    let new = Router::new().route("/pets", get(async || "new"));
    let layer = CanaryLayer::new(new, percent(0.0));
    let share = layer.share().clone();
    let mut stage = StageContext::local();
    stage.stage = "prod".parse().unwrap();
    let service = StageLayer::by_path([stage]).layer(layer.layer(old));
    let app = Router::new().fallback_service(service);
    for (number, expected) in [(0.0, "old"), (100.0, "new")] {
        share.set(percent(number));
        let request = Request::get("/prod/pets").body(axum::body::Body::empty());
        let response = block_on(app.clone().oneshot(request.unwrap())).unwrap();
        let body = block_on(response.into_body().collect()).unwrap().to_bytes();
        assert_eq!(body, expected);
    }
}
