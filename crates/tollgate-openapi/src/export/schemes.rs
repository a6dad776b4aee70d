//! Security schemes, and what methods require of their callers.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};
use tollgate_model::{AuthorizationType, Authorizer, AuthorizerType};

use super::paths::Subject;
use super::{Exporter, Extensions, Members, put, put_if};
use crate::security::{API_KEY_HEADER, TOKEN_HEADER};

/// The names of schemes as the service has them.
const API_KEY: &str = "api_key";
const SIGNATURE: &str = "sigv4";

const HEADER: &str = "method.request.header.";

/// The name of the header in a scheme whose authorizer reads something else.
const UNUSED: &str = "Unused";

/// The schemes of a document, as they come to be needed.
pub(super) struct Schemes<'a> {
    /// Names of authorizers by their ids.
    authorizers: HashMap<&'a str, &'a str>,
    /// Names of all schemes.
    taken: HashSet<String>,
    /// Names without a scheme, by the ids of authorizers that are not there.
    missing: HashMap<&'a str, String>,
    /// The names of what is used.
    api_key: Option<String>,
    signature: Option<String>,
}

impl<'a> Schemes<'a> {
    pub(super) fn of(exporter: &mut Exporter<'a>) -> Self {
        let mut schemes = Self {
            authorizers: HashMap::new(),
            taken: HashSet::new(),
            missing: HashMap::new(),
            api_key: None,
            signature: None,
        };
        for (place, authorizer) in exporter.document.authorizers.iter().enumerate() {
            if schemes.taken.insert(authorizer.name.clone()) {
                schemes.authorizers.insert(&authorizer.id, &authorizer.name);
            } else {
                let message = "another authorizer has its name, by which documents tell them apart: \
                               methods with this one are locked";
                exporter.warn(&format!("/authorizers/{place}"), message);
            }
        }
        schemes
    }

    /// What a method requires; nothing for one that is open.
    pub(super) fn requirement(
        &mut self,
        exporter: &mut Exporter<'a>,
        subject: &Subject<'_, 'a>,
    ) -> Option<Value> {
        let method = subject.method;
        let mut required = Members::new();
        match method.authorization_type {
            AuthorizationType::None => {}
            AuthorizationType::AwsIam => {
                let name = Self::name(&mut self.signature, &mut self.taken, SIGNATURE);
                put(&mut required, name, json!([]));
            }
            AuthorizationType::Custom
            | AuthorizationType::CognitoUserPools
            | AuthorizationType::Jwt => {
                let id = method.authorizer_id.as_deref().unwrap_or_default();
                match self.authorizers.get(id) {
                    Some(name) => {
                        let name = exporter.shared(name);
                        let scopes = method.authorization_scopes.as_slice();
                        put(&mut required, name, scopes);
                    }
                    None => {
                        // A scheme that is not there locks the method, as it is locked now.
                        let name = self.missing(id);
                        let message = format!(
                            "the method is locked: `{name}`, which it requires, is no authorizer"
                        );
                        exporter.note(subject.pointer, message);
                        put(&mut required, name, json!([]));
                    }
                }
            }
        }
        if method.api_key_required {
            let name = Self::name(&mut self.api_key, &mut self.taken, API_KEY);
            put(&mut required, name, json!([]));
        }
        (!required.is_empty()).then(|| vec![Value::from(required)].into())
    }

