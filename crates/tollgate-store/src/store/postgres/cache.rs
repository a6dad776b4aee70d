//! The latest state on the disk, for a start without the server.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{Known, Shared, unavailable};
use crate::export::MAX_EXPORT_BYTES;
use crate::{StoreError, export, import};

/// The time between two writes at least.
const WRITE_EVERY: Duration = Duration::from_secs(1);
/// What the file is called, and while it is being written.
const NAME: &str = "state.json";
const NEW_NAME: &str = "state.json.new";
/// What its first line begins with; the database's id and the hash of all else follow.
const MARK: &str = "tollgate-cache 1";

#[derive(Clone)]
pub(super) struct Cache {
    folder: PathBuf,
}

impl Cache {
    pub(super) const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Writes each state that is published, or of several in a row the last, as long as it is polled.
    pub(super) async fn keep(self, shared: Arc<Shared>) {
        let mut revision = shared.revision.subscribe();
        revision.mark_changed();
        while revision.changed().await.is_ok() {
            if let Some(known) = shared.known() {
                let cache = self.clone();
                // A cache that cannot be written is one that is not there.
                let _ = tokio::task::spawn_blocking(move || cache.write(&known)).await;
            }
            tokio::time::sleep(WRITE_EVERY).await;
        }
    }

    /// What was written last; `None` where nothing was.
    pub(super) async fn read(&self) -> Result<Option<Known>, StoreError> {
        let path = self.folder.join(NAME);
        tokio::task::spawn_blocking(move || read(&path))
            .await
            .unwrap_or_else(|_| Err(unavailable("the runtime is ending")))
    }

    fn write(&self, known: &Known) -> io::Result<()> {
        let mut text = Vec::new();
        export(&known.state, &mut text)?;
        let head = head(&known.database, &text);
        fs::create_dir_all(&self.folder)?;
        let new = self.folder.join(NEW_NAME);
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&new)?;
        file.write_all(head.as_bytes())?;
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(new, self.folder.join(NAME))?;
        fs::File::open(&self.folder)?.sync_all()
    }
}

fn head(database: &str, text: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(database);
    hash.update([0]);
    hash.update(text);
    let hash = hash.finalize();
    let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{MARK} {database} {digits}\n")
}

fn read(path: &Path) -> Result<Option<Known>, StoreError> {
    let failed = |error: io::Error| StoreError::Io {
        path: path.to_owned(),
        source: error.into(),
    };
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut bytes = Vec::new();
    // The first line is short; import looks at the rest.
    let most = u64::try_from(MAX_EXPORT_BYTES).unwrap_or(u64::MAX);
    file.take(most.saturating_add(1_024))
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    let damaged = |reason: &str| StoreError::Corrupt {
        place: path.display().to_string(),
        reason: reason.to_owned(),
    };
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let (first, text) = end
        .and_then(|end| bytes.split_at_checked(end + 1))
        .ok_or_else(|| damaged("it has no first line"))?;
    let database = std::str::from_utf8(first)
        .ok()
        .and_then(|first| first.strip_prefix(MARK))
        .and_then(|rest| rest.split_ascii_whitespace().next())
        .ok_or_else(|| damaged("its first line is another one"))?;
    if head(database, text).as_bytes() != first {
        return Err(damaged("its checksum is wrong"));
    }
    let state = import(text).map_err(|error| damaged(&error.to_string()))?;
    Ok(Some(Known {
        state: Arc::new(state),
        database: database.into(),
    }))
}
