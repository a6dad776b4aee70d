//! Definite JSONPaths: the members and elements that a template names one by one.

use thiserror::Error;
use tollgate_vtl::Value;

/// A path that leads to one place, such as `$.pets[0]['name']`.
///
/// Paths that lead to many places (`..`, `*`, filters, slices) and functions are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JsonPath<'p>(Vec<Step<'p>>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step<'p> {
    Member(&'p str),
    /// Counted from the end where negative.
    Element(i64),
}

/// Steps that a path may have.
const MAX_STEPS: usize = 128;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "JSONPath {path:?} at {at}: expected .name, ['name'] or [index]; \
     this build follows definite paths only"
)]
pub(crate) struct InvalidJsonPath {
    path: String,
    /// The offset of what does not fit, in bytes.
    at: usize,
}

impl<'p> JsonPath<'p> {
    /// Reads a path; the service takes one without its `$.` as well.
    pub(crate) fn parse(path: &'p str) -> Result<Self, InvalidJsonPath> {
        let mut steps = Vec::new();
        let mut rest = path;
        match path.strip_prefix('$') {
            Some(after) => rest = after,
            None if path.starts_with('[') => {}
            None => rest = member(path, &mut steps).ok_or_else(|| invalid(path, path))?,
        }
        while !rest.is_empty() {
            if steps.len() == MAX_STEPS {
                return Err(invalid(path, rest));
            }
            let after = match rest.strip_prefix('.') {
                Some(name) => member(name, &mut steps),
                None => bracket(rest, &mut steps),
            };
            rest = after.ok_or_else(|| invalid(path, rest))?;
        }
        Ok(Self(steps))
    }

    /// The value at the path's end; `None` where there is nothing.
    pub(crate) fn find<'a>(&self, root: &Value<'a>) -> Option<Value<'a>> {
        self.0
            .iter()
            .try_fold(root.clone(), |value, step| match step {
                Step::Member(name) => value.as_map()?.get(name),
                Step::Element(index) => {
                    let list = value.as_list()?;
                    let index = match usize::try_from(*index) {
                        Ok(index) => index,
                        Err(_) => list
                            .len()
                            .checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?,
                    };
                    list.get(index)
                }
            })
    }
}

fn invalid(path: &str, rest: &str) -> InvalidJsonPath {
    InvalidJsonPath {
        path: path.to_owned(),
        at: path.len() - rest.len(),
    }
}

/// Takes a bare name; what may not stand in one marks other kinds of paths.
fn member<'p>(text: &'p str, steps: &mut Vec<Step<'p>>) -> Option<&'p str> {
    let end = text
        .find(['.', '[', '*', '(', ')', ']', ' ', '?', '@', '\'', '"'])
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() || !(rest.is_empty() || rest.starts_with(['.', '['])) {
        return None;
    }
    steps.push(Step::Member(name));
    Some(rest)
}

/// Takes `['name']`, `["name"]` or `[index]`.
fn bracket<'p>(text: &'p str, steps: &mut Vec<Step<'p>>) -> Option<&'p str> {
    let inner = text.strip_prefix('[')?.trim_start();
    let rest = match inner.chars().next()? {
        quote @ ('\'' | '"') => {
            let (name, rest) = inner[1..].split_once(quote)?;
            // A backslash would escape the quote; such names need the whole dialect.
            if name.contains('\\') {
                return None;
            }
            steps.push(Step::Member(name));
            rest
        }
        _ => {
            let end = inner.find(|c: char| c != '-' && !c.is_ascii_digit())?;
            let (digits, rest) = inner.split_at(end);
            steps.push(Step::Element(digits.parse().ok()?));
            rest
        }
    };
    rest.trim_start().strip_prefix(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(path: &str) -> Option<String> {
        let root = Value::from_json_str(
            r#"{"a":{"b":[10,{"c":"x"}],"h-y":true,"1k":1,"sp ace":2,"nil":null},"a.b":3}"#,
        )
        .expect("it is JSON");
        let found = JsonPath::parse(path).expect("it is a path").find(&root)?;
        Some(found.to_json().expect("it is small"))
    }

    #[test]
    fn paths_lead_to_one_place() {
        for (path, expected) in [
            ("$.a.b[0]", Some("10")),
            ("$.a.b[1].c", Some(r#""x""#)),
            ("$.a.b[-1].c", Some(r#""x""#)),
            ("$['a']['b'][0]", Some("10")),
            (r#"$["a"].b[ 0 ]"#, Some("10")),
            ("$.a['sp ace']", Some("2")),
            ("$['a.b']", Some("3")),
            ("$.a.h-y", Some("true")),
            ("$.a.1k", Some("1")),
            ("$.a.nil", Some("null")),
            ("a.b[0]", Some("10")),
            ("['a'].b[0]", Some("10")),
            ("$.a.b[2]", None),
            ("$.a.b[-3]", None),
            ("$.a.b.c", None),
            ("$.a[0]", None),
            ("$.z", None),
            ("$.z.y", None),
        ] {
            assert_eq!(json(path).as_deref(), expected, "{path}");
        }
        assert!(json("$").is_some_and(|whole| whole.starts_with(r#"{"a":{"b":[10,"#)));
    }

    #[test]
    fn other_paths_are_refused_with_their_place() {
        for (path, at) in [
            ("", 0),
            ("$.", 1),
            ("$..a", 1),
            ("$.a.", 3),
            ("$.*", 1),
            ("$.a[*]", 3),
            ("$.a[?(@.x)]", 3),
            ("$.a[0,1]", 3),
            ("$.a[0:2]", 3),
            ("$.a[", 3),
            ("$.a[0", 3),
            ("$.a.length()", 3),
            ("$a", 1),
            ("$.a b", 1),
            ("$['it\\'s']", 1),
            ("$.a[99999999999999999999]", 3),
        ] {
            assert_eq!(
                JsonPath::parse(path),
                Err(InvalidJsonPath {
                    path: path.to_owned(),
                    at
                })
            );
        }
        let deep = "$".to_owned() + &".a".repeat(MAX_STEPS + 1);
        assert!(JsonPath::parse(&deep).is_err());
        assert!(JsonPath::parse(&deep[..deep.len() - 2]).is_ok());
    }

    proptest::proptest! {
        #[test]
        fn every_text_is_a_path_or_refused(text in ".*") {
            if let Err(error) = JsonPath::parse(&text) {
                proptest::prop_assert!(error.at <= text.len());
            }
        }
    }
}
