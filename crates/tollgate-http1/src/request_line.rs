//! Request lines.

use std::ops::Range;

use crate::field::is_token;
use crate::{Limits, Violation};

/// What a request line says about framing.
#[derive(Clone, Debug)]
pub(crate) struct RequestLine {
    /// Whether the version is HTTP/1.1.
    pub(crate) is_http11: bool,
    /// The host of a target that is a URL.
    pub(crate) authority: Option<Authority>,
}

/// The host of a target.
#[derive(Clone, Debug)]
pub(crate) struct Authority {
    /// Where it stands in the line.
    pub(crate) place: Range<usize>,
    /// The port of the target's scheme.
    pub(crate) default_port: &'static [u8],
}

impl RequestLine {
    /// Reads a request line without its line end.
    pub(crate) fn parse(line: &[u8], limits: &Limits) -> Result<Self, Violation> {
        let blank = |from: usize| {
            let rest = line.get(from..).unwrap_or_default();
            let at = rest.iter().position(|byte| *byte == b' ');
            at.map(|at| from + at).ok_or(Violation::RequestLine)
        };
        let method_end = blank(0)?;
        let target = method_end + 1..blank(method_end + 1)?;
        let (method, version) = (&line[..method_end], &line[target.end + 1..]);
        let is_method = (1..=Limits::METHOD).contains(&method.len());
        if !is_method || !method.iter().all(|byte| is_token(*byte)) {
            return Err(Violation::RequestLine);
        }
        if target.len() > limits.target {
            return Err(Violation::TargetTooLong);
        }
        let is_http11 = match version {
            b"HTTP/1.1" => true,
            b"HTTP/1.0" => false,
            _ => return Err(Violation::Version),
        };
        if method == b"CONNECT" {
            return Err(Violation::Connect);
        }
        Ok(Self {
            is_http11,
            authority: authority(line, target)?,
        })
    }
}

/// The host of a target, where it has one.
fn authority(line: &[u8], target: Range<usize>) -> Result<Option<Authority>, Violation> {
    let text = &line[target.clone()];
    // Beyond ASCII is beyond the grammar, too, but has only one reading.
    if !text.iter().all(|byte| *byte > b' ' && *byte != 0x7f) {
        return Err(Violation::Target);
    }
    if text.first() == Some(&b'/') {
        return Ok(None);
    }
    let schemes: [(&[u8], &[u8]); 2] = [(b"http://", b"80"), (b"https://", b"443")];
    for (scheme, default_port) in schemes {
        let begins = text.get(..scheme.len());
        if begins.is_some_and(|begin| begin.eq_ignore_ascii_case(scheme)) {
            let rest = &text[scheme.len()..];
            let end = rest
                .iter()
                .position(|byte| matches!(byte, b'/' | b'?' | b'#'));
            let start = target.start + scheme.len();
            let place = start..start + end.unwrap_or(rest.len());
            return Ok(Some(Authority {
                place,
                default_port,
            }));
        }
    }
    Err(Violation::Target)
}
