//! Panics stay where they are.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use futures::FutureExt as _;

use super::Serving;

/// What a future of ours panicked with; the panic itself was printed when it happened.
#[derive(Debug)]
pub(crate) struct Panicked;

/// Does something that may panic.
pub(crate) fn catch<T>(something: impl FnOnce() -> T) -> Result<T, Panicked> {
    // Whatever panicked is not used again.
    catch_unwind(AssertUnwindSafe(something)).map_err(|_| Panicked)
}

/// Polls a future that may panic.
pub(crate) fn poll<F: Future + Unpin>(
    future: &mut F,
    cx: &mut Context<'_>,
) -> Poll<Result<F::Output, Panicked>> {
    match catch(|| Pin::new(future).poll(cx)) {
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Ok(Poll::Pending) => Poll::Pending,
        Err(panicked) => Poll::Ready(Err(panicked)),
    }
}

/// Runs a future to its end, or to its panic, which is then counted.
pub(crate) async fn isolated(serving: &Serving, what: &str, future: impl Future<Output = ()>) {
    if AssertUnwindSafe(future).catch_unwind().await.is_err() {
        count(serving, what);
    }
}

/// Counts a panic, and says so.
pub(crate) fn count(serving: &Serving, what: &str) {
    let count = serving.panics.fetch_add(1, Ordering::Relaxed) + 1;
    serving.console.say(format!(
        "{what} ended in a panic, which is a bug; {count} so far"
    ));
}
