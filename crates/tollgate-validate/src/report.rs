//! What is said of a body that does not fit: the Java validator's sentences, as the service has them.

use std::fmt::{self, Write as _};
use std::io;

use serde_json::Value;

use crate::limits::{MAX_REMARK_BYTES, MAX_REMARKS};
use crate::program::{Format, Types, Words, type_of};

/// Remarks about one body, as many as are kept.
#[derive(Debug, Default)]
pub(crate) struct Report {
    remarks: Vec<String>,
    is_cut: bool,
}

impl Report {
    /// Whether there is no use in looking for more.
    pub(crate) fn is_full(&self) -> bool {
        self.remarks.len() >= MAX_REMARKS
    }

    pub(crate) fn say(&mut self, write: impl FnOnce(&mut Remark) -> fmt::Result) {
        if self.is_full() {
            self.is_cut = true;
            return;
        }
        let mut remark = Remark::default();
        // The only error is the end of the room, up to which it is kept.
        if write(&mut remark).is_err() {
            remark.0.push('…');
        }
        self.remarks.push(remark.0);
    }

    /// All remarks in brackets.
    pub(crate) fn into_text(self) -> String {
        let more = if self.is_cut || self.remarks.len() >= MAX_REMARKS {
            ", …"
        } else {
            ""
        };
        format!("[{}{more}]", self.remarks.join(", "))
    }
}

/// One remark, which takes so many bytes and then no more.
#[derive(Debug, Default)]
pub(crate) struct Remark(String);

impl fmt::Write for Remark {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = MAX_REMARK_BYTES.saturating_sub(self.0.len());
        if text.len() <= room {
            self.0.push_str(text);
            return Ok(());
        }
        self.0.push_str(cut(text, room));
        Err(fmt::Error)
    }
}

/// The beginning of a text: at most so many bytes, and whole characters.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    let fits = |end: &usize| text.is_char_boundary(*end);
    let end = (0..=bytes.min(text.len())).rev().find(fits);
    &text[..end.unwrap_or_default()]
}

/// A value as JSON, as much as there is room for.
pub(crate) struct Json<'a>(pub(crate) &'a Value);

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        serde_json::to_writer(Writer(f), self.0).map_err(|_| fmt::Error)
    }
}

/// Names as a list of JSON strings.
pub(crate) struct Names<I>(pub(crate) I);

impl<'a, I: Iterator<Item = &'a str> + Clone> fmt::Display for Names<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('[')?;
        for (index, name) in self.0.clone().enumerate() {
            if index > 0 {
                f.write_char(',')?;
            }
            serde_json::to_writer(Writer(f), name).map_err(|_| fmt::Error)?;
        }
        f.write_char(']')
    }
}

struct Writer<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl io::Write for Writer<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // The writer of JSON never splits a character.
        let text = str::from_utf8(bytes).map_err(io::Error::other)?;
        self.0.write_str(text).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Report {
    pub(crate) fn wrong_type(&mut self, types: Types, value: &Value) {
        self.say(|f| {
            let (found, allowed) = (type_of(value), Names(types.names().collect::<Vec<_>>().into_iter()));
            write!(
                f,
                "instance type ({found}) does not match any allowed primitive type (allowed: {allowed})"
            )
        });
    }

    pub(crate) fn judged(&mut self, words: &Words, value: &Value) {
        let text = value.as_str().unwrap_or_default();
        self.say(|f| match words {
            Words::Enum(options) => write!(
                f,
                "instance value ({}) not found in enum (possible values: {})",
                Json(value),
                Json(options)
            ),
            Words::Format(format) => format.complain(f, text),
            Words::Maximum { limit, exclusive: false } => write!(
                f,
                "numeric instance is greater than the required maximum (maximum: {limit}, found: {})",
                Json(value)
            ),
            Words::Maximum { limit, exclusive: true } => write!(
                f,
                "numeric instance is not strictly lower than the required maximum {limit}"
            ),
            Words::Minimum { limit, exclusive: false } => write!(
                f,
                "numeric instance is lower than the required minimum (minimum: {limit}, found: {})",
                Json(value)
            ),
            Words::Minimum { limit, exclusive: true } => write!(
                f,
                "numeric instance is not strictly greater than the required minimum {limit}"
            ),
            Words::MultipleOf(divisor) => write!(
                f,
                "remainder of division is not zero ({} / {divisor})",
                Json(value)
            ),
            Words::Pattern(pattern) => write!(
                f,
                "ECMA 262 regex \"{pattern}\" does not match input string \"{text}\""
            ),
            Words::UniqueItems => f.write_str("array must not contain duplicate elements"),
        });
    }
}

impl Format {
    fn complain(self, f: &mut Remark, text: &str) -> fmt::Result {
        write!(f, "string \"{text}\" is ")?;
        f.write_str(match self {
            Self::DateTime => {
                "invalid against requested date format(s) \
                 [yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,12}Z]"
            }
            Self::Email => "not a valid email address",
            Self::Hostname => "not a valid hostname",
            Self::Ipv4 => "not a valid IPv4 address",
            Self::Ipv6 => "not a valid IPv6 address",
            Self::Regex => "not a valid ECMA 262 regular expression",
            Self::Uri => "not a valid URI",
        })
    }
}
