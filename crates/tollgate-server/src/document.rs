//! Documents from files, compiled for their stages.

use std::path::Path;
use std::sync::Arc;

use tollgate::core::{ApiId, DeploymentId, Diagnostic, Diagnostics};
use tollgate::deploy::Frozen;
use tollgate::gateway::CompileOptions;
use tollgate::model::{ContentHash, Stage};
use tollgate::openapi::ImportOptions;
use tollgate::{Document, Plan};

use crate::hash::Base36;
use crate::report::Report;
use crate::site::SiteApi;
use crate::text_file;

/// Bytes of a file that are read: more than any document may have, so that who reads more can say so.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// A document compiled for its stages.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) plans: Vec<Arc<Plan>>,
    pub(crate) document: Box<Document>,
    /// The API, as it is deployed.
    pub(crate) frozen: Frozen,
    /// The stages of the plans, with their deployments.
    pub(crate) stages: Vec<Stage>,
    pub(crate) report: Report,
}

/// Reads the text of a file.
pub(crate) fn read(file: &Path) -> Result<Arc<str>, Report> {
    text_file::read(file, MOST_BYTES)
        .map(Arc::from)
        .map_err(|error| Report::unreadable(file, &error))
}

/// Compiles the text of a document for the stages of its API.
///
/// # Errors
///
/// The report, where the document cannot be served.
pub(crate) fn compile(
    api: &SiteApi,
    text: &Arc<str>,
    options: &CompileOptions,
) -> Result<Compiled, Report> {
    let report = |said| Report::new(&api.file, text.clone(), said);
    let document = import(text, &api.id, options).map_err(report)?;
    let frozen = Frozen::new(document.api().clone())
        .map_err(|error| report(Diagnostic::error("", error.to_string()).into()))?;
    let deployment_id = deployment_id(frozen.hash());
    let mut plans = Vec::new();
    let mut stages = Vec::new();
    let mut said = Diagnostics::new();
    for stage in &api.stages {
        let mut stage: Stage = stage.clone();
        stage.deployment_id = Some(deployment_id.clone());
        let plan = document.compile(&stage, options).map_err(report)?;
        for one in plan.diagnostics().iter() {
            // Most remarks are about all stages alike.
            if !said.iter().any(|known| known == one) {
                said.push(one.clone());
            }
        }
        plans.push(Arc::new(plan));
        stages.push(stage);
    }
    Ok(Compiled {
        plans,
        document: Box::new(document),
        frozen,
        stages,
        report: report(said),
    })
}

/// The id of a document's deployment: the same for the same document, on every machine.
fn deployment_id(hash: ContentHash) -> DeploymentId {
    let bytes = hash.as_bytes().first_chunk().copied().unwrap_or_default();
    let id = Base36::<6>(u64::from_be_bytes(bytes));
    DeploymentId::new(id.to_string())
}

/// Imports the text of a document as an API of this id.
pub(crate) fn import(
    text: &str,
    id: &ApiId,
    options: &CompileOptions,
) -> Result<Document, Diagnostics> {
    let mut import = ImportOptions::default();
    import.api_id = Some(id.clone());
    import.aws.account_id = Some(options.account_id.clone());
    import.aws.region = Some(options.region.to_string());
    Document::import(text, &import)
}
