//! Renders a template over and over, for `.ci/vtl-cost` and `.ci/velocity-speed` to count.
//!
//! `cost TEMPLATE JSON render|read|parse ROUNDS` renders so many times, or reads the data each time
//! before, or only parses the template. `cost TEMPLATE JSON speed SECONDS` renders for so many
//! seconds of processor time and prints renders a second. TEMPLATE and JSON are files, or `own` and
//! the name of a template of the benchmark.

use std::fs;
use std::hint::black_box;

use tollgate_vtl::{Limits, Map, Profile, Template, Value};

#[path = "../benches/peers/own.rs"]
mod own;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    const USAGE: &str = "usage: cost TEMPLATE JSON render|read|parse|speed COUNT";
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [template, json, what, count] = arguments.as_slice() else {
        return Err(USAGE.into());
    };
    let (source, json) = load(template, json)?;
    let profile = Profile::velocity17().with_limits(Limits::default());
    let template = Template::parse(&source, &profile)?;
    let context = read(&json)?;
    let count: u64 = count.parse()?;
    match what.as_str() {
        "render" => rounds(count, || Ok(template.render(&context)?)),
        "read" => rounds(count, || Ok(template.render(&read(&json)?)?)),
        "parse" => rounds(count, || Ok(Template::parse(&source, &profile)?)),
        "speed" => speed(count as f64 * 1e9, || Ok(template.render(&context)?)),
        _ => Err(USAGE.into()),
    }
}

/// A template and its data.
fn load(template: &str, json: &str) -> Result<(String, String), Failure> {
    if template != "own" {
        return Ok((fs::read_to_string(template)?, fs::read_to_string(json)?));
    }
    let own = own::own(json).ok_or_else(|| format!("one of {:?}", own::NAMES))?;
    Ok((own.template, own.json))
}

fn read(json: &str) -> Result<Map<'_>, Failure> {
    match Value::from_json_str(json)? {
        Value::Map(map) => Ok(map),
        _ => Err("the data is not a JSON object".into()),
    }
}

fn rounds<T>(count: u64, run: impl Fn() -> Result<T, Failure>) -> Result<(), Failure> {
    for _ in 0..count {
        black_box(run()?);
    }
    Ok(())
}

/// Runs for so many nanoseconds of processor time, after a tenth of them to warm up.
fn speed<T>(nanoseconds: f64, run: impl Fn() -> Result<T, Failure>) -> Result<(), Failure> {
    let run_for = |nanoseconds: f64| -> Result<f64, Failure> {
        let start = processor_time()?;
        let (mut runs, mut batch, mut before) = (0.0, 1, 0.0);
        loop {
            rounds(batch, &run)?;
            runs += batch as f64;
            let spent = processor_time()? - start;
            if spent >= nanoseconds {
                return Ok(runs / spent * 1e9);
            }
            // To read the counter takes some microseconds itself.
            if spent - before < 1e6 {
                batch *= 2;
            }
            before = spent;
        }
    };
    run_for(nanoseconds / 10.0)?;
    let speed = run_for(nanoseconds)?;
    #[expect(clippy::print_stdout, reason = "what it is for")]
    {
        println!("{speed:.0}");
    }
    Ok(())
}

/// Nanoseconds this thread ran so far, as Linux counts them.
fn processor_time() -> Result<f64, Failure> {
    let counters = fs::read_to_string("/proc/thread-self/schedstat")?;
    let time = counters.split(' ').next().ok_or("no counter")?;
    Ok(time.parse()?)
}
