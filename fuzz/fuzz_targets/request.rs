//! Any request to the example's gateway.
#![no_main]

use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use arbitrary::Arbitrary;
use bytes::Bytes;
use http_body_util::Full;
use libfuzzer_sys::fuzz_target;
use tollgate::Gateway;
use tower_service::Service as _;

static GATEWAY: LazyLock<Gateway> = LazyLock::new(|| {
    tollgate::from_openapi(include_str!("../../examples/hello-mock/openapi.yaml"))
        .expect("the example is sound")
});

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    method: &'a str,
    target: &'a str,
    headers: Vec<(&'a str, &'a [u8])>,
    body: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let mut request = http::Request::builder()
        .method(input.method)
        .uri(input.target);
    for (name, value) in input.headers {
        request = request.header(name, value);
    }
    let body = Full::new(Bytes::copy_from_slice(input.body));
    let Ok(request) = request.body(body) else {
        return;
    };
    let answer = pin!(GATEWAY.clone().call(request));
    match answer.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(response)) => assert!(response.status().as_u16() >= 200),
        Poll::Ready(Err(never)) => match never {},
        Poll::Pending => panic!("nothing here waits for anything"),
    }
});
