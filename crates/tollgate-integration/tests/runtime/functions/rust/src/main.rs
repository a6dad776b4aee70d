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

/// All bytes there are, in Base64.
fn all_bytes() -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes: Vec<u8> = (0..=255).collect();
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
