//! Nodes that lose Redis, and get it back.

use std::time::Duration;

use proptest::prelude::*;
use tollgate_core::Clock;
use tollgate_throttle::{Away, Mode, StoredLimit};

use super::node::{Node, plan_rate, quota, rate, until};
use super::support::{Proxy, Server, Way};

/// No token comes back while a test runs.
const SLOW: f64 = 0.001;

#[tokio::test]
async fn each_limit_says_what_decides_without_redis() {
    let Some(server) = Server::start() else {
        return;
    };
    let proxy = Proxy::before(server.socket()).await;
    let mut node = Node::start(&proxy.address()).await;
    let other = Node::start(&server.address()).await;
    // Both know that there are two.
    let node_count = Node::start(&proxy.address()).await.redis.nodes();
    assert_eq!(node_count, 3);
    drop(other);

    let bucket = |away| {
        rate(&format!("{away:?}"), SLOW, 20)
            .with_mode(Mode::Exact)
            .when_away(away)
    };
    let buckets = [Away::Local, Away::Open, Away::Closed].map(bucket);
    let count = |away| {
        quota(&format!("{away:?}"), 20)
            .with_mode(Mode::Exact)
            .when_away(away)
    };
    let counts = [Away::Local, Away::Open, Away::Closed].map(count);
    for limit in buckets.iter().chain(&counts) {
        for _ in 0..10 {
            let verdict = node.take(&[limit]).await;
            assert!(verdict.is_admitted() && !verdict.degraded);
        }
    }
    proxy.set(Way::Cut);
    node.lost().await;
    let nodes = u64::from(node.redis.nodes());
    for limits in [&buckets, &counts] {
        let [local, open, closed] = limits;
        // Its share of what was left.
        let mut admitted = 0;
        let refused = loop {
            let verdict = node.take(&[local]).await;
            assert!(verdict.degraded);
            match verdict.refused {
                None => admitted += 1,
                Some(refused) => break refused,
            }
        };
        assert_eq!(admitted, 10 / nodes);
        assert!(refused.until.duration(node.clock.now()).is_some());
        for _ in 0..50 {
            let verdict = node.take(&[open]).await;
            assert!(verdict.is_admitted() && verdict.degraded);
        }
        let verdict = node.take(&[open, closed]).await;
        assert_eq!(verdict.refused.map(|refused| refused.index), Some(1));
        assert!(verdict.degraded);
    }
    proxy.set(Way::Open);
    node.connected().await;
    for (limit, left) in buckets.iter().zip([10, 10, 10]) {
        assert_eq!(node.take_all(&[limit]).await, left);
    }
    // What was counted here is counted there, once.
    assert_eq!(node.take_all(&[&counts[0]]).await, 10 - 10 / nodes);
    until("all is counted", async || node.used("Local").await == 20).await;
    assert_eq!(node.take_all(&[&counts[2]]).await, 10);
}

#[tokio::test]
async fn it_starts_without_redis() {
    let Some(mut server) = Server::start() else {
        return;
    };
    server.kill();
    let mut node = Node::without_redis(&server.address(), Duration::from_secs(2), None);
    let (bucket, count) = (plan_rate("key", SLOW, 10), quota("key", 5));
    for _ in 0..3 {
        let verdict = node.take(&[&bucket, &count]).await;
        assert!(verdict.is_admitted() && verdict.degraded);
    }
    server.restart();
    node.connected().await;
    let verdict = node.take(&[&bucket, &count]).await;
    assert!(verdict.is_admitted() && !verdict.degraded);
    assert_eq!(node.take_all(&[&count]).await, 1);
    until("all is counted", async || node.used("key").await == 5).await;
}

