//! The URI of an AWS integration: which service is called, and how.

use http::Uri;
use thiserror::Error;
use tollgate_core::StageVariables;

use crate::uri_template::{InvalidUriTemplate, Substituted, UriTemplate};

/// `arn:aws:apigateway:{region}:{subdomain.service or service}:{path or action}/{…}`, for a stage.
///
/// Stage variables are replaced when it is parsed, wherever they stand; places such as `{key}` are
/// filled for each request, and may stand behind `path/`, and behind the name of an action.
///
/// ```
/// use tollgate_core::StageVariables;
/// use tollgate_mapping::AwsUri;
///
/// let uri = "arn:aws:apigateway:eu-central-1:dynamodb:action/PutItem";
/// let uri = AwsUri::parse(uri, &StageVariables::default())?;
/// assert_eq!((uri.region(), uri.service(), uri.action()), ("eu-central-1", "dynamodb", Some("PutItem")));
/// # Ok::<(), tollgate_mapping::InvalidAwsUri>(())
/// ```
#[derive(Clone, Debug)]
pub struct AwsUri {
    /// The text, stage variables replaced.
    text: String,
    region: Box<str>,
    subdomain: Option<Box<str>>,
    service: Box<str>,
    is_host_literal: bool,
    call: Call,
}

#[derive(Clone, Debug)]
enum Call {
    /// The path without the slash that it begins with, and the query string.
    Path(Box<str>),
    /// A name, and what is listed behind it.
    Action {
        name: Box<str>,
        listed: Box<[Box<str>]>,
    },
}

/// Why a text is no URI of an AWS integration. The first two are said in the service's own words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidAwsUri {
    /// It is no ARN.
    #[error("Invalid ARN specified in the request")]
    NoArn,
    /// It is another ARN, such as that of a function alone.
    #[error("AWS ARN for integration must contain path or action")]
    NoPathOrAction,
    /// One of its parts cannot be used.
    #[error("invalid endpoint address {uri:?}: {expected}")]
    Unusable {
        /// The text, stage variables replaced.
        uri: String,
        /// What was expected of it.
        expected: &'static str,
    },
}

/// How a service is told of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionForm<'a> {
    /// By `Action` in the query string, and `Version` where that of its API is known.
    Query {
        /// The version, such as `2010-03-31`.
        version: Option<&'a str>,
    },
    /// By a header: the query string holds only what the URI lists.
    Header,
    /// By the path: what the URI lists as `Bucket` and `Key` is the object that a verb is said to.
    Object,
}

impl AwsUri {
    /// Parses the URI of an integration for a stage with these variables.
    ///
    /// # Errors
    ///
    /// [`InvalidAwsUri`] where it has not the form above.
    pub fn parse(uri: &str, variables: &StageVariables) -> Result<Self, InvalidAwsUri> {
        let substituted = Substituted::new(uri, variables);
        let text = &*substituted.text;
        let mut parts = text.splitn(6, ':');
        let mut part = || parts.next().ok_or(InvalidAwsUri::NoArn);
        let (arn, partition, owner) = (part()?, part()?, part()?);
        let (region, service, called) = (part()?, part()?, part()?);
        if arn != "arn" || !partition.starts_with("aws") {
            return Err(InvalidAwsUri::NoArn);
        }
        if owner != "apigateway" {
            return Err(InvalidAwsUri::NoPathOrAction);
        }
        let unusable = |expected| InvalidAwsUri::Unusable {
            uri: text.to_owned(),
            expected,
        };
        let call = Call::parse(called)
            .ok_or(InvalidAwsUri::NoPathOrAction)?
            .map_err(unusable)?;
        if !is_label(region) {
            return Err(unusable("expected a region"));
        }
        if !service.split('.').all(is_label) {
            return Err(unusable("expected a service"));
        }
        // The service is what stands last: names of sub-domains come first.
        let (subdomain, service) = match service.rsplit_once('.') {
            Some((subdomain, service)) => (Some(subdomain.into()), service),
            None => (None, service),
        };
        let host_ends = text.len() - called.len();
        Ok(Self {
            region: region.into(),
            subdomain,
            service: service.into(),
            is_host_literal: !substituted.is_replaced_before(host_ends),
            call,
            text: substituted.text,
        })
    }

