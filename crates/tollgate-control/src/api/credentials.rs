//! The roles that integrations and authorizers act in.

use tollgate_model::ApiDocument;

use crate::arn::Arn;
use crate::call::Call;
use crate::error::{ControlError, ErrorKind, Result};

/// That a role is one of the account that the call is about. Whether another account trusts this one
/// cannot be seen from here, and the service allows none either.
///
/// What stands in stage variables is only known at a stage, where the gateway looks at it again; it is let
/// through, as the credentials of whoever calls are: `arn:aws:iam::*:user/*`.
///
/// # Errors
///
/// 400 where it is no ARN of a role, and 403 for one of another account; both in the service's words.
pub(super) fn check(call: &Call<'_>, credentials: Option<&str>) -> Result<()> {
    let Some(text) = credentials else {
        return Ok(());
    };
    let is_variable = |text: &str| text.contains("${");
    let Some(arn) = Arn::of(text).filter(|arn| arn.service == "iam") else {
        if is_variable(text) {
            return Ok(());
        }
        return Err(ControlError::bad_request(
            "Invalid ARN specified in the request",
        ));
    };
    let is_caller = (arn.account, arn.resource) == ("*", "user/*");
    if is_caller || is_variable(arn.account) || arn.account == call.home.account_id.as_str() {
        return Ok(());
    }
    Err(ControlError::new(
        ErrorKind::AccessDenied,
        "Cross-account pass role is not allowed.",
    ))
}

/// The same of all that a document has.
///
/// # Errors
///
/// As for one.
pub(super) fn check_all(call: &Call<'_>, document: &ApiDocument) -> Result<()> {
    let methods = document.resources.iter();
    let methods = methods.flat_map(|resource| resource.resource_methods.values());
    let integrations = methods.filter_map(|method| method.method_integration.as_ref());
    let integrations = integrations.map(|one| one.credentials.as_deref());
    let authorizers = document.authorizers.iter();
    let authorizers = authorizers.map(|one| one.authorizer_credentials.as_deref());
    let mut all = integrations.chain(authorizers);
    all.try_for_each(|credentials| check(call, credentials))
}
