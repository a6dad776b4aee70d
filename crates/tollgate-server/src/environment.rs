//! What the environment says of AWS.

use std::ffi::OsString;

use thiserror::Error;
use tollgate::iam::sigv4::Credentials;
use tollgate::integration::aws::{Endpoint, Endpoints, InvalidEndpoint};

/// The variable of the endpoint of all services; those of single services go on with their names.
const ENDPOINT: &str = "AWS_ENDPOINT_URL";

/// Services whose name in variables, which is that of SDKs, is not the one in URIs of integrations.
const NAMES: [(&str, &str); 12] = [
    ("apigatewaymanagementapi", "execute-api"),
    ("cloudwatch", "monitoring"),
    ("cloudwatch-logs", "logs"),
    ("cognito-identity-provider", "cognito-idp"),
    ("ecr", "api.ecr"),
    ("elastic-beanstalk", "elasticbeanstalk"),
    ("elastic-load-balancing-v2", "elasticloadbalancing"),
    ("eventbridge", "events"),
    ("iot-data-plane", "iotdata"),
    ("secrets-manager", "secretsmanager"),
    ("ses", "email"),
    ("sfn", "states"),
];

/// What the environment says of AWS.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    pub(crate) credentials: Option<Credentials>,
    /// The endpoint of all services.
    pub(crate) endpoint: Option<Endpoint>,
    /// Those of single services.
    pub(crate) endpoints: Vec<(String, Endpoint)>,
}

/// A variable that cannot be used.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum InvalidVariable {
    #[error("{name}: {source}")]
    Endpoint {
        name: String,
        source: InvalidEndpoint,
    },
    #[error("{0} is missing beside {1}")]
    Half(&'static str, &'static str),
}

