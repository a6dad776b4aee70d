//! The URI of an HTTP integration: written once in the document, filled for each request.

use http::Uri;
use http::uri::{Authority, Scheme};
use thiserror::Error;
use tollgate_core::StageVariables;

use crate::uri_text::{UriPart, UriText};

/// The URI of an endpoint, with places for stage variables and parameters.
///
/// `${stageVariables.name}` is replaced when the template is parsed, by nothing where the stage has
/// no such variable. `{name}` is filled for each request with what is mapped to
/// `integration.request.path.name`.
#[derive(Clone, Debug)]
pub struct UriTemplate {
    scheme: Scheme,
    authority: HostTemplate,
    is_host_literal: bool,
    path: Text,
    /// The query string, cut at its ampersands.
    query: Box<[Text]>,
}

/// Why a text is no URI that an integration could call.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("invalid endpoint address {uri:?}: {expected}")]
pub struct InvalidUriTemplate {
    /// The text, stage variables replaced.
    pub uri: String,
    /// What was expected of it.
    pub expected: &'static str,
}

#[derive(Clone, Debug)]
enum HostTemplate {
    Fixed(Authority),
    Filled(Text),
}

/// A text with places for parameters.
#[derive(Clone, Debug)]
struct Text(Box<[Piece]>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(Box<str>),
    Parameter(Box<str>),
}

/// Where the values of a URI's parameters come from.
pub(crate) trait PathValues {
    /// The value for a place; `None` where nothing is mapped to it.
    fn value(&self, name: &str) -> Option<UriText<'_>>;
}

/// A place that nothing is mapped to, or a value that cannot stand where it should.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Unfillable {
    #[error("invalid endpoint address: nothing is mapped to {{{0}}}")]
    Unmapped(Box<str>),
    #[error("invalid endpoint address: {0:?} is no host")]
    Host(String),
}

impl UriTemplate {
    /// Parses the URI of an integration for a stage with these variables.
    ///
    /// # Errors
    ///
    /// [`InvalidUriTemplate`] where the URI does not begin with `http://` or `https://` and a host.
    /// The scheme must be written out: the service takes none from a variable.
    pub fn parse(uri: &str, variables: &StageVariables) -> Result<Self, InvalidUriTemplate> {
        let substituted = Substituted::new(uri, variables);
        let text = &*substituted.text;
        let invalid = |expected| InvalidUriTemplate {
            uri: text.to_owned(),
            expected,
        };
        let (scheme, rest) = scheme(text).ok_or_else(|| invalid("expected http:// or https://"))?;
        let authority_at = text.len() - rest.len();
        let (rest, _fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let authority_ends = end_of_authority(rest);
        let (authority, rest) = rest.split_at(authority_ends);
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        if substituted.is_replaced_before(authority_at) {
            return Err(invalid("expected a scheme that is written out"));
        }
        let is_host_literal =
            !substituted.is_replaced_within(authority_at, authority_at + authority_ends);
        let host = Text::parse(authority);
        let is_fixed = host.is_literal();
        Ok(Self {
            scheme,
            authority: if is_fixed {
                HostTemplate::Fixed(host_of(authority).ok_or_else(|| invalid("expected a host"))?)
            } else {
                HostTemplate::Filled(host)
            },
            is_host_literal: is_host_literal && is_fixed,
            path: Text::parse(if path.is_empty() { "/" } else { path }),
            query: query
                .split('&')
                .filter(|pair| !pair.is_empty())
                .map(Text::parse)
                .collect(),
        })
    }

    /// A path and the pairs of a query string at a service's URL, whose own path comes first.
    ///
    /// `None` where the URL has no scheme or host.
    pub(crate) fn of_service(
        url: &Uri,
        is_host_literal: bool,
        path: &str,
        query: &[String],
    ) -> Option<Self> {
        let base = url.path().trim_end_matches('/');
        let pairs = query.iter().filter(|pair| !pair.is_empty());
        Some(Self {
            scheme: url.scheme()?.clone(),
            authority: HostTemplate::Fixed(url.authority()?.clone()),
            is_host_literal,
            path: Text::parse_behind(&format!("{base}/"), path),
            query: pairs.map(|pair| Text::parse(pair)).collect(),
        })
    }

    /// `http` or `https`.
    #[must_use]
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Whether the host stands in the document, word for word.
    ///
    /// One that comes from a stage variable or a request is not to be trusted with the private
    /// network that the gateway stands in.
    #[must_use]
    pub const fn is_host_literal(&self) -> bool {
        self.is_host_literal
    }

    /// The host and port, where they are the same for all requests.
    #[must_use]
    pub const fn authority(&self) -> Option<&Authority> {
        match &self.authority {
            HostTemplate::Fixed(authority) => Some(authority),
            HostTemplate::Filled(_) => None,
        }
    }

    /// The names of the parameters in the template.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        let host = match &self.authority {
            HostTemplate::Fixed(_) => None,
            HostTemplate::Filled(text) => Some(text),
        };
        let texts = host
            .into_iter()
            .chain([&self.path])
            .chain(self.query.iter());
        texts.flat_map(Text::parameters)
    }

    /// The host of a request.
    pub(crate) fn fill_authority(&self, values: &impl PathValues) -> Result<Authority, Unfillable> {
        match &self.authority {
            HostTemplate::Fixed(authority) => Ok(authority.clone()),
            HostTemplate::Filled(text) => {
                let mut host = String::new();
                text.fill(&mut host, values, UriPart::Host)?;
                host_of(&host).ok_or(Unfillable::Host(host))
            }
        }
    }

    /// Writes the path of a request, and the query string that the template brings along.
    pub(crate) fn fill_path_and_query(
        &self,
        out: &mut String,
        values: &impl PathValues,
    ) -> Result<(), Unfillable> {
        self.path.fill(out, values, UriPart::Path)?;
        let mut separator = '?';
        for pair in &self.query {
            out.push(separator);
            pair.fill(out, values, UriPart::Query)?;
            separator = '&';
        }
        Ok(())
    }
}

