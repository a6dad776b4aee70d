//! Functions that nobody waits for.

use std::sync::{Mutex, PoisonError};

use tokio::task::JoinSet;

use super::{InvokeFailure, Invoked};

/// Asynchronous events that one function may work on at a time: Lambda's default concurrency.
const MOST_AT_A_TIME: usize = 1_000;

/// The events that a function was given and nobody waits for; dropped with it.
#[derive(Debug, Default)]
pub(super) struct Background(Mutex<JoinSet<()>>);

impl Background {
    /// Lets an event be worked on from now on, and says that it is accepted.
    ///
    /// # Errors
    ///
    /// [`InvokeFailure::Throttled`] where the function has its hands full.
    pub(super) fn accept(
        &self,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> Result<Invoked, InvokeFailure> {
        // A set of tasks is whole at all times, whoever panicked.
        let mut tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // How a task ended is its own affair: nobody waits for it.
        while tasks.try_join_next().is_some() {}
        if tasks.len() >= MOST_AT_A_TIME {
            return Err(InvokeFailure::Throttled);
        }
        tasks.spawn(work);
        let mut accepted = Invoked::new("");
        accepted.status = 202;
        Ok(accepted)
    }
}
