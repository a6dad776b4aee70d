//! One field of a format: `%2$-08,.2f`.

use super::super::utf16;
use super::fraction::{self, Style};
use crate::error::CallError;
use crate::render::Budget;
use crate::value::{self, Decimal, Int, IntClass, Value, hash_code};

/// A field, read and found to be well formed.
pub(super) struct Field {
    pub(super) argument: Argument,
    pub(super) flags: Flags,
    pub(super) width: usize,
    pub(super) precision: Option<usize>,
    /// The letter of the conversion, in lower case.
    conversion: char,
    upper: bool,
}

/// Which value a field takes.
#[derive(Clone, Copy)]
pub(super) enum Argument {
    /// The next one.
    Ordinary,
    /// The one of this number, from 1.
    Numbered(usize),
    /// The one the field before took.
    Last,
}

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each flag stands alone")]
pub(super) struct Flags {
    pub(super) left: bool,
    alternate: bool,
    plus: bool,
    space: bool,
    zero: bool,
    group: bool,
    parentheses: bool,
}

impl Field {
    /// Reads a field behind its percent sign and returns it with what follows it; none if Java
    /// refuses it whatever its value.
    pub(super) fn parse(text: &str) -> Option<(Self, &str)> {
        let mut argument = Argument::Ordinary;
        let mut rest = text;
        let (digits, behind) = split_digits(text);
        if let Some(behind) = behind.strip_prefix('$') {
            let number = digits.parse().ok().filter(|number| *number > 0);
            argument = Argument::Numbered(number?);
            rest = behind;
        }
        let mut flags = Flags::default();
        while let Some(char) = rest.chars().next() {
            if char == '<' {
                if !matches!(argument, Argument::Ordinary) {
                    return None;
                }
                argument = Argument::Last;
            } else {
                match flags.flag(char) {
                    Some(flag) if !*flag => *flag = true,
                    Some(_) => return None,
                    None => break,
                }
            }
            rest = &rest[1..];
        }
        let (digits, behind) = split_digits(rest);
        let width: Option<u32> = match digits {
            "" => None,
            digits => Some(digits.parse().ok()?),
        };
        rest = behind;
        let mut precision = None;
        if let Some(behind) = rest.strip_prefix('.') {
            let (digits, behind) = split_digits(behind);
            precision = Some(usize::try_from(digits.parse::<u32>().ok()?).ok()?);
            rest = behind;
        }
        let letter = rest.chars().next()?;
        let field = Self {
            argument,
            flags,
            width: usize::try_from(width.unwrap_or(0)).ok()?,
            precision,
            conversion: letter.to_ascii_lowercase(),
            upper: letter.is_ascii_uppercase(),
        };
        let known = "bhscdoxefg%n".contains(field.conversion)
            && !(field.upper && "dofn".contains(field.conversion));
        (known && field.is_sound(width.is_some())).then(|| (field, &rest[letter.len_utf8()..]))
    }

    /// Whether the flags, the width and the precision suit the conversion.
    fn is_sound(&self, has_width: bool) -> bool {
        let Flags {
            left,
            alternate,
            plus,
            space,
            zero,
            group,
            parentheses,
        } = self.flags;
        let numeric = plus || space || zero || group || parentheses;
        if (left || zero) && !has_width || plus && space || left && zero {
            return false;
        }
        match self.conversion {
            'n' => !(left || alternate || numeric || has_width || self.precision.is_some()),
            '%' | 'c' => !(alternate || numeric || self.precision.is_some()),
            'b' | 'h' | 's' => !(alternate || numeric),
            'd' => !alternate && self.precision.is_none(),
            'o' | 'x' => !group && self.precision.is_none(),
            'e' => !group,
            'g' => !alternate,
            _ => true,
        }
    }

