//! Measures several ways to do the same thing in turns, so that noise meets all of them alike.
//!
//! What counts is the processor time of the thread, not that of others meanwhile.

use std::hint::black_box;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// How often each takes its turn.
const TURNS: usize = 41;

/// How long a turn takes at least.
const TURN: Duration = Duration::from_millis(2);

/// One way to do it.
pub(crate) struct Racer<'r> {
    name: &'static str,
    run: Box<dyn Fn() + 'r>,
}

impl<'r> Racer<'r> {
    pub(crate) fn new<T>(name: &'static str, run: impl Fn() -> T + 'r) -> Self {
        let run = Box::new(move || {
            black_box(run());
        });
        Self { name, run }
    }

    /// How often it runs in a turn.
    fn runs(&self) -> u32 {
        let mut runs = 1;
        while self.time(runs) < TURN {
            runs *= 2;
        }
        runs
    }

    fn time(&self, runs: u32) -> Duration {
        let start = processor_time();
        for _ in 0..runs {
            (self.run)();
        }
        processor_time().saturating_sub(start)
    }
}

/// The processor time that this thread has taken so far.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// Races ours against its peers and prints a line for each peer. Returns our median in nanoseconds.
pub(crate) fn race(what: &str, ours: Racer<'_>, peers: Vec<Racer<'_>>) -> f64 {
    let racers: Vec<_> = std::iter::once(ours).chain(peers).collect();
    let runs: Vec<_> = racers.iter().map(Racer::runs).collect();
    let mut times = vec![Vec::with_capacity(TURNS); racers.len()];
    for _ in 0..TURNS {
        for ((racer, runs), times) in racers.iter().zip(&runs).zip(&mut times) {
            times.push(racer.time(*runs).as_nanos() as f64 / f64::from(*runs));
        }
    }
    let medians: Vec<_> = times.into_iter().map(median).collect();
    let ours = medians[0];
    for (peer, theirs) in racers.iter().zip(&medians).skip(1) {
        let ratio = ours / theirs;
        println!(
            "{what:<22} {ours:>11.0} ns  {:<16} {theirs:>11.0} ns  {ratio:>5.2}",
            peer.name
        );
    }
    ours
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
