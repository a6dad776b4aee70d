//! `tollgate serve`.

use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tollgate::gateway::Gateways;
use tollgate::gateway::address::AddressError;

use crate::cli::Serve;
use crate::config::{self, Config, ConfigErrors};
use crate::connection::Serving;
use crate::console::Console;
use crate::deployments::Deployments;
use crate::document::DocumentError;
use crate::listener;
use crate::request_log::RequestLog;
use crate::shutdown::Shutdown;
use crate::site::Site;
use crate::summary::{Listening, summary};

/// Where the server listens unless it is told otherwise.
const DEFAULT_ADDRESS: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// Why a server could not be started.
#[derive(Debug, Error)]
pub(crate) enum ServeError {
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    #[error("{}", lines(.0))]
    Documents(Vec<DocumentError>),
    #[error("error: {0}")]
    Addresses(#[from] AddressError),
    #[error("error: cannot listen on {address}: {source}")]
    Listen {
        address: SocketAddr,
        source: io::Error,
    },
    #[error("error: cannot listen on {address} with TLS: this build has none")]
    Tls { address: SocketAddr },
    #[error("error: cannot start: {0}")]
    Start(#[from] io::Error),
}

fn lines(errors: &[DocumentError]) -> String {
    let lines: Vec<_> = errors.iter().map(DocumentError::to_string).collect();
    lines.join("\n")
}

/// Serves documents until a signal ends the server.
pub(crate) fn run(options: &Serve) -> Result<(), ServeError> {
    let config_file = config_file(options);
    let config = match &config_file {
        Some(file) => Config::read(file)?,
        None => Config::default(),
    };
    let site = Site::new(&options.files, &options.stage, &config)?;
    let mut deployments = Deployments::default();
    let outcome = deployments.deploy(&site);
    if !outcome.refused.is_empty() {
        return Err(ServeError::Documents(outcome.refused));
    }
    for report in outcome.reports.iter().chain(&config.warnings()) {
        #[expect(
            clippy::print_stderr,
            reason = "a command tells its user what it noticed"
        )]
        {
            eprintln!("{report}\n");
        }
    }
    let (console, writer) = Console::start()?;
    let mut gateways = Gateways::new(outcome.table?);
    if !options.no_request_log {
        gateways = gateways.with_observer(Arc::new(RequestLog(console.clone())));
    }
    let runtime = Runtime::new()?;
    let outcome = runtime.block_on(serve(options, &config, &site, gateways, console));
    // With the last connection goes the last one who could say something.
    drop(runtime);
    writer.finish();
    outcome
}

/// The configuration: the one named, else one that lies beside the first document.
fn config_file(options: &Serve) -> Option<PathBuf> {
    options.config.clone().or_else(|| {
        let folder = options.files.first()?.parent().unwrap_or(Path::new(""));
        let file = folder.join(config::FILE_NAME);
        file.is_file().then_some(file)
    })
}

/// Where to listen: the command line's addresses, else the configuration's, else the default.
fn listeners(options: &Serve, config: &Config) -> Vec<config::Listener> {
    let plain = |address| config::Listener { address, tls: None };
    if !options.listen.is_empty() {
        options.listen.iter().copied().map(plain).collect()
    } else if config.listeners.is_empty() {
        vec![plain(DEFAULT_ADDRESS)]
    } else {
        config.listeners.clone()
    }
}

async fn serve(
    options: &Serve,
    config: &Config,
    site: &Site,
    gateways: Gateways,
    console: Console,
) -> Result<(), ServeError> {
    let shutdown = Shutdown::listen()?;
    let mut bound = Vec::new();
    let mut listening = Vec::new();
    for listener in listeners(options, config) {
        let address = listener.address;
        if listener
            .tls
            .as_ref()
            .is_some_and(|tls| tls.certificate().is_some())
        {
            return Err(ServeError::Tls { address });
        }
        let socket = TcpListener::bind(address)
            .await
            .map_err(|source| ServeError::Listen { address, source })?;
        listening.push(Listening {
            address: socket.local_addr()?,
            tls: listener.tls.is_some(),
        });
        bound.push(socket);
    }
    let greeting = summary(site, &gateways.table(), &listening);
    let mut stdout = io::stdout().lock();
    stdout.write_all(greeting.as_bytes())?;
    stdout.flush()?;
    drop(stdout);
    let serving = Arc::new(Serving {
        gateways,
        limits: config.limits,
        timeouts: config.timeouts,
        console,
    });
    listener::serve(bound, serving, shutdown).await;
    Ok(())
}
