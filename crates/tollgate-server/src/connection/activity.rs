//! What a connection is busy with, told by those who answer to those who read.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
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
    /// Who reads, and whether a request is in the way of the next.
    reader: AtomicWaker,
    reader_waits: AtomicBool,
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

    /// Whether a request is not answered yet.
    pub(crate) fn is_busy(&self) -> bool {
        self.unanswered.load(Ordering::Acquire) > 0
    }

    /// Waits until every request is answered.
    pub(crate) fn poll_answered(&self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.is_busy() {
            return Poll::Ready(());
        }
        self.reader.register(cx.waker());
        self.reader_waits.store(true, Ordering::SeqCst);
        // It may have been answered in the meantime.
        if self.unanswered.load(Ordering::SeqCst) > 0 {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
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
pub(crate) struct Unanswered {
    activity: Arc<Activity>,
    /// Whether somebody counts how many there are.
    is_counted: bool,
}

impl Unanswered {
    /// A request whose head was passed on before.
    pub(crate) fn passed_on(activity: &Arc<Activity>) -> Self {
        Self {
            activity: activity.clone(),
            is_counted: false,
        }
    }

    /// A request that begins beside others.
    pub(crate) fn begin(activity: &Arc<Activity>) -> Self {
        activity.unanswered.fetch_add(1, Ordering::AcqRel);
        activity.changed.notify_waiters();
        Self {
            activity: activity.clone(),
            is_counted: true,
        }
    }
}

impl Unanswered {
    /// Whether the request is the last of its connection.
    pub(crate) fn is_last(&self) -> bool {
        self.activity.ends()
    }
}

impl Drop for Unanswered {
    fn drop(&mut self) {
        self.activity.unanswered.fetch_sub(1, Ordering::SeqCst);
        if self.activity.reader_waits.swap(false, Ordering::SeqCst) {
            self.activity.reader.wake();
        }
        if self.is_counted {
            self.activity.changed.notify_waiters();
        }
    }
}
