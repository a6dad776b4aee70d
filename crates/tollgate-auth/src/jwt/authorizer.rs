//! An authorizer of tokens at work.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use thiserror::Error;
use tollgate_core::{Context, GatewayResponseType, Rejection};
use tollgate_regex::{Pattern, PatternError};

use super::checks::{self, Unfit};
use super::claims::Claims;
use super::issuer::{JwtIssuer, NoKey};
use super::token::Token;
use super::trusted::TrustedIssuer;
use crate::authorizer::{sole_header, unauthorized};
use crate::limits::DEFAULT_LEEWAY;
use crate::{IdentitySource, StageAccess};

/// The message to the bearer of a token that is over (as reported of the service).
const EXPIRED: &str = "The incoming token has expired";

/// What a token that is put before it is often introduced by.
const SCHEME: &str = "bearer ";

/// Judges the bearers of JSON Web Tokens.
///
/// The algorithm of a signature is that of the key, and never what the token would like; tokens are
/// verified with the keys of the issuer that they name, if it is one of those that are configured.
#[derive(Clone, Debug)]
pub struct JwtAuthorizer {
    source: IdentitySource,
    issuers: Vec<TrustedIssuer>,
    kind: Kind,
    /// None: that of the key, whichever it is.
    algorithms: Option<Vec<Box<str>>>,
    validation: Option<Arc<Pattern>>,
    leeway: Duration,
    access: StageAccess,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    UserPools,
    Any,
}

/// An authorizer of tokens that cannot be as it is configured.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidJwtAuthorizer {
    /// Its tokens are not to be found in a header.
    #[error("identity source {0:?} of a token, expected one method.request.header.…")]
    NotOneHeader(String),
    /// A user pool's ARN that is none.
    #[error(
        "user pool {0:?}, expected arn:{{partition}}:cognito-idp:{{region}}:{{account}}:userpool/{{id}}"
    )]
    UserPool(String),
    /// It believes nobody.
    #[error("no issuer")]
    NoIssuer,
    /// It would take tokens that are for anybody.
    #[error("issuer {0:?} has no audience")]
    NoAudience(String),
    /// Two of its issuers have one name.
    #[error("issuer {0:?} is there twice")]
    IssuerTwice(String),
    /// A validation expression that is none.
    #[error("identity validation expression {expression:?}")]
    ValidationExpression {
        /// The expression.
        expression: String,
        /// What is wrong with it.
        #[source]
        error: PatternError,
    },
}

impl JwtAuthorizer {
    /// `COGNITO_USER_POOLS`: tokens of these pools, in the header that is named as
    /// `method.request.header.…`.
    ///
    /// # Errors
    ///
    /// [`InvalidJwtAuthorizer`] for another identity source, and without a pool.
    pub fn user_pools(
        identity_source: &str,
        pools: impl IntoIterator<Item = Arc<JwtIssuer>>,
        access: StageAccess,
    ) -> Result<Self, InvalidJwtAuthorizer> {
        let pools = pools.into_iter().map(TrustedIssuer::pool);
        Self::of(Kind::UserPools, identity_source, pools, access)
    }

    /// Tokens of these issuers, each for audiences of its own.
    ///
    /// # Errors
    ///
    /// [`InvalidJwtAuthorizer`] for another identity source than a header, without an issuer, for one
    /// without an audience, and for two of one name.
    pub fn new(
        identity_source: &str,
        issuers: impl IntoIterator<Item = TrustedIssuer>,
        access: StageAccess,
    ) -> Result<Self, InvalidJwtAuthorizer> {
        let authorizer = Self::of(Kind::Any, identity_source, issuers, access)?;
        let mut names = HashSet::new();
        for trusted in &authorizer.issuers {
            let name = trusted.issuer.name();
            if trusted.audiences.is_empty() {
                return Err(InvalidJwtAuthorizer::NoAudience(name.to_owned()));
            }
            if !names.insert(name) {
                return Err(InvalidJwtAuthorizer::IssuerTwice(name.to_owned()));
            }
        }
        Ok(authorizer)
    }

    fn of(
        kind: Kind,
        identity_source: &str,
        issuers: impl IntoIterator<Item = TrustedIssuer>,
        access: StageAccess,
    ) -> Result<Self, InvalidJwtAuthorizer> {
        let issuers: Vec<_> = issuers.into_iter().collect();
        if issuers.is_empty() {
            return Err(InvalidJwtAuthorizer::NoIssuer);
        }
        Ok(Self {
            source: IdentitySource::of_token(identity_source)
                .ok_or_else(|| InvalidJwtAuthorizer::NotOneHeader(identity_source.to_owned()))?,
            issuers,
            kind,
            algorithms: None,
            validation: None,
            leeway: DEFAULT_LEEWAY,
            access,
        })
    }

    /// Refuses tokens whose `aud` does not match the expression as a whole. Access tokens of user pools
    /// have none, and are all refused.
    ///
    /// # Errors
    ///
    /// [`InvalidJwtAuthorizer::ValidationExpression`] for a text that is no regular expression of Java.
    pub fn with_validation_expression(
        mut self,
        expression: &str,
    ) -> Result<Self, InvalidJwtAuthorizer> {
        let pattern = Pattern::new(expression).map_err(|error| {
            InvalidJwtAuthorizer::ValidationExpression {
                expression: expression.to_owned(),
                error,
            }
        })?;
        self.validation = Some(Arc::new(pattern));
        Ok(self)
    }

