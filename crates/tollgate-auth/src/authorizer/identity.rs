//! What identifies the caller of a request, and whether it is there.

use std::borrow::Cow;
use std::sync::Arc;

use tollgate_core::{Context, GatewayResponseType, Rejection};
use tollgate_regex::Pattern;

use crate::limits::MAX_IDENTITY_BYTES;
use crate::{IdentitySource, InvalidAuthorizer};

/// The identity of a `TOKEN` authorizer: a header with a token.
#[derive(Clone, Debug)]
pub struct TokenIdentity {
    source: IdentitySource,
    validation: Option<Arc<Pattern>>,
}

/// The identity of a `REQUEST` authorizer: any number of sources, which all have to be there.
#[derive(Clone, Debug)]
pub struct RequestIdentity {
    sources: Vec<IdentitySource>,
}

impl TokenIdentity {
    /// A token in the header that is named as `method.request.header.…`.
    ///
    /// # Errors
    ///
    /// [`InvalidAuthorizer::NotOneHeader`] for anything else.
    pub fn new(identity_source: &str) -> Result<Self, InvalidAuthorizer> {
        Ok(Self {
            source: IdentitySource::of_token(identity_source)
                .ok_or_else(|| InvalidAuthorizer::NotOneHeader(identity_source.to_owned()))?,
            validation: None,
        })
    }

    /// Refuses tokens that do not match the expression as a whole, without asking the function.
    ///
    /// # Errors
    ///
    /// [`InvalidAuthorizer::ValidationExpression`] for a text that is no regular expression of Java.
    pub fn with_validation_expression(
        mut self,
        expression: &str,
    ) -> Result<Self, InvalidAuthorizer> {
        let pattern =
            Pattern::new(expression).map_err(|error| InvalidAuthorizer::ValidationExpression {
                expression: expression.to_owned(),
                error,
            })?;
        self.validation = Some(Arc::new(pattern));
        Ok(self)
    }

    /// Where the token is.
    #[must_use]
    pub const fn source(&self) -> &IdentitySource {
        &self.source
    }

    /// The expression that tokens have to match.
    #[must_use]
    pub fn validation_expression(&self) -> Option<&Pattern> {
        self.validation.as_deref()
    }

    /// The token of a request.
    pub(super) fn token<'c>(&'c self, context: &'c Context) -> Result<Cow<'c, str>, Rejection> {
        let token = sole_header(&self.source, context)?;
        match self.validation.as_ref().map(|it| it.matches(&token)) {
            None | Some(Ok(true)) => Ok(token),
            Some(Ok(false)) => Err(unauthorized(
                "the token does not match the validation expression",
            )),
            Some(Err(_)) => Err(unauthorized(
                "matching the token takes too much backtracking",
            )),
        }
    }
}

impl RequestIdentity {
    /// The sources of a list that is separated by commas, such as
    /// `method.request.header.Cookie, context.identity.sourceIp`.
    ///
    /// # Errors
    ///
    /// [`InvalidAuthorizer::IdentitySource`] with the first that is none.
    pub fn new(identity_sources: &str) -> Result<Self, InvalidAuthorizer> {
        Ok(Self {
            sources: IdentitySource::parse_list(identity_sources)?,
        })
    }

    /// The sources, in the order of the list.
    #[must_use]
    pub fn sources(&self) -> &[IdentitySource] {
        &self.sources
    }

    /// The values of a request, one for each source.
    pub(super) fn values<'c>(
        &'c self,
        context: &'c Context,
    ) -> Result<Vec<Cow<'c, str>>, Rejection> {
        let mut length = 0;
        let values = self.sources.iter().map(|source| {
            let value = source.value(context).ok_or_else(|| missing(source))?;
            length += value.len();
            if length > MAX_IDENTITY_BYTES {
                return Err(unauthorized(TOO_LONG));
            }
            Ok(value)
        });
        values.collect()
    }
}

pub(super) const TOO_LONG: &str = "the caller's identity is too long";

/// The value of a header that comes once.
///
/// A function sees one token, and the service behind may see another one: two are refused.
pub(crate) fn sole_header<'c>(
    source: &'c IdentitySource,
    context: &'c Context,
) -> Result<Cow<'c, str>, Rejection> {
    let name = source.header();
    let mut sent = name
        .into_iter()
        .flat_map(|name| context.request.headers.get_all(name));
    let is_text = sent
        .next()
        .is_none_or(|value| std::str::from_utf8(value.as_bytes()).is_ok());
    if !is_text {
        return Err(unauthorized("the token is no text"));
    }
    if sent.next().is_some() {
        return Err(unauthorized("there is more than one token"));
    }
    let value = source.value(context).ok_or_else(|| missing(source))?;
    if value.len() > MAX_IDENTITY_BYTES {
        return Err(unauthorized(TOO_LONG));
    }
    Ok(value)
}

fn missing(source: &IdentitySource) -> Rejection {
    Rejection::new(GatewayResponseType::Unauthorized)
        .because(format!("{source} is missing or empty"))
}

pub(crate) fn unauthorized(reason: &'static str) -> Rejection {
    Rejection::new(GatewayResponseType::Unauthorized).because(reason)
}
