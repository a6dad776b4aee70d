//! Header lines.

use crate::Violation;

/// Whether a byte may stand in a token (RFC 9110, section 5.6.2).
pub(crate) const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

/// Whether a byte may stand in a value: no control character but a tab.
pub(crate) const fn is_value(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7f)
}

/// A header line, without its line end.
#[derive(Debug)]
pub(crate) struct Field<'l> {
    pub(crate) name: &'l str,
    /// Without blanks around it.
    pub(crate) value: &'l [u8],
    /// Where the value stands in the line.
    pub(crate) value_start: usize,
}

impl<'l> Field<'l> {
    pub(crate) fn parse(line: &'l [u8]) -> Result<Self, Violation> {
        if line
            .first()
            .is_some_and(|byte| matches!(byte, b' ' | b'\t'))
        {
            return Err(Violation::Folding);
        }
        let colon = line.iter().position(|byte| !is_token(*byte));
        let colon = colon.filter(|at| *at > 0 && line[*at] == b':');
        let colon = colon.ok_or(Violation::FieldName)?;
        let (name, value) = (&line[..colon], &line[colon + 1..]);
        if !value.iter().all(|byte| is_value(*byte)) {
            return Err(Violation::FieldValue);
        }
        let value_start = line.len() - trim_start(value).len();
        let mut value = &line[value_start..];
        while let [rest @ .., b' ' | b'\t'] = value {
            value = rest;
        }
        // A token is ASCII.
        let name = std::str::from_utf8(name).map_err(|_| Violation::FieldName)?;
        Ok(Self {
            name,
            value,
            value_start,
        })
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

fn trim_start(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = value {
        value = rest;
    }
    value
}
