//! Floating-point numbers as Java prints them.

use std::fmt::Write as _;

/// Appends `number` by the rules of Java's `Double.toString`.
pub(super) fn print(number: f64, out: &mut String) {
    let magnitude = number.abs();
    if number.is_nan() {
        out.push_str("NaN");
    } else if number.is_infinite() {
        out.push_str(if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        });
    } else if number == 0.0 || (1e-3..1e7).contains(&magnitude) {
        out.push_str(zmij::Buffer::new().format_finite(number));
    } else {
        let start = out.len();
        // Writing to a `String` cannot fail.
        let _ = write!(out, "{number:E}");
        let exponent = start + out[start..].find('E').expect("the format puts an exponent");
        if !out[start..exponent].contains('.') {
            out.insert_str(exponent, ".0");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_like_java() {
        for (number, expected) in [
            (9.0, "9.0"),
            (-0.0, "-0.0"),
            (0.001, "0.001"),
            (0.0001, "1.0E-4"),
            (9_999_999.0, "9999999.0"),
            (1e7, "1.0E7"),
            (12_345_678.9, "1.23456789E7"),
            (-1.5e300, "-1.5E300"),
            (f64::NEG_INFINITY, "-Infinity"),
            (f64::NAN, "NaN"),
        ] {
            let mut out = String::new();
            print(number, &mut out);
            assert_eq!(out, expected);
        }
    }
}
