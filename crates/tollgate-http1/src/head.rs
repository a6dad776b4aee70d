//! Heads: a request line and header lines, up to the empty line.

use std::ops::Range;

use memchr::memchr;

use crate::field::Field;
use crate::request_line::{Authority, RequestLine};
use crate::{Limits, Violation, host};

/// A whole and sound head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    names: String,
    body: BodyLength,
}

/// Bytes that the names of most heads have room in.
const NAMES: usize = 256;

/// How the body after a head ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyLength {
    /// After so many bytes; zero where the head says nothing.
    Known(u64),
    /// By its last chunk.
    Chunked,
}

impl Head {
    /// The names of the header lines as they were spelled, in their order.
    pub fn field_names(&self) -> impl Iterator<Item = &str> {
        self.names.split_terminator('\n')
    }

    /// The same as the lines of one text.
    #[must_use]
    pub fn into_field_names(self) -> String {
        self.names
    }

    /// Whether the head announces a body, be it an empty one.
    #[must_use]
    pub fn announces_body(&self) -> bool {
        self.body != BodyLength::Known(0)
    }

    pub(crate) const fn body(&self) -> BodyLength {
        self.body
    }
}

/// A head as far as it was seen; all offsets are from its first byte.
#[derive(Clone, Debug, Default)]
pub(crate) struct PartialHead {
    /// Where the first line that was not read yet begins.
    line_start: usize,
    /// How far line ends were looked for.
    scanned: usize,
    empty_lines: usize,
    request_line: Option<RequestLine>,
    /// Where the request line stands.
    request_line_start: usize,
    /// Where header lines begin.
    fields_start: usize,
    field_count: usize,
    /// Each with an LF after it.
    names: String,
    host: Option<Range<usize>>,
    length: Option<u64>,
    is_chunked: bool,
}

impl PartialHead {
    /// Reads on in a head; `input` begins with its first byte, and is at least as long as it was the
    /// time before. Gives the head and its length once it is whole.
    ///
    /// What is refused depends on the bytes alone and not on how many of them are there at a time:
    /// limits are held against a line before it is read, whether or not its end is there.
    pub(crate) fn advance(
        &mut self,
        input: &[u8],
        limits: &Limits,
    ) -> Result<Option<(Head, usize)>, Violation> {
        while let Some(at) = memchr(b'\n', &input[self.scanned..]) {
            let end = self.scanned + at;
            let line = self.line_start..end;
            self.check_size(end, end - self.line_start == 1, limits)?;
            self.scanned = end + 1;
            self.line_start = end + 1;
            let content = &input[line.clone()];
            let Some((b'\r', content)) = content.split_last() else {
                return Err(Violation::LineEnd);
            };
            if self.line(content, line.start, limits)? {
                let head = self.finish(input)?;
                return Ok(Some((head, self.line_start)));
            }
        }
        self.scanned = input.len();
        // The last byte may be the first of an empty line's end.
        let may_be_last = input.len() - self.line_start < 2;
        self.check_size(input.len(), may_be_last, limits)?;
        Ok(None)
    }

    /// Holds what was seen up to `end` against the limits. An empty line counts for nothing.
    fn check_size(&self, end: usize, is_empty: bool, limits: &Limits) -> Result<(), Violation> {
        if self.request_line.is_none() {
            // The line and its CR.
            if end - self.line_start > Limits::AROUND_TARGET + limits.target + 1 {
                return Err(Violation::TargetTooLong);
            }
        } else if !is_empty && end - self.fields_start >= limits.fields {
            // With its LF the line is over the limit.
            return Err(Violation::FieldsTooLarge);
        }
        Ok(())
    }

    /// Reads a line that begins at `start`; whether it is the last.
    fn line(&mut self, line: &[u8], start: usize, limits: &Limits) -> Result<bool, Violation> {
        if self.request_line.is_none() {
            if line.is_empty() {
                self.empty_lines += 1;
                let too_many = self.empty_lines > Limits::EMPTY_LINES;
                return if too_many {
                    Err(Violation::RequestLine)
                } else {
                    Ok(false)
                };
            }
            self.request_line = Some(RequestLine::parse(line, limits)?);
            self.request_line_start = start;
            self.fields_start = self.line_start;
            self.names.reserve(NAMES);
            return Ok(false);
        }
        if line.is_empty() {
            return Ok(true);
        }
        self.field_count += 1;
        if self.field_count > limits.field_count {
            return Err(Violation::TooManyFields);
        }
        let field = Field::parse(line)?;
        self.names.push_str(field.name);
        self.names.push('\n');
        self.framing_field(&field, start)?;
        Ok(false)
    }

    /// Keeps what a field says about framing.
    fn framing_field(&mut self, field: &Field<'_>, line_start: usize) -> Result<(), Violation> {
        if field.is("host") {
            if self.host.is_some() {
                return Err(Violation::RepeatedHost);
            }
            if field.value.is_empty() {
                return Err(Violation::NoHost);
            }
            host::check(field.value)?;
            let start = line_start + field.value_start;
            self.host = Some(start..start + field.value.len());
        } else if field.is("content-length") {
            if self.length.is_some() {
                return Err(Violation::RepeatedLength);
            }
            self.length = Some(length(field.value)?);
        } else if field.is("transfer-encoding") {
            if self.is_chunked {
                return Err(Violation::RepeatedTransferEncoding);
            }
            if !field.value.eq_ignore_ascii_case(b"chunked") {
                return Err(Violation::TransferEncoding);
            }
            self.is_chunked = true;
        }
        Ok(())
    }

    /// Checks what the lines say together.
    fn finish(&mut self, input: &[u8]) -> Result<Head, Violation> {
        let Some(request_line) = &self.request_line else {
            return Err(Violation::RequestLine);
        };
        let host = self.host.clone().map(|host| &input[host]);
        if host.is_none() && request_line.is_http11 {
            return Err(Violation::NoHost);
        }
        if let Some(Authority {
            place,
            default_port,
        }) = &request_line.authority
        {
            let start = self.request_line_start;
            let authority = &input[start + place.start..start + place.end];
            host::check(authority)?;
            if host.is_some_and(|host| !host::same(host, authority, default_port)) {
                return Err(Violation::OtherHost);
            }
        }
        let body = match (self.length, self.is_chunked) {
            (Some(_), true) => return Err(Violation::LengthAndTransferEncoding),
            (None, true) if !request_line.is_http11 => return Err(Violation::TransferEncoding),
            (None, true) => BodyLength::Chunked,
            (length, false) => BodyLength::Known(length.unwrap_or_default()),
        };
        Ok(Head {
            names: std::mem::take(&mut self.names),
            body,
        })
    }
}

/// A number of bytes; more digits than a sensible number has are refused, leading zeros included.
fn length(value: &[u8]) -> Result<u64, Violation> {
    const MOST_DIGITS: usize = 19;
    let is_number =
        (1..=MOST_DIGITS).contains(&value.len()) && value.iter().all(u8::is_ascii_digit);
    let number = std::str::from_utf8(value).ok().filter(|_| is_number);
    number
        .and_then(|number| number.parse().ok())
        .ok_or(Violation::Length)
}
