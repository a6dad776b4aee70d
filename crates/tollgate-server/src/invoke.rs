//! `tollgate invoke`.

pub(crate) mod argument;
mod json;
mod secrets;
mod text;

use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;

use http::{HeaderValue, Request, header};
use thiserror::Error;
use tokio::runtime;
use tollgate::core::{Body, OriginalHeaders, PeerAddress, StageName, SystemClock};
use tollgate::gateway::{Trace, TraceEvent, TraceStep};
use tollgate::{Gateway, Plan};
use tower_service::Service as _;

use crate::cli::{Format, Invoke};
use crate::config::{self, Config};
use crate::deployments::client;
use crate::document::{self, Compiled};
use crate::paint::Paint;
use crate::printable::printable;
use crate::report::{Look, Report};
use crate::site::{Site, SiteApi};

use secrets::Secrets;
use text::TextLook;

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
}

impl From<Report> for InvokeError {
    fn from(report: Report) -> Self {
        Self::Reported(Box::new(report))
    }
}

/// Sends one request through the gateway of a document, and shows every step.
pub(crate) fn run(options: &Invoke) -> Result<ExitCode, InvokeError> {
    let (plan, report) = compile(options)?;
    let stage = plan.stage().stage.clone();
    let steps = trace(plan, request(options)?)?;
    let secrets = if options.show_secrets {
        Secrets::Shown
    } else {
        Secrets::of(&steps)
    };
    let written = match options.format {
        Format::Text => {
            let look = TextLook {
                paint: Paint::of_stdout(),
                secrets: &secrets,
                is_full: options.full,
            };
            text::text(&steps, &look)
        }
        Format::Json => json::json(&steps, &stage, &secrets),
    };
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(written.as_bytes())
        .map_err(InvokeError::Write)?;
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
    Ok(if is_refused(&steps) {
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

/// Compiles the document for the stage that is meant, as serving it would.
fn compile(options: &Invoke) -> Result<(Arc<Plan>, Report), InvokeError> {
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
    compile_options.http = client(&site.reachable);
    let text = document::read(file)?;
    let Compiled { plans, report } = document::compile(&api, &text, &compile_options)?;
    let plan = plans.into_iter().next();
    let plan = plan.ok_or_else(|| config.wrong(format!("API {} has no stage", api.id)))?;
    Ok((plan, report))
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
fn request(options: &Invoke) -> Result<Request<Body>, InvokeError> {
    let body = match &options.body {
        None => Body::empty(),
        Some(body) => {
            let read = body.read().map_err(|source| InvokeError::Body {
                from: body.name(),
                source,
            })?;
            Body::from(read)
        }
    };
    let mut request = Request::new(body);
    *request.method_mut() = options.method.clone();
    *request.uri_mut() = options.path.clone().into();
    let mut names = Vec::new();
    if !options.headers.iter().any(|one| one.name == header::HOST) {
        names.push("Host");
        let host = HeaderValue::from_static("localhost");
        request.headers_mut().insert(header::HOST, host);
    }
    for one in &options.headers {
        names.push(&one.spelled);
        request
            .headers_mut()
            .append(one.name.clone(), one.value.clone());
    }
    let extensions = request.extensions_mut();
    extensions.insert(OriginalHeaders::from_iter(names));
    let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    extensions.insert(PeerAddress(peer));
    Ok(request)
}

/// Sends the request; gives its steps.
fn trace(plan: Arc<Plan>, request: Request<Body>) -> Result<Vec<TraceStep>, InvokeError> {
    let clock = Arc::new(SystemClock::new());
    let trace = Arc::new(Trace::new(clock.clone()));
    let mut gateway = Gateway::new(plan)
        .with_clock(clock)
        .with_observer(trace.clone());
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(InvokeError::Start)?;
    // What the client gets is the last thing that the trace has seen.
    let Ok(_) = runtime.block_on(gateway.call(request));
    // A name that is still looked up must not delay the end.
    runtime.shutdown_background();
    Ok(trace.take())
}
