//! `[control]`: where the control plane listens, and whom it answers.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use tollgate::iam::sigv4::{Credentials, IssuedKey, Principal};
use toml::Spanned;

use super::error::Found;
use super::secret::Secret;
use super::text::{Account, Text};
use super::{Config, ListenerTls};
use crate::report::Report;

/// The control plane's settings.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Control {
    /// Where it listens.
    pub(crate) address: Option<SocketAddr>,
    /// Absent: its connections are not encrypted.
    pub(crate) tls: Option<ListenerTls>,
    /// Who may call it, by access key id; empty: whoever is on this machine.
    pub(crate) keys: BTreeMap<Spanned<String>, ControlKey>,
}

/// A key that calls are signed with.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ControlKey {
    /// The secret, or the file that it stands in.
    #[serde(default)]
    secret: Option<Spanned<String>>,
    #[serde(default)]
    secret_file: Option<Spanned<PathBuf>>,
    /// The account that it belongs to; absent: the server's own.
    #[serde(default)]
    account_id: Option<Text<Account>>,
}

impl Control {
    /// What is wrong with it.
    pub(super) fn check(&self, found: &mut Vec<Found>) {
        for (id, key) in &self.keys {
            key.secret().check(id, found);
        }
    }

    pub(super) fn resolve(&mut self, folder: &Path) {
        for key in self.keys.values_mut() {
            if let Some(file) = &mut key.secret_file {
                let file = file.get_mut();
                *file = folder.join(&*file);
            }
        }
    }

    /// The keys that calls are verified with; `None` where there are none.
    ///
    /// # Errors
    ///
    /// Where a secret is missing or cannot be read.
    pub(crate) fn credentials(
        &self,
        config: &Config,
    ) -> Result<Option<HashMap<String, Arc<IssuedKey>>>, Report> {
        if self.keys.is_empty() {
            return Ok(None);
        }
        let issued = self.keys.iter().map(|(id, key)| {
            let id = id.get_ref();
            let secret = key.secret().read()?;
            if secret.is_empty() {
                return Err(config.wrong(format!("control.keys.{id}: the secret is empty")));
            }
            let account = key.account_id.as_ref().unwrap_or(&config.account_id);
            let principal = Principal::new(format!("arn:aws:iam::{}:user/{id}", account.0.0));
            let issued = IssuedKey::new(Credentials::new(id.as_str(), &secret), principal);
            Ok((id.clone(), Arc::new(issued)))
        });
        issued.collect::<Result<_, _>>().map(Some)
    }
}

impl ControlKey {
    fn secret(&self) -> Secret<'_> {
        Secret::new("secret", self.secret.as_ref(), self.secret_file.as_ref())
    }
}

/// Without the secret.
impl fmt::Debug for ControlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ControlKey")
            .field("secret_file", &self.secret_file)
            .finish_non_exhaustive()
    }
}
