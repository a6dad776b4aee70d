//! Access from other accounts' networks to private domain names: there is none here.

use serde_json::json;

use crate::call::Call;
use crate::error::{ControlError, ErrorKind, Result};
use crate::operation::{Operation, delete, get, post};
use crate::outcome::Outcome;

const ALL: &str = "/domainnameaccessassociations";

pub(super) const OPERATIONS: &[Operation] = &[
    post("CreateDomainNameAccessAssociation", ALL, &[], create),
    get("GetDomainNameAccessAssociations", ALL, list_all),
    delete(
        "DeleteDomainNameAccessAssociation",
        "/domainnameaccessassociations/{domain_name_access_association_arn}",
        missing,
    ),
    post(
        "RejectDomainNameAccessAssociation",
        "/rejectdomainnameaccessassociations",
        &[],
        missing,
    )
    .answering(202),
];

fn create(_: &Call<'_>) -> Result<Outcome> {
    Err(ControlError::new(
        ErrorKind::NotImplemented,
        "there are no private networks that could be given access to a domain name",
    ))
}

fn list_all(_: &Call<'_>) -> Result<Outcome> {
    Ok(Outcome::reply(json!({ "item": [] })))
}

fn missing(_: &Call<'_>) -> Result<Outcome> {
    Err(ControlError::not_found(
        "Invalid domain name access association identifier specified",
    ))
}
