//! What the store in a file has for itself.

use std::os::unix::fs::PermissionsExt as _;

use tollgate_core::{Random, SeededRandom};
use tollgate_store::{ConfigStore, RedbStore, Revision, StoreError};

use crate::support::Folder;
use crate::support::entities::{api_key, put};

#[tokio::test]
async fn one_process_has_the_file() {
    let folder = Folder::new();
    let path = folder.join("store");
    let store = RedbStore::open(&path).await.expect("it opens");
    let second = RedbStore::open(&path).await.expect_err("it is open");
    assert!(matches!(second, StoreError::InUse { .. }), "{second:?}");
    assert_eq!(
        second.to_string(),
        format!("{} is in use by another store", path.display())
    );
    drop(store);
    RedbStore::open(&path).await.expect("it is free");
}

#[tokio::test]
async fn of_many_who_make_the_file_one_has_it() {
    let folder = Folder::new();
    let path = folder.join("store");
    let opening: Vec<_> = (0..8)
        .map(|_| tokio::spawn(RedbStore::open(path.clone())))
        .collect();
    let mut stores = Vec::new();
    for opening in opening {
        match opening.await.expect("it does not panic") {
            Ok(store) => stores.push(store),
            Err(error) => assert!(matches!(error, StoreError::InUse { .. }), "{error:?}"),
        }
    }
    assert_eq!(stores.len(), 1);
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .expect("it is there")
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[tokio::test]
async fn the_file_is_for_its_owner_alone() {
    let folder = Folder::new();
    let path = folder.join("store");
    let _store = RedbStore::open(&path).await.expect("it opens");
    let mode = std::fs::metadata(&path).expect("it is there").permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_named() {
    let folder = Folder::new();
    let path = folder.join("none/store");
    let error = RedbStore::open(&path).await.expect_err("there is none");
    assert!(matches!(error, StoreError::Io { .. }), "{error:?}");
    assert!(error.to_string().contains("none/store"), "{error}");
}

#[tokio::test]
async fn other_files_are_left_alone() {
    let folder = Folder::new();
    let path = folder.join("store");
    let long = "something else\n".repeat(10_000);
    for text in ["x", "something else", &long] {
        std::fs::write(&path, text).expect("it can be written");
        let error = RedbStore::open(&path).await.expect_err("it is no store");
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
        let left = std::fs::read_to_string(&path).expect("it is there");
        assert_eq!(left, text);
    }
}

#[tokio::test]
async fn a_later_format_is_refused() {
    let folder = Folder::new();
    let path = folder.join("store");
    drop(RedbStore::open(&path).await.expect("it opens"));
    let meta = redb::TableDefinition::<&str, u64>::new("meta");
    let database = redb::Database::open(&path).expect("it opens");
    let writing = database.begin_write().expect("it can be written");
    let mut table = writing.open_table(meta).expect("it is there");
    table.insert("format", 2).expect("it can be written");
    drop(table);
    writing.commit().expect("it can be written");
    drop(database);
    let error = RedbStore::open(&path).await.expect_err("it is newer");
    let said = format!("{} has format 2; this version knows 1", path.display());
    assert_eq!(error.to_string(), said);
}

/// Whatever is damaged, opening ends with an error, or with all that was there.
#[tokio::test]
async fn a_damaged_file_is_an_error() {
    let folder = Folder::new();
    let path = folder.join("store");
    let store = RedbStore::open(&path).await.expect("it opens");
    let mut revision = Revision::EMPTY;
    for number in 0..20 {
        let key = put(api_key(&format!("k{number}"), "Ada"));
        revision = store
            .commit(revision, &[key])
            .await
            .expect("it is kept")
            .revision();
    }
    drop(store);
    let good = std::fs::read(&path).expect("it is there");
    let random = SeededRandom::new(5);
    let mut refused = 0;
    for case in 0..60_usize {
        let mut bytes = good.clone();
        let place = || usize::try_from(random.next_u64()).expect("64 bits") % bytes.len();
        match case % 3 {
            0 => {
                // The first page, and so the header, oftener than others.
                let at = if case % 2 == 0 {
                    place() % 512
                } else {
                    place()
                };
                bytes[at] ^= 1 << (case % 8);
            }
            1 => {
                let at = place();
                let end = (at + 4_096).min(bytes.len());
                bytes[at..end].fill(0xa5);
            }
            _ => {
                let at = place();
                bytes.truncate(at);
            }
        }
        std::fs::write(&path, &bytes).expect("it can be written");
        match RedbStore::open(&path).await {
            Ok(store) => {
                let state = store.load().await.expect("it is there");
                // What was not damaged is whole, or the engine went back to the commit before.
                let whole = usize::try_from(state.revision().number()).expect("they are few");
                assert_eq!(state.len(), whole, "case {case}");
                assert!(state.revision() <= revision, "case {case}");
            }
            Err(StoreError::Corrupt { .. } | StoreError::Io { .. }) => refused += 1,
            Err(other) => panic!("case {case}: {other:?}"),
        }
    }
    assert!(refused > 10, "{refused}");
}
