//! Decisions for which Redis is asked.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::away::MAY_BE_BACK;
use super::exchange::{Unfetched, fetch};
use super::inner::{Inner, Source, refused, until};
use super::remote::{Attached, Shared};
use super::taking::{Taken, Taking};
use super::terms::{Terms, admitted};
use crate::store::Away;
use crate::{Day, StoredLimit, Until, Verdict};

use tollgate_core::Moment;

/// A limit of a decision, with its place.
#[derive(Clone, Copy)]
struct Asked<'a> {
    index: usize,
    limit: &'a StoredLimit,
    shared: &'a Shared,
}

/// Takes one of each limit, or of none.
///
/// What is here is taken first, then what must be fetched: one fetch for all limits that Redis keeps
/// together. Where a later one refuses, all that was taken goes back.
pub(super) async fn ask(inner: &Arc<Inner>, limits: &[Option<&StoredLimit>]) -> Verdict {
    // Of those that find a lease empty, one fetches and the others wait for it.
    let now = inner.clock.now();
    let mut waited_for: Vec<_> = asked(inner, limits)
        .filter(|asked| !asked.shared.is_exact)
        .filter(|asked| asked.shared.remote.lease.check(now).is_none())
        .map(|asked| &asked.shared.remote)
        .collect();
    // In one order for all, so that nobody waits for somebody who waits for him.
    waited_for.sort_by_key(|remote| remote.number);
    waited_for.dedup_by_key(|remote| remote.number);
    let failures = || {
        let failures = waited_for.iter();
        failures.map(|remote| remote.failures.load(Ordering::Acquire))
    };
    let before: Vec<_> = failures().collect();
    let mut flights = Vec::with_capacity(waited_for.len());
    for remote in &waited_for {
        flights.push(remote.flight.lock().await);
    }
    // Whoever waited for a fetch that failed need not wait for another one.
    let mut is_away = !failures().eq(before);

    let now = inner.clock.now();
    let mut taking = Taking::new(inner);
    let mut lacking = Vec::new();
    for (index, limit) in limits.iter().enumerate() {
        let Some(limit) = *limit else { continue };
        let attached = inner.attached(limit);
        let source = Source::of(inner, attached, limit);
        let taken = source.check(now).and_then(|seen| match seen {
            Some(seen) => source.take(seen),
            None => Ok(None),
        });
        match (taken, attached) {
            (Ok(Some(taken)), _) => taking.add(Taken::Here(source, taken, now)),
            (Ok(None), Attached::Shared(shared)) => lacking.push(Asked {
                index,
                limit,
                shared,
            }),
            // What is not shared need not be fetched.
            (Ok(None), Attached::Local | Attached::Counted(_)) => {}
            (Err(until), _) => return refused(index, until),
        }
    }

    let mut degraded = false;
    while let Some(first) = lacking.first() {
        let tag = first.shared.remote.tag.clone();
        let (group, others): (Vec<_>, _) = lacking
            .into_iter()
            .partition(|asked| asked.shared.remote.tag == tag);
        lacking = others;
        if !is_away {
            match ask_for(inner, &group).await {
                Ok(grants) => {
                    grants
                        .into_iter()
                        .for_each(|grant| taking.add(Taken::Fetched(grant)));
                    continue;
                }
                Err(Unfetched::Refused { place, wait }) => {
                    let Asked { index, limit, .. } = *group.get(place).unwrap_or(&group[0]);
                    return refused(index, until(limit, wait, now));
                }
                Err(Unfetched::Away) => {
                    is_away = true;
                    for remote in &waited_for {
                        remote.failures.fetch_add(1, Ordering::Release);
                    }
                }
            }
        }
        degraded = true;
        for asked in group {
            match decide_away(inner, asked, now) {
                Ok(taken) => taken.into_iter().for_each(|taken| taking.add(taken)),
                Err(until) => {
                    return Verdict {
                        degraded,
                        ..refused(asked.index, until)
                    };
                }
            }
        }
    }
    taking.spend();
    Verdict {
        refused: None,
        degraded,
    }
}

fn asked<'a>(
    inner: &'a Inner,
    limits: &'a [Option<&'a StoredLimit>],
) -> impl Iterator<Item = Asked<'a>> {
    let limits = limits.iter().enumerate();
    limits.filter_map(
        |(index, limit)| match ((*limit)?, inner.attached((*limit)?)) {
            (limit, Attached::Shared(shared)) => Some(Asked {
                index,
                limit,
                shared,
            }),
            (_, Attached::Local | Attached::Counted(_)) => None,
        },
    )
}

/// Fetches in a task of its own: a request that is dropped must not take along what is on its way.
async fn ask_for(
    inner: &Arc<Inner>,
    group: &[Asked<'_>],
) -> Result<Vec<super::taking::Grant>, Unfetched> {
    let has_quota = group
        .iter()
        .any(|asked| matches!(*asked.shared.terms, Terms::Quota { .. }));
    if has_quota && !inner.is_ledger_read().await {
        return Err(Unfetched::Away);
    }
    if !inner.connection.is_up() {
        return Err(Unfetched::Away);
    }
    let limits = group.iter().map(|asked| asked.shared.clone()).collect();
    let fetch = inner.runtime.spawn(fetch(Arc::clone(inner), limits));
    // The runtime is ending otherwise.
    fetch.await.unwrap_or(Err(Unfetched::Away))
}

/// Decides without Redis.
fn decide_away<'a>(
    inner: &Inner,
    asked: Asked<'a>,
    now: Moment,
) -> Result<Option<Taken<'a>>, Until> {
    let Asked { limit, shared, .. } = asked;
    match limit.away {
        Away::Open => return Ok(None),
        Away::Closed => return Err(closed(limit, now)),
        Away::Local => {}
    }
    let nodes = inner.connection.nodes();
    let mut known = shared.remote.known();
    match &*shared.terms {
        Terms::Bucket { rate, .. } => {
            let taken = known.bucket.take_share(*rate, nodes, now);
            let (share, tokens) = taken.map_err(Until::Rate)?;
            Ok(Some(Taken::Share(share, tokens)))
        }
        Terms::Quota {
            limit: quota,
            owner,
            ..
        } => {
            let window = quota.window(Day::of(now));
            let seen = known.quota.seen.filter(|seen| seen.window == window);
            let seen = seen.map(|seen| (seen.used, seen.granted)).or_else(|| {
                let recorded = inner.ledger.as_ref()?.recorded(owner, window);
                recorded.last().map(|last| (last.window_used, last.granted))
            });
            let (used, granted) = seen.unwrap_or((0, 0));
            let admits = admitted(quota, window).saturating_add_signed(granted);
            if !known.quota.take_share(window, (admits, used), nodes) {
                return Err(Until::Quota(window.end));
            }
            drop(known);
            inner.list(shared);
            Ok(Some(Taken::QuotaShare(shared, window)))
        }
    }
}

/// A refusal that may end soon.
fn closed(limit: &StoredLimit, now: Moment) -> Until {
    match until(limit, MAY_BE_BACK, now) {
        Until::Quota(_) => Until::Quota(Day::of(now)),
        until @ Until::Rate(_) => until,
    }
}
