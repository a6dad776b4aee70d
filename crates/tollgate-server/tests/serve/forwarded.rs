//! Where requests come from that a proxy hands on.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Stdio;

use serde_json::json;

use crate::process::{Answer, Folder, Server, document, tollgate};

const CONFIG: &str = r#"
trusted_proxies = ["127.0.0.0/8", "10.0.0.0/8"]

[[listeners]]
address = "127.0.0.1:0"

[[apis]]
file = "a.json"
"#;

/// Asks for a path, with these lines in the head.
fn get(server: &Server, path: &str, lines: &[&str]) -> Answer {
    get_from(server.address, path, lines)
}

fn get_from(address: SocketAddr, path: &str, lines: &[&str]) -> Answer {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    let head =
        format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{lines}\r\n");
    stream
        .write_all(head.as_bytes())
        .expect("the server listens");
    Answer::read(stream)
}

fn serve(folder: &Folder, document: &str, config: &str) -> Server {
    folder.write("a.json", document);
    let config = folder.write("tollgate.toml", config);
    Server::launch(&[OsStr::new("--config"), config.as_os_str()])
}

#[test]
fn clients_are_told_from_the_proxies_that_hand_them_on() {
    let folder = Folder::new();
    let shown = "$context.identity.sourceIp | $input.params('X-Forwarded-For')";
    let document = document(&[("/x", shown)]);
    let server = serve(&folder, &document, CONFIG);
    for (lines, expected) in [
        (&[][..], "127.0.0.1 | 127.0.0.1"),
        (
            &["X-Forwarded-For: 203.0.113.9"],
            "203.0.113.9 | 203.0.113.9, 127.0.0.1",
        ),
        (
            &["x-forwarded-for: 127.0.0.1, 203.0.113.9:81, 10.0.0.3"],
            "203.0.113.9 | 127.0.0.1, 203.0.113.9:81, 10.0.0.3, 127.0.0.1",
        ),
        (
            &["X-Forwarded-For: 2001:db8::1", "X-Forwarded-For: 10.0.0.3"],
            "2001:db8::1 | 2001:db8::1, 10.0.0.3, 127.0.0.1",
        ),
        // What is no address leaves it at the proxy.
        (
            &["X-Forwarded-For: unknown"],
            "127.0.0.1 | unknown, 127.0.0.1",
        ),
    ] {
        let answer = get(&server, "/x", lines);
        assert_eq!((answer.status, &*answer.body), (200, expected), "{lines:?}");
    }
    // Nobody is believed unless that is asked for.
    let config = CONFIG.lines().skip(2).collect::<Vec<_>>().join("\n");
    let server = serve(&folder, &document, &config);
    let answer = get(&server, "/x", &["X-Forwarded-For: 203.0.113.9"]);
    assert_eq!(answer.body, "127.0.0.1 | 203.0.113.9, 127.0.0.1");
}

#[test]
fn policies_and_limits_are_about_clients() {
    let folder = Folder::new();
    let mut document: serde_json::Value =
        serde_json::from_str(&document(&[("/x", "x")])).expect("it is JSON");
    document["x-amazon-apigateway-policy"] = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke",
            "Resource": "execute-api:/*",
            "Condition": { "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } }
        }]
    });
    let limit = "[throttle]\nclient = { rate = 0.001, burst = 1 }\n";
    let server = serve(&folder, &document.to_string(), &format!("{CONFIG}{limit}"));
    for (client, status) in [
        ("203.0.113.9", 200),
        ("203.0.113.9", 429),
        ("203.0.113.10", 200),
        ("203.0.113.11, 198.51.100.1", 403),
        ("127.0.0.1", 403),
    ] {
        let answer = get(&server, "/x", &[&format!("X-Forwarded-For: {client}")]);
        assert_eq!(answer.status, status, "{client}: {answer:?}");
    }
}

/// Whatever a proxy says of its clients.
#[test]
fn the_control_plane_answers_nobody_behind_a_proxy() {
    let folder = Folder::new();
    let config = folder.write(
        "tollgate.toml",
        "trusted_proxies = [\"127.0.0.0/8\", \"10.0.0.0/8\"]\n",
    );
    let data = folder.path("data");
    let mut arguments = vec![OsStr::new("--data"), data.as_os_str()];
    arguments.extend([OsStr::new("--config"), config.as_os_str()]);
    arguments.extend(["--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"].map(OsStr::new));
    let mut child = tollgate()
        .arg("serve")
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command can be run");
    let greeting = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut lines = greeting.lines().map(|line| line.expect("it is text"));
    let address = lines.find_map(|line| {
        let rest = line.strip_prefix("control plane at http://")?;
        rest.split('/').next()?.parse().ok()
    });
    let address = address.expect("the greeting names it");
    for (lines, status) in [
        (&[][..], 200),
        (&["X-Forwarded-For: 127.0.0.1"], 403),
        (&["X-Forwarded-For: 203.0.113.9"], 403),
        (&["X-Forwarded-For: 127.0.0.1, 203.0.113.9"], 403),
        (&["X-Forwarded-For: unknown"], 403),
    ] {
        let answer = get_from(address, "/restapis", lines);
        assert_eq!(answer.status, status, "{lines:?}: {answer:?}");
    }
    child.kill().expect("it is our child");
    child.wait().expect("it is our child");
}