    /// The text of a field that takes no value.
    pub(super) fn literal(&self) -> Option<&'static str> {
        match self.conversion {
            '%' => Some("%"),
            'n' => Some("\n"),
            _ => None,
        }
    }

    /// The value as text, but for the blanks around it; none if the conversion does not take it.
    pub(super) fn convert(
        &self,
        value: &Value<'_>,
        budget: &mut Budget,
    ) -> Result<Option<String>, CallError> {
        let text = match (self.conversion, value) {
            ('b', Value::Bool(value)) => self.cut(&value.to_string()),
            ('b', value) => self.cut(&(!value.is_null()).to_string()),
            (_, Value::Null) => self.cut("null"),
            ('s', value) => {
                let text = value.to_str_limited(budget.limits())?;
                // All of it has been printed, however little is kept.
                budget.take_pass(text.len())?;
                self.cut(&text)
            }
            ('h', value) => self.cut(&format!("{:x}", hash_code(value, budget)?)),
            ('c', Value::Char(unit)) => value::char(*unit).to_string(),
            ('c', Value::Int(code)) if code.class() == IntClass::Integer => {
                let code = code.as_i64().and_then(|code| u32::try_from(code).ok());
                match code.and_then(char::from_u32) {
                    Some(char) => char.to_string(),
                    None => return Ok(None),
                }
            }
            ('d', Value::Int(number)) => {
                let digits = number.to_string();
                self.decorate(digits.trim_start_matches('-'), number.is_negative())
            }
            ('o' | 'x', Value::Int(number)) => match self.in_base(number) {
                Some(text) => text,
                None => return Ok(None),
            },
            ('e' | 'f' | 'g', Value::Double(number)) if !number.is_finite() => {
                let negative = number.is_sign_negative() && !number.is_nan();
                if number.is_nan() {
                    "NaN".to_owned()
                } else {
                    self.signed("Infinity", negative)
                }
            }
            ('e' | 'f' | 'g', Value::Double(number)) => {
                let digits = format!("{}", number.abs());
                self.fraction(&digits, number.is_sign_negative())
            }
            ('e' | 'f' | 'g', Value::Decimal(number)) => {
                self.fraction(&plain(number), number.is_negative())
            }
            _ => return Ok(None),
        };
        Ok(Some(match self.upper {
            true => text.to_uppercase(),
            false => text,
        }))
    }

    /// A text cut to the precision.
    fn cut(&self, text: &str) -> String {
        let most = self.precision.unwrap_or(usize::MAX);
        match utf16::length(text) <= most {
            true => text.to_owned(),
            false => utf16::slice(&text.into(), 0, most).to_string(),
        }
    }

    /// A whole number in base 8 or 16, where negative ones of limited size are two's complements.
    fn in_base(&self, number: &Int) -> Option<String> {
        let octal = self.conversion == 'o';
        let Flags {
            plus,
            space,
            parentheses,
            alternate,
            zero,
            ..
        } = self.flags;
        let prefix = match (alternate, octal) {
            (false, _) => "",
            (true, true) => "0",
            (true, false) => "0x",
        };
        if number.class() == IntClass::Big {
            let magnitude = number
                .to_big()
                .magnitude()
                .to_str_radix(if octal { 8 } else { 16 });
            return Some(self.decorate(&format!("{prefix}{magnitude}"), number.is_negative()));
        }
        if plus || space || parentheses {
            return None;
        }
        let bits = match number.class() {
            IntClass::Integer => u64::from((number.wrapping_i64() as i32).cast_unsigned()),
            _ => number.wrapping_i64().cast_unsigned(),
        };
        let digits = if octal {
            format!("{bits:o}")
        } else {
            format!("{bits:x}")
        };
        let zeros = match zero {
            true => self.width.saturating_sub(prefix.len() + digits.len()),
            false => 0,
        };
        Some(format!("{prefix}{}{digits}", "0".repeat(zeros)))
    }

    /// A fraction, from plain decimal digits with an optional point.
    fn fraction(&self, digits: &str, negative: bool) -> String {
        let style = match self.conversion {
            'e' => Style::Scientific,
            'f' => Style::Plain,
            _ => Style::General,
        };
        let mut text = fraction::format(digits, style, self.precision.unwrap_or(6));
        if self.flags.alternate && !text.contains('.') {
            text.insert(text.find('e').unwrap_or(text.len()), '.');
        }
        self.decorate(&text, negative)
    }

    /// Adds grouping, zeros and the sign to a number without one.
    fn decorate(&self, number: &str, negative: bool) -> String {
        let whole = number.find(['.', 'e']).unwrap_or(number.len());
        let mut text = String::new();
        for (index, digit) in number.char_indices() {
            if self.flags.group && index > 0 && index < whole && (whole - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        if self.flags.zero {
            let sign = self.signed("", negative).len();
            let missing = self.width.saturating_sub(sign + text.len());
            text.insert_str(0, &"0".repeat(missing));
        }
        self.signed(&text, negative)
    }

    fn signed(&self, number: &str, negative: bool) -> String {
        match negative {
            true if self.flags.parentheses => format!("({number})"),
            true => format!("-{number}"),
            false if self.flags.plus => format!("+{number}"),
            false if self.flags.space => format!(" {number}"),
            false => number.to_owned(),
        }
    }
}

impl Flags {
    fn flag(&mut self, char: char) -> Option<&mut bool> {
        Some(match char {
            '-' => &mut self.left,
            '#' => &mut self.alternate,
            '+' => &mut self.plus,
            ' ' => &mut self.space,
            '0' => &mut self.zero,
            ',' => &mut self.group,
            '(' => &mut self.parentheses,
            _ => return None,
        })
    }
}

/// A decimal without sign and exponent.
fn plain(number: &Decimal) -> String {
    let (digits, scale) = number.digits();
    let Ok(scale) = usize::try_from(scale) else {
        let zeros = usize::try_from(scale.unsigned_abs()).unwrap_or_default();
        return digits + &"0".repeat(zeros);
    };
    if scale == 0 {
        return digits;
    }
    let digits = "0".repeat((scale + 1).saturating_sub(digits.len())) + &digits;
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    format!("{whole}.{fraction}")
}

fn split_digits(text: &str) -> (&str, &str) {
    let end = text.find(|char: char| !char.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}
