//! One row: its request, and what differs from what it expects.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::{GzDecoder, GzEncoder, ZlibDecoder, ZlibEncoder};
use http::Request;
use http_body_util::{BodyExt as _, Full};
use serde_json::Value;
use tollgate_core::{Body, ManualClock, OriginalHeaders, PeerAddress, RandomIds, SeededRandom};
use tollgate_gateway::address::AddressTable;
use tollgate_gateway::{CompileOptions, Gateway, Gateways, Plan};
use tollgate_integration::{AddressFilter, HttpClient};
use tollgate_model::Stage;
use tower::ServiceExt as _;

use crate::document::{API_ID, document};
use crate::endpoint::{self, Endpoint, nowhere};
use crate::row::{Bytes, Received, Response, Row};

/// How long a row may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Where all requests come from.
const PEER: ([u8; 4], u16) = ([203, 0, 113, 7], 4711);

/// The words that stand for something else in a row's texts.
type Words = [(&'static str, String)];

/// What differs, one text for each difference.
pub(crate) async fn differences(row: &Row, apis: &BTreeMap<String, Value>) -> Vec<String> {
    let endpoint = Endpoint::start().await;
    let words = [
        ("ENDPOINT", endpoint.address.to_string()),
        ("NOWHERE", nowhere().to_string()),
    ];
    if !row.answer.stalls {
        match answer(row, &words) {
            Ok(answer) => endpoint.answer(answer),
            Err(error) => return vec![error],
        }
    }
    let seen = match tokio::time::timeout(PATIENCE, send(row, apis, &words)).await {
        Err(_) => return vec!["no response in time".to_owned()],
        Ok(Err(error)) => return vec![error],
        Ok(Ok(seen)) => seen,
    };
    let mut differences = Vec::new();
    compare_response(&row.client, &seen, &words, &mut differences);
    let requests = endpoint.requests();
    if row.uncalled && !requests.is_empty() {
        differences.push(format!("the endpoint was called: {}", requests[0].line));
    }
    if let Some(expected) = &row.endpoint {
        match &requests[..] {
            [request] => compare_request(expected, request, &words, &mut differences),
            requests => {
                differences.push(format!("the endpoint was called {} times", requests.len()))
            }
        }
    }
    differences
}

/// What the client saw.
struct Seen {
    status: u16,
    headers: Vec<(String, String)>,
    body: Result<Vec<u8>, String>,
}

async fn send(row: &Row, apis: &BTreeMap<String, Value>, words: &Words) -> Result<Seen, String> {
    let document = document(row, apis, words)?;
    let mut stage = Stage::new("prod".parse().expect("it is a stage name"));
    stage.variables = row
        .variables
        .iter()
        .map(|(name, value)| (name.clone(), replaced(value, words)))
        .collect();
    let plan = Plan::compile_with(&document, &stage, &options());
    let plan = plan.map_err(|error| format!("no plan: {error:?}"))?;
    let request = request(row, words)?;
    let clock = Arc::new(ManualClock::at_unix(Duration::from_secs(1_700_000_000)));
    let ids = Arc::new(RandomIds::new(Arc::new(SeededRandom::new(1))));
    let response = if row.execute_api {
        let table = AddressTable::builder().stage(Arc::new(plan)).build();
        let table = table.map_err(|error| format!("no table: {error:?}"))?;
        let gateways = Gateways::new(table).with_clock(clock).with_ids(ids);
        gateways.oneshot(request).await
    } else {
        let gateway = Gateway::new(plan).with_clock(clock).with_ids(ids);
        gateway.oneshot(request).await
    };
    Ok(read(response.expect("a gateway always answers")).await)
}

/// Hosts that a variable names may be on the loopback.
fn options() -> CompileOptions {
    let loopback = "127.0.0.0/8".parse().expect("it is a network");
    let filter = AddressFilter::public_and([loopback]);
    let mut options = CompileOptions::default();
    options.http = HttpClient::builder().address_filter(filter).build();
    options
}

fn request(row: &Row, words: &Words) -> Result<Request<Full<bytes::Bytes>>, String> {
    let (verb, target) = line(&row.send.request)?;
    let mut builder = Request::builder().method(verb).uri(target);
    let mut names = Vec::new();
    let mut headers = row.send.headers.clone();
    let has_host = |line: &String| line.to_ascii_lowercase().starts_with("host:");
    if !headers.iter().any(has_host) {
        headers.push(format!(
            "Host: {API_ID}.execute-api.eu-west-1.amazonaws.com"
        ));
    }
    for line in &headers {
        let (name, value) = header(line)?;
        names.push(name.to_owned());
        builder = builder.header(name, replaced(value, words));
    }
    let body = bytes(&row.send.body, words)?;
    let request = builder.body(Full::from(body));
    let mut request = request.map_err(|error| format!("no request: {error}"))?;
    let extensions = request.extensions_mut();
    extensions.insert(OriginalHeaders::from_iter(names));
    extensions.insert(PeerAddress(PEER.into()));
    Ok(request)
}

async fn read(response: http::Response<Body>) -> Seen {
    let (parts, body) = response.into_parts();
    let headers = parts.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.to_string(), value.into_owned())
    });
    let headers = headers.collect();
    let body = body.collect().await.map_err(|error| error.to_string());
    Seen {
        status: parts.status.as_u16(),
        headers,
        body: body.map(|body| body.to_bytes().to_vec()),
    }
}

