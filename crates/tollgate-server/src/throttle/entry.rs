//! What a line of a log says of a request.
//!
//! Formats are those that the service suggests for access logs: JSON, and the common log format.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::strtime;
use serde_json::{Map, Value};
use tollgate::throttle::{SimulatedCaller, SimulatedRequest};

/// How `$context.requestTime` is written.
const COMMON_TIME: &str = "%d/%b/%Y:%H:%M:%S %z";

/// A request that was made.
#[derive(Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) at: Duration,
    caller: Caller,
    stage: (String, String),
    method: String,
}

#[derive(Debug, PartialEq)]
enum Caller {
    Key(String),
    Client(String),
}

impl Entry {
    pub(super) fn request(&self) -> SimulatedRequest<'_> {
        let caller = match &self.caller {
            Caller::Key(id) => SimulatedCaller::Key(id),
            Caller::Client(client) => SimulatedCaller::Client(client),
        };
        let (api_id, stage) = &self.stage;
        SimulatedRequest::new(self.at, caller, (api_id, stage), &self.method)
    }
}

/// Reads a line; `stage` is that of lines that name none.
pub(super) fn parse(line: &str, stage: Option<(&str, &str)>) -> Result<Entry, &'static str> {
    if line.starts_with('{') {
        of_json(line, stage)
    } else {
        of_common(line, stage)
    }
}

fn of_json(line: &str, stage: Option<(&str, &str)>) -> Result<Entry, &'static str> {
    let members: Map<String, Value> =
        serde_json::from_str(line).map_err(|_| "the line is no JSON object")?;
    let find = |names: &[&str]| names.iter().find_map(|name| member(&members, name));
    let at = match find(&["requestTimeEpoch"]) {
        Some(millis) => millis.parse().map(Duration::from_millis).ok(),
        None => find(&["requestTime"]).and_then(|time| when(&time)),
    };
    let key = find(&["apiKeyId", "identity.apiKeyId"]).map(Caller::Key);
    let client = || find(&["sourceIp", "ip", "identity.sourceIp"]).map(Caller::Client);
    let path = find(&["resourcePath", "path"]);
    let verb = find(&["httpMethod"]);
    let named = find(&["apiId"]).zip(find(&["stage"]));
    Ok(Entry {
        at: at.ok_or("the line has no requestTimeEpoch and no requestTime")?,
        caller: key
            .or_else(client)
            .ok_or("the line has no apiKeyId and no sourceIp")?,
        stage: named
            .or_else(|| owned(stage))
            .ok_or("the line has no apiId and stage, and the plans are about several")?,
        method: path
            .zip(verb)
            .map(|(path, verb)| format!("{path}/{verb}"))
            .ok_or("the line has no resourcePath and httpMethod")?,
    })
}

/// `$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime]
/// "$context.httpMethod $context.resourcePath $context.protocol" …`
fn of_common(line: &str, stage: Option<(&str, &str)>) -> Result<Entry, &'static str> {
    const EXPECTED: &str = "the line is neither a JSON object nor in the common log format";
    let (client, rest) = line.split_once(' ').ok_or(EXPECTED)?;
    let (_, rest) = rest.split_once('[').ok_or(EXPECTED)?;
    let (time, rest) = rest.split_once(']').ok_or(EXPECTED)?;
    let (_, rest) = rest.split_once('"').ok_or(EXPECTED)?;
    let (request, _) = rest.split_once('"').ok_or(EXPECTED)?;
    let mut words = request.split(' ');
    let (verb, path) = words.next().zip(words.next()).ok_or(EXPECTED)?;
    let path = path.split('?').next().unwrap_or(path);
    Ok(Entry {
        at: when(time).ok_or(EXPECTED)?,
        caller: Caller::Client(client.to_owned()),
        stage: owned(stage).unwrap_or_default(),
        method: format!("{path}/{verb}"),
    })
}

fn owned(stage: Option<(&str, &str)>) -> Option<(String, String)> {
    stage.map(|(api_id, stage)| (api_id.to_owned(), stage.to_owned()))
}

