//! Laws of the grammar, on random expressions and texts in every flavour.

use proptest::prelude::*;
use tollgate_vtl::{Profile, Template, Value};

/// An expression, to be printed and to be computed here.
#[derive(Clone, Debug)]
enum Tree {
    Int(i64),
    Variable,
    Not(Box<Self>),
    Join(Box<Self>, Operator, Box<Self>),
}

#[derive(Clone, Copy, Debug)]
struct Operator {
    symbol: &'static str,
    word: Option<&'static str>,
    precedence: u8,
}

const fn operator(symbol: &'static str, word: Option<&'static str>, precedence: u8) -> Operator {
    Operator {
        symbol,
        word,
        precedence,
    }
}

const OPERATORS: [Operator; 11] = [
    operator("||", Some("or"), 1),
    operator("&&", Some("and"), 2),
    operator("==", Some("eq"), 3),
    operator("!=", Some("ne"), 3),
    operator("<", Some("lt"), 4),
    operator("<=", Some("le"), 4),
    operator(">", Some("gt"), 4),
    operator(">=", Some("ge"), 4),
    operator("+", None, 5),
    operator("-", None, 5),
    operator("*", None, 6),
];

/// What an expression is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Worth {
    Int(i64),
    Bool(bool),
    Null,
}

impl Tree {
    /// Prints with no more parentheses than precedence asks for, or around every operation.
    fn print(&self, all_parentheses: bool, words: bool, out: &mut String) {
        match self {
            Self::Int(number) => out.push_str(&number.to_string()),
            Self::Variable => out.push_str("$seven"),
            Self::Not(operand) => {
                out.push_str(if words { "not " } else { "!" });
                let group = matches!(**operand, Self::Join(..));
                operand.print_grouped(group, all_parentheses, words, out);
            }
            Self::Join(left, operator, right) => {
                let loose = |tree: &Self, least: u8| match tree {
                    Self::Join(_, inner, _) => all_parentheses || inner.precedence < least,
                    _ => false,
                };
                let group = loose(left, operator.precedence);
                left.print_grouped(group, all_parentheses, words, out);
                let word = operator.word.filter(|_| words).unwrap_or(operator.symbol);
                out.push_str(&format!(" {word} "));
                let group = loose(right, operator.precedence + 1);
                right.print_grouped(group, all_parentheses, words, out);
            }
        }
    }

    fn print_grouped(&self, group: bool, all: bool, words: bool, out: &mut String) {
        out.push_str(if group { "(" } else { "" });
        self.print(all, words, out);
        out.push_str(if group { ")" } else { "" });
    }

    fn worth(&self) -> Worth {
        match self {
            Self::Int(number) => Worth::Int(*number),
            Self::Variable => Worth::Int(7),
            Self::Not(operand) => Worth::Bool(!operand.holds()),
            Self::Join(left, operator, right) => join(left, operator.symbol, right),
        }
    }

    /// Truth in Velocity 2.x: of arithmetic none.
    fn holds(&self) -> bool {
        match (self, self.worth()) {
            (Self::Join(_, operator, _), _) if operator.precedence >= 5 => false,
            (_, Worth::Int(number)) => number != 0,
            (_, worth) => worth == Worth::Bool(true),
        }
    }
}

fn join(left: &Tree, symbol: &str, right: &Tree) -> Worth {
    match symbol {
        "||" => return Worth::Bool(left.holds() || right.holds()),
        "&&" => return Worth::Bool(left.holds() && right.holds()),
        _ => {}
    }
    match (left.worth(), symbol, right.worth()) {
        (Worth::Int(a), "==", Worth::Int(b)) => Worth::Bool(a == b),
        (Worth::Int(a), "!=", Worth::Int(b)) => Worth::Bool(a != b),
        (Worth::Int(a), "<", Worth::Int(b)) => Worth::Bool(a < b),
        (Worth::Int(a), "<=", Worth::Int(b)) => Worth::Bool(a <= b),
        (Worth::Int(a), ">", Worth::Int(b)) => Worth::Bool(a > b),
        (Worth::Int(a), ">=", Worth::Int(b)) => Worth::Bool(a >= b),
        (Worth::Int(a), "+", Worth::Int(b)) => Worth::Int(a + b),
        (Worth::Int(a), "-", Worth::Int(b)) => Worth::Int(a - b),
        (Worth::Int(a), "*", Worth::Int(b)) => Worth::Int(a * b),
        (a, "==", b) => Worth::Bool(a == b),
        (a, "!=", b) => Worth::Bool(a != b),
        (_, "<" | "<=" | ">" | ">=", _) => Worth::Bool(false),
        _ => Worth::Null,
    }
}

/// An expression of one kind: operands of arithmetic and of comparisons are numbers.
fn trees() -> impl Strategy<Value = Tree> {
    let numbers = prop_oneof![(0..20i64).prop_map(Tree::Int), Just(Tree::Variable)];
    let arithmetic = numbers.prop_recursive(4, 16, 2, |inner| {
        (inner.clone(), 8..OPERATORS.len(), inner).prop_map(joined)
    });
    let comparison = (arithmetic.clone(), 2..8usize, arithmetic).prop_map(joined);
    comparison.prop_recursive(4, 16, 2, |inner| {
        prop_oneof![
            (inner.clone(), 0..2usize, inner.clone()).prop_map(joined),
            inner.prop_map(|operand| Tree::Not(Box::new(operand))),
        ]
    })
}

fn joined((left, operator, right): (Tree, usize, Tree)) -> Tree {
    Tree::Join(Box::new(left), OPERATORS[operator], Box::new(right))
}

fn render(source: &str, profile: &Profile) -> String {
    let template = Template::parse(source, profile)
        .unwrap_or_else(|error| panic!("{source:?} does not parse: {error}"));
    let seven = |name: &str| (name == "seven").then(|| Value::from(7));
    let rendered = template.render(&seven);
    rendered.unwrap_or_else(|error| panic!("{source:?} does not render: {error}"))
}

fn profiles() -> [Profile; 3] {
    [
        Profile::velocity2(),
        Profile::velocity17(),
        Profile::api_gateway(),
    ]
}

proptest! {
    #[test]
    fn what_is_printed_is_parsed_as_it_was_meant(tree in trees()) {
        let worth = match tree.worth() {
            Worth::Bool(value) => value.to_string(),
            other => panic!("{other:?} is not of a comparison"),
        };
        for (all, words) in [(false, false), (true, false), (false, true), (true, true)] {
            let mut printed = String::new();
            tree.print(all, words, &mut printed);
            for profile in profiles() {
                let source = format!("#set($x = {printed})$x|#if({printed})true#{{else}}false#end");
                prop_assert_eq!(render(&source, &profile), format!("{worth}|{worth}"), "{}", source);
            }
        }
    }

    #[test]
    fn text_without_sigils_is_left_alone(text in "[^$#\\\\]{0,200}") {
        for profile in profiles() {
            prop_assert_eq!(render(&text, &profile), text.as_str());
        }
    }

    #[test]
    fn literal_text_is_left_alone(text in "[a-z$#{}()\\[ \n\\\\!.'\"]{0,60}") {
        prop_assume!(!text.contains("]]#"));
        for profile in profiles() {
            prop_assert_eq!(render(&format!("#[[{text}]]#"), &profile), text.as_str());
        }
    }
}
