//! Mappings around a service that tells what it has got.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use futures::executor::block_on;
use http::{Method, Request, Response, StatusCode};
use tollgate_core::{Body, GatewayResponseType, OriginalHeaders, Rejection, StageVariables};
use tollgate_mapping::{
    HttpMapping, HttpRequest, IntegrationResponse, Mapping, MappingLayer, MappingTemplate,
    Passthrough, RequestParameters, RequestTemplates, UriTemplate,
};
use tollgate_router::{MethodKey, RouteLayer, RouteTable};
use tower::{Layer, ServiceExt as _, service_fn};

type Parameters<'a> = &'a [(&'a str, &'a str)];

fn templates(template: &str) -> RequestTemplates {
    let json = (
        "application/json".to_owned(),
        MappingTemplate::parse(template),
    );
    RequestTemplates::new([json], Passthrough::WhenNoTemplates)
}

fn http(mapping: HttpMapping, uri: &str, mapped: Parameters<'_>) -> HttpRequest {
    let uri = UriTemplate::parse(uri, &StageVariables::default()).expect("it is a URI");
    let mut parameters = RequestParameters::new(mapping);
    for (target, source) in mapped {
        let target = format!("integration.request.{target}");
        parameters.insert(&target, source).expect("it is a mapping");
    }
    HttpRequest::new(None, uri, parameters, "a1b2c3d4e5")
}

/// `METHOD URI x-test body` as it reached the service, which answers with the status of a header.
async fn tell(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let (parts, body) = request.into_parts();
    let header = |name: &str| {
        let value = parts.headers.get(name);
        value.map_or("-", |value| value.to_str().expect("it is text"))
    };
    let body = match body.try_into_bytes() {
        Ok(body) => body,
        Err(stream) => tower_body(stream).await,
    };
    let said = format!(
        "{} {} {} {}",
        parts.method,
        parts.uri,
        header("x-test"),
        String::from_utf8_lossy(&body)
    );
    let mut response = Response::new(Body::from(said));
    *response.status_mut() = header("x-status").parse().unwrap_or(StatusCode::OK);
    Ok(response)
}

async fn tower_body(body: Body) -> Bytes {
    use http_body_util::BodyExt as _;
    body.collect().await.expect("it is whole").to_bytes()
}

fn call(mapping: Option<Mapping>, request: Request<Body>) -> (u16, String, Option<Rejection>) {
    let mapping = mapping.map(Arc::new);
    let layer = MappingLayer::new(move |_: &http::request::Parts| mapping.clone());
    let mut routes = RouteTable::builder();
    let path = "/pets/{id}".parse().expect("it is a path");
    routes.insert(&path, MethodKey::Any, ()).expect("it is new");
    let routes = RouteLayer::new(routes.build().into());
    let service = routes.layer(layer.layer(service_fn(tell)));
    block_on(async {
        let response = service.oneshot(request).await.expect("nothing fails");
        let rejection = response.extensions().get::<Rejection>().cloned();
        let status = response.status().as_u16();
        let body = tower_body(response.into_body()).await;
        (
            status,
            String::from_utf8_lossy(&body).into_owned(),
            rejection,
        )
    })
}

fn responses() -> Mapping {
    let mut mapping = Mapping::default();
    let mut refused = IntegrationResponse::new(StatusCode::NOT_FOUND);
    refused.pattern = Some("4\\d{2}".parse());
    mapping.responses = [IntegrationResponse::new(StatusCode::ACCEPTED), refused]
        .into_iter()
        .collect();
    mapping
}

