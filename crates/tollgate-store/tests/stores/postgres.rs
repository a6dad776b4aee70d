//! What the store in PostgreSQL has for itself.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tollgate_core::SystemRandom;
use tollgate_store::{
    ConfigStore, PostgresOptions, PostgresStore, PostgresTransition, Revision, StoreError,
};

use crate::support::Folder;
use crate::support::entities::{api_key, put, remove};
use crate::support::postgres::{Proxy, Server, Way};

/// Longer than a test may take: polls that do not happen.
const NEVER: Duration = Duration::from_secs(3_600);
/// Within this, what is to happen has happened, on any machine.
const SOON: Duration = Duration::from_secs(60);

async fn connect(address: &str, options: PostgresOptions) -> Result<PostgresStore, StoreError> {
    PostgresStore::connect(address, options, Arc::new(SystemRandom)).await
}

/// Waits until a store has seen a revision, without asking the database itself.
async fn sees(store: &PostgresStore, revision: Revision) {
    let mut watch = store.watch();
    let seen = watch.wait_for(|seen| *seen == revision);
    let seen = tokio::time::timeout(SOON, seen).await;
    assert!(seen.expect("it sees it").is_ok());
}

async fn commit(store: &PostgresStore, id: &str) -> Revision {
    let revision = store.load().await.expect("it is there").revision();
    let committed = store.commit(revision, &[put(api_key(id, "Ada"))]).await;
    committed.expect("nobody else writes").revision()
}

#[tokio::test]
async fn two_stores_see_each_others_commits() {
    let Some(server) = Server::shared() else {
        return;
    };
    let address = server.database().await;
    let options = || PostgresOptions::new().with_poll_every(NEVER);
    let one = connect(&address, options()).await.expect("it connects");
    let other = connect(&address, options()).await.expect("it connects");
    for number in 0..5 {
        let (writer, reader) = if number % 2 == 0 {
            (&one, &other)
        } else {
            (&other, &one)
        };
        let revision = commit(writer, &format!("k{number}")).await;
        sees(reader, revision).await;
    }
    let key = |number: u32| format!("k{number}");
    let state = other.load().await.expect("it is there");
    assert!((0..5).all(|number| state.api_key(&key(number)).is_some()));
    // What is removed is removed for both.
    let removal = [remove("apikeys/k0")];
    let removed = other.commit(state.revision(), &removal);
    let revision = removed.await.expect("it is there").revision();
    sees(&one, revision).await;
    let state = one.load().await.expect("it is there");
    assert!(state.api_key("k0").is_none() && state.len() == 4);
}

#[tokio::test]
async fn stores_that_begin_at_once_make_the_tables_once() {
    let Some(server) = Server::shared() else {
        return;
    };
    let address = server.database().await;
    let mut beginning = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let address = address.clone();
        beginning.spawn(async move { connect(&address, PostgresOptions::new()).await });
    }
    let mut stores = Vec::new();
    while let Some(store) = beginning.join_next().await {
        stores.push(store.expect("it does not panic").expect("it connects"));
    }
    assert_eq!(commit(&stores[0], "k").await, Revision::new(1));
}

#[tokio::test]
async fn polls_find_what_no_notification_tells() {
    let Some(server) = Server::shared() else {
        return;
    };
    let address = server.database().await;
    let writer = connect(&address, PostgresOptions::new())
        .await
        .expect("it connects");
    let options = PostgresOptions::new()
        .with_notifications(false)
        .with_poll_every(Duration::from_millis(20));
    let reader = connect(&address, options).await.expect("it connects");
    let revision = commit(&writer, "k").await;
    sees(&reader, revision).await;
}

#[tokio::test]
async fn what_was_told_while_the_connection_was_cut_is_read_when_it_is_back() {
    let Some(server) = Server::shared() else {
        return;
    };
    let address = server.database().await;
    let proxy = Proxy::before(&server);
    let writer = connect(&address, PostgresOptions::new())
        .await
        .expect("it connects");
    let options = PostgresOptions::new().with_poll_every(NEVER);
    let through = proxy.address(&address, &server);
    let reader = connect(&through, options).await.expect("it connects");
    let first = commit(&writer, "k1").await;
    sees(&reader, first).await;
    proxy.set(Way::Cut);
    let second = commit(&writer, "k2").await;
    let stale = reader.load().await.expect("it knows the one before");
    assert_eq!(stale.revision(), first);
    let failed = reader.commit(first, &[put(api_key("k3", "Ada"))]).await;
    assert!(
        matches!(failed, Err(StoreError::Unavailable(_))),
        "{failed:?}"
    );
    proxy.set(Way::Open);
    sees(&reader, second).await;
    let late = reader.commit(first, &[put(api_key("k3", "Ada"))]).await;
    assert!(
        matches!(late, Err(StoreError::Conflict { current, .. }) if current == second),
        "{late:?}"
    );
}

