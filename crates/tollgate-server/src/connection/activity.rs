//! What a connection is busy with, told by those who answer to those who read.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Waker;
use std::time::Duration;

use futures::task::AtomicWaker;
use tokio::sync::Notify;
use tollgate::core::OriginalHeaders;

/// The requests of one connection that are not answered yet.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    unanswered: AtomicUsize,
    /// The names of the head that was passed on last, until the service takes them.
    names: Mutex<Option<OriginalHeaders>>,
    /// Who reads, while a request is in the way of the next.
    reader: AtomicWaker,
    changed: Notify,
    /// Whether the request at hand is the last.
    ends: AtomicBool,
}

impl Activity {
    /// A head is passed on whose names were spelled so.
    pub(crate) fn passed_on(&self, names: OriginalHeaders) {
        self.unanswered.fetch_add(1, Ordering::AcqRel);
        *self.names.lock().unwrap_or_else(PoisonError::into_inner) = Some(names);
    }

    /// The request at hand is the last: where its body ends is not known.
    pub(crate) fn end(&self) {
        self.ends.store(true, Ordering::Release);
    }

    /// Whether the request at hand is the last.
    pub(crate) fn ends(&self) -> bool {
        self.ends.load(Ordering::Acquire)
    }

    /// How the names of the head at hand were spelled.
    pub(crate) fn take_names(&self) -> Option<OriginalHeaders> {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.take()
    }

    /// Whether a request is not answered yet; if so, the reader is woken once it is.
    pub(crate) fn is_busy(&self, reader: &Waker) -> bool {
        self.reader.register(reader);
        self.unanswered.load(Ordering::Acquire) > 0
    }

    /// Waits until nothing was to be answered for so long.
    pub(crate) async fn idle(&self, long: Duration) {
        loop {
            let changed = self.changed.notified();
            if self.unanswered.load(Ordering::Acquire) > 0 {
                changed.await;
            } else if tokio::time::timeout(long, changed).await.is_err() {
                return;
            }
        }
    }
}

/// A request that is being answered, until this is dropped.
#[derive(Debug)]
pub(crate) struct Unanswered(Arc<Activity>);

impl Unanswered {
    /// A request whose head was passed on before.
    pub(crate) fn passed_on(activity: &Arc<Activity>) -> Self {
        Self(activity.clone())
    }

    /// A request that begins.
    pub(crate) fn begin(activity: &Arc<Activity>) -> Self {
        activity.unanswered.fetch_add(1, Ordering::AcqRel);
        activity.changed.notify_waiters();
        Self(activity.clone())
    }
}

impl Unanswered {
    /// Whether the request is the last of its connection.
    pub(crate) fn is_last(&self) -> bool {
        self.0.ends()
    }
}

impl Drop for Unanswered {
    fn drop(&mut self) {
        self.0.unanswered.fetch_sub(1, Ordering::AcqRel);
        self.0.reader.wake();
        self.0.changed.notify_waiters();
    }
}
