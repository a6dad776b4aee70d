//! The names of `$context` variables, parsed once.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use http::{HeaderName, Version, header};
use jiff::Timestamp;
use thiserror::Error;

use crate::{Context, ErrorContext, PeerCertificate, Signer};

/// A text that names no variable of `$context`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("unknown context variable {name:?}")]
pub struct UnknownContextVariable {
    /// The text that was refused, without `$context.`.
    pub name: String,
}

macro_rules! context_paths {
    ($( $(#[$doc:meta])* $variant:ident = $name:literal => $read:expr, )+) => {
        /// The name of a `$context` variable.
        ///
        /// The names are those of the developer guide's page "Variables for data transformations".
        ///
        /// ```
        /// use tollgate_core::ContextPath;
        ///
        /// assert_eq!("identity.sourceIp".parse(), Ok(ContextPath::IdentitySourceIp));
        /// assert_eq!(ContextPath::IdentitySourceIp.to_string(), "identity.sourceIp");
        /// assert!("identity.sourceip".parse::<ContextPath>().is_err());
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ContextPath {
            $( $(#[$doc])* $variant, )+
            /// `authorizer.…`: what an authorizer said, such as `principalId` or `claims.sub`.
            Authorizer(Box<str>),
        }

        impl ContextPath {
            pub(super) fn read<'a>(&self, context: &'a Context) -> Option<Cow<'a, str>> {
                match self {
                    $( Self::$variant => {
                        let read: fn(&'a Context) -> Option<Cow<'a, str>> = $read;
                        read(context)
                    } )+
                    Self::Authorizer(member) => {
                        context.authorizer.as_ref()?.value(member).map(Cow::Borrowed)
                    }
                }
            }
        }

        impl FromStr for ContextPath {
            type Err = UnknownContextVariable;

            fn from_str(name: &str) -> Result<Self, UnknownContextVariable> {
                match name {
                    $( $name => Ok(Self::$variant), )+
                    _ => match name.strip_prefix("authorizer.") {
                        Some(member) if !member.is_empty() => Ok(Self::Authorizer(member.into())),
                        _ => Err(UnknownContextVariable { name: name.to_owned() }),
                    },
                }
            }
        }

        impl fmt::Display for ContextPath {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $( Self::$variant => f.write_str($name), )+
                    Self::Authorizer(member) => write!(f, "authorizer.{member}"),
                }
            }
        }
    };
}

context_paths! {
    /// The owner's account.
    AccountId = "accountId" => |c| text(c.stage.account_id.as_str()),
    /// The API's id.
    ApiId = "apiId" => |c| text(c.stage.api_id.as_str()),
    /// The base path of a custom domain name that led to the API.
    CustomDomainBasePathMatched = "customDomain.basePathMatched" => |c| text(c.base_path_matched()?),
    /// The deployment that serves the request.
    DeploymentId = "deploymentId" => |c| text(c.stage.deployment_id.as_str()),
    /// The stage's name.
    Stage = "stage" => |c| text(c.stage.stage.as_str()),
    /// The header `Host`, without a port.
    DomainName = "domainName" => |c| domain(c),
    /// The first label of the domain name.
    DomainPrefix = "domainPrefix" => |c| domain(c).map(first_label),
    /// Why the gateway refused, as plain text.
    ErrorMessage = "error.message" => |c| error(c)?.message.as_deref().map(Cow::Borrowed),
    /// Why the gateway refused, as a JSON string with its quotes, or `null`.
    ErrorMessageString = "error.messageString" => |c| Some(json_message(error(c)?)),
    /// The type of the gateway's answer.
    ErrorResponseType = "error.responseType" => |c| text(error(c)?.response_type.as_str()),
    /// What exactly did not fit its model.
    ErrorValidationErrorString = "error.validationErrorString" =>
        |c| error(c)?.validation_error.as_deref().map(Cow::Borrowed),
    /// The request's second id.
    ExtendedRequestId = "extendedRequestId" => |c| text(c.extended_request_id.as_str()),
    /// The client's verb.
    HttpMethod = "httpMethod" => |c| text(c.request.method.as_str()),
    /// Where the request came from.
    IdentitySourceIp = "identity.sourceIp" => |c| source_ip(c),
    /// The header `User-Agent`.
    IdentityUserAgent = "identity.userAgent" => |c| header_text(c, header::USER_AGENT),
    /// The caller's account, of a signed request.
    IdentityAccountId = "identity.accountId" =>
        |c| signer(c)?.account_id.as_deref().map(Cow::Borrowed),
    /// The access key, of a signed request.
    IdentityAccessKey = "identity.accessKey" => |c| text(&signer(c)?.access_key_id),
    /// The value of the API key, of a method that needs one.
    IdentityApiKey = "identity.apiKey" =>
        |c| c.identity.api_key.as_deref().map(Cow::Borrowed),
    /// The id of the API key, of a method that needs one.
    IdentityApiKeyId = "identity.apiKeyId" =>
        |c| c.identity.api_key_id.as_deref().map(Cow::Borrowed),
    /// The certificate that the client showed, in PEM form.
    IdentityClientCertPem = "identity.clientCert.clientCertPem" => |c| text(&certificate(c)?.pem),
    /// The distinguished name of the subject of that certificate.
    IdentityClientCertSubjectDn = "identity.clientCert.subjectDN" =>
        |c| text(&certificate(c)?.subject_dn),
    /// The distinguished name of its issuer.
    IdentityClientCertIssuerDn = "identity.clientCert.issuerDN" =>
        |c| text(&certificate(c)?.issuer_dn),
    /// Its serial number.
    IdentityClientCertSerialNumber = "identity.clientCert.serialNumber" =>
        |c| text(&certificate(c)?.serial_number),
    /// When it begins to hold, such as `May 28 12:30:02 2019 GMT`.
    IdentityClientCertNotBefore = "identity.clientCert.validity.notBefore" =>
        |c| text(&certificate(c)?.not_before),
    /// When it ceases to hold, such as `Aug  5 09:36:04 2021 GMT`.
    IdentityClientCertNotAfter = "identity.clientCert.validity.notAfter" =>
        |c| text(&certificate(c)?.not_after),
    /// The caller's principal, of a signed request.
    IdentityCaller = "identity.caller" => |c| signer(c)?.user_id.as_deref().map(Cow::Borrowed),
    /// The provider that authenticated a Cognito identity.
    IdentityCognitoAuthenticationProvider = "identity.cognitoAuthenticationProvider" => |_| None,
    /// Whether a Cognito identity is authenticated.
    IdentityCognitoAuthenticationType = "identity.cognitoAuthenticationType" => |_| None,
    /// A Cognito identity.
    IdentityCognitoIdentityId = "identity.cognitoIdentityId" => |_| None,
    /// The pool of a Cognito identity.
    IdentityCognitoIdentityPoolId = "identity.cognitoIdentityPoolId" => |_| None,
    /// The caller's organization, of a signed request.
    IdentityPrincipalOrgId = "identity.principalOrgId" =>
        |c| signer(c)?.organization_id.as_deref().map(Cow::Borrowed),
    /// The caller's user, of a signed request.
    IdentityUser = "identity.user" => |c| signer(c)?.user_id.as_deref().map(Cow::Borrowed),
    /// The caller's ARN, of a signed request.
    IdentityUserArn = "identity.userArn" => |c| text(&signer(c)?.arn),
    /// Whether the canary serves the request; shown only where the stage has one.
    IsCanaryRequest = "isCanaryRequest" =>
        |c| c.is_canary_request.map(|canary| Cow::Borrowed(if canary { "true" } else { "false" })),
    /// Whether a limit was decided without the store that it is shared through; not of the service.
    LimitsDegraded = "limitsDegraded" =>
        |c| c.limits_degraded.map(|degraded| Cow::Borrowed(if degraded { "true" } else { "false" })),
    /// The path as the client sent it.
    Path = "path" => |c| text(c.path()),
    /// The version of HTTP, such as `HTTP/1.1`.
    Protocol = "protocol" => |c| text(protocol(c.request.version)),
    /// The request's id.
    RequestId = "requestId" => |c| Some(Cow::Owned(c.request_id.to_string())),
    /// When the request arrived, as `dd/MMM/yyyy:HH:mm:ss +0000`.
    RequestTime = "requestTime" => |c| Some(Cow::Owned(request_time(c))),
    /// When the request arrived, in milliseconds since 1970.
    RequestTimeEpoch = "requestTimeEpoch" => |c| Some(Cow::Owned(c.received_at.epoch_millis().to_string())),
    /// The id of the matched resource.
    ResourceId = "resourceId" => |c| text(c.resource.as_ref()?.id.as_str()),
    /// The path of the matched resource, as configured.
    ResourcePath = "resourcePath" => |c| text(&c.resource.as_ref()?.path),
    /// The trace that the request belongs to.
    XrayTraceId = "xrayTraceId" => |c| Some(c.trace_id()),
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every reader of the table has this form"
)]
fn text(text: &str) -> Option<Cow<'_, str>> {
    Some(Cow::Borrowed(text))
}