#[tokio::test]
async fn a_server_that_hangs_is_away_after_a_bounded_time() {
    let Some(server) = Server::shared() else {
        return;
    };
    let address = server.database().await;
    let proxy = Proxy::before(&server);
    let options = PostgresOptions::new()
        .with_poll_every(NEVER)
        .with_notifications(false);
    let store = connect(&proxy.address(&address, &server), options).await;
    let store = store.expect("it connects");
    let revision = commit(&store, "k1").await;
    proxy.set(Way::Hole);
    let change = [put(api_key("k2", "Ada"))];
    let hanging = store.commit(revision, &change);
    let hanging = tokio::time::timeout(SOON, hanging).await;
    let failed = hanging.expect("it does not wait for ever");
    assert!(
        matches!(failed, Err(StoreError::Unavailable(_))),
        "{failed:?}"
    );
    proxy.set(Way::Open);
    // It may be there all the same: the state says so.
    let state = store.load().await.expect("it is back");
    assert!(state.revision() == revision || state.api_key("k2").is_some());
}

/// Waits until the cache says a revision.
async fn cached(folder: &Path, revision: Revision) -> String {
    let wanted = format!("\"revision\": {revision},");
    let reading = async {
        loop {
            let text = std::fs::read_to_string(folder.join("state.json")).unwrap_or_default();
            if text.contains(&wanted) {
                return text;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let read = tokio::time::timeout(SOON, reading).await;
    read.expect("it is written")
}

#[tokio::test]
async fn a_store_begins_from_its_cache_while_the_server_is_away() {
    let Some(server) = Server::with(&["-cfsync=off"]) else {
        return;
    };
    let address = server.database().await;
    let folder = Folder::new();
    let cache = folder.join("cache");
    let options = || {
        PostgresOptions::new()
            .with_cache(&cache)
            .with_poll_every(Duration::from_millis(50))
    };
    let store = connect(&address, options()).await.expect("it connects");
    let revision = commit(&store, "k").await;
    let text = cached(&cache, revision).await;
    let mode = std::fs::metadata(cache.join("state.json"))
        .expect("it is there")
        .permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    server.stop();
    assert_eq!(
        store.load().await.expect("it is known").revision(),
        revision
    );
    drop(store);

    let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let observed = options().with_observer(move |change| drop(told.send(change)));
    let store = connect(&address, observed).await.expect("it has its cache");
    let lost = heard.recv().await;
    assert!(
        matches!(&lost, Some(PostgresTransition::Lost { reason }) if !reason.is_empty()),
        "{lost:?}"
    );
    let state = store.load().await.expect("it is cached");
    assert_eq!(state.revision(), revision);
    assert!(state.api_key("k").is_some());
    let failed = store.commit(revision, &[put(api_key("k2", "Ada"))]).await;
    assert!(
        matches!(failed, Err(StoreError::Unavailable(_))),
        "{failed:?}"
    );
    let without = connect(&address, PostgresOptions::new()).await;
    let error = without.expect_err("there is no cache");
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");

    let damaged = text.replace("Ada", "Bob");
    let other = folder.join("other");
    std::fs::create_dir(&other).expect("it can be made");
    std::fs::write(other.join("state.json"), damaged).expect("it can be written");
    let error = connect(&address, PostgresOptions::new().with_cache(&other)).await;
    let error = error.expect_err("its checksum is wrong");
    assert!(
        error.to_string().contains("its checksum is wrong"),
        "{error}"
    );

    server.restart();
    // The store that began from the cache goes on with the server.
    let next = async {
        loop {
            match store.commit(revision, &[put(api_key("k2", "Ada"))]).await {
                Ok(state) => return state.revision(),
                Err(StoreError::Unavailable(_)) => tokio::task::yield_now().await,
                Err(other) => panic!("{other:?}"),
            }
        }
    };
    let next = tokio::time::timeout(SOON, next).await.expect("it is back");
    cached(&cache, next).await;
    assert_eq!(heard.recv().await, Some(PostgresTransition::Back));
    // Each once, however often it was asked.
    assert!(heard.is_empty());
}

#[tokio::test]
async fn a_database_that_was_made_anew_is_read_from_the_beginning() {
    let Some(server) = Server::shared() else {
        return;
    };
    let address = server.database().await;
    let options = || PostgresOptions::new().with_poll_every(Duration::from_millis(20));
    let store = connect(&address, options()).await.expect("it connects");
    commit(&store, "k1").await;
    commit(&store, "k2").await;
    server
        .execute(
            &address,
            "BEGIN; UPDATE tollgate_meta SET id = 'another', revision = 1;
             DELETE FROM tollgate_records WHERE key = 'apikeys/k2'; COMMIT",
        )
        .await;
    sees(&store, Revision::new(1)).await;
    let state = store.load().await.expect("it is there");
    assert!(state.api_key("k1").is_some() && state.len() == 1);
}

/// Whoever has not seen removals that are not kept any more reads everything.
#[tokio::test]
async fn old_removals_are_collected() {
    let Some(server) = Server::shared() else {
        return;
    };
    let address = server.database().await;
    let first = connect(&address, PostgresOptions::new())
        .await
        .expect("it connects");
    let options = PostgresOptions::new()
        .with_notifications(false)
        .with_poll_every(NEVER);
    let reader = connect(&address, options).await.expect("it connects");
    commit(&first, "k1").await;
    commit(&first, "k2").await;
    assert_eq!(reader.load().await.expect("it is there").len(), 2);
    let revision = Revision::new(2);
    let removal = [remove("apikeys/k1")];
    first.commit(revision, &removal).await.expect("it is there");
    drop(first);
    // As if very many commits had followed.
    let later = "UPDATE tollgate_meta SET revision = 19999";
    server.execute(&address, later).await;
    let writer = connect(&address, PostgresOptions::new())
        .await
        .expect("it connects");
    assert_eq!(commit(&writer, "k3").await, Revision::new(20_000));
    let kept = "DO $$ BEGIN ASSERT (SELECT count(*) FROM tollgate_records) = 2; END $$";
    server.execute(&address, kept).await;
    let state = reader.load().await.expect("it is there");
    assert!(state.api_key("k1").is_none() && state.api_key("k3").is_some());
}

#[tokio::test]
async fn a_later_format_and_damage_are_said() {
    let Some(server) = Server::shared() else {
        return;
    };
    for (statement, said) in [
        (
            "UPDATE tollgate_meta SET format = 2",
            "the database has format 2; this version knows 1",
        ),
        (
            "UPDATE tollgate_records SET value = '{'",
            "the database is damaged: record \"apikeys/k\"",
        ),
        (
            "UPDATE tollgate_records SET key = 'apikeys'",
            "it is no key",
        ),
    ] {
        let address = server.database().await;
        let store = connect(&address, PostgresOptions::new())
            .await
            .expect("it connects");
        commit(&store, "k").await;
        drop(store);
        server.execute(&address, statement).await;
        let error = connect(&address, PostgresOptions::new()).await;
        let error = error.expect_err("it cannot be read");
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[tokio::test]
async fn nothing_shows_the_password() {
    let Some(server) = Server::shared() else {
        return;
    };
    let address = server.database().await;
    let store = connect(&address, PostgresOptions::new())
        .await
        .expect("it connects");
    assert!(!format!("{store:?}").contains("not-to-be-shown"));
    for address in [
        "host=/nonexistent user=u password=not-to-be-shown",
        "postgres://u:not-to-be-shown@127.0.0.1:1/d",
        "host=a b password=not-to-be-shown",
        "not-to-be-shown",
    ] {
        let error = connect(address, PostgresOptions::new()).await;
        let error = error.expect_err("nobody is there");
        let mut all = format!("{error:?} {error}");
        let mut source = std::error::Error::source(&error);
        while let Some(next) = source {
            all += &next.to_string();
            source = next.source();
        }
        assert!(!all.contains("not-to-be-shown"), "{all}");
    }
}

#[tokio::test]
async fn encrypted_connections_are_verified() {
    let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
    let issued = issued.expect("it can be made");
    let (certificate, key) = (issued.cert.pem(), issued.signing_key.serialize_pem());
    let Some(server) = Server::encrypted(&certificate, &key) else {
        return;
    };
    let address = server.database().await;
    let trusting = || {
        let options = PostgresOptions::new().with_root_certificates(certificate.as_bytes());
        options.expect("it is one")
    };
    for mode in ["require", "prefer"] {
        let address = format!("{address} sslmode={mode}");
        let store = connect(&address, trusting()).await.expect("it connects");
        commit(&store, mode).await;
        let encrypted = "DO $$ BEGIN ASSERT (SELECT bool_and(ssl) FROM pg_stat_ssl
            JOIN pg_stat_activity USING (pid) WHERE application_name = 'tollgate'); END $$";
        server
            .execute(&address.replace(mode, "disable"), encrypted)
            .await;
    }
    let required = format!("{address} sslmode=require");
    let stranger = connect(&required, PostgresOptions::new()).await;
    let error = stranger.expect_err("nobody vouches for it");
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    let other = required.replace("host=localhost", "host=db.example.com");
    let error = connect(&other, trusting())
        .await
        .expect_err("it is another one");
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    let plain = connect(&format!("{address} sslmode=disable"), trusting()).await;
    plain.expect("it may be plain");

    // One that cannot encrypt.
    let Some(server) = Server::shared() else {
        return;
    };
    let address = format!("{} sslmode=require", server.database().await);
    let error = connect(&address, trusting()).await.expect_err("it cannot");
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    let wrong = PostgresOptions::new().with_root_certificates(b"none");
    let said = "the text of root certificates is damaged: there is none in it";
    assert_eq!(wrong.expect_err("it is none").to_string(), said);
}
