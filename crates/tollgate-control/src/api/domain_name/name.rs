//! What custom domain names may be.

use tollgate_gateway::address;
use tollgate_model::DomainName;

use crate::call::Call;
use crate::error::{ControlError, Result};

/// A name in lower case.
///
/// Only names of the DNS with a dot are taken: `localhost` and addresses are those by which clients
/// reach the control plane, where it shares a port with what is served.
///
/// # Errors
///
/// Where it is no such name.
pub(super) fn parsed(text: &str) -> Result<String> {
    let name = text.parse::<address::DomainName>();
    let name = name.map_err(|error| ControlError::bad_request(error.to_string()))?;
    if !is_of_dns(name.wildcard_of().unwrap_or(name.as_str())) {
        return Err(ControlError::bad_request(format!(
            "domain name {text:?}: expected one of the DNS with at least two labels, such as \
             api.example.com, and no address"
        )));
    }
    Ok(name.as_str().to_owned())
}

/// Whether a host could be a name of the DNS that is no top level and no address.
fn is_of_dns(host: &str) -> bool {
    let is_label = |label: &str| !label.starts_with('-') && !label.ends_with('-');
    // Resolvers read what ends in a number, of any base, as an address.
    let is_top = |label: &str| label.starts_with(|first: char| first.is_ascii_alphabetic());
    let top = host.rsplit_once('.');
    host.split('.').all(is_label) && top.is_some_and(|(_, top)| is_top(top))
}

/// That nobody has a name, and that it takes no requests from a name of another account or region:
/// requests name hosts alone.
///
/// # Errors
///
/// 400.
pub(super) fn check_is_free(call: &Call<'_>, name: &str) -> Result<()> {
    let is_in_the_way = |known: &DomainName| {
        let other = known.domain_name.to_ascii_lowercase();
        let is_shared = || covers(&other, name) || covers(name, &other);
        other == name || (!call.is_here(known.home.as_ref()) && is_shared())
    };
    if call.state.domain_names().any(is_in_the_way) {
        return Err(ControlError::bad_request(
            "The domain name you provided already exists.",
        ));
    }
    Ok(())
}

/// Whether a name with a wildcard stands for another.
fn covers(wildcard: &str, name: &str) -> bool {
    let parent = name.split_once('.').map(|(_, parent)| parent);
    let of = wildcard.strip_prefix("*.");
    of.is_some() && of == parent
}

/// The domain name of this name, in any case.
pub(in crate::api) fn find<'a>(call: &Call<'a>, name: &str) -> Option<&'a DomainName> {
    let found = call.state.domain_name(name);
    found.or_else(|| call.state.domain_name(&name.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_dns() {
        for (text, expected) in [
            ("api.example.com", Some("api.example.com")),
            ("API.Example.com", Some("api.example.com")),
            ("*.example.com", Some("*.example.com")),
            ("xn--bcher-kva.xn--p1ai", Some("xn--bcher-kva.xn--p1ai")),
            ("pets.localhost", Some("pets.localhost")),
            ("_a.example.com", Some("_a.example.com")),
            ("localhost", None),
            ("*.localhost", None),
            ("*.com", None),
            ("127.0.0.1", None),
            ("127.1", None),
            ("0x7f.0x1", None),
            ("*.0.0.1", None),
            ("[::1]", None),
            ("::1", None),
            ("-a.example.com", None),
            ("a-.example.com", None),
            ("a.example.com.", None),
            ("a..com", None),
            ("", None),
        ] {
            assert_eq!(parsed(text).ok().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn wildcards_cover_one_label() {
        for (wildcard, name, expected) in [
            ("*.a.com", "b.a.com", true),
            ("*.a.com", "a.com", false),
            ("*.a.com", "c.b.a.com", false),
            ("*.a.com", "*.b.a.com", false),
            ("a.com", "b.a.com", false),
            ("a.com", "a", false),
        ] {
            assert_eq!(covers(wildcard, name), expected, "{wildcard} {name}");
        }
    }
}
