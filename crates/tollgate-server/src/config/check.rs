//! What a configuration must be besides well-formed.

use std::collections::BTreeSet;

use super::error::Found;
use super::{Config, Domain, Stage};

/// Variables that a stage may have, and how long their names and values may be; the service's own.
const MOST_VARIABLES: usize = 100;
const LONGEST_VARIABLE_NAME: usize = 64;
const LONGEST_VARIABLE_VALUE: usize = 512;

/// Everything that is wrong within the file.
pub(super) fn check(config: &Config) -> Vec<Found> {
    let mut found = Vec::new();
    let of_control = config.control.as_ref();
    let of_control = of_control.and_then(|one| one.tls.as_ref());
    let of_listeners = config.listeners.iter();
    let of_listeners = of_listeners.filter_map(|one| one.tls.as_ref());
    for tls in of_listeners.chain(of_control) {
        let missing = match (&tls.certificate, &tls.private_key) {
            (Some(certificate), None) => Some((certificate.span(), "private_key")),
            (None, Some(private_key)) => Some((private_key.span(), "certificate")),
            _ => None,
        };
        if let Some((span, missing)) = missing {
            found.push((span, format!("{missing} is missing beside it")));
        }
    }
    if let Some(control) = &config.control {
        control.check(&mut found);
    }
    for (id, key) in &config.api_keys {
        key.check(id, &mut found);
    }
    for (id, key) in &config.iam_keys {
        key.check(id, &mut found);
    }
    for pool in config.user_pools.values() {
        pool.check(&mut found);
    }
    for (url, issuer) in &config.jwt_issuers {
        issuer.check(url, &mut found);
    }
    let mut files = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for api in &config.apis {
        if !files.insert(api.file.get_ref()) {
            let message = format!("{} stands twice in apis", api.file.get_ref().display());
            found.push((api.file.span(), message));
        }
        if let Some(id) = &api.id
            && !ids.insert(id.get_ref().0.0.clone())
        {
            let message = format!("two APIs have the id {}", id.get_ref().0.0);
            found.push((id.span(), message));
        }
        let mut names = BTreeSet::new();
        for stage in &api.stages {
            if !names.insert(stage.name.get_ref().0.clone()) {
                let message = format!("the API has two stages {}", stage.name.get_ref().0);
                found.push((stage.name.span(), message));
            }
            variables(stage, &mut found);
            if let Some(id) = &stage.client_certificate
                && !config.client_certificates.contains_key(id.get_ref())
            {
                let message = format!("there is no client certificate {}", id.get_ref());
                found.push((id.span(), message));
            }
        }
    }
    let mut names = BTreeSet::new();
    for domain in &config.domains {
        if !names.insert(domain.name.get_ref().0.clone()) {
            let message = format!("there are two domains {}", domain.name.get_ref().0);
            found.push((domain.name.span(), message));
        }
        mappings(domain, &mut found);
    }
    for (name, function) in &config.functions {
        function.check(name, config, &mut found);
    }
    found
}

fn variables(stage: &Stage, found: &mut Vec<Found>) {
    let count = stage.variables.len();
    if count > MOST_VARIABLES {
        let message = format!("the stage has {count} variables, expected at most {MOST_VARIABLES}");
        found.push((stage.name.span(), message));
    }
    for (name, value) in &stage.variables {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let fits = (1..=LONGEST_VARIABLE_NAME).contains(&name.len());
        if !fits || !name.bytes().all(is_word) {
            let message = format!(
                "stage variable {name:?}: expected a name of 1 to {LONGEST_VARIABLE_NAME} \
                 letters, digits and underscores"
            );
            found.push((value.span(), message));
        }
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte);
        let text = value.get_ref();
        if text.len() > LONGEST_VARIABLE_VALUE || !text.bytes().all(allowed) {
            let message = format!(
                "stage variable {name}: expected a value of at most {LONGEST_VARIABLE_VALUE} \
                 letters, digits and -._~:/?#&=,"
            );
            found.push((value.span(), message));
        }
    }
}

fn mappings(domain: &Domain, found: &mut Vec<Found>) {
    let mut base_paths = BTreeSet::new();
    for mapping in &domain.mappings {
        let base_path = mapping.base_path.clone().unwrap_or_default().0;
        if !base_paths.insert(base_path.clone()) {
            let message = format!(
                "domain {} has two mappings of the base path \"{base_path}\"",
                domain.name.get_ref().0
            );
            found.push((mapping.api.span(), message));
        }
    }
}
