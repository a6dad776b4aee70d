//! Custom domain names.

use serde_json::{Value, json};
use tollgate_deploy::check_tags;
use tollgate_model::{DomainName, EndpointConfiguration, EndpointType, Home};
use tollgate_store::{Entity, EntityKey};

use super::rest_api::{ENDPOINT_CONFIGURATION, fill_endpoint};
use crate::arn;
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, delete, get, patch, post};
use crate::outcome::Outcome;
use crate::page::list;
use crate::shape::{Member, Shape, TEXT_MAP, Violations, optional, required};

use crate::texts::NO_DOMAIN_NAME;
use crate::view::{Shown, fill, show_tags, wire};

mod edit;
mod mutual_tls;
pub(super) mod name;

const ALL: &str = "/domainnames";
const ONE: &str = "/domainnames/{domain_name}";

pub(super) const OPERATIONS: &[Operation] = &[
    post("CreateDomainName", ALL, MEMBERS, create),
    get("GetDomainNames", ALL, list_all),
    get("GetDomainName", ONE, read),
    patch("UpdateDomainName", ONE, update),
    delete("DeleteDomainName", ONE, remove),
];

const SECURITY_POLICIES: &[&str] = &[
    "TLS_1_0",
    "TLS_1_2",
    "SecurityPolicy_TLS13_1_3_2025_09",
    "SecurityPolicy_TLS13_1_3_FIPS_2025_09",
    "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_2021_06",
    "SecurityPolicy_TLS13_2025_EDGE",
    "SecurityPolicy_TLS12_PFS_2025_EDGE",
    "SecurityPolicy_TLS12_2018_EDGE",
];

/// The certificates of a body itself are taken, and not kept: clients are shown those of listeners.
const MEMBERS: &[Member] = &[
    required("domainName", Shape::Text),
    optional("certificateName", Shape::Text),
    optional("certificateBody", Shape::Text),
    optional("certificatePrivateKey", Shape::Text),
    optional("certificateChain", Shape::Text),
    optional("certificateArn", Shape::Text),
    optional("regionalCertificateName", Shape::Text),
    optional("regionalCertificateArn", Shape::Text),
    optional("endpointConfiguration", ENDPOINT_CONFIGURATION),
    optional("tags", TEXT_MAP),
    optional("securityPolicy", Shape::OneOf(SECURITY_POLICIES)),
    optional("endpointAccessMode", Shape::OneOf(&["BASIC", "STRICT"])),
    optional(
        "mutualTlsAuthentication",
        Shape::Object(&[
            optional("truststoreUri", Shape::Text),
            optional("truststoreVersion", Shape::Text),
        ]),
    ),
    optional("ownershipVerificationCertificateArn", Shape::Text),
    optional("policy", Shape::Text),
    optional(
        "routingMode",
        Shape::OneOf(&[
            "BASE_PATH_MAPPING_ONLY",
            "ROUTING_RULE_ONLY",
            "ROUTING_RULE_THEN_BASE_PATH_MAPPING",
        ]),
    ),
];

/// The zone of the service's edges.
const EDGE_ZONE: &str = "Z2FDTNDATAQYW2";
/// The zone of a regional endpoint: that of `us-east-1`, for all regions (a decision; there are no
/// such records here that could point to it).
const REGIONAL_ZONE: &str = "Z1UJRXOUMOOFQ8";
/// The security policy where nothing is said.
const DEFAULT_SECURITY_POLICY: &str = "TLS_1_2";

fn create(call: &Call<'_>) -> Result<Outcome> {
    let input = call.input();
    let name = name::parsed(input.text("domainName").unwrap_or_default())?;
    name::check_is_free(call, &name)?;
    let mut domain = DomainName::new(name);
    domain.home = Some(call.home.clone());
    domain.certificate_name = input.some_text("certificateName");
    domain.certificate_arn = input.some_text("certificateArn");
    domain.regional_certificate_name = input.some_text("regionalCertificateName");
    domain.regional_certificate_arn = input.some_text("regionalCertificateArn");
    domain.ownership_verification_certificate_arn =
        input.some_text("ownershipVerificationCertificateArn");
    domain.endpoint_configuration = input.read_member("endpointConfiguration")?;
    domain.security_policy = input.some_text("securityPolicy");
    domain.endpoint_access_mode = input.read_member("endpointAccessMode")?;
    domain.mutual_tls_authentication = input.read_member("mutualTlsAuthentication")?;
    domain.policy = input.some_text("policy");
    domain.routing_mode = input.read_member("routingMode")?;
    domain.tags = input.map("tags");
    check_tags(&domain.tags)?;
    if types(&domain).len() > 1 {
        return Err(ControlError::bad_request(
            "endpointConfiguration: expected one type",
        ));
    }
    settle(call, &mut domain, None)?;
    let reply = show(call.home, &domain, Shown::Created);
    Ok(Outcome::put(Entity::DomainName(domain), reply))
}

fn types(domain: &DomainName) -> &[EndpointType] {
    match &domain.endpoint_configuration {
        Some(endpoint) if !endpoint.types.is_empty() => &endpoint.types,
        _ => &[EndpointType::Edge],
    }
}

/// The endpoint of a name; where nothing was said of it, what it is then.
fn endpoint(domain: &mut DomainName) -> &mut EndpointConfiguration {
    let endpoint = domain.endpoint_configuration.get_or_insert_default();
    if endpoint.types.is_empty() {
        endpoint.types.push(EndpointType::Edge);
    }
    endpoint
}

