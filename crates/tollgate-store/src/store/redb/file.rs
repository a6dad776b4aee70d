//! The file: its tables, and what they are read and written with.

use std::fs::{self, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use ::redb::{
    Builder, Database, ReadableDatabase, ReadableTable, StorageError, Table, TableDefinition,
    backends::FileBackend,
};
use tollgate_throttle::UsageRecord;

use crate::usage;
use crate::{EntityKey, Record, Revision, State, StoreError, Write};

/// Numbers about the file itself: [`FORMAT`] and [`REVISION`].
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
/// Records by key: [`Record::made`] in eight bytes, the most significant one first, and JSON.
const RECORDS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("records");
/// Counts of quotas by plan and key.
const USAGE: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("usage");

const FORMAT: &str = "format";
const REVISION: &str = "revision";
/// The format that this version writes.
const KNOWN_FORMAT: u64 = 1;

/// What the engine keeps of the file in memory: little, since states are there whole.
const CACHE_BYTES: usize = 16 << 20;

pub(super) struct File(Database);

impl File {
    /// Opens a file, or makes it, and reads the state that is in it.
    pub(super) fn open(path: &Path) -> Result<(Self, State), StoreError> {
        let file = match options().open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if let Some(file) = Self::make(path)? {
                    return Ok((file, State::new()));
                }
                options()
                    .open(path)
                    .map_err(|error| io_error(path, error))?
            }
            Err(error) => return Err(io_error(path, error)),
        };
        let file = Self::of(path, file)?;
        if file.is_new(path)? {
            file.begin(path)?;
            return Ok((file, State::new()));
        }
        let state = file.state(path)?;
        Ok((file, state))
    }

    fn of(path: &Path, file: fs::File) -> Result<Self, StoreError> {
        let mut builder = Builder::new();
        builder.set_cache_size(CACHE_BYTES);
        // The file is read whole anyway.
        builder.set_check_integrity_on_open(true);
        let backend = FileBackend::new(file).map_err(|error| failed(path, error))?;
        let database = builder.create_with_backend(backend);
        Ok(Self(database.map_err(|error| failed(path, error))?))
    }

    /// Makes a file, which gets its name once it is whole: whoever is killed before that leaves nothing
    /// behind that would be taken for a store. `None` where another process made it meanwhile.
    fn make(path: &Path) -> Result<Option<Self>, StoreError> {
        let failed = |error| io_error(path, error);
        let mut name = path.as_os_str().to_owned();
        name.push(".new");
        let name = PathBuf::from(name);
        let file = options().create(true).truncate(false).open(&name);
        let file = file.map_err(failed)?;
        // Whoever has the lock is the one that makes it.
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let path = path.to_owned();
                return Err(StoreError::InUse { path });
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        if path.try_exists().map_err(failed)? {
            return match fs::remove_file(&name) {
                // A third one may have been here.
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
                _ => Ok(None),
            };
        }
        // One that was killed may have left something.
        file.set_len(0).map_err(failed)?;
        let file = Self::of(path, file)?;
        file.begin(path)?;
        fs::rename(&name, path).map_err(failed)?;
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = fs::File::open(folder.unwrap_or(Path::new("."))).map_err(failed)?;
        folder.sync_all().map_err(failed)?;
        Ok(Some(file))
    }

    fn is_new(&self, path: &Path) -> Result<bool, StoreError> {
        let reading = self.0.begin_read().map_err(|error| failed(path, error))?;
        let mut tables = reading.list_tables().map_err(|error| failed(path, error))?;
        Ok(tables.next().is_none())
    }

    /// Makes the tables.
    fn begin(&self, path: &Path) -> Result<(), StoreError> {
        self.change(path, |transaction| {
            transaction.open_table(RECORDS)?;
            transaction.open_table(USAGE)?;
            let mut meta = transaction.open_table(META)?;
            meta.insert(FORMAT, KNOWN_FORMAT)?;
            meta.insert(REVISION, 0)?;
            Ok(())
        })
    }

    fn state(&self, path: &Path) -> Result<State, StoreError> {
        let damaged = |reason: String| damaged(path, reason);
        let reading = self.0.begin_read().map_err(|error| failed(path, error))?;
        let meta = reading
            .open_table(META)
            .map_err(|error| failed(path, error))?;
        let number = |name| -> Result<u64, StoreError> {
            let number = meta.get(name).map_err(|error| failed(path, error))?;
            let number = number.ok_or_else(|| damaged(format!("it does not say its {name}")))?;
            Ok(number.value())
        };
        let found = number(FORMAT)?;
        if found > KNOWN_FORMAT {
            return Err(StoreError::NewerFormat {
                place: path.display().to_string(),
                found,
                known: KNOWN_FORMAT,
            });
        }
        let revision = Revision::new(number(REVISION)?);
        let table = reading
            .open_table(RECORDS)
            .map_err(|error| failed(path, error))?;
        let mut writes = Vec::new();
        for entry in table.iter().map_err(|error| failed(path, error))? {
            let (key, value) = entry.map_err(|error| failed(path, error))?;
            writes.push(read(key.value(), value.value()).map_err(damaged)?);
        }
        State::new()
            .replayed(revision, writes)
            .map_err(|error| damaged(error.to_string()))
    }

    /// Writes records, or removes them, and the revision.
    pub(super) fn write<'a>(
        &self,
        path: &Path,
        revision: Revision,
        writes: impl Iterator<Item = (&'a EntityKey, Option<&'a Record>)>,
    ) -> Result<(), StoreError> {
        self.change(path, |transaction| {
            let mut table = transaction.open_table(RECORDS)?;
            for (key, record) in writes {
                put(&mut table, &key.to_string(), record)?;
            }
            let mut meta = transaction.open_table(META)?;
            meta.insert(REVISION, revision.number())?;
            Ok(())
        })
    }

    pub(super) fn usage(&self, path: &Path) -> Result<Vec<UsageRecord>, StoreError> {
        let reading = self.0.begin_read().map_err(|error| failed(path, error))?;
        let table = reading
            .open_table(USAGE)
            .map_err(|error| failed(path, error))?;
        let mut records = Vec::new();
        for entry in table.iter().map_err(|error| failed(path, error))? {
            let (owner, json) = entry.map_err(|error| failed(path, error))?;
            let (plan, key) = owner.value();
            let record = usage::from_json(plan, key, json.value());
            let wrong = |reason| {
                damaged(
                    path,
                    format!("counts of key {key:?} in plan {plan:?}: {reason}"),
                )
            };
            records.push(record.map_err(wrong)?);
        }
        Ok(records)
    }

    pub(super) fn write_usage(
        &self,
        path: &Path,
        records: &[UsageRecord],
    ) -> Result<(), StoreError> {
        self.change(path, |transaction| {
            let mut table = transaction.open_table(USAGE)?;
            for record in records {
                let owner = (&*record.plan_id, &*record.key_id);
                table.insert(owner, usage::to_json(record).as_slice())?;
            }
            Ok(())
        })
    }

    /// Makes changes that are on the disk when it returns, all or none.
    fn change(
        &self,
        path: &Path,
        work: impl FnOnce(&::redb::WriteTransaction) -> Result<(), ::redb::Error>,
    ) -> Result<(), StoreError> {
        let writing = self.0.begin_write().map_err(|error| failed(path, error))?;
        work(&writing).map_err(|error| failed(path, error))?;
        writing.commit().map_err(|error| failed(path, error))
    }
}

