//! Access keys of callers as a file has them.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tollgate::auth::IamCaller;
use tollgate::iam::sigv4::Principal;
use toml::Spanned;

use super::error::Found;
use super::secret::Secret;

/// A key: its secret, or the file that it stands in, and whose it is.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IamKey {
    #[serde(default)]
    secret: Option<Spanned<String>>,
    #[serde(default)]
    secret_file: Option<Spanned<PathBuf>>,
    pub(crate) arn: Spanned<String>,
    #[serde(default)]
    pub(crate) user_id: Option<String>,
    /// Files with identity policies.
    #[serde(default)]
    pub(crate) policies: Vec<PathBuf>,
}

impl IamKey {
    /// What is wrong with the key of this id.
    pub(super) fn check(&self, id: &Spanned<String>, found: &mut Vec<Found>) {
        self.secret().check(id, found);
        if let Err(error) = IamCaller::new(Principal::new(self.arn.get_ref().as_str()), []) {
            found.push((self.arn.span(), error.to_string()));
        }
    }

    /// The secret.
    pub(crate) fn secret(&self) -> Secret<'_> {
        Secret::new("secret", self.secret.as_ref(), self.secret_file.as_ref())
    }

    /// Makes paths relative to a folder.
    pub(super) fn resolve(&mut self, folder: &Path) {
        if let Some(file) = &mut self.secret_file {
            *file.get_mut() = folder.join(file.get_ref());
        }
        for file in &mut self.policies {
            *file = folder.join(&file);
        }
    }

    /// The files that it is read from.
    pub(crate) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        let secret = self.secret_file.as_ref().map(Spanned::get_ref);
        secret.into_iter().chain(&self.policies)
    }
}

impl fmt::Debug for IamKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IamKey")
            .field("arn", &self.arn)
            .field("secret_file", &self.secret_file)
            .field("policies", &self.policies)
            .finish_non_exhaustive()
    }
}
