//! A file of API keys: read it, and read again what is written of it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_throttle::{export_keys, import_keys};

fuzz_target!(|text: &str| {
    // Most texts have no header of their own that names the columns.
    for text in [text, &format!("name,key,usageplanIds,enabled\n{text}")] {
        let Ok(imported) = import_keys(text) else {
            continue;
        };
        let again = import_keys(&export_keys(&imported.keys)).expect("it is a table");
        assert_eq!(again.warnings, []);
        assert_eq!(again.keys, imported.keys);
    }
});
