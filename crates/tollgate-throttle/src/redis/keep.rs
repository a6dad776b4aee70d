//! The task behind a store: brings back what is not used, and records counts.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tollgate_redis::{Command, Connection, Error, Reply, Script};

use super::exchange::settle;
use super::inner::Inner;
use super::ledger::Ledger;
use super::remote::Shared;
use super::terms::Terms;
use crate::store::Owner;
use crate::{BoxError, Day, DayCount, Window};

/// How often counts of quotas are recorded by the process whose turn it is. With
/// the second before it in which a process says what has changed, a count is five seconds old at most
/// when it is recorded.
pub const FLUSH_EVERY: Duration = Duration::from_secs(4);

/// How often a process says which counts have changed, and what it counted of quotas that admit
/// everything.
const ANNOUNCE_EVERY: Duration = Duration::from_secs(1);

/// How often leases are looked through for what is over.
const SETTLE_EVERY: Duration = Duration::from_millis(250);

/// How long it stays a process's turn that does not say so again.
const TURN: Duration = Duration::from_secs(10);

/// Counts that are recorded at a time.
const PAGE: usize = 500;

const TURN_SCRIPT: &str = include_str!("turn.lua");

pub(super) async fn keep(inner: Arc<Inner>) {
    let mut announce_at = inner.clock.now();
    let mut flush_at = announce_at;
    let turn = Script::new(TURN_SCRIPT);
    loop {
        tokio::select! {
            () = inner.kick.notified() => {}
            () = tokio::time::sleep(SETTLE_EVERY) => {}
        }
        let now = inner.clock.now();
        let announces = now.since(announce_at) >= ANNOUNCE_EVERY;
        if announces {
            announce_at = now;
            inner.collect_counts();
        }
        settle_all(&inner, false).await;
        if inner.is_closing.load(Ordering::Acquire) {
            return;
        }
        let Some(ledger) = &inner.ledger else {
            continue;
        };
        // What fails is tried again: what has changed is known to Redis until it is recorded.
        if announces {
            let _ = announce(&inner).await;
        }
        if now.since(flush_at) >= FLUSH_EVERY {
            flush_at = now;
            let _ = flush(&inner.connection, ledger, &turn).await;
        }
    }
}

pub(super) async fn close(inner: &Inner) {
    inner.collect_counts();
    settle_all(inner, true).await;
    if let Some(ledger) = &inner.ledger {
        // Others record what this one cannot.
        let _ = announce(inner).await;
        let turn = Script::new(TURN_SCRIPT);
        let _ = flush(&inner.connection, ledger, &turn).await;
        let give_up = [inner.connection.node().cast_signed(), 0];
        let keys = [turn_key(&inner.connection)];
        let _ = inner.connection.run(&turn, &keys, &give_up).await;
    }
    // They find out by themselves where this fails.
    let _ = inner.connection.leave().await;
}

async fn settle_all(inner: &Inner, is_end: bool) {
    for shared in inner.take_listed() {
        shared.remote.known().is_listed = false;
        let is_quota = matches!(*shared.terms, Terms::Quota { .. });
        let is_able = inner.connection.is_up() && (!is_quota || inner.is_ledger_read().await);
        let is_left = !is_able || settle(inner, &shared, is_end).await.unwrap_or(true);
        if is_left {
            inner.list(&shared);
        }
    }
}

fn turn_key(connection: &Connection) -> String {
    format!("{{{}:flush}}:turn", connection.prefix())
}

fn changed_key(connection: &Connection) -> String {
    format!("{{{}:flush}}:changed", connection.prefix())
}

/// Says which counts have changed.
async fn announce(inner: &Inner) -> Result<(), Error> {
    let dirty = inner.take_dirty();
    for page in dirty.chunks(PAGE) {
        let mut command = Command::new("SADD").arg(changed_key(&inner.connection));
        for shared in page {
            if let Some(changed) = Changed::of(shared) {
                command = command.arg(changed.to_member());
            }
        }
        if let Err(error) = inner.connection.send(&command).await {
            dirty.iter().for_each(|shared| inner.note_dirty(shared));
            return Err(error);
        }
    }
    Ok(())
}

/// A count that has changed.
struct Changed {
    key: String,
    owner: Owner,
    window: Window,
}

impl Changed {
    /// `None` where nothing is counted.
    fn of(shared: &Shared) -> Option<Self> {
        let window = shared.remote.known().quota.seen?.window;
        let Terms::Quota { owner, .. } = &*shared.terms else {
            return None;
        };
        Some(Self {
            key: shared.remote.window_key(window),
            owner: (**owner).clone(),
            window,
        })
    }

