//! The layer on services that refuse, answer and fail.

use std::sync::Arc;
use std::time::Duration;

use futures::executor::block_on;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use tollgate_core::{
    Body, GatewayResponse, GatewayResponseLayer, GatewayResponseType, GatewayResponses,
    ManualClock, PeerAddress, RandomIds, RawRejection, Rejection, SeededRandom, StageContext,
    StageVariables, Substitution,
};
use tower::{Layer as _, ServiceExt as _, service_fn};

use GatewayResponseType as Type;

/// A response with one template, of JSON.
fn response(status: Option<StatusCode>, template: &str) -> GatewayResponse {
    let mut response = GatewayResponse::default();
    response.status = status;
    let media_type = HeaderValue::from_static("application/json");
    response.templates = vec![(media_type, Substitution::parse(template))];
    response
}

fn responses(response_type: Type, response: GatewayResponse) -> GatewayResponses {
    let mut responses = GatewayResponses::default();
    responses.insert(response_type, response);
    responses
}

/// What the layer makes of the response of an inner service.
fn reworded(
    layer: &GatewayResponseLayer,
    request: Request<()>,
    inner: impl Fn() -> Response<Body> + Clone,
) -> Response<Body> {
    let inner = service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, std::convert::Infallible>(inner()))
    });
    block_on(layer.layer(inner).oneshot(request)).expect("it does not fail")
}

fn text(response: Response<Body>) -> String {
    let body = block_on(response.into_body().collect()).expect("its bytes are at hand");
    String::from_utf8(body.to_bytes().to_vec()).expect("it is text")
}

fn pets() -> Request<()> {
    Request::get("/pets?page=2")
        .header("Accept-Language", "en")
        .body(())
        .expect("it is a request")
}

#[test]
fn a_refusal_is_said_in_the_words_of_the_api() {
    let mut own = response(
        Some(StatusCode::NOT_FOUND),
        r#"{"error": $context.error.messageString, "page": "$method.request.querystring.page"}"#,
    );
    own.parameters = vec![(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        "'*'".parse().expect("it is a source"),
    )];
    let layer = GatewayResponseLayer::new(responses(Type::MissingAuthenticationToken, own));
    let answer = reworded(&layer, pets(), || {
        Rejection::new(Type::MissingAuthenticationToken).into_response()
    });
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let headers = answer.headers();
    assert_eq!(headers["access-control-allow-origin"], "*");
    assert_eq!(
        headers["x-amzn-errortype"],
        "MissingAuthenticationTokenException"
    );
    let rejection = answer.extensions().get::<Rejection>();
    assert_eq!(
        rejection.and_then(Rejection::response_type),
        Some(Type::MissingAuthenticationToken)
    );
    assert_eq!(
        text(answer),
        r#"{"error": "Missing Authentication Token", "page": "2"}"#
    );
}

#[test]
fn what_the_api_does_not_customise_is_said_as_the_service_says_it() {
    let layer = GatewayResponseLayer::new(GatewayResponses::default());
    for (rejection, status, body) in [
        (
            Rejection::new(Type::Throttled),
            429,
            r#"{"message":"Too Many Requests"}"#,
        ),
        (
            Rejection::raw(RawRejection::ContentTooLarge { limit: 10 }),
            413,
            "HTTP content length exceeded 10 bytes.",
        ),
    ] {
        let answer = reworded(&layer, pets(), || rejection.clone().into_response());
        assert_eq!(answer.status(), status, "{rejection:?}");
        assert!(answer.headers().contains_key("x-amzn-requestid"));
        assert_eq!(text(answer), body, "{rejection:?}");
    }
}

#[test]
fn templates_know_the_request_and_the_stage() {
    let template = "$context.httpMethod $context.path $context.stage $stageVariables.greeting \
        $context.identity.sourceIp $context.requestTimeEpoch $context.requestId \
        $method.request.header.Accept-Language";
    let mut stage = StageContext::local();
    stage.variables = StageVariables::from_iter([("greeting", "hello")]);
    let clock = ManualClock::at_unix(Duration::ZERO);
    clock.advance(Duration::from_millis(7));
    let layer = GatewayResponseLayer::new(responses(Type::Throttled, response(None, template)))
        .with_stage(Arc::new(stage))
        .with_clock(Arc::new(clock))
        .with_ids(Arc::new(RandomIds::new(Arc::new(SeededRandom::new(1)))));
    let mut request = pets();
    let peer = "192.0.2.7:443".parse().expect("it is an address");
    request.extensions_mut().insert(PeerAddress(peer));
    let answer = reworded(&layer, request, || {
        Rejection::new(Type::Throttled).into_response()
    });
    let id = answer.headers()["x-amzn-requestid"].clone();
    let id = id.to_str().expect("ids are text");
    assert_eq!(
        text(answer),
        format!("GET /pets default hello 192.0.2.7 7 {id} en")
    );
}

#[test]
fn headers_about_the_old_body_go_and_others_stay() {
    let layer = GatewayResponseLayer::new(responses(Type::Throttled, response(None, "later")));
    let answer = reworded(&layer, pets(), || {
        let mut response = Rejection::new(Type::Throttled).into_response();
        for (name, value) in [
            (header::CONTENT_LENGTH, "31"),
            (header::CONTENT_ENCODING, "gzip"),
            (header::ETAG, "\"1\""),
            (header::RETRY_AFTER, "3"),
            (HeaderName::from_static("x-cell"), "7"),
        ] {
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        response
    });
    for gone in ["content-length", "content-encoding", "etag"] {
        assert!(!answer.headers().contains_key(gone), "{gone}");
    }
    assert_eq!(answer.headers()["retry-after"], "3");
    assert_eq!(answer.headers()["x-cell"], "7");
    assert_eq!(text(answer), "later");
}

#[test]
fn other_responses_and_errors_pass() {
    let layer = GatewayResponseLayer::new(responses(Type::Default4xx, response(None, "no")));
    let answer = reworded(&layer, pets(), || {
        let mut response = Response::new(Body::from("none of your pets"));
        *response.status_mut() = StatusCode::NOT_FOUND;
        response
    });
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert!(answer.headers().is_empty());
    assert_eq!(text(answer), "none of your pets");

    let fails = service_fn(async |_: Request<()>| Err::<Response<Body>, _>("out of order"));
    let error = block_on(layer.layer(fails).oneshot(pets())).expect_err("it fails");
    assert_eq!(error, "out of order");
}