fn scheme(text: &str) -> Option<(Scheme, &str)> {
    let (name, rest) = text.split_once("://")?;
    if name.eq_ignore_ascii_case("http") {
        Some((Scheme::HTTP, rest))
    } else if name.eq_ignore_ascii_case("https") {
        Some((Scheme::HTTPS, rest))
    } else {
        None
    }
}

/// Where path or query begin; the names of parameters hold neither slash nor question mark.
fn end_of_authority(text: &str) -> usize {
    text.find(['/', '?']).unwrap_or(text.len())
}

/// A host with or without a port; nobody's name and password stand before it.
fn host_of(text: &str) -> Option<Authority> {
    let authority: Authority = text.parse().ok()?;
    let is_plain = !authority.host().is_empty() && !text.contains('@');
    let has_port = text.len() > authority.host().len();
    let is_port = authority.port_u16().is_some_and(|port| port > 0);
    (is_plain && has_port == is_port).then_some(authority)
}

impl Text {
    fn parse(text: &str) -> Self {
        Self::parse_behind("", text)
    }

    /// A text behind another one, in which there are no places.
    fn parse_behind(literal: &str, text: &str) -> Self {
        let mut pieces = Vec::new();
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal.into()));
        }
        let mut rest = text;
        while let Some((before, name, after)) = next_parameter(rest) {
            if !before.is_empty() {
                pieces.push(Piece::Literal(before.into()));
            }
            pieces.push(Piece::Parameter(name.into()));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest.into()));
        }
        Self(pieces.into())
    }

    fn is_literal(&self) -> bool {
        self.parameters().next().is_none()
    }

    fn parameters(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Literal(_) => None,
            Piece::Parameter(name) => Some(&**name),
        })
    }

    fn fill(
        &self,
        out: &mut String,
        values: &impl PathValues,
        part: UriPart,
    ) -> Result<(), Unfillable> {
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => out.push_str(text),
                Piece::Parameter(name) => match values.value(name) {
                    Some(value) => value.write(out, part),
                    None => return Err(Unfillable::Unmapped(name.clone())),
                },
            }
        }
        Ok(())
    }
}

/// The text before the next `{name}`, the name, and the text after it.
fn next_parameter(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let open = from + text[from..].find('{')?;
        let inside = &text[open + 1..];
        let close = inside
            .find(|c: char| !is_of_name(c))
            .unwrap_or(inside.len());
        // `${name}` is what a stage variable looks like that is none.
        let is_variable = text[..open].ends_with('$');
        if close > 0 && inside[close..].starts_with('}') && !is_variable {
            return Some((&text[..open], &inside[..close], &inside[close + 1..]));
        }
        from = open + 1;
    }
}

