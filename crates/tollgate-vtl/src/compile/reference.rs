//! References.

use crate::error::ParseError;
use crate::methods::{Name, takes_pattern};
use crate::parse::{Kind, Node};
use crate::program::{Expr, LoopMember, NEAR_STEPS, Property, Reference, Step};
use crate::value::Near;

use super::Compiler;
use super::calls::calls;
use super::fragment::Fragment;

impl Compiler<'_> {
    pub(super) fn reference(
        &mut self,
        reference: Node<'_>,
        fragment: &Fragment<'_>,
    ) -> Result<Reference, ParseError> {
        let mut source = fragment.span(reference);
        // What the grammar of Velocity 1.7 takes along behind a last property is text.
        if reference.text().ends_with("##") {
            source.end -= 2;
        }
        let at = fragment.place_of(reference);
        let mut children = reference.children();
        let path = children.next().expect("a reference has a path");
        let alternative = children.find(|child| child.kind() == Kind::Alternative);
        let alternative = match alternative {
            Some(alternative) => {
                let value = self.deeper(at, |compiler| {
                    compiler.expression(alternative.only_child(), fragment)
                })?;
                Some(Box::new(value))
            }
            None => None,
        };
        let mut parts = path.children();
        let name = parts.next().expect("a path begins with a name");
        let braced = reference.text().trim_start_matches(['$', '!', '\\']);
        let slot = match braced.starts_with("{$") {
            true => self.names.variable(&format!("${}", name.text())),
            false => self.names.variable(name.text()),
        };
        let steps = parts
            .filter(|part| part.kind() != Kind::Other)
            .map(|part| self.step(part, fragment))
            .collect::<Result<Box<[Step]>, _>>()?;
        let mut kinds = steps.iter();
        let plain = kinds.all(|step| matches!(step, Step::Property(_)));
        Ok(Reference {
            slot,
            calls: match self.lasts && alternative.is_none() {
                true => calls(&steps, &self.text),
                false => Box::default(),
            },
            plain: plain && alternative.is_none() && steps.len() <= NEAR_STEPS,
            steps,
            quiet: reference.text().starts_with("$!"),
            alternative,
            source,
            at,
        })
    }

    fn step(&mut self, step: Node<'_>, fragment: &Fragment<'_>) -> Result<Step, ParseError> {
        let at = fragment.place_of(step);
        let mut inner = step.children();
        let first = inner.next().expect("every step has a part");
        Ok(match step.kind() {
            Kind::Property => Step::Property(Property {
                name: first.text().into(),
                source: fragment.span(first),
                near: Near::default(),
                of_loop: LoopMember::named(first.text()),
            }),
            Kind::Index => {
                Step::Index(self.deeper(at, |compiler| compiler.expression(first, fragment))?)
            }
            Kind::MethodCall => {
                let arguments = inner.next().into_iter().flat_map(Node::children);
                let arguments: Box<[Expr]> = self.deeper(at, |compiler| {
                    arguments
                        .map(|argument| compiler.expression(argument, fragment))
                        .collect::<Result<_, _>>()
                })?;
                if let Some(Expr::Str(pattern)) = arguments.first()
                    && takes_pattern(first.text())
                {
                    let pattern = &self.text[pattern.start as usize..pattern.end as usize];
                    self.patterns.add(pattern);
                }
                Step::Call {
                    name: fragment.span(first),
                    method: Name::parse(first.text()),
                    arguments,
                }
            }
            kind => unreachable!("{kind:?} is not a step"),
        })
    }
}
