//! Documents from files, and remarks about them.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;
use tollgate::Document;
use tollgate::core::{ApiId, Diagnostic, Diagnostics, Severity};
use tollgate::gateway::CompileOptions;
use tollgate::openapi::ImportOptions;

/// Why a document cannot be served.
#[derive(Debug, Error)]
pub(crate) enum DocumentError {
    #[error("error: cannot read {}: {source}", file.display())]
    Unreadable { file: PathBuf, source: io::Error },
    #[error("{}", report(file, diagnostics))]
    Refused {
        file: PathBuf,
        diagnostics: Diagnostics,
    },
}

impl DocumentError {
    /// The document.
    pub(crate) fn file(&self) -> &Path {
        match self {
            Self::Unreadable { file, .. } | Self::Refused { file, .. } => file,
        }
    }
}

/// Reads the text of a document.
pub(crate) fn read(file: &Path) -> Result<String, DocumentError> {
    fs::read_to_string(file).map_err(|source| DocumentError::Unreadable {
        file: file.to_owned(),
        source,
    })
}

/// Imports the text of a document as an API of this id.
pub(crate) fn import(
    file: &Path,
    text: &str,
    id: &ApiId,
    options: &CompileOptions,
) -> Result<Document, DocumentError> {
    let mut import = ImportOptions::default();
    import.api_id = Some(id.clone());
    import.aws.account_id = Some(options.account_id.clone());
    import.aws.region = Some(options.region.to_string());
    Document::import(text, &import).map_err(|diagnostics| refused(file, diagnostics))
}

/// A document that cannot be served.
pub(crate) fn refused(file: &Path, diagnostics: Diagnostics) -> DocumentError {
    DocumentError::Refused {
        file: file.to_owned(),
        diagnostics,
    }
}

/// What is wrong or odd about a document, a line each, and a count of all remarks at the end.
///
/// Notes are counted only: every document has some, about what describes it to people.
pub(crate) fn report(file: &Path, diagnostics: &Diagnostics) -> String {
    let mut out = String::new();
    for one in diagnostics
        .iter()
        .filter(|one| one.severity > Severity::Note)
    {
        out.push_str(&line(file, one));
        out.push('\n');
    }
    let count = |severity: Severity| {
        let count = diagnostics
            .iter()
            .filter(|one| one.severity == severity)
            .count();
        format!("{count} {severity}{}", if count == 1 { "" } else { "s" })
    };
    let counts = [Severity::Error, Severity::Warning, Severity::Note]
        .map(count)
        .join(", ");
    write!(out, "{}: {counts}", file.display()).expect("a string takes any text");
    out
}

fn line(file: &Path, one: &Diagnostic) -> String {
    let mut out = file.display().to_string();
    let write = |out: &mut String, text: std::fmt::Arguments<'_>| {
        out.write_fmt(text).expect("a string takes any text");
    };
    if let Some(position) = one.position {
        write(&mut out, format_args!(":{position}"));
    }
    write(
        &mut out,
        format_args!(": {}: {}", one.severity, one.message),
    );
    if let Some(expected) = &one.expected {
        write(&mut out, format_args!(", expected {expected}"));
    }
    if !one.pointer.is_empty() {
        write(&mut out, format_args!(" (at {})", one.pointer));
    }
    out
}

#[cfg(test)]
mod tests {
    use tollgate::core::Position;

    use super::*;

    #[test]
    fn remarks_begin_with_their_place() {
        let diagnostics = Diagnostics::from_iter([
            Diagnostic::error("/paths/~1a", "no such thing")
                .at(Position { line: 3, column: 5 })
                .expected("another"),
            Diagnostic::warning("", "odd"),
            Diagnostic::warning("", "odder"),
            Diagnostic::note("", "not used"),
        ]);
        assert_eq!(
            report(Path::new("api.yaml"), &diagnostics),
            "api.yaml:3:5: error: no such thing, expected another (at /paths/~1a)\n\
             api.yaml: warning: odd\n\
             api.yaml: warning: odder\n\
             api.yaml: 1 error, 2 warnings, 1 note"
        );
    }
}
