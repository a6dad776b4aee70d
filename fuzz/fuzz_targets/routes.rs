//! Any resource paths in a table, and any path looked up in it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate::router::{MethodKey, ResourcePath, RouteTable, Verb, check_path};

fuzz_target!(|input: (Vec<&str>, &str)| {
    let (paths, path) = input;
    let mut table = RouteTable::builder();
    for (index, path) in paths.into_iter().enumerate() {
        if let Ok(path) = path.parse::<ResourcePath>() {
            // Paths that conflict are refused, and leave the table as it was.
            let _ = table.insert(&path, MethodKey::Any, index);
        }
    }
    let table = table.build();
    let fit = check_path(path).is_ok();
    if let Some(found) = table.find(Verb::Get, path) {
        for (_, value) in found.parameters() {
            assert!(!value.is_empty() && path.contains(value));
        }
        assert!(fit || !path.is_empty());
    }
});
