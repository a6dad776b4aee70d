//! Dates of condition values.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Nanoseconds of a second.
const NANOS: u32 = 1_000_000_000;

/// Reads a date in one of the W3C's profiles of ISO 8601, or seconds since 1970.
///
/// `2026`, `2026-03`, `2026-03-01`, `2026-03-01T12:00Z`, `…:00:30Z`, `…:30.5+01:00`; without an
/// offset the time is UTC. Four digits alone are a year.
pub(in crate::policy) fn date(text: &str) -> Option<Timestamp> {
    let seconds = text.strip_prefix('-').unwrap_or(text);
    let is_number = seconds.bytes().all(|b| b.is_ascii_digit()) && !seconds.is_empty();
    if is_number && text.len() != 4 {
        return Timestamp::from_second(text.parse().ok()?).ok();
    }
    let (day, time) = match text.split_once(['T', 't']) {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let mut parts = day.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |month| digits(month, 2))?;
    let day = parts.next().map_or(Some(1), |day| digits(day, 2))?;
    if parts.next().is_some() {
        return None;
    }
    let (clock, offset) = time.map_or(Some((Clock::default(), Offset::UTC)), clock_and_offset)?;
    let at = DateTime::new(
        year,
        month,
        day,
        clock.hour,
        clock.minute,
        clock.second,
        clock.nanosecond,
    );
    offset.to_timestamp(at.ok()?).ok()
}

#[derive(Default)]
struct Clock {
    hour: i8,
    minute: i8,
    second: i8,
    nanosecond: i32,
}

fn clock_and_offset(text: &str) -> Option<(Clock, Offset)> {
    let zone_at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(zone_at);
    let (clock, fraction) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (clock, None),
    };
    let mut parts = clock.split(':');
    let hour = digits(parts.next()?, 2)?;
    let minute = digits(parts.next()?, 2)?;
    let second = parts.next();
    if parts.next().is_some() || (second.is_none() && fraction.is_some()) {
        return None;
    }
    let clock = Clock {
        hour,
        minute,
        second: second.map_or(Some(0), |second| digits(second, 2))?,
        nanosecond: fraction.map_or(Some(0), nanoseconds)?,
    };
    Some((clock, offset(zone)?))
}

fn nanoseconds(fraction: &str) -> Option<i32> {
    let length = u32::try_from(fraction.len()).ok()?;
    if length > NANOS.ilog10() {
        return None;
    }
    let number: i32 = digits(fraction, fraction.len())?;
    Some(number * 10_i32.pow(NANOS.ilog10() - length))
}

/// `Z`, `+01`, `+0100` or `+01:00`; nothing is UTC.
fn offset(zone: &str) -> Option<Offset> {
    let (sign, digits_of) = match zone.as_bytes().first() {
        None => return Some(Offset::UTC),
        Some(b'Z' | b'z') => return (zone.len() == 1).then_some(Offset::UTC),
        Some(b'-') => (-1, &zone[1..]),
        Some(_) => (1, &zone[1..]),
    };
    let (hours, minutes) = match digits_of.split_once(':') {
        Some(parts) => parts,
        None if digits_of.len() == 2 => (digits_of, "00"),
        None => digits_of.split_at_checked(2)?,
    };
    let (hours, minutes): (i32, i32) = (digits(hours, 2)?, digits(minutes, 2)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3_600 + minutes * 60)).ok()
}

/// A number of exactly so many digits.
fn digits<N: FromStr>(text: &str, length: usize) -> Option<N> {
    let plain = text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::date;

    #[test]
    fn reads_dates() {
        let noon = 1_772_366_400;
        for (text, seconds) in [
            ("2026-03-01T12:00:00Z", noon),
            ("2026-03-01t12:00:00z", noon),
            ("2026-03-01T12:00Z", noon),
            ("2026-03-01T13:00:00+01:00", noon),
            ("2026-03-01T06:30:00-0530", noon),
            ("2026-03-01T14:00+02", noon),
            ("2026-03-01T12:00:00", noon),
            ("2026-03-01", noon - 43_200),
            ("2026-03", noon - 43_200),
            ("2026", noon - 43_200 - 59 * 86_400),
            ("1772366400", noon),
            ("0", 0),
            ("-60", -60),
        ] {
            let second = date(text).map(jiff::Timestamp::as_second);
            assert_eq!(second, Some(seconds), "{text}");
        }
        let nanos = date("2026-03-01T12:00:00.000000001Z").map(|it| it.as_nanosecond());
        assert_eq!(nanos, Some(i128::from(noon) * 1_000_000_000 + 1));
        assert!(date("2026-03-01T12:00:00.5Z") > date("2026-03-01T12:00:00Z"));
    }

    #[test]
    fn refuses_other_texts() {
        for text in [
            "",
            "-",
            "now",
            "2026-13",
            "2026-02-30",
            "2026-03-01T",
            "2026-03-01T12",
            "2026-03-01T24:00Z",
            "2026-03-01T12:00.5Z",
            "2026-03-01T12:00:00.Zx",
            "2026-03-01T12:00:00.1234567890Z",
            "2026-03-01T12:00:00Zulu",
            "2026-03-01T12:00:00+1",
            "2026-03-01T12:00:00+24:00",
            "2026-03-01 12:00:00Z",
            "26-03-01",
            "2026-03-*",
            "9223372036854775808",
            "9223372036854775807",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[-+0-9TZtz:. é]{0,30}") {
            let _: Option<jiff::Timestamp> = date(&text);
        }
    }
}
