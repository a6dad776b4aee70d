//! Documents that change while they are served.

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::process::{Folder, Server, document, read_answer};

/// Sends requests on one connection until told to stop; gives what came back.
fn client(address: SocketAddr, stop: Arc<AtomicBool>) -> thread::JoinHandle<Vec<(u16, String)>> {
    thread::spawn(move || {
        let mut stream = TcpStream::connect(address).expect("the server listens");
        let mut answers: Vec<(u16, String)> = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            stream
                .write_all(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
                .expect("the server reads");
            let answer = read_answer(&mut stream).expect("the connection stays");
            answers.push((answer.status, answer.body));
        }
        answers
    })
}

/// What is said until a line comes, without that line.
fn until(said: &mut impl Iterator<Item = String>, last: &str) -> Vec<String> {
    said.take_while(|line| line != last).collect()
}

#[test]
fn no_request_fails_while_documents_change() {
    let folder = Folder::new();
    let version = |version: usize| document(&[("/x", &format!("version {version}"))]);
    let file = folder.write("a.json", &version(0));
    let mut server = Server::of_files(&[&file], &["--no-request-log"]);
    let mut said = server.said();
    let stop = Arc::new(AtomicBool::new(false));
    let clients = [(); 2].map(|()| client(server.address, stop.clone()));
    let body = |server: &Server| server.get("/x").body;
    for number in 1..=5 {
        folder.write("a.json", &version(number));
        let line = said.next().expect("the server lives");
        assert_eq!(line, format!("deployed {}", file.display()));
        assert_eq!(body(&server), format!("version {number}"));

        // A broken document changes nothing, and is named with its place.
        folder.write("a.json", "{\n  \"openapi\": ,\n}");
        let remark = until(&mut said, "its last deployment stays");
        assert!(remark[0].starts_with("error: "), "{remark:?}");
        assert!(remark[1].ends_with("a.json:2:14"), "{remark:?}");
        assert_eq!(remark[3], "2 |   \"openapi\": ,");
        let counts = remark
            .last()
            .is_some_and(|line| line.ends_with("1 error, 0 warnings, 0 notes"));
        assert!(counts, "{remark:?}");
        assert_eq!(body(&server), format!("version {number}"));
    }
    // One that is gone changes nothing either.
    std::fs::remove_file(&file).unwrap();
    let remark = until(&mut said, "its last deployment stays");
    assert!(
        remark[0].starts_with("error: cannot read the file: "),
        "{remark:?}"
    );
    assert_eq!(body(&server), "version 5");

    stop.store(true, Ordering::Relaxed);
    for client in clients {
        let answers = client.join().unwrap();
        assert!(
            answers.iter().all(|(status, _)| *status == 200),
            "{answers:?}"
        );
        assert!(answers.is_sorted_by_key(|(_, body)| body.clone()));
        assert!(answers.len() > 10, "{answers:?}");
    }
}

#[test]
fn documents_are_deployed_one_by_one() {
    let folder = Folder::new();
    let one = folder.write("one.json", &document(&[("/x", "one")]));
    let two = folder.write("two.json", &document(&[("/x", "two")]));
    let mut server = Server::of_files(&[&one, &two], &["--no-request-log"]);
    let mut said = server.said();
    folder.write("one.json", "nothing");
    assert!(said.any(|line| line == "its last deployment stays"));
    folder.write("two.json", &document(&[("/x", "two again"), ("/y", "new")]));
    assert!(said.any(|line| line == format!("deployed {}", two.display())));
    for (path, expected) in [
        ("/one/x", "one"),
        ("/two/x", "two again"),
        ("/two/y", "new"),
    ] {
        assert_eq!(server.get(path).body, expected, "{path}");
    }
}

#[test]
fn a_configuration_changes_what_is_served_but_not_where() {
    let folder = Folder::new();
    let file = folder.write(
        "a.json",
        &document(&[("/x", "$stageVariables.color $context.stage")]),
    );
    let mut server = Server::of_files(&[&file], &["--no-request-log"]);
    let mut said = server.said();
    // One that was not there at first counts from the moment that it is.
    let config = |more: &str| format!("[[apis]]\nfile = \"a.json\"\n{more}\n");
    let stages = |color: &str| {
        format!("stages = [{{ name = \"prod\", variables = {{ color = \"{color}\" }} }}]")
    };
    folder.write("tollgate.toml", &config(&stages("red")));
    assert!(
        said.next()
            .is_some_and(|line| line.starts_with("deployed "))
    );
    assert_eq!(server.get("/x").body, "red prod");

    folder.write("tollgate.toml", &config("color = 1"));
    let remark = until(&mut said, "the configuration before stays");
    assert!(
        remark[0].starts_with("error: unknown field `color`"),
        "{remark:?}"
    );
    assert!(remark[1].ends_with("tollgate.toml:3:1"), "{remark:?}");
    assert_eq!(server.get("/x").body, "red prod");

    let listener = "[[listeners]]\naddress = \"127.0.0.1:1\"";
    folder.write(
        "tollgate.toml",
        &config(&format!("{}\n{listener}", stages("blue"))),
    );
    let line = said.next();
    assert_eq!(
        line.as_deref(),
        Some("listeners: they change when the server is started again")
    );
    assert!(
        said.next()
            .is_some_and(|line| line.starts_with("deployed "))
    );
    assert_eq!(server.get("/x").body, "blue prod");
}
