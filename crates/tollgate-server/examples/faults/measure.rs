//! What the program holds, as Linux tells it.

use std::fmt;
use std::fs;

/// Files, sockets, processes and memory of this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) sockets: usize,
    /// Sockets included.
    pub(crate) files: usize,
    /// Children, ended ones that nobody has asked for included.
    pub(crate) processes: usize,
    pub(crate) kibibytes: u64,
}

impl Held {
    pub(crate) fn now() -> Self {
        let files = fs::read_dir("/proc/self/fd").into_iter().flatten();
        let targets = files.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
        let targets: Vec<_> = targets.map(|target| target.display().to_string()).collect();
        let sockets = targets
            .iter()
            .filter(|target| target.starts_with("socket:"));
        Self {
            sockets: sockets.count(),
            // One of them is the folder that is being read.
            files: targets.len(),
            processes: children(),
            kibibytes: resident(),
        }
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mebibytes = self.kibibytes as f64 / 1024.0;
        write!(
            f,
            "{} sockets, {} files, {} processes, {mebibytes:.1} MiB",
            self.sockets, self.files, self.processes
        )
    }
}

fn children() -> usize {
    let ours = std::process::id().to_string();
    let processes = fs::read_dir("/proc").into_iter().flatten();
    let stats =
        processes.filter_map(|entry| fs::read_to_string(entry.ok()?.path().join("stat")).ok());
    let of_ours = stats.filter(|stat| {
        let after_name = stat.rsplit_once(") ").map(|(_, fields)| fields);
        after_name.and_then(|fields| fields.split(' ').nth(1)) == Some(ours.as_str())
    });
    of_ours.count()
}

fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or_default()
}
