//! A PostgreSQL server of a test's own, and a proxy before it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

use super::Folder;

/// Attempts to start a server where processes of the one before are still ending.
const MOST_STARTS: u32 = 1_000;

/// A server, which ends with this value. It is reached by a socket in its folder.
pub(crate) struct Server {
    process: Mutex<Child>,
    programs: PathBuf,
    folder: Folder,
    databases: AtomicU32,
    settings: Vec<String>,
    /// What an address begins with.
    host: String,
}

/// The folder of the latest version's programs.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|version| {
            let path = version.ok()?.path();
            let number = path.file_name()?.to_str()?.parse().ok()?;
            Some((number, path.join("bin")))
        })
        .filter(|(_, path)| path.join("initdb").exists() && path.join("postgres").exists())
        .collect();
    versions.sort();
    versions.pop().map(|(_, path)| path)
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// A program that runs as a user without rights: servers do not start as root.
fn unprivileged(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    command.arg(program);
    command
}

fn run(command: &mut Command) {
    let output = command.output().expect("it can be run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}

impl Server {
    /// The one that tests share which do not stop it. `None` where PostgreSQL is not installed, which is
    /// printed; where services are required, it panics.
    pub(crate) fn shared() -> Option<Arc<Self>> {
        static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = shared.upgrade() {
            return Some(server);
        }
        // Nobody pulls a plug here.
        let server = Arc::new(Self::with(&["-cfsync=off"])?);
        *shared = Arc::downgrade(&server);
        Some(server)
    }

    /// One with settings of its own.
    pub(crate) fn with(settings: &[&str]) -> Option<Self> {
        let (programs, folder) = Self::prepare()?;
        let settings: Vec<_> = settings.iter().map(|&one| one.to_owned()).collect();
        let process = launch(&programs, &folder, &settings).expect("it starts");
        let host = format!("host={}", folder.path().display());
        Some(Self {
            process: Mutex::new(process),
            programs,
            folder,
            databases: AtomicU32::new(0),
            settings,
            host,
        })
    }

    /// One that is reached over TCP and can encrypt, with this certificate and key in PEM form.
    pub(crate) fn encrypted(certificate: &str, key: &str) -> Option<Self> {
        let (programs, folder) = Self::prepare()?;
        for (name, text) in [("server.crt", certificate), ("server.key", key)] {
            let path = folder.join("data").join(name);
            fs::write(&path, text).expect("it can be written");
            run(Command::new("chmod").arg("600").arg(&path));
            if is_root() {
                run(Command::new("chown").arg("postgres:postgres").arg(&path));
            }
        }
        for _ in 0..10 {
            let free = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("there is a port");
            let port = free.local_addr().expect("it is bound").port();
            drop(free);
            let settings = vec![
                "-cfsync=off".to_owned(),
                "-cssl=on".to_owned(),
                "-clisten_addresses=127.0.0.1".to_owned(),
                format!("-cport={port}"),
            ];
            // Somebody else may take the port in between.
            if let Some(process) = launch(&programs, &folder, &settings) {
                return Some(Self {
                    process: Mutex::new(process),
                    programs,
                    folder,
                    databases: AtomicU32::new(0),
                    settings,
                    host: format!("host=localhost hostaddr=127.0.0.1 port={port}"),
                });
            }
        }
        panic!("the server does not start");
    }

    fn prepare() -> Option<(PathBuf, Folder)> {
        let Some(programs) = programs() else {
            let is_required = std::env::var_os("TOLLGATE_REQUIRE_SERVICES").is_some();
            assert!(!is_required, "PostgreSQL is not installed");
            println!("skipped: PostgreSQL is not installed");
            return None;
        };
        let folder = Folder::new();
        if is_root() {
            run(Command::new("chown")
                .arg("postgres:postgres")
                .arg(folder.path()));
        }
        let mut init = unprivileged(&programs.join("initdb"));
        init.args(["--username=tollgate", "--auth=trust", "--encoding=UTF8"])
            .args(["--locale=C", "--no-sync", "--no-instructions", "-D"])
            .arg(folder.join("data"));
        run(&mut init);
        Some((programs, folder))
    }

    /// The address of a database with nothing in it.
    pub(crate) async fn database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("d{number}");
        self.execute(
            &self.address("postgres"),
            &format!("CREATE DATABASE {name}"),
        )
        .await;
        self.address(&name)
    }

    fn address(&self, database: &str) -> String {
        let host = &self.host;
        format!("{host} user=tollgate password=not-to-be-shown dbname={database}")
    }

    /// Executes statements as another client would.
    pub(crate) async fn execute(&self, address: &str, statements: &str) {
        let connected = tokio_postgres::connect(address, tokio_postgres::NoTls).await;
        let (client, connection) = connected.expect("the server is there");
        let connection = tokio::spawn(connection);
        client
            .batch_execute(statements)
            .await
            .expect("they are right");
        connection.abort();
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn signal(&self, signal: &str) {
        let mut process = self.process.lock().expect("nobody panics");
        let id = process.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.expect("there is a kill").success());
        process.wait().expect("it ends");
    }

    /// Ends it in an orderly way.
    pub(crate) fn stop(&self) {
        self.signal("-INT");
    }

    /// Ends it as a machine does that is switched off.
    pub(crate) fn kill(&self) {
        self.signal("-KILL");
    }

    /// Starts it again after it has ended.
    pub(crate) fn restart(&self) {
        for _ in 0..MOST_STARTS {
            // Processes of the one that was killed notice after a while that it is gone.
            if let Some(process) = launch(&self.programs, &self.folder, &self.settings) {
                *self.process.lock().expect("nobody panics") = process;
                return;
            }
        }
        panic!("the server does not start again");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let process = self.process.get_mut();
        let process = process.unwrap_or_else(PoisonError::into_inner);
        // It may have ended already.
        let id = process.id().to_string();
        let _ = Command::new("kill")
            .args(["-QUIT", &id])
            .stderr(Stdio::null())
            .status();
        let _ = process.wait();
    }
}

/// `None` where it ends instead of getting ready.
fn launch(programs: &Path, folder: &Folder, settings: &[String]) -> Option<Child> {
    let mut process = unprivileged(&programs.join("postgres"))
        .args(["-clisten_addresses=", "-cmax_connections=50", "-k"])
        .arg(folder.path())
        .arg("-D")
        .arg(folder.join("data"))
        .args(settings)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it can be run");
    let said = process.stderr.take().expect("it is piped");
    let mut lines = BufReader::new(said).lines();
    let is_ready = |line: &str| line.contains("database system is ready to accept connections");
    if lines.any(|line| line.is_ok_and(|line| is_ready(&line))) {
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
    /// It is taken and not passed on.
    Hole,
    /// Connections are ended.
    Cut,
}

/// A proxy before a server.
pub(crate) struct Proxy {
    folder: Folder,
    way: watch::Sender<Way>,
    task: tokio::task::JoinHandle<()>,
}

const SOCKET: &str = ".s.PGSQL.5432";

impl Proxy {
    pub(crate) fn before(server: &Server) -> Self {
        let folder = Folder::new();
        let listener = UnixListener::bind(folder.join(SOCKET)).expect("nobody has it");
        let server = server.folder().join(SOCKET);
        let (way, seen) = watch::channel(Way::Open);
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                connections.spawn(forward(client, server.clone(), seen.clone()));
            }
        });
        Self { folder, way, task }
    }

    /// The address of a server's database through the proxy.
    pub(crate) fn address(&self, address: &str, server: &Server) -> String {
        let (from, to) = (server.folder().display(), self.folder.path().display());
        address.replace(&from.to_string(), &to.to_string())
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

async fn forward(mut client: UnixStream, server: PathBuf, mut way: watch::Receiver<Way>) {
    let mut cut = way.clone();
    let passing = async {
        let mut server = UnixStream::connect(server).await.ok()?;
        loop {
            way.wait_for(|way| *way != Way::Hole).await.ok()?;
            let mut held = way.clone();
            tokio::select! {
                _ = tokio::io::copy_bidirectional(&mut client, &mut server) => return Some(()),
                _ = held.wait_for(|way| *way == Way::Hole) => {}
            }
        }
    };
    tokio::select! {
        _ = passing => {}
        _ = cut.wait_for(|way| *way == Way::Cut) => {}
    }
}
