//! Policies that authorizers returned, for as long as they are good.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use tollgate_core::Clock;

use super::answer::AuthorizerAnswer;
use super::flight::{Call, Flight, Flights, Outcome};
use super::key::{Key, Scope};
use crate::StageAccess;
use crate::limits::{DEFAULT_CACHE_BYTES, DEFAULT_CACHE_ENTRIES};

/// How much an [`AuthorizerCache`] keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheLimits {
    /// Policies.
    pub entries: u64,
    /// Bytes that they take, as estimated.
    pub bytes: u64,
}

impl Default for CacheLimits {
    fn default() -> Self {
        Self {
            entries: DEFAULT_CACHE_ENTRIES,
            bytes: DEFAULT_CACHE_BYTES,
        }
    }
}

impl CacheLimits {
    /// So many policies, of so many bytes together.
    #[must_use]
    pub const fn new(entries: u64, bytes: u64) -> Self {
        Self { entries, bytes }
    }
}

/// What authorizers answered, of any number of stages, kept in memory.
///
/// An answer is kept under API, stage, authorizer and the exact identity of the caller, and for no
/// longer than the authorizer says. Where there are too many, those that are asked for least go first:
/// strangers with a new token each do not drive out those who call again and again.
///
/// Callers who come with one identity at the same time wait for one call of the function. It goes on
/// as long as one of them waits; whoever leaves takes nothing from the others.
#[derive(Clone)]
pub struct AuthorizerCache {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    answers: Cache<Key, Kept>,
    flights: Flights,
    clock: Arc<dyn Clock>,
}

/// An answer, and when it is over.
#[derive(Clone)]
struct Kept {
    answer: Arc<AuthorizerAnswer>,
    end: Duration,
}

/// Bytes that an entry takes besides its key and its answer, as estimated.
const ENTRY_BYTES: usize = 512;
/// Bytes that a compiled policy takes for each byte of its text, as estimated.
const BYTES_PER_BYTE: usize = 4;

impl AuthorizerCache {
    /// An empty one, which reads the time from this clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with_limits(CacheLimits::default(), clock)
    }

    /// One that keeps at most so much.
    #[must_use]
    pub fn with_limits(limits: CacheLimits, clock: Arc<dyn Clock>) -> Self {
        // An entry takes at least what it would if there were as many as there may be.
        let least = limits.bytes.div_ceil(limits.entries.max(1));
        let least = u32::try_from(least).unwrap_or(u32::MAX);
        let weigh = move |key: &Key, kept: &Kept| {
            let bytes = ENTRY_BYTES + key.len() + BYTES_PER_BYTE * kept.answer.length();
            u32::try_from(bytes).unwrap_or(u32::MAX).max(least)
        };
        let answers = Cache::builder().max_capacity(limits.bytes).weigher(weigh);
        Self {
            inner: Arc::new(Inner {
                answers: answers.build(),
                flights: Flights::default(),
                clock,
            }),
        }
    }

    /// Forgets what the authorizers of a stage answered (API Gateway API reference,
    /// `FlushStageAuthorizersCache`); an answer that is on its way is not kept either.
    pub fn flush_stage(&self, access: &StageAccess) {
        self.inner.flights.forget();
        let stage = Scope::of_stage(access);
        for (key, _) in &self.inner.answers {
            if key.starts_with(&stage) {
                self.inner.answers.invalidate(&*key);
            }
        }
    }

    /// How many answers are kept, those included that are over and have not been asked for since.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.inner.answers.run_pending_tasks();
        self.inner.answers.entry_count()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Caches are equal where they are the same.
impl PartialEq for AuthorizerCache {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }
}

impl Eq for AuthorizerCache {}

impl Inner {
    /// What is kept for a caller.
    pub(super) fn get(&self, key: &Key) -> Option<Arc<AuthorizerAnswer>> {
        let kept = self.answers.get(key)?;
        (self.clock.now().monotonic() < kept.end).then_some(kept.answer)
    }

    /// The call of the function for this caller: the one that is under way, or a new one, whose answer
    /// is kept for so long.
    pub(super) fn call(
        self: &Arc<Self>,
        key: &Key,
        ttl: Duration,
        function: impl FnOnce() -> Call,
    ) -> Flight {
        let begin = |number| {
            let landing = Landing {
                cache: Arc::clone(self),
                key: key.clone(),
                number,
            };
            let call = function();
            let flight: Call = Box::pin(async move {
                let outcome: Outcome = call.await;
                if let Ok(answer) = &outcome {
                    landing.keep(answer, ttl);
                }
                outcome
            });
            flight
        };
        // One that ended since the cache was looked into has left its answer there.
        let kept = || self.get(key);
        self.flights.join(key, kept, begin)
    }
}

/// The end of a call: its answer is kept, or, where it broke off or failed, nothing.
struct Landing {
    cache: Arc<Inner>,
    key: Key,
    number: u64,
}

impl Landing {
    fn keep(&self, answer: &Arc<AuthorizerAnswer>, ttl: Duration) {
        let kept = Kept {
            answer: Arc::clone(answer),
            end: self.cache.clock.now().monotonic().saturating_add(ttl),
        };
        let insert = || self.cache.answers.insert(self.key.clone(), kept);
        self.cache.flights.end(&self.key, self.number, insert);
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.cache.flights.end(&self.key, self.number, || ());
    }
}

impl fmt::Debug for AuthorizerCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizerCache")
            .field("entries", &self.inner.answers.entry_count())
            .finish_non_exhaustive()
    }
}
