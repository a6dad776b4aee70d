//! A small runtime client, to behave in ways in which real ones do not.
//!
//! It is this test program itself, which functions start anew with a variable set.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

/// Says that this is a function's process, and how it begins: `ok`, `error`, `exit`, `hang`.
pub(crate) const BEGINNING: &str = "TOLLGATE_TEST_RUNTIME";

/// One byte more than an error may have.
const TOO_LARGE: usize = 6 * 1024 * 1024 + 101;

/// A test only in name: it is what functions run.
#[test]
fn runtime_client() {
    let Ok(beginning) = std::env::var(BEGINNING) else {
        return;
    };
    // Ends the line that the test harness has begun.
    println!();
    let mut api = Api::connect();
    match beginning.as_str() {
        "error" => {
            let error = json!({"errorType": "Init.Broken", "errorMessage": "no luck"});
            let answer = api.post("runtime/init/error", &[], error.to_string().as_bytes());
            std::process::exit(if answer.0 == 202 { 1 } else { 9 });
        }
        "large error" => {
            let (status, answer) = api.post("runtime/init/error", &[], &vec![b'a'; TOO_LARGE]);
            println!("init: {status} {answer}");
            std::process::exit(1);
        }
        "exit" => std::process::exit(3),
        "hang" => hang(),
        _ => {}
    }
    let mut handled = 0;
    loop {
        let (status, headers, event) = api.get("runtime/invocation/next");
        assert_eq!(status, 200);
        handled += 1;
        handle(&mut api, &headers, &event, handled);
    }
}

