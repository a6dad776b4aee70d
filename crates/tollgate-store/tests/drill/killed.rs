//! A process is killed again and again while it commits to a file.

use std::io::{BufRead, BufReader};

use tollgate_core::{Random, SystemRandom};
use tollgate_store::{ConfigStore, RedbStore, StoreError};

use crate::child;
use crate::support::Folder;

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_kill() {
    let wanted = crate::commits(150);
    let folder = Folder::new();
    let file = folder.join("store");
    let (mut acknowledged, mut kills, mut unheard) = (0, 0, 0_u64);
    while acknowledged < wanted {
        let mut process = child::command(&file, 0)
            .spawn()
            .expect("it is this program");
        let output = process.stdout.take().expect("it is piped");
        let mut lines = BufReader::new(output).lines();
        // The child goes on while this one draws its lot: the kill comes at any point of a commit.
        let lot = SystemRandom.next_u64();
        let mut left = lot % 25;
        for line in lines.by_ref() {
            let line = line.expect("it is text");
            if let Some(number) = line.strip_prefix("acknowledged ") {
                acknowledged = number.parse().expect("it is a number");
            } else if !line.starts_with("opened ") {
                continue;
            }
            if left == 0 {
                break;
            }
            left -= 1;
        }
        linger(lot >> 32);
        process.kill().expect("it is ours");
        process.wait().expect("it ends");
        kills += 1;
        // What it had said when it was killed.
        for line in lines {
            let Ok(line) = line else { break };
            if let Some(number) = line.strip_prefix("acknowledged ") {
                acknowledged = number.parse().expect("it is a number");
            }
        }
        let store = RedbStore::open(&file).await.expect("it opens");
        let state = store.load().await.expect("it is there");
        let revision = state.revision().number();
        // One more may be there that it could not tell of any more.
        assert!(
            (acknowledged..=acknowledged + 1).contains(&revision),
            "{acknowledged}, {revision}"
        );
        unheard += revision - acknowledged;
        acknowledged = revision;
        child::check(&state);
    }
    println!(
        "redb: {acknowledged} commits, {kills} kills, {unheard} commits that were not told of"
    );
}

/// Lets the other process go on for a while.
fn linger(lot: u64) {
    for _ in 0..lot % 2_000 {
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn a_file_opens_that_was_being_made_when_its_process_was_killed() {
    for _ in 0..crate::commits(100) / 10 {
        let folder = Folder::new();
        let file = folder.join("store");
        let mut process = child::command(&file, 0)
            .spawn()
            .expect("it is this program");
        let begun = folder.join("store.new");
        while !file.exists() && !begun.exists() {
            let ended = process.try_wait().expect("it is ours");
            assert!(ended.is_none(), "it ended without a file");
            std::thread::yield_now();
        }
        linger(SystemRandom.next_u64());
        process.kill().expect("it is ours");
        process.wait().expect("it ends");
        let store = RedbStore::open(&file).await.expect("it opens");
        child::check(&store.load().await.expect("it is there"));
    }
}

#[tokio::test]
async fn a_file_that_another_process_has_open_is_named() {
    let folder = Folder::new();
    let file = folder.join("store");
    let mut process = child::command(&file, 0)
        .spawn()
        .expect("it is this program");
    let output = process.stdout.take().expect("it is piped");
    let mut lines = BufReader::new(output).lines();
    assert!(lines.any(|line| line.is_ok_and(|line| line.starts_with("opened "))));
    let refused = RedbStore::open(&file).await;
    process.kill().expect("it is ours");
    process.wait().expect("it ends");
    let error = refused.expect_err("it is in use");
    assert!(
        matches!(&error, StoreError::InUse { path } if *path == file),
        "{error:?}"
    );
}
