//! What clients may be told of a limit.
//!
//! The service tells nothing. The fields are those of draft-ietf-httpapi-ratelimit-headers-06, the
//! last in which each number has a field of its own, as most clients know them; later drafts put them
//! into `RateLimit` and `RateLimit-Policy`. Times are seconds, not dates.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::Standing;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// Tells where the client stands, unless it is told of a limit already that it will meet sooner.
pub(super) fn tell(headers: &mut HeaderMap, standing: Standing) {
    let told = headers.get(REMAINING).map(HeaderValue::to_str);
    let told = told.and_then(|told| told.ok()?.parse::<u64>().ok());
    if told.is_some_and(|told| told <= standing.remaining) {
        return;
    }
    let reset = standing.full_in.map(seconds);
    for (name, value) in [
        (LIMIT, Some(standing.limit)),
        (REMAINING, Some(standing.remaining)),
        (RESET, reset),
    ] {
        headers.remove(&name);
        if let Some(value) = value {
            // A response that has as many headers as it can have goes without.
            drop(headers.try_insert(name, HeaderValue::from(value)));
        }
    }
}

/// Whole seconds, rounded up; what is left of a microsecond comes from rounding in buckets.
pub(super) fn seconds(duration: Duration) -> u64 {
    let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    micros.div_ceil(1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_rounded_up() {
        for (nanos, expected) in [
            (0, 0),
            (1_000, 1),
            (1_000_000_000, 1),
            (1_000_000_001, 1),
            (1_000_001_000, 2),
            (59_500_000_000, 60),
        ] {
            assert_eq!(seconds(Duration::from_nanos(nanos)), expected, "{nanos} ns");
        }
    }
}
