//! The variables that Lambda sets for a function.
//!
//! They are those of "Defined runtime environment variables" in the Lambda developer guide that say
//! something true here; what names a managed runtime is left out.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tollgate_core::{Moment, RequestId};

use super::FunctionSettings;

/// The version of a function that nobody has published.
const VERSION: &str = "$LATEST";

/// The directory in which a function's program starts.
pub(super) fn task_root(settings: &FunctionSettings) -> std::io::Result<PathBuf> {
    match &settings.working_directory {
        Some(directory) => std::path::absolute(directory),
        None => std::env::current_dir(),
    }
}

/// What is started: paths of several parts begin at the function's directory.
pub(super) fn program(settings: &FunctionSettings, task_root: &Path) -> PathBuf {
    match settings.program.components().count() {
        0 | 1 => settings.program.clone(),
        // An absolute path stays what it is.
        _ => task_root.join(&settings.program),
    }
}

/// All variables, those of the function's own settings first.
pub(super) fn variables(
    settings: &FunctionSettings,
    api: SocketAddr,
    task_root: &Path,
    started: Moment,
    id: RequestId,
) -> Vec<(String, String)> {
    let name = &settings.name;
    let region = settings.region.to_string();
    let second = i64::try_from(started.unix_seconds()).unwrap_or(i64::MAX);
    let date = Timestamp::from_second(second).unwrap_or_default();
    let date = date.strftime("%Y/%m/%d");
    let stream = format!("{date}/[{VERSION}]{:032x}", id.as_u128());
    let ours = [
        ("AWS_LAMBDA_RUNTIME_API", api.to_string()),
        ("_HANDLER", settings.handler.clone()),
        ("LAMBDA_TASK_ROOT", task_root.to_string_lossy().into_owned()),
        ("AWS_REGION", region.clone()),
        ("AWS_DEFAULT_REGION", region),
        ("AWS_LAMBDA_FUNCTION_NAME", name.clone()),
        ("AWS_LAMBDA_FUNCTION_VERSION", VERSION.to_owned()),
        (
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            settings.memory_size.to_string(),
        ),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}")),
        ("AWS_LAMBDA_LOG_STREAM_NAME", stream),
        ("TZ", ":UTC".to_owned()),
    ];
    let ours = ours.map(|(name, value)| (name.to_owned(), value));
    settings.environment.iter().cloned().chain(ours).collect()
}