/// Gives a name what follows from what is said of it, and takes from it what does not any more.
fn settle(call: &Call<'_>, domain: &mut DomainName, before: Option<&DomainName>) -> Result<()> {
    for policy in [&domain.policy, &domain.management_policy] {
        let policy = policy.as_deref().map(serde_json::from_str::<Value>);
        if let Some(Err(error)) = policy {
            return Err(ControlError::bad_request(format!(
                "Invalid policy document. {error}"
            )));
        }
    }
    mutual_tls::check(domain)?;
    let has = |kind| types(domain).contains(&kind);
    let (edge, regional, private) = (
        has(EndpointType::Edge),
        has(EndpointType::Regional),
        has(EndpointType::Private),
    );
    if !edge {
        domain.distribution_domain_name = None;
    } else if domain.distribution_domain_name.is_none() {
        let id = call.new_id(12, |_| false);
        domain.distribution_domain_name = Some(format!("d{id}.cloudfront.net"));
    }
    if !regional {
        domain.regional_domain_name = None;
    } else if domain.regional_domain_name.is_none() {
        let (id, region) = (call.new_id(10, |_| false), &call.home.region);
        let name = format!("d-{id}.execute-api.{region}.amazonaws.com");
        domain.regional_domain_name = Some(name);
    }
    if !private {
        domain.domain_name_id = None;
    } else if domain.domain_name_id.is_none() {
        domain.domain_name_id = Some(call.new_id(10, |_| false));
    }
    let named = |of: &DomainName| (of.certificate_arn.clone(), of.certificate_name.clone());
    let is_named = named(domain) != (None, None);
    if before.map(named).unwrap_or_default() != named(domain) {
        domain.certificate_upload_date = is_named.then_some(call.now);
    }
    Ok(())
}

/// No other account's name can be reached from here.
fn list_all(call: &Call<'_>) -> Result<Outcome> {
    let owner = call
        .query("resourceOwner")
        .filter(|owner| !owner.is_empty());
    if let Some(owner) = owner {
        let mut violations = Violations::default();
        let shape = Shape::OneOf(&["SELF", "OTHER_ACCOUNTS"]);
        violations.check_text(owner, shape, "getDomainNamesInput.resourceOwner");
        violations.finish()?;
    }
    let is_meant = |domain: &&DomainName| {
        owner != Some("OTHER_ACCOUNTS") && call.is_here(domain.home.as_ref())
    };
    list(
        call,
        call.state.domain_names().filter(is_meant),
        |domain| domain.domain_name.clone(),
        |domain| show(call.home, domain, Shown::Listed),
    )
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    let domain = named(call)?;
    Ok(Outcome::reply(show(call.home, domain, Shown::Alone)))
}

fn update(call: &Call<'_>) -> Result<Outcome> {
    let before = named(call)?;
    let mut domain = edit::edited(call, before.clone())?;
    settle(call, &mut domain, Some(before))?;
    let reply = show(call.home, &domain, Shown::Alone);
    Ok(Outcome::put(Entity::DomainName(domain), reply))
}

fn remove(call: &Call<'_>) -> Result<Outcome> {
    let name = named(call)?.domain_name.as_str().into();
    Ok(Outcome::remove(EntityKey::DomainName(name)))
}

/// The domain name that the path names, and the query's id where it has one.
///
/// # Errors
///
/// 404.
pub(super) fn named<'a>(call: &Call<'a>) -> Result<&'a DomainName> {
    let domain = name::find(call, call.label("domain_name"));
    let id = call.query("domainNameId").filter(|id| !id.is_empty());
    let here = domain.filter(|domain| {
        call.is_here(domain.home.as_ref())
            && id.is_none_or(|id| domain.domain_name_id.as_deref() == Some(id))
    });
    here.ok_or_else(|| ControlError::not_found(NO_DOMAIN_NAME))
}

/// A domain name, as answers show it.
fn show(home: &Home, domain: &DomainName, shown: Shown) -> Value {
    let mut members = wire(domain);
    members.remove("home");
    let endpoint = members
        .entry("endpointConfiguration")
        .or_insert_with(|| json!({}));
    if let Value::Object(endpoint) = endpoint {
        fill_endpoint(endpoint);
    }
    fill(&mut members, "domainNameArn", name_arn(home, domain));
    fill(&mut members, "domainNameStatus", "AVAILABLE");
    fill(&mut members, "securityPolicy", DEFAULT_SECURITY_POLICY);
    fill(&mut members, "routingMode", "BASE_PATH_MAPPING_ONLY");
    if domain.distribution_domain_name.is_some() {
        fill(&mut members, "distributionHostedZoneId", EDGE_ZONE);
    }
    if domain.regional_domain_name.is_some() {
        fill(&mut members, "regionalHostedZoneId", REGIONAL_ZONE);
    }
    show_tags(&mut members, &domain.tags, shown);
    Value::Object(members)
}

/// That of a private name has its account and id.
fn name_arn(home: &Home, domain: &DomainName) -> String {
    let name = &domain.domain_name;
    match &domain.domain_name_id {
        None => arn::of(home, &format!("/domainnames/{name}")),
        Some(id) => {
            let (partition, region) = (home.region.partition(), &home.region);
            let account = &home.account_id;
            format!("arn:{partition}:apigateway:{region}:{account}:/domainnames/{name}+{id}")
        }
    }
}
