//! Files that are watched for changes.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;

/// How long files must be left alone before they are read: writers write in several steps.
const QUIET: Duration = Duration::from_millis(50);
/// How long changes may go on until files are read all the same.
const LONGEST_UNREST: Duration = Duration::from_secs(1);
/// What changes where a folder of symbolic links is replaced as a whole.
const LINKED_DATA: &str = "..data";

/// Watches files through their folders, since editors replace files rather than change them.
#[derive(Debug)]
pub(crate) struct Watch {
    watcher: RecommendedWatcher,
    folders: BTreeSet<PathBuf>,
    names: Arc<Mutex<BTreeSet<OsString>>>,
    changed: Arc<Notify>,
}

impl Watch {
    /// A watch over no file yet.
    pub(crate) fn new() -> notify::Result<Self> {
        let names: Arc<Mutex<BTreeSet<OsString>>> = Arc::default();
        let changed = Arc::new(Notify::new());
        let (watched, notified) = (names.clone(), changed.clone());
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let names = watched.lock().unwrap_or_else(PoisonError::into_inner);
            // Where events were lost anything may have changed.
            if event.map_or(true, |event| concerns(&event, &names)) {
                notified.notify_one();
            }
        })?;
        Ok(Self {
            watcher,
            folders: BTreeSet::new(),
            names,
            changed,
        })
    }

    /// Watches these files from now on; those of before no more.
    pub(crate) fn set(&mut self, files: &[PathBuf]) -> notify::Result<()> {
        // Of a symbolic link both ends are watched.
        let targets = files.iter().filter_map(|file| file.canonicalize().ok());
        let files: Vec<PathBuf> = files.iter().cloned().chain(targets).collect();
        let names = files.iter().filter_map(|file| file.file_name());
        let names = names.chain([OsStr::new(LINKED_DATA)]).map(OsStr::to_owned);
        *self.names.lock().unwrap_or_else(PoisonError::into_inner) = names.collect();
        let folders: BTreeSet<PathBuf> = files.iter().map(|file| folder(file)).collect();
        for folder in self.folders.difference(&folders) {
            // One that is gone is not watched any more anyway.
            drop(self.watcher.unwatch(folder));
        }
        self.folders.retain(|folder| folders.contains(folder));
        // One that cannot be watched keeps no other from being so, and is tried again.
        let mut outcome = Ok(());
        for folder in folders {
            // One that is watched already may be another folder of that name by now.
            match self.watcher.watch(&folder, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    self.folders.insert(folder);
                }
                Err(error) => outcome = Err(error),
            }
        }
        outcome
    }

    /// Waits until a file has changed.
    pub(crate) async fn touched(&self) {
        self.changed.notified().await;
    }

    /// Waits until files are left alone.
    pub(crate) async fn quiet(&self) {
        let until_quiet = async {
            while tokio::time::timeout(QUIET, self.changed.notified())
                .await
                .is_ok()
            {}
        };
        // Whether or not there is quiet, it is time.
        drop(tokio::time::timeout(LONGEST_UNREST, until_quiet).await);
    }
}

fn folder(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Whether an event is about one of these files; reading them is none.
fn concerns(event: &Event, names: &BTreeSet<OsString>) -> bool {
    let is_change = !matches!(event.kind, EventKind::Access(_));
    let mut files = event.paths.iter().filter_map(|path| path.file_name());
    is_change && (event.need_rescan() || files.any(|name| names.contains(name)))
}
