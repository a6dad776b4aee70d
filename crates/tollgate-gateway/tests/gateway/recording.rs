//! Exchanges that are recorded, written, read and replayed.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method};
use proptest::prelude::*;
use serde_json::{Value, json};
use tollgate_core::{Clock, ManualClock, Moment, RandomIds, SeededRandom};
use tollgate_gateway::{
    CompileOptions, HeaderLine, InvalidRecording, Plan, Recorded, RecordedOutcome, RecordedRequest,
    Recorder, Recording, Secrets, Subject, Unwritable,
};
use tollgate_integration::HttpClient;
use tollgate_integration::aws::Endpoints;
use tollgate_integration::lambda::LambdaEvent;
use tollgate_model::Stage;

use crate::steps::http;
use crate::support::{document, mock};

const OK: &str = r#"{"statusCode": 200}"#;
const FRESH: &str = "$context.requestTimeEpoch $context.requestId $context.extendedRequestId \
    $context.requestTime $context.xrayTraceId $stageVariables.colour $context.identity.sourceIp";

/// A clock that every reading moves on.
#[derive(Debug)]
struct Ticking(ManualClock);

impl Clock for Ticking {
    fn now(&self) -> Moment {
        self.0.advance(Duration::from_micros(1_500));
        self.0.now()
    }
}

fn subject(resources: &[(&str, Value)], members: Value) -> Subject {
    let mut stage = Stage::new("prod".parse().expect("it is a name"));
    stage.variables.insert("colour".into(), "green".into());
    Subject::new(document(resources, members), stage)
}

fn request(method: Method, target: &str, lines: &[(&str, &str)], body: &str) -> RecordedRequest {
    let target = target.parse().expect("it is a target");
    let mut request = RecordedRequest::new(method, target, Bytes::copy_from_slice(body.as_bytes()));
    for (name, value) in lines {
        let value = HeaderValue::from_str(value).expect("it is a value");
        let line = HeaderLine::new(*name, value).expect("it is a name");
        request.headers.push(line);
    }
    request.is_spelled = true;
    request.peer = Some(([203, 0, 113, 9], 4711).into());
    request
}

async fn record(subject: &Subject, request: RecordedRequest) -> Recorded {
    let at = Duration::from_millis(1_700_000_000_123);
    let clock = Ticking(ManualClock::at_unix(at));
    let plan = subject.compile().expect("it has a plan");
    let recorder = Recorder::new(plan)
        .with_clock(Arc::new(clock))
        .with_ids(Arc::new(RandomIds::new(Arc::new(SeededRandom::new(7)))));
    recorder.record(request).await
}

/// A recording that was written and read.
fn written(recorded: &Recorded, subject: &Subject, secrets: &Secrets) -> (String, Recording) {
    let recording = recorded.recording(subject.clone(), secrets);
    let recording = recording.expect("it can be written");
    let text = recording.to_json().expect("it can be written");
    let read = Recording::from_json(text.as_bytes()).expect("it can be read");
    assert_eq!(read, recording);
    (text, read)
}

