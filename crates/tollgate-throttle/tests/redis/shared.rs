//! Nodes that have Redis.

use std::task::Poll;

use futures::future::join_all;

use tollgate_core::Clock;
use tollgate_redis::Command;
use tollgate_throttle::{LimitKey, Mode, Store, StoredLimit, TokenBucket, Until};

use super::node::{Node, plan_rate, quota, rate, until};
use super::support::Server;

/// No token comes back while a test runs.
const SLOW: f64 = 0.001;

/// Slower than any machine takes.
const RATE: f64 = 200.0;

async fn nodes(address: &str, count: usize) -> Vec<Node> {
    let mut nodes = Vec::new();
    for _ in 0..count {
        nodes.push(Node::start(address).await);
    }
    nodes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_share_a_rate() {
    let Some(server) = Server::start() else {
        return;
    };
    let nodes = nodes(&server.address(), 4).await;
    for mode in [Mode::Exact, Mode::Lease] {
        let name = format!("{mode:?}");
        let limits = [0; 4].map(|_| rate(&name, RATE, 2_000).with_mode(mode));
        let begun = nodes[0].clock.now();
        let taking = nodes.iter().zip(&limits);
        let taking = taking.map(|(node, limit)| async move { node.take_all(&[limit]).await });
        let admitted: u64 = join_all(taking).await.iter().sum();
        let passed = nodes[0].clock.now().since(begun).as_secs_f64();
        let most = 2_000.0 + RATE * passed;
        assert!(admitted >= 2_000 - 4 * 4, "{mode:?}: {admitted}");
        assert!(admitted as f64 <= most, "{mode:?}: {admitted} of {most}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn quotas_are_neither_lost_nor_doubled() {
    let Some(server) = Server::start() else {
        return;
    };
    for (limit, mode) in [(50, None), (3_000, None), (500, Some(Mode::Exact))] {
        let nodes = nodes(&server.address(), 4).await;
        let key_id = format!("key{limit}");
        let limits: Vec<_> = nodes
            .iter()
            .map(|_| match mode {
                Some(mode) => quota(&key_id, limit).with_mode(mode),
                None => quota(&key_id, limit),
            })
            .collect();
        // Several tasks a node.
        let tasks = nodes.iter().zip(&limits).flat_map(|(node, limit)| {
            std::iter::repeat_with(move || async move { node.take_all(&[limit]).await }).take(5)
        });
        let admitted: u64 = join_all(tasks).await.iter().sum();
        for node in &nodes {
            node.store.close().await;
        }
        assert_eq!(nodes[0].used(&key_id).await, admitted, "{limit}");
        // What somebody held when the others were refused can still be had.
        let last = Node::start(&server.address()).await;
        let rest = last.take_all(&[&quota(&key_id, limit)]).await;
        assert_eq!(admitted + rest, limit);
        assert!(rest <= 4, "{limit}: {rest}");
    }
}

#[tokio::test]
async fn few_calls_are_made_below_the_limit() {
    let Some(server) = Server::start() else {
        return;
    };
    let node = Node::start(&server.address()).await;
    for (mode, most) in [(Mode::Lease, 18), (Mode::Exact, 1_000)] {
        let limit = rate(&format!("{mode:?}"), 1e6, 1_000_000).with_mode(mode);
        let reset = Command::new("CONFIG").arg("RESETSTAT");
        node.redis.send(&reset).await.expect("it forgets");
        for _ in 0..1_000 {
            assert!(node.take(&[&limit]).await.is_admitted());
        }
        let calls = calls(&node).await;
        assert!(calls <= most, "{mode:?}: {calls}");
    }
}

async fn calls(node: &Node) -> u64 {
    let stats = Command::new("INFO").arg("commandstats");
    let stats = node.redis.send(&stats).await.expect("it counts");
    let tollgate_redis::Reply::Bytes(stats) = stats else {
        panic!("{stats:?}");
    };
    let stats = String::from_utf8(stats).expect("it is text");
    let line = stats.split("cmdstat_evalsha:calls=").nth(1);
    let calls = line.and_then(|line| line.split(',').next());
    calls.map_or(0, |calls| calls.parse().expect("it is a number"))
}

#[tokio::test]
async fn a_refusal_is_remembered() {
    let Some(server) = Server::start() else {
        return;
    };
    let node = Node::start(&server.address()).await;
    let limit = rate("refused", SLOW, 1);
    assert!(node.take(&[&limit]).await.is_admitted());
    let refused = node.take(&[&limit]).await.refused.expect("it was the last");
    let wait = refused.until.duration(node.clock.now());
    let wait = wait.expect("one comes some day").as_secs_f64();
    assert!((990.0..=1_000.1).contains(&wait), "{wait}");
    // It is not asked again at once.
    let limits = [Some(&limit)];
    let again = node.store.take(&limits, node.clock.now()).now();
    let again = again.expect("it is known").refused.expect("it is refused");
    let wait = again.until.duration(node.clock.now());
    assert!(wait.is_some_and(|wait| wait.as_secs() > 980), "{wait:?}");

    let none = quota("none", 0);
    let refused = node.take(&[&none]).await.refused.expect("there is none");
    let tomorrow = super::node::today(&*node.clock).end;
    assert_eq!(refused.until, Until::Quota(tomorrow));
}

/// A decision asks for the limits of a plan, of a stage and of an account, which lie apart in a
/// cluster: one that refuses costs the others nothing, wherever they are.
#[tokio::test]
async fn a_cluster_is_asked_once_for_each_place() {
    let Some(server) = Server::with(&["--cluster-enabled", "yes"]) else {
        return;
    };
    let mut node = Node::without_redis(&server.address(), std::time::Duration::from_secs(5), None);
    server.assign_slots();
    node.connected().await;
    let bucket = |rate, burst| {
        let rate = tollgate_core::RateLimit::new(rate, burst).expect("it is a rate");
        TokenBucket::new(rate)
    };
    for (mode, key_id) in [(Mode::Exact, "one"), (Mode::Lease, "other")] {
        let plan = ("plan", key_id);
        let stage = ("api", key_id);
        let limits = [
            StoredLimit::rate(
                LimitKey::plan_method(plan, stage, "/pets/GET"),
                bucket(SLOW, 9),
            ),
            plan_rate(key_id, SLOW, 8),
            quota(key_id, 7),
            StoredLimit::rate(
                LimitKey::method(stage.0, stage.1, "/pets/GET"),
                bucket(SLOW, 5),
            ),
            StoredLimit::rate(LimitKey::account(key_id), bucket(SLOW, 6)),
        ]
        .map(|limit| limit.with_mode(mode));
        let all: Vec<_> = limits.iter().collect();
        assert_eq!(node.take_all(&all).await, 5);
        let refused = node.take(&all).await.refused.expect("none is left");
        assert_eq!(refused.index, 3, "{mode:?}");
        for (place, left) in [(0, 4), (1, 3), (2, 2), (4, 1)] {
            let limit = &limits[place];
            assert_eq!(node.take_all(&[limit]).await, left, "{mode:?} {place}");
        }
    }
}

#[tokio::test]
async fn a_request_that_is_dropped_takes_nothing() {
    let Some(server) = Server::start() else {
        return;
    };
    let node = Node::start(&server.address()).await;
    for mode in [Mode::Exact, Mode::Lease] {
        let key_id = format!("{mode:?}");
        let (bucket, count) = (
            plan_rate(&key_id, SLOW, 40).with_mode(mode),
            quota(&key_id, 30).with_mode(mode),
        );
        let limits = [Some(&bucket), Some(&count)];
        let mut admitted = 0;
        for polls in 0..40_u32 {
            let mut take = Box::pin(node.store.take(&limits, node.clock.now()));
            for _ in 0..=polls % 5 {
                if let Poll::Ready(verdict) = futures::poll!(&mut take) {
                    admitted += u64::from(verdict.is_admitted());
                    break;
                }
                tokio::task::yield_now().await;
            }
            // Most of them have asked, and not heard.
        }
        until("nothing is counted but what was admitted", async || {
            admitted += node.take_all(&[&bucket, &count]).await;
            admitted == 30 && node.used(&key_id).await == 30
        })
        .await;
        assert_eq!(node.take_all(&[&bucket]).await, 10, "{mode:?}");
    }
}
