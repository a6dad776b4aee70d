//! `tollgate serve`.

use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use thiserror::Error;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tollgate::gateway::Gateways;
use tollgate::gateway::address::{AddressError, AddressTable};
use tollgate::node::Status;
use tollgate::throttle::BoxError;

use crate::cli::Serve;
use crate::config::{self, Config};
use crate::connection::Serving;
use crate::console::Console;
use crate::control::{self, ControlError};
use crate::data::{self, Data, DataError};
use crate::deployments::{Deployments, Outcome};
use crate::functions;
use crate::guard::Guard;
use crate::listener::{self, Bound};
use crate::node_log;
use crate::plane::Plane;
use crate::reload::Reloader;
use crate::report::{Look, Report};
use crate::request_log::RequestLog;
use crate::shared::SharedLimits;
use crate::shutdown::Shutdown;
use crate::site::Site;
use crate::summary::{Listening, summary};
use crate::tls::{Tls, TlsError};
use crate::usage::Usage;
use crate::watch::Watch;

/// Where the server listens unless it is told otherwise.
const DEFAULT_ADDRESS: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// Why a server could not be started.
#[derive(Debug, Error)]
pub(crate) enum ServeError {
    #[error("{}", shown(.0))]
    Reported(Vec<Report>),
    #[error("error: {0}")]
    Problems(String),
    #[error("error: {0}")]
    Addresses(#[from] AddressError),
    #[error("error: cannot listen on {address}: {source}")]
    Listen {
        address: SocketAddr,
        source: io::Error,
    },
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("error: counts of quotas: {0}")]
    Usage(#[from] BoxError),
    #[error("error: {0}")]
    Control(#[from] ControlError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("error: cannot start: {0}")]
    Start(#[from] io::Error),
}

impl From<Report> for ServeError {
    fn from(report: Report) -> Self {
        Self::Reported(vec![report])
    }
}

fn shown(reports: &[Report]) -> String {
    let look = Look::of_server();
    let shown: Vec<_> = reports.iter().map(|one| look.whole(one)).collect();
    shown.join("\n\n")
}

impl Serve {
    /// What is served, by this configuration.
    pub(crate) fn site(&self, config: &Config) -> Result<Site, Report> {
        if self.has_store() {
            Site::of_store(config)
        } else {
            Site::new(&self.files, &self.stage, config)
        }
    }

    /// Whether it is a store that is served.
    pub(crate) const fn has_store(&self) -> bool {
        self.data.is_some() || self.database.is_some()
    }

    /// The store that is served, if there is one.
    async fn store(&self, console: &Console) -> Result<Option<Data>, DataError> {
        match (&self.data, &self.database) {
            (Some(folder), _) => data::folder_store(folder).await.map(Some),
            (None, Some(database)) => {
                let cache = self.cache.as_deref();
                data::database_store(database, cache, Some(console))
                    .await
                    .map(Some)
            }
            (None, None) => Ok(None),
        }
    }
}

/// Serves documents, or a store, until a signal ends the server.
pub(crate) fn run(options: &Serve) -> Result<ExitCode, ServeError> {
    let config = Config::of(config_file(options).as_deref())?;
    let site = options.site(&config)?;
    let (console, writer) = Console::start()?;
    let runtime = Runtime::new()?;
    let data = runtime.block_on(options.store(&console))?;
    let (store, journal) = data.map(|data| (data.store, data.journal)).unzip();
    let in_runtime = runtime.enter();
    let shared = SharedLimits::connect(&config, &console, journal.clone())?;
    drop(in_runtime);
    let (log, limits) = (functions::log_to(console.clone()), shared.limits(&config));
    let request_log = (!options.no_request_log).then(|| RequestLog(console.clone()));
    let mut gateways = Gateways::new(AddressTable::builder().build()?);
    if let Some(log) = &request_log {
        gateways = gateways.with_observer(Arc::new(log.clone()));
    }
    let listeners = control::listeners(options, &config, listeners(options, &config))?;
    // Before anything is served that it has to guard.
    let guard = Arc::new(Guard::new(listeners.clone(), &config, console.clone())?);
    let handle = runtime.handle().clone();
    let mut deployments = match store {
        Some(store) => Deployments::of_store(handle, store, gateways.clone(), log, limits)
            .observed_by(guard.clone()),
        None => Deployments::of_documents(handle, gateways.clone(), log, limits),
    };
    let outcome = deployments
        .deploy(&site, &config)
        .map_err(DataError::from)?;
    if !outcome.refused.is_empty() {
        return Err(ServeError::Reported(outcome.refused));
    }
    if !options.has_store() && !outcome.status.problems.is_empty() {
        return Err(ServeError::Problems(outcome.status.problems.join("; ")));
    }
    greet(&outcome);
    let usage = match journal.filter(|_| !shared.keeps_counts()) {
        Some(journal) => {
            if options.database.is_some() {
                console.say(
                    "quotas are counted by this server for itself: servers that share a database \
                     share counts by [redis]"
                        .to_owned(),
                );
            }
            let usage = Usage::new(journal, deployments.limits().clone());
            usage.restore(&console)?;
            Some(usage)
        }
        None => None,
    };
    let has_control = listeners.iter().any(|one| one.plane != Plane::Data);
    let control =
        has_control.then(|| control::plane(options, &config, &deployments, usage.clone()));
    let serving = Arc::new(Serving {
        gateways,
        control: control.transpose()?.flatten(),
        certificates: guard.shared().clone(),
        trusted_proxies: config.trusted_proxies.clone(),
        limits: config.limits,
        timeouts: config.timeouts,
        console: console.clone(),
        request_log,
        panics: AtomicU64::new(0),
    });
    if let Some(node) = deployments.node().filter(|_| options.has_store()) {
        runtime.spawn(node_log::tell(node.watch(), console.clone()));
    }
    if let Some(usage) = usage.clone() {
        runtime.spawn(usage.run(console));
    }
    let reloader = Reloader {
        options: options.clone(),
        listeners,
        deployments,
        guard,
        serving,
        documents: site.apis.iter().map(|api| api.file.clone()).collect(),
        config,
    };
    let outcome = runtime.block_on(async move {
        serve(&site, reloader).await?;
        shared.close().await;
        if let Some(usage) = usage {
            usage.record().await?;
        }
        Ok(())
    });
    // With the last connection goes the last one who could say something.
    drop(runtime);
    writer.finish();
    outcome.map(|()| ExitCode::SUCCESS)
}

/// Says what there is to say about what is served at the beginning.
#[expect(
    clippy::print_stderr,
    reason = "a command tells its user what it noticed"
)]
fn greet(outcome: &Outcome) {
    let look = Look::of_server();
    for report in outcome.reports.iter().filter(|one| one.is_remarkable()) {
        eprintln!("{}\n", look.whole(report));
    }
    for line in node_log::lines(&Status::default(), &outcome.status) {
        if line.is_problem {
            eprintln!("{}\n", line.text);
        }
    }
}

/// The configuration: the one named, else one that lies beside the first document.
pub(crate) fn config_file(options: &Serve) -> Option<PathBuf> {
    let is_named = options.config.is_some();
    config_place(options).filter(|file| is_named || file.is_file())
}

/// Where the configuration is looked for.
pub(crate) fn config_place(options: &Serve) -> Option<PathBuf> {
    options
        .config
        .clone()
        .or_else(|| Some(config::beside(options.files.first()?)))
}

/// Where to listen: the command line's addresses, else the configuration's, else the default.
fn listeners(options: &Serve, config: &Config) -> Vec<config::Listener> {
    let plain = |address| config::Listener::data(address);
    if !options.listen.is_empty() {
        options.listen.iter().copied().map(plain).collect()
    } else if config.listeners.is_empty() {
        vec![plain(DEFAULT_ADDRESS)]
    } else {
        config.listeners.clone()
    }
}

async fn serve(site: &Site, reloader: Reloader) -> Result<(), ServeError> {
    let shutdown = Shutdown::listen()?;
    let serving = reloader.serving.clone();
    let mut bound = Vec::new();
    let mut listening = Vec::new();
    for (index, listener) in reloader.listeners.iter().enumerate() {
        let address = listener.address;
        let socket = TcpListener::bind(address)
            .await
            .map_err(|source| ServeError::Listen { address, source })?;
        listening.push(Listening {
            address: socket.local_addr()?,
            tls: listener.tls.is_some(),
            plane: listener.plane,
        });
        let certificates = reloader.guard.shared().clone();
        let acceptor = listener.tls.as_ref().map(|_| Tls::new(index, certificates));
        bound.push(Bound {
            socket,
            tls: acceptor.transpose()?,
            plane: listener.plane,
        });
    }
    match Watch::new() {
        Ok(mut watch) => {
            // Whoever reads the greeting may change a file.
            if let Err(error) = watch.set(&reloader.files()) {
                serving
                    .console
                    .say(format!("cannot watch all files for changes: {error}"));
            }
            tokio::spawn(reloader.run(watch));
        }
        Err(error) => {
            let message = format!("changes are not noticed, files cannot be watched: {error}");
            serving.console.say(message);
        }
    }
    let greeting = summary(site, &serving.gateways.table(), &listening);
    let mut stdout = io::stdout().lock();
    stdout.write_all(greeting.as_bytes())?;
    stdout.flush()?;
    drop(stdout);
    listener::serve(bound, serving, shutdown).await;
    Ok(())
}
