//! Recordings without the secrets of their exchange.

use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::message::{RecordedCall, RecordedOutcome, RecordedOutgoing, RecordedRequest};
use super::wire::HeaderLine;
use super::{Recorded, RecordedResponse, Unwritable};
use crate::content_coding::is_coded;
use crate::{Secrets, TraceEvent};

/// A part of a recording, its secrets hidden.
pub(super) trait Hide: Sized {
    fn hide(&self, secrets: &Secrets) -> Result<Self, Unwritable>;
}

impl Hide for Bytes {
    fn hide(&self, secrets: &Secrets) -> Result<Self, Unwritable> {
        Ok(Self::copy_from_slice(&secrets.bytes(self)))
    }
}

impl Hide for Vec<HeaderLine> {
    fn hide(&self, secrets: &Secrets) -> Result<Self, Unwritable> {
        let lines = self.iter().map(|line| {
            let shown = secrets.header(&line.name, line.value.as_bytes());
            let mut line = line.clone();
            // A value that is no text and hides nothing stays as it is.
            if shown.as_bytes() != String::from_utf8_lossy(line.value.as_bytes()).as_bytes() {
                line.value =
                    HeaderValue::from_bytes(shown.as_bytes()).map_err(|_| Unwritable::Entangled)?;
            }
            Ok(line)
        });
        lines.collect()
    }
}

impl Hide for RecordedRequest {
    fn hide(&self, secrets: &Secrets) -> Result<Self, Unwritable> {
        let target = secrets.uri(self.target.as_str());
        Ok(Self {
            target: target.parse().map_err(|_| Unwritable::Entangled)?,
            headers: self.headers.hide(secrets)?,
            body: self.body.hide(secrets)?,
            ..self.clone()
        })
    }
}

impl Hide for RecordedCall {
    fn hide(&self, secrets: &Secrets) -> Result<Self, Unwritable> {
        let RecordedOutgoing {
            method,
            uri,
            headers,
            body,
        } = &self.request;
        let uri = secrets.uri(&uri.to_string());
        Ok(Self {
            request: RecordedOutgoing {
                method: method.clone(),
                uri: uri.parse().map_err(|_| Unwritable::Entangled)?,
                headers: headers.hide(secrets)?,
                body: body.hide(secrets)?,
            },
            outcome: self.outcome.hide(secrets)?,
        })
    }
}

impl Hide for RecordedOutcome {
    fn hide(&self, secrets: &Secrets) -> Result<Self, Unwritable> {
        let text = |text: &String| secrets.text(text.into()).into_owned();
        Ok(match self {
            Self::Answer {
                status,
                headers,
                body,
            } => Self::Answer {
                status: *status,
                headers: headers.hide(secrets)?,
                body: body.hide(secrets)?,
            },
            Self::Failure {
                kind,
                status,
                message,
                reason,
            } => Self::Failure {
                kind: *kind,
                status: *status,
                message: message.as_ref().map(text),
                reason: reason.as_ref().map(text),
            },
        })
    }
}

impl Hide for RecordedResponse {
    fn hide(&self, secrets: &Secrets) -> Result<Self, Unwritable> {
        Ok(Self {
            status: self.status,
            headers: self.headers.hide(secrets)?,
            body: self.body.hide(secrets)?,
        })
    }
}

/// The same in all texts of a document.
pub(super) fn hide_texts<T>(value: &T, secrets: &Secrets) -> Result<T, Unwritable>
where
    T: Serialize + DeserializeOwned,
{
    let mut value = serde_json::to_value(value).map_err(|_| Unwritable::Entangled)?;
    hide_in(&mut value, secrets);
    serde_json::from_value(value).map_err(|_| Unwritable::Entangled)
}

/// Documents are nested as deeply as their types, so this recursion has a limit.
fn hide_in(value: &mut Value, secrets: &Secrets) {
    match value {
        Value::String(text) => *text = secrets.text(std::mem::take(text).into()).into_owned(),
        Value::Array(values) => values.iter_mut().for_each(|value| hide_in(value, secrets)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|value| hide_in(value, secrets)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Fails where a secret stands in bytes that the gateway has decoded or encoded: it would be hidden in
/// the plain body alone.
pub(super) fn check_codings(recorded: &Recorded, secrets: &Secrets) -> Result<(), Unwritable> {
    let is_coded = is_coded(&HeaderLine::headers(&recorded.request.headers));
    let events = || recorded.steps.iter().map(|step| &step.event);
    let is_compressed =
        events().any(|event| matches!(event, TraceEvent::ResponseCompressed { .. }));
    let holds = |body: &[u8]| secrets.bytes(body) != body;
    let is_entangled = events().any(|event| match event {
        TraceEvent::RequestBodyRead { body } => is_coded && holds(body),
        TraceEvent::MethodResponse {
            body: Some(body), ..
        }
        | TraceEvent::Refused {
            body: Some(body), ..
        } => is_compressed && holds(body),
        _ => false,
    });
    if is_entangled {
        return Err(Unwritable::Coded);
    }
    Ok(())
}
