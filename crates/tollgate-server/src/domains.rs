//! Who reaches which domain.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustls::ServerConfig;
use tollgate::gateway::address::DomainName;

/// Domains by their names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Domains(BTreeMap<DomainName, Domain>);

/// Who reaches a domain.
#[derive(Clone, Debug, Default)]
pub(crate) struct Domain {
    /// Whether only clients do who show a certificate that it trusts.
    pub(crate) is_closed: bool,
    /// How these are spoken with, by listener; empty where nobody is trusted, or nobody has to be.
    pub(crate) handshakes: Handshakes,
}

/// By listener.
pub(crate) type Handshakes = Vec<Option<Arc<ServerConfig>>>;

impl Domains {
    pub(crate) fn insert(&mut self, name: DomainName, domain: Domain) {
        self.0.insert(name, domain);
    }

    pub(crate) fn get(&self, name: &DomainName) -> Option<&Domain> {
        self.0.get(name)
    }

    /// The domain that a host stands for.
    pub(crate) fn find(&self, host: &str) -> Option<(&DomainName, &Domain)> {
        find(&self.0, host)
    }

    /// Whether some domain is only for clients with a certificate.
    pub(crate) fn close_any(&self) -> bool {
        self.0.values().any(|domain| domain.is_closed)
    }

    /// Those that are only for clients with a certificate.
    pub(crate) fn closed(&self) -> Self {
        let domains = self.0.iter().filter(|(_, domain)| domain.is_closed);
        Self(
            domains
                .map(|(name, one)| (name.clone(), one.clone()))
                .collect(),
        )
    }

    /// Closes these domains, and no others.
    pub(crate) fn close_only<'n>(&mut self, names: impl Iterator<Item = &'n DomainName>) {
        for domain in self.0.values_mut() {
            domain.is_closed = false;
        }
        for name in names {
            self.0.entry(name.clone()).or_default().is_closed = true;
        }
    }

    /// These domains, and others. Of two with one name it is this one, unless the other alone is closed.
    pub(crate) fn with(mut self, others: &Self) -> Self {
        for (name, other) in &others.0 {
            let known = self.0.entry(name.clone());
            let known = known.or_insert_with(|| other.clone());
            if other.is_closed && !known.is_closed {
                known.clone_from(other);
            }
        }
        self
    }
}

/// What stands beside a name: that of the domain itself, else of its wildcard.
pub(crate) fn find<'m, T>(
    map: &'m BTreeMap<DomainName, T>,
    host: &str,
) -> Option<(&'m DomainName, &'m T)> {
    let get = |name: &str| map.get_key_value(&name.parse().ok()?);
    let wildcard = || get(&format!("*.{}", host.split_once('.')?.1));
    get(host).or_else(wildcard)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domains(closed: &[(&str, bool)]) -> Domains {
        let mut domains = Domains::default();
        for (name, is_closed) in closed {
            let domain = Domain {
                is_closed: *is_closed,
                handshakes: Handshakes::new(),
            };
            domains.insert(name.parse().expect("it is a name"), domain);
        }
        domains
    }

    #[test]
    fn hosts_stand_for_the_domain_itself_or_its_wildcard() {
        let domains = domains(&[
            ("*.example.com", true),
            ("a.example.com", false),
            ("localhost", false),
        ]);
        for (host, expected) in [
            ("a.example.com", Some("a.example.com")),
            ("A.Example.COM", Some("a.example.com")),
            ("b.example.com", Some("*.example.com")),
            ("B.EXAMPLE.com", Some("*.example.com")),
            ("localhost", Some("localhost")),
            ("example.com", None),
            ("a.b.example.com", None),
            ("*.b.example.com", None),
            ("a.example.com.", None),
            ("", None),
        ] {
            let found = domains.find(host).map(|(name, _)| name.as_str());
            assert_eq!(found, expected, "{host}");
        }
    }

    #[test]
    fn what_either_closes_is_closed() {
        let names = [
            "a.example.com",
            "b.example.com",
            "c.example.com",
            "d.example.com",
        ];
        let one = domains(&[(names[0], true), (names[1], true), (names[2], false)]);
        let other = domains(&[(names[0], false), (names[2], true), (names[3], true)]);
        for both in [one.clone().with(&other), other.with(&one)] {
            for name in names {
                assert!(both.find(name).expect(name).1.is_closed, "{name}");
            }
        }
    }
}
