//! Limits that several servers share over a Redis of the test's own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::thread;

use serde_json::json;

use crate::command::tollgate;
use crate::process::{Folder, Server};
use crate::redis_server::Server as Redis;

const KEY: &str = "one-0123456789abcdef";
const SHARED: &str = "limits are shared over Redis";

/// `/keyed`, which needs a key, and `/open`, which tells whether its limits were decided alone.
fn document() -> String {
    let method = |security: serde_json::Value| {
        json!({ "get": {
            "responses": { "200": { "description": "" } },
            "security": security,
            "x-amazon-apigateway-integration": {
                "type": "mock",
                "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
                "responses": { "default": { "statusCode": "200", "responseTemplates": {
                    "application/json": "$context.limitsDegraded"
                } } }
            }
        } })
    };
    let document = json!({
        "openapi": "3.0.1",
        "info": { "title": "limits", "version": "1" },
        "paths": { "/keyed": method(json!([{ "api_key": [] }])), "/open": method(json!([])) },
        "components": { "securitySchemes": {
            "api_key": { "type": "apiKey", "name": "x-api-key", "in": "header" }
        } }
    });
    document.to_string()
}

/// A configuration whose servers wait for Redis as long as a busy machine takes.
fn config(redis: SocketAddr, throttle: &str, plan: &str) -> String {
    format!(
        r#"
        redis = {{ address = "redis://{redis}", timeout = "5s", connect_timeout = "5s" }}

        [[apis]]
        file = "a.json"
        id = "a1b2c3d4e5"
        stages = [{{ name = "prod", {throttle} }}]

        [api_keys.one]
        value = "{KEY}"

        [usage_plans.gold]
        stages = [{{ api = "a1b2c3d4e5", stage = "prod" }}]
        keys = ["one"]
        {plan}
        "#
    )
}

fn written(folder: &Folder, config: &str) -> PathBuf {
    folder.write("tollgate.toml", config);
    folder.write("a.json", &document())
}

/// Servers that have Redis.
fn servers(folder: &Folder, config: &str, count: usize) -> Vec<Server> {
    let file = written(folder, config);
    let servers = (0..count).map(|_| {
        let mut server = Server::of_files(&[&file], &["--no-request-log"]);
        let mut said = server.said();
        assert!(said.any(|line| line == SHARED));
        server
    });
    servers.collect()
}

fn keyed(server: &Server) -> u16 {
    // The helper's version ends up in a header that nobody reads.
    let head = format!("GET /keyed HTTP/1.1\r\nX-API-Key: {KEY}\r\nX-Rest:");
    server.send(&head, "").status
}

/// The number that Redis answers a command with.
fn asked(redis: &Redis, command: &str) -> u64 {
    let mut stream = TcpStream::connect(redis.socket()).expect("it listens");
    write!(stream, "{command}\r\n").expect("it reads");
    let mut lines = BufReader::new(stream).lines();
    let mut line = || lines.next().expect("it answers").expect("it is text");
    let first = line();
    let number = match first.as_bytes()[0] {
        // The length of a text comes before the text.
        b'$' => line(),
        _ => first[1..].to_owned(),
    };
    number
        .parse()
        .unwrap_or_else(|_| panic!("{command}: {number}"))
}

fn count(statuses: &[u16], status: u16) -> usize {
    statuses.iter().filter(|one| **one == status).count()
}

#[test]
fn a_quota_is_exact_over_servers() {
    let Some(redis) = Redis::start() else {
        return;
    };
    let folder = Folder::new();
    let plan = r#"quota = { limit = 60, period = "MONTH" }"#;
    let config = config(redis.socket(), "", plan);
    let servers = servers(&folder, &config, 3);
    let statuses = thread::scope(|scope| {
        let calling = servers
            .iter()
            .map(|server| scope.spawn(move || (0..40).map(|_| keyed(server)).collect::<Vec<_>>()));
        let calling: Vec<_> = calling.collect();
        let called = calling.into_iter();
        called
            .flat_map(|calls| calls.join().expect("it does not panic"))
            .collect::<Vec<_>>()
    });
    assert_eq!((count(&statuses, 200), count(&statuses, 429)), (60, 60));
}