#[tokio::test]
async fn mocks_replay_bit_equal() {
    let subject = subject(
        &[
            ("/fresh", mock("ANY", OK, FRESH)),
            ("/echo/{id}", mock("ANY", OK, "$input.params() $input.body")),
            ("/broken", mock("ANY", "x", "")),
            ("/typed", {
                let mut method = mock("ANY", OK, "");
                method["ANY"]["methodIntegration"]["passthroughBehavior"] = "NEVER".into();
                method
            }),
        ],
        json!({ "minimumCompressionSize": 30 }),
    );
    for (target, lines, status) in [
        ("/fresh", &[][..], 200),
        (
            "/fresh",
            &[("x-amzn-RequestId", "00000000-0000-0000-0000-00000000000A")],
            200,
        ),
        ("/fresh", &[("Accept-Encoding", "gzip")], 200),
        ("/echo/7?a=b&a=c", &[("X-SpElLeD", "1"), ("x-b", "2")], 200),
        ("/broken", &[], 500),
        ("/typed", &[("content-type", "text/x")], 415),
        ("/nowhere", &[], 403),
        ("/a/../b", &[], 400),
        ("/echo/7", &[("content-encoding", "gzip")], 415),
    ] {
        let sent = request(Method::POST, target, lines, "hello \u{1f600}");
        let recorded = record(&subject, sent).await;
        assert_eq!(recorded.response.status(), status, "{target}");
        assert!(recorded.calls.is_empty(), "{target}");
        let (_, recording) = written(&recorded, &subject, &Secrets::shown());
        let replay = recording.replay().await.unwrap();
        assert_eq!(replay.differences, [], "{target}");
        assert_eq!(replay.steps, recorded.steps.len(), "{target}");
        assert_eq!(replay.status, status, "{target}");
        assert_eq!(replay.length, recorded.response.body().len(), "{target}");
        // The same steps take the same time, too.
        let again = recording.replay().await.unwrap();
        assert_eq!(again, replay, "{target}");
    }
}

/// An answer of an endpoint, in the place of the one that was recorded.
fn with_outcome(text: &str, outcome: Value) -> Value {
    let mut recording: Value = serde_json::from_str(text).expect("it is JSON");
    recording["calls"][0]["outcome"] = outcome;
    recording
}

/// Endpoints that nobody can reach: what came of a call is put into the recording by hand, and what
/// the gateway makes of it is recorded by a replay's twin.
#[tokio::test]
async fn calls_of_endpoints_replay_without_them() {
    let mapped = json!({
        "requestParameters": { "integration.request.header.x-page": "method.request.querystring.page" },
        "integrationResponses": { "200": {
            "statusCode": "200",
            "responseTemplates": { "application/json": FRESH }
        } },
        "timeoutInMillis": 50
    });
    for (kind, integration) in [
        ("HTTP", mapped),
        ("HTTP_PROXY", json!({ "timeoutInMillis": 50 })),
    ] {
        let subject = subject(&[("/{id}", http(kind, integration))], json!({}));
        let sent = request(Method::POST, "/7?page=2", &[("Host", "a")], "hello");
        let recorded = record(&subject, sent).await;
        // Nothing listens there.
        assert_eq!(recorded.response.status(), 504, "{kind}");
        let [call] = recorded.calls.as_slice() else {
            panic!("{:?}", recorded.calls);
        };
        assert_eq!(call.request.uri.path(), "/things", "{kind}");
        assert_eq!(call.request.body, "hello", "{kind}");
        assert!(
            matches!(call.outcome, RecordedOutcome::Failure { .. }),
            "{kind}"
        );
        let (text, recording) = written(&recorded, &subject, &Secrets::shown());
        let replay = recording.replay().await.unwrap();
        assert_eq!(replay.differences, [], "{kind}");
        assert_eq!((replay.calls, replay.status), (1, 504), "{kind}");

        let answer = json!({ "answer": {
            "status": 200,
            "headers": [["content-type", "text/plain"], ["x-a", { "base64": "/w==" }]],
            "body": { "base64": "/wD/" }
        } });
        let changed = with_outcome(&text, answer).to_string();
        let changed = Recording::from_json(changed.as_bytes()).unwrap();
        let replay = changed.replay().await.unwrap();
        assert_eq!(replay.status, 200, "{kind}");
        let places: Vec<_> = replay.differences.iter().map(|one| &*one.place).collect();
        // What was sent is the same; what came of it is not.
        assert!(places[0].starts_with("steps["), "{places:?}");
        assert!(places[1].starts_with("response."), "{places:?}");
        assert_eq!(places.len(), 2, "{places:?}");
    }
}

