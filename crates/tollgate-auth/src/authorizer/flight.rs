//! Calls of functions that are under way, each for all who wait for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared, WeakShared};

use super::answer::AuthorizerAnswer;
use super::call::Failure;
use super::key::Key;

/// What becomes of a call.
pub(super) type Outcome = Result<Arc<AuthorizerAnswer>, Failure>;
/// A call, which whoever waits for it drives.
pub(super) type Call = BoxFuture<'static, Outcome>;
/// One waiter's part in a call. The call ends with the last of them.
pub(super) type Flight = Shared<Call>;

/// The calls that are under way, by the caller they are for.
#[derive(Default)]
pub(super) struct Flights {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// How many calls have begun; the number of the next one.
    begun: u64,
    open: HashMap<Key, (u64, WeakShared<Call>)>,
}

impl Flights {
    /// Takes part in the call for this caller that is under way, or takes what is kept, or begins a
    /// call.
    pub(super) fn join(
        &self,
        key: &Key,
        kept: impl FnOnce() -> Option<Arc<AuthorizerAnswer>>,
        begin: impl FnOnce(u64) -> Call,
    ) -> Flight {
        let mut state = self.lock();
        let open = state.open.get(key);
        if let Some(flight) = open.and_then(|(_, flight)| flight.upgrade()) {
            return flight;
        }
        if let Some(answer) = kept() {
            let ready: Call = Box::pin(std::future::ready(Ok(answer)));
            return ready.shared();
        }
        let number = state.begun;
        state.begun += 1;
        let flight = begin(number).shared();
        if let Some(weak) = flight.downgrade() {
            state.open.insert(key.clone(), (number, weak));
        }
        flight
    }

    /// Ends the call with this number, if it is still the one that is under way for this caller, and
    /// does something before the next one can begin.
    pub(super) fn end(&self, key: &Key, number: u64, then: impl FnOnce()) {
        let mut state = self.lock();
        if state.open.get(key).is_some_and(|(open, _)| *open == number) {
            state.open.remove(key);
            then();
        }
    }

    /// Lets calls that are under way end for those who wait already, and for nobody else.
    pub(super) fn forget(&self) {
        self.lock().open.clear();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing is left half done where a thread could panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
