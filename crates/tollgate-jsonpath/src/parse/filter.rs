//! The condition of a filter.
//!
//! ```text
//! or       = and { "||" and }
//! and      = operand { "&&" operand }
//! operand  = "!" operand | "(" or ")" | value [ operator value ]
//! ```

use tollgate_regex::Pattern;

use crate::decimal::Decimal;
use crate::error::PathError;
use crate::filter::{Expression, Filter, Literal, LiteralBuilder, Operand, Operator};
use crate::lenient::read_lenient_with;
use crate::limits::MAX_NESTING;

use super::nested;
use super::text::{Place, Skip, closing, significant, unescape, unescaped};

/// Values touched that compiling a regular expression counts as, beside [`VISITS_PER_SIZE`].
const VISITS_PER_PATTERN: usize = 5_000;

/// Values touched that it counts as for each unit of [`Pattern::size`].
const VISITS_PER_SIZE: usize = 8;

/// Memory that a compiled regular expression counts as, beside [`BYTES_PER_SIZE`].
const BYTES_PER_PATTERN: usize = 4 * 1024;

/// Memory that it counts as for each unit of [`Pattern::size`].
const BYTES_PER_SIZE: usize = 64;

/// Parses `(...)`, the parentheses included.
pub(super) fn parse(text: &str, place: Place<'_>) -> Result<Filter, PathError> {
    let mut parser = FilterParser { text, at: 0, place };
    let condition = parser.or()?;
    match parser.peek() {
        None => Ok(Filter::new(condition)),
        Some(_) => Err(parser.expected("the end of the filter")),
    }
}

struct FilterParser<'t> {
    text: &'t str,
    /// Where the next token may start, blanks before it included.
    at: usize,
    place: Place<'t>,
}

