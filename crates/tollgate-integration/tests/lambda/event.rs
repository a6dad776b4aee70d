//! The event of a proxy integration. Sections 10.1 and 2.4 of the data plane's reference, recorded on
//! the service unless a row says otherwise.

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::apigw::ApiGatewayProxyRequest;
use http::{HeaderValue, Method};
use proptest::prelude::*;
use serde_json::{Value, json};
use tollgate_core::{
    ClientRequest, Context, ExtendedRequestId, Moment, OriginalHeaders, PathAddress,
    PathParameters, PeerCertificate, RequestId, ResourceContext, StageContext, StageVariables,
};
use tollgate_integration::lambda::{MAX_PAYLOAD_BYTES, ProxyEvent};

fn context(target: &str, headers: &[(&'static str, &str)]) -> Context {
    let stage = StageContext {
        account_id: "123456789012".into(),
        region: "us-east-1".into(),
        api_id: "a1b2c3d4e5".into(),
        deployment_id: "d3p10y".into(),
        stage: "stage".parse().expect("the test knows that it works"),
        variables: StageVariables::default(),
    };
    let ids = (RequestId::from_u128(1), ExtendedRequestId::from_bits(0));
    let received_at = Moment::new(Duration::ZERO, Duration::from_millis(1_700_000_000_123));
    let mut request = ClientRequest::new(
        Method::GET,
        target.parse().expect("the test knows that it works"),
    );
    for (name, value) in headers {
        let value =
            HeaderValue::from_bytes(value.as_bytes()).expect("the test knows that it works");
        let name = name.to_ascii_lowercase().parse::<http::HeaderName>();
        request
            .headers
            .append(name.expect("the test knows that it works"), value);
    }
    let names = headers.iter().map(|(name, _)| name);
    request.spelling = Some(OriginalHeaders::from_iter(names));
    Context::new(Arc::new(stage), ids, received_at, request)
}

/// A request `GET /stage/proxy-value` to the resource `/{proxy+}`.
fn proxied(headers: &[(&'static str, &str)]) -> Context {
    let mut context = context("/stage/proxy-value", headers);
    context.request.address = PathAddress::Stage { length: 6 };
    context.request.is_encrypted = true;
    let names = Arc::from([Box::from("proxy")]);
    context.request.path_parameters = PathParameters::new(names, std::iter::once(7..18));
    context.resource = Some(Arc::new(ResourceContext {
        id: "res0000000".into(),
        path: "/{proxy+}".into(),
    }));
    context.identity.source_ip = Some([127, 0, 0, 1].into());
    context
}

fn text(event: &ProxyEvent<'_>) -> String {
    String::from_utf8(
        event
            .to_payload()
            .expect("the test knows that it works")
            .to_vec(),
    )
    .expect("the test knows that it works")
}

fn parsed(event: &ProxyEvent<'_>) -> Value {
    serde_json::from_str(&text(event)).expect("the test knows that it works")
}

#[test]
fn members_stand_in_the_order_of_the_service() {
    let context = proxied(&[
        ("User-Agent", "python-requests/2.31.0"),
        ("Accept", "*/*"),
        ("tEsT-HEADeR", "aValUE"),
        ("Host", "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"),
    ]);
    let host = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com";
    let trace = "Root=1-6553f100-000000000000000000000001";
    let expected = [
        r#"{"resource":"/{proxy+}","path":"/proxy-value","httpMethod":"GET","#,
        r#""headers":{"Accept":"*/*","Host":"HOST","tEsT-HEADeR":"aValUE","#,
        r#""User-Agent":"python-requests/2.31.0","X-Amzn-Trace-Id":"TRACE","#,
        r#""X-Forwarded-For":"127.0.0.1","X-Forwarded-Port":"443","X-Forwarded-Proto":"https"},"#,
        r#""multiValueHeaders":{"Accept":["*/*"],"Host":["HOST"],"tEsT-HEADeR":["aValUE"],"#,
        r#""User-Agent":["python-requests/2.31.0"],"X-Amzn-Trace-Id":["TRACE"],"#,
        r#""X-Forwarded-For":["127.0.0.1"],"X-Forwarded-Port":["443"],"#,
        r#""X-Forwarded-Proto":["https"]},"#,
        r#""queryStringParameters":null,"multiValueQueryStringParameters":null,"#,
        r#""pathParameters":{"proxy":"proxy-value"},"stageVariables":null,"#,
        r#""requestContext":{"resourceId":"res0000000","resourcePath":"/{proxy+}","#,
        r#""httpMethod":"GET","extendedRequestId":"AAAAAAAAAAAAAAA=","#,
        r#""requestTime":"14/Nov/2023:22:13:20 +0000","path":"/stage/proxy-value","#,
        r#""accountId":"123456789012","protocol":"HTTP/1.1","stage":"stage","#,
        r#""domainPrefix":"a1b2c3d4e5","requestTimeEpoch":1700000000123,"#,
        r#""requestId":"00000000-0000-0000-0000-000000000001","#,
        r#""identity":{"cognitoIdentityPoolId":null,"accountId":null,"cognitoIdentityId":null,"#,
        r#""caller":null,"sourceIp":"127.0.0.1","principalOrgId":null,"accessKey":null,"#,
        r#""cognitoAuthenticationType":null,"cognitoAuthenticationProvider":null,"#,
        r#""userArn":null,"userAgent":"python-requests/2.31.0","user":null},"#,
        r#""domainName":"HOST","deploymentId":"d3p10y","apiId":"a1b2c3d4e5"},"#,
        r#""body":null,"isBase64Encoded":false}"#,
    ];
    let expected = expected.concat().replace("HOST", host);
    let expected = expected.replace("TRACE", trace);
    assert_eq!(text(&ProxyEvent::new(&context)), expected);
}

/// The members are those of the developer guide's page "Configure mutual TLS"; their place is ours.
#[test]
fn certificates_stand_behind_what_else_is_known_of_the_caller() {
    let mut context = proxied(&[]);
    let certificate = PeerCertificate {
        pem: "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n".into(),
        subject_dn: r#"CN=a "b""#.into(),
        issuer_dn: "CN=issuer".into(),
        serial_number: "1".into(),
        not_before: "May 28 12:30:02 2019 GMT".into(),
        not_after: "Aug  5 09:36:04 2021 GMT".into(),
    };
    context.identity.certificate = Some(Arc::new(certificate));
    let expected = [
        r#""user":null,"clientCert":{"clientCertPem":"#,
        r#""-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n","#,
        r#""subjectDN":"CN=a \"b\"","issuerDN":"CN=issuer","serialNumber":"1","#,
        r#""validity":{"notBefore":"May 28 12:30:02 2019 GMT","#,
        r#""notAfter":"Aug  5 09:36:04 2021 GMT"}}},"#,
    ];
    let found = text(&ProxyEvent::new(&context));
    assert!(found.contains(&expected.concat()), "{found}");
}

#[test]
fn an_independent_reader_agrees() {
    let mut context = proxied(&[("Host", "api.example.com"), ("X-A", "1"), ("X-A", "2")]);
    context.request.target = "/stage/proxy-value?b=1&a=2&a=3".parse().unwrap();
    let event = ProxyEvent::new(&context).with_text(b"{\"x\": \"\\u00e9\"}");
    let read: ApiGatewayProxyRequest = serde_json::from_str(&text(&event)).unwrap();
    assert_eq!(read.resource.as_deref(), Some("/{proxy+}"));
    assert_eq!(read.path.as_deref(), Some("/proxy-value"));
    assert_eq!(read.http_method, Method::GET);
    assert_eq!(read.headers["x-a"], "2");
    let values: Vec<_> = read.multi_value_headers.get_all("x-a").iter().collect();
    assert_eq!(values, ["1", "2"]);
    assert_eq!(read.query_string_parameters.first("a"), Some("3"));
    let all = read.multi_value_query_string_parameters.all("a");
    assert_eq!(all, Some(vec!["2", "3"]));
    assert_eq!(read.path_parameters["proxy"], "proxy-value");
    assert_eq!(read.body.as_deref(), Some("{\"x\": \"\\u00e9\"}"));
    assert!(!read.is_base64_encoded);
    let known = read.request_context;
    assert_eq!(known.account_id.as_deref(), Some("123456789012"));
    assert_eq!(known.stage.as_deref(), Some("stage"));
    assert_eq!(known.request_time_epoch, 1_700_000_000_123);
    assert_eq!(known.identity.source_ip.as_deref(), Some("127.0.0.1"));
}

#[test]
fn query_values_are_decoded_and_listed() {
    for (query, single, multiple) in [
        ("", Value::Null, Value::Null),
        (
            "?category=electronics&category=books",
            json!({"category": "books"}),
            json!({"category": ["electronics", "books"]}),
        ),
        (
            "?dateTimeOffset=2023-06-12T18:05:10.123456+00:00",
            json!({"dateTimeOffset": "2023-06-12T18:05:10.123456 00:00"}),
            json!({"dateTimeOffset": ["2023-06-12T18:05:10.123456 00:00"]}),
        ),
        (
            "?url=https://www.example.com/&whitespace=foo%20bar",
            json!({"url": "https://www.example.com/", "whitespace": "foo bar"}),
            json!({"url": ["https://www.example.com/"], "whitespace": ["foo bar"]}),
        ),
        // Documented as a known issue: a semicolon separates.
        (
            "?a=1;A=2",
            json!({"A": "2", "a": "1"}),
            json!({"A": ["2"], "a": ["1"]}),
        ),
        // Decisions of ours.
        ("?a", json!({"a": ""}), json!({"a": [""]})),
        ("?%22=%0a", json!({"\"": "\n"}), json!({"\"": ["\n"]})),
    ] {
        let context = context(&format!("/{query}"), &[]);
        let event = parsed(&ProxyEvent::new(&context));
        assert_eq!(event["queryStringParameters"], single, "{query}");
        assert_eq!(
            event["multiValueQueryStringParameters"], multiple,
            "{query}"
        );
    }
}

#[test]
fn headers_that_parsing_drops_are_not_told() {
    let hidden = [
        "Connection",
        "Content-Length",
        "Content-MD5",
        "Expect",
        "Max-Forwards",
        "Proxy-Authenticate",
        "Server",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "WWW-Authenticate",
    ];
    let kept = ["Authorization", "Via", "Referer", "Content-Encoding"];
    let sent: Vec<_> = hidden
        .iter()
        .chain(&kept)
        .map(|name| (*name, "x"))
        .collect();
    let context = context("/", &sent);
    let event = parsed(&ProxyEvent::new(&context));
    for maps in ["headers", "multiValueHeaders"] {
        let headers = event[maps].as_object().unwrap();
        let names: Vec<_> = headers.keys().map(String::as_str).collect();
        let expected = [
            "Authorization",
            "Content-Encoding",
            "Referer",
            "Via",
            "X-Amzn-Trace-Id",
            "X-Forwarded-Port",
            "X-Forwarded-Proto",
        ];
        assert_eq!(names, expected, "{maps}");
    }
}

#[test]
fn the_gateway_says_where_requests_come_from() {
    let trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1";
    let context = proxied(&[
        ("x-forwarded-for", "10.0.0.1"),
        ("X-Forwarded-Port", "1"),
        ("x-forwarded-proto", "gopher"),
        ("x-amzn-trace-id", trace),
        ("Content-Type", "application/json;charset=utf-8"),
        ("Host", "localhost:8443"),
    ]);
    let headers = parsed(&ProxyEvent::new(&context))["headers"].take();
    let expected = json!({
        "Content-Type": "application/json;charset=utf-8",
        "Host": "localhost:8443",
        "X-Amzn-Trace-Id": format!("{trace};Parent=0000000000000000"),
        "X-Forwarded-For": "10.0.0.1, 127.0.0.1",
        "X-Forwarded-Port": "8443",
        "X-Forwarded-Proto": "https",
    });
    assert_eq!(headers, expected);
}

#[test]
fn bodies_are_text_or_base64() {
    let context = context("/", &[]);
    let event = ProxyEvent::new(&context);
    for (event, body, is_base64) in [
        (event.clone(), Value::Null, false),
        (event.clone().with_text(b""), Value::Null, false),
        (event.clone().with_bytes(b""), Value::Null, false),
        (
            event.clone().with_text(b"a\"b\\\n"),
            json!("a\"b\\\n"),
            false,
        ),
        (
            event.clone().with_text(b"a\xffb"),
            json!("a\u{fffd}b"),
            false,
        ),
        (event.with_bytes(b"a\xffb"), json!("Yf9i"), true),
    ] {
        let event = parsed(&event);
        assert_eq!(event["body"], body);
        assert_eq!(event["isBase64Encoded"], is_base64, "{body}");
    }
}

#[test]
fn stage_variables_are_told() {
    let mut context = context("/", &[]);
    let stage = Arc::make_mut(&mut context.stage);
    stage.variables = StageVariables::from_iter([("version", "7"), ("a", "b")]);
    let event = text(&ProxyEvent::new(&context));
    assert!(
        event.contains(r#""stageVariables":{"version":"7","a":"b"},"#),
        "{event}"
    );
}

#[test]
fn events_have_a_limit() {
    let context = context("/", &[]);
    let frame = text(&ProxyEvent::new(&context)).len() - "null".len() + "\"\"".len();
    let room = MAX_PAYLOAD_BYTES - frame;
    for (length, fits) in [
        (room, true),
        (room + 1, false),
        (MAX_PAYLOAD_BYTES + 1, false),
    ] {
        let body = vec![b'a'; length];
        let payload = ProxyEvent::new(&context).with_text(&body).to_payload();
        match payload {
            Ok(payload) => assert_eq!(payload.len(), MAX_PAYLOAD_BYTES),
            Err(rejection) => {
                assert_eq!(rejection.status(), 413);
                assert_eq!(rejection.message(), Some("Request Too Long"));
                assert_eq!(rejection.error_type(), Some("BadRequestException"));
            }
        }
        let fitted = ProxyEvent::new(&context).with_text(&body).to_payload();
        assert_eq!(fitted.is_ok(), fits, "{length}");
    }
    // Base64 makes more of it.
    let body = vec![0; room / 4 * 3 + 6];
    assert!(
        ProxyEvent::new(&context)
            .with_bytes(&body)
            .to_payload()
            .is_err()
    );
}

proptest! {
    #[test]
    fn every_event_is_json(
        query in "[!-~&&[^#?]]{0,30}",
        value in proptest::collection::vec(
            prop_oneof![Just(9_u8), 32..=126_u8, 128..=255_u8], 0..20),
        body in any::<Vec<u8>>(),
        is_binary in any::<bool>(),
    ) {
        let target = format!("/?{query}");
        prop_assume!(target.parse::<http::uri::PathAndQuery>().is_ok());
        let mut context = context(&target, &[]);
        let value = HeaderValue::from_bytes(&value).unwrap();
        context.request.headers.append("x-any", value);
        let event = ProxyEvent::new(&context);
        let event = if is_binary { event.with_bytes(&body) } else { event.with_text(&body) };
        let payload = event.to_payload().unwrap();
        let read: Value = serde_json::from_slice(&payload).unwrap();
        prop_assert_eq!(read.as_object().unwrap().len(), 12);
    }
}
