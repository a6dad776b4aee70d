//! How full a bucket is, in atomic numbers.

use tollgate_core::{Clock, Moment};

use crate::limit::Limit;
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

/// What a bucket looked like when it was asked, for who takes from it a moment later.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    full_at: u64,
    then: u64,
}

/// Tokens that were taken, for giving them back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    tokens: u32,
    /// When the bucket is full again if nothing more is taken.
    full_at: u64,
    returned: u32,
}

impl State {
    /// A bucket that lacks so many units now.
    pub(crate) fn lacking(units: u64, limit: &Limit, now: Moment) -> Self {
        let state = Self::default();
        let full_at = limit.units(now).saturating_add(units);
        state.full_at.store(full_at, Ordering::Relaxed);
        state
    }

    /// Whether there are so many tokens.
    pub(crate) fn check(&self, limit: &Limit, tokens: u32, now: Moment) -> Result<Seen, Wait> {
        let seen = Seen {
            full_at: self.full_at.load(Ordering::Relaxed),
            then: limit.units(now),
        };
        after(limit, tokens, seen).map(|_| seen)
    }

    /// Takes what [`check`](Self::check) has seen, or what is there by now.
    pub(crate) fn take(&self, limit: &Limit, tokens: u32, seen: Seen) -> Result<Taken, Wait> {
        let mut seen = seen;
        let returned = self.returned.load(Ordering::SeqCst);
        loop {
            let full_at = after(limit, tokens, seen)?;
            let swapped = self.full_at.compare_exchange_weak(
                seen.full_at,
                full_at,
                Ordering::SeqCst,
                Ordering::Relaxed,
            );
            match swapped {
                Ok(_) => {
                    return Ok(Taken {
                        tokens,
                        full_at,
                        returned,
                    });
                }
                Err(newer) => seen.full_at = newer,
            }
        }
    }

    /// Gives tokens back.
    ///
    /// Only what was surely not lost since comes back: a bucket that was full in the meantime has its
    /// tokens already. It was not full while its time lay ahead of the clock by more than all that
    /// others gave back since the take.
    pub(crate) fn give_back(&self, limit: &Limit, taken: Taken, clock: &dyn Clock) {
        self.returning.fetch_add(taken.tokens, Ordering::SeqCst);
        let units = u64::from(taken.tokens).saturating_mul(limit.token());
        let mut full_at = self.full_at.load(Ordering::SeqCst);
        loop {
            let returning = self.returning.load(Ordering::SeqCst);
            let others = returning
                .wrapping_sub(taken.returned)
                .saturating_sub(taken.tokens);
            let others = u64::from(others).saturating_mul(limit.token());
            // Read after the number, which holds nothing that is later than this.
            let now = limit.units(clock.now());
            let surely_missing = taken.full_at.saturating_sub(others).saturating_sub(now);
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
        self.returned.fetch_add(taken.tokens, Ordering::SeqCst);
    }

    /// Units that it lacks until it is full.
    pub(crate) fn lacks(&self, limit: &Limit, now: Moment) -> u64 {
        let full_at = self.full_at.load(Ordering::Relaxed);
        full_at.saturating_sub(limit.units(now))
    }
}

/// When the bucket is full again after a take.
fn after(limit: &Limit, tokens: u32, seen: Seen) -> Result<u64, Wait> {
    let units = u64::from(tokens).saturating_mul(limit.token());
    let full_at = seen.full_at.max(seen.then).saturating_add(units);
    let latest = seen.then + limit.capacity();
    if full_at > latest {
        return Err(Wait::new(*limit, tokens, full_at - latest));
    }
    Ok(full_at)
}
