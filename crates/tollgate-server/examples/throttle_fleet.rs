//! Four servers on one Redis, overloaded over loopback, and with Redis stopped: figures for
//! `.ci/throttle-drill`.
//!
//! It takes the path of the command `tollgate`, needs `redis-server`, runs for half a minute, and fails
//! where more gets through than the limit says or an answer is neither 200 nor 429.

#![expect(clippy::print_stdout, reason = "its output is what it is for")]
#![expect(
    clippy::unwrap_used,
    reason = "what fails ends it, and the line says which"
)]

#[path = "../../tollgate-redis/tests/support/mod.rs"]
mod support;

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, mpsc};
use tokio::time::Instant;

const RATE: f64 = 1_000.0;
const BURST: f64 = 200.0;
const SECONDS: u64 = 5;
const SERVERS: usize = 4;
/// What a bucket of this rate and burst admits in that time.
const IDEAL: f64 = BURST + RATE * SECONDS as f64;
/// What a server may hold of it.
const LEASE: f64 = 20.0;
/// Requests of one server that may be on their way: those beyond wait, and their wait counts.
const CONNECTIONS: usize = 64;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let command = std::env::args().nth(1);
    let command = PathBuf::from(command.expect("it takes the path of the command tollgate"));
    let Some(redis) = support::Server::start() else {
        return;
    };
    println!(
        "{SERVERS} servers, {RATE}/s with burst {BURST} for a method, 3000/s offered for {SECONDS} s:"
    );
    for (load, shares) in [
        ("even", [750, 750, 750, 750]),
        ("skewed", [2_550, 150, 150, 150]),
    ] {
        let fleet = Fleet::start(&command, &redis, load, (RATE, BURST));
        let made = fleet.offer(shares, Duration::from_secs(SECONDS)).await;
        let admitted = admitted(&made) as f64;
        let latencies = sorted(made.iter());
        println!(
            "  {load:6}: {admitted} admitted of {IDEAL} ({:+.1} %), no 5xx, p50 {} µs, p99 {} µs",
            (admitted / IDEAL - 1.0) * 100.0,
            part(&latencies, 50),
            part(&latencies, 99),
        );
        // Requests at the end of the time may be late.
        let most = IDEAL + LEASE * SERVERS as f64 + RATE * 0.25;
        assert!(admitted <= most, "more than the limit");
    }
    hang(&command, &redis).await;
}

/// Redis is stopped for three seconds under load.
async fn hang(command: &PathBuf, redis: &support::Server) {
    let fleet = Arc::new(Fleet::start(command, redis, "hang", (5_000.0, 1_000.0)));
    let begun = Instant::now();
    let offering = {
        let fleet = fleet.clone();
        tokio::spawn(async move { fleet.offer([250; SERVERS], Duration::from_secs(8)).await })
    };
    tokio::time::sleep(Duration::from_secs(2)).await;
    redis.stop();
    let stopped = begun.elapsed();
    tokio::time::sleep(Duration::from_secs(3)).await;
    redis.go_on();
    let back = begun.elapsed();
    let made = offering.await.unwrap();
    let during = |from: Duration, to: Duration| {
        let of_time = made.iter().filter(|made| made.due >= from && made.due < to);
        sorted(of_time)
    };
    let (before, meanwhile) = (during(Duration::ZERO, stopped), during(stopped, back));
    let degraded = made.iter().filter(|made| made.is_degraded);
    let last = degraded.clone().map(|made| made.due).max();
    println!(
        "Redis stopped for 3 s, 1000/s of 5000/s: {} refused, {} degraded, no 5xx, p99 {} µs before and \
         {} µs meanwhile (longest {} µs), exact again after {} ms",
        made.len() - admitted(&made),
        degraded.count(),
        part(&before, 99),
        part(&meanwhile, 99),
        meanwhile.last().copied().unwrap_or(0),
        last.map_or(0, |last| last.saturating_sub(back).as_millis()),
    );
    assert_eq!(admitted(&made), made.len(), "their shares are enough");
}

/// One answer.
struct Made {
    /// Since the load began.
    due: Duration,
    /// Since it was due.
    micros: u64,
    status: u16,
    is_degraded: bool,
}

fn admitted(made: &[Made]) -> usize {
    let strange = made.iter().find(|made| ![200, 429].contains(&made.status));
    assert!(strange.is_none(), "{:?}", strange.map(|made| made.status));
    made.iter().filter(|made| made.status == 200).count()
}

fn sorted<'m>(made: impl Iterator<Item = &'m Made>) -> Vec<u64> {
    let mut micros: Vec<_> = made.map(|made| made.micros).collect();
    micros.sort_unstable();
    micros
}

fn part(sorted: &[u64], percent: usize) -> u64 {
    let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(place).copied().unwrap_or(0)
}