/// The bytes of the endpoint's answer.
fn answer(row: &Row, words: &Words) -> Result<Vec<u8>, String> {
    let answer = &row.answer;
    let body = bytes(&answer.body, words)?;
    let mut head = format!("HTTP/1.1 {} Said\r\n", answer.status);
    for line in &answer.headers {
        let (name, value) = header(line)?;
        head.push_str(&format!("{name}: {}\r\n", replaced(value, words)));
    }
    let is_framed = |line: &String| {
        let line = line.to_ascii_lowercase();
        line.starts_with("content-length:") || line.starts_with("transfer-encoding:")
    };
    if !answer.headers.iter().any(is_framed) {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    Ok([head.as_bytes(), &body].concat())
}

fn compare_response(
    expected: &Response,
    seen: &Seen,
    words: &Words,
    differences: &mut Vec<String>,
) {
    if seen.status != expected.status {
        differences.push(format!(
            "status: expected {}, got {}",
            expected.status, seen.status
        ));
    }
    compare_headers(
        (&expected.headers, &expected.lacks),
        &seen.headers,
        words,
        differences,
    );
    let body = seen.body.clone().and_then(|body| match &expected.coding {
        None => Ok(body),
        Some(coding) => decoded(coding, &body),
    });
    let body = match body {
        Ok(body) => body,
        Err(error) => {
            differences.push(format!("the body cannot be read: {error}"));
            return;
        }
    };
    if let Some(expected) = &expected.body {
        compare_body(expected, &body, words, differences);
    }
    let text = String::from_utf8_lossy(&body);
    if let Some(pattern) = &expected.pattern
        && !matches(pattern, &text)
    {
        differences.push(format!("body: expected ~{pattern}, got {text:?}"));
    }
    if let Some(json) = &expected.json {
        compare_json(json, &text, differences);
    }
}

fn compare_request(
    expected: &Received,
    seen: &endpoint::Request,
    words: &Words,
    differences: &mut Vec<String>,
) {
    let mut found = Vec::new();
    if let Some(line) = &expected.request
        && replaced(line, words) != seen.line
    {
        found.push(format!("request: expected {line}, got {}", seen.line));
    }
    compare_headers(
        (&expected.headers, &expected.lacks),
        &seen.headers,
        words,
        &mut found,
    );
    if let Some(expected) = &expected.body {
        compare_body(expected, &seen.body, words, &mut found);
    }
    if let Some(json) = &expected.json {
        compare_json(json, &String::from_utf8_lossy(&seen.body), &mut found);
    }
    differences.extend(
        found
            .iter()
            .map(|difference| format!("endpoint: {difference}")),
    );
}

fn compare_headers(
    (expected, lacks): (&[String], &[String]),
    seen: &[(String, String)],
    words: &Words,
    differences: &mut Vec<String>,
) {
    let values = |name: &str| -> Vec<&str> {
        let known = seen
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name));
        known.map(|(_, value)| value.as_str()).collect()
    };
    let mut by_name: Vec<(&str, Vec<String>)> = Vec::new();
    for line in expected {
        let Ok((name, value)) = header(line) else {
            differences.push(format!("the row's header {line:?} is none"));
            continue;
        };
        let value = replaced(value, words);
        match by_name.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => by_name.push((name, vec![value])),
        }
    }
    for (name, expected) in by_name {
        let seen = values(name);
        let fits = seen.len() == expected.len()
            && seen
                .iter()
                .zip(&expected)
                .all(|(seen, expected)| fits(expected, seen));
        if !fits {
            differences.push(format!("{name}: expected {expected:?}, got {seen:?}"));
        }
    }
    for name in lacks {
        let seen = values(name);
        if !seen.is_empty() {
            differences.push(format!("{name}: expected none, got {seen:?}"));
        }
    }
}

