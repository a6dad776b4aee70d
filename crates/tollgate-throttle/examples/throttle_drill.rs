//! A fleet on one Redis that is overloaded, hangs, and forgets: figures for `.ci/throttle-drill`.
//!
//! It needs `redis-server`, runs for about a minute, and fails where more gets through than the limit
//! says or a decision fails.

#![expect(clippy::print_stdout, reason = "its output is what it is for")]
#![expect(
    clippy::unwrap_used,
    reason = "what fails ends it, and the line says which"
)]

#[path = "../tests/redis/journal.rs"]
mod journal;
#[path = "../../tollgate-redis/tests/support/mod.rs"]
mod support;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tollgate_core::{Clock, Quota, QuotaPeriod, RateLimit, SystemClock, SystemRandom};
use tollgate_redis::{Connection, Connector, Reply};
use tollgate_throttle::{
    Day, LimitKey, Mode, QuotaLimit, RedisStore, Store, StoredLimit, TokenBucket, UsageJournal,
};

const RATE: f64 = 1_000.0;
const BURST: u32 = 200;
const SECONDS: u64 = 5;
const NODES: usize = 4;
/// What a bucket of this rate and burst admits in that time.
const IDEAL: f64 = BURST as f64 + RATE * SECONDS as f64;
/// What a node may hold of it.
const LEASE: f64 = 20.0;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match *arguments {
        [] => drill().await,
        ["node", address, mode, rate] => node(address, mode_of(mode), rate).await,
        _ => panic!("it takes no arguments"),
    }
}

async fn drill() {
    let Some(server) = support::Server::start() else {
        return;
    };
    println!("{NODES} processes, {RATE}/s with burst {BURST}, 3000/s offered for {SECONDS} s:");
    for (load, shares) in [
        ("even", [750, 750, 750, 750]),
        ("skewed", [2_550, 150, 150, 150]),
    ] {
        for mode in ["exact", "lease"] {
            overload(&server, load, mode, shares).await;
        }
    }
    println!("one process below its limit:");
    for tasks in [1, 64] {
        let exact = below(&server, Mode::Exact, tasks).await;
        let lease = below(&server, Mode::Lease, tasks).await;
        println!(
            "  {tasks} tasks: exact {exact:.0} decisions/s, lease {lease:.0}, ratio {:.1}",
            lease / exact
        );
    }
    for mode in [Mode::Exact, Mode::Lease] {
        hang(&server, mode).await;
    }
    forget(server).await;
}

fn mode_of(name: &str) -> Mode {
    if name == "exact" {
        Mode::Exact
    } else {
        Mode::Lease
    }
}

/// A process of the fleet.
struct Node {
    process: Child,
    output: BufReader<ChildStdout>,
}

impl Node {
    fn start(address: &str, mode: &str, rate: u32) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["node", address, mode, &rate.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        Self { process, output }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line
    }

