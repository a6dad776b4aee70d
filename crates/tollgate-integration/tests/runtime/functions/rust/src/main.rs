//! What Lambda functions do, for `lambda_runtime`.

use std::io::{Error as IoError, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};

use lambda_runtime::streaming::{Response, channel};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

static HANDLED: AtomicU64 = AtomicU64::new(0);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    match std::env::var("_HANDLER")?.as_str() {
        "stream" => run(service_fn(stream)).await,
        "broken" => Err("no luck".into()),
        "proxy" => run(service_fn(proxy)).await,
        _ => run(service_fn(handle)).await,
    }
}

async fn handle(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let handled = HANDLED.fetch_add(1, Ordering::Relaxed) + 1;
    let (event, context) = event.into_parts();
    let argument = &event["with"];
    match event["do"].as_str().unwrap_or_default() {
        "echo" => Ok(argument.clone()),
        "count" => Ok(json!({"count": handled, "process": std::process::id()})),
        "binary" => Ok(json!({"isBase64Encoded": true, "body": all_bytes()})),
        "tell" => Ok(json!({
            "id": context.request_id,
            "name": context.env_config.function_name,
            "arn": context.invoked_function_arn,
            "memory": context.env_config.memory,
            "has time": context.deadline > 0,
            "client context": context.client_context.map(|told| told.custom),
            "trace": context.xray_trace_id,
        })),
        "fail" => Err(Box::new(IoError::other("no luck"))),
        "panic" => panic!("no luck"),
        "exit" => std::process::exit(argument.as_i64().unwrap_or(1) as i32),
        "hang" => loop {
            std::thread::park();
        },
        "meet" => {
            let address = argument.as_str().unwrap_or_default();
            TcpStream::connect(address).await?.read_u8().await?;
            Ok("met".into())
        }
        "print" => {
            writeln!(std::io::stdout(), "a line of the function")?;
            Ok(Value::Null)
        }
        _ => Ok(Value::Null),
    }
}

/// A function behind a proxy integration of API Gateway.
async fn proxy(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let (event, context) = event.into_parts();
    match event["pathParameters"]["what"].as_str().unwrap_or_default() {
        "tell" => {
            let told = json!({
                "verb": event["httpMethod"],
                "path": event["path"],
                "stage": event["requestContext"]["stage"],
                "colors": event["multiValueQueryStringParameters"]["color"],
                "body": event["body"],
                "table": std::env::var("TABLE")?,
                "name": context.env_config.function_name,
            });
            let headers = json!({"X-Told": "all"});
            Ok(json!({"statusCode": 201, "headers": headers, "body": told.to_string()}))
        }
        "turn" => {
            let is_binary = event["isBase64Encoded"] == true;
            let body = event["body"].as_str().filter(|_| is_binary);
            let mut body = from_base64(body.unwrap_or_default());
            body.reverse();
            let headers = json!({"Content-Type": "image/png"});
            Ok(json!({"headers": headers, "body": base64(&body), "isBase64Encoded": true}))
        }
        "malformed" => Ok(json!({"statusCode": 200, "cookies": []})),
        "exit" => std::process::exit(3),
        "hang" => loop {
            std::thread::park();
        },
        _ => Err("no luck".into()),
    }
}

async fn stream(
    event: LambdaEvent<Value>,
) -> Result<Response<lambda_runtime::streaming::Body>, Error> {
    let (mut sender, body) = channel();
    tokio::spawn(async move {
        for piece in event.payload["pieces"].as_array().into_iter().flatten() {
            let piece = piece.as_str().unwrap_or_default().to_owned();
            if sender.send_data(piece.into()).await.is_err() {
                break;
            }
        }
    });
    Ok(Response::from(body))
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// All bytes there are, in Base64.
fn all_bytes() -> String {
    let bytes: Vec<u8> = (0..=255).collect();
    base64(&bytes)
}

fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three
            .iter()
            .fold(0, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        for place in 0..4 {
            let is_there = place <= three.len();
            let digit = ALPHABET[(bits >> (18 - 6 * place)) as usize & 63];
            text.push(if is_there { digit as char } else { '=' });
        }
    }
    text
}

fn from_base64(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text
        .bytes()
        .filter_map(|byte| ALPHABET.iter().position(|digit| *digit == byte))
        .map(|digit| digit as u32)
        .collect();
    let mut bytes = Vec::new();
    for four in digits.chunks(4) {
        let bits = (0..4).fold(0, |bits, place| {
            bits << 6 | four.get(place).copied().unwrap_or(0)
        });
        let of_bits = [(bits >> 16) as u8, (bits >> 8) as u8, bits as u8];
        bytes.extend_from_slice(&of_bits[..four.len() - 1]);
    }
    bytes
}
