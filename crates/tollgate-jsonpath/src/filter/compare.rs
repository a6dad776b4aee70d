//! What the operators mean, type by type.

use std::borrow::Cow;
use std::cmp::Ordering;

use tollgate_regex::Pattern;

use crate::decimal::{Decimal, compare_numbers};
use crate::error::FindError;
use crate::evaluate::Scope;
use crate::limits::MAX_DEPTH;
use crate::node::{Node, Number, View};
use crate::parse;

use super::expression::Stop;
use super::operand::{Side, Term, weight_of_text};
use super::operator::Operator;

/// How much of the work of a regular expression counts as a value touched.
const PATTERN_WORK_PER_VISIT: u64 = 16;

/// Whether `left operator right` holds.
pub(super) fn relate<N: Node>(
    left: &Term<'_, N>,
    operator: Operator,
    right: &Term<'_, N>,
    scope: &mut Scope<'_, N>,
) -> Result<bool, Stop> {
    // A filter may run over one long list for every element of another.
    scope.visit(left.weight().saturating_add(right.weight()))?;
    match operator {
        Operator::Equal => equal(left, right, scope),
        Operator::NotEqual => equal(left, right, scope).map(|equal| !equal),
        Operator::SameTypeEqual => same_type_equal(left, right, scope),
        Operator::NotSameTypeEqual => same_type_equal(left, right, scope).map(|equal| !equal),
        Operator::Less => Ok(order(left, right).is_some_and(Ordering::is_lt)),
        Operator::LessOrEqual => Ok(order(left, right).is_some_and(Ordering::is_le)),
        Operator::Greater => Ok(order(left, right).is_some_and(Ordering::is_gt)),
        Operator::GreaterOrEqual => Ok(order(left, right).is_some_and(Ordering::is_ge)),
        Operator::Matches => matches(left, right, scope),
        Operator::In => is_in(left, right, scope),
        Operator::NotIn => is_in(left, right, scope).map(|is_in| !is_in),
        Operator::SubsetOf => {
            let Some((left, right)) = lists(left, right)? else {
                return Ok(false);
            };
            for item in &left.0 {
                if !right.contains_equal(item, scope)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Operator::AnyOf | Operator::NoneOf => {
            let Some((left, right)) = lists(left, right)? else {
                return Ok(false);
            };
            let mut any = false;
            for item in &left.0 {
                any = any || right.contains_equal(item, scope)?;
            }
            Ok(any == (operator == Operator::AnyOf))
        }
        Operator::Contains => contains(left, right, scope),
        Operator::Size => Ok(has_size(left, right)),
        Operator::Empty => is_empty(left, right),
        Operator::Exists => match (left.side(), right.side()) {
            (Side::Bool(left), Side::Bool(right)) => Ok(left == right),
            (Side::Bool(_), _) | (_, Side::Bool(_)) => Err(Stop::Reject),
            _ => Err(Stop::Fail(FindError::NotJson)),
        },
        Operator::NeverHolds => Err(Stop::Reject),
    }
}

/// `1` equals `"1"`, against Jayway's manual; lists and maps are equal by their content.
fn equal<N: Node>(
    left: &Term<'_, N>,
    right: &Term<'_, N>,
    scope: &mut Scope<'_, N>,
) -> Result<bool, Stop> {
    match (left.side(), right.side()) {
        (Side::List | Side::Map, Side::List | Side::Map) => match (left, right) {
            (Term::Found(left), Term::Found(right)) => Ok(same_content(left, right, 0, scope)?),
            // Members are looked up on the right, which goes from one to the next in a literal.
            (Term::Found(left), Term::Literal(right)) => Ok(same_content(right, left, 0, scope)?),
            // Jayway compares the text of a literal on the left with what stands on the right.
            _ => Ok(false),
        },
        (left, right) => Ok(scalars_equal(&left, &right)),
    }
}

/// Not symmetric, as in Java: the left side decides whether numbers or texts are compared.
fn scalars_equal(left: &Side<'_>, right: &Side<'_>) -> bool {
    match (left, right) {
        (Side::Null, Side::Null) => true,
        (Side::Bool(left), Side::Bool(right)) => left == right,
        (Side::Number(left), Side::Number(right)) => {
            compare_numbers(left, right).is_some_and(Ordering::is_eq)
        }
        (Side::Number(left), Side::Text(right)) => {
            let (left, right) = (Decimal::of(left), Decimal::parse(right));
            left.zip(right)
                .is_some_and(|(left, right)| left.compare(&right).is_eq())
        }
        (Side::Text(left), Side::Number(right)) => {
            Decimal::of(right).is_some_and(|right| right.to_string() == *left)
        }
        (Side::Text(left), Side::Text(right)) => left == right,
        _ => false,
    }
}

fn same_type_equal<N: Node>(
    left: &Term<'_, N>,
    right: &Term<'_, N>,
    scope: &mut Scope<'_, N>,
) -> Result<bool, Stop> {
    let is_container = |side: &Side<'_>| matches!(side, Side::List | Side::Map);
    let (one, two) = (left.side(), right.side());
    let same_type = std::mem::discriminant(&one) == std::mem::discriminant(&two)
        || (is_container(&one) && is_container(&two));
    if same_type {
        equal(left, right, scope)
    } else {
        Ok(false)
    }
}

/// Java's `equals` of lists and maps: `1` and `1.0` differ, the order of members does not matter.
fn same_content<A: Node, B: Node, N: Node>(
    left: &A,
    right: &B,
    depth: usize,
    scope: &mut Scope<'_, N>,
) -> Result<bool, FindError> {
    let (left_view, right_view) = (left.view(), right.view());
    scope.visit(weight_of_text(&left_view))?;
    if depth > MAX_DEPTH {
        return Err(FindError::TooDeep);
    }
    match (left_view, right_view) {
        (View::List, View::List) if left.size() == right.size() => {
            for index in 0..left.size() {
                let pair = left.element(index).zip(right.element(index));
                let Some((left, right)) = pair else {
                    return Ok(false);
                };
                if !same_content(&left, &right, depth + 1, scope)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (View::Map, View::Map) if left.size() == right.size() => {
            let mut same = true;
            left.try_each_member(|name, left| {
                if same {
                    same = match right.member(name) {
                        Some(right) => same_content(&left, &right, depth + 1, scope)?,
                        None => false,
                    };
                }
                Ok(())
            })?;
            Ok(same)
        }
        (View::Number(Number::Double(left)), View::Number(Number::Double(right))) => {
            Ok(left.to_bits() == right.to_bits())
        }
        (View::List | View::Map, _) | (_, View::List | View::Map) => Ok(false),
        (left, right) => Ok(left == right),
    }
}

/// Numbers by value, strings by UTF-16 units; nothing else has an order.
fn order<N: Node>(left: &Term<'_, N>, right: &Term<'_, N>) -> Option<Ordering> {
    match (left.side(), right.side()) {
        (Side::Number(left), Side::Number(right)) => compare_numbers(&left, &right),
        (Side::Text(left), Side::Text(right)) => {
            Some(left.encode_utf16().cmp(right.encode_utf16()))
        }
        _ => None,
    }
}

/// A pattern matches the whole of a text, a number's text, or any element of a list. Whatever has
/// no text, a missing value included, counts as the empty text.
fn matches<N: Node>(
    left: &Term<'_, N>,
    right: &Term<'_, N>,
    scope: &mut Scope<'_, N>,
) -> Result<bool, Stop> {
    let (pattern, subject) = match (left, right) {
        (Term::Pattern(_), Term::Pattern(_)) => return Ok(false),
        (Term::Pattern(pattern), subject) | (subject, Term::Pattern(pattern)) => (pattern, subject),
        _ => return Ok(false),
    };
    match Items::of(subject) {
        None => matches_text(pattern, &subject.side(), scope),
        Some(items) => {
            for item in &items.0 {
                if matches_text(pattern, &item.side(), scope)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
    }
}

fn matches_text<N: Node>(
    pattern: &Pattern,
    subject: &Side<'_>,
    scope: &mut Scope<'_, N>,
) -> Result<bool, Stop> {
    let number = match subject {
        Side::Number(number) => Decimal::of(number).map(|number| number.to_string()),
        _ => None,
    };
    let text = match subject {
        Side::Text(text) => text,
        Side::Bool(true) => "true",
        Side::Bool(false) => "false",
        _ => number.as_deref().unwrap_or_default(),
    };
    let (matches, work) = pattern
        .matches_with_work(text)
        .map_err(|error| Stop::Fail(FindError::Pattern(error.to_string())))?;
    scope.visit(usize::try_from(work / PATTERN_WORK_PER_VISIT).unwrap_or(usize::MAX))?;
    Ok(matches)
}

fn is_in<N: Node>(
    left: &Term<'_, N>,
    right: &Term<'_, N>,
    scope: &mut Scope<'_, N>,
) -> Result<bool, Stop> {
    match list(right)? {
        Some(items) => Ok(items.contains_equal_side(&left.side(), scope)?),
        None => Ok(false),
    }
}

fn contains<N: Node>(
    left: &Term<'_, N>,
    right: &Term<'_, N>,
    scope: &mut Scope<'_, N>,
) -> Result<bool, Stop> {
    if let (Side::Text(left), Side::Text(right)) = (left.side(), right.side()) {
        return Ok(left.contains(right));
    }
    match Items::of(left) {
        Some(items) => Ok(items.contains_equal_side(&right.side(), scope)?),
        None => Ok(false),
    }
}

/// A map has the size -1.
fn has_size<N: Node>(left: &Term<'_, N>, right: &Term<'_, N>) -> bool {
    let Side::Number(expected) = right.side() else {
        return false;
    };
    let size = match left.side() {
        Side::Text(text) => i64::try_from(text.encode_utf16().count()).ok(),
        Side::List => Items::of(left).and_then(|items| i64::try_from(items.len()).ok()),
        Side::Map => Some(-1),
        _ => None,
    };
    size.is_some_and(|size| size == whole_part(&expected))
}

/// `BigDecimal.intValue()`, but for the overflow.
fn whole_part(number: &Number<'_>) -> i64 {
    match number {
        Number::Int(number) => *number,
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the fraction is to be cut off"
        )]
        number => number.to_f64() as i64,
    }
}

fn is_empty<N: Node>(left: &Term<'_, N>, right: &Term<'_, N>) -> Result<bool, Stop> {
    let empty = match left.side() {
        Side::Text(text) => text.is_empty(),
        Side::List | Side::Map => match left {
            Term::Found(value) => value.size() == 0,
            Term::Literal(value) => value.size() == 0,
            _ => false,
        },
        _ => return Ok(false),
    };
    match right.side() {
        Side::Bool(expected) => Ok(empty == expected),
        _ => Err(Stop::Reject),
    }
}

type Lists<'t, N> = (Items<'t, N>, Items<'t, N>);

/// Both sides as lists; `None` if one is a map.
fn lists<'t, N: Node>(
    left: &'t Term<'t, N>,
    right: &'t Term<'t, N>,
) -> Result<Option<Lists<'t, N>>, Stop> {
    let Some(right) = list(right)? else {
        return Ok(None);
    };
    Ok(list(left)?.map(|left| (left, right)))
}

/// The elements of a list; `None` for a map.
///
/// # Errors
///
/// [`Stop::Reject`] for anything else.
fn list<'t, N: Node>(term: &'t Term<'t, N>) -> Result<Option<Items<'t, N>>, Stop> {
    match term.side() {
        Side::List => Ok(Items::of(term)),
        Side::Map => Ok(None),
        _ => Err(Stop::Reject),
    }
}

/// The elements of a list as Jayway sees them in `in`, `contains` and the like.
struct Items<'t, N>(Vec<Term<'t, N>>);

impl<'t, N: Node> Items<'t, N> {
    fn of(term: &'t Term<'t, N>) -> Option<Self> {
        let mut items = Vec::new();
        match term {
            Term::Found(value) if value.view() == View::List => {
                let collected: Result<(), std::convert::Infallible> =
                    value.try_each_element(|element| {
                        items.push(Term::Found(element));
                        Ok(())
                    });
                let Ok(()) = collected;
            }
            Term::Literal(super::LiteralValue::List(list)) => {
                items.extend(list.iter().map(Term::Literal));
            }
            _ => return None,
        }
        Some(Self(items))
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn contains_equal(
        &self,
        wanted: &Term<'_, N>,
        scope: &mut Scope<'_, N>,
    ) -> Result<bool, FindError> {
        match wanted.side() {
            Side::Text(text) => match element_text(text, scope)? {
                Some(wanted) => self.contains_equal_side(&Side::Text(&wanted), scope),
                None => Ok(false),
            },
            side => self.contains_equal_side(&side, scope),
        }
    }

    fn contains_equal_side(
        &self,
        wanted: &Side<'_>,
        scope: &mut Scope<'_, N>,
    ) -> Result<bool, FindError> {
        for item in &self.0 {
            let equal = match item.side() {
                Side::Text(text) => element_text(text, scope)?
                    .is_some_and(|text| scalars_equal(wanted, &Side::Text(&text))),
                side => {
                    scope.visit(1)?;
                    scalars_equal(wanted, &side)
                }
            };
            if equal {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// A string as an element of a list: without quotes around it and with escapes resolved. One that
/// reads as a path or as JSON equals nothing.
fn element_text<'t, N: Node>(
    text: &'t str,
    scope: &mut Scope<'_, N>,
) -> Result<Option<Cow<'t, str>>, FindError> {
    let looks_like_json = |text: &str| {
        let text = text.trim();
        (text.starts_with('[') && text.ends_with(']'))
            || (text.starts_with('{') && text.ends_with('}'))
    };
    scope.visit(weight_of_text(&View::Text(text)) + parse::work_of_is_path(text))?;
    if parse::is_path(text) || (text.len() > 1 && looks_like_json(text)) {
        return Ok(None);
    }
    let unquoted = ['\'', '"']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(text);
    Ok(parse::unescape(unquoted))
}
