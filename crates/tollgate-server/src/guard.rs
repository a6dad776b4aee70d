//! Who sees to it that domains ask their clients for what configuration and store want.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio::sync::Notify;
use tollgate::node::StateObserver;
use tollgate::store::State;

use crate::config::{Config, Listener};
use crate::console::Console;
use crate::domains::Domains;
use crate::stored_domains::{StoredDomains, asked};
use crate::tls::{Certificates, SharedCertificates, TlsError};

/// Puts together what the configuration and the store say of certificates.
#[derive(Debug)]
pub(crate) struct Guard {
    listeners: Vec<Listener>,
    console: Console,
    provider: Arc<CryptoProvider>,
    shared: SharedCertificates,
    known: Mutex<Known>,
    asked: Notify,
}

#[derive(Debug, Default)]
struct Known {
    /// What the configuration says, as far as it could be read.
    configured: Certificates,
    /// What the configuration before closed, until nothing is served any more that it served.
    former: Domains,
    /// What stands for the object storage.
    folder: Option<PathBuf>,
    stored: StoredDomains,
    /// Who reaches the domains of the store, once nobody reaches those of the state before.
    settled: Domains,
    /// Who reaches them now.
    live: Domains,
    is_settled: bool,
    /// What there is to say about the domains of the store.
    remarks: Vec<String>,
    said: Vec<String>,
}

impl Guard {
    /// Reads the certificates of these listeners and of the configuration's domains.
    ///
    /// # Errors
    ///
    /// Where one cannot be used.
    pub(crate) fn new(
        listeners: Vec<Listener>,
        config: &Config,
        console: Console,
    ) -> Result<Self, TlsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let known = Known {
            configured: Certificates::read(&listeners, config, &provider)?,
            folder: config.truststores.clone(),
            is_settled: true,
            ..Known::default()
        };
        let guard = Self {
            listeners,
            console,
            provider,
            shared: SharedCertificates::default(),
            known: Mutex::default(),
            asked: Notify::new(),
        };
        *guard.known() = known;
        guard.publish(&mut guard.known());
        Ok(guard)
    }

    /// The certificates that are asked for and shown.
    pub(crate) const fn shared(&self) -> &SharedCertificates {
        &self.shared
    }

    /// Reads everything again, as another configuration has it. What was closed stays so until the
    /// configuration is [adopted](Self::adopted).
    ///
    /// # Errors
    ///
    /// Where a certificate of the configuration cannot be used. Those before stay, and what is to be closed
    /// is.
    pub(crate) fn configure(&self, config: &Config) -> Result<(), TlsError> {
        let read = Certificates::read(&self.listeners, config, &self.provider);
        let mut known = self.known();
        known.folder.clone_from(&config.truststores);
        let before = known.configured.domains().closed();
        known.former = std::mem::take(&mut known.former).with(&before);
        let outcome = match read {
            Ok(certificates) => {
                known.configured = certificates;
                Ok(())
            }
            Err(error) => {
                known.configured.close_only(config);
                Err(error)
            }
        };
        known.stored.forget();
        self.settle(&mut known);
        outcome
    }

    /// Nothing is served any more but what the configuration says.
    pub(crate) fn adopted(&self) {
        let mut known = self.known();
        if known.former.close_any() {
            known.former = Domains::default();
            self.publish(&mut known);
        }
    }

    /// Reads the truststores of the store's domains again.
    pub(crate) fn read_again(&self) {
        let mut known = self.known();
        known.stored.forget();
        self.settle(&mut known);
    }

    /// The places that are read besides those that the configuration names.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let known = self.known();
        let files = known
            .folder
            .as_deref()
            .map(|folder| known.stored.files(folder));
        files.unwrap_or_default()
    }

    /// Waits until other places may be read.
    pub(crate) async fn asks_anew(&self) {
        self.asked.notified().await;
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds out who reaches the domains of the store. What was closed stays so as long as it may be
    /// reached as it was.
    fn settle(&self, known: &mut Known) {
        let mut remarks = Vec::new();
        let folder = known.folder.as_deref();
        let stored = known
            .stored
            .domains(folder, &known.configured, &self.provider, &mut remarks);
        known.remarks = remarks;
        known.live = if known.is_settled {
            stored.clone()
        } else {
            stored.clone().with(&known.live)
        };
        known.settled = stored;
        self.publish(known);
    }

    fn publish(&self, known: &mut Known) {
        let certificates = known.configured.with(&known.live).with(&known.former);
        let mut said = certificates.remarks().to_owned();
        said.extend(known.remarks.iter().cloned());
        self.shared.store(Arc::new(certificates));
        for remark in said.iter().filter(|one| !known.said.contains(one)) {
            self.console.say(remark.clone());
        }
        known.said = said;
    }
}

impl StateObserver for Guard {
    fn coming(&self, state: &State) {
        let asked = asked(state);
        let mut known = self.known();
        // Where a panic came between, nobody has looked yet at what is asked.
        if known.stored.ask(asked) || !known.is_settled {
            known.is_settled = false;
            self.settle(&mut known);
            self.asked.notify_one();
        }
    }

