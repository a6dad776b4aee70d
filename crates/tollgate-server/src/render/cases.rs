//! Many cases, one a line.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Write as _};
use std::path::Path;

use tollgate::vtl::Profile;

use super::answer::Answer;
use super::{RenderFailure, unreadable};
use crate::printable::printable_json;

/// Answers each line of a file, or of standard input for `-`, in order.
pub(super) fn run(file: &Path, profile: &Profile) -> Result<(), RenderFailure> {
    let fails = || unreadable("the cases in", file);
    let source: Box<dyn Read> = if file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(file).map_err(fails())?)
    };
    let mut lines = BufReader::new(source);
    let mut out = BufWriter::new(io::stdout().lock());
    let mut line = Vec::new();
    for number in 1.. {
        if lines.buffer().is_empty() {
            // Whoever gives one case at a time waits for its answer.
            out.flush().map_err(RenderFailure::Write)?;
        }
        line.clear();
        if lines.read_until(b'\n', &mut line).map_err(fails())? == 0 {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let answer = Answer::to(&line, number, profile);
        say_ignored(&answer, number);
        serde_json::to_string(&answer)
            .map_err(io::Error::from)
            .and_then(|json| out.write_all(printable_json(&json).as_bytes()))
            .map_err(RenderFailure::Write)?;
    }
    Ok(())
}

fn say_ignored(answer: &Answer, number: usize) {
    for unknown in &answer.unknown {
        #[expect(
            clippy::print_stderr,
            reason = "a command tells its user what it noticed"
        )]
        {
            eprintln!("line {number}: {unknown} is ignored");
        }
    }
}
