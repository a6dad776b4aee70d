//! The canary's share, which may change while requests are served.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tollgate_core::Percent;

/// The share of requests that a canary gets. Clones are one and the same.
///
/// ```
/// use tollgate_core::Percent;
/// use tollgate_deploy::CanaryShare;
///
/// let share = CanaryShare::new(Percent::new(5.0)?);
/// let handle = share.clone();
/// handle.set(Percent::new(50.0)?);
/// assert_eq!(share.get().get(), 50.0);
/// # Ok::<(), tollgate_core::InvalidPercent>(())
/// ```
#[derive(Clone)]
pub struct CanaryShare(Arc<AtomicU64>);

impl CanaryShare {
    /// A share of its own.
    #[must_use]
    pub fn new(percent: Percent) -> Self {
        Self(Arc::new(AtomicU64::new(percent.get().to_bits())))
    }

    /// What it is now.
    #[must_use]
    pub fn get(&self) -> Percent {
        let percent = f64::from_bits(self.0.load(Ordering::Relaxed));
        Percent::new(percent).expect("only percentages are set")
    }

    /// Changes it for the requests that are to come.
    pub fn set(&self, percent: Percent) {
        self.0.store(percent.get().to_bits(), Ordering::Relaxed);
    }
}

impl fmt::Debug for CanaryShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CanaryShare").field(&self.get()).finish()
    }
}