/// Names match `^[a-zA-Z0-9._$-]+$`, as those of all parameters do.
fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._$-".contains(c)
}

/// A text with each `${stageVariables.name}` replaced, by nothing where there is no such variable.
///
/// ```
/// use tollgate_core::StageVariables;
/// use tollgate_mapping::with_stage_variables;
///
/// let variables = StageVariables::from_iter([("link", "abc123")]);
/// assert_eq!(with_stage_variables("${stageVariables.link}", &variables), "abc123");
/// ```
#[must_use]
pub fn with_stage_variables(text: &str, variables: &StageVariables) -> String {
    Substituted::new(text, variables).text
}

/// A text with its stage variables replaced, and where.
pub(crate) struct Substituted {
    pub(crate) text: String,
    /// The byte ranges that were replaced.
    replaced: Vec<(usize, usize)>,
}

impl Substituted {
    pub(crate) fn new(source: &str, variables: &StageVariables) -> Self {
        const OPEN: &str = "${stageVariables.";
        let mut text = String::with_capacity(source.len());
        let mut replaced = Vec::new();
        let mut rest = source;
        while let Some(found) = rest.find(OPEN) {
            let inside = &rest[found + OPEN.len()..];
            let close = inside
                .find(|c: char| !is_of_name(c))
                .unwrap_or(inside.len());
            let is_variable = close > 0 && inside[close..].starts_with('}');
            if is_variable {
                text.push_str(&rest[..found]);
                let begin = text.len();
                text.push_str(variables.get(&inside[..close]).unwrap_or_default());
                replaced.push((begin, text.len()));
                rest = &inside[close + 1..];
            } else {
                text.push_str(&rest[..found + OPEN.len()]);
                rest = inside;
            }
        }
        text.push_str(rest);
        Self { text, replaced }
    }

    pub(crate) fn is_replaced_before(&self, end: usize) -> bool {
        self.replaced.iter().any(|(begin, _)| *begin < end)
    }

    fn is_replaced_within(&self, begin: usize, end: usize) -> bool {
        let touches = |range: &(usize, usize)| range.0 <= end && range.1 >= begin;
        self.replaced.iter().any(touches)
    }
}

#[cfg(test)]
impl UriTemplate {
    /// The URI with its places not filled.
    pub(crate) fn shown(&self) -> String {
        let shown = |text: &Text| -> String {
            let pieces = text.0.iter().map(|piece| match piece {
                Piece::Literal(text) => text.to_string(),
                Piece::Parameter(name) => format!("{{{name}}}"),
            });
            pieces.collect()
        };
        let host = match &self.authority {
            HostTemplate::Fixed(authority) => authority.to_string(),
            HostTemplate::Filled(text) => shown(text),
        };
        let query: Vec<_> = self.query.iter().map(shown).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!(
            "{}://{host}{}{mark}{}",
            self.scheme,
            shown(&self.path),
            query.join("&")
        )
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    struct Pairs<'a>(&'a [(&'a str, &'a str)]);