#[test]
fn requests_and_answers_are_mapped() {
    let pet = |target: &str| {
        let request = Request::post(target).header("x-test", "own");
        request
            .body(Body::from(r#"{"name": "Tom"}"#))
            .expect("it is a request")
    };
    let mapped: Parameters<'_> = &[
        ("path.pet", "method.request.path.id"),
        ("header.x-test", "method.request.body.name"),
        ("header.x-status", "method.request.querystring.status"),
    ];
    let uri = "http://backend/pet/{pet}?a=b";

    // Nothing is found for the request.
    let told = r#"POST /pets/7 own {"name": "Tom"}"#;
    assert_eq!(call(None, pet("/pets/7")), (200, told.to_owned(), None));

    // Nothing is said of the head.
    let mut mapping = responses();
    mapping.request.templates = templates("$input.path('$.name')");
    let told = "POST /pets/7 own Tom";
    assert_eq!(
        call(Some(mapping), pet("/pets/7")),
        (202, told.to_owned(), None)
    );

    // As an HTTP integration.
    let mut mapping = responses();
    mapping.request.templates = templates("$input.path('$.name')");
    mapping.request.http = Some(http(HttpMapping::Mapped, uri, mapped));
    let told = "POST http://backend/pet/7?a=b Tom Tom";
    let answer = call(Some(mapping.clone()), pet("/pets/7?status=200"));
    assert_eq!(answer, (202, told.to_owned(), None));
    assert_eq!(call(Some(mapping), pet("/pets/7?status=404")).0, 404);

    // As an HTTP_PROXY integration, whose body need not be read.
    let mut mapping = responses();
    mapping.request.http = Some(http(HttpMapping::Proxied, uri, &mapped[..1]));
    let told = r#"POST http://backend/pet/7?a=b&c=d own {"name": "Tom"}"#;
    let answer = call(Some(mapping), pet("/pets/7?c=d"));
    assert_eq!(answer, (202, told.to_owned(), None));
}

#[test]
fn what_cannot_be_mapped_is_refused() {
    let request = || Request::post("/pets/7");
    let body = |body: &str| Body::from(body.to_owned());
    let mut mapping = responses();
    mapping.request.templates = templates("$input.path('$.name')");
    let mut forbidden = responses();
    let mut parameters = RequestParameters::new(HttpMapping::Proxied);
    let target = "integration.request.header.Content-Length";
    assert!(parameters.insert(target, "'5'").is_err());
    let uri = UriTemplate::parse("http://a/", &StageVariables::default()).expect("it is a URI");
    forbidden.request.http = Some(HttpRequest::new(None, uri, parameters, "a1b2c3d4e5"));
    let mut silent = mapping.clone();
    silent.responses = [].into_iter().collect();
    for (mapping, request, status, kind) in [
        (
            mapping.clone(),
            request()
                .header("content-type", "text/xml")
                .body(body("<a/>")),
            415,
            Some(GatewayResponseType::UnsupportedMediaType),
        ),
        (
            mapping.clone(),
            request()
                .header("content-encoding", "gzip")
                .body(body("{}")),
            415,
            Some(GatewayResponseType::UnsupportedMediaType),
        ),
        (
            mapping,
            request().body(Body::from(" ".repeat(10_485_761))),
            413,
            None,
        ),
        (
            forbidden,
            request().body(body("{}")),
            500,
            Some(GatewayResponseType::ApiConfigurationError),
        ),
        (
            silent,
            request().body(body("{}")),
            500,
            Some(GatewayResponseType::ApiConfigurationError),
        ),
    ] {
        let answer = call(Some(mapping), request.expect("it is a request"));
        let rejection = answer.2.expect("it is refused");
        assert_eq!((answer.0, rejection.response_type()), (status, kind));
    }
}

/// As the gateway does it: an endpoint gets no body with these verbs, whatever was made.
#[test]
fn some_requests_have_no_body() {
    let uri = || UriTemplate::parse("http://backend/", &StageVariables::default());
    for (kind, verb, told) in [
        (
            HttpMapping::Mapped,
            Method::POST,
            "POST http://backend/ - made",
        ),
        (HttpMapping::Mapped, Method::GET, "GET http://backend/ - "),
        (
            HttpMapping::Proxied,
            Method::PUT,
            "PUT http://backend/ - sent",
        ),
        (
            HttpMapping::Proxied,
            Method::OPTIONS,
            "OPTIONS http://backend/ - ",
        ),
    ] {
        let mut mapping = responses();
        if kind == HttpMapping::Mapped {
            mapping.request.templates = templates("made");
        }
        mapping.request.http = Some(HttpRequest::new(
            Some(verb),
            uri().expect("it is a URI"),
            RequestParameters::new(kind),
            "a1b2c3d4e5",
        ));
        let request = Request::post("/pets/7").header("content-length", "4");
        let request = request.body(Body::from("sent")).expect("it is a request");
        assert_eq!(call(Some(mapping), request), (202, told.to_owned(), None));
    }
}

/// An answer in a coding cannot be mapped, so none is asked for.
#[test]
fn codings_are_not_asked_for_and_not_taken_for_text() {
    let mut mapping = responses();
    mapping.request.http = Some(http(HttpMapping::Proxied, "http://backend/", &[]));
    let mapping = Arc::new(mapping);
    let layer = MappingLayer::new(move |_: &http::request::Parts| Some(mapping.clone()));
    let inner = service_fn(async |request: Request<Body>| {
        let is_asked = request.headers().contains_key("accept-encoding");
        let knows_names = request.extensions().get::<OriginalHeaders>().is_some();
        assert!(!is_asked && !knows_names);
        let mut response = Response::new(Body::from("coded"));
        if let Some(coding) = request.headers().get("x-coding") {
            response
                .headers_mut()
                .insert("content-encoding", coding.clone());
        }
        Ok::<_, Infallible>(response)
    });
    let service = layer.layer(inner);
    for (coding, sent, status) in [
        ("identity", None, 202),
        ("gzip", None, 500),
        ("identity", Some("gzip"), 415),
    ] {
        let mut request = Request::post("/")
            .header("accept-encoding", "gzip")
            .header("x-coding", coding)
            .extension(OriginalHeaders::from_iter(["X-Coding"]));
        if let Some(sent) = sent {
            request = request.header("content-encoding", sent);
        }
        let request = request.body(Body::from("x")).expect("it is a request");
        let response = block_on(service.clone().oneshot(request)).expect("nothing fails");
        assert_eq!(response.status(), status, "{coding} {sent:?}");
    }
}

/// More values than a map of headers can be made for from the start.
#[test]
fn many_values_of_a_header_pass() {
    let mut mapping = responses();
    mapping.request.http = Some(http(HttpMapping::Proxied, "http://backend/", &[]));
    let mut request = Request::post("/")
        .body(Body::empty())
        .expect("it is a request");
    for _ in 0..40_000 {
        let value = http::HeaderValue::from_static("v");
        request.headers_mut().append("x-many", value);
    }
    assert_eq!(call(Some(mapping), request).0, 202);
}
