//! References and expressions.

use std::iter::Peekable;

use pest::iterators::Pairs;

use crate::error::{ParseError, ParseErrorKind};
use crate::parse::{Node, Rule};
use crate::program::{Chain, Expr, Operator, Precedence, Reference, Span, Step};

use super::Compiler;
use super::fragment::Fragment;

impl Compiler<'_> {
    pub(super) fn reference(
        &mut self,
        reference: Node<'_>,
        fragment: &Fragment<'_>,
    ) -> Result<Reference, ParseError> {
        let mut source = fragment.span(&reference);
        // What the grammar takes along behind a last property is text.
        if reference.as_str().ends_with("##") {
            source.end -= 2;
        }
        let at = fragment.place_of(&reference);
        let path = reference.into_inner().next();
        let mut parts = path.expect("a reference has a path").into_inner();
        let name = parts.next().expect("a path begins with a name");
        let slot = self.slot(name.as_str());
        let steps = parts
            .map(|part| self.step(part, fragment))
            .collect::<Result<_, _>>()?;
        Ok(Reference {
            slot,
            steps,
            source,
            at,
        })
    }

    fn step(&mut self, step: Node<'_>, fragment: &Fragment<'_>) -> Result<Step, ParseError> {
        let rule = step.as_rule();
        let at = fragment.place_of(&step);
        let mut inner = step.into_inner();
        let first = inner.next().expect("every step has a part");
        Ok(match rule {
            Rule::property | Rule::last_property => Step::Property(fragment.span(&first)),
            Rule::index => {
                Step::Index(self.deeper(at, |compiler| compiler.expression(first, fragment))?)
            }
            Rule::call => {
                let method = fragment.span(&first);
                let arguments = inner.next().into_iter().flat_map(Node::into_inner);
                let arguments = self.deeper(at, |compiler| {
                    arguments
                        .map(|argument| compiler.expression(argument, fragment))
                        .collect()
                })?;
                Step::Call { method, arguments }
            }
            rule => unreachable!("{rule:?} is not a step"),
        })
    }

    /// Compiles an expression or any operand.
    pub(super) fn expression(
        &mut self,
        node: Node<'_>,
        fragment: &Fragment<'_>,
    ) -> Result<Expr, ParseError> {
        let at = fragment.place_of(&node);
        let span = fragment.span(&node);
        let text = node.as_str();
        Ok(match node.as_rule() {
            Rule::expression => self.deeper(at, |compiler| {
                compiler.operation(&mut node.into_inner().peekable(), Precedence::Or, fragment)
            })?,
            Rule::reference => Expr::Reference(Box::new(self.reference(node, fragment)?)),
            Rule::bare_word => Expr::Null,
            Rule::boolean => Expr::Bool(text == "true"),
            Rule::integer => self.integer(text, span, at)?,
            Rule::float => Expr::Double(text.parse().expect("the grammar admits only numbers")),
            Rule::single_quoted => self.plain_string(node, fragment, "'"),
            Rule::double_quoted => self.interpolated_string(node, fragment)?,
            Rule::array => self.deeper(at, |compiler| compiler.array(node, fragment))?,
            Rule::map => self.deeper(at, |compiler| compiler.map(node, fragment))?,
            rule => unreachable!("{rule:?} is not an operand"),
        })
    }

    /// Compiles operands and operators that bind at least as tightly as `loosest`.
    fn operation(
        &mut self,
        parts: &mut Peekable<Pairs<'_, Rule>>,
        loosest: Precedence,
        fragment: &Fragment<'_>,
    ) -> Result<Expr, ParseError> {
        let mut left = self.negation(parts, fragment)?;
        let mut joined = None;
        while let Some(operator) = parts.peek().map(|part| operator(part.as_rule())) {
            let precedence = operator.precedence();
            if precedence < loosest {
                break;
            }
            parts.next();
            let right = match precedence.tighter() {
                Some(tighter) => self.operation(parts, tighter, fragment)?,
                None => self.negation(parts, fragment)?,
            };
            left = match left {
                Expr::Chain(mut chain) if joined == Some(precedence) => {
                    chain.rest.push((operator, right));
                    Expr::Chain(chain)
                }
                first => Expr::Chain(Box::new(Chain {
                    first,
                    rest: vec![(operator, right)],
                })),
            };
            joined = Some(precedence);
        }
        Ok(left)
    }

    fn negation(
        &mut self,
        parts: &mut Peekable<Pairs<'_, Rule>>,
        fragment: &Fragment<'_>,
    ) -> Result<Expr, ParseError> {
        let mut negations = 0;
        while parts.next_if(|part| part.as_rule() == Rule::not).is_some() {
            negations += 1;
        }
        let operand = parts.next().expect("an operand follows every operator");
        let mut expr = self.expression(operand, fragment)?;
        // One or two: the first makes a boolean, every further pair undoes itself.
        let negations = if negations > 2 {
            2 - negations % 2
        } else {
            negations
        };
        for _ in 0..negations {
            expr = Expr::Not(Box::new(expr));
        }
        Ok(expr)
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
        for item in array.into_inner() {
            if item.as_rule() == Rule::range_end {
                let at = fragment.place_of(&item);
                let last = item.into_inner().next().expect("a range has an end");
                let last = self.expression(last, fragment)?;
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
        let mut parts = map.into_inner();
        while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
            let key = self.expression(key, fragment)?;
            entries.push((key, self.expression(value, fragment)?));
        }
        Ok(Expr::Map(entries.into()))
    }

    fn plain_string(&mut self, string: Node<'_>, fragment: &Fragment<'_>, quote: &str) -> Expr {
        let content = string.into_inner().next().expect("a string has a content");
        Expr::Str(self.unquoted(&content, fragment, quote).0)
    }

    /// A double-quoted string is a template, if anything in it could be one.
    fn interpolated_string(
        &mut self,
        string: Node<'_>,
        fragment: &Fragment<'_>,
    ) -> Result<Expr, ParseError> {
        let content = string.into_inner().next().expect("a string has a content");
        let at = fragment.place_of(&content);
        let (span, changed) = self.unquoted(&content, fragment, "\"");
        if !content.as_str().contains(['$', '#']) {
            return Ok(Expr::Str(span));
        }
        let unquoted = changed.as_deref().unwrap_or(content.as_str());
        let inside = Fragment::inside(unquoted, span, at);
        self.deeper(at, |compiler| compiler.template(inside))
            .map(Expr::Interpolated)
    }

    /// The span of a string's content without doubled quotes, and the content if it had any.
    fn unquoted(
        &mut self,
        content: &Node<'_>,
        fragment: &Fragment<'_>,
        quote: &str,
    ) -> (Span, Option<String>) {
        if !content.as_str().contains(quote) {
            return (fragment.span(content), None);
        }
        let single = content.as_str().replace(&quote.repeat(2), quote);
        (self.add_text(&single), Some(single))
    }
}

fn operator(rule: Rule) -> Operator {
    match rule {
        Rule::or => Operator::Or,
        Rule::and => Operator::And,
        Rule::equal => Operator::Equal,
        Rule::not_equal => Operator::NotEqual,
        Rule::less => Operator::Less,
        Rule::less_or_equal => Operator::LessOrEqual,
        Rule::greater => Operator::Greater,
        Rule::greater_or_equal => Operator::GreaterOrEqual,
        Rule::plus => Operator::Add,
        Rule::minus => Operator::Subtract,
        Rule::times => Operator::Multiply,
        Rule::divide => Operator::Divide,
        Rule::modulo => Operator::Modulo,
        rule => unreachable!("{rule:?} is not an operator"),
    }
}
