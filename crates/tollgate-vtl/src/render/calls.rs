//! References that lead through methods of strings, with results used where they are.

use crate::methods::direct::{self, Argument, Given, Piece};
use crate::program::{Expr, Program, Reference, Step};
use crate::value::Value;

use super::code::Code;
use super::output::Output;
use super::reference::member;
use super::variables::Variable;
use super::{Budget, Renderer};

/// Most arguments that such a method takes.
const MOST_ARGUMENTS: usize = 2;

/// Whether there is nothing to steps but a property or none and calls of methods that give their
/// results [directly](direct).
pub(crate) fn are_calls(steps: &[Step]) -> bool {
    let calls = match steps {
        [Step::Property(_), calls @ ..] => calls,
        calls => calls,
    };
    let Some((last, before)) = calls.split_last() else {
        return false;
    };
    let is_call = |step: &Step, gives: &dyn Fn(_, usize) -> bool| match step {
        Step::Call {
            method: Some(name),
            arguments,
            ..
        } => gives(*name, arguments.len()) && arguments.iter().all(is_simple),
        _ => false,
    };
    let ends = |name, count| direct::gives_text(name, count) || direct::gives_scalar(name, count);
    before.iter().all(|step| is_call(step, &direct::gives_text)) && is_call(last, &ends)
}

/// Whether an argument is a string, a number or a variable.
fn is_simple(argument: &Expr) -> bool {
    match argument {
        Expr::Str(_) | Expr::Int(_) => true,
        Expr::Reference(reference) => reference.plain && reference.steps.is_empty(),
        _ => false,
    }
}

impl<'a> Renderer<'a, '_> {
    /// Does something with what the calls of a reference give, if they give it directly and if that
    /// works; none, and nothing is taken of the budget, if not.
    pub(super) fn with_given<T>(
        &mut self,
        code: &Code<'a>,
        reference: &Reference,
        act: impl FnOnce(Given<'_, 'a>, &mut Output, &mut Budget) -> Option<T>,
    ) -> Option<T> {
        // Expressions stand two levels deeper at most.
        if !reference.calls || !self.sees_globals() || self.depth + 2 >= self.deepest {
            return None;
        }
        let Code::Template(program) = code else {
            return None;
        };
        self.global(reference.slot);
        let way = Way {
            program,
            variables: self.variables,
        };
        let (out, budget) = (&mut self.out, &mut self.budget);
        let before = budget.mark();
        let done = way.go(reference, out, budget, act);
        if done.is_none() {
            budget.return_to(before);
        }
        done
    }

    /// Whether a condition holds, if it is what calls give, or the contrary, or compares that with a
    /// number, and if they give it directly.
    #[inline(never)]
    pub(super) fn given_holds(&mut self, code: &Code<'a>, condition: &Expr) -> Option<bool> {
        let truth =
            |given: Given<'_, 'a>, _: &mut Output, budget: &mut Budget| Some(given.is_true(budget));
        match condition {
            Expr::Reference(reference) => self.with_given(code, reference, truth),
            Expr::Not(operand) => match &**operand {
                Expr::Reference(reference) => {
                    let holds = self.with_given(code, reference, truth);
                    holds.map(|holds| !holds)
                }
                _ => None,
            },
            Expr::Chain(chain) => {
                let (Expr::Reference(reference), [link]) = (&chain.first, &*chain.rest) else {
                    return None;
                };
                let Expr::Int(number) = link.operand else {
                    return None;
                };
                self.with_given(code, reference, |given, _, budget| {
                    let Given::Number(value) = given else {
                        return None;
                    };
                    let holds = link.operator.compare(value.into(), number)?;
                    // Each operand and the operator.
                    budget.take_steps(3).ok().map(|()| holds)
                })
            }
            _ => None,
        }
    }
}

/// Where a reference finds what it is made of.
struct Way<'w, 'a> {
    program: &'a Program,
    variables: &'w [Variable<'a>],
}

