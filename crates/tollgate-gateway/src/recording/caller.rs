//! What was found out of a caller, recorded: whoever replays an exchange has neither keys nor functions.

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tollgate_core::{AuthorizerContext, Rejection, Signer};

use super::Unwritable;
use super::hide::Hide;
use super::message::RecordedOutcome;
use crate::Secrets;
use crate::authorization::{Doorkeeper, Judged};

/// Types of errors that refusals have in the place of those of their gateway responses.
const ERROR_TYPES: [&str; 5] = [
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "UnrecognizedClientException",
];

/// Who called a protected method, and why the caller might not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordedCaller {
    /// What a Lambda authorizer said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    authorizer: Option<Members>,
    /// What a token said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    claims: Option<Members>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signer: Option<RecordedSigner>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refusal: Option<RecordedOutcome>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error_type: Option<String>,
}

type Members = Vec<(String, String)>;

/// Who signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedSigner {
    access_key_id: String,
    arn: String,
    user_id: Option<String>,
    organization_id: Option<String>,
}

impl RecordedCaller {
    fn of(judged: &Judged) -> Self {
        let members = |are_claims| {
            let said = judged.authorizer.as_ref();
            let said = said.filter(|said| said.are_claims() == are_claims)?;
            let pairs = said.iter();
            let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
            Some(pairs.collect())
        };
        let signer = judged.signer.as_deref();
        let refusal = judged.refusal.as_ref();
        Self {
            authorizer: members(false),
            claims: members(true),
            signer: signer.map(|signer| RecordedSigner {
                access_key_id: signer.access_key_id.as_ref().to_owned(),
                arn: signer.arn.as_ref().to_owned(),
                user_id: signer.user_id.as_deref().map(str::to_owned),
                organization_id: signer.organization_id.as_deref().map(str::to_owned),
            }),
            refusal: refusal.map(|refusal| RecordedOutcome::of(&Err(refusal.clone()))),
            error_type: refusal
                .and_then(Rejection::error_type)
                .filter(|error_type| ERROR_TYPES.contains(error_type))
                .map(str::to_owned),
        }
    }

    fn play(&self) -> Judged {
        let said = match (&self.authorizer, &self.claims) {
            (Some(members), _) => Some(AuthorizerContext::of_members(members.iter().cloned())),
            (None, Some(claims)) => Some(AuthorizerContext::of_claims(claims.iter().cloned())),
            (None, None) => None,
        };
        let signer = self.signer.as_ref().map(|recorded| {
            let mut signer = Signer::new(&recorded.access_key_id, &recorded.arn);
            signer.user_id = recorded.user_id.as_deref().map(Into::into);
            signer.organization_id = recorded.organization_id.as_deref().map(Into::into);
            Arc::new(signer)
        });
        let refusal = self.refusal.as_ref().and_then(|one| one.play().err());
        let mut error_types = ERROR_TYPES.into_iter();
        let error_type = error_types.find(|known| self.error_type.as_deref() == Some(*known));
        Judged {
            authorizer: said,
            signer,
            refusal: match (refusal, error_type) {
                (Some(refusal), Some(error_type)) => Some(refusal.with_error_type(error_type)),
                (refusal, _) => refusal,
            },
        }
    }
}

impl Hide for RecordedCaller {
    fn hide(&self, secrets: &Secrets) -> Result<Self, Unwritable> {
        let hide = |members: &Members| {
            let shown = |text: &String| secrets.text(text.into()).into_owned();
            let members = members.iter();
            members
                .map(|(name, value)| (name.clone(), shown(value)))
                .collect()
        };
        let refusal = self.refusal.as_ref().map(|refusal| refusal.hide(secrets));
        Ok(Self {
            authorizer: self.authorizer.as_ref().map(hide),
            claims: self.claims.as_ref().map(hide),
            refusal: refusal.transpose()?,
            ..self.clone()
        })
    }
}

/// Keeps what is found out of the caller, and knows it already where it is played.
#[derive(Debug)]
pub(super) struct Door {
    played: Option<RecordedCaller>,
    kept: Mutex<Option<RecordedCaller>>,
}

impl Door {
    pub(super) fn playing(played: Option<RecordedCaller>) -> Self {
        Self {
            played,
            kept: Mutex::default(),
        }
    }

    pub(super) fn take(&self) -> Option<RecordedCaller> {
        // It is whole whoever panicked beside it.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.take()
    }
}

impl Doorkeeper for Door {
    fn known(&self) -> Option<Judged> {
        self.played.as_ref().map(RecordedCaller::play)
    }

    fn keep(&self, judged: &Judged) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(RecordedCaller::of(judged));
    }
}