/// Nor are links known to a replay, whose URIs say for whom a request was.
#[tokio::test]
async fn vpc_links_replay_without_them() {
    let integration = json!({
        "connectionType": "VPC_LINK", "connectionId": "${stageVariables.link}",
        "timeoutInMillis": 50
    });
    let mut subject = subject(&[("/{id}", http("HTTP_PROXY", integration))], json!({}));
    let variables = &mut subject.stage.variables;
    variables.insert("link".to_owned(), "abc123".to_owned());
    let mut options = CompileOptions::default();
    let target = "http://127.0.0.1:9".parse().unwrap();
    options.vpc_links.insert("abc123".to_owned(), target);
    let plan = Plan::compile_with(&subject.document, &subject.stage, &options).unwrap();
    let sent = request(Method::POST, "/7", &[("Host", "a")], "{}");
    let recorded = Recorder::new(plan).record(sent).await;
    // Nothing listens there.
    assert_eq!(recorded.response.status(), 504);
    let (_, recording) = written(&recorded, &subject, &Secrets::shown());
    let replay = recording.replay().await.unwrap();
    assert_eq!(replay.differences, []);
    assert_eq!((replay.calls, replay.status), (1, 504));
}

/// A replay has no functions of its own, and needs none.
#[tokio::test]
async fn functions_replay_without_them() {
    let mut options = CompileOptions::default();
    options
        .functions
        .register_fn("pets", async |_: LambdaEvent<Value>| {
            Ok::<_, Infallible>(json!({ "statusCode": 201, "body": "a pet" }))
        });
    let uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\
               arn:aws:lambda:us-east-1:123456789012:function:pets/invocations";
    for (kind, status) in [("AWS_PROXY", 201), ("AWS", 200)] {
        let integration = json!({
            "type": kind, "httpMethod": "POST", "uri": uri,
            "integrationResponses": { "200": { "statusCode": "200" } }
        });
        let method = json!({ "ANY": {
            "httpMethod": "ANY",
            "methodResponses": { "200": { "statusCode": "200" } },
            "methodIntegration": integration
        } });
        let subject = subject(&[("/{id}", method)], json!({}));
        let plan = Plan::compile_with(&subject.document, &subject.stage, &options).unwrap();
        let sent = request(Method::POST, "/7", &[("Host", "a")], "{}");
        let recorded = Recorder::new(plan).record(sent).await;
        assert_eq!(recorded.response.status(), status, "{kind}");
        let (_, recording) = written(&recorded, &subject, &Secrets::shown());
        let replay = recording.replay().await.unwrap();
        assert_eq!(replay.differences, [], "{kind}");
        assert_eq!((replay.calls, replay.status), (1, status), "{kind}");
    }
}

#[tokio::test]
async fn another_document_shows_what_it_changes() {
    let api = |template: &str| subject(&[("/", mock("ANY", OK, template))], json!({}));
    let (one, other) = (api("one $context.path"), api("two $context.path"));
    let recorded = record(&one, request(Method::GET, "/", &[], "")).await;
    let (_, recording) = written(&recorded, &one, &Secrets::shown());
    assert_eq!(recording.subject(), &one);
    let replay = recording.replay_on(other.compile().unwrap()).await;
    let said: Vec<_> = replay.differences.iter().map(ToString::to_string).collect();
    let expected = [
        "steps[9].template: recorded \"one $context.path\", replayed \"two $context.path\"",
        "response.body: recorded \"one /\", replayed \"two /\"",
    ];
    assert_eq!(said, expected);
    let replay = recording.replay_on(one.compile().unwrap()).await;
    assert!(replay.is_equal());
}

const SECRETS: [(&str, &str, &str); 6] = [
    ("Authorization", "Bearer sesame/opens\"it", "sesame/opens"),
    (
        "Proxy-Authorization",
        "Basic b3BlbnNlc2FtZQ==",
        "b3BlbnNlc2FtZQ",
    ),
    ("Cookie", "a=1; session=0123456789abcdef", "0123456789abcd"),
    ("X-Api-Key", "a.key+of&its=own", "a.key+of&its"),
    (
        "X-Amz-Security-Token",
        "token-of-the-service",
        "token-of-the",
    ),
    ("x-short", "1", "\u{0}"),
];

