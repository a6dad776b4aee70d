//! Templates that only substitute variables: gateway responses and access logs.

use std::borrow::Cow;

use crate::{Context, ParameterSource};

/// Bytes of a variable's name past which text is not searched for one.
const LONGEST_VARIABLE: usize = 256;

/// Bytes that a rendered text may have: what the service lets a response have.
const LONGEST_TEXT: usize = 10_485_760;

/// A text with variables in it: `$context.…`, `$stageVariables.…` and `$method.request.…`.
///
/// This is the language of gateway responses, which is not the template language: there are no
/// directives. Where a longer name fits, a shorter one does not count; whatever names no variable
/// is text.
///
/// ```
/// use tollgate_core::Substitution;
///
/// let template = Substitution::parse(r#"{"id":"$context.requestId","cost":"$5"}"#);
/// assert_eq!(template.variables().count(), 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Substitution {
    parts: Box<[Part]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(Box<str>),
    Variable(ParameterSource),
}

impl Substitution {
    /// Reads a template; every text is one.
    #[must_use]
    pub fn parse(template: &str) -> Self {
        let mut parts = Vec::new();
        let mut text_from = 0;
        let mut searched = 0;
        while let Some(found) = template[searched..].find('$') {
            let dollar = searched + found;
            searched = dollar + 1;
            let Some((source, length)) = variable(&template[searched..]) else {
                continue;
            };
            if text_from < dollar {
                parts.push(Part::Text(template[text_from..dollar].into()));
            }
            parts.push(Part::Variable(source));
            searched += length;
            text_from = searched;
        }
        if text_from < template.len() {
            parts.push(Part::Text(template[text_from..].into()));
        }
        Self {
            parts: parts.into(),
        }
    }

    /// The variables that occur, in order.
    pub fn variables(&self) -> impl Iterator<Item = &ParameterSource> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Variable(source) => Some(source),
        })
    }

    /// The text with the values of its variables; a missing value prints as `missing`.
    ///
    /// `None` where the text would be longer than 10 MiB.
    #[must_use]
    pub fn render(&self, context: &Context, missing: &str) -> Option<String> {
        let mut out = String::new();
        for part in &self.parts {
            let text = match part {
                Part::Text(text) => Cow::Borrowed(&**text),
                Part::Variable(source) => context.source(source).unwrap_or(Cow::Borrowed(missing)),
            };
            if text.len() > LONGEST_TEXT - out.len() {
                return None;
            }
            out.push_str(&text);
        }
        Some(out)
    }
}

/// The longest variable at the start of the text, and its length in bytes.
fn variable(text: &str) -> Option<(ParameterSource, usize)> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let run = text
        .bytes()
        .take(LONGEST_VARIABLE)
        .take_while(|byte| allowed(*byte))
        .count();
    (1..=run).rev().find_map(|length| {
        let name = &text[..length];
        // A dot at the end ends a sentence, not a name.
        let source = name.parse().ok().filter(|_| !name.ends_with('.'))?;
        is_substituted(&source).then_some((source, length))
    })
}

fn is_substituted(source: &ParameterSource) -> bool {
    matches!(
        source,
        ParameterSource::Context(_)
            | ParameterSource::StageVariable(_)
            | ParameterSource::MethodRequest(..)
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        ClientRequest, ExtendedRequestId, Moment, RequestId, StageContext, StageVariables,
    };

    fn render(template: &str) -> Option<String> {
        let stage = StageContext {
            account_id: "123456789012".into(),
            region: "us-east-1".into(),
            api_id: "api".into(),
            deployment_id: "d".into(),
            stage: "prod".parse().expect("it is a stage name"),
            variables: StageVariables::from_iter([("version", "7")]),
        };
        let ids = (RequestId::from_u128(0), ExtendedRequestId::from_bits(0));
        let target = "/a?page=2".parse().expect("it is a target");
        let request = ClientRequest::new(http::Method::GET, target);
        let context = Context::new(Arc::new(stage), ids, Moment::default(), request);
        Substitution::parse(template).render(&context, "-")
    }

    #[test]
    fn variables_are_replaced_and_all_else_is_text() {
        for (template, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("$", "$"),
            ("$$context.stage", "$prod"),
            ("$5 and $nope.x", "$5 and $nope.x"),
            ("$context.stage", "prod"),
            ("at $context.stage.", "at prod."),
            ("$context.stage-$context.apiId", "prod-api"),
            ("$context.requestTimeEpoch", "0"),
            ("$context.requestTimeX", "01/Jan/1970:00:00:00 +0000X"),
            ("$context.resourcePath!", "-!"),
            ("v$stageVariables.version", "v7"),
            ("$method.request.querystring.page", "2"),
            ("$method.request.header.accept", "-"),
            ("$method.request.body", "$method.request.body"),
            ("#if($context.stage)x#end", "#if(prod)x#end"),
            ("é$context.stage é", "éprod é"),
        ] {
            assert_eq!(render(template).as_deref(), Some(expected), "{template}");
        }
    }

    #[test]
    fn overlong_names_are_text() {
        let long = format!("$stageVariables.{}", "a".repeat(LONGEST_VARIABLE));
        let expected = format!("-{}", "a".repeat("stageVariables.".len()));
        assert_eq!(render(&long), Some(expected));
    }

    #[test]
    fn texts_end_at_their_limit() {
        let longest = "a".repeat(LONGEST_TEXT - "prod".len()) + "$context.stage";
        assert_eq!(render(&longest).map(|text| text.len()), Some(LONGEST_TEXT));
        assert_eq!(render(&(longest + ".")), None);
    }

    proptest::proptest! {
        #[test]
        fn every_text_is_a_template(text in proptest::prelude::any::<String>()) {
            let variables = Substitution::parse(&text).variables().count();
            proptest::prop_assert!(variables <= text.matches('$').count());
        }
    }
}
