//! Expressions.

use std::iter::Peekable;

use crate::error::{ParseError, ParseErrorKind};
use crate::parse::{Children, Kind, Node};
use crate::profile::Syntax;
use crate::program::{Chain, Expr, Link, Operator, Precedence, Span};

use super::Compiler;
use super::fragment::Fragment;

/// Operands and operators in a row.
type Parts<'t> = Peekable<Children<'t>>;

/// An operand, which may be an operation itself.
struct Operand {
    expr: Expr,
    /// What Velocity takes for its text, without parentheses around it.
    source: Span,
    /// Where it ends, with parentheses.
    end: u32,
}

/// The blanks that may stand around operands.
const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

impl Compiler<'_> {
    /// Compiles an expression or any operand.
    pub(super) fn expression(
        &mut self,
        node: Node<'_>,
        fragment: &Fragment<'_>,
    ) -> Result<Expr, ParseError> {
        let at = fragment.place_of(node);
        let span = fragment.span(node);
        let text = node.text();
        Ok(match node.kind() {
            Kind::Expression => self.deeper(at, |compiler| {
                let mut parts = node.children().peekable();
                let operation = compiler.operation(&mut parts, Precedence::Or, fragment)?;
                Ok(operation.expr)
            })?,
            Kind::Reference => Expr::Reference(Box::new(self.reference(node, fragment)?)),
            // In an argument: `null`, or any other word.
            Kind::Word => Expr::Null,
            Kind::Boolean => Expr::Bool(text == "true"),
            Kind::Integer => self.integer(text, span, at)?,
            Kind::Float => Expr::Double(text.parse().expect("the grammar admits only numbers")),
            Kind::SingleQuoted => Expr::Str(self.unquoted(node, fragment)?.0),
            Kind::DoubleQuoted => self.interpolated_string(node, fragment)?,
            Kind::Array => self.deeper(at, |compiler| compiler.array(node, fragment))?,
            Kind::Map => self.deeper(at, |compiler| compiler.map(node, fragment))?,
            kind => unreachable!("{kind:?} is not an operand"),
        })
    }

    /// Compiles operands and operators that bind at least as tightly as `loosest`. What Velocity 1.7
    /// takes for the text of an operation begins behind the last of its operators, and ends with the
    /// blanks behind it.
    fn operation(
        &mut self,
        parts: &mut Parts<'_>,
        loosest: Precedence,
        fragment: &Fragment<'_>,
    ) -> Result<Operand, ParseError> {
        let mut left = self.negation(parts, fragment)?;
        let mut joined = None;
        while let Some(operator) = parts.peek().and_then(|part| operator(part.kind())) {
            let precedence = operator.precedence();
            if precedence < loosest {
                break;
            }
            let behind = parts.next().map_or(left.end, |it| fragment.span(it).end);
            let operand = match precedence.tighter() {
                Some(tighter) => self.operation(parts, tighter, fragment)?,
                None => self.negation(parts, fragment)?,
            };
            // Logic asks for the truth of its operands, and arithmetic has none.
            let folds = precedence > Precedence::And;
            let folded = |expr| if folds { fold(expr) } else { expr };
            let source = match self.rules.syntax {
                Syntax::V17 => Span {
                    start: behind,
                    end: operand.end + self.blanks_at(operand.end),
                },
                _ => Span {
                    start: left.source.start,
                    end: operand.source.end,
                },
            };
            let link = Link {
                operator,
                operand: folded(operand.expr),
                source: operand.source,
                result_source: source,
            };
            let expr = match left.expr {
                Expr::Chain(mut chain) if joined == Some(precedence) => {
                    chain.rest.push(link);
                    Expr::Chain(chain)
                }
                first => Expr::Chain(Box::new(Chain {
                    first: folded(first),
                    first_source: left.source,
                    rest: vec![link],
                })),
            };
            left = Operand {
                expr,
                source,
                end: operand.end,
            };
            joined = Some(precedence);
        }
        Ok(left)
    }

    /// How many blanks begin at an offset of the program's text.
    fn blanks_at(&self, at: u32) -> u32 {
        let rest = &self.text[at as usize..];
        (rest.len() - rest.trim_start_matches(BLANKS).len()) as u32
    }

    /// How many blanks end at an offset of the program's text.
    fn blanks_before(&self, at: u32) -> u32 {
        let rest = &self.text[..at as usize];
        (rest.len() - rest.trim_end_matches(BLANKS).len()) as u32
    }

    fn negation(
        &mut self,
        parts: &mut Parts<'_>,
        fragment: &Fragment<'_>,
    ) -> Result<Operand, ParseError> {
        let first = *parts.peek().expect("an operand follows every operator");
        let mut negations = 0;
        while parts.next_if(|part| part.kind() == Kind::Not).is_some() {
            negations += 1;
        }
        let negative = parts.next_if(|part| part.kind() == Kind::Negate).is_some();
        let operand = parts.next().expect("an operand follows every operator");
        let mut expr = self.expression(operand, fragment)?;
        if negative {
            expr = Expr::Negate(Box::new(expr));
        }
        // One or two: the first makes a boolean, every further pair undoes itself.
        let negations = if negations > 2 {
            2 - negations % 2
        } else {
            negations
        };
        for _ in 0..negations {
            expr = Expr::Not(Box::new(expr));
        }
        let mut source = fragment.part(first.start(), operand.end());
        let mut end = source.end;
        if self.rules.syntax == Syntax::V17 && operand.kind() == Kind::Expression {
            source.end += self.blanks_at(source.end);
            end = source.end + 1;
            if first.kind() == Kind::Expression {
                source.start -= self.blanks_before(source.start);
            }
        }
        Ok(Operand { expr, source, end })
    }

    fn integer(&self, text: &str, span: Span, at: u32) -> Result<Expr, ParseError> {
        if let Ok(value) = text.parse() {
            return Ok(Expr::Int(value));
        }
        let limit = self.limits.digits;
        if text.len() > limit {
            return Err(self.error(ParseErrorKind::NumberTooLong { limit }, at));
        }
        Ok(Expr::BigInt(span))
    }

    fn array(&mut self, array: Node<'_>, fragment: &Fragment<'_>) -> Result<Expr, ParseError> {
        let mut items = Vec::new();
        for item in array.children() {
            if item.kind() == Kind::RangeEnd {
                let at = fragment.place_of(item);
                let last = self.expression(item.only_child(), fragment)?;
                let first = items.pop().expect("a range has a start");
                let is_bound = |bound: &Expr| {
                    matches!(bound, Expr::Int(_) | Expr::BigInt(_) | Expr::Reference(_))
                };
                if !is_bound(&first) || !is_bound(&last) {
                    return Err(self.error(ParseErrorKind::RangeBounds, at));
                }
                return Ok(Expr::Range(Box::new((first, last))));
            }
            items.push(self.expression(item, fragment)?);
        }
        Ok(Expr::List(items.into()))
    }

    fn map(&mut self, map: Node<'_>, fragment: &Fragment<'_>) -> Result<Expr, ParseError> {
        let mut entries = Vec::new();
        let mut parts = map.children();
        while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
            let key = self.expression(key, fragment)?;
            entries.push((key, self.expression(value, fragment)?));
        }
        Ok(Expr::Map(entries.into()))
    }

    /// A double-quoted string is a template, if anything in it could be one.
    fn interpolated_string(
        &mut self,
        string: Node<'_>,
        fragment: &Fragment<'_>,
    ) -> Result<Expr, ParseError> {
        let (span, changed) = self.unquoted(string, fragment)?;
        let content = match &changed {
            Some(changed) => changed.as_str(),
            None => &string.text()[1..string.text().len() - 1],
        };
        // What an escape makes of a string does not make it a template.
        let written = string.text();
        if !self.rules.interpolates || !written.contains(['$', '#']) {
            return Ok(Expr::Str(span));
        }
        let at = fragment.place(string.start() + 1);
        let inside = Fragment::inside(content, span, at);
        self.deeper(at, |compiler| compiler.template(inside))
            .map(Expr::Interpolated)
    }

    /// The span of a string's content, and the content if it is not what is written there: a
    /// quote in it stands doubled, and between double quotes `\uXXXX` is a UTF-16 unit.
    fn unquoted(
        &mut self,
        string: Node<'_>,
        fragment: &Fragment<'_>,
    ) -> Result<(Span, Option<String>), ParseError> {
        let quote = &string.text()[..1];
        let span = fragment.part(string.start() + 1, string.end() - 1);
        let content = &string.text()[1..string.text().len() - 1];
        let escapes = quote == "\"" && content.contains("\\u");
        if !escapes && !content.contains(quote) {
            return Ok((span, None));
        }
        let mut single = content.replace(&quote.repeat(2), quote);
        if escapes {
            single = unescape(&single).ok_or_else(|| {
                let expected = "four hexadecimal digits behind \\u".to_owned();
                let at = fragment.place(string.start());
                self.error(ParseErrorKind::Unexpected { expected }, at)
            })?;
        }
        Ok((self.add_text(&single), Some(single)))
    }
}

