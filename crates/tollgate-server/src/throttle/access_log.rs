//! The lines of a log.

use std::io::{self, BufRead, Read as _};

/// Bytes of a line that are read; the service writes no longer ones.
const MOST_LINE_BYTES: u64 = 64 * 1024;

/// A log that is read line by line.
#[derive(Debug)]
pub(super) struct AccessLog<R> {
    input: R,
    line: Vec<u8>,
    number: u64,
}

impl<R: BufRead> AccessLog<R> {
    pub(super) const fn new(input: R) -> Self {
        Self {
            input,
            line: Vec::new(),
            number: 0,
        }
    }

    /// The number of the line that was read last, from 1.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    /// The next line that is not empty; what is wrong with it, if it is no text or too long.
    pub(super) fn next_line(&mut self) -> io::Result<Option<Result<&str, &'static str>>> {
        loop {
            self.line.clear();
            let mut input = self.input.by_ref().take(MOST_LINE_BYTES);
            if input.read_until(b'\n', &mut self.line)? == 0 {
                return Ok(None);
            }
            self.number += 1;
            let is_whole = self.line.ends_with(b"\n") || input.limit() > 0;
            if !is_whole {
                self.input.skip_until(b'\n')?;
                return Ok(Some(Err("the line has more than 65536 bytes")));
            }
            if !self.line.trim_ascii().is_empty() {
                break;
            }
        }
        Ok(Some(
            std::str::from_utf8(self.line.trim_ascii()).map_err(|_| "the line is no UTF-8"),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_an_end() {
        let long = "x".repeat(65_536);
        let text = format!("one\n\n  two \r\n{long}\n{}\n{long}x", &long[1..]);
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(b"\n\xFF\nlast");
        let mut log = AccessLog::new(&bytes[..]);
        let mut read = Vec::new();
        while let Some(line) = log.next_line().expect("memory can be read") {
            let line = line.map(|line| line.chars().take(4).collect::<String>());
            read.push((log.number, line));
        }
        let too_long = Err("the line has more than 65536 bytes");
        let expected = [
            (1, Ok("one".to_owned())),
            (3, Ok("two".to_owned())),
            (4, too_long.clone()),
            (5, Ok("xxxx".to_owned())),
            (6, too_long),
            (7, Err("the line is no UTF-8")),
            (8, Ok("last".to_owned())),
        ];
        assert_eq!(read, expected);
    }
}
