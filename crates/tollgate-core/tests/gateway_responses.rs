//! Refusals as clients see them: built in, customised, and by the default of their class.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll, Waker};

use http::{HeaderName, HeaderValue, Method, Response, StatusCode};
use http_body_util::BodyExt as _;
use tollgate_core::{
    Body, ClientRequest, Context, ExtendedRequestId, GatewayResponse, GatewayResponseType,
    GatewayResponses, Moment, RawRejection, Rejection, RequestId, StageContext, StageVariables,
    Substitution,
};

use GatewayResponseType as Type;

fn read(response: Response<Body>) -> String {
    let mut collect = pin!(response.into_body().collect());
    match collect.as_mut().poll(&mut Task::from_waker(Waker::noop())) {
        Poll::Ready(Ok(body)) => {
            String::from_utf8(body.to_bytes().to_vec()).expect("bodies are text")
        }
        other => panic!("gateway responses are at hand: {other:?}"),
    }
}

fn respond(
    responses: &GatewayResponses,
    rejection: &Rejection,
    accept: Option<&'static str>,
) -> Response<Body> {
    let stage = StageContext {
        account_id: "123456789012".into(),
        region: "us-east-1".into(),
        api_id: "api".into(),
        deployment_id: "d".into(),
        stage: "prod".parse().expect("it is a stage name"),
        variables: StageVariables::default(),
    };
    let ids = (RequestId::from_u128(0), ExtendedRequestId::from_bits(0));
    let target = "/pets?page=2".parse().expect("it is a target");
    let mut request = ClientRequest::new(Method::GET, target);
    if let Some(accept) = accept {
        request
            .headers
            .insert("accept", HeaderValue::from_static(accept));
    }
    let mut context = Context::new(Arc::new(stage), ids, Moment::default(), request);
    context.error = rejection.error_context();
    responses.respond(rejection, &context)
}

#[test]
fn built_in_bodies_are_spelled_as_recorded() {
    for (rejection, status, error_type, body) in [
        (
            Rejection::new(Type::MissingAuthenticationToken),
            403,
            "MissingAuthenticationTokenException",
            r#"{"message":"Missing Authentication Token"}"#,
        ),
        (
            Rejection::configuration("no integration"),
            500,
            "InternalServerErrorException",
            r#"{"message": "Internal server error"}"#,
        ),
        (
            Rejection::new(Type::AuthorizerConfigurationError),
            500,
            "AuthorizerConfigurationException",
            r#"{"message":null}"#,
        ),
        (
            Rejection::new(Type::AccessDenied),
            403,
            "AccessDeniedException",
            r#"{"Message":"User is not authorized to access this resource"}"#,
        ),
        (
            Rejection::new(Type::Default5xx).with_status(StatusCode::BAD_GATEWAY),
            502,
            "InternalServerErrorException",
            r#"{"message": "Internal server error"}"#,
        ),
        (
            Rejection::new(Type::RequestTooLarge),
            413,
            "BadRequestException",
            r#"{"message": "Request Too Long"}"#,
        ),
        (
            Rejection::new(Type::InvalidSignature)
                .with_error_type("IncompleteSignatureException")
                .with_message("'x' not a valid pair"),
            403,
            "IncompleteSignatureException",
            r#"{"message":"'x' not a valid pair"}"#,
        ),
        (
            Rejection::new(Type::Throttled).with_message("a \"quoted\" one"),
            429,
            "TooManyRequestsException",
            r#"{"message":"a \"quoted\" one"}"#,
        ),
        (
            Rejection::raw(RawRejection::Forbidden),
            403,
            "ForbiddenException",
            r#"{"message":"Forbidden"}"#,
        ),
    ] {
        let response = respond(&GatewayResponses::default(), &rejection, None);
        assert_eq!(response.status().as_u16(), status, "{rejection:?}");
        assert_eq!(
            response.headers()["x-amzn-errortype"],
            error_type,
            "{rejection:?}"
        );
        assert_eq!(
            response.headers()["content-type"],
            "application/json",
            "{rejection:?}"
        );
        assert_eq!(read(response), body, "{rejection:?}");
    }
}

