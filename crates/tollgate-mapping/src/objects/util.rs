//! `$util`.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tollgate_vtl::{Budget, CallError, Object, Str, Value};

/// `$util`: functions on text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Util;

impl<'a> Object<'a> for Util {
    fn call(
        &self,
        method: &str,
        arguments: &[Value<'a>],
        budget: &mut Budget,
    ) -> Result<Option<Value<'a>>, CallError> {
        let [value] = arguments else { return Ok(None) };
        // As for all that is null, nothing goes in and nothing comes out.
        let text = if value.is_null() {
            Str::from("")
        } else {
            value.to_str_within(budget)?
        };
        let longest = budget.limits().string_bytes;
        let made = match method {
            "parseJson" => return parse_json(&text, budget).map(Some),
            "escapeJavaScript" => escape_java_script(&text, longest),
            "urlEncode" => url_encode(&text, longest),
            "urlDecode" => url_decode(&text),
            "base64Encode" => BASE64.encode(text.as_bytes()),
            "base64Decode" => base64_decode(&text)?,
            _ => return Ok(None),
        };
        budget.take_pass(made.len())?;
        budget.allocate_string(made.len())?;
        Ok(Some(Value::from(made)))
    }
}

/// The rules of commons-lang, which the service's own library follows. What is longer than
/// `longest` ends somewhere behind that.
fn escape_java_script(text: &str, longest: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if out.len() > longest {
            break;
        }
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

fn parse_json<'a>(text: &str, budget: &mut Budget) -> Result<Value<'a>, CallError> {
    Value::from_json_copied_within(text, budget)?
        .map_err(|error| CallError::new(format_args!("parseJson: {error}")))
}

/// As Java's `URLEncoder` does it: a blank becomes a plus sign. What is longer than `longest` ends
/// somewhere behind that.
fn url_encode(text: &str, longest: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for part in form_urlencoded::byte_serialize(text.as_bytes()) {
        if out.len() > longest {
            break;
        }
        out.push_str(part);
    }
    out
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
            assert_eq!(escape_java_script(text, 100), expected);
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
            assert_eq!(url_encode(plain, 100), encoded);
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
