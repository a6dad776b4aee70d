//! How many processes there are, and when they end.

use std::collections::HashSet;
use std::time::Duration;

use futures::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tollgate_integration::lambda::{InvokeFailure, LambdaFunction as _};

use super::support::{call, event, function, refusal, settings};

/// A place where functions wait until they are let go.
struct Meeting {
    listener: TcpListener,
    address: String,
}

impl Meeting {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        Self { listener, address }
    }

    async fn come(&self) -> TcpStream {
        self.listener.accept().await.unwrap().0
    }
}

/// Waits until the other end is closed, as it is when its process ends.
async fn closed(mut socket: TcpStream) {
    // A reset is as good an end as another.
    assert_eq!(socket.read(&mut [0]).await.unwrap_or(0), 0);
}

#[tokio::test]
async fn one_process_handles_one_event_after_another() {
    let function = function(settings());
    let first = call(&function, event("count", ())).await;
    for count in 2..20 {
        let next = call(&function, event("count", ())).await;
        assert_eq!(next["count"], count);
        assert_eq!(next["process"], first["process"]);
    }
}

#[tokio::test]
async fn there_are_as_many_processes_as_events_up_to_a_limit() {
    let mut settings = settings();
    settings.max_concurrency = 3;
    let function = function(settings);
    let meeting = Meeting::new().await;
    let calls = join_all((0..5).map(|_| call(&function, event("meet", meeting.address.as_str()))));
    let lead = async {
        // Three of them run at a time; the others wait for those.
        let mut present = Vec::new();
        for _ in 0..3 {
            present.push(meeting.come().await);
        }
        for _ in 0..2 {
            present.remove(0).write_all(b".").await.unwrap();
            present.push(meeting.come().await);
        }
        for mut socket in present {
            socket.write_all(b".").await.unwrap();
        }
    };
    let (answers, ()) = tokio::join!(calls, lead);
    let processes: HashSet<_> = answers.iter().map(|process| process.as_u64()).collect();
    assert_eq!(processes.len(), 3, "{answers:?}");
}

#[tokio::test]
async fn who_waits_too_long_for_a_process_is_throttled() {
    let mut settings = settings();
    settings.max_concurrency = 1;
    let function = function(settings);
    let meeting = Meeting::new().await;
    let busy = call(&function, event("meet", meeting.address.as_str()));
    let others = async {
        let mut present = meeting.come().await;
        let mut hasty = event("echo", ());
        hasty.timeout = Duration::from_millis(10);
        assert_eq!(refusal(&function, hasty).await, InvokeFailure::Throttled);
        present.write_all(b".").await.unwrap();
    };
    tokio::join!(busy, others);
}

#[tokio::test]
async fn too_many_who_wait_are_throttled_at_once() {
    let mut settings = settings();
    settings.max_concurrency = 1;
    let function = function(settings);
    let meeting = Meeting::new().await;
    let busy = call(&function, event("meet", meeting.address.as_str()));
    let others = async {
        let mut present = meeting.come().await;
        let many = join_all((0..1_010).map(async |_| {
            let mut hasty = event("echo", ());
            hasty.timeout = Duration::from_millis(200);
            refusal(&function, hasty).await
        }));
        assert!(
            many.await
                .iter()
                .all(|refused| *refused == InvokeFailure::Throttled)
        );
        present.write_all(b".").await.unwrap();
    };
    tokio::join!(busy, others);
}

#[tokio::test]
async fn a_process_that_has_nothing_to_do_ends() {
    let mut settings = settings();
    settings.idle_timeout = Duration::from_millis(20);
    let function = function(settings);
    let meeting = Meeting::new().await;
    call(&function, event("leave a child", meeting.address.as_str())).await;
    closed(meeting.come().await).await;
    assert_eq!(call(&function, event("count", ())).await["count"], 1);
}

#[tokio::test]
async fn nothing_outlives_its_function() {
    let function = function(settings());
    let meeting = Meeting::new().await;
    call(&function, event("leave a child", meeting.address.as_str())).await;
    let child = meeting.come().await;
    let (done, running) = tokio::join!(
        async {
            let mut hasty = event("meet", meeting.address.as_str());
            hasty.timeout = Duration::from_secs(1);
            function.invoke(hasty).await.map(|_| ())
        },
        meeting.come(),
    );
    assert!(matches!(done, Err(InvokeFailure::TimedOut(_))));
    drop(function);
    closed(child).await;
    closed(running).await;
}

/// A runtime that ends takes the processes with it, whatever tasks were about to do.
#[test]
fn nothing_outlives_its_runtime() {
    let (mut child, function) = {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let function = function(settings());
            let meeting = Meeting::new().await;
            call(&function, event("leave a child", meeting.address.as_str())).await;
            let child = meeting.come().await.into_std().unwrap();
            (child, function)
        })
    };
    child.set_nonblocking(false).unwrap();
    let read = std::io::Read::read(&mut child, &mut [0]);
    assert_eq!(read.unwrap_or(0), 0);
    drop(function);
}

/// Says that this is a program to be killed, and where its function's child is to go.
const HOST: &str = "TOLLGATE_TEST_HOST";

/// A test only in name: the program that [`nothing_outlives_a_program_that_is_killed`] kills.
#[tokio::test]
async fn host() {
    let Ok(address) = std::env::var(HOST) else {
        return;
    };
    let function = function(settings());
    call(&function, event("leave a child", address)).await;
    std::future::pending().await
}

#[tokio::test]
async fn nothing_outlives_a_program_that_is_killed() {
    let meeting = Meeting::new().await;
    let mut program = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::host"])
        .env(HOST, &meeting.address)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let child = meeting.come().await;
    program.kill().unwrap();
    program.wait().unwrap();
    closed(child).await;
}

#[tokio::test]
async fn children_of_a_process_that_crashes_or_takes_too_long_end_with_it() {
    let mut settings = settings();
    settings.timeout = Duration::from_millis(500);
    for end in [event("exit", 1), event("hang", ())] {
        let function = function(settings.clone());
        let meeting = Meeting::new().await;
        call(&function, event("leave a child", meeting.address.as_str())).await;
        let child = meeting.come().await;
        function.invoke(end).await.unwrap();
        closed(child).await;
    }
}
