//! `?`, `*`, `+` and `{n,m}`, greedy, lazy (`?`) or possessive (`+`).

use super::{Parser, invalid};
use crate::{
    error::{Fault, PatternError},
    tree::{Count, Greed, Node},
};

impl Parser {
    /// The atom with the quantifier that follows it, if one does.
    pub(super) fn quantified(&mut self, atom: Node) -> Result<Node, PatternError> {
        let Some(unit) = self.peek().filter(|unit| !unit.literal) else {
            return Ok(atom);
        };
        let count = match unit.ch {
            '?' => Count { min: 0, max: 1 },
            '*' => Count {
                min: 0,
                max: Count::UNBOUNDED,
            },
            '+' => Count {
                min: 1,
                max: Count::UNBOUNDED,
            },
            '{' => self.counted()?,
            _ => return Ok(atom),
        };
        if unit.ch != '{' {
            self.cursor += 1;
        }
        let greed = if self.eat('?') {
            Greed::Lazy
        } else if self.eat('+') {
            Greed::Possessive
        } else {
            Greed::Greedy
        };
        // Java does not go back into an iteration of `\R`, nor of a possessive quantifier:
        // `\R+\n` and `(a|ab){2}+` match neither "\r\n" nor "aba".
        let indivisible = matches!(atom, Node::LineBreak)
            || (greed == Greed::Possessive && !matches!(atom, Node::Char(_) | Node::Set(_)));
        let body = if indivisible {
            Node::Atomic(Box::new(atom))
        } else {
            atom
        };
        Ok(Node::Repeat {
            body: Box::new(body),
            count,
            greed,
        })
    }

    /// `{n}`, `{n,}` or `{n,m}`, with the cursor on the brace.
    fn counted(&mut self) -> Result<Count, PatternError> {
        let at = self.at();
        self.cursor += 1;
        let digit = |unit: super::Unit| unit.ch.is_ascii_digit() && !unit.literal;
        if !self.raw(0).is_some_and(digit) {
            return invalid(at, Fault::RepetitionWithoutCount);
        }
        let min = self.number(at)?;
        let max = if !self.eat(',') {
            min
        } else if self.peek().is_some_and(digit) {
            self.number(at)?
        } else {
            Count::UNBOUNDED
        };
        if !self.eat('}') {
            return Err(self.fault(Fault::UnclosedRepetition));
        }
        if max < min {
            return invalid(at, Fault::RepetitionRange);
        }
        Ok(Count { min, max })
    }

    fn number(&mut self, at: usize) -> Result<u32, PatternError> {
        let mut number = 0_u32;
        while let Some(digit) = self
            .peek()
            .filter(|unit| !unit.literal)
            .and_then(|unit| unit.ch.to_digit(10))
        {
            self.cursor += 1;
            number = number
                .checked_mul(10)
                .and_then(|tens| tens.checked_add(digit))
                .filter(|&number| number <= Count::UNBOUNDED)
                .ok_or(PatternError::Invalid {
                    at,
                    fault: Fault::RepetitionRange,
                })?;
        }
        Ok(number)
    }
}
