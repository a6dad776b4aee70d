//! `tollgate serve`.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;

use thiserror::Error;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tollgate::Gateway;
use tollgate::core::Severity;
use tollgate::model::Stage;

use crate::cli::Serve;
use crate::connections;
use crate::console::Console;
use crate::document::{self, DocumentError};
use crate::request_log::RequestLog;
use crate::shutdown::Shutdown;
use crate::summary::summary;

/// Why a server could not be started.
#[derive(Debug, Error)]
pub(crate) enum ServeError {
    #[error(transparent)]
    Document(#[from] DocumentError),
    #[error("error: cannot listen on {address}: {source}")]
    Listen {
        address: SocketAddr,
        source: io::Error,
    },
    #[error("error: cannot start: {0}")]
    Start(#[from] io::Error),
}

/// Serves a document until a signal ends the server.
pub(crate) fn run(options: &Serve) -> Result<(), ServeError> {
    let plan = document::load(&options.file, &Stage::new(options.stage.clone()))?;
    if plan
        .diagnostics()
        .iter()
        .any(|one| one.severity > Severity::Note)
    {
        #[expect(
            clippy::print_stderr,
            reason = "a command tells its user what it noticed"
        )]
        {
            eprintln!("{}\n", document::report(&options.file, plan.diagnostics()));
        }
    }
    let (console, writer) = Console::start()?;
    let mut gateway = Gateway::new(plan);
    if !options.no_request_log {
        gateway = gateway.with_observer(Arc::new(RequestLog(console.clone())));
    }
    let runtime = Runtime::new()?;
    let outcome = runtime.block_on(serve(options.listen, gateway, console));
    // With the last connection goes the last one who could say something.
    drop(runtime);
    writer.finish();
    outcome
}

async fn serve(address: SocketAddr, gateway: Gateway, console: Console) -> Result<(), ServeError> {
    let shutdown = Shutdown::listen()?;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|source| ServeError::Listen { address, source })?;
    let greeting = summary(&gateway.plan(), listener.local_addr()?);
    let mut stdout = io::stdout().lock();
    stdout.write_all(greeting.as_bytes())?;
    stdout.flush()?;
    drop(stdout);
    connections::serve(listener, gateway, shutdown, &console).await;
    Ok(())
}
