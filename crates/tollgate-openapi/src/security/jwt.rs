//! Whose tokens an authorizer of type `jwt` takes.

use tollgate_model::{JwtAdditionalClaim, JwtClaimFormat, JwtConfiguration, JwtIssuer};

use crate::members;
use crate::node::Node;
use crate::reader::Reader;

/// Whether settings are those of an authorizer of the service's other kind of APIs, which trusts one
/// issuer.
pub(super) fn is_of_http_api(settings: &Node<'_>) -> bool {
    let configuration = settings.get("jwtConfiguration");
    let is_theirs = |one: Node<'_>| one.get("issuer").is_some() && one.get("issuers").is_none();
    configuration.is_some_and(is_theirs)
}

/// Reads a configuration; nothing of one that no token could be judged by.
pub(super) fn read(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<JwtConfiguration> {
    reader.object(node);
    reader.review_rules(node, &members::JWT_CONFIGURATION);
    let mut configuration = JwtConfiguration::default();
    if let Some(issuers) = node.get("issuers") {
        let issuers = reader.list(&issuers);
        configuration.issuers = issuers.iter().map(|one| issuer(reader, one)).collect();
    }
    let mut is_whole = true;
    if let Some(algorithms) = node.get("defaultAlgorithms") {
        for algorithm in reader.list(&algorithms) {
            match reader.name_of(&algorithm) {
                Some(algorithm) => configuration.default_algorithms.push(algorithm),
                None => is_whole = false,
            }
        }
    }
    if !is_whole {
        return None;
    }
    if let Err(error) = configuration.check() {
        reader.error(node, error.to_string());
        return None;
    }
    Some(configuration)
}

fn issuer(reader: &mut Reader<'_>, node: &Node<'_>) -> JwtIssuer {
    reader.object(node);
    reader.review_rules(node, &members::JWT_ISSUER);
    let mut issuer = JwtIssuer::default();
    if let Some(name) = node.get("issuer") {
        issuer.issuer = reader.text(&name).unwrap_or_default();
    }
    if let Some(audiences) = node.get("audiences") {
        issuer.audiences = reader.texts(&audiences);
    }
    if let Some(claims) = node.get("additionalClaims") {
        let claims = reader.list(&claims);
        issuer.additional_claims = claims.iter().map(|one| claim(reader, one)).collect();
    }
    issuer
}

fn claim(reader: &mut Reader<'_>, node: &Node<'_>) -> JwtAdditionalClaim {
    reader.object(node);
    reader.review_rules(node, &members::JWT_CLAIM);
    let name = node.get("claimName").and_then(|name| reader.text(&name));
    let mut claim = JwtAdditionalClaim::new(name.unwrap_or_default());
    match node.get("format") {
        // There is one, and another is told.
        Some(format) => drop(reader.name_of::<JwtClaimFormat>(&format)),
        None => {
            reader.expect(node, "SINGLE_STRING", "a claim needs a `format`");
        }
    }
    if let Some(required) = node.get("required") {
        claim.required = reader.flag(&required).unwrap_or(true);
    }
    if let Some(values) = node.get("expectedValues") {
        claim.expected_values = reader.texts(&values);
    }
    claim
}
