//! Java's `String.format`, as far as templates use it.

use crate::error::CallError;
use crate::render::Budget;
use crate::value::{Printer, Value};

/// Fills the values into the format.
pub(super) fn format(
    format: &str,
    values: &[Value<'_>],
    budget: &mut Budget,
) -> Result<String, CallError> {
    let broken = || CallError::Format {
        format: format.to_owned(),
    };
    let limits = *budget.limits();
    let mut made = String::new();
    let mut unnumbered = values.iter();
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        Printer::for_string(&mut made, &limits).text(&rest[..at])?;
        let (field, behind) = Field::parse(&rest[at + 1..]).ok_or_else(broken)?;
        rest = behind;
        let text = match field.conversion {
            '%' => "%".to_owned(),
            'n' => "\n".to_owned(),
            _ => {
                let value = match field.argument {
                    Some(number) => values.get(number.wrapping_sub(1)),
                    None => unnumbered.next(),
                };
                let value = value.ok_or_else(broken)?;
                field.convert(value, budget)?.ok_or_else(broken)?
            }
        };
        let missing = field.width.saturating_sub(text.chars().count());
        budget.allocate_string(made.len() + text.len() + missing)?;
        field.pad(&text, missing, &mut made);
    }
    Printer::for_string(&mut made, &limits).text(rest)?;
    budget.allocate_string(made.len())?;
    Ok(made)
}

/// `%2$-08,.2f` without its percent sign.
struct Field {
    /// Which value it takes, from 1, if it says so.
    argument: Option<usize>,
    flags: String,
    width: usize,
    precision: Option<usize>,
    conversion: char,
}

impl Field {
    /// Reads a field and returns it with what follows it.
    fn parse(text: &str) -> Option<(Self, &str)> {
        let (digits, behind) = split_while(text, |c| c.is_ascii_digit());
        let (argument, rest) = match behind.strip_prefix('$') {
            Some(rest) => (Some(digits.parse().ok()?), rest),
            None => (None, text),
        };
        let (flags, rest) = split_while(rest, |c| "-+ 0,".contains(c));
        let (width, rest) = split_while(rest, |c| c.is_ascii_digit());
        let (precision, rest) = match rest.strip_prefix('.') {
            Some(rest) => {
                let (digits, rest) = split_while(rest, |c| c.is_ascii_digit());
                (Some(digits.parse().ok()?), rest)
            }
            None => (None, rest),
        };
        let conversion = rest.chars().next()?;
        let width = if width.is_empty() {
            0
        } else {
            width.parse().ok()?
        };
        let field = Self {
            argument,
            flags: flags.to_owned(),
            width,
            precision,
            conversion,
        };
        Some((field, &rest[conversion.len_utf8()..]))
    }

    fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }

    /// The value as text; none if the conversion is unknown or does not take it.
    fn convert(&self, value: &Value<'_>, budget: &Budget) -> Result<Option<String>, CallError> {
        Ok(match (self.conversion, value) {
            ('s' | 'S', _) => {
                let text = value.to_str_within(budget.limits())?;
                let most = self.precision.unwrap_or(usize::MAX);
                let text: String = text.chars().take(most).collect();
                Some(if self.conversion == 'S' {
                    text.to_uppercase()
                } else {
                    text
                })
            }
            ('b' | 'B', Value::Bool(value)) => Some(value.to_string()),
            ('b' | 'B', value) => Some((!value.is_null()).to_string()),
            ('c', Value::Str(text)) if text.chars().count() == 1 => Some(text.to_string()),
            ('d', Value::Int(number)) => Some(self.decorate(&number.to_string())),
            ('x', Value::Int(number)) => {
                number.as_i64().map(|number| match i32::try_from(number) {
                    Ok(number) => format!("{number:x}"),
                    Err(_) => format!("{number:x}"),
                })
            }
            ('X', Value::Int(number)) => {
                number.as_i64().map(|number| match i32::try_from(number) {
                    Ok(number) => format!("{number:X}"),
                    Err(_) => format!("{number:X}"),
                })
            }
            ('f', Value::Double(number)) if number.is_finite() => {
                let precision = self.precision.unwrap_or(6);
                budget.check_string(precision)?;
                Some(self.decorate(&half_up(*number, precision)))
            }
            _ => None,
        })
    }

    /// Adds grouping and sign.
    fn decorate(&self, number: &str) -> String {
        let (sign, digits) = match number.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None if self.has('+') => ("+", number),
            None if self.has(' ') => (" ", number),
            None => ("", number),
        };
        let (whole, fraction) = match digits.find('.') {
            Some(point) => digits.split_at(point),
            None => (digits, ""),
        };
        let mut text = sign.to_owned();
        for (index, digit) in whole.char_indices() {
            if self.has(',') && index > 0 && (whole.len() - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text + fraction
    }

    fn pad(&self, text: &str, missing: usize, out: &mut String) {
        if self.has('-') {
            out.push_str(text);
            out.extend(std::iter::repeat_n(' ', missing));
        } else if self.has('0') && self.conversion != 's' {
            let (sign, digits) =
                text.split_at(text.find(|c: char| c.is_ascii_hexdigit()).unwrap_or(0));
            out.push_str(sign);
            out.extend(std::iter::repeat_n('0', missing));
            out.push_str(digits);
        } else {
            out.extend(std::iter::repeat_n(' ', missing));
            out.push_str(text);
        }
    }
}

