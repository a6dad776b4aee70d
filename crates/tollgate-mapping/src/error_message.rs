//! A function's error that is JSON itself.

use serde_json::Value;

/// The answer of a function with its `errorMessage` as what it says, where that is JSON: so mappings
/// such as `integration.response.body.errorMessage.code` read into it (the developer guide's page
/// "Handle custom Lambda errors"). `None` where there is nothing to open.
pub(crate) fn opened(answer: &str) -> Option<String> {
    let mut answer: Value = serde_json::from_str(answer).ok()?;
    let member = answer.as_object_mut()?.get_mut("errorMessage")?;
    let text = member.as_str()?;
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    *member = serde_json::from_str(text).ok()?;
    Some(answer.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_is_opened() {
        for (answer, expected) in [
            (
                r#"{"errorMessage": "{\"code\": 404}", "errorType": "E"}"#,
                Some(r#"{"errorMessage":{"code":404},"errorType":"E"}"#),
            ),
            (
                r#"{"errorMessage": "[1]"}"#,
                Some(r#"{"errorMessage":[1]}"#),
            ),
            (r#"{"errorMessage": "{no json"}"#, None),
            (r#"{"errorMessage": "404"}"#, None),
            (r#"{"errorMessage": {"code": 404}}"#, None),
            (r#"{"message": "{}"}"#, None),
            ("[]", None),
            ("", None),
        ] {
            assert_eq!(opened(answer).as_deref(), expected, "{answer}");
        }
    }
}