    fn go(&mut self) {
        self.process
            .stdin
            .as_mut()
            .unwrap()
            .write_all(b"go\n")
            .unwrap();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It has ended by itself, or is of no use any more.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn overload(server: &support::Server, load: &str, mode: &str, shares: [u32; NODES]) {
    let (redis, _) = connect(&server.address()).await;
    redis
        .send(&tollgate_redis::Command::new("FLUSHALL"))
        .await
        .unwrap();
    redis
        .send(&tollgate_redis::Command::new("CONFIG").arg("RESETSTAT"))
        .await
        .unwrap();
    let address = server.address();
    let mut nodes = shares.map(|rate| Node::start(&address, mode, rate));
    for node in &mut nodes {
        assert_eq!(node.line(), "ready\n");
    }
    nodes.iter_mut().for_each(Node::go);
    let mut admitted = 0.0;
    let mut latencies = Vec::new();
    for node in &mut nodes {
        let line = tokio::task::block_in_place(|| node.line());
        let mut numbers = line
            .split_whitespace()
            .map(|number| number.parse::<u64>().unwrap());
        admitted += numbers.next().unwrap() as f64;
        assert_eq!(numbers.next(), Some(0), "nothing is decided without Redis");
        latencies.extend(numbers);
    }
    latencies.sort_unstable();
    println!(
        "  {load:6} {mode}: {admitted} admitted of {IDEAL} ({:+.1} %), {} calls, p50 {} µs, p99 {} µs",
        (admitted / IDEAL - 1.0) * 100.0,
        calls(&redis).await,
        part(&latencies, 50),
        part(&latencies, 99),
    );
    // Nodes do not begin at the same moment.
    let most = IDEAL + LEASE * NODES as f64 + RATE * 0.25;
    assert!(admitted <= most, "more than the limit");
}

fn part(sorted: &[u64], percent: usize) -> u64 {
    let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(place).copied().unwrap_or(0)
}

async fn calls(redis: &Connection) -> u64 {
    let stats = tollgate_redis::Command::new("INFO").arg("commandstats");
    let Reply::Bytes(stats) = redis.send(&stats).await.unwrap() else {
        panic!("statistics are text");
    };
    let stats = String::from_utf8(stats).unwrap();
    let of = |name: &str| {
        let line = stats.split(&format!("cmdstat_{name}:calls=")).nth(1);
        let calls = line.and_then(|line| line.split(',').next());
        calls.map_or(0, |calls| calls.parse::<u64>().unwrap())
    };
    of("evalsha") + of("eval")
}

/// A connection that is there.
async fn connect(address: &str) -> (Connection, Arc<SystemClock>) {
    let clock = Arc::new(SystemClock::new());
    let redis = Connector::new(address).unwrap();
    let redis = redis
        .connect(clock.clone(), Arc::new(SystemRandom))
        .unwrap();
    while !redis.is_up() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    (redis, clock)
}

fn limit(name: &str, rate: f64, burst: u32, mode: Mode) -> StoredLimit {
    let rate = RateLimit::new(rate, burst).unwrap();
    let bucket = TokenBucket::new(rate);
    StoredLimit::rate(LimitKey::named(name), bucket).with_mode(mode)
}

/// One decision.
struct Made {
    /// On the clock.
    at: Duration,
    micros: u64,
    is_admitted: bool,
    is_degraded: bool,
}

/// Offers so many requests a second, whether the ones before are decided or not.
async fn offer(
    store: &Arc<RedisStore>,
    clock: &Arc<SystemClock>,
    limit: &Arc<StoredLimit>,
    (rate, time): (u32, Duration),
) -> Vec<Made> {
    let begun = tokio::time::Instant::from_std(now());
    let requests = u32::try_from(u128::from(rate) * time.as_millis() / 1_000).unwrap();
    let mut decisions = Vec::new();
    for request in 0..requests {
        tokio::time::sleep_until(begun + Duration::from_secs(1) * request / rate).await;
        let (store, clock, limit) = (store.clone(), clock.clone(), limit.clone());
        decisions.push(tokio::spawn(async move {
            let at = clock.now();
            let verdict = store.take(&[Some(&limit)], at).await;
            let micros = clock.now().since(at).as_micros();
            Made {
                at: at.monotonic(),
                micros: u64::try_from(micros).unwrap(),
                is_admitted: verdict.is_admitted(),
                is_degraded: verdict.degraded,
            }
        }));
    }
    let mut made = Vec::new();
    for decision in decisions {
        made.push(decision.await.unwrap());
    }
    made
}

#[expect(
    clippy::disallowed_methods,
    reason = "tokio's timers want its own clock"
)]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

/// What a process of the fleet does.
async fn node(address: &str, mode: Mode, rate: &str) {
    let (redis, clock) = connect(address).await;
    let store = Arc::new(RedisStore::new(redis, clock.clone(), None).unwrap());
    let limit = Arc::new(limit("overload", RATE, BURST, mode));
    println!("ready");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    let load = (rate.parse().unwrap(), Duration::from_secs(SECONDS));
    let made = offer(&store, &clock, &limit, load).await;
    let admitted = made.iter().filter(|made| made.is_admitted).count();
    let degraded = made.iter().filter(|made| made.is_degraded).count();
    print!("{admitted} {degraded}");
    for made in &made {
        print!(" {}", made.micros);
    }
    println!();
}

/// Decisions a second where nothing is refused.
async fn below(server: &support::Server, mode: Mode, tasks: usize) -> f64 {
    let (redis, clock) = connect(&server.address()).await;
    let store = Arc::new(RedisStore::new(redis, clock.clone(), None).unwrap());
    let limit = Arc::new(limit(&format!("below {tasks}"), 1e8, 100_000_000, mode));
    let begun = clock.now();
    let time = Duration::from_secs(2);
    let deciding = (0..tasks).map(|_| {
        let (store, clock, limit) = (store.clone(), clock.clone(), limit.clone());
        tokio::spawn(async move {
            let mut decisions = 0.0;
            while clock.now().since(begun) < time {
                // As often as the time is worth reading.
                for _ in 0..10 {
                    let verdict = store.take(&[Some(&limit)], clock.now()).await;
                    assert!(verdict.is_admitted() && !verdict.degraded);
                    decisions += 1.0;
                }
            }
            decisions
        })
    });
    let deciding: Vec<_> = deciding.collect();
    let mut decisions = 0.0;
    for task in deciding {
        decisions += task.await.unwrap();
    }
    decisions / clock.now().since(begun).as_secs_f64()
}

