//! From method request to integration request.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;
use tollgate_core::{ClientRequest, Context, MappingSide, Observer, Overrides, Rejection};

use crate::body_form::Formed;
use crate::http_request::{HttpMapping, HttpRequest, HttpRequestHead};
use crate::template::ChosenTemplate;
use crate::{
    BinaryMediaTypes, Content, ContentHandling, Payload, RequestTemplates, TemplateChoice,
};

/// How the integration request is made of a client's.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RequestMapping {
    /// Which template makes the body.
    pub templates: RequestTemplates,
    /// Which bodies are bytes.
    pub binary_media_types: Arc<BinaryMediaTypes>,
    /// What happens to the body's form.
    pub content_handling: Option<ContentHandling>,
    /// How the request of an HTTP endpoint is made; `None` where nothing is called.
    pub http: Option<HttpRequest>,
}

/// What a client's request has become.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MappedRequest {
    /// The head; `None` where nothing is called.
    pub head: Option<HttpRequestHead>,
    /// The body.
    pub body: Bytes,
    /// What the template changed of the overrides, for the next one; `None`: nothing.
    pub overrides: Option<Overrides>,
}

impl RequestMapping {
    /// The template for a request; `None`: its body passes unchanged.
    ///
    /// # Errors
    ///
    /// As for [`RequestTemplates::select`].
    pub fn select(&self, request: &ClientRequest) -> Result<Option<ChosenTemplate<'_>>, Rejection> {
        self.templates.select(content_type(request))
    }

    /// What [`select`](Self::select) does with a request, for who wants to know why; `None` where
    /// nothing is chosen: proxy integrations have no templates.
    #[must_use]
    pub fn choice(&self, request: &ClientRequest) -> Option<TemplateChoice<'_>> {
        let http = self.http.as_ref();
        let chooses = http.is_none_or(|http| http.mapping() == HttpMapping::Mapped);
        chooses.then(|| self.templates.choice(content_type(request)))
    }

    /// Whether a body that no template takes may pass on as it arrives.
    #[must_use]
    pub fn passes_bodies(&self) -> bool {
        let http = self.http.as_ref();
        http.is_some_and(|http| !http.reads_body() && self.leaves_bodies(http))
    }

    /// Bodies of a proxy integration are left as they are, bytes or text, where nothing else is
    /// said: a decision of ours.
    fn leaves_bodies(&self, http: &HttpRequest) -> bool {
        http.mapping() == HttpMapping::Proxied && self.content_handling.is_none()
    }

    /// Makes the integration request: first the body, then the head, which the template may have
    /// overridden.
    ///
    /// `payload` is the text of the body.
    ///
    /// # Errors
    ///
    /// `API_CONFIGURATION_ERROR` where the body cannot be converted or the template fails, and as
    /// for [`HttpRequest::head`].
    pub fn map<'p>(
        &self,
        template: Option<ChosenTemplate<'p>>,
        context: &'p Context,
        (body, payload): (Bytes, &Payload<'p>),
        observer: Option<&dyn Observer>,
    ) -> Result<MappedRequest, Rejection> {
        let (body, overrides) = self.body(template, context, (body, payload), observer)?;
        let applied = overrides.as_ref().unwrap_or(&context.overrides);
        let head = match &self.http {
            Some(http) => Some(http.head(context, applied, payload.clone(), observer)?),
            None => None,
        };
        Ok(MappedRequest {
            head,
            body,
            overrides,
        })
    }

    fn body<'p>(
        &self,
        template: Option<ChosenTemplate<'p>>,
        context: &'p Context,
        (body, payload): (Bytes, &Payload<'p>),
        observer: Option<&dyn Observer>,
    ) -> Result<(Bytes, Option<Overrides>), Rejection> {
        let leaves = |http| self.leaves_bodies(http);
        if self.http.as_ref().is_some_and(leaves) {
            return Ok((body, None));
        }
        let content_type = content_type(&context.request);
        let is_binary = self.binary_media_types.contain(content_type);
        let handling = self.content_handling;
        let content = Content::of_request(handling, is_binary, (&body, payload.text()))?;
        if let Some(observer) = observer {
            let formed = Formed {
                handling,
                own_entry: self.binary_media_types.entry(content_type),
                accepted_entry: None,
                before: &body,
            };
            formed.tell((MappingSide::Request, &content), context, observer);
        }
        let Some(template) = template else {
            return Ok((content.into_bytes(body), None));
        };
        let input = (&content, payload);
        let rendered = template.render(MappingSide::Request, context, input, observer)?;
        Ok((rendered.text, rendered.overrides))
    }
}

fn content_type(request: &ClientRequest) -> Option<&[u8]> {
    request.content_type().map(HeaderValue::as_bytes)
}
