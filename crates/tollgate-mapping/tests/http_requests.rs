//! Requests to HTTP endpoints as they were recorded on the service: the data-plane tests of
//! LocalStack that were run against AWS, whose names stand beside the rows.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use tollgate_core::{
    ClientRequest, Context, ExtendedRequestId, Moment, PathParameters, Rejection, RequestId,
    StageContext, StageVariables,
};
use tollgate_mapping::{HttpMapping, HttpRequest, Payload, RequestParameters, UriTemplate};

const MAPPED: HttpMapping = HttpMapping::Mapped;
const PROXIED: HttpMapping = HttpMapping::Proxied;
const TRACE: &str = "Root=1-00000000-000000000000000000000007";

/// A request for `/{pathVariable}`.
fn context(method: Method, target: &str, headers: &[(&str, &str)]) -> Context {
    let stage = StageContext {
        api_id: "a1b2c3d4e5".into(),
        variables: StageVariables::from_iter([("version", "7")]),
        ..StageContext::local()
    };
    let mut request = ClientRequest::new(method, target.parse().expect("it is a target"));
    for (name, value) in headers {
        request.headers.append(
            name.parse::<HeaderName>().expect("it is a name"),
            HeaderValue::from_str(value).expect("it is a value"),
        );
    }
    let path = request.target.path().len();
    request.path_parameters =
        PathParameters::new(Arc::from(["pathVariable".into()]), std::iter::once(1..path));
    let ids = (RequestId::from_u128(7), ExtendedRequestId::from_bits(0));
    let mut context = Context::new(Arc::new(stage), ids, Moment::default(), request);
    context.identity.source_ip = Some([203, 0, 113, 9].into());
    context
}

fn request(mapping: HttpMapping, uri: &str, parameters: &[(&str, &str)]) -> HttpRequest {
    let mut compiled = RequestParameters::new(mapping);
    for (target, source) in parameters {
        // A forbidden header is told at once, and again by each request.
        drop(compiled.insert(&format!("integration.request.{target}"), source));
    }
    let uri = UriTemplate::parse(uri, &StageVariables::default()).expect("it is a URI");
    HttpRequest::new(None, uri, compiled, "a1b2c3d4e5")
}

fn shown(headers: &HeaderMap) -> Vec<String> {
    let mut shown: Vec<_> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().expect("it is text")))
        .collect();
    shown.sort();
    shown
}

/// `test_http_proxy_integration_request_data_mappings`
#[test]
fn a_proxy_gets_what_the_uri_says_then_what_is_mapped_then_what_was_sent() {
    let uri = "http://backend/x?testVar={pathVar}&testQs={qsVar}";
    let mappings = [
        ("path.qsVar", "method.request.querystring.testVar"),
        ("path.pathVar", "method.request.path.pathVariable"),
        (
            "querystring.queryString",
            "method.request.querystring.testQueryString",
        ),
        (
            "querystring.testQs",
            "method.request.querystring.testQueryString",
        ),
        ("querystring.absent", "method.request.header.none"),
        ("header.headerVar", "method.request.header.foobar"),
    ];
    let sent = [("foobar", "mapped-value"), ("headerVar", "request-value")];
    let context = context(
        Method::GET,
        "/foobar?testQueryString=foo&testVar=bar",
        &sent,
    );
    let head = request(PROXIED, uri, &mappings)
        .head(&context, &context.overrides, Payload::new(""), None)
        .expect("it is mapped");
    assert_eq!(
        head.uri.to_string(),
        "http://backend/x?testVar=foobar&testQs=bar&queryString=foo&testQs=foo\
         &testQueryString=foo&testVar=bar"
    );
    assert_eq!(head.headers["headervar"], "mapped-value");
    assert_eq!(head.headers["foobar"], "mapped-value");
}

