//! Issuers of tokens as a file has them.

use serde::Deserialize;
use tollgate::gateway::TokenIssuers;
use toml::Spanned;

use super::error::Found;

/// Where the tokens of a pool come from, and where its public keys are.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserPool {
    pub(crate) issuer: String,
    pub(crate) jwks_url: Spanned<String>,
}

/// Where the public keys of an issuer are.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JwtIssuer {
    pub(crate) jwks_url: Spanned<String>,
}

impl UserPool {
    /// What is wrong with the pool.
    pub(super) fn check(&self, found: &mut Vec<Found>) {
        if let Err(error) = TokenIssuers::new().with_pool("", &self.issuer, self.jwks_url.get_ref())
        {
            found.push((self.jwks_url.span(), error.to_string()));
        }
    }
}

impl JwtIssuer {
    /// What is wrong with the issuer.
    pub(super) fn check(&self, url: &Spanned<String>, found: &mut Vec<Found>) {
        if !tollgate::model::JwtIssuer::is_url(url.get_ref()) {
            let message = "expected the URL of an issuer, https://… with a host";
            found.push((url.span(), message.to_owned()));
        }
        if let Err(error) = TokenIssuers::new().with_issuer("", self.jwks_url.get_ref()) {
            found.push((self.jwks_url.span(), error.to_string()));
        }
    }
}
