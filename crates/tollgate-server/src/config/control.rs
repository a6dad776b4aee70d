//! `[control]`: where the control plane listens, and whom it answers.

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use tollgate::iam::sigv4::{Credentials, IssuedKey, Principal};
use toml::Spanned;

use super::error::Found;
use super::text::{Account, Text};
use super::{Config, ListenerTls};
use crate::report::Report;
use crate::text_file;

/// Bytes that the file of a secret may have.
const MOST_SECRET_BYTES: u64 = 4_096;

/// The control plane's settings.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Control {
    /// Where it listens.
    pub(crate) address: Option<SocketAddr>,
    /// Absent: its connections are not encrypted.
    pub(crate) tls: Option<ListenerTls>,
    /// Who may call it, by access key id; empty: whoever is on this machine.
    pub(crate) keys: HashMap<String, ControlKey>,
}

/// A key that calls are signed with.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ControlKey {
    /// The secret, or the file that it stands in.
    #[serde(default)]
    secret: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) secret_file: Option<Spanned<PathBuf>>,
    /// The account that it belongs to; absent: the server's own.
    #[serde(default)]
    account_id: Option<Text<Account>>,
}

impl Control {
    /// What is wrong with it.
    pub(super) fn check(&self, found: &mut Vec<Found>) {
        for (id, key) in &self.keys {
            match (&key.secret, &key.secret_file) {
                (Some(_), Some(file)) => found.push((
                    file.span(),
                    format!("control key {id} has a secret already, expected one of the two"),
                )),
                (Some(secret), None) if secret.get_ref().is_empty() => {
                    found.push((secret.span(), "the secret is empty".to_owned()));
                }
                _ => {}
            }
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
            let secret = key.secret(id, config)?;
            let account = key.account_id.as_ref().unwrap_or(&config.account_id);
            let principal = Principal::new(format!("arn:aws:iam::{}:user/{id}", account.0.0));
            let issued = IssuedKey::new(Credentials::new(id.as_str(), &secret), principal);
            Ok((id.clone(), Arc::new(issued)))
        });
        issued.collect::<Result<_, _>>().map(Some)
    }
}

impl ControlKey {
    fn secret(&self, id: &str, config: &Config) -> Result<String, Report> {
        let file = match (&self.secret, &self.secret_file) {
            (Some(secret), _) => return Ok(secret.get_ref().clone()),
            (None, Some(file)) => file.get_ref(),
            (None, None) => {
                let message = format!("control key {id}: expected secret or secret_file");
                return Err(config.wrong(message));
            }
        };
        let text = text_file::read(file, MOST_SECRET_BYTES);
        let text = text.map_err(|error| Report::unreadable(file, &error))?;
        let secret = text.trim_end_matches(['\r', '\n']);
        if secret.is_empty() {
            let file = file.display();
            return Err(config.wrong(format!("control key {id}: {file} is empty")));
        }
        Ok(secret.to_owned())
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
