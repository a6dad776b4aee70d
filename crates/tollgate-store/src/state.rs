//! Everything at one revision.

mod draft;
mod read;
mod replace;

use std::fmt;
use std::sync::Arc;

use tollgate_core::{ApiId, ResourceId};
use tollgate_model::ContentHash;

use crate::map::Map;
use crate::{Change, Entity, EntityKey, InvalidChange, Record, Revision, StoreError};
use draft::Draft;

/// Bytes that the records of a commit may have together as JSON: 256 MiB (a decision; PostgreSQL takes
/// messages of 1 GiB).
pub const MAX_COMMIT_BYTES: usize = 256 << 20;

/// Everything that is kept, at one revision. It does not change; a clone is cheap, and what
/// [`apply`](Self::apply) makes of it shares all that is not changed.
#[derive(Clone, Default)]
pub struct State {
    revision: Revision,
    records: Map<EntityKey, Record>,
    /// Resources by path.
    paths: Map<(ApiId, Arc<str>, ResourceId), ()>,
    /// How many deployments name a document.
    named: Map<ContentHash, usize>,
    /// Usage plans of a key: key and plan.
    plans_of_key: Map<(Arc<str>, Arc<str>), ()>,
    /// What the next new record has for [`Record::made`].
    next_made: u64,
}

/// A record that a commit writes, or removes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Write {
    /// Its name.
    pub key: EntityKey,
    /// `None`: it is removed.
    pub record: Option<Record>,
}

/// What changes lead to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Applied {
    /// The state at the next revision.
    pub state: State,
    /// What is written for it, sorted by key: what was asked for, and what goes with it.
    pub writes: Vec<Write>,
}

impl State {
    /// Nothing, at revision 0.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Which state it is.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// How many records there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All records, sorted by key.
    pub fn records(&self) -> impl Iterator<Item = (&EntityKey, &Record)> {
        self.records.iter()
    }

    /// The record of a key.
    #[must_use]
    pub fn record(&self, key: &EntityKey) -> Option<&Record> {
        self.records.get(key)
    }

    /// The entity of a key.
    #[must_use]
    pub fn entity(&self, key: &EntityKey) -> Option<&Entity> {
        self.record(key).map(Record::entity)
    }

    /// Makes changes, one after the other, and looks at the end whether everything is whole:
    ///
    /// - what belongs to an API, a usage plan or a domain name has it; a key of a plan has the API key;
    /// - a resource has its parent, and the path that follows from it, which no other resource has; the
    ///   root has none and is `/`;
    /// - a deployment has its document; a stage has its deployment, and that of its canary;
    /// - ids and names are there, no record, key or commit is too large, and all records can be read again.
    ///
    /// Documents that no deployment names any more go with the changes. What plans and mappings say
    /// about stages is not looked at, nor what stages say about versions of
    /// documentation and client certificates.
    ///
    /// ```
    /// use tollgate_model::{Deployment, RestApi, Stage, Timestamp};
    /// use tollgate_store::{Change, Entity, EntityKey, InvalidChange, State};
    ///
    /// let mut api = RestApi::default();
    /// api.id = Some("a1b2c3d4e5".into());
    /// let state = State::new().apply(&[Change::Put(Entity::RestApi(api))])?.state;
    /// assert_eq!(state.revision().number(), 1);
    ///
    /// let mut stage = Stage::new("prod".parse().expect("it is a name"));
    /// stage.deployment_id = Some("d1".into());
    /// let refused = state.apply(&[Change::Put(Entity::Stage("a1b2c3d4e5".into(), stage))]);
    /// let missing = InvalidChange::Missing {
    ///     key: EntityKey::Deployment("a1b2c3d4e5".into(), "d1".into()),
    ///     by: EntityKey::Stage("a1b2c3d4e5".into(), "prod".parse().expect("it is a name")),
    /// };
    /// assert_eq!(refused.expect_err("there is no deployment"), missing);
    /// # Ok::<(), InvalidChange>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidChange`].
    pub fn apply(&self, changes: &[Change]) -> Result<Applied, InvalidChange> {
        let mut draft = Draft::of(self);
        for change in changes {
            draft.change(change)?;
        }
        draft.collect();
        draft.check()?;
        Ok(draft.finish(self, self.revision.next()))
    }

    /// Whether it is the state that changes were made for.
    pub(crate) fn expect(&self, expected: Revision) -> Result<(), StoreError> {
        let current = self.revision;
        if current == expected {
            return Ok(());
        }
        Err(StoreError::Conflict { expected, current })
    }

    /// The state of these records, with other ones in place of those of the same keys.
    ///
    /// # Errors
    ///
    /// What is not whole about it.
    pub(crate) fn replayed(
        &self,
        revision: Revision,
        writes: impl IntoIterator<Item = Write>,
    ) -> Result<Self, InvalidChange> {
        let mut draft = Draft::of(self);
        for write in writes {
            draft.write(write);
        }
        draft.check()?;
        Ok(draft.finish(self, revision).state)
    }
}

/// Without the records, which are many.
impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("revision", &self.revision)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
