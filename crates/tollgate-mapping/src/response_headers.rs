//! `responseParameters`: the headers of a method response, and where their values come from.

use http::{HeaderMap, HeaderName, HeaderValue};
use tollgate_core::{Context, ParameterSource, Rejection, client_header};

use crate::Payload;
use crate::source::{Source, Values};

/// The mapped headers of a method response.
#[derive(Clone, Debug, Default)]
pub struct ResponseHeaders(Vec<Mapped>);

#[derive(Clone, Debug)]
enum Mapped {
    /// Always the same value, checked beforehand.
    Constant(HeaderName, HeaderValue),
    /// A value of the request or the answer.
    Source(HeaderName, Source),
}

impl ResponseHeaders {
    /// Maps a header; one that is not an API's to set is renamed or dropped, as [`client_header`]
    /// says.
    ///
    /// # Errors
    ///
    /// What is wrong with the source, where a response cannot read it. The mapping is left out.
    pub fn insert(&mut self, name: HeaderName, source: ParameterSource) -> Result<(), String> {
        let constant = match &source {
            ParameterSource::Static(text) if !text.is_empty() => {
                HeaderValue::from_bytes(text.as_bytes()).ok()
            }
            _ => None,
        };
        let source = Source::of_response(source)?;
        if let Some(name) = client_header(name) {
            self.0.push(match constant {
                Some(value) => Mapped::Constant(name, value),
                None => Mapped::Source(name, source),
            });
        }
        Ok(())
    }

    /// Adds the headers to a response.
    ///
    /// A source that yields nothing adds no header.
    ///
    /// # Errors
    ///
    /// `API_CONFIGURATION_ERROR` where a value cannot stand in a header, so that line breaks never
    /// reach the wire, and where a body that is read looks like JSON but is not.
    pub fn apply(
        &self,
        context: &Context,
        answer: &HeaderMap,
        payload: Payload<'_>,
        headers: &mut HeaderMap,
    ) -> Result<(), Rejection> {
        let values = Values::of_response(context, answer, payload);
        for mapped in &self.0 {
            let (name, value) = match mapped {
                Mapped::Constant(name, value) => (name, Some(value.clone())),
                Mapped::Source(name, source) => {
                    let text = source.text(&values)?;
                    (name, text.map(|text| header_value(&text)).transpose()?)
                }
            };
            if let Some(value) = value {
                headers
                    .try_insert(name, value)
                    .map_err(|_| Rejection::configuration("a response has too many headers"))?;
            }
        }
        Ok(())
    }
}

fn header_value(text: &str) -> Result<HeaderValue, Rejection> {
    HeaderValue::from_bytes(text.as_bytes())
        .map_err(|_| Rejection::configuration("a mapped header value holds a control character"))
}
