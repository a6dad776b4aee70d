//! One exchange, recorded so that it can be replayed.

mod caller;
mod compare;
mod hide;
mod message;
mod record;
mod replay;
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;
use tollgate_core::{AccountId, Diagnostics, ExtendedRequestId, Region, RequestId};
use tollgate_integration::aws::{AwsClient, Endpoints};
use tollgate_integration::lambda::{
    Invocation, InvokeFailure, Invoked, LambdaFunction, LambdaFunctions,
};
use tollgate_mapping::with_stage_variables;
use tollgate_model::{ApiDocument, Stage};

pub use compare::Difference;
pub use message::{
    FailureKind, RecordedCall, RecordedOutcome, RecordedOutgoing, RecordedRequest, RecordedResponse,
};
pub use record::{Recorded, Recorder};
pub use replay::Replay;
pub use wire::HeaderLine;

use caller::RecordedCaller;
use hide::{Hide as _, check_codings, hide_texts};

use crate::{CompileOptions, LinkTarget, Plan, Secrets, VpcLinks};

/// The version of recordings that this build writes and reads.
const VERSION: u64 = 1;
/// Entries that a list of a recording may have: more than any request leads to.
const MOST_ENTRIES: usize = 100_000;

/// An API and its stage, with what neither of them says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Subject {
    /// The API.
    pub document: ApiDocument,
    /// The stage, with its variables.
    pub stage: Stage,
    /// The account that owns the API.
    pub account_id: AccountId,
    /// The region that the API stands in.
    pub region: Region,
    /// Where AWS services were called instead of at their own addresses, by their names; `all`: all
    /// others.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub endpoints: BTreeMap<String, String>,
}

impl Subject {
    /// An API and its stage, in the default account and region.
    #[must_use]
    pub fn new(document: ApiDocument, stage: Stage) -> Self {
        let CompileOptions {
            account_id, region, ..
        } = CompileOptions::default();
        Self {
            document,
            stage,
            account_id,
            region,
            endpoints: BTreeMap::new(),
        }
    }

    /// AWS services were called there.
    #[must_use]
    pub fn with_endpoints(mut self, endpoints: &Endpoints) -> Self {
        let named = endpoints.iter();
        self.endpoints = named
            .map(|(name, endpoint)| (name.to_owned(), endpoint.to_string()))
            .collect();
        self
    }

    /// What a document is compiled with to be a plan in the place of this one's, for a replay: every
    /// Lambda function is there, and every VPC link of this document, and none can be called.
    #[must_use]
    pub fn compile_options(&self) -> CompileOptions {
        let functions = LambdaFunctions::new().with_fallback(|_| Some(Arc::new(NotCalled)));
        CompileOptions {
            account_id: self.account_id.clone(),
            region: self.region.clone(),
            vpc_links: self.vpc_links(),
            aws: self.aws(),
            functions,
            ..CompileOptions::default()
        }
    }

    /// What has the endpoints that AWS services were called at, and no key.
    fn aws(&self) -> AwsClient {
        let named = self.endpoints.iter();
        // What is no endpoint was none when it was recorded.
        let endpoints = named.filter_map(|(name, text)| Some((name, text.parse().ok()?)));
        let endpoints = endpoints.fold(Endpoints::default(), |all, (name, endpoint)| {
            all.with(name, endpoint)
        });
        AwsClient::default().with_endpoints(endpoints)
    }

    /// The links that the document names; they lead to a host that cannot be (RFC 6761, section 6.4).
    fn vpc_links(&self) -> VpcLinks {
        let nowhere: LinkTarget = "http://vpc-link.invalid".parse().expect("it is a host");
        let variables = self.stage.variables.iter();
        let variables = variables
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let resources = self.document.resources.iter();
        resources
            .flat_map(|resource| resource.resource_methods.values())
            .filter_map(|method| method.method_integration.as_ref()?.connection_id.as_deref())
            .map(|id| with_stage_variables(id, &variables))
            .filter(|id| !id.is_empty())
            .map(|id| (id, nowhere.clone()))
            .collect()
    }

    /// The plan.
    ///
    /// # Errors
    ///
    /// As for [`Plan::compile_with`].
    pub fn compile(&self) -> Result<Plan, Diagnostics> {
        Plan::compile_with(&self.document, &self.stage, &self.compile_options())
    }
}

/// A function in whose place a recording answers.
#[derive(Debug)]
struct NotCalled;

#[async_trait]
impl LambdaFunction for NotCalled {
    async fn invoke(&self, _: Invocation) -> Result<Invoked, InvokeFailure> {
        let reason = "functions are not called in a replay";
        Err(InvokeFailure::Unreachable(reason.to_owned()))
    }
}

/// One exchange whole: the API, the request, all that came from outside of the gateway, and all that
/// the gateway made of it.
///
/// A [`Recorder`] makes it; [`replay`](Self::replay) runs the same pipeline again and compares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// The version of this form.
    tollgate_recording: u64,
    /// Whether secrets are hidden.
    hides_secrets: bool,
    subject: Subject,
    /// When the request arrived, since 1970-01-01T00:00:00Z.
    arrived_at: Duration,
    /// What the clock said since then, in nanoseconds, the arrival included.
    readings_nanos: Vec<u64>,
    #[serde(with = "wire::ids")]
    ids: (RequestId, ExtendedRequestId),
    request: RecordedRequest,
    /// What was found out of the caller of a protected method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    caller: Option<RecordedCaller>,
    calls: Vec<RecordedCall>,
    /// The steps as [`TraceStep::to_json`](crate::TraceStep::to_json) tells them.
    steps: Vec<Value>,
    response: RecordedResponse,
}

