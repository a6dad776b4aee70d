//! ARNs of APIs and their methods.

use std::fmt;

use serde_json::Value;
use thiserror::Error;

use super::limits::MAX_METHOD_ARN_LEN;

/// How a resource policy names methods of the API it is attached to, until it is saved.
const ABBREVIATION: &str = "execute-api:/";

/// The ARN of an API: `arn:partition:execute-api:region:account:api-id`.
///
/// ```
/// use tollgate_iam::policy::ApiArn;
///
/// let api = ApiArn::new("aws", "eu-central-1", "123456789012", "a1b2c3d4e5");
/// assert_eq!(
///     api.method("prod", "GET", "/pets/7")?,
///     "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/pets/7"
/// );
/// assert!(api.method("prod", "GET", "/")?.ends_with("/prod/GET/"));
/// # Ok::<(), tollgate_iam::policy::MethodArnTooLong>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ApiArn {
    text: String,
}

/// A request whose method ARN would have more than [`MAX_METHOD_ARN_LEN`] bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("method ARN of {length} bytes, expected at most {MAX_METHOD_ARN_LEN}")]
pub struct MethodArnTooLong {
    /// How many it would have.
    pub length: usize,
}

impl ApiArn {
    /// The API with this id.
    #[must_use]
    pub fn new(partition: &str, region: &str, account: &str, api_id: &str) -> Self {
        let text = format!("arn:{partition}:execute-api:{region}:{account}:{api_id}");
        Self { text }
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The ARN that policies are matched with: of the path of a request, not of the resource that
    /// serves it.
    ///
    /// Slashes at both ends of the path are left out, as they make no difference to which resource
    /// serves a request: a deny of `/pets` is not to be passed by asking for `//pets` or `/pets/`.
    ///
    /// # Errors
    ///
    /// [`MethodArnTooLong`], which the client is to be answered with 414.
    pub fn method(&self, stage: &str, verb: &str, path: &str) -> Result<String, MethodArnTooLong> {
        let path = path.trim_matches('/');
        let length = self.text.len() + stage.len() + verb.len() + path.len() + 3;
        if length > MAX_METHOD_ARN_LEN {
            return Err(MethodArnTooLong { length });
        }
        Ok(format!("{self}/{stage}/{verb}/{path}"))
    }

    /// Replaces `execute-api:/stage/VERB/path` in the `Resource` and `NotResource` elements of a
    /// policy document by the ARN, as API Gateway does when a resource policy is saved (API Gateway
    /// Developer Guide, "Create and attach an API Gateway resource policy to an API").
    ///
    /// Whatever is not spelled so stays as it is.
    pub fn expand(&self, document: &mut Value) {
        match document.get_mut("Statement") {
            Some(Value::Array(statements)) => {
                for statement in statements {
                    self.expand_statement(statement);
                }
            }
            Some(statement) => self.expand_statement(statement),
            None => {}
        }
    }

    fn expand_statement(&self, statement: &mut Value) {
        for element in ["Resource", "NotResource"] {
            match statement.get_mut(element) {
                Some(Value::Array(resources)) => {
                    for resource in resources {
                        self.expand_resource(resource);
                    }
                }
                Some(resource) => self.expand_resource(resource),
                None => {}
            }
        }
    }

    fn expand_resource(&self, resource: &mut Value) {
        if let Value::String(text) = resource
            && let Some(methods) = text.strip_prefix(ABBREVIATION)
        {
            *text = format!("{self}/{methods}");
        }
    }
}

impl fmt::Display for ApiArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ApiArn, MAX_METHOD_ARN_LEN, MethodArnTooLong};

    fn api() -> ApiArn {
        ApiArn::new("aws", "eu-central-1", "123456789012", "a1b2c3d4e5")
    }

    #[test]
    fn a_method_arn_ends_at_its_limit() {
        let rest = api().method("s", "GET", "").unwrap().len();
        let longest = "x".repeat(MAX_METHOD_ARN_LEN - rest);
        let arn = api().method("s", "GET", &longest).unwrap();
        assert_eq!(arn.len(), MAX_METHOD_ARN_LEN);
        let length = MAX_METHOD_ARN_LEN + 1;
        let beyond = api().method("s", "GET", &(longest + "x"));
        assert_eq!(beyond, Err(MethodArnTooLong { length }));
    }

    #[test]
    fn spellings_of_one_path_have_one_arn() {
        for path in ["/pets", "//pets", "/pets/", "///pets//", "pets"] {
            let arn = api().method("prod", "GET", path);
            assert!(
                arn.is_ok_and(|arn| arn.ends_with("/prod/GET/pets")),
                "{path}"
            );
        }
        for path in ["", "/", "//"] {
            let arn = api().method("prod", "GET", path);
            assert!(arn.is_ok_and(|arn| arn.ends_with("/prod/GET/")), "{path}");
        }
    }

    #[test]
    fn expands_short_forms_only() {
        let mut document = json!({"Statement": [
            {"Resource": "execute-api:/*"},
            {"NotResource": ["execute-api:/prod/GET/pets", "*", 1, "execute-api:x"]},
        ]});
        api().expand(&mut document);
        let expected = json!({"Statement": [
            {"Resource": format!("{}/*", api())},
            {"NotResource": [format!("{}/prod/GET/pets", api()), "*", 1, "execute-api:x"]},
        ]});
        assert_eq!(document, expected);

        let mut document = json!({"Statement": {"Resource": ["execute-api:/"]}});
        api().expand(&mut document);
        let expected = json!({"Statement": {"Resource": [format!("{}/", api())]}});
        assert_eq!(document, expected);
    }
}
