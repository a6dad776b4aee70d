//! API keys, usage plans and throttles of `tollgate.toml`.

use serde_json::json;

use crate::command::tollgate;
use crate::process::{Answer, Folder, Server};

const ONE: &str = "one-0123456789abcdef";
const TWO: &str = "two-0123456789abcdef";

const CONFIG: &str = r#"
[[apis]]
file = "a.json"
id = "a1b2c3d4e5"
stages = [{ name = "prod", throttle = { rate = 0.001, burst = 9 }, methods = { "/open/GET" = { rate = 0.001, burst = 2 } } }]

[api_keys.one]
value = "one-0123456789abcdef"

[api_keys.two]
value_file = "two.key"

[usage_plans.gold]
stages = [{ api = "a1b2c3d4e5", stage = "prod" }]
keys = ["one", "two"]
"#;

/// `/keyed`, which needs a key, and `/open`, which needs none.
fn document() -> String {
    let method = |needs_key: bool| {
        let mut method = json!({
            "responses": { "200": { "description": "" } },
            "x-amazon-apigateway-integration": {
                "type": "mock",
                "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
                "responses": { "default": { "statusCode": "200", "responseTemplates": {
                    "application/json": "$context.identity.apiKeyId"
                } } }
            }
        });
        if needs_key {
            method["security"] = json!([{ "api_key": [] }]);
        }
        json!({ "get": method })
    };
    let document = json!({
        "openapi": "3.0.1",
        "info": { "title": "limits", "version": "1" },
        "paths": { "/keyed": method(true), "/open": method(false) },
        "components": { "securitySchemes": {
            "api_key": { "type": "apiKey", "name": "x-api-key", "in": "header" }
        } }
    });
    document.to_string()
}

fn served(folder: &Folder, plan: &str) -> Server {
    folder.write("two.key", &format!("{TWO}\n"));
    let file = folder.write("a.json", &document());
    folder.write("tollgate.toml", &format!("{CONFIG}{plan}"));
    Server::of_files(&[&file], &["--no-request-log"])
}

fn get(server: &Server, path: &str, key: Option<&str>) -> Answer {
    match key {
        // The helper's version ends up in a header that nobody reads.
        Some(key) => server.send(
            &format!("GET {path} HTTP/1.1\r\nX-API-Key: {key}\r\nX-Rest:"),
            "",
        ),
        None => server.get(path),
    }
}

fn statuses(server: &Server, path: &str, key: Option<&str>, times: usize) -> Vec<u16> {
    (0..times).map(|_| get(server, path, key).status).collect()
}

