//! What comes of a call.

use bytes::Bytes;
use serde_json::Value;
use tollgate_store::{Change, Entity, EntityKey};

/// What is changed, and what is answered once it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) changes: Vec<Change>,
    pub(crate) reply: Reply,
}

/// The body of an answer.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// None.
    Empty,
    /// JSON.
    Json(Value),
    /// A file to be saved.
    File {
        content_type: &'static str,
        disposition: String,
        content: Bytes,
    },
}

impl Outcome {
    /// Changes nothing.
    pub(crate) const fn reply(reply: Value) -> Self {
        Self {
            changes: Vec::new(),
            reply: Reply::Json(reply),
        }
    }

    /// Writes one record.
    pub(crate) fn put(entity: Entity, reply: Value) -> Self {
        Self::changing(vec![Change::Put(entity)], reply)
    }

    /// Removes a record and what is below it.
    pub(crate) fn remove(key: EntityKey) -> Self {
        Self {
            changes: vec![Change::Remove(key)],
            reply: Reply::Empty,
        }
    }

    /// Makes several changes.
    pub(crate) const fn changing(changes: Vec<Change>, reply: Value) -> Self {
        Self {
            changes,
            reply: Reply::Json(reply),
        }
    }

    /// Answers nothing.
    pub(crate) fn unanswered(self) -> Self {
        Self {
            reply: Reply::Empty,
            ..self
        }
    }

    /// Makes several changes and answers nothing.
    pub(crate) const fn silent(changes: Vec<Change>) -> Self {
        Self {
            changes,
            reply: Reply::Empty,
        }
    }
}
