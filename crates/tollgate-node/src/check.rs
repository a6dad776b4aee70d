//! Trying a document before it is deployed.

use tollgate_core::Diagnostics;
use tollgate_gateway::{CompileOptions, Plan};
use tollgate_model::{ApiDocument, Stage};

/// What there would be to say about a document, were it deployed to a stage; nothing is changed or
/// served.
///
/// # Errors
///
/// [`Diagnostics`], all at once, where it could not be served.
///
/// ```
/// use tollgate_gateway::CompileOptions;
/// use tollgate_model::{ApiDocument, Stage};
///
/// let stage = Stage::new("prod".parse()?);
/// let said = tollgate_node::check(&ApiDocument::new("pets"), &stage, &CompileOptions::default())?;
/// assert!(!said.has_errors());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn check(
    document: &ApiDocument,
    stage: &Stage,
    options: &CompileOptions,
) -> Result<Diagnostics, Diagnostics> {
    let plan = Plan::compile_with(document, stage, &options.on_trial())?;
    Ok(plan.diagnostics().clone())
}
