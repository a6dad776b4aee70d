//! Patches of custom domain names.

use tollgate_model::DomainName;

use super::super::rest_api::endpoint_type;
use super::mutual_tls::{self, settings};
use super::{SECURITY_POLICIES, endpoint};
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::patch::{ADD_REMOVE, ALL, Edit, Op, REPLACE, Row, Style, Table, Target, row};

const TABLE: Table<DomainName> = Table {
    style: Style::Loose,
    rows: ROWS,
};

const ROWS: &[Row<DomainName>] = &[
    row(
        "/certificateName",
        ALL,
        Edit::Text(|domain| &mut domain.certificate_name),
    ),
    row(
        "/certificateArn",
        ALL,
        Edit::Text(|domain| &mut domain.certificate_arn),
    ),
    row(
        "/regionalCertificateName",
        ALL,
        Edit::Text(|domain| &mut domain.regional_certificate_name),
    ),
    row(
        "/regionalCertificateArn",
        ALL,
        Edit::Text(|domain| &mut domain.regional_certificate_arn),
    ),
    row(
        "/ownershipVerificationCertificateArn",
        ALL,
        Edit::Text(|domain| &mut domain.ownership_verification_certificate_arn),
    ),
    row(
        "/mutualTlsAuthentication/truststoreUri",
        ALL,
        Edit::Text(|domain| &mut settings(domain).truststore_uri),
    ),
    row(
        "/mutualTlsAuthentication/truststoreVersion",
        ALL,
        Edit::Text(|domain| &mut settings(domain).truststore_version),
    ),
    row(
        "/endpointConfiguration/types",
        ADD_REMOVE,
        Edit::With(edit_types),
    ),
    // Terraform names the one that is there by its place.
    row(
        "/endpointConfiguration/types/{type}",
        REPLACE,
        Edit::With(replace_type),
    ),
    row(
        "/endpointConfiguration/ipAddressType",
        REPLACE,
        Edit::With(set_ip_address_type),
    ),
    row("/endpointAccessMode", REPLACE, Edit::With(set_access_mode)),
    row(
        "/managementPolicy",
        REPLACE,
        Edit::Text(|domain| &mut domain.management_policy),
    ),
    row("/policy", REPLACE, Edit::Text(|domain| &mut domain.policy)),
    row("/routingMode", REPLACE, Edit::With(set_routing_mode)),
    row("/securityPolicy", REPLACE, Edit::With(set_security_policy)),
];

/// A domain name with the call's patches.
pub(super) fn edited(call: &Call<'_>, mut domain: DomainName) -> Result<DomainName> {
    check_certificates(call)?;
    let before = domain.mutual_tls_authentication.clone();
    TABLE.apply(call, &mut domain)?;
    mutual_tls::settle(&mut domain, before.as_ref());
    Ok(domain)
}

/// One call adds certificates or removes them.
fn check_certificates(call: &Call<'_>) -> Result<()> {
    let has = |op| {
        let mut operations = call.patches().iter();
        operations.any(|operation| {
            let path = operation.path.as_deref().unwrap_or_default();
            let is_certificate = path.starts_with("/certificate");
            operation.op == op && (is_certificate || path.starts_with("/regionalCertificate"))
        })
    };
    if has(Op::Add) && has(Op::Remove) {
        return Err(ControlError::bad_request(
            "a certificate cannot be added and removed in one call",
        ));
    }
    Ok(())
}

/// A name has two types while it goes from one to the other.
fn edit_types(domain: &mut DomainName, target: &Target<'_>) -> Result<()> {
    let kind = endpoint_type(target.value())?;
    let types = &mut endpoint(domain).types;
    if target.op() == Op::Remove {
        if *types == [kind] {
            return Err(ControlError::bad_request(
                "endpointConfiguration: expected a type",
            ));
        }
        types.retain(|known| *known != kind);
    } else if !types.contains(&kind) {
        types.push(kind);
    }
    Ok(())
}

fn replace_type(domain: &mut DomainName, target: &Target<'_>) -> Result<()> {
    let kind = endpoint_type(target.value())?;
    let types = &mut endpoint(domain).types;
    let place = match target.name().parse::<usize>() {
        Ok(place) => place,
        Err(_) => {
            let named = endpoint_type(target.name())?;
            let place = types.iter().position(|known| *known == named);
            place.unwrap_or(types.len())
        }
    };
    let known = types.get_mut(place).ok_or_else(|| {
        let message = format!("Invalid patch path {}", target.path());
        ControlError::bad_request(message)
    })?;
    *known = kind;
    types.dedup();
    endpoint(domain).ip_address_type = None;
    Ok(())
}

fn set_ip_address_type(domain: &mut DomainName, target: &Target<'_>) -> Result<()> {
    if !matches!(target.value(), "ipv4" | "dualstack") {
        return Err(ControlError::bad_request(
            "ipAddressType must be either ipv4 or dualstack.",
        ));
    }
    endpoint(domain).ip_address_type = Some(target.value().to_owned());
    Ok(())
}

fn set_access_mode(domain: &mut DomainName, target: &Target<'_>) -> Result<()> {
    domain.endpoint_access_mode = target.parsed()?;
    Ok(())
}

fn set_routing_mode(domain: &mut DomainName, target: &Target<'_>) -> Result<()> {
    domain.routing_mode = target.parsed()?;
    Ok(())
}

fn set_security_policy(domain: &mut DomainName, target: &Target<'_>) -> Result<()> {
    let value = target.value();
    if !value.is_empty() && !SECURITY_POLICIES.contains(&value) {
        let all = SECURITY_POLICIES.join(", ");
        return Err(ControlError::bad_request(format!(
            "Invalid security policy specified. Valid options are {all}"
        )));
    }
    domain.security_policy = target.some_value();
    Ok(())
}
