//! What the store and its task share, and the decisions that need not ask.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Notify;
use tollgate_core::{Clock, Moment};
use tollgate_redis::{Connection, Script};

use super::lease::LEASE_KEPT;
use super::ledger::Ledger;
use super::remote::{Attached, Remote, Shared};
use super::terms::Terms;
use crate::note::Note;
use crate::store::Kind;
use crate::{Day, Limited, Refused, StoredLimit, Until, UsageJournal, Verdict, Window};

pub(super) struct Inner {
    pub(super) connection: Connection,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) runtime: Handle,
    pub(super) script: Script,
    pub(super) ledger: Option<Ledger>,
    remotes: Mutex<Remotes>,
    /// Limits with something to bring back.
    listed: Mutex<Vec<Shared>>,
    /// Quotas that admit everything, of which something was counted.
    counted: Mutex<Vec<Shared>>,
    /// Quotas whose counts are to be recorded.
    dirty: Mutex<Vec<Shared>>,
    /// Something is to be brought back at once.
    pub(super) kick: Notify,
    /// The task ends when it has done what it does.
    pub(super) is_closing: AtomicBool,
}

#[derive(Default)]
struct Remotes {
    by_key: HashMap<Box<str>, Weak<Remote>>,
    last_number: u64,
    /// When the table is searched for what is gone.
    sweep_at: usize,
}

/// Limits of a decision that is made without asking; others ask.
const FEW: usize = 8;

impl Inner {
    pub(super) fn new(
        connection: Connection,
        clock: Arc<dyn Clock>,
        journal: Option<Arc<dyn UsageJournal>>,
        runtime: Handle,
    ) -> Self {
        Self {
            connection,
            clock,
            runtime,
            script: Script::new(include_str!("take.lua")),
            ledger: journal.map(Ledger::new),
            remotes: Mutex::default(),
            listed: Mutex::default(),
            counted: Mutex::default(),
            dirty: Mutex::default(),
            kick: Notify::new(),
            is_closing: AtomicBool::new(false),
        }
    }

    #[inline]
    pub(super) fn attached<'a>(&self, limit: &'a StoredLimit) -> &'a Attached {
        limit.attached.get_or_init(|| self.attach(limit))
    }

    #[cold]
    fn attach(&self, limit: &StoredLimit) -> Attached {
        let Some(terms) = Terms::of(limit) else {
            return Attached::Local;
        };
        let tag = limit.key.tag();
        let key = format!(
            "{{{}:{tag}}}:{}",
            self.connection.prefix(),
            limit.key.name()
        );
        let mut remotes = self.remotes.lock().unwrap_or_else(PoisonError::into_inner);
        let known = remotes.by_key.get(&*key).and_then(Weak::upgrade);
        let remote = known.unwrap_or_else(|| remotes.add(tag, key));
        let is_endless = matches!(&limit.kind, Kind::Quota { limit, .. } if limit.is_endless());
        let shared = Shared {
            remote,
            is_exact: terms.most() == 1 && limit.mode.is_some(),
            terms: Arc::new(terms),
        };
        if is_endless {
            Attached::Counted(shared)
        } else {
            Attached::Shared(shared)
        }
    }

    /// The verdict, where no limit must be asked for.
    pub(super) fn decide(&self, limits: &[Option<&StoredLimit>], now: Moment) -> Option<Verdict> {
        if limits.len() > FEW {
            return None;
        }
        let mut notes = [Note::default(); FEW];
        let mut must_ask = false;
        for (index, (limit, note)) in limits.iter().zip(&mut notes).enumerate() {
            let Some(limit) = limit else { continue };
            match Source::of(self, self.attached(limit), limit).check(now) {
                Ok(Some(seen)) => *note = seen,
                Ok(None) => must_ask = true,
                Err(until) => return Some(refused(index, until)),
            }
        }
        if must_ask {
            return None;
        }
        for (index, limit) in limits.iter().enumerate() {
            let Some(limit) = limit else { continue };
            let source = Source::of(self, self.attached(limit), limit);
            match source.take(notes[index]) {
                Ok(Some(taken)) => notes[index] = taken,
                outcome => {
                    // Somebody else was quicker.
                    for (limit, taken) in limits.iter().zip(notes).take(index) {
                        if let Some(limit) = limit {
                            let source = Source::of(self, self.attached(limit), limit);
                            source.give_back(taken, now, self);
                        }
                    }
                    return outcome.err().map(|until| refused(index, until));
                }
            }
        }
        Some(Verdict::of(Ok(())))
    }

    /// Puts tokens into a lease, for what is left of the time since they were fetched.
    pub(super) fn deposit(
        &self,
        shared: &Shared,
        tokens: u64,
        kept: Duration,
        window: Option<Window>,
    ) {
        if tokens == 0 {
            return;
        }
        let now = self.clock.now();
        let remote = &shared.remote;
        let mut known = remote.known();
        let expired = remote.lease.add(tokens, kept, now);
        match window {
            Some(window) => {
                let of = known.lease_window.replace(window).unwrap_or(window);
                known.quota.adjustments.add(of, -signed(expired));
            }
            None => known.bucket.back += expired,
        }
        drop(known);
        self.list(shared);
    }

    /// Brings a token back to Redis that was fetched and is not used.
    pub(super) fn bring_back(&self, shared: &Shared, window: Option<Window>) {
        let mut known = shared.remote.known();
        match window {
            Some(window) => known.quota.adjustments.add(window, -1),
            None => known.bucket.back += 1,
        }
        drop(known);
        self.list(shared);
        self.kick.notify_one();
    }

    /// Counts requests that Redis is told of later.
    #[inline]
    pub(super) fn count(&self, shared: &Shared, requests: i64) {
        let before = shared
            .remote
            .uncounted
            .fetch_add(requests, Ordering::AcqRel);
        if before == 0 {
            lock(&self.counted).push(shared.clone());
        }
    }

    /// Puts what was counted till now among what is brought back.
    pub(super) fn collect_counts(&self) {
        let now = self.clock.now();
        for shared in std::mem::take(&mut *lock(&self.counted)) {
            let count = shared.remote.uncounted.swap(0, Ordering::AcqRel);
            if let Some(window) = shared.window(now) {
                shared.remote.known().quota.adjustments.add(window, count);
                self.list(&shared);
            }
        }
    }

    /// Remembers to look after a limit.
    pub(super) fn list(&self, shared: &Shared) {
        let is_new = !std::mem::replace(&mut shared.remote.known().is_listed, true);
        if is_new {
            lock(&self.listed).push(shared.clone());
        }
    }

    pub(super) fn take_listed(&self) -> Vec<Shared> {
        std::mem::take(&mut *lock(&self.listed))
    }

    /// Remembers to record a count.
    pub(super) fn note_dirty(&self, shared: &Shared) {
        if self.ledger.is_none() {
            return;
        }
        let is_new = !std::mem::replace(&mut shared.remote.known().quota.is_dirty, true);
        if is_new {
            lock(&self.dirty).push(shared.clone());
        }
    }

    pub(super) fn take_dirty(&self) -> Vec<Shared> {
        let dirty = std::mem::take(&mut *lock(&self.dirty));
        for shared in &dirty {
            shared.remote.known().quota.is_dirty = false;
        }
        dirty
    }
}

