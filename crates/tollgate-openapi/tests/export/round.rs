//! There and back: what is exported and imported is the API that it was.

use tollgate_core::Severity;
use tollgate_openapi::{ExportOptions, ImportOptions, Notation, import};

use crate::bare::there_and_back;
use crate::corpus::corpus;
use crate::{FORMATS, whole, written};

const NOTATIONS: &[Notation] = &[
    Notation::Json,
    #[cfg(feature = "yaml")]
    Notation::Yaml,
];

/// All combinations of version and notation, with everything.
fn all_options() -> Vec<ExportOptions> {
    let formats = FORMATS.into_iter();
    formats
        .flat_map(|format| {
            NOTATIONS.iter().map(move |notation| {
                let mut options = whole(format);
                options.notation = *notation;
                options
            })
        })
        .collect()
}

#[test]
fn real_documents_come_back_in_every_notation() {
    let mut count = 0;
    for (name, text) in corpus() {
        let Ok(imported) = import(&text, &ImportOptions::default()) else {
            continue;
        };
        for options in all_options() {
            let told = there_and_back(&imported.document, &options, &name);
            let warns = told.iter().any(|one| one.severity > Severity::Note);
            assert!(!warns, "{name}: {told}");
            count += 1;
        }
    }
    println!("{count} exports imported again");
}

#[test]
fn own_documents_come_back_in_every_notation() {
    for text in crate::golden::documents() {
        for options in all_options() {
            let document = crate::read(text);
            let told = there_and_back(&document, &options, "own");
            assert!(told.is_empty(), "{told}");
        }
    }
}

/// From Swagger 2.0 to OpenAPI 3.0 and back.
#[test]
fn a_document_comes_back_through_the_other_version() {
    let [swagger, openapi] = FORMATS.map(whole);
    let mut count = 0;
    for (name, text) in corpus() {
        let Ok(imported) = import(&text, &ImportOptions::default()) else {
            continue;
        };
        let first = written(&imported.document, &swagger).text;
        let other = written(&crate::read(&first), &openapi).text;
        let again = written(&crate::read(&other), &swagger).text;
        assert_eq!(again, first, "{name}");
        count += 1;
    }
    println!("{count} documents there and back");
}
