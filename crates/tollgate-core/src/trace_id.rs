//! The trace that a request belongs to.

use std::borrow::Cow;

use http::{HeaderName, HeaderValue};

use crate::Context;

/// The header that carries a trace through services.
pub const TRACE_HEADER: HeaderName = HeaderName::from_static("x-amzn-trace-id");

/// Characters of a root such as `1-5759e988-bd862e3fe1be46a994272793`.
const ROOT_LENGTH: usize = 35;

/// What a new root begins with, and where its hexadecimal digits go.
const NEW_ROOT: &[u8; 5 + ROOT_LENGTH] = b"Root=1-ssssssss-iiiiiiiiiiiiiiiiiiiiiiii";

impl Context {
    /// What `X-Amzn-Trace-Id` says to endpoints: the client's own value if it names a root,
    /// otherwise a new root.
    ///
    /// A client's root without a parent gets one, and is not sampled; with a parent, and without a
    /// word of sampling, it is (recorded on the service). What is new is made of the request's time
    /// and id, so that it is the same whoever asks, and leads from a trace to the request's log
    /// lines. The form is that of the X-Ray developer guide's page on the tracing header.
    #[must_use]
    pub fn trace_id(&self) -> Cow<'_, str> {
        let Some(sent) = self.sent_trace() else {
            return Cow::Owned(String::from_utf8_lossy(&self.new_root()).into_owned());
        };
        let (has_parent, is_sampled) = (has_field(sent, "Parent="), has_field(sent, "Sampled="));
        match (has_parent, is_sampled) {
            (true, true) => Cow::Borrowed(sent),
            (true, false) => Cow::Owned(format!("{sent};Sampled=1")),
            (false, true) => Cow::Owned(format!("{sent};Parent={:016x}", self.span())),
            (false, false) => Cow::Owned(format!("{sent};Parent={:016x};Sampled=0", self.span())),
        }
    }

    /// The same as a header.
    #[must_use]
    pub fn trace_header(&self) -> HeaderValue {
        match self.trace_id() {
            Cow::Borrowed(sent) => HeaderValue::from_str(sent),
            Cow::Owned(made) => HeaderValue::try_from(made),
        }
        .expect("it is letters, digits and signs")
    }

    fn sent_trace(&self) -> Option<&str> {
        let sent = self.request.headers.get(TRACE_HEADER)?;
        sent.to_str().ok().filter(|sent| names_root(sent))
    }

    /// The number of this request among those of a trace.
    fn span(&self) -> u64 {
        (self.request_id.as_u128() >> 64) as u64
    }

    fn new_root(&self) -> [u8; NEW_ROOT.len()] {
        let mut root = *NEW_ROOT;
        // Seconds fit eight digits until the year 2106, and begin anew after it.
        write_hex(&mut root[7..15], self.received_at.unix_seconds().into());
        write_hex(&mut root[16..], self.request_id.as_u128());
        root
    }
}

/// Fills a text with the last digits of a number.
fn write_hex(text: &mut [u8], number: u128) {
    let mut rest = number;
    for digit in text.iter_mut().rev() {
        *digit = b"0123456789abcdef"[(rest & 15) as usize];
        rest >>= 4;
    }
}

fn has_field(header: &str, field: &str) -> bool {
    header.split(';').any(|one| one.trim().starts_with(field))
}

fn names_root(header: &str) -> bool {
    let fields = header.split(';').map(str::trim);
    let mut roots = fields.filter_map(|field| field.strip_prefix("Root="));
    let well_formed = |root: &str| {
        let is_punctuated = root.starts_with("1-") && root.as_bytes().get(10) == Some(&b'-');
        let digits = root.bytes().skip(2).filter(u8::is_ascii_hexdigit).count();
        root.len() == ROOT_LENGTH && is_punctuated && digits == ROOT_LENGTH - 3
    };
    roots.next().is_some_and(well_formed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_may_name_the_root() {
        for (header, expected) in [
            ("Root=1-5759e988-bd862e3fe1be46a994272793", true),
            (
                "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
                true,
            ),
            (
                "Self=1-67891234-12456789abcdef012345678; Root=1-5759e988-bd862e3fe1be46a994272793",
                true,
            ),
            ("Root=1-5759e988-bd862e3fe1be46a99427279", false),
            ("Root=1-5759e988xbd862e3fe1be46a994272793", false),
            ("Root=1-5759e988-bd862e3fe1be46a99427279-", false),
            ("Parent=53995c3f42cd8ad8", false),
            ("", false),
        ] {
            assert_eq!(names_root(header), expected, "{header}");
        }
    }
}
