//! Certificates of a store that endpoints are shown.

use std::collections::BTreeMap;

use tollgate_gateway::ClientCertificate;
use tollgate_store::State;

/// The certificates of a state, each read once.
#[derive(Debug, Default)]
pub(crate) struct ClientCertificates {
    /// By id, with the texts that they were read from.
    known: BTreeMap<String, (Pem, ClientCertificate)>,
}

/// A certificate and its key.
type Pem = (String, String);

impl ClientCertificates {
    /// Reads what is new of a state, and forgets what is gone.
    pub(crate) fn follow(&mut self, state: &State, problems: &mut Vec<String>) {
        let mut before = std::mem::take(&mut self.known);
        for stored in state.client_certificates() {
            let id = &stored.client_certificate_id;
            let (chain, key) = (&stored.pem_encoded_certificate, &stored.private_key);
            let known = before
                .remove(id)
                .filter(|(pem, _)| (&pem.0, &pem.1) == (chain, key));
            let read = || ClientCertificate::from_pem(chain.as_bytes(), key.as_bytes());
            let read = known.map_or_else(read, |(_, known)| Ok(known));
            match read {
                Ok(certificate) => {
                    let pem = (chain.clone(), key.clone());
                    self.known.insert(id.clone(), (pem, certificate));
                }
                Err(error) => problems.push(format!("client certificate {id}: {error}")),
            }
        }
    }

    /// Adds them to those that a configuration names, which stay as they are.
    pub(crate) fn add_to(&self, configured: &mut BTreeMap<String, ClientCertificate>) {
        for (id, (_, certificate)) in &self.known {
            let entry = configured.entry(id.clone());
            entry.or_insert_with(|| certificate.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::ClientCertificate as Stored;
    use tollgate_store::{Change, Entity, EntityKey};

    use super::*;

    #[test]
    fn certificates_come_and_go_with_their_records() {
        let made = rcgen::generate_simple_self_signed(["client".to_owned()]);
        let made = made.expect("it is made of a name");
        let stored = Stored::new("abc123", made.cert.pem(), made.signing_key.serialize_pem());
        let broken = Stored::new("broken", "none", "none");
        let changes = [stored, broken].map(|one| Change::Put(Entity::ClientCertificate(one)));
        let state = State::new().apply(&changes).expect("it is whole").state;
        let (mut certificates, mut problems) = (ClientCertificates::default(), Vec::new());
        let mut configured = BTreeMap::new();
        for _ in 0..2 {
            problems.clear();
            certificates.follow(&state, &mut problems);
            certificates.add_to(&mut configured);
            assert_eq!(configured.keys().collect::<Vec<_>>(), ["abc123"]);
            assert!(
                problems[0].starts_with("client certificate broken: "),
                "{problems:?}"
            );
        }
        let gone = Change::Remove(EntityKey::ClientCertificate("abc123".into()));
        let state = state.apply(&[gone]).expect("it is there").state;
        certificates.follow(&state, &mut problems);
        configured.clear();
        certificates.add_to(&mut configured);
        assert!(configured.is_empty());
    }
}
