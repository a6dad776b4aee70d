//! `tollgate throttle simulate`.

use std::io::Write as _;
use std::process::Stdio;

use crate::command::{Folder, said, tollgate};

const PLANS: &str = r#"
region = "eu-central-1"

[usage_plans.gold]
throttle = { rate = 1, burst = 2 }
quota = { limit = 3, period = "DAY" }
keys = ["partner"]
stages = [{ api = "shop", stage = "prod", methods = { "/pets/GET" = { rate = 0.5, burst = 1 } } }]
"#;

const LOG: &str = r#"
{"requestTimeEpoch": 1709164800000, "apiKeyId": "partner", "httpMethod": "GET", "resourcePath": "/pets"}
{"requestTimeEpoch": 1709164801000, "apiKeyId": "partner", "httpMethod": "GET", "resourcePath": "/pets"}
{"requestTimeEpoch": 1709164801100, "apiKeyId": "partner", "httpMethod": "GET", "resourcePath": "/cats"}
{"requestTimeEpoch": 1709164801200, "apiKeyId": "nobody", "httpMethod": "GET", "resourcePath": "/cats"}
192.0.2.1 - - [29/Feb/2024:00:00:02 +0000] "GET /cats HTTP/1.1" 200 7
192.0.2.1 - - [29/Feb/2024:00:00:02 +0000] "GET /cats HTTP/1.1" 200 7
"#;

/// Simulates: the exit status, and what is said.
fn simulate(log: &str, plans: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = Folder::new();
    let output = tollgate()
        .args(["throttle", "simulate", "--plan"])
        .arg(folder.write("plans.toml", plans))
        .arg(folder.write("log", log))
        .args(arguments)
        .output()
        .expect("the command can be run");
    let written = String::from_utf8(output.stdout.clone()).expect("it is text");
    (output.status.code(), written, said(&output))
}

#[test]
fn it_says_who_would_be_refused() {
    let (status, written, errors) = simulate(LOG, PLANS, &["--per-client", "0.1:1"]);
    assert_eq!(errors, "");
    assert_eq!(
        written,
        "6 requests from 2024-02-29T00:00:00Z to 2024-02-29T00:00:02Z: 3 admitted, 3 refused \
         (plan_method 1, rate 1, no_plan 1) from 2024-02-29T00:00:01Z to 2024-02-29T00:00:02Z\n  \
         key nobody: 0 admitted, 1 refused (no_plan 1) from 2024-02-29T00:00:01.2Z to \
         2024-02-29T00:00:01.2Z\n  \
         key partner: 2 admitted, 1 refused (plan_method 1) from 2024-02-29T00:00:01Z to \
         2024-02-29T00:00:01Z\n  \
         client 192.0.2.1: 1 admitted, 1 refused (rate 1) from 2024-02-29T00:00:02Z to \
         2024-02-29T00:00:02Z\n"
    );
    assert_eq!(status, Some(1));
}

#[test]
fn programs_read_it_as_json() {
    let (status, written, _) = simulate(LOG, PLANS, &["--format", "json"]);
    let said: serde_json::Value = serde_json::from_str(&written).expect("it is JSON");
    assert_eq!(said["total"]["admitted"], 4);
    assert_eq!(said["callers"][1]["key"], "partner");
    assert_eq!(said["callers"][1]["refused"]["plan_method"], 1);
    assert_eq!(said["callers"][2]["client"], "192.0.2.1");
    assert_eq!(said["lines_left_out"], 0);
    assert_eq!(status, Some(1));
}

#[test]
fn a_log_that_fits_ends_well() {
    let first: String = LOG.lines().take(2).collect();
    let mut command = tollgate();
    let folder = Folder::new();
    let plans = folder.write("plans.toml", PLANS);
    command
        .args(["throttle", "simulate", "-", "--plan"])
        .arg(plans);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = command.spawn().expect("the command can be run");
    let input = process
        .stdin
        .take()
        .map(|mut input| input.write_all(first.as_bytes()));
    input.expect("it is piped").expect("it is read");
    let output = process.wait_with_output().expect("it ends");
    let written = String::from_utf8(output.stdout).expect("it is text");
    let expected = "1 request from 2024-02-29T00:00:00Z to 2024-02-29T00:00:00Z: \
                    1 admitted, 0 refused\n";
    assert_eq!((output.status.code(), &*written), (Some(0), expected));
}

#[test]
fn lines_that_are_no_requests_are_told() {
    let (status, written, _) = simulate("hello\n{}\n", PLANS, &[]);
    assert_eq!(
        written,
        "0 requests: 0 admitted, 0 refused\n2 lines are left out, the first is line 1: the line is \
         neither a JSON object nor in the common log format\n"
    );
    assert_eq!(status, Some(1));
}

#[test]
fn plans_that_are_wrong_end_it() {
    for (plans, expected) in [
        (
            "[usage_plans.gold]\nthrottle = { rate = -1, burst = 1 }",
            "plans.toml:2:12",
        ),
        (
            "[usage_plans.gold]\nquota = { limit = 1, period = \"YEAR\" }",
            "unknown variant `YEAR`",
        ),
        (
            "[usage_plans.gold]\nquota = { limit = 1, period = \"DAY\", offset = 1 }",
            "Usage Plan quota offset must be zero in the DAY period",
        ),
        ("[usage_plans.gold]\nlimit = 1", "unknown field `limit`"),
        (
            "[usage_plans.a]\nkeys = [\"k\"]\nstages = [{ api = \"x\", stage = \"s\" }]\n\
             [usage_plans.b]\nkeys = [\"k\"]\nstages = [{ api = \"x\", stage = \"s\" }]",
            "which both open x:s",
        ),
    ] {
        let (status, _, errors) = simulate(LOG, plans, &[]);
        assert_eq!(status, Some(1), "{plans}");
        assert!(errors.contains(expected), "{plans}\n{errors}");
    }
    let (status, _, errors) = simulate(LOG, PLANS, &["--per-client", "10"]);
    assert_eq!(status, Some(2));
    assert!(errors.contains("expected a rate and a burst"), "{errors}");
}
