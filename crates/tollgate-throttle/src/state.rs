//! How full a bucket is, in atomic numbers.

use tollgate_core::{Clock, Moment};

use crate::limit::Limit;
use crate::note::Note;
use crate::refusal::Wait;
use crate::sync::{AtomicU32, AtomicU64, Ordering};

/// What a bucket holds, without its limit, which many buckets can share: sixteen bytes.
///
/// Everything is said by the time at which the bucket would be full again (as the generic cell rate
/// algorithm has it). The two counters are for giving back alone.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// When it is full again, in the limit's units.
    full_at: AtomicU64,
    /// Tokens that somebody has begun to give back, and has given back; they wrap.
    returning: AtomicU32,
    returned: AtomicU32,
}

/// A time that no bucket is full at.
const RETIRED: u64 = u64::MAX;

impl State {
    /// A bucket that lacks so many units now.
    pub(crate) fn lacking(units: u64, limit: &Limit, now: Moment) -> Self {
        let state = Self::default();
        let full_at = limit.units(now).saturating_add(units);
        state.full_at.store(full_at, Ordering::Relaxed);
        state
    }

    /// Whether there are so many tokens: notes when the bucket is full, and what time it is.
    #[inline]
    pub(crate) fn check(&self, limit: &Limit, tokens: u32, now: Moment) -> Result<Note, Wait> {
        let (full_at, then) = (self.full_at.load(Ordering::Relaxed), limit.units(now));
        after(limit, tokens, full_at, then).map(|_| Note(full_at, then))
    }

    /// Takes what [`check`](Self::check) has seen, or what is there by now: notes when the bucket is
    /// full again, and how much was returned till now.
    #[inline]
    pub(crate) fn take(&self, limit: &Limit, tokens: u32, seen: Note) -> Result<Note, Wait> {
        let Note(mut full_at, then) = seen;
        let returned = self.returned.load(Ordering::SeqCst);
        loop {
            let full_then = after(limit, tokens, full_at, then)?;
            let swapped = self.full_at.compare_exchange_weak(
                full_at,
                full_then,
                Ordering::SeqCst,
                Ordering::Relaxed,
            );
            match swapped {
                Ok(_) => return Ok(Note(full_then, returned.into())),
                Err(newer) => full_at = newer,
            }
        }
    }

    /// Gives tokens back.
    ///
    /// Only what was surely not lost since comes back: a bucket that was full in the meantime has its
    /// tokens already. It was not full while its time lay ahead of the clock by more than all that
    /// others gave back since the take.
    pub(crate) fn give_back(&self, limit: &Limit, tokens: u32, taken: Note, clock: &dyn Clock) {
        let Note(full_then, returned_then) = taken;
        let returned_then = u32::try_from(returned_then).unwrap_or_default();
        self.returning.fetch_add(tokens, Ordering::SeqCst);
        let units = u64::from(tokens).saturating_mul(limit.token());
        let mut full_at = self.full_at.load(Ordering::SeqCst);
        loop {
            let returning = self.returning.load(Ordering::SeqCst);
            let others = returning.wrapping_sub(returned_then).saturating_sub(tokens);
            let others = u64::from(others).saturating_mul(limit.token());
            // Read after the number, which holds nothing that is later than this.
            let now = limit.units(clock.now());
            let surely_missing = full_then.saturating_sub(others).saturating_sub(now);
            let swapped = self.full_at.compare_exchange_weak(
                full_at,
                full_at.saturating_sub(units.min(surely_missing)),
                Ordering::SeqCst,
                Ordering::SeqCst,
            );
            match swapped {
                Ok(_) => break,
                Err(newer) => full_at = newer,
            }
        }
        self.returned.fetch_add(tokens, Ordering::SeqCst);
    }

    /// Makes a full bucket refuse for ever, if nobody takes from it at this moment: it can be
    /// forgotten then, since a new one says the same.
    pub(crate) fn retire(&self, limit: &Limit, now: Moment) -> bool {
        let full_at = self.full_at.load(Ordering::Relaxed);
        full_at <= limit.units(now)
            && self
                .full_at
                .compare_exchange(full_at, RETIRED, Ordering::SeqCst, Ordering::Relaxed)
                .is_ok()
    }

    pub(crate) fn is_retired(&self) -> bool {
        self.full_at.load(Ordering::Relaxed) == RETIRED
    }

    /// Units that it lacks until it is full.
    pub(crate) fn lacks(&self, limit: &Limit, now: Moment) -> u64 {
        let full_at = self.full_at.load(Ordering::Relaxed);
        full_at.saturating_sub(limit.units(now))
    }
}

/// When a bucket is full again after a take.
#[inline]
fn after(limit: &Limit, tokens: u32, full_at: u64, then: u64) -> Result<u64, Wait> {
    let units = u64::from(tokens).saturating_mul(limit.token());
    let full_then = full_at.max(then).saturating_add(units);
    let latest = then + limit.capacity();
    if full_then > latest {
        return Err(Wait::new(*limit, tokens, full_then - latest));
    }
    Ok(full_then)
}
