//! What a node of the parse tree is.

/// The rules of the grammars by what they mean, so that the compiler reads one kind of tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    // Items of a template.
    Text,
    /// A `$`, `#` or backslashes that mean nothing.
    Stray,
    /// Sigils that print nothing.
    Lost,
    Comment,
    /// `#[[` and `]]#` around text.
    LiteralText,
    EscapedReference,
    EscapedDirective,
    DoubledBackslashes,
    /// `$\!name`
    MutedReference,
    /// `$!` without a name.
    IdleBang,
    Reference,
    Set,
    If,
    ElseIf,
    Else,
    EndBlock,
    Foreach,
    Break,
    Stop,
    Define,
    Macro,
    LiteralBlock,
    /// `#@name`
    BlockCall,
    /// `#name`
    DirectiveCall,
    End,

    // Parts of items.
    Backslashes,
    Dollars,
    DirectiveWord,
    Assignment,
    Condition,
    Iteration,
    Definition,
    Signature,
    Parameter,
    WordArguments,
    Close,
    Property,
    MethodCall,
    Index,
    Arguments,
    Alternative,
    Word,

    // Operands and operators.
    Expression,
    SingleQuoted,
    DoubleQuoted,
    Integer,
    Float,
    Boolean,
    Array,
    RangeEnd,
    Map,
    Not,
    Negate,
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Divide,
    Modulo,

    /// What needs no name of its own.
    Other,
}

impl Kind {
    /// The kind in the words of a template's author.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::End | Self::Text | Self::Stray | Self::Lost | Self::DirectiveWord => "text",
            Self::Comment => "a comment",
            Self::LiteralText => "]]#",
            Self::Reference
            | Self::Backslashes
            | Self::Dollars
            | Self::EscapedReference
            | Self::MutedReference
            | Self::IdleBang
            | Self::DoubledBackslashes
            | Self::EscapedDirective
            | Self::Parameter
            | Self::Other => "a reference",
            Self::Word => "a name",
            Self::Property => "a property",
            Self::MethodCall => "a method call",
            Self::Index => "[index]",
            Self::Alternative => "|alternative",
            Self::Arguments | Self::WordArguments => "(arguments)",
            Self::Assignment => "($variable = value)",
            Self::Condition => "(condition)",
            Self::Iteration => "($variable in collection)",
            Self::Definition => "($variable)",
            Self::Signature => "(name $parameter)",
            Self::Close => ")",
            Self::Integer | Self::Float => "a number",
            Self::SingleQuoted | Self::DoubleQuoted => "a string",
            Self::Array | Self::RangeEnd => "a list",
            Self::Map => "a map",
            Self::Boolean => "true or false",
            Self::Expression => "a value",
            Self::Not
            | Self::Negate
            | Self::Or
            | Self::And
            | Self::Equal
            | Self::NotEqual
            | Self::Less
            | Self::LessOrEqual
            | Self::Greater
            | Self::GreaterOrEqual
            | Self::Plus
            | Self::Minus
            | Self::Times
            | Self::Divide
            | Self::Modulo => "an operator",
            Self::Set
            | Self::If
            | Self::ElseIf
            | Self::Else
            | Self::EndBlock
            | Self::Foreach
            | Self::Break
            | Self::Stop
            | Self::Define
            | Self::Macro
            | Self::LiteralBlock
            | Self::BlockCall
            | Self::DirectiveCall => "a directive",
        }
    }
}