/// A member, or one of an inner object where the name has a dot; `-` says that there is none.
fn member(members: &Map<String, Value>, name: &str) -> Option<String> {
    let found = members.get(name).or_else(|| {
        let (outer, inner) = name.split_once('.')?;
        members.get(outer)?.get(inner)
    });
    let text = match found? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty() && text != "-").then_some(text)
}

fn when(text: &str) -> Option<Duration> {
    let common = strtime::parse(COMMON_TIME, text).and_then(|time| time.to_timestamp());
    let time = common.or_else(|_| text.parse::<Timestamp>()).ok()?;
    // Nothing was logged before 1970.
    let millis = u64::try_from(time.as_millisecond()).ok()?;
    Some(Duration::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONLY: Option<(&str, &str)> = Some(("api", "prod"));

    #[test]
    fn lines_are_what_access_logs_have() {
        let epoch = Duration::from_millis(1_709_164_800_123);
        let second = Duration::from_secs(1_709_164_800);
        let key = || Caller::Key("key1".to_owned());
        let client = || Caller::Client("192.0.2.1".to_owned());
        for (line, at, caller, stage) in [
            (
                r#"{"requestTimeEpoch": 1709164800123, "apiKeyId": "key1", "ip": "192.0.2.1",
                    "httpMethod": "GET", "resourcePath": "/pets", "apiId": "other", "stage": "test"}"#,
                epoch,
                key(),
                ("other", "test"),
            ),
            (
                r#"{"requestTimeEpoch": "1709164800123", "identity": {"apiKeyId": "key1"},
                    "httpMethod": "GET", "resourcePath": "/pets"}"#,
                epoch,
                key(),
                ("api", "prod"),
            ),
            (
                r#"{"requestTime": "29/Feb/2024:01:00:00 +0100", "identity.sourceIp": "192.0.2.1",
                    "apiKeyId": "-", "httpMethod": "GET", "resourcePath": "/pets"}"#,
                second,
                client(),
                ("api", "prod"),
            ),
            (
                r#"{"requestTime": "2024-02-29T00:00:00Z", "sourceIp": "192.0.2.1",
                    "httpMethod": "GET", "path": "/pets"}"#,
                second,
                client(),
                ("api", "prod"),
            ),
            (
                r#"192.0.2.1 - - [29/Feb/2024:00:00:00 +0000] "GET /pets?a=b HTTP/1.1" 200 7 x"#,
                second,
                client(),
                ("api", "prod"),
            ),
        ] {
            let expected = Entry {
                at,
                caller,
                stage: (stage.0.to_owned(), stage.1.to_owned()),
                method: "/pets/GET".to_owned(),
            };
            assert_eq!(parse(line, ONLY), Ok(expected), "{line}");
        }
    }

    #[test]
    fn other_lines_say_what_they_lack() {
        for (line, expected) in [
            ("{", "the line is no JSON object"),
            ("{}", "the line has no requestTimeEpoch and no requestTime"),
            (
                r#"{"requestTimeEpoch": -1}"#,
                "the line has no requestTimeEpoch and no requestTime",
            ),
            (
                r#"{"requestTimeEpoch": 1, "apiKeyId": ["x"]}"#,
                "the line has no apiKeyId and no sourceIp",
            ),
            (
                r#"{"requestTimeEpoch": 1, "apiKeyId": "x"}"#,
                "the line has no apiId and stage, and the plans are about several",
            ),
            (
                r#"{"requestTimeEpoch": 1, "apiKeyId": "x", "apiId": "a", "stage": "s"}"#,
                "the line has no resourcePath and httpMethod",
            ),
            (
                "hello",
                "the line is neither a JSON object nor in the common log format",
            ),
            (
                r#"192.0.2.1 - - [yesterday] "GET / HTTP/1.1""#,
                "the line is neither a JSON object nor in the common log format",
            ),
        ] {
            assert_eq!(parse(line, None), Err(expected), "{line}");
        }
    }
}
