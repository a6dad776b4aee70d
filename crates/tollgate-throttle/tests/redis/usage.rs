//! Usage plans whose counts are in Redis.

use std::sync::Arc;
use std::time::Duration;

use tollgate_core::{Clock, Quota, QuotaPeriod, RateLimit, SeededRandom};
use tollgate_throttle::{
    ApiKey, Day, NoUsage, PlanStage, Store, StoreAway, UsageJournal, UsagePlan, UsagePlans,
};

use super::journal::Journal;
use super::node::{Node, until};
use super::support::Server;

/// A plan with one key.
fn plans(node: &Node, quota: Option<u64>) -> UsagePlans {
    let mut plan = UsagePlan::new("plan");
    plan.quota = quota.map(|limit| Quota::new(limit, QuotaPeriod::Day, 0).expect("it is one"));
    plan.throttle = Some(RateLimit::new(0.001, 1_000).expect("it is a rate"));
    plan.stages.push(PlanStage::new("api", "prod"));
    plan.keys.push("key".into());
    let key = ApiKey::new("key", "0123456789abcdefghij").expect("it is a value");
    let none = UsagePlans::new(&SeededRandom::new(1));
    let table = none.updated(&[plan], &[key], node.clock.now());
    table.expect("the plan is right")
}

/// Calls once; whether it was admitted.
async fn call(node: &Node, plans: &UsagePlans) -> bool {
    let stage = plans.stage("api", "prod").expect("it has a plan");
    let key = stage.admit(Some("0123456789abcdefghij")).expect("it opens");
    let limits = key.stored_limits("/pets/GET");
    let verdict = node.store.take(&limits, node.clock.now()).await;
    assert!(!verdict.degraded);
    verdict.is_admitted()
}

async fn used_today(node: &Node, plans: &UsagePlans) -> [u64; 2] {
    let today = Day::of(node.clock.now());
    let usage = plans
        .usage_in(&node.store, "plan", Some("key"), (today, today))
        .await;
    usage.expect("Redis is there")[0].days[0]
}

#[tokio::test]
async fn a_report_is_about_all_nodes() {
    let Some(server) = Server::start() else {
        return;
    };
    let nodes = [
        Node::start(&server.address()).await,
        Node::start(&server.address()).await,
    ];
    for quota in [None, Some(500)] {
        let server = nodes[0].redis.clone();
        let flush = tollgate_redis::Command::new("FLUSHALL");
        server.send(&flush).await.expect("Redis is there");
        let of_nodes = nodes.each_ref().map(|node| plans(node, quota));
        for (node, plans) in nodes.iter().zip(&of_nodes) {
            for _ in 0..30 {
                assert!(call(node, plans).await);
            }
        }
        // What was fetched and not used is brought back.
        until("all of them are counted", async || {
            used_today(&nodes[0], &of_nodes[0]).await[0] == 60
        })
        .await;
        let [used, left] = used_today(&nodes[1], &of_nodes[1]).await;
        assert_eq!((used, left), (60, quota.unwrap_or(u64::MAX) - 60));
        let today = Day::of(nodes[0].clock.now());
        let all = of_nodes[0]
            .usage_in(&nodes[0].store, "plan", None, (today, today))
            .await;
        assert_eq!(all.expect("Redis is there").len(), 1);
    }
}

#[tokio::test]
async fn a_plan_without_a_quota_asks_for_its_rate_alone() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let mut node = Node::start(&server.address()).await;
    let plans = plans(&node, None);
    let stage = plans.stage("api", "prod").expect("it has a plan");
    let key = stage.admit(Some("0123456789abcdefghij")).expect("it opens");
    let quota = [key.stored_limits("/pets/GET")[2]];
    for _ in 0..10 {
        let verdict = node.store.take(&quota, node.clock.now()).now();
        assert!(verdict.expect("nobody is asked").is_admitted());
    }
    // And Redis may be away.
    server.kill();
    node.lost().await;
    let verdict = node.store.take(&quota, node.clock.now()).now();
    assert!(verdict.expect("nobody is asked").is_admitted());
    let today = Day::of(node.clock.now());
    let away = plans
        .usage_in(&node.store, "plan", Some("key"), (today, today))
        .await;
    assert_eq!(away, Err(NoUsage::Away(StoreAway)));
    server.restart();
    node.connected().await;
    until("what was counted meanwhile is told", async || {
        used_today(&node, &plans).await[0] == 11
    })
    .await;
}

#[tokio::test]
async fn a_grant_is_for_all_nodes_and_for_good() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let journal = Arc::new(Journal::default());
    let start = async |server: &Server| {
        let journal: Arc<dyn UsageJournal> = journal.clone();
        Node::with(&server.address(), Duration::from_secs(2), Some(journal)).await
    };
    let nodes = [start(&server).await, start(&server).await];
    let of_nodes = nodes.each_ref().map(|node| plans(node, Some(10)));
    let grant = async |place: usize, remaining| {
        let (node, plans) = (&nodes[place], &of_nodes[place]);
        let now = node.clock.now();
        plans
            .set_remaining_in(&node.store, ("plan", "key"), remaining, now)
            .await
    };
    // Before anything is counted, and by a node that has asked for nothing yet.
    assert_eq!(grant(0, 12).await, Ok(()));
    for _ in 0..12 {
        assert!(call(&nodes[1], &of_nodes[1]).await);
    }
    assert!(!call(&nodes[1], &of_nodes[1]).await);
    assert_eq!(grant(0, 5).await, Ok(()));
    until("the other node finds it out", async || {
        call(&nodes[1], &of_nodes[1]).await
    })
    .await;
    assert_eq!(used_today(&nodes[0], &of_nodes[0]).await, [13, 4]);
    for node in &nodes {
        node.store.close().await;
    }
    drop((nodes, of_nodes));
    server.kill();
    server.restart();
    let node = start(&server).await;
    let plans = plans(&node, Some(10));
    assert_eq!(used_today(&node, &plans).await, [13, 4]);
    for _ in 0..4 {
        assert!(call(&node, &plans).await);
    }
    assert!(!call(&node, &plans).await);
}

#[tokio::test]
async fn a_grant_before_the_first_count_is_recorded() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let journal = Arc::new(Journal::default());
    for turn in 0..2 {
        let journal: Arc<dyn UsageJournal> = journal.clone();
        let node = Node::with(&server.address(), Duration::from_secs(2), Some(journal)).await;
        let plans = plans(&node, Some(1));
        if turn == 0 {
            let now = node.clock.now();
            let granted = plans
                .set_remaining_in(&node.store, ("plan", "key"), 3, now)
                .await;
            assert_eq!(granted, Ok(()));
        } else {
            for expected in [true, true, true, false] {
                assert_eq!(call(&node, &plans).await, expected);
            }
        }
        node.store.close().await;
        drop((node, plans));
        server.kill();
        server.restart();
    }
}
