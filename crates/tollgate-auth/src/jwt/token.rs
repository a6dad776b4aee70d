//! A token, taken apart; nothing in it may be believed yet.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::key::Key;

/// A token of which only the form is known to be right (RFC 7515, section 7.1).
pub(super) struct Token<'t> {
    header: Header,
    /// Nothing of it counts before the signature was verified.
    claims: Map<String, Value>,
    message: &'t [u8],
    signature: Vec<u8>,
}

/// What of a header plays a part here. Keys, and places where keys are, which it may name as well, are
/// never looked at.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that a verifier has to understand; none is.
    #[serde(default, deserialize_with = "is_there")]
    crit: bool,
}

fn is_there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

impl<'t> Token<'t> {
    /// Takes a token apart; the error says what is wrong.
    pub(super) fn parse(token: &'t str) -> Result<Self, &'static str> {
        let (signed, signature) = token.rsplit_once('.').ok_or(NO_TOKEN)?;
        let (header, claims) = signed.split_once('.').ok_or(NO_TOKEN)?;
        let header: Header = json(header).ok_or("the header of the token is none")?;
        if header.crit {
            return Err("the token has extensions that are not known here");
        }
        Ok(Self {
            header,
            claims: json(claims).ok_or("the claims of the token are none")?,
            message: signed.as_bytes(),
            signature: decoded(signature).ok_or(NO_TOKEN)?,
        })
    }

    pub(super) fn algorithm(&self) -> &str {
        &self.header.alg
    }

    pub(super) fn kid(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    /// Who is said to have issued it, which tells by whose keys it is to be verified.
    pub(super) fn issuer(&self) -> Option<&str> {
        self.claims.get("iss")?.as_str()
    }

    /// The claims, if the signature is right.
    pub(super) fn verified(self, key: &Key) -> Option<Map<String, Value>> {
        key.verifies(self.message, &self.signature)
            .then_some(self.claims)
    }
}

const NO_TOKEN: &str = "the token has not the form of a signed JSON Web Token";

fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

fn json<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
    serde_json::from_slice(&decoded(text)?).ok()
}
