//! A disk is full.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use tollgate_store::{ConfigStore, RedbStore, Revision};

use crate::child;
use crate::support::Folder;

/// Blocks of 512 bytes that a file may have.
const MOST_BLOCKS: u32 = 8_192;

/// A limit on the size of files stands in for the disk: the system refuses to write in the same place.
#[tokio::test]
async fn a_full_disk_is_an_error_and_leaves_the_state_as_it_was() {
    let folder = Folder::new();
    let file = folder.join("store");
    let inner = child::command(&file, 20_000);
    let mut limited = Command::new("sh");
    let script = format!("ulimit -f {MOST_BLOCKS}; trap '' XFSZ; exec \"$0\" \"$@\"");
    limited
        .args(["-c", &script])
        .arg(inner.get_program())
        .args(inner.get_args());
    for (name, value) in inner.get_envs() {
        limited.env(name, value.expect("it is set"));
    }
    limited
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut process = limited.spawn().expect("there is a shell");
    let output = process.stdout.take().expect("it is piped");
    let (mut acknowledged, mut end) = (0, None);
    for line in BufReader::new(output).lines() {
        let line = line.expect("it is text");
        if let Some(number) = line.strip_prefix("acknowledged ") {
            acknowledged = number.parse().expect("it is a number");
        } else if let Some(said) = line.strip_prefix("ended ") {
            end = Some(said.to_owned());
        }
    }
    process.wait().expect("it ends");
    assert!(acknowledged > 3, "{acknowledged}");
    let path = file.display();
    let said = format!("{acknowledged} true true {path} cannot be read or written");
    assert_eq!(end, Some(said));
    let store = RedbStore::open(&file).await.expect("it opens");
    let state = store.load().await.expect("it is there");
    assert_eq!(state.revision(), Revision::new(acknowledged));
    child::check(&state);
    // There is room again.
    let revision = state.revision();
    let next = store.commit(revision, &child::next(revision, 0)).await;
    child::check(&next.expect("it is kept"));
    println!("redb: {acknowledged} commits until the disk was full");
}
