//! Paths of resources, as API documents write them.

use std::{fmt, str::FromStr, sync::Arc};

use crate::{
    MAX_PARAMETERS, PathPartFault, ResourcePathError, Spans, request_path::check_segments,
    spans::Span,
};

/// How long a resource path can be, in bytes.
pub const MAX_RESOURCE_PATH_LEN: usize = 8_192;

/// How many path parts a resource path can have. It bounds the depth of a search.
pub const MAX_PATH_PARTS: usize = 64;

/// The path of a resource: `/`, `/pets/{id}`, `/files/{path+}`.
///
/// It parses from text and prints as the same text. Clones share it.
///
/// - Each path part is a literal, a parameter `{name}` or, in the last place only, a greedy
///   parameter `{name+}`. There is none that is empty, hence no trailing slash.
/// - A literal is written as requests send it: the path characters of RFC 3986 and percent
///   escapes. It must pass [`check_path`](crate::check_path), or no request could reach it.
/// - A parameter name has letters, digits, `.`, `_`, `$`, `:` and `-`, and occurs once in a path.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ResourcePath(Arc<Parsed>);

#[derive(PartialEq, Eq, Hash)]
struct Parsed {
    text: Box<str>,
    names: Spans,
}

impl ResourcePath {
    /// The path as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// The path parts from left to right; the root resource has none.
    pub fn parts(&self) -> impl Iterator<Item = PathPart<'_>> {
        self.as_str()[1..]
            .split_terminator('/')
            .map(PathPart::classify)
    }

    /// The names of the parameters from left to right.
    pub fn parameter_names(&self) -> impl Iterator<Item = &str> {
        self.0.names.values(self.as_str())
    }

    /// The name and value of each parameter, read from the `path` that `spans` were found in.
    ///
    /// Ends early if `path` is another one, like [`Spans::values`].
    pub fn parameters<'t, 'p>(
        &'t self,
        spans: Spans,
        path: &'p str,
    ) -> impl Iterator<Item = (&'t str, &'p str)> + use<'t, 'p> {
        self.parameter_names().zip(spans.values(path))
    }
}

impl FromStr for ResourcePath {
    type Err = ResourcePathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_RESOURCE_PATH_LEN {
            return Err(ResourcePathError::TooLong { length: text.len() });
        }
        let inner = text
            .strip_prefix('/')
            .ok_or(ResourcePathError::NoLeadingSlash)?;
        let names = if inner.is_empty() {
            Spans::default()
        } else {
            parse_parts(inner)?
        };
        Ok(Self(Arc::new(Parsed {
            text: text.into(),
            names,
        })))
    }
}

impl fmt::Display for ResourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for ResourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ResourcePath").field(&self.as_str()).finish()
    }
}

/// One segment of a resource path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PathPart<'a> {
    /// Matches a segment spelled exactly so.
    Literal(&'a str),
    /// `{name}`: matches one segment that is not empty.
    Parameter(&'a str),
    /// `{name+}`: matches one or more segments.
    Greedy(&'a str),
}

impl<'a> PathPart<'a> {
    /// Tells the three kinds apart by their braces and looks no further.
    fn classify(text: &'a str) -> Self {
        match text
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
        {
            None => Self::Literal(text),
            Some(inner) => match inner.strip_suffix('+') {
                None => Self::Parameter(inner),
                Some(name) => Self::Greedy(name),
            },
        }
    }

    fn parameter_name(self) -> Option<&'a str> {
        match self {
            Self::Literal(_) => None,
            Self::Parameter(name) | Self::Greedy(name) => Some(name),
        }
    }
}

impl<'a> TryFrom<&'a str> for PathPart<'a> {
    type Error = PathPartFault;

    fn try_from(text: &'a str) -> Result<Self, Self::Error> {
        let part = Self::classify(text);
        match part.parameter_name() {
            None => check_literal(text)?,
            Some(name) => check_name(name)?,
        }
        Ok(part)
    }
}

