//! What an authorizer's function answered, checked.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use thiserror::Error;
use tollgate_core::AuthorizerContext;
use tollgate_iam::policy::{InvalidPolicy, Policy, PolicyDocument, PolicyKind};

use crate::limits::MAX_ANSWER_BYTES;

/// What identifies the caller.
const PRINCIPAL_ID: &str = "principalId";

/// Who calls, and what this caller may call, as an authorizer's function said.
///
/// It is what is kept: whether a request is allowed is decided for each request. `Debug` shows neither
/// the context nor the key.
pub struct AuthorizerAnswer {
    principal_id: Box<str>,
    policy: Policy,
    /// With the principal's id first.
    context: AuthorizerContext,
    usage_identifier_key: Option<Box<str>>,
    length: usize,
}

/// An answer that is none: the authorizer is configured wrongly, and the client is told nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidAnswer {
    /// It is too long.
    #[error("answer of {0} bytes, expected at most {MAX_ANSWER_BYTES}")]
    TooLong(usize),
    /// It is no JSON, lacks a member or has one of another type.
    #[error("{0}")]
    Form(String),
    /// Its policy is none.
    #[error("policy document: {0}")]
    Policy(InvalidPolicy),
}

impl AuthorizerAnswer {
    /// Reads an answer.
    ///
    /// `principalId` is a text; `policyDocument` a policy; `context`, where there is one, an object of
    /// texts, numbers and booleans; `usageIdentifierKey`, where there is one, a text. No member stands
    /// twice. Other members are not looked at (API Gateway Developer Guide, "Output from an API
    /// Gateway Lambda authorizer").
    ///
    /// # Errors
    ///
    /// [`InvalidAnswer`] for anything else.
    pub fn parse(json: &[u8]) -> Result<Self, InvalidAnswer> {
        if json.len() > MAX_ANSWER_BYTES {
            return Err(InvalidAnswer::TooLong(json.len()));
        }
        let wire: Wire =
            serde_json::from_slice(json).map_err(|error| InvalidAnswer::Form(error.to_string()))?;
        let policy = Policy::from_document(&wire.policy_document, PolicyKind::Authorizer)
            .map_err(InvalidAnswer::Policy)?;
        let principal_id: Box<str> = wire.principal_id.into();
        let members = wire.context.unwrap_or_default().0.into_iter();
        // A member of the same name cannot be told from it, and does not count.
        let members = members.filter(|(name, _)| &**name != PRINCIPAL_ID);
        let first = (PRINCIPAL_ID.into(), principal_id.clone());
        Ok(Self {
            principal_id,
            policy,
            context: AuthorizerContext::of_members([first].into_iter().chain(members)),
            usage_identifier_key: wire.usage_identifier_key.map(Into::into),
            length: json.len(),
        })
    }

    /// `principalId`.
    #[must_use]
    pub fn principal_id(&self) -> &str {
        &self.principal_id
    }

    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The members of `context` as texts, in their order: `1` is `"1"`, `true` is `"true"`.
    pub fn context(&self) -> impl Iterator<Item = (&str, &str)> {
        self.context.iter().skip(1)
    }

    /// The value of `$context.authorizer.{name}`: `principalId`, or a member of `context`.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.context.value(name)
    }

    /// All of `$context.authorizer`.
    #[must_use]
    pub const fn authorizer_context(&self) -> &AuthorizerContext {
        &self.context
    }

    /// `usageIdentifierKey`: the API key of APIs whose `apiKeySource` is `AUTHORIZER`.
    #[must_use]
    pub fn usage_identifier_key(&self) -> Option<&str> {
        self.usage_identifier_key.as_deref()
    }

    /// Bytes of the answer.
    pub(super) const fn length(&self) -> usize {
        self.length
    }
}

impl fmt::Debug for AuthorizerAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizerAnswer")
            .field("principal_id", &self.principal_id)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    principal_id: String,
    policy_document: PolicyDocument,
    context: Option<ContextMembers>,
    usage_identifier_key: Option<String>,
}

#[derive(Default)]
struct ContextMembers(Vec<(Box<str>, Box<str>)>);

impl<'de> Deserialize<'de> for ContextMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = ContextMembers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of strings, numbers and booleans")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ContextMembers, A::Error> {
                let mut members: Vec<(Box<str>, Box<str>)> = Vec::new();
                while let Some((name, Scalar(value))) = map.next_entry::<Box<str>, Scalar>()? {
                    if members.iter().any(|(known, _)| *known == name) {
                        return Err(de::Error::custom(format_args!(
                            "duplicate member {name:?} of the context"
                        )));
                    }
                    members.push((name, value));
                }
                Ok(ContextMembers(members))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

/// A value of the context, as text.
struct Scalar(Box<str>);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Scalar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string, a number or a boolean")
            }

            fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
                Ok(Scalar(value.into()))
            }

            fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
                Ok(Scalar(if value { "true" } else { "false" }.into()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
                Ok(Scalar(value.to_string().into()))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
                Ok(Scalar(value.to_string().into()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
                // As JSON spells it: `1.0`, not `1`.
                Ok(Scalar(serde_json::Value::from(value).to_string().into()))
            }
        }

        deserializer.deserialize_any(Text)
    }
}
