//! What a decision has taken until it is made: given back where it is dropped before.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use tollgate_core::Moment;

use super::inner::{Inner, Source};
use super::remote::Shared;
use crate::note::Note;
use crate::{TokenBucket, Tokens, Window};

/// One of a limit, fetched from Redis for a decision.
pub(super) struct Grant {
    inner: Arc<Inner>,
    shared: Shared,
    window: Option<Window>,
    /// When it was fetched, and how long it may be spent since.
    kept: (Moment, Duration),
    is_spent: bool,
}

impl Grant {
    pub(super) fn new(
        inner: &Arc<Inner>,
        shared: &Shared,
        window: Option<Window>,
        kept: (Moment, Duration),
    ) -> Self {
        Self {
            inner: Arc::clone(inner),
            shared: shared.clone(),
            window,
            kept,
            is_spent: false,
        }
    }
}

impl Drop for Grant {
    fn drop(&mut self) {
        if self.is_spent {
            return;
        }
        if self.shared.is_exact || self.window.is_some() {
            self.inner.bring_back(&self.shared, self.window);
        } else {
            let (then, kept) = self.kept;
            let left = kept.saturating_sub(self.inner.clock.now().since(then));
            self.inner.deposit(&self.shared, 1, left, None);
        }
    }
}

/// One of a limit, wherever it is from.
pub(super) enum Taken<'a> {
    Here(Source<'a>, Note, Moment),
    Fetched(Grant),
    /// Of this process's share of a bucket.
    Share(Arc<TokenBucket>, Tokens),
    /// Of this process's share of a quota.
    QuotaShare(&'a Shared, Window),
}

/// What a decision has taken.
pub(super) struct Taking<'a> {
    inner: &'a Inner,
    taken: Vec<Taken<'a>>,
}

impl<'a> Taking<'a> {
    pub(super) const fn new(inner: &'a Inner) -> Self {
        Self {
            inner,
            taken: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, taken: Taken<'a>) {
        self.taken.push(taken);
    }

    /// The request is admitted.
    pub(super) fn spend(mut self) {
        for taken in mem::take(&mut self.taken) {
            if let Taken::Fetched(mut grant) = taken {
                grant.is_spent = true;
            }
        }
    }
}

impl Drop for Taking<'_> {
    fn drop(&mut self) {
        for taken in mem::take(&mut self.taken) {
            match taken {
                Taken::Here(source, note, now) => source.give_back(note, now, self.inner),
                // It goes back by itself.
                Taken::Fetched(grant) => drop(grant),
                Taken::Share(share, tokens) => share.give_back(tokens, &*self.inner.clock),
                Taken::QuotaShare(shared, window) => {
                    shared.remote.known().quota.give_share_back(window);
                }
            }
        }
    }
}
