//! Which certificates of clients a custom domain name takes.

use tollgate_model::{DomainName, EndpointType, MutualTlsAuthentication, S3Uri};

use super::types;
use crate::error::{ControlError, Result};

/// A security policy with versions of TLS that know no mutual TLS.
const OLD_SECURITY_POLICY: &str = "TLS_1_0";

/// The settings of a name, to be changed.
pub(super) fn settings(domain: &mut DomainName) -> &mut MutualTlsAuthentication {
    domain.mutual_tls_authentication.get_or_insert_default()
}

/// Takes from a name what nothing is left of. With the truststore goes its version: clients that end
/// mutual TLS remove the truststore alone, as the developer guide has it.
pub(super) fn settle(domain: &mut DomainName, before: Option<&MutualTlsAuthentication>) {
    let known = before.filter(|before| before.truststore_uri.is_some());
    let version = known.and_then(|known| known.truststore_version.as_ref());
    let is_nothing = |now: &mut MutualTlsAuthentication| {
        let left = now.truststore_version.as_ref();
        now.truststore_uri.is_none() && (left.is_none() || left == version)
    };
    domain.mutual_tls_authentication.take_if(is_nothing);
}

/// That a name which asks for certificates of clients can do so ("Configuring mutual TLS authentication
/// for a REST API" in the developer guide).
///
/// # Errors
///
/// 400.
pub(super) fn check(domain: &DomainName) -> Result<()> {
    let Some(settings) = &domain.mutual_tls_authentication else {
        return Ok(());
    };
    let uri = settings.truststore_uri.as_deref().unwrap_or_default();
    if let Err(error) = uri.parse::<S3Uri>() {
        let message = format!("mutualTlsAuthentication.truststoreUri {uri:?}: {error}");
        return Err(ControlError::bad_request(message));
    }
    if types(domain) != [EndpointType::Regional] {
        return Err(ControlError::bad_request(
            "Mutual TLS authentication is supported for Regional domain names only",
        ));
    }
    if domain.security_policy.as_deref() == Some(OLD_SECURITY_POLICY) {
        return Err(ControlError::bad_request(
            "Mutual TLS authentication is supported with a minimum TLS version of 1.2 only",
        ));
    }
    Ok(())
}
