//! A call of a function in a process of its own, beside a bare HTTP round trip to such a process.
//!
//! The other process is this program again, with blocking sockets and as little HTTP as will do, so
//! that what is measured is the way there and back.
#![cfg(unix)]
#![expect(clippy::print_stdout, reason = "a benchmark prints its ratio")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use tollgate_core::{Clock as _, SystemClock};
use tollgate_integration::lambda::{
    FunctionSettings, Invocation, LambdaFunction as _, LocalFunction,
};

/// Says that this is the other process, and which: a `function` or a `server`.
const PART: &str = "TOLLGATE_BENCH_PART";
const EVENT: &[u8] =
    br#"{"resource":"/pets/{id}","path":"/pets/7","httpMethod":"GET","body":null}"#;
const ROUNDS: usize = 20;
const CALLS: usize = 500;

type Failure = tollgate_core::BoxError;

fn main() -> Result<(), Failure> {
    match std::env::var(PART).as_deref() {
        Ok("function") => function(),
        Ok(_) => server(),
        Err(_) => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(measure())
        }
    }
}

async fn measure() -> Result<(), Failure> {
    let program = std::env::current_exe()?;
    let mut settings = FunctionSettings::new("bench", &program);
    settings.environment = vec![(PART.to_owned(), "function".to_owned())];
    let function = LocalFunction::new(settings)?;

    let mut server = Command::new(program)
        .env(PART, "server")
        .stdout(Stdio::piped())
        .spawn()?;
    let mut address = String::new();
    BufReader::new(server.stdout.take().ok_or("no output")?).read_line(&mut address)?;
    let socket = tokio::net::TcpStream::connect(address.trim()).await?;
    socket.set_nodelay(true)?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(socket)).await?;
    tokio::spawn(connection);

    let clock = SystemClock::new();
    let (mut calls, mut trips) = (Vec::new(), Vec::new());
    // In turns, so that whatever else the machine does concerns both.
    for _ in 0..ROUNDS {
        for _ in 0..CALLS {
            let begin = clock.now();
            let invoked = function
                .invoke(Invocation::new(EVENT, Duration::from_secs(3)))
                .await?;
            invoked.payload.collect().await?;
            calls.push(clock.now().since(begin));
        }
        for _ in 0..CALLS {
            let begin = clock.now();
            round_trip(&mut sender).await?;
            trips.push(clock.now().since(begin));
        }
    }
    server.kill()?;
    server.wait()?;
    let (call, trip) = (median(&mut calls), median(&mut trips));
    let ratio = call.as_secs_f64() / trip.as_secs_f64();
    println!("lambda/runtime: a call {call:?}, a bare round trip {trip:?}, ratio {ratio:.2}");
    Ok(())
}

async fn round_trip(sender: &mut SendRequest<Full<Bytes>>) -> Result<(), Failure> {
    let request = Request::post("/")
        .header("host", "x")
        .body(Full::from(EVENT))?;
    sender.ready().await?;
    sender
        .send_request(request)
        .await?
        .into_body()
        .collect()
        .await?;
    Ok(())
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// A runtime client that gives back what it gets.
fn function() -> Result<(), Failure> {
    let mut socket = BufReader::new(TcpStream::connect(std::env::var(
        "AWS_LAMBDA_RUNTIME_API",
    )?)?);
    socket.get_ref().set_nodelay(true)?;
    loop {
        let next = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
        socket.get_mut().write_all(next.as_bytes())?;
        let (id, event) = message(&mut socket)?;
        let head = format!(
            "POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nHost: 127.0.0.1\r\n\
             Content-Length: {}\r\n\r\n",
            event.len()
        );
        socket
            .get_mut()
            .write_all(&[head.as_bytes(), &event].concat())?;
        message(&mut socket)?;
    }
}

/// An HTTP server that gives back what it gets.
fn server() -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    let (socket, _) = listener.accept()?;
    socket.set_nodelay(true)?;
    let mut socket = BufReader::new(socket);
    loop {
        let (_, body) = message(&mut socket)?;
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
        socket
            .get_mut()
            .write_all(&[head.as_bytes(), &body].concat())?;
    }
}

/// The id of an event, if that is what it is, and the body of a message.
fn message(socket: &mut BufReader<TcpStream>) -> Result<(String, Vec<u8>), Failure> {
    let (mut id, mut length) = (String::new(), 0);
    let mut line = String::new();
    loop {
        line.clear();
        if socket.read_line(&mut line)? == 0 {
            return Err("the other end is gone".into());
        }
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse()?;
            }
            Some((name, value)) if name.eq_ignore_ascii_case("lambda-runtime-aws-request-id") => {
                value.clone_into(&mut id);
            }
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    socket.read_exact(&mut body)?;
    Ok((id, body))
}
