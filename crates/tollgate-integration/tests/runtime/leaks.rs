//! What is left when many functions have failed in many ways: nothing.

use std::process::{Command, Stdio};
use std::time::Duration;

use futures::future::join_all;
use http_body_util::BodyExt as _;
use serde_json::json;
use tokio::time::timeout;
use tollgate_integration::lambda::LambdaFunction as _;

use super::support::{LONG, event, function, settings};

/// Says that this is the program in which nothing else happens.
const ALONE: &str = "TOLLGATE_TEST_ALONE";

#[test]
fn nothing_is_left_of_functions_that_fail() {
    let counted = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "leaks::count", "--nocapture", "--test-threads=1"])
        .env(ALONE, "1")
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    let said = String::from_utf8(counted.stdout).unwrap();
    assert!(counted.status.success(), "{said}");
    assert!(said.contains("calls: 120"), "{said}");
}

/// A test only in name: what the other one runs in a program of its own.
#[tokio::test]
async fn count() {
    if std::env::var_os(ALONE).is_none() {
        return;
    }
    // What the runtime opens once stays open.
    function(settings())
        .invoke(event("echo", ()))
        .await
        .unwrap();
    is_left(usize::MAX).await;
    let files = open_files();
    let mut calls = 0;
    for _ in 0..3 {
        let mut settings = settings();
        settings.timeout = Duration::from_millis(800);
        settings.max_concurrency = 4;
        let function = function(settings);
        let events = [
            event("echo", ()),
            event("exit", 1),
            event("kill", ()),
            event("hang", ()),
            event("fail", ()),
            event("answer and exit", ()),
            event("stream", json!({"pieces": ["a"], "then": "exit"})),
            event("stream", json!({"pieces": ["a"], "then": "close"})),
        ];
        let all = events.iter().cycle().take(40);
        let answers = join_all(all.map(async |event| {
            let invoked = function.invoke(event.clone()).await.unwrap();
            // Some break off.
            drop(invoked.payload.collect().await);
        }));
        calls += answers.await.len();
    }
    is_left(files).await;
    println!("calls: {calls}");
}

/// Waits for the tasks that end processes.
async fn is_left(most: usize) {
    let settled = async {
        while open_files() > most || !children().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    let waited = timeout(LONG, settled).await;
    assert!(
        waited.is_ok(),
        "{} files, not {most}; {:?}",
        open_files(),
        children()
    );
}

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// The commands of all processes whose parent this one is, ended ones included.
fn children() -> Vec<String> {
    let ours = std::process::id().to_string();
    let processes = std::fs::read_dir("/proc").unwrap();
    let stats =
        processes.filter_map(|entry| std::fs::read_to_string(entry.ok()?.path().join("stat")).ok());
    let of_ours = stats.filter(|stat| {
        let after_name = stat.rsplit_once(") ").map(|(_, fields)| fields);
        after_name.and_then(|fields| fields.split(' ').nth(1)) == Some(ours.as_str())
    });
    of_ours.collect()
}
