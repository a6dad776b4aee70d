//! What certificates say of their holders, as the service shows it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use tollgate::core::PeerCertificate;

use crate::der::{Der, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, SET};

const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// The tag of the version, which only certificates of the first lack.
const VERSION: u8 = 0xa0;

/// Characters of a line of a PEM text.
const PEM_LINE: usize = 64;

/// A certificate's parts that tell whose it is (RFC 5280, section 4.1).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Certificate<'d> {
    whole: &'d [u8],
    serial_number: &'d [u8],
    /// The name of who signed it, as a `Name` in DER without its tag.
    pub(crate) issuer: &'d [u8],
    /// The name of whom it is about, in the same form.
    pub(crate) subject: &'d [u8],
    not_before: DateTime,
    not_after: DateTime,
}

impl<'d> Certificate<'d> {
    /// Reads a certificate; `None` where it is none. Nothing is verified.
    pub(crate) fn read(der: &'d [u8]) -> Option<Self> {
        let certificate = Der(der).take(SEQUENCE)?;
        let mut fields = Der(Der(certificate).take(SEQUENCE)?);
        let mut behind_version = fields;
        if behind_version.take(VERSION).is_some() {
            fields = behind_version;
        }
        let serial_number = fields.take(INTEGER)?;
        let _algorithm = fields.take(SEQUENCE)?;
        let issuer = fields.take(SEQUENCE)?;
        let mut validity = Der(fields.take(SEQUENCE)?);
        let (not_before, not_after) = (time(&mut validity)?, time(&mut validity)?);
        Some(Self {
            whole: der,
            serial_number,
            issuer,
            subject: fields.take(SEQUENCE)?,
            not_before,
            not_after,
        })
    }

    /// Whether it holds at a time, in seconds since 1970.
    pub(crate) fn holds_at(&self, unix: u64) -> bool {
        let second = |time: DateTime| {
            let time = time.to_zoned(TimeZone::UTC).ok()?;
            Some(time.timestamp().as_second())
        };
        let now = i64::try_from(unix).ok();
        now.is_some_and(|now| {
            second(self.not_before).is_some_and(|since| since <= now)
                && second(self.not_after).is_some_and(|until| now <= until)
        })
    }

    /// What requests show of it.
    pub(crate) fn shown(&self) -> PeerCertificate {
        PeerCertificate {
            pem: pem(self.whole).into(),
            subject_dn: distinguished_name(self.subject).into(),
            issuer_dn: distinguished_name(self.issuer).into(),
            serial_number: serial_number(self.serial_number).into(),
            not_before: date(self.not_before).into(),
            not_after: date(self.not_after).into(),
        }
    }
}

fn pem(der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
    let mut rest = &*text;
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(PEM_LINE));
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}

/// A time of either form, which both end in `Z` here.
fn time(der: &mut Der<'_>) -> Option<DateTime> {
    let element = der.next()?;
    let text = std::str::from_utf8(element.content).ok()?;
    let text = text.strip_suffix('Z')?;
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let (year, rest) = match element.tag {
        UTC_TIME if is_digits && text.len() == 12 => {
            let year: i16 = text[..2].parse().ok()?;
            (year + if year < 50 { 2000 } else { 1900 }, &text[2..])
        }
        GENERALIZED_TIME if is_digits && text.len() == 14 => (text[..4].parse().ok()?, &text[4..]),
        _ => return None,
    };
    let part = |at: usize| rest[at..at + 2].parse::<i8>().ok();
    DateTime::new(year, part(0)?, part(2)?, part(4)?, part(6)?, part(8)?, 0).ok()
}

/// As the service's examples have it: `Aug  5 09:36:04 2021 GMT`.
fn date(time: DateTime) -> String {
    time.strftime("%b %e %H:%M:%S %Y GMT").to_string()
}

