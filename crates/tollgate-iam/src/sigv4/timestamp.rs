//! Times as signatures write them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::Offset;
use thiserror::Error;

/// 9999-12-30T22:00:00Z, the last second that has a year of four digits in every time zone.
const LAST: i64 = 253_402_207_200;

/// A second of universal time, written `YYYYMMDD'T'HHMMSS'Z'`.
///
/// ```
/// use std::time::Duration;
/// use tollgate_iam::sigv4::Timestamp;
///
/// let moment = Timestamp::from_unix(Duration::from_secs(1_440_938_160));
/// assert_eq!(moment.to_string(), "20150830T123600Z");
/// assert_eq!("20150830T123600Z".parse(), Ok(moment));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A text that is not of the form `YYYYMMDD'T'HHMMSS'Z'`, or names no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a time of the form YYYYMMDD'T'HHMMSS'Z'")]
pub struct InvalidTimestamp;

impl Timestamp {
    /// The second at this time since 1970-01-01T00:00:00Z; the end of the year 9999 is the last.
    #[must_use]
    pub fn from_unix(unix: Duration) -> Self {
        Self(i64::try_from(unix.as_secs()).map_or(LAST, |seconds| seconds.min(LAST)))
    }

    /// Seconds since 1970-01-01T00:00:00Z; negative before.
    #[must_use]
    pub const fn as_unix_seconds(self) -> i64 {
        self.0
    }

    /// So many seconds later.
    #[must_use]
    pub(crate) fn later(self, seconds: u32) -> Self {
        Self((self.0 + i64::from(seconds)).min(LAST))
    }

    /// So many seconds earlier.
    #[must_use]
    pub(crate) fn earlier(self, seconds: u32) -> Self {
        Self(self.0 - i64::from(seconds))
    }

    /// The written form, without an allocation.
    pub(crate) fn text(self) -> TimestampText {
        // Every value was made from a date of four digits, or is a few days before one.
        let moment = jiff::Timestamp::from_second(self.0).unwrap_or_default();
        let date = Offset::UTC.to_datetime(moment);
        let mut text = *b"00000000T000000Z";
        let year = date.year().max(0).unsigned_abs();
        let (century, year) = ((year / 100) as u8, (year % 100) as u8);
        for (at, pair) in [
            (0, century),
            (2, year),
            (4, date.month().unsigned_abs()),
            (6, date.day().unsigned_abs()),
            (9, date.hour().unsigned_abs()),
            (11, date.minute().unsigned_abs()),
            (13, date.second().unsigned_abs()),
        ] {
            text[at] = b'0' + pair / 10;
            text[at + 1] = b'0' + pair % 10;
        }
        TimestampText { moment: self, text }
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        let read = TimestampText::from_basic(text.as_bytes());
        read.map(|it| it.moment).ok_or(InvalidTimestamp)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text().as_str())
    }
}

/// A [`Timestamp`] as text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimestampText {
    moment: Timestamp,
    text: [u8; 16],
}

impl TimestampText {
    /// From the basic form, `YYYYMMDD'T'HHMMSS'Z'`.
    pub(crate) fn from_basic(text: &[u8]) -> Option<Self> {
        let bytes: &[u8; 16] = text.try_into().ok()?;
        if bytes[8] != b'T' || bytes[15] != b'Z' {
            return None;
        }
        let pair = |at| Some(10 * digit(bytes[at])? + digit(bytes[at + 1])?);
        let year = 100 * i16::from(pair(0)?) + i16::from(pair(2)?);
        let (month, day) = (pair(4)?, pair(6)?);
        let (hour, minute, second) = (pair(9)?, pair(11)?, pair(13)?);
        let date = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
        let moment = Offset::UTC.to_timestamp(date).ok()?;
        Some(Self {
            moment: Timestamp(moment.as_second()),
            text: *bytes,
        })
    }

    /// A `Date` header's value: the basic form, or that of HTTP (RFC 9110, section 5.6.7).
    pub(crate) fn from_date_header(value: &[u8]) -> Option<Self> {
        let http_date = || {
            // The day of the week says nothing more, and is wrong in AWS's first test suite.
            let parser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
            let moment = parser.parse_timestamp(value);
            Some(Timestamp(moment.ok()?.as_second().min(LAST)).text())
        };
        Self::from_basic(value).or_else(http_date)
    }

    pub(crate) const fn moment(&self) -> Timestamp {
        self.moment
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 16] {
        &self.text
    }

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text).expect("digits and two letters")
    }

    /// The first eight characters: the day.
    pub(crate) fn date(&self) -> &str {
        self.as_str().split_at(8).0
    }
}

fn digit(byte: u8) -> Option<i8> {
    let digit = byte.is_ascii_digit().then(|| byte - b'0')?;
    i8::try_from(digit).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_basic_form_is_read() {
        for text in [
            "",
            "20150830",
            "2015-08-30T12:36:00Z",
            "20150830T123600",
            "20150830t123600z",
            "20150830T123600+",
            "20150830T123660Z",
            "20150229T123600Z",
            "20151330T123600Z",
            "+0150830T123600Z",
            "20150830T123600Z ",
            "99991231T235959Z",
            "２0150830T1236Z",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(InvalidTimestamp), "{text}");
        }
    }

    #[test]
    fn date_headers_are_read_in_both_forms() {
        for text in ["19941106T084937Z", "Sun, 06 Nov 1994 08:49:37 GMT"] {
            let read = TimestampText::from_date_header(text.as_bytes()).unwrap();
            assert_eq!(read.as_str(), "19941106T084937Z", "{text}");
        }
        assert!(TimestampText::from_date_header(b"yesterday").is_none());
    }

    #[test]
    fn times_out_of_range_stay_in_it() {
        let end = Timestamp::from_unix(Duration::MAX);
        assert_eq!(end.to_string(), "99991230T220000Z");
        assert_eq!(end.later(1), end);
        let start: Timestamp = "00000101T000000Z".parse().unwrap();
        assert_eq!(start.earlier(1).to_string().len(), 16);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(seconds in 0..=LAST as u64) {
            let moment = Timestamp::from_unix(Duration::from_secs(seconds));
            prop_assert_eq!(moment.to_string().parse(), Ok(moment));
        }

        #[test]
        fn no_text_breaks_the_parser(text in "\\PC{0,20}|[0-9]{8}T[0-9]{6}Z") {
            if let Ok(moment) = text.parse::<Timestamp>() {
                prop_assert_eq!(moment.to_string(), text.clone());
            }
            let _ = TimestampText::from_date_header(text.as_bytes());
        }
    }
}
