//! The server as a process, and a client that speaks plain HTTP/1.1.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

pub(crate) use crate::command::{Folder, document, said, tollgate};

/// A file of the repository.
pub(crate) fn repository(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(file)
}

/// One of several answers on a connection.
pub(crate) fn read_answer(stream: &mut impl Read) -> Option<Answer> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            assert!(
                head.is_empty(),
                "the answer breaks off: {}",
                head.escape_ascii()
            );
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head)
        .expect("the head is text")
        .to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1);
    let length = length.and_then(|rest| rest.split('\r').next()?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).expect("the body is whole");
    Some(Answer {
        status: head[9..12].parse().expect("the head has a status"),
        head,
        body: String::from_utf8(body).expect("the body is text"),
    })
}

/// How a server without stages greets.
const NOTHING: &str = "serving nothing yet at ";

/// How long a line may take on a machine that has much to do.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a server writes to standard error, from some moment on.
pub(crate) struct Lines(Receiver<String>);

impl Lines {
    /// Waits for a line, and gives it.
    pub(crate) fn until(&self, is_it: impl Fn(&str) -> bool) -> String {
        let mut others = Vec::new();
        loop {
            match self.0.recv_timeout(PATIENCE) {
                Ok(line) if is_it(&line) => return line,
                Ok(line) => others.push(line),
                Err(error) => panic!("{error}, after {others:?}"),
            }
        }
    }
}

/// A running server; it is killed when the test ends.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// What it said until it listened.
    pub(crate) greeting: String,
}

impl Server {
    /// Starts a server for a document of the repository on a free port.
    pub(crate) fn start(file: &str, options: &[&str]) -> Self {
        let file = repository(file);
        let mut arguments = vec![file.as_os_str()];
        arguments.extend(["--listen", "127.0.0.1:0"].map(OsStr::new));
        arguments.extend(options.iter().map(OsStr::new));
        Self::launch(&arguments)
    }

    /// Starts a server for files of the test's own on a free port.
    pub(crate) fn of_files(files: &[&Path], options: &[&str]) -> Self {
        let mut arguments: Vec<&OsStr> = files.iter().map(|file| file.as_os_str()).collect();
        arguments.extend(["--listen", "127.0.0.1:0"].map(OsStr::new));
        arguments.extend(options.iter().map(OsStr::new));
        Self::launch(&arguments)
    }

    /// Starts a server and waits until it listens.
    pub(crate) fn launch(arguments: &[&OsStr]) -> Self {
        Self::launch_in(&[], arguments)
    }

    /// The same with these variables in its environment.
    pub(crate) fn launch_in(environment: &[(&str, &str)], arguments: &[&OsStr]) -> Self {
        let mut child = tollgate()
            .arg("serve")
            .args(arguments)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command can be run");
        let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut greeting = String::new();
        // The greeting is written at once, and ends with the last example, if there is one.
        while !greeting.contains("\n  curl") && !greeting.starts_with(NOTHING) {
            let length = stdout.read_line(&mut greeting).expect("it is text");
            if length == 0 {
                let said = child.wait_with_output().expect("it is our child");
                panic!(
                    "the server ended: {}",
                    String::from_utf8_lossy(&said.stderr)
                );
            }
        }
        let urls = greeting.split("://").skip(1);
        let mut addresses = urls.filter_map(|url| url.split(['/', '\n']).next()?.parse().ok());
        Self {
            child,
            address: addresses.next().expect("the greeting names an address"),
            greeting,
        }
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status()
            .expect("there is a command kill");
        assert!(status.success());
    }

    /// Waits for the server to end; gives its status and what it wrote to standard error.
    pub(crate) fn wait(mut self) -> (Option<i32>, String) {
        let status = self.child.wait().expect("it is our child");
        let mut said = String::new();
        let mut stderr = self.child.stderr.take().expect("it is piped");
        stderr.read_to_string(&mut said).expect("it is text");
        (status.code(), said)
    }

    /// Waits for the server to end, whose lines are read elsewhere; gives its status.
    pub(crate) fn wait_for_end(mut self) -> Option<i32> {
        self.child.wait().expect("it is our child").code()
    }

    /// The lines that it writes to standard error from now on.
    pub(crate) fn said(&mut self) -> impl Iterator<Item = String> + use<> {
        let stderr = self
            .child
            .stderr
            .take()
            .expect("it is piped, and read once");
        BufReader::new(stderr)
            .lines()
            .map(|line| line.expect("it is text"))
    }

    /// The same lines, with a bound on how long each takes.
    pub(crate) fn lines(&mut self) -> Lines {
        let said = self.said();
        let (sender, lines) = channel();
        // It ends with the server.
        thread::spawn(move || said.map(|line| sender.send(line)).all(|sent| sent.is_ok()));
        Lines(lines)
    }

    /// Sends a request on a connection of its own.
    pub(crate) fn send(&self, head: &str, body: &str) -> Answer {
        self.send_to("example.com", head, body)
    }

    /// Sends a request to a host on a connection of its own.
    pub(crate) fn send_to(&self, host: &str, head: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).expect("the server listens");
        let length = body.len();
        write!(
            stream,
            "{head} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\
             Content-Type: application/json\r\n\r\n{body}"
        )
        .expect("the server reads");
        Answer::read(stream)
    }

    /// Sends a GET request.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send(&format!("GET {path}"), "")
    }

    /// Sends a GET request to a host.
    pub(crate) fn get_from(&self, host: &str, path: &str) -> Answer {
        self.send_to(host, &format!("GET {path}"), "")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, which is all that is wanted.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What came back over the socket.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// Reads an answer until the server closes the connection.
    pub(crate) fn read(mut stream: TcpStream) -> Self {
        let mut text = String::new();
        stream
            .read_to_string(&mut text)
            .expect("the answer is text");
        let (head, body) = text.split_once("\r\n\r\n").expect("the answer has a head");
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        Self {
            status: status.expect("the head has a status"),
            head: head.to_ascii_lowercase(),
            body: body.to_owned(),
        }
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}
