//! OpenAPI documents: imported once, compiled for each stage.

use tollgate_core::Diagnostics;
use tollgate_gateway::{CompileOptions, Plan};
use tollgate_model::{ApiDocument, Stage};
use tollgate_openapi::{ImportOptions, Imported};

/// An OpenAPI document as an API, and where its parts stand in the text.
///
/// ```
/// use tollgate::Document;
/// use tollgate::gateway::CompileOptions;
/// use tollgate::model::Stage;
/// use tollgate::openapi::ImportOptions;
///
/// let document = Document::import(
///     r#"{
///         "openapi": "3.0.1",
///         "info": { "title": "Hello", "version": "1" },
///         "paths": {}
///     }"#,
///     &ImportOptions::default(),
/// )?;
/// let plan = document.compile(&Stage::new("prod".parse()?), &CompileOptions::default())?;
/// assert_eq!(plan.stage().stage.as_str(), "prod");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Document(Imported);

impl Document {
    /// Imports the text of a document.
    ///
    /// # Errors
    ///
    /// [`Diagnostics`], all at once, where the text is no document that could be served.
    pub fn import(text: &str, options: &ImportOptions) -> Result<Self, Diagnostics> {
        Ok(Self(tollgate_openapi::import(text, options)?))
    }

    /// The API.
    #[must_use]
    pub const fn api(&self) -> &ApiDocument {
        &self.0.document
    }

    /// Compiles the document for a stage.
    ///
    /// What there is to say stands in [`Plan::diagnostics`] in the order of the text, and names its
    /// places there, whether the import or the compilation says it.
    ///
    /// # Errors
    ///
    /// [`Diagnostics`], all at once, where there is nothing that could be served.
    pub fn compile(&self, stage: &Stage, options: &CompileOptions) -> Result<Plan, Diagnostics> {
        match Plan::compile_with(self.api(), stage, options) {
            Ok(plan) => Ok(plan.map_diagnostics(|of_model| self.placed(of_model))),
            Err(errors) => Err(self.placed(errors)),
        }
    }

    /// What is said of the model, placed in the text, beside what was said of the text.
    fn placed(&self, of_model: Diagnostics) -> Diagnostics {
        let of_model = self.0.places.locate_all(of_model).into_iter();
        let of_text = self.0.diagnostics.iter().cloned();
        let mut all: Vec<_> = of_text.chain(of_model).collect();
        // What is about no one place comes last.
        all.sort_by_key(|one| (one.position.is_none(), one.position));
        all.into_iter().collect()
    }
}
