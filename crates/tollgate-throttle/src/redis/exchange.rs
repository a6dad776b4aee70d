//! One run of the script: what is said to it, and what is learnt.

use std::sync::Arc;
use std::time::Duration;

use tollgate_core::Moment;
use tollgate_redis::Error;

use super::inner::{Inner, kept, signed};
use super::lease::LEASE_KEPT;
use super::remote::{Batch, Known, Seen, Shared};
use super::taking::Grant;
use super::terms::{Terms, admitted};
use crate::{Day, Window};

/// Why nothing was fetched.
#[derive(Debug)]
pub(super) enum Unfetched {
    /// A limit refuses, which would admit after this time.
    Refused { place: usize, wait: Duration },
    /// Redis is away, or what it answers cannot be understood.
    Away,
}

/// How many days counts are kept after the end of their window.
pub(super) const KEPT_DAYS: u32 = 35;
const KEPT_AFTER: Duration = Duration::from_secs(KEPT_DAYS as u64 * 86_400);

/// What is said where a bucket never has a token again.
const NEVER: Duration = Duration::from_secs(365 * 86_400);

/// What was said of a limit.
struct Said {
    /// The connection that it was said over.
    epoch: u64,
    wanted: u64,
    window: Option<Window>,
    batch: Option<Batch>,
}

/// What was answered of a limit.
struct Answer {
    taken: u64,
    /// What a bucket holds, or a window has used.
    level: u64,
    granted: i64,
}

/// Fetches some of each limit, or of none; all have the same tag.
pub(super) async fn fetch(inner: Arc<Inner>, limits: Vec<Shared>) -> Result<Vec<Grant>, Unfetched> {
    let now = inner.clock.now();
    let mut request = Request::new(&inner);
    let said: Vec<_> = limits
        .iter()
        .map(|limit| request.add(limit, limit.window(now), true, now))
        .collect();
    let answered = request.send().await;
    let (refused, wait, answers) = answered.map_err(|_| Unfetched::Away)?;
    let mut grants = Vec::new();
    for ((shared, said), answer) in limits.iter().zip(said).zip(&answers) {
        inner.learn(shared, &said, answer, now);
        if refused.is_none() {
            let kept = kept(said.window, now);
            grants.push(Grant::new(&inner, shared, said.window, (now, kept)));
            inner.deposit(shared, answer.taken.saturating_sub(1), kept, said.window);
        }
    }
    let Some((place, shared)) = refused.and_then(|place| Some((place, limits.get(place)?))) else {
        return Ok(grants);
    };
    let wait = u64::try_from(wait).map_or(NEVER, Duration::from_micros);
    shared.refuse(wait, now);
    Err(Unfetched::Refused { place, wait })
}

/// Brings back what a limit need not have; whether something is left to bring.
pub(super) async fn settle(inner: &Inner, shared: &Shared, is_end: bool) -> Result<bool, Error> {
    let now = inner.clock.now();
    let lease = &shared.remote.lease;
    let expired = if is_end {
        lease.drain()
    } else {
        lease.drain_expired(now)
    };
    let (is_unsettled, window) = shared.unsettled(expired);
    if !is_unsettled {
        return Ok(!lease.is_empty());
    }
    tell(inner, shared, window).await?;
    let known = shared.remote.known();
    let is_left = known.quota.adjustments.next_window().is_some();
    Ok(is_left || !lease.is_empty())
}

/// Tells Redis what it should know of a limit, without taking any.
pub(super) async fn tell(
    inner: &Inner,
    shared: &Shared,
    window: Option<Window>,
) -> Result<(), Error> {
    let now = inner.clock.now();
    let mut request = Request::new(inner);
    let said = request.add(shared, window, false, now);
    let (_, _, answers) = request.send().await?;
    for answer in &answers {
        inner.learn(shared, &said, answer, now);
    }
    Ok(())
}

impl Shared {
    /// Remembers that there is nothing, until half a lease can be there again.
    fn refuse(&self, wait: Duration, now: Moment) {
        if self.is_exact {
            return;
        }
        let after = |time: Duration| {
            let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
            now.monotonic_nanos().saturating_add(nanos)
        };
        let until = after(self.terms.refused_for());
        self.remote.refuse(after(wait), until);
    }

    /// Whether something is to be brought back, what has expired included, and for which window.
    fn unsettled(&self, expired: u64) -> (bool, Option<Window>) {
        let mut known = self.remote.known();
        if let Some((spent, _)) = &mut known.fetched {
            *spent = spent.saturating_sub(expired);
        }
        match &*self.terms {
            Terms::Bucket { .. } => {
                known.bucket.back += expired;
                (known.bucket.back > 0, None)
            }
            Terms::Quota { .. } => {
                if let Some(window) = known.lease_window {
                    known.quota.adjustments.add(window, -signed(expired));
                }
                let window = known.quota.adjustments.next_window();
                (window.is_some(), window)
            }
        }
    }

    /// The window of a quota.
    pub(super) fn window(&self, now: Moment) -> Option<Window> {
        match &*self.terms {
            Terms::Bucket { .. } => None,
            Terms::Quota { limit, .. } => Some(limit.window(Day::of(now))),
        }
    }
}

struct Request<'a> {
    inner: &'a Inner,
    epoch: u64,
    keys: Vec<String>,
    arguments: Vec<i64>,
}

impl<'a> Request<'a> {
    fn new(inner: &'a Inner) -> Self {
        Self {
            inner,
            epoch: inner.connection.epoch().unwrap_or(0),
            keys: Vec::new(),
            arguments: vec![inner.connection.node().cast_signed()],
        }
    }