#[test]
fn an_overlong_body_is_refused_in_plain_text() {
    let rejection = Rejection::raw(RawRejection::ContentTooLarge { limit: 10_485_760 });
    let response = respond(&GatewayResponses::default(), &rejection, None);
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(response.headers()["content-type"], "text; charset=utf-8");
    assert!(!response.headers().contains_key("x-amzn-errortype"));
    assert_eq!(
        read(response),
        "HTTP content length exceeded 10485760 bytes."
    );
}

/// One type with a status, a header and two templates; the class default with a status only.
fn customised() -> GatewayResponses {
    let mut responses = GatewayResponses::default();
    let mut not_found = GatewayResponse::default();
    not_found.status = Some(StatusCode::NOT_FOUND);
    not_found.parameters = vec![
        (
            HeaderName::from_static("x-page"),
            "method.request.querystring.page"
                .parse()
                .expect("it is a source"),
        ),
        (
            HeaderName::from_static("x-none"),
            "method.request.querystring.none"
                .parse()
                .expect("it is a source"),
        ),
        (
            HeaderName::from_static("x-split"),
            "'a\r\nb'".parse().expect("it is a source"),
        ),
    ];
    not_found.templates = vec![
        (
            HeaderValue::from_static("application/xml"),
            Substitution::parse("<error>$context.error.message</error>"),
        ),
        (
            HeaderValue::from_static("application/json"),
            Substitution::parse(
                r#"{"error":$context.error.messageString,"type":"$context.error.responseType"}"#,
            ),
        ),
    ];
    responses.insert(Type::MissingAuthenticationToken, not_found);
    let mut any_5xx = GatewayResponse::default();
    any_5xx.status = Some(StatusCode::from_u16(599).expect("it is a status"));
    responses.insert(Type::Default5xx, any_5xx);
    responses.insert(Type::RequestTooLarge, GatewayResponse::default());
    responses
}

#[test]
fn a_customised_type_answers_in_its_own_words() {
    let rejection = Rejection::new(Type::MissingAuthenticationToken);
    let json = r#"{"error":"Missing Authentication Token","type":"MISSING_AUTHENTICATION_TOKEN"}"#;
    let xml = "<error>Missing Authentication Token</error>";
    for (accept, media_type, body) in [
        (None, "application/json", json),
        (Some("application/json"), "application/json", json),
        (
            Some("application/xml;q=0.9, application/json"),
            "application/xml",
            xml,
        ),
        (Some("text/html"), "application/json", json),
    ] {
        let response = respond(&customised(), &rejection, accept);
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(response.headers()["content-type"], media_type, "{accept:?}");
        assert_eq!(response.headers()["x-page"], "2");
        assert!(!response.headers().contains_key("x-none"));
        assert!(!response.headers().contains_key("x-split"));
        assert_eq!(
            response.headers()["x-amzn-errortype"],
            "MissingAuthenticationTokenException"
        );
        assert_eq!(read(response), body, "{accept:?}");
    }
}

/// Recorded on the service: the default's status replaces that of every type of its class.
#[test]
fn the_default_of_a_class_stands_for_its_types() {
    for (rejection, status) in [
        (Rejection::new(Type::IntegrationTimeout), 599),
        (Rejection::new(Type::ApiConfigurationError), 599),
        (
            Rejection::new(Type::Default5xx).with_status(StatusCode::BAD_GATEWAY),
            599,
        ),
        (Rejection::new(Type::Throttled), 429),
        (Rejection::new(Type::RequestTooLarge), 413),
    ] {
        let response = respond(&customised(), &rejection, None);
        assert_eq!(response.status().as_u16(), status, "{rejection:?}");
    }
}