/// A file that its owner alone can read, from its first moment on.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn put(
    table: &mut Table<'_, &str, &[u8]>,
    key: &str,
    record: Option<&Record>,
) -> Result<(), StorageError> {
    match record {
        Some(record) => {
            let made = record.made().to_be_bytes();
            let value = [made.as_slice(), record.json()].concat();
            table.insert(key, value.as_slice())?;
        }
        None => {
            table.remove(key)?;
        }
    }
    Ok(())
}

fn read(key: &str, value: &[u8]) -> Result<Write, String> {
    let wrong = |reason: &dyn std::fmt::Display| format!("record {key:?}: {reason}");
    let parsed: EntityKey = key.parse().map_err(|error| wrong(&error))?;
    let (made, json) = value
        .split_first_chunk()
        .ok_or_else(|| wrong(&"it is too short"))?;
    let record = Record::read(&parsed, u64::from_be_bytes(*made), json);
    let record = record.map_err(|reason| wrong(&reason))?;
    Ok(Write {
        key: parsed,
        record: Some(record),
    })
}

fn io_error(path: &Path, error: io::Error) -> StoreError {
    StoreError::Io {
        path: path.to_owned(),
        source: error.into(),
    }
}

fn damaged(path: &Path, reason: String) -> StoreError {
    StoreError::Corrupt {
        place: path.display().to_string(),
        reason,
    }
}

fn failed(path: &Path, error: impl Into<::redb::Error>) -> StoreError {
    use ::redb::Error;
    let error = error.into();
    match error {
        Error::DatabaseAlreadyOpen | Error::LockProtocolMismatch => StoreError::InUse {
            path: path.to_owned(),
        },
        Error::Io(error) if error.kind() != io::ErrorKind::InvalidData => io_error(path, error),
        Error::PreviousIo => io_error(path, io::Error::other(error.to_string())),
        other => damaged(path, other.to_string()),
    }
}
