//! Counts that outlast Redis.

use std::sync::Arc;
use std::time::Duration;

use tollgate_redis::{Command, Reply};
use tollgate_throttle::{Mode, StoredLimit, UsageJournal};

use super::journal::Journal;
use super::node::{Node, quota, today, until};
use super::support::Server;

async fn start(server: &Server, journal: &Arc<Journal>) -> Node {
    let journal: Arc<dyn UsageJournal> = journal.clone();
    Node::with(&server.address(), Duration::from_secs(2), Some(journal)).await
}

#[tokio::test]
async fn counts_go_on_where_they_were_recorded() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let journal = Arc::new(Journal::default());
    let node = start(&server, &journal).await;
    let limit = quota("key", 100);
    for _ in 0..40 {
        assert!(node.take(&[&limit]).await.is_admitted());
    }
    // As a node does that ends: what it has counted is recorded.
    node.store.close().await;
    assert_eq!(journal.used("key"), 40);
    drop(node);
    server.kill();
    server.restart();

    let mut node = start(&server, &journal).await;
    assert_eq!(node.used("key").await, 0);
    for _ in 0..20 {
        let verdict = node.take(&[&exact()]).await;
        assert!(verdict.is_admitted() && !verdict.degraded);
    }
    assert_eq!(node.used("key").await, 60);
    // What the node itself knows is more than what is recorded.
    server.kill();
    node.lost().await;
    server.restart();
    node.connected().await;
    assert_eq!(node.take_all(&[&exact()]).await, 40);
    assert_eq!(node.used("key").await, 100);

    let fields = format!(
        "{{tollgate:plan:plan:key}}:quota:{}",
        today(&*node.clock).start.number()
    );
    let day = format!("day:{}", today(&*node.clock).start.number());
    let of_day = Command::new("HGET").arg(&fields).arg(day);
    let of_day = node.redis.send(&of_day).await.expect("Redis is there");
    assert_eq!(of_day.integer(), Some(100));
    let expiry = node.redis.send(&Command::new("PTTL").arg(fields)).await;
    let expiry = expiry
        .expect("Redis is there")
        .integer()
        .expect("it has one");
    let day = 86_400_000;
    assert!((35 * day..=36 * day).contains(&expiry), "{expiry}");
}

fn exact() -> StoredLimit {
    quota("key", 100).with_mode(Mode::Exact)
}

#[tokio::test]
async fn one_node_records_for_all() {
    let Some(server) = Server::start() else {
        return;
    };
    let journal = Arc::new(Journal::default());
    let nodes = [
        start(&server, &journal).await,
        start(&server, &journal).await,
    ];
    let limits = [quota("shared", 1_000), quota("shared", 1_000)];
    for (node, limit) in nodes.iter().zip(&limits) {
        for _ in 0..50 {
            assert!(node.take(&[limit]).await.is_admitted());
        }
    }
    // Within five seconds, and that of a busy machine.
    until("it is recorded", async || journal.used("shared") == 100).await;
    let turn = Command::new("GET").arg("{tollgate:flush}:turn");
    let turn = nodes[0].redis.send(&turn).await.expect("Redis is there");
    let Reply::Bytes(turn) = turn else {
        panic!("{turn:?}");
    };
    let known = nodes.each_ref().map(|node| node.redis.node().to_string());
    assert!(known.contains(&String::from_utf8(turn).expect("it is a number")));
}
