//! The layer and the router on requests, as an axum program or any other would use them.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::Poll;

use futures::executor::block_on;
use http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use tollgate_core::{
    Body, ClientRequest, GatewayResponseType, ParameterLocation, RawRejection, Rejection,
};
use tollgate_router::{MethodKey, RouteLayer, RouteMatch, RouteTable, Router, Verb};
use tower::util::BoxCloneSyncService;
use tower::{Layer as _, Service, ServiceExt as _, service_fn};

/// Routes that data-plane tests of the table use as well.
const ROUTES: [(&str, &str); 4] = [
    ("POST", "/test"),
    ("ANY", "/test/any"),
    ("GET", "/pets/{id}"),
    ("OPTIONS", "/{proxy+}"),
];

/// Requests, and the route and parameters that answer them.
const ANSWERS: [(&str, &str, Option<&str>); 8] = [
    ("POST", "/test", Some("POST /test")),
    ("OPTIONS", "/test", Some("OPTIONS /{proxy+} proxy=test")),
    ("OPTIONS", "/test/any", Some("ANY /test/any")),
    ("GET", "/pets/7?x=y", Some("GET /pets/{id} id=7")),
    ("GET", "/pets/a%2Fb/", Some("GET /pets/{id} id=a%2Fb")),
    ("GET", "/pets/7/8", None),
    ("GET", "/test", None),
    ("TRACE", "/test/any", None),
];

#[expect(
    clippy::unwrap_used,
    reason = "the routes of this file are well-formed"
)]
fn table<T>(value: impl Fn() -> T) -> RouteTable<T> {
    let mut table = RouteTable::builder();
    for (method, path) in ROUTES {
        let (path, method) = (path.parse().unwrap(), method.parse().unwrap());
        table.insert(&path, method, value()).unwrap();
    }
    table.build()
}

#[expect(
    clippy::unwrap_used,
    reason = "the requests of this file are well-formed"
)]
fn request(method: &str, path: &str) -> Request<()> {
    Request::builder()
        .method(method)
        .uri(path)
        .body(())
        .unwrap()
}

fn describe<T: Send + Sync + 'static>(request: &Request<()>) -> Option<String> {
    let found = request.extensions().get::<RouteMatch<T>>()?;
    let route = found.route();
    let mut text = format!("{} {}", route.method(), route.path());
    for (name, value) in found.parameters() {
        text += &format!(" {name}={value}");
    }
    Some(text)
}

#[test]
fn the_layer_annotates_requests() {
    let inner =
        service_fn(async |request: Request<()>| Ok::<_, Infallible>(describe::<u8>(&request)));
    let service = RouteLayer::new(Arc::new(table(|| 0_u8))).layer(inner);
    for (method, path, expected) in ANSWERS {
        let answer = block_on(service.clone().oneshot(request(method, path))).unwrap();
        assert_eq!(answer.as_deref(), expected, "{method} {path}");
    }
}

#[test]
fn the_layer_leaves_paths_that_are_refused_alone() {
    let inner =
        service_fn(async |request: Request<()>| Ok::<_, Infallible>(describe::<u8>(&request)));
    let service = RouteLayer::new(Arc::new(table(|| 0_u8))).layer(inner);
    let answer = block_on(service.oneshot(request("OPTIONS", "/a/%2e%2e/b"))).unwrap();
    assert_eq!(answer, None);
}

#[test]
fn a_match_keeps_the_path_that_was_matched() {
    let inner = service_fn(async |mut request: Request<()>| {
        *request.uri_mut() = http::Uri::from_static("/");
        let found = request.extensions().get::<RouteMatch<u8>>().cloned();
        Ok::<_, Infallible>(found.and_then(|found| found.parameter("id").map(str::to_owned)))
    });
    let service = RouteLayer::new(Arc::new(table(|| 0_u8))).layer(inner);
    let answer = block_on(service.oneshot(request("GET", "/pets/7"))).unwrap();
    assert_eq!(answer.as_deref(), Some("7"));
}