/// Computes arithmetic whose operands are all written out, as far as it stays within Java's `int`.
pub(super) fn fold(expr: Expr) -> Expr {
    let Expr::Chain(chain) = &expr else {
        return expr;
    };
    let int = |operand: &Expr| match operand {
        Expr::Int(number) => i32::try_from(*number).ok(),
        _ => None,
    };
    let result = int(&chain.first).and_then(|first| {
        chain.rest.iter().try_fold(first, |result, link| {
            let operand = int(&link.operand)?;
            match link.operator {
                Operator::Add => result.checked_add(operand),
                Operator::Subtract => result.checked_sub(operand),
                Operator::Multiply => result.checked_mul(operand),
                _ => None,
            }
        })
    });
    result.map_or(expr, |result| Expr::Int(result.into()))
}

/// Replaces each `\uXXXX`; none if one is broken. Half a surrogate pair becomes `?`.
fn unescape(text: &str) -> Option<String> {
    let mut units = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\u") {
        units.extend(rest[..at].encode_utf16());
        let digits = rest.get(at + 2..at + 6)?;
        let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        units.push(u16::from_str_radix(digits, 16).ok().filter(|_| plain)?);
        rest = &rest[at + 6..];
    }
    units.extend(rest.encode_utf16());
    let chars = char::decode_utf16(units).map(|char| char.unwrap_or('?'));
    Some(chars.collect())
}