/// Why an exchange cannot be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Unwritable {
    /// A secret stands in a body under a content coding, where it could not be hidden.
    #[error("a secret stands in a body that has a content coding, so it cannot be hidden")]
    Coded,
    /// A part would not be of its kind without a secret, for the secret is one of its words.
    #[error("a secret is also a word that the recording needs, so it cannot be hidden")]
    Entangled,
    /// It would have more bytes than are read back.
    #[error("the recording would have more than {} bytes", Recording::MAX_BYTES)]
    TooLarge,
    /// It is no JSON.
    #[error("the recording cannot be written: {0}")]
    Json(serde_json::Error),
}

/// Why a text is no recording that can be replayed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum InvalidRecording {
    /// It has more bytes than a recording may have.
    #[error("it has more than {} bytes", Recording::MAX_BYTES)]
    TooLarge,
    /// It is something else.
    #[error("it is no recording: expected a JSON object with \"tollgate_recording\"")]
    Foreign,
    /// It is a recording of another version.
    #[error("it is a recording of version {0}, expected {VERSION}")]
    Version(u64),
    /// It is broken.
    #[error("the recording is broken: {0}")]
    Broken(serde_json::Error),
    /// One of its lists has more entries than any request leads to.
    #[error("the recording has more than {MOST_ENTRIES} {0}")]
    TooMany(&'static str),
}

impl Recorded {
    /// The exchange as it can be written and replayed.
    ///
    /// # Errors
    ///
    /// [`Unwritable`] where a secret that should be hidden cannot be.
    pub fn recording(&self, subject: Subject, secrets: &Secrets) -> Result<Recording, Unwritable> {
        let secrets = &secrets.and_of(&subject.document);
        let response = RecordedResponse::of(&self.response);
        let arrival = self.readings.first().copied().unwrap_or_default();
        let since = |reading: &tollgate_core::Moment| {
            u64::try_from(reading.since(arrival).as_nanos()).unwrap_or(u64::MAX)
        };
        let recording = Recording {
            tollgate_recording: VERSION,
            hides_secrets: secrets.is_hiding(),
            subject,
            arrived_at: arrival.unix(),
            readings_nanos: self.readings.iter().map(since).collect(),
            ids: self.ids,
            request: self.request.clone(),
            caller: self.caller.clone(),
            calls: self.calls.clone(),
            steps: self
                .steps
                .iter()
                .map(|step| step.to_json(secrets))
                .collect(),
            response,
        };
        if !secrets.is_hiding() {
            return Ok(recording);
        }
        check_codings(self, secrets)?;
        let calls = recording.calls.iter().map(|call| call.hide(secrets));
        let caller = recording.caller.as_ref();
        let caller = caller.map(|caller| caller.hide(secrets));
        Ok(Recording {
            caller: caller.transpose()?,
            subject: hide_texts(&recording.subject, secrets)?,
            request: recording.request.hide(secrets)?,
            calls: calls.collect::<Result<_, _>>()?,
            response: recording.response.hide(secrets)?,
            ..recording
        })
    }
}

impl Recording {
    /// Bytes that a recording may have when it is read.
    pub const MAX_BYTES: usize = 256 * 1024 * 1024;

    /// Reads what [`to_json`](Self::to_json) has written.
    ///
    /// # Errors
    ///
    /// [`InvalidRecording`], with line and column where the text is broken.
    pub fn from_json(text: &[u8]) -> Result<Self, InvalidRecording> {
        #[derive(Deserialize)]
        struct Version {
            tollgate_recording: u64,
        }
        if text.len() > Self::MAX_BYTES {
            return Err(InvalidRecording::TooLarge);
        }
        match serde_json::from_slice::<Version>(text) {
            Ok(version) if version.tollgate_recording != VERSION => {
                return Err(InvalidRecording::Version(version.tollgate_recording));
            }
            Err(_) if !starts_as_recording(text) => return Err(InvalidRecording::Foreign),
            // What is wrong with it is said of the whole.
            Ok(_) | Err(_) => {}
        }
        let recording: Self = serde_json::from_slice(text).map_err(InvalidRecording::Broken)?;
        for (length, what) in [
            (recording.readings_nanos.len(), "readings of the clock"),
            (recording.steps.len(), "steps"),
            (recording.calls.len(), "calls"),
        ] {
            if length > MOST_ENTRIES {
                return Err(InvalidRecording::TooMany(what));
            }
        }
        Ok(recording)
    }

    /// The recording as a JSON text.
    ///
    /// # Errors
    ///
    /// [`Unwritable::TooLarge`] where it could not be read back.
    pub fn to_json(&self) -> Result<String, Unwritable> {
        let text = serde_json::to_string_pretty(self).map_err(Unwritable::Json)?;
        if text.len() > Self::MAX_BYTES {
            return Err(Unwritable::TooLarge);
        }
        Ok(text)
    }

    /// The API that was recorded.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Whether secrets of the exchange are hidden in it.
    #[must_use]
    pub const fn hides_secrets(&self) -> bool {
        self.hides_secrets
    }
}

fn starts_as_recording(text: &[u8]) -> bool {
    let mut start = text.iter().filter(|byte| !byte.is_ascii_whitespace());
    let expected = br#"{"tollgate_recording":"#;
    expected.iter().all(|byte| start.next() == Some(byte))
}
