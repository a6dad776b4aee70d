//! Which template makes the method response's body.

use tollgate_core::{Rejection, TemplateRule, first_media_type};

use crate::media_type::{ByMediaType, JSON, media_type_or_json};
use crate::template::{ChosenTemplate, MappingTemplate, TemplateChoice, TemplateFailure};

/// The mapping templates of an integration response, by media type.
///
/// An empty template passes the body unchanged.
#[derive(Clone, Debug, Default)]
pub struct ResponseTemplates(ByMediaType<Option<Result<MappingTemplate, TemplateFailure>>>);

impl ResponseTemplates {
    /// The template for a request with this `Accept`; `None`: the body passes unchanged.
    ///
    /// The first type that the client accepts counts; without a template for it the one for JSON
    /// applies, and without that the first.
    ///
    /// # Errors
    ///
    /// `API_CONFIGURATION_ERROR` where the template is broken.
    pub fn select(&self, accept: Option<&[u8]>) -> Result<Option<ChosenTemplate<'_>>, Rejection> {
        match self.find(accept) {
            None | Some((_, None)) => Ok(None),
            Some((key, Some(template))) => ChosenTemplate::of((key, template)).map(Some),
        }
    }

    /// What [`select`](Self::select) does for a client, for who wants to know why. The template may
    /// be an empty one.
    #[must_use]
    pub fn choice(&self, accept: Option<&[u8]>) -> TemplateChoice<'_> {
        let found = self.find(accept).map(|(key, _)| key);
        let is = |key: &str, media_type: &[u8]| key.as_bytes().eq_ignore_ascii_case(media_type);
        let rule = match (found, accept.map(first_media_type)) {
            (None, _) => TemplateRule::NoTemplates,
            (Some(key), Some(accepted)) if is(key, accepted) => TemplateRule::Exact,
            (Some(key), None) if is(key, JSON.as_bytes()) => TemplateRule::UnnamedIsJson,
            (Some(key), Some(_)) if is(key, JSON.as_bytes()) => TemplateRule::JsonFallback,
            (Some(_), _) => TemplateRule::First,
        };
        TemplateChoice {
            media_type: found,
            rule,
        }
    }

    fn find(
        &self,
        accept: Option<&[u8]>,
    ) -> Option<(&str, &Option<Result<MappingTemplate, TemplateFailure>>)> {
        let media_type = media_type_or_json(accept);
        let found = self.0.get(media_type);
        found
            .or_else(|| self.0.get(JSON.as_bytes()))
            .or_else(|| self.0.first())
    }
}

impl FromIterator<(String, Option<Result<MappingTemplate, TemplateFailure>>)>
    for ResponseTemplates
{
    fn from_iter<I>(templates: I) -> Self
    where
        I: IntoIterator<Item = (String, Option<Result<MappingTemplate, TemplateFailure>>)>,
    {
        Self(templates.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_found_for_every_client() {
        let numbered = |(index, name): (usize, &&str)| {
            let template = MappingTemplate::parse(&index.to_string());
            ((*name).to_owned(), Some(template))
        };
        for (types, accept, expected) in [
            (&["application/json", "text/xml"][..], None, Some("0")),
            (
                &["application/json", "text/xml"],
                Some("text/xml"),
                Some("1"),
            ),
            (
                &["application/json", "text/xml"],
                Some("text/xml;q=1, */*"),
                Some("1"),
            ),
            (
                &["text/xml", "application/json"],
                Some("text/html"),
                Some("1"),
            ),
            (&["text/xml", "text/plain"], Some("text/html"), Some("0")),
            (&[], Some("text/html"), None),
        ] {
            let templates: ResponseTemplates = types.iter().enumerate().map(numbered).collect();
            let chosen = templates.select(accept.map(str::as_bytes)).unwrap();
            let chosen = chosen.map(|chosen| (chosen.media_type, chosen.template.source()));
            let index = |text: &'static str| (types[text.parse::<usize>().unwrap()], text);
            assert_eq!(chosen, expected.map(index), "{types:?}, {accept:?}");
        }
    }

    #[test]
    fn an_empty_template_passes_the_body() {
        let templates = ResponseTemplates::from_iter([("application/json".to_owned(), None)]);
        assert!(templates.select(None).unwrap().is_none());
    }
}
