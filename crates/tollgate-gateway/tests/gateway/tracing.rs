//! A trace: one request, kept whole.

use std::sync::Arc;
use std::time::Duration;

use http::Request;
use http_body_util::Full;
use serde_json::json;
use tollgate_core::{Clock, GatewayResponseType, ManualClock, Moment, TemplateRule};
use tollgate_gateway::{Trace, TraceEvent};

use crate::support::{document, gateway, get, mock, send};

const REQUEST: &str = r#"{"statusCode": 200}"#;
const RESPONSE: &str = "$input.params('id')";

fn trace() -> (Arc<ManualClock>, Arc<Trace>) {
    let clock = Arc::new(ManualClock::at_unix(Duration::from_secs(1_700_000_000)));
    (clock.clone(), Arc::new(Trace::new(clock)))
}

#[tokio::test]
async fn what_happens_to_a_request_is_kept_in_order() {
    let (clock, trace) = trace();
    let api = document(&[("/pets/{id}", mock("ANY", REQUEST, RESPONSE))], json!({}));
    let gateway = gateway(&api).with_clock(clock).with_observer(trace.clone());
    let request = Request::post("/pets/7?x=1").header("x-a", "b");
    let request = request.body(Full::from("hello")).unwrap();
    send(&gateway, request).await;

    let events: Vec<_> = trace.take().into_iter().map(|step| step.event).collect();
    let [
        TraceEvent::Received { request, .. },
        TraceEvent::Routed {
            resource,
            method,
            path_parameters,
        },
        TraceEvent::TemplateChosen {
            rule: TemplateRule::UnnamedIsJson,
            ..
        },
        TraceEvent::RequestBodyRead { .. },
        TraceEvent::TemplateRendered {
            media_type,
            template,
            input,
            output,
            ..
        },
        TraceEvent::IntegrationRequest { uri, body, .. },
        TraceEvent::IntegrationResponse { status: 200, .. },
        TraceEvent::IntegrationResponseSelected { pattern: None, .. },
        TraceEvent::TemplateChosen { .. },
        TraceEvent::TemplateRendered {
            output: rendered, ..
        },
        TraceEvent::MethodResponse { body: answer, .. },
        TraceEvent::Completed {
            length: Some(1), ..
        },
    ] = events.as_slice()
    else {
        panic!("{events:#?}");
    };
    assert_eq!(request.target, "/pets/7?x=1");
    assert_eq!(request.headers["x-a"], "b");
    assert_eq!((&**resource, &**method), ("/pets/{id}", "ANY"));
    assert_eq!(*path_parameters, [("id".to_owned(), "7".to_owned())]);
    assert_eq!(media_type, "application/json");
    assert_eq!((&**template, &**input), (REQUEST, &b"hello"[..]));
    assert_eq!((output, body.as_ref()), (&REQUEST.into(), Some(output)));
    assert_eq!(uri, "/");
    assert_eq!((&**rendered, answer.as_ref()), (&b"7"[..], Some(rendered)));
}

#[tokio::test]
async fn a_refusal_is_kept_with_its_response() {
    let (_, trace) = trace();
    let gateway = gateway(&document(&[], json!({}))).with_observer(trace.clone());
    get(&gateway, "/nowhere").await;
    let steps = trace.take();
    let refused = steps.iter().find_map(|step| match &step.event {
        TraceEvent::Refused {
            rejection,
            status,
            body,
            ..
        } => Some((rejection.response_type(), status.as_u16(), body.clone())),
        _ => None,
    });
    let expected = (
        Some(GatewayResponseType::MissingAuthenticationToken),
        403,
        Some(r#"{"message":"Missing Authentication Token"}"#.into()),
    );
    assert_eq!(refused, Some(expected));
}

#[tokio::test]
async fn only_the_first_request_is_kept() {
    let (clock, trace) = trace();
    let api = document(&[("/{id}", mock("GET", REQUEST, RESPONSE))], json!({}));
    let gateway = gateway(&api)
        .with_clock(clock.clone())
        .with_observer(trace.clone());
    get(&gateway, "/1").await;
    let count = trace.take().len();
    assert_eq!(count, 12);
    get(&gateway, "/2").await;
    assert!(trace.take().is_empty());
}

/// A clock that every reading moves on by a millisecond.
#[derive(Debug, Default)]
struct Ticking(ManualClock);

impl Clock for Ticking {
    fn now(&self) -> Moment {
        self.0.advance(Duration::from_millis(1));
        self.0.now()
    }
}

#[tokio::test]
async fn times_count_from_the_arrival() {
    let clock = Arc::new(Ticking::default());
    let trace = Arc::new(Trace::new(clock.clone()));
    let gateway = gateway(&document(&[], json!({})))
        .with_clock(clock)
        .with_observer(trace.clone());
    get(&gateway, "/").await;
    let steps = trace.take();
    let times: Vec<_> = steps.iter().map(|step| step.elapsed).collect();
    // Received, refused, and completed after the latency was read for it.
    assert_eq!(times, [1, 2, 4].map(Duration::from_millis));
    let took: Vec<_> = steps.iter().map(|step| step.took).collect();
    assert_eq!(took, [1, 1, 2].map(Duration::from_millis));
}
