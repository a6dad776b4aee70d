use proptest::prelude::*;

use super::*;

/// Status, headers that are not the default one, body; `None`: 502.
type Seen = Option<(u16, Vec<(String, String)>, String)>;

fn seen(payload: &[u8]) -> Seen {
    let response = ProxyResponse::parse(payload).ok()?;
    let response = response.into_response(false).expect("nothing is decoded");
    let headers = response.headers().iter();
    let headers = headers.filter(|(_, value)| *value != "application/json");
    Some((
        response.status().as_u16(),
        headers
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect(),
        String::from_utf8(response.body().to_vec()).unwrap(),
    ))
}

/// Section 10.2 of the data plane's reference; rows without a comment are recorded on the service.
#[test]
fn answers_are_read_as_the_service_does() {
    const NONE: &[(&str, &str)] = &[];
    let solo: &[(&str, &str)] = &[("x-a", "solo")];
    for (payload, status, headers, body) in [
        (r#"{"statusCode":200}"#, 200, NONE, ""),
        ("{}", 200, NONE, ""),
        (r#" {} "#, 200, NONE, ""),
        (r#"{"headers":{"x-a":"solo"}}"#, 200, solo, ""),
        (r#"{"headers":null}"#, 200, NONE, ""),
        (r#"{"headers":{"X-A":true}}"#, 200, &[("x-a", "true")], ""),
        (r#"{"headers":{"x-a":false}}"#, 200, &[("x-a", "false")], ""),
        (r#"{"statusCode":"201"}"#, 201, NONE, ""),
        (r#"{"body":"hi"}"#, 200, NONE, "hi"),
        (
            r#"{"headers":{"X-a":"solo"},"multiValueHeaders":{"x-A":["multi"]}}"#,
            200,
            &[("x-a", "multi"), ("x-a", "solo")],
            "",
        ),
        (
            r#"{"multiValueHeaders":{"set-cookie":["a=1","b=2"]}}"#,
            200,
            &[("set-cookie", "a=1"), ("set-cookie", "b=2")],
            "",
        ),
        // Base64 that is not decoded is text.
        (
            r#"{"body":"aGk=","isBase64Encoded":true}"#,
            200,
            NONE,
            "aGk=",
        ),
        // Decisions of ours: what is null counts as missing, what is repeated counts last.
        (
            r#"{"statusCode":null,"multiValueHeaders":null,"body":null,"isBase64Encoded":null}"#,
            200,
            NONE,
            "",
        ),
        (r#"{"statusCode":200,"statusCode":404}"#, 404, NONE, ""),
        (r#"{"multiValueHeaders":{"x-a":[]}}"#, 200, NONE, ""),
    ] {
        let headers = headers.iter();
        let headers = headers.map(|(name, value)| (String::from(*name), String::from(*value)));
        let expected = Some((status, headers.collect(), body.to_owned()));
        assert_eq!(seen(payload.as_bytes()), expected, "{payload}");
    }
}

#[test]
fn anything_else_is_malformed() {
    for payload in [
        r#"{"statusCode":"test"}"#,
        r#"{"statusCode":200,"wrongValue":1}"#,
        r#"{"statusCode":200,"cookies":["a=b"]}"#,
        r#""text""#,
        r#"{"multiValueHeaders":{"x-a":"solo"}}"#,
        // Reported: lists, null and what is no JSON; bodies that are no strings.
        "[]",
        "[200]",
        "null",
        "200",
        "",
        "{",
        "{} {}",
        "hello",
        r#"{"body":{"a":1}}"#,
        r#"{"body":1}"#,
        // Decisions of ours.
        r#"{"headers":{"x-a":1}}"#,
        r#"{"headers":{"x-a":null}}"#,
        r#"{"headers":{"x-a":{}}}"#,
        r#"{"headers":{"x-a":["solo"]}}"#,
        r#"{"headers":{"x a":"solo"}}"#,
        r#"{"headers":{"":"solo"}}"#,
        r#"{"headers":{"x-a":"a\r\nb: c"}}"#,
        r#"{"headers":[]}"#,
        r#"{"headers":"x-a: solo"}"#,
        r#"{"multiValueHeaders":{"x-a":[1]}}"#,
        r#"{"multiValueHeaders":[]}"#,
        r#"{"isBase64Encoded":"true"}"#,
        r#"{"statusCode":199}"#,
        r#"{"statusCode":600}"#,
        r#"{"statusCode":-200}"#,
        r#"{"statusCode":200.5}"#,
        r#"{"statusCode":"+200"}"#,
        r#"{"statusCode":""}"#,
        r#"{"statusCode":99999999999999999999}"#,
        r#"{"statusCode":[200]}"#,
        r#"{"StatusCode":200}"#,
    ] {
        let malformed = ProxyResponse::parse(payload.as_bytes()).expect_err(payload);
        let rejection = Rejection::from(malformed);
        assert_eq!(rejection.status(), 502, "{payload}");
        assert_eq!(rejection.message(), Some("Internal server error"));
        assert_eq!(rejection.error_type(), Some("InternalServerErrorException"));
        let reason = rejection.reason().unwrap();
        assert!(reason.starts_with("Malformed Lambda proxy response: "));
    }
}

/// The column AWS_PROXY of section 12.6.
#[test]
fn headers_are_renamed_dropped_or_passed() {
    for (sent, seen) in [
        ("Connection", Some("x-amzn-remapped-connection")),
        ("Content-Length", Some("x-amzn-remapped-content-length")),
        ("Date", Some("x-amzn-remapped-date")),
        ("Server", Some("x-amzn-remapped-server")),
        ("WWW-Authenticate", Some("x-amzn-remapped-www-authenticate")),
        ("x-amzn-RequestId", Some("x-amzn-remapped-x-amzn-requestid")),
        ("Transfer-Encoding", None),
        ("Authorization", Some("authorization")),
        ("Content-Encoding", Some("content-encoding")),
        ("Content-MD5", Some("content-md5")),
        ("Expect", Some("expect")),
        ("Host", Some("host")),
        ("Max-Forwards", Some("max-forwards")),
        ("Proxy-Authenticate", Some("proxy-authenticate")),
        ("User-Agent", Some("user-agent")),
        ("Via", Some("via")),
        ("TE", Some("te")),
        ("Content-Type", Some("content-type")),
        ("Set-Cookie", Some("set-cookie")),
        // What belongs to a connection is not a function's to say: a decision of ours.
        ("Trailer", Some("x-amzn-remapped-trailer")),
        ("Upgrade", Some("x-amzn-remapped-upgrade")),
        ("Keep-Alive", Some("x-amzn-remapped-keep-alive")),
    ] {
        let payload = format!(r#"{{"headers":{{"{sent}":"v"}}}}"#);
        let response = ProxyResponse::parse(payload.as_bytes()).unwrap();
        let names: Vec<_> = response.headers.keys().map(HeaderName::as_str).collect();
        assert_eq!(names, Vec::from_iter(seen), "{sent}");
    }
}

#[test]
fn base64_is_decoded_for_those_who_accept_bytes() {
    for (body, is_base64, accepts, expected) in [
        ("aGk=", true, true, Some("hi")),
        ("aGk", true, true, Some("hi")),
        ("aGk=\\n", true, true, Some("hi")),
        ("aGk=", true, false, Some("aGk=")),
        ("aGk=", false, true, Some("aGk=")),
        ("no base64!", true, false, Some("no base64!")),
        ("no base64!", true, true, None),
    ] {
        let payload = format!(r#"{{"body":"{body}","isBase64Encoded":{is_base64}}}"#);
        let response = ProxyResponse::parse(payload.as_bytes()).unwrap();
        let found = response.into_response(accepts).map_err(|rejection| {
            assert_eq!(rejection.status(), 500, "{payload}");
        });
        let found = found.ok().map(Response::into_body);
        assert_eq!(found, expected.map(Bytes::from), "{payload}, {accepts}");
    }
}

#[test]
fn answers_have_a_limit() {
    let answer = |length: usize| format!(r#"{{"body":"{}"}}"#, "a".repeat(length));
    let frame = answer(0).len();
    assert!(ProxyResponse::parse(answer(MAX_PAYLOAD_BYTES - frame).as_bytes()).is_ok());
    assert!(ProxyResponse::parse(answer(MAX_PAYLOAD_BYTES - frame + 1).as_bytes()).is_err());
    let headers = |count: usize| {
        let headers: Vec<_> = (0..count).map(|n| format!(r#""x-{n}":"a""#)).collect();
        format!(r#"{{"headers":{{{}}}}}"#, headers.join(","))
    };
    assert!(ProxyResponse::parse(headers(MAX_HEADERS).as_bytes()).is_ok());
    assert!(ProxyResponse::parse(headers(MAX_HEADERS + 1).as_bytes()).is_err());
    assert!(ProxyResponse::parse(headers(40_000).as_bytes()).is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(payload in any::<Vec<u8>>()) {
        drop(ProxyResponse::parse(&payload));
    }

    #[test]
    fn what_is_nearly_an_answer_is_read_or_refused(
        name in "statusCode|headers|multiValueHeaders|body|isBase64Encoded|x",
        value in r#"(null|true|-?[0-9]{1,22}|"[^"\\]*"|\[("a"|1)?\]|\{("x":("a"|true|\["b"\]))?\})"#,
    ) {
        let payload = format!(r#"{{"{name}":{value}}}"#);
        if let Ok(response) = ProxyResponse::parse(payload.as_bytes()) {
            drop(response.into_response(true));
        }
    }
}
