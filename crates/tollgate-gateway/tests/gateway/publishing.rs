//! Plans that are replaced while they serve, and observers that watch.

use std::sync::{Arc, Mutex};

use crate::support::{document, gateway, get, mock};
use serde_json::json;
use tollgate_core::{Context, Event, Observer};
use tollgate_gateway::Plan;
use tollgate_model::Stage;

const OK: &str = r#"{"statusCode": 200}"#;

#[tokio::test]
async fn a_published_plan_serves_all_clones() {
    let gateway = gateway(&document(&[("/", mock("GET", OK, "one"))], json!({})));
    let clone = gateway.clone();
    assert_eq!(get(&clone, "/").await.body, "one");
    let next = document(&[("/", mock("GET", OK, "two"))], json!({}));
    gateway.publish(Plan::compile(&next, &Stage::new("prod".parse().unwrap())).unwrap());
    assert_eq!(get(&clone, "/").await.body, "two");
}

/// Keeps what it is told, as text.
#[derive(Debug, Default)]
struct Recorder(Mutex<Vec<String>>);

impl Observer for Recorder {
    fn observe(&self, context: &Context, event: &Event<'_>) {
        let said = match event {
            Event::Received => format!("received {}", context.request.target),
            Event::Routed { resource, method } => format!("routed {method} {resource}"),
            Event::TemplateChosen { side, rule, .. } => format!("chosen {side:?} {rule:?}"),
            Event::RequestBodyRead { body } => format!("read {} bytes", body.len()),
            Event::TemplateRendered {
                side, media_type, ..
            } => format!("rendered {side:?} {media_type}"),
            Event::IntegrationRequest { body, .. } => {
                format!("request {}", body.unwrap_or_default().escape_ascii())
            }
            Event::IntegrationResponse { status, .. } => format!("answer {status}"),
            Event::IntegrationResponseSelected { pattern, status } => {
                format!("selected {pattern:?} {status}")
            }
            Event::MethodResponse { status, .. } => format!("response {status}"),
            Event::Refused { status, body, .. } => {
                let body = body.expect("it is at hand").escape_ascii();
                format!("refused {status} {body}")
            }
            Event::Completed {
                status,
                length,
                rejection,
                ..
            } => {
                let reason = rejection.and_then(tollgate_core::Rejection::reason);
                format!(
                    "completed {status} {length:?} {reason:?} {}",
                    context.path()
                )
            }
            _ => "something else".to_owned(),
        };
        self.0
            .lock()
            .expect("no test panics with the lock")
            .push(said);
    }
}

#[tokio::test]
async fn an_observer_sees_every_step() {
    let resources = [
        ("/{id}", mock("ANY", OK, "hello")),
        ("/", mock("GET", "x", "")),
    ];
    let recorder = Arc::new(Recorder::default());
    let gateway = gateway(&document(&resources, json!({}))).with_observer(recorder.clone());
    get(&gateway, "/7").await;
    get(&gateway, "/").await;
    let reason = "unable to parse statusCode: it should be an integer that is defined in the \
                  request template";
    assert_eq!(
        *recorder.0.lock().unwrap(),
        [
            "received /7",
            "routed ANY /{id}",
            "chosen Request UnnamedIsJson",
            "read 0 bytes",
            "rendered Request application/json",
            r#"request {\"statusCode\": 200}"#,
            "answer 200",
            "selected None 200 OK",
            "chosen Response UnnamedIsJson",
            "rendered Response application/json",
            "response 200 OK",
            "completed 200 OK Some(5) None /7",
            "received /",
            "routed GET /",
            "chosen Request UnnamedIsJson",
            "read 0 bytes",
            "rendered Request application/json",
            "request x",
            r#"refused 500 Internal Server Error {\"message\": \"Internal server error\"}"#,
            &format!("completed 500 Internal Server Error Some(36) Some({reason:?}) /"),
        ]
    );
}
