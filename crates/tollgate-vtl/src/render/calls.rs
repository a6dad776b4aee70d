//! References that lead through methods of strings, with results used where they are.

use crate::methods::direct::{Call, Given, Piece, Text, Use, Variables};
use crate::program::{Chain, Expr, Link, Reference, Slot, Step};
use crate::value::{Str, Value};

use super::output::Output;
use super::reference::member;
use super::variables::Variable;
use super::{Budget, Renderer};

/// The steps that an operation takes itself.
const OPERATION: u64 = 1;

/// The steps that an expression takes itself.
const EXPRESSION: u64 = 1;

impl<'a> Renderer<'a, '_> {
    /// Prints what the calls of a reference give, if they give it directly and if that works; if not,
    /// nothing has changed. Says whether it did.
    #[inline(never)]
    pub(super) fn print_given(&mut self, reference: &Reference) -> bool {
        self.with_given::<Print>(reference, OPERATION).is_some()
    }

    /// Sets a variable to what the calls of a reference give. Says whether it did.
    #[inline(never)]
    pub(super) fn set_given(&mut self, slot: Slot, reference: &Reference) -> bool {
        match self.kept(reference, OPERATION + EXPRESSION) {
            Some(value) => {
                self.note(slot, Variable::Value(value));
                true
            }
            None => false,
        }
    }

    /// The value that the calls of a reference give.
    pub(super) fn given(&mut self, reference: &Reference) -> Option<Value<'a>> {
        self.kept(reference, 0)
    }

    #[inline(never)]
    fn kept(&mut self, reference: &Reference, steps: u64) -> Option<Value<'a>> {
        self.with_given::<Keep>(reference, steps)
    }

    /// What the calls of a reference give, as far as conditions look at it.
    #[inline(always)]
    fn seen(&mut self, reference: &Reference) -> Option<Seen> {
        match reference.calls.is_empty() {
            true => None,
            false => self.seen_apart(reference),
        }
    }

    #[inline(never)]
    fn seen_apart(&mut self, reference: &Reference) -> Option<Seen> {
        self.with_given::<See>(reference, 0)
    }

    /// Does something with what the calls of a reference give, which takes steps of its own; none, and
    /// nothing is taken of the budget, if they do not give it directly or if that does not work.
    #[inline(always)]
    fn with_given<U: Use<'a, Output>>(
        &mut self,
        reference: &Reference,
        steps: u64,
    ) -> Option<U::Result> {
        // Expressions stand two levels deeper at most.
        if reference.calls.is_empty() || !self.sees_globals() || self.levels <= 2 {
            return None;
        }
        let before = self.budget.mark();
        let slot = reference.slot;
        let value = match self.variables.value(slot) {
            Some(value) => value,
            None => {
                self.global(slot);
                self.variables.value(slot)?
            }
        };
        let entries;
        let (text, property) = match (value, reference.steps.first()) {
            (Value::Str(_), Some(Step::Call { .. })) => (value, 0),
            (Value::Map(map), Some(Step::Property(property))) => {
                entries = map.entries();
                (member(&entries, property), 1)
            }
            _ => return None,
        };
        let (out, budget) = (&mut self.out, &mut self.budget);
        let done = match text {
            Value::Str(text) if budget.take_steps(steps + property).is_ok() => {
                let text = Piece::all(text);
                go::<U>(text, &reference.calls, self.variables, out, budget)
            }
            _ => None,
        };
        if done.is_none() {
            self.budget.return_to(before);
        }
        done
    }

    /// Whether the condition of a branch holds, if methods of strings give that, also joined to others
    /// by logic; paid for.
    #[inline(never)]
    pub(super) fn branch_given(&mut self, condition: &Expr) -> Option<bool> {
        let before = self.budget.mark();
        self.budget.take_steps(OPERATION).ok()?;
        let holds = match condition {
            Expr::Chain(chain) => match chain.decisive() {
                Some(decisive) => self.logic_given(chain, decisive),
                None => self.given_holds(condition),
            },
            other => self.given_holds(other),
        };
        if holds.is_none() {
            self.budget.return_to(before);
        }
        holds
    }

    /// Looks at operands until one has the `decisive` truth. Chains inside are left to
    /// [`logic`](Self::logic), since none should be looked at more than twice.
    fn logic_given(&mut self, chain: &Chain, decisive: bool) -> Option<bool> {
        // Beside a number, the first operand is looked at once more, and paid for.
        if let [
            Link {
                operand: Expr::Int(_),
                ..
            },
        ] = &*chain.rest
        {
            return None;
        }
        // Expressions stand three levels deeper at most.
        if self.levels <= 3 {
            return None;
        }
        for operand in chain.operands() {
            if self.holds_at_once(operand)? == decisive {
                return Some(decisive);
            }
        }
        Some(!decisive)
    }

    /// Whether a condition holds, if it is what calls give, or the contrary, or compares that with a
    /// number, and if they give it directly.
    #[inline(always)]
    pub(super) fn given_holds(&mut self, condition: &Expr) -> Option<bool> {
        match condition {
            Expr::Reference(reference) => self.given_is_true(reference),
            Expr::Not(operand) => match &**operand {
                Expr::Reference(reference) => self.given_is_true(reference).map(|holds| !holds),
                _ => None,
            },
            Expr::Chain(chain) => {
                let (Expr::Reference(reference), [link]) = (&chain.first, &*chain.rest) else {
                    return None;
                };
                let Expr::Int(number) = link.operand else {
                    return None;
                };
                let before = self.budget.mark();
                let holds = match self.seen(reference)? {
                    Seen::Number(value) => link.operator.compare(value.into(), number),
                    Seen::Text(_) | Seen::Truth(_) => None,
                };
                // Each operand and the operator.
                let paid = holds.filter(|_| self.budget.take_steps(3).is_ok());
                if paid.is_none() {
                    self.budget.return_to(before);
                }
                paid
            }
            _ => None,
        }
    }

    #[inline(always)]
    fn given_is_true(&mut self, reference: &Reference) -> Option<bool> {
        let empty_is_false = self.budget.rules().empty_is_false;
        Some(match self.seen(reference)? {
            Seen::Truth(truth) => truth,
            Seen::Number(number) => number != 0 || !empty_is_false,
            Seen::Text(is_empty) => !is_empty || !empty_is_false,
        })
    }
}

