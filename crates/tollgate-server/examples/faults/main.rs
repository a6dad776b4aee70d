//! Requests to endpoints and functions that fail at random: faults [REQUESTS] [SEED].
//!
//! Each answer is compared with the one that the reference names, and in the end nothing may be left
//! over: no connection, no process, no task. It is for Linux, which says what a program holds.

#![expect(clippy::print_stdout, reason = "it is a program that prints figures")]

mod backend;
mod cases;
mod function;
mod gateway;
mod measure;

use std::collections::BTreeMap;
use std::error::Error;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::process::ExitCode;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, timeout};
use tollgate::Gateway;
use tower_service::Service as _;

use backend::Backend;
use cases::{CASES, Case, Expected, FAILURE, TIMEOUT, TIMEOUT_MILLIS};
use measure::Held;

/// The server's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Requests at a time.
const CLIENTS: usize = 16;
/// Of so many requests one is given up by its client.
const GIVEN_UP: u64 = 50;
/// How long an answer is waited for; none takes as long.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long what is left over may take to go.
const SETTLING: Duration = Duration::from_secs(5);
/// Tasks that let go of old connections, one for each origin: each sleeps a quarter of a minute at a time
/// before it sees that its client is gone.
const SWEEPERS: usize = 1;
/// Wrong answers that are shown.
const MOST_SHOWN: usize = 20;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let requests = match arguments.next() {
        Some(what) if what == "function" => return Ok(function::run()),
        Some(requests) => requests.parse()?,
        None => 10_000,
    };
    let seed = match arguments.next() {
        Some(seed) => seed.parse()?,
        None => RandomState::new().build_hasher().finish(),
    };
    let backend = Backend::start()?;
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    drill(&runtime, &backend, requests, seed)
}

