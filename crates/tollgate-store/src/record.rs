//! Entities as they are kept.

use std::fmt;
use std::sync::Arc;

use crate::{Entity, EntityKey};

/// Bytes that a record may have as JSON.
pub const MAX_RECORD_BYTES: usize = tollgate_deploy::MAX_DOCUMENT_BYTES;

/// An entity as it is kept. A clone shares all of it.
#[derive(Clone)]
pub struct Record {
    made: u64,
    entity: Arc<Entity>,
    json: Arc<[u8]>,
}

impl Record {
    pub(crate) fn new(made: u64, entity: Entity) -> Self {
        let json = entity.to_json().into();
        let entity = Arc::new(entity);
        Self { made, entity, json }
    }

    /// Reads the record of a key.
    pub(crate) fn read(key: &EntityKey, made: u64, json: &[u8]) -> Result<Self, String> {
        if json.len() > MAX_RECORD_BYTES {
            return Err(format!("it has {} bytes", json.len()));
        }
        let entity = Entity::from_json(key, json).map_err(|error| error.to_string())?;
        Ok(Self {
            made,
            entity: Arc::new(entity),
            json: json.into(),
        })
    }

    /// Its place in the order in which records were made, which a change of it does not alter.
    #[must_use]
    pub const fn made(&self) -> u64 {
        self.made
    }

    /// The entity.
    #[must_use]
    pub fn entity(&self) -> &Entity {
        &self.entity
    }

    /// The entity's JSON, in the bytes that were written first: another version may know more members.
    #[must_use]
    pub fn json(&self) -> &[u8] {
        &self.json
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.entity, &other.entity)
    }
}

/// Without the JSON, which shows secrets.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("made", &self.made)
            .field("entity", &self.entity)
            .finish_non_exhaustive()
    }
}
