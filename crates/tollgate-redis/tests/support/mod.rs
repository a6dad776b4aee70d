//! A Redis server of a test's own, and a proxy before it that fails as it is told.

#![allow(dead_code, reason = "each test uses some of it")]
#![allow(clippy::print_stdout, reason = "tests print what they skip")]

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

/// A server with nothing in it, which ends with this value.
pub(crate) struct Server {
    process: Child,
    port: u16,
    folder: PathBuf,
    more: Vec<String>,
}

impl Server {
    /// `None` where there is no `redis-server`, which is printed; where services are required, it
    /// panics.
    pub(crate) fn start() -> Option<Self> {
        Self::with(&[])
    }

    /// With more arguments.
    pub(crate) fn with(more: &[&str]) -> Option<Self> {
        let found = Command::new("redis-server").arg("--version").output();
        if found.is_err() {
            let is_required = std::env::var_os("TOLLGATE_REQUIRE_SERVICES").is_some();
            assert!(!is_required, "there is no redis-server");
            println!("skipped: there is no redis-server");
            return None;
        }
        for _ in 0..10 {
            let port = free_port();
            let name = format!("tollgate-redis-{}-{port}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            std::fs::create_dir_all(&folder).expect("there is a folder for temporary files");
            let more: Vec<_> = more.iter().map(|&one| one.to_owned()).collect();
            if let Some(process) = launch(port, &folder, &more) {
                let server = Self {
                    process,
                    port,
                    folder,
                    more,
                };
                return Some(server);
            }
            // Somebody else took the port in between.
            let _ = std::fs::remove_dir_all(&folder);
        }
        panic!("redis-server does not start");
    }

    pub(crate) fn socket(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    pub(crate) fn address(&self) -> String {
        format!("redis://{}", self.socket())
    }

    /// Stops it where it is, as a machine does that hangs.
    pub(crate) fn stop(&self) {
        self.signal("-STOP");
    }

    pub(crate) fn go_on(&self) {
        self.signal("-CONT");
    }

    /// Makes it serve all slots of its cluster of one.
    pub(crate) fn assign_slots(&self) {
        let port = self.port.to_string();
        let mut assign = Command::new("redis-cli");
        assign.args(["-p", &port, "cluster", "addslotsrange", "0", "16383"]);
        let output = assign.output().expect("there is a redis-cli").stdout;
        assert_eq!(String::from_utf8_lossy(&output).trim(), "OK");
    }

    fn signal(&self, signal: &str) {
        let mut kill = Command::new("kill");
        let status = kill.args([signal, &self.process.id().to_string()]).status();
        assert!(status.expect("there is a kill").success());
    }

    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("it is ours");
        self.process.wait().expect("it ends");
    }

    /// Starts it again after it was killed, with nothing in it, where it was.
    pub(crate) fn restart(&mut self) {
        let started = launch(self.port, &self.folder, &self.more);
        self.process = started.expect("it starts where it was");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
    listener.local_addr().expect("it is bound").port()
}

/// `None` where it ends instead of getting ready.
fn launch(port: u16, folder: &std::path::Path, more: &[String]) -> Option<Child> {
    let mut process = Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--save", "", "--appendonly", "no", "--dir"])
        .arg(folder)
        .args(more)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("redis-server can be run");
    let output = process.stdout.take().expect("it is piped");
    let mut lines = BufReader::new(output).lines();
    let is_ready = lines.any(|line| line.is_ok_and(|line| line.contains("Ready to accept")));
    if is_ready {
        // It must be able to go on writing.
        std::thread::spawn(move || lines.for_each(drop));
        return Some(process);
    }
    let _ = process.wait();
    None
}

/// What a proxy does with what comes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    /// It is passed on.
    Open,
    /// It is passed on later.
    Slow(Duration),
    /// It is taken and not passed on.
    Hole,
    /// Connections are ended.
    Cut,
}

/// A proxy before a server.
pub(crate) struct Proxy {
    socket: SocketAddr,
    way: watch::Sender<Way>,
    task: tokio::task::JoinHandle<()>,
}

impl Proxy {
    pub(crate) async fn before(server: SocketAddr) -> Self {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("there is a free port");
        let socket = listener.local_addr().expect("it is bound");
        let (way, seen) = watch::channel(Way::Open);
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                connections.spawn(forward(client, server, seen.clone()));
            }
        });
        Self { socket, way, task }
    }

    pub(crate) fn address(&self) -> String {
        format!("redis://{}", self.socket)
    }

    pub(crate) fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn forward(client: TcpStream, server: SocketAddr, mut way: watch::Receiver<Way>) {
    let cut = way.clone();
    let forward = async {
        way.wait_for(|way| !matches!(way, Way::Hole)).await.ok()?;
        let server = TcpStream::connect(server).await.ok()?;
        client.set_nodelay(true).ok()?;
        server.set_nodelay(true).ok()?;
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        tokio::join!(
            pass(from_client, to_server, way.clone()),
            pass(from_server, to_client, way)
        );
        Some(())
    };
    let mut cut = cut;
    tokio::select! {
        _ = forward => {}
        _ = cut.wait_for(|way| *way == Way::Cut) => {}
    }
}

async fn pass(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut way: watch::Receiver<Way>,
) {
    let mut buffer = vec![0; 65_536];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        let seen = way.wait_for(|way| *way != Way::Hole).await;
        let Ok(Way::Open | Way::Slow(_)) = seen.map(|way| *way) else {
            return;
        };
        let way = *way.borrow();
        if let Way::Slow(delay) = way {
            tokio::time::sleep(delay).await;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

/// Makes all buckets as old as if so much time had passed, since Redis's clock cannot be set.
pub(crate) async fn age(connection: &tollgate_redis::Connection, time: Duration) {
    let script = tollgate_redis::Script::new(
        "for _, key in ipairs(redis.call('KEYS', '*')) do
            if redis.call('TYPE', key).ok == 'string' then
                local level, rest, at = string.match(redis.call('GET', key), '^(%d+) (%d+) (%d+)$')
                if at then
                    at = string.format('%.0f', tonumber(at) - tonumber(ARGV[1]))
                    redis.call('SET', key, level .. ' ' .. rest .. ' ' .. at, 'KEEPTTL')
                end
            end
        end
        return 0",
    );
    let micros = i64::try_from(time.as_micros()).expect("it is not long");
    let aged = connection.run(&script, &[] as &[&str], &[micros]).await;
    aged.expect("Redis is there");
}
