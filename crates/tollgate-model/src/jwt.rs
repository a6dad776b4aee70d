//! Whose tokens an authorizer of type `JWT` takes.

use std::collections::HashSet;
use std::net::Ipv6Addr;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;

use crate::wire::wire_enum;

/// Issuers that a configuration may have, audiences and claims that an issuer may have, and values that a
/// claim may have: 50 of each. The service has that limit for audiences of its HTTP APIs (API Gateway
/// Developer Guide, "Quotas for configuring and running an HTTP API"); the rest is a decision of ours.
pub const MAX_JWT_ENTRIES: usize = 50;

/// Bytes of an issuer: a decision of ours.
const MAX_ISSUER_BYTES: usize = 2_048;

/// Claims that have a meaning of their own, so that no rule can be made of them (API Gateway API
/// reference, `JwtAdditionalClaim`).
const RESERVED_CLAIMS: [&str; 7] = ["iss", "aud", "exp", "nbf", "iat", "scope", "scp"];

wire_enum! {
    /// How a token may be signed.
    pub enum JwtSigningAlgorithm("signing algorithm") {
        /// RSA with SHA-256.
        Rs256 = "RS256",
        /// RSA with SHA-384.
        Rs384 = "RS384",
        /// RSA with SHA-512.
        Rs512 = "RS512",
        /// ECDSA over P-256 with SHA-256.
        Es256 = "ES256",
        /// ECDSA over P-384 with SHA-384.
        Es384 = "ES384",
        /// ECDSA over P-521 with SHA-512.
        Es512 = "ES512",
    }
}

wire_enum! {
    /// What a claim has to be.
    pub enum JwtClaimFormat("claim format") {
        /// One string.
        SingleString = "SINGLE_STRING",
    }
}

/// What an authorizer of type `JWT` takes (API Gateway API reference, `JwtConfiguration`).
///
/// ```
/// use tollgate_model::JwtConfiguration;
///
/// let configuration: JwtConfiguration = serde_json::from_str(
///     r#"{
///         "issuers": [{ "issuer": "https://id.example.com", "audiences": ["pets"] }],
///         "defaultAlgorithms": ["RS256"]
///     }"#,
/// )?;
/// assert!(configuration.check().is_ok());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct JwtConfiguration {
    /// Whose tokens are taken.
    pub issuers: Vec<JwtIssuer>,
    /// How tokens of all of them may be signed.
    pub default_algorithms: Vec<JwtSigningAlgorithm>,
}

/// Somebody whose tokens are taken.
///
/// The service shows besides where the issuer's keys are, which it has found out; that is read and not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct JwtIssuer {
    /// Its URL: `iss` of its tokens, and what its keys are found by.
    pub issuer: String,
    /// For whom its tokens may be: one of them has to be in `aud`.
    pub audiences: Vec<String>,
    /// What its tokens have to say besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additional_claims: Vec<JwtAdditionalClaim>,
    #[serde(default, skip_serializing)]
    jwks_uri: Ignored,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Ignored;

impl<'de> Deserialize<'de> for Ignored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// What a token has to say besides what all have to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct JwtAdditionalClaim {
    /// The claim.
    pub claim_name: String,
    /// What it has to be, where it is there.
    pub format: JwtClaimFormat,
    /// Whether it has to be there.
    #[serde(default)]
    pub required: bool,
    /// What it has to say; empty: anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expected_values: Vec<String>,
}

/// A configuration that no token could be judged by, or any token would pass.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{place}: {reason}")]
pub struct InvalidJwtConfiguration {
    /// The member that is at fault, such as `issuers[0].audiences`.
    pub place: String,
    /// What is wrong with it, and what was expected.
    pub reason: String,
}

impl JwtConfiguration {
    /// Whether tokens can be judged by it: the rules of the service (API Gateway API reference,
    /// `JwtConfigurationInput`, `JwtIssuerInput`, `JwtAdditionalClaim`), and [`MAX_JWT_ENTRIES`].
    ///
    /// # Errors
    ///
    /// [`InvalidJwtConfiguration`], for the first member at fault.
    pub fn check(&self) -> Result<(), InvalidJwtConfiguration> {
        count(&self.issuers, 1, || "issuers".into())?;
        count(&self.default_algorithms, 1, || "defaultAlgorithms".into())?;
        let mut seen = HashSet::new();
        for (index, issuer) in self.issuers.iter().enumerate() {
            let place = format!("issuers[{index}]");
            issuer.check(&place)?;
            if !seen.insert(issuer.issuer.as_str()) {
                return Err(at(format!("{place}.issuer"), "it is there twice"));
            }
        }
        Ok(())
    }
}