    /// The region that the service is called in.
    #[must_use]
    pub const fn region(&self) -> &str {
        &self.region
    }

    /// The service, such as `states`.
    #[must_use]
    pub const fn service(&self) -> &str {
        &self.service
    }

    /// What stands before the service, such as the id of an account's own endpoint.
    #[must_use]
    pub fn subdomain(&self) -> Option<&str> {
        self.subdomain.as_deref()
    }

    /// The name of the action; `None` where a path is called.
    #[must_use]
    pub fn action(&self) -> Option<&str> {
        match &self.call {
            Call::Path(_) => None,
            Call::Action { name, .. } => Some(name),
        }
    }

    /// What follows `path/`, places not filled; `None` where an action is called.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match &self.call {
            Call::Path(path) => Some(path),
            Call::Action { .. } => None,
        }
    }

    /// Whether region and service stand in the document, word for word; see
    /// [`UriTemplate::is_host_literal`].
    #[must_use]
    pub const fn is_host_literal(&self) -> bool {
        self.is_host_literal
    }

    /// The URI that is called, for a service at this URL; what path the URL has comes first.
    ///
    /// `form` is how the service is told of actions.
    ///
    /// # Errors
    ///
    /// [`InvalidUriTemplate`] where the URL has no scheme or host, or where an action by
    /// [`ActionForm::Object`] names no bucket.
    pub fn at(&self, url: &Uri, form: ActionForm<'_>) -> Result<UriTemplate, InvalidUriTemplate> {
        let invalid = |expected| InvalidUriTemplate {
            uri: self.text.clone(),
            expected,
        };
        let (path, query) = match &self.call {
            Call::Path(path) => {
                let (path, query) = path.split_once('?').unwrap_or((path, ""));
                (
                    path.to_owned(),
                    query.split('&').map(str::to_owned).collect(),
                )
            }
            Call::Action { name, listed } => match form {
                ActionForm::Header => (
                    String::new(),
                    listed.iter().map(ToString::to_string).collect(),
                ),
                ActionForm::Query { version } => {
                    let version = version.map(|version| format!("Version={version}"));
                    let own = [format!("Action={name}")].into_iter().chain(version);
                    let listed = listed.iter().map(ToString::to_string);
                    (String::new(), own.chain(listed).collect())
                }
                ActionForm::Object => {
                    let expected =
                        "expected a bucket, as in action/GetObject&Bucket={bucket}&Key={key}";
                    object(listed).ok_or_else(|| invalid(expected))?
                }
            },
        };
        let query: Vec<String> = query;
        UriTemplate::of_service(url, self.is_host_literal, &path, &query)
            .ok_or_else(|| invalid("expected a service at a URL"))
    }
}

impl Call {
    /// What stands behind the service; `None` where it is neither path nor action.
    fn parse(called: &str) -> Option<Result<Self, &'static str>> {
        if let Some(path) = called.strip_prefix("path/") {
            // The console writes the slash of the path itself, too: `path//bucket`.
            let path = path.strip_prefix('/').unwrap_or(path);
            return Some(Ok(Self::Path(path.into())));
        }
        let mut parts = called.strip_prefix("action/")?.split(['&', '?']);
        let name = parts.next().unwrap_or_default();
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Some(Err("expected the name of an action"));
        }
        let listed = parts.filter(|one| !one.is_empty()).map(Box::from);
        Some(Ok(Self::Action {
            name: name.into(),
            listed: listed.collect(),
        }))
    }
}

