//! What a template is compiled to: flat operations over numbered variables.

use std::cmp::Ordering;
use std::sync::Arc;

use indexmap::IndexSet;

use crate::methods::{ConstantPatterns, Name, direct};
use crate::value::Near;

/// A compiled template.
#[derive(Debug)]
pub(crate) struct Program {
    /// The template text, then the texts of strings that had doubled quotes in it and of blocks
    /// whose indentation was removed.
    pub(crate) text: Box<str>,
    /// The template itself and what runs on its own inside it: interpolated strings and the
    /// blocks of `#define`, `#macro` and `#@name`.
    pub(crate) bodies: Box<[Body]>,
    /// The body of the template itself.
    pub(crate) main: BodyIx,
    /// The macros the template defines.
    pub(crate) macros: Box<[Macro]>,
    /// Calls of macros, or of what may be one when the template runs.
    pub(crate) calls: Box<[Call]>,
    /// The regular expressions the template names.
    pub(crate) patterns: Arc<ConstantPatterns>,
}

impl Program {
    /// The text of a span.
    pub(crate) fn text(&self, span: Span) -> &str {
        &self.text[span.start as usize..span.end as usize]
    }

    /// A body by its index.
    pub(crate) fn body(&self, index: BodyIx) -> &Body {
        &self.bodies[index.0 as usize]
    }
}

/// Names and their numbers. What is compiled while a template runs adds to those of the template.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// Variables, by slot.
    pub(crate) variables: IndexSet<Box<str>>,
    /// Macros defined or called.
    pub(crate) macros: IndexSet<Box<str>>,
    /// The variables a `#foreach` sets beside its own.
    pub(crate) of_loops: LoopVariables,
}

impl Names {
    /// The slot of a variable, a new one at its first mention.
    pub(crate) fn variable(&mut self, name: &str) -> Slot {
        if let Some(known) = self.variables.get_index_of(name) {
            return Slot(known as u32);
        }
        let slot = Slot(self.variables.insert_full(name.into()).0 as u32);
        match name {
            "foreach" => self.of_loops.foreach = Some(slot),
            "velocityCount" => self.of_loops.velocity_count = Some(slot),
            "velocityHasNext" => self.of_loops.velocity_has_next = Some(slot),
            _ => {}
        }
        slot
    }

    /// The number of a macro, a new one at its first mention.
    pub(crate) fn macro_(&mut self, name: &str) -> MacroIx {
        let known = self.macros.get_index_of(name);
        MacroIx(known.unwrap_or_else(|| self.macros.insert_full(name.into()).0) as u32)
    }
}

/// Slots of the names every `#foreach` sets, where the template mentions them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LoopVariables {
    pub(crate) foreach: Option<Slot>,
    pub(crate) velocity_count: Option<Slot>,
    pub(crate) velocity_has_next: Option<Slot>,
}

impl LoopVariables {
    /// Whether there is one of Velocity 1.7 alone.
    #[inline]
    pub(crate) fn has_legacy(&self) -> bool {
        self.velocity_count.is_some() || self.velocity_has_next.is_some()
    }
}

/// `#macro(name $parameter…)`
#[derive(Debug)]
pub(crate) struct Macro {
    pub(crate) name: MacroIx,
    pub(crate) parameters: Box<[Parameter]>,
    pub(crate) body: BodyIx,
}

/// One parameter of a macro.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) slot: Slot,
    pub(crate) default: Option<Expr>,
}

/// `#name(arguments)` or `#@name(arguments) … #end`
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) name: MacroIx,
    pub(crate) arguments: Box<[Argument]>,
    /// The block of a `#@name`.
    pub(crate) body: Option<BodyIx>,
    /// What prints if there is no such macro: the call as written, with the blanks around it
    /// that are removed if there is one.
    pub(crate) literal: Span,
}

/// One argument of a macro.
#[derive(Debug)]
pub(crate) struct Argument {
    /// A bare word, which no macro takes, is [`Expr::Null`].
    pub(crate) value: Expr,
    pub(crate) source: Span,
}

/// Operations that run from first to last, but for jumps among them.
pub(crate) type Body = Box<[Line]>;

/// An operation, and what prints before it.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) before: Before,
    pub(crate) op: Op,
    /// Where in the template the operation stands.
    pub(crate) at: u32,
    /// The steps it takes, as far as they are known beforehand.
    pub(crate) cost: u64,
}

/// A piece of the template that prints before an operation, and where it stands.
#[derive(Debug, Default)]
pub(crate) struct Before {
    /// A copy, since to cut it out takes longer than to print it.
    pub(crate) text: Box<str>,
    pub(crate) at: u32,
}

/// A part of [`Program::text`], in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// Index of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot(pub(crate) u32);

/// Index of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BodyIx(pub(crate) u32);

/// Index of a macro name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MacroIx(pub(crate) u32);

/// Index of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CallIx(pub(crate) u32);