#[tokio::test]
async fn secrets_are_written_nowhere_unless_they_are_asked_for() {
    let template = "$input.params() $input.json('$.key') $util.escapeJavaScript($input.params('Authorization')) \
        $util.base64Encode($input.params('Cookie')) $util.urlEncode($input.params('X-Api-Key')) \
        $input.params('X-Amz-Signature')";
    let api = http(
        "HTTP",
        json!({
            "requestTemplates": { "application/json": template },
            "requestParameters": {
                "integration.request.header.x-key": "method.request.header.X-Api-Key",
                "integration.request.querystring.key": "method.request.header.X-Api-Key",
                "integration.request.header.Authorization": "'Bearer static-and-secret'"
            },
            "timeoutInMillis": 50
        }),
    );
    let subject = subject(
        &[("/{id}", api), ("/mock", mock("ANY", OK, template))],
        json!({}),
    );
    let lines: Vec<_> = SECRETS
        .iter()
        .map(|(name, value, _)| (*name, *value))
        .collect();
    let target =
        "/7?X-Amz-Signature=0a1b2c3d4e5f6071&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260101&x=y";
    for target in [target, &target.replace("/7", "/mock")] {
        let body = r#"{"key": "a.key+of&its=own", "b": "0a1b2c3d4e5f6071"}"#;
        let sent = request(Method::POST, target, &lines, body);
        let recorded = record(&subject, sent).await;
        let secrets = Secrets::of(&recorded.steps);
        let (text, recording) = written(&recorded, &subject, &secrets);
        let hidden = SECRETS.iter().map(|(_, _, part)| *part).chain([
            "0a1b2c3d4e",
            "AKIAIOSFODNN7E",
            "static-and-se",
            "a.key%2Bof",
            "MDEyMzQ1Njc4OWFi",
            "sesame\\/opens",
        ]);
        for secret in hidden.filter(|secret| !secret.starts_with('\u{0}')) {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert!(recording.hides_secrets());
        let replay = recording.replay().await.unwrap();
        let in_request = "steps[0].headers.Authorization[0]".to_owned();
        assert!(replay.hidden.contains(&in_request), "{:?}", replay.hidden);
        // What templates make of a secret is another text, and its length with it.
        assert_eq!(replay.differences, [], "{target}");

        let (text, recording) = written(&recorded, &subject, &Secrets::shown());
        assert!(text.contains("token-of-the-service"), "{text}");
        let replay = recording.replay().await.unwrap();
        assert_eq!(replay.differences, [], "{target}");
        assert_eq!(replay.hidden, [""; 0], "{target}");
    }
}

#[tokio::test]
async fn secrets_under_a_coding_are_not_written() {
    let members = json!({ "minimumCompressionSize": 0 });
    let api = mock("ANY", OK, "$input.params('x-api-key')");
    let subject = subject(&[("/", api)], members);
    let lines = [("x-api-key", "0123456789"), ("accept-encoding", "gzip")];
    let recorded = record(&subject, request(Method::GET, "/", &lines, "")).await;
    let secrets = Secrets::of(&recorded.steps);
    let error = recorded.recording(subject.clone(), &secrets).unwrap_err();
    assert!(matches!(error, Unwritable::Coded), "{error}");
    let (_, recording) = written(&recorded, &subject, &Secrets::shown());
    assert!(recording.replay().await.unwrap().is_equal());
}

#[tokio::test]
async fn a_secret_that_is_a_word_of_the_document_is_not_written() {
    let subject = subject(&[("/", mock("ANY", OK, ""))], json!({}));
    let mut document = serde_json::to_value(&subject.document).unwrap();
    document["apiKeySource"] = "AUTHORIZER".into();
    let document = serde_json::from_value(document).unwrap();
    let subject = Subject::new(document, subject.stage);
    let lines = [("x-api-key", "AUTHORIZER")];
    let recorded = record(&subject, request(Method::GET, "/", &lines, "")).await;
    let secrets = Secrets::of(&recorded.steps);
    let error = recorded.recording(subject, &secrets).unwrap_err();
    assert!(matches!(error, Unwritable::Entangled), "{error}");
}

#[tokio::test]
async fn what_is_no_recording_is_named() {
    let subject = subject(&[("/", mock("ANY", OK, ""))], json!({}));
    let recorded = record(&subject, request(Method::GET, "/", &[], "")).await;
    let (text, _) = written(&recorded, &subject, &Secrets::shown());
    let changed = |pointer: &str, value: Value| {
        let mut recording: Value = serde_json::from_str(&text).unwrap();
        *recording.pointer_mut(pointer).unwrap() = value;
        recording.to_string()
    };
    let cut = text[..text.len() / 2].to_owned();
    let many = json!(vec![0; 100_001]);
    for (text, expected) in [
        (String::new(), "it is no recording"),
        ("openapi: 3.0.1".to_owned(), "it is no recording"),
        ("{}".to_owned(), "it is no recording"),
        ("[]".to_owned(), "it is no recording"),
        (cut, "the recording is broken: EOF while parsing"),
        (
            changed("/tollgate_recording", json!(2)),
            "it is a recording of version 2, expected 1",
        ),
        (
            changed("/tollgate_recording", json!("1")),
            "the recording is broken: invalid type",
        ),
        (
            changed("/request/method", json!("G T")),
            "the recording is broken: \"G T\": invalid HTTP method",
        ),
        (
            changed("/request/headers", json!([["a b", "c"]])),
            "the recording is broken: \"a b\" is no name of a header",
        ),
        (
            changed("/request/headers", json!([["a", "b\r\nc: d"]])),
            "the recording is broken: the value of header \"a\" holds a control character",
        ),
        (
            changed("/request/body", json!({ "base64": "%" })),
            "the recording is broken: invalid base64",
        ),
        (
            changed("/request/version", json!("HTTP/4")),
            "the recording is broken: \"HTTP/4\" is no version of HTTP",
        ),
        (
            changed("/ids", json!(["1", "2"])),
            "the recording is broken: \"1\" and \"2\" are no ids",
        ),
        (
            changed("/subject/stage", json!({ "stageName": "a/b" })),
            "the recording is broken: ",
        ),
        (
            changed("/readings_nanos", many),
            "the recording has more than 100000 readings of the clock",
        ),
    ] {
        let error = Recording::from_json(text.as_bytes())
            .unwrap_err()
            .to_string();
        assert!(error.starts_with(expected), "{error}");
    }
    let long = vec![b' '; Recording::MAX_BYTES + 1];
    let error = Recording::from_json(&long).unwrap_err();
    assert!(matches!(error, InvalidRecording::TooLarge), "{error}");
}

#[tokio::test]
async fn a_recording_with_impossible_values_is_replayed_nevertheless() {
    let api = http("HTTP_PROXY", json!({ "timeoutInMillis": 50 }));
    let subject = subject(&[("/{id}", api)], json!({}));
    let recorded = record(&subject, request(Method::GET, "/7", &[], "")).await;
    let (text, _) = written(&recorded, &subject, &Secrets::shown());
    let failure = |kind: Value, status: u16| json!({ "failure": { "kind": kind, "status": status, "message": null, "reason": null } });
    for (outcome, expected) in [
        (
            json!({ "answer": { "status": -1, "headers": [], "body": "" } }),
            504,
        ),
        (failure("forbidden".into(), 403), 403),
        (failure("forbidden".into(), 0), 403),
        (failure(json!({ "content_too_large": 5 }), 413), 413),
        (
            failure(json!({ "gateway_response": "THROTTLED" }), 429),
            429,
        ),
    ] {
        let mut recording = with_outcome(&text, outcome.clone());
        recording["readings_nanos"] = json!([u64::MAX, 0]);
        recording["arrived_at"] = json!({ "secs": u64::MAX, "nanos": 0 });
        let recording = Recording::from_json(recording.to_string().as_bytes()).unwrap();
        assert_eq!(
            recording.replay().await.unwrap().status,
            expected,
            "{outcome}"
        );
        let mut none: Value = serde_json::to_value(&recording).unwrap();
        none["calls"] = json!([]);
        none["readings_nanos"] = json!([]);
        let none = Recording::from_json(none.to_string().as_bytes()).unwrap();
        let replay = none.replay().await.unwrap();
        assert_eq!(replay.status, 500, "{outcome}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a client sends, its recording is read as it was written, and replays bit-equal.
    #[test]
    fn whatever_is_sent_replays(
        path in "[a-z/%.]{0,12}",
        query in "[a-zA-Z0-9=&;%+]{0,12}",
        name in "[a-zA-Z-]{1,8}",
        value in proptest::collection::vec(prop_oneof![0x20_u8..0x7f, 0x80_u8..], 0..12),
        body in proptest::collection::vec(any::<u8>(), 0..24),
    ) {
        let api = mock("ANY", OK, FRESH);
        let echo = mock("ANY", OK, "$input.params() $input.body");
        let subject = subject(&[("/", api), ("/{proxy+}", echo)], json!({}));
        let Ok(target) = format!("/{path}?{query}").parse() else {
            return Ok(());
        };
        let mut sent = RecordedRequest::new(Method::PUT, target, body.into());
        let value = HeaderValue::from_bytes(&value).expect("it has no control characters");
        sent.headers.extend(HeaderLine::new(name, value));
        sent.is_spelled = true;
        let run = async {
            let recorded = record(&subject, sent).await;
            let (_, recording) = written(&recorded, &subject, &Secrets::shown());
            recording.replay().await.expect("it has a plan")
        };
        let replay = futures::executor::block_on(run);
        prop_assert_eq!(replay.differences, []);
    }

    #[test]
    fn whatever_is_read_is_refused_or_replays(text in "\\{\"tollgate_recording\":1.{0,40}") {
        prop_assert!(Recording::from_json(text.as_bytes()).is_err());
    }
}

/// What a recording is replayed with is what embedders compile with.
#[test]
fn a_subject_has_options_for_others() {
    let subject = subject(&[], json!({}));
    let options = subject.compile_options();
    assert_eq!(options.account_id, subject.account_id);
    let plan = Plan::compile_with(&subject.document, &subject.stage, &options).unwrap();
    assert_eq!(plan.stage().stage.as_str(), "prod");
    let _: &HttpClient = &options.http;
}

/// A recording knows where services were called, so that its replay calls the same.
#[test]
fn endpoints_of_services_are_kept() {
    let endpoints = Endpoints::default()
        .with_all("http://127.0.0.1:4566".parse().expect("it is a URL"))
        .with_service(
            "lambda",
            "http://127.0.0.1:9001/base".parse().expect("it is a URL"),
        );
    let document = serde_json::from_value(json!({ "name": "a" })).expect("it is one");
    let stage = Stage::new("prod".parse().expect("it is a stage name"));
    let subject = Subject::new(document, stage).with_endpoints(&endpoints);
    let written = serde_json::to_value(&subject).expect("it is JSON");
    let expected =
        json!({ "all": "http://127.0.0.1:4566", "lambda": "http://127.0.0.1:9001/base" });
    assert_eq!(written["endpoints"], expected);
    let read: Subject = serde_json::from_value(written).expect("it was written so");
    let compiled = read.compile_options();
    let host = |service| {
        compiled
            .aws
            .endpoints()
            .for_service(service)
            .map(ToString::to_string)
    };
    assert_eq!(host("s3").as_deref(), Some("http://127.0.0.1:4566"));
    assert_eq!(
        host("lambda").as_deref(),
        Some("http://127.0.0.1:9001/base")
    );
}