impl Environment {
    /// What the environment of this process says.
    pub(crate) fn of_process() -> Result<Self, InvalidVariable> {
        // Names and values that are no text are not those of AWS.
        let text = |(name, value): (OsString, OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self::read(std::env::vars_os().filter_map(text))
    }

    /// Reads variables; an empty one is as if it were not there.
    fn read(variables: impl Iterator<Item = (String, String)>) -> Result<Self, InvalidVariable> {
        let mut environment = Self::default();
        let (mut id, mut secret, mut token) = (None, None, None);
        for (name, value) in variables.filter(|(_, value)| !value.is_empty()) {
            match &*name {
                "AWS_ACCESS_KEY_ID" => id = Some(value),
                "AWS_SECRET_ACCESS_KEY" => secret = Some(value),
                "AWS_SESSION_TOKEN" => token = Some(value),
                _ => environment.endpoint(&name, &value)?,
            }
        }
        environment.credentials = match (id, secret) {
            (None, None) => None,
            (Some(_), None) => {
                let names = ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID");
                return Err(InvalidVariable::Half(names.0, names.1));
            }
            (None, Some(_)) => {
                let names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
                return Err(InvalidVariable::Half(names.0, names.1));
            }
            (Some(id), Some(secret)) => {
                let key = Credentials::new(id, &secret);
                Some(match token {
                    Some(token) => key.with_session_token(token),
                    None => key,
                })
            }
        };
        Ok(environment)
    }

    /// Takes a variable that names an endpoint.
    fn endpoint(&mut self, name: &str, value: &str) -> Result<(), InvalidVariable> {
        let Some(rest) = name.strip_prefix(ENDPOINT) else {
            return Ok(());
        };
        let service = match rest.strip_prefix('_') {
            Some(service) => Some(service_name(service)),
            None if rest.is_empty() => None,
            // Another variable.
            None => return Ok(()),
        };
        let endpoint = value.parse().map_err(|source| InvalidVariable::Endpoint {
            name: name.to_owned(),
            source,
        })?;
        match service {
            None => self.endpoint = Some(endpoint),
            Some(service) => self.endpoints.push((service, endpoint)),
        }
        Ok(())
    }

    /// Puts what the environment says over what the configuration does: single services before all
    /// of them, and the environment before the configuration, as SDKs have it.
    pub(crate) fn over(&self, configured: Endpoints) -> Endpoints {
        let mut endpoints = match &self.endpoint {
            None => configured,
            Some(endpoint) => Endpoints::default().with_all(endpoint.clone()),
        };
        for (service, endpoint) in &self.endpoints {
            endpoints = endpoints.with_service(service.as_str(), endpoint.clone());
        }
        endpoints
    }
}

/// The service of `AWS_ENDPOINT_URL_…`, by its name in URIs of integrations.
fn service_name(variable: &str) -> String {
    let name = variable.to_ascii_lowercase().replace('_', "-");
    let mut names = NAMES.iter();
    let known = names.find(|(known, _)| *known == name);
    known.map_or(name, |(_, service)| (*service).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Environment, InvalidVariable> {
        let pairs = pairs.iter();
        Environment::read(pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    fn url(url: &str) -> Endpoint {
        url.parse().expect("it is a URL")
    }

    #[test]
    fn endpoints_are_named_as_for_sdks() {
        let environment = read(&[
            ("AWS_ENDPOINT_URL_S3", "http://s3.test"),
            ("AWS_ENDPOINT_URL_SFN", "http://states.test"),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://secrets.test"),
            ("AWS_ENDPOINT_URL_COGNITO_IDP", "http://idp.test"),
            ("AWS_ENDPOINT_URL_LAMBDA", ""),
            ("AWS_ENDPOINT_URLS", "nonsense"),
            ("PATH", "/bin"),
        ]);
        let environment = environment.unwrap();
        let configured = Endpoints::default()
            .with_all(url("http://all.test"))
            .with_service("s3", url("http://other.test"))
            .with_service("sqs", url("http://sqs.test"));
        let over = |environment: &Environment, service: &str| {
            let endpoints = environment.over(configured.clone());
            endpoints.for_service(service).map(Endpoint::to_string)
        };
        for (service, expected) in [
            ("s3", "http://s3.test"),
            ("states", "http://states.test"),
            ("secretsmanager", "http://secrets.test"),
            ("cognito-idp", "http://idp.test"),
            ("sqs", "http://sqs.test"),
            ("lambda", "http://all.test"),
        ] {
            assert_eq!(
                over(&environment, service).as_deref(),
                Some(expected),
                "{service}"
            );
        }
        let all = read(&[("AWS_ENDPOINT_URL", "http://moto.test")]).unwrap();
        assert_eq!(over(&all, "sqs").as_deref(), Some("http://moto.test"));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for (pairs, expected) in [
            (
                &[("AWS_ENDPOINT_URL_S3", "localhost:4566")][..],
                "AWS_ENDPOINT_URL_S3: invalid value \"localhost:4566\", expected a URL such as",
            ),
            (
                &[("AWS_ACCESS_KEY_ID", "a")],
                "AWS_SECRET_ACCESS_KEY is missing beside AWS_ACCESS_KEY_ID",
            ),
            (
                &[("AWS_SECRET_ACCESS_KEY", "a"), ("AWS_ACCESS_KEY_ID", "")],
                "AWS_ACCESS_KEY_ID is missing beside AWS_SECRET_ACCESS_KEY",
            ),
        ] {
            let error = read(pairs).expect_err(expected).to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }

    #[test]
    fn keys_are_taken_whole() {
        let pairs = [
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "hush"),
            ("AWS_SESSION_TOKEN", "whisper"),
        ];
        let environment = read(&pairs).unwrap();
        let shown = format!("{environment:?}");
        assert!(shown.contains("AKIDEXAMPLE"), "{shown}");
        assert!(
            !shown.contains("hush") && !shown.contains("whisper"),
            "{shown}"
        );
        assert!(read(&[]).unwrap().credentials.is_none());
    }
}
