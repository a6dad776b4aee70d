//! Answers a number of requests in one process, for `.ci/cost` to count what each of them takes.
//!
//! `requests tollgate COUNT` runs them through a gateway, `requests axum COUNT` through an axum
//! router whose handler makes the same body by hand, and `requests none COUNT` only makes them.
//! `create` runs requests that are validated and whose body templates read, `traced` the same with
//! somebody who records them, `unsent` only makes them, and `parse` parses their body alone.
//! `lambda` runs requests that a function in this process answers behind a proxy integration, and
//! `serde` writes their event and reads the answer by serde alone.

use std::error::Error;
use std::fmt::Debug;
use std::hint::black_box;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Empty;
use tollgate::Gateway;
use tower::Service;

#[path = "../benches/whole_request/functions.rs"]
mod functions;
#[path = "../benches/whole_request/pets.rs"]
mod pets;

const USAGE: &str =
    "usage: requests tollgate|axum|none|create|traced|unsent|parse|lambda|serde COUNT";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let kind = arguments.next().ok_or(USAGE)?;
    let count: u32 = arguments.next().ok_or(USAGE)?.parse()?;
    match kind.as_str() {
        "tollgate" => requests(count, &pets::gateway(), pet),
        "axum" => requests(count, &pets::axum_app(), pet),
        "none" => requests(count, &(), |()| pets::request()),
        "create" => requests(count, &pets::gateway(), create),
        "traced" => requests(count, &pets::gateway(), |gateway| {
            create(pets::traced(gateway))
        }),
        "unsent" => requests(count, &(), |()| pets::creation()),
        "parse" => requests(count, &(), |()| pets::parse()),
        "lambda" => {
            // Calls have a time, which a runtime measures.
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .build()?;
            let _guard = runtime.enter();
            requests(count, &functions::gateway(), pet);
        }
        "serde" => {
            let event = functions::event();
            requests(count, &(), |()| functions::floor(&event));
        }
        other => return Err(format!("unknown kind {other:?}").into()),
    }
    Ok(())
}

fn pet<S, B>(service: S) -> Bytes
where
    S: Service<Request<Empty<Bytes>>, Response = Response<B>, Error: Debug>,
    B: http_body::Body<Data = Bytes, Error: Debug>,
{
    pets::answer(service, pets::request())
}

fn create(gateway: Gateway) -> Bytes {
    pets::answer(gateway, pets::creation())
}

/// What is counted; a function of its own, so that the counter can tell it from starting up.
#[inline(never)]
fn requests<S: Clone, R>(count: u32, service: &S, answer: impl Fn(S) -> R) {
    for _ in 0..count {
        black_box(answer(service.clone()));
    }
}
