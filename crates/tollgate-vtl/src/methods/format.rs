//! Java's `String.format`, but for dates and hexadecimal fractions.

mod field;
mod fraction;

use field::{Argument, Field};

use crate::error::CallError;
use crate::render::Budget;
use crate::value::{Printer, Value};

use super::utf16;

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
    let (mut ordinary, mut last) = (0, None);
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        Printer::for_string(&mut made, &limits).text(&rest[..at])?;
        let (field, behind) = Field::parse(&rest[at + 1..]).ok_or_else(broken)?;
        rest = behind;
        budget.check_string(field.width.max(field.precision.unwrap_or(0)))?;
        let text = match field.literal() {
            Some(text) => text.to_owned(),
            None => {
                let index = match field.argument {
                    Argument::Ordinary => {
                        ordinary += 1;
                        ordinary - 1
                    }
                    Argument::Numbered(number) => number - 1,
                    Argument::Last => last.ok_or_else(broken)?,
                };
                last = Some(index);
                let value = match values {
                    // A lone null is no values at all, of which each is null.
                    [Value::Null] => &Value::Null,
                    values => values.get(index).ok_or_else(broken)?,
                };
                field.convert(value, budget)?.ok_or_else(broken)?
            }
        };
        let missing = field.width.saturating_sub(utf16::length(&text));
        budget.take_pass(text.len() + missing)?;
        budget.check_string(made.len() + text.len() + missing)?;
        let blanks = std::iter::repeat_n(' ', missing);
        if field.flags.left {
            made.push_str(&text);
            made.extend(blanks);
        } else {
            made.extend(blanks);
            made.push_str(&text);
        }
    }
    Printer::for_string(&mut made, &limits).text(rest)?;
    budget.allocate_string(made.len())?;
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formatted(pattern: &str, values: &[Value<'_>]) -> Result<String, CallError> {
        format(
            pattern,
            values,
            &mut Budget::new(&crate::Profile::default()),
        )
    }

    #[test]
    fn formats_like_java() {
        for (pattern, value, expected) in [
            ("%s", Value::from("a"), "a"),
            ("%5s|", "ab".into(), "   ab|"),
            ("%-5S|", "ab".into(), "AB   |"),
            ("%.2s", "abc".into(), "ab"),
            ("%.2f", Value::Null, "nu"),
            ("%b %1$B %<h", true.into(), "true TRUE 4cf"),
            ("%c", 65.into(), "A"),
            ("%05d", 42.into(), "00042"),
            ("%05d", (-42).into(), "-0042"),
            ("%(,010d", (-12_345).into(), "(0012,345)"),
            ("%+,d", 1_234_567.into(), "+1,234,567"),
            ("%#x %1$o", 255.into(), "0xff 377"),
            ("%X", (-1).into(), "FFFFFFFF"),
            ("%.2f", 2.745.into(), "2.75"),
            ("%.0f", 2.5.into(), "3"),
            ("%f", 1.0.into(), "1.000000"),
            ("%.1f", 9.95.into(), "10.0"),
            ("%08.2f", (-1.5).into(), "-0001.50"),
            ("%e", 12_345.678.into(), "1.234568e+04"),
            ("%.0E", 0.00096.into(), "1E-03"),
            ("%g", 0.00012345.into(), "0.000123450"),
            ("%.3g", 123_456.0.into(), "1.23e+05"),
            ("%8.1f|", f64::INFINITY.into(), "Infinity|"),
            ("100%%%n", Value::Null, "100%\n"),
        ] {
            assert_eq!(formatted(pattern, &[value]).unwrap(), expected, "{pattern}");
        }
        assert_eq!(
            formatted("%2$s %s %<s %s", &["a".into(), "b".into()]).unwrap(),
            "b a a b"
        );
    }

    #[test]
    fn refuses_what_java_refuses() {
        for pattern in [
            "%q",
            "%d",
            "%",
            "%s %s",
            "%-s",
            "%+s",
            "%<s",
            "%0$s",
            "%--5s",
            "%5n",
            "%c",
            "%999999999999999999999d",
        ] {
            let expected = CallError::Format {
                format: pattern.to_owned(),
            };
            assert_eq!(
                formatted(pattern, &["a".into()]),
                Err(expected),
                "{pattern}"
            );
        }
        for (pattern, value) in [
            ("%.1d", 1),
            ("%-05d", 1),
            ("%+ d", 1),
            ("%,x", 1),
            ("%f", 1),
        ] {
            assert!(formatted(pattern, &[value.into()]).is_err(), "{pattern}");
        }
    }
}
