//! Servers that share one PostgreSQL of the test's own.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tollgate::core::{Clock as _, SystemClock, SystemRandom};
use tollgate_store::{PostgresOptions, PostgresStore};

use super::refused::deploy_siblings;
use super::{answers, command, deploy, done, pets, serve};
use crate::command::Folder;
use crate::process::{Lines, Server};
use crate::store_support::postgres::{Proxy, Server as Postgres, Way};

fn runtime() -> Runtime {
    Runtime::new().expect("it can be had")
}

/// A server of the database, and what it says.
fn server(database: &OsStr, cache: Option<&Path>) -> (Server, Lines) {
    let mut store = vec![OsStr::new("--database"), database];
    if let Some(folder) = cache {
        store.extend([OsStr::new("--cache"), folder.as_os_str()]);
    }
    let mut server = serve(&store);
    let lines = server.lines();
    (server, lines)
}

/// That each says what it serves from a revision on.
fn say(servers: &[(Server, Lines)], what: &str, revision: u64) {
    let line = format!("pets, stage prod: {what} (revision {revision})");
    for (_, lines) in servers {
        lines.until(|said| said == line);
    }
}

fn revision(said: &serde_json::Value) -> u64 {
    said["revision"].as_u64().expect("it has a number")
}

/// Waits until a cache has the latest of a deployment.
fn until_kept(cache: &Path, server: &Server, id: &str) {
    // Requests take their time: these would take minutes.
    for _ in 0..1_000_000 {
        let kept = std::fs::read_to_string(cache.join("state.json"));
        if kept.is_ok_and(|text| text.contains(id)) {
            return;
        }
        server.get("/");
    }
    panic!("nothing is kept");
}

#[test]
fn all_servers_of_a_database_serve_what_is_deployed_to_it() {
    let Some(postgres) = Postgres::with(&["-cfsync=off"]) else {
        return;
    };
    let folder = Folder::new();
    let runtime = runtime();
    let address = runtime.block_on(postgres.database());
    let file = format!(
        "@{}",
        folder.write("url", &format!("{address}\n")).display()
    );
    let store = [OsStr::new("--database"), OsStr::new(&file)];
    let (own, other) = (folder.path("cache"), folder.path("other-cache"));
    let mut servers = vec![
        server(OsStr::new(&address), None),
        server(OsStr::new(&file), Some(&own)),
    ];
    for (server, _) in &servers {
        let greeting = &server.greeting;
        assert!(
            greeting.starts_with("serving nothing yet at http://"),
            "{greeting}"
        );
        assert_eq!(server.get(super::PATH).status, 403);
    }
    let all_answer = |servers: &[(Server, Lines)], text: &str| {
        servers.iter().for_each(|(server, _)| answers(server, text));
    };

    let (first, at) = deploy(&store, &pets(&folder, "1"), &[]);
    say(&servers, &format!("serves deployment {first}"), at);
    all_answer(&servers, "1");

    let (second, at) = deploy(&store, &pets(&folder, "2"), &["--canary", "100"]);
    let serves = format!("serves deployment {first}, and {second} as its canary");
    say(&servers, &serves, at);
    all_answer(&servers, "2");

    let said = done(&store, &["canary", "pets", "prod", "--percent", "0"]);
    say(&servers, "has other settings", revision(&said));
    all_answer(&servers, "1");

    let said = done(&store, &["promote", "pets", "prod"]);
    let serves = format!("serves deployment {second}, and {second} as its canary");
    say(&servers, &serves, revision(&said));
    all_answer(&servers, "2");

    let said = done(&store, &["rollback", "pets", "prod", "--to", &first]);
    let serves = format!("serves deployment {first}, and {second} as its canary");
    say(&servers, &serves, revision(&said));
    all_answer(&servers, "1");

    let said = done(&store, &["canary", "pets", "prod", "--off"]);
    say(
        &servers,
        &format!("serves deployment {first}"),
        revision(&said),
    );
    let (third, at) = deploy(&store, &pets(&folder, "3"), &[]);
    say(&servers, &format!("serves deployment {third}"), at);
    all_answer(&servers, "3");

    // Without the database all goes on, and nothing can be changed.
    until_kept(&own, &servers[1].0, &third);
    postgres.stop();
    all_answer(&servers, "3");
    for arguments in [
        &["promote", "pets", "prod"][..],
        &["deploy", &pets(&folder, "4").display().to_string()],
    ] {
        let (code, written, said) = command(&store, arguments);
        assert_eq!((code, &*written), (Some(1), ""), "{arguments:?}");
        assert!(said.starts_with("error: the store is away: "), "{said}");
        assert!(!said.contains("not-to-be-shown"), "{said}");
    }
    // A third one begins with what a cache remembers, each with a folder of its own.
    std::fs::create_dir(&other).expect("the folder is ours");
    std::fs::copy(own.join("state.json"), other.join("state.json")).expect("it is there");
    servers.push(server(OsStr::new(&file), Some(&other)));
    servers[2]
        .1
        .until(|line| line.starts_with("what was counted of quotas before is missing"));
    all_answer(&servers, "3");

    // Once it is back, all of them go on with it.
    postgres.restart();
    let (fourth, at) = deploy(&store, &pets(&folder, "4"), &[]);
    say(&servers, &format!("serves deployment {fourth}"), at);
    all_answer(&servers, "4");
    for (server, _) in servers {
        server.signal("TERM");
        assert_eq!(server.wait_for_end(), Some(0));
    }
}

