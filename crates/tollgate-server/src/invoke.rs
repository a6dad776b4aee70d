//! `tollgate invoke`.

pub(crate) mod argument;
mod json;
mod record;
mod text;

use std::convert::Infallible;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, header};
use thiserror::Error;
use tokio::runtime;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tollgate::Plan;
use tollgate::core::StageName;
use tollgate::gateway::{
    HeaderLine, Recorded, RecordedRequest, Recorder, Secrets, Subject, TraceEvent, TraceStep,
    Unwritable,
};

use crate::cli::{Format, Invoke};
use crate::clients::Clients;
use crate::config::{self, Config};
use crate::document::{self, Compiled};
use crate::functions::{self, Functions};
use crate::paint::Paint;
use crate::printable::printable;
use crate::report::{Look, Report};
use crate::site::{Site, SiteApi};

use text::TextLook;

/// How long the last lines of functions are waited for.
const LAST_LINES: Duration = Duration::from_secs(1);

/// Why a request could not be sent.
#[derive(Debug, Error)]
pub(crate) enum InvokeError {
    #[error("{}", Look::of_server().whole(.0))]
    Reported(Box<Report>),
    #[error("error: API {api} has no stage {stage}, expected one of {known}")]
    UnknownStage {
        api: String,
        stage: StageName,
        known: String,
    },
    #[error("error: API {api} has several stages, expected --stage with one of {known}")]
    UnnamedStage { api: String, known: String },
    #[error("error: cannot read the body from {from}: {source}")]
    Body { from: String, source: io::Error },
    #[error("error: cannot start: {0}")]
    Start(io::Error),
    #[error("error: cannot write the steps: {0}")]
    Write(io::Error),
    #[error("error: {0}; see --show-secrets")]
    Unrecordable(#[from] Unwritable),
    #[error("error: cannot write the recording {}: {source}", printable(&.file.display().to_string()))]
    Record { file: PathBuf, source: io::Error },
}

impl From<Report> for InvokeError {
    fn from(report: Report) -> Self {
        Self::Reported(Box::new(report))
    }
}

/// Sends one request through the gateway of a document, and shows every step.
pub(crate) fn run(options: &Invoke) -> Result<ExitCode, InvokeError> {
    let Invoked {
        plan,
        subject,
        report,
        functions,
    } = compile(options)?;
    let stage = plan.stage().stage.clone();
    let recorded = send(plan, request(options)?, functions)?;
    let steps = &recorded.steps;
    let secrets = if options.show_secrets {
        Secrets::shown()
    } else {
        Secrets::of(steps)
    };
    let written = match options.format {
        Format::Text => {
            let look = TextLook {
                paint: Paint::of_stdout(),
                secrets: &secrets,
                is_full: options.full,
            };
            text::text(steps, &look)
        }
        Format::Json => json::json(steps, &stage, &secrets),
    };
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(written.as_bytes())
        .map_err(InvokeError::Write)?;
    if let Some(file) = &options.record {
        let recording = recorded.recording(subject, &secrets);
        let text = recording.and_then(|recording| recording.to_json());
        record::write(file, &text?).map_err(|source| InvokeError::Record {
            file: file.clone(),
            source,
        })?;
    }
    if report.counts().errors > 0 {
        let file = options.file.display().to_string();
        let file = printable(&file);
        #[expect(
            clippy::print_stderr,
            reason = "a command tells its user what it noticed"
        )]
        {
            eprintln!("{file}: {}; see tollgate check", report.counts());
        }
    }
    Ok(if is_refused(steps) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Whether the gateway answered in the method's stead.
fn is_refused(steps: &[TraceStep]) -> bool {
    let mut events = steps.iter().map(|step| &step.event);
    events.any(|event| matches!(event, TraceEvent::Refused { .. }))
}

/// What a request is sent to.
struct Invoked {
    plan: Arc<Plan>,
    subject: Subject,
    report: Report,
    /// Ends once no function that it calls runs any more.
    functions: mpsc::Receiver<Infallible>,
}

/// Compiles the document for the stage that is meant, as serving it would.
fn compile(options: &Invoke) -> Result<Invoked, InvokeError> {
    let beside = || Some(config::beside(&options.file)).filter(|beside| beside.is_file());
    let place = options.config.clone().or_else(beside);
    let config = Config::of(place.as_deref())?;
    let stage = options.stage.clone().unwrap_or_default();
    let site = Site::new(std::slice::from_ref(&options.file), &stage, &config)?;
    let file = &options.file;
    let mut api = site.api(file).ok_or_else(|| {
        let message = format!("there is no API of {}", file.display());
        config.wrong(message)
    })?;
    choose_stage(&mut api, options.stage.as_ref())?;
    let mut compile_options = site.compile_options.clone();
    (compile_options.http, compile_options.aws) = Clients::of(&site).both();
    let (log, functions) = functions::log_to_stderr();
    compile_options.functions = Functions::new(log).of(&config);
    site.limits.apply(&compile_options.limits);
    site.callers.apply(&mut compile_options);
    let text = document::read(file)?;
    let Compiled {
        plans,
        document,
        stages,
        report,
        ..
    } = document::compile(&api, &text, &compile_options)?;
    let plan = plans.into_iter().zip(stages).next();
    let plan = plan.ok_or_else(|| config.wrong(format!("API {} has no stage", api.id)));
    let (plan, stage) = plan?;
    let mut subject = Subject::new(document.api().clone(), stage);
    subject.account_id = compile_options.account_id;
    subject.region = compile_options.region;
    subject = subject.with_endpoints(&site.endpoints);
    Ok(Invoked {
        plan,
        subject,
        report,
        functions,
    })
}

/// Leaves an API the one stage that is meant.
fn choose_stage(api: &mut SiteApi, named: Option<&StageName>) -> Result<(), InvokeError> {
    let names = api.stages.iter().map(|stage| stage.stage_name.as_str());
    let known = names.collect::<Vec<_>>().join(", ");
    if let Some(named) = named {
        api.stages.retain(|stage| stage.stage_name == *named);
    }
    match (api.stages.len(), named) {
        (1, _) => Ok(()),
        (_, Some(stage)) => Err(InvokeError::UnknownStage {
            api: api.id.to_string(),
            stage: stage.clone(),
            known,
        }),
        (_, None) => Err(InvokeError::UnnamedStage {
            api: api.id.to_string(),
            known,
        }),
    }
}

/// The request, as a client on this machine would send it.
fn request(options: &Invoke) -> Result<RecordedRequest, InvokeError> {
    let body = match &options.body {
        None => Bytes::new(),
        Some(body) => body.read().map_err(|source| InvokeError::Body {
            from: body.name(),
            source,
        })?,
    };
    let mut request = RecordedRequest::new(options.method.clone(), options.path.clone(), body);
    if !options.headers.iter().any(|one| one.name == header::HOST) {
        let host = HeaderValue::from_static("localhost");
        request.headers.extend(HeaderLine::new("Host", host));
    }
    for one in &options.headers {
        let line = HeaderLine::new(one.spelled.as_str(), one.value.clone());
        request.headers.extend(line);
    }
    request.is_spelled = true;
    request.peer = Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    Ok(request)
}

/// Sends the request; gives all that came of it, once functions have ended.
fn send(
    plan: Arc<Plan>,
    request: RecordedRequest,
    mut functions: mpsc::Receiver<Infallible>,
) -> Result<Recorded, InvokeError> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(InvokeError::Start)?;
    let recorded = runtime.block_on(async {
        // The plan goes with the recorder, and functions with it; only what they wrote is still read.
        let recorded = Recorder::new(plan).record(request).await;
        let _ended_or_given_up = timeout(LAST_LINES, functions.recv()).await;
        recorded
    });
    // A name that is still looked up must not delay the end.
    runtime.shutdown_background();
    Ok(recorded)
}
