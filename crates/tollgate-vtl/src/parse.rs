//! Text to parse tree, through pest.

mod depth;
mod kind;
mod tree;

use pest::RuleType;
use pest::error::{Error, ErrorVariant, InputLocation};
use pest::iterators::Pairs;

use crate::error::ParseErrorKind;
use crate::profile::Syntax;

pub(crate) use kind::Kind;
pub(crate) use tree::{Children, Node, Tree};

/// One parser from its grammar files, whose rules become [`Kind`]s.
macro_rules! dialect {
    ($name:ident, $($file:literal),+; $($own:ident => $kind:ident),*) => {
        mod $name {
            use pest_derive::Parser;

            use super::Kind;

            #[derive(Parser)]
            #[grammar = "grammar/common.pest"]
            $(#[grammar = $file])+
            pub(super) struct Grammar;

            impl From<Rule> for Kind {
                fn from(rule: Rule) -> Self {
                    match rule {
                        Rule::EOI => Self::End,
                        Rule::text => Self::Text,
                        Rule::stray => Self::Stray,
                        Rule::lost => Self::Lost,
                        Rule::line_comment | Rule::block_comment => Self::Comment,
                        Rule::literal_text => Self::LiteralText,
                        Rule::escaped_reference => Self::EscapedReference,
                        Rule::escaped_directive => Self::EscapedDirective,
                        Rule::backslashes => Self::Backslashes,
                        Rule::dollars => Self::Dollars,
                        Rule::doubled_backslashes => Self::DoubledBackslashes,
                        Rule::muted_reference => Self::MutedReference,
                        Rule::idle_bang => Self::IdleBang,
                        Rule::reference => Self::Reference,
                        Rule::property => Self::Property,
                        Rule::call => Self::MethodCall,
                        Rule::index => Self::Index,
                        Rule::arguments => Self::Arguments,
                        Rule::name | Rule::member | Rule::bare_word => Self::Word,
                        Rule::directive_word => Self::DirectiveWord,
                        Rule::set => Self::Set,
                        Rule::if_ => Self::If,
                        Rule::elseif => Self::ElseIf,
                        Rule::else_ => Self::Else,
                        Rule::end => Self::EndBlock,
                        Rule::foreach => Self::Foreach,
                        Rule::break_ => Self::Break,
                        Rule::stop => Self::Stop,
                        Rule::define => Self::Define,
                        Rule::macro_ => Self::Macro,
                        Rule::block_call => Self::BlockCall,
                        Rule::directive_call => Self::DirectiveCall,
                        Rule::assignment => Self::Assignment,
                        Rule::condition => Self::Condition,
                        Rule::iteration => Self::Iteration,
                        Rule::definition => Self::Definition,
                        Rule::signature => Self::Signature,
                        Rule::parameter => Self::Parameter,
                        Rule::word_arguments => Self::WordArguments,
                        Rule::close => Self::Close,
                        Rule::expression => Self::Expression,
                        Rule::single_quoted => Self::SingleQuoted,
                        Rule::double_quoted => Self::DoubleQuoted,
                        Rule::integer => Self::Integer,
                        Rule::float => Self::Float,
                        Rule::boolean => Self::Boolean,
                        Rule::array => Self::Array,
                        Rule::range_end => Self::RangeEnd,
                        Rule::map => Self::Map,
                        Rule::not => Self::Not,
                        Rule::or => Self::Or,
                        Rule::and => Self::And,
                        Rule::equal => Self::Equal,
                        Rule::not_equal => Self::NotEqual,
                        Rule::less => Self::Less,
                        Rule::less_or_equal => Self::LessOrEqual,
                        Rule::greater => Self::Greater,
                        Rule::greater_or_equal => Self::GreaterOrEqual,
                        Rule::plus => Self::Plus,
                        Rule::minus => Self::Minus,
                        Rule::times => Self::Times,
                        Rule::divide => Self::Divide,
                        Rule::modulo => Self::Modulo,
                        $(Rule::$own => Self::$kind,)*
                        _ => Self::Other,
                    }
                }
            }
        }
    };
}

dialect! {
    velocity17, "grammar/hyphenated_names.pest", "grammar/velocity17.pest";
    last_property => Property, any_word => Word, literal_block => LiteralBlock, dead_directive => Stray
}
dialect! {
    velocity2, "grammar/names.pest", "grammar/velocity2.pest";
    alternative => Alternative, negate => Negate, argument => Expression,
    flat_expression => Expression, index_expression => Expression
}
dialect! {
    velocity2_hyphens, "grammar/hyphenated_names.pest", "grammar/velocity2.pest";
    alternative => Alternative, negate => Negate, argument => Expression,
    flat_expression => Expression, index_expression => Expression
}

/// Parses a template, or the inside of a double-quoted string, into its items.
///
/// # Errors
///
/// What is wrong and the byte where it is.
pub(crate) fn parse(
    text: &str,
    syntax: Syntax,
    deepest: usize,
) -> Result<Tree<'_>, (ParseErrorKind, usize)> {
    // pest recurses on brackets, so their depth is settled before it runs.
    depth::check(text, deepest).map_err(|at| (ParseErrorKind::TooDeep { limit: deepest }, at))?;
    let parsed = match syntax {
        Syntax::V17 => run::<_, velocity17::Grammar>(velocity17::Rule::template, text),
        Syntax::V2 => run::<_, velocity2::Grammar>(velocity2::Rule::template, text),
        Syntax::V2Hyphens => {
            run::<_, velocity2_hyphens::Grammar>(velocity2_hyphens::Rule::template, text)
        }
    };
    parsed.map_err(|(kind, at)| {
        (
            kind.unwrap_or(ParseErrorKind::TooDeep { limit: deepest }),
            at,
        )
    })
}

fn run<R: RuleType + Into<Kind>, P: pest::Parser<R>>(
    rule: R,
    text: &str,
) -> Result<Tree<'_>, (Option<ParseErrorKind>, usize)> {
    let template: Pairs<'_, R> = P::parse(rule, text).map_err(|error| explain(&error, text))?;
    Ok(Tree::new(text, template))
}

/// What is wrong and where; nothing but that pest itself gave up if the stack is small.
fn explain<R: RuleType + Into<Kind>>(
    error: &Error<R>,
    text: &str,
) -> (Option<ParseErrorKind>, usize) {
    let at = match error.location {
        InputLocation::Pos(at) => at,
        InputLocation::Span((start, _)) => start,
    };
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else {
        return (None, at);
    };
    // What is not closed fails where it is opened.
    for (opening, closing) in [("#[[", "]]#"), ("#*", "*#")] {
        if text[at..].starts_with(opening) {
            let expected = format!("{closing} behind {opening}");
            return (Some(ParseErrorKind::Unexpected { expected }), at);
        }
    }
    let expected = positives.iter().map(|rule| (*rule).into().describe());
    let mut expected: Vec<_> = expected.collect();
    expected.sort_unstable();
    expected.dedup();
    let expected = match expected.as_slice() {
        [] => "something else".to_owned(),
        [one] => (*one).to_owned(),
        [init @ .., last] => format!("{} or {last}", init.join(", ")),
    };
    (Some(ParseErrorKind::Unexpected { expected }), at)
}
