//! Which overload of a method a call means, and the arguments in the classes it takes.
//!
//! Velocity looks the method up by the classes of the arguments. Velocity 2.x also converts
//! arguments, such as the string `'1'` where a method takes a number.

use std::borrow::Cow;

use super::class::Type;
use super::name::Name;
use super::signature::overloads;
use crate::error::CallError;
use crate::render::Budget;
use crate::value::{IntClass, Kind, Value};

/// Up to how many arguments are looked at without allocation.
const FEW: usize = 4;

/// How well arguments suit an overload, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    No,
    /// After a conversion of Velocity's own.
    Converted,
    /// After boxing or unboxing.
    Boxed,
    /// As they are.
    Exact,
}

/// How specific one list of classes is in comparison with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Specificity {
    Incomparable,
    More,
    Equivalent,
    Less,
}

/// The arguments as a method of this name takes them; none if the receiver has no such method or
/// it cannot be told which one is meant.
///
/// # Errors
///
/// [`CallError::Arguments`] where Velocity 1.7 trips over a method without parameters, and
/// [`CallError::NotANumber`] where a conversion fails.
pub(super) fn resolve<'v, 'a>(
    receiver: &Value<'a>,
    name: Name,
    arguments: &'v [Value<'a>],
    budget: &mut Budget,
) -> Result<Option<Cow<'v, [Value<'a>]>>, CallError> {
    let mut few = [Type::Null; FEW];
    let many: Vec<Type>;
    let classes = match few.get_mut(..arguments.len()) {
        Some(few) => {
            for (place, argument) in few.iter_mut().zip(arguments) {
                *place = class(argument);
            }
            &*few
        }
        None => {
            many = arguments.iter().map(class).collect();
            &many
        }
    };
    let overloads = overloads(receiver, name);
    let found = choose(overloads, classes, budget.rules().converts_strings)?;
    found.map_or(Ok(None), |overload| {
        convert(overload, arguments, budget).map(Some)
    })
}

/// Whether the receiver has a method that takes the arguments as they are: the one Velocity
/// remembers, or one that takes strings as `CharSequence`s. No method takes them in both ways.
pub(super) fn takes<'a>(receiver: &Value<'a>, name: Name, arguments: &[Value<'a>]) -> bool {
    let same = |(formal, value): (&Type, &Value<'a>)| match (formal, class(value)) {
        (Type::Chars, Type::Str) => true,
        (formal, class) => *formal == cached(class) && !formal.is_array(),
    };
    overloads(receiver, name).iter().any(|overload| {
        overload.len() == arguments.len() && overload.iter().zip(arguments).all(same)
    })
}

/// Whether these are the classes under which Velocity remembers an overload.
fn is_same(overload: &[Type], classes: &[Type]) -> bool {
    let same = |(formal, class): (&Type, &Type)| *formal == cached(*class);
    overload.len() == classes.len() && overload.iter().zip(classes).all(same)
}

/// The overload that arguments of these classes mean.
fn choose(
    overloads: &[&'static [Type]],
    classes: &[Type],
    converts: bool,
) -> Result<Option<&'static [Type]>, CallError> {
    if let Some(same) = overloads.iter().find(|it| is_same(it, classes)) {
        return Ok(Some(same));
    }
    let least = match converts {
        true => Fit::Converted,
        false => Fit::Boxed,
    };
    let mut applicable = overloads
        .iter()
        .filter(|overload| applicability(overload, classes) >= least);
    match (applicable.next(), applicable.next()) {
        (Some(only), None) => Ok(Some(only)),
        _ if converts => Ok(best(overloads, classes)),
        _ => most_specific(overloads, classes),
    }
}

/// The class of a value, with numbers unboxed.
fn class(value: &Value<'_>) -> Type {
    match value {
        Value::Null => Type::Null,
        Value::Bool(_) => Type::Bool,
        Value::Int(number) => match number.class() {
            IntClass::Integer => Type::Int,
            IntClass::Long => Type::Long,
            IntClass::Big => Type::BigInteger,
        },
        Value::Double(_) => Type::Double,
        Value::Decimal(_) => Type::BigDecimal,
        Value::Char(_) => Type::Char,
        Value::Str(_) => Type::Str,
        Value::List(list) => match list.kind() {
            Kind::Array => match list.items().first() {
                Some(Value::Char(_)) => Type::CharArray,
                _ => Type::Strings,
            },
            Kind::Iterator => Type::Other,
            _ => Type::List,
        },
        Value::Map(_) => Type::Map,
        Value::Entry(_) | Value::Object(_) => Type::Other,
    }
}