fn header_text(context: &Context, name: HeaderName) -> Option<Cow<'_, str>> {
    context
        .request
        .headers
        .get(name)
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
}

fn source_ip(context: &Context) -> Option<Cow<'_, str>> {
    if context.is_test {
        return text(Context::TEST_SOURCE_IP);
    }
    let address = context.identity.source_ip?;
    Some(Cow::Owned(address.to_string()))
}

fn domain(context: &Context) -> Option<Cow<'_, str>> {
    if context.is_test {
        return text(Context::TEST_DOMAIN_NAME);
    }
    header_text(context, header::HOST).map(|host| match host {
        Cow::Borrowed(host) => Cow::Borrowed(without_port(host)),
        Cow::Owned(host) => Cow::Owned(without_port(&host).to_owned()),
    })
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn first_label(domain: Cow<'_, str>) -> Cow<'_, str> {
    fn label(domain: &str) -> &str {
        domain.split('.').next().unwrap_or(domain)
    }
    match domain {
        Cow::Borrowed(domain) => Cow::Borrowed(label(domain)),
        Cow::Owned(domain) => Cow::Owned(label(&domain).to_owned()),
    }
}

fn signer(context: &Context) -> Option<&Signer> {
    context.identity.signer.as_deref()
}

fn certificate(context: &Context) -> Option<&PeerCertificate> {
    context.identity.certificate.as_deref()
}

fn error(context: &Context) -> Option<&ErrorContext> {
    context.error.as_ref()
}

fn json_message(error: &ErrorContext) -> Cow<'_, str> {
    match &error.message {
        Some(message) => Cow::Owned(crate::json_string(message)),
        None => Cow::Borrowed("null"),
    }
}