impl FilterParser<'_> {
    fn or(&mut self) -> Result<Expression, PathError> {
        let mut alternatives = vec![self.and()?];
        while self.take("||") {
            alternatives.push(self.and()?);
        }
        Ok(Expression::any(alternatives))
    }

    fn and(&mut self) -> Result<Expression, PathError> {
        let mut conditions = vec![self.operand()?];
        while self.take("&&") {
            conditions.push(self.operand()?);
        }
        Ok(Expression::all(conditions))
    }

    fn operand(&mut self) -> Result<Expression, PathError> {
        if self.place.depth > MAX_NESTING {
            return Err(PathError::TooDeep {
                at: self.place.offset + self.at,
            });
        }
        match self.peek() {
            // Before a path `!` asks for its absence and is read with it.
            Some(b'!') if !matches!(significant(self.text, self.at + 1).1, Some(b'$' | b'@')) => {
                self.at += 1;
                let operand = self.deeper(Self::operand)?;
                Ok(Expression::Not(Box::new(operand)))
            }
            Some(b'(') => {
                self.at += 1;
                let inner = self.deeper(Self::or)?;
                match self.take(")") {
                    true => Ok(inner),
                    false => Err(self.expected("`)`, `&&` or `||`")),
                }
            }
            _ => self.relation(),
        }
    }

    fn deeper<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, PathError>,
    ) -> Result<T, PathError> {
        self.place.depth += 1;
        let parsed = parse(self);
        self.place.depth -= 1;
        parsed
    }

    fn relation(&mut self) -> Result<Expression, PathError> {
        let exists = self.peek() != Some(b'!');
        if !exists {
            self.at += 1;
        }
        let left = self.value()?;
        self.peek();
        let rest = &self.text[self.at..];
        if rest.starts_with(')') || rest.starts_with("&&") || rest.starts_with("||") {
            return match left {
                Operand::Path(path) => Ok(Expression::Exists { path, exists }),
                _ => Err(self.expected("an operator after the literal")),
            };
        }
        let operator = self.operator()?;
        let right = self.value()?;
        Ok(Expression::Relation {
            left,
            operator,
            right,
        })
    }

    fn operator(&mut self) -> Result<Operator, PathError> {
        let rest = &self.text[self.at..];
        let is_symbol = |character: char| matches!(character, '<' | '>' | '=' | '~' | '!');
        let length = if rest.starts_with(is_symbol) {
            rest.find(|character| !is_symbol(character))
        } else {
            rest.find(' ')
        };
        let word = &rest[..length.unwrap_or(rest.len())];
        let operator = Operator::from_text(word)
            .ok_or_else(|| self.expected("an operator such as `==`, `=~` or `in`"))?;
        self.at += word.len();
        Ok(operator)
    }

    fn value(&mut self) -> Result<Operand, PathError> {
        match self.peek() {
            Some(b'$' | b'@') => self.path(),
            Some(quote @ (b'\'' | b'"')) => self.string(quote),
            Some(b'[') => self.json((b'[', b']')),
            Some(b'{') => self.json((b'{', b'}')),
            Some(b'/') => self.pattern(),
            Some(b't') => self.word("true", Operand::Bool(true)),
            Some(b'f') => self.word("false", Operand::Bool(false)),
            Some(b'n') => self.word("null", Operand::Null),
            _ => self.number(),
        }
    }

    /// A path ends at a blank, an operator sign or a parenthesis that is not its own.
    fn path(&mut self) -> Result<Operand, PathError> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut end = start + 1;
        while let Some(&byte) = bytes.get(end) {
            let byte = match byte {
                b'[' => {
                    end =
                        closing(self.text, end, (b'[', b']'), Skip::Strings).ok_or_else(|| {
                            self.place.expected(end, "a closing `]` for this bracket")
                        })? + 1;
                    bytes.get(end).copied()
                }
                byte => Some(byte),
            };
            match byte {
                None | Some(b' ' | b'<' | b'>' | b'=' | b'~' | b'!') => break,
                Some(b')') if !self.closes_call(start, end) => break,
                Some(b'[') => {}
                Some(_) => end += 1,
            }
        }
        self.at = end;
        nested(&self.text[start..end], self.place.inside(start)).map(Operand::Path)
    }

    /// Whether the parenthesis at `at` ends a call without arguments of the path from `start`.
    fn closes_call(&self, start: usize, at: usize) -> bool {
        let before = self.text[start..at].trim_end_matches(' ');
        before
            .strip_suffix('(')
            .is_some_and(|name| name.contains('.'))
    }

    fn string(&mut self, quote: u8) -> Result<Operand, PathError> {
        let end = unescaped(self.text, self.at + 1, quote)
            .ok_or_else(|| self.expected("a closing quote for this one"))?;
        let text = unescape(&self.text[self.at + 1..end])
            .ok_or_else(|| self.expected("four digits after \\u"))?;
        self.at = end + 1;
        Ok(Operand::Text(text.into()))
    }

    fn json(&mut self, brackets: (u8, u8)) -> Result<Operand, PathError> {
        let end = closing(self.text, self.at, brackets, Skip::Strings)
            .ok_or_else(|| self.expected("a closing bracket for this one"))?;
        let value = read_lenient_with(&self.text[self.at..=end], &mut LiteralBuilder);
        self.at = end + 1;
        Ok(Operand::Json(Literal::for_filter(value)))
    }

    fn pattern(&mut self) -> Result<Operand, PathError> {
        let start = self.at;
        let end = unescaped(self.text, start + 1, b'/')
            .ok_or_else(|| self.expected("a closing `/` for this one"))?;
        let pattern = &self.text[start + 1..end];
        let after = &self.text[end + 1..];
        let flags = after.len()
            - after
                .trim_start_matches(|it: char| it.is_ascii_alphabetic())
                .len();
        self.at = end + 1 + flags;
        // Java's flags by their letters; Jayway ignores others.
        let flags = after[..flags].replace(|flag| !"dixmsuU".contains(flag), "");
        let costs = self.place.costs;
        if !costs.compiles {
            return Ok(Operand::Null);
        }
        costs.take(VISITS_PER_PATTERN, BYTES_PER_PATTERN)?;
        let pattern = match flags.as_str() {
            "" => Pattern::new(pattern),
            flags => Pattern::new(&format!("(?{flags}){pattern}")),
        };
        let pattern = pattern.map_err(|error| PathError::Pattern {
            at: self.place.offset + start,
            reason: error.to_string(),
        })?;
        let size = pattern.size();
        costs.take(
            size.saturating_mul(VISITS_PER_SIZE),
            size.saturating_mul(BYTES_PER_SIZE),
        )?;
        Ok(Operand::Pattern(Box::new(pattern)))
    }

    fn word(&mut self, word: &str, operand: Operand) -> Result<Operand, PathError> {
        match self.take(word) {
            true => Ok(operand),
            false => Err(self.expected("`true`, `false`, `null`, a path or a quoted string")),
        }
    }

    fn number(&mut self) -> Result<Operand, PathError> {
        let rest = &self.text[self.at..];
        let is_part = |character: char| matches!(character, '0'..='9' | '-' | '.' | 'e' | 'E');
        let length = rest.find(|character| !is_part(character));
        let text = &rest[..length.unwrap_or(rest.len())];
        let decimal = Decimal::parse(text)
            .ok_or_else(|| self.expected("a path, a number, a quoted string or another literal"))?;
        self.at += text.len();
        Ok(Operand::number(&decimal))
    }

    fn take(&mut self, token: &str) -> bool {
        self.peek();
        let taken = self.text[self.at..].starts_with(token);
        if taken {
            self.at += token.len();
        }
        taken
    }

    /// The next byte that is no blank; moves to it.
    fn peek(&mut self) -> Option<u8> {
        let (at, byte) = significant(self.text, self.at);
        self.at = at;
        byte
    }

    fn expected(&self, expected: &'static str) -> PathError {
        self.place.expected(self.at, expected)
    }
}