    /// The name of a scheme of its own kind, from its first use on.
    fn name<'s>(
        slot: &'s mut Option<String>,
        taken: &mut HashSet<String>,
        wanted: &str,
    ) -> &'s str {
        slot.get_or_insert_with(|| {
            let mut name = wanted.to_owned();
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            name
        })
    }

    /// A name that no scheme has, near to an id that no authorizer has.
    fn missing(&mut self, id: &'a str) -> &str {
        let taken = &self.taken;
        self.missing.entry(id).or_insert_with(|| {
            let mut name = if id.is_empty() { "nobody" } else { id }.to_owned();
            // Schemes that may still come begin so.
            let may_come = |name: &str| name.starts_with(API_KEY) || name.starts_with(SIGNATURE);
            while taken.contains(&name) || may_come(&name) {
                name.insert(0, '-');
            }
            name
        })
    }

    /// All schemes: of authorizers that are there, and of what is used besides.
    pub(super) fn write(self, exporter: &mut Exporter<'a>) -> Members {
        let mut written = Members::new();
        if let Some(name) = &self.api_key {
            put(&mut written, name, api_key(API_KEY_HEADER));
        }
        if let Some(name) = &self.signature {
            let mut scheme = api_key(TOKEN_HEADER);
            put(&mut scheme, "x-amazon-apigateway-authtype", "awsSigv4");
            put(&mut written, name, scheme);
        }
        let authorizers = &exporter.document.authorizers;
        for (place, authorizer) in authorizers.iter().enumerate() {
            if self.authorizers.contains_key(authorizer.id.as_str()) {
                let scheme = exporter.scheme(authorizer, &format!("/authorizers/{place}"));
                put(&mut written, &authorizer.name, scheme);
            }
        }
        written
    }
}

impl<'a> Exporter<'a> {
    fn scheme(&mut self, authorizer: &'a Authorizer, pointer: &str) -> Members {
        let header = authorizer.identity_source.as_deref().and_then(header);
        let name = match authorizer.kind {
            AuthorizerType::Request => header.unwrap_or(UNUSED),
            AuthorizerType::Token | AuthorizerType::CognitoUserPools | AuthorizerType::Jwt => {
                if header.is_none() {
                    let message = format!(
                        "an authorizer of type {} reads one header: importing it makes that \
                         `{TOKEN_HEADER}`",
                        authorizer.kind
                    );
                    self.warn(pointer, message);
                }
                header.unwrap_or(TOKEN_HEADER)
            }
        };
        let mut scheme = api_key(name);
        let about = self.documentation.authorizer(&authorizer.name);
        self.describe(&mut scheme, about, &["description"]);
        let auth_type = authorizer.auth_type.as_deref();
        put_if(&mut scheme, "x-amazon-apigateway-authtype", auth_type);
        if self.has(Extensions::AUTHORIZERS) {
            let extension = "x-amazon-apigateway-authorizer";
            put(&mut scheme, extension, settings(authorizer));
        }
        self.extend(&mut scheme, about);
        scheme
    }
}

/// The header that is a source, if it is one alone.
fn header(source: &str) -> Option<&str> {
    let name = source.strip_prefix(HEADER);
    name.filter(|name| !name.contains(','))
}

fn api_key(header: &str) -> Members {
    let mut scheme = Members::new();
    put(&mut scheme, "type", "apiKey");
    put(&mut scheme, "name", header);
    put(&mut scheme, "in", "header");
    scheme
}

fn settings(authorizer: &Authorizer) -> Members {
    let mut settings = Members::new();
    let kind = authorizer.kind.as_str().to_ascii_lowercase();
    put(&mut settings, "type", kind);
    // Of tokens the header of the scheme is the source; that of JWT is told besides.
    let source = authorizer.identity_source.as_deref();
    let source = source.filter(|source| match authorizer.kind {
        AuthorizerType::Request => true,
        AuthorizerType::Jwt => header(source).is_some(),
        AuthorizerType::Token | AuthorizerType::CognitoUserPools => false,
    });
    for (member, text) in [
        ("authorizerUri", authorizer.authorizer_uri.as_deref()),
        (
            "authorizerCredentials",
            authorizer.authorizer_credentials.as_deref(),
        ),
        ("identitySource", source),
        (
            "identityValidationExpression",
            authorizer.identity_validation_expression.as_deref(),
        ),
    ] {
        put_if(&mut settings, member, text);
    }
    put_if(
        &mut settings,
        "authorizerResultTtlInSeconds",
        authorizer.authorizer_result_ttl_in_seconds,
    );
    if !authorizer.provider_arns.is_empty() {
        put(
            &mut settings,
            "providerARNs",
            authorizer.provider_arns.as_slice(),
        );
    }
    if let Some(configuration) = &authorizer.jwt_configuration {
        put(&mut settings, "jwtConfiguration", json!(configuration));
    }
    settings
}