/// Short numbers in decimal, others as bytes: so `openssl x509 -text` writes them, and so look the two
/// examples that are known of the service, `1` and `a1:a1:…`.
fn serial_number(content: &[u8]) -> String {
    let significant = match content {
        // The sign of a number whose first bit is set.
        [0, rest @ ..] if !rest.is_empty() => rest,
        _ => content,
    };
    let is_negative = content.first().is_some_and(|byte| byte & 0x80 != 0);
    let short = (significant.len() <= 8 && !is_negative).then(|| {
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        significant.iter().fold(0, add)
    });
    match short.and_then(|number| i64::try_from(number).ok()) {
        Some(number) => number.to_string(),
        None => {
            let bytes: Vec<_> = significant.iter().map(|one| format!("{one:02x}")).collect();
            bytes.join(":")
        }
    }
}

/// The parts of a name in their order, separated by commas: so the service's examples have them.
///
/// What is special in a value is escaped as RFC 4514, section 2.4, has it, so that no value can look
/// like several parts.
fn distinguished_name(name: &[u8]) -> String {
    let mut parts = Vec::new();
    let mut name = Der(name);
    while let Some(part) = name.take(SET) {
        let mut members = Vec::new();
        let mut part = Der(part);
        while let Some(member) = part.take(SEQUENCE) {
            members.extend(attribute(Der(member)));
        }
        parts.push(members.join("+"));
    }
    parts.join(",")
}

fn attribute(mut member: Der<'_>) -> Option<String> {
    let oid = member.take(OBJECT_IDENTIFIER)?;
    let value = member.next()?;
    let text = match value.tag {
        // UTF8String, NumericString, PrintableString, IA5String, VisibleString.
        0x0c | 0x12 | 0x13 | 0x16 | 0x1a => escaped(String::from_utf8_lossy(value.content).chars()),
        // T61String, which everybody takes for Latin 1.
        0x14 => escaped(value.content.iter().copied().map(char::from)),
        // BMPString.
        0x1e => {
            let pairs = value.content.chunks(2);
            let units = pairs.map(|pair| u16::from_be_bytes([pair[0], *pair.last().unwrap_or(&0)]));
            let characters = char::decode_utf16(units);
            escaped(characters.map(|one| one.unwrap_or(char::REPLACEMENT_CHARACTER)))
        }
        _ => {
            let digits = value.whole.iter().map(|byte| format!("{byte:02x}"));
            format!("#{}", digits.collect::<String>())
        }
    };
    Some(format!("{}={text}", kind(oid)))
}

/// The name of a kind of attribute, as RFC 4519 and `openssl` have it, or its number.
fn kind(oid: &[u8]) -> String {
    let name = match oid {
        [0x55, 0x04, last] => match last {
            3 => "CN",
            4 => "SN",
            5 => "serialNumber",
            6 => "C",
            7 => "L",
            8 => "ST",
            9 => "street",
            10 => "O",
            11 => "OU",
            12 => "title",
            17 => "postalCode",
            42 => "GN",
            43 => "initials",
            44 => "generationQualifier",
            46 => "dnQualifier",
            65 => "pseudonym",
            97 => "organizationIdentifier",
            _ => "",
        },
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01] => "emailAddress",
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, last] => match last {
            1 => "UID",
            25 => "DC",
            _ => "",
        },
        _ => "",
    };
    if name.is_empty() {
        dotted(oid)
    } else {
        name.to_owned()
    }
}

fn dotted(oid: &[u8]) -> String {
    let mut numbers = Vec::new();
    let mut number = 0_u64;
    for byte in oid {
        number = number.wrapping_shl(7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            if numbers.is_empty() {
                let first = (number / 40).min(2);
                numbers.push(first.to_string());
                number -= first * 40;
            }
            numbers.push(number.to_string());
            number = 0;
        }
    }
    numbers.join(".")
}

fn escaped(characters: impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    let mut characters = characters.peekable();
    let mut is_first = true;
    while let Some(character) = characters.next() {
        let is_at_end = is_first || characters.peek().is_none();
        match character {
            ',' | '+' | '"' | '\\' | '<' | '>' | ';' => text.extend(['\\', character]),
            '#' if is_first => text.push_str("\\#"),
            ' ' if is_at_end => text.push_str("\\ "),
            '\0'..' ' | '\x7f' => text.push_str(&format!("\\{:02X}", u32::from(character))),
            _ => text.push(character),
        }
        is_first = false;
    }
    text
}

#[cfg(test)]
mod tests;
