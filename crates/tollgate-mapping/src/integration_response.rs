//! How an endpoint's answer becomes the client's response.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use tollgate_core::{Context, Event, MappingSide, Observer, Rejection};

use crate::body_form::Formed;
use crate::error_message::opened;
use crate::media_type::JSON;
use crate::overrides::ToldOverrides;
use crate::{
    BinaryMediaTypes, Content, ContentHandling, InvalidSelectionPattern, Payload, ResponseHeaders,
    ResponseTemplates, SelectionPattern, overrides,
};

/// What the service logs when no integration response is for an answer.
const NO_MATCH: &str = "no match for output mapping and no default output mapping configured";

/// One way of turning an answer into a response.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct IntegrationResponse {
    /// The answers it is for; `None`: those that no other is for.
    pub pattern: Option<Result<SelectionPattern, InvalidSelectionPattern>>,
    /// The client's status.
    pub status: StatusCode,
    /// Whether the method declares a response with this status; without one the answer is 500.
    pub is_declared: bool,
    /// The client's headers.
    pub headers: ResponseHeaders,
    /// The client's body.
    pub templates: ResponseTemplates,
    /// Which bodies are bytes.
    pub binary_media_types: Arc<BinaryMediaTypes>,
    /// What happens to the body's form.
    pub content_handling: Option<ContentHandling>,
    /// Whether answers are those of a function, whose `errorMessage` mapped headers read as JSON
    /// where it is.
    pub opens_error_message: bool,
}

