//! Any stream of a function, behind Lambda's own API or not.
#![no_main]

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::{BodyExt as _, Full};
use libfuzzer_sys::fuzz_target;
use tollgate::core::Body;
use tollgate::integration::lambda::{EventStream, ProxyResponse};

fuzz_target!(|stream: &[u8]| {
    let headers = HeaderMap::new();
    let stream = Bytes::copy_from_slice(stream);
    let messages = Body::stream(Full::new(stream.clone()));
    drop(now(ProxyResponse::of_stream(
        &headers,
        Body::stream(EventStream::new(messages)),
    )));

    let whole = ProxyResponse::of_stream(&headers, Body::from(stream.clone()));
    let streamed = ProxyResponse::of_stream(&headers, Body::stream(Full::new(stream)));
    match (now(whole), now(streamed)) {
        (Ok(whole), Ok(streamed)) => {
            assert_eq!(whole.headers(), streamed.headers());
            let read = |body: Body| now(body.collect()).map(|body| body.to_bytes()).ok();
            assert_eq!(read(whole.into_body()), read(streamed.into_body()));
        }
        (whole, streamed) => assert!(whole.is_err() && streamed.is_err()),
    }
});

fn now<T>(work: impl Future<Output = T>) -> T {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("nothing here waits for anything"),
    }
}
