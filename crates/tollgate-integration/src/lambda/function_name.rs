//! What a function is called by.

use std::str::FromStr;

use thiserror::Error;

/// The name of a function, as Lambda's API takes it: a name or an ARN, whole or in part, with a
/// version or alias behind it.
///
/// ```
/// use tollgate_integration::lambda::FunctionName;
///
/// let uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\
///            arn:aws:lambda:us-east-1:123456789012:function:pets:live/invocations";
/// let function = FunctionName::of_integration_uri(uri)?;
/// assert_eq!(function.name(), "pets");
/// assert_eq!(function.qualifier(), Some("live"));
/// assert_eq!(function.region(), Some("us-east-1"));
/// # Ok::<(), tollgate_integration::lambda::InvalidFunctionName>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionName {
    text: Box<str>,
    name: Box<str>,
    qualifier: Option<Box<str>>,
    region: Option<Box<str>>,
}

/// A text that names no function.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{text:?} names no function: {expected}")]
pub struct InvalidFunctionName {
    /// The text that was refused.
    pub text: String,
    /// What was expected of it.
    pub expected: &'static str,
}

const EXPECTED_NAME: &str = "expected a name such as pets, or the ARN of a function";
const EXPECTED_URI: &str = "expected arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/\
                            {function}/invocations, or where answers are streamed \
                            path/2021-11-15/functions/{function}/response-streaming-invocations";

/// Characters that a name may have (`Invoke` of the Lambda API reference), and a qualifier.
const MOST_CHARACTERS: usize = 140;

impl FunctionName {
    /// The function that an integration of type AWS or AWS_PROXY calls by this URI.
    ///
    /// # Errors
    ///
    /// [`InvalidFunctionName`] where the URI is not that of a function.
    pub fn of_integration_uri(uri: &str) -> Result<Self, InvalidFunctionName> {
        let no_uri = || InvalidFunctionName {
            text: uri.to_owned(),
            expected: EXPECTED_URI,
        };
        let (region, path) = lambda_path(uri).ok_or_else(no_uri)?;
        let function = path
            .strip_prefix("path/2015-03-31/functions/")
            .and_then(|path| path.strip_suffix("/invocations"))
            .or_else(|| streaming_path(path))
            .ok_or_else(no_uri)?;
        let mut function: Self = function.parse()?;
        function.region.get_or_insert_with(|| region.into());
        Ok(function)
    }

    /// Whether a URI calls Lambda at all: whether it is to be read by
    /// [`of_integration_uri`](Self::of_integration_uri).
    #[must_use]
    pub fn is_lambda_uri(uri: &str) -> bool {
        lambda_path(uri).is_some()
    }

    /// Whether a URI calls a function in such a way that its answer is streamed
    /// (`InvokeWithResponseStream`).
    #[must_use]
    pub fn is_streaming_uri(uri: &str) -> bool {
        lambda_path(uri).is_some_and(|(_, path)| streaming_path(path).is_some())
    }

    /// The name alone.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version or alias.
    #[must_use]
    pub fn qualifier(&self) -> Option<&str> {
        self.qualifier.as_deref()
    }

    /// The region, where the text or the integration's URI says one.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// Where Lambda's own API takes its events: what a trace shows of a call.
    #[must_use]
    pub fn invocation_url(&self, default_region: &str) -> String {
        let region = self.region().unwrap_or(default_region);
        format!(
            "https://lambda.{region}.amazonaws.com/2015-03-31/functions/{}/invocations",
            self.text
        )
    }

    /// The same where answers are streamed.
    #[must_use]
    pub fn streaming_url(&self, default_region: &str) -> String {
        let region = self.region().unwrap_or(default_region);
        format!(
            "https://lambda.{region}.amazonaws.com/2021-11-15/functions/{}/\
             response-streaming-invocations",
            self.text
        )
    }

    /// The whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// The function in the path of a call whose answer is streamed.
fn streaming_path(path: &str) -> Option<&str> {
    path.strip_prefix("path/2021-11-15/functions/")?
        .strip_suffix("/response-streaming-invocations")
}

/// The region of a URI `arn:{partition}:apigateway:{region}:lambda:{path}`, and its path.
fn lambda_path(uri: &str) -> Option<(&str, &str)> {
    let mut parts = uri.splitn(6, ':');
    let mut next = || parts.next();
    let is_arn = next()? == "arn" && next()?.starts_with("aws") && next()? == "apigateway";
    let region = next()?;
    let is_lambda = is_arn && is_word(region) && next()? == "lambda";
    is_lambda.then_some((region, next()?))
}

impl FromStr for FunctionName {
    type Err = InvalidFunctionName;