/// Redis is stopped for three seconds under load.
async fn hang(server: &support::Server, mode: Mode) {
    let (redis, clock) = connect(&server.address()).await;
    let store = Arc::new(RedisStore::new(redis, clock.clone(), None).unwrap());
    let limit = Arc::new(limit(&format!("hang {mode:?}"), 5_000.0, 1_000, mode));
    let load = (1_000, Duration::from_secs(8));
    let offering = {
        let (store, clock, limit) = (store.clone(), clock.clone(), limit.clone());
        tokio::spawn(async move { offer(&store, &clock, &limit, load).await })
    };
    tokio::time::sleep(Duration::from_secs(2)).await;
    let stopped = clock.now().monotonic();
    server.stop();
    tokio::time::sleep(Duration::from_secs(3)).await;
    let back = clock.now().monotonic();
    server.go_on();
    let made = offering.await.unwrap();
    let p99 = |from: Duration, to: Duration| {
        let made = made.iter().filter(|made| made.at >= from && made.at < to);
        let mut micros: Vec<_> = made.map(|made| made.micros).collect();
        micros.sort_unstable();
        (part(&micros, 99), micros.last().copied().unwrap_or(0))
    };
    let begun = made.first().unwrap().at;
    let last = made.iter().rev().find(|made| made.is_degraded);
    let exact_after = last.map_or(Duration::ZERO, |made| made.at.saturating_sub(back));
    let ((before, _), (during, longest)) = (p99(begun, stopped), p99(stopped, back));
    let refused = made.iter().filter(|made| !made.is_admitted).count();
    let degraded = made.iter().filter(|made| made.is_degraded).count();
    println!(
        "Redis stopped for 3 s, {mode:?}, 1000/s of 5000/s: {refused} refused, {degraded} degraded, \
         p99 {before} µs before and {during} µs meanwhile (longest {longest} µs), \
         exact again after {} ms",
        exact_after.as_millis()
    );
    assert_eq!(refused, 0, "its share is enough");
}

/// Redis is killed and comes back with nothing, and so does the node.
async fn forget(mut server: support::Server) {
    const QUOTA: u64 = 10_000;
    let journal = Arc::new(journal::Journal::default());
    let start = async |server: &support::Server| {
        let (redis, clock) = connect(&server.address()).await;
        let journal: Arc<dyn UsageJournal> = journal.clone();
        let store = RedisStore::new(redis, clock.clone(), Some(journal)).unwrap();
        (store, clock)
    };
    let quota = || {
        let quota = Quota::new(QUOTA, QuotaPeriod::Day, 0).unwrap();
        let quota = Arc::new(QuotaLimit::new(quota, Day::default()));
        StoredLimit::quota("plan", "key", Arc::default(), quota)
    };
    let (store, clock) = start(&server).await;
    let limit = quota();
    let mut counted = 0;
    let begun = clock.now();
    // Longer than it takes until counts are recorded.
    while clock.now().since(begun) < Duration::from_secs(7) {
        assert!(store.take(&[Some(&limit)], clock.now()).await.is_admitted());
        counted += 1;
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    server.kill();
    // Without returning anything, as if it were killed, too.
    drop((store, limit));
    server.restart();
    let floor = journal.used("key");
    let (store, clock) = start(&server).await;
    let limit = quota();
    let mut more = 0;
    while store.take(&[Some(&limit)], clock.now()).await.is_admitted() {
        more += 1;
    }
    println!(
        "Redis killed and empty: {counted} counted of {QUOTA}, {floor} recorded, {more} more \
         admitted: {:+} ({:.1} s of counts)",
        i128::from(counted + more) - i128::from(QUOTA),
        7.0 * (counted as f64 - floor as f64).max(0.0) / counted as f64,
    );
    assert!(floor > 0, "counts are recorded");
    assert!(floor + more <= QUOTA, "more than the floor leaves");
}
