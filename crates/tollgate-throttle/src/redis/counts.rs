//! What Redis has counted of quotas, and what is granted to them.

use tollgate_core::Moment;
use tollgate_redis::Script;

use super::exchange::{KEPT_DAYS, settle, tell};
use super::inner::{Inner, signed};
use super::keep::days;
use super::remote::{Attached, Seen, Shared};
use super::terms::{MOST, Terms, admitted};
use crate::store::StoreAway;
use crate::{Day, DayCount, QuotaLimit, StoredLimit, Window};

/// The counts of a limit's windows that a range touches; `None` where it is not shared.
pub(super) async fn counts(
    inner: &Inner,
    quota: &StoredLimit,
    range: (Day, Day),
) -> Result<Option<Vec<DayCount>>, StoreAway> {
    let (Attached::Shared(shared) | Attached::Counted(shared)) = inner.attached(quota) else {
        return Ok(None);
    };
    let Terms::Quota { limit, owner, .. } = &*shared.terms else {
        return Ok(None);
    };
    let today = Day::of(inner.clock.now());
    let windows = windows(limit, range, today);
    let is_kept = |window: &&Window| window.end.number() + KEPT_DAYS >= today.number();
    let kept: Vec<_> = windows.iter().filter(is_kept).copied().collect();
    if let Some(ledger) = &inner.ledger {
        let epoch = inner.connection.epoch().ok_or(StoreAway)?;
        let read = if kept.len() < windows.len() {
            // Others may have recorded what only the journal has still.
            ledger.read_again(epoch).await
        } else {
            ledger.read(epoch).await
        };
        read.map_err(|_| StoreAway)?;
    }
    let asked = read(inner, shared, &kept).await?;
    let mut counts = Vec::new();
    for window in windows {
        let place = kept.iter().position(|known| *known == window);
        let seen = place.and_then(|place| asked.get(place));
        match (seen.filter(|seen| !seen.is_empty()), &inner.ledger) {
            (Some(seen), _) => counts.extend(seen),
            (None, Some(ledger)) => counts.extend(ledger.recorded(owner, window)),
            (None, None) => {}
        }
    }
    Ok(Some(counts))
}

/// The windows that the days of a range are in, until today.
fn windows(limit: &QuotaLimit, (first, last): (Day, Day), today: Day) -> Vec<Window> {
    let mut windows = Vec::new();
    let mut day = first;
    while day <= last.min(today) {
        let window = limit.window(day);
        day = window.end;
        windows.push(window);
    }
    windows
}

/// What Redis has of windows, none where it has nothing.
async fn read(
    inner: &Inner,
    shared: &Shared,
    windows: &[Window],
) -> Result<Vec<Vec<DayCount>>, StoreAway> {
    if windows.is_empty() {
        return Ok(Vec::new());
    }
    let script = Script::new(include_str!("counts.lua"));
    let keys: Vec<_> = windows
        .iter()
        .map(|window| shared.remote.window_key(*window))
        .collect();
    let answer = inner.connection.run(&script, &keys, &[]).await;
    let answer = answer.map_err(|_| StoreAway)?;
    let of_windows = windows.iter().zip(answer.list());
    let counts = of_windows.map(|(window, fields)| days(fields.list(), *window));
    Ok(counts.collect())
}

/// Sets what remains of a window; `false` where the limit is not shared.
pub(super) async fn set_remaining(
    inner: &Inner,
    quota: &StoredLimit,
    remaining: u64,
    now: Moment,
) -> Result<bool, StoreAway> {
    let (Attached::Shared(shared) | Attached::Counted(shared)) = inner.attached(quota) else {
        return Ok(false);
    };
    let Terms::Quota { limit, .. } = &*shared.terms else {
        return Ok(false);
    };
    if !inner.is_ledger_read().await {
        return Err(StoreAway);
    }
    let window = limit.window(Day::of(now));
    // What is held here is not used; and a server that has forgotten the window is told of it.
    let settled = settle(inner, shared, true).await;
    settled.map_err(|_| StoreAway)?;
    let told = tell(inner, shared, Some(window)).await;
    told.map_err(|_| StoreAway)?;
    let script = Script::new(include_str!("grant.lua"));
    let arguments = [remaining.min(MOST), admitted(limit, window)].map(signed);
    let keys = [shared.remote.window_key(window)];
    let answer = inner.connection.run(&script, &keys, &arguments).await;
    let answer = answer.map_err(|_| StoreAway)?.integers();
    let Some([used, granted]) = answer.as_deref() else {
        return Err(StoreAway);
    };
    shared.remote.known().quota.seen = Some(Seen {
        window,
        used: u64::try_from(*used).unwrap_or(0),
        granted: *granted,
    });
    inner.note_dirty(shared);
    Ok(true)
}