    fn from_str(text: &str) -> Result<Self, InvalidFunctionName> {
        let invalid = || InvalidFunctionName {
            text: text.to_owned(),
            expected: EXPECTED_NAME,
        };
        let parts: Vec<&str> = text.split(':').collect();
        let (region, rest) = match parts.as_slice() {
            [
                "arn",
                partition,
                "lambda",
                region,
                account,
                "function",
                rest @ ..,
            ] if partition.starts_with("aws") && is_word(partition) && is_word(account) => {
                (Some(*region), rest)
            }
            [account, "function", rest @ ..] if is_word(account) => (None, rest),
            rest => (None, rest),
        };
        let (name, qualifier) = match rest {
            [name] => (name, None),
            [name, qualifier] => (name, Some(*qualifier)),
            _ => return Err(invalid()),
        };
        let is_qualifier = |text: &str| is_word(text.strip_prefix('$').unwrap_or(text));
        if !is_word(name) || !qualifier.is_none_or(is_qualifier) || !region.is_none_or(is_word) {
            return Err(invalid());
        }
        Ok(Self {
            text: text.into(),
            name: (*name).into(),
            qualifier: qualifier.map(Into::into),
            region: region.map(Into::into),
        })
    }
}

fn is_word(text: &str) -> bool {
    let is_of_word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (1..=MOST_CHARACTERS).contains(&text.len()) && text.bytes().all(is_of_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_named_in_several_ways() {
        for (text, expected) in [
            ("pets", Some(("pets", None, None))),
            ("pets:live", Some(("pets", Some("live"), None))),
            ("pets:$LATEST", Some(("pets", Some("$LATEST"), None))),
            ("123456789012:function:pets", Some(("pets", None, None))),
            (
                "arn:aws:lambda:eu-west-1:123456789012:function:pets",
                Some(("pets", None, Some("eu-west-1"))),
            ),
            (
                "arn:aws-cn:lambda:cn-north-1:123456789012:function:pets:7",
                Some(("pets", Some("7"), Some("cn-north-1"))),
            ),
            ("", None),
            ("pets:", None),
            (":live", None),
            ("pets:a:b", None),
            ("pets/../admin", None),
            ("pe ts", None),
            ("arn:aws:lambda:eu-west-1:123456789012:function:", None),
            ("arn:aws:lambda:e/u:123456789012:function:pets", None),
            (
                "arn:aws/x:lambda:eu-west-1:123456789012:function:pets",
                None,
            ),
            ("arn:aws:lambda:eu-west-1:../..?a=:function:pets", None),
            ("arn:aws:lambda:eu-west-1::function:pets", None),
            ("arn:aws:s3:::bucket", None),
        ] {
            let name: Option<FunctionName> = text.parse().ok();
            let found = name
                .as_ref()
                .map(|name| (name.name(), name.qualifier(), name.region()));
            assert_eq!(found, expected, "{text}");
        }
        assert!("a".repeat(140).parse::<FunctionName>().is_ok());
        assert!("a".repeat(141).parse::<FunctionName>().is_err());
    }

    #[test]
    fn integration_uris_name_functions() {
        let api = "arn:aws:apigateway:us-east-1:lambda";
        for (uri, expected) in [
            (
                format!("{api}:path/2015-03-31/functions/pets/invocations"),
                Some(("pets", Some("us-east-1"))),
            ),
            (
                format!(
                    "{api}:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:1:function:pets/\
                     invocations"
                ),
                Some(("pets", Some("eu-west-1"))),
            ),
            (
                format!("{api}:path/2021-11-15/functions/pets/response-streaming-invocations"),
                Some(("pets", Some("us-east-1"))),
            ),
            (
                format!("{api}:path/2015-03-31/functions/pets/response-streaming-invocations"),
                None,
            ),
            (
                format!("{api}:path/2021-11-15/functions/pets/invocations"),
                None,
            ),
            (
                format!("{api}:path/2015-03-31/functions//invocations"),
                None,
            ),
            (format!("{api}:path/2015-03-31/functions/pets"), None),
            (format!("{api}:action/Invoke"), None),
            (
                "arn:aws:apigateway:us-east-1:s3:path/2015-03-31/functions/pets/invocations"
                    .to_owned(),
                None,
            ),
            ("arn:aws:lambda:us-east-1:1:function:pets".to_owned(), None),
            (
                "arn:aws:apigateway:a.b/c:lambda:path/2015-03-31/functions/pets/invocations"
                    .to_owned(),
                None,
            ),
            ("https://example.com/".to_owned(), None),
            (String::new(), None),
        ] {
            let found = FunctionName::of_integration_uri(&uri).ok();
            let found = found
                .as_ref()
                .map(|function| (function.name(), function.region()));
            assert_eq!(found, expected, "{uri}");
            let is_streaming = uri.ends_with("/response-streaming-invocations");
            let is_function = expected.is_some();
            assert_eq!(
                FunctionName::is_streaming_uri(&uri),
                is_streaming && is_function
            );
        }
    }
}