fn lock<T>(list: &Mutex<Vec<T>>) -> MutexGuard<'_, Vec<T>> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl Remotes {
    fn add(&mut self, tag: &str, key: String) -> Arc<Remote> {
        if self.by_key.len() >= self.sweep_at {
            self.by_key.retain(|_, remote| remote.strong_count() > 0);
            self.sweep_at = (2 * self.by_key.len()).max(1_024);
        }
        self.last_number += 1;
        let remote = Arc::new(Remote::new(self.last_number, tag, key));
        let weak = Arc::downgrade(&remote);
        self.by_key.insert(remote.key.clone(), weak);
        remote
    }
}

pub(super) fn refused(index: usize, until: Until) -> Verdict {
    Verdict::of(Err(Refused { index, until }))
}

/// Where one of a limit is taken from without asking.
pub(super) enum Source<'a> {
    Local(Limited<'a>),
    Lease(&'a Shared, &'a StoredLimit),
    Counted(&'a Inner, &'a Shared),
}

impl<'a> Source<'a> {
    #[inline]
    pub(super) fn of(inner: &'a Inner, attached: &'a Attached, limit: &'a StoredLimit) -> Self {
        match attached {
            Attached::Local => Self::Local(limit.limited()),
            Attached::Shared(shared) => Self::Lease(shared, limit),
            Attached::Counted(shared) => Self::Counted(inner, shared),
        }
    }

    /// Whether there is one; `None`: Redis must be asked.
    #[inline]
    pub(super) fn check(&self, now: Moment) -> Result<Option<Note>, Until> {
        match self {
            Self::Local(limited) => limited.check(now).map(Some),
            Self::Lease(shared, _) if shared.is_exact => Ok(None),
            Self::Counted(..) => Ok(Some(Note::default())),
            Self::Lease(shared, limit) => {
                if let Some(seen) = shared.remote.lease.check(now) {
                    return Ok(Some(seen));
                }
                match shared.remote.refuses(now) {
                    Some(admits_from) => {
                        let wait = admits_from.saturating_sub(now.monotonic_nanos());
                        Err(until(limit, Duration::from_nanos(wait), now))
                    }
                    None => Ok(None),
                }
            }
        }
    }

    #[inline]
    pub(super) fn take(&self, seen: Note) -> Result<Option<Note>, Until> {
        match self {
            Self::Local(limited) => limited.take(seen).map(Some),
            Self::Lease(shared, _) => Ok(shared.remote.lease.take(seen)),
            Self::Counted(inner, shared) => {
                inner.count(shared, 1);
                Ok(Some(seen))
            }
        }
    }

    #[cold]
    pub(super) fn give_back(&self, taken: Note, now: Moment, inner: &Inner) {
        match self {
            Self::Local(limited) => limited.give_back(taken, now, &*inner.clock),
            Self::Lease(shared, _) => {
                let window = shared.remote.known().lease_window;
                inner.deposit(shared, 1, super::lease::left(taken, now), window);
            }
            Self::Counted(inner, shared) => inner.count(shared, -1),
        }
    }
}

/// What a refusal of a limit says.
pub(super) fn until(limit: &StoredLimit, wait: Duration, now: Moment) -> Until {
    match &limit.kind {
        Kind::Rate(bucket) => Until::Rate(bucket.wait(wait)),
        Kind::Quota { limit, .. } => Until::Quota(limit.window(Day::of(now)).end),
    }
}

/// How long a lease of a window may be spent.
pub(super) fn kept(window: Option<Window>, now: Moment) -> Duration {
    let Some(window) = window else {
        return LEASE_KEPT;
    };
    let ends = Duration::from_secs(u64::from(window.end.number()) * 86_400);
    ends.saturating_sub(now.unix()).min(LEASE_KEPT)
}
