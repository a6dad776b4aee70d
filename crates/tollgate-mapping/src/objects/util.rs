//! `$util`.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tollgate_vtl::{CallError, Object, Str, Value};

/// `$util`: functions on text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Util;

impl<'a> Object<'a> for Util {
    fn call(&self, method: &str, arguments: &[Value<'a>]) -> Result<Option<Value<'a>>, CallError> {
        let [value] = arguments else { return Ok(None) };
        // As for all that is null, nothing goes in and nothing comes out.
        let text = if value.is_null() {
            Str::from("")
        } else {
            argument(value)?
        };
        Ok(Some(match method {
            "escapeJavaScript" => Value::from(escape_java_script(&text)),
            "parseJson" => parse_json(&text)?,
            "urlEncode" => Value::from(url_encode(&text)),
            "urlDecode" => Value::from(url_decode(&text)),
            "base64Encode" => Value::from(BASE64.encode(text.as_bytes())),
            "base64Decode" => Value::from(base64_decode(&text)?),
            _ => return Ok(None),
        }))
    }
}

/// An argument as text.
pub(super) fn argument<'a>(value: &Value<'a>) -> Result<Str<'a>, CallError> {
    value.to_str().map_err(CallError::new)
}

/// The rules of commons-lang, which the service's own library follows.
fn escape_java_script(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' | '\'' | '\\' | '/' => {
                out.push('\\');
                out.push(character);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(character),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04X}").expect("a string takes any text");
                }
            }
        }
    }
    out
}

fn parse_json<'a>(text: &str) -> Result<Value<'a>, CallError> {
    Value::from_json_copied(text)
        .map_err(|error| CallError::new(format_args!("parseJson: {error}")))
}

/// As Java's `URLEncoder` does it: a blank becomes a plus sign.
fn url_encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn url_decode(text: &str) -> String {
    // Without the two characters that have a meaning between pairs, the text is one name.
    let name = text.replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(name.as_bytes())
        .next()
        .map(|(text, _)| text.into_owned())
        .unwrap_or_default()
}

fn base64_decode(text: &str) -> Result<String, CallError> {
    let bytes = BASE64
        .decode(text)
        .map_err(|error| CallError::new(format_args!("base64Decode: {error}")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_escaped_as_commons_lang_does() {
        for (text, expected) in [
            ("plain", "plain"),
            (r#"a "b" 'c' \d /e"#, r#"a \"b\" \'c\' \\d \/e"#),
            ("\n\r\t\u{8}\u{c}\u{1}", r"\n\r\t\b\f\u0001"),
            ("é€", r"\u00E9\u20AC"),
            ("🦀", r"\uD83E\uDD80"),
        ] {
            assert_eq!(escape_java_script(text), expected);
        }
    }

    #[test]
    fn urls_are_encoded_as_forms_are() {
        for (plain, encoded) in [
            ("some raw data", "some+raw+data"),
            (r#"{"some": "value"}"#, "%7B%22some%22%3A+%22value%22%7D"),
            ("a&b=c+d/é", "a%26b%3Dc%2Bd%2F%C3%A9"),
            ("*-._", "*-._"),
            ("", ""),
        ] {
            assert_eq!(url_encode(plain), encoded);
            assert_eq!(url_decode(encoded), plain);
        }
        assert_eq!(url_decode("a=b&c"), "a=b&c");
    }

    #[test]
    fn base64_decodes_to_text() {
        assert_eq!(base64_decode("aGVsbG8="), Ok("hello".to_owned()));
        assert!(base64_decode("not base64!").is_err());
    }
}
