//! What a trace hides unless it is asked for.

use std::borrow::Cow;

use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};
use tollgate::gateway::{TraceEvent, TraceStep};

/// Headers whose values are secrets.
const NAMES: [HeaderName; 6] = [
    AUTHORIZATION,
    COOKIE,
    PROXY_AUTHORIZATION,
    SET_COOKIE,
    HeaderName::from_static("x-amz-security-token"),
    HeaderName::from_static("x-api-key"),
];
/// Bytes that a secret has at least to be looked for elsewhere: shorter ones stand in many texts by
/// chance.
const SHORTEST: usize = 8;
/// Stands for a secret.
const HIDDEN: &str = "***";

/// Which texts of a trace are hidden.
#[derive(Debug)]
pub(crate) enum Secrets {
    Shown,
    /// The values of the client's secret headers, the longest first.
    Hidden(Vec<String>),
}

impl Secrets {
    /// The secrets that the client of a trace sent.
    pub(crate) fn of(steps: &[TraceStep]) -> Self {
        let received = steps.iter().find_map(|step| match &step.event {
            TraceEvent::Received { request, .. } => Some(&request.headers),
            _ => None,
        });
        let mut values: Vec<_> = received.into_iter().flat_map(values).collect();
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        Self::Hidden(values)
    }

    /// The value of a header.
    pub(crate) fn value<'v>(&self, name: &HeaderName, value: &'v HeaderValue) -> Cow<'v, str> {
        match self {
            Self::Hidden(_) if NAMES.contains(name) => Cow::Borrowed(HIDDEN),
            _ => self.text(String::from_utf8_lossy(value.as_bytes())),
        }
    }

    /// A text in which secrets may have turned up again.
    pub(crate) fn text<'t>(&self, text: Cow<'t, str>) -> Cow<'t, str> {
        let Self::Hidden(values) = self else {
            return text;
        };
        let found = values.iter().filter(|value| text.contains(value.as_str()));
        let found: Vec<_> = found.collect();
        found.into_iter().fold(text, |text, value| {
            Cow::Owned(text.replace(value.as_str(), HIDDEN))
        })
    }
}

/// The secret values among headers: each as a whole, credentials without their scheme, and the
/// values of cookies.
fn values(headers: &HeaderMap) -> Vec<String> {
    let secret = headers.iter().filter(|(name, _)| NAMES.contains(name));
    let texts = secret.map(|(name, value)| (name, String::from_utf8_lossy(value.as_bytes())));
    let mut values = Vec::new();
    for (name, text) in texts {
        values.push(text.to_string());
        if *name == COOKIE {
            let pairs = text.split(';').filter_map(|pair| pair.split_once('='));
            values.extend(pairs.map(|(_, value)| value.trim().to_owned()));
        } else if let Some((_, credentials)) = text.split_once(' ') {
            values.push(credentials.trim().to_owned());
        }
    }
    values.retain(|value| value.len() >= SHORTEST);
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_wherever_they_turn_up() {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer abcdefgh"));
        headers.insert(COOKIE, HeaderValue::from_static("a=1; session=0123456789"));
        let secrets = Secrets::Hidden(values(&headers));
        for (text, expected) in [
            ("plain", "plain"),
            ("token Bearer abcdefgh.", "token ***."),
            ("{\"token\": \"abcdefgh\"}", "{\"token\": \"***\"}"),
            ("0123456789 1", "*** 1"),
        ] {
            assert_eq!(secrets.text(text.into()), expected);
            assert_eq!(Secrets::Shown.text(text.into()), text);
        }
        let value = HeaderValue::from_static("abc");
        for (name, expected) in [
            ("x-api-key", "***"),
            ("set-cookie", "***"),
            ("x-other", "abc"),
        ] {
            let name = HeaderName::from_static(name);
            assert_eq!(secrets.value(&name, &value), expected, "{name}");
            assert_eq!(Secrets::Shown.value(&name, &value), "abc", "{name}");
        }
    }
}