#[test]
fn what_cannot_be_compiled_leaves_the_old_deployment_serving() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let folder = Folder::new();
    let runtime = runtime();
    let address = runtime.block_on(postgres.database());
    let store = [OsStr::new("--database"), OsStr::new(&address)];
    let (first, _) = deploy(&store, &pets(&folder, "1"), &[]);
    let (server, lines) = server(OsStr::new(&address), None);
    let (broken, _) = runtime.block_on(async {
        let options = PostgresOptions::new();
        let store = PostgresStore::connect(&address, options, Arc::new(SystemRandom)).await;
        deploy_siblings(&store.expect("it is there"), "prod").await
    });
    let line = lines.until(|line| line.starts_with("error: "));
    let expected = format!(
        "error: pets, stage prod: deployment {broken} cannot be served, deployment {first} stays: "
    );
    assert!(
        line.starts_with(&expected) && line.contains("{other}"),
        "{line}"
    );
    answers(&server, "1");
    // The next one that can be compiled is served.
    let (second, at) = deploy(&store, &pets(&folder, "2"), &[]);
    let serves = format!("pets, stage prod: serves deployment {second} (revision {at})");
    lines.until(|line| line == serves);
    answers(&server, "2");
}

#[test]
fn a_database_that_hangs_is_given_up() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let folder = Folder::new();
    let runtime = runtime();
    let address = runtime.block_on(postgres.database());
    let proxy = runtime.block_on(async { Proxy::before(&postgres) });
    let address = proxy.address(&address, &postgres);
    let store = [OsStr::new("--database"), OsStr::new(&address)];
    let file = pets(&folder, "1");
    deploy(&store, &file, &[]);
    proxy.set(Way::Hole);
    let clock = SystemClock::new();
    let begun = clock.now().monotonic();
    let file = file.display().to_string();
    let (code, written, said) = command(&store, &["deploy", &file]);
    assert_eq!((code, &*written), (Some(1), ""));
    assert!(said.starts_with("error: the store is away: "), "{said}");
    // Five seconds are promised; a busy machine takes more.
    let took = clock.now().monotonic().saturating_sub(begun);
    assert!(took < Duration::from_secs(60), "{took:?}");
    proxy.set(Way::Open);
    deploy(&store, Path::new(&file), &[]);
}
