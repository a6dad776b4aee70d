//! An issuer that an authorizer trusts, and for what.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::checks::{self, Unfit};
use super::issuer::JwtIssuer;

/// An issuer whose tokens are taken: for whom they have to be, and what they have to say besides.
///
/// ```
/// use tollgate_auth::{ClaimRule, TrustedIssuer};
/// # use std::sync::Arc;
/// # use tollgate_auth::JwtIssuer;
///
/// # fn trust(issuer: Arc<JwtIssuer>) -> TrustedIssuer {
/// TrustedIssuer::new(issuer, ["pets"]).with_claim(ClaimRule::required("tenant").with_values(["acme"]))
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TrustedIssuer {
    pub(super) issuer: Arc<JwtIssuer>,
    pub(super) audiences: Vec<Box<str>>,
    claims: Vec<ClaimRule>,
    /// Whether a client that a token was issued to is an audience, too, where the token names none.
    has_clients: bool,
}

/// What a token has to say: a claim that is one string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRule {
    name: Box<str>,
    is_required: bool,
    values: Vec<Box<str>>,
}

impl TrustedIssuer {
    /// An issuer whose tokens are for one of these audiences: one of `aud` has to be among them.
    #[must_use]
    pub fn new<A: Into<Box<str>>>(
        issuer: Arc<JwtIssuer>,
        audiences: impl IntoIterator<Item = A>,
    ) -> Self {
        Self {
            issuer,
            audiences: audiences.into_iter().map(Into::into).collect(),
            claims: Vec::new(),
            has_clients: false,
        }
    }

    /// A user pool, whose access tokens have `client_id` in place of `aud`.
    pub(super) fn pool(pool: Arc<JwtIssuer>) -> Self {
        let nobody: [&str; 0] = [];
        Self {
            has_clients: true,
            ..Self::new(pool, nobody)
        }
    }

    /// One more thing that its tokens have to say.
    #[must_use]
    pub fn with_claim(mut self, rule: ClaimRule) -> Self {
        self.claims.push(rule);
        self
    }

    /// Whether a token is for somebody here, and says what it has to.
    pub(super) fn check(&self, claims: &Map<String, Value>) -> Result<(), Unfit> {
        let is_ours = |one: &str| self.audiences.iter().any(|known| **known == *one);
        let mut found = checks::audience(claims);
        if self.has_clients && !claims.contains_key("aud") {
            found.extend(claims.get("client_id").and_then(Value::as_str));
        }
        if !self.audiences.is_empty() && !found.into_iter().any(is_ours) {
            return Err(Unfit::Other("the token is for somebody else"));
        }
        if self.claims.iter().all(|rule| rule.holds(claims)) {
            Ok(())
        } else {
            Err(Unfit::Other("a claim of the token is not as it has to be"))
        }
    }
}

impl ClaimRule {
    /// A claim that has to be there.
    #[must_use]
    pub fn required(name: impl Into<Box<str>>) -> Self {
        Self {
            is_required: true,
            ..Self::optional(name)
        }
    }

    /// A claim that may be missing.
    #[must_use]
    pub fn optional(name: impl Into<Box<str>>) -> Self {
        Self {
            name: name.into(),
            is_required: false,
            values: Vec::new(),
        }
    }

    /// Where it is there, it has to be one of these, letter by letter; without any it may be any string.
    #[must_use]
    pub fn with_values<V: Into<Box<str>>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        self.values.extend(values.into_iter().map(Into::into));
        self
    }

    fn holds(&self, claims: &Map<String, Value>) -> bool {
        match claims.get(&*self.name) {
            None => !self.is_required,
            Some(Value::String(text)) => {
                self.values.is_empty() || self.values.iter().any(|value| **value == **text)
            }
            Some(_) => false,
        }
    }
}
