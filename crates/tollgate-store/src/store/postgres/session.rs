//! One connection, and what is asked over it.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::Stream as _;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Config, Connection, IsolationLevel, Socket, Transaction};
use tollgate_throttle::UsageRecord;

use super::options::PostgresOptions;
use super::tls::{Encrypted, Tls};
use super::{CALL_TIMEOUT, Known, unavailable};
use crate::usage;
use crate::{EntityKey, Record, Revision, State, StoreError, Write};

/// The format that this version writes.
const KNOWN_FORMAT: u64 = 1;
/// Who has this lock makes the tables.
const SCHEMA_LOCK: i64 = 0x746f_6c6c_6761_7465;
/// What notifications are sent on; they say the revision.
pub(super) const CHANNEL: &str = "tollgate_revision";
/// Removals of so many commits are kept, so that whoever has seen one of them need not read everything.
const REMOVALS_KEPT: u64 = 10_000;
/// So often older ones are removed.
const COLLECT_EVERY: u64 = 1_000;
/// Others do not wait longer than this for one who stopped in the middle of a commit.
const SETTINGS: &str = "SET idle_in_transaction_session_timeout = '5s'";

/// How the database is reached.
pub(super) struct Connector {
    config: Config,
    tls: Tls,
}

impl Connector {
    pub(super) fn new(address: &str, options: &PostgresOptions) -> Result<Self, StoreError> {
        // What the parser says may show a part of the address.
        let mut config: Config = address.parse().map_err(|_| StoreError::InvalidAddress)?;
        config
            .connect_timeout(CALL_TIMEOUT)
            .keepalives_idle(Duration::from_secs(10))
            .tcp_user_timeout(Duration::from_secs(20));
        if config.get_application_name().is_none() {
            config.application_name("tollgate");
        }
        let tls = Tls::new(&options.roots).map_err(StoreError::Unavailable)?;
        Ok(Self { config, tls })
    }

    pub(super) async fn raw(
        &self,
    ) -> Result<(Client, Connection<Socket, Encrypted>), tokio_postgres::Error> {
        self.config.connect(self.tls.clone()).await
    }

    /// Connects, and makes the tables where they are not there.
    pub(super) async fn session(&self) -> Result<Session, StoreError> {
        let (client, connection) = self.raw().await.map_err(failed)?;
        let task = tokio::spawn(async {
            // Whoever asks something is told what happened.
            let _ = connection.await;
        });
        let mut session = Session { client, task };
        session.prepare().await?;
        Ok(session)
    }
}

/// A connection that nobody else uses.
pub(super) struct Session {
    client: Client,
    task: JoinHandle<()>,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What the database says about itself.
struct Meta {
    database: Arc<str>,
    revision: u64,
    collected: u64,
}

impl Session {
    /// Whether it can still be used, as far as is known.
    pub(super) fn is_open(&self) -> bool {
        !self.client.is_closed()
    }

    async fn prepare(&mut self) -> Result<(), StoreError> {
        self.client.batch_execute(SETTINGS).await.map_err(failed)?;
        if !has_tables(&self.client).await.map_err(failed)? {
            let making = self.client.transaction().await.map_err(failed)?;
            make_tables(&making).await.map_err(failed)?;
            making.commit().await.map_err(failed)?;
        }
        let query = "SELECT format FROM tollgate_meta";
        let row = self.client.query_one(query, &[]).await.map_err(failed)?;
        let found = number(row.try_get(0).map_err(failed)?)?;
        if found > KNOWN_FORMAT {
            return Err(StoreError::NewerFormat {
                place: "the database".to_owned(),
                found,
                known: KNOWN_FORMAT,
            });
        }
        Ok(())
    }

