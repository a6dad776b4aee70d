//! `$context`.

use tollgate_core::{AuthorizerContext, Context, Overrides, PeerCertificate};
use tollgate_vtl::{Budget, Object, Value};

use crate::objects::input::from_cow;
use crate::objects::overrides::OverridesObject;

/// The keys that the service shows for a plain call, in its order.
const KEYS: [&str; 18] = [
    "resourceId",
    "resourcePath",
    "httpMethod",
    "extendedRequestId",
    "requestTime",
    "path",
    "accountId",
    "protocol",
    "requestOverride",
    "stage",
    "domainPrefix",
    "requestTimeEpoch",
    "requestId",
    "identity",
    "domainName",
    "deploymentId",
    "responseOverride",
    "apiId",
];

/// Where `authorizer` stands among them, where there is one.
const AUTHORIZER_AT: usize = 1;

/// The keys of `$context.identity`, in the service's order.
const IDENTITY_KEYS: [&str; 12] = [
    "cognitoIdentityPoolId",
    "accountId",
    "cognitoIdentityId",
    "caller",
    "sourceIp",
    "principalOrgId",
    "accessKey",
    "cognitoAuthenticationType",
    "cognitoAuthenticationProvider",
    "userArn",
    "userAgent",
    "user",
];

/// The key behind them, where the client showed a certificate.
const CERTIFICATE_KEY: &str = "clientCert";

/// `$context`; as text it is empty.
#[derive(Debug)]
pub(crate) struct ContextObject<'a> {
    context: &'a Context,
    overrides: OverridesObject<'a>,
}

impl<'a> ContextObject<'a> {
    pub(crate) fn new(context: &'a Context) -> Self {
        Self {
            context,
            overrides: OverridesObject::new(&context.overrides),
        }
    }

    /// What the template did to the overrides; `None` if it never touched them.
    pub(crate) fn overrides(&self, budget: &mut Budget) -> Result<Option<Overrides>, String> {
        self.overrides.read(budget)
    }
}

impl<'a> Object<'a> for ContextObject<'a> {
    fn property(&self, name: &str) -> Option<Value<'a>> {
        match name {
            "identity" => Some(Value::object(Identity(self.context))),
            "authorizer" => self.context.authorizer.as_ref().map(authorizer),
            "requestOverride" => Some(self.overrides.request()),
            "responseOverride" => Some(self.overrides.response()),
            _ => variable(self.context, name),
        }
    }

    fn entries(&self) -> Vec<(Value<'a>, Value<'a>)> {
        let mut keys = KEYS.to_vec();
        if self.context.authorizer.is_some() {
            keys.insert(AUTHORIZER_AT, "authorizer");
        }
        entries(&keys, |name| self.property(name))
    }
}

/// `$context.authorizer`, which has either the members that a Lambda authorizer said, or claims.
fn authorizer<'a>(said: &'a AuthorizerContext) -> Value<'a> {
    if said.are_claims() {
        Value::object(TokenAuthorizer(said))
    } else {
        Value::object(Said(said))
    }
}

/// Members or claims; as text they are empty.
#[derive(Clone, Copy, Debug)]
struct Said<'a>(&'a AuthorizerContext);

impl<'a> Object<'a> for Said<'a> {
    fn property(&self, name: &str) -> Option<Value<'a>> {
        self.0.member(name).map(Value::from)
    }

    fn entries(&self) -> Vec<(Value<'a>, Value<'a>)> {
        let members = self.0.iter();
        members
            .map(|(name, value)| (Value::from(name), Value::from(value)))
            .collect()
    }
}

/// `$context.authorizer` of a token; as text it is empty.
#[derive(Clone, Copy, Debug)]
struct TokenAuthorizer<'a>(&'a AuthorizerContext);

impl<'a> Object<'a> for TokenAuthorizer<'a> {
    fn property(&self, name: &str) -> Option<Value<'a>> {
        (name == "claims").then(|| Value::object(Said(self.0)))
    }

    fn entries(&self) -> Vec<(Value<'a>, Value<'a>)> {
        entries(&["claims"], |name| self.property(name))
    }
}

/// `$context.identity`; as text it is empty.
#[derive(Clone, Copy, Debug)]
struct Identity<'a>(&'a Context);

impl<'a> Object<'a> for Identity<'a> {
    fn property(&self, name: &str) -> Option<Value<'a>> {
        if name == CERTIFICATE_KEY {
            let certificate = self.0.identity.certificate.as_deref();
            return certificate.map(|one| Value::object(Certificate(one)));
        }
        variable(self.0, &format!("identity.{name}"))
    }

    fn entries(&self) -> Vec<(Value<'a>, Value<'a>)> {
        let mut keys = IDENTITY_KEYS.to_vec();
        if self.0.identity.certificate.is_some() {
            keys.push(CERTIFICATE_KEY);
        }
        entries(&keys, |name| self.property(name))
    }
}

/// `$context.identity.clientCert`; as text it is empty.
#[derive(Clone, Copy, Debug)]
struct Certificate<'a>(&'a PeerCertificate);

impl<'a> Object<'a> for Certificate<'a> {
    fn property(&self, name: &str) -> Option<Value<'a>> {
        let text = match name {
            "clientCertPem" => &self.0.pem,
            "subjectDN" => &self.0.subject_dn,
            "issuerDN" => &self.0.issuer_dn,
            "serialNumber" => &self.0.serial_number,
            "validity" => return Some(Value::object(Validity(self.0))),
            _ => return None,
        };
        Some(Value::from(&**text))
    }

    fn entries(&self) -> Vec<(Value<'a>, Value<'a>)> {
        const KEYS: [&str; 5] = [
            "clientCertPem",
            "subjectDN",
            "issuerDN",
            "serialNumber",
            "validity",
        ];
        entries(&KEYS, |name| self.property(name))
    }
}

/// `$context.identity.clientCert.validity`; as text it is empty.
#[derive(Clone, Copy, Debug)]
struct Validity<'a>(&'a PeerCertificate);

impl<'a> Object<'a> for Validity<'a> {
    fn property(&self, name: &str) -> Option<Value<'a>> {
        let text = match name {
            "notBefore" => &self.0.not_before,
            "notAfter" => &self.0.not_after,
            _ => return None,
        };
        Some(Value::from(&**text))
    }

    fn entries(&self) -> Vec<(Value<'a>, Value<'a>)> {
        entries(&["notBefore", "notAfter"], |name| self.property(name))
    }
}

fn variable<'a>(context: &'a Context, name: &str) -> Option<Value<'a>> {
    // `$context.error` exists in gateway responses only, and has a dot in its names here.
    context.value(&name.parse().ok()?).map(from_cow)
}

fn entries<'a>(
    keys: &[&'static str],
    value: impl Fn(&str) -> Option<Value<'a>>,
) -> Vec<(Value<'a>, Value<'a>)> {
    keys.iter()
        .map(|key| (Value::from(*key), value(key).unwrap_or(Value::Null)))
        .collect()
}
