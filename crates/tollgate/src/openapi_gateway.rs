//! From the text of an OpenAPI document to a gateway.

use tollgate_core::{Diagnostic, Diagnostics};
use tollgate_gateway::{CompileOptions, Gateway, Plan};
use tollgate_model::Stage;
use tollgate_openapi::ImportOptions;

use crate::Document;

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
/// [`Document`] does the same in two steps, with options for each.
///
/// # Errors
///
/// As for [`from_openapi`].
pub fn plan_from_openapi(document: &str, stage: &Stage) -> Result<Plan, Diagnostics> {
    let document = Document::import(document, &ImportOptions::default())?;
    document.compile(stage, &CompileOptions::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_said_names_its_place_in_the_text() {
        let document = r##"{
  "swagger": "2.0",
  "info": { "title": "Pets" },
  "paths": { "/pets": { "get": {
    "respones": {},
    "responses": { "200": {} },
    "x-amazon-apigateway-integration": {
      "type": "mock",
      "requestTemplates": { "application/json": "#if" },
      "responses": { "default": { "statusCode": "404" } }
    }
  } } },
  "x-amazon-apigateway-policy": {}
}"##;
        let gateway = from_openapi(document).expect("what cannot be served is refused by method");
        let plan = gateway.plan();
        let places: Vec<_> = plan
            .diagnostics()
            .iter()
            .map(|one| (one.position.map(|place| place.line), one.pointer.as_str()))
            .collect();
        let integration = "/paths/~1pets/get/x-amazon-apigateway-integration";
        assert_eq!(
            places,
            [
                (Some(5), "/paths/~1pets/get/respones"),
                (
                    Some(9),
                    &*format!("{integration}/requestTemplates/application~1json")
                ),
                (
                    Some(10),
                    &*format!("{integration}/responses/default/statusCode")
                ),
                (Some(13), "/x-amazon-apigateway-policy"),
            ]
        );
    }
}