    /// What is in the database; `None` where that is what is known already.
    pub(super) async fn read(&mut self, known: Option<Known>) -> Result<Option<Known>, StoreError> {
        let is_same = |meta: &Meta, known: &Known| {
            meta.database == known.database && meta.revision == known.state.revision().number()
        };
        // Most polls find nothing new; they need no transaction.
        if let Some(known) = &known
            && is_same(&within(CALL_TIMEOUT, meta(&self.client)).await?, known)
        {
            return Ok(None);
        }
        let transaction = self
            .client
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .read_only(true);
        let starting = async { transaction.start().await.map_err(failed) };
        let transaction = within(CALL_TIMEOUT, starting).await?;
        let meta = within(CALL_TIMEOUT, meta(transaction.client())).await?;
        let base = known.filter(|known| {
            let revision = known.state.revision().number();
            // One that went back was restored from a copy.
            meta.database == known.database && (meta.collected..=meta.revision).contains(&revision)
        });
        let base = base.map_or_else(Arc::default, |known| known.state);
        let rows = changed(&transaction, base.revision()).await?;
        let ending = async { transaction.commit().await.map_err(failed) };
        within(CALL_TIMEOUT, ending).await?;
        let revision = Revision::new(meta.revision);
        let state = replayed(base, revision, rows).await?;
        Ok(Some(Known {
            state: Arc::new(state),
            database: meta.database,
        }))
    }

    /// Writes a commit; `false` where the database is at another revision, or another one.
    pub(super) async fn write(
        &mut self,
        database: &str,
        revision: Revision,
        writes: &[Write],
    ) -> Result<bool, StoreError> {
        let transaction = self.client.transaction().await.map_err(failed)?;
        let number = signed(revision.number())?;
        let bump = "UPDATE tollgate_meta SET revision = $1::bigint WHERE revision = $1::bigint - 1 AND id = $2";
        let is_next = transaction
            .execute(bump, &[&number, &database])
            .await
            .map_err(failed)?;
        if is_next == 0 {
            transaction.rollback().await.map_err(failed)?;
            return Ok(false);
        }
        let mut rows = (Vec::new(), Vec::new(), Vec::new());
        for write in writes {
            let record = write.record.as_ref();
            rows.0.push(write.key.to_string());
            rows.1.push(signed(record.map_or(0, Record::made))?);
            rows.2.push(record.map(json).transpose()?);
        }
        let put = "INSERT INTO tollgate_records (key, made, revision, value) \
            SELECT key, made, $1::bigint, value \
            FROM unnest($2::text[], $3::bigint[], $4::text[]) AS new (key, made, value) \
            ON CONFLICT (key) DO UPDATE \
            SET made = excluded.made, revision = excluded.revision, value = excluded.value";
        transaction
            .execute(put, &[&number, &rows.0, &rows.1, &rows.2])
            .await
            .map_err(failed)?;
        if revision.number().is_multiple_of(COLLECT_EVERY) {
            collect(&transaction, revision).await?;
        }
        let notify = "SELECT pg_notify($1, $2)";
        transaction
            .execute(notify, &[&CHANNEL, &revision.to_string()])
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(true)
    }

    pub(super) async fn usage(&self) -> Result<Vec<UsageRecord>, StoreError> {
        let query = "SELECT plan_id, key_id, days FROM tollgate_usage";
        let rows = self.client.query(query, &[]).await.map_err(failed)?;
        let mut records = Vec::new();
        for row in rows {
            let (plan, key): (&str, &str) = (
                row.try_get(0).map_err(failed)?,
                row.try_get(1).map_err(failed)?,
            );
            let days: &str = row.try_get(2).map_err(failed)?;
            let record = usage::from_json(plan, key, days.as_bytes());
            let wrong =
                |reason| damaged(format!("counts of key {key:?} in plan {plan:?}: {reason}"));
            records.push(record.map_err(wrong)?);
        }
        Ok(records)
    }