/// Prints what a method gives if there may be so much.
struct Print;

impl<'a> Use<'a, Output> for Print {
    type Result = ();

    #[inline(always)]
    fn use_given(given: Given<'_, 'a>, out: &mut Output, _: &mut Budget) -> Option<()> {
        out.takes_given(&given).then_some(())
    }
}

/// Makes a value of what a method gives.
struct Keep;

impl<'a> Use<'a, Output> for Keep {
    type Result = Value<'a>;

    #[inline(always)]
    fn use_given(given: Given<'_, 'a>, _: &mut Output, budget: &mut Budget) -> Option<Value<'a>> {
        Some(given.keep(budget))
    }
}

/// Looks at what a method gives.
struct See;

impl<'a> Use<'a, Output> for See {
    type Result = Seen;

    #[inline(always)]
    fn use_given(given: Given<'_, 'a>, _: &mut Output, _: &mut Budget) -> Option<Seen> {
        Some(match given {
            Given::Piece(piece) => Seen::Text(piece.text.is_empty()),
            Given::Made(made) => Seen::Text(made.length == 0),
            Given::Number(number) => Seen::Number(number),
            Given::Truth(truth) => Seen::Truth(truth),
        })
    }
}

/// What a condition sees of what a method gives.
#[derive(Clone, Copy)]
enum Seen {
    Truth(bool),
    Number(i32),
    /// Whether it is empty.
    Text(bool),
}

impl<'a> Variables<'a> for [Variable<'a>] {
    #[inline(always)]
    fn value(&self, slot: Slot) -> Option<&Value<'a>> {
        match self.get(slot.index()) {
            Some(Variable::Value(value)) => Some(value),
            _ => None,
        }
    }
}

/// Makes calls one after the other, and does something with what the last gives.
#[inline(always)]
fn go<'w, 'a, U: Use<'a, Output>>(
    mut text: Piece<'w, 'a>,
    calls: &'w [Call],
    variables: &'w [Variable<'a>],
    out: &mut Output,
    budget: &mut Budget,
) -> Option<U::Result> {
    let (mut call, mut rest) = calls.split_first()?;
    while let Some((next, behind)) = rest.split_first() {
        match call.text(text, variables, budget)? {
            Text::Piece(piece) => text = piece,
            Text::Made(made) => {
                let text = made.keep(budget);
                return go_on::<U>(&text, rest, variables, out, budget);
            }
        }
        (call, rest) = (next, behind);
    }
    call.give::<Output, U>(text, variables, out, budget)
}

/// Makes calls to a string that was made on the way.
#[inline(never)]
fn go_on<'w, 'a, U: Use<'a, Output>>(
    text: &'w Str<'a>,
    calls: &'w [Call],
    variables: &'w [Variable<'a>],
    out: &mut Output,
    budget: &mut Budget,
) -> Option<U::Result> {
    go::<U>(Piece::all(text), calls, variables, out, budget)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::loader::Loader;
    use crate::profile::Profile;
    use crate::program::Op;
    use crate::template::Compiled;
    use crate::value::Map;

    struct NoFiles;

    impl Loader for NoFiles {
        fn load(&self, _name: &str) -> Option<String> {
            None
        }
    }

    /// Keeps the calls of an expression from being made directly.
    fn forbid(expr: &mut Expr) {
        match expr {
            Expr::Reference(reference) => reference.calls = Box::default(),
            Expr::Not(operand) => forbid(operand),
            Expr::Chain(chain) => {
                forbid(&mut chain.first);
                chain
                    .rest
                    .iter_mut()
                    .for_each(|link| forbid(&mut link.operand));
            }
            _ => {}
        }
    }

    /// A template whose calls are made directly or not.
    fn compiled(source: &str, profile: &Profile, directly: bool) -> Compiled {
        let mut compiled = Compiled::new(source, profile).expect("it is a template");
        if !directly {
            for op in compiled
                .program
                .bodies
                .iter_mut()
                .flatten()
                .map(|line| &mut line.op)
            {
                match op {
                    Op::Print(reference) => reference.calls = Box::default(),
                    Op::SetVariable { value, .. } => forbid(value),
                    Op::Branch { condition, .. } => forbid(condition),
                    _ => {}
                }
            }
        }
        compiled
    }

    /// What a template prints, or the error it ends with.
    fn outcome(compiled: &Compiled, profile: &Profile) -> Result<String, String> {
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
        let rendered = super::super::render(compiled, &globals, &NoFiles, profile);
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
            ("#if(!", " && $two)yes#{else}no#end"),
            ("#if($two > 2 || ", " || $item)yes#{else}no#end"),
        ];
        let profiles = [
            Profile::velocity17(),
            Profile::velocity2(),
            Profile::api_gateway(),
        ];
        let mut compared = 0;
        let mut check = |ways: &[Compiled; 2], profile: &Profile, source: &str| {
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