/// Index of an operation in its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label(pub(crate) u32);

impl Span {
    pub(crate) fn is_empty(self) -> bool {
        self.start == self.end
    }
}

impl Slot {
    #[inline]
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

impl Label {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// One operation.
#[derive(Debug)]
pub(crate) enum Op {
    /// Prints a piece of the template; once complete, that stands [before](Line::before) another.
    Text(Span),
    /// Prints a reference.
    Print(Reference),
    /// Prints a reference behind backslashes, an odd number of which keep it from being read, and
    /// behind dollars.
    PrintEscaped {
        reference: Reference,
        backslashes: u32,
        dollars: u32,
    },
    /// `#set($variable = value)`
    SetVariable { slot: Slot, value: Expr },
    /// `#set($variable.member = value)`
    SetMember { target: Box<Reference>, value: Expr },
    /// Makes a variable print a body.
    Define { slot: Slot, body: BodyIx },
    /// Goes on at `otherwise` unless the condition holds.
    Branch { condition: Expr, otherwise: Label },
    /// Goes on elsewhere.
    Jump(Label),
    /// Begins the first round, which starts at the next operation, or goes on at `empty` if there
    /// is none. Behind the last round the render goes on at `exit`.
    Foreach {
        variable: Slot,
        collection: Expr,
        empty: Label,
        exit: Label,
    },
    /// Begins the next round of the innermost loop, or ends the loop and goes on.
    Next,
    /// Ends loops and goes on behind the last of them.
    Break(BreakTo),
    /// Ends the render.
    Stop,
    /// Calls a macro.
    Call(CallIx),
    /// `#evaluate(text)`
    Evaluate(Expr),
    /// `#parse(name)`
    Parse(Expr),
    /// `#include(names)`
    Include(Box<[Expr]>),
}

impl Op {
    /// The steps it takes, as far as they are known beforehand.
    pub(crate) fn cost(&self) -> u64 {
        1 + match self {
            Self::Print(reference) => reference.steps.len() as u64,
            Self::Branch { condition, .. } => condition.cost_of_truth(),
            Self::SetVariable {
                value: Expr::Chain(chain),
                ..
            } => chain.cost_of_result(),
            _ => 0,
        }
    }

    /// Where this operation may lead beside to the next.
    pub(crate) fn targets(&self) -> impl Iterator<Item = Label> + use<> {
        let targets = match self {
            Self::Branch { otherwise, .. } => [Some(*otherwise), None],
            Self::Jump(target) => [Some(*target), None],
            Self::Foreach { empty, exit, .. } => [Some(*empty), Some(*exit)],
            _ => [None, None],
        };
        targets.into_iter().flatten()
    }

    /// As [`targets`](Self::targets), to be changed.
    pub(crate) fn targets_mut(&mut self) -> impl Iterator<Item = &mut Label> {
        let targets = match self {
            Self::Branch { otherwise, .. } => [Some(otherwise), None],
            Self::Jump(target) => [Some(target), None],
            Self::Foreach { empty, exit, .. } => [Some(empty), Some(exit)],
            _ => [None, None],
        };
        targets.into_iter().flatten()
    }
}

/// How far a `#break` goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BreakTo {
    /// `#break`: the innermost loop, or the body if none runs.
    Innermost,
    /// `#break($foreach.parent)`: this many loops, which must run.
    Loop(u32),
    /// `#break($foreach.topmost)`
    Outermost,
    /// `#break($other)`, which is an error.
    Nothing,
}

/// How many steps of a reference are taken each inside the one before; more would need a deep stack.
pub(crate) const NEAR_STEPS: usize = 16;

/// `$variable.property[index].method(arguments)`
#[derive(Debug)]
pub(crate) struct Reference {
    pub(crate) slot: Slot,
    pub(crate) steps: Box<[Step]>,
    /// Whether there is nothing but a few properties to it.
    pub(crate) plain: bool,
    /// Its calls, if there is nothing to it but a property or none and calls that methods of
    /// strings answer where they are.
    pub(crate) calls: Box<[direct::Call]>,
    /// Whether it prints nothing if it leads nowhere: `$!name`.
    pub(crate) quiet: bool,
    /// What stands in for it: `${name|alternative}`.
    pub(crate) alternative: Option<Box<Expr>>,
    /// As written, with `$` and braces.
    pub(crate) source: Span,
    /// Where in the template it stands.
    pub(crate) at: u32,
}

/// `.name`
#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) name: Box<str>,
    /// The name in the program's text.
    pub(crate) source: Span,
    /// Where a map had it last. Maps in a row tend to be alike, so that is where to look first.
    pub(crate) near: Near,
    /// What it is of `$foreach`.
    pub(crate) of_loop: Option<LoopMember>,
}

/// What `$foreach` tells of the round that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoopMember {
    Index,
    Count,
    HasNext,
    First,
    Last,
}

