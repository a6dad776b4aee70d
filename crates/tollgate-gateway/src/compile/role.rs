//! As whom services and functions are called.

use thiserror::Error;
use tollgate_core::StageContext;
use tollgate_integration::aws::{Identity, InvalidIdentity, RoleArn};
use tollgate_mapping::with_stage_variables;

/// Why nobody can be called so.
#[derive(Debug, Error)]
pub(super) enum InvalidRole {
    #[error(transparent)]
    Identity(#[from] InvalidIdentity),
    #[error(
        "the role {role} is of another account than the API's, {account}, and a stage variable says so; \
         expected the account in the document"
    )]
    Foreign { role: RoleArn, account: String },
}

/// What `credentials` say at a stage.
///
/// Whose role it is, whoever wrote the document was allowed to say, or not: the control plane looks at what
/// is written. Where a stage variable says it instead, it is the API's own account or nobody.
pub(super) fn identity(credentials: &str, stage: &StageContext) -> Result<Identity, InvalidRole> {
    let identity = with_stage_variables(credentials, &stage.variables).parse()?;
    if let Identity::Role(role) = &identity {
        let found = account(role.as_str());
        if found != account(credentials) && found != Some(stage.account_id.as_str()) {
            return Err(InvalidRole::Foreign {
                role: role.clone(),
                account: stage.account_id.to_string(),
            });
        }
    }
    Ok(identity)
}

/// The account in an ARN.
fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_variable_names_no_role_of_another_account() {
        let mut stage = StageContext::local();
        let variables = [
            ("own", StageContext::LOCAL_ACCOUNT_ID),
            ("other", "210987654321"),
            ("role", "arn:aws:iam::123456789012:role/a"),
            ("foreign", "arn:aws:iam::210987654321:role/a"),
            ("name", "a"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        stage.variables = variables.into_iter().collect();
        for (credentials, is_good) in [
            ("arn:aws:iam::123456789012:role/a", true),
            // The document says so, and nobody but its author.
            ("arn:aws:iam::210987654321:role/a", true),
            (
                "arn:aws:iam::210987654321:role/${stageVariables.name}",
                true,
            ),
            ("arn:aws:iam::${stageVariables.own}:role/a", true),
            ("${stageVariables.role}", true),
            ("arn:aws:iam::*:user/*", true),
            ("arn:aws:iam::${stageVariables.other}:role/a", false),
            ("${stageVariables.foreign}", false),
            ("arn:aws:iam::${stageVariables.none}:role/a", false),
            ("${stageVariables.name}", false),
        ] {
            let found = identity(credentials, &stage);
            assert_eq!(found.is_ok(), is_good, "{credentials}: {found:?}");
        }
    }
}
