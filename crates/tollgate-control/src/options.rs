//! What an embedder says of a control plane.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use tollgate_core::{BoxError, Clock, Random, StageContext, SystemClock, SystemRandom};
use tollgate_iam::sigv4::CredentialsSource;
use tollgate_model::Home;

/// Who may call.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Access {
    /// Whoever calls from this machine and by its name, signed or not: the peer, which the extension
    /// [`PeerAddress`](tollgate_core::PeerAddress) tells, is a loopback address, `Host` is one or
    /// `localhost`, an `Origin` is the control plane's own, and no proxy stands between. What cannot be
    /// told is refused.
    #[default]
    Local,
    /// Whoever signs with one of these keys. A call sees the account of its key.
    Signed(Arc<dyn CredentialsSource>),
    /// Whoever reaches the service: for those who have a layer of their own in front of it.
    Open,
}

/// Keeps what usage was set to, and answers when it is durable.
pub type KeepUsage = Arc<dyn Fn() -> BoxFuture<'static, Result<(), BoxError>> + Send + Sync>;

/// How a [`ControlPlane`](crate::ControlPlane) knows its callers, and what it takes for granted.
#[derive(Clone)]
#[non_exhaustive]
pub struct ControlOptions {
    /// The account and region of calls that say none, and of what is stored without any. By default
    /// `123456789012` and `us-east-1`.
    pub home: Home,
    /// Who may call.
    pub access: Access,
    /// Whether `POST /_tollgate/reset` removes all there is: for tests. Off by default.
    pub can_reset: bool,
    /// What is called before `UpdateUsage` is acknowledged, where counts are kept. `None`: they are not.
    pub keep_usage: Option<KeepUsage>,
    /// Where the time is read.
    pub clock: Arc<dyn Clock>,
    /// Where ids and secrets come from.
    pub random: Arc<dyn Random>,
}

impl Default for ControlOptions {
    fn default() -> Self {
        Self {
            home: Home::new(StageContext::LOCAL_ACCOUNT_ID, StageContext::LOCAL_REGION),
            access: Access::default(),
            can_reset: false,
            keep_usage: None,
            clock: Arc::new(SystemClock::new()),
            random: Arc::new(SystemRandom),
        }
    }
}

/// Without the keys.
impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Local => "Local",
            Self::Signed(_) => "Signed",
            Self::Open => "Open",
        })
    }
}

impl fmt::Debug for ControlOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ControlOptions")
            .field("home", &self.home)
            .field("access", &self.access)
            .field("can_reset", &self.can_reset)
            .finish_non_exhaustive()
    }
}
