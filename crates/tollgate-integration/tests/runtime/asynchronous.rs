//! Events that nobody waits for.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tollgate_integration::lambda::{InvokeFailure, LambdaFunction as _};

use super::support::{asynchronous, bytes, call, event, function, log, refusal, settings};

#[tokio::test]
async fn an_event_is_accepted_and_handled_later() {
    let function = function(settings());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let accepted = function
        .invoke(asynchronous(event("meet", address)))
        .await
        .unwrap();
    assert_eq!((accepted.status, accepted.function_error), (202, None));
    assert!(accepted.request_id.is_some());
    assert_eq!(bytes(accepted).await, b"");
    let (mut running, _) = listener.accept().await.unwrap();
    running.write_all(b".").await.unwrap();
}

#[tokio::test]
async fn a_failed_event_is_tried_twice_more() {
    let mut settings = settings();
    settings.max_concurrency = 1;
    settings.retry_after = vec![Duration::ZERO; 2];
    let (log, lines) = log();
    settings.log = log;
    let function = function(settings);
    let accepted = function
        .invoke(asynchronous(event("fail", ())))
        .await
        .unwrap();
    assert_eq!(accepted.status, 202);
    let (said, _) = lines.next("Platform").await;
    assert_eq!(said, "Platform the event is given up after 3 attempts");
    assert_eq!(call(&function, event("count", ())).await["count"], 4);
}

#[tokio::test]
async fn only_so_many_events_are_accepted() {
    let mut settings = settings();
    settings.max_concurrency = 1;
    let function = function(settings);
    for number in 0..1_000 {
        let accepted = function.invoke(asynchronous(event("hang", ()))).await;
        assert!(accepted.is_ok(), "{number}");
    }
    let refused = refusal(&function, asynchronous(event("hang", ()))).await;
    assert_eq!(refused, InvokeFailure::Throttled);
}

#[tokio::test]
async fn large_events_count_for_several() {
    let mut settings = settings();
    settings.max_concurrency = 1;
    let function = function(settings);
    let large = || asynchronous(event("hang", "a".repeat(1_000_000)));
    // Each counts for 977 KiB of 64,000.
    for number in 0..65 {
        assert!(function.invoke(large()).await.is_ok(), "{number}");
    }
    assert_eq!(refusal(&function, large()).await, InvokeFailure::Throttled);
    let small = function.invoke(asynchronous(event("hang", ()))).await;
    assert_eq!(small.unwrap().status, 202);
}