fn handle(api: &mut Api, headers: &HashMap<String, String>, event: &[u8], handled: u32) {
    let id = headers["lambda-runtime-aws-request-id"].as_str();
    let to_response = format!("runtime/invocation/{id}/response");
    let read: Value = serde_json::from_slice(event).unwrap_or_default();
    let argument = &read["with"];
    let respond = |api: &mut Api, body: &[u8]| {
        let (status, answer) = api.post(&to_response, &[], body);
        assert_eq!((status, answer.as_str()), (202, r#"{"status":"OK"}"#));
    };
    match read["do"].as_str().unwrap_or("echo") {
        "echo" => respond(api, event),
        "count" => {
            let told = json!({"count": handled, "process": std::process::id()});
            respond(api, told.to_string().as_bytes());
        }
        "tell" => {
            let variables: HashMap<_, _> = std::env::vars().collect();
            let directory = std::env::current_dir().unwrap();
            let told = json!({"headers": headers, "variables": variables, "directory": directory});
            respond(api, told.to_string().as_bytes());
        }
        "fail" => {
            let error = br#"{"errorType":"Oops","errorMessage":"it failed","count":1}"#;
            let path = format!("runtime/invocation/{id}/error");
            let header = ("Lambda-Runtime-Function-Error-Type", "Function.Oops");
            assert_eq!(api.post(&path, &[header], error).0, 202);
        }
        "fail at length" => {
            let path = format!("runtime/invocation/{id}/error");
            let (status, answer) = api.post(&path, &[], &vec![b'a'; TOO_LARGE]);
            println!("error: {status} {answer}");
        }
        "connect" => {
            let told = connect();
            respond(api, told.to_string().as_bytes());
        }
        // Another user's process asks for what it may not see.
        "let another user ask" => {
            let address = std::env::var("AWS_LAMBDA_RUNTIME_API")
                .unwrap()
                .replace(':', "/");
            let ask = r"printf 'GET /2018-06-01/ping HTTP/1.0\r\n\r\n' >&3; cat <&3 || true";
            let script = format!("exec 3<>/dev/tcp/{address}; {ask}");
            let asked = Command::new("setpriv")
                .args([
                    "--reuid",
                    argument.as_str().unwrap(),
                    "--clear-groups",
                    "bash",
                    "-c",
                    &script,
                ])
                .output()
                .unwrap();
            let said = json!(String::from_utf8(asked.stdout).unwrap());
            respond(api, said.to_string().as_bytes());
        }
        "exit" => std::process::exit(argument.as_i64().unwrap() as i32),
        "answer and exit" => {
            respond(api, b"{}");
            std::process::exit(4);
        }
        "kill" => {
            let ours = std::process::id().to_string();
            Command::new("kill").args(["-9", &ours]).status().unwrap();
            hang();
        }
        "hang" => hang(),
        // Waits until the test lets it go on.
        "meet" => {
            let mut meeting = TcpStream::connect(argument.as_str().unwrap()).unwrap();
            meeting.read_exact(&mut [0]).unwrap();
            respond(api, std::process::id().to_string().as_bytes());
        }
        // Leaves a process behind that holds a connection as long as it lives.
        "leave a child" => {
            let address = argument.as_str().unwrap();
            let (host, port) = address.split_once(':').unwrap();
            let script = format!("exec 3<>/dev/tcp/{host}/{port}; read -u 3; true");
            Command::new("bash").args(["-c", &script]).spawn().unwrap();
            respond(api, b"{}");
        }
        "print" => {
            println!("to output\nof {id}");
            eprintln!("to error");
            respond(api, b"{}");
        }
        "size" => {
            let body = vec![b'a'; argument.as_u64().unwrap() as usize];
            let (status, answer) = api.post(&to_response, &[], &body);
            println!("size: {status} {answer}");
        }
        "probe" => {
            let told = probe(api, id);
            respond(api, json!(told).to_string().as_bytes());
            let (status, answer) = api.post(&to_response, &[], b"again");
            println!("again: {status} {answer}");
        }
        "mode" => {
            let mode = ("Lambda-Runtime-Function-Response-Mode", "psychic");
            let (status, answer) = api.post(&to_response, &[mode], b"{}");
            println!("mode: {status} {answer}");
        }
        "stream" => stream(api, &to_response, argument),
        unknown => panic!("what is {unknown}?"),
    }
}

/// Opens as many connections as there may be, with the one that is there, and one more; says
/// whether that one has to wait, and is answered then.
fn connect() -> Value {
    let mut others: Vec<_> = (1..16).map(|_| Api::connect()).collect();
    for other in &mut others {
        assert_eq!(other.get("ping").0, 200);
    }
    let mut one_more = Api::connect();
    let socket = one_more.socket.get_mut();
    socket
        .set_read_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    socket
        .write_all(b"GET /2018-06-01/ping HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        .unwrap();
    let waits = socket.read(&mut [0]).is_err();
    socket.set_read_timeout(None).unwrap();
    others.clear();
    json!([waits, one_more.answer().0])
}

fn hang() -> ! {
    loop {
        std::thread::park();
    }
}

/// Requests that are refused, and how.
fn probe(api: &mut Api, id: &str) -> Vec<String> {
    let other = "00000000-0000-4000-8000-000000000000";
    let mut told = Vec::new();
    let mut tell = |path: &str, (status, answer): (u16, String)| {
        let answer: Value = serde_json::from_str(&answer).unwrap_or_default();
        let error_type = answer["errorType"].as_str().unwrap_or("none");
        told.push(format!(
            "{} {status} {error_type}",
            path.replace(id, "{id}")
        ));
    };
    for path in [
        &format!("runtime/invocation/{other}/response"),
        &format!("runtime/invocation/{other}/error"),
        "runtime/invocation/nonsense/response",
        "runtime/init/error",
        "runtime/invocation/next",
        "runtime/elsewhere",
    ] {
        tell(path, api.post(path, &[], b"{}"));
    }
    let page = [("Origin", "https://site.example")];
    let path = "runtime/invocation/{id}/response";
    tell(path, api.post(&path.replace("{id}", id), &page, b"{}"));
    for path in ["ping", "runtime/invocation/next", "runtime/init/error"] {
        let (status, _, answer) = api.get(path);
        tell(path, (status, String::from_utf8(answer).unwrap()));
    }
    told
}

/// Streams an answer: `pieces`, then `error` in the trailers, or `then` an end that is none.
fn stream(api: &mut Api, path: &str, how: &Value) {
    let socket = api.socket.get_mut();
    let mode = "Lambda-Runtime-Function-Response-Mode: streaming";
    let trailer = "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body";
    let head = format!(
        "POST /2018-06-01/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{mode}\r\n{trailer}\r\n\
         Transfer-Encoding: chunked\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).unwrap();
    for piece in how["pieces"].as_array().unwrap() {
        let piece = piece.as_str().unwrap();
        write!(socket, "{:x}\r\n{piece}\r\n", piece.len()).unwrap();
    }
    if let Some(size) = how["megabytes"].as_u64() {
        let megabyte = vec![b'a'; 1024 * 1024];
        for _ in 0..size {
            write!(socket, "{:x}\r\n", megabyte.len()).unwrap();
            socket.write_all(&megabyte).unwrap();
            socket.write_all(b"\r\n").unwrap();
        }
    }
    match how["then"].as_str() {
        Some("exit") => std::process::exit(5),
        Some("hang") => hang(),
        // The connection is closed, the process lives on.
        Some("close") => {
            *api = Api::connect();
            return;
        }
        _ => {}
    }
    let trailers = match how["error"].as_str() {
        // "e30=" is `{}`.
        Some(error) => format!(
            "Lambda-Runtime-Function-Error-Type: {error}\r\n\
             Lambda-Runtime-Function-Error-Body: e30=\r\n"
        ),
        None => String::new(),
    };
    write!(socket, "0\r\n{trailers}\r\n").unwrap();
    let (status, _, answer) = api.answer();
    println!("stream: {status} {}", String::from_utf8(answer).unwrap());
}

struct Api {
    socket: BufReader<TcpStream>,
}

impl Api {
    fn connect() -> Self {
        let address = std::env::var("AWS_LAMBDA_RUNTIME_API").unwrap();
        let socket = TcpStream::connect(address).unwrap();
        socket.set_nodelay(true).unwrap();
        Self {
            socket: BufReader::new(socket),
        }
    }

    fn get(&mut self, path: &str) -> (u16, HashMap<String, String>, Vec<u8>) {
        let head = format!("GET /2018-06-01/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        self.socket.get_mut().write_all(head.as_bytes()).unwrap();
        self.answer()
    }

    fn post(&mut self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> (u16, String) {
        let headers: String = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let head = format!(
            "POST /2018-06-01/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Length: {}\r\n\r\n",
            body.len()
        );
        let message = [head.as_bytes(), body].concat();
        self.socket.get_mut().write_all(&message).unwrap();
        let (status, _, answer) = self.answer();
        (status, String::from_utf8(answer).unwrap())
    }

    fn answer(&mut self) -> (u16, HashMap<String, String>, Vec<u8>) {
        let mut line = String::new();
        // The gateway is gone, and so are we.
        if self.socket.read_line(&mut line).unwrap_or(0) == 0 {
            std::process::exit(0);
        }
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = HashMap::new();
        loop {
            let mut line = String::new();
            self.socket.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            headers.insert(name.to_lowercase(), value.to_owned());
        }
        let length = headers
            .get("content-length")
            .map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        self.socket.read_exact(&mut body).unwrap();
        (status, headers, body)
    }
}