impl LoopMember {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "index" => Self::Index,
            "count" => Self::Count,
            "hasNext" => Self::HasNext,
            "first" => Self::First,
            "last" => Self::Last,
            _ => return None,
        })
    }

    /// The one that steps from `$foreach` lead to.
    #[inline]
    pub(crate) fn of(steps: &[Step]) -> Option<Self> {
        match steps {
            [Step::Property(property)] => property.of_loop,
            _ => None,
        }
    }
}

/// One step of a reference.
#[derive(Debug)]
pub(crate) enum Step {
    Property(Property),
    Index(Expr),
    Call {
        name: Span,
        /// The method, if it is one of the engine's own.
        method: Option<Name>,
        arguments: Box<[Expr]>,
    },
}

impl Step {
    pub(crate) fn as_property(&self) -> Option<&Property> {
        match self {
            Self::Property(property) => Some(property),
            Self::Index(_) | Self::Call { .. } => None,
        }
    }
}

/// An expression.
#[derive(Debug)]
pub(crate) enum Expr {
    /// A bare word as argument of a method: `null`, or any other.
    Null,
    Bool(bool),
    Int(i64),
    /// Digits of a number that does not fit 64 bits.
    BigInt(Span),
    Double(f64),
    /// A string without anything to interpolate.
    Str(Span),
    /// A string that is a template.
    Interpolated(BodyIx),
    List(Box<[Self]>),
    Range(Box<(Self, Self)>),
    Map(Box<[(Self, Self)]>),
    Reference(Box<Reference>),
    Not(Box<Self>),
    Negate(Box<Self>),
    Chain(Box<Chain>),
}

impl Expr {
    /// The steps it takes to tell whether it holds, if it is a small value at hand or compares one with
    /// a number.
    pub(crate) fn cost_of_truth(&self) -> u64 {
        match self {
            Self::Chain(chain) => chain.first.steps(),
            other => other.steps(),
        }
    }

    /// The steps of a reference.
    fn steps(&self) -> u64 {
        match self {
            Self::Reference(reference) => reference.steps.len() as u64,
            _ => 0,
        }
    }
}

/// Operands joined by operators of one precedence, from left to right.
#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) first: Expr,
    /// The first operand as written.
    pub(crate) first_source: Span,
    pub(crate) rest: Vec<Link>,
}

/// An operator and its right operand.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) operator: Operator,
    pub(crate) operand: Expr,
    /// The operand as written.
    pub(crate) source: Span,
    /// What Velocity takes for the text of the result.
    pub(crate) result_source: Span,
}

impl Chain {
    /// The steps an operator on two small numbers at hand takes: for the expression, its operands and
    /// the operator.
    fn cost_of_result(&self) -> u64 {
        self.operands().map(Expr::steps).sum::<u64>() + 4
    }

    pub(crate) fn operands(&self) -> impl Iterator<Item = &Expr> {
        std::iter::once(&self.first).chain(self.rest.iter().map(|link| &link.operand))
    }

    /// The truth of an operand that decides alone, in logic.
    #[inline]
    pub(crate) fn decisive(&self) -> Option<bool> {
        // All operators of a chain have one precedence, so the first tells whether it is logic.
        match self.rest.first()?.operator {
            Operator::Or => Some(true),
            Operator::And => Some(false),
            _ => None,
        }
    }

    pub(crate) fn is_arithmetic(&self) -> bool {
        let first = self.rest.first();
        first.is_some_and(|link| link.operator.precedence() >= Precedence::Sum)
    }
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

/// How tightly an operator binds, loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Precedence {
    Or,
    And,
    Equality,
    Relation,
    Sum,
    Product,
}

impl Operator {
    pub(crate) fn precedence(self) -> Precedence {
        match self {
            Self::Or => Precedence::Or,
            Self::And => Precedence::And,
            Self::Equal | Self::NotEqual => Precedence::Equality,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => {
                Precedence::Relation
            }
            Self::Add | Self::Subtract => Precedence::Sum,
            Self::Multiply | Self::Divide | Self::Modulo => Precedence::Product,
        }
    }
}

impl Operator {
    /// Whether a comparison of two numbers holds; none for other operators.
    #[inline]
    pub(crate) fn compare(self, left: i64, right: i64) -> Option<bool> {
        Some(match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
            _ => return None,
        })
    }

    /// Whether a comparison holds for operands in this order; none for other operators.
    pub(crate) fn accepts(self, ordering: Ordering) -> Option<bool> {
        Some(match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
            _ => return None,
        })
    }
}

impl Precedence {
    /// The next level; none behind the tightest.
    pub(crate) fn tighter(self) -> Option<Self> {
        match self {
            Self::Or => Some(Self::And),
            Self::And => Some(Self::Equality),
            Self::Equality => Some(Self::Relation),
            Self::Relation => Some(Self::Sum),
            Self::Sum => Some(Self::Product),
            Self::Product => None,
        }
    }
}
