//! A decision that may have to wait for a store.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::Verdict;

/// A decision: made already, or waited for. Waiting alone needs memory.
#[must_use]
pub struct Take<'a>(State<'a>);

enum State<'a> {
    Decided(Verdict),
    Asked(Pin<Box<dyn Future<Output = Verdict> + Send + 'a>>),
}

impl<'a> Take<'a> {
    /// A decision that is made.
    pub const fn decided(verdict: Verdict) -> Self {
        Self(State::Decided(verdict))
    }

    /// A decision that must be waited for.
    pub fn asked(decision: impl Future<Output = Verdict> + Send + 'a) -> Self {
        Self(State::Asked(Box::pin(decision)))
    }

    /// The verdict, if it need not be waited for.
    ///
    /// # Errors
    ///
    /// The decision itself, where it must.
    pub fn now(self) -> Result<Verdict, Self> {
        match self.0 {
            State::Decided(verdict) => Ok(verdict),
            State::Asked(_) => Err(self),
        }
    }
}

impl Future for Take<'_> {
    type Output = Verdict;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Verdict> {
        match &mut self.0 {
            State::Decided(verdict) => Poll::Ready(*verdict),
            State::Asked(decision) => decision.as_mut().poll(context),
        }
    }
}

impl fmt::Debug for Take<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            State::Decided(verdict) => f.debug_tuple("Decided").field(verdict).finish(),
            State::Asked(_) => f.write_str("Asked"),
        }
    }
}