/// The path of an object, and the query string with what else is listed.
fn object(listed: &[Box<str>]) -> Option<(String, Vec<String>)> {
    let of = |name: &str| {
        let mut values = listed.iter().filter_map(|one| one.split_once('='));
        values
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    };
    let mut path = of("Bucket")?.to_owned();
    if let Some(key) = of("Key") {
        path.push('/');
        path.push_str(key);
    }
    let others = listed.iter().map(ToString::to_string);
    let query = others.filter(|one| !one.starts_with("Bucket=") && !one.starts_with("Key="));
    Some((path, query.collect()))
}

/// Whether a text can be one label of a host's name.
fn is_label(text: &str) -> bool {
    let is_of_label = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !text.is_empty() && text.bytes().all(is_of_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables() -> StageVariables {
        StageVariables::from_iter([
            ("region", "eu-west-1"),
            ("service", "s3"),
            ("bucket", "pets"),
            ("evil", "s3.example.com/"),
        ])
    }

    fn parse(uri: &str) -> Result<AwsUri, String> {
        AwsUri::parse(uri, &variables()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_parts_of_a_uri_are_told_apart() {
        for (uri, region, subdomain, service, action, path, is_literal) in [
            (
                "arn:aws:apigateway:us-east-1:states:action/StartExecution",
                "us-east-1",
                None,
                "states",
                Some("StartExecution"),
                None,
                true,
            ),
            (
                "arn:aws-cn:apigateway:cn-north-1:abc123.appsync-api:path/graphql",
                "cn-north-1",
                Some("abc123"),
                "appsync-api",
                None,
                Some("graphql"),
                true,
            ),
            (
                "arn:aws:apigateway:us-east-1:a-ats.data.iot:path/topics/a:b",
                "us-east-1",
                Some("a-ats.data"),
                "iot",
                None,
                Some("topics/a:b"),
                true,
            ),
            (
                "arn:aws:apigateway:${stageVariables.region}:s3:path/x",
                "eu-west-1",
                None,
                "s3",
                None,
                Some("x"),
                false,
            ),
            (
                "arn:aws:apigateway:us-east-1:${stageVariables.service}:path//${stageVariables.bucket}/{key}",
                "us-east-1",
                None,
                "s3",
                None,
                Some("pets/{key}"),
                false,
            ),
            (
                "arn:aws:apigateway:us-east-1:s3:path/${stageVariables.bucket}",
                "us-east-1",
                None,
                "s3",
                None,
                Some("pets"),
                true,
            ),
        ] {
            let parsed = parse(uri).unwrap_or_else(|error| panic!("{uri}: {error}"));
            assert_eq!(parsed.region(), region, "{uri}");
            assert_eq!(parsed.subdomain(), subdomain, "{uri}");
            assert_eq!(parsed.service(), service, "{uri}");
            assert_eq!(parsed.action(), action, "{uri}");
            assert_eq!(parsed.path(), path, "{uri}");
            assert_eq!(parsed.is_host_literal(), is_literal, "{uri}");
        }
    }

    /// The first two messages are recorded on the service.
    #[test]
    fn what_calls_no_service_is_refused() {
        const NO_ARN: &str = "Invalid ARN specified in the request";
        const NO_CALL: &str = "AWS ARN for integration must contain path or action";
        for (uri, expected) in [
            ("", NO_ARN),
            ("http://example.com/a:b:c:d:e:f", NO_ARN),
            ("arn:aws:apigateway:us-east-1", NO_ARN),
            ("arn:gcp:apigateway:us-east-1:s3:path/x", NO_ARN),
            (
                "arn:aws:lambda:us-east-1:123456789012:function:pets",
                NO_CALL,
            ),
            ("arn:aws:apigateway:us-east-1:lambda:functions/x", NO_CALL),
            ("arn:aws:apigateway:us-east-1:s3:path", NO_CALL),
            (
                "arn:aws:apigateway:us-east-1:s3:action/",
                "expected the name of an action",
            ),
            (
                "arn:aws:apigateway:us-east-1:s3:action/{a}",
                "expected the name of an action",
            ),
            ("arn:aws:apigateway::s3:path/x", "expected a region"),
            ("arn:aws:apigateway:us/east:s3:path/x", "expected a region"),
            ("arn:aws:apigateway:{r}:s3:path/x", "expected a region"),
            ("arn:aws:apigateway:us-east-1::path/x", "expected a service"),
            (
                "arn:aws:apigateway:us-east-1:.s3:path/x",
                "expected a service",
            ),
            (
                "arn:aws:apigateway:us-east-1:${stageVariables.evil}:path/x",
                "expected a service",
            ),
        ] {
            let error = parse(uri).expect_err(uri);
            assert!(error.ends_with(expected), "{uri}: {error}");
        }
    }

    fn target(call: &str, url: &str, form: ActionForm<'_>) -> Result<String, String> {
        let uri = parse(&format!("arn:aws:apigateway:us-east-1:any:{call}"))?;
        let template = uri.at(&url.parse().expect("it is a URL"), form);
        let template = template.map_err(|error| error.to_string())?;
        Ok(template.shown())
    }

    #[test]
    fn each_form_has_its_target() {
        const QUERY: ActionForm<'_> = ActionForm::Query {
            version: Some("2012-11-05"),
        };
        const NO_VERSION: ActionForm<'_> = ActionForm::Query { version: None };
        for (call, form, expected) in [
            ("path/", QUERY, "http://a.test:8080/"),
            ("path//", QUERY, "http://a.test:8080/"),
            (
                "path/{account}/{queue}",
                QUERY,
                "http://a.test:8080/{account}/{queue}",
            ),
            (
                "path/b?list-type=2&prefix={p}",
                QUERY,
                "http://a.test:8080/b?list-type=2&prefix={p}",
            ),
            (
                "action/Send",
                QUERY,
                "http://a.test:8080/?Action=Send&Version=2012-11-05",
            ),
            (
                "action/Send&To={to}&",
                NO_VERSION,
                "http://a.test:8080/?Action=Send&To={to}",
            ),
            ("action/PutItem", ActionForm::Header, "http://a.test:8080/"),
            (
                "action/PutItem&a=b",
                ActionForm::Header,
                "http://a.test:8080/?a=b",
            ),
            (
                "action/GetObject&Bucket={bucket}&Key={key}&versionId=7",
                ActionForm::Object,
                "http://a.test:8080/{bucket}/{key}?versionId=7",
            ),
            (
                "action/ListObjects?Bucket=pets",
                ActionForm::Object,
                "http://a.test:8080/pets",
            ),
        ] {
            assert_eq!(
                target(call, "http://a.test:8080", form).as_deref(),
                Ok(expected),
                "{call}"
            );
        }
        let prefixed = target("path/{bucket}", "https://a.test/{base}/", QUERY);
        assert_eq!(prefixed.as_deref(), Ok("https://a.test/{base}/{bucket}"));
        let error = target(
            "action/GetObject&Key=k",
            "http://a.test",
            ActionForm::Object,
        );
        assert!(
            error
                .expect_err("there is no bucket")
                .contains("expected a bucket")
        );
        assert!(target("path/x", "/only/a/path", QUERY).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_parser(uri in "(arn:aws:apigateway:)?\\PC{0,40}|arn:aws:apigateway:[a:./{}$?&-]{0,40}") {
            if let Ok(uri) = AwsUri::parse(&uri, &variables()) {
                for form in [ActionForm::Header, ActionForm::Object, ActionForm::Query { version: None }] {
                    let url = Uri::from_static("http://a.test");
                    if let Ok(template) = uri.at(&url, form) {
                        proptest::prop_assert_eq!(template.authority().map(|it| it.as_str()), Some("a.test"));
                    }
                }
            }
        }
    }
}
