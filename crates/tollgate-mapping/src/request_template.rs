//! Which template makes the integration request's body.

use tollgate_core::{GatewayResponseType, Rejection, TemplateRule};

use crate::media_type::{ByMediaType, media_type_or_json};
use crate::template::{ChosenTemplate, MappingTemplate, TemplateChoice, TemplateFailure};

/// What happens to a body whose content type has no template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Passthrough {
    /// It passes unchanged.
    #[default]
    WhenNoMatch,
    /// It passes if there are no templates at all, and is refused otherwise.
    WhenNoTemplates,
    /// It is refused.
    Never,
}

/// The mapping templates of an integration request, by content type.
///
/// A template that cannot be parsed is kept as the failure that it is, and meets only the requests
/// that would have used it, as on the service.
#[derive(Clone, Debug, Default)]
pub struct RequestTemplates {
    templates: ByMediaType<Result<MappingTemplate, TemplateFailure>>,
    passthrough: Passthrough,
}

impl RequestTemplates {
    /// Templates by media type, and what happens without one.
    #[must_use]
    pub fn new(
        templates: impl IntoIterator<Item = (String, Result<MappingTemplate, TemplateFailure>)>,
        passthrough: Passthrough,
    ) -> Self {
        Self {
            templates: templates.into_iter().collect(),
            passthrough,
        }
    }

    /// Whether there are no templates at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.templates.is_empty()
    }

    /// The template for a request with this `Content-Type`; `None`: the body passes unchanged.
    ///
    /// A request without one counts as JSON, and the key `$default` fits every request.
    ///
    /// # Errors
    ///
    /// `UNSUPPORTED_MEDIA_TYPE` where the body must not pass, `API_CONFIGURATION_ERROR` where the
    /// template is broken.
    pub fn select(
        &self,
        content_type: Option<&[u8]>,
    ) -> Result<Option<ChosenTemplate<'_>>, Rejection> {
        if let Some(found) = self.find(content_type) {
            return ChosenTemplate::of(found).map(Some);
        }
        let passes = match self.passthrough {
            Passthrough::WhenNoMatch => true,
            Passthrough::WhenNoTemplates => self.templates.is_empty(),
            Passthrough::Never => false,
        };
        if passes {
            Ok(None)
        } else {
            Err(GatewayResponseType::UnsupportedMediaType.into())
        }
    }

    /// What [`select`](Self::select) does with a request, for who wants to know why.
    #[must_use]
    pub fn choice(&self, content_type: Option<&[u8]>) -> TemplateChoice<'_> {
        let found = self.find(content_type).map(|(key, _)| key);
        let rule = match (found, self.passthrough) {
            (Some("$default"), _) => TemplateRule::DefaultKey,
            (Some(_), _) if content_type.is_none() => TemplateRule::UnnamedIsJson,
            (Some(_), _) => TemplateRule::Exact,
            (None, Passthrough::Never) => TemplateRule::NeverPasses,
            (None, _) if self.templates.is_empty() => TemplateRule::NoTemplates,
            (None, Passthrough::WhenNoMatch) => TemplateRule::WhenNoMatchPasses,
            (None, Passthrough::WhenNoTemplates) => TemplateRule::WhenNoTemplatesRefuses,
        };
        TemplateChoice {
            media_type: found,
            rule,
        }
    }

    fn find(
        &self,
        content_type: Option<&[u8]>,
    ) -> Option<(&str, &Result<MappingTemplate, TemplateFailure>)> {
        let media_type = media_type_or_json(content_type);
        let found = self.templates.get(media_type);
        found.or_else(|| self.templates.get(b"$default"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_MATCH: Passthrough = Passthrough::WhenNoMatch;
    const NO_TEMPLATES: Passthrough = Passthrough::WhenNoTemplates;
    const NEVER: Passthrough = Passthrough::Never;

    fn templates(types: &[&str], passthrough: Passthrough) -> RequestTemplates {
        let template = |name: &&str| ((*name).to_owned(), MappingTemplate::parse("{}"));
        RequestTemplates::new(types.iter().map(template), passthrough)
    }

    /// The developer guide's page "Integration passthrough behaviors".
    #[test]
    fn a_template_applies_or_the_body_passes_or_is_refused() {
        let json: &[&str] = &["application/json"];
        for (types, passthrough, content_type, expected) in [
            (json, NO_MATCH, Some("application/json"), Some("template")),
            (
                json,
                NO_MATCH,
                Some("Application/JSON; charset=utf-8"),
                Some("template"),
            ),
            (json, NO_MATCH, None, Some("template")),
            // An empty header is as good as none, as it is to validators.
            (json, NEVER, Some(""), Some("template")),
            (json, NEVER, Some(";charset=utf-8"), Some("template")),
            (json, NEVER, None, Some("template")),
            (json, NO_TEMPLATES, None, Some("template")),
            (json, NO_MATCH, Some("text/xml"), Some("body")),
            (json, NO_TEMPLATES, Some("text/xml"), None),
            (json, NEVER, Some("text/xml"), None),
            (&[], NO_MATCH, Some("text/xml"), Some("body")),
            (&[], NO_TEMPLATES, Some("text/xml"), Some("body")),
            (&[], NEVER, Some("text/xml"), None),
            (&["$default"], NEVER, Some("text/xml"), Some("template")),
        ] {
            let templates = templates(types, passthrough);
            let outcome = match templates.select(content_type.map(str::as_bytes)) {
                Ok(Some(_)) => Some("template"),
                Ok(None) => Some("body"),
                Err(rejection) => {
                    let unsupported = Some(GatewayResponseType::UnsupportedMediaType);
                    assert_eq!(rejection.response_type(), unsupported);
                    None
                }
            };
            assert_eq!(
                outcome, expected,
                "{types:?}, {passthrough:?}, {content_type:?}"
            );
        }
    }

    #[test]
    fn a_broken_template_meets_only_those_who_use_it() {
        let broken = (
            "application/json".to_owned(),
            MappingTemplate::parse("#if("),
        );
        let templates = RequestTemplates::new([broken], NO_MATCH);
        let rejection = templates.select(None).unwrap_err();
        assert_eq!(
            rejection.response_type(),
            Some(GatewayResponseType::ApiConfigurationError)
        );
        assert!(templates.select(Some(b"text/plain")).unwrap().is_none());
    }
}
