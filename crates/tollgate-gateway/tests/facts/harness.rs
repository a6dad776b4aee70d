//! Runs all rows of a folder, and tells of every one that differs.

use std::collections::BTreeMap;
use std::path::Path;

use crate::exchange::differences;
use crate::row::{Evidence, File, Row};

/// Runs the rows of `tests/data/{folder}`.
///
/// # Panics
///
/// When a row differs that is not pending, or one does not that is.
pub(crate) fn run(folder: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(folder);
    let wanted = std::env::var("TOLLGATE_FACTS").unwrap_or_default();
    let mut report = Report::default();
    for (name, file) in files(&folder) {
        let rows = file.rows.iter().filter(|row| row.name.contains(&wanted));
        for row in rows {
            report.add(&name, row, &run_row(row, &file));
        }
    }
    report.print();
    assert!(!report.counts.is_empty(), "no rows in {}", folder.display());
    assert!(
        report.faults.is_empty(),
        "{} rows:\n{}",
        report.faults.len(),
        report.faults.join("\n")
    );
}

fn run_row(row: &Row, file: &File) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("there is room for a runtime");
    runtime.block_on(differences(row, &file.apis))
}

/// The files of a folder, in the order of their names.
fn files(folder: &Path) -> Vec<(String, File)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let text = std::fs::read_to_string(&path).expect("the file is text");
        let file = serde_saphyr::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        files.push((name.into_owned(), file));
    }
    files.sort_by(|(one, _), (other, _)| one.cmp(other));
    files
}

/// What came of the rows.
#[derive(Default)]
struct Report {
    /// By file, section and evidence: rows, and how many of them are pending.
    counts: BTreeMap<(String, String, Evidence), (usize, usize)>,
    pending: Vec<String>,
    faults: Vec<String>,
}

impl Report {
    fn add(&mut self, file: &str, row: &Row, differences: &[String]) {
        let key = (file.to_owned(), row.section.clone(), row.evidence);
        let count = self.counts.entry(key).or_default();
        count.0 += 1;
        count.1 += usize::from(row.pending);
        let Row {
            section,
            evidence,
            name,
            ..
        } = row;
        let title = format!("{file} {section} [{evidence:?}] {name}");
        let list = row
            .note
            .iter()
            .chain(differences)
            .map(|difference| format!("\n    {difference}"))
            .collect::<String>();
        match (row.pending, differences.is_empty()) {
            (false, true) => {}
            (true, false) => self.pending.push(title + &list),
            (false, false) => self.faults.push(title + &list),
            (true, true) => self.faults.push(format!(
                "{title}\n    is as it should be: take its `pending` away"
            )),
        }
    }

    fn print(&self) {
        let mut by_section: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
        let (mut all, mut pending) = (0, 0);
        for ((file, section, evidence), (rows, waiting)) in &self.counts {
            all += rows;
            pending += waiting;
            let text = if *waiting == 0 {
                format!("{evidence:?} {rows}")
            } else {
                format!("{evidence:?} {rows} ({waiting} pending)")
            };
            by_section.entry((file, section)).or_default().push(text);
        }
        for ((file, section), texts) in by_section {
            println!("{file}, {section}: {}", texts.join(", "));
        }
        println!("{all} rows ran, {pending} of them are pending");
        for pending in &self.pending {
            println!("pending: {pending}");
        }
    }
}
