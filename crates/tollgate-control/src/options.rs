//! What an embedder says of a control plane.

use std::fmt;
use std::sync::Arc;

use tollgate_core::{Clock, Random, StageContext, SystemClock, SystemRandom};
use tollgate_iam::sigv4::CredentialsSource;
use tollgate_model::Home;

/// How a [`ControlPlane`](crate::ControlPlane) knows its callers, and what it takes for granted.
#[derive(Clone)]
#[non_exhaustive]
pub struct ControlOptions {
    /// The account and region of calls that say none, and of what is stored without any. By default
    /// `123456789012` and `us-east-1`.
    pub home: Home,
    /// The keys that calls are signed with. `None`: calls need no signature, and only those are
    /// answered that come from this machine.
    pub credentials: Option<Arc<dyn CredentialsSource>>,
    /// Whether `POST /_tollgate/reset` removes all there is: for tests. Off by default.
    pub can_reset: bool,
    /// Where the time is read.
    pub clock: Arc<dyn Clock>,
    /// Where ids and secrets come from.
    pub random: Arc<dyn Random>,
}

impl Default for ControlOptions {
    fn default() -> Self {
        Self {
            home: Home::new(StageContext::LOCAL_ACCOUNT_ID, StageContext::LOCAL_REGION),
            credentials: None,
            can_reset: false,
            clock: Arc::new(SystemClock::new()),
            random: Arc::new(SystemRandom),
        }
    }
}

/// Without the credentials.
impl fmt::Debug for ControlOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ControlOptions")
            .field("home", &self.home)
            .field("is_signed", &self.credentials.is_some())
            .field("can_reset", &self.can_reset)
            .finish_non_exhaustive()
    }
}
