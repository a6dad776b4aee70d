//! Any text as a template of each flavour; an error lies in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_vtl::{Profile, SpaceGobbling, Template};

fuzz_target!(|source: &str| {
    for profile in [
        Profile::api_gateway(),
        Profile::velocity17(),
        Profile::velocity2(),
        Profile::velocity2().with_space_gobbling(SpaceGobbling::None),
        Profile::velocity2().with_space_gobbling(SpaceGobbling::Structured),
    ] {
        if let Err(error) = Template::parse(source, &profile) {
            let line = source.split('\n').nth(error.line() - 1);
            let line = line.unwrap_or_else(|| panic!("{error}: there is no such line"));
            assert!(error.column() <= line.chars().count() + 1, "{error}");
        }
    }
});