/// Servers of one API on one Redis.
struct Fleet {
    servers: Vec<Server>,
    folder: PathBuf,
}

impl Fleet {
    fn start(
        command: &PathBuf,
        redis: &support::Server,
        name: &str,
        (rate, burst): (f64, f64),
    ) -> Self {
        let folder = format!("tollgate-fleet-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("api.json"), document()).unwrap();
        let address = redis.address();
        let config = format!(
            "redis = {{ address = \"{address}\", prefix = \"{name}\" }}\n\
             [[apis]]\nfile = \"api.json\"\nid = \"drill\"\n\
             stages = [{{ name = \"prod\", throttle = {{ rate = {rate:.1}, burst = {burst} }} }}]\n"
        );
        std::fs::write(folder.join("tollgate.toml"), config).unwrap();
        let servers = (0..SERVERS).map(|_| Server::start(command, &folder));
        Self {
            servers: servers.collect(),
            folder,
        }
    }

    /// Offers so many requests a second to each server, whether the ones before are answered or not.
    async fn offer(&self, shares: [u32; SERVERS], time: Duration) -> Vec<Made> {
        let begun = Instant::now();
        let mut offering = tokio::task::JoinSet::new();
        for (server, rate) in self.servers.iter().zip(shares) {
            let (due, waiting) = mpsc::unbounded_channel();
            let waiting = Arc::new(Mutex::new(waiting));
            for _ in 0..CONNECTIONS {
                offering.spawn(call_all(server.address, begun, waiting.clone()));
            }
            let requests = u32::try_from(u128::from(rate) * time.as_millis() / 1_000).unwrap();
            offering.spawn(async move {
                for request in 0..requests {
                    let at = Duration::from_secs(1) * request / rate;
                    tokio::time::sleep_until(begun + at).await;
                    due.send(at).unwrap();
                }
                Vec::new()
            });
        }
        offering.join_all().await.into_iter().flatten().collect()
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        // What is left behind is only clutter.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// Makes requests as they are due, one after the other on one connection.
async fn call_all(
    server: SocketAddr,
    begun: Instant,
    waiting: Arc<Mutex<mpsc::UnboundedReceiver<Duration>>>,
) -> Vec<Made> {
    let stream = TcpStream::connect(server).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut stream = tokio::io::BufReader::new(stream);
    let mut made = Vec::new();
    loop {
        let due = waiting.lock().await.recv().await;
        let Some(due) = due else {
            return made;
        };
        let (status, body) = call(&mut stream).await;
        let late = begun.elapsed().saturating_sub(due);
        made.push(Made {
            due,
            micros: u64::try_from(late.as_micros()).unwrap(),
            status,
            is_degraded: body == b"true",
        });
    }
}

/// The status and the body of an answer.
async fn call(stream: &mut tokio::io::BufReader<TcpStream>) -> (u16, Vec<u8>) {
    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.get_mut().write_all(REQUEST).await.unwrap();
    let (mut status, mut length) = (0, 0);
    let mut line = String::new();
    loop {
        line.clear();
        stream.read_line(&mut line).await.unwrap();
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(rest) = line.strip_prefix("http/1.1 ") {
            status = rest[..3].parse().unwrap();
        } else if let Some(rest) = line.strip_prefix("content-length: ") {
            length = rest.parse().unwrap();
        } else if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    (status, body)
}

/// One method, which answers whether its limits were decided without Redis.
fn document() -> String {
    let document = json!({
        "openapi": "3.0.1",
        "info": { "title": "drill", "version": "1" },
        "paths": { "/": { "get": {
            "responses": { "200": { "description": "" } },
            "x-amazon-apigateway-integration": {
                "type": "mock",
                "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
                "responses": { "default": { "statusCode": "200", "responseTemplates": {
                    "application/json": "$context.limitsDegraded"
                } } }
            }
        } } }
    });
    document.to_string()
}

/// A server, which is killed when it is dropped.
struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    fn start(command: &PathBuf, folder: &std::path::Path) -> Self {
        let mut process = Command::new(command)
            .args([
                "serve",
                "--no-request-log",
                "--listen",
                "127.0.0.1:0",
                "--config",
            ])
            .arg(folder.join("tollgate.toml"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(process.stderr.take().unwrap());
        let mut said = said.lines().map(Result::unwrap);
        assert!(said.any(|line| line == "limits are shared over Redis"));
        std::thread::spawn(move || said.for_each(drop));
        let greeting = BufReader::new(process.stdout.take().unwrap());
        let address = greeting.lines().map(Result::unwrap).find_map(|line| {
            let (_, rest) = line.split_once("://")?;
            rest.split('/').next()?.parse().ok()
        });
        Self {
            process,
            address: address.unwrap(),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended by itself, or is of no use any more.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
