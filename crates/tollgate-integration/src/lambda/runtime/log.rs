//! What functions write.

use std::fmt;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::task::coop::consume_budget;
use tollgate_core::RequestId;

/// Bytes of one line; the rest of a longer one begins another. CloudWatch Logs once cut events there.
const LONGEST_LINE: usize = 256 * 1024;
/// Bytes that are asked of a pipe at a time.
const CHUNK: usize = 16 * 1024;

/// Who is told, line by line, what a function writes.
///
/// It is called in the tasks that read from functions, and should return soon.
///
/// ```
/// use tollgate_integration::lambda::{FunctionLog, FunctionSettings};
///
/// let mut settings = FunctionSettings::new("orders", "./orders");
/// settings.log = FunctionLog::new(|line| {
///     // Wherever lines should go.
///     let _line = format!("{} {:?} {}", line.function, line.source, line.text);
/// });
/// ```
#[derive(Clone, Default)]
pub struct FunctionLog(Option<Arc<Callback>>);

type Callback = dyn Fn(&LogLine<'_>) + Send + Sync;

/// A line of a function's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogLine<'a> {
    /// The function's name.
    pub function: &'a str,
    /// Who says it.
    pub source: LogSource,
    /// The event that its process had in hand when the line was read, if any.
    pub request_id: Option<RequestId>,
    /// The line without its end, at most 256 KiB; what is no UTF-8 is replaced.
    pub text: &'a str,
}

/// Where a line comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogSource {
    /// The function's standard output.
    Output,
    /// The function's standard error.
    Error,
    /// Tollgate itself: an event that nobody waits for has failed for good.
    Platform,
}

impl FunctionLog {
    /// A log whose lines are given to this function.
    #[must_use]
    pub fn new(callback: impl Fn(&LogLine<'_>) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(callback)))
    }

    pub(super) fn write(&self, line: &LogLine<'_>) {
        if let Some(callback) = &self.0 {
            callback(line);
        }
    }
}

impl fmt::Debug for FunctionLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(_) => f.write_str("FunctionLog(_)"),
            None => f.write_str("FunctionLog(nobody)"),
        }
    }
}

/// Gives each line that arrives to someone, until the pipe is closed or broken.
///
/// Others get their turn between lines: a pipe that is full of short ones is never empty.
pub(super) async fn read_lines(mut pipe: impl AsyncRead + Unpin, mut each: impl FnMut(&str)) {
    let mut line = Vec::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = match pipe.read(&mut chunk).await {
            Ok(0) | Err(_) => break,
            Ok(read) => read,
        };
        for piece in chunk[..read].split_inclusive(|byte| *byte == b'\n') {
            let (piece, is_ended) = match piece.strip_suffix(b"\n") {
                Some(piece) => (piece, true),
                None => (piece, false),
            };
            for part in piece.chunks(LONGEST_LINE) {
                if line.len() + part.len() > LONGEST_LINE {
                    each(&String::from_utf8_lossy(&line));
                    line.clear();
                }
                line.extend_from_slice(part);
            }
            if is_ended {
                let text = line.strip_suffix(b"\r").unwrap_or(&line);
                each(&String::from_utf8_lossy(text));
                line.clear();
                consume_budget().await;
            }
        }
    }
    if !line.is_empty() {
        each(&String::from_utf8_lossy(&line));
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures::FutureExt as _;

    use super::*;

    async fn lines(text: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        read_lines(text, |line| lines.push(line.to_owned())).await;
        lines
    }

    #[tokio::test]
    async fn lines_are_told_apart() {
        for (text, expected) in [
            (&b""[..], &[][..]),
            (b"one", &["one"]),
            (b"one\n", &["one"]),
            (b"one\r\n\ntwo", &["one", "", "two"]),
            (b"\xff\n", &["\u{fffd}"]),
        ] {
            assert_eq!(lines(text).await, expected, "{text:?}");
        }
    }

    #[tokio::test]
    async fn others_get_their_turn_between_lines() {
        const LINES: usize = 100_000;
        let text = vec![b'\n'; LINES];
        let read = Cell::new(0);
        let mut reading = std::pin::pin!(read_lines(&*text, |_| read.set(read.get() + 1)));
        assert_eq!(reading.as_mut().now_or_never(), None);
        reading.await;
        assert_eq!(read.get(), LINES);
    }

    #[tokio::test]
    async fn long_lines_are_cut() {
        let lengths = async |length| -> Vec<usize> {
            let lines = lines(&vec![b'a'; length]).await;
            lines.iter().map(String::len).collect()
        };
        assert_eq!(lengths(LONGEST_LINE).await, [LONGEST_LINE]);
        assert_eq!(lengths(LONGEST_LINE + 1).await.len(), 2);
        let long = lengths(10 * LONGEST_LINE + 5).await;
        assert_eq!(long.iter().sum::<usize>(), 10 * LONGEST_LINE + 5);
        assert!(
            long.iter().all(|length| *length <= LONGEST_LINE),
            "{long:?}"
        );
    }
}
