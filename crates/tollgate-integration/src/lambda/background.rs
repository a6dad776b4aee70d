//! Functions that nobody waits for.

use std::sync::{Mutex, PoisonError};

use tokio::task::JoinSet;

use super::backlog::Backlog;
use super::{InvokeFailure, Invoked};

/// The events that a function was given and nobody waits for; dropped with it.
#[derive(Debug, Default)]
pub(super) struct Background {
    backlog: Backlog,
    tasks: Mutex<JoinSet<()>>,
}

impl Background {
    /// Lets an event of so many bytes be worked on from now on, and says that it is accepted.
    ///
    /// # Errors
    ///
    /// [`InvokeFailure::Throttled`] where the function has its hands full.
    pub(super) fn accept(
        &self,
        bytes: usize,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> Result<Invoked, InvokeFailure> {
        let place = self.backlog.place(bytes)?;
        // A set of tasks is whole at all times, whoever panicked.
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        // How a task ended is its own affair: nobody waits for it.
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async move {
            work.await;
            drop(place);
        });
        let mut accepted = Invoked::new("");
        accepted.status = 202;
        Ok(accepted)
    }
}