    /// Takes tokens that are for these clients as well, and none that are for nobody named so far; of user
    /// pools where no client is named, those of all. Access tokens of user pools name theirs as `client_id`.
    #[must_use]
    pub fn with_client_ids<C: Into<Box<str>>>(
        mut self,
        client_ids: impl IntoIterator<Item = C>,
    ) -> Self {
        let client_ids: Vec<Box<str>> = client_ids.into_iter().map(Into::into).collect();
        for trusted in &mut self.issuers {
            trusted.audiences.extend_from_slice(&client_ids);
        }
        self
    }

    /// Refuses tokens that are signed in another way than one of these, such as `RS256`, whatever keys
    /// the issuers publish. The algorithm still has to be that of the key.
    #[must_use]
    pub fn with_algorithms<A: Into<Box<str>>>(
        mut self,
        algorithms: impl IntoIterator<Item = A>,
    ) -> Self {
        self.algorithms = Some(algorithms.into_iter().map(Into::into).collect());
        self
    }

    /// Lets the clock of issuers differ by so many whole seconds, for `exp`, `nbf` and `iat`.
    #[must_use]
    pub const fn with_leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Where the token is.
    #[must_use]
    pub const fn identity_source(&self) -> &IdentitySource {
        &self.source
    }

    /// Judges a call of a method that has these scopes: what the token says, if its bearer may call.
    ///
    /// Of a user pool, a method without scopes takes ID tokens, and one with scopes access tokens that
    /// have one of them. Of any other issuer, scopes are asked for where the method has some. After the
    /// token comes the API's resource policy, which has to allow the call, where there is one.
    ///
    /// # Errors
    ///
    /// | outcome | answer |
    /// |---|---|
    /// | the token is missing, there twice, not verified, not for this method | 401, `UNAUTHORIZED` |
    /// | it was right, and is over | 401, `UNAUTHORIZED`, `The incoming token has expired` |
    /// | the issuer's keys could never be had | 500, `AUTHORIZER_FAILURE` |
    /// | the resource policy does not allow the call | 403, `ACCESS_DENIED` |
    ///
    /// And those of [`StageAccess::method_arn`].
    pub async fn authorize(
        &self,
        context: &Context,
        scopes: &[Box<str>],
    ) -> Result<Claims, Rejection> {
        let (trusted, claims) = {
            let value = sole_header(&self.source, context)?;
            self.verified(without_scheme(&value)).await?
        };
        self.check(trusted, &claims, context, scopes)
            .map_err(|unfit| match unfit {
                Unfit::Expired => unauthorized("the token is over").with_message(EXPIRED),
                Unfit::Other(reason) => unauthorized(reason),
            })?;
        self.access.authorize_token(context)?;
        Ok(Claims::new(claims))
    }

    /// Who issued a token, and its claims, if its signature is right.
    async fn verified(
        &self,
        token: &str,
    ) -> Result<(&TrustedIssuer, Map<String, Value>), Rejection> {
        let token = Token::parse(token).map_err(unauthorized)?;
        let algorithm = token.algorithm();
        if let Some(allowed) = &self.algorithms
            && !allowed.iter().any(|one| **one == *algorithm)
        {
            return Err(unauthorized("the token is signed by another algorithm"));
        }
        let named = token.issuer();
        let mut issuers = self.issuers.iter();
        let trusted = issuers
            .find(|trusted| Some(trusted.issuer.name()) == named)
            .ok_or_else(|| unauthorized("the token is of another issuer"))?;
        let issuer = &trusted.issuer;
        let key = issuer
            .key(token.kid(), algorithm)
            .await
            .map_err(|none| match none {
                NoKey::Unknown => unauthorized("the issuer has no such key"),
                NoKey::OtherAlgorithm => unauthorized("the key is for another algorithm"),
                NoKey::Unavailable(reason) => {
                    Rejection::new(GatewayResponseType::AuthorizerFailure)
                        .because(format!("keys of {}: {reason}", issuer.name()))
                }
            })?;
        token
            .verified(&key)
            .map(|claims| (trusted, claims))
            .ok_or_else(|| unauthorized("the signature of the token is wrong"))
    }

    fn check(
        &self,
        trusted: &TrustedIssuer,
        claims: &Map<String, Value>,
        context: &Context,
        scopes: &[Box<str>],
    ) -> Result<(), Unfit> {
        checks::time(claims, context.received_at, self.leeway)?;
        if self.kind == Kind::UserPools {
            let token_use = if scopes.is_empty() { "id" } else { "access" };
            if !checks::is_used_as(claims, token_use) {
                return Err(Unfit::Other("the token is for another use"));
            }
        }
        trusted.check(claims)?;
        self.validate(claims)?;
        if !scopes.is_empty() && !checks::has_scope(claims, scopes) {
            return Err(Unfit::Other("the token has none of the method's scopes"));
        }
        Ok(())
    }

    fn validate(&self, claims: &Map<String, Value>) -> Result<(), Unfit> {
        let Some(pattern) = &self.validation else {
            return Ok(());
        };
        // What takes too much backtracking does not match.
        let matches = |one: &str| pattern.matches(one) == Ok(true);
        if checks::audience(claims).into_iter().any(matches) {
            Ok(())
        } else {
            Err(Unfit::Other(
                "the audience does not match the validation expression",
            ))
        }
    }
}

fn without_scheme(value: &str) -> &str {
    match value.split_at_checked(SCHEME.len()) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case(SCHEME) => token.trim_start(),
        _ => value,
    }
}
