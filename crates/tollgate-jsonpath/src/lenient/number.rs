//! Numbers, and words that begin like one.

use std::borrow::Cow;

use crate::node::Number;

use super::reader::Until;

/// What begins like a number.
pub(super) enum Scanned<'t> {
    Number(Number<'t>),
    /// Something goes on behind the number: all of it is a string.
    Word,
}

/// The most characters a fraction may have to become a double.
const DOUBLE_LEN: usize = 18;

/// Reads a number at the start of `text`; gives it and the bytes it takes. `None` for a number
/// whose exponent Java's `BigDecimal` does not hold.
pub(super) fn scan(text: &str, until: Until) -> Option<(Scanned<'_>, usize)> {
    let bytes = text.as_bytes();
    let digits_from = |from: usize| {
        let digits = bytes
            .iter()
            .skip(from)
            .take_while(|byte| byte.is_ascii_digit());
        from + digits.count()
    };
    let mut end = digits_from(1);
    let mut is_fraction = false;
    if bytes.get(end) == Some(&b'.') {
        is_fraction = true;
        end = digits_from(end + 1);
    }
    if let Some(b'e' | b'E') = bytes.get(end) {
        is_fraction = true;
        match bytes.get(end + 1) {
            Some(b'0'..=b'9' | b'+' | b'-') => end = digits_from(end + 2),
            _ => return Some((Scanned::Word, 0)),
        }
    }
    let blanks = bytes[end..]
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
        .count();
    match bytes.get(end + blanks) {
        // Only ASCII ends a number; the rest of Unicode does not count as going on.
        Some(byte) if byte.is_ascii() && !until.stops_at(*byte) => {
            return Some((Scanned::Word, 0));
        }
        _ => {}
    }
    let number = if is_fraction {
        fraction(&text[..end])?
    } else {
        whole(&text[..end])
    };
    Some((Scanned::Number(number), end))
}

/// A lone `-` is zero.
fn whole(text: &str) -> Number<'_> {
    if text == "-" {
        return Number::Int(0);
    }
    match text.parse() {
        Ok(number) => Number::Int(number),
        Err(_) => {
            let (sign, digits) = match text.strip_prefix('-') {
                Some(digits) => ("-", digits),
                None => ("", text),
            };
            let digits = digits.trim_start_matches('0');
            Number::BigInt(Cow::Owned(format!("{sign}{digits}")))
        }
    }
}

fn fraction(text: &str) -> Option<Number<'_>> {
    if text.len() <= DOUBLE_LEN {
        return text.parse().ok().map(Number::Double);
    }
    let decimal = crate::decimal::Decimal::parse(text)?;
    Some(Number::Decimal(Cow::Owned(decimal.to_string())))
}