impl JwtIssuer {
    /// Whether a text is the URL of an issuer (OpenID Connect Core 1.0, section 2): `https://`, a host and a
    /// path, of at most 2,048 characters.
    #[must_use]
    pub fn is_url(text: &str) -> bool {
        let Some(rest) = text.strip_prefix("https://") else {
            return false;
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        // What stands in brackets has colons of its own (RFC 3986, section 3.2.2).
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !authority.ends_with(']') => (host, port.parse::<u16>().is_ok()),
            _ => (authority, true),
        };
        let is_named = host.split('.').all(|label| {
            let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            !label.is_empty() && label.bytes().all(is_of_name)
        });
        let is_address = || {
            let inner = host
                .strip_prefix('[')
                .and_then(|host| host.strip_suffix(']'));
            inner.is_some_and(|inner| inner.parse::<Ipv6Addr>().is_ok())
        };
        let is_of_path =
            |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:@".contains(&byte);
        text.len() <= MAX_ISSUER_BYTES
            && (is_named || is_address())
            && port
            && path.bytes().all(is_of_path)
    }

    fn check(&self, place: &str) -> Result<(), InvalidJwtConfiguration> {
        if !Self::is_url(&self.issuer) {
            let reason = format!(
                "{:?}, expected https://… with a host, without user, query and fragment",
                self.issuer
            );
            return Err(at(format!("{place}.issuer"), reason));
        }
        let audiences = || format!("{place}.audiences");
        count(&self.audiences, 1, audiences)?;
        no_blank(&self.audiences, audiences)?;
        let claims = || format!("{place}.additionalClaims");
        count(&self.additional_claims, 0, claims)?;
        let mut seen = HashSet::new();
        for (index, claim) in self.additional_claims.iter().enumerate() {
            let place = format!("{}[{index}]", claims());
            claim.check(&place)?;
            if !seen.insert(claim.claim_name.as_str()) {
                return Err(at(format!("{place}.claimName"), "it is there twice"));
            }
        }
        Ok(())
    }
}

impl JwtAdditionalClaim {
    /// A claim that may be missing, and may be any string.
    #[must_use]
    pub fn new(claim_name: impl Into<String>) -> Self {
        Self {
            claim_name: claim_name.into(),
            format: JwtClaimFormat::SingleString,
            required: false,
            expected_values: Vec::new(),
        }
    }

    fn check(&self, place: &str) -> Result<(), InvalidJwtConfiguration> {
        let name = self.claim_name.as_str();
        if name.is_empty() || RESERVED_CLAIMS.contains(&name) {
            let reserved = RESERVED_CLAIMS.join(", ");
            let reason = format!("{name:?}, expected a name that is none of {reserved}");
            return Err(at(format!("{place}.claimName"), reason));
        }
        let values = || format!("{place}.expectedValues");
        count(&self.expected_values, 0, values)?;
        no_blank(&self.expected_values, values)
    }
}

fn at(place: String, reason: impl Into<String>) -> InvalidJwtConfiguration {
    let reason = reason.into();
    InvalidJwtConfiguration { place, reason }
}

fn count<T>(
    list: &[T],
    least: usize,
    place: impl Fn() -> String,
) -> Result<(), InvalidJwtConfiguration> {
    if (least..=MAX_JWT_ENTRIES).contains(&list.len()) {
        return Ok(());
    }
    let reason = format!(
        "{} of them, expected {least} to {MAX_JWT_ENTRIES}",
        list.len()
    );
    Err(at(place(), reason))
}

fn no_blank(list: &[String], place: impl Fn() -> String) -> Result<(), InvalidJwtConfiguration> {
    if list.iter().any(String::is_empty) {
        return Err(at(place(), "one of them is empty"));
    }
    Ok(())
}
