//! The benchmark templates of the conformance suite, where `TOLLGATE_CONFORMANCE` names its folder.

use std::path::{Path, PathBuf};

use tollgate_vtl::Template;

use crate::contest::{profile, read};
use crate::race::{Racer, race};

/// Times a render beside reading the data and parsing the template.
pub(crate) fn times() -> std::io::Result<()> {
    let Some(folder) = std::env::var_os("TOLLGATE_CONFORMANCE") else {
        return Ok(());
    };
    let folder = PathBuf::from(folder).join("vtl/bench");
    let mut files: Vec<_> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "vm"));
    files.sort();
    files.iter().try_for_each(|path| time(path))
}

fn time(path: &Path) -> std::io::Result<()> {
    let source = std::fs::read_to_string(path)?;
    let json = std::fs::read_to_string(path.with_extension("json"))?;
    let profile = profile();
    let template = Template::parse(&source, &profile).expect("a template");
    let context = read(&json);
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    race(
        &format!("{name}: render"),
        Racer::new("ours", || template.render(&context)),
        vec![
            Racer::new("read", || read(&json)),
            Racer::new("parse", || Template::parse(&source, &profile)),
        ],
    );
    Ok(())
}
