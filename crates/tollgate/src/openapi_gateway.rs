//! From the text of an OpenAPI document to a gateway.

use tollgate_core::{Diagnostic, Diagnostics};
use tollgate_gateway::{Gateway, Plan};
use tollgate_model::Stage;
use tollgate_openapi::ImportOptions;

/// The stage of a gateway that is made without naming one.
pub const DEFAULT_STAGE: &str = "default";

/// A gateway that serves an OpenAPI document, as the stage [`DEFAULT_STAGE`].
///
/// The document is Swagger 2.0 or OpenAPI 3.0 with API Gateway's extensions, in JSON or YAML. What
/// there is to say about it stands in [`Plan::diagnostics`].
///
/// # Errors
///
/// [`Diagnostics`], all at once, where there is nothing that could be served.
///
/// # Examples
///
/// ```
/// let gateway = tollgate::from_openapi(r#"{
///     "openapi": "3.0.1",
///     "info": { "title": "Hello", "version": "1" },
///     "paths": {}
/// }"#)?;
/// assert_eq!(gateway.plan().stage().stage.as_str(), "default");
///
/// let nothing = tollgate::from_openapi("{}");
/// assert!(nothing.is_err_and(|diagnostics| diagnostics.has_errors()));
/// # Ok::<(), tollgate::core::Diagnostics>(())
/// ```
pub fn from_openapi(document: &str) -> Result<Gateway, Diagnostics> {
    let stage = DEFAULT_STAGE.parse().map_err(|error| {
        Diagnostics::from(Diagnostic::error("", format!("the default stage: {error}")))
    })?;
    plan_from_openapi(document, &Stage::new(stage)).map(Gateway::new)
}

/// A plan that serves an OpenAPI document as a stage, to be published to a [`Gateway`].
///
/// # Errors
///
/// As for [`from_openapi`].
pub fn plan_from_openapi(document: &str, stage: &Stage) -> Result<Plan, Diagnostics> {
    let imported = tollgate_openapi::import(document, &ImportOptions::default())?;
    match Plan::compile(&imported.document, stage) {
        Ok(plan) => Ok(plan.with_import_diagnostics(imported.diagnostics)),
        Err(errors) => Err(imported.diagnostics.into_iter().chain(errors).collect()),
    }
}