#[test]
fn a_plan_lets_its_keys_in_until_they_have_used_it() {
    let folder = Folder::new();
    let mut server = served(&folder, "throttle = { rate = 0.001, burst = 3 }\n");
    let mut said = server.said();
    let refused = get(&server, "/keyed", None);
    assert_eq!(
        (refused.status, &*refused.body),
        (403, r#"{"message":"Forbidden"}"#)
    );
    assert_eq!(
        get(&server, "/keyed", Some("nobody-0123456789abcdef")).status,
        403
    );
    let answer = get(&server, "/keyed", Some(ONE));
    assert_eq!((answer.status, &*answer.body), (200, "one"));
    assert_eq!(statuses(&server, "/keyed", Some(ONE), 3), [200, 200, 429]);
    let refused = get(&server, "/keyed", Some(ONE));
    assert_eq!(refused.body, r#"{"message":"Too Many Requests"}"#);
    assert!(
        refused
            .head
            .contains("x-amzn-errortype: toomanyrequestsexception"),
        "{}",
        refused.head
    );
    // Another key is unaffected.
    let answer = get(&server, "/keyed", Some(TWO));
    assert_eq!((answer.status, &*answer.body), (200, "two"));

    // What was used goes on: four requests of key one were admitted or not, three of them were.
    let quota = "quota = { limit = 4, period = \"DAY\" }\n";
    folder.write("tollgate.toml", &format!("{CONFIG}{quota}"));
    assert!(said.any(|line| line == "API keys, usage plans and throttles changed"));
    assert_eq!(statuses(&server, "/keyed", Some(ONE), 2), [200, 429]);
    let refused = get(&server, "/keyed", Some(ONE));
    assert_eq!(
        (refused.status, &*refused.body),
        (429, r#"{"message":"Limit Exceeded"}"#)
    );

    // A key that is switched off is unknown to the client.
    let off = CONFIG.replace("[api_keys.two]", "[api_keys.two]\nenabled = false");
    folder.write("tollgate.toml", &off);
    assert!(said.any(|line| line == "API keys, usage plans and throttles changed"));
    assert_eq!(get(&server, "/keyed", Some(TWO)).status, 403);
}

#[test]
fn methods_and_the_process_have_limits() {
    let folder = Folder::new();
    let server = served(
        &folder,
        "[throttle]\nprocess = { rate = 0.001, burst = 5 }\n",
    );
    assert_eq!(statuses(&server, "/open", None, 3), [200, 200, 429]);
    assert_eq!(
        statuses(&server, "/keyed", Some(ONE), 4),
        [200, 200, 200, 429]
    );
}

#[test]
fn what_a_method_has_used_goes_on_when_its_limit_changes() {
    let folder = Folder::new();
    let mut server = served(&folder, "");
    let mut said = server.said();
    assert_eq!(statuses(&server, "/open", None, 3), [200, 200, 429]);
    let text = format!("{CONFIG}throttle = {{ rate = 0.001, burst = 7 }}\n");
    for burst in [3, 2] {
        let limit = format!("rate = 0.001, burst = {burst} }} }}");
        let text = text.replace("rate = 0.001, burst = 2 } }", &limit);
        folder.write("tollgate.toml", &text);
        assert!(said.any(|line| line.starts_with("deployed ")));
        assert_eq!(statuses(&server, "/open", None, 1), [429], "{burst}");
    }
}

#[test]
fn clients_have_limits_and_limits_can_be_watched() {
    let folder = Folder::new();
    folder.write("two.key", TWO);
    let file = folder.write("a.json", &document());
    let with = |more: &str| folder.write("tollgate.toml", &format!("{CONFIG}{more}"));
    with(
        "shadow = true\nthrottle = { rate = 0.001, burst = 1 }\n[throttle]\nclient = { rate = 0.001, burst = 1 }\n",
    );
    let mut server = Server::of_files(&[&file], &[]);
    let mut said = server.said();
    // Methods that need a key are none of the client's.
    assert_eq!(statuses(&server, "/keyed", Some(ONE), 2), [200, 200]);
    let expected = "SHADOW plan: API Key ****************abcdef exceeded throttle limit";
    assert!(said.any(|line| line.contains(expected)));
    assert_eq!(statuses(&server, "/open", None, 2), [200, 429]);
    assert!(said.any(|line| line.contains("THROTTLED: the client exceeded its throttle limit")));

    with("[throttle]\nclient = { rate = 0.001, burst = 1 }\nshadow = [\"client\", \"methods\"]\n");
    assert!(said.any(|line| line == "API keys, usage plans and throttles changed"));
    assert_eq!(statuses(&server, "/open", None, 3), [200, 200, 200]);
    for scope in ["client", "client", "client", "method"] {
        assert!(said.any(|line| line.contains(&format!(" SHADOW {scope}: "))));
    }
}

#[test]
fn what_is_wrong_is_told_at_its_place() {
    for (plan, expected) in [
        (
            "throttle = { rate = -1, burst = 1 }",
            "a rate of -1 requests a second",
        ),
        (
            "quota = { limit = 1, period = \"YEAR\" }",
            "unknown variant `YEAR`",
        ),
        (
            "quota = { limit = 1, period = \"WEEK\", offset = 7 }",
            "must be between 0 and 6 inclusive",
        ),
        (
            "[usage_plans.silver]\nkeys = [\"three\"]",
            "has the key \"three\", which is not known",
        ),
        (
            "[usage_plans.silver]\nkeys = [\"one\"]\nstages = [{ api = \"a1b2c3d4e5\", stage = \"prod\" }]",
            "which both open a1b2c3d4e5:prod",
        ),
        (
            "[usage_plans.silver]\nkeys = [\"three\", \"four\"]",
            "which is not known; usage plan \"silver\" has the key \"four\"",
        ),
        (
            "[api_keys.three]\nvalue = \"short\"",
            "expected 20 to 128 visible ASCII characters",
        ),
        (
            "[api_keys.three]",
            "the key has no value, expected value or value_file",
        ),
        ("[throttle]\nconcurrent_requests = -1", "invalid value"),
        (
            "[throttle]\nshadow = [\"plans\"]",
            "unknown variant `plans`",
        ),
    ] {
        let folder = Folder::new();
        folder.write("two.key", TWO);
        let file = folder.write("a.json", &document());
        folder.write("tollgate.toml", &format!("{CONFIG}{plan}\n"));
        let output = tollgate().arg("check").arg(&file).output();
        let output = output.expect("the command can be run");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.code(), Some(1), "{plan}: {said}");
        assert!(said.contains(expected), "{plan}: {said}");
        assert!(
            !said.contains("0123456789") && !said.contains("\"short\""),
            "{said}"
        );
    }
}
