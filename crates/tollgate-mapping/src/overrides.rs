//! `$context.responseOverride`, applied.

use http::{HeaderName, HeaderValue, Response, StatusCode};
use tollgate_core::{
    Context, Event, MappingSide, Observer, Overrides, ParameterFate, Rejection, client_header,
};

/// Values that `$context.responseOverride.header` may have; clients take no more headers either.
const MAX_OVERRIDING_HEADERS: usize = 100;

/// Tells which overrides take effect, if somebody observes.
#[derive(Debug)]
pub(crate) struct ToldOverrides<'c> {
    side: MappingSide,
    context: &'c Context,
    observer: Option<&'c dyn Observer>,
}

impl<'c> ToldOverrides<'c> {
    pub(crate) const fn of_request(
        context: &'c Context,
        observer: Option<&'c dyn Observer>,
    ) -> Self {
        Self {
            side: MappingSide::Request,
            context,
            observer,
        }
    }

    pub(crate) const fn of_response(
        context: &'c Context,
        observer: Option<&'c dyn Observer>,
    ) -> Self {
        Self {
            side: MappingSide::Response,
            context,
            observer,
        }
    }

    /// Tells of an overriding header, or of another part of the message.
    pub(crate) fn tell(&self, part: &str, (name, value): (&str, &str), fate: ParameterFate<'_>) {
        if let Some(observer) = self.observer {
            let target = format!("context.{}Override.{part}.{name}", self.side.as_str());
            self.observe(observer, &target, value, fate);
        }
    }

    fn tell_status(&self, status: StatusCode) {
        if let Some(observer) = self.observer {
            let target = "context.responseOverride.status";
            self.observe(observer, target, status.as_str(), ParameterFate::Set);
        }
    }

    fn observe(&self, observer: &dyn Observer, target: &str, value: &str, fate: ParameterFate<'_>) {
        let event = Event::Overridden {
            side: self.side,
            target,
            value,
            fate,
        };
        observer.observe(self.context, &event);
    }
}

/// What becomes of a header that a client sees under this name.
pub(crate) fn header_fate<'a>(name: &str, sent_as: &'a HeaderName) -> ParameterFate<'a> {
    if name.eq_ignore_ascii_case(sent_as.as_str()) {
        ParameterFate::Set
    } else {
        ParameterFate::Renamed(sent_as.as_str())
    }
}

/// Applies what templates wrote to `$context.responseOverride`.
pub(crate) fn apply<B>(
    overrides: &Overrides,
    told: &ToldOverrides<'_>,
    response: &mut Response<B>,
) -> Result<(), Rejection> {
    if let Some(status) = overrides.response_status {
        told.tell_status(status);
        if status.is_informational() {
            let reason = format!("a response cannot end with the overriding status {status}");
            return Err(Rejection::configuration(reason));
        }
        *response.status_mut() = status;
    }
    if overrides.response_headers.len() > MAX_OVERRIDING_HEADERS {
        return Err(Rejection::configuration(
            "templates override too many headers",
        ));
    }
    let invalid = |name: &str| {
        Rejection::configuration(format!("the overriding header {name:?} cannot be sent"))
    };
    for (index, (name, value)) in overrides.response_headers.iter().enumerate() {
        let header: HeaderName = name.parse().map_err(|_| invalid(name))?;
        let Some(header) = client_header(header) else {
            told.tell("header", (name, value), ParameterFate::Dropped);
            continue;
        };
        told.tell("header", (name, value), header_fate(name, &header));
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| invalid(name))?;
        // Several values of one override stand side by side; the first replaces what was mapped.
        let earlier = &overrides.response_headers[..index];
        let is_first = earlier.iter().all(|(earlier, _)| earlier != name);
        let headers = response.headers_mut();
        let has_room = if is_first {
            headers.try_insert(header, value).is_ok()
        } else {
            headers.try_append(header, value).is_ok()
        };
        if !has_room {
            return Err(invalid(name));
        }
    }
    Ok(())
}