/// A number with so many decimals. Java rounds the shortest decimal form half up, Rust the exact
/// binary value, so the digits are rounded here.
fn half_up(number: f64, decimals: usize) -> String {
    let shortest = format!("{number}");
    let fraction = shortest
        .find('.')
        .map_or(0, |point| shortest.len() - point - 1);
    if fraction <= decimals {
        return format!(
            "{shortest}{}{}",
            if fraction == 0 && decimals > 0 {
                "."
            } else {
                ""
            },
            "0".repeat(decimals - fraction)
        );
    }
    let cut = shortest.len() - (fraction - decimals);
    let rounds_up = shortest.as_bytes()[cut] >= b'5';
    let mut digits: Vec<u8> = shortest.as_bytes()[..cut].to_vec();
    if digits.last() == Some(&b'.') {
        digits.pop();
    }
    if rounds_up {
        let mut at = digits.len();
        loop {
            match at.checked_sub(1).map(|before| digits[before]) {
                Some(b'.') => at -= 1,
                Some(b'9') => {
                    at -= 1;
                    digits[at] = b'0';
                }
                Some(digit @ b'0'..=b'8') => {
                    digits[at - 1] = digit + 1;
                    break;
                }
                _ => {
                    digits.insert(at, b'1');
                    break;
                }
            }
        }
    }
    digits.into_iter().map(char::from).collect()
}

fn split_while(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn formats_like_java() {
        for (pattern, value, expected) in [
            ("%s", Value::from("a"), "a"),
            ("%5s|", "ab".into(), "   ab|"),
            ("%-5s|", "ab".into(), "ab   |"),
            ("%.2s", "abc".into(), "ab"),
            ("%05d", 42.into(), "00042"),
            ("%05d", (-42).into(), "-0042"),
            ("%,d", 1_234_567.into(), "1,234,567"),
            ("%+d", 5.into(), "+5"),
            ("%x", 255.into(), "ff"),
            ("%x", (-1).into(), "ffffffff"),
            ("%.2f", 2.745.into(), "2.75"),
            ("%.0f", 2.5.into(), "3"),
            ("%f", 1.0.into(), "1.000000"),
            ("%.1f", 9.95.into(), "10.0"),
            ("%8.2f", (-1.5).into(), "   -1.50"),
            ("100%%%n", Value::Null, "100%\n"),
        ] {
            let mut budget = Budget::new(&crate::Profile::default());
            assert_eq!(
                format(pattern, &[value], &mut budget).unwrap(),
                expected,
                "{pattern}"
            );
        }
    }

    #[test]
    fn refuses_what_java_refuses() {
        for pattern in ["%q", "%d", "%", "%s %s", "%999999999999999999999d"] {
            let mut budget = Budget::new(&crate::Profile::default());
            let expected = CallError::Format {
                format: pattern.to_owned(),
            };
            assert_eq!(
                format(pattern, &["a".into()], &mut budget),
                Err(expected),
                "{pattern}"
            );
        }
    }
}