#[test]
fn without_a_proxy_only_what_is_mapped_is_sent() {
    let mappings = [
        (
            "querystring.kind",
            "method.request.multivaluequerystring.kind",
        ),
        ("querystring.first", "method.request.body.pets[0].name"),
        ("querystring.all", "method.request.body.pets"),
        ("querystring.none", "method.request.body.none"),
        ("querystring.empty", "''"),
        ("querystring.a b", "'c&d'"),
        ("path.version", "stageVariables.version"),
        (
            "header.X-Kinds",
            "method.request.multivaluequerystring.kind",
        ),
        ("header.X-Ip", "context.identity.sourceIp"),
    ];
    let sent = [("content-type", "text/x"), ("authorization", "secret")];
    let context = context(Method::POST, "/p?kind=cat&kind=small%20dog&other=1", &sent);
    let request = request(
        MAPPED,
        "https://backend:8443/v{version}/pets?fixed=1",
        &mappings,
    );
    let head = request
        .head(
            &context,
            &context.overrides,
            Payload::new(r#"{"pets": [{"name": "Tom"}]}"#),
            None,
        )
        .expect("it is mapped");
    assert_eq!(
        head.uri.to_string(),
        "https://backend:8443/v7/pets?fixed=1&kind=cat&kind=small%20dog&first=Tom\
         &all=%5B%7B%22name%22:%22Tom%22%7D%5D&a%20b=c%26d"
    );
    assert_eq!(
        shown(&head.headers),
        [
            "accept: application/json",
            "content-type: text/x",
            "user-agent: AmazonAPIGateway_a1b2c3d4e5",
            "x-amzn-apigateway-api-id: a1b2c3d4e5",
            &format!("x-amzn-trace-id: {TRACE}"),
            "x-ip: 203.0.113.9",
            "x-kinds: cat,small dog",
        ]
    );
}

/// `TestApiGatewayHeaderRemapping`: what reaches the backend of a GET, and under which value.
#[test]
fn headers_reach_the_backend_as_recorded() {
    const VALUE: &str = "mapped";
    for (name, plain, plain_mapped, proxy, proxy_mapped) in [
        ("accept", "application/json", VALUE, "sent", VALUE),
        ("accept-charset", "", VALUE, "sent", VALUE),
        ("accept-encoding", "", VALUE, "sent", VALUE),
        ("age", "", VALUE, "sent", VALUE),
        ("authorization", "", VALUE, "sent", VALUE),
        ("content-encoding", "", VALUE, "", VALUE),
        ("content-md5", "", VALUE, "", VALUE),
        ("content-type", "", VALUE, "sent", VALUE),
        ("connection", "", "", "", ""),
        ("date", "", VALUE, "sent", VALUE),
        ("expect", "", "", "", ""),
        ("host", "", VALUE, "", VALUE),
        ("max-forwards", "", VALUE, "", VALUE),
        ("pragma", "", VALUE, "sent", VALUE),
        ("proxy-authenticate", "", "", "", ""),
        ("range", "", VALUE, "sent", VALUE),
        ("referer", "", VALUE, "sent", VALUE),
        ("server", "", VALUE, "", VALUE),
        ("te", "", "", "", ""),
        ("trailer", "", VALUE, "", VALUE),
        ("upgrade", "", VALUE, "", VALUE),
        (
            "user-agent",
            "AmazonAPIGateway_a1b2c3d4e5",
            VALUE,
            "sent",
            VALUE,
        ),
        ("via", "", "", "", ""),
        ("www-authenticate", "", VALUE, "", VALUE),
        (
            "x-amzn-apigateway-api-id",
            "a1b2c3d4e5",
            "500",
            "a1b2c3d4e5",
            "500",
        ),
        ("x-amzn-trace-id", TRACE, "500", TRACE, "500"),
        ("content-length", "", "500", "", "500"),
        ("transfer-encoding", "", "500", "", "500"),
        ("x-hop", "", VALUE, "", VALUE),
        ("x-other", "", VALUE, "sent", VALUE),
    ] {
        for (mapping, is_mapped, expected) in [
            (MAPPED, false, plain),
            (MAPPED, true, plain_mapped),
            (PROXIED, false, proxy),
            (PROXIED, true, proxy_mapped),
        ] {
            let context = context(
                Method::GET,
                "/p",
                &[(name, "sent"), ("connection", "X-Hop")],
            );
            let target = format!("header.{name}");
            let mappings = [(&*target, "'mapped'")];
            let mappings = if is_mapped { &mappings[..] } else { &[] };
            let head = request(mapping, "http://backend/", mappings).head(
                &context,
                &context.overrides,
                Payload::new(""),
                None,
            );
            let seen = match &head {
                Ok(head) => head
                    .headers
                    .get(name)
                    .map_or("", |value| value.to_str().expect(name)),
                Err(_) => "500",
            };
            assert_eq!(seen, expected, "{name}, {mapping:?}, mapped: {is_mapped}");
        }
    }
}

#[test]
fn a_proxy_says_where_the_request_came_from() {
    let sent = [
        ("host", "api.example.com:8080"),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-for", "198.51.100.2"),
        ("x-forwarded-proto", "gopher"),
    ];
    let context = context(Method::GET, "/p", &sent);
    let head = request(PROXIED, "http://backend/", &[])
        .head(&context, &context.overrides, Payload::new(""), None)
        .expect("it is mapped");
    assert_eq!(
        shown(&head.headers),
        [
            "x-amzn-apigateway-api-id: a1b2c3d4e5",
            &format!("x-amzn-trace-id: {TRACE}"),
            "x-forwarded-for: 192.0.2.1, 198.51.100.2, 203.0.113.9",
            "x-forwarded-port: 8080",
            "x-forwarded-proto: http",
        ]
    );
}

#[test]
fn templates_override_the_request_but_not_a_proxys() {
    let pair = |name: &str, value: &str| vec![(name.into(), value.into())];
    let mut context = context(Method::GET, "/p", &[]);
    context.overrides.request_path = pair("id", "8");
    context.overrides.request_querystring = pair("q", "a b");
    context.overrides.request_headers = pair("X-Over", "1");
    let mappings = [("path.id", "'7'"), ("header.x-over", "'0'")];
    for (mapping, uri, header) in [
        (MAPPED, "http://backend/8?q=a%20b", "1"),
        (PROXIED, "http://backend/7", "0"),
    ] {
        let head = request(mapping, "http://backend/{id}", &mappings)
            .head(&context, &context.overrides, Payload::new(""), None)
            .expect("it is mapped");
        assert_eq!(
            (head.uri.to_string().as_str(), &head.headers["x-over"]),
            (uri, &HeaderValue::from_static(header))
        );
    }
}

#[test]
fn what_cannot_be_sent_is_refused_with_a_reason() {
    let context = context(Method::POST, "/p", &[]);
    let reason = |mappings: &[(&str, &str)], body: &str| -> Rejection {
        request(MAPPED, "http://backend/{id}", mappings)
            .head(&context, &context.overrides, Payload::new(body), None)
            .expect_err("it cannot be sent")
    };
    for (mappings, body, status, expected) in [
        (&[][..], "", 500, "nothing is mapped to {id}"),
        (
            &[("path.id", "method.request.header.none")],
            "",
            500,
            "nothing is mapped to {id}",
        ),
        (
            &[("path.id", "'7'"), ("header.content-length", "'9'")],
            "",
            500,
            "already present",
        ),
        (
            &[("path.id", "method.request.body.a")],
            "{not json",
            400,
            "JSON",
        ),
        (
            &[("path.id", "'7'"), ("header.x", "method.request.body.a")],
            r#"{"a": "b\r\nc: d"}"#,
            500,
            "control character",
        ),
    ] {
        let rejection = reason(mappings, body);
        assert_eq!(rejection.status().as_u16(), status, "{mappings:?}");
        let said = format!("{:?} {:?}", rejection.reason(), rejection.message());
        assert!(said.contains(expected), "{mappings:?}: {said}");
    }
}

#[test]
fn what_is_no_mapping_is_named() {
    let mut parameters = RequestParameters::default();
    for (target, source, expected) in [
        (
            "integration.request.cookie.a",
            "'x'",
            "invalid mapping target",
        ),
        (
            "integration.request.header.",
            "'x'",
            "invalid mapping target",
        ),
        (
            "integration.request.header.a b",
            "'x'",
            "invalid mapping target",
        ),
        ("method.request.header.a", "'x'", "invalid mapping target"),
        (
            "integration.request.header.a",
            "x",
            "invalid mapping expression",
        ),
        (
            "integration.request.header.a",
            "integration.response.header.b",
            "cannot read the endpoint's answer",
        ),
        (
            "integration.request.header.a",
            "method.request.body.a[?(",
            "invalid JSONPath \"$.a[?(\": ",
        ),
        ("integration.request.header.TE", "'x'", ""),
        (
            "integration.request.header.Transfer-Encoding",
            "'x'",
            "fails with 500",
        ),
    ] {
        let said = match parameters.insert(target, source) {
            Ok(()) => String::new(),
            Err(error) => error.to_string(),
        };
        assert!(
            said.contains(expected) && said.is_empty() == expected.is_empty(),
            "{target}: {said}"
        );
    }
}

/// What reaches an AWS service: the column `AWS` of the recorded tables of headers.
#[test]
fn services_are_told_only_what_is_mapped() {
    const SERVICE: HttpMapping = HttpMapping::Service;
    let context = context(
        Method::POST,
        "/pets?a=b",
        &[("content-type", "text/plain"), ("x-own", "1")],
    );
    let headers = |mapped: &[(&str, &str)]| {
        let uri = "http://dynamodb.us-east-1.amazonaws.com/";
        let request = request(SERVICE, uri, mapped).with_header(
            http::header::CONTENT_TYPE,
            HeaderValue::from_static("application/x-amz-json-1.0"),
        );
        let head = request.head(&context, &context.overrides, Payload::new("{}"), None);
        head.map(|head| (head.uri.to_string(), shown(&head.headers)))
    };
    let own = [
        "accept: application/json",
        "content-type: application/x-amz-json-1.0",
        "user-agent: AmazonAPIGateway_a1b2c3d4e5",
        "x-amzn-apigateway-api-id: a1b2c3d4e5",
        &format!("x-amzn-trace-id: {TRACE}"),
    ]
    .map(str::to_owned);
    let (uri, seen) = headers(&[("header.Referer", "'r'"), ("header.Via", "'v'")]).unwrap();
    assert_eq!(uri, "http://dynamodb.us-east-1.amazonaws.com/");
    assert_eq!(seen, own);
    let (_, seen) = headers(&[("header.content-type", "'x'"), ("header.accept", "'y'")]).unwrap();
    assert_eq!(seen[..2], ["accept: y", "content-type: x"]);
    for name in [
        "Authorization",
        "Connection",
        "Content-Length",
        "Expect",
        "Proxy-Authenticate",
        "TE",
        "Transfer-Encoding",
        "X-Amzn-Trace-Id",
    ] {
        let rejection = headers(&[(&format!("header.{name}"), "'x'")]).unwrap_err();
        assert_eq!(rejection.status().as_u16(), 500, "{name}");
        let expected = format!("{} header already present", name.to_ascii_lowercase());
        assert_eq!(rejection.reason(), Some(&*expected), "{name}");
    }
}

/// Data plane, section 4.9: nobody behind the gateway could verify it.
#[test]
fn signatures_of_clients_end_at_a_proxy() {
    for (value, passes) in [
        (
            "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=b",
            false,
        ),
        ("AWS4-HMAC-SHA256", false),
        ("Bearer AWS4-HMAC-SHA256", true),
        ("Basic a", true),
    ] {
        let context = context(Method::GET, "/", &[("authorization", value)]);
        let head = request(PROXIED, "https://backend/", &[])
            .head(&context, &context.overrides, Payload::new(""), None)
            .expect("it is mapped");
        assert_eq!(
            head.headers.contains_key("authorization"),
            passes,
            "{value}"
        );
    }
}
