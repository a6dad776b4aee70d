//! What matches are replaced with.

use std::{borrow::Cow, collections::HashMap};

use crate::{
    Captures, Pattern,
    error::{ReplaceError, ReplacementError, ReplacementFault, StepLimit},
};

/// A replacement in the syntax of `Matcher.appendReplacement`, parsed for one pattern.
///
/// ```
/// use tollgate_regex::Pattern;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pattern = Pattern::new(r"(\w+)=(?<value>\w+)")?;
/// let replacement = pattern.replacement(r"${value}\$$1")?;
/// assert_eq!(pattern.replace_all_with("a=1 b=2", &replacement)?, "1$a 2$b");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Group(usize),
}

impl Replacement {
    pub(crate) fn parse(
        replacement: &str,
        groups: usize,
        names: &HashMap<String, usize>,
    ) -> Result<Self, ReplacementError> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = replacement;
        while let Some(ch) = rest.chars().next() {
            let at = replacement.len() - rest.len();
            let error = |fault| ReplacementError { at, fault };
            rest = &rest[ch.len_utf8()..];
            match ch {
                '\\' => {
                    let Some(escaped) = rest.chars().next() else {
                        return Err(error(ReplacementFault::DanglingBackslash));
                    };
                    literal.push(escaped);
                    rest = &rest[escaped.len_utf8()..];
                }
                '$' => {
                    let (group, after) = match rest.strip_prefix('{') {
                        Some(named) => name(named, names).map_err(error)?,
                        None => number(rest, groups).map_err(error)?,
                    };
                    if !literal.is_empty() {
                        parts.push(Part::Literal(std::mem::take(&mut literal)));
                    }
                    parts.push(Part::Group(group));
                    rest = after;
                }
                _ => literal.push(ch),
            }
        }
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        Ok(Self { parts })
    }

    /// What a match is replaced with, piece by piece: the literals, and the groups' texts.
    ///
    /// For callers who must bound what they write; one match can make the text longer by as much as
    /// there are references to its groups.
    pub fn pieces<'r>(&'r self, captures: &'r Captures<'_, '_>) -> impl Iterator<Item = &'r str> {
        self.parts.iter().map(|part| match part {
            Part::Literal(literal) => literal.as_str(),
            // A group that took no part stands for nothing.
            Part::Group(group) => captures.get(*group).map_or("", |found| found.as_str()),
        })
    }
}

/// The group with the name before the brace, and what follows the brace.
fn name<'r>(
    rest: &'r str,
    names: &HashMap<String, usize>,
) -> Result<(usize, &'r str), ReplacementFault> {
    let (name, after) = rest.split_once('}').ok_or(ReplacementFault::GroupName)?;
    let well_formed = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|ch| ch.is_ascii_alphanumeric());
    if !well_formed {
        return Err(ReplacementFault::GroupName);
    }
    match names.get(name) {
        Some(&group) => Ok((group, after)),
        None => Err(ReplacementFault::NoSuchName(name.to_owned())),
    }
}

/// The group whose number stands first, with as many digits as still make one, and what follows.
fn number(rest: &str, groups: usize) -> Result<(usize, &str), ReplacementFault> {
    let mut digits = rest
        .bytes()
        .take_while(u8::is_ascii_digit)
        .map(|digit| usize::from(digit - b'0'));
    let first = digits.next().ok_or(ReplacementFault::NoReference)?;
    if first > groups {
        return Err(ReplacementFault::NoSuchNumber(first));
    }
    let (mut group, mut len) = (first, 1);
    for digit in digits {
        let longer = group * 10 + digit;
        if longer > groups {
            break;
        }
        group = longer;
        len += 1;
    }
    Ok((group, &rest[len..]))
}

/// Replaces up to `most` matches. A replacement at fault is none if there is nothing to replace.
pub(crate) fn replace<'t>(
    pattern: &Pattern,
    text: &'t str,
    replacement: &str,
    most: usize,
) -> Result<Cow<'t, str>, ReplaceError> {
    match pattern.replacement(replacement) {
        Ok(replacement) => Ok(replace_with(pattern, text, &replacement, most)?),
        Err(error) if pattern.find(text)?.is_some() => Err(error.into()),
        Err(_) => Ok(Cow::Borrowed(text)),
    }
}

pub(crate) fn replace_with<'t>(
    pattern: &Pattern,
    text: &'t str,
    replacement: &Replacement,
    most: usize,
) -> Result<Cow<'t, str>, StepLimit> {
    match replacement.parts.as_slice() {
        [] => return replace_literally(pattern, text, "", most),
        [Part::Literal(literal)] => return replace_literally(pattern, text, literal, most),
        _ => {}
    }
    let mut out = String::new();
    let mut from = 0;
    let mut replaced = false;
    for captures in pattern.captures_iter(text).take(most) {
        let captures = captures?;
        let Some(found) = captures.get(0) else {
            continue;
        };
        replaced = true;
        out.push_str(&text[from..found.start()]);
        out.extend(replacement.pieces(&captures));
        from = found.end();
    }
    Ok(finish(text, out, from, replaced))
}

fn replace_literally<'t>(
    pattern: &Pattern,
    text: &'t str,
    literal: &str,
    most: usize,
) -> Result<Cow<'t, str>, StepLimit> {
    let mut out = String::new();
    let mut from = 0;
    let mut replaced = false;
    for found in pattern.find_iter(text).take(most) {
        let found = found?;
        replaced = true;
        out.push_str(&text[from..found.start()]);
        out.push_str(literal);
        from = found.end();
    }
    Ok(finish(text, out, from, replaced))
}

fn finish(text: &str, mut out: String, from: usize, replaced: bool) -> Cow<'_, str> {
    if !replaced {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use crate::{Pattern, ReplacementError, ReplacementFault};

    #[test]
    fn says_what_is_wrong_and_where() {
        let pattern = Pattern::new("(a)(?<b>b)").expect("it is a pattern");
        for (replacement, at, fault) in [
            ("x\\", 1, ReplacementFault::DanglingBackslash),
            ("x$", 1, ReplacementFault::NoReference),
            ("é$x", 2, ReplacementFault::NoReference),
            ("$3", 0, ReplacementFault::NoSuchNumber(3)),
            ("${c}", 0, ReplacementFault::NoSuchName("c".into())),
            ("${b", 0, ReplacementFault::GroupName),
            ("${}", 0, ReplacementFault::GroupName),
            ("${1}", 0, ReplacementFault::GroupName),
        ] {
            let refused = pattern.replacement(replacement);
            assert_eq!(
                refused,
                Err(ReplacementError { at, fault }),
                "{replacement}"
            );
        }
    }

    #[test]
    fn takes_digits_while_the_group_exists() {
        let pattern = Pattern::new("(a)(b)").expect("it is a pattern");
        let replaced = pattern.replace_all("ab", "$12-$21-$0");
        assert_eq!(replaced.as_deref(), Ok("a2-b1-ab"));
    }
}