#[test]
fn servers_let_through_no_more_than_the_limit() {
    const RATE: f64 = 50.0;
    const BURST: f64 = 100.0;
    // At this rate a lease is one token.
    const LEASE: f64 = 1.0;
    let Some(redis) = Redis::start() else {
        return;
    };
    let folder = Folder::new();
    let throttle = format!("throttle = {{ rate = {RATE}, burst = {BURST} }}");
    let config = config(redis.socket(), &throttle, "");
    let servers = servers(&folder, &config, 4);
    let begun = asked(&redis, "EVAL \"return redis.call('TIME')[1]\" 0");
    let statuses = thread::scope(|scope| {
        let calling = servers.iter().map(|server| {
            scope.spawn(move || {
                let calls = (0..100).map(|_| server.get("/open").status);
                calls.collect::<Vec<_>>()
            })
        });
        let calling: Vec<_> = calling.collect();
        let called = calling.into_iter();
        called
            .flat_map(|calls| calls.join().expect("it does not panic"))
            .collect::<Vec<_>>()
    });
    let ended = asked(&redis, "EVAL \"return redis.call('TIME')[1]\" 0");
    let (admitted, refused) = (count(&statuses, 200), count(&statuses, 429));
    assert_eq!(admitted + refused, 400, "{statuses:?}");
    // Whole seconds: one more than they say.
    let most = BURST + RATE * (ended - begun + 1) as f64 + 4.0 * LEASE;
    assert!(admitted as f64 <= most, "{admitted} of {most}");
    assert!(admitted >= 96, "{admitted}");
}

#[test]
fn a_server_starts_without_redis_and_goes_on_when_it_is_lost() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    redis.kill();
    let folder = Folder::new();
    let throttle = "throttle = { rate = 1000.0, burst = 1000 }";
    let plan = r#"quota = { limit = 100000, period = "MONTH" }"#;
    let text = config(redis.socket(), throttle, plan);
    let file = written(&folder, &text);
    let mut server = Server::of_files(&[&file], &[]);
    let mut said = server.said();
    let mut until = |expected: &str| {
        let line = said.find(|line| line.contains(expected));
        line.unwrap_or_else(|| panic!("{expected}: the server ended"))
    };
    until("Redis is away, limits are decided here: ");
    let answer = server.get("/open");
    assert_eq!((answer.status, &*answer.body), (200, "true"));
    assert!(until(" GET /open 200 ").ends_with(" DEGRADED"));

    redis.restart();
    until(SHARED);
    let answer = server.get("/open");
    assert_eq!((answer.status, &*answer.body), (200, "false"));
    assert!(!until(" GET /open 200 ").contains("DEGRADED"));
    for _ in 0..30 {
        assert_eq!(keyed(&server), 200);
    }

    // A change of it waits for the next start.
    folder.write(
        "tollgate.toml",
        &text.replace("timeout = \"5s\"", "timeout = \"4s\""),
    );
    until("redis: they change when the server is started again");

    // What was fetched and not used goes back when it ends, and so does the server itself.
    assert_eq!(asked(&redis, "ZCARD {tollgate:nodes}"), 1);
    server.signal("TERM");
    assert_eq!(server.wait_for_end(), Some(0));
    assert_eq!(asked(&redis, "ZCARD {tollgate:nodes}"), 0);
    let key = "redis.call('KEYS', '*:quota:*')[1]";
    let used = format!("EVAL \"return tonumber(redis.call('HGET', {key}, 'used'))\" 0");
    assert_eq!(asked(&redis, &used), 30);
}

#[test]
fn what_is_wrong_with_redis_is_told_without_its_password() {
    for (redis, expected) in [
        (
            "redis = { address = \"rediss://:hunter2@localhost\" }",
            "redis: ",
        ),
        ("redis = { address = \"hunter2@no address\" }", "redis: "),
        ("redis = {}", "expected one of address and address_file"),
        (
            "redis = { address = \"redis://localhost\", prefix = \"a:b\" }",
            "expected 1 to 64 letters, digits and -_.",
        ),
        (
            "redis = { address = \"redis://localhost\", timeout = \"1\" }",
            "expected a time from",
        ),
        ("redis = { address_file = \"none\" }", "none"),
    ] {
        let folder = Folder::new();
        let file = written(&folder, redis);
        let output = tollgate().arg("check").arg(&file).output();
        let output = output.expect("the command can be run");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.code(), Some(1), "{redis}: {said}");
        assert!(said.contains(expected), "{redis}: {said}");
        assert!(!said.contains("hunter2"), "{redis}: {said}");
    }
}
