//! Any text as an OpenAPI document, imported and compiled.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &str| {
    match tollgate::from_openapi(document) {
        Ok(gateway) => assert!(gateway.plan().methods().count() <= document.len()),
        Err(diagnostics) => assert!(diagnostics.has_errors()),
    }
});
