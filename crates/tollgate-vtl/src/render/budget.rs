//! What is left of the limits of one render.

use crate::limits::{LimitExceeded, Limits};
use crate::methods::Patterns;
use crate::profile::{Profile, Rules};
use crate::value::{Str, Value, weight};

/// What is left of the [`Limits`] of one render: work, which counts in steps, and memory.
///
/// All that a template does is taken from it. The methods of an [`Object`](crate::Object) get it to
/// take what they do themselves, before they do it where they can tell: whatever grows with the
/// length of a text or the size of a document.
///
/// ```
/// use tollgate_vtl::{Budget, CallError, Object, Value};
///
/// /// `$text.reversed('abc')`
/// struct Text;
///
/// impl<'a> Object<'a> for Text {
///     fn call(
///         &self,
///         method: &str,
///         arguments: &[Value<'a>],
///         budget: &mut Budget,
///     ) -> Result<Option<Value<'a>>, CallError> {
///         match (method, arguments) {
///             ("reversed", [Value::Str(text)]) => {
///                 budget.take_pass(text.len())?;
///                 budget.allocate_string(text.len())?;
///                 Ok(Some(text.chars().rev().collect::<String>().into()))
///             }
///             _ => Ok(None),
///         }
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    rules: Rules,
    steps: u64,
    rounds: usize,
    bytes: usize,
    /// The regular expressions at hand, if there are any.
    patterns: Option<Box<Patterns>>,
    /// Room for the next string to be made.
    spare: String,
}

impl Budget {
    /// All that the limits of a profile let a render have.
    #[must_use]
    pub fn new(profile: &Profile) -> Self {
        let limits = profile.limits();
        Self {
            limits: *limits,
            rules: profile.rules,
            steps: limits.steps,
            rounds: limits.loop_rounds,
            bytes: limits.allocated_bytes,
            patterns: None,
            spare: String::new(),
        }
    }

    /// The limits themselves.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many steps are left.
    #[must_use]
    pub fn steps_left(&self) -> u64 {
        self.steps
    }

    /// How many bytes of memory are left.
    #[must_use]
    pub fn bytes_left(&self) -> usize {
        self.bytes
    }

    /// What is left of steps and memory, to [return to](Self::return_to).
    #[inline]
    pub(crate) fn mark(&self) -> (u64, usize) {
        (self.steps, self.bytes)
    }

    /// Gives back what has been taken since, for something that was not done.
    #[inline]
    pub(crate) fn return_to(&mut self, mark: (u64, usize)) {
        (self.steps, self.bytes) = mark;
    }

    /// The regular expressions at hand.
    pub(crate) fn patterns(&mut self) -> &mut Patterns {
        self.patterns.get_or_insert_default()
    }

    /// Room to make a string in, empty; [`keep`](Self::keep) takes it back.
    pub(crate) fn room(&mut self) -> String {
        std::mem::take(&mut self.spare)
    }

    /// The string that was made in the room, which is kept for the next.
    pub(crate) fn keep<'a>(&mut self, mut room: String) -> Str<'a> {
        let made = Str::copied(&room);
        room.clear();
        self.spare = room;
        made
    }

    /// Parts as one string.
    pub(crate) fn string<'a, 'p>(&mut self, parts: impl IntoIterator<Item = &'p str>) -> Str<'a> {
        let mut room = self.room();
        room.extend(parts);
        self.keep(room)
    }

    /// Parts as one string, with something between them.
    pub(crate) fn joined<'a, 'p>(
        &mut self,
        parts: impl IntoIterator<Item = &'p str>,
        between: &'p str,
    ) -> Str<'a> {
        let mut room = self.room();
        for (index, part) in parts.into_iter().enumerate() {
            room.push_str(if index == 0 { "" } else { between });
            room.push_str(part);
        }
        self.keep(room)
    }

    /// What the flavour of the language demands.
    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Accounts for a round of a loop.
    pub(crate) fn take_round(&mut self) -> Result<(), LimitExceeded> {
        match self.spend_round() {
            true => Ok(()),
            false => Err(LimitExceeded::LoopRounds(self.limits.loop_rounds)),
        }
    }

    /// Accounts for work: a step is what a directive or a value touched takes, about a hundred
    /// nanoseconds.
    ///
    /// # Errors
    ///
    /// [`LimitExceeded::Steps`] if so much is not left.
    #[inline]
    pub fn take_steps(&mut self, count: u64) -> Result<(), LimitExceeded> {
        match self.steps.checked_sub(count) {
            Some(left) => self.steps = left,
            None => return Err(self.out_of_steps()),
        }
        Ok(())
    }

