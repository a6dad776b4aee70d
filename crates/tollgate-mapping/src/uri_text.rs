//! Texts on their way into a URI.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// Bytes that would end a path or a query string, or are no part of a URI (RFC 3986, section 3.3).
const NOT_IN_A_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// What cannot stand in a name or value of a query string.
const NOT_IN_A_QUERY: &AsciiSet = &NOT_IN_A_PATH
    .add(b'&')
    .add(b'\'')
    .add(b'+')
    .add(b';')
    .add(b'=');

/// A value on its way into a URI.
#[derive(Clone, Debug)]
pub(crate) enum UriText<'a> {
    /// A piece of the client's path: percent escapes stay as they were sent.
    Escaped(Cow<'a, str>),
    /// Any text: a percent sign is encoded like all that is no part of a URI.
    Plain(Cow<'a, str>),
}

/// Where in a URI a text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UriPart {
    /// Into the host, where nothing can be encoded.
    Host,
    /// Into the path, where slashes part segments.
    Path,
    /// Into a name or value of the query string.
    Query,
}

impl UriText<'_> {
    /// Writes the text so that it cannot leave its part of the URI; a host must be checked after.
    pub(crate) fn write(&self, out: &mut String, part: UriPart) {
        let (Self::Escaped(text) | Self::Plain(text)) = self;
        let excluded = match part {
            UriPart::Host => return out.push_str(text),
            UriPart::Path => NOT_IN_A_PATH,
            UriPart::Query => NOT_IN_A_QUERY,
        };
        let keeps_escapes = matches!(self, Self::Escaped(_));
        // From one percent sign to the next, so that the sets need no twins.
        for (index, between) in text.split('%').enumerate() {
            if index > 0 {
                out.push_str(if keeps_escapes { "%" } else { "%25" });
            }
            out.extend(utf8_percent_encode(between, excluded));
        }
    }
}
