//! The connection before a real server that hangs, ends and comes back.

mod support;

use std::sync::Arc;
use std::time::Duration;

use support::{Proxy, Server, Way};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tollgate_core::{Clock, SystemClock, SystemRandom};
use tollgate_redis::{Command, Connection, Connector, Error, Reply, Script, Transition};

type Seen = UnboundedReceiver<Transition>;

fn connect(address: &str) -> (Connection, Seen) {
    let (sender, seen) = unbounded_channel();
    let connection = Connector::new(address)
        .expect("it is an address")
        .with_observer(move |change| {
            let _ = sender.send(change);
        })
        .connect(Arc::new(SystemClock::new()), Arc::new(SystemRandom))
        .expect("there is a runtime");
    (connection, seen)
}

async fn connected(seen: &mut Seen) {
    assert_eq!(next(seen).await, Transition::Connected);
}

async fn lost(seen: &mut Seen) -> Box<str> {
    match next(seen).await {
        Transition::Lost { reason } => reason,
        other => panic!("{other:?}"),
    }
}

async fn next(seen: &mut Seen) -> Transition {
    let next = tokio::time::timeout(Duration::from_secs(10), seen.recv()).await;
    next.expect("it comes soon")
        .expect("the connection is held")
}

#[tokio::test]
async fn commands_and_scripts_are_answered() {
    let Some(server) = Server::start() else {
        return;
    };
    let (redis, mut seen) = connect(&server.address());
    connected(&mut seen).await;
    let set = Command::new("SET")
        .arg("a")
        .arg([0, 255])
        .arg("PX")
        .integer(60_000);
    let ok = Reply::Bytes(b"OK".to_vec());
    assert_eq!(redis.send(&set).await.expect("it is set"), ok);
    let get = Command::new("GET").arg("a");
    let is_set = Reply::Bytes(vec![0, 255]);
    assert_eq!(redis.send(&get).await.expect("it is there"), is_set);
    assert_eq!(format!("{set:?}"), r#"Command("SET")"#);

    let script = Script::new("return {redis.call('INCR', KEYS[1]), ARGV[1] + ARGV[2]}");
    for (flush, count) in [(false, 1), (false, 2), (true, 3), (false, 4)] {
        if flush {
            let flush = Command::new("SCRIPT").arg("FLUSH");
            redis.send(&flush).await.expect("it forgets scripts");
        }
        let reply = redis.run(&script, &["n"], &[40, -2]).await;
        let reply = reply.expect("it runs");
        assert_eq!(reply.integers(), Some(vec![count, 38]));
    }

    let error = redis.send(&Command::new("INCR").arg("a")).await;
    let error = error.expect_err("it is no number").to_string();
    let expected = "Redis refused with ERR: value is not an integer or out of range";
    assert_eq!(error, expected);
    assert!(redis.is_up());
}

#[tokio::test]
async fn a_server_that_hangs_costs_few_timeouts() {
    let Some(server) = Server::start() else {
        return;
    };
    let clock = SystemClock::new();
    let (redis, mut seen) = connect(&server.address());
    connected(&mut seen).await;
    server.stop();
    let ping = Command::new("PING");
    let mut timeouts = 0;
    let begun = clock.now();
    while redis.is_up() {
        match redis.send(&ping).await {
            Err(Error::Timeout) => timeouts += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(timeouts, 5);
    // Generous: the machine may be busy.
    assert!(clock.now().since(begun) < Duration::from_secs(1));
    assert_eq!(&*lost(&mut seen).await, "Redis did not answer in time");
    for _ in 0..1_000 {
        assert!(matches!(redis.send(&ping).await, Err(Error::Away)));
    }
    server.go_on();
    connected(&mut seen).await;
    assert_eq!(redis.epoch(), Some(2));
    redis.send(&ping).await.expect("it answers again");
}

#[tokio::test]
async fn a_connection_that_ends_is_made_again() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let (redis, mut seen) = connect(&server.address());
    connected(&mut seen).await;
    server.kill();
    let ping = Command::new("PING");
    while redis.is_up() {
        assert!(redis.send(&ping).await.is_err());
    }
    lost(&mut seen).await;
    server.restart();
    connected(&mut seen).await;
    redis.send(&ping).await.expect("it answers again");
}

#[tokio::test]
async fn a_network_that_fails_is_noticed() {
    let Some(server) = Server::start() else {
        return;
    };
    let proxy = Proxy::before(server.socket()).await;
    let (redis, mut seen) = connect(&proxy.address());
    connected(&mut seen).await;
    let ping = Command::new("PING");
    for way in [Way::Hole, Way::Cut, Way::Slow(Duration::from_millis(300))] {
        proxy.set(way);
        while redis.is_up() {
            assert!(redis.send(&ping).await.is_err(), "{way:?}");
        }
        lost(&mut seen).await;
        proxy.set(Way::Open);
        connected(&mut seen).await;
        redis.send(&ping).await.expect("it answers again");
    }
}

#[tokio::test]
async fn it_starts_without_a_server() {
    let Some(mut server) = Server::start() else {
        return;
    };
    server.kill();
    let (redis, mut seen) = connect(&server.address());
    assert!(matches!(
        redis.send(&Command::new("PING")).await,
        Err(Error::Away)
    ));
    let reason = lost(&mut seen).await;
    assert!(reason.contains("refused"), "{reason}");
    server.restart();
    connected(&mut seen).await;
    assert_eq!(redis.nodes(), 1);
}

#[tokio::test]
async fn nodes_are_counted() {
    let Some(server) = Server::start() else {
        return;
    };
    let (one, mut seen) = connect(&server.address());
    connected(&mut seen).await;
    assert_eq!(one.nodes(), 1);
    let (other, mut seen) = connect(&server.address());
    connected(&mut seen).await;
    assert_eq!(other.nodes(), 2);
    one.leave().await.expect("it is there");
    let (third, mut seen) = connect(&server.address());
    connected(&mut seen).await;
    assert_eq!(third.nodes(), 2);
    // One that has not said for long that it is there.
    let old = Command::new("ZADD")
        .arg("{tollgate:nodes}")
        .integer(1)
        .arg("old");
    third.send(&old).await.expect("it is added");
    let (fourth, mut seen) = connect(&server.address());
    connected(&mut seen).await;
    assert_eq!(fourth.nodes(), 3);
}

#[tokio::test]
async fn tasks_end_with_the_last_handle() {
    let Some(server) = Server::start() else {
        return;
    };
    let (one, mut seen) = connect(&server.address());
    connected(&mut seen).await;
    let other = one.clone();
    drop(one);
    assert!(other.is_up());
    drop(other);
    let end = tokio::time::timeout(Duration::from_secs(10), seen.recv()).await;
    assert_eq!(end.expect("the task is gone"), None);
}

#[test]
fn addresses_are_checked_and_keep_their_passwords() {
    for address in ["", "http://127.0.0.1", "redis://", "redis://user:secret@:x"] {
        let error = Connector::new(address).expect_err(address).to_string();
        assert!(!error.contains("secret"), "{error}");
    }
    let connector = Connector::new("redis://user:secret@127.0.0.1:6379/3").expect("it is one");
    let shown = format!("{connector:?}");
    assert!(
        !shown.contains("secret") && shown.contains("6379"),
        "{shown}"
    );
    let outside = connector.connect(Arc::new(SystemClock::new()), Arc::new(SystemRandom));
    assert!(outside.is_err());
}
