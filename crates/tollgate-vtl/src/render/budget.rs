//! What is left of the limits of one render.

use std::sync::Arc;

use crate::limits::{LimitExceeded, Limits};
use crate::methods::{ConstantPatterns, Patterns};
use crate::profile::{Profile, Rules};
use crate::value::{Value, weight};

/// Counts work and memory down, and knows the rules of the flavour.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    rules: Rules,
    steps: u64,
    rounds: usize,
    bytes: usize,
    /// The regular expressions compiled so far.
    pub(crate) patterns: Patterns,
    /// The regular expressions that the template names.
    pub(crate) constants: Option<Arc<ConstantPatterns>>,
}

impl Budget {
    pub(crate) fn new(profile: &Profile) -> Self {
        let limits = profile.limits();
        Self {
            limits: *limits,
            rules: profile.rules,
            steps: limits.steps,
            rounds: limits.loop_rounds,
            bytes: limits.allocated_bytes,
            patterns: Patterns::default(),
            constants: None,
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What the flavour of the language demands.
    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Accounts for a round of a loop.
    pub(crate) fn take_round(&mut self) -> Result<(), LimitExceeded> {
        match self.rounds.checked_sub(1) {
            Some(left) => self.rounds = left,
            None => return Err(LimitExceeded::LoopRounds(self.limits.loop_rounds)),
        }
        Ok(())
    }

    /// Accounts for work.
    #[inline]
    pub(crate) fn take_steps(&mut self, count: u64) -> Result<(), LimitExceeded> {
        match self.steps.checked_sub(count) {
            Some(left) => self.steps = left,
            None => return Err(LimitExceeded::Steps(self.limits.steps)),
        }
        Ok(())
    }

    /// Accounts for work that touches every byte or item of something this long.
    pub(crate) fn take_pass(&mut self, length: usize) -> Result<(), LimitExceeded> {
        self.take_steps(1 + length as u64 / 16)
    }

    /// Accounts for memory.
    pub(crate) fn allocate(&mut self, bytes: usize) -> Result<(), LimitExceeded> {
        match self.bytes.checked_sub(bytes) {
            Some(left) => self.bytes = left,
            None => return Err(LimitExceeded::AllocatedBytes(self.limits.allocated_bytes)),
        }
        Ok(())
    }

    /// Accounts for a string about to be made.
    pub(crate) fn allocate_string(&mut self, bytes: usize) -> Result<(), LimitExceeded> {
        self.check_string(bytes)?;
        self.allocate(bytes)
    }

    /// Checks the length of a string about to be made.
    pub(crate) fn check_string(&self, bytes: usize) -> Result<(), LimitExceeded> {
        if bytes > self.limits.string_bytes {
            return Err(LimitExceeded::StringBytes(self.limits.string_bytes));
        }
        Ok(())
    }

    /// Accounts for `added` items that bring a collection to `length`.
    pub(crate) fn allocate_items(
        &mut self,
        length: usize,
        added: usize,
    ) -> Result<(), LimitExceeded> {
        self.check_items(length)?;
        self.take_pass(added)?;
        self.allocate(added.saturating_mul(weight::ITEM))
    }

    /// Accounts for `added` items that make a list grow to `length`.
    pub(crate) fn grow_list(&mut self, length: usize, added: usize) -> Result<(), LimitExceeded> {
        self.check_items(length)?;
        self.take_pass(added)?;
        self.allocate(added.saturating_mul(weight::GROWN_ITEM))
    }

    /// Accounts for `added` entries that bring a map to `length`.
    pub(crate) fn allocate_entries(
        &mut self,
        length: usize,
        added: usize,
    ) -> Result<(), LimitExceeded> {
        self.check_items(length)?;
        self.take_pass(added)?;
        self.allocate(added.saturating_mul(weight::MAP_ENTRY))
    }

    /// Accounts for a value that has just been made, beside what is in it.
    #[inline]
    pub(crate) fn allocate_value(&mut self, value: &Value<'_>) -> Result<(), LimitExceeded> {
        match weight::of_new(value) {
            0 => Ok(()),
            bytes => self.allocate(bytes),
        }
    }

    fn check_items(&self, length: usize) -> Result<(), LimitExceeded> {
        if length > self.limits.collection_items {
            return Err(LimitExceeded::CollectionItems(self.limits.collection_items));
        }
        Ok(())
    }
}