impl<'a> Way<'_, 'a> {
    fn go<T>(
        &self,
        reference: &Reference,
        out: &mut Output,
        budget: &mut Budget,
        act: impl FnOnce(Given<'_, 'a>, &mut Output, &mut Budget) -> Option<T>,
    ) -> Option<T> {
        let Variable::Value(value) = &self.variables[reference.slot.0 as usize] else {
            return None;
        };
        match (value, &*reference.steps) {
            (Value::Map(map), [Step::Property(property), calls @ ..]) => {
                budget.take_steps(1).ok()?;
                let entries = map.entries();
                let text = Piece::of(member(&entries, property))?;
                self.call(text, calls, out, budget, act)
            }
            (value, calls) => self.call(Piece::of(value)?, calls, out, budget, act),
        }
    }

    /// Makes calls one after the other.
    fn call<T>(
        &self,
        text: Piece<'_, 'a>,
        calls: &[Step],
        out: &mut Output,
        budget: &mut Budget,
        act: impl FnOnce(Given<'_, 'a>, &mut Output, &mut Budget) -> Option<T>,
    ) -> Option<T> {
        let [
            Step::Call {
                method: Some(name),
                arguments,
                ..
            },
            rest @ ..,
        ] = calls
        else {
            return None;
        };
        budget.take_steps(1 + arguments.len() as u64).ok()?;
        let mut room = [Argument::Number(0); MOST_ARGUMENTS];
        let places = room.get_mut(..arguments.len())?;
        for (place, argument) in places.iter_mut().zip(arguments) {
            *place = self.argument(argument)?;
        }
        let given = direct::give(text, *name, places, budget)?;
        match given {
            given if rest.is_empty() => act(given, out, budget),
            Given::Piece(text) => self.call(text, rest, out, budget, act),
            Given::Made(made) => {
                let text = made.keep(budget);
                self.call(Piece::Whole(&text), rest, out, budget, act)
            }
            Given::Number(_) | Given::Truth(_) => None,
        }
    }

    #[inline]
    fn argument(&self, argument: &Expr) -> Option<Argument<'_>> {
        match argument {
            Expr::Str(span) => Some(Argument::Text(self.program.text(*span))),
            Expr::Int(number) => i32::try_from(*number).ok().map(Argument::Number),
            Expr::Reference(reference) => match &self.variables[reference.slot.0 as usize] {
                Variable::Value(Value::Str(text)) => Some(Argument::Text(text)),
                Variable::Value(Value::Int(number)) => number.as_i32().map(Argument::Number),
                _ => None,
            },
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::compile;
    use crate::limits::Limits;
    use crate::loader::Loader;
    use crate::profile::Profile;
    use crate::program::{Names, Op};
    use crate::value::Map;

    struct NoFiles;

    impl Loader for NoFiles {
        fn load(&self, _name: &str) -> Option<String> {
            None
        }
    }

    /// A template whose calls are made directly or not.
    fn compiled(source: &str, profile: &Profile, directly: bool) -> (Program, Names) {
        let mut names = Names::default();
        let mut program = compile(source, profile, &mut names).expect("it is a template");
        for body in &mut program.bodies {
            for op in body.iter_mut().map(|line| &mut line.op) {
                let expr = match op {
                    Op::Print(reference) => {
                        reference.calls &= directly;
                        continue;
                    }
                    Op::SetVariable { value, .. } => value,
                    Op::Branch { condition, .. } => condition,
                    _ => continue,
                };
                let reference = match expr {
                    Expr::Not(operand) => &mut **operand,
                    Expr::Chain(chain) => &mut chain.first,
                    other => other,
                };
                if let Expr::Reference(reference) = reference {
                    reference.calls &= directly;
                }
            }
        }
        (program, names)
    }

    /// What a template prints, or the error it ends with.
    fn outcome((program, names): &(Program, Names), profile: &Profile) -> Result<String, String> {
        let made: Value<'_> = String::from(" Made Here ").into();
        let item = Value::map([("name", Value::from(" Iris "))]);
        let globals: Map<'_> = [
            ("lent", Value::from("Tea, cake")),
            ("made", made),
            ("odd", Value::from("\u{e9}t\u{e9} \u{1f600}")),
            ("empty", Value::from("")),
            ("blank", String::from("  ").into()),
            ("item", item),
            ("a", Value::from("a")),
            ("two", Value::from(2)),
        ]
        .into_iter()
        .map(|(name, value)| (Value::from(name), value))
        .collect();
        let rendered =
            super::super::render(program, names, &globals, &NoFiles, profile, String::new());
        rendered.map_err(|error| error.to_string())
    }

    #[test]
    fn calls_give_and_cost_the_same_directly() {
        let receivers = [
            "$lent",
            "$made",
            "$odd",
            "$empty",
            "$blank",
            "$item.name",
            "$two",
        ];
        let calls = [
            ".trim()",
            ".toString().length()",
            ".toUpperCase()",
            ".toLowerCase().trim()",
            ".trim().trim()",
            ".trim().toUpperCase().substring(1)",
            ".substring(2, 4)",
            ".substring($two, 1)",
            ".substring(-1)",
            ".substring(0, 99)",
            ".replace('e', '33')",
            ".replace($a, 'b').concat($a)",
            ".replace('ea', '')",
            ".replace('', '-')",
            ".replace($two, 'b')",
            ".concat('!').replace('!', $a)",
            ".concat($nothing)",
            ".length()",
            ".isEmpty()",
            ".contains('e')",
            ".contains('')",
            ".contains(2)",
            ".startsWith('T')",
            ".endsWith($a)",
            ".indexOf('e')",
            ".indexOf('')",
            ".equals('Tea, cake')",
            ".trim().equals($a)",
        ];
        let uses = [
            ("", ""),
            ("#set($x = ", ")$x.trim()$x"),
            ("#if(", ")yes#{else}no#end"),
            ("#if(!", ")yes#{else}no#end"),
            ("#if(", " > 3)yes#{else}no#end"),
            ("#if(", " == -1)yes#{else}no#end"),
        ];
        let profiles = [
            Profile::velocity17(),
            Profile::velocity2(),
            Profile::api_gateway(),
        ];
        let mut compared = 0;
        let mut check = |ways: &[(Program, Names); 2], profile: &Profile, source: &str| {
            let [direct, other] = ways.each_ref().map(|way| outcome(way, profile));
            assert_eq!(direct, other, "{source} under {:?}", profile.limits());
            compared += 1;
            direct.is_ok()
        };
        for receiver in receivers {
            for call in calls {
                for (before, behind) in uses {
                    let source = format!("{before}{receiver}{call}{behind}");
                    for profile in &profiles {
                        let ways = [true, false].map(|way| compiled(&source, profile, way));
                        check(&ways, profile, &source);
                    }
                    let ways = [true, false].map(|way| compiled(&source, &profiles[1], way));
                    let kinds: [fn(&mut Limits, usize); 4] = [
                        |limits, left| limits.steps = left as u64,
                        |limits, left| limits.allocated_bytes = left * 8,
                        |limits, left| limits.string_bytes = left,
                        |limits, left| limits.output_bytes = left,
                    ];
                    for set in kinds {
                        // Up to where the template fits.
                        for left in 0..40 {
                            let mut limits = Limits::default();
                            set(&mut limits, left);
                            if check(&ways, &profiles[1].clone().with_limits(limits), &source) {
                                break;
                            }
                        }
                    }
                }
            }
        }
        assert!(compared > 10_000);
    }
}
