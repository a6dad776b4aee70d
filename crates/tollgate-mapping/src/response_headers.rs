//! `responseParameters`: the headers of a method response, and where their values come from.

use http::{HeaderMap, HeaderName, HeaderValue};
use tollgate_core::{Context, Observer, ParameterFate, ParameterSource, Rejection, client_header};

use crate::Payload;
use crate::overrides::header_fate;
use crate::source::{Followed, Source, Values};

/// The mapped headers of a method response.
#[derive(Clone, Debug, Default)]
pub struct ResponseHeaders(Vec<Mapped>);

#[derive(Clone, Debug)]
struct Mapped {
    /// The name that the API has for it.
    name: HeaderName,
    /// The name that the client sees; `None`: the header is dropped.
    sent_as: Option<HeaderName>,
    source: Source,
    /// The value, where it is always the same, checked beforehand.
    constant: Option<HeaderValue>,
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
        self.0.push(Mapped {
            sent_as: client_header(name.clone()),
            name,
            source,
            constant,
        });
        Ok(())
    }

    /// Whether a value comes from the answer's body.
    pub(crate) fn read_body(&self) -> bool {
        self.0.iter().any(|mapped| mapped.source.reads_body())
    }

    /// Adds the headers to a response.
    ///
    /// A source that yields nothing adds no header. The observer is told where each value comes from.
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
        observer: Option<&dyn Observer>,
    ) -> Result<(), Rejection> {
        let values = Values::of_response(context, answer, payload, observer);
        for mapped in &self.0 {
            let Some((name, value)) = mapped.field(&values)? else {
                continue;
            };
            headers
                .try_insert(name, value)
                .map_err(|_| Rejection::configuration("a response has too many headers"))?;
        }
        Ok(())
    }
}

impl Mapped {
    /// The header, unless it has no value or is dropped.
    fn field(
        &self,
        values: &Values<'_, '_>,
    ) -> Result<Option<(&HeaderName, HeaderValue)>, Rejection> {
        let Some(name) = &self.sent_as else {
            self.tell(values, None, ParameterFate::Dropped);
            return Ok(None);
        };
        if let Some(value) = &self.constant {
            if values.observer().is_some() {
                let text = String::from_utf8_lossy(value.as_bytes());
                self.tell(values, Some(&text), header_fate(self.name.as_str(), name));
            }
            return Ok(Some((name, value.clone())));
        }
        let Some(text) = self.source.text(values)? else {
            self.tell(values, None, ParameterFate::Empty);
            return Ok(None);
        };
        self.tell(values, Some(&text), header_fate(self.name.as_str(), name));
        Ok(Some((name, header_value(&text)?)))
    }

    fn tell(&self, values: &Values<'_, '_>, value: Option<&str>, fate: ParameterFate<'_>) {
        values.tell(&Followed {
            target: "method.response.header",
            name: self.name.as_str(),
            source: &self.source,
            value,
            fate,
        });
    }
}

fn header_value(text: &str) -> Result<HeaderValue, Rejection> {
    HeaderValue::from_bytes(text.as_bytes())
        .map_err(|_| Rejection::configuration("a mapped header value holds a control character"))
}
