//! `tollgate cors`.

use std::io::{self, Write as _};
use std::process::ExitCode;

use tollgate::core::{Diagnostics, Severity};
use tollgate::model::{ApiDocument, CorsConfiguration};
use tollgate::openapi::{ImportOptions, Notation, WithCors, add_cors};

use crate::Outcome;
use crate::cli::Cors;
use crate::document;
use crate::paint::Paint;
use crate::printable::printable;
use crate::report::{Look, Report};

/// Options by the members of the configuration that they set.
const OPTIONS: [(&str, &str); 6] = [
    ("allowOrigins", "--origin"),
    ("allowMethods", "--method"),
    ("allowHeaders", "--header"),
    ("exposeHeaders", "--expose-header"),
    ("maxAge", "--max-age"),
    ("allowCredentials", "--credentials"),
];

/// Writes a document with CORS added to it, and says what that was.
pub(crate) fn run(options: &Cors) -> Outcome {
    let cors = configuration(options);
    // What is wrong with the options is so for any document.
    if let Err(found) = ApiDocument::default().add_cors(&cors) {
        io::stderr().write_all(wrong_options(found).as_bytes())?;
        return Ok(ExitCode::from(2));
    }
    let look = Look {
        paint: Paint::of_stderr(),
        least: Severity::Note,
        most: usize::MAX,
    };
    let text = document::read(&options.file).map_err(|report| look.whole(&report))?;
    let report = |found| Report::new(&options.file, text.clone(), found);
    match add_cors(&text, &cors, &ImportOptions::default()) {
        Ok(made) => {
            io::stdout().write_all(made.text.as_bytes())?;
            let said = summary(&made, &look.remarks(&report(made.report.remarks.clone())));
            io::stderr().write_all(said.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Err(found) => {
            // Of a document that is not read, the errors are what counts.
            let look = Look {
                least: Severity::Warning,
                ..look
            };
            Err(look.whole(&report(found)).into())
        }
    }
}

fn configuration(options: &Cors) -> CorsConfiguration {
    let mut cors = CorsConfiguration::like_console();
    for (list, given) in [
        (&mut cors.allow_origins, &options.origin),
        (&mut cors.allow_methods, &options.method),
        (&mut cors.allow_headers, &options.header),
        (&mut cors.expose_headers, &options.expose_header),
    ] {
        if !given.is_empty() {
            list.clone_from(given);
        }
    }
    cors.max_age = options.max_age;
    cors.allow_credentials = options.credentials;
    cors
}

/// Says what is wrong in the words of the command line.
fn wrong_options(found: Diagnostics) -> String {
    let mut said = String::new();
    for mut one in found {
        let member = one.pointer.split('/').nth(1).unwrap_or_default();
        let option = OPTIONS.iter().find(|(name, _)| *name == member);
        if let Some((_, option)) = option {
            one.message = format!("{option}: {}", one.message);
        }
        one.pointer.clear();
        said.push_str(&format!("{}\n", printable(&one.to_string())));
    }
    said
}

fn summary(made: &WithCors, remarks: &str) -> String {
    let mut said = String::new();
    for addition in &made.report.added {
        said.push_str(&format!("added {}\n", printable(&addition.to_string())));
    }
    if made.report.added.is_empty() {
        said.push_str("nothing to add\n");
    }
    if !remarks.is_empty() {
        said.push('\n');
        said.push_str(remarks);
    }
    if made.notation == Notation::Yaml {
        said.push_str("the document is written without its comments, anchors and tags\n");
    }
    said
}