fn drill(
    runtime: &Runtime,
    backend: &Backend,
    requests: usize,
    seed: u64,
) -> Result<ExitCode, Box<dyn Error>> {
    let before = Held::now();
    println!(
        "seed {seed}, {requests} requests, {CLIENTS} at a time, {} kinds",
        CASES.len()
    );
    println!("before: {before}");
    let gateway = gateway::gateway(backend)?;
    let mut random = Random(seed);
    let mut tally = Tally::default();
    let begun = Instant::now();
    let tenth = requests.div_ceil(10).max(1);
    let mut left = requests;
    while left > 0 {
        let count = left.min(tenth);
        left -= count;
        let asked: Vec<_> = (0..count).map(|_| Asked::pick(&mut random)).collect();
        let answers = futures::stream::iter(asked)
            .map(|asked| ask(gateway.clone(), asked))
            .buffer_unordered(CLIENTS)
            .collect::<Vec<_>>();
        tally.add(runtime.block_on(answers));
        println!("after {}: {}", requests - left, Held::now());
    }
    println!("took {:.1} s", begun.elapsed().as_secs_f64());
    tally.tell();

    // Connections may wait to be used again, though not more of them than there were clients.
    let is_settled = runtime.block_on(settled(|| backend.open() <= CLIENTS));
    println!(
        "connections that wait: {}, of {CLIENTS} clients",
        backend.open()
    );
    drop(gateway);
    let tasks = || runtime.metrics().num_alive_tasks();
    let is_nothing_left = || {
        let now = Held::now();
        now.sockets <= before.sockets
            && now.files <= before.files
            && now.processes == before.processes
            && backend.open() == 0
            && tasks() <= SWEEPERS
    };
    let ending = Instant::now();
    let is_over = runtime.block_on(settled(is_nothing_left));
    let took = ending.elapsed().as_secs_f64();
    println!(
        "after the gateway's end: {}, {} tasks, within {took:.2} s",
        Held::now(),
        tasks()
    );
    let is_fine = tally.wrong.is_empty() && is_settled && is_over;
    println!(
        "{}",
        if is_fine {
            "nothing is wrong, nothing is left over"
        } else {
            "FAILED"
        }
    );
    Ok(if is_fine {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Whether something comes true in time.
async fn settled(is_true: impl Fn() -> bool) -> bool {
    let waiting = async {
        while !is_true() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(SETTLING, waiting).await.is_ok()
}

/// A request, and how long its client waits.
struct Asked {
    case: &'static Case,
    patience: Option<Duration>,
}

impl Asked {
    fn pick(random: &mut Random) -> Self {
        let weights: u64 = CASES.iter().map(|case| u64::from(case.weight)).sum();
        let mut place = random.below(weights);
        let is_it = |case: &&Case| match place.checked_sub(u64::from(case.weight)) {
            Some(rest) => {
                place = rest;
                false
            }
            None => true,
        };
        let case = CASES.iter().find(is_it).unwrap_or(&CASES[0]);
        let gives_up = random.below(GIVEN_UP) == 0;
        let patience = gives_up.then(|| Duration::from_micros(random.below(20_000)));
        Self { case, patience }
    }
}

/// What came of a request.
enum Outcome {
    AsExpected,
    /// The fault was faster than what it was to follow.
    Overtaken,
    /// The same so long after the integration's time.
    LateBy(f64),
    GivenUp,
    Wrong(String),
}

async fn ask(gateway: Gateway, asked: Asked) -> (&'static Case, Outcome) {
    let Asked { case, patience } = asked;
    let begun = Instant::now();
    let answer = timeout(patience.unwrap_or(PATIENCE), answer(gateway, case.path)).await;
    let took = begun.elapsed();
    let outcome = match answer {
        Err(_) if patience.is_some() => Outcome::GivenUp,
        Err(_) => Outcome::Wrong("no answer at all".to_owned()),
        Ok(answer) if answer.is_overtaken(case.expected) => Outcome::Overtaken,
        Ok(answer) if !answer.is(case.expected) => Outcome::Wrong(format!("{answer:?}")),
        Ok(_) if case.expected.is_late() => {
            Outcome::LateBy(took.as_secs_f64() * 1000.0 - f64::from(TIMEOUT_MILLIS))
        }
        Ok(_) => Outcome::AsExpected,
    };
    (case, outcome)
}

/// An answer, as far as it came.
#[derive(Debug)]
struct Answer {
    status: u16,
    /// `None` where it broke off.
    body: Option<Bytes>,
}

async fn answer(mut gateway: Gateway, path: &'static str) -> Answer {
    let mut request = Request::new(Full::<Bytes>::default());
    *request.uri_mut() = http::Uri::from_static(path);
    let Ok(response) = gateway.call(request).await;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await;
    Answer {
        status,
        body: body.ok().map(http_body_util::Collected::to_bytes),
    }
}

impl Answer {
    fn is(&self, expected: Expected) -> bool {
        match expected {
            Expected::Whole(status, body) | Expected::Late(status, body) => {
                self.status == status && self.body.as_deref() == Some(body.as_bytes())
            }
            Expected::BrokenOff | Expected::BrokenOffLate => {
                (self.status, &self.body) == (200, &None)
            }
        }
    }

    /// Whether nothing was passed on before the fault, for which there is a refusal.
    fn is_overtaken(&self, expected: Expected) -> bool {
        match expected {
            Expected::BrokenOff => self.is(FAILURE),
            Expected::BrokenOffLate => self.is(TIMEOUT),
            Expected::Whole(..) | Expected::Late(..) => false,
        }
    }
}

/// What came of all requests.
#[derive(Default)]
struct Tally {
    answers: BTreeMap<&'static str, usize>,
    late_by: Vec<f64>,
    given_up: usize,
    overtaken: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn add(&mut self, outcomes: Vec<(&'static Case, Outcome)>) {
        for (case, outcome) in outcomes {
            *self.answers.entry(case.path).or_default() += 1;
            match outcome {
                Outcome::AsExpected => {}
                Outcome::Overtaken => self.overtaken += 1,
                Outcome::LateBy(millis) => self.late_by.push(millis),
                Outcome::GivenUp => self.given_up += 1,
                Outcome::Wrong(what) => {
                    let expected = case.expected;
                    let what = what.chars().take(300).collect::<String>();
                    let line = format!("{}: expected {expected:?}, got {what}", case.path);
                    self.wrong.push(line);
                }
            }
        }
    }

    fn tell(&mut self) {
        let requests: usize = self.answers.values().sum();
        println!(
            "{requests} requests of {} kinds, {} given up by their clients, {} where the fault overtook \
             what it was to follow, {} wrong answers",
            self.answers.len(),
            self.given_up,
            self.overtaken,
            self.wrong.len()
        );
        for line in self.wrong.iter().take(MOST_SHOWN) {
            println!("  {line}");
        }
        self.late_by.sort_by(f64::total_cmp);
        if let (Some(first), Some(last)) = (self.late_by.first(), self.late_by.last()) {
            let count = self.late_by.len();
            let within = self.late_by.iter().filter(|by| by.abs() <= 50.0).count();
            let median = self.late_by[count / 2];
            println!(
                "{count} timeouts of {TIMEOUT_MILLIS} ms, {within} within 50 ms: off by {first:.1} to \
                 {last:.1} ms, median {median:.1}"
            );
        }
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }
}