fn operator(kind: Kind) -> Option<Operator> {
    Some(match kind {
        Kind::Or => Operator::Or,
        Kind::And => Operator::And,
        Kind::Equal => Operator::Equal,
        Kind::NotEqual => Operator::NotEqual,
        Kind::Less => Operator::Less,
        Kind::LessOrEqual => Operator::LessOrEqual,
        Kind::Greater => Operator::Greater,
        Kind::GreaterOrEqual => Operator::GreaterOrEqual,
        Kind::Plus => Operator::Add,
        Kind::Minus => Operator::Subtract,
        Kind::Times => Operator::Multiply,
        Kind::Divide => Operator::Divide,
        Kind::Modulo => Operator::Modulo,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(first: i64, rest: &[(Operator, i64)]) -> Expr {
        let nowhere = Span { start: 0, end: 0 };
        Expr::Chain(Box::new(Chain {
            first: Expr::Int(first),
            first_source: nowhere,
            rest: rest
                .iter()
                .map(|(operator, operand)| Link {
                    operator: *operator,
                    operand: Expr::Int(*operand),
                    source: nowhere,
                    result_source: nowhere,
                })
                .collect(),
        }))
    }

    #[test]
    fn folds_what_is_written_out() {
        let folded = |expr| match fold(expr) {
            Expr::Int(number) => Some(number),
            _ => None,
        };
        let max = i64::from(i32::MAX);
        assert_eq!(
            folded(chain(7, &[(Operator::Subtract, 2), (Operator::Add, 1)])),
            Some(6)
        );
        assert_eq!(folded(chain(7, &[(Operator::Multiply, -2)])), Some(-14));
        // What leaves the range of an `int` is a `long` from then on.
        assert_eq!(folded(chain(max, &[(Operator::Add, 1)])), None);
        assert_eq!(folded(chain(7, &[(Operator::Divide, 0)])), None);
        assert_eq!(folded(chain(7, &[(Operator::Less, 8)])), None);
    }
}
