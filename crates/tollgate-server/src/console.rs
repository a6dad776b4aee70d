//! What the server says while it serves.

use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// Lines that may wait to be written.
const MOST_WAITING: usize = 4096;
/// How long the server waits for its last lines to be written when it ends.
const LAST_LINES: Duration = Duration::from_secs(1);

/// Says lines on standard error, through a thread of its own.
///
/// Whoever serves requests never waits for whoever reads the lines: those that find too many before
/// them are left out, and counted.
#[derive(Clone, Debug)]
pub(crate) struct Console {
    lines: SyncSender<String>,
    left_out: Arc<AtomicU64>,
}

/// The thread that writes what a [`Console`] says.
#[derive(Debug)]
pub(crate) struct Writer {
    done: Receiver<()>,
}

impl Console {
    /// A console, and the thread that writes for it.
    pub(crate) fn start() -> io::Result<(Self, Writer)> {
        let (lines, waiting) = sync_channel(MOST_WAITING);
        let (is_done, done) = sync_channel(0);
        let left_out = Arc::new(AtomicU64::new(0));
        let console = Self {
            lines,
            left_out: left_out.clone(),
        };
        thread::Builder::new()
            .name("console".to_owned())
            .spawn(move || {
                write(&waiting, &left_out);
                drop(is_done);
            })?;
        Ok((console, Writer { done }))
    }

    /// Says a line.
    pub(crate) fn say(&self, line: String) {
        if self.lines.try_send(line).is_err() {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Writer {
    /// Waits until everything is written, once nobody can say more; but not for a reader that
    /// does not read.
    pub(crate) fn finish(self) {
        let _written_or_given_up = self.done.recv_timeout(LAST_LINES);
    }
}

fn write(waiting: &Receiver<String>, left_out: &AtomicU64) {
    for line in waiting {
        // Whether or not anybody still reads the lines, the server goes on.
        drop(writeln!(io::stderr(), "{line}"));
        let left_out = left_out.swap(0, Ordering::Relaxed);
        if left_out > 0 {
            drop(writeln!(io::stderr(), "{left_out} lines left out"));
        }
    }
}
