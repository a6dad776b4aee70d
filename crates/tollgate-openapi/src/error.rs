//! Why a document is not imported.

use std::fmt;

use tollgate_core::Diagnostics;

use crate::remarks::Findings;

/// A document that is not imported, and all that there is to say about it.
///
/// It prints one diagnostic a line; [`message`](Self::message) is the text of the service's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    diagnostics: Diagnostics,
    message: String,
}

impl ImportError {
    /// A text that is no document.
    pub(crate) fn unreadable(diagnostics: Diagnostics) -> Self {
        let message = "Invalid OpenAPI input.".to_owned();
        Self {
            diagnostics,
            message,
        }
    }

    /// A text that has no documentation parts because it is no document.
    pub(crate) fn no_importer(diagnostics: Diagnostics) -> Self {
        let message = "Unable to build importer with provided input.".to_owned();
        Self {
            diagnostics,
            message,
        }
    }

    /// Gives back what was found, unless it prevents an import.
    pub(crate) fn unless_fine(
        findings: Findings,
        fail_on_warnings: bool,
    ) -> Result<Findings, Self> {
        let has_errors = findings.diagnostics.has_errors();
        if !has_errors && (!fail_on_warnings || findings.warnings.is_empty()) {
            return Ok(findings);
        }
        let mut message = String::new();
        if has_errors {
            list(
                &mut message,
                "Errors found during import:",
                &findings.errors,
            );
            if !findings.warnings.is_empty() {
                message.push('\n');
                let heading = "Additionally, these warnings were found:";
                list(&mut message, heading, &findings.warnings);
            }
        } else {
            list(
                &mut message,
                "Warnings found during import:",
                &findings.warnings,
            );
        }
        Err(Self {
            diagnostics: findings.diagnostics,
            message,
        })
    }

    /// All that there is to say about the document.
    #[must_use]
    pub const fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// The text with which API Gateway refuses such a document: a list, or one sentence where the
    /// text is no document at all.
    ///
    /// ```
    /// use tollgate_openapi::{ImportOptions, import};
    ///
    /// let document = r#"{"swagger": "2.0", "info": {"title": "T"}, "paths": {"/{a}": {}, "/{b}": {}}}"#;
    /// let refused = import(document, &ImportOptions::default());
    /// assert_eq!(
    ///     refused.map(|_| ()).unwrap_err().message(),
    ///     "Errors found during import:\n\tUnable to create resource at path '/{b}': A sibling ({a}) \
    ///      of this resource already has a variable path part -- only one is allowed"
    /// );
    ///
    /// let refused = import("{}", &ImportOptions::default());
    /// assert_eq!(refused.map(|_| ()).unwrap_err().message(), "Invalid OpenAPI input.");
    /// ```
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

fn list(message: &mut String, heading: &str, lines: &[String]) {
    message.push_str(heading);
    for line in lines {
        message.push_str("\n\t");
        message.push_str(line);
    }
}

impl From<ImportError> for Diagnostics {
    fn from(error: ImportError) -> Self {
        error.diagnostics
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.diagnostics)
    }
}

impl std::error::Error for ImportError {}
