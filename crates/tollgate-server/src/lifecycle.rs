//! `tollgate deploy`, `stages`, `deployments`, `promote`, `rollback`, `canary` and `diff`: the lifecycle
//! of APIs in a store.

mod canary;
mod deploy;
mod diff;
mod edit;
mod list;
mod table;

use std::future::Future;
use std::io::{self, Write as _};
use std::sync::Arc;

use thiserror::Error;
use tollgate::core::{ApiId, Diagnostics, Severity, StageName};
use tollgate::deploy::{DeployError, FreezeError};
use tollgate::store::State;

pub(crate) use canary::run as canary;
pub(crate) use deploy::run as deploy;
pub(crate) use diff::run as diff;
pub(crate) use edit::{promote, rollback};
pub(crate) use list::{deployments, stages};

use crate::cli::StoreArguments;
use crate::data::{self, DataError};
use crate::printable::printable;

/// Why a command did not do what it was asked for.
#[derive(Debug, Error)]
pub(crate) enum LifecycleError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("error: cannot start: {0}")]
    Start(#[from] io::Error),
    #[error("error: {0}")]
    Refused(#[from] DeployError),
    #[error("error: {0}")]
    Frozen(#[from] FreezeError),
    #[error("error: there is no API {api}, {}", expected(.known))]
    UnknownApi { api: ApiId, known: Vec<String> },
    #[error("{0}")]
    Reported(String),
    #[error("error: the draft of API {api} cannot be served: {said}")]
    BrokenDraft { api: ApiId, said: String },
    #[error("error: no deployment was made before that which stage {0} serves")]
    NothingBefore(StageName),
    #[error("error: no deployment was made at {0} or before")]
    NothingBy(jiff::Timestamp),
}

impl LifecycleError {
    fn unknown_api(api: &ApiId, state: &State) -> Self {
        let known = state.apis().filter_map(|api| api.id.as_ref());
        Self::UnknownApi {
            api: api.clone(),
            known: known.map(ToString::to_string).collect(),
        }
    }

    fn broken_draft(api: &ApiId, said: &Diagnostics) -> Self {
        let errors = said.iter().filter(|one| one.severity == Severity::Error);
        let errors: Vec<_> = errors.map(ToString::to_string).collect();
        Self::BrokenDraft {
            api: api.clone(),
            said: printable(&errors.join("; ")).into_owned(),
        }
    }
}

fn expected(known: &[String]) -> String {
    if known.is_empty() {
        return "nor any other".to_owned();
    }
    format!("expected one of {}", known.join(", "))
}

/// What is in the store that a command line names.
fn load(store: &StoreArguments) -> Result<Arc<State>, LifecycleError> {
    let state = block_on(async {
        let store = data::open_known(store).await?;
        store.load().await.map_err(DataError::from)
    })??;
    Ok(state)
}

/// Waits for a store.
fn block_on<T>(work: impl Future<Output = T>) -> io::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread();
    Ok({ runtime }
        .worker_threads(1)
        .enable_all()
        .build()?
        .block_on(work))
}

/// Says what a command was asked for.
fn say(text: &str) -> io::Result<()> {
    io::stdout().write_all(text.as_bytes())
}