    /// Whether so many steps are left.
    #[inline(always)]
    pub(super) fn affords(&self, count: u64) -> bool {
        self.steps >= count
    }

    /// Takes steps that are [left](Self::affords).
    #[inline(always)]
    pub(super) fn spend(&mut self, count: u64) {
        self.steps -= count;
    }

    /// Takes a round of a loop, if one is left.
    #[inline(always)]
    pub(super) fn spend_round(&mut self) -> bool {
        match self.rounds.checked_sub(1) {
            Some(left) => {
                self.rounds = left;
                true
            }
            None => false,
        }
    }

    #[cold]
    #[inline(never)]
    fn out_of_steps(&self) -> LimitExceeded {
        LimitExceeded::Steps(self.limits.steps)
    }

    /// Accounts for work that touches every byte or item of something this long; sixteen are a step.
    ///
    /// # Errors
    ///
    /// [`LimitExceeded::Steps`] if so much is not left.
    pub fn take_pass(&mut self, length: usize) -> Result<(), LimitExceeded> {
        self.take_steps(Self::steps_of_pass(length))
    }

    /// How many steps that is.
    #[inline]
    pub(crate) fn steps_of_pass(length: usize) -> u64 {
        1 + length as u64 / 16
    }

    /// Accounts for memory.
    ///
    /// # Errors
    ///
    /// [`LimitExceeded::AllocatedBytes`] if so much is not left.
    pub fn allocate(&mut self, bytes: usize) -> Result<(), LimitExceeded> {
        match self.bytes.checked_sub(bytes) {
            Some(left) => self.bytes = left,
            None => return Err(LimitExceeded::AllocatedBytes(self.limits.allocated_bytes)),
        }
        Ok(())
    }

    /// Accounts for the text of a string about to be made.
    ///
    /// # Errors
    ///
    /// [`LimitExceeded::StringBytes`] or [`LimitExceeded::AllocatedBytes`].
    pub fn allocate_string(&mut self, bytes: usize) -> Result<(), LimitExceeded> {
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
    ///
    /// # Errors
    ///
    /// [`LimitExceeded::CollectionItems`], [`LimitExceeded::Steps`] or
    /// [`LimitExceeded::AllocatedBytes`].
    pub fn allocate_items(&mut self, length: usize, added: usize) -> Result<(), LimitExceeded> {
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
    ///
    /// # Errors
    ///
    /// [`LimitExceeded::CollectionItems`], [`LimitExceeded::Steps`] or
    /// [`LimitExceeded::AllocatedBytes`].
    pub fn allocate_entries(&mut self, length: usize, added: usize) -> Result<(), LimitExceeded> {
        self.check_items(length)?;
        self.take_pass(added)?;
        self.allocate(added.saturating_mul(weight::MAP_ENTRY))
    }

    /// Accounts for a value that has just been made, beside the text, the items or the entries in it;
    /// for nothing if somebody else holds it too.
    ///
    /// # Errors
    ///
    /// [`LimitExceeded::AllocatedBytes`] if so much is not left.
    #[inline]
    pub fn allocate_value(&mut self, value: &Value<'_>) -> Result<(), LimitExceeded> {
        match weight::of_new(value) {
            0 => Ok(()),
            bytes => self.allocate(bytes),
        }
    }

    /// Accounts for a value as [`allocate_value`](Self::allocate_value), and for its text if it is a
    /// string. Properties and entries of objects are counted so by themselves.
    ///
    /// # Errors
    ///
    /// [`LimitExceeded::Steps`] or [`LimitExceeded::AllocatedBytes`] if so much is not left.
    #[inline]
    pub fn allocate_given(&mut self, value: &Value<'_>) -> Result<(), LimitExceeded> {
        match value {
            Value::Str(text) if text.is_own() => {
                self.take_pass(text.len())?;
                self.allocate(weight::STRING.saturating_add(text.len()))
            }
            value => self.allocate_value(value),
        }
    }

    /// Accounts for what an object of the embedder keeps under a name it is given.
    pub(crate) fn allocate_member(&mut self, name: &str) -> Result<(), LimitExceeded> {
        self.take_pass(name.len())?;
        self.allocate(weight::MEMBER.saturating_add(name.len()))
    }

    fn check_items(&self, length: usize) -> Result<(), LimitExceeded> {
        if length > self.limits.collection_items {
            return Err(LimitExceeded::CollectionItems(self.limits.collection_items));
        }
        Ok(())
    }
}