    pub(super) async fn write_usage(&self, records: &[UsageRecord]) -> Result<(), StoreError> {
        let mut rows = (Vec::new(), Vec::new(), Vec::new());
        for record in records {
            rows.0.push(&*record.plan_id);
            rows.1.push(&*record.key_id);
            rows.2.push(text(usage::to_json(record))?);
        }
        let put = "INSERT INTO tollgate_usage (plan_id, key_id, days) \
            SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) \
            ON CONFLICT (plan_id, key_id) DO UPDATE SET days = excluded.days";
        self.client
            .execute(put, &[&rows.0, &rows.1, &rows.2])
            .await
            .map_err(failed)?;
        Ok(())
    }
}

async fn has_tables(client: &Client) -> Result<bool, tokio_postgres::Error> {
    let query = "SELECT to_regclass('tollgate_meta') IS NOT NULL";
    client.query_one(query, &[]).await?.try_get(0)
}

/// Makes the tables that nobody else has made while this one waited.
async fn make_tables(transaction: &Transaction<'_>) -> Result<(), tokio_postgres::Error> {
    let lock = "SELECT pg_advisory_xact_lock($1)";
    transaction.execute(lock, &[&SCHEMA_LOCK]).await?;
    transaction.batch_execute(include_str!("schema.sql")).await
}

async fn meta(client: &Client) -> Result<Meta, StoreError> {
    let query = "SELECT id, revision, collected FROM tollgate_meta";
    let row = client.query_one(query, &[]).await.map_err(failed)?;
    Ok(Meta {
        database: row.try_get::<_, &str>(0).map_err(failed)?.into(),
        revision: number(row.try_get(1).map_err(failed)?)?,
        collected: number(row.try_get(2).map_err(failed)?)?,
    })
}

/// A row of a record.
struct Row {
    key: String,
    made: i64,
    value: Option<String>,
}

/// What changed after a revision. It may be much: the time is for each row.
async fn changed(transaction: &Transaction<'_>, since: Revision) -> Result<Vec<Row>, StoreError> {
    let query = "SELECT key, made, value FROM tollgate_records WHERE revision > $1 ORDER BY key";
    let since = signed(since.number())?;
    let stream = async { transaction.query_raw(query, [since]).await.map_err(failed) };
    let mut stream = pin!(within(CALL_TIMEOUT, stream).await?);
    let mut rows = Vec::new();
    loop {
        let next = poll_fn(|cx| stream.as_mut().poll_next(cx));
        let next = async { next.await.transpose().map_err(failed) };
        let Some(row) = within(CALL_TIMEOUT, next).await? else {
            return Ok(rows);
        };
        rows.push(Row {
            key: row.try_get(0).map_err(failed)?,
            made: row.try_get(1).map_err(failed)?,
            value: row.try_get(2).map_err(failed)?,
        });
    }
}

/// Reading many records takes a while.
async fn replayed(
    base: Arc<State>,
    revision: Revision,
    rows: Vec<Row>,
) -> Result<State, StoreError> {
    let replay = move || {
        let mut writes = Vec::new();
        for Row { key, made, value } in rows {
            let wrong = |reason: String| damaged(format!("record {key:?}: {reason}"));
            let parsed: EntityKey = key.parse().map_err(|_| wrong("it is no key".to_owned()))?;
            let made = number(made)?;
            let record = value.map(|value| Record::read(&parsed, made, value.as_bytes()));
            writes.push(Write {
                key: parsed,
                record: record.transpose().map_err(wrong)?,
            });
        }
        base.replayed(revision, writes)
            .map_err(|error| damaged(error.to_string()))
    };
    tokio::task::spawn_blocking(replay)
        .await
        .unwrap_or_else(|_| Err(unavailable("the runtime is ending")))
}

async fn collect(transaction: &Transaction<'_>, revision: Revision) -> Result<(), StoreError> {
    let until = signed(revision.number().saturating_sub(REMOVALS_KEPT))?;
    let remove = "DELETE FROM tollgate_records WHERE value IS NULL AND revision <= $1";
    transaction
        .execute(remove, &[&until])
        .await
        .map_err(failed)?;
    let note = "UPDATE tollgate_meta SET collected = greatest(collected, $1::bigint)";
    transaction.execute(note, &[&until]).await.map_err(failed)?;
    Ok(())
}

fn json(record: &Record) -> Result<String, StoreError> {
    text(record.json().to_vec())
}

fn text(json: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(json).map_err(|error| damaged(error.to_string()))
}

fn number(signed: i64) -> Result<u64, StoreError> {
    u64::try_from(signed).map_err(|error| damaged(error.to_string()))
}

fn signed(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|error| damaged(error.to_string()))
}

/// What is done within a time, or given up.
pub(super) async fn within<T>(
    time: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    tokio::time::timeout(time, work)
        .await
        .unwrap_or_else(|_| Err(unavailable("the database did not answer in time")))
}

pub(super) fn failed(error: tokio_postgres::Error) -> StoreError {
    StoreError::Unavailable(error.into())
}

fn damaged(reason: String) -> StoreError {
    StoreError::Corrupt {
        place: "the database".to_owned(),
        reason,
    }
}
