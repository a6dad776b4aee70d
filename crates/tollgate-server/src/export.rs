//! `tollgate export`.

use std::fs;
use std::io::{self, Write as _};
use std::process::ExitCode;

use tollgate::core::{Clock as _, Diagnostics, Severity, SystemClock};
use tollgate::openapi::{
    ExportOptions, Exported, ImportOptions, Imported, Notation, export, import,
};

use crate::Outcome;
use crate::cli::Export;
use crate::document;
use crate::paint::Paint;
use crate::printable::printable;
use crate::report::{Look, Report};

/// Writes a document in another version or notation, and says what is not in it any more.
pub(crate) fn run(options: &Export) -> Outcome {
    let look = Look {
        paint: Paint::of_stderr(),
        least: Severity::Note,
        most: usize::MAX,
    };
    let text = document::read(&options.file).map_err(|report| look.whole(&report))?;
    let report = |found| Report::new(&options.file, text.clone(), found);
    let imported = match import(&text, &ImportOptions::default()) {
        Ok(imported) => imported,
        Err(refused) => {
            // Of a document that is not read, the errors are what counts.
            let look = Look {
                least: Severity::Warning,
                ..look
            };
            return Err(look.whole(&report(refused.into())).into());
        }
    };
    let file = printable(&options.file.display().to_string()).into_owned();
    let exported = export(&imported.document, &export_options(options, &text))
        .map_err(|error| format!("{file}: {error}"))?;
    write(options, &exported)?;
    let (lost, has_notes) = lost(imported, exported);
    let mut said = look.remarks(&report(lost));
    if has_notes {
        said.push_str(
            "what changes nothing of the API is left out: `tollgate check --notes` shows it\n",
        );
    }
    io::stderr().write_all(said.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn export_options(options: &Export, text: &str) -> ExportOptions {
    let mut export = ExportOptions::new(options.format, SystemClock::new().now().into());
    export.notation = match (options.json, options.yaml) {
        (true, _) => Notation::Json,
        (_, true) => Notation::Yaml,
        (false, false) => Notation::of(text),
    };
    export.extensions = options.extensions;
    export.stage.clone_from(&options.stage);
    export
}

fn write(options: &Export, exported: &Exported) -> Result<(), String> {
    let text = exported.text.as_bytes();
    let Some(file) = &options.output else {
        return io::stdout()
            .write_all(text)
            .map_err(|error| error.to_string());
    };
    fs::write(file, text).map_err(|error| {
        let file = file.display().to_string();
        format!("{}: cannot write the file: {error}", printable(&file))
    })
}

/// What the document said and no gateway heeds, and what the new one cannot say, in places of the
/// document; and whether there is besides what changes nothing of the API.
fn lost(imported: Imported, exported: Exported) -> (Diagnostics, bool) {
    let all = imported.diagnostics.len();
    let unread = imported.diagnostics.into_iter();
    let mut lost: Diagnostics = unread.filter(|one| one.severity > Severity::Note).collect();
    let has_notes = all > lost.len();
    for one in imported.places.locate_all(exported.remarks) {
        lost.push(one);
    }
    (lost, has_notes)
}
