//! Any text as an OpenAPI document: imported, compiled, put over an API, and exported.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tollgate::model::{ApiDocument, Timestamp};
use tollgate::openapi::{
    ExportFormat, ExportOptions, Extensions, ImportOptions, PutMode, export, import, put,
    put_documentation,
};

/// An API with something of every kind.
static OTHER: LazyLock<ApiDocument> = LazyLock::new(|| {
    let text = include_str!("../../crates/tollgate-openapi/tests/golden/pets.swagger.json");
    let imported = import(text, &ImportOptions::default());
    imported.expect("nothing is wrong with it").document
});

fuzz_target!(|document: &str| {
    match tollgate::from_openapi(document) {
        Ok(gateway) => {
            let plan = gateway.plan();
            assert!(plan.methods().count() <= document.len());
            assert!(plan.diagnostics().iter().all(|one| one.position.is_some()));
        }
        Err(diagnostics) => assert!(diagnostics.has_errors()),
    }
    let options = ImportOptions::default();
    let imported = import(document, &options);
    if let Ok(imported) = &imported {
        for format in [ExportFormat::Swagger2, ExportFormat::OpenApi3] {
            let mut options = ExportOptions::new(format, Timestamp::default());
            options.extensions = Extensions::ALL;
            // Only texts of megabytes can be refused for what they would repeat.
            export(&imported.document, &options).expect("an API that was read can be written");
        }
    }
    for mode in [PutMode::Merge, PutMode::Overwrite] {
        if let Ok(over_other) = put(&OTHER, document, mode, &options) {
            let id = |api: &ApiDocument| api.rest_api.root_resource_id.clone();
            assert_eq!(id(&over_other.document), id(&OTHER));
        }
        if let Ok(imported) = &imported {
            let again = put(&imported.document, document, mode, &options);
            assert_eq!(
                again.map(|one| one.document).as_ref(),
                Ok(&imported.document)
            );
        }
        let parts = put_documentation(&OTHER, document, mode, &options);
        assert!(parts.is_ok() || imported.is_err());
    }
});
