//! Security: authorizers, API keys, and what a method asks of its callers.
//!
//! A method has one authorization type and may ask for an API key as well; requirements of OpenAPI
//! can say more than that. Three rules keep a secured operation from being served more open than
//! its author meant:
//!
//! - **Alternatives are all required together.** OpenAPI reads a list of requirements as "any of
//!   them", AWS's own tools write one to mean "all of them" (an authorizer in one entry, the API
//!   key in the next). All of them satisfies either reading. An empty alternative (`{}`) among
//!   others opens nothing.
//! - **What cannot be enforced locks the method.** A scheme without a counterpart (`http`,
//!   `oauth2`, `openIdConnect`, one that is not defined), or two authorizations at once: AWS warns
//!   and leaves the method open; here it is given an authorizer that does not exist, so that the
//!   gateway refuses every call, and the warning says so.
//! - **Only `security: []` opens an operation**, and `[{}]`, which gets a warning. `null`, or
//!   anything else that is no list of requirements, is an error; `x-amazon-apigateway-auth` of
//!   type `NONE` takes nothing away.

mod jwt;
mod scheme;

use std::borrow::Cow;
use std::collections::HashSet;

use indexmap::IndexMap;
use tollgate_model::{AuthorizationType, Authorizer, AuthorizerType, Method};

use self::scheme::Scheme;
pub(crate) use self::scheme::{API_KEY_HEADER, TOKEN_HEADER};
use crate::ids::Ids;
use crate::node::Node;
use crate::reader::Reader;

/// Members of a method that follow from its security.
const MEMBERS: [&str; 4] = [
    "authorizationType",
    "authorizerId",
    "authorizationScopes",
    "apiKeyRequired",
];

/// The security of a document.
#[derive(Debug)]
pub(crate) struct Security<'a> {
    schemes: IndexMap<String, Scheme>,
    authorizers: IndexMap<String, Authorizer>,
    /// Ids of authorizers.
    ids: HashSet<String>,
    default: Option<Node<'a>>,
}

impl<'a> Security<'a> {
    /// The security of a document, after the authorizers that were there.
    pub(crate) fn read(reader: &mut Reader<'a>, ids: &mut Ids, existing: Vec<Authorizer>) -> Self {
        let existing = existing.into_iter().map(|one| (one.name.clone(), one));
        let mut authorizers: IndexMap<_, _> = existing.collect();
        let mut schemes = IndexMap::new();
        if let Some(list) = reader.version.security_schemes(&reader.document) {
            for (name, node) in reader.object(&list) {
                if let Some(scheme) = scheme::read(reader, ids, &mut authorizers, name, node) {
                    schemes.insert(name.to_owned(), scheme);
                }
            }
        }
        Self {
            schemes,
            ids: authorizers.values().map(|one| one.id.clone()).collect(),
            authorizers,
            default: reader.document.get_even_null("security"),
        }
    }

    /// Asks of a method's callers what its operation or else the document asks.
    pub(crate) fn protect(
        &self,
        reader: &mut Reader<'_>,
        operation: &Node<'_>,
        method: &mut Method,
        model: &str,
    ) {
        let mut demand = Demand::default();
        let own = operation.get_even_null("security");
        let inherited = own.is_none();
        if let Some(list) = own.or_else(|| self.default.clone()) {
            if inherited && reader.share(&list).is_none() {
                return;
            }
            for member in MEMBERS {
                reader.trace(&format!("{model}/{member}"), &list);
            }
            self.collect(reader, &list, &mut demand);
        }
        if let Some(auth) = operation.get_even_null("x-amazon-apigateway-auth") {
            reader.trace(&format!("{model}/authorizationType"), &auth);
            read_auth(reader, &auth, &mut demand);
        }
        demand.apply(self, method);
    }

    fn collect(&self, reader: &mut Reader<'_>, list: &Node<'_>, demand: &mut Demand) {
        let alternatives = reader.list(list);
        let asking = alternatives
            .iter()
            .filter(|one| one.members().next().is_some())
            .count();
        if asking > 1 {
            reader.warn(
                list,
                "the alternatives are all required together: a method has no choice of them",
            );
        }
        for alternative in alternatives {
            let requirement = reader.object(&alternative);
            if requirement.is_empty() && alternative.value.is_object() {
                let message = match asking {
                    0 => "the empty requirement opens the method: `security: []` says so plainly",
                    _ => "the empty alternative is ignored: the others are required",
                };
                reader.warn(&alternative, message);
            }
            // Even with scopes that are `null`, a scheme is required.
            for (name, scopes) in alternative.members() {
                self.require(reader, name, &scopes, demand);
            }
        }
    }