/// What a layer reads that knows nothing of the table, even where the path is another by then.
#[test]
fn path_parameters_are_told_to_everybody() {
    let inner = service_fn(async |mut request: Request<()>| {
        *request.uri_mut() = "/rewritten".parse().unwrap();
        let (parts, ()) = request.into_parts();
        let client = ClientRequest::from(parts);
        let id = client.parameter(ParameterLocation::Path, "id");
        Ok::<_, Infallible>(id.map(|id| id.into_owned()))
    });
    let service = RouteLayer::new(Arc::new(table(|| 0_u8))).layer(inner);
    for (path, expected) in [
        ("/pets/7?id=8", Some("7")),
        ("/pets/a%2Fb/", Some("a%2Fb")),
        ("/x", None),
    ] {
        let answer = block_on(service.clone().oneshot(request("GET", path))).unwrap();
        assert_eq!(answer.as_deref(), expected, "{path}");
    }
}

type BoxService = BoxCloneSyncService<Request<()>, Response<String>, Infallible>;

fn router() -> Router<BoxService> {
    Router::new(table(|| {
        BoxService::new(service_fn(async |request: Request<()>| {
            let text = describe::<BoxService>(&request).unwrap_or_default();
            Ok(Response::new(text))
        }))
    }))
}

fn answer(method: &str, path: &str) -> Response<Body> {
    block_on(router().oneshot(request(method, path))).unwrap()
}

#[expect(
    clippy::unwrap_used,
    reason = "the bodies of this file are text at hand"
)]
fn text(response: Response<Body>) -> String {
    let body = block_on(response.into_body().collect()).unwrap();
    String::from_utf8(body.to_bytes().to_vec()).unwrap()
}

#[test]
fn the_router_dispatches_as_the_layer_annotates() {
    for (method, path, expected) in ANSWERS {
        let response = answer(method, path);
        match expected {
            Some(expected) => assert_eq!(text(response), expected, "{method} {path}"),
            None => assert_eq!(response.status(), StatusCode::FORBIDDEN, "{method} {path}"),
        }
    }
}

#[test]
fn a_request_without_a_route_is_refused_as_on_aws() {
    let response = answer("GET", "/nowhere");
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(
        response.headers()["x-amzn-errortype"],
        "MissingAuthenticationTokenException"
    );
    let rejection = response.extensions().get::<Rejection>().unwrap();
    assert_eq!(
        rejection.response_type(),
        Some(GatewayResponseType::MissingAuthenticationToken)
    );
    assert_eq!(
        text(response),
        r#"{"message":"Missing Authentication Token"}"#
    );
}

#[test]
fn a_path_that_reads_two_ways_is_refused() {
    let response = answer("OPTIONS", "/a/%2e%2e/b");
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let rejection = response.extensions().get::<Rejection>().unwrap();
    assert_eq!(rejection.raw_rejection(), Some(RawRejection::BadRequest));
    assert_eq!(rejection.reason(), Some("dot segment at byte 3"));
}

/// A service that is ready the second time it is asked, and counts on being asked.
#[derive(Clone, Default)]
struct ReadyTheSecondTime {
    asked: u32,
}

impl Service<Request<()>> for ReadyTheSecondTime {
    type Response = Response<String>;
    type Error = &'static str;
    type Future = std::future::Ready<Result<Response<String>, &'static str>>;

    fn poll_ready(&mut self, cx: &mut std::task::Context<'_>) -> Poll<Result<(), &'static str>> {
        self.asked += 1;
        if self.asked < 2 {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        assert_eq!(self.asked, 2);
        std::future::ready(match *request.method() {
            Method::GET => Ok(Response::new("ready".to_owned())),
            _ => Err("out of order"),
        })
    }
}

#[test]
fn a_service_is_awaited_until_it_is_ready_and_its_errors_pass() {
    let mut table = RouteTable::builder();
    let path = "/a".parse().unwrap();
    for verb in [Verb::Get, Verb::Put] {
        table
            .insert(&path, MethodKey::Verb(verb), ReadyTheSecondTime::default())
            .unwrap();
    }
    let router = Router::new(table.build());
    let response = block_on(router.clone().oneshot(request("GET", "/a"))).unwrap();
    assert_eq!(text(response), "ready");
    let error = block_on(router.oneshot(request("PUT", "/a"))).unwrap_err();
    assert_eq!(error, "out of order");
}