    /// Lengths before texts, so that texts may have anything in them.
    fn to_member(&self) -> String {
        let Self { key, owner, window } = self;
        let Owner { plan_id, key_id } = owner;
        format!(
            "{} {} {} {} {key}{plan_id}{key_id}",
            window.start.number(),
            window.end.number(),
            key.len(),
            plan_id.len(),
        )
    }

    fn from_member(member: &Reply) -> Option<Self> {
        let Reply::Bytes(member) = member else {
            return None;
        };
        let mut parts = std::str::from_utf8(member).ok()?.splitn(5, ' ');
        let mut number = || parts.next()?.parse::<u32>().ok();
        let (start, end) = (number()?, number()?);
        let (of_key, of_plan) = (number()?, number()?);
        let (key, rest) = parts.next()?.split_at_checked(of_key.try_into().ok()?)?;
        let (plan_id, key_id) = rest.split_at_checked(of_plan.try_into().ok()?)?;
        Some(Self {
            key: key.to_owned(),
            owner: Owner {
                plan_id: plan_id.into(),
                key_id: key_id.into(),
            },
            window: Window {
                start: Day::from_number(start),
                end: Day::from_number(end),
            },
        })
    }
}

/// Records all counts that have changed, if it is this process's turn.
async fn flush(connection: &Connection, ledger: &Ledger, turn: &Script) -> Result<(), BoxError> {
    let Some(epoch) = connection.epoch() else {
        return Ok(());
    };
    let turn_for = i64::try_from(TURN.as_millis()).unwrap_or(i64::MAX);
    let arguments = [connection.node().cast_signed(), turn_for];
    let answer = connection
        .run(turn, &[turn_key(connection)], &arguments)
        .await?;
    match answer.integer() {
        // Another one recorded what this one has not seen.
        Some(1) => ledger.read_again(epoch).await?,
        Some(2) => ledger.read(epoch).await?,
        _ => return Ok(()),
    }
    loop {
        let pop = Command::new("SPOP")
            .arg(changed_key(connection))
            .integer(500);
        let members = connection.send(&pop).await?;
        let members = members.list();
        if members.is_empty() {
            return Ok(());
        }
        if let Err(error) = record(connection, ledger, members).await {
            let mut again = Command::new("SADD").arg(changed_key(connection));
            for member in members {
                if let Reply::Bytes(member) = member {
                    again = again.arg(member);
                }
            }
            connection.send(&again).await?;
            return Err(error);
        }
    }
}

async fn record(
    connection: &Connection,
    ledger: &Ledger,
    members: &[Reply],
) -> Result<(), BoxError> {
    let mut counts = Vec::new();
    for changed in members.iter().filter_map(Changed::from_member) {
        let read = Command::new("HGETALL").arg(&changed.key);
        let fields = connection.send(&read).await?;
        let days = days(fields.list(), changed.window);
        if !days.is_empty() {
            counts.push((changed.owner, changed.window, days));
        }
    }
    ledger.record(counts).await
}

/// The counts of days that the fields of a window say.
pub(super) fn days(fields: &[Reply], window: Window) -> Vec<DayCount> {
    let mut granted = 0;
    let mut days = Vec::new();
    for pair in fields.chunks_exact(2) {
        let (Reply::Bytes(name), Some(value)) = (&pair[0], pair[1].integer()) else {
            continue;
        };
        if name == b"granted" {
            granted = value;
        }
        let day = name.strip_prefix(b"day:");
        let day = day.and_then(|day| std::str::from_utf8(day).ok()?.parse().ok());
        let day = day.map(Day::from_number);
        let used = u64::try_from(value).unwrap_or(0);
        if let Some(day) = day.filter(|day| window.contains(*day) && used > 0) {
            days.push((day, used));
        }
    }
    days.sort_unstable();
    if days.is_empty() && granted != 0 {
        // What was granted before anything was counted must not be lost.
        days.push((window.start, 0));
    }
    let mut window_used = 0;
    let counts = days.into_iter().map(|(day, used)| {
        window_used += used;
        DayCount {
            day,
            used,
            window_used,
            granted,
        }
    });
    counts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_changed_is_said_in_one_text() {
        let changed = Changed {
            key: "{t:plan:a b:c}:quota:3".into(),
            owner: Owner {
                plan_id: "a b".into(),
                key_id: "é 1 2".into(),
            },
            window: Window {
                start: Day::from_number(3),
                end: Day::from_number(4),
            },
        };
        let member = Reply::Bytes(changed.to_member().into_bytes());
        let read = Changed::from_member(&member).expect("it is one");
        assert_eq!((read.key, read.owner), (changed.key, changed.owner));
        assert_eq!(read.window, changed.window);
        for strange in ["", "1 2 3", "1 2 9 9 abc", "1 2 1 1 é", "a b c d e"] {
            assert!(Changed::from_member(&Reply::Bytes(strange.into())).is_none());
        }
    }
}