    fn require(&self, reader: &mut Reader<'_>, name: &str, scopes: &Node<'_>, demand: &mut Demand) {
        match self.schemes.get(name) {
            Some(Scheme::ApiKey) => demand.api_key = true,
            Some(Scheme::Iam) => demand.authorize(reader, scopes, name, Authorization::Iam),
            Some(Scheme::Authorizer { kind, id }) => {
                let scopes_asked = if scopes.value.is_null() {
                    Vec::new()
                } else {
                    reader.texts(scopes)
                };
                let kind = authorization_type(*kind);
                let authorization = Authorization::Authorizer {
                    kind,
                    id: id.clone(),
                };
                demand.authorize(reader, scopes, name, authorization);
                demand.scopes.extend(scopes_asked);
            }
            Some(Scheme::Foreign) => demand.lock(
                reader,
                scopes,
                name,
                &format!("a REST API cannot enforce the security scheme `{name}`"),
                |_| Some("give the scheme an `x-amazon-apigateway-authorizer`".into()),
            ),
            None => demand.lock(
                reader,
                scopes,
                name,
                &format!("the security scheme `{name}` is not defined"),
                |reader| reader.did_you_mean(name, self.schemes.keys().map(String::as_str)),
            ),
        }
    }

    /// All authorizers, used or not.
    pub(crate) fn into_authorizers(self) -> Vec<Authorizer> {
        self.authorizers.into_values().collect()
    }
}

/// How callers of a method with such an authorizer are authorized.
pub(crate) const fn authorization_type(kind: AuthorizerType) -> AuthorizationType {
    match kind {
        AuthorizerType::CognitoUserPools => AuthorizationType::CognitoUserPools,
        AuthorizerType::Jwt => AuthorizationType::Jwt,
        AuthorizerType::Token | AuthorizerType::Request => AuthorizationType::Custom,
    }
}

/// What one operation asks of its callers.
#[derive(Debug, Default)]
struct Demand {
    api_key: bool,
    authorization: Option<Authorization>,
    scopes: Vec<String>,
    /// The scheme that cannot be enforced.
    locked_by: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Authorization {
    Iam,
    Authorizer { kind: AuthorizationType, id: String },
}

impl Demand {
    fn authorize(
        &mut self,
        reader: &mut Reader<'_>,
        node: &Node<'_>,
        name: &str,
        authorization: Authorization,
    ) {
        match &self.authorization {
            Some(other) if *other != authorization => {
                let why = format!("a method cannot have `{name}` beside another authorization");
                self.lock(reader, node, name, &why, |_| None);
            }
            _ => self.authorization = Some(authorization),
        }
    }

    fn lock<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        node: &Node<'_>,
        name: &str,
        why: &str,
        help: impl FnOnce(&mut Reader<'a>) -> Option<Cow<'static, str>>,
    ) {
        let message = format!("{why}: methods that ask for it are locked and refuse every call");
        let help = help(reader);
        reader.warn(node, message).help_if(|| help);
        self.locked_by.get_or_insert_with(|| name.to_owned());
    }

    fn apply(self, security: &Security<'_>, method: &mut Method) {
        method.api_key_required = self.api_key;
        if let Some(mut nobody) = self.locked_by {
            // No authorizer may happen to have this id.
            while security.ids.contains(&nobody) {
                nobody.push('-');
            }
            method.authorization_type = AuthorizationType::Custom;
            method.authorizer_id = Some(nobody);
            return;
        }
        match self.authorization {
            None => {}
            Some(Authorization::Iam) => method.authorization_type = AuthorizationType::AwsIam,
            Some(Authorization::Authorizer { kind, id }) => {
                method.authorization_type = kind;
                method.authorizer_id = Some(id);
                method.authorization_scopes = self.scopes;
            }
        }
    }
}

fn read_auth(reader: &mut Reader<'_>, auth: &Node<'_>, demand: &mut Demand) {
    let kind = auth.get("type").and_then(|kind| reader.text(&kind));
    match kind.map(|kind| kind.to_ascii_uppercase()).as_deref() {
        Some("AWS_IAM") => demand.authorize(reader, auth, "AWS_IAM", Authorization::Iam),
        Some("NONE") => {
            if demand.authorization.is_some() || demand.locked_by.is_some() {
                reader.warn(
                    auth,
                    "the type NONE is ignored: the operation's security requires more",
                );
            }
        }
        _ => {
            reader.expect(
                auth,
                "NONE or AWS_IAM",
                "the authorization has no known `type`",
            );
        }
    }
}