    fn add(
        &mut self,
        shared: &Shared,
        window: Option<Window>,
        is_wanted: bool,
        now: Moment,
    ) -> Said {
        let mut known = shared.remote.known();
        // What could not be spent in time is brought back.
        let expired = shared.remote.lease.drain_expired(now);
        let wanted = if is_wanted {
            wanted(&known, shared, expired, now)
        } else {
            0
        };
        match (&*shared.terms, window) {
            (
                Terms::Bucket {
                    numerator,
                    denominator,
                    capacity,
                    ..
                },
                _,
            ) => {
                let back = std::mem::take(&mut known.bucket.back) + expired;
                let arguments = [0, *numerator, *denominator, *capacity, wanted, back];
                self.arguments.extend(arguments.map(signed));
                self.keys.push(shared.remote.key.to_string());
                Said {
                    epoch: self.epoch,
                    wanted,
                    window: None,
                    batch: None,
                }
            }
            (Terms::Quota { limit, owner, .. }, window) => {
                let window = window.unwrap_or_else(|| limit.window(Day::of(now)));
                let of = known.lease_window.unwrap_or(window);
                known.quota.adjustments.add(of, -signed(expired));
                let batch = known.quota.adjustments.batch(window);
                let (count, number) = batch.map_or((0, 0), |batch| (batch.count, batch.number));
                let end = Duration::from_secs(u64::from(window.end.number()) * 86_400);
                let kept_for = end.saturating_sub(now.unix()) + KEPT_AFTER;
                let kept_for = i64::try_from(kept_for.as_millis()).unwrap_or(i64::MAX);
                let limit = admitted(limit, window);
                self.arguments
                    .extend([1, signed(limit), signed(wanted), count, signed(number)]);
                let days = [window.start, window.end].map(|day| i64::from(day.number()));
                self.arguments.extend(days);
                self.arguments.push(kept_for);
                let seen = known.quota.seen.filter(|seen| seen.window == window);
                let is_told = known.quota.told == Some((self.epoch, window));
                let recorded = match &self.inner.ledger {
                    Some(ledger) if !is_told => ledger.recorded(owner, window),
                    _ => Vec::new(),
                };
                let recorded_last = recorded.last().map(|last| (last.window_used, last.granted));
                let seen = seen.map(|seen| (seen.used, seen.granted));
                // The later of the two, which has counted more; others may have granted something
                // since this process saw it.
                let (used, granted) = match (seen, recorded_last) {
                    (Some(seen), Some(recorded)) if seen.0 > recorded.0 => seen,
                    (seen, recorded) => recorded.or(seen).unwrap_or_default(),
                };
                self.arguments.extend([signed(used), granted]);
                self.arguments
                    .push(signed(recorded.len().try_into().unwrap_or(0)));
                for day in &recorded {
                    let pair = [u64::from(day.day.number()), day.used];
                    self.arguments.extend(pair.map(signed));
                }
                self.keys.push(shared.remote.window_key(window));
                Said {
                    epoch: self.epoch,
                    wanted,
                    window: Some(window),
                    batch,
                }
            }
        }
    }

    /// The place that refuses, the microseconds until it would not, and what is said of each limit.
    async fn send(self) -> Result<(Option<usize>, i64, Vec<Answer>), Error> {
        let Self {
            inner,
            keys,
            arguments,
            ..
        } = self;
        let reply = inner
            .connection
            .run(&inner.script, &keys, &arguments)
            .await?;
        let numbers = reply.integers().unwrap_or_default();
        let [refused, wait, answers @ ..] = &*numbers else {
            return Err(Error::UnexpectedReply);
        };
        let answers: Vec<_> = answers
            .chunks_exact(3)
            .map(|answer| Answer {
                taken: answer[0].try_into().unwrap_or(0),
                level: answer[1].try_into().unwrap_or(0),
                granted: answer[2],
            })
            .collect();
        let refused = usize::try_from(*refused).map_err(|_| Error::UnexpectedReply)?;
        if answers.len() != keys.len() || refused > keys.len() {
            return Err(Error::UnexpectedReply);
        }
        Ok((refused.checked_sub(1), *wait, answers))
    }
}

/// How many are fetched: as many as were spent since the last time, twice where that was not long
/// ago, so that those who ask seldom do not hold what others could use.
fn wanted(known: &Known, shared: &Shared, expired: u64, now: Moment) -> u64 {
    let most = u64::from(shared.terms.most());
    let Some((spent, then)) = known.fetched else {
        return 1;
    };
    let spent = spent.saturating_sub(expired);
    let is_recent = now.since(then) < LEASE_KEPT;
    let wanted = if is_recent { 2 * spent } else { spent };
    wanted.clamp(1, most)
}

impl Inner {
    fn learn(&self, shared: &Shared, said: &Said, answer: &Answer, now: Moment) {
        let mut known = shared.remote.known();
        let Answer { taken, .. } = *answer;
        if taken > 0 {
            known.fetched = Some((taken, now));
        }
        let Some(window) = said.window else {
            if taken > 0 && taken < said.wanted {
                // More would have been spent. What was left is here, and asking for the next few is
                // not worth it.
                known.fetched = Some((said.wanted, now));
                shared.refuse(shared.terms.refused_for(), now);
            }
            known.bucket.level = Some((answer.level, now));
            known.bucket.share = None;
            return;
        };
        let quota = &mut known.quota;
        quota.share = None;
        quota.seen = Some(Seen {
            window,
            used: answer.level,
            granted: answer.granted,
        });
        quota.told = Some((said.epoch, window));
        if let Some(batch) = said.batch {
            quota.adjustments.acknowledge(batch);
        }
        drop(known);
        if taken > 0 || said.batch.is_some() {
            self.note_dirty(shared);
        }
    }
}
