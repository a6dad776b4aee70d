//! What is replaced while it is in use.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};

/// A table that layers use, and that can be replaced while they do.
///
/// Clones share it. Requests that are being judged use the table that was there when they came.
///
/// ```
/// use tollgate_throttle::Current;
///
/// let current = Current::new("one");
/// let shared = current.clone();
/// current.replace("two");
/// assert_eq!(*shared.load(), "two");
/// ```
#[derive(Debug)]
pub struct Current<T>(Arc<ArcSwap<T>>);

impl<T> Current<T> {
    /// A table to begin with.
    #[must_use]
    pub fn new(table: T) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(table)))
    }

    /// The table that there is.
    #[must_use]
    pub fn load(&self) -> Arc<T> {
        self.0.load_full()
    }

    /// Puts another table in its place.
    pub fn replace(&self, table: T) {
        self.0.store(Arc::new(table));
    }

    pub(super) fn guard(&self) -> Guard<Arc<T>> {
        self.0.load()
    }
}

impl<T> Clone for Current<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