    fn served(&self, _: &State) {
        let mut known = self.known();
        if !known.is_settled {
            known.is_settled = true;
            known.live = known.settled.clone();
            self.publish(&mut known);
        }
    }
}

#[cfg(test)]
mod tests {
    use tollgate::gateway::address;
    use tollgate::model::{DomainName, MutualTlsAuthentication};
    use tollgate::store::{Change, Entity};

    use super::*;

    /// A state with these domains; those with a URI ask for certificates of clients.
    fn state(domains: &[(&str, Option<&str>)]) -> State {
        let put = |(name, uri): &(&str, Option<&str>)| {
            let mut domain = DomainName::new(*name);
            domain.mutual_tls_authentication = uri.map(|uri| {
                let mut asked = MutualTlsAuthentication::default();
                asked.truststore_uri = Some(uri.to_owned());
                asked
            });
            Change::Put(Entity::DomainName(domain))
        };
        let changes: Vec<_> = domains.iter().map(put).collect();
        State::new().apply(&changes).expect("it is whole").state
    }

    fn guard(config: &str) -> Guard {
        let config: Config = toml::from_str(config).expect("it is a configuration");
        let (console, _) = Console::start().expect("there is room for a thread");
        Guard::new(Vec::new(), &config, console).expect("there is nothing to read")
    }

    /// Which of these are closed to clients without a certificate.
    fn closed(guard: &Guard) -> Vec<&'static str> {
        let certificates = guard.shared().load();
        let is_closed = |name: &&str| {
            let name: address::DomainName = name.parse().expect("it is a name");
            certificates.shown(&name, None).is_err()
        };
        let closed: Vec<_> = ["a.b", "c.d", "e.f"]
            .into_iter()
            .filter(is_closed)
            .collect();
        assert_eq!(certificates.closes_any(), !closed.is_empty());
        closed
    }

    #[test]
    fn what_is_closed_before_or_after_is_closed_meanwhile() {
        let guard = guard("");
        let asks = Some("s3://bucket/key");
        assert_eq!(closed(&guard), [""; 0]);
        let first = state(&[("a.b", asks), ("c.d", None)]);
        guard.coming(&first);
        assert_eq!(closed(&guard), ["a.b"]);
        guard.served(&first);
        assert_eq!(closed(&guard), ["a.b"]);

        // One opens, one closes, and one is new.
        let second = state(&[("a.b", None), ("C.D", asks), ("e.f", asks)]);
        guard.coming(&second);
        assert_eq!(closed(&guard), ["a.b", "c.d", "e.f"]);
        // Files change meanwhile.
        guard.read_again();
        assert_eq!(closed(&guard), ["a.b", "c.d", "e.f"]);
        guard.served(&second);
        assert_eq!(closed(&guard), ["c.d", "e.f"]);
        guard.read_again();
        assert_eq!(closed(&guard), ["c.d", "e.f"]);

        // One that goes is reached until the next state is served, which the next but one is.
        let gone = state(&[("c.d", asks)]);
        guard.coming(&gone);
        assert_eq!(closed(&guard), ["c.d", "e.f"]);
        let none = state(&[("c.d", None)]);
        guard.coming(&none);
        assert_eq!(closed(&guard), ["c.d", "e.f"]);
        guard.served(&none);
        assert_eq!(closed(&guard), [""; 0]);
    }

    #[test]
    fn what_a_configuration_closed_is_closed_until_another_is_served() {
        let guard = guard("");
        // The truststore is not read for that.
        let closing = "domains = [{ name = \"a.b\", truststore = \"none.pem\" }]";
        let closing: Config = toml::from_str(closing).expect("it is a configuration");
        let open: Config = toml::from_str("").expect("it is a configuration");
        guard.configure(&closing).expect_err("nobody reads it");
        assert_eq!(closed(&guard), ["a.b"]);
        guard.configure(&open).expect("there is nothing to read");
        guard.configure(&open).expect("there is nothing to read");
        assert_eq!(closed(&guard), ["a.b"]);
        guard.coming(&state(&[]));
        guard.served(&state(&[]));
        assert_eq!(closed(&guard), ["a.b"]);
        guard.adopted();
        assert_eq!(closed(&guard), [""; 0]);
    }

    #[test]
    fn domains_ask_if_one_of_their_name_does_whatever_it_asks_for() {
        let guard = guard("domains = [{ name = \"c.d\" }, { name = \"e.f\" }]");
        let mut vague = DomainName::new("a.b");
        vague.mutual_tls_authentication = Some(MutualTlsAuthentication::default());
        let changes = [
            Change::Put(Entity::DomainName(vague)),
            Change::Put(Entity::DomainName(DomainName::new("A.B"))),
        ];
        let both = state(&[("c.d", Some("../key"))]);
        let both = both.apply(&changes).expect("it is whole").state;
        guard.coming(&both);
        guard.served(&both);
        assert_eq!(closed(&guard), ["a.b", "c.d"]);
    }
}
