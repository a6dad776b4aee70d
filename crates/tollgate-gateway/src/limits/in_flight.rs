//! Requests that are answered at the same time.

use std::sync::atomic::{AtomicUsize, Ordering};

use tollgate_core::{GatewayResponseType, Rejection};

use super::Limits;

impl Limits {
    /// Takes one of the places for requests in flight, where they are limited: what all requests
    /// would write to otherwise is left alone.
    pub(crate) fn enter(&self) -> Result<Option<InFlight<'_>>, Rejection> {
        let most = self.most_in_flight.load(Ordering::Relaxed);
        if most == usize::MAX {
            return Ok(None);
        }
        let before = self.in_flight.fetch_add(1, Ordering::Relaxed);
        let place = InFlight(&self.in_flight);
        if before >= most {
            return Err(Rejection::new(GatewayResponseType::Throttled)
                .because("as many requests are answered as may be at the same time"));
        }
        Ok(Some(place))
    }
}

/// A place among the requests in flight, until it is dropped.
#[derive(Debug)]
pub(crate) struct InFlight<'l>(&'l AtomicUsize);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
