//! Text to parse tree, through pest.

mod depth;

use pest::Parser as _;
use pest::error::{Error, ErrorVariant, InputLocation};
use pest::iterators::{Pair, Pairs};
use pest_derive::Parser;

use crate::error::ParseErrorKind;

/// The grammar; see `grammar.pest`.
#[derive(Parser)]
#[grammar = "grammar.pest"]
struct Grammar;

/// A node of the parse tree.
pub(crate) type Node<'s> = Pair<'s, Rule>;

/// Parses a template, or the inside of a double-quoted string, into its items.
///
/// # Errors
///
/// What is wrong and the byte where it is.
pub(crate) fn items(
    text: &str,
    deepest: usize,
) -> Result<Pairs<'_, Rule>, (ParseErrorKind, usize)> {
    // pest recurses on brackets, so their depth is settled before it runs.
    depth::check(text, deepest).map_err(|at| (ParseErrorKind::TooDeep { limit: deepest }, at))?;
    let mut trees = Grammar::parse(Rule::template, text).map_err(|error| explain(&error))?;
    let template = trees
        .next()
        .expect("a parse yields the rule it was asked for");
    Ok(template.into_inner())
}

fn explain(error: &Error<Rule>) -> (ParseErrorKind, usize) {
    let at = match error.location {
        InputLocation::Pos(at) => at,
        InputLocation::Span((start, _)) => start,
    };
    let mut expected = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => {
            positives.iter().map(|rule| describe(*rule)).collect()
        }
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    expected.sort_unstable();
    expected.dedup();
    let expected = match expected.as_slice() {
        [] => "something else".to_owned(),
        [one] => (*one).to_owned(),
        [init @ .., last] => format!("{} or {last}", init.join(", ")),
    };
    (ParseErrorKind::Unexpected { expected }, at)
}

/// A rule in the words of a template's author.
fn describe(rule: Rule) -> &'static str {
    match rule {
        Rule::EOI | Rule::text | Rule::stray | Rule::directive_word => "text",
        Rule::line_comment | Rule::block_comment => "a comment",
        Rule::literal_text | Rule::unparsed => "]]#",
        Rule::reference
        | Rule::path
        | Rule::open_path
        | Rule::escaped_reference
        | Rule::muted_reference
        | Rule::idle_bang
        | Rule::doubled_backslashes
        | Rule::escaped_directive
        | Rule::odd_backslashes
        | Rule::backslashes => "a reference",
        Rule::name | Rule::member | Rule::bare_word => "a name",
        Rule::property | Rule::last_property | Rule::hashes => "a property",
        Rule::call => "a method call",
        Rule::index => "[index]",
        Rule::arguments | Rule::word_arguments => "(arguments)",
        Rule::assignment => "($variable = value)",
        Rule::condition => "(condition)",
        Rule::iteration => "($variable in collection)",
        Rule::definition => "($variable)",
        Rule::signature => "(name $parameter)",
        Rule::optional_reference | Rule::close => ")",
        Rule::integer | Rule::float => "a number",
        Rule::single_quoted | Rule::double_quoted | Rule::single_text | Rule::double_text => {
            "a string"
        }
        Rule::array | Rule::range_end => "a list",
        Rule::map => "a map",
        Rule::boolean => "true or false",
        Rule::not
        | Rule::or
        | Rule::and
        | Rule::equal
        | Rule::not_equal
        | Rule::less
        | Rule::less_or_equal
        | Rule::greater
        | Rule::greater_or_equal
        | Rule::plus
        | Rule::minus
        | Rule::times
        | Rule::divide
        | Rule::modulo => "an operator",
        _ => "a directive",
    }
}