impl IntegrationResponse {
    /// The default response with this status, and nothing mapped.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self {
            pattern: None,
            status,
            is_declared: true,
            headers: ResponseHeaders::default(),
            templates: ResponseTemplates::default(),
            binary_media_types: Arc::default(),
            content_handling: None,
            opens_error_message: false,
        }
    }

    /// The method response for an endpoint's answer.
    ///
    /// # Errors
    ///
    /// `API_CONFIGURATION_ERROR` where the body cannot be converted, the template fails, or a header
    /// cannot be sent.
    pub fn map(
        &self,
        context: &Context,
        (answered, body): (&HeaderMap, Bytes),
        observer: Option<&dyn Observer>,
    ) -> Result<Response<Bytes>, Rejection> {
        let accept = context.request.headers.get(header::ACCEPT);
        let accept = accept.map(HeaderValue::as_bytes);
        if let Some(observer) = observer {
            let choice = self.templates.choice(accept);
            let event = Event::TemplateChosen {
                side: MappingSide::Response,
                media_type: choice.media_type,
                rule: choice.rule,
            };
            observer.observe(context, &event);
        }
        let template = self.templates.select(accept)?;
        let text = String::from_utf8_lossy(&body);
        let opens = self.opens_error_message && self.headers.read_body();
        let opened = opens.then(|| opened(&text)).flatten();
        let payload = Payload::new(&text);
        let mut headers = HeaderMap::with_capacity(8);
        // Nothing of the endpoint's headers reaches the client unless it is mapped.
        headers.insert(
            header::CONTENT_TYPE,
            const { HeaderValue::from_static(JSON) },
        );
        let mapped = opened.as_deref().map(Payload::new);
        let mapped = mapped.unwrap_or_else(|| payload.clone());
        self.headers
            .apply(context, answered, mapped, &mut headers, observer)?;
        let content_type = answered.get(header::CONTENT_TYPE);
        let content_type = content_type.map(HeaderValue::as_bytes);
        let is_binary = self.binary_media_types.contain(content_type);
        let accepts_binary = self.binary_media_types.contain(accept);
        let handling = self.content_handling;
        let form = (&body, payload.text());
        let content = Content::of_response(handling, is_binary, accepts_binary, form)?;
        if let Some(observer) = observer {
            let formed = Formed {
                handling,
                own_entry: self.binary_media_types.entry(content_type),
                accepted_entry: self.binary_media_types.entry(accept),
                before: &body,
            };
            formed.tell((MappingSide::Response, &content), context, observer);
        }
        let (body, overrides) = match template {
            None => (content.into_bytes(body.clone()), None),
            Some(template) => {
                let input = (&content, &payload);
                let rendered = template.render(MappingSide::Response, context, input, observer)?;
                (rendered.text, rendered.overrides)
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = headers;
        overrides::apply(
            overrides.as_ref().unwrap_or(&context.overrides),
            &ToldOverrides::of_response(context, observer),
            &mut response,
        )?;
        Ok(response)
    }
}

/// The ways of turning answers into responses.
#[derive(Clone, Debug, Default)]
pub struct IntegrationResponses {
    /// Those with a pattern, by ascending status.
    selected: Box<[IntegrationResponse]>,
    default: Option<Box<IntegrationResponse>>,
}

impl FromIterator<IntegrationResponse> for IntegrationResponses {
    fn from_iter<T: IntoIterator<Item = IntegrationResponse>>(responses: T) -> Self {
        let (mut selected, mut default): (Vec<_>, Vec<_>) = responses
            .into_iter()
            .partition(|response| response.pattern.is_some());
        // Where several patterns match, the lowest status wins: a decision of ours, the service's
        // order is not known.
        selected.sort_by_key(|response| response.status);
        default.sort_by_key(|response| response.status);
        Self {
            selected: selected.into(),
            default: default.into_iter().next().map(Box::new),
        }
    }
}

impl IntegrationResponses {
    /// The way for an answer with this status.
    ///
    /// # Errors
    ///
    /// `API_CONFIGURATION_ERROR` where there is none, where a pattern that would have to be tried
    /// is broken, or where the method does not declare the response.
    pub fn select(&self, status: i64) -> Result<&IntegrationResponse, Rejection> {
        let selected = if self.selected.is_empty() {
            None
        } else {
            self.selected(&status.to_string())?
        };
        self.declared(selected, || {
            format!("{NO_MATCH}; endpoint response status code: {status}")
        })
    }

    /// The way for a function's answer: by the message of its error, which is empty if it succeeded,
    /// and never by a status.
    ///
    /// # Errors
    ///
    /// As for [`select`](Self::select).
    pub fn select_error(&self, message: &str) -> Result<&IntegrationResponse, Rejection> {
        let selected = self.selected(message)?;
        self.declared(selected, || {
            format!("{NO_MATCH}; error message of the function: {message:?}")
        })
    }

    fn declared<'r>(
        &'r self,
        selected: Option<&'r IntegrationResponse>,
        no_match: impl FnOnce() -> String,
    ) -> Result<&'r IntegrationResponse, Rejection> {
        let selected = selected.or(self.default.as_deref());
        let response = selected.ok_or_else(|| Rejection::configuration(no_match()))?;
        if !response.is_declared {
            return Err(Rejection::configuration(format!(
                "output mapping refers to an invalid method response: {}",
                response.status.as_u16()
            )));
        }
        Ok(response)
    }

    fn selected(&self, value: &str) -> Result<Option<&IntegrationResponse>, Rejection> {
        for response in &self.selected {
            match &response.pattern {
                Some(Ok(pattern)) if pattern.matches(value) => return Ok(Some(response)),
                Some(Ok(_)) | None => {}
                Some(Err(error)) => return Err(Rejection::configuration(error.to_string())),
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use tollgate_core::GatewayResponseType;

    use super::*;

    fn response(pattern: Option<&str>, status: u16) -> IntegrationResponse {
        let mut response = IntegrationResponse::new(StatusCode::from_u16(status).unwrap());
        response.pattern = pattern.map(str::parse);
        response
    }

    #[test]
    fn answers_are_selected_by_status() {
        let responses = IntegrationResponses::from_iter([
            response(None, 200),
            response(Some(r"5\d{2}"), 502),
            response(Some(r"4\d{2}"), 400),
            response(Some("404|503"), 404),
        ]);
        for (status, expected) in [
            (200, 200),
            (201, 200),
            (400, 400),
            // Two patterns match, the lower status wins.
            (404, 400),
            (503, 404),
            (500, 502),
            (-1000, 200),
        ] {
            assert_eq!(
                responses.select(status).unwrap().status.as_u16(),
                expected,
                "{status}"
            );
        }
    }

    /// Recorded on the service (`test_lambda_selection_patterns`).
    #[test]
    fn answers_of_functions_are_selected_by_their_error() {
        let responses = IntegrationResponses::from_iter([
            response(None, 200),
            response(Some(".*four hundred.*"), 405),
            response(Some(".+"), 502),
            response(Some("200"), 504),
        ]);
        for (message, expected) in [
            ("", 200),
            ("this is the four hundred error", 405),
            ("anything else", 502),
        ] {
            let found = responses.select_error(message).unwrap();
            assert_eq!(found.status.as_u16(), expected, "{message}");
        }
        let all = IntegrationResponses::from_iter([response(Some(".*"), 502)]);
        assert_eq!(all.select_error("").unwrap().status, 502);
    }

    #[test]
    fn what_cannot_be_selected_is_a_configuration_error() {
        let mut undeclared = response(None, 200);
        undeclared.is_declared = false;
        for (responses, reason) in [
            (vec![], "no match for output mapping"),
            (
                vec![response(Some("404"), 404)],
                "no match for output mapping",
            ),
            (vec![undeclared], "invalid method response: 200"),
            (
                vec![response(Some("("), 404), response(None, 200)],
                "invalid selection pattern",
            ),
        ] {
            let responses = IntegrationResponses::from_iter(responses);
            let rejection = responses.select(200).unwrap_err();
            assert_eq!(
                rejection.response_type(),
                Some(GatewayResponseType::ApiConfigurationError)
            );
            assert!(
                rejection.reason().is_some_and(|said| said.contains(reason)),
                "{rejection:?}"
            );
        }
    }
}
