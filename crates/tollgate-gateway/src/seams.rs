//! Where time, chance, ids, eyes and endpoints come in.

use std::sync::Arc;

use tollgate_core::{Clock, Ids, Observer, Random, RandomIds, SystemClock, SystemRandom};

use crate::Transport;
use crate::authorization::Doorkeeper;

/// What a gateway takes from outside, so that tests can set it.
#[derive(Clone, Debug)]
pub(crate) struct Seams {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    /// What decides which requests a canary gets.
    pub(crate) random: Arc<dyn Random>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    /// `None`: endpoints are called as their integrations do it.
    pub(crate) transport: Option<Arc<dyn Transport>>,
    /// `None`: callers are judged as their methods say.
    pub(crate) doorkeeper: Option<Arc<dyn Doorkeeper>>,
}

impl Default for Seams {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock::new()),
            ids: Arc::new(RandomIds::new(Arc::new(SystemRandom))),
            random: Arc::new(SystemRandom),
            observer: None,
            transport: None,
            doorkeeper: None,
        }
    }
}
