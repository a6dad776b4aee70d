//! What a template is compiled to: flat operations over numbered variables.

/// A compiled template.
#[derive(Debug)]
pub(crate) struct Program {
    /// The template text, then the texts of strings that had doubled quotes in it.
    pub(crate) text: Box<str>,
    /// The template itself and what runs on its own inside it: interpolated strings and the
    /// blocks of `#define`.
    pub(crate) bodies: Box<[Body]>,
    /// The body of the template itself.
    pub(crate) main: BodyIx,
    /// Names of the variables, by slot.
    pub(crate) names: Box<[Box<str>]>,
    /// The variables a `#foreach` sets beside its own.
    pub(crate) loop_variables: LoopVariables,
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

/// Slots of the names every `#foreach` sets, where the template mentions them.
#[derive(Debug, Default)]
pub(crate) struct LoopVariables {
    pub(crate) foreach: Option<Slot>,
    pub(crate) velocity_count: Option<Slot>,
    pub(crate) velocity_has_next: Option<Slot>,
}

/// Operations that run from first to last, but for jumps among them.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) ops: Vec<Op>,
    /// Where in the template each operation stands.
    pub(crate) places: Vec<u32>,
}

/// A part of [`Program::text`], in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// Index of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(pub(crate) u32);

/// Index of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BodyIx(pub(crate) u32);

/// Index of an operation in its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label(pub(crate) u32);

impl Label {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// One operation.
#[derive(Debug)]
pub(crate) enum Op {
    /// Prints a piece of the template.
    Text(Span),
    /// Prints a reference.
    Print(Reference),
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
    /// Begins the first round, which starts at the next operation, or goes on at `exit`.
    Foreach {
        variable: Slot,
        collection: Expr,
        exit: Label,
    },
    /// Begins the next round of the innermost loop, or ends the loop and goes on.
    Next,
    /// Ends this many loops and goes on behind the last; with fewer running, ends the body.
    Break { levels: u32 },
    /// Ends the render.
    Stop,
}

/// `$variable.property[index].method(arguments)`
#[derive(Debug)]
pub(crate) struct Reference {
    pub(crate) slot: Slot,
    pub(crate) steps: Box<[Step]>,
    /// As written, with `$` and braces.
    pub(crate) source: Span,
    /// Where in the template it stands.
    pub(crate) at: u32,
}

/// One step of a reference.
#[derive(Debug)]
pub(crate) enum Step {
    Property(Span),
    Index(Expr),
    Call {
        method: Span,
        arguments: Box<[Expr]>,
    },
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
    Chain(Box<Chain>),
}

/// Operands joined by operators of one precedence, from left to right.
#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) first: Expr,
    pub(crate) rest: Vec<(Operator, Expr)>,
}

impl Chain {
    pub(crate) fn is_arithmetic(&self) -> bool {
        let first = self.rest.first();
        first.is_some_and(|(operator, _)| operator.precedence() >= Precedence::Sum)
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