/// The class under which Velocity remembers methods it found; null counts as an object.
fn cached(class: Type) -> Type {
    match class {
        Type::Null => Type::Object,
        class => class,
    }
}

/// Velocity 1.7's choice: the most specific of those that apply without conversion.
///
/// A method without parameters seems to apply to any arguments, and fails when it is called.
fn most_specific(
    overloads: &[&'static [Type]],
    classes: &[Type],
) -> Result<Option<&'static [Type]>, CallError> {
    let mut maximal: Vec<&'static [Type]> = Vec::new();
    for overload in overloads {
        if applicability(overload, classes) < Fit::Boxed {
            continue;
        }
        let less = |other: &&'static [Type]| is_more_specific_17(other, overload);
        if maximal.iter().any(less) {
            continue;
        }
        maximal.retain(|other| !is_more_specific_17(overload, other));
        maximal.push(overload);
    }
    match *maximal {
        [only] => Ok(Some(only)),
        [] if overloads.iter().any(|overload| overload.is_empty()) => Err(CallError::Arguments),
        _ => Ok(None),
    }
}

/// Whether some parameter of `a` is a narrower one than that of `b`, and none the reverse.
fn is_more_specific_17(a: &[Type], b: &[Type]) -> bool {
    if a.len() != b.len() {
        return a.len() > b.len();
    }
    let narrower = |a: &[Type], b: &[Type]| {
        a.iter()
            .zip(b)
            .any(|(a, b)| a != b && b.fit(*a) == Fit::Exact)
    };
    narrower(a, b) && !narrower(b, a)
}

