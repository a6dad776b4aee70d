//! `$context.responseOverride`, applied.

use http::{HeaderName, HeaderValue, Response};
use tollgate_core::{Overrides, Rejection, client_header};

/// Values that `$context.responseOverride.header` may have; clients take no more headers either.
const MAX_OVERRIDING_HEADERS: usize = 100;

/// Applies what templates wrote to `$context.responseOverride`.
pub(crate) fn apply<B>(overrides: &Overrides, response: &mut Response<B>) -> Result<(), Rejection> {
    if let Some(status) = overrides.response_status {
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
            continue;
        };
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
