//! `contentHandling`: bodies between bytes and text.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use tollgate_core::{BodyForm, Rejection};

/// What a mapping does to a body's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentHandling {
    /// Text is decoded from Base64; bytes stay as they are.
    ConvertToBinary,
    /// Bytes are encoded to Base64; text stays as it is.
    ConvertToText,
}

impl ContentHandling {
    /// The word that documents have for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConvertToBinary => "CONVERT_TO_BINARY",
            Self::ConvertToText => "CONVERT_TO_TEXT",
        }
    }
}

/// A body in the form in which templates and endpoints get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// Bytes, which no template can read.
    Binary(Bytes),
}

/// Base64 as endpoints and clients write it, padded or not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl<'a> Content<'a> {
    /// The form of a request's body, which is `text` once what is no text in it is replaced
    /// (recorded on the service).
    ///
    /// # Errors
    ///
    /// `API_CONFIGURATION_ERROR` where text that should be Base64 is not.
    pub fn of_request(
        handling: Option<ContentHandling>,
        is_binary: bool,
        (body, text): (&Bytes, &'a str),
    ) -> Result<Self, Rejection> {
        match (is_binary, handling) {
            (false, Some(ContentHandling::ConvertToBinary)) => decoded(body),
            (true, Some(ContentHandling::ConvertToText)) => Ok(encoded(body)),
            (false, _) => Ok(Self::Text(Cow::Borrowed(text))),
            (true, _) => Ok(Self::Binary(body.clone())),
        }
    }

    /// The form of an answer's body: whether its own type is binary counts, and whether the client
    /// accepts a binary one (recorded on the service).
    ///
    /// # Errors
    ///
    /// `API_CONFIGURATION_ERROR` where text that should be Base64 is not.
    pub fn of_response(
        handling: Option<ContentHandling>,
        is_binary: bool,
        accepts_binary: bool,
        (body, text): (&Bytes, &'a str),
    ) -> Result<Self, Rejection> {
        match (is_binary, accepts_binary, handling) {
            (false, _, Some(ContentHandling::ConvertToBinary)) | (false, true, None) => {
                decoded(body)
            }
            (true, _, Some(ContentHandling::ConvertToText)) | (true, false, None) => {
                Ok(encoded(body))
            }
            (false, _, _) => Ok(Self::Text(Cow::Borrowed(text))),
            (true, _, _) => Ok(Self::Binary(body.clone())),
        }
    }

    /// The bytes of either form; those of `body` itself, which it was made of, where they are the
    /// same.
    #[must_use]
    pub fn into_bytes(self, body: Bytes) -> Bytes {
        match self {
            Self::Text(text) if text.as_bytes() == body => body,
            Self::Text(text) => Bytes::from(text.into_owned()),
            Self::Binary(bytes) => bytes,
        }
    }

    /// Which form it is.
    #[must_use]
    pub const fn form(&self) -> BodyForm {
        match self {
            Self::Text(_) => BodyForm::Text,
            Self::Binary(_) => BodyForm::Binary,
        }
    }

    /// The bytes of either form.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }
}

fn encoded(body: &[u8]) -> Content<'static> {
    Content::Text(Cow::Owned(BASE64.encode(body)))
}

fn decoded(body: &[u8]) -> Result<Content<'static>, Rejection> {
    let bytes = BASE64.decode(body.trim_ascii()).map_err(|error| {
        Rejection::configuration(format!("unable to base64 decode the body: {error}"))
    })?;
    Ok(Content::Binary(bytes.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BINARY: Option<ContentHandling> = Some(ContentHandling::ConvertToBinary);
    const TEXT: Option<ContentHandling> = Some(ContentHandling::ConvertToText);

    type Outcome = Option<(&'static str, Bytes)>;

    fn said(content: Result<Content<'_>, Rejection>, body: &Bytes) -> Outcome {
        let content = content.ok()?;
        let form = match content {
            Content::Text(_) => "text",
            Content::Binary(_) => "bytes",
        };
        Some((form, content.into_bytes(body.clone())))
    }

    fn of_request(handling: Option<ContentHandling>, is_binary: bool, body: &Bytes) -> Outcome {
        let text = String::from_utf8_lossy(body);
        said(
            Content::of_request(handling, is_binary, (body, &text)),
            body,
        )
    }

    fn of_response(
        handling: Option<ContentHandling>,
        (is_binary, accepts_binary): (bool, bool),
        body: &Bytes,
    ) -> Outcome {
        let text = String::from_utf8_lossy(body);
        let content = Content::of_response(handling, is_binary, accepts_binary, (body, &text));
        said(content, body)
    }

    /// The table of section 8.4 of the data plane's reference.
    #[test]
    fn requests_take_the_recorded_forms() {
        for (is_binary, handling, body, expected) in [
            (false, None, &b"a\xffb"[..], Some(("text", "a\u{fffd}b"))),
            (false, TEXT, b"a\xffb", Some(("text", "a\u{fffd}b"))),
            (false, BINARY, b"aGk=", Some(("bytes", "hi"))),
            (false, BINARY, b"aGk", Some(("bytes", "hi"))),
            (false, BINARY, b"aGk=\r\n", Some(("bytes", "hi"))),
            (false, BINARY, b"no base64!", None),
            (true, None, b"hi", Some(("bytes", "hi"))),
            (true, BINARY, b"hi", Some(("bytes", "hi"))),
            (true, TEXT, b"hi", Some(("text", "aGk="))),
            // What is Base64 already is encoded a second time.
            (true, TEXT, b"aGk=", Some(("text", "YUdrPQ=="))),
        ] {
            let found = of_request(handling, is_binary, &Bytes::from(body));
            let expected = expected.map(|(form, text)| (form, Bytes::from(text)));
            assert_eq!(found, expected, "{is_binary} {handling:?} {body:?}");
        }
    }

    /// The table of section 11.4.
    #[test]
    fn responses_take_the_recorded_forms() {
        let text = Some(("text", "aGk="));
        let decoded = Some(("bytes", "hi"));
        let encoded = Some(("text", "YUdrPQ=="));
        let raw = Some(("bytes", "aGk="));
        for (is_binary, accepts_binary, by_none, by_text, by_binary) in [
            (false, false, text, text, decoded),
            (false, true, decoded, text, decoded),
            (true, false, encoded, encoded, raw),
            (true, true, raw, encoded, raw),
        ] {
            for (handling, expected) in [(None, by_none), (TEXT, by_text), (BINARY, by_binary)] {
                let types = (is_binary, accepts_binary);
                let found = of_response(handling, types, &Bytes::from("aGk="));
                let expected = expected.map(|(form, text)| (form, Bytes::from(text)));
                assert_eq!(found, expected, "{types:?}, {handling:?}");
            }
        }
        let no_base64 = Bytes::from("no base64!");
        assert_eq!(of_response(None, (false, true), &no_base64), None);
    }
}
