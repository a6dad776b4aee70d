//! Who keeps in step with what is served.

use std::fmt;

use tollgate_store::State;

/// What has to keep in step with the states that a [`Node`](crate::Node) serves, such as a server that
/// asks for the certificates of clients where a domain name wants them.
///
/// It is called on a thread that no request waits for; the node waits for it. For every state
/// [`coming`](Self::coming) is called, and then [`served`](Self::served), unless that state's addresses
/// could not be put up: those before stay then, and the next state comes.
pub trait StateObserver: fmt::Debug + Send + Sync {
    /// A state that requests reach in a moment. Until it is [`served`](Self::served), they may reach what
    /// was before, too: what either of both closes must be closed now.
    fn coming(&self, state: &State);

    /// Requests reach nothing but this state from now on, but for those that are in flight.
    fn served(&self, state: &State);
}
