//! Why something is not kept, or cannot be read.

use std::path::PathBuf;

use thiserror::Error;

use crate::{EntityKey, Revision};

/// Any error of a file or a server.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A change that would leave something behind that is not whole. Nothing is written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidChange {
    /// One record needs another one that is not there, or would not be there any more.
    #[error("{by} needs {key}, which is not there")]
    Missing {
        /// What is not there.
        key: EntityKey,
        /// What needs it.
        by: EntityKey,
    },
    /// There is nothing to remove.
    #[error("there is no {key}")]
    NotThere {
        /// What was to be removed.
        key: EntityKey,
    },
    /// An id or a name is missing.
    #[error("{key} lacks an id or a name")]
    Unnamed {
        /// The key as far as it goes.
        key: EntityKey,
    },
    /// The key has more than [`MAX_KEY_BYTES`](crate::MAX_KEY_BYTES).
    #[error(
        "a key has {bytes} bytes, of {} that it may have",
        crate::MAX_KEY_BYTES
    )]
    KeyTooLong {
        /// How many it has.
        bytes: usize,
    },
    /// The path of a resource is not that of its parent and its own path part.
    #[error("{key} has a path that is not that of its parent with its path part")]
    Path {
        /// The resource.
        key: EntityKey,
    },
    /// Two resources have one path.
    #[error("{key} has the path of {other}")]
    SamePath {
        /// A resource.
        key: EntityKey,
        /// The other one.
        other: EntityKey,
    },
    /// A record has more than [`MAX_RECORD_BYTES`](crate::MAX_RECORD_BYTES).
    #[error(
        "{key} has {bytes} bytes, of {} that it may have",
        crate::MAX_RECORD_BYTES
    )]
    TooLarge {
        /// The record.
        key: EntityKey,
        /// How many it has.
        bytes: usize,
    },
    /// The record could not be read again, for example because a number is none, or lists are too deep
    /// within each other.
    #[error("{key} could not be read again: {reason}")]
    Unreadable {
        /// The record.
        key: EntityKey,
        /// What the reader says.
        reason: String,
    },
    /// The records of a commit have more than [`MAX_COMMIT_BYTES`](crate::MAX_COMMIT_BYTES) together.
    #[error("a commit has more than {} bytes", crate::MAX_COMMIT_BYTES)]
    CommitTooLarge,
}

/// Why a store did not do what it was asked for.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Somebody else was faster: the state is another one than the changes were made for. Nothing is
    /// written.
    #[error("the state is at revision {current}, not at {expected}")]
    Conflict {
        /// The revision that the changes were made for.
        expected: Revision,
        /// The one that is there.
        current: Revision,
    },
    /// The changes cannot be made. Nothing is written.
    #[error("the changes cannot be made")]
    Invalid(#[from] InvalidChange),
    /// The server is away, or did not answer in time. Where it was reached, what was asked may be done
    /// all the same.
    #[error("the store is away")]
    Unavailable(#[source] BoxError),
    /// The file cannot be read or written, for example because the disk is full. A commit that fails
    /// so is not there; the state is as it was.
    #[error("{} cannot be read or written", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: BoxError,
    },
    /// Another process has the file, or another store of this one.
    #[error("{} is in use by another store", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// What is there was not written by a store, or has been damaged.
    #[error("{place} is damaged: {reason}")]
    Corrupt {
        /// The file, or the database.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
    /// What is there was written by a later version.
    #[error("{place} has format {found}; this version knows {known}")]
    NewerFormat {
        /// The file, or the database.
        place: String,
        /// Its format.
        found: u64,
        /// The latest format that is known.
        known: u64,
    },
    /// A text is no address of a server. It is not shown: it may hold a password.
    #[error("the address of the database cannot be read")]
    InvalidAddress,
    /// An import needs a store with nothing in it.
    #[error("the store is at revision {revision}: an import needs an empty one")]
    NotEmpty {
        /// The revision that is there.
        revision: Revision,
    },
}