/// Velocity 2.x's choice.
fn best(overloads: &[&'static [Type]], classes: &[Type]) -> Option<&'static [Type]> {
    struct Match {
        overload: &'static [Type],
        applicability: Fit,
        specificity: Specificity,
    }
    /// Whether a candidate is out because of another.
    fn loses(candidate: &Match, other: &Match, only_nulls: bool) -> bool {
        let widens = |it: &Match| it.specificity == Specificity::Less;
        let narrows = |it: &Match| {
            matches!(
                it.specificity,
                Specificity::More | Specificity::Incomparable
            )
        };
        if widens(other) && narrows(candidate) {
            return true;
        }
        if widens(candidate) && narrows(other) {
            return false;
        }
        if other.applicability != candidate.applicability {
            return other.applicability > candidate.applicability;
        }
        let variadic = |it: &Match| it.overload.last().is_some_and(|last| last.is_array());
        if only_nulls {
            return variadic(candidate) && !variadic(other);
        }
        compare(candidate.overload, other.overload) == Specificity::Less
    }
    let only_nulls = !classes.is_empty() && classes.iter().all(|class| *class == Type::Null);
    let mut matches: Vec<Match> = Vec::new();
    for overload in overloads {
        let applicability = applicability(overload, classes);
        if applicability == Fit::No {
            continue;
        }
        let candidate = Match {
            overload,
            applicability,
            specificity: compare(overload, classes),
        };
        if matches
            .iter()
            .any(|other| loses(&candidate, other, only_nulls))
        {
            continue;
        }
        matches.retain(|other| !loses(other, &candidate, only_nulls));
        matches.push(candidate);
    }
    match *matches {
        [ref only] => Some(only.overload),
        _ => None,
    }
}

/// How well arguments of these classes suit an overload.
fn applicability(overload: &[Type], classes: &[Type]) -> Fit {
    let component = overload.last().and_then(|last| last.component());
    let fits = |formal: &[Type], actual: &[Type]| {
        let fits = formal
            .iter()
            .zip(actual)
            .map(|(formal, actual)| formal.fit(*actual));
        fits.min().unwrap_or(Fit::Exact)
    };
    let (fixed, item) = match (overload, component) {
        (_, None) | ([], _) => {
            return match overload.len() == classes.len() {
                true => fits(overload, classes),
                false => Fit::No,
            };
        }
        ([fixed @ .., _], Some(component)) => (fixed, component),
    };
    if classes.len() < fixed.len() {
        return Fit::No;
    }
    if classes.len() == overload.len() {
        return fits(overload, classes);
    }
    let rest = classes[fixed.len()..].iter();
    let rest = rest.map(|class| item.fit(*class)).min();
    fits(fixed, classes).min(rest.unwrap_or(Fit::Exact))
}

/// How specific the classes of one list are in comparison with another.
fn compare(a: &[Type], b: &[Type]) -> Specificity {
    if a.is_empty() || b.is_empty() {
        return match a.len().cmp(&b.len()) {
            std::cmp::Ordering::Less => Specificity::Less,
            std::cmp::Ordering::Equal => Specificity::Equivalent,
            std::cmp::Ordering::Greater => Specificity::More,
        };
    }
    let length = a.len().max(b.len());
    let variadic = |types: &[Type]| match types.len() == length {
        // The other list is shorter, so it is its last class that counts.
        true => a.len() == b.len() && types[length - 1].is_array(),
        false => types[types.len() - 1].is_array(),
    };
    let (a_varies, b_varies) = (variadic(a), variadic(b));
    let at = |types: &[Type], index: usize| match types.get(index) {
        Some(last) if index + 1 == types.len() && types.len() < length => {
            Some(last.component().unwrap_or(*last))
        }
        Some(class) => Some(*class),
        None => types[types.len() - 1].component(),
    };
    let (mut to_b, mut to_a) = (Fit::Exact, Fit::Exact);
    for index in 0..length {
        match (at(a, index), at(b, index)) {
            (Some(a), Some(b)) if a == b => {}
            (Some(Type::Null) | None, Some(b)) => {
                to_a = Fit::No;
                if b.is_primitive() {
                    to_b = Fit::No;
                }
            }
            (Some(a), Some(Type::Null) | None) => {
                to_b = Fit::No;
                if a.is_primitive() {
                    to_a = Fit::No;
                }
            }
            (Some(a), Some(b)) => {
                to_b = to_b.min(b.fit(a));
                to_a = to_a.min(a.fit(b));
            }
            (None, None) => {}
        }
    }
    match to_b.cmp(&to_a) {
        _ if to_a == Fit::No && to_b == Fit::No => Specificity::Incomparable,
        std::cmp::Ordering::Greater => Specificity::More,
        std::cmp::Ordering::Less => Specificity::Less,
        std::cmp::Ordering::Equal => match (a_varies, b_varies) {
            (true, false) => Specificity::Less,
            (false, true) => Specificity::More,
            _ => Specificity::Equivalent,
        },
    }
}

/// The arguments in the classes of the overload, those of a variable number one by one.
fn convert<'v, 'a>(
    overload: &[Type],
    arguments: &'v [Value<'a>],
    budget: &mut Budget,
) -> Result<Cow<'v, [Value<'a>]>, CallError> {
    let fixed = match overload.split_last() {
        Some((last, fixed)) if last.is_array() => fixed,
        _ => overload,
    };
    if let [.., Value::List(array)] = arguments
        && matches!(array.kind(), Kind::Array)
        && fixed.len() < overload.len()
        && arguments.len() == overload.len()
    {
        budget.take_pass(array.len())?;
        let mut spread = arguments[..fixed.len()].to_vec();
        spread.extend(array.to_vec());
        return Ok(spread.into());
    }
    let needs = |(formal, value): (&Type, &Value<'a>)| formal.needs_conversion(value);
    if !fixed.iter().zip(arguments).any(needs) {
        return Ok(arguments.into());
    }
    let mut converted = arguments.to_vec();
    for (formal, value) in fixed.iter().zip(&mut converted) {
        if formal.needs_conversion(value) {
            *value = formal.convert(value, budget)?;
        }
    }
    Ok(converted.into())
}