fn compare_body(expected: &Bytes, seen: &[u8], words: &Words, differences: &mut Vec<String>) {
    match bytes(expected, words) {
        Err(error) => differences.push(error),
        Ok(expected) if expected == seen => {}
        Ok(expected) => differences.push(format!(
            "body: expected {}, got {}",
            shown(&expected),
            shown(seen)
        )),
    }
}

fn compare_json(expected: &Value, seen: &str, differences: &mut Vec<String>) {
    let value: Option<Value> = serde_json::from_str(seen).ok();
    if value.as_ref() != Some(expected) {
        differences.push(format!("body: expected {expected}, got {seen:?}"));
    }
}

/// Bytes as a reader can take them.
fn shown(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.len() > 600 => format!("{} bytes, {:?}…", text.len(), &text[..60]),
        Ok(text) => format!("{text:?}"),
        Err(_) => format!("{} bytes, base64 {}", bytes.len(), STANDARD.encode(bytes)),
    }
}

fn fits(expected: &str, seen: &str) -> bool {
    match expected.strip_prefix('~') {
        _ if expected == "*" => true,
        Some(pattern) => matches(pattern, seen),
        None => expected == seen,
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    let pattern = regex::Regex::new(&format!("(?s)^(?:{pattern})$"));
    pattern.is_ok_and(|pattern| pattern.is_match(text))
}

fn line(text: &str) -> Result<(&str, &str), String> {
    text.split_once(' ')
        .ok_or_else(|| format!("{text:?} is no verb and target"))
}

fn header(line: &str) -> Result<(&str, &str), String> {
    let (name, value) = line
        .split_once(':')
        .ok_or_else(|| format!("{line:?} is no header"))?;
    Ok((name, value.trim()))
}

fn replaced(text: &str, words: &Words) -> String {
    let mut text = text.to_owned();
    for (word, replacement) in words {
        text = text.replace(word, replacement);
    }
    text
}

fn bytes(bytes: &Bytes, words: &Words) -> Result<Vec<u8>, String> {
    Ok(match bytes {
        Bytes::Nothing => Vec::new(),
        Bytes::Text(text) => replaced(text, words).into_bytes(),
        Bytes::Base64 { base64 } => STANDARD.decode(base64).map_err(|error| error.to_string())?,
        Bytes::Repeated { repeat, times } => repeat.repeat(*times).into_bytes(),
        Bytes::Coded { coding, of } => coded(coding, &self::bytes(of, words)?)?,
    })
}

fn coded(coding: &str, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let level = Compression::default();
    let written = match coding {
        "gzip" => GzEncoder::new(bytes, level).read_to_end(&mut out),
        "deflate" => ZlibEncoder::new(bytes, level).read_to_end(&mut out),
        coding => return Err(format!("{coding:?} is no coding")),
    };
    written.map_err(|error| error.to_string())?;
    Ok(out)
}

fn decoded(coding: &str, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let read = match coding {
        "gzip" => GzDecoder::new(bytes).read_to_end(&mut out),
        "deflate" => ZlibDecoder::new(bytes).read_to_end(&mut out),
        coding => return Err(format!("{coding:?} is no coding")),
    };
    read.map_err(|error| format!("{coding}: {error}"))?;
    Ok(out)
}