impl fmt::Display for PathPart<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(text) => f.write_str(text),
            Self::Parameter(name) => write!(f, "{{{name}}}"),
            Self::Greedy(name) => write!(f, "{{{name}+}}"),
        }
    }
}

/// Checks everything behind the leading slash; gives the parameter names as spans of the path.
fn parse_parts(inner: &str) -> Result<Spans, ResourcePathError> {
    let count = inner.split('/').count();
    if count > MAX_PATH_PARTS {
        return Err(ResourcePathError::TooManyParts { count });
    }

    let mut names: Vec<(usize, &str)> = Vec::new();
    let mut start = "/".len();
    for (index, text) in inner.split('/').enumerate() {
        let fault = |fault| ResourcePathError::Part {
            index,
            part: text.to_owned(),
            fault,
        };
        let part = PathPart::try_from(text).map_err(fault)?;
        if let Some(name) = part.parameter_name() {
            if names.iter().any(|(_, earlier)| *earlier == name) {
                return Err(fault(PathPartFault::RepeatedName));
            }
            names.push((start + "{".len(), name));
        }
        if matches!(part, PathPart::Greedy(_)) && index + 1 < count {
            return Err(fault(PathPartFault::GreedyNotLast));
        }
        start += text.len() + "/".len();
    }

    if names.len() > MAX_PARAMETERS {
        return Err(ResourcePathError::TooManyParameters { count: names.len() });
    }
    let mut spans = Spans::default();
    for (start, name) in names {
        spans.push(Span::new(start, start + name.len()));
    }
    Ok(spans)
}

fn check_name(name: &str) -> Result<(), PathPartFault> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._$:-".contains(c);
    match name.chars().find(|c| !allowed(*c)) {
        _ if name.is_empty() => Err(PathPartFault::NoName),
        None => Ok(()),
        Some('{' | '}') => Err(PathPartFault::StrayBrace),
        Some(other) => Err(PathPartFault::NameCharacter(other)),
    }
}