    impl PathValues for Pairs<'_> {
        fn value(&self, name: &str) -> Option<UriText<'_>> {
            let found = self.0.iter().find(|(known, _)| *known == name)?;
            let text = Cow::Borrowed(found.1);
            Some(if name == "proxy" {
                UriText::Escaped(text)
            } else {
                UriText::Plain(text)
            })
        }
    }

    fn variables() -> StageVariables {
        StageVariables::from_iter([
            ("host", "pets.example.com"),
            ("url", "example.com:8443/v2"),
            ("scheme", "http"),
            ("version", "v7"),
            ("empty", ""),
        ])
    }

    fn filled(uri: &str, values: &[(&str, &str)]) -> Result<String, String> {
        let template = UriTemplate::parse(uri, &variables()).map_err(|error| error.to_string())?;
        let values = Pairs(values);
        let authority = template
            .fill_authority(&values)
            .map_err(|e| e.to_string())?;
        let mut out = format!("{}://{authority}", template.scheme());
        template
            .fill_path_and_query(&mut out, &values)
            .map_err(|error| error.to_string())?;
        Ok(out)
    }

    #[test]
    fn places_are_filled() {
        for (uri, expected) in [
            ("http://a.example.com", "http://a.example.com/"),
            (
                "HTTPS://a.example.com:8443/x",
                "https://a.example.com:8443/x",
            ),
            ("http://a/pets/{id}", "http://a/pets/7"),
            (
                "http://a/pets?id={id}&kind=cat",
                "http://a/pets?id=7&kind=cat",
            ),
            ("http://{id}.example.com/", "http://7.example.com/"),
            ("http://{id}/", "http://7/"),
            ("http://a/{proxy}", "http://a/b%2Fc/d"),
            ("http://a/{odd}", "http://a/100%25%3Fb%23c%20d&e=f"),
            (
                "http://a/?x={odd}",
                "http://a/?x=100%25%3Fb%23c%20d%26e%3Df",
            ),
            (
                "http://${stageVariables.host}/x",
                "http://pets.example.com/x",
            ),
            (
                "http://${stageVariables.url}/x",
                "http://example.com:8443/v2/x",
            ),
            ("http://a/${stageVariables.version}/{id}", "http://a/v7/7"),
            ("http://a/x${stageVariables.none}y", "http://a/xy"),
            ("http://a/x#fragment", "http://a/x"),
            ("http://a/{}/{not closed", "http://a/{}/{not closed"),
            ("http://a/${stageVariables.}", "http://a/${stageVariables.}"),
            ("http://a/${id}", "http://a/${id}"),
            ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ] {
            let values = [("id", "7"), ("proxy", "b%2Fc/d"), ("odd", "100%?b#c d&e=f")];
            assert_eq!(filled(uri, &values).as_deref(), Ok(expected), "{uri}");
        }
    }

    #[test]
    fn what_cannot_be_called_is_refused() {
        for (uri, expected) in [
            ("", "expected http:// or https://"),
            ("example.com/x", "expected http:// or https://"),
            ("ftp://example.com", "expected http:// or https://"),
            (
                "${stageVariables.scheme}://a/",
                "expected a scheme that is written out",
            ),
            ("http://", "expected a host"),
            ("http:///x", "expected a host"),
            ("http://${stageVariables.none}/x", "expected a host"),
            ("http://${stageVariables.empty}", "expected a host"),
            ("http://user@a/", "expected a host"),
            ("http://a:/", "expected a host"),
            ("http://a b/", "expected a host"),
            ("http://a:99999/", "expected a host"),
            ("http://a/{missing}", "nothing is mapped to {missing}"),
            ("http://{evil}/", "is no host"),
            ("http://{evil}.example.com/", "is no host"),
        ] {
            let refused = filled(uri, &[("evil", "127.0.0.1/admin?")]).expect_err(uri);
            assert!(refused.contains(expected), "{uri}: {refused}");
        }
    }

    #[test]
    fn only_a_host_that_is_written_out_is_literal() {
        for (uri, expected) in [
            ("http://127.0.0.1:9000/{id}", true),
            ("http://a/${stageVariables.version}", true),
            ("http://${stageVariables.host}/", false),
            ("http://a${stageVariables.empty}/", false),
            ("http://${stageVariables.url}/x", false),
            ("http://a:${stageVariables.empty}80/x", false),
            ("http://{id}/", false),
            ("http://a.{id}/", false),
        ] {
            let template = UriTemplate::parse(uri, &variables()).expect(uri);
            assert_eq!(template.is_host_literal(), expected, "{uri}");
        }
    }

    proptest::proptest! {
        #[test]
        fn values_never_leave_their_place(value in ".*") {
            let uri = filled("http://a.example.com/x/{v}/y?q={v}&z=1", &[("v", &value)]);
            let uri: Uri = uri.expect("it is filled").parse().expect("it is a URI");
            proptest::prop_assert_eq!(uri.host(), Some("a.example.com"));
            proptest::prop_assert!(uri.path().starts_with("/x/") && uri.path().ends_with("/y"));
            let query = uri.query().expect("there is one");
            proptest::prop_assert_eq!(query.split('&').count(), 2);
            proptest::prop_assert!(query.ends_with("&z=1"));
        }
    }
}