/// A server that hangs costs a request one timeout at most, and the breaker ends even that.
#[tokio::test]
async fn a_server_that_hangs_holds_nobody_up() {
    let Some(server) = Server::start() else {
        return;
    };
    let timeout = Duration::from_millis(20);
    let mut node = Node::with(&server.address(), timeout, None).await;
    let (bucket, count) = (
        rate("rate", 1e6, 1_000_000).with_mode(Mode::Exact),
        quota("key", 1_000_000).with_mode(Mode::Exact),
    );
    let mut is_stopped = false;
    let mut longest = Duration::ZERO;
    for request in 0..3_000 {
        if request == 1_000 {
            server.stop();
            is_stopped = true;
        }
        let begun = node.clock.now();
        let verdict = node.take(&[&bucket, &count]).await;
        // A busy machine may time out before.
        assert!(verdict.is_admitted(), "{verdict:?}");
        assert!(verdict.degraded || !is_stopped);
        if is_stopped {
            longest = longest.max(node.clock.now().since(begun));
        }
    }
    // Twice the timeout, and a busy machine.
    assert!(longest < Duration::from_millis(500), "{longest:?}");
    server.go_on();
    node.connected().await;
    until("decisions are exact again", async || {
        !node.take(&[&bucket, &count]).await.degraded
    })
    .await;
}

/// What happens to a fleet.
#[derive(Clone, Debug)]
enum Happens {
    Take(usize, u32),
    Set(usize, Way),
}

fn happens() -> impl Strategy<Value = Happens> {
    let node = 0..3_usize;
    prop_oneof![
        6 => (node.clone(), 1..40_u32).prop_map(|(node, count)| Happens::Take(node, count)),
        1 => node.clone().prop_map(|node| Happens::Set(node, Way::Cut)),
        1 => node.clone().prop_map(|node| Happens::Set(node, Way::Hole)),
        2 => node.prop_map(|node| Happens::Set(node, Way::Open)),
    ]
}

const RATE: f64 = 400.0;
const BURST: u32 = 80;
const NODES: usize = 3;
/// What the rate brings in twenty milliseconds.
const LEASE: f64 = 8.0;
const QUOTA: u64 = 120;

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Never more than the burst, what the rate brings, and a lease for each node, whatever is cut;
    /// and what is counted is what was admitted, and what was on its way when something was cut.
    #[test]
    fn cuts_let_nothing_past_the_limit(script in proptest::collection::vec(happens(), 1..40)) {
        let Some(server) = Server::start() else { return Ok(()) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("there is a runtime").block_on(cuts(&server, &script));
    }
}

async fn cuts(server: &Server, script: &[Happens]) {
    let mut fleet: Vec<(Proxy, Node, [StoredLimit; 2])> = Vec::new();
    for _ in 0..NODES {
        let proxy = Proxy::before(server.socket()).await;
        let node = Node::with(&proxy.address(), Duration::from_millis(20), None).await;
        let limits = [
            rate("cut", RATE, BURST).when_away(Away::Closed),
            quota("cut", QUOTA).when_away(Away::Closed),
        ];
        fleet.push((proxy, node, limits));
    }
    let clock = fleet[0].1.clock.clone();
    let begun = clock.now();
    let (mut admitted, mut counted, mut cuts) = (0_u32, 0, 0);
    for happens in script {
        match happens {
            Happens::Set(node, way) => {
                cuts += u64::from(*way != Way::Open);
                fleet[*node].0.set(*way);
            }
            Happens::Take(node, count) => {
                let (_, node, [bucket, quota]) = &fleet[*node];
                for _ in 0..*count {
                    admitted += u32::from(node.take(&[bucket]).await.is_admitted());
                    counted += u64::from(node.take(&[quota]).await.is_admitted());
                }
            }
        }
        let passed = clock.now().since(begun).as_secs_f64();
        let most = f64::from(BURST) + RATE * passed + LEASE * NODES as f64;
        assert!(f64::from(admitted) <= most, "{admitted} of {most}");
        assert!(counted <= QUOTA, "{counted}");
    }
    for (proxy, node, _) in &fleet {
        proxy.set(Way::Open);
        until("it is back", async || node.redis.is_up()).await;
        node.store.close().await;
    }
    let node = Node::start(&server.address()).await;
    let used = node.used("cut").await;
    // A fetch whose answer was cut stays counted: of five timeouts, or one end, for each cut.
    assert!(used >= counted, "{used} counted, {counted} admitted");
    assert!(
        used <= counted + 5 * (cuts + 1) * 2,
        "{used} counted, {counted} admitted"
    );
}