/// A literal has `pchar`s of RFC 3986 §3.3, which AWS's `_ - . , :` are among.
fn check_literal(text: &str) -> Result<(), PathPartFault> {
    if text.is_empty() {
        return Err(PathPartFault::Empty);
    }
    check_segments(text).map_err(PathPartFault::Unreachable)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@%".contains(c);
    match text.chars().find(|c| !allowed(*c)) {
        None => Ok(()),
        Some('{' | '}') => Err(PathPartFault::StrayBrace),
        Some(other) => Err(PathPartFault::LiteralCharacter(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::{PathPart::*, PathPartFault::*, *};
    use crate::PathError;

    fn parse(text: &str) -> Result<ResourcePath, ResourcePathError> {
        text.parse()
    }

    #[test]
    fn paths_fall_into_parts() {
        for (text, expected) in [
            ("/", vec![]),
            ("/pets", vec![Literal("pets")]),
            ("/pets/{id}", vec![Literal("pets"), Parameter("id")]),
            (
                "/{a}/x/{b+}",
                vec![Parameter("a"), Literal("x"), Greedy("b")],
            ),
            ("/{a.b_c$d:e-9}", vec![Parameter("a.b_c$d:e-9")]),
            ("/A_-.,:z", vec![Literal("A_-.,:z")]),
            ("/~$@*+'();=!&", vec![Literal("~$@*+'();=!&")]),
            (
                "/caf%C3%A9/a%2Fb",
                vec![Literal("caf%C3%A9"), Literal("a%2Fb")],
            ),
            ("/a:b/...", vec![Literal("a:b"), Literal("...")]),
        ] {
            let path = parse(text).unwrap();
            assert_eq!(path.parts().collect::<Vec<_>>(), expected, "{text}");
            assert_eq!(path.to_string(), text);
        }
    }

    #[test]
    fn parameter_names_come_in_order() {
        let path = parse("/a/{x}/{y.z}/b/{rest+}").unwrap();
        assert_eq!(
            path.parameter_names().collect::<Vec<_>>(),
            ["x", "y.z", "rest"]
        );
    }

    #[test]
    fn faulty_parts_are_pointed_out() {
        for (text, index, part, fault) in [
            ("//", 0, "", Empty),
            ("/pets/", 1, "", Empty),
            ("/a//b", 1, "", Empty),
            ("/a/{id", 1, "{id", StrayBrace),
            ("/a/id}", 1, "id}", StrayBrace),
            ("/a/v{id}", 1, "v{id}", StrayBrace),
            ("/a/{id}.json", 1, "{id}.json", StrayBrace),
            ("/{a}{b}", 0, "{a}{b}", StrayBrace),
            ("/{{a}}", 0, "{{a}}", StrayBrace),
            ("/{}", 0, "{}", NoName),
            ("/{+}", 0, "{+}", NoName),
            ("/{a b}", 0, "{a b}", NameCharacter(' ')),
            ("/{a++}", 0, "{a++}", NameCharacter('+')),
            ("/{é}", 0, "{é}", NameCharacter('é')),
            ("/a b", 0, "a b", LiteralCharacter(' ')),
            ("/a?b", 0, "a?b", LiteralCharacter('?')),
            ("/a#b", 0, "a#b", LiteralCharacter('#')),
            ("/größe", 0, "größe", LiteralCharacter('ö')),
            ("/{a}/x/{a}", 2, "{a}", RepeatedName),
            ("/{a}/{a+}", 1, "{a+}", RepeatedName),
            ("/x/{a+}/y", 1, "{a+}", GreedyNotLast),
            (
                "/a/..",
                1,
                "..",
                Unreachable(PathError::DotSegment { at: 0 }),
            ),
            (
                "/%2e",
                0,
                "%2e",
                Unreachable(PathError::DotSegment { at: 0 }),
            ),
            ("/a%00", 0, "a%00", Unreachable(PathError::Nul { at: 1 })),
            (
                "/100%",
                0,
                "100%",
                Unreachable(PathError::MalformedEscape { at: 3 }),
            ),
        ] {
            let expected = ResourcePathError::Part {
                index,
                part: part.to_owned(),
                fault,
            };
            assert_eq!(parse(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn a_leading_slash_is_expected() {
        for text in ["", "pets", "{proxy+}", " /"] {
            assert_eq!(
                parse(text),
                Err(ResourcePathError::NoLeadingSlash),
                "{text:?}"
            );
        }
    }

    #[test]
    fn the_length_is_limited() {
        let longest = format!("/{}", "a".repeat(MAX_RESOURCE_PATH_LEN - 1));
        assert_eq!(parse(&longest).unwrap().as_str(), longest);
        let length = MAX_RESOURCE_PATH_LEN + 1;
        assert_eq!(
            parse(&(longest + "a")),
            Err(ResourcePathError::TooLong { length })
        );
    }

    #[test]
    fn the_number_of_parts_is_limited() {
        let most = "/a".repeat(MAX_PATH_PARTS);
        assert_eq!(parse(&most).unwrap().parts().count(), MAX_PATH_PARTS);
        let count = MAX_PATH_PARTS + 1;
        assert_eq!(
            parse(&(most + "/a")),
            Err(ResourcePathError::TooManyParts { count })
        );
    }

    #[test]
    fn the_number_of_parameters_is_limited() {
        let path = |count| (0..count).map(|n| format!("/{{p{n}}}")).collect::<String>();
        let most = parse(&path(MAX_PARAMETERS)).unwrap();
        assert_eq!(most.parameter_names().count(), MAX_PARAMETERS);
        let count = MAX_PARAMETERS + 1;
        assert_eq!(
            parse(&path(count)),
            Err(ResourcePathError::TooManyParameters { count })
        );
    }

    #[test]
    fn errors_say_what_and_where() {
        assert_eq!(
            parse("/pets/{id}.json").unwrap_err().to_string(),
            "path part \"{id}.json\" (index 1): \
             stray brace, expected a parameter to fill the whole path part"
        );
    }
}
