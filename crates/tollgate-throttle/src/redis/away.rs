//! What decides while Redis is away: this process's share of a limit.

use std::sync::Arc;
use std::time::Duration;

use tollgate_core::{Moment, RateLimit};

use super::remote::{BucketKnown, QuotaKnown};
use super::terms::TOKEN;
use crate::{TokenBucket, Tokens, Wait, Window};

/// A bucket with this process's share of a rate.
pub(super) type BucketShare = Arc<TokenBucket>;

/// What this process may admit of a window.
#[derive(Debug)]
pub(super) struct QuotaShare {
    pub(super) window: Window,
    pub(super) left: u64,
}

impl BucketKnown {
    /// Takes a token of this process's share, which begins with a share of what the bucket held.
    pub(super) fn take_share(
        &mut self,
        rate: RateLimit,
        nodes: u32,
        now: Moment,
    ) -> Result<(BucketShare, Tokens), Wait> {
        let share = self
            .share
            .get_or_insert_with(|| Arc::new(share(rate, nodes, self.level, now)));
        let tokens = share.take(1, now)?;
        Ok((Arc::clone(share), tokens))
    }
}

fn share(rate: RateLimit, nodes: u32, level: Option<(u64, Moment)>, now: Moment) -> TokenBucket {
    let burst = (rate.burst() / nodes).max(1);
    let limit = RateLimit::new(rate.rate() / f64::from(nodes), burst);
    // A part of a rate is one.
    let share = TokenBucket::new(limit.unwrap_or(rate));
    if let Some((level, then)) = level {
        let level = level as f64 / TOKEN as f64 + rate.rate() * now.since(then).as_secs_f64();
        let missing = f64::from(rate.burst()) - level.min(f64::from(rate.burst()));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is between nothing and the burst"
        )]
        let missing = (missing / f64::from(nodes)).ceil() as u32;
        // The bucket is full: it has what is missing.
        let _ = share.take(missing.min(burst), now);
    }
    share
}

impl QuotaKnown {
    /// Counts a request of this process's share, if there is one left; it begins with a share of what
    /// was left of the quota.
    pub(super) fn take_share(
        &mut self,
        window: Window,
        (admits, used): (u64, u64),
        nodes: u32,
    ) -> bool {
        let begun = self.share.take().filter(|share| share.window == window);
        let share = self.share.insert(begun.unwrap_or_else(|| QuotaShare {
            window,
            left: admits.saturating_sub(used) / u64::from(nodes),
        }));
        let is_left = share.left > 0;
        if is_left {
            share.left -= 1;
            self.adjustments.add(window, 1);
        }
        is_left
    }

    pub(super) fn give_share_back(&mut self, window: Window) {
        self.adjustments.add(window, -1);
        if let Some(share) = self.share.as_mut().filter(|share| share.window == window) {
            share.left += 1;
        }
    }
}

/// What a refusal says where nothing is known: Redis may be back then.
pub(super) const MAY_BE_BACK: Duration = tollgate_redis::PROBE_EVERY;

#[cfg(test)]
mod tests {
    use tollgate_core::{Clock, ManualClock};

    use super::*;

    #[test]
    fn shares_begin_with_what_was_known() {
        for (nodes, level, pause, expected) in [
            (1, None, 0, 200),
            (4, None, 0, 50),
            (4, Some(100), 0, 25),
            (4, Some(100), 50, 37),
            (4, Some(0), 0, 0),
            (4, Some(0), 1_000, 50),
            (1_000, Some(0), 1_000, 1),
        ] {
            let clock = ManualClock::default();
            let mut known = BucketKnown {
                level: level.map(|level: u64| (level * TOKEN, clock.now())),
                ..BucketKnown::default()
            };
            clock.advance(Duration::from_millis(pause));
            let rate = RateLimit::new(1_000.0, 200).expect("it is a rate");
            let mut taken = 0;
            while known.take_share(rate, nodes, clock.now()).is_ok() {
                taken += 1;
            }
            assert_eq!(taken, expected, "{nodes} {level:?} {pause}");
        }
    }
}
