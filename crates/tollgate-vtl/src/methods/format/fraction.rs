//! Fractions with so many digits.
//!
//! Java rounds the shortest decimal form half up, Rust the exact binary value, so the digits are
//! rounded here.

/// How a fraction is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `123.45`
    Plain,
    /// `1.2345e+02`
    Scientific,
    /// The one or the other by the size of the number.
    General,
}

/// A number, given as plain decimal digits with an optional point.
pub(super) fn format(number: &str, style: Style, precision: usize) -> String {
    let (digits, point) = significant(number);
    match style {
        Style::Plain => plain(&digits, point, precision),
        Style::Scientific => scientific(&digits, point, precision),
        Style::General => {
            let precision = precision.max(1);
            if digits.is_empty() {
                return plain("", 0, precision - 1);
            }
            let (digits, point) = rounded(&digits, point, precision);
            let exponent = point - 1;
            let most = i64::try_from(precision).unwrap_or(i64::MAX);
            match (-4..most).contains(&exponent) {
                true => {
                    let decimals = usize::try_from(most - 1 - exponent).unwrap_or_default();
                    plain(&digits, point, decimals)
                }
                false => scientific(&digits, point, precision - 1),
            }
        }
    }
}

/// The digits from the first that is not zero on, and how many of them stand before the point.
fn significant(number: &str) -> (String, i64) {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let all = [whole, fraction].concat();
    let digits = all.trim_start_matches('0');
    let point = whole.len() as i64 - (all.len() - digits.len()) as i64;
    (digits.trim_end_matches('0').to_owned(), point)
}

/// At most so many digits, rounded half up.
fn rounded(digits: &str, point: i64, most: usize) -> (String, i64) {
    if digits.len() <= most {
        return (digits.to_owned(), point);
    }
    let rounds_up = digits.as_bytes()[most] >= b'5';
    let mut kept = digits.as_bytes()[..most].to_vec();
    if !rounds_up {
        return (kept.into_iter().map(char::from).collect(), point);
    }
    for digit in kept.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return (kept.into_iter().map(char::from).collect(), point);
        }
        *digit = b'0';
    }
    kept.insert(0, b'1');
    kept.truncate(most.max(1));
    (kept.into_iter().map(char::from).collect(), point + 1)
}

/// Digits with zeros behind them; widths of `format!` end at 65,535.
fn padded(digits: &str, width: usize) -> String {
    digits.to_owned() + &"0".repeat(width.saturating_sub(digits.len()))
}

fn plain(digits: &str, point: i64, decimals: usize) -> String {
    let most = point.saturating_add(i64::try_from(decimals).unwrap_or(i64::MAX));
    let (digits, point) = match usize::try_from(most) {
        Ok(most) => rounded(digits, point, most),
        Err(_) => (String::new(), 0),
    };
    let (whole, fraction) = match usize::try_from(point) {
        Ok(whole) if whole <= digits.len() => {
            let (whole, fraction) = digits.split_at(whole);
            (whole.to_owned(), fraction.to_owned())
        }
        Ok(whole) => (padded(&digits, whole), String::new()),
        Err(_) => {
            let zeros = usize::try_from(-point).unwrap_or_default();
            (String::new(), "0".repeat(zeros.min(decimals)) + &digits)
        }
    };
    let whole = if whole.is_empty() { "0" } else { &whole };
    match decimals {
        0 => whole.to_owned(),
        decimals => format!("{whole}.{}", padded(&fraction, decimals)),
    }
}

fn scientific(digits: &str, point: i64, decimals: usize) -> String {
    let (digits, point) = match digits {
        "" => ("0".to_owned(), 1),
        digits => rounded(digits, point, decimals.saturating_add(1)),
    };
    let exponent = point - 1;
    let (first, rest) = digits.split_at(1);
    let sign = if exponent < 0 { '-' } else { '+' };
    let exponent = exponent.abs();
    match decimals {
        0 => format!("{first}e{sign}{exponent:02}"),
        decimals => format!("{first}.{}e{sign}{exponent:02}", padded(rest, decimals)),
    }
}
