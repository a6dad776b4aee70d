//! How much there may be that nobody waits for.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::InvokeFailure;

/// Kibibytes that the events which nobody waits for may have together: they are in memory, and those
/// who sent them are gone.
const MOST: usize = 64_000;
/// Kibibytes that an event counts for at least, so that there are at most a thousand: Lambda's default
/// concurrency.
const LEAST: usize = 64;

/// The events of one function that nobody waits for.
#[derive(Debug)]
pub(super) struct Backlog(Arc<Semaphore>);

impl Default for Backlog {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST)))
    }
}

impl Backlog {
    /// A place for an event of so many bytes, taken until it is dropped.
    ///
    /// # Errors
    ///
    /// [`InvokeFailure::Throttled`] where there is none.
    pub(super) fn place(&self, bytes: usize) -> Result<OwnedSemaphorePermit, InvokeFailure> {
        let kibibytes = u32::try_from(bytes.div_ceil(1024).max(LEAST)).unwrap_or(u32::MAX);
        let place = self.0.clone().try_acquire_many_owned(kibibytes);
        place.map_err(|_| InvokeFailure::Throttled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_events_have_a_place() {
        const KIB: usize = 1024;
        for (bytes, expected) in [
            (0, 1_000),
            (64 * KIB, 1_000),
            (64 * KIB + 1, 984),
            (1024 * KIB, 62),
            (MOST * KIB, 1),
            (MOST * KIB + 1, 0),
            (usize::MAX, 0),
        ] {
            let backlog = Backlog::default();
            let places: Vec<_> = std::iter::from_fn(|| backlog.place(bytes).ok()).collect();
            assert_eq!(places.len(), expected, "{bytes}");
            drop(places);
            assert_eq!(backlog.0.available_permits(), MOST);
        }
    }
}