/// The service shows HTTP/1.1 to clients of HTTP/2 as well.
fn protocol(version: Version) -> &'static str {
    if version == Version::HTTP_10 {
        "HTTP/1.0"
    } else {
        "HTTP/1.1"
    }
}

fn request_time(context: &Context) -> String {
    let seconds = i64::try_from(context.received_at.unix_seconds()).unwrap_or(i64::MAX);
    // Past the year 9999, which is the last that a timestamp can show.
    let time = Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
    time.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use http::{HeaderValue, Method};

    use super::*;
    use crate::{
        AuthorizerContext, ClientRequest, ExtendedRequestId, GatewayResponseType, Moment,
        ParameterLocation, RequestId, ResourceContext, StageContext, StageVariables,
    };

    fn context() -> Context {
        let stage = StageContext {
            account_id: "123456789012".into(),
            region: "us-east-1".into(),
            api_id: "a1b2c3d4e5".into(),
            deployment_id: "d3p10y".into(),
            stage: "prod".parse().unwrap(),
            variables: StageVariables::default(),
        };
        let ids = (RequestId::from_u128(1), ExtendedRequestId::from_bits(0));
        let received_at = Moment::new(Duration::ZERO, Duration::from_millis(1_700_000_000_123));
        let mut request = ClientRequest::new(Method::GET, "//pets/7?page=2".parse().unwrap());
        let header = HeaderValue::from_static;
        request
            .headers
            .insert(header::HOST, header("api.example.com:8080"));
        request.headers.insert(header::USER_AGENT, header("curl/8"));
        let mut context = Context::new(Arc::new(stage), ids, received_at, request);
        context.identity.source_ip = Some([127, 0, 0, 1].into());
        context.resource = Some(Arc::new(ResourceContext {
            id: "pet000".into(),
            path: "/pets/{id}".into(),
        }));
        context
    }

    #[test]
    fn variables_show_what_is_known() {
        let context = context();
        for (name, expected) in [
            ("accountId", Some("123456789012")),
            ("apiId", Some("a1b2c3d4e5")),
            ("authorizer.principalId", None),
            ("customDomain.basePathMatched", None),
            ("deploymentId", Some("d3p10y")),
            ("domainName", Some("api.example.com")),
            ("domainPrefix", Some("api")),
            ("error.message", None),
            ("extendedRequestId", Some("AAAAAAAAAAAAAAA=")),
            ("httpMethod", Some("GET")),
            ("identity.caller", None),
            ("identity.sourceIp", Some("127.0.0.1")),
            ("identity.userAgent", Some("curl/8")),
            ("isCanaryRequest", None),
            ("limitsDegraded", None),
            ("path", Some("/pets/7")),
            ("protocol", Some("HTTP/1.1")),
            ("requestId", Some("00000000-0000-0000-0000-000000000001")),
            ("requestTime", Some("14/Nov/2023:22:13:20 +0000")),
            ("requestTimeEpoch", Some("1700000000123")),
            ("resourceId", Some("pet000")),
            ("resourcePath", Some("/pets/{id}")),
            ("stage", Some("prod")),
            (
                "xrayTraceId",
                Some("Root=1-6553f100-000000000000000000000001"),
            ),
        ] {
            let path: ContextPath = name.parse().unwrap();
            assert_eq!(path.to_string(), name);
            assert_eq!(context.value(&path).as_deref(), expected, "{name}");
        }
    }

    /// As events of tests on the service show them.
    #[test]
    fn a_test_has_no_connection_to_tell_of() {
        let mut context = context();
        context.is_test = true;
        for (path, expected) in [
            (ContextPath::IdentitySourceIp, "test-invoke-source-ip"),
            (ContextPath::DomainName, "testPrefix.testDomainName"),
            (ContextPath::DomainPrefix, "testPrefix"),
        ] {
            assert_eq!(context.value(&path).as_deref(), Some(expected), "{path}");
        }
        let header = ParameterLocation::Header;
        assert_eq!(context.parameter(header, "X-Forwarded-Port"), None);
        let names: Vec<_> = context.parameters(header).into_keys().collect();
        assert_eq!(names, ["host", "user-agent"]);
    }

    #[test]
    fn callers_show_what_authorization_found_out() {
        let mut context = context();
        let arn = "arn:aws:sts::210987654321:assumed-role/app/i-1";
        let mut signer = Signer::new("ASIAEXAMPLE", arn);
        signer.user_id = Some("AROA1:i-1".into());
        signer.organization_id = Some("o-1".into());
        context.identity.signer = Some(Arc::new(signer));
        let members = AuthorizerContext::of_members([("principalId", "ada"), ("claims.sub", "x")]);
        let claims = AuthorizerContext::of_claims([("sub", "ada"), ("custom:role", "admin")]);
        for (name, of_members, of_claims) in [
            (
                "identity.accessKey",
                Some("ASIAEXAMPLE"),
                Some("ASIAEXAMPLE"),
            ),
            (
                "identity.accountId",
                Some("210987654321"),
                Some("210987654321"),
            ),
            ("identity.caller", Some("AROA1:i-1"), Some("AROA1:i-1")),
            ("identity.user", Some("AROA1:i-1"), Some("AROA1:i-1")),
            ("identity.userArn", Some(arn), Some(arn)),
            ("identity.principalOrgId", Some("o-1"), Some("o-1")),
            ("authorizer.principalId", Some("ada"), None),
            ("authorizer.claims.sub", Some("x"), Some("ada")),
            ("authorizer.claims.custom:role", None, Some("admin")),
            ("authorizer.claims", None, None),
            ("authorizer.sub", None, None),
        ] {
            let path: ContextPath = name.parse().unwrap();
            for (authorizer, expected) in [(&members, of_members), (&claims, of_claims)] {
                context.authorizer = Some(authorizer.clone());
                assert_eq!(context.value(&path).as_deref(), expected, "{name}");
            }
        }
        let shown = format!("{claims:?}");
        assert!(shown.contains("sub") && !shown.contains("ada"), "{shown}");
    }

    #[test]
    fn certificates_show_what_servers_know_of_them() {
        let mut context = context();
        let certificate = PeerCertificate {
            pem: "PEM".into(),
            subject_dn: "O=Example,CN=client".into(),
            issuer_dn: "O=Example,CN=issuer".into(),
            serial_number: "1".into(),
            not_before: "May 28 12:30:02 2019 GMT".into(),
            not_after: "Aug  5 09:36:04 2021 GMT".into(),
        };
        let certificate = Arc::new(certificate);
        for (name, expected) in [
            ("clientCertPem", "PEM"),
            ("subjectDN", "O=Example,CN=client"),
            ("issuerDN", "O=Example,CN=issuer"),
            ("serialNumber", "1"),
            ("validity.notBefore", "May 28 12:30:02 2019 GMT"),
            ("validity.notAfter", "Aug  5 09:36:04 2021 GMT"),
        ] {
            let path = format!("identity.clientCert.{name}");
            let path: ContextPath = path.parse().unwrap();
            context.identity.certificate = None;
            assert_eq!(context.value(&path), None, "{path}");
            context.identity.certificate = Some(certificate.clone());
            assert_eq!(context.value(&path).as_deref(), Some(expected), "{path}");
        }
    }

    /// Endpoints are told of the proxy as of any other that a request came by.
    #[test]
    fn a_proxy_stands_behind_the_client() {
        let mut context = context();
        let headers = &mut context.request.headers;
        headers.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.9"));
        context.identity.source_ip = Some([203, 0, 113, 9].into());
        context.identity.forwarded_by = Some([10, 0, 0, 1].into());
        let path = ContextPath::IdentitySourceIp;
        assert_eq!(context.value(&path).as_deref(), Some("203.0.113.9"));
        let all = context.forwarded_for();
        assert_eq!(all.as_deref(), Some("203.0.113.9, 10.0.0.1"));
    }

    #[test]
    fn errors_show_their_message_in_two_spellings() {
        let mut context = context();
        for (message, plain, quoted) in [
            (Some("a \"b\""), Some("a \"b\""), r#""a \"b\"""#),
            (None, None, "null"),
        ] {
            context.error = Some(ErrorContext {
                response_type: GatewayResponseType::Throttled,
                message: message.map(Cow::Borrowed),
                validation_error: None,
            });
            assert_eq!(context.value(&ContextPath::ErrorMessage).as_deref(), plain);
            assert_eq!(
                context.value(&ContextPath::ErrorMessageString).as_deref(),
                Some(quoted)
            );
        }
    }

    #[test]
    fn unknown_names_are_refused() {
        for name in [
            "",
            "nope",
            "identity",
            "identity.",
            "authorizer.",
            "requestid",
        ] {
            let error = UnknownContextVariable {
                name: name.to_owned(),
            };
            assert_eq!(name.parse::<ContextPath>(), Err(error));
        }
    }
}
