//! Domains of a store, and whom these trust.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use tollgate::gateway::address::DomainName;
use tollgate::model::MutualTlsAuthentication;
use tollgate::store::State;

use crate::domains::{Domain, Domains, Handshakes};
use crate::printable::printable;
use crate::tls::Certificates;
use crate::truststore::Truststore;
use crate::truststore_folder;

/// What each domain of a state asks of its clients; `None`: nothing.
pub(crate) type Asked = BTreeMap<DomainName, Option<MutualTlsAuthentication>>;

/// What the domains of a state ask.
pub(crate) fn asked(state: &State) -> Asked {
    let mut asked = Asked::new();
    for domain in state.domain_names() {
        // What is no name is served nowhere.
        if let Ok(name) = domain.domain_name.parse() {
            let known = asked.entry(name).or_default();
            // Two that differ in case alone are one.
            if known.is_none() {
                known.clone_from(&domain.mutual_tls_authentication);
            }
        }
    }
    asked
}

/// The domains of a store, and what was read of their truststores.
#[derive(Debug, Default)]
pub(crate) struct StoredDomains {
    asked: Asked,
    /// By URI; an error is what there is to say of it.
    read: BTreeMap<String, Result<Arc<Truststore>, String>>,
}

impl StoredDomains {
    /// Lets the domains be these; whether they ask for something else than before. The truststores of those
    /// that do are read again: on the service, a change of the domain is what tells of a change of its
    /// truststore.
    pub(crate) fn ask(&mut self, asked: Asked) -> bool {
        let before = std::mem::replace(&mut self.asked, asked);
        for (name, now) in &self.asked {
            if before.get(name) != Some(now) {
                self.read.remove(uri(now.as_ref()));
            }
        }
        self.asked != before
    }

    /// Forgets what was read.
    pub(crate) fn forget(&mut self) {
        self.read.clear();
    }

    /// The places that truststores are read from.
    pub(crate) fn files(&self, folder: &Path) -> Vec<PathBuf> {
        let uris = self.asked.values().map(|asked| uri(asked.as_ref()));
        let mut files: Vec<_> = uris
            .flat_map(|uri| truststore_folder::watched(folder, uri))
            .collect();
        files.sort_unstable();
        files.dedup();
        files
    }

    /// Who reaches the domains. One whose truststore cannot be had is closed to everybody, and a remark
    /// says why.
    pub(crate) fn domains(
        &mut self,
        folder: Option<&Path>,
        certificates: &Certificates,
        provider: &Arc<CryptoProvider>,
        remarks: &mut Vec<String>,
    ) -> Domains {
        // What could not be read is tried once more, and what nobody asks for any more is forgotten.
        let uris: BTreeSet<_> = self.asked.values().map(|one| uri(one.as_ref())).collect();
        self.read
            .retain(|uri, read| read.is_ok() && uris.contains(&**uri));
        let mut domains = Domains::default();
        for (name, asked) in &self.asked {
            let mut domain = Domain {
                is_closed: asked.is_some(),
                handshakes: Handshakes::new(),
            };
            if asked.is_some() {
                let uri = uri(asked.as_ref());
                let read = self.read.entry(uri.to_owned()).or_insert_with(|| {
                    let read = truststore_folder::read(folder, uri, provider);
                    read.map(Arc::new).map_err(|error| error.to_string())
                });
                let handshakes = read.clone().and_then(|truststore| {
                    let handshakes = certificates.handshakes(name, &truststore, provider);
                    handshakes.map_err(|error| error.to_string())
                });
                match handshakes {
                    Ok(handshakes) => domain.handshakes = handshakes,
                    Err(error) => remarks.push(closed(name, &error)),
                }
                if !domain.handshakes.is_empty() && !certificates.speak(&domain.handshakes) {
                    remarks.push(unspoken(name));
                }
            }
            domains.insert(name.clone(), domain);
        }
        let truststores = self.read.values().flatten();
        remarks.extend(truststores.filter_map(|one| one.remark()));
        domains
    }
}

/// The URI of a truststore; empty where there is none.
fn uri(asked: Option<&MutualTlsAuthentication>) -> &str {
    asked
        .and_then(|asked| asked.truststore_uri.as_deref())
        .unwrap_or_default()
}

fn unspoken(name: &DomainName) -> String {
    format!(
        "warning: the domain {name} asks clients for certificates, but no listener for APIs has tls with a \
         certificate: nobody reaches it"
    )
}

fn closed(name: &DomainName, error: &str) -> String {
    format!(
        "{}\nthe domain {name} is closed to everybody",
        printable(error)
    )
}
